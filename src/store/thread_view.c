/* SPDX-License-Identifier: ISC */
/*
 * Reading threads: one, pages of them, and all nodes of one for its page; months and
 * figures of a list. Every page is a range of one index.
 */
#include "config.h"

#include "message.h"

#include <stdlib.h>

/* f: a message that n, which begins t, was started from. */
#define STARTED_QUERY "SELECT " GP_THREAD_COLUMNS ", f.id FROM node f " \
	"JOIN node n ON n.origin = f.id AND n.origin <> 0 AND n.parent = 0 " \
	"JOIN thread t ON t.id = n.thread LEFT JOIN node h ON h.id = t.head " GP_THREAD_SEEN

static void
read_names(struct gp_thread *t, char *names)
{
	char *p = names, *eol;

	t->names = gp_array(t, char *, 6);
	while (p != NULL && *p != '\0' && t->names_n < 5) {
		eol = strchr(p, '\n');
		if (eol != NULL)
			*eol++ = '\0';
		t->names[t->names_n++] = p;
		p = eol;
	}
}

void *
gp_thread_read(const void *ctx, sqlite3_stmt *st)
{
	struct gp_thread *t = gp_new(ctx, struct gp_thread);
	struct gp_buf b;
	size_t i;

	t->id = sqlite3_column_int64(st, 0);
	t->list = sqlite3_column_int64(st, 1);
	t->key = gp_sql_text(t, st, 2);
	t->title = gp_sql_text(t, st, 3);
	t->first = sqlite3_column_int64(st, 4);
	t->last = sqlite3_column_int64(st, 5);
	t->messages = sqlite3_column_int64(st, 6);
	t->people = sqlite3_column_int64(st, 7);
	t->version = sqlite3_column_int64(st, 8);
	read_names(t, gp_sql_text(t, st, 9));
	gp_buf_init(&b, t, 1 << 16);
	for (i = 0; i < t->names_n; i++)
		gp_buf_printf(&b, "%s%s", i > 0 ? ", " : "", t->names[i]);
	t->authors = b.p;
	t->snippet = gp_sql_text(t, st, 10);
	t->last_id = sqlite3_column_int64(st, 11);
	t->mark = gp_sql_text(t, st, 12);
	t->mark_message = sqlite3_column_int64(st, 13);
	t->mark_at = sqlite3_column_int64(st, 14);
	t->mark_by = (enum gp_mark_by)sqlite3_column_int(st, 15);
	t->veil.visible = sqlite3_column_int(st, 16);
	t->veil.unnamed = sqlite3_column_int(st, 17) != 0;
	return t;
}

enum gp_status
gp_thread_find(const void *ctx, struct gp_store *s, int64_t id, struct gp_thread **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_THREAD_QUERY "t.id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, gp_thread_read, out, err) : status;
}

enum gp_status
gp_thread_newest(const void *ctx, struct gp_store *s, int64_t list, int64_t last, int64_t id,
    size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	const struct gp_arg *args = GP_ARGS(GP_INT(last == 0 ? INT64_MAX : last), GP_INT(id),
	    GP_INT((int64_t)limit), GP_INT(list));
	enum gp_status status = list != 0 ?
	    gp_sql_open(s, &st, GP_THREAD_QUERY "t.list = ?4 AND t.messages > 0 AND "
	    "(t.last, t.id) < (?1, ?2) ORDER BY t.last DESC, t.id DESC LIMIT ?3", args, err) :
	    gp_sql_open(s, &st, GP_THREAD_QUERY "t.messages > 0 AND (t.last, t.id) < (?1, ?2) "
	    "AND ?4 = 0 AND t.list NOT IN (SELECT list FROM list_setting WHERE "
	    "(name = 'archive' AND value <> 'public') OR (name = 'history' AND value = 'joined')) "
	    "ORDER BY t.last DESC, t.id DESC LIMIT ?3", args, err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_thread_read, out, n, err) : status;
}

enum gp_status
gp_thread_between(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to,
    int64_t after_first, int64_t after_id, size_t limit, struct gp_thread ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_THREAD_QUERY "t.id IN (SELECT thread "
	    "FROM node WHERE list = ?1 AND state = 1 AND date >= ?2 AND date < ?3) AND "
	    "(t.first, t.id) > (?4, ?5) ORDER BY t.first, t.id LIMIT ?6",
	    GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to),
	    GP_INT(after_first == 0 && after_id == 0 ? INT64_MIN : after_first),
	    GP_INT(after_id), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_thread_read, out, n, err) : status;
}

