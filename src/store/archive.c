/* SPDX-License-Identifier: ISC */
/*
 * Taking messages into the archive: duplicates, the place in a thread, bytes and
 * derived data, search entry, counters; all in the caller's transaction. The cost
 * of a message does not grow with the archive: every step is a look-up by key.
 */
#include "config.h"

#include "search.h"
#include "veil.h"

#include <stdio.h>

enum {
	DAY = 86400,
	COPIES_MAX = 50		/* of one Message-ID that are compared */
};

/* A message on its way in. */
struct adding {
	const struct gp_list *list;
	const struct gp_mail *m;
	const struct gp_mail *body;	/* the same, with text and parts; with raw */
	struct gp_str packed;	/* n 0: not yet */
	const char *raw;	/* NULL: only packed, so far */
	size_t n;
	int64_t received;
	const char *mid;	/* as archived */
	char *key;
	struct gp_place own;	/* the ghost that it fills, or id 0 */
	struct gp_place parent;
	int kind;
	int state;
	int64_t id, thread, date, author;
	char *title;		/* NULL: as the subject */
};

/* Who is the same person to the counters. */
int64_t
gp_archive_author(const struct gp_mail *m)
{
	char *who = gp_strdup(NULL, m->from_addr[0] != '\0' ? m->from_addr : m->from_name);
	int64_t hash;

	gp_str_lower(who);
	hash = gp_store_hash(0, who, strlen(who));
	talloc_free(who);
	return hash;
}

/* A name, or what stands before the @: never a whole address. */
char *
gp_archive_author_name(const void *ctx, const char *name, const char *addr)
{
	size_t n = strcspn(addr, "@");

	if (name[0] != '\0')
		return gp_strdup(ctx, name);
	return n > 0 ? gp_strndup(ctx, addr, n) : gp_strdup(ctx, "?");
}

/* A message without a usable id is known by its bytes. */
static char *
made_msgid(const void *ctx, const struct gp_list *list, const char *raw, size_t n)
{
	unsigned char hash[GP_SHA256_LEN];
	char *text, *id;

	gp_sha256(raw, n, hash);
	text = gp_base32(NULL, hash, GP_TOKEN_BYTES);
	id = gp_asprintf(ctx, "%s.guildpost@%s", text, list->domain);
	talloc_free(text);
	return id;
}

/* The Date field counts unless it lies in the future or before the parent's. */
int64_t
gp_archive_date(const struct gp_mail *m, int64_t received, const struct gp_place *parent)
{
	if ((m->flags & GP_MAIL_DATE_OK) == 0 || m->date <= 0 || m->date > received + DAY)
		return received;
	if (parent->id > 0 && m->date < parent->date)
		return received > parent->date ? received : parent->date;
	return m->date;
}

/* Bytes and text, for those few messages that have to be compared or named by them. */
static enum gp_status
unpack(const void *ctx, struct gp_store *s, struct adding *a, struct gp_err *err)
{
	struct gp_mail *whole;
	struct gp_str wire, raw;
	enum gp_status status;

	if (a->raw != NULL)
		return GP_OK;
	status = gp_body_unpack(ctx, s, a->packed, &wire, &raw, err);
	if (status != GP_OK)
		return status;
	whole = gp_new(ctx, struct gp_mail);
	status = gp_mail_unpack(ctx, wire, raw.p, raw.n, whole, err);
	a->raw = raw.p;
	a->body = whole;
	return status;
}

/* ---- the same Message-ID again ---------------------------------------------------- */

static enum gp_status
is_same(const void *ctx, struct gp_store *s, struct adding *a, int64_t id, bool *same,
    struct gp_err *err)
{
	enum gp_status status = unpack(ctx, s, a, err);

	*same = false;
	return status != GP_OK ? status :
	    gp_message_same(ctx, s, id, a->body, a->raw, a->n, same, err);
}

/*
 * The message's node stands already. A ghost: it will be filled. The same content: a
 * duplicate, and so is what was removed. Else it is kept beside the first as "id#2".
 */
static enum gp_status
look_for_copy(const void *ctx, struct gp_store *s, struct adding *a, struct gp_archived *out,
    struct gp_err *err)
{
	struct gp_place first = {0}, p;
	enum gp_status status = GP_OK;
	const char *mid = a->mid;
	bool same = false;
	int k;

