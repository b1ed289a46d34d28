/* SPDX-License-Identifier: ISC */
/*
 * Version 5: what members choose, what moderators decide together, and what owners write:
 * settings of memberships, interest in threads, bans, votes, texts, the log of acts, counts.
 */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	/* Settings of a membership, see gp_member_options. */
	"ALTER TABLE member ADD COLUMN language TEXT NOT NULL DEFAULT ''", /* '': the list's */
	"ALTER TABLE member ADD COLUMN timezone TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE member ADD COLUMN own_copy INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN duplicates INTEGER NOT NULL DEFAULT 1",
	"ALTER TABLE member ADD COLUMN attachments INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN reminders INTEGER NOT NULL DEFAULT 1",
	"ALTER TABLE member ADD COLUMN posting INTEGER NOT NULL DEFAULT 0",
	/* And what is none. */
	"ALTER TABLE member ADD COLUMN pause_from INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN pause_to INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN refused INTEGER NOT NULL DEFAULT 0",

	/* Named by a message, not by a thread: threads are joined and split. */
	"CREATE TABLE interest("
	" member INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" node INTEGER NOT NULL,"
	" kind INTEGER NOT NULL," /* 1 follow 2 mute */
	" PRIMARY KEY(node, member)"
	") WITHOUT ROWID",
	"CREATE INDEX interest_member ON interest(member)",
	"ALTER TABLE thread ADD COLUMN closed TEXT NOT NULL DEFAULT ''", /* why, or '' */

	"CREATE TABLE ban("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" list INTEGER NOT NULL," /* 0: every list of the site */
	" pattern TEXT NOT NULL," /* an address, or @domain; folded */
	" until INTEGER NOT NULL DEFAULT 0," /* 0: for ever */
	" reason TEXT NOT NULL DEFAULT '',"
	" by TEXT NOT NULL DEFAULT '',"
	" created INTEGER NOT NULL,"
	" UNIQUE(pattern, list)"
	")",

	/* Who did what, when, by which message. */
	"CREATE TABLE act("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" time INTEGER NOT NULL,"
	" list INTEGER NOT NULL," /* 0: of the site */
	" who TEXT NOT NULL," /* an address, 'command line' or 'guildpost' */
	" verb TEXT NOT NULL,"
	" what TEXT NOT NULL," /* whom or what it was done to */
	" detail TEXT NOT NULL DEFAULT '',"
	" msgid TEXT NOT NULL DEFAULT ''"
	")",
	"CREATE INDEX act_list ON act(list, id)",

	/* Texts of a list that its owners wrote; the highest version counts, '' means ours. */
	"CREATE TABLE text("
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" name TEXT NOT NULL,"
	" language TEXT NOT NULL,"
	" version INTEGER NOT NULL,"
	" time INTEGER NOT NULL,"
	" by TEXT NOT NULL,"
	" body TEXT NOT NULL,"
	" PRIMARY KEY(list, name, language, version)"
	") WITHOUT ROWID",

	/* How often in a span of time: answers to an address, requests from one. */
	"CREATE TABLE count("
	" kind TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" start INTEGER NOT NULL,"
	" n INTEGER NOT NULL,"
	" PRIMARY KEY(kind, key)"
	") WITHOUT ROWID",
	"CREATE INDEX count_start ON count(start)",

	"ALTER TABLE hold ADD COLUMN kind INTEGER NOT NULL DEFAULT 0", /* 0 a post 1 asks to join */
	"ALTER TABLE hold ADD COLUMN approvals INTEGER NOT NULL DEFAULT 1", /* how many are needed */
	"ALTER TABLE hold ADD COLUMN claimed_by TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE hold ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0", /* how many times */
	"ALTER TABLE hold ADD COLUMN at_end INTEGER NOT NULL DEFAULT 0", /* GP_END_ */
	"ALTER TABLE hold ADD COLUMN data TEXT NOT NULL DEFAULT ''", /* JSON: what was asked for */
	/* from_addr folded: how earlier ones of an author ended. */
	"ALTER TABLE hold ADD COLUMN author TEXT NOT NULL DEFAULT ''",
	"UPDATE hold SET author = lower(from_addr)",
	"CREATE INDEX hold_author ON hold(author, list)",
	/* One of a person; but of those who were erased several may have the same name. */
	"CREATE TABLE hold_vote("
	" id INTEGER PRIMARY KEY,"
	" hold INTEGER NOT NULL REFERENCES hold(id) ON DELETE CASCADE,"
	" who TEXT NOT NULL," /* folded */
	" approves INTEGER NOT NULL,"
	" reason TEXT NOT NULL,"
	" time INTEGER NOT NULL"
	")",
	"CREATE INDEX hold_vote_hold ON hold_vote(hold, who)",

	"ALTER TABLE token ADD COLUMN data TEXT NOT NULL DEFAULT ''", /* JSON */
	"CREATE INDEX token_of ON token(list, purpose, address)",
	NULL
};

const struct gp_migration gp_schema_5 = {5, sql};
