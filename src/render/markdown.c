/* SPDX-License-Identifier: ISC */
/*
 * Markdown to HTML: cmark parses (CommonMark 0.30), we write. cmark's own "safe" mode
 * is a list of forbidden schemes that lets "feed:javascript:" and tracking images
 * through, so the tree is walked here and only what is known is written: links to http,
 * https and mailto, images as links, no raw HTML. For mail every element gets its style
 * inline, because mail programs drop style sheets.
 *
 * cmark 0.30 takes quadratic time on some inputs ("![[]()" without end, deep lists with
 * empty lines): GP_MAX_MARKDOWN and GP_MAX_PAGE bound what it is given, markdown_depth.c
 * how deep. The tree is walked with cmark's iterator, without recursion; nesting beyond
 * MAX_NEST is flattened.
 */
#include "config.h"

#include "markdown.h"

#include <cmark.h>
#include <string.h>

#include "links.h"
#include "text.h"

enum { MAX_NEST = 12, MAX_GROWTH = 24 };

enum style { S_H1, S_H2, S_H3, S_P, S_LEAD, S_ACTS, S_UL, S_OL, S_LI, S_QUOTE, S_PRE, S_CODE, S_HR, S_A };

static const char *const styles[] = {
	[S_H1] = "font-size:22px;line-height:1.3;margin:0 0 12px",
	[S_H2] = "font-size:18px;line-height:1.3;margin:32px 0 6px;border-top:1px solid #d9dee3;"
	    "padding-top:16px",
	[S_H3] = "font-size:16px;line-height:1.3;margin:20px 0 6px",
	[S_P] = "margin:0 0 8px",
	[S_LEAD] = "margin:18px 0 6px",
	[S_ACTS] = "margin:0 0 8px;padding:6px 0",	/* room for fingers */
	[S_UL] = "margin:0 0 8px;padding-left:24px",
	[S_OL] = "margin:0 0 8px;padding-left:28px",
	[S_LI] = "margin:0 0 2px",
	[S_QUOTE] = "margin:4px 0 6px;padding:0 0 0 12px;border-left:3px solid #d9dee3;color:#59626b",
	[S_PRE] = "font:13px/1.4 ui-monospace,Consolas,monospace;background-color:#f5f7f9;"
	    "white-space:pre-wrap;word-wrap:break-word;padding:8px;margin:0 0 8px",
	[S_CODE] = "font:13px/1.4 ui-monospace,Consolas,monospace;background-color:#f5f7f9",
	[S_HR] = "border:0;border-top:1px solid #d9dee3;margin:16px 0",
	[S_A] = "color:#0a58a6;text-decoration:underline",
};

struct writer {
	struct gp_buf *b;
	bool mail, foreign;
	int top;
	int nest;	/* quotes and lists open */
	int link;	/* links and images open */
};

/* "<tag style=...>" */
static void
open_tag(struct writer *w, const char *tag, enum style style, const char *extra)
{
	gp_buf_printf(w->b, "<%s%s", tag, extra);
	if (w->mail)
		gp_buf_printf(w->b, " style=\"%s\"", styles[style]);
	gp_buf_putc(w->b, '>');
}

static void
open_link(struct writer *w, const char *url, size_t n)
{
	gp_buf_puts(w->b, "<a href=\"");
	link_put(w->b, url, n);
	gp_buf_puts(w->b, "\"");
	if (w->mail)
		gp_buf_printf(w->b, " style=\"%s\">", styles[S_A]);
	else
		gp_buf_puts(w->b, " rel=\"nofollow ugc noopener\">");
}

/* Text, with bare web addresses made links where no link is open. */
static void
put_text(struct writer *w, const char *s)
{
	static const struct gp_text_opts anywhere, within_link = {.flags = TEXT_NO_LINKS};
	size_t n = strlen(s), from = 0, i = 0, start, len;
	const char *colon;

	if (w->foreign) {
		text_inline(w->b, s, n, w->link ? &within_link : &anywhere);
		return;
	}
	while (!w->link && (colon = memchr(s + i, ':', n - i))) {
		i = (size_t)(colon - s);
		if (link_at(s, n, i, &start, &len) && start >= from) {
			gp_escape_html(w->b, s + from, start - from);
			open_link(w, s + start, len);
			gp_escape_html(w->b, s + start, len);
			gp_buf_puts(w->b, "</a>");
			i = from = start + len;
		} else {
			i++;
		}
	}
	gp_escape_html(w->b, s + from, n - from);
}

static bool
is_tight(cmark_node *para)
{
	cmark_node *item = cmark_node_parent(para);
	cmark_node *list = item ? cmark_node_parent(item) : NULL;

	return list && cmark_node_get_type(list) == CMARK_NODE_LIST &&
	    cmark_node_get_list_tight(list);
}

