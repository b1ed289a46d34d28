/* SPDX-License-Identifier: ISC */
/* guildpost list: make lists, set and show what they do. */
#include "config.h"

#include "guildpost/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct work {
	struct gp_list *list;
	const char *address;
	char **pairs;		/* KEY=VALUE ... */
	int n;
};

static enum gp_status
set_pair(struct gp_cli *cli, void *arg, const char *key, const char *value, struct gp_err *err)
{
	const struct work *w = arg;
	enum gp_status st = gp_list_set(cli->site->store, w->list, key, value, err);

	return st == GP_OK ? gp_cli_log(cli, w->list, GP_VERB_CONFIGURE, key, value, err) : st;
}

static enum gp_status
do_set(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_cli_pairs(cli, w->pairs, w->n, set_pair, w, err);
}

static enum gp_status
do_create(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	enum gp_status st = gp_list_create(cli, cli->site->store, w->address, &w->list, err);

	if (st == GP_OK)
		st = gp_cli_log(cli, w->list, GP_VERB_CREATE, w->list->address, "", err);
	return st == GP_OK ? do_set(cli, w, err) : st;
}

static enum gp_status
do_rename(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	char *before = gp_strdup(cli, w->list->address);
	enum gp_status st = gp_list_rename(cli->site->store, w->list, w->address, err);

	return st == GP_OK ? gp_cli_log(cli, w->list, GP_VERB_RENAME, w->address, before, err) : st;
}

static enum gp_status
do_delete(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_list_delete(cli->site->store, w->list->id, err);
}

/* A name without a domain gets the site's. */
static const char *
full_address(struct gp_cli *cli, const char *name)
{
	return strchr(name, '@') != NULL ? name :
	    gp_asprintf(cli, "%s@%s", name, cli->conf->domain);
}

static int
create(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	int code;

	w->address = full_address(cli, argv[0]);
	w->pairs = argv + 1;
	w->n = argc - 1;
	code = gp_cli_transaction(cli, do_create, w);
	if (code == EX_OK)
		printf("made %s\nnext: guildpost member add %s ADDRESS role=owner\n",
		    w->list->address, w->list->name);
	return code;
}

static int
set(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;

	w->pairs = argv;
	w->n = argc;
	return gp_cli_transaction(cli, do_set, w);
}

static int
show(struct gp_cli *cli, void *work, int argc, char **argv)
{
	static const char *const columns[] = {"key", "value", "default", "meaning"};
	const struct work *w = work;
	json_t *rows = gp_json_array(cli);
	size_t i;

	(void)argc;
	(void)argv;
	for (i = 0; i < gp_list_option_count; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "key", gp_list_options[i].name);
		gp_json_text(row, "value", gp_opt_get(cli, &gp_list_options[i], &w->list->set));
		gp_json_text(row, "default", gp_list_options[i].def);
		gp_json_text(row, "meaning", gp_list_options[i].help);
	}
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static int
ls(struct gp_cli *cli, void *work, int argc, char **argv)
{
	static const char *const columns[] = {"address", "members", "messages", "title"};
	json_t *rows = gp_json_array(cli);
	struct gp_list_stats stats;
	struct gp_list **lists;
	enum gp_status st;
	struct gp_err err;
	int64_t members;
	size_t i, n;

	(void)work;
	(void)argc;
	(void)argv;
	st = gp_list_all(cli, cli->site->store, &lists, &n, &err);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		st = gp_list_stats(cli->site->store, lists[i]->id, gp_now(), &stats, &err);
		if (st == GP_OK)
			st = gp_member_count(cli->site->store, lists[i]->id, &members, &err);
		if (st != GP_OK)
			break;
		gp_json_text(row, "address", lists[i]->address);
		gp_json_int(row, "members", members);
		gp_json_int(row, "messages", stats.messages);
		gp_json_text(row, "title", lists[i]->set.title);
	}
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static int
show_log(struct gp_cli *cli, void *work, int argc, char **argv)
{
	static const char *const columns[] = {"time", "who", "verb", "what", "detail", "msgid"};
	const struct work *w = work;
	json_t *rows = gp_json_array(cli);
	struct gp_act_record **acts;
	struct gp_err err;
	int64_t limit = 100;
	size_t i, n;

	if (argc > 0 && !gp_parse_int(argv[0], 1, 1000000, &limit))
		return gp_cli_usage(cli, "%s is not a number of entries", argv[0]);
	if (gp_act_all(cli, cli->site->store, w->list->id, 0, (size_t)limit, &acts, &n, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	for (i = 0; i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "time", gp_time_iso(cli, acts[i]->time));
		gp_json_text(row, "who", acts[i]->who);
		gp_json_text(row, "verb", acts[i]->verb);
		gp_json_text(row, "what", acts[i]->what);
		gp_json_text(row, "detail", acts[i]->detail);
		gp_json_text(row, "msgid", acts[i]->msgid);
	}
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static int
renaming(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;

	(void)argc;
	w->address = full_address(cli, argv[0]);
	return gp_cli_transaction(cli, do_rename, w);
}

static int
deletion(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return gp_cli_transaction(cli, do_delete, work);
}

static int
closing(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	char *closed = gp_strdup(cli, "closed=yes");

	(void)argc;
	(void)argv;
	w->pairs = &closed;
	w->n = 1;
	return gp_cli_transaction(cli, do_set, w);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const char a_list[] = "a list is wanted";
	struct work w = {0};
	const struct gp_cli_verb verbs[] = {{"create", create, 1, "the address is wanted", NULL},
	    {"set", set, 2, "a list and KEY=VALUE are wanted", &w.list},
	    {"show", show, 1, a_list, &w.list}, {"ls", ls, 0, "", NULL},
	    {"log", show_log, 1, a_list, &w.list},
	    {"rename", renaming, 2, "a list and its new address are wanted", &w.list},
	    {"delete", deletion, 1, a_list, &w.list}, {"close", closing, 1, a_list, &w.list}};
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);

	return code >= 0 ? code : gp_cli_verb(cli, argc, argv, verbs, GP_COUNT(verbs), &w);
}

const struct gp_cmd gp_cmd_list = {
	.name = "list",
	.usage = "create ADDRESS [KEY=VALUE]...\nset LIST KEY=VALUE...\nshow LIST\nls\n"
	    "rename LIST ADDRESS\nclose LIST\ndelete LIST\n"
	    "log LIST [NUMBER]",
	.summary = "Make lists, set and show what they do",
	.help = "show prints every key with its value, its default and its meaning. delete takes the archive\n"
	    "and the members along; close keeps them and refuses new posts. log shows who did what,\n"
	    "when, and by which mail, the newest first.\n",
	.run = run,
};
