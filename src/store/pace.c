/* SPDX-License-Identifier: ISC */
/* How fast a thread may go: each member once in a while, or nothing until it has cooled. */
#include "config.h"

#include "private.h"

static enum gp_status
set_one(struct gp_store *s, int64_t thread, const struct gp_pace *pace, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE thread SET slow = ?2, cool = ?3 WHERE id = ?1",
	    GP_ARGS(GP_INT(thread), GP_INT(pace->slow), GP_INT(pace->cool)), err);

	if (status == GP_OK && sqlite3_changes(s->db) == 0)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such thread");
	return status;
}

enum gp_status
gp_thread_pace_set(struct gp_store *s, int64_t thread, const struct gp_pace *pace, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_share_side *sides;
	size_t i, n = 0;
	enum gp_status status = set_one(s, thread, pace, err);

	/* On every list that has it. */
	if (status == GP_OK)
		status = gp_share_sides(tmp, s, thread, &sides, &n, err);
	for (i = 0; status == GP_OK && i < n; i++)
		status = set_one(s, sides[i].thread, pace, err);
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_thread_pace(struct gp_store *s, int64_t thread, struct gp_pace *out, struct gp_err *err)
{
	return gp_sql_ints(s, &out->slow, &out->cool, "SELECT slow, cool FROM thread WHERE id = ?1",
	    GP_ARGS(GP_INT(thread)), err);
}

enum gp_status
gp_thread_wrote(struct gp_store *s, int64_t thread, int64_t person, int64_t *last, struct gp_err *err)
{
	return gp_sql_int(s, last, "SELECT coalesce(max(received), 0) FROM node WHERE thread = ?1 AND state > 0 "
	    "AND from_addr COLLATE nocase IN (SELECT written FROM address WHERE person = ?2)",
	    GP_ARGS(GP_INT(thread), GP_INT(person)), err);
}

enum gp_status
gp_thread_wrote_from(struct gp_store *s, int64_t thread, const char *address, int64_t *last, struct gp_err *err)
{
	return gp_sql_int(s, last, "SELECT coalesce(max(received), 0) FROM node WHERE thread = ?1 AND state > 0 "
	    "AND from_addr = ?2 COLLATE nocase", GP_ARGS(GP_INT(thread), GP_TEXT(address)), err);
}

enum gp_status
gp_hold_wake(struct gp_store *s, int64_t list, const char *rule, int64_t now, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE hold SET expires = ?3 WHERE list = ?1 AND state = 0 AND rule = ?2",
	    GP_ARGS(GP_INT(list), GP_TEXT(rule), GP_INT(now)), err);
}

enum gp_status
gp_thread_heat(struct gp_store *s, int64_t list, int64_t thread, int64_t since, int64_t least, struct gp_heat *out,
    struct gp_err *err)
{
	enum { USUAL = 30 * 86400 };
	int64_t written = 0, created = 0, span = gp_now() - since, days = USUAL;
	enum gp_status status = gp_sql_ints(s, &out->posts, &out->people, "SELECT count(*), count(DISTINCT author) "
	    "FROM node WHERE thread = ?1 AND state IN (1, 2) AND received > ?2 AND flags & 1 = 0",
	    GP_ARGS(GP_INT(thread), GP_INT(since)), err);

	out->usual = out->second = 0;
	if (status != GP_OK || out->posts < least)
		return status;
	status = gp_sql_int(s, &out->second, "SELECT count(*) AS n FROM node WHERE thread = ?1 AND state IN (1, 2) AND "
	    "received > ?2 AND flags & 1 = 0 GROUP BY author ORDER BY n DESC LIMIT 1 OFFSET 1",
	    GP_ARGS(GP_INT(thread), GP_INT(since)), err);
	if (status != GP_OK)	/* one alone */
		return gp_sql_end(status);
	status = gp_sql_ints(s, &written, &created, "SELECT count(*), (SELECT created FROM list WHERE id = ?1) FROM node "
	    "WHERE list = ?1 AND state = 1 AND date > ?2 AND date <= ?3",
	    GP_ARGS(GP_INT(list), GP_INT(since - USUAL), GP_INT(since)), err);
	/* A young list has not had so many days. */
	if (since - created < days)
		days = since - created < span ? span : since - created;
	out->usual = (written * span + days - 1) / days;
	return status;
}
