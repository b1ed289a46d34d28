/* SPDX-License-Identifier: ISC */
/*
 * The text of a message as lines: quote marks counted and taken off, blanks at the ends
 * too. For format=flowed (RFC 3676) the lines that a soft line end cuts are put together
 * again, within one depth of quoting only, with DelSp as the sender says.
 *
 * Linear: each byte is looked at a fixed number of times.
 */
#include "config.h"

#include "text.h"

#include <string.h>

bool
line_starts(const struct line *l, const char *with)
{
	size_t n = strlen(with);

	return l->n >= n && !memcmp(l->p, with, n);
}

static struct line *
add_line(struct text *t, size_t *cap)
{
	if (t->n == *cap) {
		*cap = *cap ? *cap * 2 : 64;
		t->v = talloc_realloc(t->mem, t->v, struct line, *cap);
		if (!t->v)
			gp_oom();
	}
	return &t->v[t->n++];
}

/*
 * Quote marks at the start of a line: ">", "> > ", ">>". One blank behind the last goes
 * with them. ">From" is mbox's escape and no quote. Returns how many bytes they take.
 */
static size_t
quote_marks(const char *p, size_t n, unsigned *depth)
{
	size_t i = 0, end = 0;

	*depth = 0;
	if (!n || *p != '>' || (n > 5 && !memcmp(p, ">From ", 6)))
		return 0;
	while (i < n && *depth < TEXT_MAX_DEPTH) {
		if (p[i] == '>') {
			++*depth;
			end = ++i;
		} else if (p[i] == ' ' && i + 1 < n && p[i + 1] == '>') {
			i++;
		} else {
			break;
		}
	}
	if (end < n && p[end] == ' ')
		end++;
	return end;
}

static size_t
trim_right(const char *p, size_t n)
{
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r'))
		n--;
	return n;
}

/* The signature mark "-- " keeps its blank: it is what tells it from a dash. */
static void
set_line(struct line *l, const char *p, size_t n, unsigned depth, size_t number)
{
	size_t len = trim_right(p, n);

	if (len == 2 && n >= 3 && p[0] == '-' && p[1] == '-' && p[2] == ' ')
		len = 3;
	l->p = p;
	l->n = (uint32_t)len;
	l->number = (uint32_t)number;
	l->depth = (uint8_t)depth;
	l->kind = len ? LINE_TEXT : LINE_BLANK;
	l->look = LOOK_PLAIN;
	l->align = ALIGN_NONE;
}

/* RFC 3676 section 4: marks without blanks between, then one stuffed blank. */
static size_t
flowed_marks(const char *p, size_t n, unsigned *depth)
{
	size_t i = 0;

	while (i < n && p[i] == '>')
		i++;
	*depth = i > TEXT_MAX_DEPTH ? TEXT_MAX_DEPTH : (unsigned)i;
	return i < n && p[i] == ' ' ? i + 1 : i;
}

struct joiner {
	char *text;		/* room for all, so that it never moves */
	size_t used;
	struct line *open;	/* line that ended in a soft line end, or NULL */
	bool delsp;
};

static void
flowed_line(struct text *t, size_t *cap, struct joiner *j, const char *p, size_t n, size_t number)
{
	size_t marks, len;
	unsigned depth;
	bool sig, soft;

	if (n && p[n - 1] == '\r')
		n--;
	marks = flowed_marks(p, n, &depth);
	p += marks;
	n -= marks;
	sig = n == 3 && !memcmp(p, "-- ", 3);
	soft = n && p[n - 1] == ' ' && !sig;
	len = soft && j->delsp ? n - 1 : n;
	if (j->open && (j->open->depth != depth || sig))
		j->open = NULL;
	if (!j->open && !soft) {
		set_line(add_line(t, cap), p, n, depth, number);
		return;
	}
	/* What is joined lies in one piece at the end of the joiner's text. */
	if (!j->open) {
		j->open = add_line(t, cap);
		set_line(j->open, j->text + j->used, 0, depth, number);
	}
	memcpy(j->text + j->used, p, len);
	j->used += len;
	set_line(j->open, j->open->p, (size_t)(j->text + j->used - j->open->p), depth,
	    j->open->number);
	if (!soft)
		j->open = NULL;
}

void
text_lines(struct text *t, const void *ctx, const char *text, size_t n, unsigned flags)
{
	bool flowed = (flags & GP_TEXT_FLOWED) && !(flags & GP_TEXT_FIXED);
	struct joiner j = {NULL, 0, NULL, flags & GP_TEXT_DELSP};
	const char *p = text, *end = text + n, *nl;
	size_t cap = 0, number = 0, marks;
	unsigned depth;

	memset(t, 0, sizeof(*t));
	t->mem = gp_ctx(ctx);
	if (flowed)
		j.text = gp_array(t->mem, char, n + 1);
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		number++;
		if (flowed) {
			flowed_line(t, &cap, &j, p, (size_t)(nl - p), number);
			continue;
		}
		marks = quote_marks(p, (size_t)(nl - p), &depth);
		set_line(add_line(t, &cap), p + marks, (size_t)(nl - p) - marks, depth, number);
	}
}
