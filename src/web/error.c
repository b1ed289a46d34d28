/* SPDX-License-Identifier: ISC */
/*
 * What is said when there is no page: why, and where to look instead (a list of nearly that name,
 * a search for the words of the path).
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { NEAR_MOST = 5 };

static void
near_lists(struct visit *v, json_t *doc)
{
	struct gp_list **all;
	const char **names;
	json_t *near = gp_json_new_array(doc, "near");
	size_t i, n, k = 0;
	int64_t since;
	const char *best;

	if (v->list_name == NULL || v->list != NULL ||
	    gp_list_all(v->ctx, v->s, &all, &n, NULL) != GP_OK || n == 0)
		return;
	names = gp_array(v->ctx, const char *, n);
	for (i = 0; i < n; i++)
		if (visit_may_read(v, all[i], &since))
			names[k++] = all[i]->name;
	best = gp_nearest(v->list_name, names, k);
	for (i = 0; best != NULL && i < n; i++)
		if (strcmp(all[i]->name, best) == 0) {
			put_list(v, gp_json_push_object(near), all[i]);
			break;
		}
}

/* Messages whose Message-ID begins like the one of the path. */
static void
near_messages(struct visit *v, json_t *doc)
{
	const char *at = v->r == NULL || v->r->path == NULL ? NULL : strchr(v->r->path, '@'), *from = at;
	json_t *array = gp_json_new_array(doc, "near_messages"), *o;
	struct gp_message **all;
	struct gp_list *list;
	size_t i, n;
	int64_t since;

	if (at == NULL)
		return;
	while (from > v->r->path && from[-1] != '/')
		from--;
	if (gp_message_near(v->ctx, v->s, gp_strndup(v->ctx, from, strcspn(from, "/")), NEAR_MOST, &all, &n,
	    NULL) != GP_OK)
		return;
	for (i = 0; i < n; i++) {
		if (gp_list_find_id(v->ctx, v->s, all[i]->list, &list, NULL) != GP_OK ||
		    !visit_may_read(v, list, &since) || all[i]->received < since)
			continue;
		o = gp_json_push_object(array);
		put_message(v, o, list, all[i]);
		gp_json_text(o, "msgid", all[i]->msgid);
		v->out->own |= !gp_list_is_public(list);
	}
}

/* Words of the path, for the search field of the page that says that there is nothing. */
static char *
words_of(const void *ctx, const char *path)
{
	const char *last = strrchr(path, '/');
	char *s, *p;

	if (last != NULL && last[1] == '\0' && last > path)
		for (last--; last > path && *last != '/';)
			last--;
	s = gp_strdup(ctx, last != NULL ? last + 1 : path);
	for (p = s; *p != '\0'; p++)
		if (strchr("-_/+.:\"()", *p) != NULL)
			*p = ' ';
	s = hidden(ctx, s);
	return gp_utf8_line(ctx, s, strlen(s), 100);
}

/* The form that asks for a link to log in. */
void
put_log_in(struct visit *v, json_t *o)
{
	const char *to = v->r != NULL ? v->r->target : NULL, *field = NULL;

	if (v->r != NULL && strcmp(v->r->method, "GET") != 0)
		field = request_field(v->ctx, v->r, "to");
	if (v->page != NULL && v->page->find == log_in_find)
		to = field;
	o = gp_json_new_object(o, "log_in");
	gp_json_text(o, "list_name", v->closed->name);
	gp_json_text(o, "url", list_path(v, v->closed, "log-in"));
	gp_json_text(o, "to", reader_path(v->ctx, v->w, to));
	gp_json_bool(o, "owners", v->closed->set.archive == GP_ARCHIVE_OWNERS);
	gp_json_bool(o, "closed_thread", v->closed_thread);
	gp_json_int(o, "minutes", GP_LOGIN_LINK / 60);
}

void
visit_error(struct visit *v, int status)
{
	static const struct { int status; const char *name; } names[] = {
		{400, "bad_request"}, {403, "closed"}, {404, "not_found"}, {405, "not_allowed"}, {410, "gone"},
		{413, "too_big"}, {414, "too_big"}, {503, "busy"},
	};
	struct gp_response *out = v->out;
	const char *name = "failed", *allow = out->allow, *words;
	json_t *error;
	size_t i;

	for (i = 0; i < GP_COUNT(names); i++)
		if (names[i].status == status)
			name = names[i].name;
	memset(out, 0, sizeof(*out));
	out->status = status;
	out->allow = allow;
	out->own = v->reader != 0 && gp_store_has_veils(v->s);
	out->cache = (status == 404 || status == 410) && !out->own ? "public, max-age=60" : "no-store";
	if (status == 404 && v->list == NULL && v->list_name != NULL)
		(void)visit_list(v);
	doc_start(v, NULL, NULL);
	gp_json_bool(v->doc_page, "noindex", true);
	error = gp_json_new_object(v->doc, "error");
	gp_json_int(error, "status", status);
	gp_json_bool(error, name, true);
	if (status == 404) {
		near_lists(v, error);
		near_messages(v, error);
		gp_json_bool(error, "has_near_messages", json_array_size(json_object_get(error, "near_messages")) > 0);
		out->cache = out->own ? "no-store" : out->cache;
	}
	json_object_set_new(error, "log_in", json_null());
	if (status == 403 && v->closed != NULL)
		put_log_in(v, error);
	words = v->r == NULL || v->r->path == NULL ? "" : words_of(v->ctx, v->r->path);
	gp_json_text(error, "words", words);
	gp_json_text(error, "words_url", url_value(v->ctx, words));
	if (v->json) {
		out->body.p = gp_json_dump(v->ctx, v->doc, true);
		out->body.n = strlen(out->body.p);
		out->type = GP_WEB_JSON;
		return;
	}
	visit_render(v, "web/error.html");
	out->type = GP_WEB_HTML;
}
