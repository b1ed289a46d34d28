/* SPDX-License-Identifier: ISC */
/*
 * Atom feeds (RFC 4287, threads by RFC 4685): every message of a list, the first messages of its
 * threads, all of one thread. Newest first, with the whole text; ids are made of the key, so
 * that they outlive addresses and servers.
 */
#include "config.h"

#include "private.h"

#include <string.h>

int
feed_find(struct visit *v)
{
	visit_stamp(v, "feed %lld", (long long)v->list->version);
	return 200;
}

/* list NULL: something of the whole site. */
static char *
tag_of(const struct visit *v, const struct gp_list *list, const char *key)
{
	return list == NULL ? gp_asprintf(v->ctx, "tag:%s,2026:%s", v->w->site->conf->domain, key) :
	    gp_asprintf(v->ctx, "tag:%s,2026:%s/%s", list->domain, list->name, key);
}

void
start_feed(struct visit *v, const char *title, const char *path, const char *self, const char *id)
{
	json_t *feed;

	doc_start(v, title, path);
	feed = gp_json_new_object(v->doc, "feed");
	gp_json_text(feed, "id", tag_of(v, v->list, id));
	gp_json_text(feed, "url", visit_whole(v, path));
	gp_json_text(feed, "self_url", visit_whole(v, self));
	gp_json_text(feed, "updated", gp_time_iso(v->ctx, 0));
	gp_json_new_array(v->doc, "entries");
}

static int
put_entry(struct visit *v, const struct gp_list *list, const struct gp_message *m, size_t *budget)
{
	struct body_opts opts = {.open = true, .budget = budget};
	json_t *o = gp_json_push_object(json_object_get(v->doc, "entries"));
	json_t *feed = json_object_get(v->doc, "feed");
	char *updated = gp_time_iso(v->ctx, m->received > m->date ? m->received : m->date);

	put_message(v, o, list, m);
	gp_json_text(o, "id", tag_of(v, list, m->key));
	gp_json_text(o, "url", visit_whole(v, message_path(v, list, m->key)));
	gp_json_text(o, "updated", updated);
	gp_json_text(o, "parent_id", m->parent_key != NULL ? tag_of(v, list, m->parent_key) : NULL);
	gp_json_text(o, "parent_url", m->parent_key == NULL ? NULL :
	    visit_whole(v, message_path(v, list, m->parent_key)));
	if (strcmp(updated, json_string_value(json_object_get(feed, "updated"))) > 0)
		gp_json_text(feed, "updated", updated);
	if (m->date > v->out->modified)
		v->out->modified = m->date;
	/* Readers of feeds show what is in them at once. */
	return m->note[0] != '\0' ? 200 : put_body(v, o, list, m, &opts);
}

static int
put_entries(struct visit *v, struct gp_message **all, size_t n)
{
	size_t budget = GP_WEB_BODIES, i;
	int status = 200;

	n = see_messages(v, all, n);
	for (i = 0; i < n && status == 200; i++)
		status = put_entry(v, v->list, all[i], &budget);
	return status;
}

int
feed_build(struct visit *v)
{
	size_t n;
	struct gp_err err = {GP_OK, ""};
	struct gp_message **all;

	if (gp_message_newest(v->ctx, v->s, v->list->id, 0, 0, GP_WEB_FEED_ENTRIES, &all, &n,
	    &err) != GP_OK)
		return visit_failed(&err);
	start_feed(v, gp_list_title(v->list), home_path(v, v->list),
	    list_path(v, v->list, "feed.atom"), "feed");
	return put_entries(v, all, n);
}

int
feed_of_threads(struct visit *v, struct gp_thread **all, size_t n, const char *page, const char *name)
{
	size_t budget = GP_WEB_BODIES, i;
	struct gp_err err = {GP_OK, ""};
	struct gp_message *m;
	int status = 200;

	start_feed(v, gp_list_title(v->list), list_path(v, v->list, "%s", page),
	    list_path(v, v->list, "%s.atom", name), name);
	gp_json_bool(json_object_get(v->doc, "feed"), gp_streq(name, "questions") ? "questions_only" : "threads_only", true);
	for (i = 0; i < n && status == 200; i++) {
		if (gp_message_find_key(v->ctx, v->s, v->list->id, all[i]->key, &m, &err) != GP_OK)
			return visit_failed(&err);
		if (visit_sees(v, m))
			status = put_entry(v, v->list, m, &budget);
	}
	return status;
}

int
threads_feed_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_thread **all;
	size_t n;

	/* The newest threads are among those with the newest messages. */
	if (gp_thread_newest(v->ctx, v->s, v->list->id, 0, 0, GP_WEB_FEED_ENTRIES, &all, &n,
	    &err) != GP_OK)
		return visit_failed(&err);
	return feed_of_threads(v, all, n, "", "threads");
}

