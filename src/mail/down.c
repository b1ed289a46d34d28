/* SPDX-License-Identifier: ISC */
/*
 * A message made fit for a relay that lacks 8BITMIME (RFC 6152 section 3), and for everybody's limit
 * of 998 octets a line (RFC 5321 section 4.5.3.1.6): leaves with such bytes get a transfer encoding
 * (RFC 2045 section 6). What is signed, encrypted or a message of its own stays (RFC 1847 section 2.1).
 */
#include "private.h"

#include "guildpost/mail/carry.h"

#include <string.h>

enum { LINE_BASE64 = 76 };
#define CTE "Content-Transfer-Encoding"

struct piece {			/* what becomes of a part */
	bool sealed;
	bool eight;		/* 8-bit bytes are in it afterwards, or in something below */
	const char *encode;	/* the encoding that it gets, or NULL */
	struct gp_header h;	/* of its own bytes, from its first */
	struct gp_part p;
};

struct lowering {
	const void *ctx;
	const char *raw;
	size_t n, at;		/* at: what is copied */
	unsigned what;
	struct gp_walk w;
	struct piece *v;
	struct gp_buf b;
	struct gp_down *out;
};

/* ---- encodings ------------------------------------------------------------------------------- */

/* Base64 as it came: other bytes mean nothing in it (RFC 2045 section 6.8), nor do line ends. */
static void
add_rewrapped(struct gp_buf *b, const char *p, size_t n)
{
	size_t at, used = 0;

	for (at = 0; at < n; at++) {
		if ((signed char)p[at] < 0)
			continue;
		if (p[at] == '\r' || p[at] == '\n') {
			used = 0;
		} else if (used++ == LINE_BASE64) {
			gp_buf_puts(b, "\r\n");
			used = 1;
		}
		gp_buf_putc(b, p[at]);
	}
}

/* More than a sixth of it would be escaped: base64 is shorter. */
static bool
is_wide(const char *p, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += !gp_cte_is_literal((unsigned char)p[i]) && p[i] != '\r' && p[i] != '\n';
	return count > n / 6;
}

/* ---- what becomes of each part ------------------------------------------------------------------ */

static bool
has_trouble(const struct lowering *l, const char *p, size_t n)
{
	return ((l->what & GP_DOWN_8BIT) != 0 && !gp_is_ascii(p, n)) ||
	    ((l->what & GP_DOWN_LINES) != 0 && gp_down_has_long(p, n));
}

static void
note_left(struct lowering *l, const char *p, size_t n)
{
	l->out->left |= !gp_is_ascii(p, n) ? l->what & GP_DOWN_8BIT : 0;
	l->out->left |= gp_down_has_long(p, n) ? l->what & GP_DOWN_LINES : 0;
}

static bool
seals(const struct gp_walk_part *wp, const char *type)
{
	/* A multipart without a usable boundary may not be encoded (RFC 2045 section 6.4). */
	return gp_type_is_sealed(type) || wp->kind == GP_WALK_MESSAGE || gp_starts(type, "message/") ||
	    (wp->kind == GP_WALK_LEAF && gp_starts(type, "multipart/"));
}

static void
judge(struct lowering *l, size_t i)
{
	const struct gp_walk_part *wp = &l->w.parts[i];
	struct piece *q = &l->v[i];
	const char *body = l->raw + wp->body;
	size_t n = wp->end - wp->body;

	q->sealed = (wp->parent >= 0 && l->v[wp->parent].sealed) || seals(wp, q->p.type);
	if (wp->kind == GP_WALK_MULTIPART && !q->sealed)
		return;
	q->eight = !gp_is_ascii(body, n);
	if (!has_trouble(l, body, n))
		return;
	if (q->sealed || (q->p.cte != GP_CTE_IDENTITY && q->p.cte != GP_CTE_QP &&
	    q->p.cte != GP_CTE_BASE64)) {
		note_left(l, body, n);
		return;
	}
	q->eight = false;
	if (q->p.cte == GP_CTE_QP)
		q->encode = "quoted-printable";
	else if (q->p.cte == GP_CTE_BASE64 || !gp_starts(q->p.type, "text/") || is_wide(body, n))
		q->encode = "base64";
	else
		q->encode = "quoted-printable";
}

