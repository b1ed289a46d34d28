/* SPDX-License-Identifier: ISC */
/*
 * Posts that wait for a moderator, people who wait to join, and what was thrown away (kept
 * for some days so that an owner can see it). The first decision wins; what moderators do
 * until then is in hold_vote.c.
 */
#include "config.h"

#include "hold.h"

const char *const gp_hold_state_names[] = {"waiting", "approved", "rejected", "discarded",
	"expired", NULL};

/* Of the bytes behind the header; of all, when there is no Message-ID to go with it. */
static void
digest_of(const struct gp_hold *h, const char *raw, size_t n, unsigned char out[GP_SHA256_LEN])
{
	const char *body = h->msgid == NULL || h->msgid[0] == '\0' ? NULL :
	    gp_memmem(raw, n, "\r\n\r\n", 4);

	if (body == NULL)
		gp_sha256(raw, n, out);
	else
		gp_sha256(body, n - (size_t)(body - raw), out);
}

static const char *
text(const char *s)
{
	return s == NULL ? "" : s;
}

static enum gp_status
insert_hold(struct gp_store *s, struct gp_hold *h, const unsigned char *digest, struct gp_err *err)
{
	int64_t decided = h->state == GP_HOLD_WAITING ? 0 :
	    h->decided != 0 ? h->decided : h->created;
	char *author = gp_addr_fold(NULL, text(h->from_addr));
	enum gp_status status = gp_sql_run(s, "INSERT INTO hold(list, state, rule, reason, "
	    "envelope_from, from_name, from_addr, subject, msgid, snippet, size, created, expires, "
	    "decided, decided_by, decision_reason, digest, kind, approvals, claimed_by, reminded, "
	    "at_end, data, author, note) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
	    "?14, ?15, ?16, ?17, ?18, max(?19, 1), ?20, ?21, ?22, ?23, ?24, ?25)",
	    GP_ARGS(GP_INT(h->list), GP_INT(h->state), GP_TEXT(text(h->rule)),
	    GP_TEXT(text(h->reason)), GP_TEXT(text(h->envelope_from)),
	    GP_TEXT(text(h->from_name)), GP_TEXT(text(h->from_addr)), GP_TEXT(text(h->subject)),
	    GP_TEXT(text(h->msgid)), GP_TEXT(text(h->snippet)), GP_INT(h->size),
	    GP_INT(h->created), GP_INT(h->expires), GP_INT(decided), GP_TEXT(text(h->decided_by)),
	    GP_TEXT(text(h->decision_reason)), GP_BLOB(digest, GP_SHA256_LEN), GP_INT(h->kind),
	    GP_INT(h->approvals), GP_TEXT(text(h->claimed_by)), GP_INT(h->reminded),
	    GP_INT(h->at_end), GP_TEXT(text(h->data)), GP_TEXT(text(author)),
	    GP_TEXT(text(h->note))), err);

	h->id = sqlite3_last_insert_rowid(s->db);
	talloc_free(author);
	return status;
}

enum gp_status
gp_hold_write(struct gp_store *s, int64_t id, const char *raw, size_t n, struct gp_str wire,
    struct gp_err *err)
{
	struct gp_packer *packer;
	struct gp_str data, more = {NULL, 0};
	enum gp_status status = gp_zip_packer(s, &packer, err);
	char *first = NULL;

	if (status == GP_OK)
		status = gp_packer_bytes(packer, raw, n, &data, err);
	if (status == GP_OK && wire.n > 0) {
		data.p = first = gp_memdup(NULL, data.p, data.n);
		status = gp_packer_bytes(packer, wire.p, wire.n, &more, err);
	}
	if (status == GP_OK)
		status = gp_sql_run(s, "INSERT OR REPLACE INTO hold_data(hold, raw, wire) "
		    "VALUES(?1, ?2, ?3)", GP_ARGS(GP_INT(id), GP_BLOB(data.p, data.n),
		    GP_BLOB(more.p, more.n)), err);
	talloc_free(first);
	return status;
}

enum gp_status
gp_hold_set_digest(struct gp_store *s, const struct gp_hold *h, const char *raw, size_t n,
    struct gp_err *err)
{
	unsigned char digest[GP_SHA256_LEN];

	digest_of(h, raw, n, digest);
	return gp_sql_run(s, "UPDATE hold SET digest = ?2, size = ?3 WHERE id = ?1",
	    GP_ARGS(GP_INT(h->id), GP_BLOB(digest, sizeof(digest)), GP_INT((int64_t)n)), err);
}

enum gp_status
gp_hold_add(struct gp_store *s, struct gp_hold *h, const char *raw, size_t n, struct gp_str wire,
    struct gp_err *err)
{
	unsigned char digest[GP_SHA256_LEN];
	enum gp_status status = GP_E_NOTFOUND;

	raw = n == 0 ? "" : raw;
	digest_of(h, raw, n, digest);
	if (h->state == GP_HOLD_WAITING && h->kind == GP_HOLD_POST)
		status = gp_sql_int(s, &h->id, "SELECT id FROM hold WHERE list = ?1 AND state = 0 "
		    "AND kind = 0 AND msgid = ?2 AND digest = ?3", GP_ARGS(GP_INT(h->list),
		    GP_TEXT(text(h->msgid)), GP_BLOB(digest, sizeof(digest))), err);
	if (status == GP_OK)
		return gp_fail(err, GP_E_EXISTS, "the same message waits already");
	if (status == GP_E_NOTFOUND)
		status = insert_hold(s, h, digest, err);
	return status == GP_OK ? gp_hold_write(s, h->id, raw, n, wire, err) : status;
}

