/* SPDX-License-Identifier: ISC */
/*
 * Texts of a list that its owners wrote, in place of ours. Every version is kept; the
 * newest counts, and an empty one gives the text back to us.
 */
#include "config.h"

#include "private.h"

/* Part of the name of a file of ours: "welcome", "de". */
static bool
is_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return s[0] != '\0' && strlen(s) <= 64 && s[strspn(s, allowed)] == '\0';
}

static void *
read_text(const void *ctx, sqlite3_stmt *st)
{
	struct gp_list_text *t = gp_new(ctx, struct gp_list_text);

	t->name = gp_sql_text(t, st, 0);
	t->language = gp_sql_text(t, st, 1);
	t->version = sqlite3_column_int64(st, 2);
	t->time = sqlite3_column_int64(st, 3);
	t->by = gp_sql_text(t, st, 4);
	t->body = gp_sql_text(t, st, 5);
	return t;
}

#define TEXT_QUERY "SELECT name, language, version, time, by, body FROM text "

enum gp_status
gp_text_find(const void *ctx, struct gp_store *s, int64_t list, const char *name,
    const char *language, struct gp_list_text **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, TEXT_QUERY "WHERE list = ?1 AND name = ?2 AND "
	    "language = ?3 ORDER BY version DESC LIMIT 1",
	    GP_ARGS(GP_INT(list), GP_TEXT(name), GP_TEXT(language)), err);
	struct gp_list_text *t;

	if (status == GP_OK)
		status = gp_sql_row(ctx, s, st, read_text, &t, err);
	if (status == GP_OK && t->body[0] == '\0') {
		talloc_free(t);
		return GP_E_NOTFOUND;
	}
	if (status == GP_OK)
		*out = t;
	return status;
}

enum gp_status
gp_text_put(struct gp_store *s, int64_t list, const char *name, const char *language,
    const char *body, const char *by, int64_t now, int64_t *version, struct gp_err *err)
{
	enum gp_status status = gp_setting_check(name, body, true, err);

	if (!is_name(name) || !is_name(language))
		return gp_fail(err, GP_E_PARSE, "there can't be a text \"%s\" in the language "
		    "\"%s\"", name, language);
	if (status == GP_OK && strlen(body) > GP_MAX_MARKDOWN)
		return gp_fail(err, GP_E_TOOBIG, "the text %s is longer than %d bytes", name,
		    GP_MAX_MARKDOWN);
	if (status != GP_OK)
		return status;
	return gp_sql_int(s, version, "INSERT INTO text(list, name, language, version, time, by, "
	    "body) VALUES(?1, ?2, ?3, (SELECT 1 + coalesce(max(version), 0) FROM text WHERE "
	    "list = ?1 AND name = ?2 AND language = ?3), ?4, ?5, ?6) RETURNING version",
	    GP_ARGS(GP_INT(list), GP_TEXT(name), GP_TEXT(language), GP_INT(now),
	    GP_TEXT(by == NULL ? "" : by), GP_TEXT(body)), err);
}

enum gp_status
gp_text_all(const void *ctx, struct gp_store *s, int64_t list, const char *name,
    const char *language, struct gp_list_text ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = name != NULL ?
	    gp_sql_open(s, &st, TEXT_QUERY "WHERE list = ?1 AND name = ?2 AND language = ?3 "
	    "ORDER BY version DESC", GP_ARGS(GP_INT(list), GP_TEXT(name), GP_TEXT(language)),
	    err) :
	    gp_sql_open(s, &st, TEXT_QUERY "t WHERE list = ?1 AND version = (SELECT max(version) "
	    "FROM text WHERE list = t.list AND name = t.name AND language = t.language) "
	    "ORDER BY name, language", GP_ARGS(GP_INT(list)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_text, out, n, err) : status;
}
