/* SPDX-License-Identifier: ISC */
/*
 * One person with several addresses, what is kept of a person, and how to take it back. An
 * address is joined to a person when both said yes: else whoever writes a From line could
 * become someone else.
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { MESSAGES = 10000 };

/* ---- addresses ---------------------------------------------------------------------------------- */

static enum gp_status
show_addresses(struct asked *a, const struct gp_person *p)
{
	json_t *said = gp_said(a, "addresses"), *rows = gp_json_new_array(said, "addresses");
	size_t i;

	gp_json_text(said, "address", a->member->address);
	for (i = 0; i < p->n; i++)
		gp_json_push_text(rows, p->addresses[i]);
	return GP_OK;
}

/* The last step of adding is the new address's own yes: gp_command_address_proven. */
static enum gp_status
add_address(struct asked *a, const struct gp_person *p, const char *address)
{
	gp_json_text(gp_said(a, "asked_other"), "address", address);
	a->token_object = p->id;
	return gp_command_ask(a, "address", address, NULL, 0);
}

enum gp_status
gp_command_address_proven(struct asked *a, int64_t person)
{
	enum gp_status st = gp_person_add_address(a->site->store, person, a->from, a->err);

	if (st == GP_OK)
		st = gp_command_log(a, GP_VERB_ADDRESS, a->from, "add");
	gp_json_text(gp_said(a, "address_added"), "address", a->from);
	return st;
}

static enum gp_status
remove_address(struct asked *a, const struct gp_person *p, const char *address)
{
	enum gp_status st = gp_person_remove_address(a->site->store, p->id, address, a->err);

	if (st == GP_E_NOTFOUND || st == GP_E_EXISTS) {
		gp_json_text(gp_said(a, st == GP_E_EXISTS ? "address_last" : "address_unknown"), "address",
		    address);
		return GP_OK;
	}
	gp_json_text(gp_said(a, "address_removed"), "address", address);
	return st == GP_OK ? gp_command_log(a, GP_VERB_ADDRESS, address, "remove") : st;
}

static enum gp_status
use_address(struct asked *a, const char *address)
{
	enum gp_status st = gp_member_use_address(a->site->store, a->member->id, address, a->err);

	if (st == GP_E_NOTFOUND) {
		gp_json_text(gp_said(a, "address_unknown"), "address", address);
		return GP_OK;
	}
	gp_json_text(gp_said(a, "address_used"), "address", address);
	return st == GP_OK ? gp_command_log(a, GP_VERB_ADDRESS, address, "use") : st;
}

enum gp_status
gp_do_address(struct asked *a, const char *args)
{
	struct gp_str verb = gp_command_word(&args);
	char *address = gp_command_address(a, args);
	struct gp_person *p;
	enum gp_status st;

	st = gp_person_find(a->ctx, a->site->store, a->from, &p, a->err);
	if (st != GP_OK)
		return st;
	if (verb.n == 0)
		return show_addresses(a, p);
	if (address == NULL) {
		gp_json_text(gp_said(a, "address_which"), "command", "address");
		return GP_OK;
	}
	if (!gp_command_is_proven(a))
		return GP_OK;
	if (gp_str_ieq(verb, "add"))
		return add_address(a, p, address);
	if (gp_str_ieq(verb, "remove"))
		return remove_address(a, p, address);
	if (gp_str_ieq(verb, "use"))
		return use_address(a, address);
	gp_json_text(gp_said(a, "address_which"), "command", "address");
	return GP_OK;
}

/* ---- what is kept ------------------------------------------------------------------------------- */

static enum gp_status
add_memberships(struct asked *a, json_t *out)
{
	struct gp_member **members;
	struct gp_list *list;
	enum gp_status st;
	size_t i, k, n;

	st = gp_member_lists(a->ctx, a->site->store, a->from, &members, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row = gp_json_push_object(out), *options;

		st = gp_list_find_id(a->ctx, a->site->store, members[i]->list, &list, a->err);
		if (st != GP_OK)
			break;
		gp_json_text(row, "list", list->address);
		gp_json_text(row, "address", members[i]->address);
		gp_json_text(row, "joined", gp_time_iso(a->ctx, members[i]->joined));
		gp_json_int(row, "accepted", members[i]->accepted);
		gp_json_int(row, "refused", members[i]->refused);
		options = gp_json_new_object(row, "options");
		for (k = 0; k < gp_member_option_count; k++)
			gp_json_text(options, gp_member_options[k].name,
			    gp_opt_get(a->ctx, &gp_member_options[k], members[i]));
	}
	return st;
}

