/* SPDX-License-Identifier: ISC */
/*
 * Holds while they wait: who looks at one, whom it was asked of again, what moderators
 * changed in it, their votes where one alone may not decide; and a moderator's queue.
 */
#include "config.h"

#include "hold.h"

/* After a change that touches waiting holds only. */
static enum gp_status
changed(struct gp_store *s, enum gp_status status, int64_t id, struct gp_err *err)
{
	if (status == GP_OK && sqlite3_changes(s->db) == 0)
		status = gp_hold_waits(s, id, err);
	return status;
}

enum gp_status
gp_hold_update(struct gp_store *s, const struct gp_hold *h, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE hold SET claimed_by = ?2, reminded = ?3, "
	    "expires = ?4, at_end = ?5, approvals = max(?6, 1), note = ?7 WHERE id = ?1 AND state = 0",
	    GP_ARGS(GP_INT(h->id), GP_TEXT(h->claimed_by == NULL ? "" : h->claimed_by),
	    GP_INT(h->reminded), GP_INT(h->expires), GP_INT(h->at_end), GP_INT(h->approvals),
	    GP_TEXT(h->note == NULL ? "" : h->note)), err);

	return changed(s, status, h->id, err);
}

/* The subject in the wire form; "" when it can't be read. */
static char *
subject_of(const void *ctx, const char *raw, size_t n, struct gp_str wire)
{
	struct gp_mail m;

	if (wire.n == 0 || gp_mail_unpack(ctx, wire, raw, n, &m, NULL) != GP_OK)
		return NULL;
	return m.subject;
}

enum gp_status
gp_hold_replace(struct gp_store *s, int64_t id, const char *raw, size_t n, struct gp_str wire,
    struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	/* The digest stays that of what came: the same sent again waits already. */
	enum gp_status status = gp_sql_run(s, "UPDATE hold SET size = ?2, "
	    "subject = coalesce(?3, subject) WHERE id = ?1 AND state = 0",
	    GP_ARGS(GP_INT(id), GP_INT((int64_t)n), GP_TEXT(subject_of(tmp, raw, n, wire))), err);

	status = changed(s, status, id, err);
	talloc_free(tmp);
	return status == GP_OK ? gp_hold_write(s, id, n == 0 ? "" : raw, n, wire, err) : status;
}

/* ---- votes ------------------------------------------------------------------------ */

static enum gp_status
count_votes(struct gp_store *s, int64_t id, int64_t *approving, int64_t *refusing,
    struct gp_err *err)
{
	return gp_sql_ints(s, approving, refusing, "SELECT coalesce(sum(approves), 0), "
	    "coalesce(sum(1 - approves), 0) FROM hold_vote WHERE hold = ?1",
	    GP_ARGS(GP_INT(id)), err);
}

enum gp_status
gp_hold_vote(struct gp_store *s, int64_t id, const struct gp_vote *vote, int64_t *approving,
    int64_t *refusing, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, vote->who);
	const char *who = folded != NULL ? folded : vote->who; /* "command line" */
	int64_t waits = 0;
	enum gp_status status = gp_sql_end(gp_sql_int(s, &waits,
	    "SELECT 1 FROM hold WHERE id = ?1 AND state = 0", GP_ARGS(GP_INT(id)), err));

	if (status == GP_OK && !waits)
		status = gp_hold_waits(s, id, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM hold_vote WHERE hold = ?1 AND who = ?2",
		    GP_ARGS(GP_INT(id), GP_TEXT(who)), err);
	if (status == GP_OK)
		status = gp_sql_run(s, "INSERT INTO hold_vote(hold, who, approves, reason, time) "
		    "VALUES(?1, ?2, ?3, ?4, ?5)", GP_ARGS(GP_INT(id), GP_TEXT(who),
		    GP_INT(vote->approves), GP_TEXT(vote->reason == NULL ? "" : vote->reason),
		    GP_INT(vote->time)), err);
	talloc_free(folded);
	return status == GP_OK ? count_votes(s, id, approving, refusing, err) : status;
}

enum gp_status
gp_hold_vote_forget(struct gp_store *s, int64_t id, struct gp_err *err)
{
	return gp_sql_run(s, "DELETE FROM hold_vote WHERE hold = ?1", GP_ARGS(GP_INT(id)), err);
}

enum gp_status
gp_hold_votes(const void *ctx, struct gp_store *s, int64_t id, struct gp_vote **out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT who, approves, reason, time "
	    "FROM hold_vote WHERE hold = ?1 ORDER BY id", GP_ARGS(GP_INT(id)), err);
	struct gp_vote *v = NULL, *p;
	size_t count = 0;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		p = &v[count++];
		p->who = gp_sql_text(v, st, 0);
		p->approves = sqlite3_column_int(st, 1) != 0;
		p->reason = gp_sql_text(v, st, 2);
		p->time = sqlite3_column_int64(st, 3);
	}
	if (status != GP_E_NOTFOUND) {
		talloc_free(v);
		return status;
	}
	*out = v;
	*n = count;
	return GP_OK;
}

/* ---- what waits for whom ---------------------------------------------------------- */

enum gp_status
gp_hold_queue(const void *ctx, struct gp_store *s, const char *address, struct gp_hold ***out,
    size_t *n, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, HOLD_QUERY "WHERE h.state = 0 AND h.list IN "
	    "(SELECT list FROM member WHERE role >= ?2 AND person = "
	    "(SELECT person FROM address WHERE folded = ?1)) ORDER BY h.created, h.id",
	    GP_ARGS(GP_TEXT(folded), GP_INT(GP_ROLE_MODERATOR)), err);

	if (status == GP_OK)
		status = gp_sql_rows(ctx, s, st, gp_hold_read, out, n, err);
	talloc_free(folded);
	return status;
}

enum gp_status
gp_hold_unattended(const void *ctx, struct gp_store *s, int64_t created_before, int64_t times,
    struct gp_hold ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, HOLD_QUERY "WHERE h.state = 0 AND "
	    "h.created < ?1 AND h.reminded < ?2 ORDER BY h.list, h.created, h.id",
	    GP_ARGS(GP_INT(created_before), GP_INT(times)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_hold_read, out, n, err) : status;
}

enum gp_status
gp_hold_history(struct gp_store *s, int64_t list, const char *from_addr, int state, int64_t *n,
    struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, from_addr);
	enum gp_status status = gp_sql_int(s, n, "SELECT count(*) FROM hold WHERE author = ?1 AND "
	    "list = ?2 AND state = ?3 AND kind = 0",
	    GP_ARGS(GP_TEXT(folded), GP_INT(list), GP_INT(state)), err);

	talloc_free(folded);
	return status;
}
