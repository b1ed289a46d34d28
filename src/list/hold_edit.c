/* SPDX-License-Identifier: ISC */
/*
 * A moderator's text in place of that of a held post. The header stays but for what described
 * the old body and signed it; attachments stay byte for byte; the HTML twin and signatures go,
 * for they say what was. What is derived from the message is made here with own code: nothing
 * strange is parsed, since we wrote the new parts ourselves.
 */
#include "config.h"

#include "hold.h"

#include <string.h>

enum { SNIPPET = 200 };

/* The new message while it is built. */
struct work {
	struct gp_buf raw;
	struct gp_part *parts;
	size_t parts_n;
	struct gp_buf files;
};

/* Signatures of what was, and what described the old body. */
static const char *const dropped[] = {"DKIM-Signature", "DomainKey-Signature",
	"X-Google-DKIM-Signature", "ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition",
	"Content-Description", "Content-ID", "Content-Language", "Content-Location", "Content-MD5",
	"Content-Length", "Lines"};

/* The text as it is sent: with a line that says that it was changed. */
static enum gp_status
letter_of(struct gp_case *c, const char *text, char **out)
{
	json_t *data = gp_json_object(c->ctx);
	enum gp_status st;
	char *line;
	size_t n;

	gp_json_text(data, "list_title",
	    gp_list_title(c->list));
	st = gp_templates_render(c->ctx, c->site->templates, "mail/edited.txt",
	    c->list->set.language, data, &line, &n, c->err);
	if (st == GP_OK)
		*out = gp_asprintf(c->ctx, "%s%s\n%s", text, gp_ends(text, "\n") ? "" : "\n", line);
	return st;
}

static struct gp_part *
new_part(struct work *w, int parent, const char *type)
{
	struct gp_part *p = &w->parts[w->parts_n++];

	memset(p, 0, sizeof(*p));
	p->index = (int)w->parts_n;
	p->parent = parent;
	p->depth = parent > 0;
	p->type = gp_strdup(w->parts, type);
	p->head = w->raw.len;
	return p;
}

/* The fields that describe the text and its encoded bytes, both as our own mails have them. */
static enum gp_status
compose(struct gp_case *c, const char *letter, struct gp_header *h, char **whole, size_t *n)
{
	struct gp_compose mail = {.from_addr = c->list->address, .to_addr = c->list->address,
	    .domain = c->list->domain, .text = letter};

	*whole = gp_mail_compose(c->ctx, &mail, n);
	return gp_header_scan(c->ctx, *whole, *n, h, c->err);
}

static void
put_text(struct work *w, const struct gp_header *h, const char *whole, size_t n, int parent,
    const char *letter)
{
	struct gp_part *p = new_part(w, parent, "text/plain");
	char *cte = gp_header_value(w->parts, h, "Content-Transfer-Encoding");

	if (parent > 0)
		gp_buf_printf(&w->raw, "Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n",
		    gp_header_value(w->parts, h, "Content-Type"), cte);
	p->charset = gp_strdup(w->parts, "utf-8");
	p->cte = gp_streq(cte, "quoted-printable") ? GP_CTE_QP : GP_CTE_IDENTITY;
	p->flags = GP_PART_BODY_TEXT | GP_PART_INLINE;
	p->body = w->raw.len;
	gp_buf_add(&w->raw, whole + h->body, n - h->body);
	p->len = w->raw.len - p->body;
	p->size = strlen(letter) < p->len ? strlen(letter) : p->len;
}

static bool
is_kept(const struct gp_part *p)
{
	return (p->flags & (GP_PART_MULTIPART | GP_PART_BODY_TEXT | GP_PART_BODY_HTML |
	    GP_PART_SIGNATURE)) == 0;
}

/* An attachment as it came. When it was the whole message, its fields stand in that's header. */
static void
put_file(struct work *w, const struct gp_part *old, const struct gp_header *h, int parent)
{
	struct gp_part *p = new_part(w, parent, old->type);
	size_t i, head = p->head, index = (size_t)p->index;

	*p = *old;
	p->index = (int)index;
	p->parent = parent;
	p->depth = 1;
	p->head = head;
	if (old->head > 0) {
		gp_buf_add(&w->raw, h->raw + old->head, old->body - old->head);
	} else {
		for (i = 0; i < h->n; i++)
			if (gp_istarts(h->raw + h->fields[i].start, "Content-"))
				gp_buf_add(&w->raw, h->raw + h->fields[i].start, h->fields[i].len);
		gp_buf_puts(&w->raw, "\r\n");
	}
	p->body = w->raw.len;
	gp_buf_add(&w->raw, h->raw + old->body, old->len);
	if (p->name != NULL)
		gp_buf_printf(&w->files, "%s%s", w->files.len > 0 ? "\n" : "", p->name);
}

static size_t
count_kept(const struct gp_mail *m)
{
	size_t i, n = 0;

	for (i = 0; i < m->parts_n; i++)
		n += is_kept(&m->parts[i]);
	return n;
}

