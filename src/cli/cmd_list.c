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
apply_pairs(struct gp_cli *cli, struct work *w, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	int i;

	for (i = 0; st == GP_OK && i < w->n; i++) {
		char *key = gp_strdup(cli, w->pairs[i]), *equals = strchr(key, '=');

		if (equals == NULL)
			return gp_fail(err, GP_E_USAGE, "%s: KEY=VALUE is wanted", key);
		*equals = '\0';
		st = gp_list_set(cli->site->store, w->list, key, equals + 1, err);
		if (st == GP_E_NOTFOUND)
			st = err->code = GP_E_USAGE;	/* not the list: the key is unknown */
	}
	return st;
}

static enum gp_status
do_create(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	enum gp_status st = gp_list_create(cli, cli->site->store, w->address, &w->list, err);

	return st == GP_OK ? apply_pairs(cli, w, err) : st;
}

static enum gp_status
do_set(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	return apply_pairs(cli, arg, err);
}

static enum gp_status
do_rename(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_list_rename(cli->site->store, w->list, w->address, err);
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
create(struct gp_cli *cli, int argc, char **argv)
{
	struct work w = {NULL, full_address(cli, argv[1]), argv + 2, argc - 1};
	int code = gp_cli_transaction(cli, do_create, &w);

	if (code == EX_OK)
		printf("made %s\nnext: guildpost member add %s ADDRESS role=owner\n", w.list->address,
		    w.list->name);
	return code;
}

static int
set(struct gp_cli *cli, int argc, char **argv)
{
	struct work w = {NULL, NULL, argv + 2, argc - 1};
	int code = gp_cli_list(cli, argv[1], &w.list);

	if (code < 0 && w.n == 0)
		code = gp_cli_usage(cli, "KEY=VALUE is wanted");
	return code >= 0 ? code : gp_cli_transaction(cli, do_set, &w);
}

static int
show(struct gp_cli *cli, int argc, char **argv)
{
	static const char *const columns[] = {"key", "value", "default", "meaning"};
	json_t *rows = gp_json_array(cli);
	struct gp_list *list;
	int code = gp_cli_list(cli, argv[1], &list);
	size_t i;

	(void)argc;
	for (i = 0; code < 0 && i < gp_list_option_count; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "key", gp_list_options[i].name);
		gp_json_text(row, "value", gp_opt_get(cli, &gp_list_options[i], &list->set));
		gp_json_text(row, "default", gp_list_options[i].def);
		gp_json_text(row, "meaning", gp_list_options[i].help);
	}
	if (code >= 0)
		return code;
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static int
ls(struct gp_cli *cli, int argc, char **argv)
{
	static const char *const columns[] = {"address", "members", "messages", "title"};
	json_t *rows = gp_json_array(cli);
	struct gp_list_stats stats;
	struct gp_list **lists;
	enum gp_status st;
	struct gp_err err;
	int64_t members;
	size_t i, n;

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
change(struct gp_cli *cli, int argc, char **argv)
{
	struct work w = {0};
	int code = gp_cli_list(cli, argv[1], &w.list);
	char *closed = gp_strdup(cli, "closed=yes");

	if (code >= 0)
		return code;
	if (strcmp(argv[0], "rename") == 0) {
		if (argc != 2)
			return gp_cli_usage(cli, "the new address is wanted");
		w.address = full_address(cli, argv[2]);
		return gp_cli_transaction(cli, do_rename, &w);
	}
	if (strcmp(argv[0], "delete") == 0)
		return gp_cli_transaction(cli, do_delete, &w);
	w.pairs = &closed;
	w.n = 1;
	return gp_cli_transaction(cli, do_set, &w);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int least;
		int (*fn)(struct gp_cli *cli, int argc, char **argv);
	} verbs[] = {{"create", 1, create}, {"set", 1, set}, {"show", 1, show}, {"ls", 0, ls},
	    {"rename", 1, change}, {"delete", 1, change}, {"close", 1, change}};
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);
	size_t i;

	if (code >= 0)
		return code;
	for (i = 0; argc > 0 && i < GP_COUNT(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (argc - 1 < verbs[i].least)
			return gp_cli_usage(cli, "%s: a list is wanted", verbs[i].name);
		code = gp_cli_open(cli, GP_STORE_TOOL);
		return code >= 0 ? code : verbs[i].fn(cli, argc - 1, argv + 1);
	}
	return gp_cli_usage(cli, "create, set, show, ls, rename, delete or close is wanted");
}

const struct gp_cmd gp_cmd_list = {
	.name = "list",
	.usage = "create ADDRESS [KEY=VALUE]...\nset LIST KEY=VALUE...\nshow LIST\nls\n"
	    "rename LIST ADDRESS\nclose LIST\ndelete LIST",
	.summary = "Make lists, set and show what they do",
	.help = "show prints every key with its value, its default and its meaning. delete takes the archive\n"
	    "and the members along; close keeps them and refuses new posts.\n",
	.run = run,
};
