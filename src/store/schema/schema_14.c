/* SPDX-License-Identifier: ISC */
/* Version 14: people who are not on a list, and whose posts to it need no moderator. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE trusted("
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" address TEXT NOT NULL," /* folded */
	" by TEXT NOT NULL,"
	" created INTEGER NOT NULL,"
	" PRIMARY KEY(list, address)"
	") WITHOUT ROWID",
	NULL
};

const struct gp_migration gp_schema_14 = {14, sql};
