/* SPDX-License-Identifier: ISC */
/* Version 3: the queue of deliveries. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE job("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" list INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" message INTEGER NOT NULL DEFAULT 0," /* a post: its body is that of this message */
	" body_off INTEGER NOT NULL DEFAULT 0,"
	" subject TEXT NOT NULL DEFAULT '',"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" flags INTEGER NOT NULL DEFAULT 0,"
	" total INTEGER NOT NULL DEFAULT 0,"
	" sent INTEGER NOT NULL DEFAULT 0,"
	" failed INTEGER NOT NULL DEFAULT 0,"
	" dropped INTEGER NOT NULL DEFAULT 0,"
	" fresh INTEGER NOT NULL DEFAULT 0," /* rows in rcpt */
	" left INTEGER NOT NULL DEFAULT 0" /* rows in rcpt and retry */
	")",
	"CREATE INDEX job_fresh ON job(id) WHERE fresh > 0",
	"CREATE INDEX job_left ON job(id) WHERE left > 0",
	"CREATE INDEX job_list ON job(list) WHERE left > 0",
	"CREATE INDEX job_created ON job(created)",
	/* Kept apart: counters change often. */
	"CREATE TABLE job_data("
	" job INTEGER PRIMARY KEY,"
	" header BLOB NOT NULL,"
	" body BLOB" /* NULL: of the message */
	")",

	/*
	 * Deliveries that were not tried yet. A member of the list: n is the member's id, member
	 * and address are NULL. An address: n counts on from 2^40.
	 */
	"CREATE TABLE rcpt("
	" job INTEGER NOT NULL,"
	" n INTEGER NOT NULL,"
	" member INTEGER,"
	" address TEXT,"
	" PRIMARY KEY(job, n)"
	") WITHOUT ROWID",
	"CREATE INDEX rcpt_member ON rcpt(member) WHERE member IS NOT NULL",
	/* Tried and put off. */
	"CREATE TABLE retry("
	" job INTEGER NOT NULL,"
	" n INTEGER NOT NULL,"
	" member INTEGER,"
	" address TEXT,"
	" tries INTEGER NOT NULL,"
	" next INTEGER NOT NULL,"
	" last TEXT NOT NULL," /* the relay's words */
	" PRIMARY KEY(job, n)"
	") WITHOUT ROWID",
	"CREATE INDEX retry_next ON retry(next)",
	"CREATE INDEX retry_member ON retry(member) WHERE member IS NOT NULL",
	/* Given up, and what came back as a bounce later. */
	"CREATE TABLE failure("
	" id INTEGER PRIMARY KEY,"
	" job INTEGER NOT NULL,"
	" member INTEGER NOT NULL,"
	" bounced INTEGER NOT NULL,"
	" time INTEGER NOT NULL,"
	" address TEXT NOT NULL,"
	" text TEXT NOT NULL"
	")",
	"CREATE INDEX failure_job ON failure(job)",
	"CREATE INDEX failure_time ON failure(time)",
	NULL
};

const struct gp_migration gp_schema_3 = {3, sql};
