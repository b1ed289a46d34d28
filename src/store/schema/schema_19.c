/* SPDX-License-Identifier: ISC */
/* Version 19: who would be a mentor or looks for one, pairs, and a line of members about themselves. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE mentoring("
	" member INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" seeks INTEGER NOT NULL," /* 1 seeks, 0 offers */
	" topic TEXT NOT NULL," /* folded */
	" time INTEGER NOT NULL,"
	" PRIMARY KEY(member, seeks, topic)"
	") WITHOUT ROWID",
	"CREATE TABLE pair("
	" id INTEGER PRIMARY KEY,"
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" mentor INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" mentee INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" topic TEXT NOT NULL,"
	" proposed INTEGER NOT NULL,"
	" mentor_says INTEGER NOT NULL DEFAULT 0," /* 0 nothing yet, 1 yes, 2 no */
	" mentee_says INTEGER NOT NULL DEFAULT 0,"
	" met INTEGER NOT NULL DEFAULT 0," /* when both had said yes */
	" checks INTEGER NOT NULL DEFAULT 0," /* times that they were asked how it goes */
	" over INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE(mentor, mentee)"
	")",
	"CREATE INDEX pair_mentee ON pair(mentee)",
	"CREATE TABLE intro("
	" member INTEGER PRIMARY KEY REFERENCES member(id) ON DELETE CASCADE,"
	" text TEXT NOT NULL,"
	" time INTEGER NOT NULL"
	")",
	NULL
};

const struct gp_migration gp_schema_19 = {19, sql};
