/* SPDX-License-Identifier: ISC */
/*
 * Digests on their way. Members who are due are taken in the order of their times, each with the mark up to which
 * earlier digests went; what is new on a list is read once for all of them, a mail that several get alike is written
 * once and queued as one job. Mark and queue entry are one transaction.
 */
#include "config.h"

#include "guildpost/digest.h"

#include <stdlib.h>
#include <string.h>

enum {
	SLICE = 1000,		/* members of one transaction, at most */
	KEPT = 48,		/* written digests that are kept for readers to come */
	POOLS = 24,
	HOUR = 3600
};

/* What is new on a list until some time; all hangs on it. */
struct shared_pool {
	struct shared_pool *next;
	int64_t list_id, after, to;
	struct gp_list *list;
	struct gp_news_pool *pool;
};
/* A digest that was written, and the job of this transaction that has it. */
struct written {
	unsigned char print[GP_SHA256_LEN];
	struct gp_digest digest;	/* subject alone */
	char *whole; size_t n;
	int64_t used;			/* 0: free */
	int64_t job;			/* 0: none in this transaction */
	int64_t *members; size_t members_n;
};
struct spread { int64_t list, seconds; };

struct gp_digester {
	struct gp_site *site;
	void *mem;			/* of what is shared; freed when nobody is due */
	struct shared_pool *pools;
	size_t pools_n;
	struct written *written;
	int64_t uses;
	struct spread spreads[16];
	size_t spreads_n;
	int64_t minute, last_now;
	int64_t failing;		/* the member whose digest could not be made, or 0 */
};

/* One mail in the making: a membership, or several of one person. */
struct mailing {
	struct gp_digester *d;
	const void *ctx;
	int64_t now;
	struct gp_member **members; size_t n;
	struct gp_list *clock;		/* whose hour counts */
	struct gp_digest_times times;
	int64_t to, next;		/* up to when; when the next is due */
	struct gp_issue **issues;
	struct shared_pool **pools;
	struct gp_err *err;
};

struct gp_digester *
gp_digester_new(const void *ctx, struct gp_site *site)
{
	struct gp_digester *d = gp_new(ctx, struct gp_digester);

	memset(d, 0, sizeof(*d));
	d->site = site;
	return d;
}

static void
forget(struct gp_digester *d)
{
	TALLOC_FREE(d->mem);
	d->pools = NULL;
	d->written = NULL;
	d->pools_n = d->spreads_n = 0;
}

static void
remember(struct gp_digester *d)
{
	if (d->mem != NULL)
		return;
	d->mem = gp_ctx(d);
	d->written = gp_array(d->mem, struct written, KEPT);
	memset(d->written, 0, KEPT * sizeof(struct written));
}

/* ---- when ------------------------------------------------------------------------------------- */

/* Seconds that the readers of a list are spread over: none where they are few. */
static enum gp_status
spread_of(struct gp_digester *d, int64_t list, int64_t *seconds, struct gp_err *err)
{
	struct spread *s = &d->spreads[(size_t)list % GP_COUNT(d->spreads)];
	enum gp_status st = GP_OK;
	int64_t readers;

	if (s->list != list || d->spreads_n == 0) {
		st = gp_digest_readers(d->site->store, list, &readers, err);
		if (st != GP_OK)
			return st;
		s->list = list;
		s->seconds = readers / GP_DIGEST_SECOND < GP_DIGEST_SPREAD ? readers / GP_DIGEST_SECOND :
		    GP_DIGEST_SPREAD;
		d->spreads_n = 1;
	}
	*seconds = s->seconds;
	return st;
}

/* The first due moment behind t, and a person's own second behind that. */
static enum gp_status
reckon(struct mailing *m, int64_t t)
{
	const struct gp_member *first = m->members[0];
	uint64_t mixed = (uint64_t)first->person * UINT64_C(0x9e3779b97f4a7c15);
	int64_t seconds = 0;
	enum gp_status st = spread_of(m->d, m->clock->id, &seconds, m->err);

	m->next = gp_digest_next_due(&m->times, first->delivery, t) +
	    (int64_t)((mixed >> 33) % (uint64_t)(seconds + 1));
	return st;
}

