/* SPDX-License-Identifier: ISC */
/*
 * Address lists (RFC 5322 section 3.4 with the obsolete forms, RFC 6532), read from
 * real mail: what can be understood is taken and the rest is left. One pass with a
 * counter for comments, no recursion. An item is gathered twice: as words (what a
 * person would read, quotes off) and as a spec (what an address would be, quotes
 * kept, comments out).
 */
#include "private.h"

#include <string.h>

/* The item between two commas that is being read. */
struct item {
	struct gp_buf words;	/* display name */
	struct gp_buf spec;	/* the same without comments, quotes kept */
	struct gp_buf comment;	/* comments: a name for "a@b (Name)" */
	struct gp_buf angle;	/* inside of the last <...> with an @ */
	bool has_angle, empty_angle, something;
};

struct reader {
	const void *ctx, *work;
	const char *p, *end;
	bool stray_comment, stray_quote;	/* met one that is never closed */
	struct item item;
	struct gp_addrs *out;
	size_t cap;
};

static void
reset(struct item *it)
{
	gp_buf_reset(&it->words);
	gp_buf_reset(&it->spec);
	gp_buf_reset(&it->comment);
	gp_buf_reset(&it->angle);
	it->has_angle = it->empty_angle = it->something = false;
}

static struct gp_str
text_of(const struct gp_buf *b)
{
	return gp_str_trim((struct gp_str){ b->p, b->len });
}

/* ---- taking the field apart ------------------------------------------------- */

/* A comment with those inside it. One that is never closed is a stray parenthesis; so
 * are all behind it then, which keeps this linear. */
static void
read_comment(struct reader *r)
{
	const char *p = r->p;
	size_t depth = 0, start = r->item.comment.len;

	for (; p < r->end && !r->stray_comment; p++) {
		char c = *p;

		if (c == '\\' && p + 1 < r->end)
			c = *++p;
		else if (c == '(' && depth++ == 0)
			continue;
		else if (c == ')' && --depth == 0)
			break;
		gp_buf_putc(&r->item.comment, (unsigned char)c);
	}
	if (r->stray_comment || p >= r->end) {
		gp_buf_cut(&r->item.comment, start);
		r->stray_comment = true;
		p = r->p;
	} else {
		gp_buf_putc(&r->item.comment, ' ');
	}
	gp_buf_putc(&r->item.words, ' ');
	gp_buf_putc(&r->item.spec, ' ');
	r->p = p + 1;
}

/* A quoted-string. As with comments, a quote that is never closed is passed over. */
static void
read_quoted(struct reader *r)
{
	const char *q = r->p + 1;

	while (q < r->end && *q != '"' && !r->stray_quote)
		q += *q == '\\' && q + 1 < r->end ? 2 : 1;
	if (q >= r->end || r->stray_quote) {
		r->stray_quote = true;
		r->p++;
		return;
	}
	gp_buf_add(&r->item.spec, r->p, (size_t)(q + 1 - r->p));
	for (r->p++; r->p < q; r->p++) {
		if (*r->p == '\\' && r->p + 1 < q)
			r->p++;
		gp_buf_putc(&r->item.words, (unsigned char)*r->p);
	}
	r->p = q + 1;
}

/* Where the <...> at p ends: at '>', or where the next address must begin. */
static const char *
angle_end(const char *p, const char *end)
{
	bool quoted = false;

	for (p++; p < end; p++) {
		if (*p == '\\' && quoted)
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == '>' || *p == '<' || *p == ';'))
			return p;
	}
	return end;
}

/* RFC 5322 section 4.4: "<@relay,@relay:local@domain>". */
static const char *
skip_route(const char *p, const char *end)
{
	const char *colon;

	if (p >= end || *p != '@')
		return p;
	colon = memchr(p, ':', (size_t)(end - p));
	return colon == NULL ? p : colon + 1;
}

