/* SPDX-License-Identifier: ISC */
/* What owners do by mail: settings, members, roles, the log, lists themselves. */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { LOG = 50, LOG_MOST = 500, INVITED_AT_ONCE = 500 };

/* ---- settings ---------------------------------------------------------------------------------- */

/* All of them, or one. */
static enum gp_status
show_settings(struct asked *a, const struct gp_opt *only)
{
	json_t *rows = gp_json_new_array(gp_said(a, "settings"), "settings");
	size_t i;

	for (i = 0; i < gp_list_option_count; i++) {
		const struct gp_opt *opt = &gp_list_options[i];
		json_t *row;
		char *value;

		if (only != NULL && only != opt)
			continue;
		row = gp_json_push_object(rows);
		value = gp_opt_get(a->ctx, opt, &a->list->set);

		gp_json_text(row, "option", opt->name);
		gp_json_text(row, "value", gp_utf8_line(a->ctx, value, strlen(value), 80));
		gp_json_text(row, "meaning", gp_said_meaning(a, "list", opt->name));
		if (opt->choices != NULL)
			gp_json_text(row, "choices", opt->choices);
	}
	return GP_OK;
}

enum gp_status
gp_do_configure(struct asked *a, const char *args)
{
	struct gp_err why = {GP_OK, ""};
	const struct gp_opt *opt;
	enum gp_status st;
	json_t *said;
	char *key;

	args += strspn(args, " \t,");
	if (*args == '\0')
		return show_settings(a, NULL);
	key = gp_command_option(a, &args);
	opt = gp_opt_find(gp_list_options, gp_list_option_count, key);
	if (opt == NULL) {
		gp_said_unknown_option(a, key, gp_list_options, gp_list_option_count);
		return GP_OK;
	}
	/* Who wants nothing there says so: KEY "". */
	if (*args == '\0')
		return show_settings(a, opt);
	if (!gp_command_is_proven(a))
		return GP_OK;
	args = gp_command_value(gp_command_option_text(a, key, args));
	st = gp_list_set(a->site->store, a->list, key, args, &why);
	if (st != GP_OK)
		return gp_said_bad_value(a, st, opt, &why);
	said = gp_said(a, "set");
	gp_json_text(said, "option", key);
	gp_json_text(said, "value", args);
	return gp_command_log(a, GP_VERB_CONFIGURE, key, args);
}

enum gp_status
gp_do_log(struct asked *a, const char *args)
{
	struct gp_str word = gp_command_word(&args);
	struct gp_act_record **acts;
	enum gp_status st;
	int64_t limit = LOG;
	json_t *rows;
	size_t i, n;

	if (word.n > 0 && !gp_parse_int(gp_strndup(a->ctx, word.p, word.n), 1, LOG_MOST, &limit))
		limit = LOG;
	st = gp_act_all(a->ctx, a->site->store, a->list->id, 0, (size_t)limit, &acts, &n, a->err);
	if (st != GP_OK)
		return st;
	rows = gp_json_new_array(gp_said(a, "log"), "acts");
	for (i = 0; i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "date", gp_time_format(a->ctx, acts[i]->time, a->list->set.timezone,
		    "%Y-%m-%d %H:%M"));
		gp_json_text(row, "by", gp_said_meaning(a, "who", acts[i]->who));
		gp_json_text(row, "verb", gp_said_meaning(a, "act", acts[i]->verb));
		gp_json_text(row, "what", acts[i]->what);
		gp_json_text(row, "detail", acts[i]->detail);
	}
	return GP_OK;
}

/* ---- members ------------------------------------------------------------------------------------ */

/* The next word as an address, NULL: it is none; *word: as it was written. */
static char *
take_address(struct asked *a, const char **args, char **word)
{
	struct gp_str s = gp_command_word(args);

	*word = gp_strndup(a->ctx, s.p, s.n);
	return gp_command_address(a, *word);
}

/* The member that the arguments name, or NULL with a result that says so. */
static enum gp_status
find_member(struct asked *a, const char **args, struct gp_member **out)
{
	char *word, *address = take_address(a, args, &word);
	enum gp_status st = GP_E_NOTFOUND;

	if (address != NULL)
		st = gp_member_find(a->ctx, a->site->store, a->list->id, address, out, a->err);
	if (st == GP_E_NOTFOUND)
		gp_json_text(gp_said(a, "no_member"), "address", word);
	return st;
}

enum gp_status
gp_do_add(struct asked *a, const char *args)
{
	char *word, *address = take_address(a, &args, &word);
	enum gp_status st;
	int64_t id;

	if (address == NULL) {
		gp_json_text(gp_said(a, "no_address"), "address", word);
		return GP_OK;
	}
	st = gp_member_add(a->site->store, a->list->id, address, args, GP_ROLE_MEMBER, GP_DELIVERY_EACH,
	    gp_now(), &id, a->err);
	gp_json_text(gp_said(a, st == GP_E_EXISTS ? "is_member_already" : "member_added"), "address",
	    address);
	if (st != GP_OK)
		return st == GP_E_EXISTS ? GP_OK : st;
	st = gp_command_log(a, GP_VERB_ADD, address, args);
	/* Nobody is put on a list without knowing, and without a way off. */
	return st == GP_OK ? gp_command_mail(a, "added", args, address, NULL, NULL) : st;
}

