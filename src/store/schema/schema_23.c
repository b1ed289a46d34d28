/* SPDX-License-Identifier: ISC */
/* Version 23: the words of the library's pages as the search splits them. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	GP_PAGE_WORDS_AS("", ""),
	NULL
};

const struct gp_migration gp_schema_23 = {23, sql};