static void
read_angle(struct reader *r)
{
	const char *end = angle_end(r->p, r->end), *p = r->p + 1;
	const char *comma = end < r->end && *end == '>' ? NULL :
	    memchr(p, ',', (size_t)(end > p ? end - p : 0));

	if (comma != NULL)	/* never closed: up to the comma */
		end = comma;
	if (end < p)
		end = p;
	while (p < end && gp_mail_space(*p))
		p++;
	p = skip_route(p, end);
	if (p < end && memchr(p, '@', (size_t)(end - p)) != NULL) {
		gp_buf_reset(&r->item.angle);
		gp_buf_add(&r->item.angle, p, (size_t)(end - p));
		r->item.has_angle = true;
	} else if (p == end) {
		r->item.empty_angle = true;
	} else {
		gp_buf_add(&r->item.words, p, (size_t)(end - p));
	}
	r->p = end < r->end && *end == '>' ? end + 1 : end;
}

/* ---- from an item to a mailbox ------------------------------------------------- */

/* An address without white space and comments; NULL when it can't be one. */
static char *
squeeze(struct reader *r, const char *p, size_t n)
{
	char *buf = gp_array(r->work, char, n + 1), *line;
	size_t i, len = 0;
	bool quoted = false;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '"')
			quoted = !quoted;
		if (c < 32 || c == 127 || (c == ' ' && !quoted))
			continue;
		buf[len++] = (char)c;
	}
	buf[len] = '\0';
	if (len < 3 || len > GP_MAX_ADDRESS || buf[0] == '@' || buf[len - 1] == '@' ||
	    memchr(buf, '@', len) == NULL)
		return NULL;
	/* What a line of text would lose (bad UTF-8, controls, bidi marks) is no address. */
	line = gp_utf8_line(r->ctx, buf, len, GP_MAX_ADDRESS);
	if (strcmp(line, buf) == 0)
		return line;
	talloc_free(line);
	return NULL;
}

/* Where the word with the last @ starts and ends; blanks around the @ and in front of a
 * dot belong to it, so does a quoted local part. */
static bool
find_spec(struct gp_str s, size_t *from, size_t *to)
{
	const char *at = s.n == 0 ? NULL : memrchr(s.p, '@', s.n);
	size_t i;

	if (at == NULL)
		return false;
	for (i = (size_t)(at - s.p); i > 0; i--) {
		if (s.p[i - 1] == '"') {
			for (i--; i > 0 && s.p[i - 1] != '"'; i--)
				;
			if (i == 0)
				break;
		} else if (gp_mail_space(s.p[i - 1]) && s.p[i] != '.' && s.p[i] != '@' &&
		    !gp_mail_space(s.p[i])) {
			break;
		}
	}
	*from = i;
	for (i = (size_t)(at - s.p) + 1; i < s.n && gp_mail_space(s.p[i]); i++)
		;
	while (i < s.n && !gp_mail_space(s.p[i]))
		i++;
	*to = i;
	return true;
}

/* The form that pipermail archives write: "jane at example.org". */
static char *
spelt_out(struct reader *r, struct gp_str s)
{
	const char *at = gp_memmem(s.p, s.n, " at ", 4);
	size_t local, domain, i;
	char *addr;

	if (at == NULL)
		return NULL;
	local = (size_t)(at - s.p);
	domain = s.n - local - 4;
	for (i = 0; i < s.n; i++)
		if ((gp_mail_space(s.p[i]) || s.p[i] == '"') && i != local && i != local + 3)
			return NULL;
	if (local == 0 || domain < 3 || memchr(at + 5, '.', domain - 2) == NULL)
		return NULL;
	addr = gp_asprintf(r->work, "%.*s@%.*s", (int)local, s.p, (int)domain, at + 4);
	return squeeze(r, addr, strlen(addr));
}

static char *
decoded(struct reader *r, struct gp_str s)
{
	return gp_mail_decode_words(r->ctx, s.p, s.n);
}

static void
push(struct reader *r, char *name, char *addr)
{
	struct gp_addrs *o = r->out;

	if (o->n == r->cap) {
		struct gp_addr *v = gp_array(r->ctx, struct gp_addr, 2 * r->cap + 4);

		if (o->n > 0)
			memcpy(v, o->v, o->n * sizeof(*v));
		talloc_free(o->v);
		o->v = v;
		r->cap = 2 * r->cap + 4;
	}
	o->v[o->n++] = (struct gp_addr){ name, addr };
}

