/* SPDX-License-Identifier: ISC */
/*
 * What failures do to a member. Each has a weight by what it says of the address; a day gives at most
 * one point; a week without a failure, in which mail went out, forgets them all. Who has as many
 * points as the list allows is asked by a probe before anything else happens. A refusal of the sender
 * or of the message says nothing of the member, nor does one of very many at once.
 */
#include "config.h"

#include "bounce.h"

#include <inttypes.h>

enum { DAY = 86400, POINT = 100 };

/* Hundredths, by enum gp_bounce. */
static const int64_t weights[] = {
	[GP_BOUNCE_ADDRESS] = 100, [GP_BOUNCE_FULL] = 50, [GP_BOUNCE_POLICY] = 0,
	[GP_BOUNCE_CONTENT] = 0, [GP_BOUNCE_INFRA] = 50,
};

/* Long ago, and mail went well since. */
static enum gp_status
forget_old(const struct gp_failed *f, struct gp_bounces *b)
{
	enum gp_status st;
	bool sent;

	if (b->score == 0 || gp_now() - b->last <= f->list->set.bounce_decay)
		return GP_OK;
	st = gp_bounces_sent_since(f->site->store, f->list->id, b->last, &sent, f->err);
	if (st == GP_OK && sent)
		b->score = 0;
	return st;
}

/* What this failure adds today. */
static int64_t
give(struct gp_bounces *b, enum gp_bounce category)
{
	int64_t day = gp_now() / DAY, room;

	if (b->day != day) {
		b->day = day;
		b->today = 0;
	}
	room = POINT - b->today;
	return weights[category] < room ? weights[category] : room;
}

static enum gp_status
add(const struct gp_failed *f, struct gp_bounces *b, int64_t given)
{
	int64_t now = gp_now();

	if (given > 0) {
		b->score += given;
		b->today += given;
		b->last = now;
		if (b->state == GP_BOUNCES_OK)
			b->next = now + f->list->set.bounce_decay + 1;
	}
	/* The words of those that were not counted are worth knowing, too. */
	b->list = f->list->id;
	b->text = gp_strdup(b, f->text);
	return gp_bounces_put(f->site->store, b, f->err);
}

static enum gp_status
count(const struct gp_failed *f, struct gp_bounces *b)
{
	const char *folded = gp_addr_fold(f->ctx, f->member->address);
	struct gp_bounced e = {.member = f->member->id, .list = f->list->id, .job = f->job,
	    .domain = gp_addr_domain(folded != NULL ? folded : ""), .category = (int)f->category,
	    .time = gp_now()};
	enum gp_status st = forget_old(f, b);
	bool braked = false;

	if (st == GP_OK)
		st = gp_brake_is_on(f, e.domain, &braked);
	if (st != GP_OK)
		return st;
	e.given = braked ? 0 : give(b, f->category);
	st = gp_bounced_add(f->site->store, &e, f->err);
	if (st != GP_OK)
		return st == GP_E_EXISTS ? GP_OK : st;
	if (!braked && f->category != GP_BOUNCE_POLICY && f->category != GP_BOUNCE_CONTENT)
		st = add(f, b, e.given);
	if (st == GP_OK)
		st = gp_brake_check(f, e.domain, &braked);
	gp_log(GP_LOG_INFO, "event=bounce member=%" PRId64 " job=%" PRId64 " category=%s given=%" PRId64
	    " score=%" PRId64 "%s", f->member->id, f->job, gp_bounce_names[f->category], e.given,
	    b->score, braked ? " braked=yes" : "");
	if (st != GP_OK || braked || b->state != GP_BOUNCES_OK ||
	    b->score < f->list->set.bounce_score * POINT || e.given == 0)
		return st;
	return gp_bounce_probe(f, b);
}

enum gp_status
gp_bounce_count(const struct gp_failed *f)
{
	struct gp_bounces *b;
	enum gp_status st = gp_bounces_get(f->ctx, f->site->store, f->member->id, &b, f->err);

	/* What was on its way when mail was stopped says nothing new. */
	if (st != GP_OK || b->state >= GP_BOUNCES_SUSPENDED || f->list->set.bounce_score == 0)
		return st;
	if (b->state == GP_BOUNCES_PROBING && f->job != 0 && f->job == b->probe)
		return f->category == GP_BOUNCE_POLICY || f->category == GP_BOUNCE_CONTENT ? GP_OK :
		    gp_bounce_suspend(f, b);
	return count(f, b);
}

enum gp_status
gp_bounce_refused(const void *ctx, struct gp_site *site, int64_t list, int64_t job, int64_t member,
    const char *text, struct gp_err *err)
{
	struct gp_failed f = {.ctx = ctx, .site = site, .job = job, .err = err};
	struct gp_member *m;
	enum gp_status st;
	char status[12];
	int code;

	f.category = gp_bounce_judge_reply(text, status, &code);
	/* Not the other side's word: our relay was away, or we had no way to send it. */
	if (member == 0 || code == 0)
		return GP_OK;
	f.text = text;
	st = gp_member_find_id(ctx, site->store, member, &m, err);
	if (st == GP_OK && m->list == list)
		st = gp_list_find_id(ctx, site->store, list, &f.list, err);
	else if (st == GP_OK)
		return GP_OK;
	f.member = m;
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	return gp_bounce_count(&f);
}
