/* SPDX-License-Identifier: ISC */
/*
 * Carrying out what moderators say. Where a list wants several to agree, ok and no are votes;
 * veto, drop and ban need nobody else, for they let nothing through. The first decision
 * counts; each is told to the other moderators and written into the log.
 */
#include "config.h"

#include "verdict_end.h"

#include <inttypes.h>
#include <string.h>

/* ---- votes --------------------------------------------------------------------------------------- */

/* A reason that an earlier vote gave, when the last one gave none. */
static enum gp_status
reason_of_votes(struct gp_case *c, const char *last, const char **out)
{
	struct gp_vote *votes;
	enum gp_status st;
	size_t i, n;

	*out = last;
	st = gp_hold_votes(c->ctx, c->site->store, c->hold->id, &votes, &n, c->err);
	for (i = 0; st == GP_OK && **out == '\0' && i < n; i++)
		if (!votes[i].approves)
			*out = votes[i].reason;
	return st;
}

static enum gp_status
vote(struct gp_case *c, bool approves, const char *how, const char *reason, const char **what,
    json_t *data)
{
	struct gp_vote v = {gp_strdup(c->ctx, c->by), approves, gp_strdup(c->ctx, reason), gp_now()};
	int64_t yes = 0, no = 0;
	enum gp_status st;

	st = gp_hold_vote(c->site->store, c->hold->id, &v, &yes, &no, c->err);
	if (st != GP_OK)
		return st;
	gp_json_int(data, "yes_count", yes);
	gp_json_int(data, "no_count", no);
	*what = how;
	if (approves && yes >= c->hold->approvals)
		return gp_end_approve(c, how, "", data);
	if (!approves && no >= c->hold->approvals) {
		st = reason_of_votes(c, reason, &reason);
		return st == GP_OK ? gp_end_refuse(c, how, reason, data) : st;
	}
	*what = approves ? "vote_ok" : "vote_no";
	c->out->hold = c->hold->id;
	c->out->text = gp_asprintf(c->ctx, "a vote of %s on hold %" PRId64, c->by, c->hold->id);
	st = gp_hold_log(c, approves ? GP_VERB_VOTE_OK : GP_VERB_VOTE_NO, reason);
	return st == GP_OK ? gp_end_tell(c, *what, reason, data) : st;
}

/* Would one more ok of this moderator send it? */
static enum gp_status
is_enough(struct gp_case *c, bool *yes)
{
	struct gp_vote *votes;
	enum gp_status st;
	int64_t others = 0;
	size_t i, n;

	st = gp_hold_votes(c->ctx, c->site->store, c->hold->id, &votes, &n, c->err);
	for (i = 0; st == GP_OK && i < n; i++)
		others += votes[i].approves && !gp_strieq(votes[i].who, c->by);
	*yes = others + 1 >= c->hold->approvals;
	return st;
}

/* Whoever wrote it, member or not, needs no moderator from now on. */
static enum gp_status
trust_author(struct gp_case *c, const struct gp_member *author)
{
	enum gp_status st = author != NULL ?
	    gp_member_set(c->site->store, author->id, "posting", "trusted", c->err) :
	    gp_trusted_add(c->site->store, c->list->id, c->hold->from_addr, c->by, gp_now(), c->err);

	return st == GP_OK ? gp_hold_log(c, GP_VERB_TRUST, "") : st;
}

static enum gp_status
trust(struct gp_case *c, const char **what, json_t *data)
{
	struct gp_member *author;
	enum gp_status st;
	bool enough;

	/* Of those who join now there is nobody yet. */
	if (c->hold->kind == GP_HOLD_JOIN && c->hold->approvals <= 1) {
		st = vote(c, true, "approved", "", what, data);
		if (st == GP_OK)
			st = gp_end_author(c, c->list, &author);
		return st != GP_OK || author == NULL ? st :
		    gp_member_set(c->site->store, author->id, "posting", "trusted", c->err);
	}
	st = gp_end_author(c, c->list, &author);
	if (st != GP_OK)
		return st;
	st = is_enough(c, &enough);
	if (st != GP_OK)
		return st;
	/* A post that says nothing of its author goes, and that is all. */
	if (!enough || (author == NULL && gp_addr_check(c->hold->from_addr, NULL) != GP_OK))
		return vote(c, true, "approved", "", what, data);
	st = trust_author(c, author);
	gp_json_bool(data, "trusted", true);
	return st == GP_OK ? vote(c, true, "approved", "", what, data) : st;
}

