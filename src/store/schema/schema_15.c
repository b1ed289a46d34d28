/* SPDX-License-Identifier: ISC */
/* Version 15: how and when members want their digests, and when each is due. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE member ADD COLUMN digest_hour INTEGER NOT NULL DEFAULT 0", /* 0: the list's; else hour + 1 */
	"ALTER TABLE member ADD COLUMN digest_day INTEGER NOT NULL DEFAULT 0", /* 0: the list's; 1 Sunday */
	"ALTER TABLE member ADD COLUMN digest_form INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN digest_minutes INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN digest_posts INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE member ADD COLUMN digest_together INTEGER NOT NULL DEFAULT 0",
	/* NULL: no digest; below GP_DIGEST_TIMES: why the clock looks at it; else when it is due. */
	"ALTER TABLE member ADD COLUMN digest_next INTEGER",
	/* Who turned from a digest to each mail: up to where a last digest goes. */
	"ALTER TABLE member ADD COLUMN digest_until INTEGER NOT NULL DEFAULT 0",
	/* Of a thread that is followed: messages above this id come by themselves. */
	"ALTER TABLE interest ADD COLUMN since INTEGER NOT NULL DEFAULT 0",
	"UPDATE member SET digest_next = 0 WHERE delivery IN (1, 2, 3)",
	"CREATE INDEX member_digest ON member(digest_next) WHERE digest_next IS NOT NULL",
	"CREATE INDEX member_digest_posts ON member(list, digest_posts, digest_upto) "
	    "WHERE digest_posts > 0",
	NULL
};

const struct gp_migration gp_schema_15 = {15, sql};
