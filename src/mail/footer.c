/* SPDX-License-Identifier: ISC */
/*
 * A footer under mail that passes through (standards.md 6.2). The author's bytes stay as they are; the
 * footer stands behind a plain text in its own encoding, or in a part of its own.
 */
#include "private.h"

#include "guildpost/mail/carry.h"

#include <string.h>

#define RULE "_______________________________________________"

struct footing {
	const void *ctx;
	const char *raw;
	size_t n;
	struct gp_header h;
	struct gp_part top;
	char *text;		/* separator and footer, LF */
	bool ascii;
	struct gp_footed *out;
};

bool
gp_field_is_content(const struct gp_header *h, const struct gp_field *f)
{
	const char *name = h->raw + f->start;

	return (f->name_len == 12 && gp_mail_ieq(name, "MIME-Version", 12)) ||
	    (f->name_len > 8 && gp_mail_ieq(name, "Content-", 8));
}

/* ---- what gets none ------------------------------------------------------------------------ */

static bool
is_untouchable(const char *type)
{
	static const char *const types[] = {
		"multipart/report", "application/pkcs7-signature",
		"text/calendar", "message/partial", "message/external-body", "message/rfc822",
		"message/global",
	};
	size_t i;

	for (i = 0; i < GP_COUNT(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return gp_type_is_sealed(type);
}

static bool
has_pgp(const char *p, size_t n)
{
	static const char begin[] = "-----BEGIN PGP";

	return gp_memmem(p, n, begin, sizeof(begin) - 1) != NULL;
}

/* ---- behind a plain text --------------------------------------------------------------------- */

/* May UTF-8 (or ASCII) be put behind text in this charset? */
static bool
charset_holds(const char *charset, bool ascii)
{
	static const char *const wide[] = {"utf-16", "utf-32", "ucs-", "utf-7", "unicode-1-1-utf-7",
	    "iso-2022", "hz-gb"};
	size_t i;

	if (charset == NULL)
		return ascii;
	if (gp_strieq(charset, "utf-8"))
		return true;
	for (i = 0; i < GP_COUNT(wide); i++)
		if (gp_istarts(charset, wide[i]))
			return false;
	return ascii;
}

static void
add_crlf(struct gp_buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			gp_buf_putc(b, '\r');
		gp_buf_putc(b, *text);
	}
}

static void
end_line(struct gp_buf *b)
{
	if (b->len > 0 && (b->len < 2 || memcmp(b->p + b->len - 2, "\r\n", 2) != 0))
		gp_buf_puts(b, "\r\n");
}

/* Base64 is read and written anew: text behind its end is lost to most readers. */
static bool
add_base64(struct footing *f, struct gp_buf *b)
{
	char *plain;
	struct gp_buf whole;
	size_t n;

	if (gp_cte_decode(f->ctx, GP_CTE_BASE64, f->raw + f->h.body, f->n - f->h.body, GP_MAX_MESSAGE,
	    &plain, &n, NULL) != GP_OK || has_pgp(plain, n))
		return false;
	gp_buf_init(&whole, f->ctx, GP_MAX_MESSAGE);
	gp_buf_add(&whole, plain, n);
	end_line(&whole);
	add_crlf(&whole, f->text);
	gp_cte_write_base64(b, whole.p, whole.len);
	gp_buf_puts(b, "\r\n");
	return !whole.over;
}

/* A soft break at the end would draw the footer into the last line (RFC 2045 section 6.7). */
static void
cut_soft_break(struct gp_buf *b)
{
	size_t n = b->len;

	while (n > 0 && gp_mail_space(b->p[n - 1]))
		n--;
	if (n > 0 && b->p[n - 1] == '=')
		gp_buf_cut(b, n - 1);
}

static bool
says_8bit(const struct footing *f)
{
	char *cte = gp_header_value(f->ctx, &f->h, "Content-Transfer-Encoding");

	return gp_strieq(cte, "8bit") || gp_strieq(cte, "binary");
}

/* False: this text can't hold it. */
static bool
add_to_text(struct footing *f)
{
	const char *body = f->raw + f->h.body;
	size_t n = f->n - f->h.body;
	struct gp_buf b;

	if (!charset_holds(f->top.charset, f->ascii) || has_pgp(body, n))
		return false;
	gp_buf_init(&b, f->ctx, GP_MAX_MESSAGE);
	if (f->top.cte == GP_CTE_BASE64) {
		if (!add_base64(f, &b))
			return false;
	} else if (f->top.cte == GP_CTE_QP) {
		gp_buf_add(&b, body, n);
		cut_soft_break(&b);
		end_line(&b);
		gp_compose_qp(&b, f->text);
	} else if (f->top.cte == GP_CTE_IDENTITY && (f->ascii || says_8bit(f))) {
		gp_buf_add(&b, body, n);
		end_line(&b);
		add_crlf(&b, f->text);
	} else {
		return false;
	}
	f->out->body = b.p;
	f->out->n = b.len;
	return !b.over;
}

/* ---- as a part ---------------------------------------------------------------------------------- */

static void
add_part(struct gp_buf *b, const char *text)
{
	gp_buf_puts(b, "Content-Disposition: inline\r\n");
	gp_compose_text_part(b, text);
}

/* Where the closing line "--boundary--" of the top begins, its line end in front included. */
static const char *
closing_line(const struct footing *f, const char *boundary)
{
	char *line = gp_asprintf(f->ctx, "\r\n--%s--", boundary);
	const char *p = f->raw + f->h.body, *end = f->raw + f->n, *q, *found = NULL;
	size_t n = strlen(line);

	while ((q = gp_memmem(p, (size_t)(end - p), line, n)) != NULL) {
		if (q + n == end || gp_mail_space(q[n])) {
			found = q;
			break;
		}
		p = q + 2;
	}
	return found;
}

/* The last part of multipart/mixed. False: nobody can tell where it ends. */
static bool
add_to_mixed(struct footing *f, const struct gp_walk *w)
{
	char *type = gp_header_value(f->ctx, &f->h, "Content-Type");
	char *boundary = gp_param_value(f->ctx, GP_STR(type), "boundary");
	const char *close;
	struct gp_buf b;

	if (w->broken || !w->plain || boundary == NULL)
		return false;
	close = closing_line(f, boundary);
	if (close == NULL)
		return false;
	gp_buf_init(&b, f->ctx, GP_MAX_MESSAGE);
	gp_buf_add(&b, f->raw + f->h.body, (size_t)(close - (f->raw + f->h.body)));
	gp_buf_printf(&b, "\r\n--%s\r\n", boundary);
	add_part(&b, f->text);
	/* The line end in front of the closing line is there already. */
	gp_buf_add(&b, close + 2, (size_t)(f->raw + f->n - close - 2));
	f->out->body = b.p;
	f->out->n = b.len;
	return !b.over;
}

/* The whole as the first part, the footer as the second. */
static bool
add_beside(struct footing *f)
{
	char *boundary = gp_compose_boundary(f->ctx, f->raw, f->n);
	struct gp_buf b, fields;
	size_t i;

	gp_buf_init(&fields, f->ctx, 1024);
	gp_header_add(&fields, "MIME-Version", "1.0");
	gp_header_add(&fields, "Content-Type",
	    gp_asprintf(f->ctx, "multipart/mixed; boundary=\"%s\"", boundary));
	if (!gp_is_ascii(f->raw + f->h.body, f->n - f->h.body))
		gp_header_add(&fields, "Content-Transfer-Encoding", "8bit");
	gp_buf_init(&b, f->ctx, GP_MAX_MESSAGE);
	gp_buf_printf(&b, "--%s\r\n", boundary);
	for (i = 0; i < f->h.n; i++) {
		const struct gp_field *field = &f->h.fields[i];

		if (gp_field_is_content(&f->h, field) &&
		    !gp_mail_ieq(f->raw + field->start, "MIME-", 5))
			gp_buf_add(&b, f->raw + field->start, field->len);
	}
	gp_buf_puts(&b, "\r\n");
	gp_buf_add(&b, f->raw + f->h.body, f->n - f->h.body);
	gp_buf_printf(&b, "\r\n--%s\r\n", boundary);
	add_part(&b, f->text);
	gp_buf_printf(&b, "--%s--\r\n", boundary);
	f->out->body = b.p;
	f->out->n = b.len;
	f->out->fields = fields.p;
	return !b.over;
}

/* ---- which of them --------------------------------------------------------------------------------- */

/* Separator, footer; no line ends in a blank, which would make it flow (RFC 3676 section 4). Empty lines stay, but
 * for those around it. */
static char *
footer_text(const void *ctx, const char *text)
{
	struct gp_buf b;
	size_t start, n;

	gp_buf_init(&b, ctx, 64 << 10);
	gp_buf_puts(&b, "\n" RULE "\n");
	start = b.len;
	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		struct gp_str line;

		n = strcspn(text, "\n");
		line = gp_str_trim((struct gp_str){ text, n });
		/* Its indent is its own. */
		gp_buf_add(&b, text, line.n == 0 ? 0 : (size_t)(line.p + line.n - text));
		if (b.len > start)
			gp_buf_putc(&b, '\n');
	}
	while (b.len > start + 1 && b.p[b.len - 2] == '\n')
		gp_buf_cut(&b, b.len - 1);
	return b.p;
}