/* ---- other ends ------------------------------------------------------------------------------------ */

static enum gp_status
ban(struct gp_case *c, const char *reason, json_t *data)
{
	struct gp_ban b = {0};
	struct gp_member *author;
	enum gp_status st;

	st = gp_end_author(c, c->list, &author);
	if (st != GP_OK)
		return st;
	b.list = c->list->id;
	b.pattern = c->hold->from_addr;
	b.reason = gp_strdup(c->ctx, reason);
	b.by = gp_strdup(c->ctx, c->by);
	b.created = gp_now();
	/* Who looks after the list is not locked out by a post in their name. */
	if (author == NULL || author->role == GP_ROLE_MEMBER)
		st = gp_ban_add(c->site->store, &b, c->err);
	if (st == GP_E_PARSE)	/* nothing that could be banned: dropped all the same */
		st = GP_OK;
	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_BAN, reason);
	return st == GP_OK ? gp_end_discard(c, "banned", reason, data) : st;
}

/* On the other list: sent, when the one who moves it looks after that too and one is enough
 * there; else before its moderators. */
static enum gp_status
put_there(struct gp_case *c, struct gp_list *to, const struct gp_inbound *held, bool readable,
    bool *sent)
{
	struct gp_inbound in = *held;
	struct gp_decision d = {.kind = GP_DECIDE_HOLD, .rule = "moved"};
	struct gp_member *m, *author;
	enum gp_status st;

	*sent = false;
	st = gp_member_find(c->ctx, c->site->store, to->id, c->by, &m, c->err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	if (st == GP_OK && m->role >= GP_ROLE_MODERATOR && to->set.approvals <= 1) {
		*sent = true;
		st = gp_end_author(c, to, &author);
		return st == GP_OK ? gp_post(c->ctx, c->site, to, held, author, c->out, c->err) : st;
	}
	if (!readable)
		in.mail = NULL;
	d.reason = gp_asprintf(c->ctx, "a moderator of %s moved it here", c->list->address);
	return gp_hold_quietly(c->ctx, c->site, to, &in, &d, c->out, c->err);
}

static enum gp_status
move(struct gp_case *c, struct gp_list *to, json_t *data)
{
	char *reason = gp_asprintf(c->ctx, "moved to %s", to->address);
	json_t *for_author = gp_json_object(c->ctx);
	struct gp_inbound held;
	enum gp_status st;
	bool readable, sent;

	st = gp_hold_load(c, &held, &readable);
	if (st == GP_OK)
		st = gp_end_decide(c, GP_HOLD_DISCARDED, reason);
	if (st == GP_OK)
		st = put_there(c, to, &held, readable, &sent);
	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_MOVE, to->address);
	if (st != GP_OK)
		return st;
	gp_json_text(for_author, "to_list", to->address);
	gp_json_bool(for_author, "waits", !sent);
	st = gp_hold_tell_author(c, "moved", for_author, false);
	gp_json_text(data, "to_list", to->address);
	gp_json_bool(data, "waits_there", !sent);
	return st == GP_OK ? gp_end_tell(c, "moved", "", data) : st;
}

static enum gp_status
unclear(struct gp_case *c, const char *why, const char *near, const char **what, json_t *data)
{
	*what = "unclear";
	gp_json_bool(gp_json_new_object(data, "unclear_is"), why, true);
	gp_json_bool(data, "understood", gp_starts(why, "nameless_"));
	gp_json_text(data, "near", near);
	c->out->text = gp_strdup(c->ctx, "the reply was unclear: asked again");
	return GP_OK;
}

static enum gp_status
edit(struct gp_case *c, const char *text, const char **what, json_t *data)
{
	enum gp_status st = gp_hold_edit(c, text);
	bool cut;

	if (st == GP_E_PARSE)
		return unclear(c, "damaged", NULL, what, data);
	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_EDIT, "");
	/* Who agreed before agreed to another text. */
	if (st == GP_OK)
		st = gp_hold_vote_forget(c->site->store, c->hold->id, c->err);
	gp_json_text(data, "text_md", gp_hold_quote(c->ctx, text, strlen(text), &cut));
	gp_json_bool(data, "edited", true);
	return st == GP_OK ? vote(c, true, "approved", "", what, data) : st;
}

