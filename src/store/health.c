/* SPDX-License-Identifier: ISC */
/* How a list is doing, in figures that name nobody. */
#include "config.h"

#include "private.h"

/* What people wrote: what the list itself says counts for nobody. */
#define OF_PEOPLE "list = ?1 AND state = 1 AND date >= ?2 AND date < ?3 AND flags & 1 = 0"
/* A name that is good for one thread is nobody whom one could count: whose it is may be any of those who write. */
#define NAMED "from_addr NOT GLOB ?4"
_Static_assert(GP_MAIL_AUTO == 1, "health.c");

/* Messages, people, threads. */
static enum gp_status
count_written(struct gp_store *s, const struct gp_arg *args, const struct gp_arg *named, struct gp_health *h, struct gp_err *err)
{
	int64_t five = 0, none;
	enum gp_status status = gp_sql_ints(s, &h->messages, &h->people, "SELECT count(*), "
	    "count(DISTINCT author) FILTER (WHERE " NAMED ") FROM node WHERE " OF_PEOPLE, named, err);

	if (status == GP_OK)
		status = gp_sql_ints(s, &five, &none, "SELECT coalesce(sum(n), 0), 0 FROM (SELECT count(*) AS n FROM node "
		    "WHERE " OF_PEOPLE " AND " NAMED " GROUP BY author ORDER BY n DESC LIMIT 5)",
		    named, err);
	h->loudest = h->messages > 0 ? (five * 100 + h->messages / 2) / h->messages : 0;
	if (status == GP_OK)
		status = gp_sql_ints(s, &h->threads, &none, "SELECT count(*), 0 FROM thread t JOIN node h ON "
		    "h.id = t.head WHERE t.list = ?1 AND t.messages > 0 AND t.first >= ?2 AND t.first < ?3 AND h.flags & 1 = 0", args, err);
	return status != GP_OK ? status : gp_sql_ints(s, &h->newcomers, &none, "SELECT count(*), 0 FROM (SELECT DISTINCT "
	    "author FROM node WHERE " OF_PEOPLE " AND " NAMED ") a WHERE NOT EXISTS(SELECT 1 "
	    "FROM node o WHERE o.list = ?1 AND o.author = a.author AND o.state = 1 AND o.date < ?2)", named, err);
}

/* The middle one of the times to a first answer. */
static enum gp_status
find_median(struct gp_store *s, const struct gp_arg *args, struct gp_health *h, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT min(n.date) - t.first AS wait FROM thread t "
	    "JOIN node h ON h.id = t.head JOIN node n ON n.thread = t.id AND n.state = 1 AND n.author <> h.author "
	    "WHERE t.list = ?1 AND t.mark IN ('question', 'solved') AND t.first >= ?2 AND t.first < ?3 "
	    "GROUP BY t.id ORDER BY wait", args, err);
	int64_t *v = NULL;
	size_t n = 0;

	if (status == GP_OK)
		status = gp_sql_numbers(NULL, s, st, &v, &n, err);
	h->answered = (int64_t)n;
	h->median_answer = n > 0 ? v[(n - 1) / 2] : 0;
	talloc_free(v);
	return status;
}

enum gp_status
gp_health(struct gp_store *s, int64_t list, int64_t from, int64_t to, const char *nameless, struct gp_health *out,
    struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to)),
	    *named = GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to), GP_TEXT(nameless));
	int64_t none;
	enum gp_status status;

	memset(out, 0, sizeof(*out));
	status = count_written(s, args, named, out, err);
	if (status == GP_OK)
		status = find_median(s, args, out, err);
	if (status == GP_OK)
		status = gp_sql_ints(s, &out->questions, &out->solved, "SELECT count(*), count(*) FILTER (WHERE "
		    "mark = 'solved') FROM thread WHERE list = ?1 AND mark IN ('question', 'solved') AND messages > 0 "
		    "AND first >= ?2 AND first < ?3", args, err);
	if (status == GP_OK)
		status = gp_sql_ints(s, &out->kept, &none, "SELECT count(*), 0 FROM practice WHERE list = ?1 AND "
		    "kept >= ?2 AND kept < ?3", args, err);
	return status != GP_OK ? status : gp_sql_ints(s, &out->members, &out->joined, "SELECT count(*), count(*) FILTER "
	    "(WHERE joined >= ?2 AND joined < ?3) FROM member WHERE list = ?1", args, err);
}
