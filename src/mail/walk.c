/* SPDX-License-Identifier: ISC */
/*
 * Our own walk over the structure of a message (RFC 2045, RFC 2046 section 5.1),
 * line by line, with a stack of open boundaries instead of recursion: linear in the
 * message however deep somebody nests it. It counts what the limits are about,
 * finds the parts, and notes everything that libetpan is known to crash on or to
 * read in its own way, so that it is never asked about such a message.
 */
#include "private.h"

#include <string.h>

struct level {
	char boundary[GP_WALK_BOUNDARY];
	size_t len;
	int part, depth;	/* of the multipart */
	bool digest;	/* parts without a type are messages (RFC 2046 section 5.1.5) */
	bool opened;	/* a part was begun with its boundary */
};

struct walker {
	const char *raw;
	size_t n, at;
	struct gp_walk *w;
	const void *ctx;
	struct level stack[GP_MAX_MIME_DEPTH + 1];
	size_t open;		/* levels in use */
	struct gp_err *err;
};

/* What a part's header says that matters here. */
struct entity {
	struct gp_str type;	/* value of Content-Type, p NULL when there is none */
	enum gp_cte cte;
	size_t types, ctes;
};

static size_t
line_at(struct walker *k, size_t at)
{
	size_t len = gp_mail_line(k->raw + at, k->n - at);

	if (len > k->w->scan.longest_line)
		k->w->scan.longest_line = len;
	return len;
}

/* ---- boundaries ----------------------------------------------------------------- */

/* Does the line open or close one of the levels? Returns it, -1 if none. */
static int
match(const struct walker *k, const char *p, size_t n, bool *closes)
{
	size_t i, len;

	if (n < 2 || p[0] != '-' || p[1] != '-')
		return -1;
	while (n > 0 && gp_mail_space(p[n - 1]))
		n--;
	for (i = k->open; i-- > 0;) {
		len = k->stack[i].len;
		if (n < 2 + len || memcmp(p + 2, k->stack[i].boundary, len) != 0)
			continue;
		*closes = n == 4 + len && memcmp(p + 2 + len, "--", 2) == 0;
		if (*closes || n == 2 + len)
			return (int)i;
	}
	return -1;
}

/* Characters that RFC 2046 section 5.1.1 allows, and nothing that looks encoded. */
bool
gp_boundary_is_plain(const char *b, size_t n)
{
	size_t i;

	if (n == 0 || n > 70 || b[n - 1] == ' ' || strstr(b, "=?") != NULL)
		return false;
	for (i = 0; i < n; i++)
		if (!(b[i] >= '0' && b[i] <= '9') && !(b[i] >= 'a' && b[i] <= 'z') &&
		    !(b[i] >= 'A' && b[i] <= 'Z') && strchr("'()+_,-./:=? ", b[i]) == NULL)
			return false;
	return true;
}

/* The boundary of a multipart into *l; false when it has none that can be used. */
static bool
find_boundary(struct walker *k, struct gp_str value, struct level *l)
{
	struct gp_params ps;
	struct gp_param p;
	bool found = false;

	gp_params_start(&ps, value);
	while (gp_params_next(&ps, &p)) {
		if (p.name.n > 8 && gp_mail_ieq(p.name.p, "boundary", 8))
			k->w->plain = false;	/* boundary*, boundary*0: RFC 2231 */
		if (!gp_str_ieq(p.name, "boundary"))
			continue;
		if (found || !p.clean)
			k->w->plain = false;
		if (!found)
			found = gp_param_unquote(&p, l->boundary, sizeof(l->boundary), &l->len);
	}
	while (found && l->len > 0 && gp_mail_space(l->boundary[l->len - 1]))
		l->len--;
	if (!found || l->len == 0)
		return false;
	l->boundary[l->len] = '\0';
	if (!gp_boundary_is_plain(l->boundary, l->len))
		k->w->plain = false;
	return true;
}

/* ---- parts ------------------------------------------------------------------------ */

static enum gp_status
add_part(struct walker *k, const struct gp_walk_part *p, int *index)
{
	struct gp_walk *w = k->w;
	struct gp_walk_part *v;

	if (w->parts_n >= GP_MAX_MIME_PARTS)
		return gp_fail(k->err, GP_E_TOOBIG, "the message has more than %d parts",
		    GP_MAX_MIME_PARTS);
	*index = (int)w->parts_n++;
	if (k->ctx == NULL)
		return GP_OK;
	if (w->parts_n > w->parts_cap) {
		v = gp_array(k->ctx, struct gp_walk_part, 2 * w->parts_cap + 4);
		if (w->parts_cap > 0)
			memcpy(v, w->parts, w->parts_cap * sizeof(*v));
		talloc_free(w->parts);
		w->parts = v;
		w->parts_cap = 2 * w->parts_cap + 4;
	}
	w->parts[*index] = *p;
	return GP_OK;
}

