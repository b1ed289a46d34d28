/* SPDX-License-Identifier: ISC */
/* Version 18: questions that a list decides together, and what each member said. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE decision("
	" node INTEGER PRIMARY KEY," /* the message that asks */
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" begun INTEGER NOT NULL,"
	" ends INTEGER NOT NULL,"
	" reminded INTEGER NOT NULL DEFAULT 0,"
	" over INTEGER NOT NULL DEFAULT 0"
	")",
	"CREATE INDEX decision_ends ON decision(ends) WHERE over = 0",
	"CREATE TABLE vote("
	" node INTEGER NOT NULL REFERENCES decision(node) ON DELETE CASCADE,"
	" member INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" choice INTEGER NOT NULL," /* GP_VOTE_ */
	" time INTEGER NOT NULL,"
	" PRIMARY KEY(node, member)"
	") WITHOUT ROWID",
	NULL
};

const struct gp_migration gp_schema_18 = {18, sql};
