/* SPDX-License-Identifier: ISC */
/* Version 10: what somebody wrote on a list, by date. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE INDEX node_author ON node(list, author, date) WHERE state = 1",
	NULL
};

const struct gp_migration gp_schema_10 = {10, sql};
