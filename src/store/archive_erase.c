/* SPDX-License-Identifier: ISC */
/*
 * Making archived messages nameless. Who wrote a message goes out of what is shown, of
 * the search, and of the bytes themselves, so that neither an export nor a rebuild
 * brings it back; the text stays, since others answered it. Of the header only fields
 * stay that say nothing of the author (RFC 5322 section 3.6, RFC 2045). Others' messages
 * lose the address, and the name where it tells who wrote, in the same ways.
 */
#include "config.h"

#include "search.h"

#include <stdlib.h>

struct target {
	int64_t id, thread;
	bool own;		/* of the author's */
	bool entry;		/* what the search has of it changes */
	bool anew;		/* as it is derived now; else only its author goes */
	bool retitled;
};
struct job {
	struct gp_forget *forget;
	struct target *v;
	size_t count;
};

static const char *const kept_fields[] = {"Date", "Subject", "Message-ID", "In-Reply-To",
	"References", "To", "Cc", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"Content-Disposition", "Content-Language", "Content-Description", "Thread-Index",
	"X-No-Archive", "Archive", "Auto-Submitted", "Precedence", "List-Id"};

/* ---- which messages --------------------------------------------------------------- */

/* The names that the author went by. */
static enum gp_status
find_names(struct gp_store *s, struct job *j, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT DISTINCT from_addr, from_name FROM node "
	    "WHERE state IN (1, 2) AND from_name <> ''", GP_NOARGS, err);
	const char *address;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		address = (const char *)sqlite3_column_text(st, 0);
		if (address != NULL && gp_forget_is(j->forget, address))
			gp_forget_name(j->forget, (const char *)sqlite3_column_text(st, 1));
	}
	gp_forget_keep(j->forget);
	return gp_sql_end(status);
}

/* May there be anything of the author's in it? What is encoded can't be told without a look. */
static enum gp_status
is_suspect(struct gp_store *s, const struct job *j, struct gp_str data, bool *yes,
    struct gp_err *err)
{
	static const char *const codes[] = {"base64", "quoted-printable"};
	void *tmp = gp_ctx(NULL);
	char *all;
	size_t n, i;
	enum gp_status status = gp_zip_unpack(tmp, s, data.p, data.n, &all, &n, err);

	*yes = false;
	if (status == GP_OK) {
		for (i = 0; i < n; i++)
			if (all[i] >= 'A' && all[i] <= 'Z')
				all[i] = (char)(all[i] + 32);
		*yes = gp_forget_suspects(j->forget, all, n);
		for (i = 0; i < GP_COUNT(codes) && !*yes; i++)
			*yes = gp_memmem(all, n, codes[i], strlen(codes[i])) != NULL;
	}
	talloc_free(tmp);
	return status;
}

static enum gp_status
find_messages(struct gp_store *s, struct job *j, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT n.id, n.thread, n.from_addr, b.data "
	    "FROM node n JOIN body b ON b.id = n.id WHERE n.state IN (1, 2)", GP_NOARGS, err);
	struct target *t;
	const char *address;
	bool own, suspect;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		address = (const char *)sqlite3_column_text(st, 2);
		own = suspect = address != NULL && gp_forget_is(j->forget, address);
		if (!own)
			status = is_suspect(s, j, (struct gp_str){sqlite3_column_blob(st, 3),
			    (size_t)sqlite3_column_bytes(st, 3)}, &suspect, err);
		if (status != GP_OK) {
			gp_sql_done(st);
			return status;
		}
		if (!suspect)
			continue;
		j->v = gp_store_grow(j, j->v, j->count, sizeof(*j->v));
		t = &j->v[j->count++];
		*t = (struct target){.id = sqlite3_column_int64(st, 0),
		    .thread = sqlite3_column_int64(st, 1), .own = own};
	}
	return gp_sql_end(status);
}

/* ---- the bytes -------------------------------------------------------------------- */

static bool
is_kept(const char *name, bool keep_to, bool keep_cc)
{
	size_t i;

	if ((!keep_to && gp_strieq(name, "To")) || (!keep_cc && gp_strieq(name, "Cc")))
		return false;
	for (i = 0; i < GP_COUNT(kept_fields); i++)
		if (gp_strieq(name, kept_fields[i]))
			return true;
	return false;
}

static bool
names_author(const struct job *j, const struct gp_addrs *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (gp_forget_is(j->forget, a->v[i].addr))
			return true;
	return false;
}

