/* SPDX-License-Identifier: ISC */
/*
 * A message as HTML: its text, or its HTML form as the parser cleaned it, and its files. The
 * bytes were taken apart long ago in a parser process; here they are only put into words that
 * a page can hold.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { NAME_MOST = 80, HTML_MOST = 8 << 20 };

/* A name for a path and for a disk: what the sender wrote, but tame and without addresses. */
char *
part_name(const void *ctx, const struct gp_part *p)
{
	const char *s = p->name != NULL ? hidden(ctx, p->name) : "";
	struct gp_buf b;
	size_t n = gp_utf8_cut(s, strlen(s), NAME_MOST), i;

	gp_buf_init(&b, ctx, NAME_MOST * 2 + 40);
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= 0x20 || c == 0x7f || strchr("/\\\"'<>|?*:;%&#+", c) != NULL)
			gp_buf_putc(&b, '_');
		else if (c != '.' || b.len > 0)
			gp_buf_putc(&b, c);
	}
	if (b.len == 0) {
		const char *kind = strchr(p->type, '/');

		gp_buf_puts(&b, "part.");
		for (kind = kind != NULL ? kind + 1 : "bin"; *kind != '\0' && b.len < 20; kind++)
			if ((*kind >= 'a' && *kind <= 'z') || (*kind >= '0' && *kind <= '9'))
				gp_buf_putc(&b, *kind);
	}
	return b.p;
}

char *
part_path(const struct visit *v, const struct gp_list *list, const char *key,
    const struct gp_part *p)
{
	return list_path(v, list, "m/%s/%d-%s", key, p->index,
	    url_segment(v->ctx, part_name(v->ctx, p)));
}

/* Pictures that a page may show: kinds that hold nothing but a picture. */
bool
part_is_picture(const struct gp_part *p)
{
	static const char *const types[] = {"image/jpeg", "image/png", "image/gif", "image/webp"};
	size_t i;

	for (i = 0; i < GP_COUNT(types); i++)
		if (strcmp(p->type, types[i]) == 0)
			return true;
	return false;
}

static const struct gp_part *
part_of(const struct gp_mail *m, int index)
{
	size_t i;

	for (i = 0; i < m->parts_n; i++)
		if (m->parts[i].index == index)
			return &m->parts[i];
	return NULL;
}

/* One link <a href="cid:N">...</a> of clean HTML: the picture, or a link to the file. Gives
 * what follows it. */
static const char *
put_cid(const struct visit *v, struct gp_buf *b, const struct gp_list *list, const char *key,
    const struct gp_mail *m, const char *p, bool *shown)
{
	const char *label = strchr(p, '>'), *end = label != NULL ? strstr(label, "</a>") : NULL;
	const struct gp_part *part;
	int64_t index = 0;
	char *path;

	if (end == NULL)
		return p + strlen(p);
	for (p += strlen("<a href=\"cid:"); *p >= '0' && *p <= '9' && index < 100000; p++)
		index = index * 10 + (*p - '0');
	part = *p == '"' ? part_of(m, (int)index) : NULL;
	label++;
	if (part == NULL) {
		gp_buf_add(b, label, (size_t)(end - label));
		return end + 4;
	}
	shown[part - m->parts] = true;
	path = part_path(v, list, key, part);
	gp_buf_printf(b, "<a href=\"%s\">", path);
	if (part_is_picture(part) && part->size <= GP_WEB_INLINE_IMAGE) {
		gp_buf_printf(b, "<img src=\"%s\" loading=\"lazy\" alt=\"", path);
		/* The label is "[words]", text without markup. */
		if (*label == '[' && memchr(label, '<', (size_t)(end - label)) == NULL)
			gp_buf_add(b, label + 1, (size_t)(end - label) - 1 - (end[-1] == ']'));
		gp_buf_puts(b, "\"></a>");
	} else {
		gp_buf_add(b, label, (size_t)(end - label));
		gp_buf_puts(b, "</a>");
	}
	return end + 4;
}

static void
put_html(const struct visit *v, struct gp_buf *b, const struct gp_list *list, const char *key,
    const struct gp_mail *m, bool *shown)
{
	static const char cid[] = "<a href=\"cid:";
	const char *p = m->html, *next;

	while ((next = strstr(p, cid)) != NULL) {
		gp_buf_add(b, p, (size_t)(next - p));
		p = put_cid(v, b, list, key, m, next, shown);
	}
	gp_buf_puts(b, p);
}

