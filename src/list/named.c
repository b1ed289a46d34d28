/* SPDX-License-Identifier: ISC */
/*
 * Which message is meant: by its number, the key of its address on the web, or that address; also by the number that
 * it has on another list. What is in no archive is found by whoever got it by mail.
 */
#include "config.h"

#include "command.h"

#include <string.h>

bool
gp_command_sees(const struct asked *a, const struct gp_message *m)
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

/* A number of another list that has the thread names the same message here. */
static enum gp_status
here(struct asked *a, struct gp_message **m)
{
	struct gp_message *copy;
	int64_t *v;
	size_t i, n;
	enum gp_status st;

	if ((*m)->list == a->list->id)
		return GP_OK;
	st = gp_share_copies(a->ctx, a->site->store, (*m)->id, &v, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		st = gp_message_find_id(a->ctx, a->site->store, v[i], &copy, a->err);
		if (st == GP_OK && copy->list == a->list->id)
			*m = copy;
		st = st == GP_E_NOTFOUND ? GP_OK : st;
	}
	return st;
}

static enum gp_status
find_message(struct asked *a, const char *name, struct gp_message **out)
{
	enum gp_status st = GP_E_NOTFOUND;
	int64_t id;

	if (gp_parse_int(name, 1, INT64_MAX, &id))
		st = gp_message_find_id(a->ctx, a->site->store, id, out, a->err);
	else if (*name != '\0')
		st = gp_message_find_key(a->ctx, a->site->store, a->list->id, name, out, a->err);
	return st == GP_OK ? here(a, out) : st;
}

/* Did whoever asks write it, get it by mail, or look after the list? */
static bool
has_got(const struct asked *a, const struct gp_message *m)
{
	return gp_strieq(a->from, m->from_addr) || (a->member != NULL && (a->member->role >= GP_ROLE_MODERATOR ||
	    a->member->joined <= m->received));
}

/* One that is in no archive, and neither found nor told of but by who knows of it. */
static enum gp_status
find_mailed(struct asked *a, const char *name, struct gp_message **out)
{
	struct gp_looker eyes = gp_store_look(a->site->store, (struct gp_looker){GP_LOOK_ALL, 0, false});
	enum gp_status st = find_message(a, name, out);
	struct gp_veil veil = {0};

	if (st == GP_OK)
		st = gp_thread_veil(a->site->store, (*out)->thread, &veil, a->err);
	gp_store_look(a->site->store, eyes);
	/* Where only some may see the thread, those who may. */
	if (st == GP_OK && veil.visible != GP_VISIBLE_NONE)
		st = find_message(a, name, out);
	if (st == GP_OK && ((*out)->list != a->list->id || (*out)->state != 2 || !has_got(a, *out)))
		st = GP_E_NOTFOUND;
	if (st == GP_OK)
		gp_store_look_too(a->site->store, (*out)->thread);
	return st;
}

/* mailed: also one that is in no archive. */
static enum gp_status
find_named(struct asked *a, const char *args, bool mailed, struct gp_message **out)
{
	struct gp_str word;
	enum gp_status st;
	char *name;

	args += strspn(args, " #");
	word = gp_command_word(&args);
	name = name_of(a->ctx, word);
	st = find_message(a, name, out);
	if (st == GP_OK && gp_command_sees(a, *out))
		return GP_OK;
	if (st == GP_OK || st == GP_E_NOTFOUND)
		st = find_mailed(a, name, out);
	if (st == GP_OK && !mailed) {
		gp_said_title(a, gp_said(a, "not_archived"), (*out)->title);
		a->refused = true;
		return GP_E_NOTFOUND;
	}
	if (st == GP_E_NOTFOUND)
		gp_json_text(gp_said(a, "no_message"), "number", name);
	return st;
}

enum gp_status
gp_command_message(struct asked *a, const char *args, struct gp_message **out)
{
	return find_named(a, args, false, out);
}

enum gp_status
gp_command_mailed(struct asked *a, const char *args, struct gp_message **out)
{
	return find_named(a, args, true, out);
}

static enum gp_status
named(struct asked *a, const char **args, bool mailed, struct gp_message **out)
{
	enum gp_status st;

	gp_command_thing(a, args, "thread");
	st = find_named(a, *args, mailed, out);
	*args += strspn(*args, " #");
	gp_command_word(args);
	*args += strspn(*args, ": ");
	return st;
}

enum gp_status
gp_command_named(struct asked *a, const char **args, struct gp_message **out)
{
	return named(a, args, false, out);
}

enum gp_status
gp_command_named_mailed(struct asked *a, const char **args, struct gp_message **out)
{
	return named(a, args, true, out);
}
