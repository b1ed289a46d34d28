/* SPDX-License-Identifier: ISC */
/*
 * The tree of a stranger's HTML as text that reads like a mail: paragraphs apart, "> "
 * before what is quoted, marks before entries of lists, the address of a link behind its
 * words. Lines are not wrapped. White space is folded as a browser does (CSS 2.1, 16.6).
 */
#include "config.h"

#include "html.h"

#include <string.h>

#include "links.h"

enum {
	URL_MOST = 500,		/* longer ones are for counting clicks */
	QUOTES_MOST = 16,
	NUMBER_MOST = 100000
};

static void
line_end(struct html_text_sink *t, unsigned count)
{
	if (t->lines < count)
		t->lines = count;
	t->space = t->gap = false;
}

static void
marks(struct html_text_sink *t, unsigned n, const char *mark)
{
	unsigned i;

	for (i = 0; i < n && i < QUOTES_MOST; i++)
		gp_buf_puts(t->b, mark);
}

/* What is due before the next text: line ends, quote marks, the mark of a list entry. */
static void
due(struct html_text_sink *t)
{
	unsigned n = t->lists > 8 ? 8 : t->lists, i;

	if (t->lines && t->b->len) {
		for (i = 1; i < t->lines; i++) {
			gp_buf_putc(t->b, '\n');
			/* The empty line within a quote is marked as well. */
			marks(t, t->quotes < t->last_quotes ? t->quotes : t->last_quotes, ">");
		}
		gp_buf_putc(t->b, '\n');
		t->line = false;
	}
	if (!t->line) {
		marks(t, t->quotes, "> ");
		t->last_quotes = t->quotes;
		for (i = 1; i < n; i++)
			gp_buf_puts(t->b, "  ");
		if (t->item && n && t->list[n - 1].ordered)
			gp_buf_printf(t->b, "%u. ", t->list[n - 1].number);
		else if (t->item)
			gp_buf_puts(t->b, "- ");
		else if (n)
			gp_buf_puts(t->b, "  ");
		t->item = false;
	} else if (t->gap) {
		gp_buf_puts(t->b, "  ");
	} else if (t->space) {
		gp_buf_putc(t->b, ' ');
	}
	t->lines = 0;
	t->line = true;
	t->space = t->gap = false;
}

/* U+00A0 is a blank like others here. */
static size_t
blank_at(const char *p, size_t n)
{
	if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r' || *p == '\f')
		return 1;
	return n > 1 && (unsigned char)p[0] == 0xc2 && (unsigned char)p[1] == 0xa0 ? 2 : 0;
}

static void
words(struct html_text_sink *t, const char *p, size_t n)
{
	size_t i = 0, from, blank;

	while (i < n && !t->b->over) {
		if ((blank = blank_at(p + i, n - i))) {
			t->space = t->line && !t->lines;
			i += blank;
			continue;
		}
		for (from = i; i < n && !blank_at(p + i, n - i);)
			i++;
		due(t);
		gp_buf_add(t->b, p + from, i - from);
	}
}

static void
text_text(void *arg, const char *p, size_t n)
{
	struct html_text_sink *t = arg;
	const char *nl;

	if (!t->pre) {
		words(t, p, n);
		return;
	}
	while (n && !t->b->over) {
		nl = memchr(p, '\n', n);
		if (!nl)
			nl = p + n;
		if (nl > p) {
			due(t);
			gp_buf_add(t->b, p, (size_t)(nl - p));
		}
		if (nl == p + n)
			break;
		t->lines = t->lines < 2 ? t->lines + 1 : 2;
		n -= (size_t)(nl + 1 - p);
		p = nl + 1;
	}
}

static void
open_list(struct html_text_sink *t, bool ordered, const char *start)
{
	int64_t v = 1;

	if (start && !gp_parse_int(start, 0, NUMBER_MOST, &v))
		v = 1;
	line_end(t, t->lists ? 1 : 2);
	if (t->lists < 8) {
		t->list[t->lists].ordered = ordered;
		t->list[t->lists].number = (unsigned)v - 1;
	}
	t->lists++;
}

/* The mark that text has in front of a signature (RFC 3676 section 4.3), unless its author's program wrote it. */
static void
begin_signature(struct html_text_sink *t)
{
	const char *end = t->b->p + t->b->len;

	if (t->b->len == 0 || t->quotes > 0 || (t->b->len >= 3 && memcmp(end - 3, "\n--", 3) == 0))
		return;
	line_end(t, 1);
	due(t);
	gp_buf_puts(t->b, "-- ");
	line_end(t, 1);
}