/* Everything deeper than `depth` that is still open ends here. */
static void
close_parts(struct walker *k, int depth, size_t end)
{
	struct gp_walk_part *v = k->w->parts;
	size_t i;

	for (i = k->w->parts_n; v != NULL && i > 0 && v[i - 1].depth > depth; i--) {
		struct gp_walk_part *p = &v[i - 1];

		if (p->end != SIZE_MAX)
			continue;
		/* An empty body whose empty line is also the one in front of the boundary. */
		if (end < p->body)
			p->body = end < p->head ? p->head : end;
		p->end = end < p->body ? p->body : end;
	}
}

/* A multipart in which no part ever began: its body is all there is. */
static void
check_opened(struct walker *k, const struct level *l)
{
	if (l->opened)
		return;
	k->w->plain = false;
	k->w->broken = true;
	if (k->w->parts != NULL)
		k->w->parts[l->part].kind = GP_WALK_LEAF;
}

static enum gp_status
take_field(struct walker *k, struct entity *e, const char *p, size_t len)
{
	size_t value = 0, name = gp_mail_field_name(p, gp_mail_line(p, len), &value);
	enum gp_status st;

	if (name == 0 || p[name] != ':')
		k->w->plain = false;	/* libetpan ends the header here */
	st = gp_mail_check_field(p, name, len, k->err);
	if (st != GP_OK || name == 0)
		return st;
	if (name == 12 && gp_mail_ieq(p, "content-type", 12) && e->types++ == 0)
		e->type = gp_str_trim((struct gp_str){ p + value, len - value });
	if (name == 25 && gp_mail_ieq(p, "content-transfer-encoding", 25) && e->ctes++ == 0)
		e->cte = gp_cte_parse(p + value, len - value);
	return GP_OK;
}

/* The field at `at` with all lines that go on with it: folds, and lines that are no
 * field (see header.c), but no boundary. */
static size_t
field_length(struct walker *k, size_t at)
{
	size_t len = line_at(k, at), value;
	bool closes;

	while (at + len < k->n && k->raw[at + len] != '\r') {
		const char *p = k->raw + at + len;
		size_t line = gp_mail_line(p, k->n - at - len);

		if (!gp_mail_blank(*p)) {
			if (gp_mail_field_name(p, line, &value) > 0 ||
			    match(k, p, line, &closes) >= 0)
				break;
			k->w->plain = false;
		}
		len += line_at(k, at + len);
	}
	return len;
}

/* Read the header at k->at up to the empty line, or to a boundary that comes too soon;
 * *end: where the body begins. */
static enum gp_status
read_header(struct walker *k, struct entity *e, size_t *end)
{
	size_t start = k->at, fields = 0, value;
	enum gp_status st;
	bool closes;

	*end = k->at;
	/* A part that starts with text, its empty line forgotten. */
	if (start > 0 && start < k->n && k->raw[start] != '\r' &&
	    gp_mail_field_name(k->raw + start, k->n - start, &value) == 0)
		return GP_OK;
	while (k->at < k->n && k->raw[k->at] != '\r') {
		size_t len = gp_mail_line(k->raw + k->at, k->n - k->at);

		if (match(k, k->raw + k->at, len, &closes) >= 0)
			break;
		len = field_length(k, k->at);
		st = take_field(k, e, k->raw + k->at, len);
		if (st != GP_OK)
			return st;
		k->at += len;
		if (++fields > GP_MAX_HEADER_FIELDS)
			return gp_fail(k->err, GP_E_TOOBIG, "the header has more than %d fields",
			    GP_MAX_HEADER_FIELDS);
		if (k->at - start > GP_MAX_HEADER_BLOCK)
			return gp_fail(k->err, GP_E_TOOBIG, "the header has more than %d bytes",
			    GP_MAX_HEADER_BLOCK);
	}
	if (start == 0) {
		k->w->scan.header_bytes = k->at;
		k->w->scan.fields = fields;
	}
	if (e->types > 1 || e->ctes > 1)
		k->w->plain = false;	/* which one counts is anybody's guess */
	*end = k->at;
	if (k->at < k->n && k->raw[k->at] == '\r')
		*end = k->at += line_at(k, k->at);
	else if (k->at < k->n && k->at >= start + 2)
		*end = k->at - 2;	/* the last CRLF is part of the boundary */
	return GP_OK;
}

/* Is the type this one; or, if `type` ends in a slash, of this kind? */
static bool
is_type(const struct entity *e, const char *type)
{
	size_t n = strlen(type);
	struct gp_params ps;
	struct gp_str t;

	if (e->type.p == NULL)
		return false;
	t = gp_params_start(&ps, e->type);
	return t.n >= n && gp_mail_ieq(t.p, type, n) && (t.n == n || type[n - 1] == '/');
}

static bool
mentions(struct gp_str s, const char *word)
{
	size_t i, n = strlen(word);

	for (i = 0; i + n <= s.n; i++)
		if (gp_mail_ieq(s.p + i, word, n))
			return true;
	return false;
}

