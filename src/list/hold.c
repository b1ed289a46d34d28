/* SPDX-License-Identifier: ISC */
/*
 * What waits: a post is kept with all that was known of it when it came, and moderators are
 * asked (hold_ask.c). What they say is in verdict.c, what the clock does in hold_end.c.
 */
#include "config.h"

#include "anon.h"
#include "command.h"
#include "rules.h"
#include "verdict.h"

#include <inttypes.h>
#include <string.h>

struct gp_str
gp_hold_wire(const void *ctx, const struct gp_mail *m)
{
	struct gp_buf b;

	if (m == NULL)
		return (struct gp_str){NULL, 0};
	gp_buf_init(&b, ctx, GP_MAX_FRAME);
	gp_mail_pack(&b, m);
	return (struct gp_str){b.p, b.over ? 0 : b.len};
}

/* What the header says, read by our own code: for mail that no parser can read. */
static void
read_header_only(const void *ctx, const struct gp_inbound *in, struct gp_mail *m)
{
	struct gp_header h;
	struct gp_addrs from = {NULL, 0, false};
	char *s;

	memset(m, 0, sizeof(*m));
	m->flags = GP_MAIL_MIME_BROKEN;
	m->subject = m->from_name = m->from_addr = m->sender_addr = m->text = gp_strdup(ctx, "");
	m->snippet = m->own = m->quoted = m->files = m->text;
	if (gp_header_scan(ctx, in->raw, in->n, &h, NULL) != GP_OK)
		return;
	s = gp_header_text(ctx, &h, "Subject");
	if (s != NULL)
		m->subject = s;
	s = gp_header_value(ctx, &h, "From");
	if (s != NULL && gp_addrs_parse(ctx, s, strlen(s), &from, NULL) == GP_OK && from.n > 0) {
		m->from_name = from.v[0].name;
		m->from_addr = from.v[0].addr;
		m->from = from;
	}
	s = gp_header_value(ctx, &h, "Message-ID");
	if (s != NULL)
		m->msgid = gp_msgid_parse(ctx, s, strlen(s));
	s = gp_header_value(ctx, &h, "Date");
	if (s != NULL) {
		bool known;

		if (gp_date_parse(s, strlen(s), &m->date, &m->zone, &known))
			m->flags |= GP_MAIL_DATE_OK | (known ? GP_MAIL_ZONE_OK : 0);
	}
}

static void
fill_hold(const void *ctx, const struct gp_list *list, const struct gp_inbound *in,
    const char *rule, const char *reason, struct gp_hold *h)
{
	struct gp_mail header;
	const struct gp_mail *m = in->mail;

	if (m == NULL) {
		read_header_only(ctx, in, &header);
		m = &header;
	}
	memset(h, 0, sizeof(*h));
	h->list = list->id;
	h->rule = gp_strdup(ctx, rule);
	h->reason = gp_strdup(ctx, reason);
	h->envelope_from = gp_strdup(ctx, in->envelope_from);
	h->from_name = m->from_name;
	h->from_addr = m->from_addr;
	h->subject = m->subject;
	h->msgid = m->msgid;
	h->snippet = m->snippet;
	h->size = (int64_t)in->n;
	h->created = gp_now();
	h->expires = h->created + list->set.hold_expire;
	h->approvals = list->set.approvals;
	h->claimed_by = h->data = gp_strdup(ctx, "");
	h->note = gp_strdup(ctx, in->note != NULL ? in->note : "");
	h->at_end = list->set.hold_end;
	if (strcmp(rule, GP_RULE_QUIET) == 0 && gp_rules_is_quiet(list, h->created, &h->expires))
		h->at_end = GP_END_ACCEPT;
}

bool
gp_hold_is_quiet(const struct gp_hold *h)
{
	return (strcmp(h->rule, GP_RULE_QUIET) == 0 || strcmp(h->rule, GP_RULE_COOL) == 0) &&
	    h->at_end == GP_END_ACCEPT;
}

enum gp_status
gp_hold_log(struct gp_case *c, enum gp_verb verb, const char *detail)
{
	const struct gp_hold *h = c->hold;
	struct gp_act_record act = {0};

	act.list = c->list->id;
	act.who = c->by;
	act.verb = gp_verb_names[verb];
	act.what = gp_hold_who(h);
	act.detail = gp_asprintf(c->ctx, "hold %" PRId64 "%s%s", h->id, *detail != '\0' ? ": " : "",
	    detail);
	act.msgid = c->msgid != NULL ? c->msgid : "";
	return gp_act_add(c->site->store, &act, c->err);
}

/* ---- keeping ------------------------------------------------------------------------------------ */

