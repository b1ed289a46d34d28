/* SPDX-License-Identifier: ISC */
/*
 * A thread: nested (a branch is indented only where there is more than one answer) or flat, in
 * pages of GP_WEB_MESSAGES_PER_PAGE that are named by the messages at their ends.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { NEST_MOST = 6 };		/* branches within each other that are indented */

struct show {
	struct visit *v;
	struct tree *tree;
	const size_t *order;	/* what is shown, in order; a part of it is on this page */
	size_t from, to, order_n;
	int64_t *first, *next;	/* children and siblings on this page, by index in the tree */
	const struct gp_started *started;	/* threads that began here */
	size_t started_n;
	size_t budget;
	int64_t news;		/* later messages are marked as new; 0: none is */
	size_t new_n;
	int status;
};

int
thread_find(struct visit *v)
{
	int status = message_find(v);
	const char *json = v->json ? ".json" : "";

	if (status == 200)
		status = shared_find(v, "t");
	if (status != 200 || strcmp(v->key, v->thread->key) == 0)
		return status;
	/* Any member's key leads to its place in the thread. */
	if (v->thread->messages > GP_WEB_MESSAGES_PER_PAGE)
		v->out->location = gp_asprintf(v->ctx, "%s%s?at=%s#%s",
		    thread_path(v, v->list, v->thread), json, v->key, v->key);
	else
		v->out->location = gp_asprintf(v->ctx, "%s%s#%s",
		    thread_path(v, v->list, v->thread), json, v->key);
	return 301;
}

/* ---- one message of the page ------------------------------------------------------------------ */

/* The subject where it changed: against the message that is answered, or the thread's title. */
static void
put_subject(struct show *s, json_t *o, const struct tree_node *node)
{
	const struct tree_node *up = node->up >= 0 ? &s->tree->v[node->up] : NULL;
	const char *before = up != NULL && up->node->msg != NULL ? up->node->msg->title :
	    s->v->thread->title;
	const char *title = node->node->msg->title;

	gp_json_text(o, "subject", gp_strieq(before, title) ? NULL : hidden(s->v->ctx, title));
}

static void
put_started(struct show *s, json_t *o, int64_t message)
{
	json_t *array = gp_json_new_array(o, "started");
	size_t i;

	for (i = 0; i < s->started_n; i++)
		if (s->started[i].from == message)
			put_thread(s->v, gp_json_push_object(array), s->v->list, s->started[i].thread);
}

/* The message that this thread was started from, by a reply that is none. */
static int
put_origin(struct show *s)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_message *m, *root;
	enum gp_status st;
	json_t *o;

	json_object_set_new(s->v->doc, "origin", json_null());
	st = gp_message_find_key(s->v->ctx, s->v->s, s->v->list->id, s->v->thread->key, &root, &err);
	if (st == GP_OK && root->origin != 0)
		st = gp_message_find_id(s->v->ctx, s->v->s, root->origin, &m, &err);
	if (st == GP_E_NOTFOUND || (st == GP_OK && (root->origin == 0 || m->state != 1 ||
	    !visit_sees(s->v, m))))
		return 200;
	if (st != GP_OK)
		return visit_failed(&err);
	o = gp_json_new_object(s->v->doc, "origin");
	put_message(s->v, o, s->v->list, m);
	gp_json_text(o, "place_url", list_path(s->v, s->v->list, "t/%s", m->key));
	return 200;
}

static void
put_article(struct show *s, json_t *array, size_t index)
{
	const struct tree_node *node = &s->tree->v[index];
	const struct gp_message *m = node->node->msg;
	struct body_opts opts = {.budget = &s->budget};
	json_t *o = gp_json_push_object(array);
	int status;

	if (m == NULL) {
		json_object_set_new(o, "key", json_null());
		gp_json_bool(o, "gap", true);
		gp_json_bool(o, "unwanted", node->node->state == 2);
		gp_json_bool(o, "removed", node->node->state == 3);
		return;
	}
	gp_json_bool(o, "gap", false);
	gp_json_text(o, "key", m->key);
	gp_json_int(o, "number", (int64_t)node->number);
	gp_json_bool(o, "new", s->news != 0 && m->date > s->news);
	put_author(s->v, o, m);
	put_date(s->v, o, "date", m->date);
	gp_json_bool(o, "first_post", m->first);
	put_parent(s->v, o, s->tree, node, node->up >= 0 && s->first[node->up] != -2);
	put_subject(s, o, node);
	put_links(s->v, o, m);
	put_started(s, o, m->id);
	if (s->status != 200)
		return;
	status = put_body(s->v, o, s->v->list, m, &opts);
	if (status != 200)
		s->status = status;
}

