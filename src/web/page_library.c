/* SPDX-License-Identifier: ISC */
/*
 * The library of a list: what was kept, and a page of it: the text that people wrote, the question,
 * what answered it, who confirmed it when, and the thread where all of it stands.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { MANY = 500 };

int
library_find(struct visit *v)
{
	if (v->list->set.library == GP_FEATURE_OFF)
		return 404;
	visit_stamp(v, "library %lld", (long long)v->list->version);
	return 200;
}

static void
put_tags(struct visit *v, json_t *o, const struct gp_list *list, const char *tags)
{
	json_t *array = gp_json_new_array(o, "tags");
	const char *p = tags;
	size_t n;

	while (*(p += strspn(p, " ")) != '\0') {
		json_t *tag = gp_json_push_object(array);
		char *name;

		n = strcspn(p, " ");
		name = gp_strndup(v->ctx, p, n);
		gp_json_text(tag, "name", name);
		gp_json_text(tag, "url", list_path(v, list, "library/?tag=%s", url_value(v->ctx, name)));
		p += n;
	}
}

void
put_practice(struct visit *v, json_t *o, const struct gp_list *list, const struct gp_practice *p)
{
	gp_json_text(o, "title", hidden(v->ctx, p->title));
	gp_json_text(o, "slug", p->slug);
	gp_json_text(o, "url", list_path(v, list, "library/%s", p->slug));
	gp_json_text(o, "keeper", p->name[0] != '\0' ? hidden(v->ctx, p->name) : NULL);
	put_date(v, o, "kept", p->kept);
	put_date(v, o, "confirmed", p->confirmed);
	gp_json_bool(o, "was_confirmed", p->confirmed / 86400 > p->kept / 86400);
	gp_json_text(o, "doubt", p->doubt[0] != '\0' ? hidden(v->ctx, p->doubt) : NULL);
	put_tags(v, o, list, p->tags);
}

int
library_build(struct visit *v)
{
	const char *tag = gp_request_arg(v->r, "tag");
	struct gp_err err = {GP_OK, ""};
	struct gp_practice **all;
	json_t *array;
	size_t i, n;

	if (gp_practice_all(v->ctx, v->s, v->list->id, tag, v->since, INT64_MAX, MANY, &all, &n, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, NULL, list_path(v, v->list, "library/"));
	gp_json_bool(v->doc_page, "is_library", true);
	gp_json_bool(v->doc_page, "noindex", tag != NULL);
	gp_json_text(v->doc, "tag", tag != NULL ? hidden(v->ctx, tag) : NULL);
	array = gp_json_new_array(v->doc, "practices");
	for (i = 0; i < n; i++)
		put_practice(v, gp_json_push_object(array), v->list, all[i]);
	gp_json_bool(v->doc, "has_practices", n > 0);
	return 200;
}

/* ---- a page ------------------------------------------------------------------------------------------ */

int
practice_find(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	enum gp_status st;
	int status = library_find(v);

	if (status != 200)
		return status;
	st = gp_practice_find(v->ctx, v->s, v->list->id, v->rest, &v->practice, &err);
	return st == GP_OK ? 200 : st == GP_E_NOTFOUND ? 404 : visit_failed(&err);
}

/* Who wrote it, by the name that the list knows. */
static char *
name_of(struct visit *v, const char *address)
{
	struct gp_member *m;

	if (json_is_true(json_object_get(json_object_get(v->doc, "thread"), "unnamed")))
		return gp_strdup(v->ctx, gp_templates_word(v->w->templates, visit_language(v), "Somebody"));

	if (gp_member_find(v->ctx, v->s, v->list->id, address, &m, NULL) == GP_OK && m->name[0] != '\0' && !m->hidden)
		return hidden(v->ctx, m->name);
	return hidden(v->ctx, strchr(address, '@') != NULL ? address : "");
}

enum gp_status
put_practice_text(struct visit *v, json_t *o, const char *body, struct gp_err *err)
{
	char *html = NULL;
	enum gp_status st = GP_OK;
	size_t n;

	if (body[0] != '\0')
		st = gp_markdown_html(v->ctx, body, strlen(body), GP_MD_WEB, 3, v->list->set.language, NULL, &html, &n,
		    err);
	gp_json_text(o, "text_html", html);
	return st;
}

