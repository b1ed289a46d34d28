/* SPDX-License-Identifier: ISC */
/*
 * One message for one or more recipients: brought into shape, then route, decide, act
 * for each recipient on its own. What fails for one is undone for that one alone and
 * answered with 451; a sender never gets 5xx for our trouble (standards.md 3.2).
 */
#include "config.h"

#include "guildpost/serve.h"

#include <stdio.h>
#include <string.h>

bool
gp_intake_prepare(struct gp_intake *i, const char *data, size_t n)
{
	struct gp_scan scan;
	struct gp_err err;
	unsigned changes;

	i->in.raw = gp_mail_canon(i, data, n, &i->in.n, &changes);
	i->in.received = gp_now();
	if (i->once)
		gp_sha256(i->in.raw, i->in.n, i->digest);
	if (gp_mail_scan(i->in.raw, i->in.n, &scan, &err) == GP_OK)
		return true;
	i->in.unreadable = gp_strdup(i, err.msg);
	return false;
}

void
gp_intake_parsed(struct gp_intake *i, struct gp_str wire, const char *unreadable)
{
	struct gp_mail *m = gp_new(i, struct gp_mail);
	struct gp_err err;

	if (unreadable != NULL)
		i->in.unreadable = gp_strdup(i, unreadable);
	else if (gp_mail_unpack(i, wire, i->in.raw, i->in.n, m, &err) != GP_OK)
		i->in.unreadable = gp_strdup(i, err.msg);
	else
		i->in.mail = m;
}

void
gp_reply_of_error(const struct gp_err *err, char *reply, size_t n)
{
	switch (err->code) {
	case GP_E_NOTFOUND:
		snprintf(reply, n, "550 5.1.1 %.150s", err->msg);
		break;
	case GP_E_TOOBIG:
		snprintf(reply, n, "552 5.3.4 %.150s", err->msg);
		break;
	case GP_E_FULL:
		snprintf(reply, n, "452 4.3.1 no space left here, try again later");
		break;
	default:
		/* What is wrong inside is for the log, not for strangers. */
		snprintf(reply, n, "451 4.3.0 something went wrong here, try again later");
	}
}

static void
log_outcome(const struct gp_intake *i, const struct gp_intake_rcpt *r,
    const struct gp_route *route, const struct gp_decision *d, const struct gp_outcome *o)
{
	const struct gp_mail *m = i->in.mail;

	/* Who sent it, and which mail it was, is said nowhere. */
	if (route->kind == GP_ROUTE_ANON) {
		gp_log(GP_LOG_INFO, "event=mail list=%s to=%s decision=%s rule=%s result=\"%s\" reason=\"%s\"",
		    route->list->address, route->name, gp_decision_names[d->kind], d->rule,
		    o->text != NULL ? o->text : "", d->reason);
		return;
	}
	gp_log(GP_LOG_INFO, "event=mail list=%s to=%s from=<%s> msgid=<%s> size=%zu via=%s "
	    "decision=%s rule=%s key=%s result=\"%s\" reason=\"%s\"", route->list->address,
	    route->name, m != NULL ? m->from_addr : i->in.envelope_from,
	    m != NULL && m->msgid != NULL ? m->msgid : "", i->in.n, i->in.via,
	    gp_decision_names[d->kind], d->rule, o->key != NULL ? o->key : "",
	    o->text != NULL ? o->text : "", d->reason);
	(void)r;
}

/* Once the list is known nothing that fails is the sender's fault: what is wrong with a message
 * is a decision, not an error. So it is "later", whatever the status. */
static enum gp_status
our_trouble(enum gp_status st, struct gp_err *err)
{
	if (!gp_status_is_temporary(st))
		err->code = GP_E_BUG;
	return err->code;
}

static enum gp_status
apply_one(struct gp_site *site, struct gp_intake *i, struct gp_intake_rcpt *r, struct gp_err *err)
{
	struct gp_decision d;
	struct gp_outcome o;
	struct gp_route route;
	enum gp_status st;

	st = gp_route_find(i, site, r->address, &route, err);
	if (st != GP_OK)
		return st;
	st = gp_decide(i, site, &route, &i->in, &d, err);
	if (st != GP_OK)
		return our_trouble(st, err);
	if (d.kind == GP_DECIDE_REJECT) {
		o = (struct gp_outcome){0};
		snprintf(r->reply, sizeof(r->reply), "%s", d.reply);
		r->status = GP_E_DENIED;
		log_outcome(i, r, &route, &d, &o);
		return GP_OK;
	}
	st = gp_act(i, site, &route, &i->in, &d, &o, err);
	if (st != GP_OK)
		return our_trouble(st, err);
	r->status = GP_OK;
	snprintf(r->reply, sizeof(r->reply), "250 2.0.0 %.150s", o.text);
	log_outcome(i, r, &route, &d, &o);
	return GP_OK;
}

/* Out of a mailbox: it may be there still although it was taken. The mark is of this transaction. */
static enum gp_status
apply_once(struct gp_site *site, struct gp_intake *i, struct gp_intake_rcpt *r, struct gp_err *err)
{
	enum gp_status st;
	bool found;

	st = gp_taken_find(site->store, i->digest, r->address, &found, err);
	if (st != GP_OK)
		return our_trouble(st, err);
	if (found) {
		r->status = GP_OK;
		snprintf(r->reply, sizeof(r->reply), "250 2.0.0 taken before");
		gp_log(GP_LOG_INFO, "event=again via=%s size=%zu", i->in.via, i->in.n);
		return GP_OK;
	}
	st = apply_one(site, i, r, err);
	if (st == GP_OK && r->status == GP_OK) {
		st = gp_taken_add(site->store, i->digest, r->address, i->kept, err);
		if (st != GP_OK)
			return our_trouble(st, err);
	}
	return st;
}

/* An address without the token in it. */
static char *
without_token(const void *ctx, const char *address)
{
	const char *at = strrchr(address, '@'), *p;

	for (p = address; at != NULL && p < at; p++)
		if ((*p == '-' || *p == '+') && strcspn(p + 1, "-+@") >= GP_TOKEN_CHARS / 2)
			return gp_asprintf(ctx, "%.*s...%s", (int)(p + 1 - address), address, at);
	return gp_strdup(ctx, address);
}

void
gp_intake_apply(struct gp_site *site, struct gp_intake *i)
{
	struct gp_err err;
	enum gp_status st;
	size_t k;

	for (k = 0; k < i->rcpts_n; k++) {
		struct gp_intake_rcpt *r = &i->rcpts[k];

		st = gp_store_mark(site->store, &err);
		if (st == GP_OK) {
			st = i->once ? apply_once(site, i, r, &err) : apply_one(site, i, r, &err);
			if (st == GP_OK)
				st = gp_store_keep(site->store, &err);
			else
				gp_store_undo(site->store);
		}
		if (st != GP_OK) {
			r->status = st;
			gp_reply_of_error(&err, r->reply, sizeof(r->reply));
			gp_log(GP_LOG_ERR, "event=mail-failed to=<%s> what=\"%s\"",
			    without_token(i, r->address), err.msg);
		}
	}
}

void
gp_intake_failed(struct gp_intake *i, const struct gp_err *err)
{
	struct gp_err later = *err;
	size_t k;

	/* Not even a "no such list" is certain when the database failed. */
	if (!gp_status_is_temporary(later.code))
		later.code = GP_E_DB;
	for (k = 0; k < i->rcpts_n; k++) {
		i->rcpts[k].status = later.code;
		gp_reply_of_error(&later, i->rcpts[k].reply, sizeof(i->rcpts[k].reply));
	}
}
