/* SPDX-License-Identifier: ISC */
/*
 * The answer of a parser process, checked before anything of it is used. The process
 * took strangers' bytes apart and may be in their hands: every count is under its
 * limit, every offset inside the message, every text clean UTF-8 of the kind that it
 * is said to be. The first thing that is not makes the whole answer void.
 */
#include "private.h"

#include <string.h>

#define LINE_MAX_BYTES (4 * GP_MAX_SUBJECT + 16)
#define LIST_IDS_MAX 20

struct reader {
	struct gp_unpack u;
	const void *ctx;
	size_t raw_n;
	const char *wrong;	/* the first thing that is out of order */
};

static void
wrong(struct reader *r, const char *what)
{
	if (r->wrong == NULL)
		r->wrong = what;
}

/* ---- single values ------------------------------------------------------------ */

static size_t
take_size(struct reader *r, size_t max, const char *what)
{
	uint64_t v = gp_unpack_u(&r->u);

	if (v > max) {
		wrong(r, what);
		return 0;
	}
	return (size_t)v;
}

/* No C0 (but what `allowed` names), no DEL, no C1. */
static bool
has_control(const char *p, size_t n, const char *allowed)
{
	size_t i;

	for (i = gp_mail_plain_run(p, n); i < n; i += 1 + gp_mail_plain_run(p + i + 1, n - i - 1)) {
		unsigned char c = (unsigned char)p[i];

		if ((c < 32 && (c == '\0' || strchr(allowed, c) == NULL)) || c == 127)
			return true;
		if (c == 0xc2 && i + 1 < n && (unsigned char)p[i + 1] < 0xa0)
			return true;
	}
	return false;
}

/* One line of text, "" where NULL came unless `optional`. */
static char *
take_line(struct reader *r, bool optional, const char *what)
{
	char *s = gp_unpack_text(&r->u, r->ctx);

	if (s == NULL && optional)
		return NULL;
	if (s == NULL)
		return gp_strdup(r->ctx, "");
	if (strlen(s) > LINE_MAX_BYTES || has_control(s, strlen(s), ""))
		wrong(r, what);
	return s;
}

/* A word: a line without blanks of at most max bytes. */
static char *
take_word(struct reader *r, size_t max, bool optional, const char *what)
{
	char *s = take_line(r, optional, what);

	if (s != NULL && (strlen(s) > max || strchr(s, ' ') != NULL))
		wrong(r, what);
	return s;
}

static char *
take_msgid(struct reader *r, bool optional)
{
	char *s = take_word(r, GP_MAX_MSGID, optional, "a Message-ID");

	if (s != NULL && strchr(s, '@') == NULL)
		wrong(r, "a Message-ID");
	return s;
}

/* An address may hold a blank where it is quoted; "" is none. */
static char *
take_addr(struct reader *r, bool may_be_empty)
{
	char *s = take_line(r, false, "an address");

	if (strlen(s) > GP_MAX_ADDRESS)
		wrong(r, "an address");
	if (strchr(s, '@') == NULL && !(may_be_empty && *s == '\0'))
		wrong(r, "an address");
	if (strchr(s, ' ') != NULL && strchr(s, '"') == NULL)
		wrong(r, "an address");
	return s;
}

/* Text of several lines. */
static char *
take_text(struct reader *r, size_t max, size_t *n, const char *what)
{
	struct gp_str s = { "", 0 };
	bool there = take_size(r, 1, what) == 1;

	*n = 0;
	if (!there)
		return NULL;
	s = gp_unpack_str(&r->u);
	if (r->u.bad)
		return NULL;
	if (s.n > max || !gp_utf8_valid(s.p, s.n) || has_control(s.p, s.n, "\t\n")) {
		wrong(r, what);
		return NULL;
	}
	*n = s.n;
	return gp_memdup(r->ctx, s.n > 0 ? s.p : "", s.n);
}

/* ---- lists ---------------------------------------------------------------------- */

static void
take_addrs(struct reader *r, struct gp_addrs *a)
{
	size_t i;

	a->n = take_size(r, GP_MAX_ADDRESSES, "the number of addresses");
	a->v = gp_array(r->ctx, struct gp_addr, a->n + 1);
	for (i = 0; i < a->n; i++) {
		a->v[i].name = take_line(r, false, "a name");
		a->v[i].addr = take_addr(r, false);
	}
	a->more = take_size(r, 1, "a mark") == 1;
}