/* It goes, and whoever reads it is told before what it is about. */
static enum gp_status
note(struct gp_case *c, const char *text, const char **what, json_t *data)
{
	enum gp_status st;

	c->hold->note = gp_utf8_line(c->ctx, text, strlen(text), GP_NOTE_LONGEST);
	st = gp_hold_update(c->site->store, c->hold, c->err);
	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_NOTE, c->hold->note);
	gp_json_text(data, "content_note", c->hold->note);
	return st == GP_OK ? vote(c, true, "approved", "", what, data) : st;
}

static enum gp_status
claim(struct gp_case *c, json_t *data)
{
	enum gp_status st;

	c->hold->claimed_by = gp_strdup(c->ctx, c->by);
	c->out->text = gp_asprintf(c->ctx, "hold %" PRId64 " is looked at by %s", c->hold->id, c->by);
	st = gp_hold_update(c->site->store, c->hold, c->err);
	if (st == GP_OK)
		st = gp_hold_log(c, GP_VERB_CLAIM, "");
	return st == GP_OK ? gp_end_tell(c, "claimed", "", data) : st;
}

/* ---- too late --------------------------------------------------------------------------------------- */

/* The same once more is only logged; what differs is answered. */
static enum gp_status
was_decided(struct gp_case *c, const struct gp_opinion *o, const char **what, json_t *data)
{
	static const struct { enum gp_verdict verdict; int state; } same[] = {
		{GP_SAY_OK, GP_HOLD_APPROVED}, {GP_SAY_NO, GP_HOLD_REJECTED},
		{GP_SAY_VETO, GP_HOLD_REJECTED}, {GP_SAY_DROP, GP_HOLD_DISCARDED}};
	const struct gp_hold *h = c->hold;
	size_t i;

	c->out->text = gp_asprintf(c->ctx, "hold %" PRId64 " was %s before: nothing done", h->id,
	    gp_hold_state_names[h->state]);
	*what = "decided";
	for (i = 0; i < GP_COUNT(same); i++)
		if (same[i].verdict == o->verdict && same[i].state == h->state)
			*what = "same";
	gp_json_bool(gp_json_new_object(data, "state_is"), gp_hold_state_names[h->state], true);
	/* Nobody decided what ran out of time. */
	if (strchr(h->decided_by, '@') != NULL)
		gp_json_text(data, "by", h->decided_by);
	gp_hold_add_reason(c->ctx, data, h->decision_reason);
	gp_json_text(data, "date", gp_time_format(c->ctx, h->decided, c->list->set.timezone,
	    "%Y-%m-%d %H:%M"));
	return GP_OK;
}

enum gp_status
gp_verdict_do(struct gp_case *c, const struct gp_opinion *o, const char **what, json_t *data)
{
	enum gp_status st;
	bool sendable;

	c->out->hold = c->hold->id;
	if (o->verdict == GP_SAY_UNCLEAR)
		return unclear(c, o->why, o->what, what, data);
	if (c->hold->state != GP_HOLD_WAITING)
		return was_decided(c, o, what, data);
	st = gp_verdict_is_sendable(c, &sendable);
	if (st != GP_OK)
		return st;
	if (!sendable && (o->verdict == GP_SAY_OK || o->verdict == GP_SAY_TRUST ||
	    o->verdict == GP_SAY_MOVE || o->verdict == GP_SAY_NOTE))
		return unclear(c, "damaged", NULL, what, data);
	switch (o->verdict) {
	case GP_SAY_OK:
		return vote(c, true, "approved", "", what, data);
	case GP_SAY_TRUST:
		return trust(c, what, data);
	case GP_SAY_NO:
		return vote(c, false, "refused", o->reason, what, data);
	case GP_SAY_VETO:
		*what = "refused";
		return gp_end_refuse(c, c->hold->approvals > 1 ? "vetoed" : "refused", o->reason, data);
	case GP_SAY_DROP:
		*what = "dropped";
		return gp_end_discard(c, "dropped", "", data);
	case GP_SAY_BAN:
		*what = "banned";
		return ban(c, o->reason, data);
	case GP_SAY_MOVE:
		*what = "moved";
		return move(c, o->to, data);
	case GP_SAY_EDIT:
		return edit(c, o->text, what, data);
	case GP_SAY_NOTE:
		return note(c, o->reason, what, data);
	case GP_SAY_WAIT:
		*what = "claimed";
		return claim(c, data);
	default:
		return unclear(c, "word", NULL, what, data);
	}
}
