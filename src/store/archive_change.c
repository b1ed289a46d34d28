/* SPDX-License-Identifier: ISC */
/*
 * Changing what is archived: deriving a message anew after an upgrade, removing one
 * for good, and forgetting a whole list.
 */
#include "config.h"

#include "search.h"

/* What a message counted as. */
struct counted {
	int64_t list, author, date;
	int state;
	char *mid;
	int64_t received;
};

static enum gp_status
read_counted(const void *ctx, struct gp_store *s, int64_t id, struct counted *c,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT list, author, date, state, mid, "
	    "received FROM node WHERE id = ?1 AND state IN (1, 2)", GP_ARGS(GP_INT(id)), err);

	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such message");
	if (status != GP_OK)
		return status;
	c->list = sqlite3_column_int64(st, 0);
	c->author = sqlite3_column_int64(st, 1);
	c->date = sqlite3_column_int64(st, 2);
	c->state = sqlite3_column_int(st, 3);
	c->mid = gp_sql_text(ctx, st, 4);
	c->received = sqlite3_column_int64(st, 5);
	gp_sql_done(st);
	return GP_OK;
}

/* ---- rebuild ---------------------------------------------------------------------- */

static enum gp_status
update_node(struct gp_store *s, const struct gp_list *list, int64_t id, const struct gp_mail *m,
    int64_t date, int64_t author, struct gp_err *err)
{
	char *title = gp_subject_title(NULL, m->subject, list->set.tag);
	bool same = gp_streq(title, m->subject);
	enum gp_status status;
	size_t i;
	int files = 0;

	for (i = 0; i < m->parts_n; i++)
		files += (m->parts[i].flags & GP_PART_ATTACHMENT) != 0;
	status = gp_sql_run(s, "UPDATE node SET date = ?2, zone = ?3, from_name = ?4, "
	    "from_addr = ?5, author = ?6, subject = ?7, title = ?8, snippet = ?9, flags = ?10, "
	    "files = ?11 WHERE id = ?1", GP_ARGS(GP_INT(id), GP_INT(date), GP_INT(m->zone),
	    GP_TEXT(m->from_name), GP_TEXT(m->from_addr), GP_INT(author), GP_TEXT(m->subject),
	    GP_TEXT(same ? NULL : title), GP_TEXT(m->snippet == NULL ? "" : m->snippet),
	    GP_INT(m->flags), GP_INT(files)), err);
	talloc_free(title);
	return status;
}

/* Where would it go if it came today? People's decisions and others' References stay. */
static enum gp_status
place_anew(struct gp_store *s, const struct gp_list *list, int64_t id, const struct gp_mail *m,
    const struct counted *c, int64_t date, struct gp_err *err)
{
	struct gp_place own, parent;
	enum gp_status status = gp_node_read(s, id, &own, err);
	int64_t origin;
	bool done;
	int kind;

	/* "id#2" stands beside the first of its id, wherever that is. */
	if (status != GP_OK || own.kind == GP_PARENT_PERSON ||
	    (m->msgid != NULL && strcmp(m->msgid, c->mid) != 0))
		return status;
	status = gp_place_find(s, list, m, c->mid, &own, date, &parent, &kind, &origin, err);
	if (status == GP_OK)
		status = gp_place_set_origin(s, id, origin, err);
	if (status != GP_OK || parent.id == own.parent ||
	    (own.kind == GP_PARENT_OTHERS && kind != GP_PARENT_OWN && origin == 0))
		return status;
	return gp_node_move(s, list->id, id, parent.id, kind, &done, err);
}

enum gp_status
gp_archive_rederive(struct gp_store *s, int64_t id, const struct gp_mail *m, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_mail nameless;
	struct counted c = {0};
	struct gp_place own, parent = {0};
	enum gp_status status = read_counted(tmp, s, id, &c, err);
	int64_t date = 0, author = 0;
	struct gp_list *list = NULL;
	char *raw;
	size_t n;

	/* Its author was erased: the name in the header is a mark, nobody's. */
	if (strcmp(m->from_addr, GP_ERASED_ADDRESS) == 0) {
		nameless = *m;
		gp_archive_nameless(&nameless);
		m = &nameless;
	}
	if (status == GP_OK)
		status = gp_list_find_id(tmp, s, c.list, &list, err);
	if (status == GP_OK)
		status = gp_body_raw(tmp, s, id, &raw, &n, err);
	if (status == GP_OK)
		status = gp_body_write(s, id, m, raw, n, err);
	if (status == GP_OK)
		status = place_anew(s, list, id, m, &c, c.date, err);
	if (status == GP_OK)
		status = gp_node_read(s, id, &own, err);
	if (status == GP_OK && own.parent > 0)
		status = gp_node_read(s, own.parent, &parent, err);
	if (status == GP_OK) {
		date = gp_archive_date(m, c.received, &parent);
		author = gp_archive_author(m);
		status = update_node(s, list, id, m, date, author, err);
	}
	if (status == GP_OK)
		status = gp_place_note(s, list->id, m, id, err);
	if (status == GP_OK && c.state == GP_NODE_PRESENT) {
		status = gp_search_replace(s, id, m, err);
		if (status == GP_OK)
			status = gp_archive_count(s, c.list, c.author, c.date, -1, 0, err);
		if (status == GP_OK)
			status = gp_archive_count(s, c.list, author, date, 1, 0, err);
	}
	if (status == GP_OK)
		status = gp_thread_recount(s, list->id, own.thread, err);
	talloc_free(tmp);
	return status;
}

