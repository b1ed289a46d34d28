/* SPDX-License-Identifier: ISC */
/*
 * The canonical form of a message: what every other part of the program may take
 * for granted about its bytes. Lines end in CRLF and nowhere else is there a CR
 * or LF (RFC 5321 section 2.3.8, RFC 7103 section 6), so that no parser behind us
 * can see a line end, and so a header or an end of data, where another saw none.
 * Done exactly once, on acceptance. Linear; one pass to count, one to write.
 */
#include "private.h"

#include <string.h>

/* A copy of the input is walked line by line; `header` until the first empty one. */
struct canon {
	const char *p, *end;
	bool header;
	bool mac;	/* not one LF in the message: CR ends the lines */
	bool plain;	/* neither CR nor NUL in the message: nothing to mend within lines */
	unsigned changes;
};

/* "From " that is not the field "From :" (RFC 5322 section 4.5 allows the blank). */
static bool
is_from_line(const char *p, const char *end, const char *mark)
{
	size_t n = strlen(mark);

	if ((size_t)(end - p) < n || memcmp(p, mark, n) != 0)
		return false;
	for (p += n; p < end && (*p == ' ' || *p == '\t'); p++)
		;
	return p < end && *p != ':';
}

static const char *
skip_line(const char *p, const char *end, bool mac)
{
	const char *nl = memchr(p, mac ? '\r' : '\n', (size_t)(end - p));

	return nl == NULL ? end : nl + 1;
}

/* Pipes and Maildir tools may leave the mbox separator on top, ">From " ones too. */
static void
skip_from_lines(struct canon *c)
{
	if (is_from_line(c->p, c->end, "From ")) {
		c->p = skip_line(c->p, c->end, c->mac);
		c->changes |= GP_CANON_FROM_LINE;
	}
	while (is_from_line(c->p, c->end, ">From ")) {
		c->p = skip_line(c->p, c->end, c->mac);
		c->changes |= GP_CANON_FROM_LINE;
	}
}

static bool
is_canonical(const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (nl == NULL || nl == p || nl[-1] != '\r')
			return false;
		if (memchr(p, '\r', (size_t)(nl - p)) != nl - 1)
			return false;
		if (memchr(p, '\0', (size_t)(nl - p)) != NULL)
			return false;
		p = nl + 1;
	}
	return true;
}

/* The bytes of one line without its end; stray CR and NUL are mended. */
static char *
put_line(struct canon *c, char *out, const char *p, const char *end)
{
	if (c->plain || (memchr(p, '\r', (size_t)(end - p)) == NULL &&
	    memchr(p, '\0', (size_t)(end - p)) == NULL)) {
		memcpy(out, p, (size_t)(end - p));
		return out + (end - p);
	}
	for (; p < end; p++) {
		if (*p == '\0') {
			*out++ = '?';
			c->changes |= GP_CANON_NUL;
		} else if (*p != '\r') {
			*out++ = *p;
		} else {
			c->changes |= GP_CANON_EOL;
			*out++ = c->header ? ' ' : '\r';
			if (!c->header)
				*out++ = '\n';
		}
	}
	return out;
}

static char *
put_all(struct canon *c, char *out)
{
	char eol = c->mac ? '\r' : '\n';

	while (c->p < c->end) {
		const char *nl = memchr(c->p, eol, (size_t)(c->end - c->p));
		const char *stop = nl == NULL ? c->end : nl;

		if (nl == NULL || c->mac || stop == c->p || stop[-1] != '\r')
			c->changes |= GP_CANON_EOL;
		/* CR CR LF, a well-known accident, is one line end. */
		while (!c->mac && stop > c->p && stop[-1] == '\r') {
			stop--;
			if (stop > c->p && stop[-1] == '\r')
				c->changes |= GP_CANON_EOL;
		}
		if (stop == c->p)
			c->header = false;
		out = put_line(c, out, c->p, stop);
		*out++ = '\r';
		*out++ = '\n';
		c->p = nl == NULL ? c->end : nl + 1;
	}
	return out;
}

static size_t
count(const char *p, const char *end, char c)
{
	size_t n = 0;

	while (p < end && (p = memchr(p, c, (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

char *
gp_mail_canon(const void *ctx, const char *raw, size_t n, size_t *out_n, unsigned *changes)
{
	struct canon c = { .p = raw, .end = raw + n, .header = true };
	char *out, *last;
	bool cr;

	if (n > 0) {
		cr = memchr(raw, '\r', n) != NULL;
		c.mac = cr && memchr(raw, '\n', n) == NULL;
		c.plain = !cr && memchr(raw, '\0', n) == NULL;
		skip_from_lines(&c);
	}
	if (is_canonical(c.p, (size_t)(c.end - c.p))) {
		*out_n = (size_t)(c.end - c.p);
		out = gp_memdup(ctx, c.p, *out_n);
	} else {
		/* Each CR and LF may become two bytes, the end is added. */
		out = gp_mail_bytes(ctx, (size_t)(c.end - c.p) + count(c.p, c.end, '\n') +
		    count(c.p, c.end, '\r') + 2);
		last = put_all(&c, out);
		*last = '\0';
		*out_n = (size_t)(last - out);
	}
	if (changes != NULL)
		*changes = c.changes;
	return out;
}
