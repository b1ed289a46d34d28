/* SPDX-License-Identifier: ISC */
/* Requests to join, before the moderators: held like a post, with the answers to the questions. */
#include "config.h"

#include "command.h"
#include "hold.h"

#include <inttypes.h>
#include <string.h>

/* Who asks twice waits once. */
static enum gp_status
find_waiting(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const char *address, int64_t *id, struct gp_err *err)
{
	char *folded = gp_addr_fold(ctx, address);
	struct gp_hold **v;
	enum gp_status st;
	size_t i, n;

	*id = 0;
	st = gp_hold_all(ctx, site->store, list->id, GP_HOLD_WAITING, &v, &n, err);
	for (i = 0; st == GP_OK && i < n; i++)
		if (v[i]->kind == GP_HOLD_JOIN &&
		    gp_streq(gp_addr_fold(ctx, v[i]->from_addr), folded))
			*id = v[i]->id;
	return st;
}

static void
fill(const void *ctx, const struct gp_list *list, const char *address, const char *name,
    int delivery, const char *answers, struct gp_hold *h)
{
	json_t *data = gp_json_object(ctx);

	gp_json_text(data, "delivery", gp_delivery_names[delivery]);
	gp_json_text(data, "answers", answers);
	h->list = list->id;
	h->kind = GP_HOLD_JOIN;
	h->rule = gp_strdup(ctx, "join");
	h->reason = gp_strdup(ctx, "who joins is decided by moderators");
	h->envelope_from = h->from_addr = gp_strdup(ctx, address);
	h->from_name = gp_strdup(ctx, name);
	h->subject = h->claimed_by = gp_strdup(ctx, "");
	h->snippet = gp_utf8_line(ctx, answers, strlen(answers), 200);
	h->created = gp_now();
	h->expires = h->created + list->set.hold_expire;
	h->approvals = 1;
	h->at_end = list->set.hold_end;
	h->data = gp_json_dump(ctx, data, false);
}

enum gp_status
gp_hold_join(const void *ctx, struct gp_site *site, struct gp_list *list, const char *address,
    const char *name, int delivery, const char *answers, struct gp_outcome *out,
    struct gp_err *err)
{
	char *text = gp_asprintf(ctx, "From: %s\r\n\r\n%s\r\n", gp_addr_format(ctx, name, address),
	    answers);
	struct gp_hold h = {0};
	struct gp_case c = {ctx, site, list, &h, address, 0, NULL, out, err};
	enum gp_status st;

	st = find_waiting(ctx, site, list, address, &out->hold, err);
	if (st != GP_OK || out->hold != 0) {
		out->text = gp_asprintf(ctx, "it waits already as hold %" PRId64, out->hold);
		return st;
	}
	fill(ctx, list, address, name, delivery, answers, &h);
	h.size = (int64_t)strlen(text);
	st = gp_hold_add(site->store, &h, text, strlen(text), (struct gp_str){NULL, 0}, err);
	out->hold = h.id;
	if (st == GP_OK)
		st = gp_hold_ask(&c, NULL);
	if (st == GP_OK)
		st = gp_hold_log(&c, GP_VERB_ASK_TO_JOIN, "");
	return st == GP_OK ? gp_hold_tell_author(&c, "join-held", NULL, false) : st;
}

static int
delivery_of(struct gp_case *c)
{
	json_t *data = gp_json_load(c->ctx, c->hold->data);
	const char *name = json_string_value(json_object_get(data, "delivery"));
	int i;

	for (i = 0; gp_delivery_names[i] != NULL; i++)
		if (gp_streq(gp_delivery_names[i], name))
			return i;
	return GP_DELIVERY_EACH;
}

enum gp_status
gp_hold_admit(struct gp_case *c)
{
	int delivery = delivery_of(c);
	json_t *data = gp_json_object(c->ctx);
	struct gp_notice n = {0};
	enum gp_status st;
	int64_t id;

	st = gp_member_add(c->site->store, c->list->id, c->hold->from_addr, c->hold->from_name,
	    GP_ROLE_MEMBER, delivery, gp_now(), &id, c->err);
	if (st == GP_E_EXISTS) {
		c->out->text = gp_strdup(c->ctx, "on the list already");
		return GP_OK;
	}
	if (st != GP_OK)
		return st;
	c->out->text = gp_asprintf(c->ctx, "%s is on the list", c->hold->from_addr);
	gp_json_bool(gp_json_new_object(data, "delivery_is"), gp_delivery_names[delivery], true);
	st = gp_welcome_data(c->ctx, c->site, c->list, data, c->err);
	if (st != GP_OK)
		return st;
	n.template_name = "welcome";
	n.data = data;
	n.to_name = c->hold->from_name;
	n.to_addr = c->hold->from_addr;
	n.member = id;
	n.answer = true;
	return gp_notice_send(c->ctx, c->site, c->list, &n, &c->out->job, c->err);
}
