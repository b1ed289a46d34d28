/* SPDX-License-Identifier: ISC */
/* What core watches beside its work: the log of the database, which must not grow without bound. */
#include "config.h"

#include "guildpost/serve.h"

enum { WAL_PATIENCE = 20 };	/* seconds */

/*
 * A program that reads an old state of the database keeps its log from being emptied. Web ends each read with
 * its page, so it is somebody else's, and all we can do is say so before the disk is full.
 */
void
gp_core_watch(struct gp_core *core)
{
	struct gp_store *s = core->site->store;
	bool is_long = gp_store_wal_kept(s) > GP_MAX_WAL;
	void *ctx;
	struct gp_err err;
	enum gp_status st;

	if (is_long && ++core->wal_long <= WAL_PATIENCE) {
		if (gp_store_checkpoint(s, false, &err) != GP_OK)
			gp_log(GP_LOG_WARN, "event=checkpoint what=\"%s\"", err.msg);
		return;
	}
	core->wal_long = 0;
	if (!is_long && !core->wal_alarm)
		return;
	ctx = gp_ctx(NULL);
	st = gp_store_begin(s, &err);
	if (st == GP_OK && is_long)
		st = gp_alarm_raise(ctx, core->site, GP_ALARM_WAL, gp_asprintf(ctx, "%s-wal has more than %d MB, "
		    "because a program reads an old state of the database", core->conf->db_path,
		    GP_MAX_WAL >> 20), 0, &err);
	else if (st == GP_OK)
		st = gp_alarm_clear(ctx, core->site, GP_ALARM_WAL, &err);
	if (st == GP_OK)
		st = gp_store_commit(s, &err);
	if (st != GP_OK) {
		gp_store_rollback(s);
		gp_log(GP_LOG_ERR, "event=alarm-failed what=\"%s\"", err.msg);
	}
	core->wal_alarm = is_long;
	talloc_free(ctx);
}