/* ---- removal ---------------------------------------------------------------------- */

/* What identifies or quotes anybody goes; the place in the thread and the key stay. */
static enum gp_status
strip(struct gp_store *s, int64_t id, struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(id));
	enum gp_status status = gp_sql_run(s, "DELETE FROM body WHERE id = ?1", args, err);

	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM exchange WHERE (list, node) = "
		    "(SELECT list, id FROM node WHERE id = ?1)", args, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM anon_post WHERE node = ?1", args, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE node SET state = 3, mid = '', zone = NULL, "
		    "from_name = NULL, from_addr = NULL, author = NULL, subject = NULL, "
		    "title = NULL, snippet = NULL, size = NULL, flags = NULL, files = NULL, note = '' "
		    "WHERE id = ?1", args, err);
	return status;
}

static enum gp_status
remove_one(struct gp_store *s, int64_t id, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct counted c;
	struct gp_place own;
	enum gp_status status = read_counted(tmp, s, id, &c, err), after;

	if (status == GP_OK)
		status = gp_node_read(s, id, &own, err);
	/* Overwrite what is deleted, too. */
	if (status == GP_OK)
		status = gp_db_overwrite(s, true, err);
	if (status == GP_OK && c.state == GP_NODE_PRESENT)
		status = gp_search_remove(s, id, err);
	if (status == GP_OK)
		status = gp_queue_forget_message(s, id, err);
	if (status == GP_OK)
		status = strip(s, id, err);
	if (status == GP_OK && c.state == GP_NODE_PRESENT)
		status = gp_archive_count(s, c.list, c.author, c.date, -1, 0, err);
	if (status == GP_OK)
		status = gp_thread_recount(s, c.list, own.thread, err);
	after = gp_db_overwrite(s, false, status == GP_OK ? err : NULL);
	talloc_free(tmp);
	return status == GP_OK ? after : status;
}

/* Of a thread that several lists have, each has a copy. */
enum gp_status
gp_message_remove(struct gp_store *s, int64_t id, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	int64_t *copies;
	size_t i, n;
	enum gp_status status = gp_share_copies(tmp, s, id, &copies, &n, err);

	if (status == GP_OK)
		status = remove_one(s, id, err);
	for (i = 0; status == GP_OK && i < n; i++)
		status = remove_one(s, copies[i], err);
	talloc_free(tmp);
	return status;
}

/* ---- a whole list ----------------------------------------------------------------- */

enum gp_status
gp_archive_forget_list(struct gp_store *s, int64_t list, struct gp_err *err)
{
	static const char *const statements[] = {
		"DELETE FROM body WHERE id IN (SELECT id FROM node WHERE list = ?1 AND state > 0)",
		"DELETE FROM thread_author WHERE thread IN (SELECT id FROM thread WHERE list = ?1)",
		"DELETE FROM thread WHERE list = ?1",
		"DELETE FROM list_author WHERE list = ?1",
		"DELETE FROM list_month WHERE list = ?1",
		"DELETE FROM exchange WHERE list = ?1",
		"DELETE FROM correction WHERE list = ?1",
		"DELETE FROM node WHERE list = ?1",
	};
	const struct gp_arg *args = GP_ARGS(GP_INT(list));
	enum gp_status status = gp_search_flush(s, err);
	int64_t others = 0;
	size_t i;

	for (i = 0; i < GP_COUNT(statements) && status == GP_OK; i++)
		status = gp_sql_run(s, statements[i], args, err);
	/* Entries of the list are passed over from now on; with the last list they go. */
	if (status == GP_OK)
		status = gp_sql_int(s, &others, "SELECT EXISTS(SELECT 1 FROM node WHERE entry "
		    "IS NOT NULL)", GP_NOARGS, err);
	if (status == GP_OK && !others)
		status = gp_sql_run(s, "INSERT INTO search(search) VALUES('delete-all')", GP_NOARGS,
		    err);
	return status;
}