/* Where the body begins, when the header is beyond what can be taken apart. */
static void
no_header(const char *raw, size_t n, struct gp_header *h)
{
	const char *empty = gp_memmem(raw, n, "\r\n\r\n", 4);

	*h = (struct gp_header){.raw = raw};
	h->end = empty == NULL ? n : (size_t)(empty - raw) + 2;
	h->body = empty == NULL ? n : h->end + 2;
}

/* The message with another header, and where its body begins now. */
static char *
nameless_bytes(const void *ctx, const struct job *j, const struct gp_mail *m, const char *raw,
    size_t n, struct gp_header *h, size_t *body, size_t *out_n)
{
	bool keep_to = !names_author(j, &m->to), keep_cc = !names_author(j, &m->cc);
	const char **drop;
	struct gp_buf out;
	size_t i, drop_n = 0;

	if (gp_header_scan(ctx, raw, n, h, NULL) != GP_OK)
		no_header(raw, n, h);
	drop = gp_array(ctx, const char *, h->n + 1);
	for (i = 0; i < h->n; i++) {
		const char *name = gp_strndup(ctx, raw + h->fields[i].start, h->fields[i].name_len);

		if (!is_kept(name, keep_to, keep_cc))
			drop[drop_n++] = name;
	}
	gp_buf_init(&out, ctx, 2 * (size_t)GP_MAX_MESSAGE);
	gp_header_splice(&out, h, drop, drop_n,
	    "From: \"" GP_ERASED_NAME "\" <" GP_ERASED_ADDRESS ">\r\n", NULL);
	gp_buf_add(&out, raw + h->end, h->body - h->end);
	*body = out.len;
	gp_buf_add(&out, raw + h->body, n - h->body);
	*out_n = out.len;
	return out.p;
}

void
gp_archive_nameless(struct gp_mail *m)
{
	m->from_name = m->from_addr = m->sender_addr = (char *)(uintptr_t)"";
	m->from.n = m->reply_to.n = 0;
}

/* What was derived, for bytes whose body moved. */
static void
derive(const struct job *j, struct gp_mail *m, size_t old, size_t now)
{
	size_t i;

	if (names_author(j, &m->to))
		m->to.n = 0;
	if (names_author(j, &m->cc))
		m->cc.n = 0;
	gp_archive_nameless(m);
	m->received = 0;
	if ((m->flags & GP_MAIL_TEXT_SLICE) != 0 && m->text_off >= old)
		m->text_off = m->text_off - old + now;
	for (i = 0; i < m->parts_n; i++) {
		if (m->parts[i].head >= old)
			m->parts[i].head = m->parts[i].head - old + now;
		if (m->parts[i].body >= old)
			m->parts[i].body = m->parts[i].body - old + now;
	}
}

/* ---- one message ------------------------------------------------------------------ */

struct change {
	const struct job *j;
	struct target *t;
	struct gp_mail m;
	char *raw;
	size_t n;
	bool moved;		/* another header: from old on, everything stands at now */
	size_t old, now;
	bool rewritten;
	struct gp_rewritten r;
};

/* Deliveries that wait take their body from these bytes. */
static enum gp_status
move_jobs(const void *ctx, struct gp_store *s, const struct change *c, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, body_off FROM job WHERE "
	    "message = ?1 AND left > 0", GP_ARGS(GP_INT(c->t->id)), err);
	int64_t *v = NULL;
	size_t n = 0, i, off;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, n, sizeof(*v));
		v[n++] = sqlite3_column_int64(st, 0);
		v = gp_store_grow(ctx, v, n, sizeof(*v));
		v[n++] = sqlite3_column_int64(st, 1);
	}
	status = gp_sql_end(status);
	for (i = 0; status == GP_OK && i < n; i += 2) {
		off = (size_t)v[i + 1];
		if (c->moved)
			off = off >= c->old ? off - c->old + c->now : c->now;
		if (c->rewritten)
			off = gp_rewritten_at(&c->r, off);
		status = gp_sql_run(s, "UPDATE job SET body_off = ?2 WHERE id = ?1",
		    GP_ARGS(GP_INT(v[i]), GP_INT((int64_t)off)), err);
	}
	return status;
}

