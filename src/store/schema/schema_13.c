/* SPDX-License-Identifier: ISC */
/* Version 13: persons who are logged in to the archive can be logged out everywhere. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE person ADD COLUMN session INTEGER NOT NULL DEFAULT 0",
	NULL
};

const struct gp_migration gp_schema_13 = {13, sql};