static void
heading(struct writer *w, cmark_node *node, bool enter)
{
	int level = cmark_node_get_heading_level(node) + w->top - 1;
	char tag[3] = {'h', (char)('0' + (level > 6 ? 6 : level < 1 ? 1 : level)), '\0'};

	if (enter)
		open_tag(w, tag, level <= 1 ? S_H1 : level == 2 ? S_H2 : S_H3, " dir=\"auto\"");
	else
		gp_buf_printf(w->b, "</%s>\n", tag);
}

/* One that begins with strong words stands at the head of something; one of links alone offers what to do. */
static enum style
para_style(cmark_node *para)
{
	cmark_node *n = cmark_node_first_child(para);
	bool links = false;

	if (n != NULL && cmark_node_get_type(n) == CMARK_NODE_STRONG)
		return S_LEAD;
	for (; n != NULL; n = cmark_node_next(n)) {
		if (cmark_node_get_type(n) == CMARK_NODE_LINK)
			links = true;
		else if (cmark_node_get_type(n) != CMARK_NODE_TEXT || strlen(cmark_node_get_literal(n)) > 4)
			return S_P;
	}
	return links ? S_ACTS : S_P;
}

static void
quote(struct writer *w, bool enter)
{
	w->nest += enter ? 1 : -1;
	if (w->nest + !enter > MAX_NEST)
		return;
	if (!enter)
		gp_buf_puts(w->b, "</blockquote>\n");
	else
		open_tag(w, "blockquote", S_QUOTE, w->mail ? " dir=\"auto\"" :
		    " dir=\"auto\" class=\"q\"");
}

static void
list(struct writer *w, cmark_node *node, bool enter)
{
	bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
	int start = cmark_node_get_list_start(node);
	char extra[32] = "";

	w->nest += enter ? 1 : -1;
	if (w->nest + !enter > MAX_NEST)
		return;
	if (ordered && start != 1)
		snprintf(extra, sizeof(extra), " start=\"%d\"", start);
	if (enter)
		open_tag(w, ordered ? "ol" : "ul", ordered ? S_OL : S_UL, extra);
	else
		gp_buf_puts(w->b, ordered ? "</ol>\n" : "</ul>\n");
}

static void
item(struct writer *w, bool enter)
{
	if (w->nest > MAX_NEST)
		gp_buf_puts(w->b, enter ? "" : "<br>\n");
	else if (enter)
		open_tag(w, "li", S_LI, " dir=\"auto\"");
	else
		gp_buf_puts(w->b, "</li>\n");
}

/* A link or an image; one within another, or to a foreign scheme, is only its text. */
static void
link_node(struct writer *w, cmark_node *node, bool enter)
{
	const char *url = cmark_node_get_url(node);
	bool ok = url && link_allowed(url, strlen(url), !w->foreign);

	if (!enter)
		w->link--;
	if (!w->link && ok) {
		if (enter)
			open_link(w, url, strlen(url));
		else
			gp_buf_puts(w->b, "</a>");
		/* An image without a description would be a link without text. */
		if (enter && !cmark_node_first_child(node))
			gp_escape_html(w->b, url, strlen(url));
	}
	if (enter)
		w->link++;
}

static void
code_block(struct writer *w, cmark_node *node)
{
	const char *s = cmark_node_get_literal(node);

	open_tag(w, "pre", S_PRE, "");
	gp_escape_html(w->b, s ? s : "", s ? strlen(s) : 0);
	gp_buf_puts(w->b, "</pre>\n");
}

static void
inline_node(struct writer *w, cmark_node *node, bool enter)
{
	const char *s;

	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
		put_text(w, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_SOFTBREAK:
		gp_buf_putc(w->b, '\n');
		break;
	case CMARK_NODE_LINEBREAK:
		gp_buf_puts(w->b, "<br>\n");
		break;
	case CMARK_NODE_CODE:
		s = cmark_node_get_literal(node);
		open_tag(w, "code", S_CODE, "");
		gp_escape_html(w->b, s, strlen(s));
		gp_buf_puts(w->b, "</code>");
		break;
	case CMARK_NODE_EMPH:
		gp_buf_puts(w->b, enter ? "<em>" : "</em>");
		break;
	case CMARK_NODE_STRONG:
		gp_buf_puts(w->b, enter ? "<strong>" : "</strong>");
		break;
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE:
		link_node(w, node, enter);
		break;
	default:
		break; /* raw HTML and what a later cmark may bring: nothing */
	}
}

static void
node_event(struct writer *w, cmark_node *node, bool enter)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		heading(w, node, enter);
		break;
	case CMARK_NODE_PARAGRAPH:
		if (is_tight(node))
			break;
		if (enter)
			open_tag(w, "p", para_style(node), " dir=\"auto\"");
		else
			gp_buf_puts(w->b, "</p>\n");
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		quote(w, enter);
		break;
	case CMARK_NODE_LIST:
		list(w, node, enter);
		break;
	case CMARK_NODE_ITEM:
		item(w, enter);
		break;
	case CMARK_NODE_CODE_BLOCK:
		code_block(w, node);
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		open_tag(w, "hr", S_HR, "");
		gp_buf_putc(w->b, '\n');
		break;
	default:
		inline_node(w, node, enter);
	}
}

