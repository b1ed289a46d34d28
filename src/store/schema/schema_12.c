/* SPDX-License-Identifier: ISC */
/* Version 12: what threads are, since when and by whose word; who can help, and who was asked. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE thread ADD COLUMN mark_at INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE thread ADD COLUMN mark_by INTEGER NOT NULL DEFAULT 0", /* GP_MARK_ */
	"CREATE INDEX thread_mark ON thread(list, mark, first) WHERE mark <> ''",
	"CREATE INDEX thread_mark_at ON thread(list, mark, mark_at) WHERE mark <> ''",

	/* Topics that somebody can help with. */
	"CREATE TABLE skill("
	" member INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" topic TEXT NOT NULL," /* folded, without # */
	" PRIMARY KEY(member, topic)"
	") WITHOUT ROWID",
	/* Who was asked to answer a question: by the message that asks, so that it goes where that goes. */
	"CREATE TABLE helper("
	" node INTEGER NOT NULL,"
	" member INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" time INTEGER NOT NULL,"
	" passed INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY(node, member)"
	") WITHOUT ROWID",
	"CREATE INDEX helper_member ON helper(member, time)",
	NULL
};

const struct gp_migration gp_schema_12 = {12, sql};
