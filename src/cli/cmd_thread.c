/* SPDX-License-Identifier: ISC */
/* guildpost thread: look at threads and put them right. */
#include "config.h"

#include "guildpost/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct work {
	struct gp_list *list;
	struct gp_message *message, *other;
	const char *mark;
};

static int
find_message(struct gp_cli *cli, const struct work *w, const char *key, struct gp_message **out)
{
	struct gp_err err;
	enum gp_status st;

	if (key == NULL)
		return gp_cli_usage(cli, "the key of a message is wanted (as in its web address)");
	st = gp_message_find_key(cli, cli->site->store, w->list->id, key, out, &err);
	if (st == GP_E_NOTFOUND)
		gp_fail(&err, st, "%s has no message %s", w->list->address, key);
	return st == GP_OK ? -1 : gp_cli_fail(cli, &err);
}

static int
ls(struct gp_cli *cli, struct work *w, char **argv)
{
	static const char *const columns[] = {"last", "messages", "key", "title"};
	json_t *rows = gp_json_array(cli);
	struct gp_thread **threads;
	struct gp_err err;
	size_t i, n;

	(void)argv;
	if (gp_thread_newest(cli, cli->site->store, w->list->id, 0, 0, 100, &threads, &n, &err) !=
	    GP_OK)
		return gp_cli_fail(cli, &err);
	for (i = 0; i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "key", threads[i]->key);
		gp_json_text(row, "last", gp_time_iso(cli, threads[i]->last));
		gp_json_int(row, "messages", threads[i]->messages);
		gp_json_int(row, "people", threads[i]->people);
		gp_json_text(row, "title", threads[i]->title);
	}
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static int
depth_of(const struct gp_node *nodes, size_t n, size_t at)
{
	int depth = 0;
	size_t i = at, k;

	while (nodes[i].parent != 0 && depth < 1000) {
		for (k = 0; k < n && nodes[k].id != nodes[i].parent;)
			k++;
		if (k == n)
			break;
		i = k;
		depth++;
	}
	return depth;
}

static int
show(struct gp_cli *cli, struct work *w, char **argv)
{
	static const char *const columns[] = {"date", "key", "who"};
	json_t *rows = gp_json_array(cli);
	struct gp_node *nodes;
	struct gp_err err;
	size_t i, n;

	(void)argv;
	if (gp_thread_nodes(cli, cli->site->store, w->message->thread, &nodes, &n, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	for (i = 0; i < n; i++) {
		const struct gp_message *m = nodes[i].msg;
		json_t *row = gp_json_push_object(rows);
		int depth = depth_of(nodes, n, i);

		gp_json_int(row, "depth", depth);
		gp_json_bool(row, "archived", m != NULL);
		if (m == NULL) {
			gp_json_text(row, "who", gp_asprintf(cli, "%*s(not in the archive)", depth * 2, ""));
			continue;
		}
		gp_json_text(row, "date", gp_time_iso(cli, m->date));
		gp_json_text(row, "key", m->key);
		gp_json_text(row, "who", gp_asprintf(cli, "%*s%s", cli->json ? 0 : depth * 2, "",
		    m->from_name[0] != '\0' ? m->from_name : m->from_addr));
		gp_json_text(row, "subject", m->subject);
	}
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static enum gp_status
do_split(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_thread_split(cli->site->store, w->list, w->message->id, err);
}

static enum gp_status
do_merge(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_thread_join(cli->site->store, w->list, w->message->thread, w->other->id, err);
}

static enum gp_status
do_mark(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_thread_mark(cli->site->store, w->message->thread, w->mark, w->message->id, err);
}

static int
split(struct gp_cli *cli, struct work *w, char **argv)
{
	(void)argv;
	return gp_cli_transaction(cli, do_split, w);
}

static int
merge(struct gp_cli *cli, struct work *w, char **argv)
{
	int code = find_message(cli, w, argv[1], &w->other);

	return code >= 0 ? code : gp_cli_transaction(cli, do_merge, w);
}

static int
solve(struct gp_cli *cli, struct work *w, char **argv)
{
	(void)argv;
	w->mark = "solved";
	return gp_cli_transaction(cli, do_mark, w);
}

static int
mark(struct gp_cli *cli, struct work *w, char **argv)
{
	if (argv[1] == NULL)
		return gp_cli_usage(cli, "question, solved, story, practice or none is wanted");
	w->mark = strcmp(argv[1], "none") == 0 ? "" : argv[1];
	return gp_cli_transaction(cli, do_mark, w);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(struct gp_cli *cli, struct work *w, char **argv);
	} verbs[] = {{"ls", ls}, {"show", show}, {"split", split}, {"merge", merge}, {"solve", solve},
	    {"mark", mark}};
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);
	struct work w = {0};
	size_t i;

	if (code >= 0)
		return code;
	for (i = 0; argc > 0 && i < GP_COUNT(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (argc < 2)
			return gp_cli_usage(cli, "%s: a list is wanted", verbs[i].name);
		code = gp_cli_open(cli, GP_STORE_TOOL);
		if (code < 0)
			code = gp_cli_list(cli, argv[2], &w.list);
		if (code < 0 && verbs[i].fn != ls)
			code = find_message(cli, &w, argv[3], &w.message);
		return code >= 0 ? code : verbs[i].fn(cli, &w, argv + 3);
	}
	return gp_cli_usage(cli, "ls, show, split, merge, solve or mark is wanted");
}

const struct gp_cmd gp_cmd_thread = {
	.name = "thread",
	.usage = "ls LIST\nshow LIST KEY\nsplit LIST KEY\nmerge LIST KEY UNDER-KEY\nsolve LIST KEY\n"
	    "mark LIST KEY question|solved|story|practice|none",
	.summary = "Look at threads and put them right",
	.help = "KEY is that of any message, as in its web address. split begins a thread at the message;\n"
	    "merge puts its thread under another message; solve marks it as what answered. Such decisions\n"
	    "are kept apart from the mail: a rebuild repeats them.\n",
	.run = run,
};
