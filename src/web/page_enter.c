/* SPDX-License-Identifier: ISC */
/*
 * Logging in to a closed list: a form that asks for an address and says the same whatever it was;
 * the link of the mail, whose button gives the cookie; and logging out, everywhere at once.
 */
#include "config.h"

#include "private.h"

#include <string.h>

/* ---- asking for a link ------------------------------------------------------------------------ */

int
log_in_find(struct visit *v)
{
	char *address, *path;
	int status = visit_list(v);

	if (status == 200 && v->reader == 0 && gp_store_has_veils(v->s)) {
		/* All may read it, but for some of its threads. */
		v->closed = v->list;
		v->closed_thread = true;
		v->list = NULL;
	} else if (status == 200) {
		/* Who can read already has nothing to do here. */
		v->out->location = home_path(v, v->list);
		v->out->own = true;
		return 301;
	}
	if (v->closed == NULL || strcmp(v->r->method, "POST") != 0)
		return v->closed != NULL ? 200 : status;
	address = request_field(v->ctx, v->r, "address");
	path = reader_path(v->ctx, v->w, request_field(v->ctx, v->r, "to"));
	if (address == NULL || strpbrk(address, "\r\n") != NULL)
		return 400;
	v->out->act = "log-in";
	v->out->unasked = true;
	v->out->token = gp_asprintf(v->ctx, "%lld\n%s\n%s", (long long)v->closed->id,
	    gp_utf8_line(v->ctx, address, strlen(address), 320), path != NULL ? path :
	    home_path(v, v->closed));
	return 200;
}

int
log_in_build(struct visit *v)
{
	doc_start(v, NULL, NULL);
	gp_json_bool(v->doc_page, "noindex", true);
	put_log_in(v, v->doc);
	gp_json_bool(v->doc, "done", v->out->act != NULL);
	return 200;
}

/* ---- the link in the mail ----------------------------------------------------------------------- */

void
log_in_acted(struct visit *v, int outcome)
{
	const char *token = strrchr(v->r->path, '/') + 1;
	struct gp_err err = {GP_OK, ""};
	int64_t person;
	char *path, *cookie;
	bool used;

	if (outcome == GP_WEB_DONE && gp_login_find(v->ctx, v->w->site, token, &person, &path, &used, &err) ==
	    GP_OK && gp_login_cookie(v->ctx, v->w->site, person, &cookie, &err) == GP_OK) {
		v->out->status = 303;
		v->out->location = path;
		v->out->set_cookie = reader_cookie(v->ctx, v->w, cookie);
		return;
	}
	if (err.code != GP_OK) {
		visit_error(v, visit_failed(&err));
		return;
	}
	v->out->status = 410;
	v->out->type = GP_WEB_HTML;
	doc_start(v, NULL, NULL);
	gp_json_bool(v->doc_page, "noindex", true);
	gp_json_bool(v->doc, "done", false);
	gp_json_bool(v->doc, "late", true);
	visit_render(v, "web/leave.html");
}

/* ---- logging out -------------------------------------------------------------------------------- */

int
log_out_find(struct visit *v)
{
	if (strcmp(v->r->method, "POST") != 0)
		return 200;
	v->out->act = "log-out";
	v->out->token = reader_cookie_value(v->ctx, v->r);
	if (v->out->token == NULL)
		v->out->token = "";
	return 200;
}

int
log_out_build(struct visit *v)
{
	doc_start(v, NULL, NULL);
	gp_json_bool(v->doc_page, "noindex", true);
	return 200;
}

void
log_out_acted(struct visit *v)
{
	v->out->status = 303;
	v->out->location = visit_path(v, "/");
	v->out->set_cookie = reader_cookie(v->ctx, v->w, "");
}
