/* SPDX-License-Identifier: ISC */
/*
 * Lists and their settings. A setting is a row only where it differs from its
 * default in gp_list_options; that one table drives parsing, `list show`, the
 * help and the manual.
 */
#include "config.h"

#include "private.h"

#include <stdio.h>
#include <unistd.h>

#define AT(member) offsetof(struct gp_list_settings, member)

const struct gp_opt gp_list_options[] = {
	{"title", GP_OPT_TEXT, AT(title), "", 0, 0, NULL,
	    "phrase of the List-Id and heading of the archive; empty: the name"},
	{"description", GP_OPT_TEXT, AT(description), "", 0, 0, NULL,
	    "what the list is about, in one line"},
	{"charter", GP_OPT_TEXT, AT(charter), "", 0, 0, NULL,
	    "domain and customs of the list, in Markdown"},
	{"language", GP_OPT_TEXT, AT(language), "en", 0, 0, NULL,
	    "language of mails and pages"},
	{"timezone", GP_OPT_TEXT, AT(timezone), "UTC", 0, 0, NULL,
	    "time zone of digests and pages, such as Europe/Berlin"},
	{"tag", GP_OPT_TEXT, AT(tag), "", 0, 0, NULL,
	    "[tag] of the list in subjects, taken off in titles; empty: none"},
	{"post", GP_OPT_CHOICE, AT(post), "members", 0, 0, "members|anyone|moderators",
	    "whose posts need no approval"},
	{"archive", GP_OPT_CHOICE, AT(archive), "public", 0, 0, "public|off",
	    "whether the archive is shown on the web"},
	{"closed", GP_OPT_BOOL, AT(closed), "no", 0, 0, NULL,
	    "the list takes no posts any more"},
	{"own_copy", GP_OPT_BOOL, AT(own_copy), "yes", 0, 0, NULL,
	    "authors get their own posts"},
	{"personal", GP_OPT_BOOL, AT(personal), "yes", 0, 0, NULL,
	    "each member gets a mail of their own, with an unsubscribe link that needs no log-in"},
	{"max_size", GP_OPT_SIZE, AT(max_size), "1M", 1024, GP_MAX_MESSAGE, NULL,
	    "larger posts wait for a moderator"},
	{"max_recipients", GP_OPT_INT, AT(max_recipients), "20", 1, 1000, NULL,
	    "posts with more addresses in To and Cc wait for a moderator"},
	{"hold_expire", GP_OPT_DURATION, AT(hold_expire), "14d", 3600, 366 * 86400, NULL,
	    "a post that nobody decided on is discarded after this time"},
	{"digest_hour", GP_OPT_INT, AT(digest_hour), "7", 0, 23, NULL,
	    "hour of digests, in the time zone of the list"},
	{"digest_weekday", GP_OPT_INT, AT(digest_weekday), "1", 0, 6, NULL,
	    "day of weekly digests, 0 is Sunday"},
	{"digest_monthday", GP_OPT_INT, AT(digest_monthday), "1", 1, 28, NULL,
	    "day of monthly digests"},
};
const size_t gp_list_option_count = GP_COUNT(gp_list_options);

/* ---- addresses of lists ----------------------------------------------------------- */

/* First parts of web addresses. */
static const char *const reserved_names[] = {"m", "t", "mid", "u", "d", "search", "static",
	"about", "legacy", "robots.txt", "sitemap.xml", "favicon.ico"};
/* What can stand behind the separator in an address of a list. */
static const char *const command_words[] = {"owner", "help", "subscribe", "unsubscribe",
	"request", "confirm", "hold", "bounce", "bounces", "admin", "join", "leave", "thread",
	"digest", "daily", "weekly", "monthly", "each", "none", "anon", "search", "get", "mentor"};

static enum gp_status
check_name(const char *name, struct gp_err *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	const char *word = strrchr(name, '-');
	size_t i;

	if (name[strspn(name, allowed)] != '\0' || strchr("._-", name[0]) != NULL ||
	    strstr(name, "..") != NULL)
		return gp_fail(err, GP_E_PARSE, "\"%s\" can't be the name of a list: letters, "
		    "digits, \".\", \"_\" and \"-\" only, a letter or digit first", name);
	for (i = 0; i < GP_COUNT(reserved_names); i++)
		if (strcmp(name, reserved_names[i]) == 0)
			return gp_fail(err, GP_E_PARSE, "\"%s\" can't be the name of a list: "
			    "the web archive uses it", name);
	for (i = 0; word != NULL && i < GP_COUNT(command_words); i++)
		if (strcmp(word + 1, command_words[i]) == 0)
			return gp_fail(err, GP_E_PARSE, "\"%s\" can't be the name of a list: "
			    "\"%s\" at its end is a command address", name, word);
	return GP_OK;
}

