/* SPDX-License-Identifier: ISC */
/*
 * What can be asked by mail: help, join, leave, confirm; and bounces, which are counted.
 * Joining is confirmed by the address that would join, and nobody learns from us who is a
 * member. Leaving is never moderated; a From line alone proves nothing, so a mail asks
 * back, unless the one-click token came (RFC 8058).
 */
#include "config.h"

#include "guildpost/list.h"

#include <string.h>

enum { CONFIRM_DAYS = 3 };

struct asked {
	const void *ctx;
	struct gp_site *site;
	const struct gp_route *route;
	const struct gp_inbound *in;
	struct gp_outcome *out;
	struct gp_err *err;
};

static enum gp_status
answer(struct asked *a, const char *template_name, const char *reply_to, json_t *data)
{
	struct gp_notice n = {0};

	n.template_name = template_name;
	n.data = data != NULL ? data : gp_json_object(a->ctx);
	n.to_name = a->in->mail->from_name;
	n.to_addr = a->in->mail->from_addr;
	n.in_reply_to = a->in->mail->msgid;
	n.reply_to = reply_to;
	n.answer = true;
	a->out->text = gp_asprintf(a->ctx, "answered with %s", template_name);
	return gp_notice_send(a->ctx, a->site, a->route->list, &n, &a->out->job, a->err);
}

static enum gp_status
run_help(struct asked *a)
{
	return answer(a, "help", NULL, NULL);
}

/* Ask the address itself, with a token bound to it and to what it would do. */
static enum gp_status
ask_back(struct asked *a, const char *purpose, const char *template_name)
{
	struct gp_token t = {0};
	enum gp_status st;
	char *token;

	t.purpose = gp_strdup(a->ctx, purpose);
	t.list = a->route->list->id;
	t.address = gp_addr_fold(a->ctx, a->in->mail->from_addr);
	t.expires = gp_now() + CONFIRM_DAYS * 86400;
	if (t.address == NULL)
		return gp_fail(a->err, GP_E_BUG, "a command without a sender");
	st = gp_token_add(a->ctx, a->site->store, &t, &token, a->err);
	if (st != GP_OK)
		return st;
	return answer(a, template_name,
	    gp_route_address(a->ctx, a->site, a->route->list, "confirm", token), NULL);
}

static enum gp_status
run_subscribe(struct asked *a)
{
	struct gp_member *m;
	enum gp_status st;

	st = gp_member_find(a->ctx, a->site->store, a->route->list->id, a->in->mail->from_addr, &m,
	    a->err);
	if (st == GP_OK)
		return answer(a, "already-member", NULL, NULL);
	return st == GP_E_NOTFOUND ? ask_back(a, "join", "confirm-join") : st;
}

static enum gp_status
run_unsubscribe(struct asked *a)
{
	struct gp_member *m;
	enum gp_status st;

	st = gp_member_find(a->ctx, a->site->store, a->route->list->id, a->in->mail->from_addr, &m,
	    a->err);
	if (st == GP_E_NOTFOUND)
		return answer(a, "not-member", NULL, NULL);
	return st == GP_OK ? ask_back(a, "leave", "confirm-leave") : st;
}

static enum gp_status
confirm_join(struct asked *a, const struct gp_token *t)
{
	enum gp_status st;
	int64_t id;

	st = gp_member_add(a->site->store, t->list, a->in->mail->from_addr, a->in->mail->from_name,
	    GP_ROLE_MEMBER, GP_DELIVERY_EACH, gp_now(), &id, a->err);
	if (st == GP_E_EXISTS)
		return answer(a, "already-member", NULL, NULL);
	return st == GP_OK ? answer(a, "welcome", NULL, NULL) : st;
}

static enum gp_status
confirm_leave(struct asked *a, const struct gp_token *t)
{
	struct gp_member *m;
	enum gp_status st;

	st = gp_member_find(a->ctx, a->site->store, t->list, t->address, &m, a->err);
	if (st == GP_OK)
		st = gp_member_remove(a->site->store, m->id, a->err);
	if (st == GP_OK || st == GP_E_NOTFOUND)
		return answer(a, "goodbye", NULL, NULL);
	return st;
}

