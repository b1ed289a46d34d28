/* SPDX-License-Identifier: ISC */
/*
 * Header fields without 8-bit bytes: text as encoded-words (RFC 2047), in an unknown charset where it
 * is no UTF-8 (RFC 1428 section 3), names of files as RFC 2231 has them. What is ASCII stays as it is
 * but for its folds.
 */
#include "private.h"

#include "guildpost/mail/carry.h"

#include <string.h>

#define LINE 76
#define VALUE_MAX 4096	/* bytes of a parameter */
#define WORD_BYTES 42	/* in base64 56 characters: a word has at most 75 (RFC 2047 section 2) */

bool
gp_down_has_long(const char *p, size_t n)
{
	size_t at = 0, len;

	for (; at < n; at += len) {
		len = gp_mail_line(p + at, n - at);
		if (len > 1000)
			return true;
	}
	return false;
}

/* ---- one line after the other ----------------------------------------------------------- */

struct folder {
	struct gp_buf *b;
	size_t start;		/* of the line */
	bool any;		/* something stands on it behind the blank */
};

/* The blank in front of a piece of len bytes becomes a fold where the line would grow too long. */
static void
put(struct folder *f, const char *blank, size_t blank_n, const char *p, size_t len)
{
	if (blank_n > 0 && f->any && f->b->len - f->start + blank_n + len > LINE) {
		gp_buf_puts(f->b, "\r\n");
		f->start = f->b->len;
	}
	gp_buf_add(f->b, blank, blank_n);
	gp_buf_add(f->b, p, len);
	f->any = f->any || len > 0;
}

/* Text as encoded-words, parted by folds; `blank` in front of the first. */
static void
put_words(struct folder *f, const char *blank, size_t blank_n, const char *p, size_t n)
{
	bool utf8 = gp_utf8_valid(p, n);

	while (n > 0) {
		size_t len = n <= WORD_BYTES ? n : utf8 ? gp_utf8_cut(p, n, WORD_BYTES) : WORD_BYTES;
		char *code = gp_base64(f->b->ctx, p, len);
		char *word = gp_asprintf(f->b->ctx, "=?%s?B?%s?=", utf8 ? "utf-8" : "unknown-8bit", code);

		put(f, blank, blank_n, word, strlen(word));
		talloc_free(word);
		talloc_free(code);
		p += len;
		n -= len;
		blank = " ";
		blank_n = 1;
	}
}

static size_t
blanks(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && gp_mail_blank(*q))
		q++;
	return (size_t)(q - p);
}

static size_t
word(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && !gp_mail_blank(*q))
		q++;
	return (size_t)(q - p);
}

static bool
is_coded(const char *p, size_t n)
{
	return n > 1 && p[0] == '=' && p[1] == '?';
}

/* Where the words with 8-bit bytes that begin at p end; only blanks stand between them. */
static const char *
wide_run(const char *p, const char *end)
{
	const char *stop = p, *q = p;

	while (q < end) {
		size_t n = word(q, end);

		if (n == 0 || gp_is_ascii(q, n))
			break;
		stop = q + n;
		q = stop + blanks(stop, end);
	}
	return stop;
}

/* Free text. A blank between two encoded-words isn't shown: it goes into the new one. */
static void
put_text(struct folder *f, const char *p, size_t n)
{
	const char *end = p + n;
	bool after_coded = false;

	while (p < end) {
		const char *text = p + blanks(p, end), *stop, *next;
		size_t len = word(text, end), gap = (size_t)(text - p);

		if (gp_is_ascii(text, len)) {
			put(f, p, gap, text, len);
			after_coded = is_coded(text, len);
			p = text + len;
			continue;
		}
		stop = wide_run(text, end);
		next = stop + blanks(stop, end);
		if (next < end && is_coded(next, word(next, end)))
			stop = next - 1;	/* one blank stays between them */
		if (after_coded && gap > 0)
			put_words(f, " ", 1, p, (size_t)(stop - p));
		else
			put_words(f, p, gap, text, (size_t)(stop - text));
		after_coded = true;
		p = stop;
	}
}

/* ---- addresses (RFC 5322 section 3.4) -------------------------------------------------------- */

char *
gp_addr_ascii(const void *ctx, const char *addr)
{
	const char *at = strrchr(addr, '@');
	char *domain, *out;

	if (gp_is_ascii(addr, strlen(addr)))
		return gp_strdup(ctx, addr);
	if (at == NULL || !gp_is_ascii(addr, (size_t)(at - addr)))
		return NULL;
	domain = gp_idn_ascii(ctx, at + 1);
	if (domain == NULL)
		return NULL;
	out = gp_asprintf(ctx, "%.*s@%s", (int)(at - addr), addr, domain);
	talloc_free(domain);
	return out;
}