static char **
take_msgids(struct reader *r, size_t *n)
{
	char **v;
	size_t i;

	*n = take_size(r, GP_MAX_REFERENCES, "the number of references");
	v = gp_array(r->ctx, char *, *n + 1);
	for (i = 0; i < *n; i++)
		v[i] = take_msgid(r, false);
	v[i] = NULL;
	return v;
}

static char **
take_list_ids(struct reader *r, size_t *n)
{
	char **v;
	size_t i;

	*n = take_size(r, LIST_IDS_MAX, "the number of List-Ids");
	v = gp_array(r->ctx, char *, *n + 1);
	for (i = 0; i < *n; i++)
		v[i] = take_word(r, LINE_MAX_BYTES, false, "a List-Id");
	v[i] = NULL;
	return v;
}

/* ---- parts ------------------------------------------------------------------------ */

static bool
is_type(const char *s)
{
	const char *slash = strchr(s, '/'), *p;

	if (slash == NULL || slash == s || slash[1] == '\0' || strlen(s) > 200)
		return false;
	for (p = s; *p != '\0'; p++)
		if (*p <= 32 || *p == 127 || (*p >= 'A' && *p <= 'Z') ||
		    (p != slash && strchr("()<>@,;:\\\"/[]?=", *p) != NULL))
			return false;
	return true;
}

static bool
is_file_name(const char *s)
{
	return *s != '\0' && strpbrk(s, "/\\") == NULL && strcmp(s, ".") != 0 &&
	    strcmp(s, "..") != 0;
}

/* Parts come in order; a container comes before what it holds, and holds it. */
static bool
is_placed(const struct gp_part *parts, const struct gp_part *p, size_t raw_n)
{
	const struct gp_part *up;

	if (p->head > p->body || p->body > raw_n || p->len > raw_n - p->body)
		return false;
	if (p->size > p->len)
		return false;
	if (p->index == 1)
		return p->parent == 0 && p->depth == 0;
	if (p->parent < 1 || p->parent >= p->index)
		return false;
	up = &parts[p->parent - 1];
	return (up->flags & GP_PART_MULTIPART) != 0 && p->depth == up->depth + 1 &&
	    p->head >= up->body && p->body + p->len <= up->body + up->len &&
	    p->head >= parts[p->index - 2].head;
}

static void
take_part(struct reader *r, struct gp_part *parts, size_t i)
{
	struct gp_part *p = &parts[i];

	p->index = (int)i + 1;
	p->parent = (int)take_size(r, GP_MAX_MIME_PARTS, "a part's container");
	p->depth = (int)take_size(r, GP_MAX_MIME_DEPTH, "a part's depth");
	p->type = take_word(r, 200, false, "a part's type");
	p->charset = take_line(r, true, "a charset");
	p->name = take_line(r, true, "a file name");
	p->cid = take_word(r, GP_MAX_MSGID, true, "a Content-ID");
	p->cte = (enum gp_cte)take_size(r, GP_CTE_UNKNOWN, "an encoding");
	p->flags = (unsigned)take_size(r, 2 * GP_PART_SIGNATURE - 1, "a part's flags");
	p->head = take_size(r, r->raw_n, "a part's place");
	p->body = take_size(r, r->raw_n, "a part's place");
	p->len = take_size(r, r->raw_n, "a part's place");
	p->size = take_size(r, r->raw_n, "a part's size");
	if (r->wrong != NULL || r->u.bad)
		return;
	if (!is_type(p->type))
		wrong(r, "a part's type");
	if (p->name != NULL && !is_file_name(p->name))
		wrong(r, "a file name");
	if (!is_placed(parts, p, r->raw_n))
		wrong(r, "a part's place");
}

static void
take_parts(struct reader *r, struct gp_mail *m)
{
	size_t i, n = take_size(r, GP_MAX_MIME_PARTS, "the number of parts");

	m->parts = gp_array(r->ctx, struct gp_part, n + 1);
	memset(m->parts, 0, (n + 1) * sizeof(*m->parts));
	m->parts_n = n;
	for (i = 0; i < n && r->wrong == NULL && !r->u.bad; i++)
		take_part(r, m->parts, i);
}

/* ---- the whole ----------------------------------------------------------------------- */

