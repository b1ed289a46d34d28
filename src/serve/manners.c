/* SPDX-License-Identifier: ISC */
/*
 * How much may go where, and when: transactions to one domain at once, a pause for a domain whose
 * server wants to be left alone (421, 4.7.x, 4.4.5: RFC 5321 section 3.8, RFC 3463), messages a minute
 * over all. In memory alone: after a restart everybody is asked anew.
 */
#include "config.h"

#include "manners.h"

#include <string.h>

struct domain {
	struct domain *next;
	char *name;
	size_t running;
	int level;		/* pauses one after the other */
	int64_t until;		/* gp_now; 0: no pause */
	char *words;		/* for which it pauses */
};

struct gp_manners {
	struct domain *domains;
	size_t per_domain;
	int64_t rate;		/* a minute, 0: no limit */
	int64_t tokens, filled;	/* thousandths of a message; gp_now_ms */
};

struct gp_manners *
gp_manners_new(const void *ctx, int64_t per_domain, int64_t rate)
{
	struct gp_manners *m = gp_new(ctx, struct gp_manners);

	m->per_domain = (size_t)per_domain;
	m->rate = rate;
	return m;
}

static struct domain *
find(struct gp_manners *m, const char *address)
{
	const char *name = gp_addr_domain(address);
	struct domain *d;

	for (d = m->domains; d != NULL && !gp_strieq(d->name, name);)
		d = d->next;
	return d;
}

static struct domain *
need(struct gp_manners *m, const char *address)
{
	struct domain *d = find(m, address);

	if (d == NULL) {
		d = gp_new(m, struct domain);
		d->name = gp_strdup(d, gp_addr_domain(address));
		gp_str_lower(d->name);
		d->next = m->domains;
		m->domains = d;
	}
	return d;
}

/* Of a domain that nothing is known of there is nothing to keep. */
static void
sweep(struct gp_manners *m)
{
	struct domain **p = &m->domains, *d;

	while ((d = *p) != NULL) {
		if (d->running > 0 || d->level > 0) {
			p = &d->next;
			continue;
		}
		*p = d->next;
		talloc_free(d);
	}
}

enum gp_may
gp_manners_may(struct gp_manners *m, const char *address, int64_t now, int64_t *until,
    const char **words)
{
	struct domain *d = find(m, address);

	if (d == NULL)
		return GP_MAY;
	if (d->until > now) {
		*until = d->until;
		*words = d->words;
		return GP_MAY_LATER;
	}
	return d->running < m->per_domain ? GP_MAY : GP_MAY_SOON;
}

void
gp_manners_begin(struct gp_manners *m, const char *address)
{
	need(m, address)->running++;
}

void
gp_manners_end(struct gp_manners *m, const char *address)
{
	struct domain *d = find(m, address);

	if (d != NULL && d->running > 0)
		d->running--;
	sweep(m);
}

void
gp_manners_reset(struct gp_manners *m)
{
	struct domain *d;

	for (d = m->domains; d != NULL; d = d->next)
		d->running = 0;
	sweep(m);
}

bool
gp_manners_is_slow(const char *words)
{
	const char *code = words + 4;

	if (gp_starts(words, "421"))
		return true;
	return words[0] == '4' && strlen(words) > 8 &&
	    (gp_starts(code, "4.7.") || gp_starts(code, "4.4.5"));
}

int64_t
gp_manners_slow(struct gp_manners *m, const char *address, const char *words, int64_t now)
{
	static const int minutes[] = {1, 5, 15, 30, 60};
	struct domain *d = need(m, address);

	/* What was under way when it said so says the same: that is not a second time. */
	if (d->until > now)
		return d->until;
	d->until = now + 60 * minutes[d->level];
	if (d->level + 1 < (int)GP_COUNT(minutes))
		d->level++;
	talloc_free(d->words);
	d->words = gp_strdup(d, words);
	gp_log(GP_LOG_WARN, "event=domain-paused domain=%s minutes=%d why=\"%s\"", d->name,
	    (int)((d->until - now) / 60), words);
	return d->until;
}

void
gp_manners_lift(struct gp_manners *m)
{
	struct domain *d;

	for (d = m->domains; d != NULL; d = d->next)
		d->until = 0;
}

void
gp_manners_sent(struct gp_manners *m, const char *address, int64_t now)
{
	struct domain *d = find(m, address);

	if (d != NULL && d->until <= now)
		d->level = 0;
}

bool
gp_manners_take(struct gp_manners *m, int64_t n, int64_t now_ms)
{
	int64_t most = m->rate * 1000 / 6;	/* of ten seconds at once */

	if (m->rate == 0)
		return true;
	most = most < 1000 ? 1000 : most;
	if (m->filled == 0)
		m->tokens = most;
	else
		m->tokens += (now_ms - m->filled) * m->rate / 60;
	m->filled = now_ms;
	if (m->tokens > most)
		m->tokens = most;
	/* A transaction of many is paid for afterwards. */
	if (m->tokens < 1000)
		return false;
	m->tokens -= n * 1000;
	return true;
}
