/* SPDX-License-Identifier: ISC */
/*
 * The text part of a mail that is written in Markdown: the same text as people would
 * have typed it. Headings are underlined; quotes, lists and blocks of code stay as they are, since Markdown
 * took them from mail. Paragraphs are filled anew: where a template breaks a line says nothing once
 * names stand in it.
 */
#include "config.h"

#include "markdown.h"

#include <string.h>

enum {
	WIDTH = 76,		/* columns of a line */
	LEVELS = 6, UNDERLINED = 2,	/* headings; those that get a line below */
	LEAST_LINE = 5,		/* of it: shorter ones begin signatures */
	MOST_DIGITS = 10,	/* of an item's number */
	MOST_MARKS = 20,	/* of a quotation whose lines are broken */
	GROWTH = 3, SPARE = 256	/* headings of a letter grow most */
};

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

static size_t
columns(const char *s, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

static size_t
line_length(const char *s, size_t n)
{
	const char *nl = memchr(s, '\n', n);

	return nl != NULL ? (size_t)(nl - s) : n;
}

/* Level of the heading that a line is, or 0. */
static size_t
heading_level(const char *s, size_t n)
{
	size_t level = 0;

	while (level < n && s[level] == '#')
		level++;
	return level <= LEVELS && level < n && s[level] == ' ' ? level : 0;
}

/* "---" and its like, alone in a line. */
static bool
is_rule(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && s[i] == s[0]; i++)
		;
	return i >= 3 && i == n && (*s == '-' || *s == '*' || *s == '_');
}

/* Bytes in front of the words of an item, with its mark; 0: the line begins none. */
static size_t
item_mark(const char *s, size_t n)
{
	size_t i = 0, digits;

	while (i < n && s[i] == ' ')
		i++;
	if (i + 1 < n && (s[i] == '-' || s[i] == '+' || s[i] == '*') && s[i + 1] == ' ')
		return i + 2;
	for (digits = i; digits < n && s[digits] >= '0' && s[digits] <= '9'; digits++)
		;
	return digits > i && digits - i < MOST_DIGITS && digits + 1 < n && (s[digits] == '.' || s[digits] == ')') &&
	    s[digits + 1] == ' ' ? digits + 2 : 0;
}

/* What a quoted line begins with; 0: it is none. */
static size_t
quote_mark(const char *s, size_t n)
{
	size_t i = 0;

	if (n == 0 || s[0] != '>')
		return 0;
	while (i < n && (s[i] == '>' || s[i] == ' '))
		i++;
	return i;
}

/* Does a line end the paragraph above it? */
static bool
is_other_block(const char *s, size_t n, size_t rest)
{
	return n == 0 || heading_level(s, n) > 0 || is_rule(s, n) || item_mark(s, n) > 0 || s[0] == '>' ||
	    fenced(s, rest) > 0;
}

/* Text in lines of at most WIDTH columns: before the first stands `mark`, before the others as many blanks, or the
 * mark again. A word that is longer has a line of its own. */
static void
fill(struct gp_buf *b, const char *mark, size_t mark_n, bool again, const char *s, size_t n)
{
	size_t i = 0, used = mark_n, word, wide;
	bool first = true;

	gp_buf_add(b, mark, mark_n);
	while (i < n) {
		for (word = 0; i + word < n && s[i + word] != ' ' && s[i + word] != '\n'; word++)
			;
		wide = columns(s + i, word);
		if (!first && used + 1 + wide > WIDTH && word > 0) {
			gp_buf_printf(b, "\n%*s%.*s", again ? 0 : (int)mark_n, "", again ? (int)mark_n : 0, mark);
			used = mark_n;
		} else if (!first) {
			gp_buf_putc(b, ' ');
			used++;
		}
		gp_buf_add(b, s + i, word);
		used += wide;
		first = false;
		i += word;
		if (i < n && s[i++] == '\n') {
			gp_buf_printf(b, "\n%*s%.*s", again ? 0 : (int)mark_n, "", again ? (int)mark_n : 0, mark);
			used = mark_n;
			first = true;
		}
	}
}