/* ---- reading ---------------------------------------------------------------------- */

void *
gp_hold_read(const void *ctx, sqlite3_stmt *st)
{
	struct gp_hold *h = gp_new(ctx, struct gp_hold);

	h->id = sqlite3_column_int64(st, 0);
	h->list = sqlite3_column_int64(st, 1);
	h->state = sqlite3_column_int(st, 2);
	h->rule = gp_sql_text(h, st, 3);
	h->reason = gp_sql_text(h, st, 4);
	h->envelope_from = gp_sql_text(h, st, 5);
	h->from_name = gp_sql_text(h, st, 6);
	h->from_addr = gp_sql_text(h, st, 7);
	h->subject = gp_sql_text(h, st, 8);
	h->msgid = gp_sql_text(h, st, 9);
	h->snippet = gp_sql_text(h, st, 10);
	h->size = sqlite3_column_int64(st, 11);
	h->created = sqlite3_column_int64(st, 12);
	h->expires = sqlite3_column_int64(st, 13);
	h->decided = sqlite3_column_int64(st, 14);
	h->decided_by = gp_sql_text(h, st, 15);
	h->decision_reason = gp_sql_text(h, st, 16);
	h->kind = sqlite3_column_int(st, 17);
	h->approvals = sqlite3_column_int64(st, 18);
	h->claimed_by = gp_sql_text(h, st, 19);
	h->reminded = sqlite3_column_int64(st, 20);
	h->at_end = sqlite3_column_int(st, 21);
	h->data = gp_sql_text(h, st, 22);
	h->note = gp_sql_text(h, st, 23);
	return h;
}

enum gp_status
gp_hold_find(const void *ctx, struct gp_store *s, int64_t id, struct gp_hold **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, HOLD_QUERY "WHERE h.id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, gp_hold_read, out, err) : status;
}

enum gp_status
gp_hold_raw(const void *ctx, struct gp_store *s, int64_t id, char **raw, size_t *n,
    struct gp_str *wire, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st,
	    "SELECT raw, wire FROM hold_data WHERE hold = ?1", GP_ARGS(GP_INT(id)), err);
	char *bytes = NULL;

	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "the held message is not there any more");
	if (status != GP_OK)
		return status;
	*wire = (struct gp_str){"", 0};
	status = gp_zip_unpack(ctx, s, sqlite3_column_blob(st, 0),
	    (size_t)sqlite3_column_bytes(st, 0), raw, n, err);
	if (status == GP_OK && sqlite3_column_type(st, 1) != SQLITE_NULL) {
		status = gp_zip_unpack(ctx, s, sqlite3_column_blob(st, 1),
		    (size_t)sqlite3_column_bytes(st, 1), &bytes, &wire->n, err);
		wire->p = bytes;
	}
	gp_sql_done(st);
	return status;
}

enum gp_status
gp_hold_all(const void *ctx, struct gp_store *s, int64_t list, int state, struct gp_hold ***out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = state < 0 ?
	    gp_sql_open(s, &st, HOLD_QUERY "WHERE h.list = ?1 ORDER BY h.id",
	    GP_ARGS(GP_INT(list)), err) :
	    gp_sql_open(s, &st, HOLD_QUERY "WHERE h.list = ?1 AND h.state = ?2 ORDER BY h.id",
	    GP_ARGS(GP_INT(list), GP_INT(state)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_hold_read, out, n, err) : status;
}

enum gp_status
gp_hold_expired(const void *ctx, struct gp_store *s, int64_t now, struct gp_hold ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, HOLD_QUERY
	    "WHERE h.state = 0 AND h.expires <= ?1 ORDER BY h.expires", GP_ARGS(GP_INT(now)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_hold_read, out, n, err) : status;
}

/* ---- deciding --------------------------------------------------------------------- */

enum gp_status
gp_hold_waits(struct gp_store *s, int64_t id, struct gp_err *err)
{
	struct gp_hold *h;
	enum gp_status status = gp_hold_find(NULL, s, id, &h, err);
	char *when;

	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such held message");
	if (status != GP_OK)
		return status;
	when = gp_time_iso(h, h->decided);
	if (h->state != GP_HOLD_WAITING)
		status = gp_fail(err, GP_E_EXISTS, "it was %s%s%s at %s already",
		    gp_hold_state_names[h->state], h->decided_by[0] == '\0' ? "" : " by ",
		    h->decided_by, when);
	talloc_free(h);
	return status;
}

enum gp_status
gp_hold_decide(struct gp_store *s, int64_t id, int state, const char *by, const char *reason,
    int64_t now, struct gp_err *err)
{
	enum gp_status status;

	if (state <= GP_HOLD_WAITING || state > GP_HOLD_EXPIRED)
		gp_bug("not a decision: %d", state);
	status = gp_sql_run(s, "UPDATE hold SET state = ?2, decided_by = ?3, decision_reason = ?4, "
	    "decided = ?5 WHERE id = ?1 AND state = 0", GP_ARGS(GP_INT(id), GP_INT(state),
	    GP_TEXT(text(by)), GP_TEXT(text(reason)), GP_INT(now)), err);
	if (status == GP_OK && sqlite3_changes(s->db) == 0)
		status = gp_hold_waits(s, id, err);
	return status;
}

enum gp_status
gp_hold_forget(struct gp_store *s, int64_t before, struct gp_err *err)
{
	return gp_sql_run(s, "DELETE FROM hold WHERE state <> 0 AND decided < ?1",
	    GP_ARGS(GP_INT(before)), err);
}
