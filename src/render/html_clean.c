/* SPDX-License-Identifier: ISC */
/*
 * The tree of a stranger's HTML as HTML that may stand in our pages. Nothing is copied:
 * every tag that is written comes from the table of html_tame.c, every attribute is one
 * of those below, every text goes through the same escaping as plain text (addresses
 * hidden, links made). So there is nothing that could be forgotten to be forbidden.
 *
 * Images are never loaded. One that came with the mail becomes a link "cid:ID" (derive.c
 * makes it "cid:NUMBER OF THE PART"); of others only the description stays.
 */
#include "config.h"

#include "html.h"

#include <string.h>

#include "links.h"
#include "text.h"

enum { CLOSING = 64 << 10 };	/* kept free for the tags that are open */

static const struct gp_text_opts anywhere, within_link = {.flags = TEXT_NO_LINKS};

/* Room for n bytes of text, whatever they become? Else the rest is left out. */
static size_t
room(struct html_clean_sink *c, size_t n)
{
	size_t left = c->b->max - c->b->len;

	if (left < CLOSING || (left - CLOSING) / 16 < n) {
		c->full = true;
		return left < CLOSING ? 0 : (left - CLOSING) / 16;
	}
	return n;
}

static void
put_number(struct gp_buf *b, const char *name, const char *value, int64_t most)
{
	int64_t v;

	if (value && gp_parse_int(value, 1, most, &v))
		gp_buf_printf(b, " %s=\"%d\"", name, (int)v);
}

static void
put_words(struct html_clean_sink *c, const char *p, size_t n)
{
	text_inline(c->b, p, gp_utf8_cut(p, n, room(c, n)), c->links ? &within_link : &anywhere);
}

static void
image(struct html_clean_sink *c, const struct html_attrs *a)
{
	bool part = a->src && gp_istarts(a->src, "cid:") && a->src[4];
	const char *alt = a->alt ? a->alt : "";
	size_t n = strlen(alt);

	if (part && !c->links) {
		gp_buf_puts(c->b, "<a href=\"cid:");
		link_put(c->b, a->src + 4, strlen(a->src + 4));
		gp_buf_puts(c->b, "\">");
	}
	if (!n && part) {
		/* "image001.png@01DA..." says at least something. */
		alt = a->src + 4;
		n = strcspn(alt, "@");
	}
	if (n) {
		gp_buf_putc(c->b, '[');
		c->links++;
		put_words(c, alt, n);
		c->links--;
		gp_buf_putc(c->b, ']');
	}
	if (part && !c->links)
		gp_buf_puts(c->b, "</a>");
}

static bool
is_dir(const char *dir)
{
	return dir && (gp_strieq(dir, "rtl") || gp_strieq(dir, "ltr") || gp_strieq(dir, "auto"));
}

static void
clean_open(void *arg, const struct html_tag *t, const struct html_attrs *a)
{
	struct html_clean_sink *c = arg;
	size_t href = a->href ? strlen(a->href) : 0;

	/* Once it is full only what is open is closed: that always has its place. */
	room(c, href + (a->alt ? strlen(a->alt) : 0) + (a->src ? strlen(a->src) : 0) + 16);
	if (c->full) {
		c->skipped++;
		return;
	}
	if (t->kind == HTML_LINK) {
		/* Mail links would show addresses: their text is enough. An anchor is no link. */
		if (c->links++)
			return;
		gp_buf_puts(c->b, "<a");
		if (href && link_allowed(a->href, href, false)) {
			gp_buf_puts(c->b, " href=\"");
			link_put(c->b, a->href, href);
			gp_buf_puts(c->b, "\" rel=\"nofollow ugc noopener\"");
		}
		gp_buf_putc(c->b, '>');
		return;
	}
	if (t->kind == HTML_IMAGE) {
		image(c, a);
		return;
	}
	gp_buf_printf(c->b, "<%s", t->clean);
	if (t->kind == HTML_QUOTE)
		gp_buf_puts(c->b, " class=\"q\"");
	if (is_dir(a->dir))
		gp_buf_printf(c->b, " dir=\"%s\"", gp_strieq(a->dir, "rtl") ? "rtl" :
		    gp_strieq(a->dir, "ltr") ? "ltr" : "auto");
	if (t->kind == HTML_CELL) {
		put_number(c->b, "colspan", a->colspan, 100);
		put_number(c->b, "rowspan", a->rowspan, 1000);
	}
	if (t->kind == HTML_NUMBERS)
		put_number(c->b, "start", a->start, 1000000);
	gp_buf_puts(c->b, ">");
}

static void
clean_close(void *arg, const struct html_tag *t)
{
	struct html_clean_sink *c = arg;

	if (c->skipped) {
		c->skipped--;
	} else if (t->kind == HTML_LINK) {
		if (--c->links == 0)
			gp_buf_puts(c->b, "</a>");
	} else if (!(t->flags & HTML_VOID)) {
		gp_buf_printf(c->b, "</%s>", t->clean);
	}
}

static void
clean_text(void *arg, const char *p, size_t n)
{
	struct html_clean_sink *c = arg;

	if (!c->full)
		put_words(c, p, n);
}

const struct html_sink html_clean_ops = {clean_open, clean_close, clean_text};