static enum gp_status
judge_all(struct lowering *l, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	size_t i;

	l->v = gp_array(l->ctx, struct piece, l->w.parts_n);
	for (i = 0; st == GP_OK && i < l->w.parts_n; i++) {
		const struct gp_walk_part *wp = &l->w.parts[i];

		st = gp_header_scan(l->ctx, l->raw + wp->head, wp->body - wp->head, &l->v[i].h, err);
		if (st != GP_OK)
			return st;
		gp_part_read(l->ctx, &l->v[i].h, "text/plain", &l->v[i].p);
		judge(l, i);
	}
	for (i = l->w.parts_n; i-- > 1;)
		if (l->v[i].eight && l->w.parts[i].parent >= 0)
			l->v[l->w.parts[i].parent].eight = true;
	return st;
}

/* ---- writing ---------------------------------------------------------------------------------------- */

/* Between parts stand boundaries, and text for readers without MIME. */
static void
copy_between(struct lowering *l, size_t end)
{
	size_t len, i;

	for (; l->at < end; l->at += len) {
		const char *p = l->raw + l->at;

		len = gp_mail_line(p, end - l->at);
		if (!has_trouble(l, p, len)) {
			gp_buf_add(&l->b, p, len);
		} else if (len > 1 && memcmp(p, "--", 2) == 0) {
			gp_buf_add(&l->b, p, len);
			note_left(l, p, len);
		} else {
			for (i = 0; i < len && i < 990; i++)
				gp_buf_putc(&l->b, (signed char)p[i] < 0 &&
				    (l->what & GP_DOWN_8BIT) != 0 ? '?' : p[i]);
			gp_buf_puts(&l->b, i < len ? "\r\n" : "");
		}
	}
}

static void
copy_field(struct lowering *l, const struct piece *q, const struct gp_field *f, unsigned eight)
{
	const char *p = q->h.raw + f->start;
	unsigned left = 0;

	if ((l->what & eight) != 0 && !gp_is_ascii(p, f->len))
		left = eight;
	if ((l->what & GP_DOWN_LINES) != 0 && gp_down_has_long(p, f->len) &&
	    !gp_mail_ieq(p, "DKIM-", 5) && !gp_mail_ieq(p, "ARC-", 4))
		left |= GP_DOWN_LINES;
	if (left == 0)
		gp_buf_add(&l->b, p, f->len);
	else if (!gp_down_field(&l->b, &q->h, f, &l->out->address))
		l->out->left |= left;
}

/* The field goes when another takes its place, or says of a multipart what isn't so any more. */
static bool
is_stale(const struct lowering *l, const struct piece *q, const struct gp_walk_part *wp,
    const struct gp_field *f)
{
	struct gp_str v;

	if (f->name_len != strlen(CTE) || !gp_mail_ieq(q->h.raw + f->start, CTE, f->name_len))
		return false;
	if (q->encode != NULL)
		return true;
	v = gp_mail_field(&q->h, f);
	return (l->what & GP_DOWN_8BIT) != 0 && !q->sealed && wp->kind == GP_WALK_MULTIPART &&
	    !q->eight && (gp_str_ieq(v, "8bit") || gp_str_ieq(v, "binary"));
}

static void
copy_header(struct lowering *l, size_t i)
{
	const struct gp_walk_part *wp = &l->w.parts[i];
	struct piece *q = &l->v[i];
	unsigned eight = i == 0 ? GP_DOWN_UTF8 : GP_DOWN_8BIT;
	size_t k;

	for (k = 0; k < q->h.n; k++)
		if (!is_stale(l, q, wp, &q->h.fields[k]))
			copy_field(l, q, &q->h.fields[k], eight);
	if (q->encode != NULL && i == 0 && gp_header_find(&q->h, "MIME-Version", 0) == NULL)
		gp_buf_puts(&l->b, "MIME-Version: 1.0\r\n");
	if (q->encode != NULL)
		gp_buf_printf(&l->b, CTE ": %s\r\n", q->encode);
	l->at = wp->head + q->h.end;
	if (i == 0)
		l->out->header_n = l->b.len;
	/* A part that begins with text needs an empty line now; a message has one. */
	if ((q->encode != NULL || i == 0) && wp->body == l->at)
		gp_buf_puts(&l->b, "\r\n");
	gp_buf_add(&l->b, l->raw + l->at, wp->body - l->at);
	l->at = wp->body;
}

