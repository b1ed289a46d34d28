/* SPDX-License-Identifier: ISC */
/*
 * One message alone: whole, as it is for reading, as it was sent, or its HTML form; with what is
 * around it. Also what the messages of a thread share with it: where they hang.
 */
#include "config.h"

#include "private.h"

#include <string.h>

/* A thread has a page for whoever may see any of its messages. */
static bool
is_of_thread(const struct visit *v)
{
	return v->page != NULL && gp_starts(v->page->pattern, "/%l/t/");
}

/* The message and its thread; 410 for a removed one, 404 for one that never was for the web. */
int
message_find(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	enum gp_status st = gp_message_find_key(v->ctx, v->s, v->list->id, v->key, &v->msg, &err);

	if (st == GP_E_NOTFOUND)
		return visit_withheld(v);
	if (st == GP_OK && v->msg->state == 3)
		return 410;
	if (st == GP_OK && (v->msg->state != 1 || (!visit_sees(v, v->msg) && !is_of_thread(v))))
		return 404;
	if (st == GP_OK)
		st = gp_thread_find(v->ctx, v->s, v->msg->thread, &v->thread, &err);
	if (st != GP_OK)
		return visit_failed(&err);
	v->out->modified = v->thread->last;
	visit_stamp(v, "thread %lld %lld %s", (long long)v->thread->id,
	    (long long)v->thread->version, v->thread->title);
	return 200;
}

/* ---- what every message has ------------------------------------------------------------------ */

void
put_parent(const struct visit *v, json_t *o, const struct tree *t, const struct tree_node *node,
    bool here)
{
	const struct tree_node *up = node->up >= 0 ? &t->v[node->up] : NULL;
	const struct gp_message *m;
	json_t *parent;

	json_object_set_new(o, "parent", json_null());
	gp_json_bool(o, "guessed", node->node->kind == 4);
	if (up == NULL || up->node->msg == NULL)
		return;
	m = up->node->msg;
	parent = gp_json_new_object(o, "parent");
	gp_json_text(parent, "key", m->key);
	gp_json_text(parent, "author", m->unnamed ? NULL : author_of(v->ctx, m));
	gp_json_int(parent, "number", (int64_t)up->number);
	gp_json_text(parent, "url", here ? gp_asprintf(v->ctx, "#%s", m->key) :
	    list_path(v, v->list, "t/%s", m->key));
}

/* ---- the page --------------------------------------------------------------------------------- */

static void
put_names(struct visit *v, json_t *o, const char *name, const struct gp_addrs *list)
{
	json_t *array = gp_json_new_array(o, name), *a;
	size_t i;

	for (i = 0; i < list->n && i < 50; i++) {
		const struct gp_addr *addr = &list->v[i];
		bool own = strcasecmp(addr->addr, v->list->address) == 0;

		a = gp_json_push_object(array);
		gp_json_text(a, "name", own ? v->list->address :
		    hidden(v->ctx, addr->name[0] != '\0' ? addr->name : addr->addr));
		gp_json_bool(a, "comma", i > 0);
	}
}

/* The same message on other lists that the reader may see. */
static int
find_elsewhere(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_message **all;
	struct gp_list *list;
	int64_t since;
	size_t i, n;

	if (gp_message_find_msgid(v->ctx, v->s, 0, v->msg->msgid, &all, &n, &err) != GP_OK)
		return visit_failed(&err);
	v->elsewhere = gp_json_array(v->ctx);
	for (i = 0; i < n; i++) {
		json_t *row;

		if (all[i]->list == v->list->id || all[i]->state != 1)
			continue;
		if (gp_list_find_id(v->ctx, v->s, all[i]->list, &list, &err) != GP_OK)
			return visit_failed(&err);
		if (!visit_may_read(v, list, &since) || all[i]->received < since)
			continue;
		v->out->own |= !gp_list_is_public(list);
		row = gp_json_push_object(v->elsewhere);
		gp_json_text(row, "list_name", gp_list_title(list));
		gp_json_text(row, "url", message_path(v, list, all[i]->key));
		visit_stamp(v, "elsewhere %s", gp_list_title(list));
	}
	return 200;
}