/* Length of a quoted-string, a comment or <...> at p, its end included. */
static size_t
enclosed(const char *p, const char *end)
{
	char close = *p == '"' ? '"' : *p == '(' ? ')' : '>';
	const char *q = p + 1;
	int depth = 1;

	for (; q < end; q++) {
		if (*q == '\\' && *p != '<' && q + 1 < end)
			q++;
		else if (*p == '(' && *q == '(')
			depth++;
		else if (*q == close && --depth == 0)
			return (size_t)(q - p) + 1;
	}
	return (size_t)(end - p);
}

static char *
unquoted(const void *ctx, const char *p, size_t n)
{
	char *s = gp_strndup(ctx, p, n), *to = s;
	const char *from;

	for (from = s; *from != '\0'; from++) {
		if (*from == '\\' && from[1] != '\0')
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return s;
}

static void
put_address(struct folder *f, const char *gap, size_t gap_n, const char *p, size_t n, char **address)
{
	bool angle = *p == '<';
	char *addr = angle ? gp_strndup(f->b->ctx, p + 1, n > 1 && p[n - 1] == '>' ? n - 2 : n - 1) :
	    gp_strndup(f->b->ctx, p, n);
	char *ascii = gp_addr_ascii(addr, addr), *out;

	if (ascii == NULL) {
		*address = gp_utf8_line(f->b->ctx, addr, strlen(addr), 200);
		put(f, gap, gap_n, p, n);
	} else {
		out = gp_asprintf(addr, angle ? "<%s>" : "%s", ascii);
		put(f, gap, gap_n, out, strlen(out));
	}
	talloc_free(addr);
}

/* The words up to the next special, blanks at the end off. */
static size_t
phrase(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && strchr("\"(<,:;", *q) == NULL)
		q++;
	while (q > p && gp_mail_blank(q[-1]))
		q--;
	return (size_t)(q - p);
}

static void
put_wide(struct folder *f, const char *gap, size_t gap_n, const char *p, size_t n, char **address)
{
	char *text;

	if (*p == '<' || (*p != '"' && *p != '(' && memchr(p, '@', n) != NULL)) {
		put_address(f, gap, gap_n, p, n, address);
		return;
	}
	if (*p == '(') {
		put(f, gap, gap_n, "(", 1);
		n -= n > 1 && p[n - 1] == ')' ? 2 : 1;
		text = unquoted(f->b->ctx, p + 1, n);
		put_words(f, "", 0, text, strlen(text));
		gp_buf_putc(f->b, ')');
	} else {
		if (*p == '"') {
			n -= n > 1 && p[n - 1] == '"' ? 2 : 1;
			p++;
		}
		text = unquoted(f->b->ctx, p, n);
		put_words(f, gap, gap_n, text, strlen(text));
	}
	talloc_free(text);
}

static void
put_addresses(struct folder *f, const char *p, size_t n, char **address)
{
	const char *end = p + n;

	while (p < end) {
		const char *gap = p;
		size_t gap_n = blanks(p, end), len;

		p += gap_n;
		if (p == end)
			break;
		len = strchr("\"(<", *p) != NULL ? enclosed(p, end) : phrase(p, end);
		/* A quoted local part goes on behind its quotes. */
		if (*p == '"' && p + len < end && p[len] == '@')
			len += phrase(p + len, end);
		if (len == 0)
			len = 1;
		if (gp_is_ascii(p, len))
			put(f, gap, gap_n, p, len);
		else if (*p == '"' && p[len - 1] != '"' && memchr(p, '@', len) != NULL)
			put_address(f, gap, gap_n, p, len, address);
		else
			put_wide(f, gap, gap_n, p, len, address);
		p += len;
	}
}

/* ---- parameters (RFC 2231 section 4) ------------------------------------------------------------ */

