/* SPDX-License-Identifier: ISC */
/* Version 27: threads that another list has, too. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE share("
	" id INTEGER PRIMARY KEY,"
	" home INTEGER NOT NULL," /* a message of the thread */
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" guest INTEGER NOT NULL DEFAULT 0," /* its copy on that list */
	" state INTEGER NOT NULL DEFAULT 0," /* GP_SHARE_ */
	" by TEXT NOT NULL," /* address */
	" at INTEGER NOT NULL"
	")",
	"CREATE INDEX share_home ON share(home)",
	"CREATE INDEX share_guest ON share(guest) WHERE guest <> 0",
	NULL
};

const struct gp_migration gp_schema_27 = {27, sql};