/* What another list has of it counts for the page, too. */
int
message_page_find(struct visit *v)
{
	int status = message_find(v);

	if (status == 200)
		status = shared_find(v, "m");
	return status == 200 ? find_elsewhere(v) : status;
}

static int
put_details(struct visit *v, json_t *o)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_message **replies;
	struct gp_mail mail;
	json_t *array;
	size_t i, n;

	if (gp_message_mail(v->ctx, v->s, v->msg->id, &mail, NULL, NULL, &err) != GP_OK ||
	    gp_message_replies(v->ctx, v->s, v->msg->id, &replies, &n, &err) != GP_OK)
		return visit_failed(&err);
	n = see_messages(v, replies, n);
	put_names(v, o, "to", &mail.to);
	put_names(v, o, "cc", &mail.cc);
	gp_json_bool(o, "has_cc", mail.cc.n > 0);
	gp_json_bool(o, "has_replies", n > 0);
	gp_json_text(o, "sent", mail.flags & GP_MAIL_DATE_OK ?
	    gp_date_format(v->ctx, mail.date, mail.zone) : NULL);
	gp_json_text(o, "msgid", v->msg->msgid);
	gp_json_text(o, "person_url", people_hides(v, v->msg->from_addr) ? NULL :
	    list_path(v, v->list, "people/%s", v->msg->key));
	put_commands(v, o, v->msg, v->thread);
	put_size(o, "size", v->msg->size);
	array = gp_json_new_array(o, "replies");
	for (i = 0; i < n; i++)
		put_message(v, gp_json_push_object(array), v->list, replies[i]);
	gp_json_bool(o, "has_elsewhere", json_array_size(v->elsewhere) > 0);
	json_object_set(o, "elsewhere", v->elsewhere);
	return put_quoting_reply(v, o, v->msg, &mail);
}

int
message_build(struct visit *v)
{
	const char *view = gp_request_arg(v->r, "view");
	char *path = message_path(v, v->list, v->msg->key);
	struct body_opts opts = {.whole = true,
	    .as_sent = view != NULL && strcmp(view, "fixed") == 0,
	    .html = view != NULL && strcmp(view, "html") == 0};
	struct gp_err err = {GP_OK, ""};
	struct gp_node *nodes;
	struct tree *t;
	size_t i, n;
	json_t *o;
	int status;

	if (gp_thread_nodes(v->ctx, v->s, v->thread->id, &nodes, &n, &err) != GP_OK)
		return visit_failed(&err);
	see_nodes(v, nodes, n);
	t = tree_new(v->ctx, nodes, n);
	for (i = 0; i < n && nodes[i].id != v->msg->id;)
		i++;
	if (i == n)
		return 404;
	doc_start(v, hidden(v->ctx, v->msg->title), path);
	gp_json_bool(v->doc_page, "is_message", true);
	gp_json_bool(v->doc_page, "noindex", view != NULL);
	o = gp_json_new_object(v->doc, "message");
	put_message(v, o, v->list, v->msg);
	put_parent(v, o, t, &t->v[i], false);
	put_links(v, o, v->msg);
	gp_json_int(o, "number", (int64_t)t->v[i].number);
	gp_json_bool(o, "alone", v->thread->messages == 1);
	gp_json_int(o, "thread_messages", v->thread->messages);
	gp_json_text(o, "thread_url", gp_asprintf(v->ctx, "%s%s#%s",
	    thread_path(v, v->list, v->thread), v->thread->messages > GP_WEB_MESSAGES_PER_PAGE ?
	    gp_asprintf(v->ctx, "?at=%s", v->msg->key) : "", v->msg->key));
	gp_json_bool(o, "as_sent", opts.as_sent);
	gp_json_bool(o, "as_html", opts.html);
	gp_json_text(o, "fixed_url", gp_asprintf(v->ctx, "%s?view=fixed", path));
	gp_json_text(o, "html_url", gp_asprintf(v->ctx, "%s?view=html", path));
	status = put_body(v, o, v->list, v->msg, &opts);
	return status == 200 ? put_details(v, o) : status;
}
