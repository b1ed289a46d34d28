/* SPDX-License-Identifier: ISC */
/*
 * The queue at work: which deliveries are to be tried, and what came of them. A
 * delivery is one row, in rcpt until it was tried, in retry while it is put off,
 * gone when it is done; so a crash can only make a delivery be tried again that
 * was in flight. Counters of a job change once for each batch of results.
 */
#include "config.h"

#include "queue.h"

#include <inttypes.h>

/* ---- counters --------------------------------------------------------------------- */

struct gp_tally *
gp_tally_new(const void *ctx)
{
	return gp_new(ctx, struct gp_tally);
}

struct gp_tally_job *
gp_tally_job(struct gp_tally *t, int64_t job)
{
	size_t i;

	for (i = t->n; i > 0; i--)
		if (t->v[i - 1].job == job)
			return &t->v[i - 1];
	t->v = gp_store_grow(t, t->v, t->n, sizeof(*t->v));
	t->v[t->n] = (struct gp_tally_job){.job = job};
	return &t->v[t->n++];
}

/* A finished job gives up its bytes. */
static enum gp_status
forget_bytes(struct gp_store *s, int64_t job, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "DELETE FROM job_data WHERE job = ?1 AND NOT EXISTS "
	    "(SELECT 1 FROM job WHERE id = ?1 AND left > 0)", GP_ARGS(GP_INT(job)), err);
	int64_t flags;

	if (status != GP_OK || sqlite3_changes(s->db) == 0)
		return status;
	status = gp_sql_int(s, &flags, "SELECT flags FROM job WHERE id = ?1", GP_ARGS(GP_INT(job)), err);
	s->cut |= status == GP_OK && (flags & GP_JOB_SECRET) != 0;
	return gp_sql_end(status);
}

enum gp_status
gp_tally_write(struct gp_store *s, const struct gp_tally *t, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	size_t i;

	for (i = 0; i < t->n && status == GP_OK; i++) {
		const struct gp_tally_job *j = &t->v[i];

		status = gp_sql_run(s, "UPDATE job SET sent = sent + ?2, failed = failed + ?3, "
		    "dropped = dropped + ?4, fresh = fresh - ?5, left = left - ?6 WHERE id = ?1",
		    GP_ARGS(GP_INT(j->job), GP_INT(j->sent), GP_INT(j->failed),
		    GP_INT(j->dropped), GP_INT(j->tried), GP_INT(j->done)), err);
		if (status == GP_OK && j->done > 0)
			status = forget_bytes(s, j->job, err);
	}
	return status;
}

/* ---- reading ---------------------------------------------------------------------- */

/* Columns: job, n, member, address, tries, next, last. */
static enum gp_status
read_rcpts(const void *ctx, struct gp_store *s, sqlite3_stmt *st, struct gp_rcpt **out, size_t *n,
    struct gp_err *err)
{
	enum gp_status status;
	struct gp_rcpt *v = NULL, *r;
	size_t count = 0;

	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		if (sqlite3_column_type(st, 3) == SQLITE_NULL)
			continue;
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		r = &v[count++];
		r->job = sqlite3_column_int64(st, 0);
		r->n = sqlite3_column_int64(st, 1);
		r->member = sqlite3_column_int64(st, 2);
		r->address = gp_sql_text(v, st, 3);
		r->tries = sqlite3_column_int(st, 4);
		r->next = sqlite3_column_int64(st, 5);
		r->last = gp_sql_text_null(v, st, 6);
	}
	if (status != GP_E_NOTFOUND) {
		talloc_free(v);
		return status;
	}
	*out = v;
	*n = count;
	return GP_OK;
}

/* A member's row holds no address: mail goes to the one that the member has now. */
#define MEMBER_OF(table) " LEFT JOIN member m ON " table ".address IS NULL AND m.id = " table \
	".n LEFT JOIN address a ON a.id = m.address "
#define WHO(table) "coalesce(" table ".member, m.id, 0), coalesce(" table ".address, a.written)"

enum gp_status
gp_queue_fresh(const void *ctx, struct gp_store *s, int64_t job, int64_t after_n, size_t limit,
    struct gp_rcpt **out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT r.job, r.n, " WHO("r") ", 0, 0, NULL "
	    "FROM rcpt r" MEMBER_OF("r") "WHERE r.job = ?1 AND r.n > ?2 ORDER BY r.n LIMIT ?3",
	    GP_ARGS(GP_INT(job), GP_INT(after_n), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? read_rcpts(ctx, s, st, out, n, err) : status;
}

enum gp_status
gp_queue_due(const void *ctx, struct gp_store *s, int64_t now, size_t limit, struct gp_rcpt **out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT r.job, r.n, " WHO("r") ", r.tries, "
	    "r.next, r.last FROM retry r" MEMBER_OF("r")
	    "WHERE r.next <= ?1 ORDER BY r.next LIMIT ?2",
	    GP_ARGS(GP_INT(now), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? read_rcpts(ctx, s, st, out, n, err) : status;
}

enum gp_status
gp_queue_deferred(const void *ctx, struct gp_store *s, int64_t job, struct gp_rcpt **out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT r.job, r.n, " WHO("r") ", r.tries, "
	    "r.next, r.last FROM retry r" MEMBER_OF("r") "WHERE r.job = ?1 ORDER BY r.n",
	    GP_ARGS(GP_INT(job)), err);

	return status == GP_OK ? read_rcpts(ctx, s, st, out, n, err) : status;
}

enum gp_status
gp_queue_turn(const void *ctx, struct gp_store *s, size_t limit, struct gp_queue_entry **out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, list, left FROM (SELECT id, list, left, "
	    "row_number() OVER (PARTITION BY list ORDER BY id) AS k FROM job WHERE fresh > 0) "
	    "ORDER BY k, id LIMIT ?1", GP_ARGS(GP_INT((int64_t)limit)), err);
	struct gp_queue_entry *v = NULL;
	size_t count = 0;

	if (status != GP_OK)
		return status;
	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		v[count++] = (struct gp_queue_entry){sqlite3_column_int64(st, 0),
		    sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2)};
	}
	if (status != GP_E_NOTFOUND) {
		talloc_free(v);
		return status;
	}
	*out = v;
	*n = count;
	return GP_OK;
}

