/* SPDX-License-Identifier: ISC */
/* For tests of moderation: posts that are held, who is asked, and their answers. */
#ifndef TESTS_UNIT_HOLD_H
#define TESTS_UNIT_HOLD_H

#include "talk.h"

#define ANN "Ann <ann@example.org>"
#define BOB "Bob <bob@example.net>"
#define EVE "Eve <eve@evil.example>"
#define MAX "Max <max@example.net>"

/* Max is a moderator, too. */
static inline int
hold_set_up(void **state)
{
	struct gp_err err;
	struct place *p;
	int64_t id;

	place_set_up(state);
	p = *state;
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "max@example.net", "Max", GP_ROLE_MODERATOR,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	return 0;
}

static inline void
setting(struct place *p, const char *key, const char *value)
{
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_set(p->site->store, p->bees, key, value, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

/* The Reply-To of the newest mail to someone that wants verdicts: about one hold, or with all that waits;
 * "" when there is none. */
static inline const char *
asked_for(struct place *p, const char *who, bool all)
{
	size_t n;
	struct gp_job **v = jobs_since(p, 0, &n);

	while (n-- > 0) {
		const struct gp_mail *m = read_job(p, v[n]);

		if (m->reply_to.n > 0 && m->to.n > 0 && strcmp(m->to.v[0].addr, who) == 0 &&
		    (strstr(m->subject, " for you") != NULL) == all &&
		    strstr(m->reply_to.v[0].addr, "+hold-") != NULL)
			return m->reply_to.v[0].addr;
	}
	return "";
}

static inline const char *
asked(struct place *p, const char *who)
{
	return asked_for(p, who, false);
}

static inline struct gp_hold *
newest_hold(struct place *p)
{
	struct gp_hold **v;
	struct gp_err err;
	size_t n;

	must(gp_hold_all(p->ctx, p->site->store, p->bees->id, -1, &v, &n, &err), &err);
	assert_true(n > 0);
	return v[n - 1];
}

static inline const char *
state_of(struct place *p, int64_t id)
{
	struct gp_hold *h;
	struct gp_err err;

	must(gp_hold_find(p->ctx, p->site->store, id, &h, &err), &err);
	return gp_hold_state_names[h->state];
}

/* A stranger's post, held; what this causes. */
static inline char *
held_post(struct place *p, const char *subject)
{
	return say(p, EVE, "bees@example.org", subject, "May I say something?\n");
}

/* The answer of someone to the newest question that was put to them. */
static inline char *
verdict(struct place *p, const char *name, const char *address, const char *text)
{
	return say(p, name, asked(p, address), "Re: [bees] Held", text);
}

static inline int64_t
archived(struct place *p)
{
	struct gp_list_stats stats;
	struct gp_err err;

	must(gp_list_stats(p->site->store, p->bees->id, gp_now(), &stats, &err), &err);
	return stats.messages;
}

/* Every act in the log of the list, newest first: "who verb what detail; ". */
static inline char *
acts(struct place *p)
{
	struct gp_act_record **v;
	struct gp_err err;
	struct gp_buf b;
	size_t i, n;

	must(gp_act_all(p->ctx, p->site->store, p->bees->id, 0, 100, &v, &n, &err), &err);
	gp_buf_init(&b, p->ctx, 1 << 16);
	gp_buf_puts(&b, "");
	for (i = 0; i < n; i++)
		gp_buf_printf(&b, "%s %s %s %s; ", v[i]->who, v[i]->verb, v[i]->what, v[i]->detail);
	return b.p != NULL ? b.p : gp_strdup(p->ctx, "");
}

/* The clock turns, that much later. */
static inline char *
later(struct place *p, int64_t seconds)
{
	int64_t before = last_job(p);
	struct gp_job **v;
	struct gp_err err;
	struct gp_buf b;
	size_t i, n;

	gp_clock_set(gp_now() + seconds, true);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_hold_expire(p->ctx, p->site, gp_now(), &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	v = jobs_since(p, before, &n);
	gp_buf_init(&b, p->ctx, 1 << 20);
	gp_buf_puts(&b, "");
	for (i = 0; i < n; i++) {
		const struct gp_mail *m = read_job(p, v[i]);

		gp_buf_printf(&b, "%s%s|%s|%s", i > 0 ? " // " : "", goes_to(p, v[i]), m->subject,
		    without_stars(p->ctx, gp_utf8_line(p->ctx, m->text, m->text_n, 1 << 16)));
	}
	return b.p != NULL ? b.p : gp_strdup(p->ctx, "");
}

/* Does one of the mails go to them? */
static inline bool
is_told(const char *text, const char *who)
{
	char mark[300];
	size_t n = strlen(who);

	snprintf(mark, sizeof(mark), " // %s|", who);
	return (strncmp(text, who, n) == 0 && text[n] == '|') || strstr(text, mark) != NULL;
}

static inline size_t
how_many(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

#endif
