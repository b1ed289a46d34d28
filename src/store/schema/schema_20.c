/* SPDX-License-Identifier: ISC */
/* Version 20: posts without a name. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE anon_key("
	" id INTEGER PRIMARY KEY,"
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" node INTEGER NOT NULL," /* a message of the thread; 0: it is still to be */
	" secret BLOB NOT NULL,"
	" used INTEGER NOT NULL"
	")",
	"CREATE INDEX anon_key_node ON anon_key(node)",
	"CREATE TABLE anon_post("
	" id INTEGER PRIMARY KEY,"
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" hold INTEGER NOT NULL," /* while it waits; then 0, */
	" node INTEGER NOT NULL," /* and the message, where identities are sealed */
	" key INTEGER NOT NULL,"
	" address TEXT NOT NULL" /* folded */
	")",
	"CREATE INDEX anon_post_hold ON anon_post(hold)",
	"CREATE INDEX anon_post_node ON anon_post(node)",
	NULL
};

const struct gp_migration gp_schema_20 = {20, sql};