static void
put_parameter(struct folder *f, const struct gp_param *p)
{
	bool utf8 = gp_utf8_valid(p->value.p, p->value.n);
	size_t i, part = 0, at = 0;
	char buf[VALUE_MAX];
	struct gp_buf b;

	if (!gp_param_unquote(p, buf, sizeof(buf), &at))
		at = 0;
	gp_buf_init(&b, f->b->ctx, GP_MAX_HEADER_FIELD);
	for (i = 0; i < at || part == 0; part++) {
		size_t stop = i + 16 < at ? i + 16 : at;

		gp_buf_reset(&b);
		gp_buf_printf(&b, "%.*s", (int)p->name.n, p->name.p);
		if (at > 16)
			gp_buf_printf(&b, "*%zu", part);
		gp_buf_puts(&b, "*=");
		if (part == 0)
			gp_buf_puts(&b, utf8 ? "utf-8''" : "unknown-8bit''");
		for (; i < stop; i++) {
			unsigned char c = (unsigned char)buf[i];

			if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    c == '.' || c == '-' || c == '_')
				gp_buf_putc(&b, c);
			else
				gp_buf_printf(&b, "%%%02X", c);
		}
		gp_buf_putc(f->b, ';');
		put(f, " ", 1, b.p, b.len);
	}
}

/* A parameter that would mean something else if it were written anew. */
static bool
is_stiff(const struct gp_param *p)
{
	if (p->name.n == 0 || !gp_is_ascii(p->name.p, p->name.n) ||
	    memchr(p->name.p, '*', p->name.n) != NULL || p->value.n >= VALUE_MAX)
		return true;
	return (gp_str_ieq(p->name, "boundary") || gp_str_ieq(p->name, "charset")) &&
	    (!p->clean || !gp_is_ascii(p->value.p, p->value.n));
}

/* False: the field can't do without its bytes. */
static bool
put_parameters(struct folder *f, struct gp_str value)
{
	struct gp_params ps, again;
	struct gp_str first = gp_params_start(&ps, value);
	struct gp_param p;

	again = ps;
	if (!gp_is_ascii(first.p, first.n))
		return false;
	while (gp_params_next(&again, &p))
		if (is_stiff(&p))
			return false;
	put(f, " ", 1, first.p, first.n);
	while (gp_params_next(&ps, &p)) {
		char *text;

		if (!p.clean && !p.quoted)	/* a name with blanks and no quotes */
			p.value = gp_str_trim((struct gp_str){p.value.p,
			    (size_t)(ps.v.p + ps.at - p.value.p)});
		if (!gp_is_ascii(p.value.p, p.value.n)) {
			put_parameter(f, &p);
			continue;
		}
		text = gp_asprintf(f->b->ctx, p.quoted ? "%.*s=\"%.*s\"" : "%.*s=%.*s", (int)p.name.n,
		    p.name.p, (int)p.value.n, p.value.p);
		gp_buf_putc(f->b, ';');
		put(f, " ", 1, text, strlen(text));
		talloc_free(text);
	}
	return true;
}

/* ---- a field --------------------------------------------------------------------------------------- */

static bool
is_one_of(struct gp_str name, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (gp_str_ieq(name, names[i]))
			return true;
	return false;
}

static bool
add_field(struct folder *f, struct gp_str name, const char *value, char **address)
{
	static const char *const people[] = {"From", "Sender", "Reply-To", "To", "Cc", "Bcc",
	    "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Disposition-Notification-To"};
	static const char *const content[] = {"Content-Type", "Content-Disposition",
	    "Content-Transfer-Encoding"};
	char *refused = NULL;

	if (gp_is_ascii(name.p, name.n))
		gp_buf_add(f->b, name.p, name.n);
	else
		return false;
	gp_buf_putc(f->b, ':');
	if (is_one_of(name, content, GP_COUNT(content)))
		return put_parameters(f, GP_STR(value));
	gp_buf_putc(f->b, ' ');
	if (!is_one_of(name, people, GP_COUNT(people))) {
		put_text(f, value, strlen(value));
		return true;
	}
	put_addresses(f, value, strlen(value), &refused);
	if (refused != NULL)
		*address = refused;
	return refused == NULL;
}

bool
gp_down_field(struct gp_buf *b, const struct gp_header *h, const struct gp_field *field, char **address)
{
	struct gp_str name = {h->raw + field->start, field->name_len};
	struct folder f = {b, b->len, false};
	size_t before = b->len;
	char *value;

	/* Lines in front of the first field say nothing to anybody, and go (see gp_header_splice). */
	if (field->name_len == 0)
		return true;
	value = gp_field_value(b->ctx, h, field);
	if (!add_field(&f, name, value, address)) {
		gp_buf_cut(b, before);
		gp_buf_add(b, h->raw + field->start, field->len);
		talloc_free(value);
		return false;
	}
	talloc_free(value);
	gp_buf_puts(b, "\r\n");
	return true;
}
