/* SPDX-License-Identifier: ISC */
/*
 * The library of a list: threads that somebody kept. How it is searched: library_search.c.
 */
#include "config.h"

#include "message.h"

void *
gp_practice_read(const void *ctx, sqlite3_stmt *st)
{
	struct gp_practice *p = gp_new(ctx, struct gp_practice);

	p->id = sqlite3_column_int64(st, 0);
	p->list = sqlite3_column_int64(st, 1);
	p->slug = gp_sql_text(p, st, 2);
	p->message = sqlite3_column_int64(st, 3);
	p->title = gp_sql_text(p, st, 4);
	p->tags = gp_sql_text(p, st, 5);
	p->keeper = gp_sql_text(p, st, 6);
	p->name = gp_sql_text(p, st, 7);
	p->kept = sqlite3_column_int64(st, 8);
	p->confirmed = sqlite3_column_int64(st, 9);
	p->asked = sqlite3_column_int64(st, 10);
	p->doubt = gp_sql_text(p, st, 11);
	p->thread = sqlite3_column_int64(st, 12);
	return p;
}

/* A slug that nothing else on the list has: "wax", "wax-2" ... */
static enum gp_status
free_slug(const void *ctx, struct gp_store *s, int64_t list, const char *title, char **out,
    struct gp_err *err)
{
	char *slug = gp_slug(ctx, title, GP_PRACTICE_SLUG);
	enum gp_status status = GP_OK;
	int64_t there;
	int i;

	if (*slug == '\0')
		slug = gp_strdup(ctx, "page");
	*out = slug;
	for (i = 2; status == GP_OK; i++) {
		status = gp_sql_int(s, &there, "SELECT 1 FROM practice WHERE list = ?1 AND slug = ?2",
		    GP_ARGS(GP_INT(list), GP_TEXT(*out)), err);
		if (status == GP_OK)
			*out = gp_asprintf(ctx, "%s-%d", slug, i);
	}
	return gp_sql_end(status);
}

static enum gp_status
changed(struct gp_store *s, int64_t list, struct gp_err *err)
{
	enum gp_status status = gp_page_words_set(s, list, err);

	return status == GP_OK ? gp_list_touch(s, list, err) : status;
}

static char *
text_name(const void *ctx, const char *slug)
{
	return gp_asprintf(ctx, "practice-%s", slug);
}

enum gp_status
gp_practice_keep(const void *ctx, struct gp_store *s, const struct gp_practice *what,
    struct gp_practice **out, struct gp_err *err)
{
	struct gp_practice *there;
	enum gp_status status = gp_practice_of(ctx, s, what->message, &there, err);
	char *slug;

	if (status == GP_OK) {
		status = gp_sql_run(s, "UPDATE practice SET title = ?2, tags = ?3, confirmed = ?4, doubt = '', "
		    "asked = 0 WHERE id = ?1", GP_ARGS(GP_INT(there->id), GP_TEXT(what->title),
		    GP_TEXT(what->tags), GP_INT(gp_now())), err);
	} else if (status == GP_E_NOTFOUND) {
		status = free_slug(ctx, s, what->list, what->title, &slug, err);
		if (status == GP_OK)
			status = gp_sql_run(s, "INSERT INTO practice(list, slug, node, title, tags, keeper, name, "
			    "kept, confirmed) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)", GP_ARGS(GP_INT(what->list),
			    GP_TEXT(slug), GP_INT(what->message), GP_TEXT(what->title), GP_TEXT(what->tags),
			    GP_TEXT(what->keeper), GP_TEXT(what->name), GP_INT(gp_now())), err);
	}
	if (status == GP_OK)
		status = gp_practice_of(ctx, s, what->message, out, err);
	return status == GP_OK ? changed(s, what->list, err) : status;
}

