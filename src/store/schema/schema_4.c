/* SPDX-License-Identifier: ISC */
/* Version 4: posts that wait, tokens, and how far imports came. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE hold("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" state INTEGER NOT NULL,"
	" rule TEXT NOT NULL,"
	" reason TEXT NOT NULL,"
	" envelope_from TEXT NOT NULL,"
	" from_name TEXT NOT NULL,"
	" from_addr TEXT NOT NULL,"
	" subject TEXT NOT NULL,"
	" msgid TEXT NOT NULL,"
	" snippet TEXT NOT NULL,"
	" size INTEGER NOT NULL,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" decided INTEGER NOT NULL DEFAULT 0,"
	" decided_by TEXT NOT NULL DEFAULT '',"
	" decision_reason TEXT NOT NULL DEFAULT '',"
	" digest BLOB NOT NULL" /* SHA-256 of the bytes behind the header */
	")",
	"CREATE INDEX hold_list ON hold(list, state)",
	"CREATE INDEX hold_expires ON hold(expires) WHERE state = 0",
	"CREATE INDEX hold_decided ON hold(decided) WHERE state <> 0",
	"CREATE TABLE hold_data("
	" hold INTEGER PRIMARY KEY REFERENCES hold(id) ON DELETE CASCADE,"
	" raw BLOB NOT NULL," /* compressed */
	" wire BLOB" /* compressed; NULL: it could not be read */
	")",

	/* Never the token itself. */
	"CREATE TABLE token("
	" hash BLOB PRIMARY KEY," /* SHA-256 */
	" purpose TEXT NOT NULL,"
	" list INTEGER NOT NULL,"
	" object INTEGER NOT NULL,"
	" address TEXT NOT NULL,"
	" expires INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0"
	") WITHOUT ROWID",
	"CREATE INDEX token_expires ON token(expires)",

	"CREATE TABLE import("
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" source TEXT NOT NULL,"
	" offset INTEGER NOT NULL,"
	" done INTEGER NOT NULL,"
	" PRIMARY KEY(list, source)"
	") WITHOUT ROWID",
	NULL
};

const struct gp_migration gp_schema_4 = {4, sql};
