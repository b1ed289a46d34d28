/* SPDX-License-Identifier: ISC */
/*
 * Nodes: one for each Message-ID that was seen or mentioned on a list, linked to
 * trees. A thread is always one tree, so that moving a node (a parent that came
 * late, a moderator's correction) joins or splits threads as needed.
 */
#include "config.h"

#include "veil.h"

#include <stdlib.h>

enum {
	KEY_LEN = 12,
	CLIMB_MAX = 1000	/* steps to a root before a link is refused */
};

#define PLACE "id, thread, parent, date, state, kind"

static void
read_place(sqlite3_stmt *st, struct gp_place *p)
{
	p->id = sqlite3_column_int64(st, 0);
	p->thread = sqlite3_column_int64(st, 1);
	p->parent = sqlite3_column_int64(st, 2);
	p->date = sqlite3_column_int64(st, 3);
	p->state = sqlite3_column_int(st, 4);
	p->kind = sqlite3_column_int(st, 5);
}

/*
 * Ids are found by their key, a hash, and then compared. A removed message's id is
 * not kept: there the key alone counts, so that no import brings it back.
 */
enum gp_status
gp_node_find(const void *ctx, struct gp_store *s, int64_t list, const char *mid,
    struct gp_place *out, char **key, struct gp_err *err)
{
	char *full = gp_msgid_key(ctx, mid, 52), from[KEY_LEN + 1], to[KEY_LEN + 2];
	size_t len = KEY_LEN, taken;
	sqlite3_stmt *st;
	enum gp_status status;
	const char *other, *other_key;

	memcpy(from, full, KEY_LEN);
	from[KEY_LEN] = '\0';
	memcpy(to, full, KEY_LEN);
	memcpy(to + KEY_LEN, "~", 2);
	memset(out, 0, sizeof(*out));
	status = gp_sql_open(s, &st, "SELECT " PLACE ", mid, key FROM node "
	    "WHERE key >= ?1 AND key < ?2 AND list = ?3",
	    GP_ARGS(GP_TEXT(from), GP_TEXT(to), GP_INT(list)), err);
	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		other = (const char *)sqlite3_column_text(st, 6);
		other_key = (const char *)sqlite3_column_text(st, 7);
		taken = strlen(other_key);
		if (strcmp(other, mid) == 0 || (other[0] == '\0' &&
		    strncmp(other_key, full, taken) == 0)) {
			read_place(st, out);
			if (key != NULL)
				*key = gp_strdup(ctx, other_key);
			gp_sql_done(st);
			return GP_OK;
		}
		/* A collision: the later one takes a longer key. */
		if (taken >= len)
			len = taken + 1;
	}
	if (status == GP_E_NOTFOUND && key != NULL)
		*key = gp_strndup(ctx, full, len);
	return gp_sql_end(status);
}

enum gp_status
gp_node_read(struct gp_store *s, int64_t id, struct gp_place *out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_first(s, &st, "SELECT " PLACE " FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	if (status != GP_OK)
		return status;
	read_place(st, out);
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_node_ghost(struct gp_store *s, int64_t list, const char *mid, const char *key,
    const struct gp_place *parent, int64_t date, struct gp_place *out, struct gp_err *err)
{
	enum gp_status status = gp_sql_int(s, &out->id,
	    "SELECT min(0, coalesce(min(id), 0)) - 1 FROM node", GP_NOARGS, err);

	out->parent = parent == NULL ? 0 : parent->id;
	out->kind = parent == NULL ? GP_PARENT_NONE : GP_PARENT_OTHERS;
	out->state = GP_NODE_GHOST;
	out->date = date;
	if (status == GP_OK && parent == NULL)
		status = gp_thread_new(s, list, &out->thread, err);
	else if (parent != NULL)
		out->thread = parent->thread;
	if (status != GP_OK)
		return status;
	return gp_sql_run(s, "INSERT INTO node(id, list, key, mid, state, parent, kind, thread, "
	    "date) VALUES(?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8)",
	    GP_ARGS(GP_INT(out->id), GP_INT(list), GP_TEXT(key), GP_TEXT(mid),
	    GP_INT(out->parent), GP_INT(out->kind), GP_INT(out->thread), GP_INT(date)), err);
}

enum gp_status
gp_node_is_above(struct gp_store *s, int64_t id, int64_t from, bool *yes, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	int steps;

	*yes = true;
	for (steps = 0; steps < CLIMB_MAX && from != id; steps++) {
		status = gp_sql_int(s, &from, "SELECT parent FROM node WHERE id = ?1",
		    GP_ARGS(GP_INT(from)), err);
		if (status != GP_OK)
			break;
		if (from == 0) {
			*yes = false;
			break;
		}
	}
	return gp_sql_end(status);
}

/* ---- moving ----------------------------------------------------------------------- */

struct link {
	int64_t id, parent;
};

static int
by_parent(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	return (x->parent > y->parent) - (x->parent < y->parent);
}

static enum gp_status
links_of_thread(const void *ctx, struct gp_store *s, int64_t thread, struct link **out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, parent FROM node WHERE thread = ?1",
	    GP_ARGS(GP_INT(thread)), err);

	*out = NULL;
	*n = 0;
	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		*out = gp_store_grow(ctx, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct link){sqlite3_column_int64(st, 0),
		    sqlite3_column_int64(st, 1)};
	}
	return gp_sql_end(status);
}

