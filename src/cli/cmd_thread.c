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
	int visible;	/* GP_VISIBLE_, or -1: as it is */
	int unnamed;	/* 0, 1, or -1: as it is */
};

static int
find_message(struct gp_cli *cli, const struct work *w, const char *key, struct gp_message **out)
{
	struct gp_err err;
	enum gp_status st;

	st = gp_message_find_key(cli, cli->site->store, w->list->id, key, out, &err);
	if (st == GP_E_NOTFOUND)
		gp_fail(&err, st, "%s has no message %s", w->list->address, key);
	return st == GP_OK ? -1 : gp_cli_fail(cli, &err);
}

static int
ls(struct gp_cli *cli, void *work, int argc, char **argv)
{
	static const char *const columns[] = {"last", "messages", "key", "title"};
	struct work *w = work;
	json_t *rows = gp_json_array(cli);
	struct gp_thread **threads;
	struct gp_err err;
	size_t i, n;

	(void)argc;
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
		gp_json_text(row, "mark", threads[i]->mark);
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
show(struct gp_cli *cli, void *work, int argc, char **argv)
{
	static const char *const columns[] = {"date", "key", "who"};
	struct work *w = work;
	json_t *rows = gp_json_array(cli);
	struct gp_node *nodes;
	struct gp_err err;
	int code = find_message(cli, w, argv[0], &w->message);
	size_t i, n;

	(void)argc;
	if (code >= 0)
		return code;
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

	return gp_thread_mark(cli->site->store, w->message->thread, w->mark, w->message->id,
	    GP_MARK_PERSON, err);
}

static enum gp_status
do_remove(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	struct gp_act_record act = {.list = w->list->id, .who = "command line",
	    .verb = gp_verb_names[GP_VERB_TAKE_DOWN], .what = w->message->key, .detail = "", .msgid = ""};
	enum gp_status st = gp_message_remove(cli->site->store, w->message->id, err);

	return st == GP_OK ? gp_act_add(cli->site->store, &act, err) : st;
}

static enum gp_status
do_veil(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	struct gp_act_record act = {.list = w->list->id, .who = "command line",
	    .verb = gp_verb_names[GP_VERB_VISIBLE], .what = w->message->title, .msgid = ""};
	struct gp_veil veil;
	enum gp_status st = gp_thread_veil(cli->site->store, w->message->thread, &veil, err);

	if (st != GP_OK)
		return st;
	veil.visible = w->visible >= 0 ? w->visible : veil.visible;
	veil.unnamed = w->unnamed >= 0 ? w->unnamed > 0 : veil.unnamed;
	act.detail = gp_asprintf(cli, "%s%s", gp_visible_names[veil.visible], veil.unnamed ? ", without names" : "");
	st = gp_thread_veil_set(cli->site->store, w->message->thread, &veil, err);
	return st == GP_OK ? gp_act_add(cli->site->store, &act, err) : st;
}

/* Find the message of the key and do something to its thread. */
static int
change(struct gp_cli *cli, struct work *w, const char *key,
    enum gp_status (*fn)(struct gp_cli *cli, void *arg, struct gp_err *err))
{
	int code = find_message(cli, w, key, &w->message);

	return code >= 0 ? code : gp_cli_transaction(cli, fn, w);
}

static int
split(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	return change(cli, work, argv[0], do_split);
}

static int
take_down(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	return change(cli, work, argv[0], do_remove);
}

static int
merge(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	int code = find_message(cli, w, argv[1], &w->other);

	(void)argc;
	return code >= 0 ? code : change(cli, w, argv[0], do_merge);
}

static int
solve(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;

	(void)argc;
	w->mark = "solved";
	return change(cli, w, argv[0], do_mark);
}

static int
mark(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;

	(void)argc;
	w->mark = strcmp(argv[1], "none") == 0 ? "" : argv[1];
	return change(cli, w, argv[0], do_mark);
}

static int
visible(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;

	(void)argc;
	w->unnamed = -1;
	for (w->visible = 0; gp_visible_names[w->visible] != NULL &&
	    strcmp(gp_visible_names[w->visible], argv[1]) != 0;)
		w->visible++;
	if (gp_visible_names[w->visible] == NULL)
		return gp_cli_usage(cli, "%s: list, members, then or none is wanted", argv[1]);
	return change(cli, w, argv[0], do_veil);
}

static int
unnamed(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;

	(void)argc;
	w->visible = -1;
	w->unnamed = strcmp(argv[1], "on") == 0;
	if (!w->unnamed && strcmp(argv[1], "off") != 0)
		return gp_cli_usage(cli, "%s: on or off is wanted", argv[1]);
	return change(cli, w, argv[0], do_veil);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const char key[] = "a list and the key of a message (as in its web address) are wanted",
	    keys[] = "a list and the keys of two messages (as in their web addresses) are wanted",
	    who[] = "a list, a key, and list, members, then or none are wanted",
	    names[] = "a list, a key, and on or off are wanted",
	    which[] = "a list, a key, and question, solved, story, practice or none are wanted";
	struct work w = {0};
	const struct gp_cli_verb verbs[] = {{"ls", ls, 1, "a list is wanted", &w.list},
	    {"show", show, 2, key, &w.list}, {"split", split, 2, key, &w.list},
	    {"remove", take_down, 2, key, &w.list},
	    {"merge", merge, 3, keys, &w.list}, {"solve", solve, 2, key, &w.list},
	    {"mark", mark, 3, which, &w.list}, {"visible", visible, 3, who, &w.list},
	    {"unnamed", unnamed, 3, names, &w.list}};
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);

	return code >= 0 ? code : gp_cli_verb(cli, argc, argv, verbs, GP_COUNT(verbs), &w);
}

const struct gp_cmd gp_cmd_thread = {
	.name = "thread",
	.usage = "ls LIST\nshow LIST KEY\nsplit LIST KEY\nmerge LIST KEY UNDER-KEY\nsolve LIST KEY\nremove LIST KEY\n"
	    "mark LIST KEY question|solved|story|practice|none\nvisible LIST KEY list|members|then|none\n"
	    "unnamed LIST KEY on|off",
	.summary = "Look at threads and put them right",
	.help = "KEY is that of any message, as in its web address. split begins a thread at the message;\n"
	    "merge puts its thread under another message; solve marks it as what answered. Such decisions\n"
	    "are kept apart from the mail: a rebuild repeats them. remove takes one message out of the archive, the\n"
	    "search, the queue and the digests to come, for good: its place in the thread says that it is gone.\n"
	    "visible says who finds the thread in the archive: all who may read that, members, those who were\n"
	    "members then, nobody (it is mailed all the same); unnamed shows it without names. The command line itself\n"
	    "sees everything: so do export, mirror and backup.\n",
	.run = run,
};
