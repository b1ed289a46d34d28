/* SPDX-License-Identifier: ISC */
/*
 * A message with other words in it, in the header, in the text, inside of encoded parts (RFC
 * 2045 section 6), every other byte being left as it is. The structure is that of our own
 * walk; what is known of the message moves along. What a signature was made over changes.
 */
#include "rewrite.h"

#include <stdlib.h>
#include <string.h>

enum { LINE = 76 };		/* of encoded text: RFC 2045 sections 6.7 and 6.8 */

enum kind { HEADER, CODE, PLAIN }; /* in this order at one place */
struct span {
	size_t at, end;
	enum kind kind;
	enum gp_cte cte;
};
struct spans {
	struct span *v;
	size_t n;
};

/* ---- encoding again --------------------------------------------------------------------- */

/* Behind the padding: line ends, and footers that lists put there without looking. */
static size_t
code_end(enum gp_cte cte, const char *p, size_t n)
{
	const char *pad = cte == GP_CTE_BASE64 && n > 0 ? memchr(p, '=', n) : NULL;
	size_t end = pad == NULL ? n : (size_t)(pad - p);

	while (pad != NULL && end < n && p[end] == '=')
		end++;
	while (pad == NULL && end > 0 && cte == GP_CTE_BASE64 && gp_mail_space(p[end - 1]))
		end--;
	return end;
}

/* ---- one span --------------------------------------------------------------------------- */

static bool
write_plain(const struct gp_rewriter *w, const char *p, size_t n, struct gp_buf *out)
{
	if (n > 0 && w->how->text(w->how->arg, out, p, n))
		return true;
	gp_buf_add(out, p, n);
	return false;
}

/* Text that is encoded; what holds a NUL is something else, a picture perhaps. */
static bool
write_code(const struct gp_rewriter *w, enum gp_cte cte, const char *p, size_t n,
    struct gp_buf *out)
{
	void *tmp = gp_ctx(w->ctx);
	size_t end = code_end(cte, p, n), len = 0;
	struct gp_buf b;
	char *text = NULL;
	bool changed = false;

	gp_buf_init(&b, tmp, 2 * (size_t)GP_MAX_MESSAGE);
	if (gp_cte_decode(tmp, cte, p, end, GP_MAX_MESSAGE, &text, &len, NULL) == GP_OK &&
	    len > 0 && memchr(text, '\0', len) == NULL)
		changed = w->how->text(w->how->arg, &b, text, len) && !b.over;
	if (!changed)
		gp_buf_add(out, p, end);
	else if (cte == GP_CTE_QP)
		gp_cte_write_qp(out, b.p, b.len);
	else
		gp_cte_write_base64(out, b.p, b.len);
	talloc_free(tmp);
	return write_plain(w, p + end, n - end, out) || changed;
}

static bool
write_header(const struct gp_rewriter *w, const char *p, size_t n, struct gp_buf *out)
{
	struct gp_header h;
	bool changed = false, one;
	size_t i, from;

	if (gp_header_scan(w->ctx, p, n, &h, NULL) != GP_OK)
		return write_plain(w, p, n, out);
	gp_rewrite_ask(w, &h);
	for (i = 0; i < h.n; i++) {
		from = out->len;
		one = h.fields[i].name_len > 0 ? gp_rewrite_field(w, &h, &h.fields[i], out) :
		    write_plain(w, p + h.fields[i].start, h.fields[i].len, out);
		if (!one && out->len == from)
			gp_buf_add(out, p + h.fields[i].start, h.fields[i].len);
		changed |= one;
	}
	gp_buf_add(out, p + h.end, n - h.end);
	talloc_free(h.fields);
	return changed;
}

/* ---- the message ------------------------------------------------------------------------ */

static int
by_place(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->at != y->at)
		return (x->at > y->at) - (x->at < y->at);
	return ((int)x->kind > (int)y->kind) - ((int)x->kind < (int)y->kind);
}

static enum gp_cte
cte_of(const struct gp_rewriter *w, const char *raw, const struct gp_walk_part *p)
{
	enum gp_cte cte = GP_CTE_IDENTITY;
	struct gp_header h;
	const struct gp_field *f;
	struct gp_str v;

	if (p->kind != GP_WALK_LEAF ||
	    gp_header_scan(w->ctx, raw + p->head, p->body - p->head, &h, NULL) != GP_OK)
		return cte;
	f = gp_header_find(&h, "Content-Transfer-Encoding", 0);
	if (f != NULL) {
		v = gp_mail_field(&h, f);
		cte = gp_cte_parse(v.p, v.n);
	}
	talloc_free(h.fields);
	return cte == GP_CTE_QP || cte == GP_CTE_BASE64 ? cte : GP_CTE_IDENTITY;
}

/* Where something begins or ends: the whole message, in order. */
static struct spans
spans_of(const struct gp_rewriter *w, const char *raw, size_t n)
{
	struct gp_walk walk;
	struct spans s;
	size_t i;

	if (gp_mail_walk(w->ctx, raw, n, &walk, NULL) != GP_OK)
		walk.parts_n = 0;
	s.v = gp_array(w->ctx, struct span, 3 * walk.parts_n + 1);
	s.n = 0;
	s.v[s.n++] = (struct span){ .kind = PLAIN };
	for (i = 0; i < walk.parts_n; i++) {
		const struct gp_walk_part *p = &walk.parts[i];
		enum gp_cte cte = cte_of(w, raw, p);

		if (p->body > p->head)
			s.v[s.n++] = (struct span){ p->head, p->body, HEADER, GP_CTE_IDENTITY };
		s.v[s.n++] = (struct span){ p->body, p->end,
		    cte == GP_CTE_IDENTITY || p->end == p->body ? PLAIN : CODE, cte };
		s.v[s.n++] = (struct span){ p->end, p->end, PLAIN, GP_CTE_IDENTITY };
	}
	qsort(s.v, s.n, sizeof(*s.v), by_place);
	return s;
}