/* What others see of it. The title is made of the subject as when it came. */
static enum gp_status
update_node(const void *ctx, struct gp_store *s, struct change *c, const char *subject,
    const char *from, struct gp_err *err)
{
	const struct gp_mail *m = &c->m;
	enum gp_status status = gp_sql_run(s, "UPDATE node SET snippet = ?2, size = ?3, "
	    "from_name = ?4, from_addr = ?5 WHERE id = ?1", GP_ARGS(GP_INT(c->t->id),
	    GP_TEXT(m->snippet), GP_INT((int64_t)c->n), GP_TEXT(m->from_name),
	    GP_TEXT(m->from_addr)), err);
	struct gp_list *list;
	int64_t id = 0;
	char *title;

	c->t->retitled = !gp_streq(subject, m->subject) || !gp_streq(from, m->from_name);
	if (status != GP_OK || gp_streq(subject, m->subject))
		return status;
	status = gp_sql_int(s, &id, "SELECT list FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(c->t->id)), err);
	if (status == GP_OK)
		status = gp_list_find_id(ctx, s, id, &list, err);
	if (status != GP_OK)
		return status;
	title = gp_subject_title(ctx, m->subject, list->set.tag);
	return gp_sql_run(s, "UPDATE node SET subject = ?2, title = ?3 WHERE id = ?1",
	    GP_ARGS(GP_INT(c->t->id), GP_TEXT(m->subject),
	    GP_TEXT(gp_streq(title, m->subject) ? NULL : title)), err);
}

/* Does the search have something else of it than what it should have now? */
static enum gp_status
look_at_entry(struct gp_store *s, struct change *c, struct gp_err *err)
{
	int64_t entry, hash;
	enum gp_status status = gp_search_entry(s, c->t->id, &entry, &hash, err);

	c->t->anew = true;
	c->t->entry = status == GP_OK && entry >= 0 && hash != gp_search_hash(&c->m);
	return status;
}

static enum gp_status
write_message(const void *ctx, struct gp_store *s, struct change *c, const char *subject,
    const char *from, struct gp_err *err)
{
	enum gp_status status = gp_body_write(s, c->t->id, &c->m, c->raw, c->n, err);

	if (status == GP_OK)
		status = move_jobs(ctx, s, c, err);
	if (status == GP_OK && c->rewritten)
		status = update_node(ctx, s, c, subject, from, err);
	if (status == GP_OK && c->rewritten)
		status = look_at_entry(s, c, err);
	return status;
}

/* Header of the author's own, then the words; *t says what is to be done yet. */
static enum gp_status
rewrite_message(struct gp_store *s, const struct job *j, struct target *t, size_t *size,
    bool *changed, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct change c = {.j = j, .t = t};
	enum gp_status status = gp_body_mail(tmp, s, t->id, &c.m, &c.raw, &c.n, err);
	const char *subject = status == GP_OK ? c.m.subject : "";
	const char *from = status == GP_OK ? c.m.from_name : "";
	struct gp_header h;

	if (status == GP_OK && t->own) {
		c.raw = nameless_bytes(tmp, j, &c.m, c.raw, c.n, &h, &c.now, &c.n);
		c.old = h.body;
		c.moved = t->entry = true;
		derive(j, &c.m, c.old, c.now);
	}
	if (status == GP_OK) {
		c.rewritten = gp_forget_mail(tmp, j->forget, t->own, c.raw, c.n, &c.m, &c.r);
		if (c.rewritten) {
			c.raw = c.r.raw;
			c.n = c.r.n;
		}
		if (t->own)
			gp_archive_nameless(&c.m);
	}
	*changed = t->own || c.rewritten;
	*size = c.n;
	if (status == GP_OK && *changed)
		status = write_message(tmp, s, &c, subject, from, err);
	talloc_free(tmp);
	return status;
}

/* ---- all of it -------------------------------------------------------------------- */

static enum gp_status
count_anew(struct gp_store *s, int64_t id, int64_t author, struct gp_err *err)
{
	sqlite3_stmt *st;
	int64_t list, old, date;
	bool shown;
	enum gp_status status = gp_sql_first(s, &st, "SELECT list, author, date, state FROM node "
	    "WHERE id = ?1", GP_ARGS(GP_INT(id)), err);

	if (status != GP_OK)
		return status;
	list = sqlite3_column_int64(st, 0);
	old = sqlite3_column_int64(st, 1);
	date = sqlite3_column_int64(st, 2);
	shown = sqlite3_column_int(st, 3) == GP_NODE_PRESENT;
	gp_sql_done(st);
	if (!shown)
		return GP_OK;
	status = gp_archive_count(s, list, old, date, -1, 0, err);
	return status == GP_OK ? gp_archive_count(s, list, author, date, 1, 0, err) : status;
}

/* An author's own: nobody is counted for it. */
static enum gp_status
disown(struct gp_store *s, int64_t id, size_t size, struct gp_err *err)
{
	struct gp_mail nobody = {0};
	int64_t author;
	enum gp_status status;

	gp_archive_nameless(&nobody);
	author = gp_archive_author(&nobody);
	status = count_anew(s, id, author, err);
	return status != GP_OK ? status : gp_sql_run(s, "UPDATE node SET from_name = '', "
	    "from_addr = '', author = ?2, size = ?3 WHERE id = ?1",
	    GP_ARGS(GP_INT(id), GP_INT(author), GP_INT((int64_t)size)), err);
}

/* Rewrite all; those where nothing was to be found are targets no more. */
static enum gp_status
rewrite_all(struct gp_store *s, struct job *j, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	size_t i, kept = 0, size;
	bool changed;

	for (i = 0; status == GP_OK && i < j->count; i++) {
		struct target t = j->v[i];

		status = rewrite_message(s, j, &t, &size, &changed, err);
		if (status == GP_OK && t.own)
			status = disown(s, t.id, size, err);
		if (changed)
			j->v[kept++] = t;
	}
	j->count = kept;
	return status;
}

static int
by_thread(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	return (x->thread > y->thread) - (x->thread < y->thread);
}

/* Names of authors and subjects stand in their threads, too. */
static enum gp_status
renew_thread(struct gp_store *s, int64_t thread, bool recount, struct gp_err *err)
{
	int64_t list;
	enum gp_status status;

	if (!recount)
		return gp_sql_run(s, "UPDATE thread SET version = version + 1 WHERE id = ?1",
		    GP_ARGS(GP_INT(thread)), err);
	status = gp_sql_int(s, &list, "SELECT list FROM thread WHERE id = ?1",
	    GP_ARGS(GP_INT(thread)), err);
	return status != GP_OK ? status : gp_thread_recount(s, list, thread, err);
}

static enum gp_status
renew_threads(struct gp_store *s, struct job *j, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	bool recount = false;
	size_t i;

	if (j->count > 1)
		qsort(j->v, j->count, sizeof(*j->v), by_thread);
	for (i = 0; status == GP_OK && i < j->count; i++) {
		recount |= j->v[i].own || j->v[i].retitled;
		if (i + 1 < j->count && j->v[i + 1].thread == j->v[i].thread)
			continue;
		status = renew_thread(s, j->v[i].thread, recount, err);
		recount = false;
	}
	return status;
}

static enum gp_status
renew_search(struct gp_store *s, struct job *j, struct gp_err *err)
{
	struct gp_search_change *v = gp_array(j, struct gp_search_change, j->count + 1);
	size_t i, n = 0;

	for (i = 0; i < j->count; i++)
		if (j->v[i].entry)
			v[n++] = (struct gp_search_change){j->v[i].id, j->v[i].anew};
	return n == 0 ? GP_OK : gp_search_change(s, v, n, err);
}

static enum gp_status
erase_all(struct gp_store *s, struct job *j, struct gp_err *err)
{
	static const char *const statements[] = {
		/* A count of nothing still says whose it was. */
		"DELETE FROM list_author WHERE messages = 0",
		"UPDATE list SET version = version + 1",
	};
	enum gp_status status = rewrite_all(s, j, err);
	size_t i;

	if (status == GP_OK)
		status = renew_search(s, j, err);
	if (status == GP_OK)
		status = renew_threads(s, j, err);
	for (i = 0; status == GP_OK && i < GP_COUNT(statements); i++)
		status = gp_sql_run(s, statements[i], GP_NOARGS, err);
	return status;
}

enum gp_status
gp_archive_erase_author(struct gp_store *s, struct gp_forget *forget, int64_t *messages,
    struct gp_err *err)
{
	struct job *j = gp_new(NULL, struct job);
	enum gp_status status;
	size_t i;

	j->forget = forget;
	status = find_names(s, j, err);
	if (status == GP_OK)
		status = find_messages(s, j, err);
	if (status == GP_OK)
		status = erase_all(s, j, err);
	for (i = 0; i < j->count; i++)
		*messages += j->v[i].own;
	talloc_free(j);
	return status;
}
