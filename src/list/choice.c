/* SPDX-License-Identifier: ISC */
/* Mails that ask something, whose reply runs a command: the token of its address holds the lines. */
#include "config.h"

#include "command.h"

enum gp_status
gp_reply_token(const void *ctx, struct gp_site *site, const struct gp_list *list, const char *address,
    const char *purpose, json_t *data, int64_t span, char **token, struct gp_err *err)
{
	struct gp_token t = {.list = list->id, .expires = gp_now() + span};

	t.purpose = gp_strdup(ctx, purpose);
	t.address = gp_addr_fold(ctx, address);
	t.data = gp_json_dump(ctx, data, false);
	return gp_token_add(ctx, site->store, &t, token, err);
}

enum gp_status
gp_text_token(const void *ctx, struct gp_site *site, const struct gp_list *list, const char *address,
    const char *line, int64_t span, char **token, struct gp_err *err)
{
	json_t *data = gp_json_object(ctx);

	gp_json_push_text(gp_json_new_array(data, "lines"), line);
	return gp_reply_token(ctx, site, list, address, "text", data, span, token, err);
}

enum gp_status
gp_member_send(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_member *to,
    struct gp_notice *n, struct gp_err *err)
{
	n->to_name = to->name;
	n->to_addr = to->address;
	n->member = to->id;
	n->language = to->language[0] != '\0' ? to->language : NULL;
	return gp_notice_send(ctx, site, list, n, NULL, err);
}

enum gp_status
gp_choice_send(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_member *to,
    struct gp_notice *n, const char *yes, const char *no, int64_t span, struct gp_err *err)
{
	json_t *data = gp_json_object(ctx);
	enum gp_status st;
	char *token;

	gp_json_push_text(gp_json_new_array(data, "lines"), yes);
	gp_json_text(data, "no", no);
	st = gp_reply_token(ctx, site, list, to->address, "choice", data, span, &token, err);
	if (st != GP_OK)
		return st;
	n->reply_to = gp_route_address(ctx, site, list, "confirm", token);
	return gp_member_send(ctx, site, list, to, n, err);
}
