/* SPDX-License-Identifier: ISC */
/*
 * Messages for strangers. The bytes are those of the archive, but addresses of people are cut
 * ("jane@example.org" becomes "jane@...") in every header field and in every text part, whatever
 * its transfer encoding. Message-IDs stay, they are how messages find each other; so do the
 * list's own addresses. Pictures, documents and other files are left as they are.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { DECODED_MOST = GP_MAX_MESSAGE, BASE64_LINE = 57 };

static bool
is_local(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    c >= 0x80 || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.\"", c) != NULL);
}

/* How long the domain behind an @ is; 0: it is none. */
static size_t
domain_length(const char *p, size_t n)
{
	size_t i = 0, dot = 0;
	unsigned char c;

	if (n > 0 && p[0] == '[') {
		const char *end = memchr(p, ']', n < 64 ? n : 64);

		return end == NULL ? 0 : (size_t)(end - p) + 1;
	}
	for (; i < n && i < 255; i++) {
		c = (unsigned char)p[i];
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    c < 0x80 && c != '-' && c != '_') {
			if (c != '.' || i == 0 || i + 1 == n || p[i - 1] == '.')
				break;
			dot = i;
		}
	}
	if (i > 0 && p[i - 1] == '.')
		i--;
	return dot > 0 || i > 0 ? i : 0;
}

/* bees@, bees-request@, bees+owner@ of this list. */
static bool
is_own(const struct gp_list *list, const char *p, size_t at, size_t domain)
{
	size_t name = strlen(list->name), local = 0;

	while (local < at && is_local((unsigned char)p[at - local - 1]))
		local++;
	return local >= name && strncasecmp(p + at - local, list->name, name) == 0 &&
	    (local == name || strchr("+-", p[at - local + name]) != NULL) &&
	    domain == strlen(list->domain) && strncasecmp(p + at + 1, list->domain, domain) == 0;
}

void
hide_text(struct gp_buf *b, const struct gp_list *list, const char *p, size_t n)
{
	size_t i, from = 0, len;
	const char *at;

	for (i = 0; i < n && (at = memchr(p + i, '@', n - i)) != NULL;) {
		i = (size_t)(at - p);
		len = i > 0 && is_local((unsigned char)p[i - 1]) ?
		    domain_length(p + i + 1, n - i - 1) : 0;
		if (len > 0 && !is_own(list, p, i, len)) {
			gp_buf_add(b, p + from, i + 1 - from);
			gp_buf_puts(b, "...");
			from = i + 1 + len;
		}
		i += 1 + len;
	}
	gp_buf_add(b, p + from, n - from);
}

static bool
has_ids(const char *name, size_t n)
{
	static const char *const names[] = {"Message-ID", "In-Reply-To", "References",
	    "Content-ID", "Resent-Message-ID", "X-Message-ID-Hash", "List-Id"};
	size_t i;

	for (i = 0; i < GP_COUNT(names); i++)
		if (strlen(names[i]) == n && strncasecmp(names[i], name, n) == 0)
			return true;
	return false;
}

/* What a reader of the list never saw, and a reader of the archive must not: passwords, blind copies. */
static bool
is_secret(const char *name, size_t n)
{
	static const char *const names[] = {"Approved", "Approve", "X-Approved", "X-Approve", "Urgent",
	    "Bcc", "Resent-Bcc"};
	size_t i;

	for (i = 0; i < GP_COUNT(names); i++)
		if (strlen(names[i]) == n && strncasecmp(names[i], name, n) == 0)
			return true;
	return false;
}

/* Fields of the header of a message or of a part, with the empty line. */
static enum gp_status
hide_header(const void *ctx, struct gp_buf *b, const struct gp_list *list, const char *p, size_t n,
    struct gp_err *err)
{
	struct gp_header h;
	enum gp_status st = gp_header_scan(ctx, p, n, &h, err);
	size_t i;

	if (st != GP_OK)
		return st;
	for (i = 0; i < h.n; i++) {
		const struct gp_field *f = &h.fields[i];

		if (is_secret(p + f->start, f->name_len))
			continue;
		if (has_ids(p + f->start, f->name_len))
			gp_buf_add(b, p + f->start, f->len);
		else
			hide_text(b, list, p + f->start, f->len);
	}
	gp_buf_add(b, p + h.end, n - h.end);
	return GP_OK;
}

static void
add_base64(struct gp_buf *b, const void *ctx, const char *p, size_t n)
{
	size_t i, len;

	for (i = 0; i < n; i += len) {
		char *line;

		len = n - i < BASE64_LINE ? n - i : BASE64_LINE;
		line = gp_base64(ctx, p + i, len);
		gp_buf_puts(b, line);
		gp_buf_puts(b, "\r\n");
		talloc_free(line);
	}
}