static void
take_header(struct reader *r, struct gp_mail *m)
{
	m->flags = (unsigned)take_size(r, 2 * GP_MAIL_MIME_BROKEN - 1, "the flags");
	m->date = gp_unpack_i(&r->u);
	m->zone = (int)gp_unpack_i(&r->u);
	if (m->date < gp_civil_days(1, 1, 1) * 86400 ||
	    m->date > gp_civil_days(10000, 1, 1) * 86400)
		wrong(r, "the date");
	if (m->zone < -14 * 60 || m->zone > 14 * 60)
		wrong(r, "a time zone");
	m->subject = take_line(r, false, "the subject");
	m->from_name = take_line(r, false, "a name");
	m->from_addr = take_addr(r, true);
	m->sender_addr = take_addr(r, true);
	take_addrs(r, &m->from);
	take_addrs(r, &m->to);
	take_addrs(r, &m->cc);
	take_addrs(r, &m->reply_to);
	m->msgid = take_msgid(r, true);
	m->in_reply_to = take_msgids(r, &m->in_reply_to_n);
	m->references = take_msgids(r, &m->references_n);
	m->thread_index = take_word(r, GP_MAX_MSGID, true, "a Thread-Index");
	m->list_ids = take_list_ids(r, &m->list_ids_n);
	m->received = take_size(r, GP_MAX_HEADER_FIELDS, "the number of Received fields");
}

static void
take_body(struct reader *r, struct gp_mail *m, const char *raw)
{
	m->text_off = take_size(r, r->raw_n, "the place of the text");
	m->text_len = take_size(r, r->raw_n, "the place of the text");
	m->text = take_text(r, GP_MAX_TEXT, &m->text_n, "the text");
	m->html = take_text(r, GP_MAX_HTML, &m->html_n, "the HTML");
	m->snippet = take_line(r, false, "the snippet");
	m->own = take_text(r, GP_MAX_TEXT, &m->own_n, "the own words");
	m->quoted = take_text(r, GP_MAX_TEXT, &m->quoted_n, "the quoted words");
	m->files = gp_unpack_text(&r->u, r->ctx);
	if (m->files != NULL && has_control(m->files, strlen(m->files), "\n"))
		wrong(r, "the file names");
	if (r->u.bad || r->wrong != NULL || (m->flags & GP_MAIL_TEXT_SLICE) == 0)
		return;
	if (m->text_len > r->raw_n - m->text_off || m->text_len > GP_MAX_TEXT || (raw != NULL &&
	    !gp_charset_is_identity("utf-8", raw + m->text_off, m->text_len))) {
		wrong(r, "the place of the text");
		return;
	}
	if (raw == NULL)
		return;
	m->text = gp_mail_slice_text(r->ctx, raw, m->text_off, m->text_len, &m->text_n);
}

enum gp_status
gp_mail_unpack(const void *ctx, struct gp_str wire, const char *raw, size_t raw_n,
    struct gp_mail *out, struct gp_err *err)
{
	struct reader r = { .u = { .p = wire.p, .n = wire.n }, .ctx = gp_ctx(ctx),
	    .raw_n = raw_n };
	struct gp_mail m = { .flags = 0 };

	if (gp_unpack_u(&r.u) != GP_MAIL_WIRE_VERSION)
		wrong(&r, "the version");
	if (r.wrong == NULL)
		take_header(&r, &m);
	if (r.wrong == NULL && !r.u.bad)
		take_parts(&r, &m);
	if (r.wrong == NULL && !r.u.bad)
		take_body(&r, &m, raw);
	if (r.wrong == NULL && (r.u.bad || r.u.n > 0))
		wrong(&r, r.u.bad ? "the end, which is missing" : "bytes behind the end");
	if (r.wrong != NULL) {
		talloc_free((void *)r.ctx);
		return gp_fail(err, GP_E_PARSE, "the parser's answer is out of order: %s", r.wrong);
	}
	if (m.text == NULL)
		m.text = gp_strdup(r.ctx, "");
	if (m.own == NULL)
		m.own = gp_strdup(r.ctx, "");
	if (m.quoted == NULL)
		m.quoted = gp_strdup(r.ctx, "");
	if (m.files == NULL)
		m.files = gp_strdup(r.ctx, "");
	*out = m;
	return GP_OK;
}