/* Fold an address and part it; GP_E_PARSE when it can't be that of a list. */
static enum gp_status
split_address(const void *ctx, const char *address, char **folded, char **name, char **domain,
    struct gp_err *err)
{
	enum gp_status status = gp_addr_check(address, err);
	char *at;

	if (status != GP_OK)
		return status;
	*folded = gp_addr_fold(ctx, address);
	at = *folded == NULL ? NULL : strrchr(*folded, '@');
	if (at == NULL)
		return gp_fail(err, GP_E_PARSE, "\"%s\" is not an address", address);
	*name = gp_strndup(ctx, *folded, (size_t)(at - *folded));
	*domain = gp_strdup(ctx, at + 1);
	return check_name(*name, err);
}

/* ---- reading ---------------------------------------------------------------------- */

#define LIST_COLUMNS "id, address, name, domain, created, version"

static void *
read_list(const void *ctx, sqlite3_stmt *st)
{
	struct gp_list *l = gp_new(ctx, struct gp_list);

	l->id = sqlite3_column_int64(st, 0);
	l->address = gp_sql_text(l, st, 1);
	l->name = gp_sql_text(l, st, 2);
	l->domain = gp_sql_text(l, st, 3);
	l->created = sqlite3_column_int64(st, 4);
	l->version = sqlite3_column_int64(st, 5);
	gp_opt_defaults(gp_list_options, gp_list_option_count, &l->set, l);
	return l;
}

static enum gp_status
read_settings(struct gp_store *s, struct gp_list *l, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st,
	    "SELECT name, value FROM list_setting WHERE list = ?1", GP_ARGS(GP_INT(l->id)), err);
	struct gp_err why;

	if (status != GP_OK)
		return status;
	while ((status = gp_sql_next(s, st, err)) == GP_OK)
		/* A setting that this version doesn't know must not stop the mail. */
		if (gp_opt_set(gp_list_options, gp_list_option_count, &l->set, l,
		    (const char *)sqlite3_column_text(st, 0),
		    (const char *)sqlite3_column_text(st, 1), &why) != GP_OK)
			gp_log(GP_LOG_WARN, "list=%s setting ignored: %s", l->address, why.msg);
	return gp_sql_end(status);
}

/* The one list of a statement that was opened. */
static enum gp_status
one_list(const void *ctx, struct gp_store *s, sqlite3_stmt *st, struct gp_list **out,
    struct gp_err *err)
{
	struct gp_list *l;
	enum gp_status status = gp_sql_row(ctx, s, st, read_list, &l, err);

	if (status != GP_OK)
		return status;
	status = read_settings(s, l, err);
	if (status == GP_OK)
		*out = l;
	else
		talloc_free(l);
	return status;
}

enum gp_status
gp_list_find(const void *ctx, struct gp_store *s, const char *address, struct gp_list **out,
    struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	enum gp_status status = GP_E_NOTFOUND;
	sqlite3_stmt *st;

	if (folded != NULL)
		status = gp_sql_open(s, &st, "SELECT " LIST_COLUMNS " FROM list WHERE address = ?1",
		    GP_ARGS(GP_TEXT(folded)), err);
	if (status == GP_OK)
		status = one_list(ctx, s, st, out, err);
	talloc_free(folded);
	return status;
}

enum gp_status
gp_list_find_id(const void *ctx, struct gp_store *s, int64_t id, struct gp_list **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st,
	    "SELECT " LIST_COLUMNS " FROM list WHERE id = ?1", GP_ARGS(GP_INT(id)), err);

	return status == GP_OK ? one_list(ctx, s, st, out, err) : status;
}

enum gp_status
gp_list_find_name(const void *ctx, struct gp_store *s, const char *name, struct gp_list **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT " LIST_COLUMNS
	    " FROM list WHERE name = ?1 ORDER BY domain LIMIT 1", GP_ARGS(GP_TEXT(name)), err);

	return status == GP_OK ? one_list(ctx, s, st, out, err) : status;
}

enum gp_status
gp_list_all(const void *ctx, struct gp_store *s, struct gp_list ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st,
	    "SELECT " LIST_COLUMNS " FROM list ORDER BY address", GP_NOARGS, err);
	struct gp_list **v = NULL;
	size_t i;

	if (status == GP_OK)
		status = gp_sql_rows(ctx, s, st, read_list, &v, n, err);
	for (i = 0; status == GP_OK && i < *n; i++)
		status = read_settings(s, v[i], err);
	if (status == GP_OK)
		*out = v;
	else
		talloc_free(v);
	return status;
}

/* ---- changing --------------------------------------------------------------------- */

static enum gp_status
refuse_taken(struct gp_store *s, const char *folded, struct gp_err *err)
{
	int64_t id;
	enum gp_status status = gp_sql_int(s, &id, "SELECT id FROM list WHERE address = ?1",
	    GP_ARGS(GP_TEXT(folded)), err);

	if (status == GP_OK)
		return gp_fail(err, GP_E_EXISTS, "%s: there is a list of that address already",
		    folded);
	return gp_sql_end(status);
}

