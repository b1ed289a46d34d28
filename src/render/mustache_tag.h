/* SPDX-License-Identifier: ISC */
/* For mustache_compile.c: the text of a template as it is read, and its tags. */
#ifndef RENDER_MUSTACHE_TAG_H
#define RENDER_MUSTACHE_TAG_H

#include "guildpost/base.h"

struct mustache_text {
	const char *s;
	size_t n;
	struct gp_str od, cd;	/* the delimiters, as they are at this place */
};

struct mustache_tag {
	char kind;		/* one of # ^ / > < $ & { ! = or 0 for a variable */
	struct gp_str name;	/* trimmed */
	size_t start, end;	/* offsets of its first byte and behind its last */
};

/* The offset of `what` from `from` on; the length of the text where there is none. */
size_t mustache_find(const struct mustache_text *in, size_t from, struct gp_str what);
/* Read the tag that opens at `start`; false when it has no end. */
bool mustache_tag_read(const struct mustache_text *in, size_t start, struct mustache_tag *tag);
/* The offset behind the line end when only blanks stand between `at` and it, else 0. */
size_t mustache_blank_to_eol(const struct mustache_text *in, size_t at);

#endif