int
person_feed_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_message **all;
	char *path = list_path(v, v->list, "people/%s", v->author->key);
	size_t n;

	if (gp_message_of_author(v->ctx, v->s, v->list->id, v->author->id, 0, 0, GP_WEB_FEED_ENTRIES, &all,
	    &n, &err) != GP_OK)
		return visit_failed(&err);
	start_feed(v, author_of(v->ctx, v->msg), path, gp_asprintf(v->ctx, "%s.atom", path),
	    gp_asprintf(v->ctx, "people/%s", v->author->key));
	return put_entries(v, all, n);
}

/* A page of the library that a search finds. */
static int
put_practice_entry(struct visit *v, const struct gp_list *list, const struct gp_practice *p)
{
	json_t *o = gp_json_push_object(json_object_get(v->doc, "entries"));
	json_t *feed = json_object_get(v->doc, "feed");
	char *updated = gp_time_iso(v->ctx, p->confirmed), *body;
	struct gp_err err = {GP_OK, ""};

	if (gp_practice_body(v->ctx, v->s, p, &body, NULL, &err) != GP_OK ||
	    put_practice_text(v, o, body, &err) != GP_OK)
		return visit_failed(&err);
	gp_json_bool(o, "from_library", true);
	gp_json_text(o, "title", hidden(v->ctx, p->title));
	gp_json_text(o, "id", tag_of(v, list, gp_asprintf(v->ctx, "library/%s", p->slug)));
	gp_json_text(o, "url", visit_whole(v, list_path(v, list, "library/%s", p->slug)));
	gp_json_text(o, "author", p->name[0] != '\0' ? hidden(v->ctx, p->name) : NULL);
	put_date(v, o, "date", p->kept);
	gp_json_text(o, "updated", updated);
	gp_json_text(o, "parent_id", NULL);
	gp_json_text(o, "parent_url", NULL);
	json_object_set(o, "body_html", json_object_get(o, "text_html"));
	if (strcmp(updated, json_string_value(json_object_get(feed, "updated"))) > 0)
		gp_json_text(feed, "updated", updated);
	return 200;
}

static int
put_found(struct visit *v, const struct gp_hits *hits)
{
	size_t budget = GP_WEB_BODIES, i, n = see_messages(v, hits->v, hits->n);
	const struct gp_list *list;
	int status = 200;

	for (i = 0; i < hits->pages_n && status == 200; i++)
		if ((list = search_list(v, hits->pages[i]->list, &status)) != NULL)
			status = put_practice_entry(v, list, hits->pages[i]);
	for (i = 0; i < n && status == 200; i++)
		if ((list = search_list(v, hits->v[i]->list, &status)) != NULL)
			status = put_entry(v, list, hits->v[i], &budget);
	return status;
}

/* What is found: pages of the library, then messages, newest first. A search that somebody watches. */
int
search_feed_build(struct visit *v)
{
	const char *q = gp_request_arg(v->r, "q");
	struct gp_search query = {.limit = GP_WEB_FEED_ENTRIES, .pages = GP_WEB_FEED_ENTRIES};
	struct gp_err err = {GP_OK, ""};
	struct gp_hits hits = {0};
	char *path, *args, *read;
	int status;

	if (q == NULL || *q == '\0')
		return 404;
	status = search_begin(v, &query, &path);
	if (status != 200)
		return status;
	query.query = gp_asprintf(v->ctx, "sort:new %s", gp_when_query(v->ctx, v->w->site->words, q, v->now,
	    &read));
	if (gp_search_run(v->ctx, v->s, &query, &hits, &err) != GP_OK)
		return visit_failed(&err);
	args = gp_asprintf(v->ctx, "?q=%s", url_value(v->ctx, q));
	start_feed(v, gp_asprintf(v->ctx, "%s · %s", q, v->list != NULL ? gp_list_title(v->list) :
	    v->w->site->conf->domain), gp_asprintf(v->ctx, "%s%s", path, args),
	    gp_asprintf(v->ctx, "%s.atom%s", path, args), gp_asprintf(v->ctx, "search/%s", url_value(v->ctx, q)));
	return put_found(v, &hits);
}

int
thread_feed_build(struct visit *v)
{
	size_t budget = GP_WEB_BODIES, i, n, left = GP_WEB_MESSAGES_PER_PAGE;
	struct gp_err err = {GP_OK, ""};
	struct gp_node *nodes;
	int status = 200;

	if (gp_thread_nodes(v->ctx, v->s, v->thread->id, &nodes, &n, &err) != GP_OK)
		return visit_failed(&err);
	if (!see_nodes(v, nodes, n))
		return 404;
	start_feed(v, shown_title(v, v->list, v->thread->title), thread_path(v, v->list, v->thread),
	    list_path(v, v->list, "t/%s.atom", v->thread->key),
	    gp_asprintf(v->ctx, "t/%s", v->thread->key));
	for (i = n; i-- > 0 && status == 200 && left > 0;)
		if (nodes[i].msg != NULL) {
			left--;
			status = put_entry(v, v->list, nodes[i].msg, &budget);
		}
	return status;
}
