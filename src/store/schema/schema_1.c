/* SPDX-License-Identifier: ISC */
/* Version 1: values of the site, lists, persons and their memberships. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE meta("
	" name TEXT PRIMARY KEY,"
	" value BLOB NOT NULL"
	") WITHOUT ROWID",

	/* Ids of lists and members stand in tokens and paths: never used twice. */
	"CREATE TABLE list("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" address TEXT NOT NULL UNIQUE," /* folded */
	" name TEXT NOT NULL,"
	" domain TEXT NOT NULL,"
	" created INTEGER NOT NULL,"
	" version INTEGER NOT NULL DEFAULT 1,"
	" messages INTEGER NOT NULL DEFAULT 0," /* shown ones */
	" threads INTEGER NOT NULL DEFAULT 0,"
	" people INTEGER NOT NULL DEFAULT 0"
	")",
	"CREATE INDEX list_name ON list(name, domain)",

	/* Only what differs from the defaults of gp_list_options. */
	"CREATE TABLE list_setting("
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" name TEXT NOT NULL,"
	" value TEXT NOT NULL,"
	" PRIMARY KEY(list, name)"
	") WITHOUT ROWID",

	"CREATE TABLE person("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" name TEXT NOT NULL DEFAULT ''"
	")",

	"CREATE TABLE address("
	" id INTEGER PRIMARY KEY,"
	" folded TEXT NOT NULL UNIQUE," /* gp_addr_fold: the key for comparing */
	" written TEXT NOT NULL," /* as the person wrote it */
	" person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE"
	")",
	"CREATE INDEX address_person ON address(person)",

	"CREATE TABLE member("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,"
	" address INTEGER NOT NULL REFERENCES address(id) ON DELETE CASCADE," /* delivered to */
	" role INTEGER NOT NULL,"
	" delivery INTEGER NOT NULL,"
	" joined INTEGER NOT NULL,"
	" digest_upto INTEGER NOT NULL DEFAULT 0,"
	" digest_last INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE(list, person)"
	")",
	"CREATE INDEX member_person ON member(person)",
	"CREATE INDEX member_address ON member(address)",
	/* A post's recipients are read off this index, in order of id. */
	"CREATE INDEX member_delivery ON member(list, delivery)",
	NULL
};

const struct gp_migration gp_schema_1 = {1, sql};
