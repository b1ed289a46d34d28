/* SPDX-License-Identifier: ISC */
/* Version 24: content notes of posts, and what members want of posts that have one. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE node ADD COLUMN note TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE node ADD COLUMN note_by INTEGER NOT NULL DEFAULT 0", /* 1: by somebody's word, afterwards */
	"ALTER TABLE hold ADD COLUMN note TEXT NOT NULL DEFAULT ''", /* that a moderator gave it */
	"ALTER TABLE member ADD COLUMN notes INTEGER NOT NULL DEFAULT 1", /* fold */
	NULL
};

const struct gp_migration gp_schema_24 = {24, sql};
