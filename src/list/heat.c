/* SPDX-License-Identifier: ISC */
/*
 * A thread that heats up: in three hours it had as many posts as the list's setting `heat` says, two people at
 * least wrote three each (which no series of patches does, nor good wishes), and either there are three for each who
 * wrote, or the whole list usually has a fifth of that at most. Moderators get one mail, not two of the same thread
 * in a day, which says why, and takes what to do about it as an answer. (On linux-man, 2019 to 2026: seven a year.)
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400, SPAN = 3 * HOUR, EACH = 3, TIMES = 5, PEOPLE = 8, EXPIRES = 7 * DAY };

struct heat {
	const void *ctx;
	struct gp_site *site;
	const struct gp_list *list;
	const struct gp_thread *thread;
	struct gp_message *head;
	struct gp_heat figures;
	struct gp_err *err;
};

/* Some go at each other, and they are few, or it is far more than is usual. */
static bool
is_hot(const struct heat *h)
{
	const struct gp_heat *f = &h->figures;

	return f->posts >= h->list->set.heat && f->second >= EACH && (f->posts >= EACH * f->people || f->posts > TIMES * f->usual);
}

/* Who wrote, in the order of their first word in that time, with a message that a private word can be about. */
static enum gp_status
add_people(struct heat *h, json_t *data)
{
	json_t *rows = gp_json_new_array(data, "people");
	const struct gp_message *newest[PEOPLE];
	int64_t count[PEOPLE];
	struct gp_message **v;
	size_t i, k, n, people = 0;
	enum gp_status st = gp_message_mailed(h->ctx, h->site->store, h->thread->id, &v, &n, h->err);

	for (i = 0; st == GP_OK && i < n; i++) {
		const struct gp_message *m = v[i];

		if (m->received <= gp_now() - SPAN)
			continue;
		for (k = 0; k < people && !gp_strieq(newest[k]->from_addr, m->from_addr);)
			k++;
		if (k == PEOPLE)
			continue;
		if (k == people)
			count[people++] = 0;
		newest[k] = m;
		count[k]++;
	}
	for (k = 0; st == GP_OK && k < people; k++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "author", newest[k]->from_name[0] != '\0' ? newest[k]->from_name :
		    gp_text_hide_addrs(h->ctx, newest[k]->from_addr, strlen(newest[k]->from_addr)));
		gp_json_int(row, "message_count", count[k]);
		gp_json_bool(row, "one_message", count[k] == 1);
		gp_json_int(row, "number", newest[k]->id);
	}
	gp_json_bool(data, "has_people", people > 0);
	return st;
}

static enum gp_status
describe(struct heat *h, json_t *data)
{
	const struct gp_heat *f = &h->figures;
	struct gp_veil veil;
	enum gp_status st = gp_thread_veil(h->site->store, h->thread->id, &veil, h->err);

	gp_json_text(data, "title", gp_kind_title(h->ctx, h->site, h->list, h->head->title));
	gp_json_int(data, "message_count", f->posts);
	gp_json_int(data, "people_count", f->people);
	gp_json_int(data, "hours", SPAN / HOUR);
	gp_json_int(data, "usual_count", f->usual);
	gp_json_bool(data, "is_few", f->posts >= EACH * f->people);
	gp_json_bool(data, "is_unusual", f->posts > TIMES * f->usual);
	if (gp_list_has_archive(h->list) && veil.visible != GP_VISIBLE_NONE)
		gp_json_text(data, "url", gp_asprintf(h->ctx, "%s/%s/t/%s", h->site->conf->url, h->list->name,
		    h->thread->key));
	gp_json_bool(data, "has_people", false);
	return st == GP_OK && !veil.unnamed ? add_people(h, data) : st;
}

