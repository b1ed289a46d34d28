/* SPDX-License-Identifier: ISC */
/*
 * Joining and leaving. The address that would join is asked, whoever wrote; who is on the
 * list already gets a harmless note, and the one who asked can't tell which. Leaving is
 * never moderated.
 */
#include "config.h"

#include "command.h"

#include <string.h>

int
gp_command_delivery(struct asked *a, const char *word)
{
	const struct gp_word *w = gp_words_find(a->site->words, GP_WORD_COMMAND, word, NULL);
	int i;

	for (i = 0; w != NULL && gp_delivery_names[i] != NULL; i++)
		if (strcmp(w->name, gp_delivery_names[i]) == 0)
			return i;
	return -1;
}

static int
delivery_in(struct asked *a, const char *args)
{
	while (*args != '\0') {
		struct gp_str word = gp_command_word(&args);
		int delivery = gp_command_delivery(a, gp_strndup(a->ctx, word.p, word.n));

		if (delivery >= 0)
			return delivery;
	}
	return GP_DELIVERY_EACH;
}

/* ---- joining --------------------------------------------------------------------------------- */

/* Someone said yes: on the list, or before its moderators. */
static enum gp_status
join(struct asked *a, int delivery)
{
	json_t *data = gp_json_object(a->ctx);
	enum gp_status st;
	int64_t id;

	if (a->list->set.join == GP_JOIN_MODERATED && !a->invited)
		return gp_hold_join(a->ctx, a->site, a->list, a->from, a->name, delivery,
		    a->in != NULL ? gp_read_own(a->ctx, a->site->words, a->in->mail) : "", a->out,
		    a->err);
	st = gp_member_add(a->site->store, a->list->id, a->from, a->name, GP_ROLE_MEMBER, delivery,
	    gp_now(), &id, a->err);
	if (st == GP_E_EXISTS)
		return gp_command_mail(a, "already-member", a->name, a->from, NULL, NULL);
	if (st == GP_OK)
		st = gp_command_log(a, GP_VERB_JOIN, a->from, gp_delivery_names[delivery]);
	gp_json_bool(gp_json_new_object(data, "delivery_is"), gp_delivery_names[delivery], true);
	if (st == GP_OK)
		st = gp_welcome_data(a->ctx, a->site, a->list, data, a->err);
	return st == GP_OK ? gp_command_mail(a, "welcome", a->name, a->from, NULL, data) : st;
}

enum gp_status
gp_do_subscribe(struct asked *a, const char *args)
{
	char *address = gp_command_address(a, args), *line;
	int delivery = delivery_in(a, args);
	struct gp_member *m;
	struct gp_ban *ban;
	enum gp_status st;

	if (address == NULL)
		address = a->from;
	gp_said_elsewhere(a, "subscribe");
	st = gp_ban_find(a->ctx, a->site->store, a->list->id, address, gp_now(), &ban, a->err);
	if (st == GP_OK) {
		gp_log(GP_LOG_INFO, "event=join-banned list=%s", a->list->address);
		return GP_OK;
	}
	if (st != GP_E_NOTFOUND)
		return st;
	/* Whoever is vouched for needs no question, unless the list has some. */
	if (a->proven && gp_strieq(address, a->from) &&
	    (a->answered || a->list->set.questions[0] == '\0'))
		return join(a, delivery);
	/* The asker learns the same, whoever is on the list. */
	if (!gp_strieq(address, a->from)) {
		json_object_del(a->result, "elsewhere");
		gp_json_text(gp_said(a, "asked_other"), "address", address);
	}
	st = gp_member_find(a->ctx, a->site->store, a->list->id, address, &m, a->err);
	if (st == GP_OK)
		return gp_command_note(a, "already-member", address);
	if (st != GP_E_NOTFOUND)
		return st;
	if (a->list->set.join == GP_JOIN_CLOSED && !a->invited)
		return gp_command_note(a, "join-closed", address);
	line = gp_asprintf(a->ctx, "subscribe %s", gp_delivery_names[delivery]);
	return gp_command_ask(a, "subscribe", address, (const char *const *)&line, 1);
}

/* ---- leaving ---------------------------------------------------------------------------------- */

/* An owner who is the only one must name another first. */
enum gp_status
gp_command_is_last_owner(struct asked *a, const struct gp_member *m, bool *yes)
{
	struct gp_member **owners;
	size_t n;
	enum gp_status st;

	*yes = false;
	if (m->role != GP_ROLE_OWNER)
		return GP_OK;
	st = gp_member_all(a->ctx, a->site->store, m->list, GP_ROLE_OWNER, -1, &owners, &n,
	    a->err);
	*yes = st == GP_OK && n == 1;
	return st;
}

enum gp_status
gp_command_may_go(struct asked *a, const struct gp_member *m, bool *may)
{
	bool last;
	enum gp_status st = gp_command_is_last_owner(a, m, &last);

	*may = st == GP_OK && !last;
	if (st == GP_OK && last)
		gp_json_bool(gp_said(a, "last_owner"), "done", true);
	return st;
}

enum gp_status
gp_command_leave(struct asked *a, const struct gp_member *m)
{
	enum gp_status st;
	bool last;

	st = gp_command_is_last_owner(a, m, &last);
	if (st == GP_OK && last)
		return gp_command_mail(a, "last-owner", m->name, m->address, NULL, NULL);
	if (st == GP_OK)
		st = gp_member_remove(a->site->store, m->id, a->err);
	if (st == GP_OK)
		st = gp_command_log(a, GP_VERB_LEAVE, m->address, "");
	return st == GP_OK ? gp_command_mail(a, "goodbye", m->name, m->address, NULL, NULL) : st;
}

enum gp_status
gp_do_unsubscribe(struct asked *a, const char *args)
{
	static const char *const line = "unsubscribe";
	char *address = gp_command_address(a, args);
	struct gp_member *m;
	enum gp_status st;

	if (address == NULL)
		address = a->from;
	gp_said_elsewhere(a, "unsubscribe");
	if (!gp_strieq(address, a->from)) {
		json_object_del(a->result, "elsewhere");
		gp_json_text(gp_said(a, "asked_other"), "address", address);
	}
	st = gp_member_find(a->ctx, a->site->store, a->list->id, address, &m, a->err);
	if (st == GP_E_NOTFOUND)
		return gp_command_note(a, "not-member", address);
	if (st != GP_OK)
		return st;
	/* Mail goes to the address that the list delivers to as well as could be meant. */
	if (a->proven && gp_strieq(address, a->from))
		return gp_command_leave(a, m);
	return gp_command_ask(a, "unsubscribe", address, &line, 1);
}
