/* SPDX-License-Identifier: ISC */
/*
 * Values of the form "word; name=value; ..." (RFC 2045 section 5.1) with what
 * RFC 2231 adds: charsets, continuations. Own code because libetpan cuts and
 * decodes boundaries and knows nothing of RFC 2231. Forgiving: unquoted blanks in a
 * file name, missing values, unclosed quotes are read as they were meant.
 */
#include "private.h"

#include <string.h>

/* Behind blanks and comments from `at`; a comment left open takes the rest. */
static size_t
skip_cfws(struct gp_str v, size_t at)
{
	size_t depth = 0;

	for (; at < v.n; at++) {
		char c = v.p[at];

		if (c == '\\' && depth > 0)
			at++;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth == 0 && !gp_mail_space(c))
			break;
	}
	return at < v.n ? at : v.n;
}

/* Behind the quoted-string that starts at `at`, or the end of the value. */
static size_t
skip_quoted(struct gp_str v, size_t at)
{
	for (at++; at < v.n && v.p[at] != '"'; at++)
		if (v.p[at] == '\\')
			at++;
	return at < v.n ? at + 1 : v.n;
}

/* To the next ';' outside of quotes. */
static size_t
skip_to_semicolon(struct gp_str v, size_t at)
{
	while (at < v.n && v.p[at] != ';')
		at = v.p[at] == '"' ? skip_quoted(v, at) : at + 1;
	return at;
}

