/* SPDX-License-Identifier: ISC */
/*
 * Who on a list has a name. Names are compared in small letters of any script
 * (gp_utf8_fold), which SQLite can't make: a function of ours does, where a name
 * is written, and an index finds it.
 */
#include "config.h"

#include "private.h"

static void
fold_name(sqlite3_context *c, int argc, sqlite3_value **argv)
{
	const char *name = (const char *)sqlite3_value_text(argv[0]);
	char *folded;

	(void)argc;
	if (name == NULL)
		name = "";
	folded = gp_utf8_fold(NULL, name, strlen(name));
	sqlite3_result_text(c, folded, -1, SQLITE_TRANSIENT);
	talloc_free(folded);
}

int
gp_names_register(sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "fold_name", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC |
	    SQLITE_DIRECTONLY, NULL, fold_name, NULL, NULL, NULL);
}

enum gp_status
gp_member_named(const void *ctx, struct gp_store *s, int64_t list, const char *name, size_t limit,
    struct gp_member ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	/* The plus keeps SQLite from reading the whole list. */
	enum gp_status status = gp_sql_open(s, &st, GP_MEMBER_QUERY "WHERE p.folded = fold_name(?2) "
	    "AND +m.list = ?1 ORDER BY m.id LIMIT ?3", GP_ARGS(GP_INT(list), GP_TEXT(name),
	    GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_member_read, out, n, err) : status;
}