enum gp_status
gp_practice_of(const void *ctx, struct gp_store *s, int64_t message, struct gp_practice **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, PRACTICE_QUERY "JOIN node m ON m.thread = n.thread "
	    "WHERE look(n.thread) AND m.id = ?1 ORDER BY p.id LIMIT 1", GP_ARGS(GP_INT(message)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, gp_practice_read, out, err) : status;
}

enum gp_status
gp_practice_find(const void *ctx, struct gp_store *s, int64_t list, const char *slug,
    struct gp_practice **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, PRACTICE_QUERY "WHERE look(n.thread) AND p.list = ?1 AND p.slug = ?2",
	    GP_ARGS(GP_INT(list), GP_TEXT(slug)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, gp_practice_read, out, err) : status;
}

enum gp_status
gp_practice_all(const void *ctx, struct gp_store *s, int64_t list, const char *tag, int64_t from,
    int64_t to, size_t limit, struct gp_practice ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, PRACTICE_QUERY "WHERE look(n.thread) AND p.list = ?1 AND p.kept >= ?2 AND "
	    "p.kept < ?3 AND (?4 IS NULL OR instr(p.tags, ' ' || ?4 || ' ') > 0) "
	    "ORDER BY p.title COLLATE nocase, p.id LIMIT ?5", GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to),
	    GP_TEXT(tag), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_practice_read, out, n, err) : status;
}

enum gp_status
gp_practice_body(const void *ctx, struct gp_store *s, const struct gp_practice *p, char **body,
    struct gp_list_text **version, struct gp_err *err)
{
	struct gp_list_text *t;
	enum gp_status status = gp_text_find(ctx, s, p->list, text_name(ctx, p->slug), GP_PRACTICE_LANGUAGE, &t,
	    err);

	*body = status == GP_OK ? t->body : gp_strdup(ctx, "");
	if (gp_look_at(s, p->thread) == GP_SEEN_UNNAMED)
		*body = gp_veil_words(ctx, gp_look_names(s), *body, strlen(*body));
	if (version != NULL)
		*version = status == GP_OK ? t : NULL;
	return gp_sql_end(status);
}

enum gp_status
gp_practice_versions(const void *ctx, struct gp_store *s, const struct gp_practice *p,
    struct gp_list_text ***out, size_t *n, struct gp_err *err)
{
	return gp_text_all(ctx, s, p->list, text_name(ctx, p->slug), GP_PRACTICE_LANGUAGE, out, n, err);
}

enum gp_status
gp_practice_write(const void *ctx, struct gp_store *s, const struct gp_practice *p, const char *body,
    const char *by, int64_t *version, struct gp_err *err)
{
	enum gp_status status = gp_text_put(s, p->list, text_name(ctx, p->slug), GP_PRACTICE_LANGUAGE, body, by,
	    gp_now(), version, err);

	if (status == GP_OK)
		status = gp_practice_confirm(s, p, err);
	return status == GP_OK ? changed(s, p->list, err) : status;
}

enum gp_status
gp_practice_confirm(struct gp_store *s, const struct gp_practice *p, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE practice SET confirmed = ?2, doubt = '', asked = 0 WHERE "
	    "id = ?1", GP_ARGS(GP_INT(p->id), GP_INT(gp_now())), err);

	return status == GP_OK ? gp_list_touch(s, p->list, err) : status;
}

enum gp_status
gp_practice_doubt(struct gp_store *s, const struct gp_practice *p, const char *why, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE practice SET doubt = ?2, asked = 0, confirmed = ?3 WHERE "
	    "id = ?1", GP_ARGS(GP_INT(p->id), GP_TEXT(why), GP_INT(p->confirmed)), err);

	return status == GP_OK ? gp_list_touch(s, p->list, err) : status;
}

enum gp_status
gp_practice_remove(struct gp_store *s, const struct gp_practice *p, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "DELETE FROM practice WHERE id = ?1", GP_ARGS(GP_INT(p->id)), err);

	return status == GP_OK ? gp_list_touch(s, p->list, err) : status;
}

