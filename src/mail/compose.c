/* SPDX-License-Identifier: ISC */
/*
 * Mail of our own (RFC 5322, RFC 2045, RFC 2046): text/plain, with a twin in HTML as
 * multipart/alternative, with messages or files enclosed as multipart/mixed. Parts are
 * 7bit or quoted-printable, so that no server has to convert anything and a signature
 * made behind us holds. Boundaries are 128 random bits and tried against the content.
 */
#include "private.h"

#include <string.h>

#define QP_LINE 76	/* RFC 2045 section 6.7 rule 5 */
#define LINE_7BIT 900	/* longer lines are encoded: RFC 5322 allows 998 */
#define OUT_MAX ((size_t)2 * GP_MAX_MESSAGE)

/* ---- one text part ------------------------------------------------------------- */

static bool
is_7bit(const char *s)
{
	size_t run = 0;

	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		run = c == '\n' ? 0 : run + 1;
		if (c >= 127 || (c < 32 && c != '\n' && c != '\t' && c != '\r') ||
		    run > LINE_7BIT)
			return false;
	}
	return true;
}

/* LF and CRLF to CRLF; a stray CR goes. */
static void
put_7bit(struct gp_buf *b, const char *s)
{
	const char *last = s;

	for (; *s != '\0'; last = s++) {
		if (*s == '\r')
			continue;
		gp_buf_puts(b, *s == '\n' ? "\r" : "");
		gp_buf_putc(b, *s);
	}
	if (*last != '\n')
		gp_buf_puts(b, "\r\n");
}

/* One character of quoted-printable; a soft break first when the line is full. */
static void
put_qp_char(struct gp_buf *b, unsigned char c, bool encode, size_t *used)
{
	size_t len = encode ? 3 : 1;

	if (*used + len > QP_LINE - 1) {
		gp_buf_puts(b, "=\r\n");
		*used = 0;
	}
	if (encode)
		gp_buf_printf(b, "=%02X", (unsigned)c);
	else
		gp_buf_putc(b, c);
	*used += len;
}

void
gp_compose_qp(struct gp_buf *b, const char *s)
{
	size_t used = 0;

	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		bool last = s[1] == '\n' || s[1] == '\r' || s[1] == '\0';
		bool encode = c >= 127 || c == '=' || (c < 32 && c != '\t');

		if (c == '\r')
			continue;
		if (c == '\n') {
			gp_buf_puts(b, "\r\n");
			used = 0;
			continue;
		}
		if ((c == ' ' || c == '\t') && last)
			encode = true;
		/* "From " at the start of a line is mended by mbox writers, "." by SMTP. */
		if (used == 0 && (c == '.' || gp_starts(s, "From ")))
			encode = true;
		put_qp_char(b, c, encode, &used);
	}
	if (used > 0)
		gp_buf_puts(b, "\r\n");
}

/* Header fields of the part, empty line, content. */
static void
put_text_part(struct gp_buf *b, const char *subtype, const char *text)
{
	bool plain = is_7bit(text);

	gp_buf_printf(b, "Content-Type: text/%s; charset=%s\r\n", subtype,
	    plain ? "us-ascii" : "utf-8");
	gp_buf_printf(b, "Content-Transfer-Encoding: %s\r\n\r\n",
	    plain ? "7bit" : "quoted-printable");
	if (plain)
		put_7bit(b, text);
	else
		gp_compose_qp(b, text);
}

void
gp_compose_text_part(struct gp_buf *b, const char *text)
{
	put_text_part(b, "plain", text);
}

char *
gp_compose_boundary(const void *ctx, const char *p, size_t n)
{
	for (;;) {
		char *token = gp_token_new(ctx), *out = gp_asprintf(ctx, "=_%s", token);

		talloc_free(token);
		if (gp_memmem(p, n, out, strlen(out)) == NULL)
			return out;
		talloc_free(out);
	}
}

/* ---- several parts ---------------------------------------------------------------- */

static bool
is_used(const struct gp_compose *c, const char *boundary)
{
	size_t n = strlen(boundary), i;

	if ((c->text != NULL && strstr(c->text, boundary) != NULL) ||
	    (c->html != NULL && strstr(c->html, boundary) != NULL))
		return true;
	for (i = 0; i < c->enclosures_n; i++)
		if (gp_memmem(c->enclosures[i].p, c->enclosures[i].n, boundary, n) != NULL)
			return true;
	return false;
}

/* Random, and in no part; "=_" can't stand in quoted-printable or base64 (RFC 2045 6.7). */
static char *
new_boundary(const void *ctx, const struct gp_compose *c)
{
	for (;;) {
		char *token = gp_token_new(ctx), *out = gp_asprintf(ctx, "=_%s", token);

		talloc_free(token);
		if (!is_used(c, out))
			return out;
		talloc_free(out);
	}
}