	for (k = 2; ; k++) {
		status = gp_node_find(ctx, s, a->list->id, mid, &p, &a->key, err);
		if (status != GP_OK || p.id == 0 || p.state == GP_NODE_GHOST)
			break;
		if (p.state != GP_NODE_REMOVED)
			status = is_same(ctx, s, a, p.id, &same, err);
		if (status != GP_OK)
			return status;
		if (same || p.state == GP_NODE_REMOVED) {
			out->duplicate = true;
			out->id = p.id;
			out->thread = p.thread;
			return GP_OK;
		}
		if (first.id == 0)
			first = p;
		mid = k <= COPIES_MAX ? gp_asprintf(ctx, "%s#%d", a->mid, k) :
		    made_msgid(ctx, a->list, a->raw, a->n);
	}
	a->mid = mid;
	a->own = p;
	/* Beside the first: under the same parent, or under it when it is the root. */
	if (status == GP_OK && first.id != 0 && p.id == 0) {
		a->kind = first.parent != 0 ? first.kind : GP_PARENT_OTHERS;
		status = gp_node_read(s, first.parent != 0 ? first.parent : first.id, &a->parent,
		    err);
	}
	return status;
}

/* ---- writing ---------------------------------------------------------------------- */

static int
count_files(const struct gp_mail *m)
{
	size_t i;
	int n = 0;

	for (i = 0; i < m->parts_n; i++)
		n += (m->parts[i].flags & GP_PART_ATTACHMENT) != 0;
	return n;
}

static enum gp_status
insert_node(struct gp_store *s, struct adding *a, struct gp_err *err)
{
	const struct gp_mail *m = a->m;
	bool hides = false;
	enum gp_status status = gp_veil_hides(s, a->thread, &hides, err);

	a->state = hides ? GP_NODE_HIDDEN : a->state;
	if (status != GP_OK)
		return status;
	status = gp_sql_run(s, "INSERT INTO node(list, key, mid, state, parent, "
	    "kind, thread, date, received, zone, from_name, from_addr, author, subject, title, "
	    "snippet, size, flags, files, entry, entry_hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, "
	    "?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
	    "CASE WHEN ?4 = 1 THEN 0 END, ?20)",
	    GP_ARGS(GP_INT(a->list->id), GP_TEXT(a->key), GP_TEXT(a->mid), GP_INT(a->state),
	    GP_INT(a->parent.id), GP_INT(a->kind), GP_INT(a->thread), GP_INT(a->date),
	    GP_INT(a->received), GP_INT(m->zone), GP_TEXT(m->from_name), GP_TEXT(m->from_addr),
	    GP_INT(a->author), GP_TEXT(m->subject), GP_TEXT(a->title),
	    GP_TEXT(m->snippet == NULL ? "" : m->snippet), GP_INT((int64_t)a->n),
	    GP_INT(m->flags), GP_INT(count_files(m)), GP_INT(gp_search_hash(m))), err);

	a->id = sqlite3_last_insert_rowid(s->db);
	return status;
}

/* A new node goes straight into its parent's thread, or begins one. */
static enum gp_status
add_new(struct gp_store *s, struct adding *a, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	int64_t origin = 0;

	if (a->parent.id == 0)
		status = gp_place_find(s, a->list, a->m, a->mid, &a->own, a->date, &a->parent,
		    &a->kind, &origin, err);
	if (status == GP_OK && a->parent.id == 0)
		status = gp_thread_new(s, a->list->id, &a->thread, err);
	else
		a->thread = a->parent.thread;
	if (status != GP_OK)
		return status;
	a->date = gp_archive_date(a->m, a->received, &a->parent);
	status = insert_node(s, a, err);
	return status == GP_OK ? gp_place_set_origin(s, a->id, origin, err) : status;
}

/*
 * The message takes the place of its ghost under a new id, since ids grow with every
 * message, and what hangs on it. Then its own header says where it belongs; others'
 * References only where it says nothing.
 */