static enum gp_status
mark_all(struct mailing *m, bool sent)
{
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; st == GP_OK && i < m->n; i++) {
		int64_t upto = m->issues == NULL || m->issues[i] == NULL ? 0 :
		    sent || gp_issue_is_muted(m->issues[i]) ? gp_news_pool_upto(m->pools[i]->pool) : 0;

		/* A mark never goes back. */
		if (upto < m->members[i]->digest_upto)
			upto = 0;
		if (m->members[i]->digest_next == GP_DIGEST_FINAL)
			upto = m->members[i]->digest_until;
		st = gp_digest_mark(m->d->site->store, m->members[i]->id, upto, sent ? m->to : 0, m->next, m->err);
	}
	return st;
}

/* ---- what is new ------------------------------------------------------------------------------- */

static void
drop_pools(struct gp_digester *d)
{
	struct shared_pool *p;

	while ((p = d->pools) != NULL) {
		d->pools = p->next;
		talloc_free(p);
	}
	d->pools_n = 0;
}

static enum gp_status
pool_for(struct mailing *m, const struct gp_member *member, struct shared_pool **out)
{
	struct gp_digester *d = m->d;
	struct shared_pool *p, **at;
	enum gp_status st;

	for (at = &d->pools; (p = *at) != NULL; at = &p->next)
		if (p->list_id == member->list && p->to == m->to)
			break;
	*out = p;
	if (p != NULL && p->after <= member->digest_upto)
		return GP_OK;
	if (p == NULL) {
		p = gp_new(d->mem, struct shared_pool);
		*p = (struct shared_pool){.next = d->pools, .list_id = member->list, .to = m->to};
		d->pools = p;
		d->pools_n++;
		st = gp_list_find_id(p, d->site->store, member->list, &p->list, m->err);
		if (st != GP_OK)
			return st;
	}
	/* Issues of this mailing may draw on the one before: it goes with the rest. */
	p->after = member->digest_upto;
	*out = p;
	return gp_news_pool_after(p, d->site, p->list, p->after, p->to, &p->pool, m->err);
}

static enum gp_status
pick(struct mailing *m, size_t *count)
{
	enum gp_status st = GP_OK;
	size_t i;

	*count = 0;
	m->issues = gp_array(m->ctx, struct gp_issue *, m->n);
	m->pools = gp_array(m->ctx, struct shared_pool *, m->n);
	for (i = 0; st == GP_OK && i < m->n; i++) {
		const struct gp_member *member = m->members[i];

		st = pool_for(m, member, &m->pools[i]);
		if (st == GP_OK)
			st = gp_issue_pick(m->ctx, m->d->site, m->pools[i]->pool, member, member->digest_upto,
			    member->digest_next == GP_DIGEST_FINAL ? member->digest_until : 0, 0, &m->issues[i], m->err);
		if (st == GP_OK)
			*count += gp_issue_count(m->issues[i]);
	}
	return st;
}

/* ---- the mail ---------------------------------------------------------------------------------- */

static void
how_of(const struct mailing *m, struct gp_digest_how *how)
{
	const struct gp_member *member = m->members[0];
	bool regular = member->digest_next >= GP_DIGEST_TIMES;
	int64_t first = INT64_MAX, received;
	size_t i;

	memset(how, 0, sizeof(*how));
	how->span.delivery = member->digest_next == GP_DIGEST_FINAL ? GP_DELIVERY_NONE : member->delivery;
	how->span.to = m->to;
	how->span.from = gp_digest_last_due(&m->times, member->delivery, m->to - 1);
	for (i = 0; i < m->n; i++) {
		received = gp_issue_first(m->issues[i]);
		if (received > 0 && received < first)
			first = received;
	}
	/* After a time without digests it begins at the moment from which on they are missing. */
	if (first < how->span.from)
		how->span.from = gp_digest_last_due(&m->times, member->delivery, first);
	how->language = member->language[0] != '\0' ? member->language : m->clock->set.language;
	how->timezone = m->times.zone;
	how->form = member->digest_form;
	how->minutes = member->digest_minutes;
	how->hour = regular ? m->times.hour : -1;
	how->day = m->times.weekday;
	how->personal = true;
}

