/* SPDX-License-Identifier: ISC */
/* Carry a decision out, inside the caller's transaction. */
#include "config.h"

#include "bounce.h"

#include <string.h>

enum { OWNER_MAILS = 20, DAY = 86400 };	/* for the owners, of one sender in a day */

/* Keep a discarded message where an owner can see it for a while (design section 6.4). */
static enum gp_status
keep_discarded(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_err *err)
{
	struct gp_hold h;
	enum gp_status st;

	memset(&h, 0, sizeof(h));
	h.list = route->list->id;
	h.state = GP_HOLD_DISCARDED;
	h.rule = gp_strdup(ctx, d->rule);
	h.reason = d->reason;
	h.envelope_from = gp_strdup(ctx, in->envelope_from);
	h.from_name = gp_strdup(ctx, in->mail != NULL ? in->mail->from_name : "");
	h.from_addr = gp_strdup(ctx, in->mail != NULL ? in->mail->from_addr : "");
	h.subject = gp_strdup(ctx, in->mail != NULL ? in->mail->subject : "");
	h.msgid = in->mail != NULL ? in->mail->msgid : NULL;
	h.snippet = gp_strdup(ctx, in->mail != NULL ? in->mail->snippet : "");
	h.size = (int64_t)in->n;
	h.created = h.expires = h.decided = gp_now();
	st = gp_hold_add(site->store, &h, in->raw, in->n, (struct gp_str){NULL, 0}, err);
	return st == GP_E_EXISTS ? GP_OK : st;
}

/* A robot that answers every mail of ours to the owners would go on for ever. */
static enum gp_status
is_too_often(const void *ctx, struct gp_site *site, const struct gp_inbound *in, bool *yes,
    struct gp_err *err)
{
	const char *from = in->mail != NULL ? in->mail->from_addr : in->envelope_from;
	const char *folded = gp_addr_fold(ctx, from);
	int64_t n = 0;
	enum gp_status st = gp_count_add(site->store, "owner", folded != NULL ? folded : "", gp_now(),
	    DAY, &n, err);

	*yes = n > OWNER_MAILS;
	return st;
}

/* Mail for the owners: the whole message enclosed, so that nothing of it is changed. */
static enum gp_status
forward(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_outcome *out,
    struct gp_err *err)
{
	const struct gp_enclosure whole = {"message/rfc822", NULL, in->raw, in->n};
	struct gp_member **owners;
	enum gp_status st;
	size_t n, i;
	bool often;

	st = is_too_often(ctx, site, in, &often, err);
	if (st == GP_OK && often) {
		out->text = gp_strdup(ctx, "too many mails for the owners of this sender today: kept");
		return keep_discarded(ctx, site, route, in, d, err);
	}
	if (st != GP_OK)
		return st;
	st = gp_member_all(ctx, site->store, route->list->id, GP_ROLE_OWNER, -1, &owners, &n, err);
	if (st == GP_OK && n == 0)
		st = gp_member_all(ctx, site->store, route->list->id, GP_ROLE_MODERATOR, -1, &owners,
		    &n, err);
	for (i = 0; st == GP_OK && i < (n > 0 ? n : 1); i++) {
		struct gp_notice notice = {0};

		notice.template_name = "to-owner";
		notice.data = gp_json_object(ctx);
		gp_json_text(notice.data, "from_name",
		    in->mail != NULL ? in->mail->from_name : "");
		gp_json_text(notice.data, "from_addr",
		    in->mail != NULL ? in->mail->from_addr : in->envelope_from);
		gp_json_text(notice.data, "subject", in->mail != NULL ? in->mail->subject : "");
		notice.to_name = n > 0 ? owners[i]->name : "";
		notice.to_addr = n > 0 ? owners[i]->address : site->conf->admin;
		notice.member = n > 0 ? owners[i]->id : 0;
		notice.reply_to = in->mail != NULL && in->mail->from_addr[0] != '\0' ?
		    in->mail->from_addr : NULL;
		notice.enclosures = &whole;
		notice.enclosures_n = 1;
		st = gp_notice_send(ctx, site, route->list, &notice, &out->job, err);
	}
	out->recipients = (int64_t)(n > 0 ? n : 1);
	out->text = gp_asprintf(ctx, "forwarded to %zu owners", n);
	return st;
}

enum gp_status
gp_act(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_outcome *out,
    struct gp_err *err)
{
	struct gp_route as = *route;
	enum gp_status st;
	bool filed;

	memset(out, 0, sizeof(*out));
	if (d->as != NULL) {
		as.list = d->as;
		route = &as;
	}
	switch (d->kind) {
	case GP_DECIDE_ACCEPT:
		return gp_post(ctx, site, route->list, in, d->author, out, err);
	case GP_DECIDE_HOLD:
		return gp_hold_post(ctx, site, route->list, in, d, out, err);
	case GP_DECIDE_DISCARD:
		if (route->kind == GP_ROUTE_ANON) {
			out->text = gp_strdup(ctx, "discarded");
			return GP_OK;
		}
		out->text = gp_strdup(ctx, "discarded, kept for the owners to see");
		return keep_discarded(ctx, site, route, in, d, err);
	case GP_DECIDE_BOUNCE:
		st = gp_bounce_file(ctx, site, route, in, out, &filed, err);
		if (route->kind == GP_ROUTE_ANON)
			return st;
		return st != GP_OK || filed ? st : keep_discarded(ctx, site, route, in, d, err);
	case GP_DECIDE_FORWARD:
		return forward(ctx, site, route, in, d, out, err);
	case GP_DECIDE_COMMAND:
		return gp_command_run(ctx, site, route, in, out, err);
	default:
		out->text = gp_strdup(ctx, "nothing done");
		return GP_OK;
	}
}
