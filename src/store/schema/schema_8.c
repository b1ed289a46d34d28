/* SPDX-License-Identifier: ISC */
/* Version 8: mailboxes that mail is taken out of. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	/* What a mail in a mailbox caused is committed with such a row: it may be there still. */
	"CREATE TABLE taken("
	" digest BLOB NOT NULL," /* SHA-256 of its canonical bytes */
	" rcpt TEXT NOT NULL," /* the address of ours that it was for */
	" time INTEGER NOT NULL,"
	" kept INTEGER NOT NULL," /* the mailbox keeps it for good */
	" PRIMARY KEY(digest, rcpt)"
	") WITHOUT ROWID",
	"CREATE INDEX taken_time ON taken(time) WHERE kept = 0",

	"CREATE TABLE door("
	" name TEXT PRIMARY KEY," /* maildir, imap */
	" place TEXT NOT NULL,"
	" taken INTEGER NOT NULL,"
	" refused INTEGER NOT NULL,"
	" last INTEGER NOT NULL,"
	" waiting INTEGER NOT NULL,"
	" large INTEGER NOT NULL,"
	" validity INTEGER NOT NULL,"
	" uid INTEGER NOT NULL,"
	" reason TEXT NOT NULL,"
	" trouble TEXT NOT NULL,"
	" since INTEGER NOT NULL"
	") WITHOUT ROWID",
	NULL
};

const struct gp_migration gp_schema_8 = {8, sql};
