/* SPDX-License-Identifier: ISC */
/*
 * Which lines were aligned by hand: tables, code, drawings, which must stay as they are. Lists
 * and the indented first line of a paragraph are not: what stands below the text of an entry
 * goes on with it.
 */
#include "config.h"

#include "text.h"

#include <string.h>

enum {
	ITEM_MOST = 8,		/* columns in front of an entry */
	WIDE = 55		/* a line that a program may have wrapped */
};

/* Blanks in front. */
static size_t
indent(const struct line *l)
{
	size_t i = 0;

	while (i < l->n && l->p[i] == ' ')
		i++;
	return i;
}

/* Three blanks or a tab between words. */
static bool
has_columns(const struct line *l, size_t from)
{
	const char *p = l->p + from, *end = l->p + l->n;

	for (; end - p >= 3 && (p = memchr(p, ' ', (size_t)(end - p) - 2)) != NULL; p++)
		if (p[1] == ' ' && p[2] == ' ')
			return true;
	return memchr(l->p + from, '\t', l->n - from) != NULL;
}

/* "- ", "* ", "12. ": the column of the text of an entry, 0: it is none. */
static size_t
item_text(const struct line *l, size_t from)
{
	const char *p = l->p + from, *end = l->p + l->n;

	if (from > ITEM_MOST || p == end)
		return 0;
	if (strchr("-*+", *p) != NULL) {
		p++;
	} else {
		while (p < end && p - l->p < (ptrdiff_t)from + 3 && *p >= '0' && *p <= '9')
			p++;
		if (p == l->p + from || p == end || (*p != '.' && *p != ')'))
			return 0;
		p++;
	}
	if (end - p < 2 || *p != ' ')
		return 0;
	while (p < end && *p == ' ')
		p++;
	return (size_t)(p - l->p);
}

static bool
same_block(const struct line *a, const struct line *b)
{
	return a->kind == b->kind && a->depth == b->depth;
}

/* The paragraph of a typewriter: only its first line is indented. */
static bool
is_first_line(const struct text *t, size_t i, bool begins)
{
	return begins && t->v[i].n >= WIDE && i + 1 < t->n && same_block(&t->v[i], &t->v[i + 1]) &&
	    indent(&t->v[i + 1]) == 0;
}

void
text_mark_aligned(struct text *t)
{
	size_t i, in, column, item = 0;	/* item: the column of the text of the entry */

	for (i = 0; i < t->n; i++) {
		struct line *l = &t->v[i];
		bool begins = i == 0 || !same_block(l - 1, l);

		if (begins)
			item = 0;
		in = indent(l);
		column = item_text(l, in);
		if (l->look != LOOK_PLAIN || has_columns(l, column > 0 ? column : in)) {
			l->align = ALIGN_COLUMNS;
		} else if (column > 0) {
			item = column;
		} else if (in > 0 && in == item) {
			l->align = ALIGN_HANGING;
		} else if (in > 1) {
			l->align = is_first_line(t, i, begins) ? ALIGN_FIRST : ALIGN_COLUMNS;
		}
	}
}