/* Could libetpan read another type, or another boundary, out of the field? */
static bool
is_doubtful(const struct entity *e, bool multipart)
{
	struct gp_str t = e->type;

	if (t.n > 0 && (memchr(t.p, '\\', t.n) != NULL || memchr(t.p, '(', t.n) != NULL))
		return true;
	return !multipart && (mentions(t, "multipart") || mentions(t, "boundary"));
}

/* RFC 2046 section 5.2.1 allows no encoding but identity; if there is one, it is a file.
 * `digest`: the part stands directly in a multipart/digest. */
static bool
is_message(const struct entity *e, bool digest)
{
	if (e->cte != GP_CTE_IDENTITY)
		return false;
	if (e->type.p == NULL)
		return digest;
	return is_type(e, "message/rfc822");
}

/* libetpan compares the beginnings of boundaries only. */
static bool
is_prefix_of_open(const struct walker *k, const struct level *l)
{
	size_t i, n;

	for (i = 0; i < k->open; i++) {
		n = k->stack[i].len < l->len ? k->stack[i].len : l->len;
		if (memcmp(k->stack[i].boundary, l->boundary, n) == 0)
			return true;
	}
	return false;
}

/* Put the multipart on the stack; false when it has no boundary. */
static bool
open_multipart(struct walker *k, const struct entity *e, int depth)
{
	struct level *l = &k->stack[k->open];

	if (!find_boundary(k, e->type, l)) {
		k->w->plain = false;
		k->w->broken = true;
		return false;
	}
	if (is_prefix_of_open(k, l))
		k->w->plain = false;
	l->digest = is_type(e, "multipart/digest");
	l->opened = false;
	l->depth = depth;
	l->part = (int)k->w->parts_n;
	k->open++;
	return true;
}

/* The header at k->at, and those of the messages that begin right behind it. */
static enum gp_status
read_entity(struct walker *k, int parent, int depth)
{
	enum gp_status st = GP_OK;
	bool again = true, digest = parent >= 0 && k->stack[k->open - 1].digest;

	while (again) {
		struct gp_walk_part p = { .parent = parent, .depth = depth, .end = SIZE_MAX };
		struct entity e = { .types = 0 };

		if (depth > GP_MAX_MIME_DEPTH)
			return gp_fail(k->err, GP_E_TOOBIG, "parts are nested more than %d deep",
			    GP_MAX_MIME_DEPTH);
		if ((size_t)depth > k->w->scan.depth)
			k->w->scan.depth = (size_t)depth;
		p.head = k->at;
		st = read_header(k, &e, &p.body);
		if (st != GP_OK)
			return st;
		again = is_message(&e, digest);
		digest = false;
		if (again)
			p.kind = GP_WALK_MESSAGE;
		else if (is_type(&e, "multipart/") && open_multipart(k, &e, depth))
			p.kind = GP_WALK_MULTIPART;
		if (is_doubtful(&e, p.kind == GP_WALK_MULTIPART))
			k->w->plain = false;
		st = add_part(k, &p, &parent);
		if (st != GP_OK)
			return st;
		depth++;
	}
	return st;
}

/* A boundary of level m stands at k->at. */
static enum gp_status
take_boundary(struct walker *k, size_t m, bool closes, size_t len)
{
	size_t end = k->at < 2 ? 0 : k->at - 2;	/* the CRLF in front is part of it */

	close_parts(k, k->stack[m].depth, end);
	while (k->open > m + 1)
		check_opened(k, &k->stack[--k->open]);
	k->at += len;
	if (closes) {
		check_opened(k, &k->stack[m]);
		k->open = m;
		return GP_OK;
	}
	k->stack[m].opened = true;
	return read_entity(k, k->stack[m].part, k->stack[m].depth + 1);
}

enum gp_status
gp_mail_walk(const void *ctx, const char *raw, size_t n, struct gp_walk *w, struct gp_err *err)
{
	struct walker *k = gp_new(ctx, struct walker);
	enum gp_status st;
	bool closes;
	int m;

	*w = (struct gp_walk){ .plain = true };
	memset(k, 0, sizeof(*k));
	k->raw = raw;
	k->n = n;
	k->w = w;
	k->ctx = ctx;
	k->err = err;
	st = read_entity(k, -1, 0);
	while (st == GP_OK && k->at < n) {
		size_t len = line_at(k, k->at);

		m = k->open > 0 ? match(k, raw + k->at, len, &closes) : -1;
		if (m >= 0)
			st = take_boundary(k, (size_t)m, closes, len);
		else
			k->at += len;
	}
	close_parts(k, -1, n);
	while (st == GP_OK && k->open > 0)
		check_opened(k, &k->stack[--k->open]);
	w->scan.parts = w->parts_n;
	talloc_free(k);
	return st;
}
