/* SPDX-License-Identifier: ISC */
/*
 * The text part of a mail that is written in Markdown: the same text as people would
 * have typed it. Backslashes of our escaping go, "[label](address)" becomes
 * "label: address"; quotes, lists, headings and code stay as they are, since Markdown
 * took them from mail. No parser is needed: what is not understood stays as it stands.
 */
#include "config.h"

#include "guildpost/render.h"

#include <string.h>

enum { MAX_SPAN = 4000 };	/* how far the end of a code span or a link is looked for */

static bool
is_punct(char c)
{
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
	    !(c >= 'a' && c <= 'z');
}

/* Length of a fenced code block that starts at s (a line start), or 0. */
static size_t
fenced(const char *s, size_t n)
{
	size_t i = 0, run;
	char mark = n ? s[0] : '\0';

	while (i < n && s[i] == mark && (mark == '`' || mark == '~'))
		i++;
	if ((run = i) < 3)
		return 0;
	while (i < n) {
		const char *nl = memchr(s + i, '\n', n - i);
		size_t j;

		if (!nl)
			break;
		i = (size_t)(nl - s) + 1;
		for (j = i; j < n && s[j] == mark;)
			j++;
		if (j - i >= run) {
			nl = memchr(s + j, '\n', n - j);
			return nl ? (size_t)(nl - s) + 1 : n;
		}
	}
	return n;
}

/* Length of a code span that starts at s, with its backticks; or of the backticks alone. */
static size_t
code_span(const char *s, size_t n)
{
	size_t run = 0, i, j;

	while (run < n && s[run] == '`')
		run++;
	for (i = run; i < n && i < MAX_SPAN; i = j > i ? j : i + 1) {
		for (j = i; j < n && s[j] == '`';)
			j++;
		if (j - i == run)
			return j;
		if (s[i] == '\n' && i + 1 < n && s[i + 1] == '\n')
			break;
	}
	return run;
}

static void
unescape(struct gp_buf *b, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '\\' && i + 1 < n && is_punct(s[i + 1]))
			i++;
		gp_buf_putc(b, s[i]);
	}
}

/* The offset of the closing mark on the same line, or 0. */
static size_t
closing(const char *s, size_t n, size_t i, char mark)
{
	for (; i < n && i < MAX_SPAN && s[i] != '\n'; i++) {
		if (s[i] == '\\')
			i++;
		else if (s[i] == mark)
			return i;
		else if (s[i] == '[' || s[i] == ' ')
			if (mark == ')')
				return 0;
	}
	return 0;
}

/* Where a link goes; of a mail address, the address alone: fields that a program fills in are not for people. */
static void
put_address(struct gp_buf *b, const char *s, size_t n)
{
	static const char mailto[] = "mailto:";
	const char *fields;

	if (n > strlen(mailto) && memcmp(s, mailto, strlen(mailto)) == 0) {
		s += strlen(mailto);
		n -= strlen(mailto);
		fields = memchr(s, '?', n);
		n = fields != NULL ? (size_t)(fields - s) : n;
		/* The question mark is escaped. */
		n -= n > 0 && s[n - 1] == '\\';
	}
	unescape(b, s, n);
}

/* "[label](address)" at s: writes it and returns its length, or 0. */
static size_t
put_link(struct gp_buf *b, const char *s, size_t n)
{
	size_t label = closing(s, n, 1, ']'), url;

	if (!label || label + 1 >= n || s[label + 1] != '(')
		return 0;
	if (!(url = closing(s, n, label + 2, ')')))
		return 0;
	unescape(b, s + 1, label - 1);
	if (url > label + 2 && (url - label - 2 != label - 1 ||
	    memcmp(s + 1, s + label + 2, label - 1))) {
		gp_buf_puts(b, ": ");
		put_address(b, s + label + 2, url - label - 2);
	}
	return url + 1;
}

char *
gp_markdown_text(const void *ctx, const char *md, size_t n)
{
	struct gp_buf b;
	size_t i = 0, len;
	bool line = true;

	gp_buf_init(&b, ctx, n * 2 + 16);
	while (i < n) {
		len = line ? fenced(md + i, n - i) : 0;
		if (!len && md[i] == '`')
			len = code_span(md + i, n - i);
		if (len) {
			gp_buf_add(&b, md + i, len);
		} else if (md[i] == '[' && (len = put_link(&b, md + i, n - i))) {
			;
		} else if (md[i] == '\\' && i + 1 < n && (is_punct(md[i + 1]) ||
		    md[i + 1] == '\n')) {
			gp_buf_putc(&b, md[i + 1]);
			len = 2;
		} else {
			while (md[i] == '\n' && b.len && b.p[b.len - 1] == ' ')
				gp_buf_cut(&b, b.len - 1);
			gp_buf_putc(&b, md[i]);
			len = 1;
		}
		i += len;
		line = md[i - 1] == '\n';
	}
	return b.p;
}