enum gp_status
gp_practice_due(const void *ctx, struct gp_store *s, int64_t list, int64_t confirmed_before,
    int64_t asked_before, size_t limit, struct gp_practice ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, PRACTICE_QUERY "WHERE look(n.thread) AND p.list = ?1 AND "
	    "p.confirmed < ?2 AND p.asked < ?3 AND p.doubt = '' ORDER BY p.confirmed LIMIT ?4", GP_ARGS(GP_INT(list),
	    GP_INT(confirmed_before), GP_INT(asked_before), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_practice_read, out, n, err) : status;
}

enum gp_status
gp_practice_asked(struct gp_store *s, const struct gp_practice *p, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE practice SET asked = ?2 WHERE id = ?1", GP_ARGS(GP_INT(p->id),
	    GP_INT(gp_now())), err);
}

/* ---- summaries --------------------------------------------------------------------------------- */

enum gp_status
gp_summary_find(const void *ctx, struct gp_store *s, int64_t list, const char *key,
    struct gp_list_text **out, struct gp_err *err)
{
	int64_t thread = 0;
	enum gp_status status = gp_text_find(ctx, s, list, gp_asprintf(ctx, "summary-%s", key), GP_PRACTICE_LANGUAGE,
	    out, err);

	if (status == GP_OK)
		status = gp_sql_end(gp_sql_int(s, &thread, "SELECT thread FROM node WHERE key = ?1 AND list = ?2",
		    GP_ARGS(GP_TEXT(key), GP_INT(list)), err));
	if (status == GP_OK && gp_look_at(s, thread) == GP_SEEN_UNNAMED)
		(*out)->body = gp_veil_words(ctx, gp_look_names(s), (*out)->body, strlen((*out)->body));
	return status;
}

enum gp_status
gp_summary_put(const void *ctx, struct gp_store *s, int64_t list, const char *key, const char *body,
    const char *by, struct gp_err *err)
{
	int64_t version;
	enum gp_status status = gp_text_put(s, list, gp_asprintf(ctx, "summary-%s", key), GP_PRACTICE_LANGUAGE,
	    body, by, gp_now(), &version, err);

	return status == GP_OK ? changed(s, list, err) : status;
}

enum gp_status
gp_summary_all(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to, size_t limit,
    struct gp_message ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT " MESSAGE_COLUMNS " FROM text x JOIN node n ON "
	    "n.key = substr(x.name, 9) AND n.list = x.list" MESSAGE_PARENT MESSAGE_SEEN "n.state = 1 AND x.list = ?1 AND "
	    "x.name >= 'summary-' AND x.name < 'summary.' AND x.language = ?5 AND x.time >= ?2 AND x.time < ?3 AND "
	    "x.body <> '' AND x.version = (SELECT max(y.version) FROM text y WHERE y.list = x.list AND y.name = x.name AND "
	    "y.language = x.language) ORDER BY x.time, n.id LIMIT ?4", GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to),
	    GP_INT((int64_t)limit), GP_TEXT(GP_PRACTICE_LANGUAGE)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_message_read, out, n, err) : status;
}

enum gp_status
gp_summary_due(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to, size_t limit,
    struct gp_thread ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_THREAD_QUERY "t.list = ?1 AND "
	    "t.mark IN ('question', 'solved') AND t.people > 1 AND t.invited = 0 AND t.last >= ?2 AND "
	    "t.last < ?3 ORDER BY t.last LIMIT ?4", GP_ARGS(GP_INT(list), GP_INT(from), GP_INT(to),
	    GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_thread_read, out, n, err) : status;
}

enum gp_status
gp_summary_invited(struct gp_store *s, int64_t thread, int64_t now, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE thread SET invited = ?2 WHERE id = ?1", GP_ARGS(GP_INT(thread),
	    GP_INT(now)), err);
}
