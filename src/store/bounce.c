/* SPDX-License-Identifier: ISC */
/*
 * What bounces say of memberships (a score, a state, when the clock looks again), and the single
 * failures of the last days, by which many at once are told from the end of one address.
 */
#include "config.h"

#include "private.h"

const char *const gp_bounce_state_names[] = {"ok", "probing", "suspended", "complained", NULL};

/* ---- memberships ------------------------------------------------------------------- */

#define BOUNCES "SELECT member, list, score, last, day, today, state, since, next, probe, notices, " \
	"upto, told, text FROM bounce "

static void *
read_bounces(const void *ctx, sqlite3_stmt *st)
{
	struct gp_bounces *b = gp_new(ctx, struct gp_bounces);

	b->member = sqlite3_column_int64(st, 0);
	b->list = sqlite3_column_int64(st, 1);
	b->score = sqlite3_column_int64(st, 2);
	b->last = sqlite3_column_int64(st, 3);
	b->day = sqlite3_column_int64(st, 4);
	b->today = sqlite3_column_int64(st, 5);
	b->state = sqlite3_column_int(st, 6);
	if (b->state < GP_BOUNCES_OK || b->state > GP_BOUNCES_COMPLAINED)
		b->state = GP_BOUNCES_OK;
	b->since = sqlite3_column_int64(st, 7);
	b->next = sqlite3_column_int64(st, 8);
	b->probe = sqlite3_column_int64(st, 9);
	b->notices = sqlite3_column_int64(st, 10);
	b->upto = sqlite3_column_int64(st, 11);
	b->told = sqlite3_column_int64(st, 12);
	b->text = gp_sql_text(b, st, 13);
	return b;
}

enum gp_status
gp_bounces_get(const void *ctx, struct gp_store *s, int64_t member, struct gp_bounces **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, BOUNCES "WHERE member = ?1",
	    GP_ARGS(GP_INT(member)), err);

	if (status == GP_OK)
		status = gp_sql_row(ctx, s, st, read_bounces, out, err);
	if (status != GP_E_NOTFOUND)
		return status;
	*out = gp_new(ctx, struct gp_bounces);
	memset(*out, 0, sizeof(**out));
	(*out)->member = member;
	(*out)->text = gp_strdup(*out, "");
	return GP_OK;
}

enum gp_status
gp_bounces_put(struct gp_store *s, const struct gp_bounces *b, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT OR REPLACE INTO bounce(member, list, score, last, day, today, "
	    "state, since, next, probe, notices, upto, told, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6, "
	    "?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)", GP_ARGS(GP_INT(b->member), GP_INT(b->list),
	    GP_INT(b->score), GP_INT(b->last), GP_INT(b->day), GP_INT(b->today), GP_INT(b->state),
	    GP_INT(b->since), GP_INT(b->next), GP_INT(b->probe), GP_INT(b->notices),
	    GP_INT(b->upto), GP_INT(b->told), GP_TEXT(b->text)), err);
}

enum gp_status
gp_bounces_clear(struct gp_store *s, int64_t member, struct gp_err *err)
{
	/* What the member was told stays, so that nobody is told twice. */
	enum gp_status status = gp_sql_run(s, "DELETE FROM bounce WHERE member = ?1 AND told = 0",
	    GP_ARGS(GP_INT(member)), err);

	return status != GP_OK ? status : gp_sql_run(s, "UPDATE bounce SET score = 0, today = 0, "
	    "state = 0, since = 0, next = 0, probe = 0, notices = 0, upto = 0, text = '' "
	    "WHERE member = ?1", GP_ARGS(GP_INT(member)), err);
}

enum gp_status
gp_bounces_due(const void *ctx, struct gp_store *s, int64_t now, struct gp_bounces ***out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st,
	    BOUNCES "WHERE next > 0 AND next <= ?1 ORDER BY next", GP_ARGS(GP_INT(now)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_bounces, out, n, err) : status;
}

enum gp_status
gp_bounces_all(const void *ctx, struct gp_store *s, int64_t list, struct gp_bounces ***out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, BOUNCES "WHERE (?1 = 0 OR list = ?1) AND "
	    "(state > 0 OR score > 0) ORDER BY member", GP_ARGS(GP_INT(list)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_bounces, out, n, err) : status;
}

enum gp_status
gp_bounces_missed(struct gp_store *s, int64_t list, int64_t upto, int64_t *n, struct gp_err *err)
{
	return gp_sql_int(s, n, "SELECT count(*) FROM node WHERE list = ?1 AND id > ?2 AND "
	    "state IN (1, 2)", GP_ARGS(GP_INT(list), GP_INT(upto)), err);
}

enum gp_status
gp_bounces_newest(struct gp_store *s, int64_t *id, struct gp_err *err)
{
	return gp_sql_int(s, id, "SELECT max(0, coalesce(max(id), 0)) FROM node", GP_NOARGS, err);
}

enum gp_status
gp_bounces_sent_since(struct gp_store *s, int64_t list, int64_t time, bool *yes,
    struct gp_err *err)
{
	int64_t found = 0;
	enum gp_status status = gp_sql_int(s, &found, "SELECT EXISTS(SELECT 1 FROM job WHERE "
	    "created > ?2 AND list = ?1 AND kind IN (0, 2) AND sent > 0)",
	    GP_ARGS(GP_INT(list), GP_INT(time)), err);

