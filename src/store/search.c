/* SPDX-License-Identifier: ISC */
/*
 * Searching. Matches stream out of FTS5 with the newest first, each with its bm25
 * score; dates, lists and the like are columns of the joined message. The best are
 * chosen here rather than by ORDER BY, so that a search that takes too long still
 * shows what it found so far.
 */
#include "config.h"

#include "search.h"
#include "search_query.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	HITS_MAX = 1000,	/* counted, and that can be paged through */
	SHOWN_MAX = 50,		/* so many are looked for in the library */
	RANKED_MAX = 8000,	/* the newest so many are compared */
	SECONDS_YEAR = 31556952,
	TIME_MS = 250,
	LOOK_OPS = 2000		/* steps of SQLite's machine between looks at the clock */
};

struct hit {
	int64_t id, date;
	double score;		/* the higher the better */
};

struct run {
	struct gp_store *s;
	const struct gp_search *search;
	struct gp_query *q;
	struct gp_buf sql;
	int64_t until;		/* gp_now_ms */
	bool late;
	struct hit *hits;
	size_t n;
};

/* ---- the statement ---------------------------------------------------------------- */

/* Names of parameters; a statement has those that it needs. */
static void
add_filters(struct run *r)
{
	const struct gp_query *q = r->q;
	struct gp_buf *b = &r->sql;

	gp_search_lists(b, r->search, "n.list", "n.received");
	gp_buf_puts(b, " AND look(n.thread)");
	/* Of a thread that two of them have, one. */
	if (r->search->list == 0)
		gp_buf_puts(b, " AND n.thread NOT IN (SELECT g.thread FROM share x JOIN node g ON g.id = x.guest "
		    "JOIN node h ON h.id = x.home WHERE x.state = 1 AND h.list IN (SELECT value FROM json_each(:whole)) "
		    "AND look(h.thread))");
	if (q->from != INT64_MIN)
		gp_buf_puts(b, " AND n.date >= :from");
	if (q->to != INT64_MAX)
		gp_buf_puts(b, " AND n.date < :to");
	if (q->flags != 0)
		gp_buf_puts(b, " AND (n.flags & :flags) = :flags");
	if (q->not_flags != 0)
		gp_buf_puts(b, " AND (n.flags & :not_flags) = 0");
	if (q->attachment != 0)
		gp_buf_puts(b, q->attachment > 0 ? " AND n.files > 0" : " AND n.files = 0");
	if (q->root)
		gp_buf_puts(b, " AND n.parent = 0");
	if (q->unanswered)
		gp_buf_puts(b, " AND NOT EXISTS (SELECT 1 FROM node c WHERE c.thread = n.thread "
		    "AND c.parent = n.id AND c.state = 1)");
	if (q->solved)
		gp_buf_puts(b, " AND (SELECT mark FROM thread WHERE id = n.thread) = 'solved'");
	if (q->msgid != NULL)
		gp_buf_puts(b, " AND n.key >= :key AND n.key < :key || '~' AND n.mid = :msgid");
	if (q->thread != NULL)
		gp_buf_puts(b, " AND n.thread IN (SELECT thread FROM node WHERE key = :thread)");
	if (q->list != NULL)
		gp_buf_puts(b, " AND n.list IN (SELECT id FROM list WHERE name = :name OR "
		    "address = :name)");
}

static void
build(struct run *r)
{
	struct gp_buf *b = &r->sql;
	bool rank = r->q->sort == GP_SORT_RANK;

	if (r->q->match != NULL) {
		/* Low bits of an entry's row: the message (search_index.c). */
		gp_buf_printf(b, "SELECT n.id, n.date, %s FROM search CROSS JOIN node n ON "
		    "n.id = (search.rowid & 1099511627775) WHERE search MATCH :match AND "
		    "n.entry = search.rowid >> 40 AND n.state = 1",
		    rank ? "-bm25(search, 8, 4, 2, 0.3, 2)" : "0");
		add_filters(r);
		gp_buf_puts(b, r->q->sort == GP_SORT_OLD ? " ORDER BY search.rowid" :
		    " ORDER BY search.rowid DESC");
		return;
	}
	gp_buf_puts(b, "SELECT n.id, n.date, 0 FROM node n WHERE n.state = 1");
	if (r->q->exclude != NULL)
		gp_buf_puts(b, " AND n.id NOT IN (SELECT rowid & 1099511627775 FROM search "
		    "WHERE search MATCH :exclude)");
	add_filters(r);
	gp_buf_puts(b, r->q->sort == GP_SORT_OLD ? " ORDER BY n.date" : " ORDER BY n.date DESC");
}

