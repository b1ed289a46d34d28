/* SPDX-License-Identifier: ISC */
/* Who can help with what, and who was asked about which question. */
#include "config.h"

#include "veil.h"

enum gp_status
gp_skill_set(struct gp_store *s, int64_t member, const char *topic, bool add, struct gp_err *err)
{
	return gp_sql_run(s, add ? "INSERT OR IGNORE INTO skill(member, topic) VALUES(?1, ?2)" :
	    "DELETE FROM skill WHERE member = ?1 AND topic = ?2",
	    GP_ARGS(GP_INT(member), GP_TEXT(topic)), err);
}

static void *
read_topic(const void *ctx, sqlite3_stmt *st)
{
	return gp_sql_text(ctx, st, 0);
}

enum gp_status
gp_skill_all(const void *ctx, struct gp_store *s, int64_t member, char ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT topic FROM skill WHERE member = ?1 "
	    "ORDER BY topic", GP_ARGS(GP_INT(member)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_topic, out, n, err) : status;
}

enum gp_status
gp_skill_topics(const void *ctx, struct gp_store *s, int64_t list, char ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT DISTINCT topic FROM skill JOIN member m "
	    "ON m.id = skill.member WHERE m.list = ?1 ORDER BY topic", GP_ARGS(GP_INT(list)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_topic, out, n, err) : status;
}

enum gp_status
gp_helper_all(const void *ctx, struct gp_store *s, int64_t message, struct gp_helper **out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT member, time, passed FROM helper "
	    "WHERE node = ?1 ORDER BY time, member", GP_ARGS(GP_INT(message)), err);
	struct gp_helper *v = NULL;
	size_t count = 0;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		v[count].member = sqlite3_column_int64(st, 0);
		v[count].time = sqlite3_column_int64(st, 1);
		v[count++].passed = sqlite3_column_int(st, 2) != 0;
	}
	*out = v;
	*n = count;
	return gp_sql_end(status);
}

enum gp_status
gp_helper_next(struct gp_store *s, int64_t message, const char *const *topics, size_t n,
    int64_t since, int64_t cap, int64_t *member, struct gp_err *err)
{
	json_t *v = json_array();
	enum gp_status status;
	char *list;
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(v, json_string(topics[i]));
	list = gp_json_dump(NULL, v, false);
	json_decref(v);
	status = gp_sql_int(s, member, "SELECT m.id FROM node q JOIN member m ON m.list = q.list "
	    "WHERE q.id = ?1 AND EXISTS(SELECT 1 FROM skill k JOIN json_each(?2) j ON j.value = k.topic "
	    "WHERE k.member = m.id) "
	    "AND NOT EXISTS(SELECT 1 FROM address a WHERE a.person = m.person AND a.folded = lower(q.from_addr)) "
	    "AND iif((SELECT t.visible FROM thread t WHERE t.id = q.thread) = 2, " GP_VEIL_THERE("q.thread") ", 1) "
	    "AND NOT EXISTS(SELECT 1 FROM helper h WHERE h.node = ?1 AND h.member = m.id) "
	    /* Nor on another list that has the question. */
	    "AND NOT EXISTS(SELECT 1 FROM node c JOIN helper h ON h.node = c.id JOIN member o ON o.id = h.member "
	    "WHERE c.mid = q.mid AND c.state = 1 AND q.mid <> '' AND o.person = m.person) "
	    "AND NOT EXISTS(SELECT 1 FROM bounce b WHERE b.member = m.id AND b.state >= 2) "
	    "AND NOT (m.pause_from <= ?5 AND m.pause_to > ?5) "
	    "AND (SELECT count(*) FROM helper h WHERE h.member = m.id AND h.time >= ?3) < ?4 "
	    "ORDER BY (SELECT coalesce(max(h.time), 0) FROM helper h WHERE h.member = m.id), m.id LIMIT 1",
	    GP_ARGS(GP_INT(message), GP_TEXT(list), GP_INT(since), GP_INT(cap), GP_INT(gp_now())), err);
	talloc_free(list);
	return status;
}

enum gp_status
gp_helper_add(struct gp_store *s, int64_t message, int64_t member, int64_t now, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT OR IGNORE INTO helper(node, member, time) VALUES(?1, ?2, ?3)",
	    GP_ARGS(GP_INT(message), GP_INT(member), GP_INT(now)), err);
}

enum gp_status
gp_helper_last(struct gp_store *s, int64_t member, int64_t *message, struct gp_err *err)
{
	return gp_sql_int(s, message, "SELECT node FROM helper WHERE member = ?1 AND passed = 0 ORDER BY time DESC LIMIT 1",
	    GP_ARGS(GP_INT(member)), err);
}

enum gp_status
gp_helper_pass(struct gp_store *s, int64_t message, int64_t member, struct gp_err *err)
{
	int64_t there;
	enum gp_status status = gp_sql_int(s, &there, "SELECT time FROM helper WHERE node = ?1 AND "
	    "member = ?2", GP_ARGS(GP_INT(message), GP_INT(member)), err);

	return status != GP_OK ? status : gp_sql_run(s, "UPDATE helper SET passed = 1 WHERE node = ?1 "
	    "AND member = ?2", GP_ARGS(GP_INT(message), GP_INT(member)), err);
}
