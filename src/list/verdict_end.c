/* SPDX-License-Identifier: ISC */
/*
 * The three ends of what is held: let through, refused, thrown away. Each is decided once, done,
 * written into the log, and told to the other moderators.
 */
#include "config.h"

#include "anon.h"
#include "verdict_end.h"

#include <inttypes.h>

enum gp_status
gp_end_decide(struct gp_case *c, int state, const char *reason)
{
	enum gp_status st = gp_hold_decide(c->site->store, c->hold->id, state, c->by, reason, gp_now(),
	    c->err);

	if (st == GP_OK) {
		c->out->hold = c->hold->id;
		c->out->text = gp_asprintf(c->ctx, "hold %" PRId64 " %s by %s", c->hold->id,
		    gp_hold_state_names[state], c->by);
	}
	/* Whoever wrote it is not told of what is thrown away. */
	if (st == GP_OK && state == GP_HOLD_DISCARDED && gp_anon_is(c->hold))
		st = gp_anon_over(c, NULL, "");
	return st;
}

enum gp_status
gp_end_tell(struct gp_case *c, const char *what, const char *reason, json_t *data)
{
	gp_hold_add_reason(c->ctx, data, reason);
	return gp_hold_tell(c, what, data);
}

enum gp_status
gp_end_author(struct gp_case *c, const struct gp_list *list, struct gp_member **author)
{
	enum gp_status st;

	*author = NULL;
	st = gp_member_find(c->ctx, c->site->store, list->id, c->hold->from_addr, author, c->err);
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static enum gp_status
let_through(struct gp_case *c)
{
	struct gp_member *author;
	struct gp_inbound held;
	enum gp_status st;
	bool readable;

	if (c->hold->kind == GP_HOLD_JOIN)
		return gp_hold_admit(c);
	st = gp_hold_load(c, &held, &readable);
	if (st == GP_OK && gp_anon_is(c->hold))
		return gp_anon_post(c, &held);
	if (st == GP_OK)
		st = gp_end_author(c, c->list, &author);
	return st == GP_OK ? gp_post(c->ctx, c->site, c->list, &held, author, c->out, c->err) : st;
}

enum gp_status
gp_verdict_is_sendable(struct gp_case *c, bool *yes)
{
	struct gp_inbound held;
	struct gp_header h;
	enum gp_status st;
	bool readable;

	*yes = true;
	if (c->hold->kind == GP_HOLD_JOIN)
		return GP_OK;
	st = gp_hold_load(c, &held, &readable);
	*yes = st == GP_OK &&
	    (readable || gp_header_scan(c->ctx, held.raw, held.n, &h, NULL) == GP_OK);
	return st;
}

enum gp_status
gp_end_approve(struct gp_case *c, const char *what, const char *reason, json_t *data)
{
	enum gp_status st = gp_end_decide(c, GP_HOLD_APPROVED, reason);

	if (st == GP_OK)
		st = let_through(c);
	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_APPROVE, reason);
	return st == GP_OK ? gp_end_tell(c, what, reason, data) : st;
}

enum gp_status
gp_end_refuse(struct gp_case *c, const char *what, const char *reason, json_t *data)
{
	json_t *for_author = gp_json_object(c->ctx);
	struct gp_member *author;
	enum gp_status st;

	st = gp_end_decide(c, GP_HOLD_REJECTED, reason);
	if (st == GP_OK && c->hold->kind == GP_HOLD_POST)
		st = gp_end_author(c, c->list, &author);
	if (st == GP_OK && c->hold->kind == GP_HOLD_POST && author != NULL)
		st = gp_member_count_post(c->site->store, author->id, false, c->err);
	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_REFUSE, reason);
	gp_hold_add_reason(c->ctx, for_author, reason);
	if (st == GP_OK && gp_anon_is(c->hold))
		st = gp_anon_over(c, "refused", reason);
	else if (st == GP_OK)
		st = gp_hold_tell_author(c, c->hold->kind == GP_HOLD_JOIN ? "join-refused" : "rejected",
		    for_author, true);
	return st == GP_OK ? gp_end_tell(c, what, reason, data) : st;
}

enum gp_status
gp_end_discard(struct gp_case *c, const char *what, const char *reason, json_t *data)
{
	enum gp_status st = gp_end_decide(c, GP_HOLD_DISCARDED, reason);

	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_DROP, reason);
	return st == GP_OK ? gp_end_tell(c, what, reason, data) : st;
}

enum gp_status
gp_verdict_approve(struct gp_case *c, const char *reason)
{
	return gp_end_approve(c, "approved", reason, gp_json_object(c->ctx));
}

enum gp_status
gp_verdict_refuse(struct gp_case *c, const char *reason)
{
	return gp_end_refuse(c, "refused", reason, gp_json_object(c->ctx));
}

enum gp_status
gp_verdict_discard(struct gp_case *c, const char *reason)
{
	return gp_end_discard(c, "dropped", reason, gp_json_object(c->ctx));
}