/* One mail, with a token for its answer. */
static enum gp_status
tell(struct heat *h, const struct gp_member *m, json_t *data)
{
	struct gp_notice n = {.template_name = "heat", .data = data};
	json_t *what = gp_json_object(h->ctx);
	enum gp_status st;
	char *token;

	gp_json_text(what, "key", h->head->key);
	gp_json_new_array(what, "lines");
	st = gp_reply_token(h->ctx, h->site, h->list, m->address, GP_PURPOSE_HEAT, what, EXPIRES, &token, h->err);
	if (st != GP_OK)
		return st;
	n.reply_to = gp_route_address(h->ctx, h->site, h->list, "confirm", token);
	return gp_member_send(h->ctx, h->site, h->list, m, &n, h->err);
}

static enum gp_status
tell_all(struct heat *h)
{
	json_t *data = gp_json_object(h->ctx);
	struct gp_member **v;
	size_t i, n = 0;
	enum gp_status st = describe(h, data);

	if (st == GP_OK)
		st = gp_member_all(h->ctx, h->site->store, h->list->id, GP_ROLE_MODERATOR, -1, &v, &n, h->err);
	for (i = 0; st == GP_OK && i < n; i++)
		st = tell(h, v[i], data);
	return st;
}

enum gp_status
gp_heat_look(const void *ctx, struct gp_site *site, const struct gp_list *list, int64_t thread, struct gp_err *err)
{
	struct heat h = {.ctx = ctx, .site = site, .list = list, .err = err};
	struct gp_thread *t;
	struct gp_pace pace;
	enum gp_status st;
	int64_t n = 0;

	if (list->set.heat == 0)
		return GP_OK;
	st = gp_thread_heat(site->store, list->id, thread, gp_now() - SPAN, list->set.heat, &h.figures, err);
	if (st != GP_OK || !is_hot(&h))
		return st;
	/* Somebody looks after it already. */
	st = gp_thread_pace(site->store, thread, &pace, err);
	if (st != GP_OK || pace.slow > 0 || pace.cool > gp_now())
		return st;
	st = gp_count_add(site->store, "heat", gp_asprintf(ctx, "%" PRId64, thread), gp_now(), DAY, &n, err);
	if (st == GP_OK && n == 1)
		st = gp_thread_find(ctx, site->store, thread, &t, err);
	if (st == GP_OK && n == 1)
		st = gp_thread_begins(ctx, site->store, t, &h.head, err);
	if (st != GP_OK || n > 1)
		return st;
	h.thread = t;
	gp_log(GP_LOG_INFO, "event=heat list=%s thread=%s posts=%" PRId64 " people=%" PRId64 " usual=%" PRId64,
	    list->address, h.head->key, h.figures.posts, h.figures.people, h.figures.usual);
	return tell_all(&h);
}

/* ---- the answer --------------------------------------------------------------------------------------- */

/* The line of a command about that thread; NULL: it says something else. */
static char *
line_of(struct asked *a, const char *line, const char *key)
{
	static const char *const names[] = {"slow", "cool", "close", "nudge"};
	const struct gp_word *word;
	size_t i, used;

	word = gp_words_find(a->site->words, GP_WORD_COMMAND, line, &used);
	for (i = 0; word != NULL && i < GP_COUNT(names); i++) {
		if (strcmp(word->name, names[i]) != 0)
			continue;
		line += used + strspn(line + used, " \t.!:#");
		/* A private word may name the message that it is about. */
		return strcmp(names[i], "nudge") == 0 && strchr("0123456789", *line) != NULL && *line != '\0' ?
		    gp_asprintf(a->ctx, "nudge %s", line) : gp_asprintf(a->ctx, "%s %s %s", names[i], key, line);
	}
	return NULL;
}

bool
gp_heat_answer(struct asked *a, struct gp_token *t)
{
	json_t *data = gp_json_load(a->ctx, t->data), *lines = json_object_get(data, "lines");
	const char *key = json_string_value(json_object_get(data, "key"));
	struct gp_lines said;
	char *line;
	size_t i;

	if (a->in == NULL)
		return false;
	gp_read_commands(a->ctx, a->site->words, a->in->mail, &said);
	for (i = 0; i < said.n && (line = line_of(a, said.whole[i], key)) != NULL; i++)
		gp_json_push_text(lines, line);
	t->data = gp_json_dump(a->ctx, data, false);
	return i > 0;
}
