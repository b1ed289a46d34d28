/* SPDX-License-Identifier: ISC */
/*
 * From a probe to removal. The probe says why it comes and wants no answer; when it comes back, mail is
 * stopped and the member gets notices, some days apart, each with an answer that brings the mail back;
 * then the membership ends and the owners are told. A probe that stays away was read. The clock
 * does all but the first step.
 */
#include "config.h"

#include "bounce.h"

#include <inttypes.h>
#include <string.h>

enum { DAY = 86400, KEEP = 14 * DAY };	/* single failures */

enum gp_status
gp_bounce_log(const struct gp_failed *f, enum gp_verb verb, const char *detail)
{
	struct gp_act_record act = {.list = f->list->id, .who = "guildpost", .verb = gp_verb_names[verb],
	    .what = f->member->address, .detail = detail};

	return gp_act_add(f->site->store, &act, f->err);
}

static const char *
day_of(const struct gp_failed *f, int64_t t)
{
	return gp_time_format(f->ctx, t, f->list->set.timezone, "%Y-%m-%d");
}

/* ---- mails --------------------------------------------------------------------------------- */

/* A mail to the member with an envelope of its own, so that its bounce is known. */
static enum gp_status
send(const struct gp_failed *f, const char *template_name, json_t *data, const char *reply_to,
    int64_t *job)
{
	struct gp_notice n = {.template_name = template_name, .data = data,
	    .to_name = f->member->name, .to_addr = f->member->address, .member = f->member->id,
	    .reply_to = reply_to};

	n.language = f->member->language[0] != '\0' ? f->member->language : NULL;
	return gp_notice_send(f->ctx, f->site, f->list, &n, job, f->err);
}

enum gp_status
gp_bounce_notice(const struct gp_failed *f, const char *template_name, json_t *data, int64_t lives)
{
	struct gp_token t = {.purpose = gp_strdup(f->ctx, "back"), .list = f->list->id,
	    .address = gp_addr_fold(f->ctx, f->member->address), .expires = gp_now() + lives};
	json_t *what = gp_json_object(f->ctx);
	enum gp_status st;
	char *token;

	gp_json_push_text(gp_json_new_array(what, "lines"), "resume");
	t.data = gp_json_dump(f->ctx, what, false);
	st = gp_token_add(f->ctx, f->site->store, &t, &token, f->err);
	if (st != GP_OK)
		return st;
	gp_json_text(data, "confirm_url", gp_asprintf(f->ctx, "%s/u/%s", f->site->conf->url, token));
	return send(f, template_name, data,
	    gp_route_address(f->ctx, f->site, f->list, "confirm", token), NULL);
}

enum gp_status
gp_bounce_tell_owners(const struct gp_failed *f, const char *template_name, json_t *data)
{
	struct gp_member **owners;
	enum gp_status st;
	size_t n, i;

	st = gp_member_all(f->ctx, f->site->store, f->list->id, GP_ROLE_OWNER, -1, &owners, &n, f->err);
	for (i = 0; st == GP_OK && i < (n > 0 ? n : 1); i++) {
		struct gp_notice notice = {.template_name = template_name, .data = data};

		notice.to_name = n > 0 ? owners[i]->name : "";
		notice.to_addr = n > 0 ? owners[i]->address : f->site->conf->admin;
		notice.member = n > 0 ? owners[i]->id : 0;
		if (n > 0 && owners[i]->language[0] != '\0')
			notice.language = owners[i]->language;
		st = gp_notice_send(f->ctx, f->site, f->list, &notice, NULL, f->err);
	}
	return st;
}

/* ---- steps ------------------------------------------------------------------------------------ */

enum gp_status
gp_bounce_probe(const struct gp_failed *f, struct gp_bounces *b)
{
	json_t *data = gp_json_object(f->ctx);
	enum gp_status st;

	gp_json_text(data, "why", f->text);
	st = send(f, "bounce-probe", data, NULL, &b->probe);
	if (st != GP_OK)
		return st;
	b->list = f->list->id;
	b->state = GP_BOUNCES_PROBING;
	b->since = gp_now();
	b->next = b->since + f->list->set.bounce_probe;
	st = gp_bounces_put(f->site->store, b, f->err);
	return st == GP_OK ? gp_bounce_log(f, GP_VERB_PROBE, f->text) : st;
}

enum gp_status
gp_bounce_stop(const struct gp_failed *f, struct gp_bounces *b, int state)
{
	enum gp_status st = gp_bounces_newest(f->site->store, &b->upto, f->err);

	/* Also what waits in the queue. */
	if (st == GP_OK)
		st = gp_queue_forget_member(f->site->store, f->member->id, f->err);
	b->list = f->list->id;
	b->state = state;
	b->since = gp_now();
	b->notices = 0;
	b->next = 0;
	b->text = gp_strdup(b, f->text);
	return st;
}

static enum gp_status
next_notice(const struct gp_failed *f, struct gp_bounces *b)
{
	const struct gp_list_settings *set = &f->list->set;
	int64_t left = set->bounce_notices - b->notices - 1, end;
	json_t *data = gp_json_object(f->ctx);
	enum gp_status st;

	b->notices++;
	b->next = gp_now() + set->bounce_notice_every;
	end = b->next + left * set->bounce_notice_every;
	gp_json_text(data, "why", b->text);
	gp_json_text(data, "since_date", day_of(f, b->since));
	gp_json_text(data, "until_date", day_of(f, end));
	gp_json_bool(data, "last", left <= 0);
	st = gp_bounce_notice(f, "bounce-suspended", data, end + DAY - gp_now());
	return st == GP_OK ? gp_bounces_put(f->site->store, b, f->err) : st;
}

