/* SPDX-License-Identifier: ISC */
/*
 * Parts of a message replaced by others: the bytes between stay as they came, and the table of
 * parts is carried along, so that nothing has to be parsed a second time.
 */
#include "private.h"

#include "guildpost/mail/carry.h"

#include <string.h>

struct replacing {
	const void *ctx;
	const char *raw;
	const struct gp_mail *m;
	const struct gp_replacement *v;
	size_t count;
	struct gp_mail *after;
	struct gp_buf out;
	size_t at;		/* what of raw is copied */
	struct gp_err *err;
};

bool
gp_type_is_sealed(const char *type)
{
	static const char *const seals[] = {"multipart/signed", "multipart/encrypted",
	    "application/pkcs7-mime", "application/x-pkcs7-mime"};
	size_t i;

	for (i = 0; i < GP_COUNT(seals); i++)
		if (strcmp(type, seals[i]) == 0)
			return true;
	return false;
}

bool
gp_part_is_sealed(const struct gp_mail *m, const struct gp_part *p)
{
	for (;;) {
		if (gp_type_is_sealed(p->type))
			return true;
		if (p->parent <= 0 || (size_t)p->parent > m->parts_n)
			return false;
		p = &m->parts[p->parent - 1];
	}
}

char *
gp_part_other_name(const void *ctx, const char *raw, const struct gp_part *p)
{
	struct gp_header h;
	char *value, *name;

	if (p->body < p->head || gp_header_scan(ctx, raw + p->head, p->body - p->head, &h, NULL) != GP_OK)
		return NULL;
	value = gp_header_value(ctx, &h, "Content-Type");
	name = value == NULL ? NULL : gp_param_text(ctx, GP_STR(value), "name");
	return name == NULL || gp_streq(name, p->name) ? NULL : name;
}

struct gp_replacement
gp_part_with(const void *ctx, const char *raw, const struct gp_part *p, const char *content)
{
	static const char *const cte[] = {"Content-Transfer-Encoding", "Content-MD5"};
	struct gp_replacement out = {.part = p->index};
	struct gp_header h;
	struct gp_buf b;
	size_t i;

	gp_buf_init(&b, ctx, GP_MAX_MESSAGE);
	if (gp_header_scan(ctx, raw + p->head, p->body - p->head, &h, NULL) == GP_OK) {
		for (i = 0; i < h.n; i++) {
			const struct gp_field *f = &h.fields[i];
			struct gp_str name = {h.raw + f->start, f->name_len};

			if (gp_field_is_content(&h, f) && !gp_str_ieq(name, cte[0]) &&
			    !gp_str_ieq(name, cte[1]) && !gp_str_ieq(name, "MIME-Version"))
				gp_buf_add(&b, h.raw + f->start, f->len);
		}
	}
	gp_buf_puts(&b, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	gp_compose_qp(&b, content);
	out.p = b.p;
	out.n = b.len;
	return out;
}

static const struct gp_replacement *
find(const struct replacing *r, int part)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->v[i].part == part)
			return &r->v[i];
	return NULL;
}

/* The message's own header, less its Content- fields. */
static enum gp_status
copy_header(struct replacing *r)
{
	struct gp_header h;
	enum gp_status st = gp_header_scan(r->ctx, r->raw, r->m->parts[0].body, &h, r->err);
	size_t i;

	for (i = 0; st == GP_OK && i < h.n; i++)
		if (!gp_field_is_content(&h, &h.fields[i]))
			gp_buf_add(&r->out, r->raw + h.fields[i].start, h.fields[i].len);
	gp_buf_puts(&r->out, "MIME-Version: 1.0\r\n");
	return st;
}

/* The new part in the place of the old one. */
static enum gp_status
put(struct replacing *r, const struct gp_replacement *v, struct gp_part *q)
{
	unsigned old = q->flags;
	struct gp_header h;
	enum gp_status st = GP_OK;
	size_t head;

	gp_buf_add(&r->out, r->raw + r->at, q->head - r->at);
	r->at = q->body + q->len;
	head = r->out.len;
	if (q->parent == 0)
		st = copy_header(r);
	if (st == GP_OK)
		st = gp_header_scan(r->ctx, v->p, v->n, &h, r->err);
	if (st != GP_OK)
		return st;
	gp_part_read(r->ctx, &h, "text/plain", q);
	if (strcmp(q->type, "text/html") == 0)
		q->flags |= old & (GP_PART_BODY_HTML | GP_PART_INLINE);
	else
		q->flags |= q->parent == 0 ? GP_PART_BODY_TEXT | GP_PART_INLINE : GP_PART_INLINE;
	q->head = head;
	q->body = r->out.len + h.body;
	q->len = v->n - h.body;
	q->size = gp_cte_size(q->cte, v->p + h.body, q->len);
	gp_buf_add(&r->out, v->p, v->n);
	return GP_OK;
}

