/* SPDX-License-Identifier: ISC */
/*
 * Who wrote on a list, and what: of what may be seen with their name. Somebody is one sender address; their
 * page is named by the key of their first message, so that no address and no number made of one is told.
 */
#include "config.h"

#include "message.h"

#define OF_AUTHOR " FROM node n WHERE n.list = a.list AND n.author = a.author AND n.state = 1 AND look(n.thread) = 1 "
#define AUTHOR_COLUMNS "a.author, iif(look_limited(), (SELECT count(*)" OF_AUTHOR "), a.messages), " \
	"(SELECT n.key" OF_AUTHOR "ORDER BY n.date, n.id LIMIT 1), (SELECT min(n.date)" OF_AUTHOR ") AS first, " \
	"(SELECT max(n.date)" OF_AUTHOR ") AS last, " \
	"(SELECT n.from_name" OF_AUTHOR "ORDER BY n.date DESC, n.id DESC LIMIT 1), " \
	"(SELECT n.from_addr" OF_AUTHOR "ORDER BY n.date DESC, n.id DESC LIMIT 1)"

static void *
read_author(const void *ctx, sqlite3_stmt *st)
{
	struct gp_author *a = gp_new(ctx, struct gp_author);

	a->id = sqlite3_column_int64(st, 0);
	a->messages = sqlite3_column_int64(st, 1);
	a->key = gp_sql_text(a, st, 2);
	a->first = sqlite3_column_int64(st, 3);
	a->last = sqlite3_column_int64(st, 4);
	a->name = gp_sql_text(a, st, 5);
	a->addr = gp_sql_text(a, st, 6);
	return a;
}

enum gp_status
gp_author_newest(const void *ctx, struct gp_store *s, int64_t list, int64_t last, int64_t id,
    size_t limit, struct gp_author ***out, size_t *n, struct gp_err *err)
{
	const struct gp_mail nobody = {.from_addr = (char *)(uintptr_t)GP_ERASED_ADDRESS};
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT " AUTHOR_COLUMNS " FROM list_author a "
	    "WHERE a.list = ?1 AND a.messages > 0 AND a.author <> ?5 AND (last, a.author) < (?2, ?3) "
	    "ORDER BY last DESC, a.author DESC LIMIT ?4", GP_ARGS(GP_INT(list),
	    GP_INT(last == 0 ? INT64_MAX : last), GP_INT(id), GP_INT((int64_t)limit),
	    GP_INT(gp_archive_author(&nobody))), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_author, out, n, err) : status;
}

enum gp_status
gp_author_of(const void *ctx, struct gp_store *s, int64_t message, struct gp_author **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT " AUTHOR_COLUMNS " FROM list_author a "
	    "WHERE (a.list, a.author) = (SELECT list, author FROM node WHERE id = ?1 AND state = 1 "
	    "AND look(thread) = 1)",
	    GP_ARGS(GP_INT(message)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, read_author, out, err) : status;
}

enum gp_status
gp_message_of_author(const void *ctx, struct gp_store *s, int64_t list, int64_t author, int64_t date,
    int64_t id, size_t limit, struct gp_message ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY "n.list = ?1 AND n.author = ?2 AND "
	    "n.state = 1 AND look(n.thread) = 1 AND (n.date, n.id) < (?3, ?4) ORDER BY n.date DESC, n.id DESC LIMIT ?5",
	    GP_ARGS(GP_INT(list), GP_INT(author), GP_INT(date == 0 ? INT64_MAX : date), GP_INT(id),
	    GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_message_read, out, n, err) : status;
}

enum gp_status
gp_person_wrote(struct gp_store *s, int64_t list, int64_t person, bool *yes, struct gp_err *err)
{
	int64_t *senders = NULL, found = 0;
	size_t i, n = 0;
	enum gp_status status = gp_news_senders(NULL, s, person, &senders, &n, err);

	for (i = 0; status == GP_OK && i < n && !found; i++)
		status = gp_sql_int(s, &found, "SELECT EXISTS(SELECT 1 FROM node WHERE list = ?1 AND author = ?2 AND "
		    "state = 1)", GP_ARGS(GP_INT(list), GP_INT(senders[i])), err);
	talloc_free(senders);
	*yes = found != 0;
	return status;
}

enum gp_status
gp_message_set_first(struct gp_store *s, int64_t message, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE node SET first = 1 WHERE id = ?1", GP_ARGS(GP_INT(message)), err);
}
