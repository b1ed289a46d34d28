/* SPDX-License-Identifier: ISC */
/*
 * The header block, split by our own code (RFC 5322 section 2.2, RFC 7103
 * section 7.2). libetpan ends a header at the first line that is no field, which
 * would turn the fields behind it into text; here only an empty line does. Fields
 * are offsets: nothing is copied, so that the bytes can be passed on as they came.
 */
#include "private.h"

#include <string.h>

/* RFC 5322 section 3.6.8: printable ASCII but the colon; blanks may follow (4.5). */
size_t
gp_mail_field_name(const char *p, size_t n, size_t *value)
{
	size_t i = 0, len;

	while (i < n && p[i] > 32 && p[i] < 127 && p[i] != ':')
		i++;	/* stops at a line end too */
	len = i;
	while (i < n && gp_mail_blank(p[i]))
		i++;
	if (len == 0 || i == n || p[i] != ':')
		return 0;
	*value = i + 1;
	return len;
}

/* Fill *f with the field at `at`; false at the end of the header. A first line that
 * belongs to no field becomes one without a name, so that no byte is left out. */
static bool
next_field(const char *raw, size_t n, size_t at, struct gp_field *f)
{
	size_t line, value = 0;

	if (at >= n || raw[at] == '\r' || raw[at] == '\n')
		return false;
	line = gp_mail_line(raw + at, n - at);
	f->start = at;
	f->name_len = gp_mail_blank(raw[at]) ? 0 : gp_mail_field_name(raw + at, line, &value);
	f->value = at + value;
	for (at += line; at < n; at += line) {
		line = gp_mail_line(raw + at, n - at);
		if (raw[at] == '\r' || raw[at] == '\n')
			break;
		if (!gp_mail_blank(raw[at]) &&
		    gp_mail_field_name(raw + at, line, &value) > 0)
			break;
	}
	f->len = at - f->start;
	return true;
}

static void
push_field(const void *ctx, struct gp_header *h, size_t *cap, const struct gp_field *f)
{
	if (h->n == *cap) {
		struct gp_field *v = gp_array(ctx, struct gp_field, 2 * *cap);

		memcpy(v, h->fields, h->n * sizeof(*v));
		talloc_free(h->fields);
		h->fields = v;
		*cap *= 2;
	}
	h->fields[h->n++] = *f;
}

enum gp_status
gp_header_scan(const void *ctx, const char *raw, size_t n, struct gp_header *out,
    struct gp_err *err)
{
	struct gp_header h = { .raw = raw };
	struct gp_field f;
	size_t cap = 32;
	enum gp_status st = GP_OK;

	h.fields = gp_array(ctx, struct gp_field, cap);
	while (st == GP_OK && next_field(raw, n, h.end, &f)) {
		push_field(ctx, &h, &cap, &f);
		h.end += f.len;
		if (h.n > GP_MAX_HEADER_FIELDS)
			st = gp_fail(err, GP_E_TOOBIG, "the header has more than %d fields",
			    GP_MAX_HEADER_FIELDS);
		else if (f.len > GP_MAX_HEADER_FIELD)
			st = gp_fail(err, GP_E_TOOBIG,
			    "a header field has more than %d bytes", GP_MAX_HEADER_FIELD);
		else if (h.end > GP_MAX_HEADER_BLOCK)
			st = gp_fail(err, GP_E_TOOBIG, "the header has more than %d bytes",
			    GP_MAX_HEADER_BLOCK);
	}
	if (st != GP_OK) {
		talloc_free(h.fields);
		return st;
	}
	h.body = h.end + gp_mail_line(raw + h.end, n - h.end);
	*out = h;
	return GP_OK;
}

const struct gp_field *
gp_header_find(const struct gp_header *h, const char *name, size_t nth)
{
	size_t i, len = strlen(name);

	for (i = 0; i < h->n; i++) {
		const struct gp_field *f = &h->fields[i];

		if (f->name_len == len && gp_mail_ieq(h->raw + f->start, name, len) && nth-- == 0)
			return f;
	}
	return NULL;
}

size_t
gp_header_count(const struct gp_header *h, const char *name)
{
	size_t n = 0;

	while (gp_header_find(h, name, n) != NULL)
		n++;
	return n;
}

char *
gp_field_value(const void *ctx, const struct gp_header *h, const struct gp_field *f)
{
	struct gp_str v = gp_mail_field(h, f);
	char *out = gp_array(ctx, char, v.n + 1), *o = out;
	size_t i;

	for (i = 0; i < v.n; i++) {
		if (v.p[i] != '\r' && v.p[i] != '\n') {
			*o++ = v.p[i];
			continue;
		}
		/* A line that should have started with a blank gets one. */
		if (v.p[i] == '\n' && i + 1 < v.n && !gp_mail_blank(v.p[i + 1]))
			*o++ = ' ';
	}
	*o = '\0';
	return out;
}

char *
gp_header_value(const void *ctx, const struct gp_header *h, const char *name)
{
	const struct gp_field *f = gp_header_find(h, name, 0);

	return f == NULL ? NULL : gp_field_value(ctx, h, f);
}

char *
gp_header_text(const void *ctx, const struct gp_header *h, const char *name)
{
	const struct gp_field *f = gp_header_find(h, name, 0);
	char *v, *text;

	if (f == NULL)
		return NULL;
	v = gp_field_value(ctx, h, f);
	text = gp_mail_decode_words(ctx, v, strlen(v));
	talloc_free(v);
	return text;
}

/* ---- shared by the room -------------------------------------------------- */

struct gp_str
gp_mail_field(const struct gp_header *h, const struct gp_field *f)
{
	struct gp_str v = { h->raw + f->value, f->start + f->len - f->value };

	return gp_str_trim(v);
}

size_t
gp_mail_line(const char *p, size_t n)
{
	const char *nl = n == 0 ? NULL : memchr(p, '\n', n);

	return nl == NULL ? n : (size_t)(nl - p) + 1;
}

char *
gp_mail_bytes(const void *ctx, size_t n)
{
	char *p = n == SIZE_MAX ? NULL : talloc_array(ctx, char, n + 1);

	if (p == NULL)
		gp_oom();
	return p;
}

bool
gp_mail_ieq(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (gp_ascii_lower((unsigned char)a[i]) != gp_ascii_lower((unsigned char)b[i]))
			return false;
	return true;
}
