/* SPDX-License-Identifier: ISC */
/*
 * Core: one event loop, the one writer. Messages that were parsed wait for the end of the
 * loop's turn and are committed together (group commit); only then are they answered. The
 * clock turns once a second: retries, digests, holds that nobody decided, checkpoints.
 */
#include "config.h"

#include "guildpost/digest.h"
#include "guildpost/outbound.h"
#include "guildpost/serve.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { GROUP = 100, END_SECONDS = 8, TAKEN_SECONDS = 30 * 86400,
	DIGEST_MS = 100 };	/* that making digests may keep mail waiting */

static void
reply_all(struct gp_intake *i)
{
	struct gp_intake *next;

	for (; i != NULL; i = next) {
		next = i->next;
		i->done(i);
	}
}

/* Up to GROUP messages, cut off the front of the line. */
static struct gp_intake *
take_group(struct gp_core *core)
{
	struct gp_intake *first = core->ready, **p = &core->ready;
	size_t n;

	for (n = 0; n < GROUP && *p != NULL; n++)
		p = &(*p)->next;
	core->ready = *p;
	*p = NULL;
	if (core->ready == NULL)
		core->ready_end = &core->ready;
	return first;
}

static void commit_group(void *arg);

static void
plan_commit(struct gp_core *core)
{
	if (!core->commit_planned) {
		core->commit_planned = true;
		gp_loop_later(core->loop, commit_group, core);
	}
}

/* Accepting is committing: all of the group in one transaction, then the replies. What came of
 * deliveries meanwhile goes with it. */
static void
commit_group(void *arg)
{
	struct gp_core *core = arg;
	struct gp_intake *group = take_group(core), *i;
	struct gp_err err;
	enum gp_status st;

	core->commit_planned = false;
	if (group == NULL)
		return;
	st = gp_store_begin(core->site->store, &err);
	if (st == GP_OK) {
		for (i = group; i != NULL; i = i->next)
			gp_intake_apply(core->site, i);
		st = gp_feeder_write(core->feeder, &err);
		if (st == GP_OK)
			st = gp_store_commit(core->site->store, &err);
		if (st != GP_OK)
			gp_store_rollback(core->site->store);
	}
	if (st != GP_OK) {
		gp_log(GP_LOG_ERR, "event=commit-failed what=\"%s\"", err.msg);
		for (i = group; i != NULL; i = i->next)
			gp_intake_failed(i, &err);
	}
	reply_all(group);
	gp_feeder_written(core->feeder, st == GP_OK ? NULL : &err);
	gp_feeder_poke(core->feeder);
	if (core->ready != NULL)
		plan_commit(core);
}

struct parsing {
	struct gp_core *core;
	struct gp_intake *i;
};

static void
on_parsed(void *arg, struct gp_str wire, const char *unreadable)
{
	struct parsing *p = arg;
	struct gp_core *core = p->core;

	gp_intake_parsed(p->i, wire, unreadable);
	*core->ready_end = p->i;
	core->ready_end = &p->i->next;
	plan_commit(core);
	talloc_free(p);
}

void
gp_core_take(struct gp_core *core, struct gp_intake *i)
{
	struct parsing *p = gp_new(i, struct parsing);

	p->core = core;
	p->i = i;
	if (gp_intake_prepare(i, i->in.raw, i->in.n))
		gp_pool_parse(core->pool, i->in.raw, i->in.n, on_parsed, p);
	else
		on_parsed(p, (struct gp_str){NULL, 0}, i->in.unreadable);
}

/* ---- what readers may cause ------------------------------------------------------------ */

/* Inside a transaction: an act of the web. The answer says as little as it can. */
static enum gp_status
do_act(struct gp_core *core, const void *ctx, struct gp_str body, bool *done, struct gp_err *err)
{
	struct gp_unpack u = {body.p, body.n, false};
	char *what = gp_unpack_text(&u, ctx), *token = gp_unpack_text(&u, ctx), *removed;
	enum gp_status st;

	*done = true;
	if (u.bad || what == NULL || token == NULL)
		return gp_fail(err, GP_E_PARSE, "web asked for something unknown");
	if (strcmp(what, "log-in") == 0)
		return gp_login_ask(ctx, core->site, token, err);
	if (strcmp(what, "log-out") == 0)
		return gp_login_end(core->site, token, err);
	if (strcmp(what, "one-click") != 0)
		return gp_fail(err, GP_E_PARSE, "web asked for something unknown");
	st = gp_command_click(ctx, core->site, token, &removed, err);
	if (st == GP_OK && removed != NULL)
		gp_log(GP_LOG_INFO, "event=one-click address=<%s>", removed);
	*done = removed != NULL;
	return st;
}

