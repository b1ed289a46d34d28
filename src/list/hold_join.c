/* SPDX-License-Identifier: ISC */
/* Requests to join, before the moderators: held like a post, with the answers to the questions. */
#include "config.h"

#include "hold.h"

#include <string.h>

enum gp_status
gp_hold_join(const void *ctx, struct gp_site *site, struct gp_list *list, const char *address,
    const char *name, int delivery, const char *answers, struct gp_outcome *out,
    struct gp_err *err)
{
	char *text = gp_asprintf(ctx, "From: %s\r\n\r\n%s\r\n", gp_addr_format(ctx, name, address),
	    answers);
	json_t *data = gp_json_object(ctx);
	struct gp_hold h = {0};
	enum gp_status st;

	gp_json_text(data, "delivery", gp_delivery_names[delivery]);
	gp_json_text(data, "answers", answers);
	h.list = list->id;
	h.kind = GP_HOLD_JOIN;
	h.rule = gp_strdup(ctx, "join");
	h.reason = gp_strdup(ctx, "who joins is decided by moderators");
	h.envelope_from = h.from_addr = gp_strdup(ctx, address);
	h.from_name = gp_strdup(ctx, name);
	h.subject = gp_strdup(ctx, "");
	h.snippet = gp_utf8_line(ctx, answers, strlen(answers), 200);
	h.size = (int64_t)strlen(text);
	h.created = gp_now();
	h.expires = h.created + list->set.hold_expire;
	h.approvals = 1;
	h.claimed_by = gp_strdup(ctx, "");
	h.at_end = list->set.hold_end;
	h.data = gp_json_dump(ctx, data, false);
	st = gp_hold_add(site->store, &h, text, strlen(text), (struct gp_str){NULL, 0}, err);
	out->hold = h.id;
	return st == GP_OK ? gp_hold_ask(ctx, site, list, &h, NULL, out, err) : st;
}