/* The one that was used least lately makes room, unless a job of this transaction has it. */
static struct written *
place_for(struct gp_digester *d, const unsigned char print[GP_SHA256_LEN])
{
	struct written *oldest = NULL;
	size_t i;

	for (i = 0; i < KEPT; i++) {
		struct written *w = &d->written[i];

		if (w->used > 0 && memcmp(w->print, print, GP_SHA256_LEN) == 0) {
			w->used = ++d->uses;
			return w;
		}
		if (w->job == 0 && (oldest == NULL || w->used < oldest->used))
			oldest = w;
	}
	return oldest;
}

static enum gp_status
settle(struct gp_digester *d, struct written *w, struct gp_err *err)
{
	enum gp_status st = GP_OK;

	if (w->members_n > 0)
		st = gp_job_add_members(d->site->store, w->job, w->members, w->members_n, err);
	w->members_n = 0;
	w->job = 0;
	return st;
}

/* All recipients of the jobs of this transaction. */
static enum gp_status
settle_all(struct gp_digester *d, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; d->written != NULL && i < KEPT; i++) {
		enum gp_status one = st == GP_OK ? settle(d, &d->written[i], err) : st;

		if (st != GP_OK) {
			d->written[i].members_n = 0;
			d->written[i].job = 0;
		}
		st = one;
	}
	return st;
}

static enum gp_status
write_mail(struct mailing *m, const struct gp_digest_how *how, struct written *w)
{
	struct gp_digest *digest;
	enum gp_status st = gp_digest_write(m->ctx, m->d->site, how, m->issues, m->n, &digest, m->err);

	if (st != GP_OK)
		return st;
	w->whole = gp_digest_mime(m->d->mem, m->d->site, m->clock, digest, NULL, &w->n);
	w->digest.subject = gp_strdup(m->d->mem, digest->subject);
	w->used = ++m->d->uses;
	return GP_OK;
}

static enum gp_status
queue_mail(struct mailing *m)
{
	struct gp_digester *d = m->d;
	unsigned char print[GP_SHA256_LEN];
	struct gp_digest_how how;
	struct written *w;
	enum gp_status st = GP_OK;

	how_of(m, &how);
	gp_digest_print(&how, m->issues, m->n, print);
	w = place_for(d, print);
	if (w == NULL) {	/* all are in use */
		st = settle_all(d, m->err);
		w = place_for(d, print);
	}
	if (st == GP_OK && (w->used == 0 || memcmp(w->print, print, sizeof(print)) != 0)) {
		TALLOC_FREE(w->whole);
		TALLOC_FREE(w->digest.subject);
		TALLOC_FREE(w->members);
		w->used = 0;
		memcpy(w->print, print, sizeof(print));
		st = write_mail(m, &how, w);
	}
	if (st == GP_OK && w->job == 0)
		st = gp_digest_queue(m->ctx, d->site, m->clock, &w->digest, w->whole, w->n, &w->job, m->err);
	if (st != GP_OK)
		return st;
	if (w->members == NULL)
		w->members = gp_array(d->mem, int64_t, SLICE);
	w->members[w->members_n++] = m->members[0]->id;
	return GP_OK;
}

/* ---- one member ---------------------------------------------------------------------------------- */

/* Who pauses, or whose mail comes back, gets one digest of what was missed when that is over. */
static bool
is_away(const struct mailing *m, const struct gp_member *member)
{
	return (member->pause_from <= m->now && m->now < member->pause_to) ||
	    member->bounces >= GP_BOUNCES_SUSPENDED;
}

