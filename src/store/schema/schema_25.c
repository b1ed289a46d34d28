/* SPDX-License-Identifier: ISC */
/* Version 25: who may see a thread, and whether names are shown in it. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE thread ADD COLUMN visible INTEGER NOT NULL DEFAULT 0", /* GP_VISIBLE_ */
	"ALTER TABLE thread ADD COLUMN unnamed INTEGER NOT NULL DEFAULT 0",
	"CREATE INDEX thread_veil ON thread(list) WHERE visible + unnamed > 0",
	NULL
};

const struct gp_migration gp_schema_25 = {25, sql};
