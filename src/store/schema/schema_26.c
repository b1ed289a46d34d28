/* SPDX-License-Identifier: ISC */
/* Version 26: which messages were the first post of a member. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE node ADD COLUMN first INTEGER NOT NULL DEFAULT 0",
	NULL
};

const struct gp_migration gp_schema_26 = {26, sql};
