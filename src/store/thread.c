/* SPDX-License-Identifier: ISC */
/*
 * Threads: the row that sums up a tree of nodes. A message that is added counts
 * itself in (archive.c); here everything is counted anew, after a join, a split
 * or a removal. And what people decide about threads: split and join.
 */
#include "config.h"

#include "private.h"

enum gp_status
gp_thread_new(struct gp_store *s, int64_t list, int64_t *id, struct gp_err *err)
{
	/* As the list wants its threads to be; the names are those of its options "visible" and "unnamed". */
	enum gp_status status = gp_sql_run(s, "INSERT INTO thread(list, head, visible, unnamed) SELECT ?1, 0, "
	    "coalesce((SELECT CASE value WHEN 'members' THEN 1 WHEN 'then' THEN 2 ELSE 0 END FROM list_setting "
	    "WHERE list = ?1 AND name = 'visible'), 0), "
	    "EXISTS(SELECT 1 FROM list_setting WHERE list = ?1 AND name = 'unnamed' AND value = 'all')",
	    GP_ARGS(GP_INT(list)), err);

	*id = sqlite3_last_insert_rowid(s->db);
	gp_look_forget(s);
	return status;
}

/* The root if it is shown, else the oldest message that is. */
static enum gp_status
find_head(struct gp_store *s, int64_t thread, int64_t *head, struct gp_err *err)
{
	enum gp_status status = gp_sql_int(s, head,
	    "SELECT id FROM node WHERE thread = ?1 AND parent = 0 AND state = 1 LIMIT 1",
	    GP_ARGS(GP_INT(thread)), err);

	if (status == GP_E_NOTFOUND)
		status = gp_sql_int(s, head, "SELECT id FROM node WHERE thread = ?1 AND state = 1 "
		    "ORDER BY date, id LIMIT 1", GP_ARGS(GP_INT(thread)), err);
	if (status == GP_E_NOTFOUND)
		*head = 0;
	return gp_sql_end(status);
}

enum gp_status
gp_thread_names(struct gp_store *s, int64_t thread, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT n.from_name, n.from_addr FROM "
	    "thread_author a JOIN node n ON n.id = a.node WHERE a.thread = ?1 "
	    "ORDER BY n.date, n.id LIMIT 5", GP_ARGS(GP_INT(thread)), err);
	struct gp_buf *b = gp_buf_new(NULL, 1 << 20);

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		char *name = gp_sql_text(b, st, 0), *addr = gp_sql_text(b, st, 1);

		gp_buf_printf(b, "%s%s", b->len > 0 ? "\n" : "",
		    gp_archive_author_name(b, name, addr));
	}
	status = gp_sql_end(status);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET names = ?2 WHERE id = ?1",
		    GP_ARGS(GP_INT(thread), GP_TEXT(b->p)), err);
	talloc_free(b);
	return status;
}

enum gp_status
gp_thread_head(struct gp_store *s, int64_t thread, int64_t head, struct gp_err *err)
{
	char *title;
	bool reply;
	enum gp_status status = gp_sql_string(NULL, s, &title, "SELECT coalesce(title, subject) FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(head)), err);

	if (status != GP_OK)
		return gp_sql_end(status);
	status = gp_sql_run(s, "UPDATE thread SET head = ?2, title = ?3, base = ?4 WHERE id = ?1",
	    GP_ARGS(GP_INT(thread), GP_INT(head), GP_TEXT(title),
	    GP_INT(gp_place_base(title, NULL, &reply))), err);
	talloc_free(title);
	return status;
}

static enum gp_status
count_authors(struct gp_store *s, int64_t thread, struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(thread));
	enum gp_status status = gp_sql_run(s, "DELETE FROM thread_author WHERE thread = ?1", args,
	    err);

	if (status == GP_OK)
		status = gp_sql_run(s, "INSERT INTO thread_author(thread, author, node) SELECT ?1, "
		    "n.author, min(n.id) FROM node n WHERE n.thread = ?1 AND "
		    "n.state = 1 AND NOT (n.flags & 1 AND n.parent <> 0 AND n.from_addr LIKE '%_owner@%') GROUP BY n.author",
		    args, err);
	return status;
}

static enum gp_status
count_all(struct gp_store *s, int64_t thread, struct gp_err *err)
{
	int64_t head = 0;
	enum gp_status status = count_authors(s, thread, err);

	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET (messages, first, last, last_id) = "
		    "(SELECT count(*), coalesce(min(date), 0), coalesce(max(date), 0), "
		    "coalesce(max(id), 0) FROM node WHERE thread = ?1 AND state = 1), people = "
		    "(SELECT count(*) FROM thread_author WHERE thread = ?1), "
		    "version = version + 1 WHERE id = ?1", GP_ARGS(GP_INT(thread)), err);
	if (status == GP_OK)
		status = find_head(s, thread, &head, err);
	if (status == GP_OK && head != 0)
		status = gp_thread_head(s, thread, head, err);
	if (status == GP_OK)
		status = gp_thread_names(s, thread, err);
	return status;
}