void
gp_search_bind_int(sqlite3_stmt *st, const char *name, int64_t v)
{
	int i = sqlite3_bind_parameter_index(st, name);

	if (i > 0)
		sqlite3_bind_int64(st, i, v);
}

void
gp_search_bind_text(sqlite3_stmt *st, const char *name, const char *v)
{
	int i = sqlite3_bind_parameter_index(st, name);

	if (i > 0)
		sqlite3_bind_text(st, i, v, -1, SQLITE_STATIC);
}

void
gp_search_bind_copy(sqlite3_stmt *st, const char *name, const char *v)
{
	int i = sqlite3_bind_parameter_index(st, name);

	if (i > 0)
		sqlite3_bind_text(st, i, v, -1, SQLITE_TRANSIENT);
}

static void
bind_all(struct run *r, sqlite3_stmt *st)
{
	const struct gp_query *q = r->q;

	gp_search_bind_text(st, ":match", q->match);
	gp_search_bind_text(st, ":exclude", q->exclude);
	gp_search_bind_lists(st, r->search);
	gp_search_bind_int(st, ":from", q->from);
	gp_search_bind_int(st, ":to", q->to);
	gp_search_bind_int(st, ":flags", q->flags);
	gp_search_bind_int(st, ":not_flags", q->not_flags);
	gp_search_bind_text(st, ":msgid", q->msgid);
	if (q->msgid != NULL)
		gp_search_bind_text(st, ":key", gp_msgid_key(r->q, q->msgid, 12));
	gp_search_bind_text(st, ":thread", q->thread);
	gp_search_bind_text(st, ":name", q->list);
}

/* ---- running it ------------------------------------------------------------------- */

static int
look_at_clock(void *arg)
{
	struct run *r = arg;

	r->late = gp_now_ms() > r->until;
	return r->late;
}

/* New messages count a little more: a third for today's, half of that after a year. */
static double
weigh(double score, int64_t date, int64_t now)
{
	double years = date < now ? (double)(now - date) / SECONDS_YEAR : 0;

	return score * (1 + 0.33 / (1 + years));
}

static void
collect(struct run *r, sqlite3_stmt *st)
{
	struct hit *h;

	r->hits = gp_store_grow(r->q, r->hits, r->n, sizeof(*r->hits));
	h = &r->hits[r->n++];
	h->id = sqlite3_column_int64(st, 0);
	h->date = sqlite3_column_int64(st, 1);
	h->score = r->q->sort == GP_SORT_RANK && r->q->match != NULL ?
	    weigh(sqlite3_column_double(st, 2), h->date, r->search->now) :
	    r->q->sort == GP_SORT_OLD ? -(double)h->date : (double)h->date;
}

static enum gp_status
stream(struct run *r, struct gp_err *err)
{
	bool ranked = r->q->sort == GP_SORT_RANK && r->q->match != NULL;
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(r->s->db, r->sql.p, (int)r->sql.len, &st, NULL);

	if (rc != SQLITE_OK)
		return gp_sql_fail(r->s, rc, "can't prepare the search", err);
	bind_all(r, st);
	r->until = gp_now_ms() + TIME_MS;
	sqlite3_progress_handler(r->s->db, LOOK_OPS, look_at_clock, r);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		collect(r, st);
		/* In order of time already: enough is enough. */
		if (r->n > (ranked ? RANKED_MAX : HITS_MAX))
			break;
	}
	sqlite3_progress_handler(r->s->db, 0, NULL, NULL);
	sqlite3_finalize(st);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE || (rc & 0xff) == SQLITE_INTERRUPT)
		return GP_OK;
	return gp_sql_fail(r->s, rc, "the search failed", err);
}