static bool
holds_text(const struct gp_mail *m, const struct gp_part *p)
{
	return (m->flags & GP_MAIL_TEXT_SLICE) != 0 && m->text_off >= p->body &&
	    m->text_off + m->text_len <= p->body + p->len;
}

/* Offsets of a part that is not replaced, behind those that were; the text that is a slice of it. */
static void
carry_along(struct gp_mail *after, size_t i, const struct gp_mail *m, ptrdiff_t shift)
{
	const struct gp_part *old = &m->parts[i];
	struct gp_part *q = &after->parts[i];

	q->head = (size_t)((ptrdiff_t)q->head + shift);
	q->body = (size_t)((ptrdiff_t)q->body + shift);
	if ((old->flags & GP_PART_MULTIPART) == 0 && holds_text(m, old))
		after->text_off = (size_t)((ptrdiff_t)m->text_off + shift);
}

/* The text with the notes behind it; it is no slice of the message then. */
static void
add_notes(const struct replacing *r)
{
	struct gp_mail *m = r->after;
	struct gp_buf b;
	bool any = false;
	size_t i;

	gp_buf_init(&b, r->ctx, GP_MAX_TEXT);
	gp_buf_add(&b, m->text, m->text_n);
	for (i = 0; i < r->count; i++) {
		if (r->v[i].note == NULL)
			continue;
		any = true;
		if (b.len > 0 && b.p[b.len - 1] != '\n')
			gp_buf_putc(&b, '\n');
		gp_buf_puts(&b, r->v[i].note);
	}
	if (!any)
		return;
	m->text = b.p;
	m->text_n = b.len;
	m->text_off = m->text_len = 0;
	m->flags &= ~(unsigned)GP_MAIL_TEXT_SLICE;
}

/* A multipart ends behind what is in it. */
static void
grow(struct gp_mail *m, const struct gp_part *q, ptrdiff_t more)
{
	int parent = q->parent;

	while (parent > 0 && (size_t)parent <= m->parts_n) {
		struct gp_part *p = &m->parts[parent - 1];

		p->len = (size_t)((ptrdiff_t)p->len + more);
		p->size = p->len;
		parent = p->parent;
	}
}

/* Another part stands here: text that was a slice of it is kept apart, its HTML is gone. */
static void
forget_old(struct gp_mail *after, const struct gp_mail *m, const struct gp_part *old,
    const char *after_type)
{
	if (holds_text(m, old))
		after->flags &= ~(unsigned)GP_MAIL_TEXT_SLICE;
	if ((old->flags & GP_PART_BODY_HTML) == 0 || gp_starts(after_type, "text/html"))
		return;
	after->html = NULL;
	after->html_n = 0;
	after->flags &= ~(unsigned)GP_MAIL_TEXT_FROM_HTML;
}

enum gp_status
gp_mail_replace(const void *ctx, const char *raw, size_t n, const struct gp_mail *m,
    const struct gp_replacement *v, size_t count, char **out, size_t *out_n, struct gp_mail *after,
    struct gp_err *err)
{
	struct replacing r = {.ctx = ctx, .raw = raw, .m = m, .v = v, .count = count, .after = after,
	    .err = err};
	enum gp_status st = GP_OK;
	size_t i;

	*after = *m;
	after->parts = gp_memdup(ctx, m->parts, m->parts_n * sizeof(*m->parts));
	gp_buf_init(&r.out, ctx, GP_MAX_MESSAGE);
	for (i = 0; st == GP_OK && i < m->parts_n; i++) {
		const struct gp_part *old = &m->parts[i];
		const struct gp_replacement *one = find(&r, old->index);
		ptrdiff_t shift = (ptrdiff_t)r.out.len - (ptrdiff_t)r.at;
		bool leaf = (old->flags & GP_PART_MULTIPART) == 0;

		if (one == NULL || old->head < r.at || !leaf || old->body + old->len > n) {
			carry_along(after, i, m, shift);
			continue;
		}
		st = put(&r, one, &after->parts[i]);
		grow(after, old, ((ptrdiff_t)r.out.len - (ptrdiff_t)r.at) - shift);
		forget_old(after, m, old, after->parts[i].type);
	}
	if (st != GP_OK)
		return st;
	gp_buf_add(&r.out, raw + r.at, n - r.at);
	after->files = gp_mail_file_names(ctx, after);
	add_notes(&r);
	*out = r.out.p;
	*out_n = r.out.len;
	return r.out.over ? gp_fail(err, GP_E_TOOBIG, "the message grew too large") : GP_OK;
}