enum gp_status
gp_do_remove(struct asked *a, const char *args)
{
	struct gp_member *m;
	enum gp_status st = find_member(a, &args, &m);
	bool may;

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_command_may_go(a, m, &may);
	if (st != GP_OK || !may)
		return st;
	st = gp_member_remove(a->site->store, m->id, a->err);
	if (st == GP_OK)
		st = gp_command_log(a, GP_VERB_REMOVE, m->address, "");
	gp_json_text(gp_said(a, "member_removed"), "address", m->address);
	return st == GP_OK ? gp_command_mail(a, "removed", m->name, m->address, NULL, NULL) : st;
}

static enum gp_status
set_member(struct asked *a, const struct gp_member *m, const char *option, const char *value)
{
	const struct gp_opt *opt = gp_opt_find(gp_member_options, gp_member_option_count, option);
	struct gp_err why = {GP_OK, ""};
	enum gp_status st;
	json_t *said;

	if (opt == NULL) {
		gp_said_unknown_option(a, option, gp_member_options, gp_member_option_count);
		return GP_OK;
	}
	st = gp_member_set(a->site->store, m->id, option, value, &why);
	if (st != GP_OK)
		return gp_said_bad_value(a, st, opt, &why);
	said = gp_said(a, "member_set");
	gp_json_text(said, "address", m->address);
	gp_json_text(said, "option", option);
	gp_json_text(said, "value", value);
	return gp_command_log(a, GP_VERB_MEMBER, m->address, gp_asprintf(a->ctx, "%s=%s", option, value));
}

enum gp_status
gp_do_member(struct asked *a, const char *args)
{
	struct gp_member *m;
	struct gp_str option;
	enum gp_status st = find_member(a, &args, &m);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	option = gp_command_word(&args);
	if (option.n == 0) {
		gp_said_member(a, m);
		return GP_OK;
	}
	if (gp_str_ieq(option, "role")) {
		gp_json_text(gp_said(a, "use_role"), "address", m->address);
		return GP_OK;
	}
	if (!gp_command_is_proven(a))
		return GP_OK;
	return set_member(a, m, gp_strndup(a->ctx, option.p, option.n), gp_command_option_text(a,
	    gp_strndup(a->ctx, option.p, option.n), args));
}

enum gp_status
gp_do_role(struct asked *a, const char *args)
{
	struct gp_member *m;
	enum gp_status st = find_member(a, &args, &m);
	char *role;
	bool may = true;

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	role = gp_utf8_fold(a->ctx, args, strlen(args));
	if (strcmp(role, "owner") != 0)
		st = gp_command_may_go(a, m, &may);
	return st == GP_OK && may ? set_member(a, m, "role", role) : st;
}

/* ---- invitations -------------------------------------------------------------------------------- */

/* Their yes is all that is needed: an owner has said theirs. */
static enum gp_status
invite(struct asked *a, const char *address, size_t *invited, size_t *there)
{
	static const char *const line = "subscribe";
	struct gp_member *m;
	enum gp_status st;

	st = gp_member_find(a->ctx, a->site->store, a->list->id, address, &m, a->err);
	if (st == GP_OK) {
		(*there)++;
		return GP_OK;
	}
	if (st != GP_E_NOTFOUND)
		return st;
	(*invited)++;
	st = gp_command_ask(a, "invite", address, &line, 1);
	return st == GP_OK ? gp_command_log(a, GP_VERB_INVITE, address, "") : st;
}

static enum gp_status
say_invited(struct asked *a, enum gp_status st, size_t invited, size_t there)
{
	json_t *said = gp_said(a, "invited");

	gp_json_int(said, "count", (int64_t)invited);
	gp_json_int(said, "there", (int64_t)there);
	return st;
}

enum gp_status
gp_do_invite(struct asked *a, const char *args)
{
	char *address = gp_command_address(a, args);
	size_t invited = 0, there = 0;
	enum gp_status st;

	if (address == NULL) {
		gp_json_text(gp_said(a, "no_address"), "address", args);
		return GP_OK;
	}
	st = invite(a, address, &invited, &there);
	return say_invited(a, st, invited, there);
}