/* "a@b", "a@b (Name)", "Name a@b", "a at b (Name)". */
static char *
bare_address(struct reader *r, char **name)
{
	struct gp_str s = text_of(&r->item.spec), rest;
	size_t from, to;
	char *addr = NULL;

	*name = NULL;
	if (find_spec(s, &from, &to)) {
		rest = gp_str_trim((struct gp_str){ s.p, from });
		if (to - from > 7 && gp_mail_ieq(s.p + from, "mailto:", 7))
			from += 7;
		addr = squeeze(r, s.p + from, to - from);
		if (rest.n > 1 && rest.p[0] == '"' && rest.p[rest.n - 1] == '"')
			rest = (struct gp_str){ rest.p + 1, rest.n - 2 };
		if (addr != NULL && rest.n > 0)
			*name = decoded(r, rest);
	} else {
		addr = spelt_out(r, s);
	}
	if (addr != NULL && *name == NULL)
		*name = decoded(r, text_of(&r->item.comment));
	return addr;
}

static void
end_item(struct reader *r)
{
	struct item *it = &r->item;
	struct gp_str a;
	char *addr, *name;

	if (it->something && r->out->n < GP_MAX_ADDRESSES) {
		if (it->has_angle) {
			a = text_of(&it->angle);
			addr = squeeze(r, a.p, a.n);
			name = addr == NULL ? NULL : decoded(r, text_of(&it->words));
			if (addr != NULL && *name == '\0')
				name = decoded(r, text_of(&it->comment));
		} else {
			addr = bare_address(r, &name);
		}
		if (addr != NULL)
			push(r, name, addr);
		else if (!it->empty_angle)
			r->out->more = true;
	} else if (it->something) {
		r->out->more = true;
	}
	reset(it);
}

/* A colon ends the name of a group, unless it is part of "mailto:a@b" or the like. */
static void
colon(struct reader *r)
{
	struct gp_str s = text_of(&r->item.spec);

	if (gp_str_ieq(s, "mailto") || memchr(s.p, '@', s.n) != NULL) {
		gp_buf_putc(&r->item.words, ':');
		gp_buf_putc(&r->item.spec, ':');
		return;
	}
	reset(&r->item);
}

static void
step(struct reader *r)
{
	switch (*r->p) {
	case '(':
		read_comment(r);
		return;
	case '"':
		r->item.something = true;
		read_quoted(r);
		return;
	case '<':
		r->item.something = true;
		read_angle(r);
		return;
	case ',':
	case ';':
		end_item(r);
		break;
	case ':':
		colon(r);
		break;
	default:
		r->item.something = r->item.something || !gp_mail_space(*r->p);
		gp_buf_putc(&r->item.words, (unsigned char)*r->p);
		gp_buf_putc(&r->item.spec, (unsigned char)*r->p);
		break;
	}
	r->p++;
}

enum gp_status
gp_addrs_parse(const void *ctx, const char *s, size_t n, struct gp_addrs *out, struct gp_err *err)
{
	struct reader r = { .ctx = ctx, .work = gp_ctx(ctx), .p = s, .end = s + n, .out = out };

	*out = (struct gp_addrs){ .n = 0 };
	if (n > GP_MAX_HEADER_FIELD) {
		talloc_free((void *)r.work);
		return gp_fail(err, GP_E_TOOBIG, "an address field has more than %d bytes",
		    GP_MAX_HEADER_FIELD);
	}
	gp_buf_init(&r.item.words, r.work, 2 * GP_MAX_HEADER_FIELD);
	gp_buf_init(&r.item.spec, r.work, 2 * GP_MAX_HEADER_FIELD);
	gp_buf_init(&r.item.comment, r.work, GP_MAX_HEADER_FIELD);
	gp_buf_init(&r.item.angle, r.work, GP_MAX_HEADER_FIELD);
	while (r.p < r.end)
		step(&r);
	end_item(&r);
	talloc_free((void *)r.work);
	return GP_OK;
}