/* Words in lines as those of a paragraph, and an address at their end in one of its own. */
static void
put_small_heading(struct gp_buf *b, const char *s, size_t n)
{
	size_t mark = item_mark(s, n), end;
	struct gp_buf words;

	gp_buf_init(&words, b->ctx, GROWTH * n + SPARE);
	markdown_words(&words, s + mark, n - mark);
	for (end = words.len; end > 0 && words.p[end - 1] != ' '; end--)
		;
	if (end > 0 && gp_memmem(words.p + end, words.len - end, "://", 3) != NULL)
		words.p[end - 1] = '\n';
	fill(b, s, mark, false, words.p != NULL ? words.p : "", words.len);
	talloc_free(words.p);
}

static void
put_heading(struct gp_buf *b, const char *s, size_t n, size_t level)
{
	size_t from = b->len, wide;

	s += level + 1;
	n -= level + 1;
	if (level > UNDERLINED) {
		put_small_heading(b, s, n);
		return;
	}
	markdown_words(b, s, n);
	wide = columns(b->p + from, b->len - from);
	wide = wide < LEAST_LINE ? LEAST_LINE : wide > WIDTH ? WIDTH : wide;
	gp_buf_putc(b, '\n');
	for (; wide > 0; wide--)
		gp_buf_putc(b, level == 1 ? '=' : '-');
}

/* A line that stays a line: quoted, or indented as code is. A quoted one is broken where it is too long. */
static void
put_line(struct gp_buf *b, const char *s, size_t n)
{
	size_t mark = quote_mark(s, n);
	struct gp_buf words;

	gp_buf_init(&words, b->ctx, GROWTH * n + SPARE);
	markdown_words(&words, s + mark, n - mark);
	if (mark > 0 && mark <= MOST_MARKS && words.len > 0)
		fill(b, s, mark, true, words.p, words.len);
	else
		gp_buf_printf(b, "%.*s%s", (int)(mark > 0 && s[mark - 1] == ' ' ? mark - 1 : mark), s,
		    words.p != NULL ? words.p : "");
	talloc_free(words.p);
}

/* A paragraph, or an item of a list, that begins at s. Gives its length without the last line end. */
static size_t
put_paragraph(struct gp_buf *b, const char *s, size_t n)
{
	size_t mark = item_mark(s, line_length(s, n)), end = line_length(s, n);
	struct gp_buf words;

	while (mark == 0 && mark < end && s[mark] == ' ')
		mark++;
	while (end + 1 < n && !is_other_block(s + end + 1, line_length(s + end + 1, n - end - 1), n - end - 1))
		end += 1 + line_length(s + end + 1, n - end - 1);
	gp_buf_init(&words, b->ctx, GROWTH * end + SPARE);
	markdown_words(&words, s + mark, end - mark);
	fill(b, s, mark, false, words.p != NULL ? words.p : "", words.len);
	talloc_free(words.p);
	return end;
}

char *
gp_markdown_text(const void *ctx, const char *md, size_t n)
{
	struct gp_buf b;
	size_t i, len, line;

	gp_buf_init(&b, ctx, GROWTH * n + SPARE);
	for (i = 0; i < n; i += len) {
		line = line_length(md + i, n - i);
		if ((len = fenced(md + i, n - i)) > 0) {
			gp_buf_add(&b, md + i, len);
			continue;
		}
		len = line;
		/* Sections of a template that say nothing leave empty lines behind. */
		if (line == 0 && (b.len == 0 || (b.len > 1 && memcmp(b.p + b.len - 2, "\n\n", 2) == 0))) {
			len = 1;
			continue;
		}
		if (heading_level(md + i, line) > 0)
			put_heading(&b, md + i, line, heading_level(md + i, line));
		else if (md[i] == '>' || is_rule(md + i, line) || (line > 4 && memcmp(md + i, "    ", 4) == 0))
			put_line(&b, md + i, line);
		else if (line > 0)
			len = put_paragraph(&b, md + i, n - i);
		if (i + len < n) {
			gp_buf_putc(&b, '\n');
			len++;
		}
	}
	return b.p;
}
