/* SPDX-License-Identifier: ISC */
/* What a list decides together: rounds, and what each member said last. */
#include "config.h"

#include "private.h"

const char *const gp_vote_names[] = {"yes", "no", "abstain", "block", NULL};

#define ROUND_QUERY "SELECT d.node, d.list, n.thread, d.begun, d.ends, d.reminded, d.over " \
	"FROM decision d JOIN node n ON n.id = d.node "

static void *
read_round(const void *ctx, sqlite3_stmt *st)
{
	struct gp_decision_round *d = gp_new(ctx, struct gp_decision_round);

	d->message = sqlite3_column_int64(st, 0);
	d->list = sqlite3_column_int64(st, 1);
	d->thread = sqlite3_column_int64(st, 2);
	d->begun = sqlite3_column_int64(st, 3);
	d->ends = sqlite3_column_int64(st, 4);
	d->reminded = sqlite3_column_int(st, 5) != 0;
	d->over = sqlite3_column_int(st, 6) != 0;
	return d;
}

enum gp_status
gp_decision_begin(struct gp_store *s, int64_t message, int64_t list, int64_t now, int64_t ends,
    struct gp_err *err)
{
	return gp_sql_run(s, "INSERT OR IGNORE INTO decision(node, list, begun, ends) VALUES(?1, ?2, ?3, ?4)",
	    GP_ARGS(GP_INT(message), GP_INT(list), GP_INT(now), GP_INT(ends)), err);
}

enum gp_status
gp_decision_of(const void *ctx, struct gp_store *s, int64_t message, struct gp_decision_round **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, ROUND_QUERY "WHERE n.thread IN " GP_THREADS_AS_ONE
	    " ORDER BY d.node DESC LIMIT 1", GP_ARGS(GP_INT(message)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, read_round, out, err) : status;
}

enum gp_status
gp_decision_due(const void *ctx, struct gp_store *s, int64_t now, struct gp_decision_round ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, ROUND_QUERY "WHERE d.over = 0 AND (d.ends <= ?1 OR "
	    "(d.reminded = 0 AND (d.begun + d.ends) / 2 <= ?1)) ORDER BY d.ends", GP_ARGS(GP_INT(now)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_round, out, n, err) : status;
}

enum gp_status
gp_decision_reminded(struct gp_store *s, int64_t message, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE decision SET reminded = 1 WHERE node = ?1", GP_ARGS(GP_INT(message)), err);
}

enum gp_status
gp_decision_end(struct gp_store *s, int64_t message, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE decision SET over = 1 WHERE node = ?1", GP_ARGS(GP_INT(message)), err);
}

enum gp_status
gp_decision_silent(const void *ctx, struct gp_store *s, const struct gp_decision_round *d, int64_t after,
    size_t limit, int64_t **out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT m.id FROM member m WHERE m.list = ?1 AND m.id > ?2 AND "
	    "m.joined <= ?3 AND m.delivery <> 4 AND m.reminders AND NOT (m.pause_from <= ?5 AND m.pause_to > ?5) "
	    "AND NOT EXISTS(SELECT 1 FROM bounce b WHERE b.member = m.id AND b.state >= 2) "
	    "AND NOT EXISTS(SELECT 1 FROM node n JOIN address a ON a.folded = lower(n.from_addr) WHERE n.id = ?4 AND "
	    "a.person = m.person) "
	    "AND NOT EXISTS(SELECT 1 FROM vote v WHERE v.node = ?4 AND v.member = m.id) ORDER BY m.id LIMIT ?6",
	    GP_ARGS(GP_INT(d->list), GP_INT(after), GP_INT(d->begun), GP_INT(d->message), GP_INT(gp_now()),
	    GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_numbers(ctx, s, st, out, n, err) : status;
}

enum gp_status
gp_vote_put(struct gp_store *s, int64_t message, int64_t member, int choice, int64_t now, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT INTO vote(node, member, choice, time) VALUES(?1, ?2, ?3, ?4) "
	    "ON CONFLICT DO UPDATE SET choice = excluded.choice, time = excluded.time",
	    GP_ARGS(GP_INT(message), GP_INT(member), GP_INT(choice), GP_INT(now)), err);
}

enum gp_status
gp_vote_count(struct gp_store *s, const struct gp_decision_round *d, struct gp_vote_counts *out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT choice, count(*) FROM vote WHERE node = ?1 "
	    "GROUP BY choice", GP_ARGS(GP_INT(d->message)), err);
	int choice;

	memset(out, 0, sizeof(*out));
	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		choice = sqlite3_column_int(st, 0);
		if (choice >= 0 && choice < GP_VOTE_COUNT)
			out->n[choice] = sqlite3_column_int64(st, 1);
	}
	status = gp_sql_end(status);
	return status != GP_OK ? status : gp_sql_int(s, &out->members, "SELECT count(*) FROM member WHERE list = ?1 "
	    "AND joined <= ?2", GP_ARGS(GP_INT(d->list), GP_INT(d->begun)), err);
}