enum gp_status
gp_bounce_suspend(const struct gp_failed *f, struct gp_bounces *b)
{
	enum gp_status st = gp_bounce_stop(f, b, GP_BOUNCES_SUSPENDED);

	if (st == GP_OK)
		st = gp_bounce_log(f, GP_VERB_SUSPEND, f->text);
	if (st != GP_OK)
		return st;
	if (f->list->set.bounce_notices > 0)
		return next_notice(f, b);
	b->next = gp_now() + f->list->set.bounce_notice_every;
	return gp_bounces_put(f->site->store, b, f->err);
}

/* ---- the clock ----------------------------------------------------------------------------------- */

static enum gp_status
take_off(const struct gp_failed *f, struct gp_bounces *b)
{
	json_t *data = gp_json_object(f->ctx);
	enum gp_status st;

	/* A list without an owner helps nobody: that one stays, without mail. */
	if (f->member->role == GP_ROLE_OWNER) {
		gp_log(GP_LOG_WARN, "event=owner-bounces list=%s address=<%s>", f->list->address,
		    f->member->address);
		b->next = 0;
		return gp_bounces_put(f->site->store, b, f->err);
	}
	gp_json_text(data, "address", f->member->address);
	gp_json_text(data, "name", f->member->name);
	gp_json_text(data, "since_date", day_of(f, b->since));
	gp_json_text(data, "why", b->text);
	st = gp_bounce_log(f, GP_VERB_REMOVE, b->text);
	if (st == GP_OK)
		st = gp_member_remove(f->site->store, f->member->id, f->err);
	return st == GP_OK ? gp_bounce_tell_owners(f, "bounce-removed", data) : st;
}

/* Nothing came back for a while: forget it, once something went out in between. */
static enum gp_status
forget(const struct gp_failed *f, struct gp_bounces *b)
{
	enum gp_status st;
	bool sent;

	st = gp_bounces_sent_since(f->site->store, f->list->id, b->last, &sent, f->err);
	if (st != GP_OK || sent)
		return st == GP_OK ? gp_bounces_clear(f->site->store, b->member, f->err) : st;
	b->next = gp_now() + DAY;
	return gp_bounces_put(f->site->store, b, f->err);
}

static enum gp_status
step(const void *ctx, struct gp_site *site, struct gp_bounces *b, struct gp_err *err)
{
	struct gp_failed f = {.ctx = ctx, .site = site, .text = b->text, .err = err};
	struct gp_member *m;
	enum gp_status st = gp_member_find_id(ctx, site->store, b->member, &m, err);

	if (st == GP_OK)
		st = gp_list_find_id(ctx, site->store, m->list, &f.list, err);
	if (st != GP_OK)
		return st;
	f.member = m;
	switch (b->state) {
	case GP_BOUNCES_OK:
		return forget(&f, b);
	case GP_BOUNCES_PROBING:
		gp_log(GP_LOG_INFO, "event=probe-read member=%" PRId64, b->member);
		return gp_bounces_clear(site->store, b->member, err);
	case GP_BOUNCES_SUSPENDED:
		return b->notices < f.list->set.bounce_notices ? next_notice(&f, b) : take_off(&f, b);
	default:
		b->next = 0;
		return gp_bounces_put(site->store, b, err);
	}
}

enum gp_status
gp_bounce_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_bounces **due;
	enum gp_status st;
	size_t i, n;

	st = gp_bounces_due(ctx, site->store, now, &due, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		st = gp_store_mark(site->store, err);
		if (st != GP_OK)
			break;
		st = step(ctx, site, due[i], err);
		if (st == GP_OK) {
			st = gp_store_keep(site->store, err);
			continue;
		}
		/* One that can't be done doesn't keep the others waiting. */
		gp_store_undo(site->store);
		if (gp_status_is_temporary(st) && st != GP_E_BUG)
			break;
		gp_log(GP_LOG_ERR, "event=bounce-step-failed member=%" PRId64 " what=\"%s\"",
		    due[i]->member, st == GP_E_NOTFOUND ? "gone" : err->msg);
		st = GP_OK;
	}
	return st == GP_OK ? gp_bounced_forget(site->store, now - KEEP, err) : st;
}

/* ---- the way back ------------------------------------------------------------------------------------ */

enum gp_status
gp_bounce_back(struct asked *a, bool *was)
{
	struct gp_store *s = a->site->store;
	struct gp_bounces *b;
	enum gp_status st = gp_bounces_get(a->ctx, s, a->member->id, &b, a->err);
	int64_t missed = 0;
	json_t *said;

	*was = st == GP_OK && b->state >= GP_BOUNCES_SUSPENDED;
	if (!*was)
		return st;
	st = gp_bounces_missed(s, a->list->id, b->upto, &missed, a->err);
	if (st == GP_OK)
		st = gp_bounces_clear(s, a->member->id, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "back");
	gp_json_int(said, "missed", missed);
	gp_json_bool(said, "one", missed == 1);
	gp_json_text(said, "since_date", gp_time_format(a->ctx, b->since, a->list->set.timezone,
	    "%Y-%m-%d"));
	return gp_command_log(a, GP_VERB_BACK, a->member->address, "");
}