/* A reply to ask_back: the token and the sender must fit together. */
static enum gp_status
run_confirm(struct asked *a)
{
	static const struct {
		const char *purpose;
		enum gp_status (*fn)(struct asked *a, const struct gp_token *t);
	} kinds[] = {{"join", confirm_join}, {"leave", confirm_leave}};
	char *from = gp_addr_fold(a->ctx, a->in->mail->from_addr);
	struct gp_token *t;
	enum gp_status st;
	size_t i;

	for (i = 0; i < GP_COUNT(kinds); i++) {
		st = gp_token_find(a->ctx, a->site->store, kinds[i].purpose, a->route->token, gp_now(),
		    &t, a->err);
		if (st == GP_E_NOTFOUND)
			continue;
		if (st != GP_OK)
			return st;
		if (t->list != a->route->list->id || !gp_streq(t->address, from) || t->used != 0)
			break;
		st = gp_token_use(a->site->store, a->route->token, gp_now(), a->err);
		return st == GP_OK ? kinds[i].fn(a, t) : st;
	}
	return answer(a, "token-unknown", NULL, NULL);
}

static enum gp_status
run_request(struct asked *a)
{
	static const struct {
		const char *word;
		enum gp_status (*fn)(struct asked *a);
	} words[] = {{"subscribe", run_subscribe}, {"join", run_subscribe},
	    {"unsubscribe", run_unsubscribe}, {"leave", run_unsubscribe}, {"help", run_help}};
	const char *texts[2];
	size_t i, k;

	texts[0] = gp_subject_title(a->ctx, a->in->mail->subject, NULL);
	texts[1] = a->in->mail->own_n > 0 ? a->in->mail->own : "";
	for (k = 0; k < 2; k++) {
		const char *text = texts[k] + strspn(texts[k], " \t\r\n");
		size_t n = strcspn(text, " \t\r\n.,");

		for (i = 0; i < GP_COUNT(words); i++)
			if (n == strlen(words[i].word) && gp_istarts(text, words[i].word))
				return words[i].fn(a);
	}
	return run_help(a);
}

/* A delivery that came back. The address is known by its MAC, not by what the mail says. */
static enum gp_status
run_bounce(struct asked *a)
{
	int64_t job, member;

	if (!gp_verp_parse(a->site, a->route->token, &job, &member)) {
		a->out->text = gp_strdup(a->ctx, "a bounce with a token that is not ours: ignored");
		return GP_OK;
	}
	a->out->job = job;
	a->out->text = member == 0 ?
	    gp_asprintf(a->ctx, "a delivery of job %lld came back", (long long)job) :
	    gp_asprintf(a->ctx, "a delivery to member %lld came back", (long long)member);
	return gp_queue_bounce(a->site->store, job, member, gp_now(),
	    a->in->mail != NULL ? a->in->mail->snippet : "", a->err);
}

enum gp_status
gp_command_run(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err)
{
	struct asked a = {ctx, site, route, in, out, err};

	switch (route->kind) {
	case GP_ROUTE_HELP:
		return run_help(&a);
	case GP_ROUTE_SUBSCRIBE:
		return run_subscribe(&a);
	case GP_ROUTE_UNSUBSCRIBE:
		return run_unsubscribe(&a);
	case GP_ROUTE_CONFIRM:
		return run_confirm(&a);
	case GP_ROUTE_REQUEST:
		return run_request(&a);
	case GP_ROUTE_HOLD:
		return gp_hold_reply(ctx, site, route, in, out, err);
	case GP_ROUTE_BOUNCE:
		return run_bounce(&a);
	default:
		return gp_fail(err, GP_E_BUG, "no command is known as %s", route->name);
	}
}

enum gp_status
gp_command_one_click(const void *ctx, struct gp_site *site, const char *token, char **removed,
    struct gp_err *err)
{
	struct gp_notice n = {0};
	struct gp_member *m;
	struct gp_list *list;
	enum gp_status st;
	int64_t id;

	*removed = NULL;
	if (!gp_one_click_parse(site, token, &id))
		return GP_OK;
	st = gp_member_find_id(ctx, site->store, id, &m, err);
	if (st == GP_E_NOTFOUND)
		return GP_OK;
	if (st == GP_OK)
		st = gp_list_find_id(ctx, site->store, m->list, &list, err);
	if (st == GP_OK)
		st = gp_member_remove(site->store, id, err);
	if (st != GP_OK)
		return st;
	*removed = m->address;
	n.template_name = "goodbye";
	n.data = gp_json_object(ctx);
	n.to_name = m->name;
	n.to_addr = m->address;
	return gp_notice_send(ctx, site, list, &n, NULL, err);
}
