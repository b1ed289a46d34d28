/* SPDX-License-Identifier: ISC */
/* Version 7: names of persons in small letters, to find who has one. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE person ADD COLUMN folded TEXT NOT NULL DEFAULT ''", /* fold_name(name) */
	"UPDATE person SET folded = fold_name(name)",
	"CREATE INDEX person_folded ON person(folded)",
	NULL
};

const struct gp_migration gp_schema_7 = {7, sql};