/* ---- the shape: chains of messages that part into branches ------------------------------------- */

/* All below a node, without any more indentation. */
static void
put_rest(struct show *s, json_t *articles, int64_t root)
{
	int64_t i = root;

	for (;;) {
		put_article(s, articles, (size_t)i);
		if (s->first[i] >= 0) {
			i = s->first[i];
			continue;
		}
		while (i != root && s->next[i] < 0)
			i = s->tree->v[i].up;
		if (i == root)
			return;
		i = s->next[i];
	}
}

static void
put_chain(struct show *s, json_t *array, int64_t i, int nest)
{
	json_t *chain = gp_json_push_object(array);
	json_t *articles = gp_json_new_array(chain, "articles");
	json_t *branches = gp_json_new_array(chain, "branches");

	for (;;) {
		put_article(s, articles, (size_t)i);
		if (s->first[i] < 0)
			return;
		i = s->first[i];
		if (s->next[i] >= 0)
			break;
	}
	for (; i >= 0; i = s->next[i])
		if (nest < NEST_MOST)
			put_chain(s, branches, i, nest + 1);
		else
			put_rest(s, articles, i);
}

/* Links among the nodes of this page; -2: not on it. */
static void
link_page(struct show *s)
{
	int64_t *last = gp_array(s->v->ctx, int64_t, s->tree->n + 1);
	size_t i, k;

	s->first = gp_array(s->v->ctx, int64_t, s->tree->n + 1);
	s->next = gp_array(s->v->ctx, int64_t, s->tree->n + 1);
	for (i = 0; i < s->tree->n; i++)
		s->first[i] = s->next[i] = -2;
	for (i = s->from; i < s->to; i++)
		s->first[s->order[i]] = s->next[s->order[i]] = last[s->order[i]] = -1;
	for (i = s->from; i < s->to; i++) {
		int64_t up = s->tree->v[s->order[i]].up;

		k = s->order[i];
		if (up < 0 || s->first[up] == -2)
			continue;
		if (last[up] < 0)
			s->first[up] = (int64_t)k;
		else
			s->next[last[up]] = (int64_t)k;
		last[up] = (int64_t)k;
	}
}

static void
put_nested(struct show *s)
{
	json_t *chains = gp_json_new_array(s->v->doc, "chains");
	size_t i;

	for (i = s->from; i < s->to; i++) {
		int64_t up = s->tree->v[s->order[i]].up;

		if (up < 0 || s->first[up] == -2)
			put_chain(s, chains, (int64_t)s->order[i], 1);
	}
}

static void
put_flat(struct show *s)
{
	json_t *chain = gp_json_push_object(gp_json_new_array(s->v->doc, "chains"));
	json_t *articles = gp_json_new_array(chain, "articles");
	size_t i;

	gp_json_new_array(chain, "branches");
	for (i = s->from; i < s->to; i++)
		put_article(s, articles, s->order[i]);
}

/* ---- pages of a long thread ----------------------------------------------------------------------- */

/* Messages by date, oldest or newest first. */
static void
order_flat(struct show *s, bool newest)
{
	size_t *order = gp_array(s->v->ctx, size_t, s->tree->n + 1), n = 0, i, k;

	for (i = 0; i < s->tree->n; i++) {
		k = newest ? s->tree->n - 1 - i : i;
		if (s->tree->v[k].node->msg != NULL)
			order[n++] = k;
	}
	s->order = order;
	s->order_n = n;
}