static enum gp_status
find_clock(struct mailing *m)
{
	const struct gp_member *first = m->members[0];
	int64_t list = first->list;
	struct shared_pool *p;
	enum gp_status st = GP_OK;

	if (first->digest_together)
		st = gp_digest_clock(m->d->site->store, first->person, &list, m->err);
	if (st == GP_E_NOTFOUND)
		st = GP_OK;
	for (p = m->d->pools; p != NULL && p->list_id != list;)
		p = p->next;
	if (p != NULL)
		m->clock = p->list;
	else if (st == GP_OK)
		st = gp_list_find_id(m->ctx, m->d->site->store, list, &m->clock, m->err);
	if (st == GP_OK)
		gp_digest_times_of(m->clock, first, &m->times);
	return st;
}

static enum gp_status
serve(struct mailing *m, size_t *sent)
{
	const struct gp_member *first = m->members[0];
	enum gp_status st = find_clock(m);
	size_t count = 0, i;
	int64_t from = m->now;

	for (i = 0; st == GP_OK && i < m->n; i++)
		if (is_away(m, m->members[i]) && m->members[i]->pause_to > from)
			from = m->members[i]->pause_to - 1;
	if (first->digest_next < 0)
		from = from > m->now ? from : -first->digest_next;
	if (st == GP_OK)
		st = reckon(m, from);
	if (first->digest_next == GP_DIGEST_FINAL)
		m->next = GP_DIGEST_NONE;
	if (st != GP_OK || first->digest_next <= 0 || is_away(m, first))
		return st != GP_OK ? st : mark_all(m, false);
	/* A digest at its hour has what came before the hour, whoever is served when. */
	m->to = first->digest_next < GP_DIGEST_TIMES ? m->now + 1 :
	    gp_digest_last_due(&m->times, first->delivery, m->now);
	st = pick(m, &count);
	if (st == GP_OK && count > 0) {
		st = queue_mail(m);
		*sent += st == GP_OK;
	}
	return st == GP_OK ? mark_all(m, count > 0) : st;
}

/* The memberships of a person that come together; those that are away now wait for the next time. */
static enum gp_status
gather(struct mailing *m, struct gp_member *member)
{
	struct gp_member **all;
	enum gp_status st;
	size_t i, n;

	m->members = gp_array(m->ctx, struct gp_member *, 1);
	m->members[0] = member;
	m->n = 1;
	if (!member->digest_together || member->digest_next < GP_DIGEST_EARLY || is_away(m, member))
		return GP_OK;
	st = gp_digest_due_together(m->ctx, m->d->site->store, member->person, m->now, &all, &n, m->err);
	if (st != GP_OK || n < 2)
		return st;
	m->members = gp_array(m->ctx, struct gp_member *, n);
	for (i = m->n = 0; i < n; i++)
		if (!is_away(m, all[i]) && (all[i]->delivery == member->delivery || all[i]->id == member->id ||
		    all[i]->digest_next >= GP_DIGEST_TIMES))
			m->members[m->n++] = all[i];
	return GP_OK;
}

static bool
is_done(const int64_t *done, size_t n, int64_t id)
{
	size_t i;

	for (i = n; i-- > 0;)
		if (done[i] == id)
			return true;
	return false;
}

