/* SPDX-License-Identifier: ISC */
/*
 * The text part of a mail that is written in Markdown: the same text as people would
 * have typed it. Backslashes of our escaping go, "[label](address)" becomes
 * "label: address", **strong** *strong*, `code` "code", headings are underlined; quotes, lists and
 * blocks of code stay as they are, since Markdown took them from mail. No parser is needed: what
 * is not understood stays as it stands.
 */
#include "config.h"

#include "guildpost/render.h"

#include <string.h>

enum {
	MAX_SPAN = 4000,	/* how far the end of a code span, a link or strong words is looked for */
	LEVELS = 6, UNDERLINED = 2,	/* headings; those that get a line below */
	LEAST_LINE = 5, MOST_LINE = 72	/* of it: shorter ones begin signatures */
};

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

/* Code in a line: the words to type, in quotation marks where it holds none. */
static void
put_code(struct gp_buf *b, const char *s, size_t n)
{
	size_t run = 0;

	while (run < n && s[run] == '`')
		run++;
	if (run == n || memchr(s, '"', n) != NULL || memchr(s, '\n', n) != NULL)
		gp_buf_add(b, s, n);
	else
		gp_buf_printf(b, "\"%.*s\"", (int)(n - 2 * run), s + run);
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

/* Length of "**" at s that begins strong words, or ends them: 2, or 0. */
static size_t
put_stars(struct gp_buf *b, const char *s, size_t n, bool *open)
{
	size_t i;

	if (n < 2 || s[1] != '*')
		return 0;
	if (*open) {
		*open = false;
		gp_buf_putc(b, '*');
		return 2;
	}
	if (n < 3 || s[2] == ' ' || s[2] == '\n' || s[2] == '*')
		return 0;
	for (i = 3; i + 1 < n && i < MAX_SPAN; i++) {
		if (s[i] == '\n' && s[i + 1] == '\n')
			return 0;
		if (s[i] == '\\')
			i++;
		else if (s[i] == '*' && s[i + 1] == '*' && s[i - 1] != ' ' && s[i - 1] != '\n')
			break;
	}
	if (i + 1 >= n || i >= MAX_SPAN)
		return 0;
	*open = true;
	gp_buf_putc(b, '*');
	return 2;
}

/* Level of the heading that begins at s, a line start, or 0; *skip: its marks. */
static size_t
heading(const char *s, size_t n, size_t *skip)
{
	size_t level = 0;

	while (level < n && s[level] == '#')
		level++;
	*skip = level + 1;
	return level <= LEVELS && level < n && s[level] == ' ' ? level : 0;
}

/* The line below a heading, as long as the heading. */
static void
underline(struct gp_buf *b, size_t from, size_t level)
{
	size_t n = 0, i;

	for (i = from; i < b->len; i++)
		n += ((unsigned char)b->p[i] & 0xc0) != 0x80;
	n = n < LEAST_LINE ? LEAST_LINE : n > MOST_LINE ? MOST_LINE : n;
	gp_buf_putc(b, '\n');
	for (i = 0; i < n; i++)
		gp_buf_putc(b, level == 1 ? '=' : '-');
}

char *
gp_markdown_text(const void *ctx, const char *md, size_t n)
{
	struct gp_buf b;
	size_t i = 0, len, level = 0, from = 0;
	bool line = true, strong = false;

	gp_buf_init(&b, ctx, n * 3 + 256);
	while (i < n) {
		if (line && level == 0 && (level = heading(md + i, n - i, &len)) > 0) {
			i += len;
			from = b.len;
			line = false;
			continue;
		}
		len = line ? fenced(md + i, n - i) : 0;
		if (len) {
			gp_buf_add(&b, md + i, len);
		} else if (md[i] == '`') {
			len = code_span(md + i, n - i);
			put_code(&b, md + i, len);
		} else if (md[i] == '[' && (len = put_link(&b, md + i, n - i))) {
			;
		} else if (md[i] == '*' && (len = put_stars(&b, md + i, n - i, &strong))) {
			;
		} else if (md[i] == '\\' && i + 1 < n && (is_punct(md[i + 1]) ||
		    md[i + 1] == '\n')) {
			gp_buf_putc(&b, md[i + 1]);
			len = 2;
		} else {
			while (md[i] == '\n' && b.len && b.p[b.len - 1] == ' ')
				gp_buf_cut(&b, b.len - 1);
			if (md[i] == '\n' && level > 0 && level <= UNDERLINED)
				underline(&b, from, level);
			level = md[i] == '\n' ? 0 : level;
			gp_buf_putc(&b, md[i]);
			len = 1;
		}
		i += len;
		line = md[i - 1] == '\n';
	}
	return b.p;
}
