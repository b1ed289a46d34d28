/* SPDX-License-Identifier: ISC */
/* guildpost member: who is on a list. */
#include "config.h"

#include "guildpost/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct work {
	struct gp_list *list;
	struct gp_member *member;
	const char *address, *name;
	int64_t id;		/* of the membership */
	char **pairs;
	int n;
	char *text;		/* import: lines */
	size_t added, there;
};

static enum gp_status
set_pair(struct gp_cli *cli, void *arg, const char *key, const char *value, struct gp_err *err)
{
	const struct work *w = arg;
	enum gp_status st;

	/* What was counted can only be forgotten. */
	if (strcmp(key, "bounce") == 0 && strcmp(value, "ok") != 0)
		return gp_fail(err, GP_E_PARSE, "bounce = %s: only ok can be set, which forgets what "
		    "came back", value);
	st = strcmp(key, "bounce") == 0 ? gp_bounces_clear(cli->site->store, w->id, err) :
	    gp_member_set(cli->site->store, w->id, key, value, err);

	return st == GP_OK ? gp_cli_log(cli, w->list, GP_VERB_MEMBER, w->address,
	    gp_asprintf(cli, "%s=%s", key, value), err) : st;
}

/* The options that were given, and the act into the log. */
static enum gp_status
finish(struct gp_cli *cli, struct work *w, enum gp_verb verb, struct gp_err *err)
{
	enum gp_status st = gp_cli_log(cli, w->list, verb, w->address, "", err);

	return st == GP_OK ? gp_cli_pairs(cli, w->pairs, w->n, set_pair, w, err) : st;
}

static enum gp_status
do_add(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	enum gp_status st;

	st = gp_member_add(cli->site->store, w->list->id, w->address, w->name != NULL ? w->name : "",
	    GP_ROLE_MEMBER, GP_DELIVERY_EACH, gp_now(), &w->id, err);
	return st == GP_OK ? finish(cli, w, GP_VERB_ADD, err) : st;
}

static enum gp_status
do_set(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	w->id = w->member->id;
	return gp_cli_pairs(cli, w->pairs, w->n, set_pair, w, err);
}

static enum gp_status
do_remove(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	enum gp_status st = gp_member_remove(cli->site->store, w->member->id, err);

	return st == GP_OK ? gp_cli_log(cli, w->list, GP_VERB_REMOVE, w->member->address, "", err) : st;
}

/* "Name <address>" or an address, one a line; # starts a remark. */
static enum gp_status
do_import(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	enum gp_status st;
	char *line, *next;
	size_t number = 0;

	for (line = w->text; line != NULL && *line != '\0'; line = next) {
		struct gp_addrs a;
		struct gp_str s;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		s = gp_str_trim(GP_STR(line));
		if (s.n == 0 || *s.p == '#')
			continue;
		st = gp_addrs_parse(cli, s.p, s.n, &a, err);
		if (st != GP_OK || a.n != 1)
			return gp_fail(err, GP_E_PARSE, "line %zu: \"%.*s\" is no address", number,
			    (int)s.n, s.p);
		st = gp_member_add(cli->site->store, w->list->id, a.v[0].addr, a.v[0].name,
		    GP_ROLE_MEMBER, GP_DELIVERY_EACH, gp_now(), &w->id, err);
		w->address = a.v[0].addr;
		if (st == GP_OK)
			st = finish(cli, w, GP_VERB_ADD, err);
		if (st != GP_OK && st != GP_E_EXISTS)
			return gp_err_prefix(err, "line %zu", number);
		w->added += st == GP_OK;
		w->there += st == GP_E_EXISTS;
	}
	return GP_OK;
}

static void
add_record(const struct gp_cli *cli, json_t *row, const struct gp_member *m)
{
	size_t i;

	gp_json_text(row, "address", m->address);
	for (i = 0; i < gp_member_option_count; i++)
		gp_json_text(row, gp_member_options[i].name,
		    gp_opt_get(cli, &gp_member_options[i], m));
	if (m->pause_to != 0) {
		gp_json_text(row, "pause_from", gp_time_iso(cli, m->pause_from));
		gp_json_text(row, "pause_to", gp_time_iso(cli, m->pause_to));
	}
	gp_json_text(row, "bounce", gp_bounce_state_names[m->bounces]);
	gp_json_int(row, "accepted", m->accepted);
	gp_json_int(row, "refused", m->refused);
	gp_json_text(row, "joined", gp_time_iso(cli, m->joined));
}

