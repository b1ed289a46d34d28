/* SPDX-License-Identifier: ISC */
/* Threads that several lists have in common. */
#include "config.h"

#include "private.h"

#define SHARE_QUERY "SELECT s.id, h.list, s.list, s.home, s.guest, h.thread, coalesce(g.thread, 0), s.state, s.by " \
	"FROM share s JOIN node h ON h.id = s.home LEFT JOIN node g ON g.id = s.guest "
/* Of the thread ?1, whichever of its messages is named. */
#define OF_THREAD "s.id IN (SELECT x.id FROM node m JOIN share x ON x.home = m.id WHERE m.thread = ?1 UNION " \
	"SELECT x.id FROM node m JOIN share x ON x.guest = m.id WHERE m.thread = ?1)"

static void *
read_share(const void *ctx, sqlite3_stmt *st)
{
	struct gp_share *h = gp_new(ctx, struct gp_share);

	h->id = sqlite3_column_int64(st, 0);
	h->home_list = sqlite3_column_int64(st, 1);
	h->list = sqlite3_column_int64(st, 2);
	h->home = sqlite3_column_int64(st, 3);
	h->guest = sqlite3_column_int64(st, 4);
	h->home_thread = sqlite3_column_int64(st, 5);
	h->guest_thread = sqlite3_column_int64(st, 6);
	h->state = (enum gp_share_state)sqlite3_column_int(st, 7);
	h->by = gp_sql_text(h, st, 8);
	return h;
}

enum gp_status
gp_share_ask(const void *ctx, struct gp_store *s, int64_t message, int64_t list, const char *by,
    struct gp_share **out, struct gp_err *err)
{
	int64_t id;
	enum gp_status status = gp_sql_int(s, &id, "SELECT s.id FROM share s JOIN node h ON h.id = s.home WHERE "
	    "s.list = ?2 AND s.state IN (0, 1) AND h.thread = (SELECT thread FROM node WHERE id = ?1)",
	    GP_ARGS(GP_INT(message), GP_INT(list)), err);

	if (status == GP_OK)
		return gp_fail(err, GP_E_EXISTS, "the thread is shared so already");
	if (status == GP_E_NOTFOUND)
		status = gp_sql_int(s, &id, "INSERT INTO share(home, list, by, at) VALUES(?1, ?2, ?3, ?4) RETURNING id",
		    GP_ARGS(GP_INT(message), GP_INT(list), GP_TEXT(by), GP_INT(gp_now())), err);
	return status == GP_OK ? gp_share_find(ctx, s, id, out, err) : status;
}

enum gp_status
gp_share_find(const void *ctx, struct gp_store *s, int64_t id, struct gp_share **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, SHARE_QUERY "WHERE s.id = ?1", GP_ARGS(GP_INT(id)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, read_share, out, err) : status;
}

enum gp_status
gp_share_unheard(const void *ctx, struct gp_store *s, int64_t until, struct gp_share ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, SHARE_QUERY "WHERE s.state = 0 AND s.at <= ?1 ORDER BY s.id",
	    GP_ARGS(GP_INT(until)), err);

	*n = 0;
	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_share, out, n, err) : status;
}

enum gp_status
gp_share_set(struct gp_store *s, const struct gp_share *h, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE share SET state = ?2, guest = ?3 WHERE id = ?1",
	    GP_ARGS(GP_INT(h->id), GP_INT(h->state), GP_INT(h->guest)), err);

	/* Pages say with whom. */
	if (status == GP_OK)
		status = gp_list_touch(s, h->home_list, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET version = version + 1 WHERE id IN (SELECT thread FROM node "
		    "WHERE id IN (?1, ?2))", GP_ARGS(GP_INT(h->home), GP_INT(h->guest)), err);
	return status == GP_OK ? gp_list_touch(s, h->list, err) : status;
}

enum gp_status
gp_share_of(const void *ctx, struct gp_store *s, int64_t thread, struct gp_share ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, SHARE_QUERY "WHERE s.state = 1 AND " OF_THREAD " ORDER BY s.id",
	    GP_ARGS(GP_INT(thread)), err);

	*n = 0;
	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_share, out, n, err) : status;
}

static void
add_side(const void *ctx, struct gp_share_side **v, size_t *n, struct gp_share_side side)
{
	*v = gp_store_grow(ctx, *v, *n, sizeof(**v));
	(*v)[(*n)++] = side;
}

enum gp_status
gp_share_sides(const void *ctx, struct gp_store *s, int64_t thread, struct gp_share_side **out, size_t *n,
    struct gp_err *err)
{
	struct gp_share **all;
	size_t i, count;
	enum gp_status status = gp_share_of(ctx, s, thread, &all, &count, err);
	int64_t home = thread;

	*out = NULL;
	*n = 0;
	if (status != GP_OK || count == 0)
		return status;
	/* A guest: the home has others, perhaps. */
	if (all[0]->home_thread != thread) {
		home = all[0]->home_thread;
		add_side(ctx, out, n, (struct gp_share_side){all[0]->home_list, all[0]->home, home, true});
		status = gp_share_of(ctx, s, home, &all, &count, err);
	}
	for (i = 0; status == GP_OK && i < count; i++)
		if (all[i]->home_thread == home && all[i]->guest_thread != thread && all[i]->guest_thread != 0)
			add_side(ctx, out, n, (struct gp_share_side){all[i]->list, all[i]->guest, all[i]->guest_thread,
			    false});
	return status;
}

enum gp_status
gp_share_copies(const void *ctx, struct gp_store *s, int64_t message, int64_t **out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	/* Whether it still is shared doesn't matter: they came to be so. */
	enum gp_status status = gp_sql_open(s, &st, "WITH own AS (SELECT id, thread, mid FROM node WHERE id = ?1), "
	    "shared AS (SELECT x.home, x.guest FROM own JOIN node m ON m.thread = own.thread JOIN share x ON x.home = m.id "
	    "OR x.guest = m.id WHERE x.guest <> 0), "
	    "every AS (SELECT y.home AS id FROM shared JOIN share y ON y.home = shared.home UNION "
	    "SELECT y.guest FROM shared JOIN share y ON y.home = shared.home WHERE y.guest <> 0) "
	    "SELECT DISTINCT c.id FROM own, every JOIN node e ON e.id = every.id JOIN node c ON c.thread = e.thread "
	    "WHERE c.mid = own.mid AND c.id <> own.id AND c.state IN (1, 2) AND own.mid <> ''",
	    GP_ARGS(GP_INT(message)), err);

	*n = 0;
	return status == GP_OK ? gp_sql_numbers(ctx, s, st, out, n, err) : status;
}