static int
best_first(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->id < y->id) - (x->id > y->id);
}

static enum gp_status
fetch_page(const void *ctx, struct run *r, struct gp_hits *out, struct gp_err *err)
{
	size_t end = r->n < HITS_MAX ? r->n : HITS_MAX, i = r->search->offset;
	enum gp_status status = GP_OK;

	if (i > end)
		i = end;
	if (r->search->limit < end - i)
		end = i + r->search->limit;
	out->v = gp_array(ctx, struct gp_message *, end - i + 1);
	for (; i < end && status == GP_OK; i++) {
		status = gp_message_find_id(out->v, r->s, r->hits[i].id, &out->v[out->n], err);
		if (status == GP_OK)
			out->n++;
		else
			status = gp_sql_end(status);
	}
	return status;
}

/* Ids of the best as a JSON array. */
static char *
ids_of(struct run *r, size_t most)
{
	struct gp_buf *ids = gp_buf_new(r->q, 32 * (HITS_MAX + 1));
	size_t i;

	gp_buf_putc(ids, '[');
	for (i = 0; i < r->n && i < most; i++)
		gp_buf_printf(ids, "%s%lld", i > 0 ? "," : "", (long long)r->hits[i].id);
	gp_buf_putc(ids, ']');
	return ids->p;
}

static bool
asks_for_something(const struct gp_query *q)
{
	return q->match != NULL || q->exclude != NULL || q->from != INT64_MIN ||
	    q->to != INT64_MAX || q->flags != 0 || q->not_flags != 0 || q->attachment != 0 ||
	    q->root || q->unanswered || q->solved || q->msgid != NULL || q->thread != NULL ||
	    q->list != NULL;
}

enum gp_status
gp_search_run(const void *ctx, struct gp_store *s, const struct gp_search *asked,
    struct gp_hits *out, struct gp_err *err)
{
	struct gp_search search = *asked;
	struct run r = {.s = s, .search = &search};
	bool own = !s->reading && !s->writing;
	enum gp_status status = GP_OK;

	memset(out, 0, sizeof(*out));
	if (search.list == 0 && search.reach == NULL)
		status = gp_reach_of(ctx, s, 0, &search.reach, err);
	if (status != GP_OK)
		return status;
	r.q = gp_query_parse(ctx, search.query, search.now, &(struct gp_query_forms){gp_forms_find,
	    gp_forms_new(ctx, s, search.languages)});
	out->terms = r.q->terms;
	out->terms_n = r.q->terms_n;
	out->note = r.q->note == NULL ? NULL : gp_strdup(ctx, r.q->note);
	if (!asks_for_something(r.q))
		return GP_OK;
	gp_buf_init(&r.sql, r.q, 1 << 16);
	build(&r);
	if (own)
		status = gp_store_read_begin(s, err);
	if (status == GP_OK)
		status = stream(&r, err);
	if (status == GP_OK && r.n > 0) {
		qsort(r.hits, r.n, sizeof(*r.hits), best_first);
		status = fetch_page(ctx, &r, out, err);
	}
	if (status == GP_OK && r.n > 0 && search.facets)
		status = gp_facets_count(ctx, r.s, ids_of(&r, HITS_MAX), &out->facets, err);
	if (status == GP_OK && search.pages > 0)
		status = gp_practice_match(ctx, r.s, &search, r.q, ids_of(&r, SHOWN_MAX), &out->pages, &out->pages_n,
		    err);
	out->total = r.n < HITS_MAX ? (int64_t)r.n : HITS_MAX;
	out->more = r.late || r.n > HITS_MAX;
	if (own)
		gp_store_read_end(s);
	return status;
}