/* The body of the letter itself: text, or text and HTML. */
static void
put_letter(struct gp_buf *b, const struct gp_compose *c)
{
	const char *text = c->text == NULL ? "" : c->text;
	char *boundary;

	if (c->html == NULL) {
		put_text_part(b, "plain", text);
		return;
	}
	boundary = new_boundary(b->ctx, c);
	gp_buf_printf(b, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
	gp_buf_printf(b, "--%s\r\n", boundary);
	put_text_part(b, "plain", text);
	gp_buf_printf(b, "\r\n--%s\r\n", boundary);
	put_text_part(b, "html", c->html);
	gp_buf_printf(b, "\r\n--%s--\r\n", boundary);
	talloc_free(boundary);
}

static bool
is_ascii(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] >= 128)
			return false;
	return true;
}

/* A message stands as it is (RFC 2046 section 5.2.1); anything else is a file, in base64. */
static void
put_enclosure(struct gp_buf *b, const struct gp_enclosure *e)
{
	const char *end, *p;
	char *code;

	if (gp_streq(e->type, "message/rfc822")) {
		gp_buf_printf(b, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: %s\r\n"
		    "Content-Disposition: inline\r\n\r\n", is_ascii(e->p, e->n) ? "7bit" : "8bit");
		gp_buf_add(b, e->p, e->n);
		return;
	}
	gp_buf_printf(b, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n", e->type, e->name);
	code = gp_base64(b->ctx, e->p, e->n);
	for (p = code, end = code + strlen(code); p < end; p += 76)
		gp_buf_printf(b, "%.76s\r\n", p);
	talloc_free(code);
}

static void
put_body(struct gp_buf *b, const struct gp_compose *c)
{
	const char *cte = "7bit";
	char *boundary;
	size_t i;

	if (c->enclosures_n == 0) {
		put_letter(b, c);
		return;
	}
	for (i = 0; i < c->enclosures_n; i++)
		if (gp_streq(c->enclosures[i].type, "message/rfc822") &&
		    !is_ascii(c->enclosures[i].p, c->enclosures[i].n))
			cte = "8bit";
	boundary = new_boundary(b->ctx, c);
	gp_buf_printf(b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n--%s\r\n", boundary, cte, boundary);
	put_letter(b, c);
	for (i = 0; i < c->enclosures_n; i++) {
		gp_buf_printf(b, "\r\n--%s\r\n", boundary);
		put_enclosure(b, &c->enclosures[i]);
	}
	gp_buf_printf(b, "\r\n--%s--\r\n", boundary);
	talloc_free(boundary);
}

/* ---- header ---------------------------------------------------------------------------- */

static void
put_address(struct gp_buf *b, const char *field, const char *name, const char *addr)
{
	char *v;

	if (addr == NULL || *addr == '\0')
		return;
	v = gp_addr_format(b->ctx, name, addr);
	gp_header_add(b, field, v);
	talloc_free(v);
}

static void
put_id(struct gp_buf *b, const char *field, const char *id)
{
	char *v = gp_asprintf(b->ctx, "<%s>", id);

	gp_header_add(b, field, v);
	talloc_free(v);
}

static void
put_header(struct gp_buf *b, const struct gp_compose *c)
{
	void *work = gp_ctx(b->ctx);
	const char *subject = c->subject == NULL ? "" : c->subject;

	put_address(b, "From", c->from_name, c->from_addr);
	put_address(b, "To", c->to_name, c->to_addr);
	put_address(b, "Reply-To", NULL, c->reply_to);
	gp_header_add(b, "Subject", gp_mail_encode_words(work, subject, strlen("Subject: ")));
	gp_header_add(b, "Date", gp_date_format(work, c->date, 0));
	put_id(b, "Message-ID", c->msgid != NULL ? c->msgid : gp_msgid_new(work, c->domain));
	if (c->in_reply_to != NULL) {
		put_id(b, "In-Reply-To", c->in_reply_to);
		put_id(b, "References", c->in_reply_to);
	}
	if (c->auto_submitted != NULL)
		gp_header_add(b, "Auto-Submitted", c->auto_submitted);
	gp_buf_puts(b, c->extra == NULL ? "" : c->extra);
	gp_buf_puts(b, "MIME-Version: 1.0\r\n");
	talloc_free(work);
}

char *
gp_mail_compose(const void *ctx, const struct gp_compose *c, size_t *out_n)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, OUT_MAX);
	put_header(&b, c);
	put_body(&b, c);
	*out_n = b.len;
	return b.p;
}
