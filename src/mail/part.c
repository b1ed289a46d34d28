/* SPDX-License-Identifier: ISC */
/*
 * One part of a message: what its Content- fields say (RFC 2045, RFC 2183, RFC 2231)
 * as a struct gp_part. A missing or broken type is text/plain (RFC 2045 section
 * 5.2); a file name is decoded and cut to its last component, so that it can't name
 * a path.
 */
#include "private.h"

#include <string.h>

#define NAME_MAX_CHARS 200

static bool
is_token_char(char c)
{
	return c > 32 && c < 127 && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

/* "type/subtype" in lower case, or NULL when it is not of that form. */
static char *
clean_type(const void *ctx, struct gp_str t)
{
	size_t i, slashes = 0;
	char *type;

	for (i = 0; i < t.n; i++) {
		if (t.p[i] == '/' && i > 0 && i + 1 < t.n)
			slashes++;
		else if (!is_token_char(t.p[i]))
			return NULL;
	}
	if (slashes != 1 || t.n > 200)
		return NULL;
	type = gp_strndup(ctx, t.p, t.n);
	gp_str_lower(type);
	return type;
}

static char *
type_of(const void *ctx, struct gp_str value, const char *fallback)
{
	struct gp_params ps;
	struct gp_str t = gp_params_start(&ps, value);
	char *type = clean_type(ctx, t);

	if (type != NULL)
		return type;
	if (t.n >= 4 && !gp_mail_ieq(t.p, "text", 4) && memchr(t.p, '/', t.n) != NULL)
		fallback = "application/octet-stream";
	return gp_strdup(ctx, fallback);
}

/* The last component of a name, without blanks at its ends; NULL when nothing is left. */
static char *
base_name(const void *ctx, char *name)
{
	struct gp_str s;
	size_t i;
	char *out;

	if (name == NULL)
		return NULL;
	s = GP_STR(name);
	for (i = s.n; i > 0; i--) {
		if (s.p[i - 1] == '/' || s.p[i - 1] == '\\') {
			s = (struct gp_str){ s.p + i, s.n - i };
			break;
		}
	}
	s = gp_str_trim(s);
	out = gp_utf8_line(ctx, s.p, s.n, NAME_MAX_CHARS);
	talloc_free(name);
	if (*out != '\0' && strcmp(out, ".") != 0 && strcmp(out, "..") != 0)
		return out;
	talloc_free(out);
	return NULL;
}

static char *
name_of(const void *ctx, struct gp_str type, struct gp_str disposition)
{
	char *name = NULL;

	if (disposition.n > 0)
		name = base_name(ctx, gp_param_text(ctx, disposition, "filename"));
	if (name == NULL && type.n > 0)
		name = base_name(ctx, gp_param_text(ctx, type, "name"));
	return name;
}

static char *
cid_of(const void *ctx, struct gp_str value)
{
	char *cid;
	size_t i;

	if (value.n > 2 && value.p[0] == '<' && value.p[value.n - 1] == '>')
		value = gp_str_trim((struct gp_str){ value.p + 1, value.n - 2 });
	if (value.n == 0 || value.n > GP_MAX_MSGID)
		return NULL;
	for (i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] <= 32 || (unsigned char)value.p[i] >= 127)
			return NULL;
	cid = gp_strndup(ctx, value.p, value.n);
	return cid;
}

/* The charset as a word, or NULL. */
static char *
charset_of(const void *ctx, struct gp_str type)
{
	char *v = type.n == 0 ? NULL : gp_param_value(ctx, type, "charset"), *clean;
	struct gp_str s;

	if (v == NULL)
		return NULL;
	s = gp_str_trim(GP_STR(v));
	clean = gp_utf8_line(ctx, s.p, s.n, 64);
	talloc_free(v);
	gp_str_lower(clean);
	if (*clean != '\0')
		return clean;
	talloc_free(clean);
	return NULL;
}

static struct gp_str
field(const struct gp_header *h, const char *name)
{
	const struct gp_field *f = gp_header_find(h, name, 0);

	return f == NULL ? (struct gp_str){ "", 0 } : gp_mail_field(h, f);
}

