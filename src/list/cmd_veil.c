/* SPDX-License-Identifier: ISC */
/*
 * Who sees a thread, and with whose names, said afterwards: by whoever began it, stricter; by moderators, both ways.
 */
#include "config.h"

#include "command.h"
#include "words.h"

#include <string.h>

struct veiling {
	char *name;	/* of the message, as it was written */
	struct gp_message *m, *head;
	struct gp_veil veil;
	bool moderator;
};

/* Also a message that is in no archive: what hid it can be taken back. */
static enum gp_status
find_message(struct asked *a, const char **args, struct veiling *v)
{
	struct gp_looker before = gp_store_look(a->site->store, (struct gp_looker){GP_LOOK_ALL, 0, false});
	enum gp_status st;
	struct gp_str word;
	int64_t id;

	gp_command_thing(a, args, "thread");
	*args += strspn(*args, " #");
	word = gp_command_word(args);
	*args += strspn(*args, ": ");
	v->name = gp_strndup(a->ctx, word.p, word.n);
	gp_str_lower(v->name);
	st = gp_parse_int(v->name, 1, INT64_MAX, &id) ? gp_message_find_id(a->ctx, a->site->store, id, &v->m, a->err) :
	    gp_message_find_key(a->ctx, a->site->store, a->list->id, v->name, &v->m, a->err);
	gp_store_look(a->site->store, before);
	if (st == GP_OK && (v->m->list != a->list->id || v->m->state > 2))
		st = GP_E_NOTFOUND;
	return st;
}

/* The message, its thread and whether whoever asks has a say in it. GP_E_NOTFOUND: the result says why not. */
static enum gp_status
find(struct asked *a, const char **args, struct veiling *v)
{
	struct gp_looker before;
	struct gp_thread *t;
	enum gp_status st = find_message(a, args, v);
	bool own = false, seen = false;

	v->moderator = a->member->role >= GP_ROLE_MODERATOR;
	if (st == GP_OK)
		st = gp_thread_seen_by(a->site->store, v->m->thread, a->member->person, &seen, a->err);
	if (st == GP_OK)
		st = gp_thread_veil(a->site->store, v->m->thread, &v->veil, a->err);
	if (st == GP_OK) {
		before = gp_store_look(a->site->store, (struct gp_looker){GP_LOOK_ALL, 0, false});
		st = gp_practice_head(a, v->m->thread, &t, &v->head);
		gp_store_look(a->site->store, before);
	}
	if (st == GP_OK)
		st = gp_practice_is_own(a, v->head, &own);
	if (st == GP_OK && !own && !v->moderator && !seen)
		st = GP_E_NOTFOUND;
	if (st == GP_E_NOTFOUND)
		gp_json_text(gp_said(a, "no_message"), "number", v->name);
	if (st == GP_OK && !own && !v->moderator) {
		gp_said_title(a, gp_said(a, "veil_not_yours"), v->m->title);
		a->refused = true;
		st = GP_E_NOTFOUND;
	}
	return st;
}

/* May it be so from now on? */
static bool
may_be(struct asked *a, const struct veiling *v, const struct gp_veil *now)
{
	struct gp_veil more = {now->visible > v->veil.visible ? now->visible : GP_VISIBLE_LIST,
	    now->unnamed && !v->veil.unnamed};
	bool looser = now->visible < v->veil.visible || (v->veil.unnamed && !now->unnamed);

	if (looser && !v->moderator)
		gp_said_title(a, gp_said(a, "veil_looser"), v->m->title);
	else if (!gp_veil_may(a->list, a->member, &more))
		gp_json_bool(gp_said(a, "veil_off"), "done", true);
	else
		return true;
	a->refused = true;
	return false;
}

static enum gp_status
set(struct asked *a, const struct veiling *v, const struct gp_veil *now)
{
	const char *name = gp_visible_names[now->visible];
	json_t *said;
	enum gp_status st;

	if (!may_be(a, v, now))
		return GP_OK;
	st = gp_thread_veil_set(a->site->store, v->m->thread, now, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "veil_set");
	gp_said_title(a, said, v->m->title);
	gp_json_bool(gp_json_new_object(said, "visible_is"), name, true);
	gp_json_bool(said, "unnamed", now->unnamed);
	return gp_command_log(a, GP_VERB_VISIBLE, v->m->title, gp_asprintf(a->ctx, "%s%s", name,
	    now->unnamed ? ", without names" : ""));
}

enum gp_status
gp_do_visible(struct asked *a, const char *args)
{
	struct veiling v = {0};
	struct gp_veil wanted, now;
	enum gp_status st = find(a, &args, &v);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	now = v.veil;
	if (!gp_veil_word(a->site, args, &wanted) || wanted.unnamed) {
		gp_json_bool(gp_said(a, "visible_what"), "done", true);
		return GP_OK;
	}
	now.visible = wanted.visible;
	return set(a, &v, &now);
}

/* "on", "off", or nothing: on. */
static bool
read_switch(struct asked *a, const char *args, bool *on)
{
	size_t used;
	const struct gp_word *vote = gp_words_find(a->site->words, GP_WORD_VOTE, args, &used);
	const char *said = vote != NULL && args[used] == '\0' ? vote->name : args;

	*on = *said == '\0' || gp_strieq(said, "on") || strcmp(said, "yes") == 0;
	return *on || gp_strieq(said, "off") || strcmp(said, "no") == 0;
}

enum gp_status
gp_do_unnamed(struct asked *a, const char *args)
{
	struct veiling v = {0};
	struct gp_veil now;
	enum gp_status st = find(a, &args, &v);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	now = v.veil;
	if (!read_switch(a, args, &now.unnamed)) {
		gp_json_bool(gp_said(a, "visible_what"), "done", true);
		return GP_OK;
	}
	return set(a, &v, &now);
}
