/* SPDX-License-Identifier: ISC */
/*
 * Bans: an address, or a domain with all below it, that may not post or join; of one list
 * or of the whole site, for a time or for ever. Patterns are kept folded, so that finding
 * one is a look-up of the address and of each domain above it.
 */
#include "config.h"

#include "private.h"

/* "ann@example.org" or "@example.org", folded, on ctx; NULL when it is neither. */
static char *
fold_pattern(const void *ctx, const char *pattern)
{
	char *address, *folded;

	/* Fit for an address, but it is not meant as one. */
	if (strchr(pattern, '*') != NULL)
		return NULL;
	if (pattern[0] != '@')
		return gp_addr_check(pattern, NULL) == GP_OK ? gp_addr_fold(ctx, pattern) : NULL;
	address = gp_asprintf(NULL, "x%s", pattern);
	folded = gp_addr_check(address, NULL) == GP_OK ? gp_addr_fold(address, address) : NULL;
	if (folded != NULL)
		folded = gp_strdup(ctx, folded + 1);
	talloc_free(address);
	return folded;
}

enum gp_status
gp_ban_add(struct gp_store *s, const struct gp_ban *ban, struct gp_err *err)
{
	char *folded = fold_pattern(NULL, ban->pattern);
	enum gp_status status;

	if (folded == NULL)
		return gp_fail(err, GP_E_PARSE, "\"%s\" can't be banned: an address is wanted, or "
		    "@ and a domain", ban->pattern);
	status = gp_sql_run(s, "INSERT INTO ban(list, pattern, until, reason, by, created) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(pattern, list) DO UPDATE SET "
	    "until = excluded.until, reason = excluded.reason, by = excluded.by, "
	    "created = excluded.created", GP_ARGS(GP_INT(ban->list), GP_TEXT(folded),
	    GP_INT(ban->until), GP_TEXT(ban->reason == NULL ? "" : ban->reason),
	    GP_TEXT(ban->by == NULL ? "" : ban->by), GP_INT(ban->created)), err);
	talloc_free(folded);
	return status;
}

enum gp_status
gp_ban_remove(struct gp_store *s, int64_t list, const char *pattern, struct gp_err *err)
{
	char *folded = fold_pattern(NULL, pattern);
	enum gp_status status = gp_sql_run(s, "DELETE FROM ban WHERE list = ?1 AND pattern = ?2",
	    GP_ARGS(GP_INT(list), GP_TEXT(folded)), err);

	talloc_free(folded);
	if (status == GP_OK && sqlite3_changes(s->db) == 0)
		return gp_fail(err, GP_E_NOTFOUND, "%s is not banned here", pattern);
	return status;
}

#define BAN_QUERY "SELECT id, list, pattern, until, reason, by, created FROM ban "

static void *
read_ban(const void *ctx, sqlite3_stmt *st)
{
	struct gp_ban *b = gp_new(ctx, struct gp_ban);

	b->id = sqlite3_column_int64(st, 0);
	b->list = sqlite3_column_int64(st, 1);
	b->pattern = gp_sql_text(b, st, 2);
	b->until = sqlite3_column_int64(st, 3);
	b->reason = gp_sql_text(b, st, 4);
	b->by = gp_sql_text(b, st, 5);
	b->created = sqlite3_column_int64(st, 6);
	return b;
}

/* The list's own before the site's. */
static enum gp_status
find_one(const void *ctx, struct gp_store *s, int64_t list, const char *pattern, int64_t now,
    struct gp_ban **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, BAN_QUERY "WHERE pattern = ?1 AND "
	    "list IN (0, ?2) AND (until = 0 OR until > ?3) ORDER BY list DESC",
	    GP_ARGS(GP_TEXT(pattern), GP_INT(list), GP_INT(now)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, read_ban, out, err) : status;
}

enum gp_status
gp_ban_find(const void *ctx, struct gp_store *s, int64_t list, const char *address, int64_t now,
    struct gp_ban **out, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address), *domain, *dot;
	enum gp_status status = GP_E_NOTFOUND;

	if (folded == NULL)
		return GP_E_NOTFOUND;
	status = find_one(ctx, s, list, folded, now, out, err);
	/* @mail.example.org, @example.org, @org: the @ takes the place of the dot. */
	for (domain = strrchr(folded, '@'); status == GP_E_NOTFOUND && domain != NULL;
	    domain = dot) {
		*domain = '@';
		status = find_one(ctx, s, list, domain, now, out, err);
		dot = strchr(domain, '.');
	}
	talloc_free(folded);
	return status;
}

enum gp_status
gp_ban_all(const void *ctx, struct gp_store *s, int64_t list, struct gp_ban ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, BAN_QUERY "WHERE list = ?1 ORDER BY pattern",
	    GP_ARGS(GP_INT(list)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_ban, out, n, err) : status;
}

enum gp_status
gp_ban_forget(struct gp_store *s, int64_t now, struct gp_err *err)
{
	return gp_sql_run(s, "DELETE FROM ban WHERE until <> 0 AND until <= ?1",
	    GP_ARGS(GP_INT(now)), err);
}
