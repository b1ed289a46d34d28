/* SPDX-License-Identifier: ISC */
/*
 * Where the patches in a message are. A hunk says in its first line how many lines it
 * has ("@@ -10,7 +10,9 @@"), so a patch ends where it ends and a "-- " below it is a
 * signature. Patches within quotes are found too: each depth of quoting is followed by
 * itself, since answers stand between their lines.
 */
#include "config.h"

#include "text.h"

#include <string.h>

struct hunk {
	unsigned removed, added;	/* lines still to come of each side */
	bool head;			/* within the lines in front of the first hunk */
	bool any;			/* a line of it was seen just now */
};

/* "-12,5 " at *i: the number of lines, which is 1 when it is not said. */
static bool
read_range(const struct line *l, size_t *i, char mark, unsigned *count)
{
	uint64_t v[2] = {0, 1};
	int k;

	if (*i >= l->n || l->p[*i] != mark)
		return false;
	for (k = 0; k < 2; k++) {
		size_t from = ++*i;

		for (v[k] = 0; *i < l->n && l->p[*i] >= '0' && l->p[*i] <= '9' &&
		    *i - from < 9; ++*i)
			v[k] = v[k] * 10 + (uint64_t)(l->p[*i] - '0');
		if (*i == from || *i >= l->n)
			return false;
		if (l->p[*i] != ',') {
			if (!k)
				v[1] = 1;
			break;
		}
	}
	*count = (unsigned)v[1];
	return l->p[(*i)++] == ' ';
}

static bool
read_hunk(const struct line *l, struct hunk *h)
{
	size_t i = 3;

	return line_starts(l, "@@ -") && read_range(l, &i, '-', &h->removed) &&
	    read_range(l, &i, '+', &h->added) && l->n - i >= 2 && !memcmp(l->p + i, "@@", 2);
}

/* A line of a hunk that is not finished; false: the hunk was cut short. */
static bool
hunk_line(struct line *l, struct hunk *h)
{
	switch (l->n ? l->p[0] : ' ') {
	case '+':
		l->look = LOOK_ADDED;
		return h->added-- > 0;
	case '-':
		l->look = LOOK_REMOVED;
		return h->removed-- > 0;
	case ' ':
	case '\t':
		l->look = LOOK_CONTEXT;
		return h->added-- > 0 && h->removed-- > 0;
	case '\\':
		l->look = LOOK_CONTEXT;
		return true;
	default:
		return false;
	}
}

static bool
is_file_line(const struct text *t, size_t i, const struct hunk *h)
{
	static const char *const inside[] = {"index ", "--- ", "+++ ", "new file mode ",
	    "deleted file mode ", "old mode ", "new mode ", "similarity index ",
	    "dissimilarity index ", "rename from ", "rename to ", "copy from ", "copy to ",
	    "Binary files ", "GIT binary patch", "====="};
	const struct line *l = &t->v[i], *next = i + 1 < t->n ? &t->v[i + 1] : NULL;
	size_t k;

	if (line_starts(l, "diff --git ") || line_starts(l, "diff -"))
		return true;
	if (next && next->depth == l->depth && line_starts(l, "--- ") && line_starts(next, "+++ "))
		return true;
	if (next && line_starts(l, "Index: ") && line_starts(next, "====="))
		return true;
	for (k = 0; h->head && k < GP_COUNT(inside); k++)
		if (line_starts(l, inside[k]))
			return true;
	return false;
}

void
text_mark_diffs(struct text *t)
{
	struct hunk hunks[TEXT_MAX_DEPTH + 1], *h;
	size_t i;

	memset(hunks, 0, sizeof(hunks));
	for (i = 0; i < t->n; i++) {
		struct line *l = &t->v[i];

		h = &hunks[l->depth];
		if ((h->removed || h->added) && hunk_line(l, h))
			continue;
		l->look = LOOK_PLAIN;
		h->removed = h->added = 0;
		if (!l->n) {
			h->head = h->any = false;
			continue;
		}
		switch (l->p[0]) {
		case '@':
			if (read_hunk(l, h)) {
				l->look = LOOK_HUNK;
				h->any = true;
				h->head = false;
			}
			break;
		case '\\':
			if (h->any && line_starts(l, "\\ No newline"))
				l->look = LOOK_CONTEXT;
			break;
		default:
			h->head = strchr("diIn-+osrcBG=", l->p[0]) && is_file_line(t, i, h);
			h->any = false;
			if (h->head)
				l->look = LOOK_FILE;
		}
	}
}