enum gp_status
gp_thread_recount(struct gp_store *s, int64_t list, int64_t thread, struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(thread));
	int64_t before = 0, after = 0, nodes = 0;
	enum gp_status status = gp_sql_int(s, &before, "SELECT messages FROM thread WHERE id = ?1",
	    args, err);

	if (status == GP_OK)
		status = gp_sql_int(s, &nodes,
		    "SELECT EXISTS(SELECT 1 FROM node WHERE thread = ?1)", args, err);
	if (status == GP_OK && nodes == 0) {
		status = gp_sql_run(s, "DELETE FROM thread WHERE id = ?1", args, err);
		if (status == GP_OK)
			status = count_authors(s, thread, err);
	} else if (status == GP_OK) {
		status = count_all(s, thread, err);
		if (status == GP_OK)
			status = gp_sql_int(s, &after, "SELECT messages FROM thread WHERE id = ?1",
			    args, err);
	}
	if (status == GP_OK && (before > 0) != (after > 0))
		status = gp_sql_run(s, "UPDATE list SET threads = threads + ?2 WHERE id = ?1",
		    GP_ARGS(GP_INT(list), GP_INT((after > 0) - (before > 0))), err);
	return status;
}

/* ---- people's decisions ----------------------------------------------------------- */

/* Keep a decision by Message-IDs, so that a rebuild comes to it again. */
static enum gp_status
keep_correction(struct gp_store *s, int64_t list, int64_t child, int64_t parent,
    struct gp_err *err)
{
	return gp_sql_run(s, "INSERT INTO correction(list, child, parent) SELECT ?1, mid, "
	    "coalesce((SELECT mid FROM node WHERE id = ?3), '') FROM node WHERE id = ?2 "
	    "ON CONFLICT DO UPDATE SET parent = excluded.parent",
	    GP_ARGS(GP_INT(list), GP_INT(child), GP_INT(parent)), err);
}

/* A message of that list, or GP_E_NOTFOUND with a sentence. */
static enum gp_status
message_of(struct gp_store *s, const struct gp_list *list, int64_t id, struct gp_place *out,
    struct gp_err *err)
{
	enum gp_status status;
	int64_t owner = 0;

	status = gp_sql_int(s, &owner, "SELECT list FROM node WHERE id = ?1 AND state > 0",
	    GP_ARGS(GP_INT(id)), err);
	if (status == GP_OK && owner == list->id)
		status = gp_node_read(s, id, out, err);
	else if (status == GP_OK)
		status = GP_E_NOTFOUND;
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such message on %s", list->address);
	return status;
}

enum gp_status
gp_thread_split(struct gp_store *s, const struct gp_list *list, int64_t message,
    struct gp_err *err)
{
	struct gp_place p;
	enum gp_status status = message_of(s, list, message, &p, err);
	bool done;

	if (status != GP_OK)
		return status;
	if (p.parent == 0)
		return gp_fail(err, GP_E_EXISTS, "the message begins its thread already");
	status = keep_correction(s, list->id, message, 0, err);
	if (status == GP_OK)
		status = gp_node_move(s, list->id, message, 0, GP_PARENT_PERSON, &done, err);
	if (status == GP_OK && p.parent > 0)
		status = gp_place_set_origin(s, message, p.parent, err);
	return status == GP_OK ? gp_list_touch(s, list->id, err) : status;
}

enum gp_status
gp_thread_join(struct gp_store *s, const struct gp_list *list, int64_t thread,
    int64_t under_message, struct gp_err *err)
{
	struct gp_place above;
	int64_t root;
	enum gp_status status = message_of(s, list, under_message, &above, err);
	bool done = false;

	if (status != GP_OK)
		return status;
	status = gp_sql_int(s, &root, "SELECT id FROM node WHERE thread = ?1 AND parent = 0 AND "
	    "list = ?2", GP_ARGS(GP_INT(thread), GP_INT(list->id)), err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such thread on %s", list->address);
	if (status == GP_OK && above.thread == thread)
		return gp_fail(err, GP_E_EXISTS, "the message is in that thread already");
	if (status == GP_OK)
		status = keep_correction(s, list->id, root, under_message, err);
	if (status == GP_OK)
		status = gp_node_move(s, list->id, root, under_message, GP_PARENT_PERSON, &done,
		    err);
	if (status == GP_OK && !done)
		return gp_fail(err, GP_E_DENIED, "these threads can't be joined: too deep");
	if (status == GP_OK)
		status = gp_place_set_origin(s, root, 0, err);
	return status == GP_OK ? gp_list_touch(s, list->id, err) : status;
}
