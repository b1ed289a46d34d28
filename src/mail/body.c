/* SPDX-License-Identifier: ISC */
/*
 * Which parts are the body (RFC 2046 section 5.1): the text that people read, its
 * HTML twin, what belongs to them, and what is a file. On entry a part carries
 * GP_PART_ATTACHMENT when its sender asked for that; on return the flags say how it
 * is shown. Recursion is bounded by GP_MAX_MIME_DEPTH.
 */
#include "private.h"

#include <string.h>

static bool
is_leaf(const struct gp_part *p)
{
	return (p->flags & GP_PART_MULTIPART) == 0;
}

static bool
is_readable_text(const char *type)
{
	return gp_starts(type, "text/") && strcmp(type, "text/html") != 0 &&
	    strcmp(type, "text/calendar") != 0 && strcmp(type, "text/vcard") != 0 &&
	    strcmp(type, "text/x-vcard") != 0 && strcmp(type, "text/rtf") != 0;
}

static bool
is_signature(const char *type)
{
	return strcmp(type, "application/pgp-signature") == 0 ||
	    strcmp(type, "application/pkcs7-signature") == 0 ||
	    strcmp(type, "application/x-pkcs7-signature") == 0;
}

/* May this leaf be text of the body? Alone it may be any text, beside others only plain. */
static bool
can_be_text(const struct gp_part *p)
{
	if (p->parent == 0)
		return is_readable_text(p->type);
	if ((p->flags & GP_PART_ATTACHMENT) != 0 || p->name != NULL)
		return false;
	return strcmp(p->type, "text/plain") == 0 || strcmp(p->type, "text/markdown") == 0;
}

static bool
can_be_html(const struct gp_part *p)
{
	if (strcmp(p->type, "text/html") != 0)
		return false;
	return p->parent == 0 || ((p->flags & GP_PART_ATTACHMENT) == 0 && p->name == NULL);
}

/* Does anything from part i to j (without j) carry this flag? */
static bool
has(const struct gp_mail *m, size_t i, size_t j, unsigned flag)
{
	for (; i < j; i++)
		if ((m->parts[i].flags & flag) != 0)
			return true;
	return false;
}

/* Behind the last part that lies in part i. */
static size_t
subtree_end(const struct gp_mail *m, size_t i)
{
	size_t j = i + 1;

	while (j < m->parts_n && m->parts[j].depth > m->parts[i].depth)
		j++;
	return j;
}

static void choose(struct gp_mail *m, size_t i);

/* Take a flag away from the parts i to j (without j). */
static void
drop(struct gp_mail *m, size_t i, size_t j, unsigned flag)
{
	for (; i < j; i++)
		m->parts[i].flags &= ~flag;
}

/* The same thing in several forms: one text and one HTML of them. Markdown is the better
 * plain text. */
static void
choose_alternative(struct gp_mail *m, size_t i)
{
	size_t end = subtree_end(m, i), c, next;

	for (c = i + 1; c < end; c = next) {
		bool text = has(m, i + 1, c, GP_PART_BODY_TEXT);
		bool html = has(m, i + 1, c, GP_PART_BODY_HTML);

		next = subtree_end(m, c);
		choose(m, c);
		if (text && strcmp(m->parts[c].type, "text/markdown") == 0)
			drop(m, i + 1, c, GP_PART_BODY_TEXT);
		else if (text)
			drop(m, c, next, GP_PART_BODY_TEXT);
		if (html)
			drop(m, c, next, GP_PART_BODY_HTML);
	}
}

/* One thing after the other: every plain text counts, HTML only where nothing stood yet. */
static void
choose_mixed(struct gp_mail *m, size_t i)
{
	size_t end = subtree_end(m, i), c;

	for (c = i + 1; c < end; c = subtree_end(m, c)) {
		bool found = has(m, i + 1, c, GP_PART_BODY_TEXT | GP_PART_BODY_HTML);

		if (!found || strcmp(m->parts[c].type, "text/html") != 0)
			choose(m, c);
	}
}

static void
choose(struct gp_mail *m, size_t i)
{
	struct gp_part *p = &m->parts[i];
	size_t c, end = subtree_end(m, i);

	if (is_leaf(p)) {
		if (can_be_text(p))
			p->flags |= GP_PART_BODY_TEXT;
		else if (can_be_html(p))
			p->flags |= GP_PART_BODY_HTML;
	} else if (strcmp(p->type, "multipart/alternative") == 0) {
		choose_alternative(m, i);
	} else if (strcmp(p->type, "multipart/signed") == 0 ||
	    strcmp(p->type, "multipart/report") == 0) {
		if (i + 1 < end)
			choose(m, i + 1);
	} else if (strcmp(p->type, "multipart/related") == 0) {
		if (i + 1 < end)
			choose(m, i + 1);
		for (c = i + 1; c < end; c++)	/* pictures of the first part */
			if (m->parts[c].cid != NULL)
				m->parts[c].flags |= GP_PART_INLINE;
	} else if (strcmp(p->type, "multipart/encrypted") != 0 &&
	    strcmp(p->type, "multipart/digest") != 0) {
		choose_mixed(m, i);
	}
}

/* Nothing was found: then a text with a name, which is a file elsewhere, is the body, if its
 * sender didn't call it an attachment. */
static void
choose_named(struct gp_mail *m, const char *type, unsigned flag)
{
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		struct gp_part *p = &m->parts[i];

		if (has(m, 0, m->parts_n, GP_PART_BODY_TEXT | GP_PART_BODY_HTML))
			return;
		if ((p->flags & GP_PART_ATTACHMENT) == 0 && strcmp(p->type, type) == 0)
			p->flags |= flag;
	}
}

/* Another form of what is shown already: not a file. */
static bool
is_other_form(const struct gp_mail *m, const struct gp_part *p)
{
	return p->parent > 0 && p->name == NULL && gp_starts(p->type, "text/") &&
	    strcmp(p->type, "text/calendar") != 0 &&
	    strcmp(m->parts[p->parent - 1].type, "multipart/alternative") == 0;
}

void
gp_mail_choose_body(struct gp_mail *m)
{
	size_t i;

	if (m->parts_n == 0)
		return;
	choose(m, 0);
	choose_named(m, "text/plain", GP_PART_BODY_TEXT);
	choose_named(m, "text/html", GP_PART_BODY_HTML);
	for (i = 0; i < m->parts_n; i++) {
		struct gp_part *p = &m->parts[i];
		bool attached = (p->flags & GP_PART_ATTACHMENT) != 0;

		p->flags &= ~(unsigned)GP_PART_ATTACHMENT;
		if (!is_leaf(p))
			continue;
		if ((p->flags & (GP_PART_BODY_TEXT | GP_PART_BODY_HTML)) != 0)
			p->flags |= GP_PART_INLINE;
		else if (is_signature(p->type))
			p->flags |= GP_PART_SIGNATURE;
		else if (attached || ((p->flags & GP_PART_INLINE) == 0 && !is_other_form(m, p)))
			p->flags = (p->flags & ~(unsigned)GP_PART_INLINE) | GP_PART_ATTACHMENT;
	}
}
