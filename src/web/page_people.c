/* SPDX-License-Identifier: ISC */
/*
 * Who writes on a list, by who wrote last, and what somebody wrote. No ranking: nobody is to write
 * more than they have to say. Whoever is hidden on the roster is not among the people, nor are
 * those who were erased, nor the names under which somebody wrote without their own.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { PEOPLE_PER_PAGE = 100 };

int
people_find(struct visit *v)
{
	if (!v->list->set.people)
		return 404;
	visit_stamp(v, "people %lld", (long long)v->list->version);
	return 200;
}

/* An address that goes with a post without a name: it is nobody's. */
static bool
is_nobodys(struct visit *v, const char *addr)
{
	struct gp_route r;

	return strstr(addr, "anon-") != NULL && gp_route_find(v->ctx, v->w->site, addr, &r, NULL) == GP_OK &&
	    r.kind == GP_ROUTE_ANON;
}

bool
people_hides(struct visit *v, const char *addr)
{
	struct gp_member *m;

	return is_nobodys(v, addr) || gp_streq(addr, gp_route_address(v->ctx, v->w->site, v->list, "owner", NULL)) ||
	    (gp_member_find(v->ctx, v->s, v->list->id, addr, &m, NULL) == GP_OK && m->hidden);
}

static void
put_person(struct visit *v, json_t *o, const struct gp_author *a)
{
	gp_json_text(o, "name", hidden(v->ctx, a->name[0] != '\0' ? a->name : a->addr));
	gp_json_text(o, "url", list_path(v, v->list, "people/%s", a->key));
	gp_json_int(o, "messages", a->messages);
	gp_json_bool(o, "one_message", a->messages == 1);
	put_date(v, o, "first", a->first);
	put_date(v, o, "last", a->last);
}

/* "?before=KEY" of the last one of the page before. */
static int
read_before(struct visit *v, struct gp_author **out)
{
	const char *key = gp_request_arg(v->r, "before");
	struct gp_err err = {GP_OK, ""};
	struct gp_message *m;
	enum gp_status st;

	*out = NULL;
	if (key == NULL)
		return 200;
	st = gp_message_find_key(v->ctx, v->s, v->list->id, key, &m, &err);
	if (st == GP_OK)
		st = gp_author_of(v->ctx, v->s, m->id, out, &err);
	return st == GP_OK ? 200 : st == GP_E_NOTFOUND ? 404 : visit_failed(&err);
}

int
people_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_author **all, *before;
	int status = read_before(v, &before);
	json_t *array;
	size_t i, n;

	if (status != 200)
		return status;
	if (gp_author_newest(v->ctx, v->s, v->list->id, before != NULL ? before->last : 0,
	    before != NULL ? before->id : 0, PEOPLE_PER_PAGE + 1, &all, &n, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, NULL, list_path(v, v->list, "people/"));
	gp_json_bool(v->doc_page, "is_people", true);
	gp_json_bool(v->doc_page, "noindex", before != NULL);
	array = gp_json_new_array(v->doc, "persons");
	for (i = 0; i < n && i < PEOPLE_PER_PAGE; i++)
		if (!people_hides(v, all[i]->addr) && all[i]->last >= v->since)
			put_person(v, gp_json_push_object(array), all[i]);
	json_object_set_new(v->doc, "next_url", json_null());
	if (n > PEOPLE_PER_PAGE)
		gp_json_text(v->doc, "next_url", list_path(v, v->list, "people/?before=%s",
		    all[PEOPLE_PER_PAGE - 1]->key));
	return 200;
}

/* ---- one ------------------------------------------------------------------------------------------ */

/* The author of the message of that key, under the key of their first one. */
int
person_find(struct visit *v)
{
	int status = v->list->set.people ? message_find(v) : 404;
	struct gp_err err = {GP_OK, ""};
	enum gp_status st;

	if (status != 200)
		return status;
	st = gp_author_of(v->ctx, v->s, v->msg->id, &v->author, &err);
	if (st == GP_E_NOTFOUND || (st == GP_OK && people_hides(v, v->author->addr)))
		return 404;
	if (st != GP_OK)
		return visit_failed(&err);
	if (strcmp(v->author->key, v->key) != 0) {
		v->out->location = list_path(v, v->list, "people/%s%s", v->author->key,
		    v->json ? ".json" : v->page != NULL && gp_ends(v->page->pattern, ".atom") ? ".atom" : "");
		return 301;
	}
	v->out->modified = 0;
	visit_stamp(v, "people %lld", (long long)v->list->version);
	return 200;
}

int
person_build(struct visit *v)
{
	const char *before = gp_request_arg(v->r, "before");
	struct gp_err err = {GP_OK, ""};
	struct gp_message **all, *last = NULL;
	json_t *array, *o;
	size_t i, n;
	enum gp_status st = GP_OK;

	if (before != NULL)
		st = gp_message_find_key(v->ctx, v->s, v->list->id, before, &last, &err);
	if (st == GP_OK)
		st = gp_message_of_author(v->ctx, v->s, v->list->id, v->author->id, last != NULL ? last->date : 0,
		    last != NULL ? last->id : 0, GP_WEB_THREADS_PER_PAGE + 1, &all, &n, &err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? 404 : visit_failed(&err);
	doc_start(v, NULL, list_path(v, v->list, "people/%s", v->author->key));
	gp_json_bool(v->doc_page, "noindex", true);
	gp_json_text(v->doc_page, "feed_url", list_path(v, v->list, "people/%s.atom", v->author->key));
	o = gp_json_new_object(v->doc, "person");
	put_person(v, o, v->author);
	put_author(v, o, v->msg);
	gp_json_text(v->doc_page, "title", json_string_value(json_object_get(o, "name")));
	gp_json_text(o, "people_url", list_path(v, v->list, "people/"));
	n = see_messages(v, all, n);
	array = gp_json_new_array(v->doc, "messages");
	for (i = 0; i < n && i < GP_WEB_THREADS_PER_PAGE; i++) {
		o = gp_json_push_object(array);
		put_message(v, o, v->list, all[i]);
		gp_json_text(o, "url", list_path(v, v->list, "t/%s", all[i]->key));
	}
	json_object_set_new(v->doc, "next_url", json_null());
	if (n > GP_WEB_THREADS_PER_PAGE)
		gp_json_text(v->doc, "next_url", list_path(v, v->list, "people/%s?before=%s", v->author->key,
		    all[i - 1]->key));
	return 200;
}