/* Lines with addresses below, which are no commands; or behind the line, when it waited for a proof. */
enum gp_status
gp_do_import(struct asked *a, const char *args)
{
	size_t invited = 0, there = 0, n = 0;
	enum gp_status st = GP_OK;
	struct gp_addrs found;
	struct gp_buf b;

	gp_buf_init(&b, a->ctx, 1 << 20);
	gp_buf_puts(&b, "import ");
	gp_buf_puts(&b, args);
	for (; a->at < a->lines.n && strchr(a->lines.v[a->at], '@') != NULL; a->at++)
		gp_buf_printf(&b, "%s%s", n++ > 0 || *args != '\0' ? ", " : "", a->lines.v[a->at]);
	a->line = b.p;
	if (!gp_command_is_proven(a))
		return GP_OK;
	if (gp_addrs_parse(a->ctx, b.p + 7, b.len - 7, &found, NULL) != GP_OK || found.n == 0) {
		gp_json_text(gp_said(a, "no_address"), "address", args);
		return GP_OK;
	}
	for (n = 0; st == GP_OK && n < found.n && n < INVITED_AT_ONCE; n++)
		if (gp_addr_check(found.v[n].addr, NULL) == GP_OK)
			st = invite(a, found.v[n].addr, &invited, &there);
	return say_invited(a, st, invited, there);
}

/* ---- lists --------------------------------------------------------------------------------------- */

/* A name without a domain gets the domain of this list. */
static char *
list_address(struct asked *a, const char **args)
{
	struct gp_str word = gp_command_word(args);
	char *name = gp_strndup(a->ctx, word.p, word.n);

	return strchr(name, '@') != NULL ? name : gp_asprintf(a->ctx, "%s@%s", name, a->list->domain);
}

static enum gp_status
bad_list(struct asked *a, enum gp_status st, const char *address, const struct gp_err *why)
{
	json_t *said;

	if (st != GP_E_PARSE && st != GP_E_EXISTS) {
		*a->err = *why;
		return st;
	}
	said = gp_said(a, "bad_list");
	gp_json_text(said, "address", address);
	gp_json_bool(said, "taken", st == GP_E_EXISTS);
	return GP_OK;
}

/* The admin is asked, and says yes by an answer. */
static enum gp_status
ask_admin(struct asked *a, const char *address, const char *title)
{
	char *line = gp_asprintf(a->ctx, "create %s for %s %s", address, a->from, title);

	gp_json_text(gp_said(a, "create_asked"), "address", address);
	return gp_command_ask(a, "create", a->site->conf->admin, (const char *const *)&line, 1);
}

/* "for ADDRESS": what the admin agreed to. NULL: for whoever asks. */
static char *
made_for(struct asked *a, const char **args)
{
	const char *rest = *args;
	char *word, *address;

	if (!gp_str_ieq(gp_command_word(&rest), "for") ||
	    !gp_strieq(a->from, a->site->conf->admin))
		return NULL;
	address = take_address(a, &rest, &word);
	if (address != NULL)
		*args = rest;
	return address;
}

static enum gp_status
create(struct asked *a, const char *address, const char *owner, const char *title)
{
	struct gp_err why = {GP_OK, ""};
	struct gp_list *made;
	enum gp_status st = gp_list_create(a->ctx, a->site->store, address, &made, &why);
	int64_t id;

	if (st != GP_OK)
		return bad_list(a, st, address, &why);
	if (*title != '\0')
		st = gp_list_set(a->site->store, made, "title", title, a->err);
	if (st == GP_OK)
		st = gp_list_set(a->site->store, made, "language", a->language, a->err);
	if (st == GP_OK)
		st = gp_member_add(a->site->store, made->id, owner, gp_strieq(owner, a->from) ? a->name : "",
		    GP_ROLE_OWNER, GP_DELIVERY_EACH, gp_now(), &id, a->err);
	if (st != GP_OK)
		return st;
	gp_json_text(gp_said(a, "list_made"), "address", made->address);
	/* The answer, and what follows, is about the new list. */
	a->list = made;
	st = gp_command_log(a, GP_VERB_CREATE, made->address, owner);
	if (st == GP_OK && !gp_strieq(owner, a->from))
		st = gp_command_mail(a, "list-made", "", owner, NULL, NULL);
	return st;
}

enum gp_status
gp_do_create(struct asked *a, const char *args)
{
	char *address = list_address(a, &args), *owner;
	bool admin = a->site->conf->admin[0] != '\0' && gp_strieq(a->from, a->site->conf->admin);

	if (gp_addr_check(address, NULL) != GP_OK) {
		gp_json_text(gp_said(a, "no_address"), "address", address);
		return GP_OK;
	}
	if (!admin && a->site->conf->create == GP_CREATE_ADMIN) {
		gp_json_text(gp_said(a, "create_closed"), "address", address);
		return GP_OK;
	}
	if (!gp_command_is_proven(a))
		return GP_OK;
	if (!admin && a->site->conf->create == GP_CREATE_REQUEST)
		return ask_admin(a, address, args);
	owner = made_for(a, &args);
	return create(a, address, owner != NULL ? owner : a->from, args);
}
