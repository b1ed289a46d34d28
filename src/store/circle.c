/* SPDX-License-Identifier: ISC */
/* Circles and who wants them. */
#include "config.h"

#include "private.h"

#define CIRCLE_QUERY "SELECT c.node, c.list, n.thread, c.name, c.state, c.steward, c.child, c.proposed, c.ends, " \
	"c.reported, c.warned FROM circle c JOIN node n ON n.id = c.node "

static void *
read_circle(const void *ctx, sqlite3_stmt *st)
{
	struct gp_circle *c = gp_new(ctx, struct gp_circle);

	c->message = sqlite3_column_int64(st, 0);
	c->list = sqlite3_column_int64(st, 1);
	c->thread = sqlite3_column_int64(st, 2);
	c->name = gp_sql_text(c, st, 3);
	c->state = sqlite3_column_int(st, 4);
	c->steward = sqlite3_column_int64(st, 5);
	c->child = sqlite3_column_int64(st, 6);
	c->proposed = sqlite3_column_int64(st, 7);
	c->ends = sqlite3_column_int64(st, 8);
	c->reported = sqlite3_column_int64(st, 9);
	c->warned = sqlite3_column_int(st, 10) != 0;
	return c;
}

enum gp_status
gp_circle_propose(struct gp_store *s, int64_t message, int64_t list, const char *name, int64_t steward,
    int64_t now, int64_t ends, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT OR IGNORE INTO circle(node, list, name, steward, proposed, ends) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6)", GP_ARGS(GP_INT(message), GP_INT(list), GP_TEXT(name), GP_INT(steward),
	    GP_INT(now), GP_INT(ends)), err);
}

enum gp_status
gp_circle_of(const void *ctx, struct gp_store *s, int64_t message, struct gp_circle **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, CIRCLE_QUERY "WHERE n.thread IN " GP_THREADS_AS_ONE
	    " ORDER BY c.node DESC LIMIT 1", GP_ARGS(GP_INT(message)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, read_circle, out, err) : status;
}

enum gp_status
gp_circle_join(struct gp_store *s, int64_t message, int64_t member, int64_t *n, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "INSERT OR IGNORE INTO circle_member(node, member) VALUES(?1, ?2)",
	    GP_ARGS(GP_INT(message), GP_INT(member)), err);

	return status != GP_OK ? status : gp_sql_int(s, n, "SELECT count(*) FROM circle_member WHERE node = ?1",
	    GP_ARGS(GP_INT(message)), err);
}

enum gp_status
gp_circle_members(const void *ctx, struct gp_store *s, int64_t message, int64_t **out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT member FROM circle_member WHERE node = ?1 "
	    "ORDER BY member", GP_ARGS(GP_INT(message)), err);

	return status == GP_OK ? gp_sql_numbers(ctx, s, st, out, n, err) : status;
}

enum gp_status
gp_circle_set(struct gp_store *s, const struct gp_circle *c, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE circle SET state = ?2, child = ?3, ends = ?4, reported = ?5, warned = ?6, "
	    "steward = ?7 WHERE node = ?1", GP_ARGS(GP_INT(c->message), GP_INT(c->state), GP_INT(c->child), GP_INT(c->ends),
	    GP_INT(c->reported), GP_INT(c->warned), GP_INT(c->steward)), err);
}

enum gp_status
gp_circle_all(const void *ctx, struct gp_store *s, struct gp_circle ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, CIRCLE_QUERY "WHERE c.state < 2 ORDER BY c.node", GP_NOARGS, err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_circle, out, n, err) : status;
}