enum gp_status
gp_thread_nodes(const void *ctx, struct gp_store *s, int64_t thread, struct gp_node **out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY
	    "n.thread = ?1 ORDER BY n.date, n.id", GP_ARGS(GP_INT(thread)), err);
	struct gp_node *v = NULL, *node;
	size_t count = 0;

	if (status != GP_OK)
		return status;
	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		node = &v[count++];
		node->id = sqlite3_column_int64(st, 0);
		node->parent = sqlite3_column_int64(st, 5);
		node->kind = sqlite3_column_int(st, 6);
		node->state = sqlite3_column_int(st, 19);
		node->msg = node->state == GP_NODE_PRESENT ? gp_message_read(v, st) : NULL;
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
gp_thread_started(const void *ctx, struct gp_store *s, int64_t thread, struct gp_started **out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	struct gp_started *v = NULL;
	size_t count = 0;
	enum gp_status status = gp_sql_open(s, &st, STARTED_QUERY "f.thread = ?1 AND "
	    "t.id <> ?1 AND t.messages > 0 ORDER BY n.date, n.id", GP_ARGS(GP_INT(thread)), err);

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		v[count].from = sqlite3_column_int64(st, GP_THREAD_COLUMNS_N);
		v[count++].thread = gp_thread_read(v, st);
	}
	*out = v;
	*n = count;
	return gp_sql_end(status);
}

enum gp_status
gp_list_months(const void *ctx, struct gp_store *s, int64_t list, struct gp_month **out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT month, messages FROM list_month "
	    "WHERE list = ?1 AND messages > 0 ORDER BY month", GP_ARGS(GP_INT(list)), err);
	struct gp_month *v = NULL;
	size_t count = 0;
	int month;

	if (status != GP_OK)
		return status;
	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		month = sqlite3_column_int(st, 0);
		v[count].year = month / 12;
		v[count].month = month % 12 + 1;
		v[count++].messages = sqlite3_column_int64(st, 1);
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
gp_list_stats(struct gp_store *s, int64_t list, int64_t now, struct gp_list_stats *out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT messages, threads, people, "
	    "(SELECT coalesce(min(date), 0) FROM node WHERE list = ?1 AND state = 1), "
	    "(SELECT coalesce(max(date), 0) FROM node WHERE list = ?1 AND state = 1), "
	    "(SELECT count(*) FROM node WHERE list = ?1 AND state = 1 AND date > ?2 - 30 * 86400) "
	    "FROM list WHERE id = ?1", GP_ARGS(GP_INT(list), GP_INT(now)), err);

	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such list");
	if (status != GP_OK)
		return status;
	out->messages = sqlite3_column_int64(st, 0);
	out->threads = sqlite3_column_int64(st, 1);
	out->people = sqlite3_column_int64(st, 2);
	out->first = sqlite3_column_int64(st, 3);
	out->last = sqlite3_column_int64(st, 4);
	out->last_30_days = sqlite3_column_int64(st, 5);
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_list_days(struct gp_store *s, int64_t list, int64_t from, int64_t to, int64_t since, int64_t counts[32],
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT (date - ?2) / 86400 + 1, count(*) FROM node "
	    "WHERE list = ?1 AND state = 1 AND date >= ?2 AND date < ?3 AND received >= ?4 AND look(thread) GROUP BY 1",
	    GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to), GP_INT(since)), err);
	int64_t day;

	memset(counts, 0, 32 * sizeof(*counts));
	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		day = sqlite3_column_int64(st, 0);
		if (day >= 1 && day <= 31)
			counts[day] = sqlite3_column_int64(st, 1);
	}
	return gp_sql_end(status);
}

enum gp_status
gp_thread_news(const void *ctx, struct gp_store *s, int64_t thread, int64_t date, int64_t *n, char **key,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT key FROM node WHERE thread = ?1 AND date > ?2 AND "
	    "state = 1 ORDER BY date, id", GP_ARGS(GP_INT(thread), GP_INT(date)), err);

	*n = 0;
	*key = NULL;
	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK)
		if ((*n)++ == 0)
			*key = gp_sql_text(ctx, st, 0);
	if (*key == NULL)
		*key = gp_strdup(ctx, "");
	return gp_sql_end(status);
}
