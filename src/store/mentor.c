/* SPDX-License-Identifier: ISC */
/* Mentors and those who look for one, pairs, and what members say of themselves. */
#include "config.h"

#include "private.h"

enum gp_status
gp_mentoring_add(struct gp_store *s, int64_t member, bool seeks, const char *topic, int64_t now,
    struct gp_err *err)
{
	return gp_sql_run(s, "INSERT OR IGNORE INTO mentoring(member, seeks, topic, time) VALUES(?1, ?2, ?3, ?4)",
	    GP_ARGS(GP_INT(member), GP_INT(seeks), GP_TEXT(topic), GP_INT(now)), err);
}

enum gp_status
gp_mentoring_clear(struct gp_store *s, int64_t member, bool seeks, struct gp_err *err)
{
	return gp_sql_run(s, "DELETE FROM mentoring WHERE member = ?1 AND seeks = ?2",
	    GP_ARGS(GP_INT(member), GP_INT(seeks)), err);
}

static void *
read_topic(const void *ctx, sqlite3_stmt *st)
{
	return gp_sql_text(ctx, st, 0);
}

enum gp_status
gp_mentoring_all(const void *ctx, struct gp_store *s, int64_t member, bool seeks, char ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT topic FROM mentoring WHERE member = ?1 AND seeks = ?2 "
	    "ORDER BY topic", GP_ARGS(GP_INT(member), GP_INT(seeks)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_topic, out, n, err) : status;
}

enum gp_status
gp_pair_next(const void *ctx, struct gp_store *s, int64_t list, int64_t cap, int64_t since, int64_t *mentor,
    int64_t *mentee, char **topic, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_first(s, &st, "SELECT o.member, k.member, k.topic FROM mentoring k "
	    "JOIN member km ON km.id = k.member AND km.list = ?1 "
	    "JOIN mentoring o ON o.seeks = 0 AND o.topic = k.topic "
	    "JOIN member om ON om.id = o.member AND om.list = ?1 AND om.person <> km.person "
	    "WHERE k.seeks = 1 "
	    "AND NOT EXISTS(SELECT 1 FROM pair p WHERE p.mentee = k.member AND p.over = 0) "
	    "AND NOT EXISTS(SELECT 1 FROM pair p WHERE p.mentor = o.member AND p.mentee = k.member) "
	    "AND (SELECT count(*) FROM pair p WHERE p.mentor = o.member AND p.over = 0) < ?2 "
	    /* Who did not say the no themselves must not learn of it by what comes next. */
	    "AND NOT EXISTS(SELECT 1 FROM pair p WHERE p.mentor IN (k.member, o.member) AND p.over = 1 AND p.met = 0 "
	    "AND p.mentee_says = 2 AND p.proposed > ?3) "
	    "AND NOT EXISTS(SELECT 1 FROM pair p WHERE p.mentee IN (k.member, o.member) AND p.over = 1 AND p.met = 0 "
	    "AND p.mentor_says = 2 AND p.proposed > ?3) "
	    "AND NOT EXISTS(SELECT 1 FROM bounce b WHERE b.member IN (k.member, o.member) AND b.state >= 2) "
	    "ORDER BY k.time, k.member, (SELECT count(*) FROM pair p WHERE p.mentor = o.member AND p.over = 0), "
	    "o.time, o.member LIMIT 1", GP_ARGS(GP_INT(list), GP_INT(cap), GP_INT(since)), err);

	if (status != GP_OK)
		return status;
	*mentor = sqlite3_column_int64(st, 0);
	*mentee = sqlite3_column_int64(st, 1);
	*topic = gp_sql_text(ctx, st, 2);
	gp_sql_done(st);
	return GP_OK;
}

#define PAIR_QUERY "SELECT id, list, mentor, mentee, topic, proposed, met, mentor_says, mentee_says, checks, " \
	"over FROM pair "