static bool
is_attached(struct gp_str disposition)
{
	struct gp_params ps;
	struct gp_str word = gp_params_start(&ps, disposition);

	/* RFC 2183 section 2.8: an unknown word means attachment. */
	return word.n > 0 && !gp_str_ieq(word, "inline");
}

void
gp_part_read(const void *ctx, const struct gp_header *h, const char *fallback,
    struct gp_part *p)
{
	struct gp_str type = field(h, "Content-Type");
	struct gp_str disposition = field(h, "Content-Disposition");
	struct gp_str cte = field(h, "Content-Transfer-Encoding");

	p->type = type_of(ctx, type, fallback);
	p->charset = charset_of(ctx, type);
	p->name = name_of(ctx, type, disposition);
	p->cid = cid_of(ctx, field(h, "Content-ID"));
	p->cte = gp_cte_parse(cte.p, cte.n);
	p->flags = is_attached(disposition) ? GP_PART_ATTACHMENT : 0;
}

/* ---- all of them ----------------------------------------------------------------------- */

/* Is walk part i inside of an enclosed message? Those belong to that message. */
static bool
is_enclosed(const struct gp_walk *w, int i)
{
	for (i = w->parts[i].parent; i >= 0; i = w->parts[i].parent)
		if (w->parts[i].kind == GP_WALK_MESSAGE)
			return true;
	return false;
}

static enum gp_status
read_part(const void *ctx, const struct gp_header *top, const struct gp_walk_part *w, struct gp_part *p,
    struct gp_err *err)
{
	const char *fallback = w->kind == GP_WALK_MESSAGE ? "message/rfc822" : "text/plain", *raw = top->raw;
	struct gp_header h = *top;
	enum gp_status st = GP_OK;

	if (w->head > 0)
		st = gp_header_scan(ctx, raw + w->head, w->body - w->head, &h, err);
	if (st != GP_OK)
		return st;
	gp_part_read(ctx, &h, fallback, p);
	if (w->head > 0)
		talloc_free(h.fields);
	/* A multipart that is none. */
	if (w->kind == GP_WALK_LEAF && gp_starts(p->type, "multipart/")) {
		p->type = gp_strdup(ctx, "text/plain");
		p->cte = GP_CTE_IDENTITY;
	}
	if (w->kind == GP_WALK_MULTIPART) {
		p->flags = GP_PART_MULTIPART;
		p->cte = GP_CTE_IDENTITY;
	}
	p->head = w->head;
	p->body = w->body;
	p->len = w->end - w->body;
	p->size = gp_cte_size(p->cte, raw + p->body, p->len);
	return GP_OK;
}

enum gp_status
gp_parts_read(const void *ctx, const struct gp_header *top, const struct gp_walk *w, struct gp_mail *m,
    struct gp_err *err)
{
	int *index = gp_array(ctx, int, w->parts_n + 1);
	enum gp_status st = GP_OK;
	size_t i;

	m->parts = gp_array(ctx, struct gp_part, w->parts_n + 1);
	for (i = 0; i < w->parts_n && st == GP_OK; i++) {
		struct gp_part *p = &m->parts[m->parts_n];

		if (is_enclosed(w, (int)i))
			continue;
		memset(p, 0, sizeof(*p));
		index[i] = p->index = (int)++m->parts_n;
		p->parent = w->parts[i].parent < 0 ? 0 : index[w->parts[i].parent];
		p->depth = w->parts[i].depth;
		st = read_part(ctx, top, &w->parts[i], p, err);
	}
	talloc_free(index);
	return st;
}

enum gp_status
gp_mail_own_parts(const void *ctx, const struct gp_header *h, size_t n, struct gp_mail *m, struct gp_err *err)
{
	struct gp_walk w;
	enum gp_status st = gp_mail_walk(ctx, h->raw, n, &w, err);

	if (st == GP_OK)
		st = gp_parts_read(ctx, h, &w, m, err);
	if (st == GP_OK)
		gp_mail_choose_body(m);
	return st;
}
