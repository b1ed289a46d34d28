/* SPDX-License-Identifier: ISC */
/*
 * The archive by mail: messages, threads, the newest, a search; and threads that a member
 * follows or mutes.
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { FEW = 20, MANY = 200, THREAD = 100, PAGES = 5, OF_EACH = 8 };

enum gp_status
gp_command_may_read(struct asked *a)
{
	if (gp_list_may_read(a->list, a->member)) {
		gp_store_look(a->site->store, (struct gp_looker){GP_LOOK_PERSON,
		    a->member != NULL ? a->member->person : 0, false});
		return GP_OK;
	}
	gp_json_bool(gp_said(a, "archive_closed"), a->list->set.archive == GP_ARCHIVE_OFF ? "none" :
	    a->list->set.archive == GP_ARCHIVE_OWNERS ? "owners" : "members", true);
	return GP_E_NOTFOUND;
}

static void
add_message_of(struct asked *a, const struct gp_list *list, json_t *rows, const struct gp_message *m)
{
	json_t *row = gp_json_push_object(rows);

	gp_json_int(row, "number", m->id);
	gp_json_text(row, "title", gp_kind_title(a->ctx, a->site, list, m->title));
	gp_json_text(row, "author", m->unnamed ? gp_templates_word(a->site->templates, a->language, "Somebody") :
	    m->from_name[0] != '\0' ? m->from_name :
	    gp_text_hide_addrs(a->ctx, m->from_addr, strlen(m->from_addr)));
	gp_json_text(row, "date", gp_time_format(a->ctx, m->date, list->set.timezone, "%Y-%m-%d"));
	gp_json_text(row, "excerpt", m->snippet);
	if (list->set.archive != GP_ARCHIVE_OFF)
		gp_json_text(row, "url", gp_asprintf(a->ctx, "%s/%s/m/%s", a->site->conf->url,
		    list->name, m->key));
}

static void
add_message(struct asked *a, json_t *rows, const struct gp_message *m)
{
	add_message_of(a, a->list, rows, m);
}

/* ---- get -------------------------------------------------------------------------------------- */

static enum gp_status
send_messages(struct asked *a, const char *title, const struct gp_enclosure *v, size_t n)
{
	json_t *data = gp_json_object(a->ctx);
	struct gp_notice notice = {0};
	enum gp_status st;
	bool may;

	st = gp_command_may_mail(a, &may);
	if (st != GP_OK || !may)
		return st;
	gp_said_elsewhere(a, "get");
	gp_said_title(a, data, title);
	gp_json_int(data, "count", (int64_t)n);
	gp_json_bool(data, "several", n > 1);
	notice.template_name = "get";
	notice.data = data;
	notice.to_name = a->name;
	notice.to_addr = a->from;
	notice.in_reply_to = a->msgid;
	notice.language = a->language;
	notice.answer = true;
	notice.enclosures = v;
	notice.enclosures_n = n;
	return gp_notice_send(a->ctx, a->site, a->list, &notice, &a->out->job, a->err);
}

static enum gp_status
enclose(struct asked *a, int64_t id, struct gp_enclosure *out)
{
	char *raw;
	enum gp_status st = gp_message_raw(a->ctx, a->site->store, id, &raw, &out->n, a->err);

	out->type = "message/rfc822";
	out->name = NULL;
	out->p = raw;
	return st;
}

static enum gp_status
get_thread(struct asked *a, const struct gp_message *m)
{
	struct gp_enclosure v[THREAD];
	struct gp_node *nodes;
	enum gp_status st;
	size_t n, i, count = 0, bytes = 0;

	st = gp_thread_nodes(a->ctx, a->site->store, m->thread, &nodes, &n, a->err);
	/* As much as a mail may have; the archive has the rest. */
	for (i = 0; st == GP_OK && i < n && count < THREAD; i++) {
		if (nodes[i].msg == NULL || !gp_command_sees(a, nodes[i].msg))
			continue;
		if (bytes + (size_t)nodes[i].msg->size > (size_t)a->site->conf->max_size / 2)
			break;
		st = enclose(a, nodes[i].id, &v[count]);
		bytes += v[count++].n;
	}
	return st == GP_OK ? send_messages(a, m->title, v, count) : st;
}

enum gp_status
gp_do_get(struct asked *a, const char *args)
{
	bool thread = gp_command_thing(a, &args, "thread");
	struct gp_message *m;
	struct gp_enclosure one;
	enum gp_status st = gp_command_may_read(a);

	if (st == GP_OK)
		st = gp_command_message(a, args, &m);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (thread)
		return get_thread(a, m);
	st = enclose(a, m->id, &one);
	return st == GP_OK ? send_messages(a, m->title, &one, 1) : st;
}

/* ---- index, last, search ------------------------------------------------------------------------ */

static size_t
how_many(const char *args)
{
	struct gp_str word = gp_command_word(&args);
	char buf[8];
	int64_t n;

	if (word.n == 0 || word.n >= sizeof(buf))
		return FEW;
	memcpy(buf, word.p, word.n);
	buf[word.n] = '\0';
	return gp_parse_int(buf, 1, MANY, &n) ? (size_t)n : FEW;
}

