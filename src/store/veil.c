/* SPDX-License-Identifier: ISC */
/* Who may see a thread, and without whose names: what is kept of that, and what follows from a change. */
#include "config.h"

#include "search.h"
#include "veil.h"

enum gp_status
gp_thread_veil(struct gp_store *s, int64_t thread, struct gp_veil *out, struct gp_err *err)
{
	int64_t visible = 0, unnamed = 0;
	enum gp_status status = gp_sql_ints(s, &visible, &unnamed, "SELECT visible, unnamed FROM thread WHERE id = ?1",
	    GP_ARGS(GP_INT(thread)), err);

	out->visible = (int)visible;
	out->unnamed = unnamed != 0;
	return status == GP_E_NOTFOUND ? gp_fail(err, status, "there is no such thread") : status;
}

enum gp_status
gp_veil_hides(struct gp_store *s, int64_t thread, bool *yes, struct gp_err *err)
{
	int64_t visible = 0;
	enum gp_status status = gp_sql_int(s, &visible, "SELECT visible FROM thread WHERE id = ?1",
	    GP_ARGS(GP_INT(thread)), err);

	*yes = visible == GP_VISIBLE_NONE;
	return gp_sql_end(status);
}

enum gp_status
gp_veil_id(const void *ctx, struct gp_store *s, int64_t list, const char *mid, const char **out,
    struct gp_err *err)
{
	size_t n = strcspn(mid, "@");
	sqlite3_stmt *st;
	enum gp_status status;
	char *key;

	*out = mid;
	if (mid[n] == '\0' || strcmp(mid + n + 1, GP_UNNAMED_DOMAIN) != 0)
		return GP_OK;
	key = gp_strndup(ctx, mid, n);
	status = gp_sql_open(s, &st, "SELECT mid FROM node WHERE key = ?1 AND (?2 = 0 OR list = ?2) AND state IN (1, 2)",
	    GP_ARGS(GP_TEXT(key), GP_INT(list)), err);
	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status != GP_OK)
		return gp_sql_end(status);
	*out = gp_sql_text(ctx, st, 0);
	gp_sql_done(st);
	return GP_OK;
}

/* ---- messages follow ------------------------------------------------------------------------------ */

struct one {
	int64_t id, author, date;
	int state;
	bool never;		/* its author never wanted it in an archive */
};

static void *
read_one(const void *ctx, sqlite3_stmt *st)
{
	struct one *o = gp_new(ctx, struct one);

	o->id = sqlite3_column_int64(st, 0);
	o->author = sqlite3_column_int64(st, 1);
	o->date = sqlite3_column_int64(st, 2);
	o->state = sqlite3_column_int(st, 3);
	o->never = (sqlite3_column_int64(st, 4) & GP_MAIL_NO_ARCHIVE) != 0;
	return o;
}

/* The search gets other words of it, or has it now. */
static enum gp_status
search_anew(struct gp_store *s, int64_t id, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_mail m;
	enum gp_status status = gp_body_mail(tmp, s, id, &m, NULL, NULL, err);

	if (status == GP_OK) {
		gp_derive_words(tmp, &m);
		m.files = gp_mail_file_names(tmp, &m);
		status = gp_search_replace(s, id, &m, err);
	}
	talloc_free(tmp);
	return gp_sql_end(status);
}

static enum gp_status
follow(struct gp_store *s, int64_t list, const struct one *o, const struct gp_veil *veil, struct gp_err *err)
{
	bool shown = veil->visible != GP_VISIBLE_NONE && !o->never;
	enum gp_status status = GP_OK;

	if (shown != (o->state == GP_NODE_PRESENT)) {
		status = gp_sql_run(s, "UPDATE node SET state = ?2 WHERE id = ?1", GP_ARGS(GP_INT(o->id),
		    GP_INT(shown ? GP_NODE_PRESENT : GP_NODE_HIDDEN)), err);
		if (status == GP_OK)
			status = gp_archive_count(s, list, o->author, o->date, shown ? 1 : -1, 0, err);
	}
	return status == GP_OK && shown ? search_anew(s, o->id, err) : status;
}

static enum gp_status
follow_all(struct gp_store *s, int64_t list, int64_t thread, const struct gp_veil *veil, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct one **v;
	sqlite3_stmt *st;
	size_t i, n = 0;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, author, date, state, flags FROM node WHERE thread = ?1 "
	    "AND state IN (1, 2) ORDER BY id", GP_ARGS(GP_INT(thread)), err);

	if (status == GP_OK)
		status = gp_sql_rows(tmp, s, st, read_one, &v, &n, err);
	for (i = 0; status == GP_OK && i < n; i++)
		status = follow(s, list, v[i], veil, err);
	talloc_free(tmp);
	return status == GP_OK ? gp_page_words_thread(s, thread, err) : status;
}

static enum gp_status
set_one(struct gp_store *s, int64_t thread, const struct gp_veil *veil, struct gp_err *err)
{
	int64_t list = 0;
	enum gp_status status = gp_sql_int(s, &list, "SELECT list FROM thread WHERE id = ?1", GP_ARGS(GP_INT(thread)),
	    err);

	if (status == GP_E_NOTFOUND)
		return gp_fail(err, status, "there is no such thread");
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET visible = ?2, unnamed = ?3 WHERE id = ?1",
		    GP_ARGS(GP_INT(thread), GP_INT(veil->visible), GP_INT(veil->unnamed)), err);
	gp_look_forget(s);
	if (status == GP_OK)
		status = follow_all(s, list, thread, veil, err);
	if (status == GP_OK)
		status = gp_thread_recount(s, list, thread, err);
	return status == GP_OK ? gp_list_touch(s, list, err) : status;
}

enum gp_status
gp_thread_veil_set(struct gp_store *s, int64_t thread, const struct gp_veil *veil, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_share_side *sides;
	size_t i, n = 0;
	enum gp_status status = set_one(s, thread, veil, err);

	/* On every list that has it. */
	if (status == GP_OK)
		status = gp_share_sides(tmp, s, thread, &sides, &n, err);
	for (i = 0; status == GP_OK && i < n; i++)
		status = set_one(s, sides[i].thread, veil, err);
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_veil_came(struct gp_store *s, int64_t thread, int64_t id, struct gp_err *err)
{
	struct gp_veil veil;
	int64_t list = 0, new_author = 0;
	enum gp_status status = gp_thread_veil(s, thread, &veil, err);

	if (status != GP_OK || !veil.unnamed || veil.visible == GP_VISIBLE_NONE)
		return status;
	gp_look_forget(s);
	status = gp_sql_ints(s, &list, &new_author, "SELECT n.list, NOT EXISTS(SELECT 1 FROM node o WHERE o.thread = ?1 "
	    "AND o.author = n.author AND o.id <> n.id AND o.state IN (1, 2)) FROM node n WHERE n.id = ?2",
	    GP_ARGS(GP_INT(thread), GP_INT(id)), err);
	return status == GP_OK && new_author ? follow_all(s, list, thread, &veil, err) : status;
}

enum gp_status
gp_veil_join(struct gp_store *s, int64_t from, int64_t into, struct gp_err *err)
{
	struct gp_veil a, b;
	enum gp_status status = gp_thread_veil(s, from, &a, err);

	if (status == GP_OK)
		status = gp_thread_veil(s, into, &b, err);
	if (status != GP_OK || (a.visible == b.visible && a.unnamed == b.unnamed))
		return status;
	b.visible = a.visible > b.visible ? a.visible : b.visible;
	b.unnamed |= a.unnamed;
	return gp_thread_veil_set(s, into, &b, err);
}
