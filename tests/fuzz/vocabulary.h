/* SPDX-License-Identifier: ISC */
/*
 * The words of all languages, for the targets that read what people write.
 */
#ifndef GUILDPOST_FUZZ_VOCABULARY_H
#define GUILDPOST_FUZZ_VOCABULARY_H

#include "guildpost/list.h"

#include <stdlib.h>

static struct gp_words *
vocabulary(void)
{
	const char *dirs[1] = {GP_FUZZ_TEMPLATES};
	static struct gp_templates *set;	/* static: never freed, and no leak */
	struct gp_words *words;

	if (gp_templates_load(NULL, dirs, 1, &set, NULL) != GP_OK ||
	    gp_words_load(NULL, set, &words, NULL) != GP_OK)
		abort();
	return words;
}

#endif
