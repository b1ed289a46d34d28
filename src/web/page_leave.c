/* SPDX-License-Identifier: ISC */
/*
 * One-click unsubscribing (RFC 8058), and the button that says yes to a question of a mail. A
 * GET shows the button and changes nothing, since mail programs and gateways look into links;
 * a POST hands the token to core. The answer never says whether the token meant anybody.
 */
#include "config.h"

#include "private.h"

#include <string.h>

/* "List-Unsubscribe=One-Click" as a form sends it, encoded either way, or our own button's. */
static bool
is_one_click(const struct gp_str *body)
{
	static const char *const signs[] = {"List-Unsubscribe=One-Click", "confirm=1"};
	size_t i;

	for (i = 0; i < GP_COUNT(signs); i++)
		if (body->n > 0 && gp_memmem(body->p, body->n, signs[i], strlen(signs[i])) != NULL)
			return true;
	/* multipart/form-data */
	return body->n > 0 && gp_memmem(body->p, body->n, "name=\"List-Unsubscribe\"",
	    strlen("name=\"List-Unsubscribe\"")) != NULL &&
	    gp_memmem(body->p, body->n, "One-Click", strlen("One-Click")) != NULL;
}

int
leave_find(struct visit *v)
{
	if (strcmp(v->r->method, "POST") != 0)
		return 200;
	if (!is_one_click(&v->r->body))
		return 400;
	v->out->act = "one-click";
	v->out->token = v->token;
	return 200;
}

void
put_button(struct visit *v, const char *token, bool done)
{
	const char *kind = gp_command_click_kind(v->ctx, v->w->site, token);
	bool late = strcmp(kind, "late") == 0;

	doc_start(v, NULL, NULL);
	gp_json_bool(v->doc_page, "noindex", true);
	gp_json_bool(v->doc, "late", late);
	gp_json_bool(v->doc, "done", done && !late);
	gp_json_bool(gp_json_new_object(v->doc, "button_is"), kind, true);
}

int
leave_build(struct visit *v)
{
	put_button(v, v->token, false);
	return 200;
}