enum gp_status
gp_queue_next_due(struct gp_store *s, int64_t *when, struct gp_err *err)
{
	return gp_sql_int(s, when, "SELECT coalesce(min(next), 0) FROM retry", GP_NOARGS, err);
}

/* ---- results ---------------------------------------------------------------------- */

/* Take a delivery off the queue. *table: 1 it was untried, 2 put off, 0 not there. */
static enum gp_status
take(struct gp_store *s, const struct gp_result *r, int *table, struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(r->job), GP_INT(r->n));
	enum gp_status status = gp_sql_run(s, "DELETE FROM rcpt WHERE job = ?1 AND n = ?2", args,
	    err);

	*table = 1;
	if (status != GP_OK || sqlite3_changes(s->db) > 0)
		return status;
	status = gp_sql_run(s, "DELETE FROM retry WHERE job = ?1 AND n = ?2", args, err);
	*table = status == GP_OK && sqlite3_changes(s->db) > 0 ? 2 : 0;
	return status;
}

#define FAILURE_FROM(table) "INSERT INTO failure(job, member, address, bounced, time, text) " \
	"SELECT r.job, coalesce(r.member, m.id, 0), coalesce(r.address, a.written, ''), 0, ?3, " \
	"?4 FROM " table " r" MEMBER_OF("r") \
	"WHERE r.job = ?1 AND r.n = ?2 AND NOT EXISTS(SELECT 1 FROM job WHERE id = ?1 AND flags & ?5)"

static enum gp_status
note_failure(struct gp_store *s, const struct gp_result *r, int64_t now, struct gp_err *err)
{
	const char *text = r->text == NULL ? "" : r->text;
	const struct gp_arg *args = GP_ARGS(GP_INT(r->job), GP_INT(r->n), GP_INT(now),
	    GP_TEXT(text), GP_INT(GP_JOB_SECRET));
	enum gp_status status = gp_sql_run(s, FAILURE_FROM("rcpt"), args, err);

	if (status == GP_OK && sqlite3_changes(s->db) == 0)
		status = gp_sql_run(s, FAILURE_FROM("retry"), args, err);
	return status;
}

static enum gp_status
defer(struct gp_store *s, const struct gp_result *r, struct gp_tally_job *j, struct gp_err *err)
{
	const char *text = r->text == NULL ? "" : r->text;
	const struct gp_arg *args = GP_ARGS(GP_INT(r->job), GP_INT(r->n), GP_INT(r->next),
	    GP_TEXT(text));
	enum gp_status status = gp_sql_run(s, "INSERT INTO retry(job, n, member, address, tries, "
	    "next, last) SELECT job, n, member, address, 1, ?3, ?4 FROM rcpt "
	    "WHERE job = ?1 AND n = ?2", args, err);

	if (status != GP_OK)
		return status;
	if (sqlite3_changes(s->db) == 0)
		return gp_sql_run(s, "UPDATE retry SET tries = tries + 1, next = ?3, last = ?4 "
		    "WHERE job = ?1 AND n = ?2", args, err);
	j->tried++;
	return gp_sql_run(s, "DELETE FROM rcpt WHERE job = ?1 AND n = ?2",
	    GP_ARGS(GP_INT(r->job), GP_INT(r->n)), err);
}

static enum gp_status
record(struct gp_store *s, const struct gp_result *r, int64_t now, struct gp_tally_job *j,
    struct gp_err *err)
{
	enum gp_status status = GP_OK;
	int table;

	if (r->kind == GP_RESULT_DEFER)
		return defer(s, r, j, err);
	if (r->kind == GP_RESULT_FAIL)
		status = note_failure(s, r, now, err);
	if (status == GP_OK)
		status = take(s, r, &table, err);
	if (status != GP_OK || table == 0)
		return status;
	j->done++;
	j->tried += table == 1;
	j->sent += r->kind == GP_RESULT_SENT;
	j->failed += r->kind == GP_RESULT_FAIL;
	j->dropped += r->kind == GP_RESULT_DROPPED;
	return GP_OK;
}

enum gp_status
gp_queue_results(struct gp_store *s, const struct gp_result *r, size_t n, int64_t now,
    struct gp_err *err)
{
	struct gp_tally *t = gp_tally_new(NULL);
	enum gp_status status = GP_OK;
	size_t i;

	for (i = 0; i < n && status == GP_OK; i++)
		status = record(s, &r[i], now, gp_tally_job(t, r[i].job), err);
	if (status == GP_OK)
		status = gp_tally_write(s, t, err);
	talloc_free(t);
	return status;
}

enum gp_status
gp_queue_bounce(struct gp_store *s, int64_t job, int64_t member, int64_t now, const char *text,
    struct gp_err *err)
{
	text = text == NULL ? "" : text;
	return gp_sql_run(s, "INSERT INTO failure(job, member, bounced, time, address, text) "
	    "VALUES(?1, ?2, 1, ?3, coalesce((SELECT a.written FROM member m JOIN address a "
	    "ON a.id = m.address WHERE m.id = ?2), ''), ?4)",
	    GP_ARGS(GP_INT(job), GP_INT(member), GP_INT(now), GP_TEXT(text)), err);
}