/* Members one after the other until the time is up. */
static enum gp_status
serve_all(struct gp_digester *d, const void *ctx, struct gp_member **due, size_t n, int64_t now,
    int64_t ms, size_t *sent, bool *more, struct gp_err *err)
{
	int64_t end = gp_now_ms() + ms, *together = NULL;
	size_t i, k, together_n = 0;
	enum gp_status st = GP_OK;

	for (i = 0; st == GP_OK && i < n; i++) {
		void *tmp = gp_ctx(ctx);
		struct mailing m = {.d = d, .ctx = tmp, .now = now, .err = err};

		if (is_done(together, together_n, due[i]->id)) {
			talloc_free(tmp);
			continue;
		}
		if (d->pools_n >= POOLS)
			drop_pools(d);
		d->failing = due[i]->id;
		st = gather(&m, due[i]);
		if (st == GP_OK)
			st = serve(&m, sent);
		/* One that was only reckoned may be due by now. */
		*more = *more || (m.next > 0 && m.next <= now);
		for (k = 0; st == GP_OK && m.n > 1 && k < m.n; k++) {
			together = talloc_realloc(ctx, together, int64_t, (unsigned)together_n + 1);
			if (together == NULL)
				gp_oom();
			together[together_n++] = m.members[k]->id;
		}
		talloc_free(tmp);
		if (gp_now_ms() >= end && i + 1 < n) {
			*more = true;
			break;
		}
	}
	if (st != GP_OK)
		return st;
	d->failing = 0;
	return settle_all(d, err);
}

/* One whose digest can't be made, for a reason that won't go away by itself, must not keep it from all others. */
static enum gp_status
pass_over(struct gp_digester *d, int64_t now, const struct gp_err *why, struct gp_err *err)
{
	enum gp_status st = gp_store_begin(d->site->store, err);

	gp_log(GP_LOG_ERR, "event=digest-failed member=%lld what=\"%s\"", (long long)d->failing, why->msg);
	if (st == GP_OK)
		st = gp_digest_mark(d->site->store, d->failing, 0, 0, now + HOUR, err);
	if (st == GP_OK)
		st = gp_store_commit(d->site->store, err);
	if (st != GP_OK)
		gp_store_rollback(d->site->store);
	d->failing = 0;
	return st;
}

/* Once a minute: who wanted a digest after some posts; and whether the clock was set back. */
static enum gp_status
look_around(struct gp_digester *d, int64_t now, struct gp_err *err)
{
	bool back = d->last_now == 0 || now < d->last_now - HOUR;
	enum gp_status st = GP_OK;
	int64_t n;

	d->last_now = now;
	if (d->minute == now / 60 && !back)
		return GP_OK;
	d->minute = now / 60;
	st = gp_store_begin(d->site->store, err);
	if (st == GP_OK && back)
		st = gp_digest_reckon_far(d->site->store, now, err);
	if (st == GP_OK)
		st = gp_digest_count_posts(d->site->store, &n, err);
	if (st == GP_OK)
		st = gp_store_commit(d->site->store, err);
	if (st != GP_OK)
		gp_store_rollback(d->site->store);
	return st;
}

enum gp_status
gp_digester_run(struct gp_digester *d, int64_t now, int64_t ms, size_t *n, bool *more, struct gp_err *err)
{
	void *ctx = gp_ctx(d);
	struct gp_member **due = NULL;
	size_t due_n = 0, sent = 0;
	enum gp_status st = look_around(d, now, err);

	*more = false;
	/* A look without a lock first: mostly nobody is due. */
	if (st == GP_OK)
		st = gp_digest_due(ctx, d->site->store, now, 1, &due, &due_n, err);
	if (st != GP_OK || due_n == 0) {
		forget(d);
		talloc_free(ctx);
		return st;
	}
	remember(d);
	st = gp_store_begin(d->site->store, err);
	if (st == GP_OK) {
		st = gp_digest_due(ctx, d->site->store, now, SLICE, &due, &due_n, err);
		*more = due_n == SLICE;
		if (st == GP_OK)
			st = serve_all(d, ctx, due, due_n, now, ms, &sent, more, err);
		if (st == GP_OK)
			st = gp_store_commit(d->site->store, err);
		if (st != GP_OK)
			gp_store_rollback(d->site->store);
	}
	if (st == GP_OK) {
		*n += sent;
	} else {
		struct gp_err why = *err;

		forget(d);
		*more = d->failing != 0 && !gp_status_is_temporary(st);
		if (*more)
			st = pass_over(d, now, &why, err);
	}
	talloc_free(ctx);
	return st;
}