static void
text_open(void *arg, const struct html_tag *tag, const struct html_attrs *a)
{
	struct html_text_sink *t = arg;

	if (tag->flags & HTML_LINE)
		line_end(t, tag->flags & HTML_APART && !t->item ? 2 : t->item ? t->lines : 1);
	if (a->signature && (tag->flags & HTML_LINE))
		begin_signature(t);
	switch (tag->kind) {
	case HTML_BREAK:
		t->lines = t->lines < 2 ? t->lines + 1 : 2;
		break;
	case HTML_RULE:
		words(t, "--------------------", 20);
		line_end(t, 1);
		break;
	case HTML_QUOTE:
		t->quotes++;
		break;
	case HTML_PRE:
		t->pre++;
		break;
	case HTML_BULLETS:
	case HTML_NUMBERS:
		open_list(t, tag->kind == HTML_NUMBERS, a->start);
		break;
	case HTML_ITEM:
		line_end(t, 1);
		t->item = true;
		if (t->lists && t->lists <= 8 && t->list[t->lists - 1].number < NUMBER_MOST)
			t->list[t->lists - 1].number++;
		break;
	case HTML_CELL:
		t->gap = t->line && !t->lines;
		break;
	case HTML_IMAGE:
		if (a->alt && *a->alt) {
			words(t, "[", 1);
			words(t, a->alt, strlen(a->alt));
			words(t, "]", 1);
		}
		break;
	case HTML_LINK:
		talloc_free(t->href);
		t->href = a->href && link_allowed(a->href, strlen(a->href), true) &&
		    strlen(a->href) <= URL_MOST ? gp_strdup(t->b, a->href) : NULL;
		t->href_from = t->b->len;
		break;
	default:
		break;
	}
}

/* Do the words of the link say where it goes? */
static bool
says(const char *text, size_t n, const char *url)
{
	size_t len = strlen(url);
	const char *bare = strstr(url, "://");

	if (gp_istarts(url, "mailto:"))
		return gp_memmem(text, n, url + 7, strcspn(url + 7, "?")) != NULL;
	if (len && url[len - 1] == '/')
		len--;
	if (gp_memmem(text, n, url, len))
		return true;
	return bare && gp_memmem(text, n, bare + 3, len - (size_t)(bare + 3 - url)) != NULL;
}

static void
close_link(struct html_text_sink *t)
{
	const char *text = t->b->p + t->href_from;

	if (t->href && t->b->len > t->href_from && !says(text, t->b->len - t->href_from, t->href)) {
		const char *url = gp_istarts(t->href, "mailto:") ? t->href + 7 : t->href;

		t->space = true;
		words(t, "(", 1);
		words(t, url, strcspn(url, " \t\r\n"));
		words(t, ")", 1);
	}
	talloc_free(t->href);
	t->href = NULL;
}

static void
text_close(void *arg, const struct html_tag *tag)
{
	struct html_text_sink *t = arg;

	switch (tag->kind) {
	case HTML_QUOTE:
		t->quotes -= t->quotes > 0;
		break;
	case HTML_PRE:
		t->pre -= t->pre > 0;
		break;
	case HTML_BULLETS:
	case HTML_NUMBERS:
		t->lists -= t->lists > 0;
		t->item = false;
		line_end(t, t->lists ? 1 : 2);
		break;
	case HTML_LINK:
		close_link(t);
		break;
	default:
		break;
	}
	if ((tag->flags & HTML_LINE) && !(tag->flags & HTML_VOID))
		line_end(t, tag->flags & HTML_APART ? 2 : 1);
}

/* Controls can come in as "&#27;"; no text of a message holds any. */
static void
drop_controls(struct gp_buf *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->p[i];

		if (c == 0xc2 && i + 1 < b->len && (unsigned char)b->p[i + 1] < 0xa0)
			i++;
		else if ((c >= ' ' && c != 0x7f) || c == '\t' || c == '\n')
			b->p[n++] = b->p[i];
	}
	gp_buf_cut(b, n);
}

void
html_text_end(struct html_text_sink *t)
{
	talloc_free(t->href);
	t->href = NULL;
	if (t->b->len)
		gp_buf_putc(t->b, '\n');
	drop_controls(t->b);
}

const struct html_sink html_text_ops = {text_open, text_close, text_text};
