/* SPDX-License-Identifier: ISC */
/*
 * The writer's own words apart from what is quoted, for search, digests and the first
 * words of a message. What a mail program or a list put in (attribution, signature,
 * footer, armour) goes to neither.
 */
#include "config.h"

#include "text.h"

#include <string.h>

enum { SNIPPET_LOOK = 4000, GREETING = 40 };

struct side {
	char *p;
	size_t n;
};

/* Paragraphs stay apart by one empty line. `p` has room for all. */
static void
add(struct side *s, const struct line *l, bool apart)
{
	if (s->n) {
		s->p[s->n++] = '\n';
		if (apart)
			s->p[s->n++] = '\n';
	}
	memcpy(s->p + s->n, l->p, l->n);
	s->n += l->n;
}

void
gp_text_split(const void *ctx, const char *text, size_t n, unsigned flags, char **own,
    size_t *own_n, char **quoted, size_t *quoted_n)
{
	struct side sides[2];
	bool apart[2] = {false, false};
	struct text t;
	size_t i;

	text_lines(&t, ctx, text, n, flags);
	text_mark(&t);
	for (i = 0; i < 2; i++) {
		sides[i].p = gp_array(ctx, char, n + t.n + 2);
		sides[i].n = 0;
	}
	for (i = 0; i < t.n; i++) {
		const struct line *l = &t.v[i];
		int side = l->depth > 0;

		if (l->kind == LINE_TEXT) {
			add(&sides[side], l, apart[side]);
			apart[side] = false;
		} else {
			apart[side] = true;
		}
		apart[!side] = true;
	}
	for (i = 0; i < 2; i++) {
		sides[i].p[sides[i].n] = '\0';
		sides[i].p = talloc_realloc(ctx, sides[i].p, char, sides[i].n + 1);
	}
	*own = sides[0].p;
	*own_n = sides[0].n;
	*quoted = sides[1].p;
	*quoted_n = sides[1].n;
	talloc_free(t.mem);
}

size_t
gp_text_own_end(const void *ctx, const char *own, size_t n)
{
	struct text t;
	size_t i, end = n;

	text_lines(&t, ctx, own, n, 0);
	for (i = 0; i < t.n && end == n; i++)
		if (text_quotes_all(&t, i) || text_is_attribution(&t, i))
			end = (size_t)(t.v[text_above(&t, i)].p - own);
	talloc_free(t.mem);
	return end;
}

/* "Hi all," says nothing: a short first line that ends in a comma or "!" with more below. */
static size_t
skip_greeting(const char *s, size_t n)
{
	const char *nl = memchr(s, '\n', n);
	size_t len = nl ? (size_t)(nl - s) : n, next;

	for (next = len; next < n && (s[next] == '\n' || s[next] == ' ');)
		next++;
	if (!nl || next == n || !len || len > GREETING || (s[len - 1] != ',' && s[len - 1] != '!'))
		return 0;
	return next;
}

/* The "**" that ends what the one at s begins, or NULL: "**Agreed.** Now", not "int **p, **q" nor "2**8". */
static char *
end_of_strong(const char *start, char *s)
{
	char *end = s[2] > ' ' && (s == start || strchr(" \t\n(", s[-1]) != NULL) ? strstr(s + 2, "**") : NULL;

	return end != NULL && end > s + 2 && end[-1] > ' ' && strchr(" \t\n.,:;!?)", end[2]) != NULL ? end : NULL;
}

/* A line of plain text has no form for what is strong. */
static void
drop_stars(char *text)
{
	char *s, *end, *from = text;

	while ((s = strstr(from, "**")) != NULL) {
		end = end_of_strong(text, s);
		if (end == NULL) {
			from = s + 2;
			continue;
		}
		memmove(end, end + 2, strlen(end + 2) + 1);
		memmove(s, s + 2, strlen(s + 2) + 1);
		from = end - 2;
	}
}

char *
gp_text_snippet(const void *ctx, const char *own, size_t n, size_t max)
{
	size_t from = skip_greeting(own, n), len;
	char *line, *hidden;

	len = gp_utf8_cut(own + from, n - from, max * 4 + SNIPPET_LOOK);
	hidden = gp_text_hide_addrs(NULL, own + from, len);
	drop_stars(hidden);
	line = gp_utf8_line(ctx, hidden, strlen(hidden), max);
	talloc_free(hidden);
	return line;
}
