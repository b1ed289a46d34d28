/* SPDX-License-Identifier: ISC */
/*
 * What threads are, by the word of people or by a rule: questions, solved ones, and the
 * kinds that a list defines. Whether a question is open follows from who wrote in it.
 */
#include "config.h"

#include "message.h"

static bool
is_mark(const char *mark)
{
	size_t n = strspn(mark, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return mark[n] == '\0' && n <= GP_MARK_LONGEST;
}

/* On another list that has the thread, which has a message of its own for what solved it. */
static enum gp_status
mark_like(struct gp_store *s, int64_t from, const struct gp_share_side *side, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE thread SET mark = o.mark, mark_by = o.mark_by, mark_at = o.mark_at, "
	    "mark_message = coalesce((SELECT c.id FROM node m JOIN node c ON c.mid = m.mid AND c.thread = ?2 AND "
	    "c.state IN (1, 2) WHERE m.id = o.mark_message AND m.mid <> ''), 0), version = thread.version + 1 "
	    "FROM (SELECT mark, mark_by, mark_at, mark_message FROM thread WHERE id = ?1) o WHERE thread.id = ?2",
	    GP_ARGS(GP_INT(from), GP_INT(side->thread)), err);

	return status == GP_OK ? gp_list_touch(s, side->list, err) : status;
}

enum gp_status
gp_thread_mark_sides(struct gp_store *s, int64_t thread, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_share_side *sides;
	size_t i, n = 0;
	enum gp_status status = gp_share_sides(tmp, s, thread, &sides, &n, err);

	for (i = 0; status == GP_OK && i < n; i++)
		status = mark_like(s, thread, &sides[i], err);
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_thread_mark(struct gp_store *s, int64_t thread, const char *mark, int64_t message,
    enum gp_mark_by by, struct gp_err *err)
{
	enum gp_status status;
	int64_t list;

	if (!is_mark(mark))
		return gp_fail(err, GP_E_PARSE, "\"%s\" is no kind of thread: question, solved, or one of the "
		    "list's kinds, in small letters", mark);
	status = gp_sql_int(s, &list, "SELECT list FROM thread WHERE id = ?1",
	    GP_ARGS(GP_INT(thread)), err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such thread");
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET mark = ?2, mark_message = ?3, mark_by = ?4, "
		    "mark_at = ?5, version = version + 1 WHERE id = ?1", GP_ARGS(GP_INT(thread),
		    GP_TEXT(mark), GP_INT(message), GP_INT(by), GP_INT(gp_now())), err);
	if (status == GP_OK)
		status = gp_list_touch(s, list, err);
	return status == GP_OK ? gp_thread_mark_sides(s, thread, err) : status;
}

enum gp_status
gp_thread_is_begun(struct gp_store *s, int64_t message, bool *yes, struct gp_err *err)
{
	int64_t begun = 0;
	enum gp_status status = gp_sql_int(s, &begun, "SELECT parent = 0 FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(message)), err);

	*yes = begun != 0;
	return status;
}

enum gp_status
gp_thread_marked(const void *ctx, struct gp_store *s, int64_t list, const char *mark, int64_t first,
    int64_t id, size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_THREAD_QUERY "t.list = ?1 AND t.mark = ?2 "
	    "AND t.mark <> '' AND t.messages > 0 AND (t.first, t.id) < (?3, ?4) "
	    "ORDER BY t.first DESC, t.id DESC LIMIT ?5", GP_ARGS(GP_INT(list), GP_TEXT(mark),
	    GP_INT(first == 0 ? INT64_MAX : first), GP_INT(id), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_thread_read, out, n, err) : status;
}

/* That a mark is not empty must be said in so many words, or SQLite does not use the indexes of marks. */
enum gp_status
gp_question_open(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to,
    size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_THREAD_QUERY "t.list = ?1 AND "
	    "t.mark = 'question' AND t.mark <> '' AND t.people = 1 AND t.first >= ?2 AND t.first < ?3 "
	    "ORDER BY t.first DESC, t.id DESC LIMIT ?4", GP_ARGS(GP_INT(list), GP_INT(from),
	    GP_INT(to), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_thread_read, out, n, err) : status;
}

enum gp_status
gp_question_answered(const void *ctx, struct gp_store *s, int64_t list, size_t limit,
    struct gp_thread ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_THREAD_QUERY "t.list = ?1 AND "
	    "t.mark = 'question' AND t.mark <> '' AND t.people > 1 ORDER BY t.last DESC, t.id DESC LIMIT ?2",
	    GP_ARGS(GP_INT(list), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_thread_read, out, n, err) : status;
}

enum gp_status
gp_question_solved(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to,
    size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_THREAD_QUERY "t.list = ?1 AND "
	    "t.mark = 'solved' AND t.mark <> '' AND t.messages > 0 AND t.mark_at >= ?2 AND t.mark_at < ?3 "
	    "ORDER BY t.mark_at DESC, t.id DESC LIMIT ?4", GP_ARGS(GP_INT(list), GP_INT(from),
	    GP_INT(to), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_thread_read, out, n, err) : status;
}

enum gp_status
gp_question_stats(struct gp_store *s, int64_t list, int64_t to, struct gp_question_stats *out,
    struct gp_err *err)
{
	enum gp_status status = gp_sql_int(s, &out->solved, "SELECT count(*) FROM thread WHERE "
	    "list = ?1 AND mark = 'solved' AND mark <> '' AND messages > 0 AND look(id)", GP_ARGS(GP_INT(list)), err);

	return status != GP_OK ? status : gp_sql_ints(s, &out->open, &out->answered, "SELECT "
	    "count(*) FILTER (WHERE people = 1 AND first < ?2), count(*) FILTER (WHERE people > 1) "
	    "FROM thread WHERE list = ?1 AND mark = 'question' AND mark <> '' AND look(id)", GP_ARGS(GP_INT(list), GP_INT(to)),
	    err);
}