static enum gp_status
tell_held(struct gp_case *c)
{
	json_t *data = gp_json_object(c->ctx);
	struct gp_member *m;
	enum gp_status st;

	st = gp_member_find(c->ctx, c->site->store, c->list->id, c->hold->from_addr, &m, c->err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	gp_json_bool(data, "stranger", st == GP_E_NOTFOUND);
	return gp_hold_tell_author(c, "held", data, false);
}

static enum gp_status
hold_post(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_inbound *in,
    const struct gp_decision *d, bool tell, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_hold h;
	struct gp_case c = {ctx, site, list, &h, "guildpost", 0, NULL, out, err};
	enum gp_status st;

	fill_hold(ctx, list, in, d->rule, d->reason, &h);
	if (d->data != NULL)
		h.data = d->data;
	if (d->until != 0) {
		h.expires = d->until;
		h.at_end = GP_END_ACCEPT;
	}
	/* What nobody looked at never goes out without a name. */
	if (gp_anon_is(&h) && h.at_end == GP_END_ACCEPT)
		h.at_end = GP_END_RETURN;
	st = gp_hold_add(site->store, &h, in->raw, in->n, gp_hold_wire(ctx, in->mail), err);
	out->hold = h.id;
	if (st == GP_E_EXISTS) {
		out->text = gp_asprintf(ctx, "it waits already as hold %" PRId64, h.id);
		return GP_OK;
	}
	out->text = gp_asprintf(ctx, "held as %" PRId64, h.id);
	if (st == GP_OK && !gp_hold_is_quiet(&h))
		st = gp_hold_ask(&c, in);
	/* What machines sent is not answered, and what can't be read can't be taken for a person's. */
	if (st == GP_OK && tell && list->set.tell_author && gp_notice_may_answer(in) &&
	    gp_rules_auth(ctx, site, in) != GP_AUTH_FAIL) {
		st = tell_held(&c);
		if (st == GP_OK)
			st = gp_command_is_that_you(ctx, site, list, in, err);
	}
	return st;
}

enum gp_status
gp_hold_post(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_outcome *out,
    struct gp_err *err)
{
	return hold_post(ctx, site, list, in, d, true, out, err);
}

enum gp_status
gp_hold_quietly(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_outcome *out,
    struct gp_err *err)
{
	return hold_post(ctx, site, list, in, d, false, out, err);
}

enum gp_status
gp_hold_keep(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const char *rule, const char *reason, int64_t *id,
    struct gp_err *err)
{
	struct gp_hold h;
	enum gp_status st;

	fill_hold(ctx, list, in, rule, reason, &h);
	st = gp_hold_add(site->store, &h, in->raw, in->n, gp_hold_wire(ctx, in->mail), err);
	*id = h.id;
	return st;
}

/* ---- out of the store again ------------------------------------------------------------------------ */

enum gp_status
gp_hold_load(struct gp_case *c, struct gp_inbound *out, bool *readable)
{
	struct gp_mail *m = gp_new(c->ctx, struct gp_mail);
	struct gp_str wire;
	enum gp_status st;
	char *raw;

	memset(out, 0, sizeof(*out));
	*readable = false;
	st = gp_hold_raw(c->ctx, c->site->store, c->hold->id, &raw, &out->n, &wire, c->err);
	if (st != GP_OK)
		return st;
	out->raw = raw;
	out->envelope_from = c->hold->envelope_from;
	out->via = "approval";
	out->received = gp_now();
	out->note = c->hold->note != NULL && c->hold->note[0] != '\0' ? c->hold->note : NULL;
	*readable = wire.n > 0 && gp_mail_unpack(c->ctx, wire, raw, out->n, m, NULL) == GP_OK;
	if (!*readable)
		read_header_only(c->ctx, out, m);
	out->mail = m;
	return GP_OK;
}

enum gp_status
gp_hold_message(const void *ctx, struct gp_site *site, const struct gp_hold *hold,
    struct gp_inbound *out, struct gp_err *err)
{
	struct gp_hold h = *hold;
	struct gp_case c = {.ctx = ctx, .site = site, .hold = &h, .err = err};
	bool readable;

	return gp_hold_load(&c, out, &readable);
}

/* ---- from outside ---------------------------------------------------------------------------------- */

enum gp_status
gp_hold_verdict(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_hold *hold, int state, const char *by, const char *reason,
    struct gp_outcome *out, struct gp_err *err)
{
	struct gp_hold h = *hold;
	struct gp_case c = {ctx, site, list, &h, by, 0, NULL, out, err};

	switch (state) {
	case GP_HOLD_APPROVED:
		return gp_verdict_approve(&c, reason);
	case GP_HOLD_REJECTED:
		return gp_verdict_refuse(&c, reason);
	default:
		return gp_verdict_discard(&c, reason);
	}
}

enum gp_status
gp_hold_withdraw(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_hold *hold, const char *author, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_hold h = *hold;
	struct gp_case c = {ctx, site, list, &h, author, 0, NULL, out, err};
	enum gp_status st;

	st = gp_hold_decide(site->store, h.id, GP_HOLD_DISCARDED, author, "withdrawn", gp_now(), err);
	if (st == GP_OK)
		st = gp_hold_log(&c, GP_VERB_WITHDRAW, "");
	out->hold = h.id;
	out->text = gp_asprintf(ctx, "hold %" PRId64 " withdrawn", h.id);
	return st == GP_OK ? gp_hold_tell(&c, "withdrawn", gp_json_object(ctx)) : st;
}