static void
act(struct gp_core *core, struct gp_conn *c, const struct gp_frame *f)
{
	void *ctx = gp_ctx(NULL);
	struct gp_err err;
	enum gp_status st;
	bool done = false;
	char reply;

	st = gp_store_begin(core->site->store, &err);
	if (st == GP_OK) {
		st = do_act(core, ctx, f->body, &done, &err);
		if (st == GP_OK)
			st = gp_store_commit(core->site->store, &err);
		if (st != GP_OK)
			gp_store_rollback(core->site->store);
	}
	if (st != GP_OK)
		gp_log(GP_LOG_ERR, "event=act-failed what=\"%s\"", err.msg);
	reply = (char)(st != GP_OK ? 0 : done ? 2 : 1);	/* GP_WEB_FAILED ... */
	gp_frame_send(c, GP_IPC_ACTED, f->id, &reply, 1);
	gp_feeder_poke(core->feeder);
	talloc_free(ctx);
}

static void
on_web(struct gp_conn *c, void *arg)
{
	struct gp_core *core = arg;
	struct gp_frame f;
	struct gp_err err;
	size_t used;

	while (gp_frame_next(c, 64 << 10, &f, &used, &err) == GP_OK) {
		if (f.kind == GP_IPC_ACT)
			act(core, c, &f);
		gp_conn_take(c, used);
	}
}

static void
on_web_closed(struct gp_conn *c, const char *why, void *arg)
{
	struct gp_core *core = arg;

	(void)c;
	gp_log(GP_LOG_WARN, "event=web-lost why=\"%s\"", why);
	TALLOC_FREE(core->web);
}

/* ---- the clock ---------------------------------------------------------------------------- */

/* What the clock does in the rooms below, in this order. */
static enum gp_status (*const ticks[])(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err) = {
	gp_hold_expire,
	gp_bounce_tick,
	gp_help_tick,
	gp_library_tick,
	gp_decide_tick,
	gp_mentor_tick,
	gp_letter_tick,
	gp_learned_tick,
	gp_anon_tick,
};

static void
every_minute(struct gp_core *core)
{
	void *ctx = gp_ctx(NULL);
	struct gp_err err;
	enum gp_status st;
	size_t i;

	st = gp_store_begin(core->site->store, &err);
	if (st == GP_OK) {
		for (i = 0; st == GP_OK && i < GP_COUNT(ticks); i++)
			st = ticks[i](ctx, core->site, gp_now(), &err);
		if (st == GP_OK)
			st = gp_circle_tick(ctx, core->site, gp_now(), &err);
		if (st == GP_OK)
			st = gp_share_tick(ctx, core->site, gp_now(), &err);
		if (st == GP_OK)
			st = gp_taken_forget(core->site->store, gp_now() - TAKEN_SECONDS, &err);
		if (st == GP_OK)
			st = gp_store_commit(core->site->store, &err);
		if (st != GP_OK)
			gp_store_rollback(core->site->store);
	}
	if (st == GP_OK)
		st = gp_store_checkpoint(core->site->store, false, &err);
	if (st == GP_OK)
		st = gp_store_cut(core->site->store, &err);
	if (st != GP_OK)
		gp_log(GP_LOG_ERR, "event=housekeeping-failed what=\"%s\"", err.msg);
	talloc_free(ctx);
}

/* Digests that are due, a slice at a time: mail that comes in gets its turn between two. */
static void
make_digests(void *arg)
{
	struct gp_core *core = arg;
	struct gp_err err;
	bool more;
	size_t n = 0;

	core->digests_planned = false;
	if (core->ending)
		return;
	if (gp_digester_run(core->digester, gp_now(), DIGEST_MS, &n, &more, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=digest-failed what=\"%s\"", err.msg);
		return;
	}
	if (n > 0) {
		gp_log(GP_LOG_INFO, "event=digests queued=%zu", n);
		gp_feeder_poke(core->feeder);
	}
	if (more) {
		core->digests_planned = true;
		gp_loop_later(core->loop, make_digests, core);
	}
}

static void
on_tick(void *arg)
{
	struct gp_core *core = arg;
	int64_t minute = gp_now() / 60;

	if (core->ending)
		return;
	gp_feeder_tick(core->feeder);
	gp_boxes_tick(core->boxes);
	gp_core_watch(core);
	if (!core->digests_planned)
		make_digests(core);
	if (minute != core->minute) {
		core->minute = minute;
		every_minute(core);
	}
}