enum gp_status
gp_footer_add(const void *ctx, const char *raw, size_t n, const char *text, struct gp_footed *out,
    struct gp_err *err)
{
	struct footing f = {.ctx = ctx, .raw = raw, .n = n, .out = out};
	enum gp_status st = gp_header_scan(ctx, raw, n, &f.h, err);
	struct gp_walk w;

	memset(out, 0, sizeof(*out));
	if (st == GP_OK)
		st = gp_mail_walk(ctx, raw, n, &w, err);
	if (st != GP_OK)
		return st;
	gp_part_read(ctx, &f.h, "text/plain", &f.top);
	f.text = footer_text(ctx, text);
	f.ascii = gp_is_ascii(f.text, strlen(f.text));
	if (is_untouchable(f.top.type) ||
	    (strcmp(f.top.type, "text/plain") == 0 && has_pgp(raw + f.h.body, n - f.h.body)))
		return GP_OK;
	if (strcmp(f.top.type, "text/plain") == 0 && (f.top.flags & GP_PART_ATTACHMENT) == 0)
		out->added = add_to_text(&f);
	else if (strcmp(f.top.type, "multipart/mixed") == 0)
		out->added = add_to_mixed(&f, &w);
	if (!out->added)
		out->added = add_beside(&f);
	return out->added ? GP_OK : gp_fail(err, GP_E_TOOBIG, "the message is too large for a footer");
}