void
put_attachments(const struct visit *v, json_t *o, const struct gp_list *list, const char *key,
    const struct gp_mail *m, const bool *shown)
{
	json_t *files = gp_json_new_array(o, "attachments"), *f;
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];
		bool picture = part_is_picture(p);

		if ((p->flags & (GP_PART_MULTIPART | GP_PART_BODY_TEXT | GP_PART_BODY_HTML |
		    GP_PART_SIGNATURE)) != 0 || shown[i] ||
		    ((p->flags & GP_PART_ATTACHMENT) == 0 && !picture))
			continue;
		f = gp_json_push_object(files);
		gp_json_text(f, "name", p->name != NULL ? hidden(v->ctx, p->name) :
		    part_name(v->ctx, p));
		gp_json_text(f, "url", part_path(v, list, key, p));
		gp_json_text(f, "type", p->type);
		put_size(f, "size", (int64_t)p->size);
		gp_json_bool(f, "picture", picture && p->size <= GP_WEB_INLINE_IMAGE);
	}
}

/* Where a text is cut so that its page stays small: at the end of a line. */
static size_t
cut_text(const char *text, size_t n, size_t max)
{
	size_t at = gp_utf8_cut(text, n, max);
	const char *eol;

	if (at == n)
		return n;
	eol = memrchr(text, '\n', at);
	return eol != NULL && eol > text ? (size_t)(eol - text) + 1 : at;
}

/* What stands behind the number of lines that are folded, in the language of the page. */
static const char *
folded_of(const struct visit *v)
{
	return gp_templates_word(v->w->templates, visit_language(v), v->w->folded);
}

static void
put_text(const struct visit *v, json_t *o, const struct gp_mail *m, const struct body_opts *opts,
    struct gp_buf *b)
{
	struct gp_text_opts t = {.url = v->w->url[0] != '\0' ? v->w->url : NULL,
	    .folded = folded_of(v)};
	size_t most = opts->whole ? m->text_n : GP_WEB_BODY, n;
	bool fixed = false;

	if (opts->budget != NULL && *opts->budget < most)
		most = *opts->budget;
	n = cut_text(m->text, m->text_n, most);
	if (m->flags & GP_MAIL_FLOWED)
		t.flags |= GP_TEXT_FLOWED;
	if (m->flags & GP_MAIL_DELSP)
		t.flags |= GP_TEXT_DELSP;
	if (opts->as_sent)
		t.flags |= GP_TEXT_FIXED | GP_TEXT_LINES;
	if (opts->whole)
		t.flags |= GP_TEXT_LINES;
	if (opts->open)
		t.flags |= GP_TEXT_OPEN_QUOTES;
	gp_text_html(b, m->text, n, &t, &fixed);
	gp_json_bool(o, "fixed", fixed || opts->as_sent);
	gp_json_bool(o, "cut", n < m->text_n || b->over);
	if (opts->budget != NULL)
		*opts->budget -= n;
}

int
put_body(const struct visit *v, json_t *o, const struct gp_list *list, const struct gp_message *m,
    const struct body_opts *opts)
{
	void *mem = gp_ctx(NULL);
	struct gp_err err = {GP_OK, ""};
	struct gp_mail mail;
	struct gp_buf b;
	bool *shown, html;

	if (gp_message_mail(mem, v->s, m->id, &mail, NULL, NULL, &err) != GP_OK) {
		int status = visit_failed(&err);

		talloc_free(mem);
		return status;
	}
	shown = gp_array(mem, bool, mail.parts_n + 1);
	gp_buf_init(&b, mem, HTML_MOST);
	html = mail.html != NULL && !opts->as_sent && (opts->html ||
	    (mail.flags & GP_MAIL_MARKDOWN) != 0 || ((mail.flags & GP_MAIL_TEXT_FROM_HTML) != 0 &&
	    list->set.html_view == GP_HTML_VIEW_FORMATTED));
	/* HTML can't be cut: what is too long is shown as text here and whole on its page. */
	if (html && !opts->whole && (mail.html_n > GP_WEB_BODY ||
	    (opts->budget != NULL && mail.html_n > *opts->budget)))
		html = false;
	if (html) {
		put_html(v, &b, list, m->key, &mail, shown);
		if (opts->budget != NULL)
			*opts->budget -= mail.html_n;
		gp_json_bool(o, "fixed", false);
		gp_json_bool(o, "cut", b.over);
	} else {
		put_text(v, o, &mail, opts, &b);
	}
	gp_json_bool(o, "is_html", html);
	gp_json_bool(o, "has_html", mail.html != NULL);
	gp_json_textn(o, "body_html", b.p, b.len);
	put_content_note(v, o, m);
	put_attachments(v, o, list, m->key, &mail, shown);
	gp_json_bool(o, "signed", (mail.flags & GP_MAIL_SIGNED) != 0);
	gp_json_bool(o, "encrypted", (mail.flags & GP_MAIL_ENCRYPTED) != 0);
	talloc_free(mem);
	return 200;
}