static enum gp_status
copy_body(struct lowering *l, size_t i, struct gp_err *err)
{
	const struct gp_walk_part *wp = &l->w.parts[i];
	const struct piece *q = &l->v[i];
	const char *p = l->raw + wp->body;
	size_t n = wp->end - wp->body;
	enum gp_status st = GP_OK;
	char *plain;

	l->at = wp->end;
	if (q->encode == NULL) {
		gp_buf_add(&l->b, p, n);
	} else if (q->p.cte == GP_CTE_BASE64) {
		add_rewrapped(&l->b, p, n);
	} else if (strcmp(q->encode, "base64") == 0) {
		gp_cte_write_base64(&l->b, p, n);
		if (i == 0)
			gp_buf_puts(&l->b, "\r\n");
	} else if (q->p.cte == GP_CTE_QP) {
		st = gp_cte_decode(l->ctx, GP_CTE_QP, p, n, GP_MAX_MESSAGE, &plain, &n, err);
		if (st == GP_OK)
			gp_cte_write_qp(&l->b, plain, n);
	} else {
		gp_cte_write_qp(&l->b, p, n);
	}
	return st;
}

static enum gp_status
write_all(struct lowering *l, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; st == GP_OK && i < l->w.parts_n; i++) {
		const struct gp_walk_part *wp = &l->w.parts[i];
		bool sealed = l->v[i].sealed;

		if (wp->head < l->at)
			continue;	/* in something sealed */
		copy_between(l, wp->head);
		if (sealed && i > 0) {
			note_left(l, l->raw + wp->head, wp->body - wp->head);
			gp_buf_add(&l->b, l->raw + wp->head, wp->end - wp->head);
			l->at = wp->end;
			continue;
		}
		copy_header(l, i);
		if (sealed || wp->kind != GP_WALK_MULTIPART)
			st = copy_body(l, i, err);
	}
	copy_between(l, l->n);
	return st;
}

unsigned
gp_mail_down_wants(struct gp_str header, struct gp_str body)
{
	return (!gp_is_ascii(header.p, header.n) ? GP_DOWN_UTF8 : 0) |
	    (!gp_is_ascii(body.p, body.n) ? GP_DOWN_8BIT : 0) |
	    (gp_down_has_long(header.p, header.n) || gp_down_has_long(body.p, body.n) ?
	    GP_DOWN_LINES : 0);
}

enum gp_status
gp_mail_down(const void *ctx, struct gp_str header, struct gp_str body, unsigned what,
    struct gp_down *out, struct gp_err *err)
{
	struct lowering l = {.ctx = ctx, .n = header.n + 2 + body.n, .what = what, .out = out};
	char *raw = gp_mail_bytes(ctx, l.n);
	enum gp_status st;

	memset(out, 0, sizeof(*out));
	memcpy(raw, header.p, header.n);
	memcpy(raw + header.n, "\r\n", 2);
	if (body.n > 0)
		memcpy(raw + header.n + 2, body.p, body.n);
	l.raw = raw;
	st = gp_mail_walk(ctx, raw, l.n, &l.w, err);
	if (st == GP_OK)
		st = judge_all(&l, err);
	if (st != GP_OK)
		return st;
	gp_buf_init(&l.b, ctx, 2 * GP_MAX_MESSAGE);
	st = write_all(&l, err);
	if (st != GP_OK)
		return st;
	if (l.b.over)
		return gp_fail(err, GP_E_TOOBIG, "the message grew too large");
	out->changed = l.b.len != l.n || memcmp(l.b.p, raw, l.n) != 0;
	out->header = l.b.p;
	out->body = l.b.p + out->header_n + 2;
	out->body_n = l.b.len - out->header_n - 2;
	return GP_OK;
}
