/* SPDX-License-Identifier: ISC */
/* Version 22: threads in which everybody writes less often, or that rest for a while. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE thread ADD COLUMN slow INTEGER NOT NULL DEFAULT 0", /* seconds between two posts of one */
	"ALTER TABLE thread ADD COLUMN cool INTEGER NOT NULL DEFAULT 0", /* posts wait until then */
	NULL
};

const struct gp_migration gp_schema_22 = {22, sql};