static bool
write_span(const struct gp_rewriter *w, const struct span *s, const char *raw, size_t at,
    size_t end, struct gp_buf *out)
{
	if (s->kind == HEADER)
		return write_header(w, raw + at, end - at, out);
	if (s->kind == CODE)
		return write_code(w, s->cte, raw + at, end - at, out);
	return write_plain(w, raw + at, end - at, out);
}

static bool
write_all(const struct gp_rewriter *w, const char *raw, size_t n, struct gp_buf *out,
    struct gp_rewritten *r)
{
	struct spans s = spans_of(w, raw, n);
	size_t i, at = 0, end;
	bool changed = false;

	for (i = 0; i < s.n && at < n; i++) {
		const struct span *x = &s.v[i];

		if (x->at < at || (x->at == at && i + 1 < s.n && s.v[i + 1].at == at &&
		    x->kind == PLAIN))
			continue;
		end = x->kind != PLAIN ? x->end : i + 1 < s.n ? s.v[i + 1].at : n;
		r->old[r->cuts] = at;
		r->now[r->cuts++] = out->len;
		changed |= write_span(w, x, raw, at, end, out);
		at = end;
	}
	r->old[r->cuts] = n;
	r->now[r->cuts++] = out->len;
	return changed;
}

size_t
gp_rewritten_at(const struct gp_rewritten *r, size_t off)
{
	size_t low = 0, high = r->cuts, mid, in, len;

	while (high - low > 1) {
		mid = (low + high) / 2;
		if (r->old[mid] <= off)
			low = mid;
		else
			high = mid;
	}
	in = off - r->old[low];
	len = low + 1 < r->cuts ? r->now[low + 1] - r->now[low] : 0;
	return r->now[low] + (in < len ? in : len);
}

/* ---- what is known of it ---------------------------------------------------------------- */

static void
replace(const void *ctx, const struct gp_rewrite *how, bool html, char **text, size_t *n,
    size_t max)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, 2 * max);
	if (*text == NULL || !(html ? how->html : how->text)(how->arg, &b, *text,
	    n != NULL ? *n : strlen(*text)) || b.over)
		return;
	*text = b.p;
	if (n != NULL)
		*n = b.len;
}

static void
move_parts(const void *ctx, const struct gp_rewrite *how, const struct gp_rewritten *r,
    struct gp_mail *m)
{
	size_t i, end;

	for (i = 0; i < m->parts_n; i++) {
		struct gp_part *p = &m->parts[i];

		end = gp_rewritten_at(r, p->body + p->len);
		p->head = gp_rewritten_at(r, p->head);
		p->body = gp_rewritten_at(r, p->body);
		p->len = end - p->body;
		p->size = gp_cte_size(p->cte, r->raw + p->body, p->len);
		if (p->name != NULL)
			replace(ctx, how, false, &p->name, NULL, GP_MAX_HEADER_FIELD);
	}
}

static void
move_mail(const void *ctx, const struct gp_rewrite *how, const struct gp_rewritten *r,
    struct gp_mail *m)
{
	struct gp_header h;
	size_t end;

	move_parts(ctx, how, r, m);
	if ((m->flags & GP_MAIL_TEXT_SLICE) != 0) {
		end = gp_rewritten_at(r, m->text_off + m->text_len);
		m->text_off = gp_rewritten_at(r, m->text_off);
		m->text_len = end - m->text_off;
		m->text = gp_mail_slice_text(ctx, r->raw, m->text_off, m->text_len, &m->text_n);
	} else {
		replace(ctx, how, false, &m->text, &m->text_n, GP_MAX_TEXT);
	}
	replace(ctx, how, true, &m->html, &m->html_n, GP_MAX_HTML);
	if (gp_header_scan(ctx, r->raw, r->n, &h, NULL) == GP_OK)
		gp_mail_read_header(ctx, &h, m);
	m->files = gp_mail_file_names(ctx, m);
}

bool
gp_mail_rewrite(const void *ctx, const struct gp_rewrite *how, const char *raw, size_t n,
    struct gp_mail *m, struct gp_rewritten *r)
{
	struct gp_rewriter w = { .ctx = gp_ctx(NULL), .how = how };
	struct gp_buf out;
	bool changed;
	size_t most = 3 * GP_MAX_MIME_PARTS + 4;

	*r = (struct gp_rewritten){ .old = gp_array(ctx, size_t, most),
	    .now = gp_array(ctx, size_t, most) };
	gp_buf_init(&out, ctx, 2 * (size_t)GP_MAX_MESSAGE);
	changed = write_all(&w, raw, n, &out, r) && !out.over && out.len > 0;
	talloc_free((void *)(uintptr_t)w.ctx);
	if (!changed) {
		talloc_free(out.p);
		return false;
	}
	r->raw = out.p;
	r->n = out.len;
	if (m != NULL)
		move_mail(ctx, how, r, m);
	return true;
}
