/* SPDX-License-Identifier: ISC */
/*
 * All that is shown of a message, made once when it comes in, in a parser process: pages,
 * digests and the search read only this. What kind of text is taken where a message has
 * several is decided here: the plain text, unless there is none or it only says that one
 * should look at the other.
 */
#include "config.h"

#include "html.h"
#include "links.h"
#include "markdown.h"

#include <string.h>

enum {
	SNIPPET = 200,			/* code points */
	MUCH_LESS = 5,			/* text of under a fifth of the HTML's */
	NOT_SHORT = 200		/* bytes: below, a short text may be all there is */
};

static bool
is_blank(const char *s, size_t n)
{
	return !gp_str_trim((struct gp_str){s, n}).n;
}

/* The index of the part with that Content-ID, as it is written in an address; 0: none. */
static int
part_of(const struct gp_mail *m, const char *cid, size_t n)
{
	struct gp_buf b;
	int found = 0;
	size_t i;

	gp_buf_init(&b, NULL, 8192);
	for (i = 0; i < m->parts_n && !found; i++) {
		if (!m->parts[i].cid)
			continue;
		gp_buf_reset(&b);
		link_put(&b, m->parts[i].cid, strlen(m->parts[i].cid));
		if (!b.over && b.len == n && !memcmp(b.p, cid, n))
			found = m->parts[i].index;
	}
	talloc_free(b.p);
	return found;
}

/* href="cid:ID" becomes href="cid:7", or no address at all when there is no such part. */
static char *
link_parts(const void *ctx, const struct gp_mail *m, const char *html, size_t n, size_t *out_n)
{
	static const char mark[] = "<a href=\"cid:";
	const size_t len = sizeof(mark) - 1;
	const char *p = html, *end = html + n, *hit, *quote;
	struct gp_buf b;
	unsigned count = 0;
	int index;

	/* A number may be longer than the name was, by four digits at most. */
	gp_buf_init(&b, ctx, n + 4000 > GP_MAX_HTML ? GP_MAX_HTML : n + 4000);
	while ((hit = gp_memmem(p, (size_t)(end - p), mark, len)) &&
	    (quote = memchr(hit + len, '"', (size_t)(end - hit) - len))) {
		gp_buf_add(&b, p, (size_t)(hit - p));
		/* A thousand images looked for among a thousand parts is enough. */
		index = count++ < 1000 ? part_of(m, hit + len, (size_t)(quote - hit) - len) : 0;
		if (index && index < 10000)
			gp_buf_printf(&b, "%s%d\"", mark, index);
		else
			gp_buf_puts(&b, "<a");
		p = quote + 1;
	}
	gp_buf_add(&b, p, (size_t)(end - p));
	*out_n = b.over ? 0 : b.len;
	return b.over ? NULL : b.p;
}

static void
derive_html(const void *ctx, struct gp_mail *m)
{
	const struct html_sink *sinks[] = {&html_clean_ops, &html_text_ops};
	struct html_clean_sink clean = {.b = gp_buf_new(ctx, GP_MAX_HTML)};
	struct html_text_sink text = {.b = gp_buf_new(ctx, GP_MAX_TEXT)};
	void *args[] = {&clean, &text};

	html_walk(m->html, m->html_n, sinks, args, 2);
	html_text_end(&text);
	m->html = link_parts(ctx, m, clean.b->p, clean.b->len, &m->html_n);
	if (is_blank(clean.b->p, clean.b->len)) {
		m->html = NULL;
		m->html_n = 0;
	}
	if (!is_blank(text.b->p, text.b->len) && (is_blank(m->text, m->text_n) ||
	    (text.b->len > NOT_SHORT && m->text_n < text.b->len / MUCH_LESS))) {
		m->flags &= ~(unsigned)(GP_MAIL_TEXT_SLICE | GP_MAIL_FLOWED | GP_MAIL_DELSP |
		    GP_MAIL_MARKDOWN);
		m->flags |= GP_MAIL_TEXT_FROM_HTML;
		m->text_off = m->text_len = 0;
		m->text = gp_memdup(ctx, text.b->p, text.b->len);
		m->text_n = text.b->len;
		if (gp_memmem(m->text, m->text_n, "://", 3))
			m->flags |= GP_MAIL_HAS_LINK;
	}
	talloc_free(clean.b);
	talloc_free(text.b);
}

void
gp_derive_markdown(const void *ctx, struct gp_mail *m, const char *md, size_t n)
{
	struct markdown_opts o = {.kind = GP_MD_WEB, .top = 4, .foreign = true};
	char *html;
	size_t len;

	if (n > GP_MAX_PAGE || markdown_write(ctx, md, n, &o, &html, &len, NULL) != GP_OK ||
	    len > GP_MAX_HTML)
		return; /* shown as plain text */
	m->flags |= GP_MAIL_MARKDOWN;
	m->html = html;
	m->html_n = len;
}

void
gp_derive_words(const void *ctx, struct gp_mail *m)
{
	unsigned flags = 0;

	if (m->flags & GP_MAIL_FLOWED)
		flags |= GP_TEXT_FLOWED;
	if (m->flags & GP_MAIL_DELSP)
		flags |= GP_TEXT_DELSP;
	gp_text_split(ctx, m->text, m->text_n, flags, &m->own, &m->own_n, &m->quoted, &m->quoted_n);
	m->snippet = m->own_n ? gp_text_snippet(ctx, m->own, m->own_n, SNIPPET) :
	    gp_text_snippet(ctx, m->quoted, m->quoted_n, SNIPPET);
}

enum gp_status
gp_derive(const void *ctx, const char *raw, size_t n, struct gp_mail *out, struct gp_err *err)
{
	enum gp_status st = gp_mail_parse(ctx, raw, n, out, err);

	if (st)
		return st;
	if (out->html)
		derive_html(ctx, out);
	else if (out->flags & GP_MAIL_MARKDOWN)
		gp_derive_markdown(ctx, out, out->text, out->text_n);
	gp_derive_words(ctx, out);
	return GP_OK;
}
