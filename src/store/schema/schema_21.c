/* SPDX-License-Identifier: ISC */
/* Version 21: circles: groups that form by themselves within a list, each with a list of its own for a time. */
#include "config.h"

#include "../private.h"

static const char *const sql[] = {
	"CREATE TABLE circle("
	" node INTEGER PRIMARY KEY," /* the message that proposes it */
	" list INTEGER NOT NULL REFERENCES list(id) ON DELETE CASCADE,"
	" name TEXT NOT NULL," /* as it was proposed */
	" state INTEGER NOT NULL DEFAULT 0," /* GP_CIRCLE_ */
	" steward INTEGER NOT NULL," /* member of the parent list; who proposed it */
	" child INTEGER NOT NULL DEFAULT 0," /* its list */
	" proposed INTEGER NOT NULL,"
	" ends INTEGER NOT NULL," /* of the proposal, then of the circle */
	" reported INTEGER NOT NULL DEFAULT 0," /* when the steward was last asked for a report */
	" warned INTEGER NOT NULL DEFAULT 0"
	")",
	"CREATE INDEX circle_ends ON circle(ends) WHERE state < 2",
	"CREATE TABLE circle_member("
	" node INTEGER NOT NULL REFERENCES circle(node) ON DELETE CASCADE,"
	" member INTEGER NOT NULL REFERENCES member(id) ON DELETE CASCADE,"
	" PRIMARY KEY(node, member)"
	") WITHOUT ROWID",
	NULL
};

const struct gp_migration gp_schema_21 = {21, sql};