static enum gp_status
add_messages(struct asked *a, const struct gp_person *p, json_t *out)
{
	/* All that is theirs, wherever it stands. */
	struct gp_looker before = gp_store_look(a->site->store, (struct gp_looker){GP_LOOK_ALL, 0, false});
	enum gp_status st = GP_OK;
	struct gp_message **v;
	struct gp_list *list;
	size_t i, k, n;

	for (i = 0; st == GP_OK && i < p->n; i++) {
		st = gp_message_by(a->ctx, a->site->store, p->addresses[i], MESSAGES, &v, &n, a->err);
		for (k = 0; st == GP_OK && k < n; k++) {
			json_t *row = gp_json_push_object(out);

			st = gp_list_find_id(a->ctx, a->site->store, v[k]->list, &list, a->err);
			if (st != GP_OK)
				break;
			gp_json_text(row, "list", list->address);
			gp_json_text(row, "key", v[k]->key);
			gp_json_text(row, "date", gp_time_iso(a->ctx, v[k]->date));
			gp_json_text(row, "subject", v[k]->subject);
		}
	}
	gp_store_look(a->site->store, before);
	return st;
}

static enum gp_status
add_acts(struct asked *a, const struct gp_person *p, json_t *out)
{
	struct gp_act_record **acts;
	enum gp_status st = GP_OK;
	size_t i, k, n;

	for (i = 0; st == GP_OK && i < p->n; i++) {
		st = gp_act_of(a->ctx, a->site->store, p->addresses[i], MESSAGES, &acts, &n, a->err);
		for (k = 0; st == GP_OK && k < n; k++) {
			json_t *row = gp_json_push_object(out);

			gp_json_text(row, "time", gp_time_iso(a->ctx, acts[k]->time));
			gp_json_text(row, "who", acts[k]->who);
			gp_json_text(row, "did", acts[k]->verb);
			gp_json_text(row, "what", acts[k]->what);
			gp_json_text(row, "detail", acts[k]->detail);
		}
	}
	return st;
}

/* A mail with files, to the address that the list has: a forged From line learns nothing. */
static enum gp_status
send_files(struct asked *a, const char *template_name, json_t *data, const struct gp_enclosure *v,
    size_t n)
{
	struct gp_notice notice = {0};

	gp_said_elsewhere(a, "export");
	notice.template_name = template_name;
	notice.data = data;
	notice.to_name = a->name;
	notice.to_addr = a->member->address;
	notice.language = a->language;
	notice.answer = true;
	notice.enclosures = v;
	notice.enclosures_n = n;
	return gp_notice_send(a->ctx, a->site, a->list, &notice, &a->out->job, a->err);
}

/* "Name" <address>, as people read it and not as a header has it: the file is UTF-8. */
static void
put_member(struct gp_buf *b, const struct gp_member *m)
{
	const char *p;

	if (m->name[0] != '\0') {
		gp_buf_putc(b, '"');
		for (p = m->name; *p != '\0'; p++) {
			if (*p == '"' || *p == '\\')
				gp_buf_putc(b, '\\');
			gp_buf_putc(b, *p);
		}
		gp_buf_puts(b, "\" ");
	}
	gp_buf_printf(b, "<%s>\n", m->address);
}

/* For owners: who is on the list, as lines that `import` takes, and its settings. */
static enum gp_status
export_list(struct asked *a)
{
	struct gp_enclosure files[] = {{"text/plain; charset=utf-8", "members.txt", NULL, 0},
	    {"application/json", "settings.json", NULL, 0}};
	json_t *settings = gp_json_object(a->ctx), *data = gp_json_object(a->ctx);
	struct gp_member **members;
	enum gp_status st;
	struct gp_buf b;
	size_t i, n;

	st = gp_member_all(a->ctx, a->site->store, a->list->id, -1, -1, &members, &n, a->err);
	if (st != GP_OK)
		return st;
	gp_buf_init(&b, a->ctx, GP_MAX_MESSAGE);
	for (i = 0; i < n; i++)
		put_member(&b, members[i]);
	for (i = 0; i < gp_list_option_count; i++)
		gp_json_text(settings, gp_list_options[i].name,
		    gp_opt_get(a->ctx, &gp_list_options[i], &a->list->set));
	files[0].p = b.p != NULL ? b.p : "";
	files[0].n = b.len;
	files[1].p = gp_json_dump(a->ctx, settings, true);
	files[1].n = strlen(files[1].p);
	gp_json_int(data, "count", (int64_t)n);
	gp_json_bool(data, "one_member", n == 1);
	return send_files(a, "export-list", data, files, GP_COUNT(files));
}