static enum gp_status
fill_ghost(struct gp_store *s, struct adding *a, struct gp_err *err)
{
	struct gp_place ghost = a->own, parent;
	enum gp_status status = gp_sql_run(s, "DELETE FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(ghost.id)), err);
	int64_t origin = 0;
	bool done;
	int kind = GP_PARENT_NONE;

	a->parent.id = ghost.parent;
	a->kind = ghost.kind;
	a->thread = ghost.thread;
	if (status == GP_OK)
		status = insert_node(s, a, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE node SET parent = ?3 WHERE thread = ?1 AND "
		    "parent = ?2", GP_ARGS(GP_INT(a->thread), GP_INT(ghost.id), GP_INT(a->id)), err);
	if (status == GP_OK)
		status = gp_node_read(s, a->id, &a->own, err);
	if (status == GP_OK && ghost.kind != GP_PARENT_PERSON)
		status = gp_place_find(s, a->list, a->m, a->mid, &a->own, a->date, &parent, &kind,
		    &origin, err);
	else
		parent = (struct gp_place){0};
	if (status == GP_OK && (origin != 0 || (parent.id != 0 && (ghost.parent == 0 ||
	    kind == GP_PARENT_OWN || kind == GP_PARENT_PERSON))))
		status = gp_node_move(s, a->list->id, a->id, parent.id, kind, &done, err);
	if (status == GP_OK)
		status = gp_place_set_origin(s, a->id, origin, err);
	if (status == GP_OK)
		status = gp_node_read(s, a->id, &a->own, err);
	a->thread = a->own.thread;
	if (status == GP_OK)
		status = gp_thread_recount(s, a->list->id, a->thread, err);
	return status;
}

/* ---- counters --------------------------------------------------------------------- */

/* What a thread's row says before a message is counted in. */
struct summary {
	int64_t messages, first, last, people;
	bool rooted;		/* its head is its root */
};

static enum gp_status
read_summary(struct gp_store *s, int64_t thread, struct summary *sum, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT t.messages, t.first, t.people, "
	    "n.parent = 0, t.last FROM thread t LEFT JOIN node n ON n.id = t.head WHERE t.id = ?1",
	    GP_ARGS(GP_INT(thread)), err);

	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_DB, "a thread is missing");
	if (status != GP_OK)
		return status;
	sum->messages = sqlite3_column_int64(st, 0);
	sum->first = sqlite3_column_int64(st, 1);
	sum->people = sqlite3_column_int64(st, 2);
	sum->rooted = sqlite3_column_int(st, 3) != 0;
	sum->last = sqlite3_column_int64(st, 4);
	gp_sql_done(st);
	return GP_OK;
}

/* A new author who is also the latest: no need to look at the others. */
static enum gp_status
add_name(struct gp_store *s, const struct adding *a, int64_t people, struct gp_err *err)
{
	char *name = gp_archive_author_name(NULL, a->m->from_name, a->m->from_addr);
	enum gp_status status = gp_sql_run(s, "UPDATE thread SET names = CASE WHEN ?2 > 0 THEN "
	    "names || char(10) || ?3 ELSE ?3 END WHERE id = ?1",
	    GP_ARGS(GP_INT(a->thread), GP_INT(people), GP_TEXT(name)), err);

	talloc_free(name);
	return status;
}

/* What a list says in a thread is of nobody, and answers nothing. The same in SQL: thread.c. */
static bool
is_of_list(const struct adding *a)
{
	const char *at = strchr(a->m->from_addr, '@');
	size_t n = at != NULL ? (size_t)(at - a->m->from_addr) : 0;

	return (a->m->flags & GP_MAIL_AUTO) != 0 && a->parent.id != 0 && n > strlen("owner") &&
	    strncmp(at - strlen("owner"), "owner", strlen("owner")) == 0;
}

/* The thread's row, for a message that was just put into it. */
static enum gp_status
count_in_thread(struct gp_store *s, const struct adding *a, bool *first_shown, struct gp_err *err)
{
	struct summary sum = {0};
	int64_t new_author = 0;
	bool counts = !is_of_list(a);
	enum gp_status status = read_summary(s, a->thread, &sum, err);

	if (status == GP_OK && counts)
		status = gp_sql_run(s, "INSERT OR IGNORE INTO thread_author(thread, author, node) "
		    "VALUES(?1, ?2, ?3)", GP_ARGS(GP_INT(a->thread), GP_INT(a->author),
		    GP_INT(a->id)), err);
	if (status == GP_OK && counts)
		new_author = sqlite3_changes(s->db);
	*first_shown = sum.messages == 0;
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET messages = messages + 1, first = ?2, "
		    "last = max(last, ?3), last_id = ?4, people = people + ?5, "
		    "version = version + 1 WHERE id = ?1", GP_ARGS(GP_INT(a->thread),
		    GP_INT(*first_shown || a->date < sum.first ? a->date : sum.first),
		    GP_INT(a->date), GP_INT(a->id), GP_INT(new_author)), err);
	/* It is the root, or the oldest of those that hang on a ghost. */
	if (status == GP_OK && (*first_shown || a->parent.id == 0 ||
	    (!sum.rooted && a->date < sum.first)))
		status = gp_thread_head(s, a->thread, a->id, err);
	if (status == GP_OK && new_author && sum.people < 5)
		status = a->date >= sum.last ? add_name(s, a, sum.people, err) :
		    gp_thread_names(s, a->thread, err);
	return status;
}

