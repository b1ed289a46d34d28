/* SPDX-License-Identifier: ISC */
/*
 * Parts that can be read in two ways (RFC 2045 section 5, RFC 2046 section 5.1.1, RFC 7103 section 7.5). Whoever
 * filters what a mail carries must not believe one reading where a mail program may believe another: of two
 * Content-Type fields some take the first and some the last, and a boundary that isn't written as the grammar
 * wants it is cut, decoded or guessed.
 */
#include "private.h"

#include "guildpost/mail/carry.h"

#include <string.h>

/* Is the field there twice, and does it say two things? */
static bool
is_doubled(const struct gp_header *h, const char *name)
{
	const struct gp_field *first = gp_header_find(h, name, 0), *f;
	struct gp_str a, b;
	size_t i;

	for (i = 1; (f = gp_header_find(h, name, i)) != NULL; i++) {
		a = gp_mail_field(h, first);
		b = gp_mail_field(h, f);
		if (a.n != b.n || memcmp(a.p, b.p, a.n) != 0)
			return true;
	}
	return false;
}

/* "=" is no sign of a token, but many a program writes it all the same, and all read it as it was meant. */
static bool
is_readable(const struct gp_params *ps, const struct gp_param *p)
{
	const char *end = ps->v.p + ps->v.n, *q = p->value.p + p->value.n;
	size_t i;

	if (p->clean || p->quoted)
		return p->clean;
	for (; q < end && *q != ';'; q++)	/* a comment, which may be taken for a part of it */
		if (!gp_mail_space(*q))
			return false;
	for (i = 0; i < p->value.n; i++)
		if (p->value.p[i] <= 32 || p->value.p[i] >= 127 ||
		    strchr("()<>@,;:\\\"/[]?", p->value.p[i]) != NULL)
			return false;
	return p->value.n > 0;
}

/* Is there a line that some reader might take for a boundary? */
static bool
has_dashes(const char *p, size_t n)
{
	size_t at = 0;

	for (; at + 1 < n; at += gp_mail_line(p + at, n - at))
		if (p[at] == '-' && p[at + 1] == '-')
			return true;
	return false;
}

static bool
is_odd_boundary(struct gp_params *ps, const char *body, size_t n)
{
	char text[GP_WALK_BOUNDARY];
	struct gp_param p;
	size_t len = 0, found = 0;

	while (gp_params_next(ps, &p)) {
		if (p.name.n > 8 && gp_mail_ieq(p.name.p, "boundary", 8) && p.name.p[8] == '*')
			return true;
		if (!gp_str_ieq(p.name, "boundary"))
			continue;
		if (p.value.n == 0)
			continue;
		if (found++ > 0 || !is_readable(ps, &p) || !gp_param_unquote(&p, text, sizeof(text), &len) ||
		    !gp_boundary_is_plain(text, len))
			return true;
	}
	return found == 0 && has_dashes(body, n);
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

/* A type with a comment or a quoting in it, or a multipart to those who look for the word. */
static bool
is_odd_type(struct gp_str value, const char *body, size_t n)
{
	struct gp_params ps;
	struct gp_str type = gp_params_start(&ps, value);

	if (type.n >= 10 && gp_mail_ieq(type.p, "multipart/", 10))
		return is_odd_boundary(&ps, body, n);
	return mentions((struct gp_str){ value.p, (size_t)(type.p + type.n - value.p) }, "multipart") ||
	    mentions((struct gp_str){ value.p, ps.at }, "multipart/") ||
	    memchr(type.p, '\\', type.n) != NULL;
}

const struct gp_part *
gp_part_doubt(const void *ctx, const char *raw, const struct gp_mail *m, const char **what)
{
	static const char *const names[] = { "Content-Type", "Content-Transfer-Encoding",
		"Content-Disposition" };
	const struct gp_field *type;
	struct gp_header h;
	size_t i, k;

	for (i = 0; i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];

		if (p->body < p->head ||
		    gp_header_scan(ctx, raw + p->head, p->body - p->head, &h, NULL) != GP_OK)
			continue;
		for (k = 0; k < GP_COUNT(names); k++) {
			*what = names[k];
			if (is_doubled(&h, names[k]))
				return p;
		}
		*what = names[0];
		type = gp_header_find(&h, names[0], 0);
		if (type != NULL && is_odd_type(gp_mail_field(&h, type), raw + p->body, p->len))
			return p;
		talloc_free(h.fields);
	}
	return NULL;
}