/* Testing only. */
static void
follow_clock(void *arg)
{
	struct gp_core *core = arg;
	struct gp_err err;

	if (!core->ending && gp_clock_turned()) {
		core->turned = true;
		on_tick(core);
	}
	if (!core->turned || core->digests_planned || !gp_feeder_is_idle(core->feeder))
		return;
	core->turned = false;
	if (gp_clock_done(&err) != GP_OK)
		gp_log(GP_LOG_ERR, "event=clock what=\"%s\"", err.msg);
}

/* ---- beginning and end --------------------------------------------------------------------- */

static void
on_end_check(void *arg)
{
	struct gp_core *core = arg;

	if (core->ready == NULL && gp_pool_waiting(core->pool) == 0 && gp_door_busy(core->door) == 0 &&
	    gp_boxes_busy(core->boxes) == 0)
		gp_loop_stop(core->loop);
}

static void
on_end_forced(void *arg)
{
	struct gp_core *core = arg;

	gp_log(GP_LOG_WARN, "event=end what=\"messages still in work get no reply\"");
	gp_loop_stop(core->loop);
}

/* What is in work is finished and answered; then the loop ends. */
static void
begin_end(struct gp_core *core)
{
	if (core->ending)
		return;
	core->ending = true;
	gp_door_close(core->door);
	gp_boxes_close(core->boxes);
	talloc_steal(core, gp_loop_timer(core->loop, 20, true, on_end_check, core));
	talloc_steal(core, gp_loop_timer(core->loop, END_SECONDS * 1000, false, on_end_forced, core));
}

/* A packet of the parent: a new outbound ('o'), web ('w') or imap ('i'), or the end of the link. */
static void
on_parent(int link, void *arg)
{
	static const struct gp_conn_ops web_ops = {on_web, NULL, on_web_closed};
	struct gp_core *core = arg;
	char what;
	int fd;

	if (core->ending)
		return;
	if (!gp_take_fd(link, &what, &fd)) {
		begin_end(core);
	} else if (what == 'o' && fd >= 0) {
		gp_feeder_connect(core->feeder, fd);
	} else if (what == 'w' && fd >= 0) {
		TALLOC_FREE(core->web);
		core->web = gp_conn_new(core->loop, core, fd, &web_ops, core);
	} else if (fd >= 0 && (what != 'i' || !gp_boxes_connect(core->boxes, fd))) {
		close(fd);
	}
}

static bool
policy(void *arg, const char *domain, enum gp_policy *out)
{
	return gp_policies_get(arg, domain, out);
}

static enum gp_status
core_open(struct gp_core *core, struct gp_err *err)
{
	enum gp_status st;

	st = gp_site_open(core, core->conf, GP_STORE_CORE, &core->site, err);
	if (st == GP_OK)
		st = gp_pool_new(core, core->loop, (size_t)core->conf->parsers, &core->pool, err);
	if (st == GP_OK)
		st = gp_policies_new(core, &core->policies, err);
	if (st == GP_OK) {
		core->site->policy = policy;
		core->site->policy_arg = core->policies;
	}
	if (st == GP_OK) {
		core->digester = gp_digester_new(core, core->site);
		core->feeder = gp_feeder_new(core);
		st = gp_door_open(core, &core->door, err);
	}
	if (st == GP_OK)
		gp_boxes_open(core);
	return st;
}

int
gp_core_run(struct gp_config *conf, int link)
{
	struct gp_core *core = gp_new(NULL, struct gp_core);
	struct gp_watch *watch;
	struct gp_err err;

	core->conf = conf;
	core->loop = gp_loop_new(core);
	core->ready_end = &core->ready;
	core->wal_alarm = true;
	if (core_open(core, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=start-failed what=\"%s\"", err.msg);
		gp_pass_fd(link, err.code == GP_E_BUSY || err.code == GP_E_CONFIG ? 'x' : 'f', -1);
		return gp_status_exit(err.code);
	}
	watch = gp_loop_fd(core->loop, link, false, on_parent, core);
	gp_loop_timer(core->loop, 1000, true, on_tick, core);
	if (gp_clock_follows())
		gp_loop_timer(core->loop, 5, true, follow_clock, core);
	gp_pass_fd(link, 'r', -1);
	gp_loop_run(core->loop);
	talloc_free(watch);
	if (gp_store_checkpoint(core->site->store, true, &err) != GP_OK)
		gp_log(GP_LOG_WARN, "event=checkpoint what=\"%s\"", err.msg);
	talloc_free(core);
	return EX_OK;
}