static bool
is_token_char(char c)
{
	return c > 32 && c < 127 && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

struct gp_str
gp_params_start(struct gp_params *ps, struct gp_str value)
{
	size_t from = skip_cfws(value, 0), to = from;

	while (to < value.n && value.p[to] != ';' && value.p[to] != '(' &&
	    !gp_mail_space(value.p[to]))
		to++;
	ps->v = value;
	ps->at = skip_to_semicolon(value, to);
	return (struct gp_str){ value.p + from, to - from };
}

static void
quoted_value(struct gp_params *ps, struct gp_param *out)
{
	size_t start = ps->at, end = skip_quoted(ps->v, start);
	bool closed = end > start + 1 && ps->v.p[end - 1] == '"';

	out->quoted = true;
	out->value = (struct gp_str){ ps->v.p + start + 1, end - start - 1 - closed };
	out->clean = out->clean && closed && memchr(out->value.p, '\\', out->value.n) == NULL;
	ps->at = end;
}

/* Up to ';' or a comment; blanks inside stay: name=a b c.txt */
static void
bare_value(struct gp_params *ps, struct gp_param *out)
{
	size_t start = ps->at, i;

	while (ps->at < ps->v.n && ps->v.p[ps->at] != ';' && ps->v.p[ps->at] != '(')
		ps->at++;
	out->value = gp_str_trim((struct gp_str){ ps->v.p + start, ps->at - start });
	for (i = 0; i < out->value.n; i++)
		out->clean = out->clean && is_token_char(out->value.p[i]);
	out->clean = out->clean && out->value.n > 0;
}

bool
gp_params_next(struct gp_params *ps, struct gp_param *out)
{
	size_t from;

	*out = (struct gp_param){ .clean = true };
	while (ps->at < ps->v.n && ps->v.p[ps->at] == ';')
		ps->at = skip_cfws(ps->v, ps->at + 1);
	if (ps->at >= ps->v.n)
		return false;
	from = ps->at;
	while (ps->at < ps->v.n && is_token_char(ps->v.p[ps->at]))
		ps->at++;
	out->name = (struct gp_str){ ps->v.p + from, ps->at - from };
	ps->at = skip_cfws(ps->v, ps->at);
	if (ps->at < ps->v.n && ps->v.p[ps->at] == '=') {
		ps->at = skip_cfws(ps->v, ps->at + 1);
		if (ps->at < ps->v.n && ps->v.p[ps->at] == '"')
			quoted_value(ps, out);
		else
			bare_value(ps, out);
	} else {
		out->clean = false;
		out->value = (struct gp_str){ ps->v.p + ps->at, 0 };
	}
	from = skip_cfws(ps->v, ps->at);
	if (from < ps->v.n && ps->v.p[from] != ';')
		out->clean = false;
	ps->at = skip_to_semicolon(ps->v, ps->at);
	return true;
}

bool
gp_param_unquote(const struct gp_param *p, char *buf, size_t size, size_t *len)
{
	size_t i, n = 0;

	for (i = 0; i < p->value.n; i++) {
		char c = p->value.p[i];

		if (p->quoted && c == '\\' && i + 1 < p->value.n)
			c = p->value.p[++i];
		else if (c == '\r' || c == '\n')
			continue;	/* a fold: its blank stays */
		if (n + 1 >= size)
			return false;
		buf[n++] = c;
	}
	buf[n] = '\0';
	*len = n;
	return true;
}

static char *
unquoted(const void *ctx, const struct gp_param *p, size_t *len)
{
	char *buf = gp_array(ctx, char, p->value.n + 1);

	if (!gp_param_unquote(p, buf, p->value.n + 1, len)) {
		*buf = '\0';	/* can't be: nothing grows */
		*len = 0;
	}
	return buf;
}

char *
gp_param_value(const void *ctx, struct gp_str value, const char *name)
{
	struct gp_params ps;
	struct gp_param p;
	size_t len;

	gp_params_start(&ps, value);
	while (gp_params_next(&ps, &p))
		if (gp_str_ieq(p.name, name))
			return unquoted(ctx, &p, &len);
	return NULL;
}

/* ---- RFC 2231 ---------------------------------------------------------------- */

#define SEGMENTS 64	/* of one value; more are left out */

struct segment {
	struct gp_param p;
	bool there, encoded;
};

/* Does `name` say "base*", "base*N" or "base*N*"? Then which segment, and how. */
static bool
is_segment(struct gp_str name, const char *base, size_t *index, bool *encoded)
{
	size_t len = strlen(base), i;

	if (name.n <= len || !gp_mail_ieq(name.p, base, len) || name.p[len] != '*')
		return false;
	*encoded = name.p[name.n - 1] == '*';
	*index = 0;
	for (i = len + 1; i < name.n && name.p[i] >= '0' && name.p[i] <= '9'; i++) {
		if (*index >= SEGMENTS)
			return false;
		*index = *index * 10 + (size_t)(name.p[i] - '0');
	}
	return *index < SEGMENTS && i + (*encoded && i > len + 1) >= name.n;
}

static void
add_percent(struct gp_buf *b, const char *p, size_t n)
{
	size_t i;
	int byte;

	for (i = 0; i < n; i++) {
		if (p[i] == '%' && (byte = gp_hex_byte(p + i + 1, n - i - 1)) >= 0) {
			gp_buf_putc(b, byte);
			i += 2;
		} else {
			gp_buf_putc(b, (unsigned char)p[i]);
		}
	}
}

static char *
join_segments(const void *ctx, const struct segment *seg)
{
	struct gp_buf *b = gp_buf_new(ctx, GP_MAX_HEADER_FIELD);
	char *charset = NULL, *out, *text;
	size_t i, n;

	for (i = 0; i < SEGMENTS && seg[i].there; i++) {
		char *v = unquoted(b, &seg[i].p, &n), *rest = v, *quote;

		/* charset'language'text opens the first one. */
		if (i == 0 && seg[i].encoded && (quote = strchr(v, '\'')) != NULL &&
		    strchr(quote + 1, '\'') != NULL) {
			charset = gp_strndup(b, v, (size_t)(quote - v));
			rest = strchr(quote + 1, '\'') + 1;
		}
		if (seg[i].encoded)
			add_percent(b, rest, n - (size_t)(rest - v));
		else
			gp_buf_add(b, rest, n - (size_t)(rest - v));
	}
	text = gp_charset_text(b, charset, b->p, b->len,
	    GP_MAX_HEADER_FIELD, &n);
	out = gp_utf8_line(ctx, text, n, GP_MAX_SUBJECT);
	talloc_free(b);
	return out;
}

char *
gp_param_text(const void *ctx, struct gp_str value, const char *name)
{
	struct segment seg[SEGMENTS] = { { .there = false } };
	char *plain = NULL, *text;
	struct gp_params ps;
	struct gp_param p;
	size_t n, index;
	bool encoded;

	gp_params_start(&ps, value);
	while (gp_params_next(&ps, &p)) {
		if (gp_str_ieq(p.name, name) && plain == NULL)
			plain = unquoted(ctx, &p, &n);
		else if (is_segment(p.name, name, &index, &encoded))
			seg[index] = (struct segment){ p, true, encoded };
	}
	/* RFC 6266 section 4.3: the extended form wins. */
	if (seg[0].there) {
		talloc_free(plain);
		return join_segments(ctx, seg);
	}
	if (plain == NULL)
		return NULL;
	text = gp_mail_decode_words(ctx, plain, strlen(plain));
	talloc_free(plain);
	return text;
}
