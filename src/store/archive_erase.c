/* SPDX-License-Identifier: ISC */
/*
 * Making archived messages nameless. Who wrote a message goes out of what is shown, of
 * the search, and of the bytes themselves, so that neither an export nor a rebuild
 * brings it back; the text stays, since others answered it. Of the header only fields
 * stay that say nothing of the author (RFC 5322 section 3.6, RFC 2045).
 */
#include "config.h"

#include "search.h"

#include <stdlib.h>
#include <strings.h>

struct job {
	const char *const *folded;	/* addresses of the author */
	size_t n;
	int64_t *ids, *threads;		/* messages, and the thread of each */
	size_t count;
};

static const char *const kept_fields[] = {"Date", "Subject", "Message-ID", "In-Reply-To",
	"References", "To", "Cc", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"Content-Disposition", "Content-Language", "Content-Description", "Thread-Index",
	"X-No-Archive", "Archive", "Auto-Submitted", "Precedence", "List-Id"};

/* ---- which messages --------------------------------------------------------------- */

static bool
is_one_of(const struct job *j, const char *address)
{
	const char *at = strrchr(address, '@');
	size_t i, local = at == NULL ? 0 : (size_t)(at - address);
	bool found = false;
	char *folded;

	for (i = 0; i < j->n && !found; i++) {
		/* Folding costs something, and most are of others. */
		if (at == NULL || strlen(j->folded[i]) <= local || j->folded[i][local] != '@' ||
		    strncasecmp(address, j->folded[i], local) != 0)
			continue;
		folded = gp_addr_fold(j, address);
		found = gp_streq(folded, j->folded[i]);
		talloc_free(folded);
	}
	return found;
}

static enum gp_status
find_messages(struct gp_store *s, struct job *j, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, thread, from_addr FROM node "
	    "WHERE state IN (1, 2)", GP_NOARGS, err);
	const char *address;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		address = (const char *)sqlite3_column_text(st, 2);
		if (address == NULL || !is_one_of(j, address))
			continue;
		j->ids = gp_store_grow(j, j->ids, j->count, sizeof(*j->ids));
		j->threads = gp_store_grow(j, j->threads, j->count, sizeof(*j->threads));
		j->ids[j->count] = sqlite3_column_int64(st, 0);
		j->threads[j->count++] = sqlite3_column_int64(st, 1);
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
		if (is_one_of(j, a->v[i].addr))
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

static enum gp_status
rewrite_body(struct gp_store *s, const struct job *j, int64_t id, size_t *size, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_header h;
	struct gp_mail m;
	char *raw, *bytes;
	size_t n, body;
	enum gp_status status = gp_message_mail(tmp, s, id, &m, &raw, &n, err);

	if (status == GP_OK) {
		bytes = nameless_bytes(tmp, j, &m, raw, n, &h, &body, size);
		derive(j, &m, h.body, body);
		status = gp_body_write(s, id, &m, bytes, *size, err);
		/* Deliveries that wait take their body from these bytes. */
		if (status == GP_OK)
			status = gp_sql_run(s, "UPDATE job SET body_off = body_off + ?2 "
			    "WHERE message = ?1 AND left > 0", GP_ARGS(GP_INT(id),
			    GP_INT((int64_t)body - (int64_t)h.body)), err);
	}
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
	enum gp_status status = gp_sql_open(s, &st, "SELECT list, author, date, state FROM node "
	    "WHERE id = ?1", GP_ARGS(GP_INT(id)), err);

	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
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

static enum gp_status
erase_one(struct gp_store *s, const struct job *j, int64_t id, struct gp_err *err)
{
	struct gp_mail nobody = {0};
	size_t size = 0;
	int64_t author;
	enum gp_status status = rewrite_body(s, j, id, &size, err);

	gp_archive_nameless(&nobody);
	author = gp_archive_author(&nobody);
	if (status == GP_OK)
		status = count_anew(s, id, author, err);
	return status != GP_OK ? status : gp_sql_run(s, "UPDATE node SET from_name = '', "
	    "from_addr = '', author = ?2, size = ?3 WHERE id = ?1",
	    GP_ARGS(GP_INT(id), GP_INT(author), GP_INT((int64_t)size)), err);
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Names of authors stand in their threads, too. */
static enum gp_status
recount_threads(struct gp_store *s, struct job *j, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	int64_t list;
	size_t i;

	qsort(j->threads, j->count, sizeof(*j->threads), by_number);
	for (i = 0; status == GP_OK && i < j->count; i++) {
		if (i > 0 && j->threads[i] == j->threads[i - 1])
			continue;
		status = gp_sql_int(s, &list, "SELECT list FROM thread WHERE id = ?1",
		    GP_ARGS(GP_INT(j->threads[i])), err);
		if (status == GP_OK)
			status = gp_thread_recount(s, list, j->threads[i], err);
	}
	return status;
}

static enum gp_status
erase_all(struct gp_store *s, struct job *j, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	size_t i;

	for (i = 0; status == GP_OK && i < j->count; i++)
		status = erase_one(s, j, j->ids[i], err);
	if (status == GP_OK && j->count > 0)
		status = gp_search_remove_author(s, j->ids, j->count, err);
	if (status == GP_OK && j->count > 0)
		status = recount_threads(s, j, err);
	/* A count of nothing still says whose it was. */
	return status != GP_OK ? status : gp_sql_run(s,
	    "DELETE FROM list_author WHERE messages = 0", GP_NOARGS, err);
}

enum gp_status
gp_archive_erase_author(struct gp_store *s, const char *const *folded, size_t n, int64_t *messages,
    struct gp_err *err)
{
	struct job *j = gp_new(NULL, struct job);
	enum gp_status status;

	j->folded = folded;
	j->n = n;
	status = find_messages(s, j, err);
	if (status == GP_OK)
		status = erase_all(s, j, err);
	*messages = (int64_t)j->count;
	talloc_free(j);
	return status;
}
