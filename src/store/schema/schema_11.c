/* SPDX-License-Identifier: ISC */
/* Version 11: where messages stood in an archive that was before this one. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE old_path("
	" path TEXT NOT NULL," /* begins with a slash, ends with none */
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" node INTEGER NOT NULL,"
	" PRIMARY KEY(path)"
	") WITHOUT ROWID",
	NULL
};

const struct gp_migration gp_schema_11 = {11, sql};