/* Where a message stands in the order; order_n: nowhere. */
static size_t
place_of(const struct show *s, const char *key)
{
	size_t i;

	for (i = 0; i < s->order_n; i++) {
		const struct gp_message *m = s->tree->v[s->order[i]].node->msg;

		if (m != NULL && strcmp(m->key, key) == 0)
			break;
	}
	return i;
}

/* [from, to): all, or behind, before or around a message. */
static bool
cut_page(struct show *s)
{
	const struct gp_request *r = s->v->r;
	const char *at = gp_request_arg(r, "at"), *after = gp_request_arg(r, "after");
	const char *before = gp_request_arg(r, "before");
	const char *key = at != NULL ? at : after != NULL ? after : before;
	size_t i = 0, most = GP_WEB_MESSAGES_PER_PAGE;

	if (key != NULL) {
		i = place_of(s, key);
		if (i == s->order_n)
			return false;
		if (at != NULL)
			i -= i % most;
		else if (after != NULL)
			i++;
		else
			i = i > most ? i - most : 0;
	}
	s->from = i < s->order_n ? i : s->order_n;
	s->to = s->order_n - s->from > most ? s->from + most : s->order_n;
	return true;
}

/* The message nearest to a place, for a link: gaps have no key. */
static const char *
key_near(const struct show *s, size_t i, bool down)
{
	while (s->tree->v[s->order[i]].node->msg == NULL && i > 0 && i + 1 < s->order_n)
		i = down ? i - 1 : i + 1;
	return s->tree->v[s->order[i]].node->msg != NULL ?
	    s->tree->v[s->order[i]].node->msg->key : "";
}

static void
put_pages(struct show *s, const char *path, const char *view)
{
	json_t *o = s->v->doc;

	json_object_set_new(o, "next_url", json_null());
	json_object_set_new(o, "previous_url", json_null());
	gp_json_bool(o, "paged", s->to - s->from < s->order_n);
	gp_json_int(o, "page_from", (int64_t)s->from + 1);
	gp_json_int(o, "page_to", (int64_t)s->to);
	gp_json_int(o, "page_of", (int64_t)s->order_n);
	if (s->to < s->order_n)
		gp_json_text(o, "next_url", gp_asprintf(s->v->ctx, "%s?%safter=%s", path, view,
		    key_near(s, s->to - 1, true)));
	if (s->from > 0)
		gp_json_text(o, "previous_url", gp_asprintf(s->v->ctx, "%s?%sbefore=%s", path, view,
		    key_near(s, s->from, false)));
}

/* What came since a date that the link names ("?since=2026-11-20"); and a link that will show what comes
 * after what is here now. */
static void
put_news(struct show *s, json_t *t, const char *path)
{
	struct visit *v = s->v;
	const struct gp_message *m, *first = NULL;
	size_t i;

	for (i = 0; i < s->tree->n && s->news != 0; i++) {
		m = s->tree->v[i].node->msg;
		if (m == NULL || m->date <= s->news)
			continue;
		s->new_n++;
		first = first == NULL ? m : first;
	}
	gp_json_bool(t, "asks_news", s->news != 0);
	gp_json_int(t, "news", (int64_t)s->new_n);
	gp_json_bool(t, "one_new", s->new_n == 1);
	gp_json_text(t, "first_new_url", first == NULL ? NULL : list_path(v, v->list, "t/%s", first->key));
	gp_json_text(t, "news_url", gp_asprintf(v->ctx, "%s?since=%s", path, gp_time_iso(v->ctx, v->thread->last)));
	if (s->news != 0)
		put_date(v, t, "news_from", s->news);
}

/* ---- the page --------------------------------------------------------------------------------------- */

static void
put_head(struct show *s, const char *path, bool flat, bool newest)
{
	struct visit *v = s->v;
	json_t *t = gp_json_new_object(v->doc, "thread");

	put_thread(v, t, v->list, v->thread);
	gp_json_bool(t, "one_message", v->thread->messages == 1);
	gp_json_bool(t, "one_person", v->thread->people == 1);
	gp_json_bool(t, "one_day", v->thread->first / 86400 == v->thread->last / 86400);
	gp_json_bool(t, "is_flat", flat && !newest);
	gp_json_bool(t, "is_newest", flat && newest);
	gp_json_bool(t, "is_nested", !flat);
	gp_json_text(t, "flat_url", gp_asprintf(v->ctx, "%s?view=flat", path));
	gp_json_text(t, "newest_url", gp_asprintf(v->ctx, "%s?view=flat&order=new", path));
	gp_json_text(t, "follow_url", follow_url(v, v->thread->key));
	gp_json_text(t, "mbox_url", list_path(v, v->list, "t/%s.mbox", v->thread->key));
	gp_json_text(t, "feed_url", list_path(v, v->list, "t/%s.atom", v->thread->key));
}