/* The first link with that parent in a sorted array. */
static size_t
first_child(const struct link *v, size_t n, int64_t parent)
{
	size_t low = 0, high = n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (v[mid].parent < parent)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Node `id` and all below it go to thread `to`. */
static enum gp_status
relabel_subtree(struct gp_store *s, int64_t id, int64_t from, int64_t to, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct link *links;
	size_t n, done, i, count = 1;
	int64_t *queue;
	enum gp_status status = links_of_thread(tmp, s, from, &links, &n, err);

	if (status != GP_OK)
		goto out;
	qsort(links, n, sizeof(*links), by_parent);
	queue = gp_array(tmp, int64_t, n + 1);
	queue[0] = id;
	for (done = 0; done < count && status == GP_OK; done++) {
		for (i = first_child(links, n, queue[done]); i < n && links[i].parent ==
		    queue[done] && count <= n; i++)
			queue[count++] = links[i].id;
		status = gp_sql_run(s, "UPDATE node SET thread = ?2 WHERE id = ?1",
		    GP_ARGS(GP_INT(queue[done]), GP_INT(to)), err);
	}
out:
	talloc_free(tmp);
	return status;
}

/* Take a node that has a parent out of its thread into one of its own. */
static enum gp_status
detach(struct gp_store *s, int64_t list, struct gp_place *p, struct gp_err *err)
{
	int64_t thread, old = p->thread;
	enum gp_status status = gp_thread_new(s, list, &thread, err);

	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE node SET parent = 0 WHERE id = ?1",
		    GP_ARGS(GP_INT(p->id)), err);
	if (status == GP_OK)
		status = relabel_subtree(s, p->id, old, thread, err);
	if (status == GP_OK)
		status = gp_veil_join(s, old, thread, err);
	if (status == GP_OK)
		status = gp_thread_recount(s, list, old, err);
	if (status == GP_OK)
		status = gp_thread_recount(s, list, thread, err);
	p->parent = 0;
	p->thread = thread;
	return status;
}

/* One thread out of two: the one with fewer nodes gets the other's number. */
static enum gp_status
join(struct gp_store *s, int64_t list, int64_t a, int64_t b, struct gp_err *err)
{
	int64_t na = 0, nb = 0, keep, drop;
	enum gp_status status = gp_sql_int(s, &na, "SELECT count(*) FROM node WHERE thread = ?1",
	    GP_ARGS(GP_INT(a)), err);

	if (status == GP_OK)
		status = gp_sql_int(s, &nb, "SELECT count(*) FROM node WHERE thread = ?1",
		    GP_ARGS(GP_INT(b)), err);
	keep = na >= nb ? a : b;
	drop = na >= nb ? b : a;
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE node SET thread = ?2 WHERE thread = ?1",
		    GP_ARGS(GP_INT(drop), GP_INT(keep)), err);
	if (status == GP_OK)
		status = gp_veil_join(s, drop, keep, err);
	/* A mark ("solved") that one of them had is kept. Closed is what was closed, too. */
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET (mark, mark_message) = (SELECT mark, "
		    "mark_message FROM thread WHERE id = ?1) WHERE id = ?2 AND mark = ''",
		    GP_ARGS(GP_INT(drop), GP_INT(keep)), err);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET closed = (SELECT closed FROM thread "
		    "WHERE id = ?1) WHERE id = ?2 AND closed = ''",
		    GP_ARGS(GP_INT(drop), GP_INT(keep)), err);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET (slow, cool) = (SELECT max(thread.slow, t.slow), "
		    "max(thread.cool, t.cool) "
		    "FROM thread t WHERE t.id = ?1) WHERE id = ?2", GP_ARGS(GP_INT(drop), GP_INT(keep)), err);
	if (status == GP_OK)
		status = gp_thread_recount(s, list, drop, err);
	return status == GP_OK ? gp_thread_recount(s, list, keep, err) : status;
}

enum gp_status
gp_node_move(struct gp_store *s, int64_t list, int64_t id, int64_t parent, int kind, bool *done,
    struct gp_err *err)
{
	struct gp_place child, above = {0};
	enum gp_status status = gp_node_read(s, id, &child, err);
	bool loop = false;

	*done = false;
	if (status == GP_OK && parent != 0)
		status = gp_node_read(s, parent, &above, err);
	if (status == GP_OK && parent != 0)
		status = gp_node_is_above(s, id, parent, &loop, err);
	if (status != GP_OK || loop)
		return status;
	*done = true;
	if (child.parent != parent && child.parent != 0) {
		status = detach(s, list, &child, err);
		/* The parent may have been in the rest of the same thread: read it anew. */
		if (status == GP_OK && parent != 0)
			status = gp_node_read(s, parent, &above, err);
	}
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE node SET parent = ?2, kind = ?3 WHERE id = ?1",
		    GP_ARGS(GP_INT(id), GP_INT(parent), GP_INT(kind)), err);
	if (status == GP_OK && parent != 0 && child.thread != above.thread)
		status = join(s, list, child.thread, above.thread, err);
	return status;
}