/* More of it, where there is more to say. */
static void
add_bounces(const struct gp_cli *cli, json_t *row, const struct gp_bounces *b)
{
	gp_json_text(row, "bounce_score", gp_asprintf(cli, "%lld.%02lld", (long long)b->score / 100,
	    (long long)b->score % 100));
	if (b->last != 0)
		gp_json_text(row, "bounce_last", gp_time_iso(cli, b->last));
	if (b->state != GP_BOUNCES_OK)
		gp_json_text(row, "bounce_since", gp_time_iso(cli, b->since));
	if (b->text[0] != '\0')
		gp_json_text(row, "bounce_text", b->text);
}

static int
find_member(struct gp_cli *cli, struct work *w, const char *address)
{
	struct gp_err err;
	enum gp_status st;

	st = gp_member_find(cli, cli->site->store, w->list->id, address, &w->member, &err);
	if (st == GP_E_NOTFOUND)
		gp_fail(&err, st, "%s is not on %s; guildpost member ls %s shows who is", address,
		    w->list->address, w->list->name);
	return st == GP_OK ? -1 : gp_cli_fail(cli, &err);
}

static int
add(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;

	w->address = argv[0];
	w->pairs = argv + 1;
	w->n = argc - 1;
	return gp_cli_transaction(cli, do_add, w);
}

static int
set(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	int code = find_member(cli, w, argv[0]);

	w->address = argv[0];
	w->pairs = argv + 1;
	w->n = argc - 1;
	return code >= 0 ? code : gp_cli_transaction(cli, do_set, w);
}

static int
show(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	json_t *row = gp_json_object(cli);
	int code = find_member(cli, w, argv[0]);
	struct gp_bounces *b;
	struct gp_err err;

	(void)argc;
	if (code >= 0)
		return code;
	add_record(cli, row, w->member);
	if (gp_bounces_get(cli, cli->site->store, w->member->id, &b, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	add_bounces(cli, row, b);
	gp_cli_print_one(cli, row);
	return EX_OK;
}

static int
ls(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	static const char *const columns[] = {"address", "role", "delivery", "bounce", "joined", "name"};
	json_t *rows = gp_json_array(cli);
	struct gp_member **members;
	struct gp_err err;
	size_t i, n;

	(void)argc;
	(void)argv;
	if (gp_member_all(cli, cli->site->store, w->list->id, -1, -1, &members, &n, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	for (i = 0; i < n; i++)
		add_record(cli, gp_json_push_object(rows), members[i]);
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static int
removal(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	int code = find_member(cli, w, argv[0]);

	(void)argc;
	return code >= 0 ? code : gp_cli_transaction(cli, do_remove, w);
}

static int
import(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	size_t n;
	int code = gp_cli_read_stdin(cli, &w->text, &n);

	w->pairs = argv;
	w->n = argc;
	if (code < 0)
		code = gp_cli_transaction(cli, do_import, w);
	if (code == EX_OK)
		printf("%zu added, %zu were there already\n", w->added, w->there);
	return code;
}

/* Lines that import takes. */
static int
export(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	struct gp_member **members;
	struct gp_err err;
	size_t i, n;

	(void)argc;
	(void)argv;
	if (gp_member_all(cli, cli->site->store, w->list->id, -1, -1, &members, &n, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	for (i = 0; i < n; i++)
		printf("%s\n", gp_addr_format(cli, members[i]->name, members[i]->address));
	return EX_OK;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const char a_list[] = "a list is wanted", both[] = "a list and an address are wanted";
	struct work w = {0};
	const struct gp_cli_verb verbs[] = {{"add", add, 2, both, &w.list},
	    {"set", set, 3, "a list, an address and KEY=VALUE are wanted", &w.list},
	    {"show", show, 2, both, &w.list}, {"ls", ls, 1, a_list, &w.list},
	    {"remove", removal, 2, both, &w.list}, {"import", import, 1, a_list, &w.list},
	    {"export", export, 1, a_list, &w.list}};
	const struct gp_cli_option options[] = {{"name", &w.name, NULL}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));

	return code >= 0 ? code : gp_cli_verb(cli, argc, argv, verbs, GP_COUNT(verbs), &w);
}

const struct gp_cmd gp_cmd_member = {
	.name = "member",
	.usage = "add LIST ADDRESS [--name NAME] [KEY=VALUE]...\nset LIST ADDRESS KEY=VALUE...\n"
	    "show LIST ADDRESS\nls LIST\nremove LIST ADDRESS\nimport LIST [KEY=VALUE]... < lines\n"
	    "export LIST",
	.summary = "Show and change who is on a list",
	.help = "KEY is name, role (member, moderator, owner), delivery (each, daily, weekly, monthly,\n"
	    "none), language, timezone, own_copy (list, yes, no), duplicates, attachments (a size from\n"
	    "which they come as links), hidden, reminders or posting (list, trusted, held, none); bounce=ok forgets that mail came back.\n"
	    "import reads an address or \"Name <address>\" from each line, or adds none at all.\n",
	.run = run,
};