enum gp_status
gp_do_index(struct asked *a, const char *args)
{
	struct gp_thread **threads;
	enum gp_status st = gp_command_may_read(a);
	json_t *said, *rows;
	size_t i, n;

	if (st != GP_OK)
		return GP_OK;
	st = gp_thread_newest(a->ctx, a->site->store, a->list->id, 0, 0, how_many(args), &threads, &n,
	    a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "index");
	gp_json_bool(said, "done", true);
	rows = gp_json_new_array(said, "threads");
	for (i = 0; i < n; i++) {
		struct gp_message *m;
		json_t *row;

		st = gp_message_find_key(a->ctx, a->site->store, a->list->id, threads[i]->key, &m, a->err);
		if (st == GP_E_NOTFOUND || (st == GP_OK && !gp_command_sees(a, m)))
			continue;
		if (st != GP_OK)
			return st;
		add_message(a, rows, m);
		row = json_array_get(rows, json_array_size(rows) - 1);
		gp_json_int(row, "messages_count", threads[i]->messages);
		gp_json_bool(row, "one_message", threads[i]->messages == 1);
		gp_json_text(row, "date", gp_time_format(a->ctx, threads[i]->last, a->list->set.timezone,
		    "%Y-%m-%d"));
	}
	return GP_OK;
}

enum gp_status
gp_do_last(struct asked *a, const char *args)
{
	struct gp_message **v;
	enum gp_status st = gp_command_may_read(a);
	json_t *said, *rows;
	size_t i, n;

	if (st != GP_OK)
		return GP_OK;
	st = gp_message_newest(a->ctx, a->site->store, a->list->id, 0, 0, how_many(args), &v, &n, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "last");
	gp_json_bool(said, "done", true);
	rows = gp_json_new_array(said, "messages");
	for (i = 0; i < n; i++)
		if (gp_command_sees(a, v[i]))
			add_message(a, rows, v[i]);
	return GP_OK;
}

/* What is found, or, when nothing is, what else may be meant. */
static enum gp_status
find(struct asked *a, struct gp_search *q, const char *words, struct gp_hits *hits, char **better)
{
	enum gp_status st;
	char *read;

	*better = NULL;
	q->now = gp_now();
	q->pages = PAGES;
	q->query = gp_when_query(a->ctx, a->site->words, words, q->now, &read);
	st = gp_search_run(a->ctx, a->site->store, q, hits, a->err);
	if (st == GP_OK && hits->n + hits->pages_n == 0)
		st = gp_search_suggest(a->ctx, a->site->store, q, better, a->err);
	return st;
}

/* What is found on one list, of all that is found: pages of the library first, then messages, `most` of them. */
static void
say_found(struct asked *a, const struct gp_list *list, json_t *said, const struct gp_hits *hits, size_t most)
{
	json_t *rows = gp_json_new_array(said, "practices");
	size_t i;

	for (i = 0; i < hits->pages_n; i++)
		if (hits->pages[i]->list == list->id)
			gp_command_say_practice(a, list, rows, hits->pages[i]);
	gp_json_bool(said, "has_practices", json_array_size(rows) > 0);
	rows = gp_json_new_array(said, "messages");
	for (i = 0; i < hits->n && json_array_size(rows) < most; i++)
		if (hits->v[i]->list == list->id)
			add_message_of(a, list, rows, hits->v[i]);
	gp_json_bool(said, "has_messages", json_array_size(rows) > 0);
}

/* A list of which something is found, once. */
static enum gp_status
say_list(struct asked *a, json_t *lists, int64_t id, const struct gp_hits *hits)
{
	enum gp_status st;
	struct gp_list *list;
	json_t *row;
	size_t i;

	for (i = 0; i < json_array_size(lists); i++)
		if (json_integer_value(json_object_get(json_array_get(lists, i), "id")) == id)
			return GP_OK;
	st = gp_list_find_id(a->ctx, a->site->store, id, &list, a->err);
	if (st != GP_OK)
		return st;
	row = gp_json_push_object(lists);
	gp_json_int(row, "id", id);
	gp_json_text(row, "list_title", gp_list_title(list));
	gp_json_text(row, "request_address", gp_route_address(a->ctx, a->site, list, "request", NULL));
	say_found(a, list, row, hits, OF_EACH);
	return GP_OK;
}

