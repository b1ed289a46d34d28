/* SPDX-License-Identifier: ISC */
/* Files that came with messages, the newest first. */
#include "config.h"

#include "private.h"

enum { PER_PAGE = 40 };

int
files_find(struct visit *v)
{
	return year_find(v);
}

static int
put_files_of(struct visit *v, json_t *array, const struct gp_message *m)
{
	void *mem = gp_ctx(NULL);
	struct gp_err err = {GP_OK, ""};
	struct gp_mail mail;
	json_t *o = gp_json_push_object(array);
	bool *none;

	put_message(v, o, v->list, m);
	gp_json_text(o, "url", list_path(v, v->list, "t/%s", m->key));
	gp_json_new_array(o, "attachments");
	if (m->note[0] != '\0') {	/* pictures would be seen here */
		talloc_free(mem);
		return 200;
	}
	if (gp_message_mail(mem, v->s, m->id, &mail, NULL, NULL, &err) != GP_OK) {
		talloc_free(mem);
		return visit_failed(&err);
	}
	none = gp_array(mem, bool, mail.parts_n + 1);
	put_attachments(v, o, v->list, m->key, &mail, none);
	talloc_free(mem);
	return 200;
}

int
files_build(struct visit *v)
{
	const char *before = gp_request_arg(v->r, "before");
	struct gp_err err = {GP_OK, ""};
	struct gp_message **all, *last = NULL;
	enum gp_status st = GP_OK;
	json_t *array;
	size_t i, n;
	int status = 200;

	if (before != NULL)
		st = gp_message_find_key(v->ctx, v->s, v->list->id, before, &last, &err);
	if (st == GP_OK)
		st = gp_message_files(v->ctx, v->s, v->list->id, last != NULL ? last->date : 0,
		    last != NULL ? last->id : 0, PER_PAGE + 1, &all, &n, &err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? 404 : visit_failed(&err);
	n = see_messages(v, all, n);
	doc_start(v, NULL, list_path(v, v->list, "files"));
	gp_json_bool(v->doc_page, "is_files", true);
	gp_json_bool(v->doc_page, "noindex", before != NULL);
	array = gp_json_new_array(v->doc, "messages");
	for (i = 0; i < n && i < PER_PAGE && status == 200; i++)
		status = put_files_of(v, array, all[i]);
	json_object_set_new(v->doc, "next_url", json_null());
	if (n > PER_PAGE)
		gp_json_text(v->doc, "next_url", list_path(v, v->list, "files?before=%s", all[PER_PAGE - 1]->key));
	return status;
}