enum gp_status
gp_do_export(struct asked *a, const char *args)
{
	const struct gp_word *w = gp_words_find(a->site->words, GP_WORD_COMMAND, args, NULL);
	json_t *all = gp_json_object(a->ctx), *rows, *data = gp_json_object(a->ctx);
	struct gp_enclosure file = {"application/json", "my-data.json", NULL, 0};
	struct gp_person *p;
	enum gp_status st;
	size_t i;
	bool may;

	st = gp_command_may_mail(a, &may);
	if (st != GP_OK || !may)
		return st;
	/* "export members", "export list". */
	if (w != NULL && (strcmp(w->name, "who") == 0 || strcmp(w->name, "lists") == 0) &&
	    a->member->role == GP_ROLE_OWNER)
		return export_list(a);
	st = gp_person_find(a->ctx, a->site->store, a->from, &p, a->err);
	if (st != GP_OK)
		return st;
	gp_json_text(all, "name", p->name);
	rows = gp_json_new_array(all, "addresses");
	for (i = 0; i < p->n; i++)
		gp_json_push_text(rows, p->addresses[i]);
	st = add_memberships(a, gp_json_new_array(all, "memberships"));
	if (st == GP_OK)
		st = add_messages(a, p, gp_json_new_array(all, "messages"));
	if (st == GP_OK)
		st = add_acts(a, p, gp_json_new_array(all, "acts"));
	if (st != GP_OK)
		return st;
	file.p = gp_json_dump(a->ctx, all, true);
	file.n = strlen(file.p);
	gp_json_int(data, "messages_count",
	    (int64_t)json_array_size(json_object_get(all, "messages")));
	return send_files(a, "export", data, &file, 1);
}

/* ---- being forgotten ------------------------------------------------------------------------------ */

enum gp_status
gp_do_erase(struct asked *a, const char *args)
{
	json_t *data = gp_json_object(a->ctx);
	struct gp_member **members;
	struct gp_person *p;
	enum gp_status st;
	int64_t messages;
	size_t i, n;
	bool may = true;

	(void)args;
	st = gp_member_lists(a->ctx, a->site->store, a->from, &members, &n, a->err);
	for (i = 0; st == GP_OK && may && i < n; i++)
		st = gp_command_may_go(a, members[i], &may);
	if (st != GP_OK || !may)
		return st;
	st = gp_person_find(a->ctx, a->site->store, a->from, &p, a->err);
	if (st == GP_OK)
		st = gp_person_erase(a->site->store, p->id, &messages, a->err);
	if (st != GP_OK)
		return st;
	a->member = NULL;
	gp_said_elsewhere(a, "erase");
	gp_json_int(data, "messages_count", messages);
	gp_json_bool(data, "one_message", messages == 1);
	return gp_command_mail(a, "erased", "", a->from, NULL, data);
}

/* ---- a post that waits ------------------------------------------------------------------------------ */

enum gp_status
gp_do_withdraw(struct asked *a, const char *args)
{
	struct gp_str word = gp_command_word(&args);
	char *number = gp_strndup(a->ctx, word.p, word.n);
	struct gp_hold *hold;
	enum gp_status st = GP_E_NOTFOUND;
	int64_t id;

	if (gp_parse_int(number, 1, INT64_MAX, &id))
		st = gp_hold_find(a->ctx, a->site->store, id, &hold, a->err);
	if (st == GP_OK && (hold->list != a->list->id || hold->state != GP_HOLD_WAITING ||
	    !gp_streq(gp_addr_fold(a->ctx, hold->from_addr), gp_addr_fold(a->ctx, a->from))))
		st = GP_E_NOTFOUND;
	if (st == GP_E_NOTFOUND) {
		gp_json_text(gp_said(a, "no_hold"), "number", number);
		return GP_OK;
	}
	if (st != GP_OK || !gp_command_is_proven(a))
		return st;
	st = gp_hold_withdraw(a->ctx, a->site, a->list, hold, a->from, a->out, a->err);
	gp_json_text(gp_said(a, "withdrawn"), "subject", hold->subject);
	return st;
}
