/* SPDX-License-Identifier: ISC */
/*
 * Jobs: one mail and everybody it goes to. A post's body is not copied: it stands in
 * the archived message behind body_off. And the operator's hand on the queue: list,
 * retry, drop.
 */
#include "config.h"

#include "queue.h"

#include <inttypes.h>

#define FIRST_ADDRESS (INT64_C(1) << 40)	/* n of addresses; members' ids are below */

enum gp_status
gp_job_add(struct gp_store *s, struct gp_job *job, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "INSERT INTO job(list, kind, message, body_off, "
	    "subject, created, expires, flags) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	    GP_ARGS(GP_INT(job->list), GP_INT(job->kind), GP_INT(job->message),
	    GP_INT((int64_t)job->body_off), GP_TEXT(job->subject == NULL ? "" : job->subject),
	    GP_INT(job->created), GP_INT(job->expires), GP_INT(job->flags)), err);
	const char *body = job->message != 0 ? NULL : job->body == NULL ? "" : job->body;

	if (status != GP_OK)
		return status;
	job->id = sqlite3_last_insert_rowid(s->db);
	job->total = job->sent = job->failed = job->left = 0;
	return gp_sql_run(s, "INSERT INTO job_data(job, header, body) VALUES(?1, ?2, ?3)",
	    GP_ARGS(GP_INT(job->id), GP_BLOB(job->header == NULL ? "" : job->header,
	    job->header_n), GP_BLOB(body, job->body_n)), err);
}

enum gp_status
gp_job_settle(struct gp_store *s, const struct gp_job *job, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE job SET flags = ?2, message = ?3, body_off = ?4 "
	    "WHERE id = ?1", GP_ARGS(GP_INT(job->id), GP_INT(job->flags), GP_INT(job->message),
	    GP_INT((int64_t)job->body_off)), err);

	if (status != GP_OK)
		return status;
	return gp_sql_run(s, "UPDATE job_data SET header = ?2, body = ?3 WHERE job = ?1",
	    GP_ARGS(GP_INT(job->id), GP_BLOB(job->header, job->header_n),
	    GP_BLOB(job->message != 0 ? NULL : job->body, job->body_n)), err);
}

enum gp_status
gp_job_count_in(struct gp_store *s, int64_t job, int64_t n, struct gp_err *err)
{
	if (n == 0)
		return GP_OK;
	return gp_sql_run(s, "UPDATE job SET total = total + ?2, fresh = fresh + ?2, "
	    "left = left + ?2 WHERE id = ?1", GP_ARGS(GP_INT(job), GP_INT(n)), err);
}

enum gp_status
gp_job_add_address(struct gp_store *s, int64_t job, const char *address, int64_t member,
    struct gp_err *err)
{
	enum gp_status status = gp_addr_check(address, err);
	int64_t total;