static void
put_files(struct work *w, const struct gp_mail *m, const struct gp_header *h, const char *boundary)
{
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		if (!is_kept(&m->parts[i]))
			continue;
		gp_buf_printf(&w->raw, "\r\n--%s\r\n", boundary);
		put_file(w, &m->parts[i], h, 1);
	}
	gp_buf_printf(&w->raw, "\r\n--%s--\r\n", boundary);
}

static enum gp_status
build(struct gp_case *c, const struct gp_inbound *held, const char *letter, struct work *w)
{
	const struct gp_mail *m = held->mail;
	struct gp_header h, text;
	struct gp_part *top;
	enum gp_status st;
	char *whole, *fields, *boundary;
	size_t n;

	st = gp_header_scan(c->ctx, held->raw, held->n, &h, c->err);
	if (st == GP_OK)
		st = compose(c, letter, &text, &whole, &n);
	if (st != GP_OK)
		return st;
	boundary = gp_asprintf(c->ctx, "=_%s", gp_token_new(c->ctx));
	if (count_kept(m) == 0)
		fields = gp_asprintf(c->ctx, "MIME-Version: 1.0\r\nContent-Type: %s\r\n"
		    "Content-Transfer-Encoding: %s\r\n",
		    gp_header_value(c->ctx, &text, "Content-Type"),
		    gp_header_value(c->ctx, &text, "Content-Transfer-Encoding"));
	else
		fields = gp_asprintf(c->ctx, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n"
		    " boundary=\"%s\"\r\n", boundary);
	gp_header_splice(&w->raw, &h, dropped, GP_COUNT(dropped), NULL, fields);
	gp_buf_puts(&w->raw, "\r\n");
	if (count_kept(m) == 0) {
		put_text(w, &text, whole, n, 0, letter);
		w->parts[0].head = 0;
		return GP_OK;
	}
	top = new_part(w, 0, "multipart/mixed");
	top->flags = GP_PART_MULTIPART;
	top->body = top->head;
	top->head = 0;
	gp_buf_printf(&w->raw, "--%s\r\n", boundary);
	put_text(w, &text, whole, n, 1, letter);
	put_files(w, m, &h, boundary);
	top->len = top->size = w->raw.len - top->body;
	return GP_OK;
}

/* What a parser would say of it. */
static void
derive(struct gp_case *c, const struct work *w, char *letter, struct gp_mail *m)
{
	m->flags &= ~(unsigned)(GP_MAIL_FLOWED | GP_MAIL_DELSP | GP_MAIL_MARKDOWN | GP_MAIL_SIGNED |
	    GP_MAIL_ENCRYPTED | GP_MAIL_TEXT_FROM_HTML | GP_MAIL_TEXT_SLICE | GP_MAIL_MIME_BROKEN |
	    GP_MAIL_HAS_PATCH | GP_MAIL_HAS_LINK);
	if (strstr(letter, "://") != NULL)
		m->flags |= GP_MAIL_HAS_LINK;
	m->parts = w->parts;
	m->parts_n = w->parts_n;
	m->text_off = m->text_len = 0;
	m->text = letter;
	m->text_n = strlen(letter);
	m->html = NULL;
	m->html_n = 0;
	gp_text_split(c->ctx, m->text, m->text_n, 0, &m->own, &m->own_n, &m->quoted, &m->quoted_n);
	m->snippet = gp_text_snippet(c->ctx, m->own, m->own_n, SNIPPET);
	m->files = w->files.len > 0 ? w->files.p : gp_strdup(c->ctx, "");
}

enum gp_status
gp_hold_edit(struct gp_case *c, const char *text)
{
	struct gp_inbound held;
	struct gp_mail m, check;
	struct work w = {0};
	struct gp_str wire;
	enum gp_status st;
	bool readable;
	char *letter;

	st = gp_hold_load(c, &held, &readable);
	if (st == GP_OK && !readable)
		return GP_E_PARSE;
	if (st == GP_OK)
		st = letter_of(c, text, &letter);
	if (st != GP_OK)
		return st;
	m = *held.mail;
	w.parts = gp_array(c->ctx, struct gp_part, m.parts_n + 2);
	gp_buf_init(&w.raw, c->ctx, GP_MAX_MESSAGE);
	gp_buf_init(&w.files, c->ctx, (size_t)1 << 20);
	st = build(c, &held, letter, &w);
	if (st != GP_OK)
		return st;
	if (w.raw.over || w.files.over)
		return GP_E_PARSE;
	derive(c, &w, letter, &m);
	wire = gp_hold_wire(c->ctx, &m);
	st = gp_mail_unpack(c->ctx, wire, w.raw.p, w.raw.len, &check, c->err);
	if (st != GP_OK)
		return gp_fail(c->err, GP_E_BUG, "the edited message does not fit together");
	return gp_hold_replace(c->site->store, c->hold->id, w.raw.p, w.raw.len, wire, c->err);
}
