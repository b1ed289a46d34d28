/* SPDX-License-Identifier: ISC */
/*
 * Mail of our own (RFC 5322, RFC 2045, RFC 2046): text/plain, with a twin in HTML as
 * multipart/alternative, with messages or files enclosed as multipart/mixed. Parts are
 * 7bit or quoted-printable, so that no server has to convert anything and a signature
 * made behind us holds. Boundaries are 128 random bits and tried against the content.
 */
#include "private.h"

#include <string.h>

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
put_crlf(struct gp_buf *b, const char *s)
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

void
gp_compose_qp(struct gp_buf *b, const char *s)
{
	struct gp_buf crlf;

	gp_buf_init(&crlf, b->ctx, OUT_MAX);
	put_crlf(&crlf, s);
	gp_cte_write_qp(b, crlf.p, crlf.len);
	b->over = b->over || crlf.over;
	talloc_free(crlf.p);
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
		put_crlf(b, text);
	else
		gp_compose_qp(b, text);
}

void
gp_compose_text_part(struct gp_buf *b, const char *text)
{
	put_text_part(b, "plain", text);
}

void
gp_compose_html_part(struct gp_buf *b, const char *html)
{
	put_text_part(b, "html", html);
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

/* A message stands as it is (RFC 2046 section 5.2.1); anything else is a file, in base64. */
static void
put_enclosure(struct gp_buf *b, const struct gp_enclosure *e)
{
	if (gp_streq(e->type, "message/rfc822")) {
		gp_buf_printf(b, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: %s\r\n"
		    "Content-Disposition: inline\r\n\r\n", gp_is_ascii(e->p, e->n) ? "7bit" : "8bit");
		gp_buf_add(b, e->p, e->n);
		return;
	}
	gp_buf_printf(b, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n", e->type, e->name);
	gp_cte_write_base64(b, e->p, e->n);
	gp_buf_puts(b, "\r\n");
}

/* Messages one behind the other (RFC 2046 section 5.1.5). */
static void
put_digest(struct gp_buf *b, const struct gp_compose *c, const char *cte)
{
	char *boundary = new_boundary(b->ctx, c);
	size_t i;

	gp_buf_printf(b, "Content-Type: multipart/digest; boundary=\"%s\"\r\n"
	    "Content-Transfer-Encoding: %s\r\n", boundary, cte);
	for (i = 0; i < c->enclosures_n; i++) {
		gp_buf_printf(b, "\r\n--%s\r\n", boundary);
		put_enclosure(b, &c->enclosures[i]);
	}
	gp_buf_printf(b, "\r\n--%s--\r\n", boundary);
	talloc_free(boundary);
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
		    !gp_is_ascii(c->enclosures[i].p, c->enclosures[i].n))
			cte = "8bit";
	boundary = new_boundary(b->ctx, c);
	gp_buf_printf(b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n--%s\r\n", boundary, cte, boundary);
	put_letter(b, c);
	if (c->digest) {
		gp_buf_printf(b, "\r\n--%s\r\n", boundary);
		put_digest(b, c, cte);
	}
	for (i = 0; !c->digest && i < c->enclosures_n; i++) {
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
	void *work = gp_ctx(ctx);
	struct gp_enclosure *v = gp_array(work, struct gp_enclosure, c->enclosures_n + 1);
	struct gp_compose fit = *c;
	struct gp_buf b;
	size_t i;

	for (i = 0; i < c->enclosures_n; i++) {
		v[i] = c->enclosures[i];
		gp_enclosure_fit(work, &v[i]);
	}
	fit.enclosures = v;
	gp_buf_init(&b, ctx, OUT_MAX);
	put_header(&b, &fit);
	put_body(&b, &fit);
	talloc_free(work);
	*out_n = b.len;
	return b.p;
}
