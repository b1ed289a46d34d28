/* SPDX-License-Identifier: ISC */
/* Version 6: what bounces say of memberships, and of providers. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	/* Of memberships that bounced, or whose reader complained; no row: all is well. */
	"CREATE TABLE bounce("
	" member INTEGER PRIMARY KEY REFERENCES member(id) ON DELETE CASCADE,"
	" list INTEGER NOT NULL,"
	" score INTEGER NOT NULL," /* hundredths */
	" last INTEGER NOT NULL," /* time of the last failure that counted */
	" day INTEGER NOT NULL," /* its day since 1970, UTC, and what that day gave */
	" today INTEGER NOT NULL,"
	" state INTEGER NOT NULL," /* 0 ok 1 probing 2 suspended 3 a reader complained */
	" since INTEGER NOT NULL,"
	" next INTEGER NOT NULL," /* when the clock has something to do; 0: nothing */
	" probe INTEGER NOT NULL," /* the job that was a probe */
	" notices INTEGER NOT NULL," /* sent since it is suspended */
	" upto INTEGER NOT NULL," /* the last message that came before that */
	" told INTEGER NOT NULL," /* when the member was told of a complaint */
	" text TEXT NOT NULL" /* the other side's last words */
	")",
	"CREATE INDEX bounce_next ON bounce(next) WHERE next > 0",
	"CREATE INDEX bounce_state ON bounce(list) WHERE state >= 2",

	/* Failures of the last days, one for each delivery: what the brake counts. */
	"CREATE TABLE bounced("
	" id INTEGER PRIMARY KEY,"
	" member INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" list INTEGER NOT NULL,"
	" job INTEGER NOT NULL," /* 0: not known */
	" domain TEXT NOT NULL," /* of the recipient */
	" category INTEGER NOT NULL,"
	" time INTEGER NOT NULL,"
	" given INTEGER NOT NULL" /* hundredths of score */
	")",
	"CREATE UNIQUE INDEX bounced_job ON bounced(job, member) WHERE job > 0",
	"CREATE INDEX bounced_domain ON bounced(domain, time)",
	"CREATE INDEX bounced_member ON bounced(member)",
	"CREATE INDEX bounced_time ON bounced(time)",

	/* What was found to be no fault of members: owners are told of it once. */
	"CREATE TABLE brake("
	" list INTEGER NOT NULL,"
	" job INTEGER NOT NULL," /* or 0 */
	" domain TEXT NOT NULL," /* or '' */
	" category INTEGER NOT NULL,"
	" time INTEGER NOT NULL," /* of the last failure that it held back */
	" PRIMARY KEY(job, domain, category, list)"
	") WITHOUT ROWID",
	NULL
};

const struct gp_migration gp_schema_6 = {6, sql};
