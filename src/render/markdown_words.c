/* SPDX-License-Identifier: ISC */
/*
 * Words in a line of Markdown as people would have typed them: escapes gone, links, code, strong words. No
 * parser is needed: what is not understood stays as it stands.
 */
#include "config.h"

#include "markdown.h"

#include <string.h>

enum { MAX_SPAN = 4000 };	/* how far the end of a code span, a link or strong words is looked for */

static bool
is_punct(char c)
{
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
	    !(c >= 'a' && c <= 'z');
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

static bool
ends_sentence(const struct gp_buf *b)
{
	size_t n = b->len;

	while (n > 0 && b->p[n - 1] == '*')
		n--;
	return n > 0 && strchr("?!.:", b->p[n - 1]) != NULL;
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
	markdown_words(b, s + 1, label - 1);
	if (url > label + 2 && (url - label - 2 != label - 1 ||
	    memcmp(s + 1, s + label + 2, label - 1))) {
		gp_buf_puts(b, ends_sentence(b) ? " " : ": ");
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

/* A line end in a paragraph: two blanks in front of it keep it, else words go on. Gives what is done with. */
static size_t
put_line_end(struct gp_buf *b, const char *s, size_t n)
{
	size_t len = 1;
	bool hard = b->len > 1 && b->p[b->len - 1] == ' ' && b->p[b->len - 2] == ' ';

	while (b->len > 0 && b->p[b->len - 1] == ' ')
		gp_buf_cut(b, b->len - 1);
	gp_buf_putc(b, hard ? '\n' : ' ');
	while (len < n && s[len] == ' ')
		len++;
	return len;
}

void
markdown_words(struct gp_buf *b, const char *s, size_t n)
{
	bool strong = false;
	size_t i, len;

	for (i = 0; i < n; i += len) {
		len = 0;
		if (s[i] == '`') {
			len = code_span(s + i, n - i);
			put_code(b, s + i, len);
		} else if (s[i] == '[') {
			len = put_link(b, s + i, n - i);
		} else if (s[i] == '*') {
			len = put_stars(b, s + i, n - i, &strong);
		} else if (s[i] == '\n') {
			len = put_line_end(b, s + i, n - i);
		} else if (s[i] == '\\' && i + 1 < n && (is_punct(s[i + 1]) || s[i + 1] == '\n')) {
			gp_buf_putc(b, s[i + 1]);
			len = 2;
		}
		if (len == 0) {
			gp_buf_putc(b, s[i]);
			len = 1;
		}
	}
	while (b->len > 0 && b->p[b->len - 1] == ' ')
		gp_buf_cut(b, b->len - 1);
}
