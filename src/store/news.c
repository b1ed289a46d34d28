/* SPDX-License-Identifier: ISC */
/* What is new on a list, with all that a digest asks of each message: who wrote it, and whom it answers. */
#include "config.h"

#include "message.h"

/* Behind the columns of a message. A newcomer's first message is the oldest of its author. */
#define NEWS_QUERY "SELECT " MESSAGE_COLUMNS ", n.author, coalesce((SELECT a.author FROM node a " \
	"WHERE a.id = n.parent AND a.state > 0), 0), n.id = (SELECT o.id FROM node o WHERE o.list = n.list AND " \
	"o.author = n.author AND o.state = 1 ORDER BY o.date, o.id LIMIT 1) AND look(n.thread) = 1 FROM node n" \
	MESSAGE_PARENT MESSAGE_SEEN
enum { AUTHOR = 24, PARENT_AUTHOR, NEWCOMER };

static void *
read_news(const void *ctx, sqlite3_stmt *st)
{
	struct gp_news *news = gp_new(ctx, struct gp_news);

	news->m = gp_message_read(news, st);
	news->author = sqlite3_column_int64(st, AUTHOR);
	news->parent_author = sqlite3_column_int64(st, PARENT_AUTHOR);
	news->newcomer = sqlite3_column_int(st, NEWCOMER) != 0;
	return news;
}

enum gp_status
gp_news_after(const void *ctx, struct gp_store *s, int64_t list, int64_t after, int64_t before,
    size_t limit, struct gp_news ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	/* What came in late is held back with all behind it: a mark is one number. */
	enum gp_status status = gp_sql_open(s, &st, NEWS_QUERY "n.list = ?1 AND n.id > ?2 AND "
	    "n.state IN (1, 2) AND n.id < coalesce((SELECT l.id FROM node l WHERE l.list = ?1 AND l.id > ?2 "
	    "AND l.state IN (1, 2) AND l.received >= ?3 ORDER BY l.id LIMIT 1), 1 << 62) "
	    "ORDER BY n.id LIMIT ?4",
	    GP_ARGS(GP_INT(list), GP_INT(after), GP_INT(before), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_news, out, n, err) : status;
}

enum gp_status
gp_news_between(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to,
    size_t limit, struct gp_news ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, NEWS_QUERY "n.list = ?1 AND n.state = 1 AND "
	    "n.date >= ?2 AND n.date < ?3 ORDER BY n.date DESC, n.id DESC LIMIT ?4",
	    GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to), GP_INT((int64_t)limit)), err);
	struct gp_news *swap;
	size_t i;

	if (status == GP_OK)
		status = gp_sql_rows(ctx, s, st, read_news, out, n, err);
	for (i = 0; status == GP_OK && i < *n / 2; i++) {
		swap = (*out)[i];
		(*out)[i] = (*out)[*n - 1 - i];
		(*out)[*n - 1 - i] = swap;
	}
	return status;
}

enum gp_status
gp_news_senders(const void *ctx, struct gp_store *s, int64_t person, int64_t **out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT written FROM address WHERE person = ?1",
	    GP_ARGS(GP_INT(person)), err);
	struct gp_mail m = {.from_name = NULL};
	int64_t *v = NULL;
	size_t count = 0;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		m.from_addr = gp_sql_text(v, st, 0);
		v[count++] = gp_archive_author(&m);
	}
	*out = v;
	*n = count;
	return gp_sql_end(status);
}

enum gp_status
gp_news_writers(const void *ctx, struct gp_store *s, int64_t thread, int64_t **out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT author FROM thread_author WHERE thread = ?1",
	    GP_ARGS(GP_INT(thread)), err);
	int64_t *v = NULL;
	size_t count = 0;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		v[count++] = sqlite3_column_int64(st, 0);
	}
	*out = v;
	*n = count;
	return gp_sql_end(status);
}
