/* SPDX-License-Identifier: ISC */
/* Version 17: messages with files, and those whose Message-ID begins like one that is not there. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE INDEX node_files ON node(list, date) WHERE state = 1 AND files > 0",
	"CREATE INDEX node_mid ON node(mid) WHERE state = 1",
	NULL
};

const struct gp_migration gp_schema_17 = {17, sql};
