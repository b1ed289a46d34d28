/* SPDX-License-Identifier: ISC */
/* The log of acts: who did what to whom, when, and by which message. */
#include "config.h"

#include "private.h"

static const char *
text(const char *s)
{
	return s == NULL ? "" : s;
}

enum gp_status
gp_act_add(struct gp_store *s, const struct gp_act_record *act, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT INTO act(time, list, who, verb, what, detail, msgid) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", GP_ARGS(GP_INT(gp_now()), GP_INT(act->list),
	    GP_TEXT(text(act->who)), GP_TEXT(text(act->verb)), GP_TEXT(text(act->what)),
	    GP_TEXT(text(act->detail)), GP_TEXT(text(act->msgid))), err);
}

static void *
read_act(const void *ctx, sqlite3_stmt *st)
{
	struct gp_act_record *a = gp_new(ctx, struct gp_act_record);

	a->id = sqlite3_column_int64(st, 0);
	a->time = sqlite3_column_int64(st, 1);
	a->list = sqlite3_column_int64(st, 2);
	a->who = gp_sql_text(a, st, 3);
	a->verb = gp_sql_text(a, st, 4);
	a->what = gp_sql_text(a, st, 5);
	a->detail = gp_sql_text(a, st, 6);
	a->msgid = gp_sql_text(a, st, 7);
	return a;
}

enum gp_status
gp_act_all(const void *ctx, struct gp_store *s, int64_t list, int64_t before, size_t limit,
    struct gp_act_record ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, time, list, who, verb, what, "
	    "detail, msgid FROM act WHERE list = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
	    GP_ARGS(GP_INT(list), GP_INT(before == 0 ? INT64_MAX : before),
	    GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_act, out, n, err) : status;
}

enum gp_status
gp_act_of(const void *ctx, struct gp_store *s, const char *address, size_t limit,
    struct gp_act_record ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, time, list, who, verb, what, "
	    "detail, msgid FROM act WHERE who = ?1 COLLATE nocase OR what = ?1 COLLATE nocase "
	    "ORDER BY id DESC LIMIT ?2", GP_ARGS(GP_TEXT(address), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_act, out, n, err) : status;
}