/* An address at the end of a line of quoted-printable may go on in the next: "a@exam=\r\nple". */
static void
hide_qp(struct gp_buf *b, const struct gp_list *list, const char *p, size_t n)
{
	size_t i, from = 0;
	struct gp_buf joined;

	for (i = 0; i + 2 < n; i++)
		if (p[i] == '=' && p[i + 1] == '\r' && p[i + 2] == '\n')
			break;
	if (i + 2 >= n) {
		hide_text(b, list, p, n);
		return;
	}
	/* Soft ends between characters of an address are taken out; others stay. */
	gp_buf_init(&joined, b->ctx, n);
	for (i = 0; i + 3 < n; i++)
		if (p[i] == '=' && p[i + 1] == '\r' && p[i + 2] == '\n' && i > 0 &&
		    (is_local((unsigned char)p[i - 1]) || p[i - 1] == '@') &&
		    (is_local((unsigned char)p[i + 3]) || p[i + 3] == '@') &&
		    (memchr(p + i + 3, '@', n - i - 3 < 80 ? n - i - 3 : 80) != NULL ||
		    memchr(p + (i > 80 ? i - 80 : 0), '@', i > 80 ? 80 : i) != NULL)) {
			gp_buf_add(&joined, p + from, i - from);
			from = i + 3;
			i += 2;
		}
	gp_buf_add(&joined, p + from, n - from);
	hide_text(b, list, joined.p, joined.len);
	talloc_free(joined.p);
}

/* A message within the message, whose own parts follow in the table. */
static bool
is_opened(const struct gp_mail *m, size_t i)
{
	return i + 1 < m->parts_n && m->parts[i + 1].parent == m->parts[i].index;
}

static enum gp_status
hide_body(const void *ctx, struct gp_buf *b, const struct gp_list *list, const struct gp_part *p,
    const char *raw, struct gp_err *err)
{
	struct gp_buf text;
	enum gp_status st;
	char *plain;
	size_t n;

	if (!gp_starts(p->type, "text/") && strcmp(p->type, "message/rfc822") != 0) {
		gp_buf_add(b, raw + p->body, p->len);
	} else if (p->cte == GP_CTE_QP) {
		hide_qp(b, list, raw + p->body, p->len);
	} else if (p->cte == GP_CTE_BASE64) {
		st = gp_cte_decode(ctx, p->cte, raw + p->body, p->len, DECODED_MOST, &plain, &n, err);
		if (st != GP_OK)
			return st;
		gp_buf_init(&text, ctx, DECODED_MOST + (1 << 20));
		hide_text(&text, list, plain, n);
		add_base64(b, ctx, text.p, text.len);
		talloc_free(plain);
		talloc_free(text.p);
	} else {
		hide_text(b, list, raw + p->body, p->len);
	}
	return GP_OK;
}

enum gp_status
hide_message(const void *ctx, const struct gp_list *list, const struct gp_mail *m, const char *raw,
    size_t n, char **out, size_t *out_n, struct gp_err *err)
{
	void *mem = gp_ctx(NULL);
	struct gp_header h;
	struct gp_buf b;
	enum gp_status st;
	size_t i, at;

	gp_buf_init(&b, ctx, n + n / 2 + (1 << 20));
	st = gp_header_scan(mem, raw, n, &h, err);
	if (st == GP_OK)
		st = hide_header(mem, &b, list, raw, h.body, err);
	at = st == GP_OK ? h.body : 0;
	/* Leaves in their order; what stands between them (boundaries, preambles) is text. */
	for (i = 0; st == GP_OK && i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];

		if ((p->flags & GP_PART_MULTIPART) != 0 || is_opened(m, i) || p->body < at ||
		    p->body > n || p->len > n - p->body)
			continue;
		if (p->head > at && p->head < p->body) {
			hide_text(&b, list, raw + at, p->head - at);
			st = hide_header(mem, &b, list, raw + p->head, p->body - p->head, err);
		} else {
			hide_text(&b, list, raw + at, p->body - at);
		}
		if (st == GP_OK)
			st = hide_body(mem, &b, list, p, raw, err);
		at = p->body + p->len;
	}
	if (st == GP_OK && at < n)
		hide_text(&b, list, raw + at, n - at);
	if (st == GP_OK && b.over)
		st = gp_fail(err, GP_E_TOOBIG, "the message is too big to be shown");
	talloc_free(mem);
	if (st != GP_OK) {
		talloc_free(b.p);
		return st;
	}
	*out = b.p;
	*out_n = b.len;
	return GP_OK;
}
