/* SPDX-License-Identifier: ISC */
/*
 * Who gets a post, queued by one statement, by ids alone: a post to ten thousand members
 * must not keep the mail behind it waiting. Those who get each post are read off an index
 * in order of id; the few who follow the thread are found by their interest in it.
 */
#include "config.h"

#include "queue.h"
#include "veil.h"

/* Folded addresses as a JSON array, for json_each. */
static char *
json_of(const void *ctx, const struct gp_audience *a)
{
	json_t *v = gp_json_array(ctx);
	size_t i;

	for (i = 0; i < a->addressed_n; i++)
		if (gp_utf8_valid(a->addressed[i], strlen(a->addressed[i])))
			json_array_append_new(v, json_string(a->addressed[i]));
	return gp_json_dump(ctx, v, false);
}

static char *
json_of_numbers(const void *ctx, const int64_t *v, size_t n)
{
	json_t *array = gp_json_array(ctx);
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(array, json_integer(v[i]));
	return gp_json_dump(ctx, array, false);
}

/* Members with an interest of that kind in the message's thread. */
#define INTERESTED(kind) "(SELECT DISTINCT i.member FROM node p JOIN node q ON q.thread = p.thread " \
	"JOIN interest i ON i.node = q.id WHERE p.id = ?3 AND i.kind = " kind ")"
/* What is for those who were there goes to nobody else. */
#define OF_THREAD "(SELECT p.thread FROM node p WHERE p.id = ?3)"
#define WAS_THERE "iif((SELECT t.visible FROM thread t WHERE t.id = " OF_THREAD ") = 2, " \
	GP_VEIL_THERE(OF_THREAD) ", 1)"
/* ?1 job ?2 list ?3 message ?4 author ?5 own_copy ?6 now ?7 largest ?8 limit ?9 addressed ?10 noted
 * ?11 ?12 jobs of which a copy is enough ?13 messages of the same thread on other lists
 * ?14 list whose members have it */
#define WANTS "(m.pause_to <= ?6 OR m.pause_from > ?6) " \
	"AND (m.id <> ?4 OR m.own_copy = 1 OR (m.own_copy = 0 AND ?5)) " \
	"AND iif(m.attachments < ?7, m.attachments, 0) = ?8 " \
	"AND (m.duplicates OR m.person NOT IN (SELECT a.person FROM json_each(?9) j " \
	"JOIN address a ON a.folded = j.value)) " \
	"AND (m.notes <> 2 OR NOT ?10 OR m.id = ?4) " \
	"AND m.id NOT IN " INTERESTED("2") \
	" AND " WAS_THERE \
	" AND (?12 = 0 OR m.person NOT IN (SELECT x.person FROM rcpt r JOIN member x ON x.id = r.n WHERE r.job " \
	"BETWEEN ?11 AND ?12)) " \
	"AND m.person NOT IN (SELECT x.person FROM json_each(?13) j JOIN node p ON p.id = j.value " \
	"JOIN node q ON q.thread = p.thread JOIN interest i ON i.node = q.id JOIN member x ON x.id = i.member " \
	"WHERE i.kind = 2) " \
	"AND (?14 = 0 OR m.person NOT IN (SELECT x.person FROM member x WHERE x.list = ?14)) " \
	"AND m.id NOT IN (SELECT member FROM bounce WHERE list = ?2 AND state >= 2)"

const char gp_audience_sql[] =
	"INSERT INTO rcpt(job, n) "
	"SELECT ?1, m.id FROM member m WHERE m.list = ?2 AND m.delivery = 0 AND " WANTS
	" UNION ALL "
	"SELECT ?1, m.id FROM " INTERESTED("1") " f CROSS JOIN member m ON m.id = f.member "
	"WHERE m.list = ?2 AND m.delivery <> 0 AND " WANTS;

enum gp_status
gp_job_add_audience(struct gp_store *s, int64_t job, const struct gp_audience *a, int64_t *n,
    struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	enum gp_status status = gp_sql_run(s, gp_audience_sql, GP_ARGS(GP_INT(job),
	    GP_INT(a->list), GP_INT(a->message), GP_INT(a->author), GP_INT(a->own_copy),
	    GP_INT(a->now), GP_INT(a->largest), GP_INT(a->limit), GP_TEXT(json_of(tmp, a)),
	    GP_INT(a->noted), GP_INT(a->from_job), GP_INT(a->to_job),
	    GP_TEXT(json_of_numbers(tmp, a->copies, a->copies_n)),
	    GP_INT(a->known_on)), err);

	talloc_free(tmp);
	if (status != GP_OK)
		return status;
	*n = sqlite3_changes64(s->db);
	return gp_job_count_in(s, job, *n, err);
}

static void *
read_limit(const void *ctx, sqlite3_stmt *st)
{
	int64_t *v = gp_new(ctx, int64_t);

	*v = sqlite3_column_int64(st, 0);
	return v;
}

enum gp_status
gp_audience_limits(const void *ctx, struct gp_store *s, int64_t list, int64_t largest,
    int64_t **out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT DISTINCT attachments FROM member "
	    "WHERE list = ?1 AND attachments > 0 AND attachments < ?2 ORDER BY 1",
	    GP_ARGS(GP_INT(list), GP_INT(largest)), err);
	int64_t **v = NULL;
	size_t i;

	if (status == GP_OK)
		status = gp_sql_rows(ctx, s, st, read_limit, &v, n, err);
	if (status != GP_OK)
		return status;
	*out = gp_array(ctx, int64_t, *n + 1);
	for (i = 0; i < *n; i++)
		(*out)[i] = *v[i];
	talloc_free(v);
	return GP_OK;
}
