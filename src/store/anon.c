/* SPDX-License-Identifier: ISC */
/*
 * Posts without a name: the secrets that their names are made of, who waits for a moderator, and whose
 * identity is sealed. What goes from here must be gone from the file, too: see gp_anon_careful.
 */
#include "config.h"

#include "private.h"

/* ---- secrets of threads ----------------------------------------------------------- */

static enum gp_status
find_key(struct gp_store *s, int64_t message, struct gp_anon_key *out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_first(s, &st, "SELECT k.id, k.secret FROM node n JOIN node m "
	    "ON m.thread = n.thread JOIN anon_key k ON k.node = m.id WHERE n.id = ?1 ORDER BY k.id LIMIT 1",
	    GP_ARGS(GP_INT(message)), err);

	if (status != GP_OK)
		return status;
	out->id = sqlite3_column_int64(st, 0);
	memset(out->secret, 0, GP_ANON_SECRET);
	if (sqlite3_column_bytes(st, 1) == GP_ANON_SECRET)
		memcpy(out->secret, sqlite3_column_blob(st, 1), GP_ANON_SECRET);
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_anon_key(struct gp_store *s, int64_t list, int64_t message, int64_t now, struct gp_anon_key *out,
    struct gp_err *err)
{
	enum gp_status status = message != 0 ? find_key(s, message, out, err) : GP_E_NOTFOUND;

	if (status == GP_OK)
		return gp_sql_run(s, "UPDATE anon_key SET used = ?2 WHERE id = ?1",
		    GP_ARGS(GP_INT(out->id), GP_INT(now)), err);
	if (status != GP_E_NOTFOUND)
		return status;
	gp_random(out->secret, GP_ANON_SECRET);
	status = gp_sql_run(s, "INSERT INTO anon_key(list, node, secret, used) VALUES(?1, ?2, ?3, ?4)",
	    GP_ARGS(GP_INT(list), GP_INT(message), GP_BLOB(out->secret, GP_ANON_SECRET), GP_INT(now)), err);
	out->id = sqlite3_last_insert_rowid(s->db);
	return status;
}

enum gp_status
gp_anon_key_begun(struct gp_store *s, int64_t key, int64_t message, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE anon_key SET node = ?2 WHERE id = ?1 AND node = 0",
	    GP_ARGS(GP_INT(key), GP_INT(message)), err);
}

enum gp_status
gp_anon_key_forget(struct gp_store *s, int64_t list, int64_t before, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "DELETE FROM anon_key WHERE list = ?1 AND used < ?2",
	    GP_ARGS(GP_INT(list), GP_INT(before)), err);

	s->cut |= status == GP_OK && sqlite3_changes(s->db) > 0;
	return status;
}

/* ---- who -------------------------------------------------------------------------- */

enum gp_status
gp_anon_wait(struct gp_store *s, int64_t list, const struct gp_anon *a, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT INTO anon_post(list, hold, node, key, address) VALUES(?1, ?2, 0, ?3, ?4)",
	    GP_ARGS(GP_INT(list), GP_INT(a->hold), GP_INT(a->key), GP_TEXT(a->address)), err);
}

enum gp_status
gp_anon_waits(const void *ctx, struct gp_store *s, int64_t hold, struct gp_anon **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_first(s, &st, "SELECT key, address FROM anon_post WHERE hold = ?1 "
	    "AND hold <> 0", GP_ARGS(GP_INT(hold)), err);

	if (status != GP_OK)
		return status;
	*out = gp_new(ctx, struct gp_anon);
	(*out)->hold = hold;
	(*out)->key = sqlite3_column_int64(st, 0);
	(*out)->address = gp_sql_text(*out, st, 1);
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_anon_end(struct gp_store *s, int64_t hold, int64_t message, struct gp_err *err)
{
	s->cut = true;
	if (message == 0)
		return gp_sql_run(s, "DELETE FROM anon_post WHERE hold = ?1 AND hold <> 0",
		    GP_ARGS(GP_INT(hold)), err);
	return gp_sql_run(s, "UPDATE anon_post SET hold = 0, node = ?2 WHERE hold = ?1 AND hold <> 0",
	    GP_ARGS(GP_INT(hold), GP_INT(message)), err);
}

enum gp_status
gp_anon_unseal(const void *ctx, struct gp_store *s, int64_t message, char **address, struct gp_err *err)
{
	return gp_sql_string(ctx, s, address, "SELECT address FROM anon_post WHERE node = ?1 AND node <> 0",
	    GP_ARGS(GP_INT(message)), err);
}

enum gp_status
gp_anon_drafts(struct gp_store *s, const char *purpose, int64_t list, const char *address, int64_t now,
    int64_t *n, struct gp_err *err)
{
	return gp_sql_int(s, n, "SELECT count(*) FROM token WHERE purpose = ?1 AND list = ?2 AND address = ?3 "
	    "AND used = 0 AND expires > ?4", GP_ARGS(GP_TEXT(purpose), GP_INT(list), GP_TEXT(address),
	    GP_INT(now)), err);
}

static void *
read_alias(const void *ctx, sqlite3_stmt *st)
{
	struct gp_alias *a = gp_new(ctx, struct gp_alias);

	a->name = gp_sql_text(a, st, 0);
	a->address = gp_sql_text(a, st, 1);
	return a;
}

enum gp_status
gp_anon_names(const void *ctx, struct gp_store *s, int64_t thread, int64_t key, const char *purpose, int64_t now,
    struct gp_alias ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	/* Of what is in no archive the words are gone, not who said them. */
	enum gp_status status = gp_sql_open(s, &st, "SELECT DISTINCT from_name, from_addr FROM node WHERE thread = ?1 "
	    "AND state IN (1, 2) UNION SELECT h.from_name, h.from_addr FROM anon_post p JOIN hold h ON h.id = p.hold "
	    "WHERE p.hold <> 0 AND p.key = ?2 UNION SELECT json_extract(data, '$.name'), json_extract(data, '$.address') "
	    "FROM token WHERE purpose = ?3 AND used = 0 AND expires > ?4 AND json_extract(data, '$.key') = ?2",
	    GP_ARGS(GP_INT(thread), GP_INT(key), GP_TEXT(purpose), GP_INT(now)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_alias, out, n, err) : status;
}

/* ---- that nothing stays ----------------------------------------------------------- */

/*
 * Does any list take such posts? Then pages that are freed are overwritten, all of them: rows move between pages
 * when others come and go, and a page that was given up holds what stood there.
 */
enum gp_status
gp_anon_careful(struct gp_store *s, struct gp_err *err)
{
	int64_t wanted = 0;
	enum gp_status status = gp_sql_int(s, &wanted, "SELECT EXISTS(SELECT 1 FROM list_setting "
	    "WHERE name = 'anon')", GP_NOARGS, err);

	if (status != GP_OK || (wanted != 0) == s->careful)
		return status;
	s->careful = wanted != 0;
	return gp_db_overwrite(s, false, err);
}

enum gp_status
gp_store_cut(struct gp_store *s, struct gp_err *err)
{
	enum gp_status status;

	if (!s->cut)
		return GP_OK;
	status = gp_lock_write(s, err);
	if (status != GP_OK)
		return status;
	/* Whoever reads just now is not waited for: the next minute comes. */
	sqlite3_busy_timeout(s->db, 0);
	s->cut = gp_db_checkpoint(s, true) != SQLITE_OK;
	sqlite3_busy_timeout(s->db, GP_STORE_WAIT_MS);
	gp_lock_release(s);
	return GP_OK;
}
