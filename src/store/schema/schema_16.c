/* SPDX-License-Identifier: ISC */
/* Version 16: the library of a list: threads that were kept, each with a page. Its text is one of
 * the list's texts, "practice-SLUG", so that it has versions and an author each. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE practice("
	" id INTEGER PRIMARY KEY,"
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" slug TEXT NOT NULL,"
	" node INTEGER NOT NULL," /* a message of the thread, so that it goes where that goes */
	" title TEXT NOT NULL,"
	" tags TEXT NOT NULL DEFAULT ''," /* folded, a blank before and behind each */
	" keeper TEXT NOT NULL," /* address */
	" name TEXT NOT NULL DEFAULT '',"
	" kept INTEGER NOT NULL,"
	" confirmed INTEGER NOT NULL," /* somebody said then that it is true */
	" asked INTEGER NOT NULL DEFAULT 0," /* when the keeper was asked and has not answered; 0: never */
	" doubt TEXT NOT NULL DEFAULT ''," /* why it is true no more; '' */
	" words TEXT NOT NULL DEFAULT ''," /* folded, for the search */
	" UNIQUE(list, slug)"
	")",
	"CREATE INDEX practice_node ON practice(node)",
	"CREATE INDEX practice_confirmed ON practice(confirmed)",
	/* When who asked was invited to sum up; 0: never. */
	"ALTER TABLE thread ADD COLUMN invited INTEGER NOT NULL DEFAULT 0",
	NULL
};

const struct gp_migration gp_schema_16 = {16, sql};
