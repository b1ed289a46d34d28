/* SPDX-License-Identifier: ISC */
/*
 * Encoded-words, read (RFC 2047). Real mail cuts characters in two between
 * adjacent words, so the bytes of neighbours with the same charset are joined
 * before they are converted (section 6.2 asks only for the blank between them to
 * go). The result is one clean line: an encoded CR LF can't become a header.
 */
#include "private.h"

#include <string.h>

/* One encoded-word as it stands in the text. */
struct word {
	struct gp_str charset, text;
	char encoding;		/* 'b' or 'q' */
	size_t len;		/* of the whole thing */
};

struct decoder {
	const void *ctx;
	struct gp_buf out;	/* UTF-8 */
	struct gp_buf bytes;	/* of the words joined so far */
	struct gp_str charset;	/* of these; p NULL: none waiting */
	size_t no_end;		/* no "?=" from here on: keeps failing look-ups linear */
};

/* Is there an encoded-word at p? Blanks inside the text of a Q word are let pass. */
static bool
find_word(struct decoder *d, const char *s, size_t at, size_t n, struct word *w)
{
	size_t i = at + 2, start;
	const char *end;

	if (n - at < 8 || s[at] != '=' || s[at + 1] != '?')
		return false;
	for (start = i; i < n && i - start < 64 && s[i] > 32 && s[i] < 127 && s[i] != '?'; i++)
		;
	w->charset = (struct gp_str){ s + start, i - start };
	if (i == start || n - i < 5 || s[i] != '?' || s[i + 2] != '?')
		return false;
	w->encoding = (char)gp_ascii_lower((unsigned char)s[i + 1]);
	if ((w->encoding != 'b' && w->encoding != 'q') || i + 3 >= d->no_end)
		return false;
	start = i + 3;
	end = gp_memmem(s + start, n - start, "?=", 2);
	if (end == NULL) {
		d->no_end = start;
		return false;
	}
	w->text = (struct gp_str){ s + start, (size_t)(end - s) - start };
	w->len = (size_t)(end - s) + 2 - at;
	/* RFC 2231 section 5: a language may stand behind the charset. */
	for (i = 0; i < w->charset.n; i++)
		if (w->charset.p[i] == '*')
			w->charset.n = i;
	return true;
}

static void
add_q(struct gp_buf *b, struct gp_str t)
{
	size_t i;
	int byte;

	for (i = 0; i < t.n; i++) {
		if (t.p[i] == '_') {
			gp_buf_putc(b, ' ');
		} else if (t.p[i] == '=' &&
		    (byte = gp_hex_byte(t.p + i + 1, t.n - i - 1)) >= 0) {
			gp_buf_putc(b, byte);
			i += 2;
		} else {
			gp_buf_putc(b, (unsigned char)t.p[i]);
		}
	}
}

static void
add_b(const void *ctx, struct gp_buf *b, struct gp_str t)
{
	char *bytes;
	size_t n;

	if (gp_cte_decode(ctx, GP_CTE_BASE64, t.p, t.n, t.n, &bytes, &n, NULL) != GP_OK)
		return;
	gp_buf_add(b, bytes, n);
	talloc_free(bytes);
}

/* Convert what the words gathered. */
static void
flush_words(struct decoder *d)
{
	char *name, *text;
	size_t n;

	if (d->charset.p == NULL)
		return;
	name = gp_strndup(d->ctx, d->charset.p, d->charset.n);
	text = gp_charset_text(d->ctx, name, d->bytes.p, d->bytes.len, GP_MAX_HEADER_FIELD, &n);
	gp_buf_add(&d->out, text, n);
	talloc_free(text);
	talloc_free(name);
	gp_buf_reset(&d->bytes);
	d->charset.p = NULL;
}

static void
add_word(struct decoder *d, const struct word *w)
{
	if (d->charset.p == NULL || d->charset.n != w->charset.n ||
	    !gp_mail_ieq(d->charset.p, w->charset.p, w->charset.n))
		flush_words(d);
	d->charset = w->charset;
	if (w->encoding == 'q')
		add_q(&d->bytes, w->text);
	else
		add_b(d->ctx, &d->bytes, w->text);
}

/* Text between words: UTF-8 as it is, other 8-bit read as windows-1252. */
static void
add_plain(struct decoder *d, const char *p, size_t n)
{
	char *text;

	flush_words(d);
	text = gp_charset_text(d->ctx, NULL, p, n, GP_MAX_HEADER_FIELD, &n);
	gp_buf_add(&d->out, text, n);
	talloc_free(text);
}

static bool
all_blank(const char *p, size_t n)
{
	while (n > 0 && gp_mail_space(*p)) {
		p++;
		n--;
	}
	return n == 0;
}

char *
gp_mail_decode_words(const void *ctx, const char *s, size_t n)
{
	struct decoder d = { .no_end = n };
	size_t at = 0, plain = 0;
	struct word w;
	char *out;

	if (memchr(s, '=', n) == NULL && gp_utf8_valid(s, n))	/* the most of them */
		return gp_utf8_line(ctx, s, n, GP_MAX_SUBJECT);
	d.ctx = gp_ctx(ctx);
	gp_buf_init(&d.out, d.ctx, (size_t)8 * GP_MAX_HEADER_FIELD);
	gp_buf_init(&d.bytes, d.ctx, GP_MAX_HEADER_FIELD);
	while (at < n) {
		const char *eq = memchr(s + at, '=', n - at);

		if (eq == NULL)
			break;
		at = (size_t)(eq - s);
		if (!find_word(&d, s, at, n, &w)) {
			at++;
			continue;
		}
		/* Blanks between two words are not text. */
		if (d.charset.p == NULL || !all_blank(s + plain, at - plain))
			add_plain(&d, s + plain, at - plain);
		add_word(&d, &w);
		at += w.len;
		plain = at;
	}
	add_plain(&d, s + plain, n - plain);
	out = gp_utf8_line(ctx, d.out.p, d.out.len, GP_MAX_SUBJECT);
	talloc_free((void *)d.ctx);
	return out;
}
