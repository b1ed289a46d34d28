/* SPDX-License-Identifier: ISC */
/* Mailboxes that mail is taken out of: what was taken, and how they stand. */
#include "config.h"

#include "private.h"

enum gp_status
gp_taken_add(struct gp_store *s, const unsigned char digest[GP_SHA256_LEN], const char *rcpt,
    bool kept, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT INTO taken(digest, rcpt, time, kept) VALUES(?1, ?2, ?3, ?4) "
	    "ON CONFLICT DO UPDATE SET time = excluded.time, kept = max(kept, excluded.kept)",
	    GP_ARGS(GP_BLOB(digest, GP_SHA256_LEN), GP_TEXT(rcpt), GP_INT(gp_now()), GP_INT(kept)), err);
}

enum gp_status
gp_taken_find(struct gp_store *s, const unsigned char digest[GP_SHA256_LEN], const char *rcpt,
    bool *found, struct gp_err *err)
{
	int64_t kept;
	enum gp_status status = gp_sql_int(s, &kept, "SELECT kept FROM taken WHERE digest = ?1 AND "
	    "rcpt = ?2", GP_ARGS(GP_BLOB(digest, GP_SHA256_LEN), GP_TEXT(rcpt)), err);

	*found = status == GP_OK;
	return status == GP_OK ? gp_taken_add(s, digest, rcpt, kept != 0, err) : gp_sql_end(status);
}

enum gp_status
gp_taken_forget(struct gp_store *s, int64_t before, struct gp_err *err)
{
	return gp_sql_run(s, "DELETE FROM taken WHERE time < ?1 AND kept = 0",
	    GP_ARGS(GP_INT(before)), err);
}

enum gp_status
gp_door_read(const void *ctx, struct gp_store *s, const char *name, const char *place,
    struct gp_door_state *out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT taken, refused, last, waiting, large, "
	    "validity, uid, reason, trouble, since FROM door WHERE name = ?1 AND place = ?2",
	    GP_ARGS(GP_TEXT(name), GP_TEXT(place)), err);

	*out = (struct gp_door_state){.name = name, .place = gp_strdup(ctx, place),
	    .reason = gp_strdup(ctx, ""), .trouble = gp_strdup(ctx, "")};
	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status != GP_OK)
		return gp_sql_end(status);
	out->taken = sqlite3_column_int64(st, 0);
	out->refused = sqlite3_column_int64(st, 1);
	out->last = sqlite3_column_int64(st, 2);
	out->waiting = sqlite3_column_int64(st, 3);
	out->large = sqlite3_column_int64(st, 4);
	out->validity = sqlite3_column_int64(st, 5);
	out->uid = sqlite3_column_int64(st, 6);
	out->reason = gp_sql_text(ctx, st, 7);
	out->trouble = gp_sql_text(ctx, st, 8);
	out->since = sqlite3_column_int64(st, 9);
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_door_write(struct gp_store *s, const struct gp_door_state *d, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT OR REPLACE INTO door(name, place, taken, refused, last, waiting, "
	    "large, validity, uid, reason, trouble, since) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	    GP_ARGS(GP_TEXT(d->name), GP_TEXT(d->place), GP_INT(d->taken), GP_INT(d->refused),
	    GP_INT(d->last), GP_INT(d->waiting), GP_INT(d->large), GP_INT(d->validity), GP_INT(d->uid),
	    GP_TEXT(d->reason), GP_TEXT(d->trouble), GP_INT(d->since)), err);
}