/* On all lists that whoever asks may read, those with the best first. */
static enum gp_status
search_everywhere(struct asked *a, const char *args)
{
	struct gp_search q = {.limit = MANY};
	struct gp_hits hits;
	struct gp_person *p;
	int64_t person;
	char *better;
	json_t *said, *lists;
	size_t i;
	enum gp_status st = gp_person_find(a->ctx, a->site->store, a->from, &p, a->err);

	person = st == GP_OK ? p->id : 0;
	gp_store_look(a->site->store, (struct gp_looker){GP_LOOK_PERSON, person, false});
	if (st == GP_OK || st == GP_E_NOTFOUND)
		st = gp_reach_of(a->ctx, a->site->store, person, &q.reach, a->err);
	if (st != GP_OK)
		return st;
	q.languages = q.reach->languages;
	st = find(a, &q, args, &hits, &better);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "search_all");
	gp_json_text(said, "query", args);
	gp_json_text(said, "suggestion", better);
	lists = gp_json_new_array(said, "lists");
	for (i = 0; st == GP_OK && i < hits.pages_n; i++)
		st = say_list(a, lists, hits.pages[i]->list, &hits);
	for (i = 0; st == GP_OK && i < hits.n; i++)
		st = say_list(a, lists, hits.v[i]->list, &hits);
	return st;
}

enum gp_status
gp_do_search(struct asked *a, const char *args)
{
	struct gp_search q = {.list = a->list->id, .limit = FEW,
	    .since = gp_list_readable_from(a->list, a->member), .languages = a->list->set.language};
	const char *words = args;
	char *better;
	struct gp_hits hits;
	enum gp_status st;
	json_t *said;

	/* The word alone is looked for like any other. */
	if (gp_command_thing(a, &words, "everywhere") && *(words += strspn(words, " \t:")) != '\0')
		return search_everywhere(a, words);
	if (gp_command_may_read(a) != GP_OK)
		return GP_OK;
	if (*args == '\0') {
		gp_json_bool(gp_said(a, "search_what"), "done", true);
		return GP_OK;
	}
	st = find(a, &q, args, &hits, &better);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "search");
	gp_json_text(said, "query", args);
	gp_json_text(said, "suggestion", better);
	say_found(a, a->list, said, &hits, FEW);
	return GP_OK;
}

/* ---- follow, mute --------------------------------------------------------------------------------- */

/* Who mutes a thread on one of the lists that share it has muted it: to hear of it again holds for all of them. */
static enum gp_status
unmute_sides(struct asked *a, int64_t thread)
{
	struct gp_share_side *sides;
	struct gp_member *m;
	size_t i, n;
	enum gp_status st = gp_share_sides(a->ctx, a->site->store, thread, &sides, &n, a->err);

	for (i = 0; st == GP_OK && i < n; i++) {
		st = gp_member_of_person(a->ctx, a->site->store, sides[i].list, a->member->person, &m, a->err);
		if (st == GP_OK)
			st = gp_interest_set(a->site->store, m->id, sides[i].message, GP_INTEREST_NONE, a->err);
		st = st == GP_E_NOTFOUND ? GP_OK : st;
	}
	return st;
}

static enum gp_status
interest(struct asked *a, const char *args, int kind, enum gp_verb verb)
{
	struct gp_message *m;
	enum gp_status st;

	gp_command_thing(a, &args, "thread");
	st = gp_command_mailed(a, args, &m);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_interest_set(a->site->store, a->member->id, m->id, kind, a->err);
	if (st == GP_OK && kind == GP_INTEREST_NONE)
		st = unmute_sides(a, m->thread);
	if (st != GP_OK)
		return st;
	gp_said_title(a, gp_said(a, gp_verb_names[verb]), m->title);
	return gp_command_log(a, verb, a->member->address, m->key);
}

enum gp_status
gp_do_follow(struct asked *a, const char *args)
{
	return interest(a, args, GP_INTEREST_FOLLOW, GP_VERB_FOLLOW);
}

enum gp_status
gp_do_mute(struct asked *a, const char *args)
{
	return interest(a, args, GP_INTEREST_MUTE, GP_VERB_MUTE);
}

enum gp_status
gp_do_unmute(struct asked *a, const char *args)
{
	return interest(a, args, GP_INTEREST_NONE, GP_VERB_UNMUTE);
}

/* ---- taking down ---------------------------------------------------------------------------------- */

/* From an address of whoever asks, or from any when they look after the list? */
static enum gp_status
is_theirs(struct asked *a, const struct gp_message *m, bool *yes)
{
	struct gp_person *p;
	enum gp_status st;
	size_t i;

	*yes = gp_strieq(m->from_addr, a->from) ||
	    (a->member != NULL && a->member->role >= GP_ROLE_MODERATOR);
	if (*yes)
		return GP_OK;
	st = gp_person_find(a->ctx, a->site->store, a->from, &p, a->err);
	for (i = 0; st == GP_OK && i < p->n; i++)
		*yes |= gp_strieq(m->from_addr, p->addresses[i]);
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

enum gp_status
gp_do_takedown(struct asked *a, const char *args)
{
	struct gp_message *m;
	enum gp_status st = gp_command_message(a, args, &m);
	bool yes;

	if (st == GP_OK)
		st = is_theirs(a, m, &yes);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_said_title(a, gp_said(a, yes ? "taken_down" : "not_yours"), m->title);
	if (!yes)
		return GP_OK;
	st = gp_message_remove(a->site->store, m->id, a->err);
	/* Who and when is kept, never what it said. */
	return st == GP_OK ? gp_command_log(a, GP_VERB_TAKE_DOWN, m->key, "") : st;
}
