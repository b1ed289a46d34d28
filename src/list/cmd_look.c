/* SPDX-License-Identifier: ISC */
/* What there is to know: help, lists, who is on them, what they are for. */
#include "config.h"

#include "command.h"

#include <string.h>

enum { MAX_ROSTER = 5000 };

/* The words that mean a command in the reader's language, its own name first. */
static char *
words_of(struct asked *a, const char *name, const char *language)
{
	const struct gp_word *w;
	struct gp_buf b;
	size_t i;

	gp_buf_init(&b, a->ctx, 1000);
	gp_buf_puts(&b, name);
	for (i = 0; (w = gp_words_each(a->site->words, i)) != NULL; i++)
		if (w->kind == GP_WORD_COMMAND && strcmp(w->name, name) == 0 &&
		    strcmp(w->text, name) != 0 && strcmp(w->language, language) == 0)
			gp_buf_printf(&b, ", %s", w->text);
	return b.p;
}

static void
describe(struct asked *a, json_t *row, const struct gp_command *command)
{
	const struct gp_word *about = gp_words_about(a->site->words, GP_WORD_COMMAND, command->name,
	    a->language);

	gp_json_text(row, "command", command->name);
	if (about == NULL)
		return;
	gp_json_text(row, "arguments", about->arguments);
	gp_json_text(row, "summary", about->summary);
	gp_json_text(row, "words", words_of(a, command->name, about->language));
}

static void
describe_group(struct asked *a, json_t *data, const char *key, enum gp_command_group group)
{
	json_t *rows = gp_json_new_array(data, key);
	size_t i;

	for (i = 0; i < gp_command_count; i++)
		if (gp_commands[i].group == group)
			describe(a, gp_json_push_object(rows), &gp_commands[i]);
}

enum gp_status
gp_do_help(struct asked *a, const char *args)
{
	const struct gp_word *w = gp_words_find(a->site->words, GP_WORD_COMMAND, args, NULL);
	const struct gp_command *command = w != NULL ? gp_command_find(w->name) : NULL;
	enum gp_status st;
	json_t *data;
	bool may;

	if (command != NULL && command->run != gp_do_help) {
		describe(a, gp_said(a, "about"), command);
		return GP_OK;
	}
	st = gp_command_may_mail(a, &may);
	if (st != GP_OK || !may)
		return st;
	gp_said_elsewhere(a, "help");
	data = gp_json_object(a->ctx);
	describe_group(a, data, "commands", GP_FOR_MEMBERS);
	if (a->member != NULL && a->member->role >= GP_ROLE_MODERATOR) {
		describe_group(a, data, "moderator_commands", GP_FOR_MODERATORS);
		gp_json_bool(data, "has_moderator_commands", true);
	}
	if (a->member != NULL && a->member->role == GP_ROLE_OWNER) {
		describe_group(a, data, "owner_commands", GP_FOR_OWNERS);
		gp_json_bool(data, "has_owner_commands", true);
	}
	return gp_command_mail(a, "help", a->name, a->from, NULL, data);
}

enum gp_status
gp_do_stop(struct asked *a, const char *args)
{
	(void)args;
	a->stop = true;
	gp_said_elsewhere(a, "stop");
	return GP_OK;
}

enum gp_status
gp_do_which(struct asked *a, const char *args)
{
	json_t *said = gp_said(a, "which"), *rows = gp_json_new_array(said, "lists");
	struct gp_member **members;
	struct gp_list *list;
	enum gp_status st;
	size_t i, n;

	(void)args;
	st = gp_member_lists(a->ctx, a->site->store, a->from, &members, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		st = gp_list_find_id(a->ctx, a->site->store, members[i]->list, &list, a->err);
		if (st != GP_OK)
			break;
		gp_json_text(row, "list_address", list->address);
		gp_json_text(row, "address", members[i]->address);
		gp_json_bool(gp_json_new_object(row, "role_is"), gp_role_names[members[i]->role], true);
		gp_json_bool(gp_json_new_object(row, "delivery_is"),
		    gp_delivery_names[members[i]->delivery], true);
		if (members[i]->pause_to > gp_now())
			gp_json_text(row, "to_date", gp_time_format(a->ctx, members[i]->pause_to - 1,
			    list->set.timezone, "%Y-%m-%d"));
	}
	return st;
}

static bool
may_see_roster(const struct asked *a)
{
	switch (a->list->set.roster) {
	case GP_ROSTER_ANYONE:
		return true;
	case GP_ROSTER_MODERATORS:
		return a->member != NULL && a->member->role >= GP_ROLE_MODERATOR;
	default:
		return a->member != NULL;
	}
}

enum gp_status
gp_do_who(struct asked *a, const char *args)
{
	bool moderator = a->member != NULL && a->member->role >= GP_ROLE_MODERATOR;
	struct gp_member **members;
	enum gp_status st;
	json_t *said, *rows;
	size_t i, n, hidden = 0;

	(void)args;
	if (!may_see_roster(a)) {
		gp_json_bool(gp_said(a, "who_closed"), "done", true);
		return GP_OK;
	}
	st = gp_member_all(a->ctx, a->site->store, a->list->id, -1, -1, &members, &n, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "who");
	rows = gp_json_new_array(said, "members");
	for (i = 0; i < n && i < MAX_ROSTER; i++) {
		json_t *row;

		if (members[i]->hidden && !moderator) {
			hidden++;
			continue;
		}
		row = gp_json_push_object(rows);
		gp_json_text(row, "name", members[i]->name);
		/* Names are for members; addresses for those who look after the list. */
		if (moderator || members[i]->name[0] == '\0')
			gp_json_text(row, "address", moderator ? members[i]->address :
			    gp_text_hide_addrs(a->ctx, members[i]->address, strlen(members[i]->address)));
		gp_json_bool(gp_json_new_object(row, "role_is"), gp_role_names[members[i]->role], true);
	}
	gp_json_int(said, "count", (int64_t)n);
	gp_json_bool(said, "one_member", n == 1);
	gp_json_bool(said, "one_hidden", hidden == 1);
	if (hidden > 0)
		gp_json_int(said, "hidden", (int64_t)hidden);
	return GP_OK;
}

enum gp_status
gp_do_info(struct asked *a, const char *args)
{
	json_t *said = gp_said(a, "info");

	(void)args;
	gp_json_bool(said, "done", true);
	if (a->list->set.charter[0] != '\0')
		gp_json_text(said, "charter_md", a->list->set.charter);
	return GP_OK;
}

enum gp_status
gp_do_lists(struct asked *a, const char *args)
{
	json_t *said = gp_said(a, "lists"), *rows = gp_json_new_array(said, "lists");
	struct gp_list **lists;
	enum gp_status st;
	struct gp_member *m;
	size_t i, n;

	(void)args;
	st = gp_list_all(a->ctx, a->site->store, &lists, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row;

		/* A list that is for those who were asked is nobody else's business. */
		if (lists[i]->set.join == GP_JOIN_CLOSED) {
			st = gp_member_find(a->ctx, a->site->store, lists[i]->id, a->from, &m, a->err);
			if (st == GP_E_NOTFOUND) {
				st = GP_OK;
				continue;
			}
			if (st != GP_OK)
				break;
		}
		row = gp_json_push_object(rows);
		gp_json_text(row, "list_address", lists[i]->address);
		gp_json_text(row, "description", lists[i]->set.description[0] != '\0' ?
		    lists[i]->set.description : lists[i]->set.title);
	}
	return st;
}