/* All versions, and in *body the one that "?version=" asks for, if there is such. */
static enum gp_status
put_versions(struct visit *v, json_t *o, char **body, struct gp_err *err)
{
	json_t *array = gp_json_new_array(o, "versions");
	const char *arg = gp_request_arg(v->r, "version");
	struct gp_list_text **all;
	int64_t wanted = 0;
	size_t i, n = 0;
	enum gp_status st = gp_practice_versions(v->ctx, v->s, v->practice, &all, &n, err);

	if (arg != NULL && !gp_parse_int(arg, 1, INT64_MAX, &wanted))
		wanted = 0;
	gp_json_bool(o, "old", false);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row = gp_json_push_object(array);

		gp_json_text(row, "url", list_path(v, v->list, "library/%s?version=%lld", v->practice->slug,
		    (long long)all[i]->version));
		if (i > 0 && all[i]->version == wanted) {
			gp_json_bool(o, "old", true);
			gp_json_bool(v->doc_page, "noindex", true);
			*body = all[i]->body;
		}
		gp_json_int(row, "version", all[i]->version);
		gp_json_text(row, "name", name_of(v, all[i]->by));
		put_date(v, row, "date", all[i]->time);
	}
	return st;
}

/* The thread, its first message, and what solved it. */
static enum gp_status
put_sources(struct visit *v, struct gp_err *err)
{
	struct gp_message *head, *answer;
	struct gp_thread *t;
	enum gp_status st = gp_thread_find(v->ctx, v->s, v->practice->thread, &t, err);

	json_object_set_new(v->doc, "thread", json_null());
	json_object_set_new(v->doc, "answer", json_null());
	if (st == GP_OK)
		st = gp_message_find_key(v->ctx, v->s, v->list->id, t->key, &head, err);
	if (st != GP_OK || !visit_sees(v, head))
		return st == GP_E_NOTFOUND ? GP_OK : st;
	put_thread(v, gp_json_new_object(v->doc, "thread"), v->list, t);
	put_author(v, json_object_get(v->doc, "thread"), head);
	if (t->mark_message == 0 || gp_message_find_id(v->ctx, v->s, t->mark_message, &answer, err) != GP_OK ||
	    answer->thread != t->id || answer->state != 1)
		return GP_OK;
	put_message(v, gp_json_new_object(v->doc, "answer"), v->list, answer);
	return GP_OK;
}

/* What whoever asked made of the answers, beside the text that others write. */
static enum gp_status
put_its_summary(struct visit *v, json_t *o, struct gp_err *err)
{
	json_t *summary = gp_json_new_object(o, "summary");
	enum gp_status st = put_summary(v, summary, err);

	if (st == GP_OK && json_is_null(json_object_get(summary, "text_html")))
		json_object_set_new(o, "summary", json_null());
	return st;
}

int
practice_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	enum gp_status st;
	json_t *o;
	char *body;

	doc_start(v, hidden(v->ctx, v->practice->title), list_path(v, v->list, "library/%s", v->practice->slug));
	o = gp_json_new_object(v->doc, "practice");
	put_practice(v, o, v->list, v->practice);
	st = gp_practice_body(v->ctx, v->s, v->practice, &body, NULL, &err);
	if (st == GP_OK)
		st = put_sources(v, &err);
	if (st == GP_OK)
		st = put_its_summary(v, o, &err);
	if (st == GP_OK)
		st = put_versions(v, o, &body, &err);
	if (st == GP_OK)
		st = put_practice_text(v, o, body, &err);
	return st == GP_OK ? 200 : visit_failed(&err);
}

/* ---- summaries --------------------------------------------------------------------------------------- */

/* What whoever asked made of it, of the thread in v->doc. */
enum gp_status
put_summary(struct visit *v, json_t *o, struct gp_err *err)
{
	const char *key = json_string_value(json_object_get(json_object_get(v->doc, "thread"), "key"));
	struct gp_list_text *t;
	enum gp_status st = key == NULL ? GP_E_NOTFOUND :
	    gp_summary_find(v->ctx, v->s, v->list->id, key, &t, err);

	gp_json_text(o, "text_html", NULL);
	gp_json_text(o, "summed_by", NULL);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_json_text(o, "summed_by", name_of(v, t->by));
	put_date(v, o, "summed", t->time);
	return put_practice_text(v, o, t->body, err);
}
