/* SPDX-License-Identifier: ISC */
/* Stems of words by Snowball's rules. The only file that includes libstemmer. */
#include "config.h"

#include "stem.h"

#include <libstemmer.h>
#include <string.h>

static int
drop(struct sb_stemmer **box)
{
	sb_stemmer_delete(*box);
	return 0;
}

struct gp_stemmer {
	struct sb_stemmer *sb;
};

struct gp_stemmer *
gp_stemmer_new(const void *ctx, const char *language)
{
	struct sb_stemmer *sb = sb_stemmer_new(language, NULL), **box;
	struct gp_stemmer *st;

	if (sb == NULL)
		return NULL;
	st = gp_new(ctx, struct gp_stemmer);
	st->sb = sb;
	box = gp_new(st, struct sb_stemmer *);
	*box = sb;
	talloc_set_destructor(box, drop);
	return st;
}

size_t
gp_stem(struct gp_stemmer *st, const char *word, size_t n, char *out, size_t max)
{
	const sb_symbol *p = n < max ? sb_stemmer_stem(st->sb, (const sb_symbol *)word, (int)n) : NULL;
	size_t len;

	if (p == NULL)
		return 0;
	len = (size_t)sb_stemmer_length(st->sb);
	if (len >= max)
		return 0;
	memcpy(out, p, len);
	out[len] = '\0';
	return len;
}
