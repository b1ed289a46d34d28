/* SPDX-License-Identifier: ISC */
/* Lists: their addresses, finding and making, renaming and deleting them. */
#include "config.h"

#include "private.h"

/* ---- addresses of lists ----------------------------------------------------------- */

/* First parts of web addresses. */
static const char *const reserved_names[] = {"m", "t", "mid", "u", "d", "search", "static",
	"about", "legacy", "robots.txt", "sitemap.xml", "opensearch.xml", "favicon.ico"};
/* What can stand behind the separator in an address of a list. */
static const char *const command_words[] = {"owner", "help", "subscribe", "unsubscribe",
	"request", "confirm", "hold", "bounce", "bounces", "admin", "join", "leave", "thread",
	"reply", "answer", "reply", "answer", "digest", "daily", "weekly", "monthly", "each", "none", "anon", "search", "get", "mentor"};

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
	static const char *const others[] = {
		"DELETE FROM token WHERE list = ?1",
		"DELETE FROM ban WHERE list = ?1",
		"DELETE FROM trusted WHERE list = ?1",
		"DELETE FROM act WHERE list = ?1",
	};
	enum gp_status status = gp_sql_run(s, "DELETE FROM list WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);
	size_t i;

	if (status == GP_OK && sqlite3_changes(s->db) == 0)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such list");
	if (status == GP_OK)
		status = gp_queue_forget_list(s, id, err);
	if (status == GP_OK)
		status = gp_archive_forget_list(s, id, err);
	for (i = 0; status == GP_OK && i < GP_COUNT(others); i++)
		status = gp_sql_run(s, others[i], GP_ARGS(GP_INT(id)), err);
	return status == GP_OK ? gp_person_forget(s, err) : status;
}

/* ---- who finds the archive ------------------------------------------------------------- */

bool
gp_list_is_public(const struct gp_list *list)
{
	return list->set.archive == GP_ARCHIVE_PUBLIC && list->set.history == GP_HISTORY_ALL;
}

const char *
gp_list_title(const struct gp_list *list)
{
	return list->set.title[0] != '\0' ? list->set.title : list->name;
}

bool
gp_list_has_archive(const struct gp_list *list)
{
	return list->set.archive == GP_ARCHIVE_PUBLIC || list->set.archive == GP_ARCHIVE_MEMBERS;
}

bool
gp_list_may_read(const struct gp_list *list, const struct gp_member *member)
{
	if (gp_list_is_public(list))
		return true;
	if (member == NULL || list->set.archive == GP_ARCHIVE_OFF)
		return false;
	return list->set.archive != GP_ARCHIVE_OWNERS || member->role >= GP_ROLE_OWNER;
}

int64_t
gp_list_readable_from(const struct gp_list *list, const struct gp_member *member)
{
	return list->set.history == GP_HISTORY_JOINED && member != NULL &&
	    member->role < GP_ROLE_MODERATOR ? member->joined : 0;
}