enum gp_status
gp_list_create(const void *ctx, struct gp_store *s, const char *address, struct gp_list **out,
    struct gp_err *err)
{
	char *folded, *name, *domain;
	void *tmp = gp_ctx(NULL);
	enum gp_status status = split_address(tmp, address, &folded, &name, &domain, err);

	if (status == GP_OK)
		status = refuse_taken(s, folded, err);
	if (status == GP_OK)
		status = gp_sql_run(s,
		    "INSERT INTO list(address, name, domain, created) VALUES(?1, ?2, ?3, ?4)",
		    GP_ARGS(GP_TEXT(folded), GP_TEXT(name), GP_TEXT(domain), GP_INT(gp_now())),
		    err);
	if (status == GP_OK)
		status = gp_list_find_id(ctx, s, sqlite3_last_insert_rowid(s->db), out, err);
	talloc_free(tmp);
	return status;
}

static bool
is_one_line(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return false;
	return true;
}

static bool
is_time_zone(const char *name)
{
	char path[128];

	if (strcmp(name, "UTC") == 0)
		return true;
	if (name[0] == '/' || name[0] == '\0' || strstr(name, "..") != NULL ||
	    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name) >= (int)sizeof(path))
		return false;
	return access(path, R_OK) == 0;
}

/* What the table of options can't say. */
static enum gp_status
check_setting(const char *key, const char *value, struct gp_err *err)
{
	if (!gp_utf8_valid(value, strlen(value)))
		return gp_fail(err, GP_E_PARSE, "%s: the value is not valid UTF-8", key);
	if (strcmp(key, "charter") != 0 && !is_one_line(value))
		return gp_fail(err, GP_E_PARSE, "%s: the value must be one line", key);
	if (strcmp(key, "timezone") == 0 && !is_time_zone(value))
		return gp_fail(err, GP_E_PARSE, "timezone = %s: there is no such time zone here; "
		    "give a name such as UTC or Europe/Berlin", value);
	return GP_OK;
}

enum gp_status
gp_list_set(struct gp_store *s, struct gp_list *list, const char *key, const char *value,
    struct gp_err *err)
{
	const struct gp_opt *opt = gp_opt_find(gp_list_options, gp_list_option_count, key);
	enum gp_status status = opt == NULL ? GP_OK : check_setting(key, value, err);
	char *text;

	if (status == GP_OK)
		status = gp_opt_set(gp_list_options, gp_list_option_count, &list->set, list, key,
		    value, err);
	if (status != GP_OK)
		return status;
	text = gp_opt_get(NULL, opt, &list->set);
	if (gp_streq(text, opt->def))
		status = gp_sql_run(s, "DELETE FROM list_setting WHERE list = ?1 AND name = ?2",
		    GP_ARGS(GP_INT(list->id), GP_TEXT(key)), err);
	else
		status = gp_sql_run(s, "INSERT INTO list_setting(list, name, value) "
		    "VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = excluded.value",
		    GP_ARGS(GP_INT(list->id), GP_TEXT(key), GP_TEXT(text)), err);
	talloc_free(text);
	if (status == GP_OK)	/* pages show settings */
		status = gp_list_touch(s, list->id, err);
	return status;
}

enum gp_status
gp_list_touch(struct gp_store *s, int64_t id, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE list SET version = version + 1 WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);
}

enum gp_status
gp_list_rename(struct gp_store *s, struct gp_list *list, const char *address, struct gp_err *err)
{
	char *folded, *name, *domain;
	enum gp_status status = split_address(list, address, &folded, &name, &domain, err);

	if (status == GP_OK && strcmp(folded, list->address) == 0)
		return GP_OK;
	if (status == GP_OK)
		status = refuse_taken(s, folded, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE list SET address = ?2, name = ?3, domain = ?4, "
		    "version = version + 1 WHERE id = ?1", GP_ARGS(GP_INT(list->id),
		    GP_TEXT(folded), GP_TEXT(name), GP_TEXT(domain)), err);
	if (status != GP_OK)
		return status;
	list->address = folded;
	list->name = name;
	list->domain = domain;
	return GP_OK;
}

enum gp_status
gp_list_delete(struct gp_store *s, int64_t id, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "DELETE FROM list WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	if (status == GP_OK && sqlite3_changes(s->db) == 0)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such list");
	if (status == GP_OK)
		status = gp_queue_forget_list(s, id, err);
	if (status == GP_OK)
		status = gp_archive_forget_list(s, id, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM token WHERE list = ?1", GP_ARGS(GP_INT(id)),
		    err);
	return status == GP_OK ? gp_person_forget(s, err) : status;
}