enum gp_status
gp_archive_count(struct gp_store *s, int64_t list, int64_t author, int64_t date, int n,
    int64_t threads, struct gp_err *err)
{
	struct gp_civil c;
	int64_t people;
	enum gp_status status;

	gp_time_civil(date, NULL, &c);
	status = gp_sql_run(s, "INSERT INTO list_month(list, month, messages) VALUES(?1, ?2, ?3) "
	    "ON CONFLICT DO UPDATE SET messages = messages + ?3",
	    GP_ARGS(GP_INT(list), GP_INT(c.year * 12 + c.month - 1), GP_INT(n)), err);
	if (status == GP_OK)
		status = gp_sql_run(s, "INSERT INTO list_author(list, author, messages) "
		    "VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET messages = messages + ?3",
		    GP_ARGS(GP_INT(list), GP_INT(author), GP_INT(n)), err);
	if (status == GP_OK)
		status = gp_sql_int(s, &people, "SELECT messages FROM list_author WHERE list = ?1 "
		    "AND author = ?2", GP_ARGS(GP_INT(list), GP_INT(author)), err);
	if (status != GP_OK)
		return status;
	/* The first message of somebody, or the last that went. */
	people = n > 0 ? people == n : people == 0 ? -1 : 0;
	return gp_sql_run(s, "UPDATE list SET version = version + 1, messages = messages + ?2, "
	    "threads = threads + ?3, people = people + ?4 WHERE id = ?1",
	    GP_ARGS(GP_INT(list), GP_INT(n), GP_INT(threads), GP_INT(people)), err);
}

static enum gp_status
count_in(struct gp_store *s, const struct adding *a, bool filled, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	bool first_shown = false;

	if (a->state == GP_NODE_HIDDEN)
		return gp_list_touch(s, a->list->id, err);
	if (!filled)	/* else it was counted with its thread */
		status = count_in_thread(s, a, &first_shown, err);
	if (status == GP_OK)
		status = gp_archive_count(s, a->list->id, a->author, a->date, 1, first_shown, err);
	return status;
}

/* ---- all of it -------------------------------------------------------------------- */

static enum gp_status
add(const void *ctx, struct gp_store *s, struct adding *a, struct gp_archived *out,
    struct gp_err *err)
{
	enum gp_status status = look_for_copy(ctx, s, a, out, err);
	bool fill = a->own.id != 0;

	if (status != GP_OK || out->duplicate)
		return status;
	a->date = gp_archive_date(a->m, a->received, &a->parent);
	a->author = gp_archive_author(a->m);
	a->title = gp_subject_title(ctx, a->m->subject, a->list->set.tag);
	if (gp_streq(a->title, a->m->subject))
		a->title = NULL;
	status = fill ? fill_ghost(s, a, err) : add_new(s, a, err);
	if (status == GP_OK)
		status = a->packed.n > 0 ? gp_body_write_packed(s, a->id, a->packed, err) :
		    gp_body_write(s, a->id, a->m, a->raw, a->n, err);
	if (status == GP_OK)
		status = gp_place_note(s, a->list->id, a->m, a->id, err);
	if (status == GP_OK && a->state == GP_NODE_PRESENT)
		status = gp_search_add(s, a->id, a->m, err);
	if (status == GP_OK)
		status = count_in(s, a, fill, err);
	if (status == GP_OK)
		status = gp_veil_came(s, a->thread, a->id, err);
	out->id = a->id;
	out->thread = a->thread;
	out->hidden = a->state == GP_NODE_HIDDEN;
	return status;
}

static enum gp_status
archive(const void *ctx, struct gp_store *s, struct adding *a, struct gp_archived *out,
    struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	enum gp_status status = GP_OK;

	memset(out, 0, sizeof(*out));
	if (!s->writing)
		gp_bug("gp_archive_add outside of a transaction");
	a->state = (a->m->flags & GP_MAIL_NO_ARCHIVE) != 0 ? GP_NODE_HIDDEN : GP_NODE_PRESENT;
	if (a->m->msgid == NULL)
		status = unpack(tmp, s, a, err);
	if (status == GP_OK) {
		a->mid = a->m->msgid != NULL ? a->m->msgid : made_msgid(tmp, a->list, a->raw, a->n);
		out->msgid = gp_strdup(ctx, a->mid);
		status = add(tmp, s, a, out, err);
	}
	if (status == GP_OK)
		snprintf(out->key, sizeof(out->key), "%s", a->key);
	else
		gp_err_prefix(err, "%s: can't archive a message", a->list->address);
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_archive_add(const void *ctx, struct gp_store *s, const struct gp_list *list,
    const struct gp_mail *m, const char *raw, size_t n, int64_t received, struct gp_archived *out,
    struct gp_err *err)
{
	struct adding a = {.list = list, .m = m, .body = m, .raw = raw, .n = n, .received = received};

	return archive(ctx, s, &a, out, err);
}

enum gp_status
gp_archive_add_packed(const void *ctx, struct gp_store *s, const struct gp_list *list,
    const struct gp_mail *m, struct gp_str packed, size_t raw_n, int64_t received,
    struct gp_archived *out, struct gp_err *err)
{
	struct adding a = {.list = list, .m = m, .packed = packed, .n = raw_n, .received = received};

	return archive(ctx, s, &a, out, err);
}