	if (status != GP_OK)
		return status;
	status = gp_sql_int(s, &total, "SELECT total FROM job WHERE id = ?1",
	    GP_ARGS(GP_INT(job)), err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no job %" PRId64, job);
	if (status == GP_OK)
		status = gp_sql_run(s, "INSERT INTO rcpt(job, n, member, address) "
		    "VALUES(?1, ?2, nullif(?3, 0), ?4)", GP_ARGS(GP_INT(job),
		    GP_INT(FIRST_ADDRESS + total), GP_INT(member), GP_TEXT(address)), err);
	return status == GP_OK ? gp_job_count_in(s, job, 1, err) : status;
}

/* ---- reading ---------------------------------------------------------------------- */

#define JOB_COLUMNS "j.id, j.list, j.kind, j.message, j.body_off, j.subject, j.created, " \
	"j.expires, j.total, j.sent, j.failed, j.left, j.flags, j.dropped"

static void *
read_job(const void *ctx, sqlite3_stmt *st)
{
	struct gp_job *j = gp_new(ctx, struct gp_job);

	j->id = sqlite3_column_int64(st, 0);
	j->list = sqlite3_column_int64(st, 1);
	j->kind = sqlite3_column_int(st, 2);
	j->message = sqlite3_column_int64(st, 3);
	j->body_off = (size_t)sqlite3_column_int64(st, 4);
	j->subject = gp_sql_text(j, st, 5);
	j->created = sqlite3_column_int64(st, 6);
	j->expires = sqlite3_column_int64(st, 7);
	j->total = sqlite3_column_int64(st, 8);
	j->sent = sqlite3_column_int64(st, 9);
	j->failed = sqlite3_column_int64(st, 10);
	j->left = sqlite3_column_int64(st, 11);
	j->flags = (unsigned)sqlite3_column_int64(st, 12);
	j->dropped = sqlite3_column_int64(st, 13);
	return j;
}

/* A post: the bytes behind the header of its message. */
static enum gp_status
read_post_body(struct gp_store *s, struct gp_job *j, struct gp_err *err)
{
	char *raw;
	size_t n;
	enum gp_status status = gp_body_raw(j, s, j->message, &raw, &n, err);

	if (status != GP_OK)
		return status;
	if (j->body_off > n)
		return gp_fail(err, GP_E_DB, "job %" PRId64 ": the message is shorter than it was",
		    j->id);
	j->body = raw + j->body_off;
	j->body_n = n - j->body_off;
	return GP_OK;
}

enum gp_status
gp_job_find(const void *ctx, struct gp_store *s, int64_t id, bool with_body, struct gp_job **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_first(s, &st, "SELECT " JOB_COLUMNS ", d.header, d.body "
	    "FROM job j LEFT JOIN job_data d ON d.job = j.id WHERE j.id = ?1",
	    GP_ARGS(GP_INT(id)), err);
	struct gp_job *j;

	if (status != GP_OK)
		return status;
	j = read_job(ctx, st);
	j->header = gp_sql_blob(j, st, 14, &j->header_n);
	if (with_body && j->message == 0)
		j->body = gp_sql_blob(j, st, 15, &j->body_n);
	gp_sql_done(st);
	if (with_body && j->message != 0)
		status = read_post_body(s, j, err);
	if (status == GP_OK)
		*out = j;
	else
		talloc_free(j);
	return status;
}

enum gp_status
gp_queue_list(const void *ctx, struct gp_store *s, bool all, struct gp_job ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = all ?
	    gp_sql_open(s, &st, "SELECT " JOB_COLUMNS " FROM job j ORDER BY j.id", GP_NOARGS, err) :
	    gp_sql_open(s, &st, "SELECT " JOB_COLUMNS " FROM job j WHERE j.left > 0 ORDER BY j.id",
	    GP_NOARGS, err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_job, out, n, err) : status;
}

enum gp_status
gp_queue_failures(const void *ctx, struct gp_store *s, int64_t job, struct gp_failure **out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT job, member, time, address, text, "
	    "bounced FROM failure WHERE job = ?1 ORDER BY id", GP_ARGS(GP_INT(job)), err);
	struct gp_failure *v = NULL, *f;
	size_t count = 0;

	if (status != GP_OK)
		return status;
	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		f = &v[count++];
		f->job = sqlite3_column_int64(st, 0);
		f->member = sqlite3_column_int64(st, 1);
		f->time = sqlite3_column_int64(st, 2);
		f->address = gp_sql_text(v, st, 3);
		f->text = gp_sql_text(v, st, 4);
		f->bounced = sqlite3_column_int(st, 5) != 0;
	}
	if (status != GP_E_NOTFOUND) {
		talloc_free(v);
		return status;
	}
	*out = v;
	*n = count;
	return GP_OK;
}

/* ---- the operator's hand ---------------------------------------------------------- */

enum gp_status
gp_queue_retry(struct gp_store *s, int64_t job, int64_t now, int64_t *n, struct gp_err *err)
{
	enum gp_status status = job == 0 ?
	    gp_sql_run(s, "UPDATE retry SET next = ?1", GP_ARGS(GP_INT(now)), err) :
	    gp_sql_run(s, "UPDATE retry SET next = ?1 WHERE job = ?2",
	    GP_ARGS(GP_INT(now), GP_INT(job)), err);

	*n = status == GP_OK ? sqlite3_changes64(s->db) : 0;
	/* Whoever feeds the relay sees by this that a person wants it, and now. */
	return status != GP_OK ? status : gp_sql_run(s, "INSERT INTO meta(name, value) VALUES('retries', 1) "
	    "ON CONFLICT(name) DO UPDATE SET value = value + 1", GP_NOARGS, err);
}

enum gp_status
gp_queue_retries(struct gp_store *s, int64_t *n, struct gp_err *err)
{
	*n = 0;
	return gp_sql_end(gp_sql_int(s, n, "SELECT value FROM meta WHERE name = 'retries'", GP_NOARGS, err));
}

