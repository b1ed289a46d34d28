/* SPDX-License-Identifier: ISC */
/*
 * Threads that members follow or mute, and threads that are closed. Interest hangs on a
 * message, so that it goes where that goes when threads are joined or split.
 */
#include "config.h"

#include "private.h"

/* The thread of an archived message on the member's list. */
static enum gp_status
find_thread(struct gp_store *s, int64_t member, int64_t message, int64_t *thread,
    struct gp_err *err)
{
	enum gp_status status = gp_sql_int(s, thread, "SELECT n.thread FROM node n JOIN member m "
	    "ON m.list = n.list WHERE n.id = ?2 AND n.state > 0 AND m.id = ?1",
	    GP_ARGS(GP_INT(member), GP_INT(message)), err);

	return status != GP_E_NOTFOUND ? status :
	    gp_fail(err, status, "there is no such message on the member's list");
}

enum gp_status
gp_interest_set(struct gp_store *s, int64_t member, int64_t message, int kind, struct gp_err *err)
{
	int64_t thread;
	enum gp_status status;

	if (kind < GP_INTEREST_NONE || kind > GP_INTEREST_MUTE)
		gp_bug("no kind of interest: %d", kind);
	status = find_thread(s, member, message, &thread, err);
	/* The last word counts, whichever message of the thread the others were said of. */
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM interest WHERE member = ?1 AND "
		    "(SELECT thread FROM node WHERE id = interest.node) = ?2",
		    GP_ARGS(GP_INT(member), GP_INT(thread)), err);
	if (status != GP_OK || kind == GP_INTEREST_NONE)
		return status;
	return gp_sql_run(s, "INSERT INTO interest(member, node, kind, since) "
	    "VALUES(?1, ?2, ?3, (SELECT max(0, coalesce(max(id), 0)) FROM node))",
	    GP_ARGS(GP_INT(member), GP_INT(message), GP_INT(kind)), err);
}

enum gp_status
gp_interest_all(const void *ctx, struct gp_store *s, int64_t member, struct gp_interest **out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT i.node, n.thread, i.kind, h.key, "
	    "t.title, i.since FROM interest i JOIN node n ON n.id = i.node JOIN thread t ON t.id = n.thread "
	    "LEFT JOIN node h ON h.id = t.head WHERE i.member = ?1 ORDER BY i.node",
	    GP_ARGS(GP_INT(member)), err);
	struct gp_interest *v = NULL, *p;
	size_t count = 0;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		p = &v[count++];
		p->message = sqlite3_column_int64(st, 0);
		p->thread = sqlite3_column_int64(st, 1);
		p->kind = sqlite3_column_int(st, 2);
		p->key = gp_sql_text(v, st, 3);
		p->title = gp_sql_text(v, st, 4);
		p->since = sqlite3_column_int64(st, 5);
	}
	if (status != GP_E_NOTFOUND) {
		talloc_free(v);
		return status;
	}
	*out = v;
	*n = count;
	return GP_OK;
}

/* ---- closed threads --------------------------------------------------------------- */

static enum gp_status
no_such_thread(struct gp_err *err)
{
	return gp_fail(err, GP_E_NOTFOUND, "there is no such thread");
}

static enum gp_status
close_one(struct gp_store *s, int64_t thread, const char *line, struct gp_err *err)
{
	int64_t list;
	enum gp_status status = gp_sql_int(s, &list, "UPDATE thread SET closed = ?2, "
	    "version = version + 1 WHERE id = ?1 RETURNING list",
	    GP_ARGS(GP_INT(thread), GP_TEXT(line)), err);

	if (status == GP_E_NOTFOUND)
		return no_such_thread(err);
	return status == GP_OK ? gp_list_touch(s, list, err) : status;
}

enum gp_status
gp_thread_close(struct gp_store *s, int64_t thread, const char *why, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	char *line = gp_utf8_line(tmp, why, strlen(why), 500);
	struct gp_share_side *sides;
	size_t i, n = 0;
	enum gp_status status = close_one(s, thread, line, err);

	/* On every list that has it. */
	if (status == GP_OK)
		status = gp_share_sides(tmp, s, thread, &sides, &n, err);
	for (i = 0; status == GP_OK && i < n; i++)
		status = close_one(s, sides[i].thread, line, err);
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_thread_closed(const void *ctx, struct gp_store *s, int64_t thread, char **why,
    struct gp_err *err)
{
	enum gp_status status = gp_sql_string(ctx, s, why, "SELECT closed FROM thread WHERE id = ?1",
	    GP_ARGS(GP_INT(thread)), err);

	return status == GP_E_NOTFOUND ? no_such_thread(err) : status;
}