/* What solved it, when that is said and may be seen. */
static void
put_answer(struct show *s)
{
	struct visit *v = s->v;
	struct gp_message *m;
	json_t *o;

	json_object_set_new(v->doc, "answer", json_null());
	if (strcmp(v->thread->mark, "solved") != 0 || v->thread->mark_message == 0 ||
	    gp_message_find_id(v->ctx, v->s, v->thread->mark_message, &m, NULL) != GP_OK ||
	    m->thread != v->thread->id || m->state != 1 || !visit_sees(v, m))
		return;
	o = gp_json_new_object(v->doc, "answer");
	gp_json_text(o, "url", list_path(v, v->list, "t/%s#%s", v->thread->key, m->key));
	put_author(v, o, m);
	put_date(v, o, "date", m->date);
	gp_json_text(o, "snippet", hidden(v->ctx, m->snippet));
}

/* The page of the library that it is kept in, and what whoever asked made of it. */
static void
put_kept(struct show *s)
{
	struct visit *v = s->v;
	struct gp_practice *p;
	struct gp_err err = {GP_OK, ""};

	json_object_set_new(v->doc, "practice", json_null());
	if (v->list->set.library != GP_FEATURE_OFF &&
	    gp_practice_of(v->ctx, v->s, v->thread->last_id, &p, &err) == GP_OK)
		put_practice(v, gp_json_new_object(v->doc, "practice"), v->list, p);
	if (put_summary(v, gp_json_new_object(v->doc, "summary"), &err) != GP_OK)
		s->status = visit_failed(&err);
}

int
thread_build(struct visit *v)
{
	char *path = thread_path(v, v->list, v->thread);
	const char *view = gp_request_arg(v->r, "view"), *order = gp_request_arg(v->r, "order");
	bool flat = view != NULL && strcmp(view, "flat") == 0;
	bool newest = flat && order != NULL && strcmp(order, "new") == 0;
	struct show s = {.v = v, .budget = GP_WEB_BODIES, .status = 200};
	struct gp_err err = {GP_OK, ""};
	struct gp_started *started;
	struct gp_node *nodes;
	size_t n;

	if (!visit_news(v, &s.news))
		return 400;
	if (gp_thread_nodes(v->ctx, v->s, v->thread->id, &nodes, &n, &err) != GP_OK ||
	    gp_thread_started(v->ctx, v->s, v->thread->id, &started, &s.started_n, &err) != GP_OK)
		return visit_failed(&err);
	if (!see_nodes(v, nodes, n))
		return 404;
	s.started = started;
	s.tree = tree_new(v->ctx, nodes, n);
	s.order = s.tree->order;
	s.order_n = s.tree->order_n;
	if (flat)
		order_flat(&s, newest);
	if (!cut_page(&s))
		return 404;
	link_page(&s);
	doc_start(v, shown_title(v, v->list, v->thread->title), path);
	gp_json_bool(v->doc_page, "is_thread", true);
	gp_json_bool(v->doc_page, "noindex", flat || s.news != 0);
	gp_json_text(v->doc_page, "feed_url", list_path(v, v->list, "t/%s.atom", v->thread->key));
	put_head(&s, path, flat, newest);
	put_news(&s, json_object_get(v->doc, "thread"), path);
	put_answer(&s);
	put_kept(&s);
	if ((s.status = put_origin(&s)) != 200 || (s.status = put_shared(v)) != 200)
		return s.status;
	put_pages(&s, path, newest ? "view=flat&order=new&" : flat ? "view=flat&" : "");
	if (flat)
		put_flat(&s);
	else
		put_nested(&s);
	return s.status;
}