	*yes = found != 0;
	return status;
}

/* ---- failures ------------------------------------------------------------------------- */

enum gp_status
gp_bounced_add(struct gp_store *s, const struct gp_bounced *b, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "INSERT OR IGNORE INTO bounced(member, list, job, "
	    "domain, category, time, given) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    GP_ARGS(GP_INT(b->member), GP_INT(b->list), GP_INT(b->job), GP_TEXT(b->domain),
	    GP_INT(b->category), GP_INT(b->time), GP_INT(b->given)), err);

	return status == GP_OK && sqlite3_changes(s->db) == 0 ? GP_E_EXISTS : status;
}

/* ?1 job (0: any) ?2 domain ('' : any) ?3 category ?4 since */
#define THESE "category = ?3 AND time >= ?4 AND " \
	"((?1 > 0 AND job = ?1) OR (?1 = 0 AND domain = ?2))"

enum gp_status
gp_bounced_count(struct gp_store *s, int64_t job, const char *domain, int category,
    int64_t since, int64_t *n, int64_t *of, struct gp_err *err)
{
	enum gp_status status = job > 0 ?
	    gp_sql_int(s, n, "SELECT count(DISTINCT member) FROM bounced WHERE job = ?1 AND "
	    "category = ?2 AND time >= ?3", GP_ARGS(GP_INT(job), GP_INT(category), GP_INT(since)),
	    err) :
	    gp_sql_int(s, n, "SELECT count(DISTINCT member) FROM bounced WHERE domain = ?1 AND "
	    "category = ?2 AND time >= ?3", GP_ARGS(GP_TEXT(domain), GP_INT(category),
	    GP_INT(since)), err);

	*of = 0;
	if (status != GP_OK || *n == 0)
		return status;
	status = job > 0 ?
	    gp_sql_int(s, of, "SELECT total FROM job WHERE id = ?1", GP_ARGS(GP_INT(job)), err) :
	    gp_sql_int(s, of, "SELECT count(*) FROM member m JOIN address a ON a.id = m.address "
	    "WHERE substr(a.folded, -length(?1) - 1) = '@' || ?1", GP_ARGS(GP_TEXT(domain)), err);
	return status == GP_E_NOTFOUND ? GP_OK : status;
}

enum gp_status
gp_bounced_take_back(struct gp_store *s, int64_t job, const char *domain, int category,
    int64_t since, struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(job), GP_TEXT(domain), GP_INT(category),
	    GP_INT(since));
	enum gp_status status;

	status = gp_sql_run(s, "UPDATE bounce SET score = max(0, score - (SELECT coalesce(sum(given), "
	    "0) FROM bounced e WHERE e.member = bounce.member AND " THESE ")), today = max(0, today - "
	    "(SELECT coalesce(sum(given), 0) FROM bounced e WHERE e.member = bounce.member AND " THESE
	    ")), next = iif(state = 1, 0, next), state = iif(state = 1, 0, state) "
	    "WHERE member IN (SELECT member FROM bounced WHERE given > 0 AND " THESE ")", args, err);
	return status != GP_OK ? status : gp_sql_run(s,
	    "UPDATE bounced SET given = 0 WHERE given > 0 AND " THESE, args, err);
}

/* ---- the brake ---------------------------------------------------------------------------- */

enum gp_status
gp_brake_find(struct gp_store *s, int64_t job, const char *domain, int category, int64_t since,
    bool *on, struct gp_err *err)
{
	int64_t found = 0;
	enum gp_status status = gp_sql_int(s, &found, "SELECT EXISTS(SELECT 1 FROM brake WHERE "
	    "job = ?1 AND domain = ?2 AND category = ?3 AND (job > 0 OR time >= ?4))",
	    GP_ARGS(GP_INT(job), GP_TEXT(domain), GP_INT(category), GP_INT(since)), err);

	*on = found != 0;
	return status;
}

enum gp_status
gp_brake_set(struct gp_store *s, int64_t list, int64_t job, const char *domain, int category,
    int64_t now, bool *is_new, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE brake SET time = max(time, ?5) WHERE list = ?1 "
	    "AND job = ?2 AND domain = ?3 AND category = ?4", GP_ARGS(GP_INT(list), GP_INT(job),
	    GP_TEXT(domain), GP_INT(category), GP_INT(now)), err);

	*is_new = status == GP_OK && sqlite3_changes(s->db) == 0;
	return !*is_new ? status : gp_sql_run(s, "INSERT INTO brake(list, job, domain, category, time) "
	    "VALUES(?1, ?2, ?3, ?4, ?5)", GP_ARGS(GP_INT(list), GP_INT(job), GP_TEXT(domain),
	    GP_INT(category), GP_INT(now)), err);
}

enum gp_status
gp_bounced_forget(struct gp_store *s, int64_t before, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "DELETE FROM bounced WHERE time < ?1",
	    GP_ARGS(GP_INT(before)), err);

	return status != GP_OK ? status : gp_sql_run(s, "DELETE FROM brake WHERE time < ?1",
	    GP_ARGS(GP_INT(before)), err);
}
