/* SPDX-License-Identifier: ISC */
/*
 * What the clock does with what is held: reminders after one and three days, an end when
 * nobody decided, the end of quiet hours; and forgetting what is long over.
 */
#include "config.h"

#include "anon.h"
#include "rules.h"
#include "verdict.h"

#include <inttypes.h>
#include <string.h>

enum { HOLD_KEEP = 30 * 86400,	/* what is decided or delivered is shown so long */
	COUNT_KEEP = 8 * 86400 };

static enum gp_status
begin(struct gp_case *c, struct gp_hold *h, struct gp_outcome *out)
{
	memset(out, 0, sizeof(*out));
	c->hold = h;
	c->by = "guildpost";
	c->out = out;
	return gp_list_find_id(c->ctx, c->site->store, h->list, &c->list, c->err);
}

/* ---- quiet hours ------------------------------------------------------------------------------------ */

/* Much may have changed since: all rules are asked again, but for the hour. */
static enum gp_status
let_go(struct gp_case *c)
{
	struct gp_route route = {.kind = GP_ROUTE_POST, .name = "post", .list = c->list,
	    .rcpt = c->list->address};
	struct gp_inbound held;
	struct gp_decision d;
	enum gp_status st;
	bool readable;

	st = gp_hold_load(c, &held, &readable);
	if (st == GP_OK)
		st = gp_decide(c->ctx, c->site, &route, &held, &d, c->err);
	if (st != GP_OK)
		return st;
	if (d.kind == GP_DECIDE_ACCEPT)
		return gp_verdict_approve(c, strcmp(c->hold->rule, GP_RULE_COOL) == 0 ? "its thread has cooled" :
		    "quiet hours are over");
	if (d.kind != GP_DECIDE_HOLD)
		return gp_verdict_discard(c, d.reason);
	if (d.until != 0) {
		c->hold->expires = d.until;
		return gp_hold_update(c->site->store, c->hold, c->err);
	}
	if (strcmp(d.rule, GP_RULE_QUIET) == 0) {
		if (gp_rules_is_quiet(c->list, gp_now(), &c->hold->expires))
			return gp_hold_update(c->site->store, c->hold, c->err);
		return gp_verdict_approve(c, "quiet hours are over");
	}
	/* From now on it is like every other. */
	c->hold->reason = d.reason;
	c->hold->expires = gp_now() + c->list->set.hold_expire;
	c->hold->at_end = c->list->set.hold_end == GP_END_ACCEPT ? GP_END_RETURN :
	    c->list->set.hold_end;
	st = gp_hold_update(c->site->store, c->hold, c->err);
	return st == GP_OK ? gp_hold_ask(c, &held) : st;
}

/* ---- the end of others ------------------------------------------------------------------------------ */

static enum gp_status
end(struct gp_case *c)
{
	static const char *const ends[] = {"expired_returned", "expired_accepted", "expired_dropped"};
	static const char reason[] = "nobody decided in time";
	json_t *data = gp_json_object(c->ctx);
	int at_end = c->hold->at_end;
	enum gp_status st;
	bool sendable;

	gp_log(GP_LOG_INFO, "event=hold-expired hold=%" PRId64, c->hold->id);
	st = gp_verdict_is_sendable(c, &sendable);
	if (st != GP_OK)
		return st;
	if (at_end == GP_END_ACCEPT && !sendable)
		at_end = GP_END_RETURN;
	if (at_end == GP_END_ACCEPT) {
		/* Those who join are welcomed; of posts the author may not be on the list. */
		st = gp_verdict_approve(c, reason);
		return st == GP_OK && c->hold->kind == GP_HOLD_POST ?
		    gp_hold_tell_author(c, "expired", data, false) : st;
	}
	st = gp_hold_decide(c->site->store, c->hold->id, GP_HOLD_EXPIRED, c->by, reason, gp_now(),
	    c->err);
	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_EXPIRE, "");
	if (st == GP_OK && gp_anon_is(c->hold))
		st = gp_anon_over(c, "expired", reason);
	else if (st == GP_OK)
		st = gp_hold_tell_author(c, c->hold->kind == GP_HOLD_JOIN ? "join-expired" : "expired",
		    data, at_end == GP_END_RETURN);
	return st == GP_OK ? gp_hold_tell(c, ends[at_end], gp_json_object(c->ctx)) : st;
}

/* One that can't be ended, for whatever reason, doesn't keep the others waiting. */
static enum gp_status
end_one(struct gp_case *c)
{
	enum gp_status st = gp_store_mark(c->site->store, c->err);

	if (st != GP_OK)
		return st;
	st = gp_hold_is_quiet(c->hold) ? let_go(c) : end(c);
	if (st == GP_OK)
		return gp_store_keep(c->site->store, c->err);
	gp_store_undo(c->site->store);
	if (gp_status_is_temporary(st) && st != GP_E_BUG)
		return st;
	gp_log(GP_LOG_ERR, "event=hold-end-failed hold=%" PRId64 " what=\"%s\"", c->hold->id,
	    c->err->msg);
	return GP_OK;
}

static enum gp_status
end_all(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_case c = {.ctx = ctx, .site = site, .err = err};
	struct gp_outcome out;
	struct gp_hold **holds;
	enum gp_status st;
	size_t i, n;

	st = gp_hold_expired(ctx, site->store, now, &holds, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		st = begin(&c, holds[i], &out);
		if (st == GP_OK)
			st = end_one(&c);
	}
	return st;
}

/* ---- reminders ---------------------------------------------------------------------------------------- */

/* Those older than that which were reminded of less than `times` times. */
static enum gp_status
remind(const void *ctx, struct gp_site *site, int64_t before, int64_t times, struct gp_err *err)
{
	struct gp_case c = {.ctx = ctx, .site = site, .err = err};
	struct gp_outcome out;
	struct gp_hold **holds;
	enum gp_status st;
	size_t i, n;

	st = gp_hold_unattended(ctx, site->store, before, times, &holds, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		struct gp_hold *h = holds[i];

		if (gp_hold_is_quiet(h))
			continue;
		st = begin(&c, h, &out);
		/* At first only the one who looks at it. */
		if (st == GP_OK)
			st = gp_hold_remind(&c, times == 1 && h->claimed_by[0] != '\0' ? h->claimed_by :
			    NULL);
		h->reminded = times;
		if (st == GP_OK)
			st = gp_hold_update(site->store, h, err);
	}
	return st;
}

enum gp_status
gp_hold_expire(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	static const struct { int64_t age, times; } reminders[] = {{3 * 86400, 2}, {86400, 1}};
	enum gp_status st = end_all(ctx, site, now, err);
	size_t i;

	/* The later one first: after a long stop nobody is reminded twice. */
	for (i = 0; st == GP_OK && i < GP_COUNT(reminders); i++)
		st = remind(ctx, site, now - reminders[i].age, reminders[i].times, err);
	if (st == GP_OK)
		st = gp_queue_mail_daily(ctx, site, now, err);
	if (st == GP_OK)
		st = gp_hold_forget(site->store, now - HOLD_KEEP, err);
	if (st == GP_OK)
		st = gp_queue_forget(site->store, now - HOLD_KEEP, err);
	if (st == GP_OK)
		st = gp_ban_forget(site->store, now, err);
	if (st == GP_OK)
		st = gp_count_forget(site->store, now - COUNT_KEEP, err);
	return st == GP_OK ? gp_token_forget(site->store, now, err) : st;
}
