/* SPDX-License-Identifier: ISC */
/* Version 28: pages of threads without names were searched by their words as they were written. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	GP_PAGE_WORDS " WHERE " GP_PAGE_THREAD " IN (SELECT id FROM thread WHERE unnamed <> 0)",
	NULL
};

const struct gp_migration gp_schema_28 = {28, sql};
