/* SPDX-License-Identifier: ISC */
/*
 * Mail to NAME+hold-TOKEN: a moderator's answer to one question, or to the mail with all that
 * waits. The token alone gives no power, nor does the address alone: both must belong to the
 * same moderator (standards.md 5.4). Machines and forged senders never come here (rules.c).
 */
#include "config.h"

#include "verdict.h"

#include <inttypes.h>
#include <string.h>

/* Whose answer it is: GP_E_NOTFOUND when not that of the moderator whom the token was made for. */
static enum gp_status
find_moderator(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, const struct gp_token *t, struct gp_member **m,
    struct gp_err *err)
{
	enum gp_status st;

	if (t->list != route->list->id ||
	    !gp_streq(t->address, gp_addr_fold(ctx, in->mail->from_addr)))
		return GP_E_NOTFOUND;
	st = gp_member_find(ctx, site->store, route->list->id, t->address, m, err);
	return st == GP_OK && (*m)->role == GP_ROLE_MEMBER ? GP_E_NOTFOUND : st;
}

/* Bounded: anybody can have written this, and a moderator may have a robot that answers everything. */
enum gp_status
gp_verdict_answer(struct gp_case *c, const struct gp_route *route, const struct gp_inbound *in,
    const char *template_name, const char *language, json_t *data)
{
	struct gp_notice n = {0};
	enum gp_status st;
	bool may;

	st = gp_notice_count_answer(c->ctx, c->site, in->mail->from_addr, &may, c->err);
	if (st != GP_OK || !may)
		return st;
	n.template_name = template_name;
	n.data = data;
	n.to_name = in->mail->from_name;
	n.to_addr = in->mail->from_addr;
	n.in_reply_to = in->mail->msgid;
	n.reply_to = route->rcpt;
	n.language = language;
	n.answer = true;
	return gp_notice_send(c->ctx, c->site, route->list, &n, NULL, c->err);
}

static enum gp_status
answer_unknown(struct gp_case *c, const struct gp_route *route, const struct gp_inbound *in)
{
	c->out->text = gp_strdup(c->ctx, "unknown or foreign token: nothing done");
	return gp_verdict_answer(c, route, in, "hold-unknown", NULL, gp_json_object(c->ctx));
}

/* What came of it that the moderator can't see by itself. */
static enum gp_status
answer_result(struct gp_case *c, const struct gp_route *route, const struct gp_inbound *in,
    const char *what, const char *language, json_t *data)
{
	enum gp_status st = gp_hold_data(c, data);

	if (st != GP_OK || strcmp(what, "same") == 0)
		return st;
	if (strcmp(what, "unclear") == 0)
		return gp_verdict_answer(c, route, in, "hold-unclear", language, data);
	if (strcmp(what, "decided") == 0)
		return gp_verdict_answer(c, route, in, "hold-decided", language, data);
	return GP_OK;
}

static enum gp_status
reply_to_one(struct gp_case *c, const struct gp_route *route, const struct gp_inbound *in,
    const struct gp_token *t, const struct gp_member *m)
{
	const char *language = m->language[0] != '\0' ? m->language : NULL, *what = "";
	json_t *data = gp_json_object(c->ctx);
	struct gp_opinion o;
	enum gp_status st;

	st = gp_hold_find(c->ctx, c->site->store, t->object, &c->hold, c->err);
	if (st == GP_E_NOTFOUND)
		return answer_unknown(c, route, in);
	if (st != GP_OK)
		return st;
	c->by = m->address;
	c->member = m->id;
	st = gp_verdict_read(c, in->mail, &o);
	if (st == GP_OK)
		st = gp_verdict_do(c, &o, &what, data);
	if (st == GP_OK)
		st = answer_result(c, route, in, what, language, data);
	if (st == GP_OK && strcmp(what, "unclear") != 0)
		st = gp_token_use(c->site->store, route->token, gp_now(), c->err);
	return st == GP_E_EXISTS ? GP_OK : st;
}

enum gp_status
gp_hold_reply(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_case c = {ctx, site, route->list, NULL, in->mail->from_addr, 0, in->mail->msgid, out,
	    err};
	struct gp_member *m;
	struct gp_token *t;
	enum gp_status st;

	st = gp_token_find(ctx, site->store, NULL, route->token, gp_now(), &t, err);
	if (st == GP_OK && strcmp(t->purpose, "hold") != 0 && strcmp(t->purpose, "queue") != 0)
		st = GP_E_NOTFOUND;
	if (st == GP_OK)
		st = find_moderator(ctx, site, route, in, t, &m, err);
	if (st == GP_E_NOTFOUND)
		return answer_unknown(&c, route, in);
	if (st != GP_OK)
		return st;
	if (strcmp(t->purpose, "queue") == 0)
		return gp_queue_mail_reply(ctx, site, route, in, t, out, err);
	return reply_to_one(&c, route, in, t, m);
}
