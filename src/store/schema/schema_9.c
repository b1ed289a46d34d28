/* SPDX-License-Identifier: ISC */
/* Version 9: the message that a thread was started from, without being an answer to it. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"ALTER TABLE node ADD COLUMN origin INTEGER NOT NULL DEFAULT 0",
	"CREATE INDEX node_origin ON node(origin) WHERE origin <> 0",
	NULL
};

const struct gp_migration gp_schema_9 = {9, sql};
