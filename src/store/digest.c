/* SPDX-License-Identifier: ISC */
/*
 * Whose digest is due. digest_next of a member is the time, under an index of those that have one; what is
 * below GP_DIGEST_TIMES is looked at at once, for the reason that it names.
 */
#include "config.h"

#include "queue.h"

#define DAY INT64_C(86400)

enum gp_status
gp_digest_due(const void *ctx, struct gp_store *s, int64_t now, size_t limit, struct gp_member ***out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_MEMBER_QUERY "WHERE m.digest_next <= ?1 "
	    "ORDER BY m.digest_next, m.person, m.list LIMIT ?2",
	    GP_ARGS(GP_INT(now), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_member_read, out, n, err) : status;
}

enum gp_status
gp_digest_due_together(const void *ctx, struct gp_store *s, int64_t person, int64_t now,
    struct gp_member ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_MEMBER_QUERY "WHERE m.person = ?1 AND "
	    "m.digest_together AND m.digest_next <= ?2 AND m.digest_next >= 2 ORDER BY m.list",
	    GP_ARGS(GP_INT(person), GP_INT(now)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_member_read, out, n, err) : status;
}

enum gp_status
gp_digest_clock(struct gp_store *s, int64_t person, int64_t *list, struct gp_err *err)
{
	return gp_sql_int(s, list, "SELECT list FROM member WHERE person = ?1 AND digest_together AND "
	    "delivery IN (1, 2, 3) ORDER BY list LIMIT 1", GP_ARGS(GP_INT(person)), err);
}

enum gp_status
gp_digest_mark(struct gp_store *s, int64_t member, int64_t upto, int64_t sent, int64_t next,
    struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE member SET digest_upto = iif(?2 > 0, ?2, digest_upto), "
	    "digest_last = iif(?3 > 0, ?3, digest_last), digest_next = nullif(?4, ?5) WHERE id = ?1",
	    GP_ARGS(GP_INT(member), GP_INT(upto), GP_INT(sent), GP_INT(next), GP_INT(GP_DIGEST_NONE)), err);
}

struct wish { int64_t list, posts; };

static void *
read_wish(const void *ctx, sqlite3_stmt *st)
{
	struct wish *w = gp_new(ctx, struct wish);

	w->list = sqlite3_column_int64(st, 0);
	w->posts = sqlite3_column_int64(st, 1);
	return w;
}

enum gp_status
gp_digest_count_posts(struct gp_store *s, int64_t *n, struct gp_err *err)
{
	void *ctx = gp_ctx(NULL);
	sqlite3_stmt *st;
	struct wish **wishes = NULL;
	size_t i, count = 0;
	enum gp_status status = gp_sql_open(s, &st, "SELECT DISTINCT list, digest_posts FROM member "
	    "WHERE digest_posts > 0", GP_NOARGS, err);

	*n = 0;
	if (status == GP_OK)
		status = gp_sql_rows(ctx, s, st, read_wish, &wishes, &count, err);
	for (i = 0; status == GP_OK && i < count; i++) {
		/* The Nth newest message of the list: whose mark is before it has N before them. */
		status = gp_sql_run(s, "UPDATE member SET digest_next = 2 WHERE digest_posts > 0 AND list = ?1 "
		    "AND digest_posts = ?2 AND digest_upto < (SELECT id FROM node WHERE list = ?1 AND state > 0 "
		    "AND id > 0 ORDER BY id DESC LIMIT 1 OFFSET ?2 - 1) AND digest_next >= 10 AND delivery IN (1, 2, 3) "
		    "AND (pause_from > ?3 OR pause_to <= ?3)", GP_ARGS(GP_INT(wishes[i]->list),
		    GP_INT(wishes[i]->posts), GP_INT(gp_now())), err);
		*n += status == GP_OK ? sqlite3_changes64(s->db) : 0;
	}
	talloc_free(ctx);
	return status;
}

enum gp_status
gp_digest_reckon(struct gp_store *s, int64_t list, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE member SET digest_next = -?2 WHERE digest_next >= 10 AND (list = ?1 OR "
	    "(digest_together AND person IN (SELECT person FROM member WHERE list = ?1)))",
	    GP_ARGS(GP_INT(list), GP_INT(gp_now())), err);
}

enum gp_status
gp_digest_reckon_far(struct gp_store *s, int64_t now, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE member SET digest_next = 0 WHERE digest_next > ?1 + "
	    "CASE delivery WHEN 1 THEN ?2 WHEN 2 THEN ?3 ELSE ?4 END AND (pause_to <= ?1 OR "
	    "digest_next > pause_to + ?4)", GP_ARGS(GP_INT(now), GP_INT(2 * DAY), GP_INT(8 * DAY),
	    GP_INT(33 * DAY)), err);
}

enum gp_status
gp_digest_readers(struct gp_store *s, int64_t list, int64_t *n, struct gp_err *err)
{
	return gp_sql_int(s, n, "SELECT count(*) FROM member WHERE list = ?1 AND delivery IN (1, 2, 3)",
	    GP_ARGS(GP_INT(list)), err);
}

enum gp_status
gp_digest_outlook(struct gp_store *s, int64_t now, struct gp_digest_outlook *out, struct gp_err *err)
{
	enum gp_status status = gp_sql_int(s, &out->readers, "SELECT count(*) FROM member "
	    "WHERE digest_next IS NOT NULL", GP_NOARGS, err);

	if (status == GP_OK)
		status = gp_sql_int(s, &out->next, "SELECT coalesce(min(digest_next), 0) FROM member "
		    "WHERE digest_next >= 10", GP_NOARGS, err);
	if (status == GP_OK)
		status = gp_sql_int(s, &out->due, "SELECT count(*) FROM member WHERE digest_next <= ?1",
		    GP_ARGS(GP_INT(now)), err);
	if (status == GP_OK)
		status = gp_sql_int(s, &out->last, "SELECT coalesce(max(digest_last), 0) FROM member "
		    "WHERE digest_next IS NOT NULL", GP_NOARGS, err);
	return status;
}

enum gp_status
gp_job_add_members(struct gp_store *s, int64_t job, const int64_t *members, size_t n, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	size_t i;

	for (i = 0; status == GP_OK && i < n; i++)
		status = gp_sql_run(s, "INSERT INTO rcpt(job, n) VALUES(?1, ?2)",
		    GP_ARGS(GP_INT(job), GP_INT(members[i])), err);
	return status == GP_OK ? gp_job_count_in(s, job, (int64_t)n, err) : status;
}
