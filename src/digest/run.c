/* SPDX-License-Identifier: ISC */
/*
 * Digests on their way. Members who are due are taken in the order of their times, each with the mark up to which
 * earlier digests went; what is new on a list is read once for all of them, a mail that several get alike is written
 * once and queued as one job. Mark and queue entry are one transaction.
 */
#include "config.h"

#include "mailing.h"

#include <string.h>

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
	st = mailing_pick(m, &count);
	if (st == GP_OK && count > 0) {
		st = mailing_queue(m);
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
			mailing_drop_pools(d);
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
	return mailing_settle(d, err);
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

static enum gp_status
run(struct gp_digester *d, int64_t now, int64_t ms, size_t *n, bool *more, struct gp_err *err)
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

/* With the eyes of all members: whom a thread is for is asked for each, names are not read where there are none. */
enum gp_status
gp_digester_run(struct gp_digester *d, int64_t now, int64_t ms, size_t *n, bool *more, struct gp_err *err)
{
	struct gp_looker before = gp_store_look(d->site->store, (struct gp_looker){GP_LOOK_MAILED, 0, false});
	enum gp_status st = run(d, now, ms, n, more, err);

	gp_store_look(d->site->store, before);
	return st;
}
