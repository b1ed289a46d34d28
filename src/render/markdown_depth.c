/* SPDX-License-Identifier: ISC */
/*
 * Markdown made no deeper than GP_MAX_MARKDOWN_DEPTH. cmark goes through all open quotes and lists for each
 * line, empty ones too: 60 kB of "- - - -" with empty lines below take it 4 s.
 */
#include "markdown.h"

#include <string.h>

/* Behind the sign of a quote or of a list's item at p (CommonMark 5.1, 5.2) and its blanks; p if there is none. */
static const char *
behind_sign(const char *p, const char *end)
{
	const char *q = p;

	if (q < end && *q == '>') {
		q++;
	} else {
		while (q < end && *q >= '0' && *q <= '9')
			q++;
		if (q < end && (q > p ? *q == '.' || *q == ')' : *q == '-' || *q == '+' || *q == '*'))
			q++;
		else
			return p;
		if (q < end && *q != ' ' && *q != '\t')
			return p;
	}
	while (q < end && (*q == ' ' || *q == '\t'))
		q++;
	return q;
}

/* One line without its line end. True if signs had to go. */
static bool
put_line(struct gp_buf *b, const char *p, const char *end)
{
	const char *q = p, *next, *cut = NULL;
	size_t depth = 0;

	while (q < end && (*q == ' ' || *q == '\t'))
		q++;
	for (; (next = behind_sign(q, end)) != q; q = next)
		if (++depth == GP_MAX_MARKDOWN_DEPTH)
			cut = next;
	if (cut == NULL)
		cut = q;
	gp_buf_add(b, p, (size_t)(cut - p));
	gp_buf_add(b, q, (size_t)(end - q));
	return cut != q;
}

char *
markdown_shallow(const void *ctx, const char *md, size_t n, size_t *out_n)
{
	const char *p, *end = md + n, *nl;
	bool changed = false;
	struct gp_buf b;

	gp_buf_init(&b, ctx, n);
	for (p = md; p < end; p = nl) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		changed |= put_line(&b, p, nl);
		if (nl < end)
			gp_buf_add(&b, nl++, 1);
	}
	*out_n = b.len;
	if (changed)
		return b.p;
	talloc_free(b.p);
	return NULL;
}
