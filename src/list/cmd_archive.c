/* SPDX-License-Identifier: ISC */
/*
 * The archive by mail: messages, threads, the newest, a search; and threads that a member
 * follows or mutes. Messages are named by their number or by the key of their address on
 * the web.
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { FEW = 20, MANY = 200, THREAD = 100, PAGES = 5 };

enum gp_status
gp_command_may_read(struct asked *a)
{
	if (gp_list_may_read(a->list, a->member))
		return GP_OK;
	gp_json_bool(gp_said(a, "archive_closed"), a->list->set.archive == GP_ARCHIVE_OFF ? "none" :
	    a->list->set.archive == GP_ARCHIVE_OWNERS ? "owners" : "members", true);
	return GP_E_NOTFOUND;
}

/* May this reader see it: from before they came, on a list that keeps that to itself? */
static bool
is_visible(const struct asked *a, const struct gp_message *m)
{
	return m->list == a->list->id && m->state == 1 &&
	    m->received >= gp_list_readable_from(a->list, a->member);
}

/* A number, a key, or the address of a message or thread on the web, as a name of it. */
static char *
name_of(const void *ctx, struct gp_str word)
{
	char *s = gp_strndup(ctx, word.p, word.n), *at;

	at = strstr(s, "/m/");
	at = at != NULL ? at : strstr(s, "/t/");
	if (at != NULL) {
		s = at + 3;
		s[strspn(s, "abcdefghijklmnopqrstuvwxyz234567")] = '\0';
	}
	gp_str_lower(s);
	return s;
}

enum gp_status
gp_command_message(struct asked *a, const char *args, struct gp_message **out)
{
	struct gp_str word;
	enum gp_status st = GP_E_NOTFOUND;
	int64_t id;
	char *name;

	args += strspn(args, " #");
	word = gp_command_word(&args);
	name = name_of(a->ctx, word);
	if (gp_parse_int(name, 1, INT64_MAX, &id))
		st = gp_message_find_id(a->ctx, a->site->store, id, out, a->err);
	else if (*name != '\0')
		st = gp_message_find_key(a->ctx, a->site->store, a->list->id, name, out, a->err);
	if (st == GP_OK && !is_visible(a, *out))
		st = GP_E_NOTFOUND;
	if (st == GP_E_NOTFOUND)
		gp_json_text(gp_said(a, "no_message"), "number", name);
	return st;
}

enum gp_status
gp_command_named(struct asked *a, const char **args, struct gp_message **out)
{
	enum gp_status st;

	gp_command_thing(a, args, "thread");
	st = gp_command_message(a, *args, out);
	*args += strspn(*args, " #");
	gp_command_word(args);
	*args += strspn(*args, ": ");
	return st;
}

static void
add_message(struct asked *a, json_t *rows, const struct gp_message *m)
{
	json_t *row = gp_json_push_object(rows);

	gp_json_int(row, "number", m->id);
	gp_json_text(row, "title", m->title);
	gp_json_text(row, "author", m->from_name[0] != '\0' ? m->from_name :
	    gp_text_hide_addrs(a->ctx, m->from_addr, strlen(m->from_addr)));
	gp_json_text(row, "date", gp_time_format(a->ctx, m->date, a->list->set.timezone, "%Y-%m-%d"));
	gp_json_text(row, "excerpt", m->snippet);
	if (a->list->set.archive != GP_ARCHIVE_OFF)
		gp_json_text(row, "url", gp_asprintf(a->ctx, "%s/%s/m/%s", a->site->conf->url,
		    a->list->name, m->key));
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
	gp_json_text(data, "title", title);
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
		if (nodes[i].msg == NULL || !is_visible(a, nodes[i].msg))
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
		if (st == GP_E_NOTFOUND || (st == GP_OK && !is_visible(a, m)))
			continue;
		if (st != GP_OK)
			return st;
		add_message(a, rows, m);
		row = json_array_get(rows, json_array_size(rows) - 1);
		gp_json_int(row, "messages_count", threads[i]->messages);
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
		if (is_visible(a, v[i]))
			add_message(a, rows, v[i]);
	return GP_OK;
}

enum gp_status
gp_do_search(struct asked *a, const char *args)
{
	struct gp_search q = {.query = args, .list = a->list->id, .limit = FEW, .pages = PAGES, .now = gp_now(),
	    .since = gp_list_readable_from(a->list, a->member), .languages = a->list->set.language};
	char *better = NULL, *read;
	struct gp_hits hits;
	enum gp_status st = gp_command_may_read(a);
	json_t *said, *rows;
	size_t i;

	if (st != GP_OK)
		return GP_OK;
	if (*args == '\0') {
		gp_json_bool(gp_said(a, "search_what"), "done", true);
		return GP_OK;
	}
	q.query = gp_when_query(a->ctx, a->site->words, args, q.now, &read);
	st = gp_search_run(a->ctx, a->site->store, &q, &hits, a->err);
	if (st != GP_OK)
		return st;
	if (hits.n + hits.pages_n == 0)
		st = gp_search_suggest(a->ctx, a->site->store, &q, &better, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "search");
	gp_json_text(said, "query", args);
	gp_json_text(said, "suggestion", better);
	rows = gp_json_new_array(said, "practices");
	for (i = 0; i < hits.pages_n; i++)
		gp_command_say_practice(a, rows, hits.pages[i]);
	gp_json_bool(said, "has_practices", hits.pages_n > 0);
	rows = gp_json_new_array(said, "messages");
	for (i = 0; i < hits.n; i++)
		if (is_visible(a, hits.v[i]))
			add_message(a, rows, hits.v[i]);
	gp_json_bool(said, "has_messages", json_array_size(rows) > 0);
	return GP_OK;
}

/* ---- follow, mute --------------------------------------------------------------------------------- */

static enum gp_status
interest(struct asked *a, const char *args, int kind, enum gp_verb verb)
{
	struct gp_message *m;
	enum gp_status st;

	gp_command_thing(a, &args, "thread");
	st = gp_command_message(a, args, &m);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_interest_set(a->site->store, a->member->id, m->id, kind, a->err);
	if (st != GP_OK)
		return st;
	gp_json_text(gp_said(a, gp_verb_names[verb]), "title", m->title);
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
	gp_json_text(gp_said(a, yes ? "taken_down" : "not_yours"), "title", m->title);
	if (!yes)
		return GP_OK;
	st = gp_message_remove(a->site->store, m->id, a->err);
	/* Who and when is kept, never what it said. */
	return st == GP_OK ? gp_command_log(a, GP_VERB_TAKE_DOWN, m->key, "") : st;
}