static void *
read_pair(const void *ctx, sqlite3_stmt *st)
{
	struct gp_pair *p = gp_new(ctx, struct gp_pair);

	p->id = sqlite3_column_int64(st, 0);
	p->list = sqlite3_column_int64(st, 1);
	p->mentor = sqlite3_column_int64(st, 2);
	p->mentee = sqlite3_column_int64(st, 3);
	p->topic = gp_sql_text(p, st, 4);
	p->proposed = sqlite3_column_int64(st, 5);
	p->met = sqlite3_column_int64(st, 6);
	p->mentor_says = sqlite3_column_int(st, 7);
	p->mentee_says = sqlite3_column_int(st, 8);
	p->checks = sqlite3_column_int64(st, 9);
	p->over = sqlite3_column_int(st, 10) != 0;
	return p;
}

enum gp_status
gp_pair_add(const void *ctx, struct gp_store *s, int64_t list, int64_t mentor, int64_t mentee,
    const char *topic, int64_t now, struct gp_pair **out, struct gp_err *err)
{
	int64_t id;
	enum gp_status status = gp_sql_int(s, &id, "INSERT INTO pair(list, mentor, mentee, topic, proposed) "
	    "SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS(SELECT 1 FROM pair WHERE mentor = ?2 AND mentee = ?3) "
	    "RETURNING id", GP_ARGS(GP_INT(list), GP_INT(mentor), GP_INT(mentee), GP_TEXT(topic), GP_INT(now)), err);

	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_EXISTS, "these two were proposed to each other before");
	return status == GP_OK ? gp_pair_find(ctx, s, id, out, err) : status;
}

enum gp_status
gp_pair_find(const void *ctx, struct gp_store *s, int64_t id, struct gp_pair **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, PAIR_QUERY "WHERE id = ?1", GP_ARGS(GP_INT(id)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, read_pair, out, err) : status;
}

enum gp_status
gp_pair_set(struct gp_store *s, const struct gp_pair *p, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE pair SET met = ?2, mentor_says = ?3, mentee_says = ?4, checks = ?5, over = ?6, "
	    "proposed = ?7 WHERE id = ?1", GP_ARGS(GP_INT(p->id), GP_INT(p->met), GP_INT(p->mentor_says),
	    GP_INT(p->mentee_says), GP_INT(p->checks), GP_INT(p->over), GP_INT(p->proposed)), err);
}

enum gp_status
gp_pair_all(const void *ctx, struct gp_store *s, int64_t list, int64_t member, struct gp_pair ***out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = member == 0 ?
	    gp_sql_open(s, &st, PAIR_QUERY "WHERE list = ?1 AND over = 0 ORDER BY id", GP_ARGS(GP_INT(list)), err) :
	    gp_sql_open(s, &st, PAIR_QUERY "WHERE (mentor = ?1 OR mentee = ?1) AND over = 0 ORDER BY id",
	    GP_ARGS(GP_INT(member)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_pair, out, n, err) : status;
}

/* ---- introductions ---------------------------------------------------------------------------------- */

enum gp_status
gp_intro_set(struct gp_store *s, int64_t member, const char *text, int64_t now, struct gp_err *err)
{
	if (*text == '\0')
		return gp_sql_run(s, "DELETE FROM intro WHERE member = ?1", GP_ARGS(GP_INT(member)), err);
	return gp_sql_run(s, "INSERT INTO intro(member, text, time) VALUES(?1, ?2, ?3) "
	    "ON CONFLICT DO UPDATE SET text = excluded.text, time = excluded.time",
	    GP_ARGS(GP_INT(member), GP_TEXT(text), GP_INT(now)), err);
}

static void *
read_intro(const void *ctx, sqlite3_stmt *st)
{
	struct gp_intro *i = gp_new(ctx, struct gp_intro);

	i->name = gp_sql_text(i, st, 0);
	i->text = gp_sql_text(i, st, 1);
	i->time = sqlite3_column_int64(st, 2);
	return i;
}

enum gp_status
gp_intro_between(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to, size_t limit,
    struct gp_intro ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT iif(p.name <> '', p.name, substr(a.written, 1, "
	    "instr(a.written, '@') - 1)), i.text, i.time FROM intro i JOIN member m ON m.id = i.member "
	    "JOIN person p ON p.id = m.person JOIN address a ON a.id = m.address WHERE m.list = ?1 AND m.hidden = 0 AND i.time >= ?2 AND i.time < ?3 "
	    "ORDER BY i.time, m.id LIMIT ?4", GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to),
	    GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_intro, out, n, err) : status;
}
