/* SPDX-License-Identifier: ISC */
/* Mustache: where the tags of a template stand, and what is written in them. */
#include "config.h"

#include "mustache_tag.h"

#include <string.h>

size_t
mustache_find(const struct mustache_text *in, size_t from, struct gp_str what)
{
	const char *p;

	if (from >= in->n || !(p = gp_memmem(in->s + from, in->n - from, what.p, what.n)))
		return in->n;
	return (size_t)(p - in->s);
}

/* As mustache_find, for the delimiter with a mark in front of it. */
static size_t
find_marked(const struct mustache_text *in, size_t from, char mark)
{
	const char *p;

	for (; from < in->n && (p = memchr(in->s + from, mark, in->n - from)); from++) {
		from = (size_t)(p - in->s);
		if (in->n - from - 1 >= in->cd.n && !memcmp(p + 1, in->cd.p, in->cd.n))
			return from;
	}
	return in->n;
}

bool
mustache_tag_read(const struct mustache_text *in, size_t start, struct mustache_tag *tag)
{
	size_t from = start + in->od.n, end, mark = 0;

	memset(tag, 0, sizeof(*tag));
	tag->start = start;
	while (from < in->n && (in->s[from] == ' ' || in->s[from] == '\t'))
		from++;
	if (from < in->n && in->s[from] && strchr("#^/><$&{!=", in->s[from]))
		tag->kind = in->s[from++];
	if (tag->kind == '{' || tag->kind == '=') {
		/* The mark of the kind stands once more in front of the delimiter. */
		end = find_marked(in, from, tag->kind == '{' ? '}' : '=');
		mark = 1;
	} else {
		end = mustache_find(in, from, in->cd);
	}
	if (end >= in->n)
		return false;
	tag->end = end + mark + in->cd.n;
	tag->name = gp_str_trim((struct gp_str){in->s + from, end - from});
	return true;
}

size_t
mustache_blank_to_eol(const struct mustache_text *in, size_t at)
{
	while (at < in->n && (in->s[at] == ' ' || in->s[at] == '\t'))
		at++;
	if (at >= in->n)
		return in->n;
	if (in->s[at] == '\n')
		return at + 1;
	if (in->s[at] == '\r' && at + 1 < in->n && in->s[at + 1] == '\n')
		return at + 2;
	return 0;
}
