/* SPDX-License-Identifier: ISC */
/* Version 2: the archive: places in threads, messages, threads, search. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	/*
	 * One for each Message-ID that was seen or mentioned on a list. id > 0: a message that
	 * was archived, growing with time; id < 0: a ghost, known from others' References only.
	 * state: 0 ghost 1 present 2 not archived at its author's wish 3 removed.
	 */
	"CREATE TABLE node("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" list INTEGER NOT NULL,"
	" key TEXT NOT NULL," /* permalink: base32(sha256(mid)), 12 or more characters */
	" mid TEXT NOT NULL," /* '' when removed */
	" state INTEGER NOT NULL,"
	" parent INTEGER NOT NULL DEFAULT 0," /* 0: none */
	" kind INTEGER NOT NULL DEFAULT 0," /* how the parent was found, see gp_message */
	" thread INTEGER NOT NULL,"
	" date INTEGER NOT NULL,"
	" received INTEGER,"
	" zone INTEGER,"
	" from_name TEXT,"
	" from_addr TEXT,"
	" author INTEGER," /* hash of the address: who is the same person */
	" subject TEXT,"
	" title TEXT," /* NULL: as the subject */
	" snippet TEXT,"
	" size INTEGER,"
	" flags INTEGER,"
	" files INTEGER,"
	" entry INTEGER," /* its row in search is id + entry * 2^40; NULL: none */
	" entry_hash INTEGER" /* of the texts that went into it */
	")",
	"CREATE UNIQUE INDEX node_key ON node(key, list)",
	"CREATE INDEX node_thread ON node(thread, date)",
	"CREATE INDEX node_list ON node(list) WHERE state > 0",
	"CREATE INDEX node_date ON node(list, date) WHERE state = 1",

	/* One frame: length of the first part (LEB128); what the parser derived, in the wire
	 * form; the message as it came. Together because they say much the same. */
	"CREATE TABLE body("
	" id INTEGER PRIMARY KEY," /* of the node */
	" data BLOB NOT NULL"
	")",
	"CREATE TABLE dictionary("
	" id INTEGER PRIMARY KEY," /* as it stands in the frames of zstd */
	" created INTEGER NOT NULL,"
	" data BLOB NOT NULL"
	")",

	"CREATE TABLE thread("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" list INTEGER NOT NULL,"
	" head INTEGER NOT NULL," /* node that gives key and title: root, or oldest message */
	" title TEXT NOT NULL DEFAULT '',"
	" base INTEGER NOT NULL DEFAULT 0," /* hash of the base subject, 0: too general */
	" first INTEGER NOT NULL DEFAULT 0," /* dates of messages that are shown */
	" last INTEGER NOT NULL DEFAULT 0,"
	" messages INTEGER NOT NULL DEFAULT 0," /* shown ones */
	" people INTEGER NOT NULL DEFAULT 0,"
	" names TEXT NOT NULL DEFAULT ''," /* the first five authors, a line each */
	" last_id INTEGER NOT NULL DEFAULT 0,"
	" version INTEGER NOT NULL DEFAULT 1,"
	" mark TEXT NOT NULL DEFAULT '',"
	" mark_message INTEGER NOT NULL DEFAULT 0"
	")",
	"CREATE INDEX thread_list ON thread(list, last) WHERE messages > 0",
	"CREATE INDEX thread_last ON thread(last) WHERE messages > 0",
	"CREATE INDEX thread_base ON thread(list, base, last) WHERE base <> 0",

	/* Who wrote in a thread, on a list; messages of a month: counters of what is shown. */
	"CREATE TABLE thread_author("
	" thread INTEGER NOT NULL,"
	" author INTEGER NOT NULL,"
	" node INTEGER NOT NULL," /* the first message */
	" PRIMARY KEY(thread, author)"
	") WITHOUT ROWID",
	"CREATE TABLE list_author("
	" list INTEGER NOT NULL,"
	" author INTEGER NOT NULL,"
	" messages INTEGER NOT NULL,"
	" PRIMARY KEY(list, author)"
	") WITHOUT ROWID",
	"CREATE TABLE list_month("
	" list INTEGER NOT NULL,"
	" month INTEGER NOT NULL," /* year * 12 + month - 1, UTC */
	" messages INTEGER NOT NULL,"
	" PRIMARY KEY(list, month)"
	") WITHOUT ROWID",

	/* Thread-Index of Exchange, for messages that have one. */
	"CREATE TABLE exchange("
	" list INTEGER NOT NULL,"
	" value BLOB NOT NULL,"
	" node INTEGER NOT NULL,"
	" PRIMARY KEY(list, value, node)"
	") WITHOUT ROWID",

	/* People's decisions on threads, by Message-ID, so that a rebuild repeats them. */
	"CREATE TABLE correction("
	" list INTEGER NOT NULL,"
	" child TEXT NOT NULL,"
	" parent TEXT NOT NULL," /* '': begins a thread of its own */
	" PRIMARY KEY(list, child)"
	") WITHOUT ROWID",

	"CREATE VIRTUAL TABLE search USING fts5(subject, author, own, quoted, files,"
	" content='', tokenize='guildpost')",
	"INSERT INTO search(search, rank) VALUES('pgsz', 16000)",
	"INSERT INTO search(search, rank) VALUES('automerge', 8)",
	/* A crisis merge would stop the mail for a third of a second. */
	"INSERT INTO search(search, rank) VALUES('crisismerge', 1000)",
	"INSERT INTO search(search, rank) VALUES('rank', 'bm25(8, 4, 2, 0.3, 2)')",
	NULL
};

const struct gp_migration gp_schema_2 = {2, sql};
