/* SPDX-License-Identifier: ISC */
/*
 * Text for header fields of ours: plain where it can be, encoded-words (RFC 2047
 * sections 2 and 5) where it must. Words hold at most 75 characters and whole
 * characters, by preference whole clusters (a letter with its accents, an emoji
 * with its joiners). Only letters, digits and "!*+-/" stay plain in Q words, so
 * that they may stand in a phrase too.
 */
#include "private.h"

#include <string.h>

#define WORD_MAX 75	/* RFC 2047 section 2 */
#define LINE_MAX_COLS 76
#define WRAPPER 12	/* "=?UTF-8?Q?" and "?=" */
#define TOKEN_MAX 900	/* unbroken ASCII over this would pass RFC 5322's 998 */

static bool
q_safe(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c != '\0' && strchr("!*+-/", c) != NULL);
}

static bool
has_long_token(const char *s)
{
	size_t run = 0;

	for (; *s != '\0'; s++) {
		run = *s == ' ' ? 0 : run + 1;
		if (run > TOKEN_MAX)
			return true;
	}
	return false;
}

/* Does cp belong to the character in front of it? */
static bool
joins(uint32_t cp, uint32_t before)
{
	return cp == 0x200d || before == 0x200d || (cp >= 0x300 && cp <= 0x36f) ||
	    (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0x1f3fb && cp <= 0x1f3ff) ||
	    (cp >= 0x20d0 && cp <= 0x20ff) || (cp >= 0xe0020 && cp <= 0xe007f);
}

/* Bytes of the cluster at p. */
static size_t
cluster(const char *p, size_t n)
{
	uint32_t cp = 0, before;
	size_t len = gp_utf8_next(p, n, &cp), step;

	if (len == 0)
		return 1;
	for (;;) {
		before = cp;
		if (len >= n || (step = gp_utf8_next(p + len, n - len, &cp)) == 0)
			return len;
		if (!joins(cp, before))
			return len;
		len += step;
	}
}

static size_t
q_cost(const char *p, size_t n)
{
	size_t i, cost = 0;

	for (i = 0; i < n; i++)
		cost += q_safe((unsigned char)p[i]) || p[i] == ' ' ? 1 : 3;
	return cost;
}

static size_t
cost(bool base64, const char *p, size_t n)
{
	return base64 ? (n + 2) / 3 * 4 : q_cost(p, n);
}

/* How many bytes of p go into a word with `room` characters for its text. */
static size_t
fill(bool base64, const char *p, size_t n, size_t room)
{
	size_t len = 0;

	while (len < n) {
		size_t step = cluster(p + len, n - len);

		if (cost(base64, p, len + step) > room)
			break;
		len += step;
	}
	return len;
}

static void
put_word(struct gp_buf *b, bool base64, const char *p, size_t n)
{
	size_t i;
	char *text;

	gp_buf_puts(b, base64 ? "=?UTF-8?B?" : "=?UTF-8?Q?");
	if (base64) {
		text = gp_base64(b->ctx, p, n);
		gp_buf_puts(b, text);
		talloc_free(text);
	}
	for (i = 0; i < n && !base64; i++) {
		if (p[i] == ' ')
			gp_buf_putc(b, '_');
		else if (q_safe((unsigned char)p[i]))
			gp_buf_putc(b, p[i]);
		else
			gp_buf_printf(b, "=%02X", (unsigned)(unsigned char)p[i]);
	}
	gp_buf_puts(b, "?=");
}

/* A word cut by force: a cluster that fits into no word. */
static size_t
force(bool base64, const char *p, size_t n)
{
	size_t max = (WORD_MAX - WRAPPER) / 4 * 3;

	return gp_utf8_cut(p, n, base64 ? max : (WORD_MAX - WRAPPER) / 3);
}

static void
put_words(struct gp_buf *b, const char *text, size_t used)
{
	size_t n = strlen(text), plain = 0, len, i;
	bool base64;

	for (i = 0; i < n; i++)
		plain += q_safe((unsigned char)text[i]) || text[i] == ' ';
	base64 = plain * 2 < n;
	while (n > 0) {
		size_t room = LINE_MAX_COLS > used + WRAPPER ? LINE_MAX_COLS - used - WRAPPER : 0;

		if (room > WORD_MAX - WRAPPER)
			room = WORD_MAX - WRAPPER;
		len = fill(base64, text, n, room);
		if (len == 0 && used > 1) {	/* a new line has more room */
			gp_buf_puts(b, "\r\n ");
			used = 1;
			continue;
		}
		if (len == 0)
			len = force(base64, text, n);
		put_word(b, base64, text, len);
		used = LINE_MAX_COLS;
		text += len;
		n -= len;
	}
}

/* Plain text folded at blanks. */
static void
put_plain(struct gp_buf *b, const char *text, size_t used)
{
	while (*text != '\0') {
		size_t len = 1 + strcspn(text + 1, " ");

		if (*text == ' ' && used + len > LINE_MAX_COLS) {
			gp_buf_puts(b, "\r\n");
			used = 0;
		}
		gp_buf_add(b, text, len);
		used += len;
		text += len;
	}
}

/* No controls, no folds, single blanks; all of a long text is kept. */
static char *
one_line(const void *ctx, const char *text)
{
	return gp_utf8_line(ctx, text, strlen(text), GP_MAX_HEADER_FIELD / 8);
}

char *
gp_mail_encode_words(const void *ctx, const char *text, size_t used)
{
	struct gp_buf *b = gp_buf_new(ctx, (size_t)4 * GP_MAX_HEADER_FIELD);
	char *line = one_line(b, text), *out;

	if (gp_is_ascii(line, strlen(line)) && strstr(line, "=?") == NULL && !has_long_token(line))
		put_plain(b, line, used);
	else
		put_words(b, line, used);
	out = gp_strndup(ctx, b->p, b->len);
	talloc_free(b);
	return out;
}

/* RFC 5322 section 3.2.3, and blanks between the atoms. */
static bool
is_phrase(const char *s)
{
	for (; *s != '\0'; s++) {
		bool alnum = (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
		    (*s >= 'A' && *s <= 'Z');

		if (!alnum && strchr("!#$%&'*+-/=?^_`{|}~ ", *s) == NULL)
			return false;
	}
	return true;
}

char *
gp_mail_encode_phrase(const void *ctx, const char *text)
{
	char *line = one_line(ctx, text), *out, *o;
	const char *p;

	if (!gp_is_ascii(line, strlen(line)) || strstr(line, "=?") != NULL || strlen(line) > 200) {
		out = gp_mail_encode_words(ctx, line, LINE_MAX_COLS / 2);
		if (strstr(out, "=?") != NULL)
			goto done;
		talloc_free(out);
	}
	if (is_phrase(line))
		return line;
	out = o = gp_array(ctx, char, 2 * strlen(line) + 3);
	*o++ = '"';
	for (p = line; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			*o++ = '\\';
		*o++ = *p;
	}
	*o++ = '"';
	*o = '\0';
done:
	talloc_free(line);
	return out;
}