/* What stands around the text of a mail: one table, 600 pixels, both colour schemes. */
static void
mail_begin(struct gp_buf *b, const char *lang, const char *title, const char *preview)
{
	gp_buf_puts(b, "<!doctype html>\n<html lang=\"");
	gp_escape_html(b, lang ? lang : "en", strlen(lang ? lang : "en"));
	gp_buf_puts(b, "\"><head><meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>");
	gp_escape_html(b, title ? title : "", strlen(title ? title : ""));
	gp_buf_puts(b, "</title>\n<style>:root{color-scheme:light dark}"
	    "@media(prefers-color-scheme:dark){body,td{background-color:#15181b!important;"
	    "color:#e3e6e9!important}a{color:#82b7f4!important}blockquote{color:#a3acb5!important}"
	    "h2,hr,blockquote{border-color:#3a4149!important}pre,code{background-color:#1d2226!important}}</style></head>\n"
	    "<body style=\"margin:0;background-color:#ffffff\">\n");
	if (preview && *preview) {
		gp_buf_puts(b, "<div style=\"display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;"
		    "mso-hide:all;font-size:1px;line-height:1px;color:#ffffff\">\n");
		gp_escape_html(b, preview, strlen(preview));
		gp_buf_puts(b, "</div>\n");
	}
	/* A fixed layout and breaking words: a long address must not make all of it too wide for a phone. Outlook
	 * knows no max-width, and gets a table of its own. */
	gp_buf_puts(b, "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" "
	    "cellspacing=\"0\" border=\"0\" style=\"table-layout:fixed\"><tr><td align=\"center\" "
	    "style=\"background-color:#ffffff\">\n"
	    "<!--[if mso]><table role=\"presentation\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" "
	    "border=\"0\"><tr><td><![endif]-->\n"
	    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
	    "style=\"width:100%;max-width:600px;table-layout:fixed\"><tr><td style=\"padding:20px 16px;"
	    "text-align:left;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
	    "font-size:16px;line-height:1.5;color:#1c2024;word-wrap:break-word;word-break:break-word\">\n");
}

enum gp_status
markdown_write(const void *ctx, const char *md, size_t n, const struct markdown_opts *o, char **out,
    size_t *out_n, struct gp_err *err)
{
	struct writer w = {.mail = o->kind == GP_MD_MAIL, .foreign = o->foreign, .top = o->top};
	cmark_event_type ev;
	cmark_node *doc;
	cmark_iter *it;
	struct gp_buf b;
	size_t shallow_n;
	char *shallow;

	if (n > GP_MAX_MARKDOWN)
		return gp_fail(err, GP_E_TOOBIG, "a text of %zu bytes is too long for Markdown", n);
	gp_buf_init(&b, ctx, n * MAX_GROWTH + (64 << 10));
	w.b = &b;
	shallow = markdown_shallow(ctx, md, n, &shallow_n);
	doc = shallow != NULL ? cmark_parse_document(shallow, shallow_n, CMARK_OPT_VALIDATE_UTF8) :
	    cmark_parse_document(md, n, CMARK_OPT_VALIDATE_UTF8);
	talloc_free(shallow);
	if (!doc)
		gp_oom();
	cmark_consolidate_text_nodes(doc);
	if (w.mail)
		mail_begin(&b, o->lang, o->title, o->preview);
	it = cmark_iter_new(doc);
	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE && !b.over)
		node_event(&w, cmark_iter_get_node(it), ev == CMARK_EVENT_ENTER);
	cmark_iter_free(it);
	cmark_node_free(doc);
	if (w.mail)
		gp_buf_puts(&b, "</td></tr></table>\n<!--[if mso]></td></tr></table><![endif]-->\n"
		    "</td></tr></table>\n</body></html>\n");
	if (b.over) {
		talloc_free(b.p);
		return gp_fail(err, GP_E_TOOBIG, "a text of %zu bytes gives too much HTML", n);
	}
	/* cmark 0.30 writes "&#xFFFE;" as a byte 0xFE. */
	*out = b.p;
	if (!gp_utf8_valid(b.p, b.len)) {
		*out = gp_utf8_clean(ctx, b.p, b.len);
		talloc_free(b.p);
	}
	*out_n = strlen(*out);
	return GP_OK;
}

enum gp_status
gp_markdown_html(const void *ctx, const char *md, size_t n, int kind, int top, const char *lang,
    const char *title, char **out, size_t *out_n, struct gp_err *err)
{
	struct markdown_opts o = {.kind = kind, .top = top, .lang = lang, .title = title};

	return markdown_write(ctx, md, n, &o, out, out_n, err);
}
