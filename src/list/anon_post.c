/* SPDX-License-Identifier: ISC */
/* The end of a post without a name: sent, or not; and the last traces of who wrote it. */
#include "config.h"

#include "anon.h"
#include "rules.h"

#include <string.h>

bool
gp_anon_is(const struct gp_hold *h)
{
	return strcmp(h->rule, GP_RULE_ANON) == 0;
}

enum gp_status
gp_anon_tell(const void *ctx, struct gp_site *site, struct gp_list *list, const char *address, const char *what,
    json_t *data, struct gp_err *err)
{
	struct gp_notice n = {.template_name = "anon-answer", .data = data != NULL ? data : gp_json_object(ctx),
	    .answer = true, .secret = true};
	struct gp_member *m;
	enum gp_status st = gp_member_find(ctx, site->store, list->id, address, &m, err);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_json_bool(gp_json_new_object(n.data, "anon_is"), what, true);
	n.to_name = m->name;
	n.to_addr = m->address;
	n.language = m->language[0] != '\0' ? m->language : NULL;
	return gp_notice_send(ctx, site, list, &n, NULL, err);
}

/* The same words as a message of now: neither when it was written nor when its author said yes shows. */
static enum gp_status
renew(struct gp_case *c, const struct gp_inbound *held, struct gp_inbound *out)
{
	const struct gp_mail *m = held->mail;
	struct gp_draft d = {.subject = m->subject, .text = gp_strndup(c->ctx, m->text, m->text_n),
	    .name = m->from_name, .address = m->from_addr,
	    .under = m->in_reply_to_n > 0 ? m->in_reply_to[0] : NULL};
	enum gp_status st = gp_anon_compose(c->ctx, c->list, &d, m->msgid, gp_now(), out, c->err);

	out->via = "approval";
	out->note = held->note;
	return st;
}

/* A line to the list that stands above its words, and that its author saw in the preview. */
static enum gp_status
say_beside(struct gp_case *c, const struct gp_mail *m, const struct gp_anon *a)
{
	struct gp_draft d = {.name = m->from_name, .address = m->from_addr};
	struct gp_anon_aside aside;
	struct gp_member *author;
	struct gp_message *parent;
	json_t *results;
	enum gp_status st = gp_member_find(c->ctx, c->site->store, c->list->id, a->address, &author, c->err);

	if (st == GP_OK)
		st = gp_rules_parent(c->ctx, c->site, c->list, m, &parent, c->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (!gp_anon_aside(c->ctx, c->site, c->list, m, author, &d, parent, &aside) || aside.says != GP_ANON_SAYS)
		return GP_OK;
	return gp_anon_aside_run(c->ctx, c->site, c->list, &d, author, aside.line, c->out, &results, c->err);
}

enum gp_status
gp_anon_post(struct gp_case *c, const struct gp_inbound *held)
{
	struct gp_inbound in;
	struct gp_anon *a;
	enum gp_status st = gp_anon_waits(c->ctx, c->site->store, c->hold->id, &a, c->err);

	if (st == GP_E_NOTFOUND)	/* who wrote it was erased meanwhile */
		a = NULL;
	else if (st != GP_OK)
		return st;
	st = renew(c, held, &in);
	if (st == GP_OK)
		st = gp_post_as_is(c->ctx, c->site, c->list, &in, NULL, c->out, c->err);
	if (st == GP_OK && a != NULL)
		st = gp_anon_key_begun(c->site->store, a->key, c->out->message, c->err);
	if (st == GP_OK && a != NULL)
		st = say_beside(c, in.mail, a);
	return st == GP_OK ? gp_anon_end(c->site->store, c->hold->id, c->list->set.anon_sealed ? c->out->message : 0,
	    c->err) : st;
}

enum gp_status
gp_anon_over(struct gp_case *c, const char *what, const char *reason)
{
	json_t *data = gp_json_object(c->ctx);
	struct gp_anon *a;
	enum gp_status st = gp_anon_waits(c->ctx, c->site->store, c->hold->id, &a, c->err);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_json_text(data, "subject", c->hold->subject);
	gp_hold_add_reason(c->ctx, data, reason);
	if (what != NULL)
		st = gp_anon_tell(c->ctx, c->site, c->list, a->address, what, data, c->err);
	return st == GP_OK ? gp_anon_end(c->site->store, c->hold->id, 0, c->err) : st;
}

enum gp_status
gp_anon_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_list **lists;
	size_t i, n;
	enum gp_status st = gp_list_all(ctx, site->store, &lists, &n, err);

	for (i = 0; st == GP_OK && i < n; i++)
		if (lists[i]->set.anon != GP_FEATURE_OFF)
			st = gp_anon_key_forget(site->store, lists[i]->id, now - lists[i]->set.anon_keep, err);
	return st;
}
