/* SPDX-License-Identifier: ISC */
/*
 * Escaping for each kind of file that a template can be. The promise of all of them:
 * whatever the text is, it stays text in the place where a template puts it.
 *
 * HTML and XML share one function; characters that XML 1.0 section 2.2 doesn't allow
 * are left out, so that a feed is always well-formed. For Markdown (CommonMark 0.30,
 * section 2.4) every character that can begin markup gets a backslash, and those that
 * matter only at the start of a line get it there.
 */
#include "config.h"

#include "mustache.h"

#include <string.h>

static const char *
entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Controls but tab and line feed, and U+FFFE, U+FFFF: how many bytes to leave out. */
static size_t
forbidden(const unsigned char *p, size_t n)
{
	if (*p < 0x20)
		return *p != '\t' && *p != '\n';
	if (*p == 0x7f)
		return 1;
	if (*p == 0xc2 && n > 1 && p[1] >= 0x80 && p[1] < 0xa0)
		return 2;
	if (*p == 0xef && n > 2 && p[1] == 0xbf && p[2] >= 0xbe)
		return 3;
	return 0;
}

void
gp_escape_html(struct gp_buf *b, const char *s, size_t n)
{
	size_t i = 0, from = 0, skip;
	const char *as;

	while (i < n) {
		unsigned char c = (unsigned char)s[i];

		if (c > '>' && c < 0x7f) {
			i++;
			continue;
		}
		as = entity(c);
		skip = as ? 1 : forbidden((const unsigned char *)s + i, n - i);
		if (!skip) {
			i++;
			continue;
		}
		gp_buf_add(b, s + from, i - from);
		if (as)
			gp_buf_puts(b, as);
		i += skip;
		from = i;
	}
	gp_buf_add(b, s + from, n - from);
}

/* Everything but controls; tabs and line ends stay. */
static void
put_plain(struct gp_buf *b, const char *s, size_t n)
{
	size_t i, from = 0, skip;

	for (i = 0; i < n;) {
		skip = forbidden((const unsigned char *)s + i, n - i);
		if (skip) {
			gp_buf_add(b, s + from, i - from);
			from = i + skip;
		}
		i += skip ? skip : 1;
	}
	gp_buf_add(b, s + from, n - from);
}

static void
put_header(struct gp_buf *b, const char *s, size_t n)
{
	char *line = gp_utf8_line(NULL, s, n, SIZE_MAX);

	gp_buf_puts(b, line);
	talloc_free(line);
}

/*
 * A line of text for Markdown. Blanks at its start would make code, "-" or "1." a list,
 * "=" a heading: only there are these escaped. Two blanks at its end would break the line.
 */
static void
put_md_line(struct gp_buf *b, const char *s, size_t n)
{
	size_t i = 0, digits;

	while (i < n && (s[i] == ' ' || s[i] == '\t'))
		i++;
	while (n > i + 1 && s[n - 1] == ' ' && s[n - 2] == ' ')
		n--;
	for (digits = i; digits < n && s[digits] >= '0' && s[digits] <= '9';)
		digits++;
	if (digits > i && digits < n && (s[digits] == '.' || s[digits] == ')')) {
		gp_buf_add(b, s + i, digits - i);
		gp_buf_putc(b, '\\');
		gp_buf_putc(b, s[digits]);
		i = digits + 1;
	} else if (i < n && strchr("-+=:", s[i])) {
		gp_buf_putc(b, '\\');
		gp_buf_putc(b, s[i++]);
	}
	for (; i < n; i++) {
		if (strchr("\\`*_{}[]()<>#|~&!", s[i]))
			gp_buf_putc(b, '\\');
		gp_buf_putc(b, s[i]);
	}
}

static void
put_md(struct gp_buf *b, const char *s, size_t n)
{
	struct gp_buf plain;
	const char *p, *end, *nl;

	gp_buf_init(&plain, NULL, n);
	put_plain(&plain, s, n);
	for (p = plain.p, end = p + plain.len; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		put_md_line(b, p, (size_t)(nl - p));
		if (nl < end)
			gp_buf_putc(b, '\n');
	}
	talloc_free(plain.p);
}

char *
gp_markdown_escape(const void *ctx, const char *s, size_t n)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, n * 2 + 1);
	put_md(&b, s, n);
	return b.p;
}

void
escape_put(struct gp_buf *b, enum gp_escape escape, const char *s, size_t n)
{
	switch (escape) {
	case GP_ESCAPE_NONE:
		put_plain(b, s, n);
		break;
	case GP_ESCAPE_HTML:
	case GP_ESCAPE_XML:
		gp_escape_html(b, s, n);
		break;
	case GP_ESCAPE_MD:
		put_md(b, s, n);
		break;
	case GP_ESCAPE_HEADER:
		put_header(b, s, n);
		break;
	}
}
