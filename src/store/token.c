/* SPDX-License-Identifier: ISC */
/*
 * Tokens that do one thing for one address, once. Only their hashes are stored, so
 * that who reads the database can't use them, and a look-up takes the same time for
 * right and wrong ones.
 */
#include "config.h"

#include "private.h"

/* The hash of a token as people send it back (any case); false: not one of ours. */
static bool
hash_of(const char *token, unsigned char hash[GP_SHA256_LEN])
{
	unsigned char bytes[GP_TOKEN_BYTES + 1];
	char folded[GP_TOKEN_CHARS + 1];
	size_t n;

	if (strlen(token) != GP_TOKEN_CHARS ||
	    !gp_base32_parse(token, GP_TOKEN_CHARS, bytes, sizeof(bytes), &n))
		return false;
	memcpy(folded, token, sizeof(folded));
	gp_str_lower(folded);
	gp_sha256(folded, GP_TOKEN_CHARS, hash);
	return true;
}

enum gp_status
gp_token_add(const void *ctx, struct gp_store *s, const struct gp_token *t, char **token,
    struct gp_err *err)
{
	unsigned char hash[GP_SHA256_LEN];
	char *text = gp_token_new(ctx);
	enum gp_status status;

	gp_sha256(text, strlen(text), hash);
	status = gp_sql_run(s, "INSERT INTO token(hash, purpose, list, object, address, expires, "
	    "data) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", GP_ARGS(GP_BLOB(hash, sizeof(hash)),
	    GP_TEXT(t->purpose), GP_INT(t->list), GP_INT(t->object),
	    GP_TEXT(t->address == NULL ? "" : t->address), GP_INT(t->expires),
	    GP_TEXT(t->data == NULL ? "" : t->data)), err);
	if (status == GP_OK)
		*token = text;
	else
		talloc_free(text);
	return status;
}

enum gp_status
gp_token_find(const void *ctx, struct gp_store *s, const char *purpose, const char *token,
    int64_t now, struct gp_token **out, struct gp_err *err)
{
	unsigned char hash[GP_SHA256_LEN];
	struct gp_token *t;
	sqlite3_stmt *st;
	enum gp_status status;

	if (!hash_of(token, hash))
		return GP_E_NOTFOUND;
	status = gp_sql_open(s, &st, "SELECT purpose, list, object, address, expires, used, "
	    "nullif(data, '') FROM token WHERE hash = ?1 AND (?2 IS NULL OR purpose = ?2) AND expires > ?3",
	    GP_ARGS(GP_BLOB(hash, sizeof(hash)), GP_TEXT(purpose), GP_INT(now)), err);
	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status != GP_OK)
		return status;
	t = gp_new(ctx, struct gp_token);
	t->purpose = gp_sql_text(t, st, 0);
	t->list = sqlite3_column_int64(st, 1);
	t->object = sqlite3_column_int64(st, 2);
	t->address = gp_sql_text(t, st, 3);
	t->expires = sqlite3_column_int64(st, 4);
	t->used = sqlite3_column_int64(st, 5);
	t->data = gp_sql_text_null(t, st, 6);
	gp_sql_done(st);
	*out = t;
	return GP_OK;
}

enum gp_status
gp_token_use(struct gp_store *s, const char *token, int64_t now, struct gp_err *err)
{
	unsigned char hash[GP_SHA256_LEN];
	enum gp_status status = GP_E_NOTFOUND;
	int64_t used = 0;

	if (hash_of(token, hash)) {
		status = gp_sql_run(s, "UPDATE token SET used = ?2 WHERE hash = ?1 AND used = 0 "
		    "AND expires > ?2", GP_ARGS(GP_BLOB(hash, sizeof(hash)), GP_INT(now)), err);
		if (status != GP_OK || sqlite3_changes(s->db) == 1)
			return status;
		status = gp_sql_int(s, &used, "SELECT used FROM token WHERE hash = ?1 AND "
		    "expires > ?2", GP_ARGS(GP_BLOB(hash, sizeof(hash)), GP_INT(now)), err);
	}
	if (status == GP_OK && used != 0)
		return gp_fail(err, GP_E_EXISTS, "this was used already");
	if (status == GP_OK || status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "this is unknown or out of date");
	return status;
}

enum gp_status
gp_token_forget(struct gp_store *s, int64_t now, struct gp_err *err)
{
	return gp_sql_run(s, "DELETE FROM token WHERE expires <= ?1", GP_ARGS(GP_INT(now)), err);
}

enum gp_status
gp_token_drop(struct gp_store *s, const char *purpose, int64_t list, const char *address,
    int64_t object, int64_t *n, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	enum gp_status status = gp_sql_run(s, "DELETE FROM token WHERE purpose = ?1 AND list = ?2 "
	    "AND address = ?3 AND used = 0 AND (?4 = 0 OR object = ?4)", GP_ARGS(GP_TEXT(purpose),
	    GP_INT(list), GP_TEXT(folded != NULL ? folded : address), GP_INT(object)), err);

	*n = status == GP_OK ? sqlite3_changes64(s->db) : 0;
	talloc_free(folded);
	return status;
}

enum gp_status
gp_token_erase(struct gp_store *s, const char *token, struct gp_err *err)
{
	unsigned char hash[GP_SHA256_LEN];

	if (!hash_of(token, hash))
		return GP_E_NOTFOUND;
	s->cut = true;
	return gp_sql_run(s, "DELETE FROM token WHERE hash = ?1", GP_ARGS(GP_BLOB(hash, sizeof(hash))), err);
}
