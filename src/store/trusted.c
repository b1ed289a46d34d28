/* SPDX-License-Identifier: ISC */
/*
 * Who is not on a list and may write to it without a moderator: the neighbour whose posts were let
 * through so often that nobody wants to be asked any more. Who joins takes that along as a member's setting.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum gp_status
gp_trusted_add(struct gp_store *s, int64_t list, const char *address, const char *by, int64_t now,
    struct gp_err *err)
{
	char *folded = gp_addr_check(address, NULL) == GP_OK ? gp_addr_fold(NULL, address) : NULL;
	enum gp_status status;

	if (folded == NULL)
		return gp_fail(err, GP_E_PARSE, "\"%s\" is not an address", address);
	status = gp_sql_run(s, "INSERT INTO trusted(list, address, by, created) VALUES(?1, ?2, ?3, ?4) "
	    "ON CONFLICT(list, address) DO NOTHING",
	    GP_ARGS(GP_INT(list), GP_TEXT(folded), GP_TEXT(by), GP_INT(now)), err);
	talloc_free(folded);
	return status;
}

enum gp_status
gp_trusted_remove(struct gp_store *s, int64_t list, const char *address, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	enum gp_status status = gp_sql_run(s, "DELETE FROM trusted WHERE list = ?1 AND address = ?2",
	    GP_ARGS(GP_INT(list), GP_TEXT(folded == NULL ? "" : folded)), err);

	talloc_free(folded);
	return status == GP_OK && sqlite3_changes(s->db) == 0 ? GP_E_NOTFOUND : status;
}

enum gp_status
gp_trusted_find(struct gp_store *s, int64_t list, const char *address, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	int64_t one;
	enum gp_status status = folded == NULL ? GP_E_NOTFOUND : gp_sql_int(s, &one,
	    "SELECT 1 FROM trusted WHERE list = ?1 AND address = ?2",
	    GP_ARGS(GP_INT(list), GP_TEXT(folded)), err);

	talloc_free(folded);
	return status;
}

static void *
read_address(const void *ctx, sqlite3_stmt *st)
{
	return gp_sql_text(ctx, st, 0);
}

enum gp_status
gp_trusted_all(const void *ctx, struct gp_store *s, int64_t list, char ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT address FROM trusted WHERE list = ?1 ORDER BY address",
	    GP_ARGS(GP_INT(list)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_address, out, n, err) : status;
}

enum gp_status
gp_trusted_join(struct gp_store *s, int64_t list, const char *folded, int64_t member, struct gp_err *err)
{
	enum gp_status status = gp_trusted_find(s, list, folded, err);

	if (status != GP_OK)
		return status == GP_E_NOTFOUND ? GP_OK : status;
	status = gp_trusted_remove(s, list, folded, err);
	return status != GP_OK ? status : gp_sql_run(s, "UPDATE member SET posting = ?2 WHERE id = ?1",
	    GP_ARGS(GP_INT(member), GP_INT(GP_POSTING_TRUSTED)), err);
}