/* Run a DELETE ... RETURNING job and count what went. */
static enum gp_status
drop_rows(struct gp_store *s, struct gp_tally *t, bool fresh, const char *sql,
    const struct gp_arg *args, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, sql, args, err);
	struct gp_tally_job *j;

	if (status != GP_OK)
		return status;
	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		j = gp_tally_job(t, sqlite3_column_int64(st, 0));
		j->dropped++;
		j->done++;
		j->tried += fresh;
	}
	return gp_sql_end(status);
}

/* The same recipients from both tables: untried ones, and those put off. */
#define BOTH(where) "DELETE FROM rcpt WHERE " where " RETURNING job", \
	"DELETE FROM retry WHERE " where " RETURNING job"
static enum gp_status
drop_both(struct gp_store *s, struct gp_tally *t, const char *fresh, const char *retries,
    const struct gp_arg *args, struct gp_err *err)
{
	enum gp_status status = drop_rows(s, t, true, fresh, args, err);

	return status == GP_OK ? drop_rows(s, t, false, retries, args, err) : status;
}

enum gp_status
gp_queue_drop(struct gp_store *s, int64_t job, int64_t *n, struct gp_err *err)
{
	struct gp_tally *t = gp_tally_new(NULL);
	enum gp_status status = drop_both(s, t, BOTH("job = ?1"), GP_ARGS(GP_INT(job)), err);

	*n = gp_tally_job(t, job)->done;
	if (status == GP_OK)
		status = gp_tally_write(s, t, err);
	talloc_free(t);
	return status;
}

enum gp_status
gp_queue_forget_member(struct gp_store *s, int64_t member, struct gp_err *err)
{
	struct gp_tally *t = gp_tally_new(NULL);
	const struct gp_arg *args = GP_ARGS(GP_INT(member));
	enum gp_status status = drop_both(s, t, BOTH("n = ?1 AND job IN (SELECT j.id FROM job j "
	    "JOIN member m ON m.list = j.list WHERE m.id = ?1 AND j.left > 0)"), args, err);

	if (status == GP_OK)
		status = drop_both(s, t, BOTH("member = ?1"), args, err);
	if (status == GP_OK)
		status = gp_tally_write(s, t, err);
	talloc_free(t);
	return status;
}

enum gp_status
gp_queue_forget_addresses(struct gp_store *s, const char *json, struct gp_err *err)
{
	struct gp_tally *t = gp_tally_new(NULL);
	enum gp_status status = drop_both(s, t, BOTH("address IS NOT NULL AND lower(address) IN "
	    "(SELECT value FROM json_each(?1))"), GP_ARGS(GP_TEXT(json)), err);

	if (status == GP_OK)
		status = gp_tally_write(s, t, err);
	talloc_free(t);
	return status;
}

/* A removed message goes to nobody any more. */
enum gp_status
gp_queue_forget_message(struct gp_store *s, int64_t message, struct gp_err *err)
{
	struct gp_tally *t = gp_tally_new(NULL);
	enum gp_status status = drop_both(s, t, BOTH("job IN "
	    "(SELECT id FROM job WHERE message = ?1 AND left > 0)"), GP_ARGS(GP_INT(message)), err);

	if (status == GP_OK)
		status = gp_tally_write(s, t, err);
	talloc_free(t);
	return status;
}

enum gp_status
gp_queue_forget_list(struct gp_store *s, int64_t list, struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(list));
	enum gp_status status;

#define JOBS_OF_LIST "(SELECT id FROM job WHERE list = ?1)"
	status = gp_sql_run(s, "DELETE FROM rcpt WHERE job IN " JOBS_OF_LIST, args, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM retry WHERE job IN " JOBS_OF_LIST, args, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM failure WHERE job IN " JOBS_OF_LIST, args, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM job_data WHERE job IN " JOBS_OF_LIST, args,
		    err);
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM job WHERE list = ?1", args, err);
	return status;
}

enum gp_status
gp_queue_forget(struct gp_store *s, int64_t before, struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(before));
	enum gp_status status = gp_sql_run(s, "DELETE FROM job_data WHERE job IN "
	    "(SELECT id FROM job WHERE created < ?1 AND left = 0)", args, err);

	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM job WHERE created < ?1 AND left = 0", args,
		    err);
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM failure WHERE time < ?1 AND job NOT IN "
		    "(SELECT id FROM job WHERE left > 0)", args, err);
	return status;
}
