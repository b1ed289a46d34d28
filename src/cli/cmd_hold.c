/* SPDX-License-Identifier: ISC */
/* guildpost hold: posts, and requests to join, that wait for a moderator. */
#include "config.h"

#include "guildpost/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct work {
	struct gp_list *list;
	struct gp_hold *hold;
	bool all;
	int state;
	const char *reason;
	const char *word, *rest;	/* of a moderator */
	struct gp_outcome outcome;
};

static void
add_record(const struct gp_cli *cli, json_t *row, const struct gp_hold *h)
{
	gp_json_int(row, "id", h->id);
	gp_json_text(row, "kind", h->kind == GP_HOLD_JOIN ? "join" : "post");
	gp_json_text(row, "state", gp_hold_state_names[h->state]);
	gp_json_text(row, "from", gp_hold_who(h));
	gp_json_text(row, "subject", h->subject);
	gp_json_text(row, "rule", h->rule);
	gp_json_text(row, "reason", h->reason);
	gp_json_text(row, "created", gp_time_iso(cli, h->created));
	gp_json_int(row, "size", h->size);
	if (h->state == GP_HOLD_WAITING) {
		gp_json_text(row, "expires", gp_time_iso(cli, h->expires));
		gp_json_text(row, "at_end", h->at_end == GP_END_ACCEPT ? "accept" :
		    h->at_end == GP_END_DISCARD ? "discard" : "return");
		gp_json_int(row, "approvals", h->approvals);
		if (h->claimed_by[0] != '\0')
			gp_json_text(row, "claimed_by", h->claimed_by);
	} else {
		gp_json_text(row, "decided_by", h->decided_by);
		gp_json_text(row, "decision_reason", h->decision_reason);
	}
}

static int
ls(struct gp_cli *cli, void *work, int argc, char **argv)
{
	static const char *const columns[] = {"id", "state", "created", "from", "subject", "rule"};
	const struct work *w = work;
	json_t *rows = gp_json_array(cli);
	struct gp_hold **holds;
	struct gp_err err;
	size_t i, n;

	(void)argc;
	(void)argv;
	if (gp_hold_all(cli, cli->site->store, w->list->id, w->all ? -1 : GP_HOLD_WAITING, &holds, &n,
	    &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	for (i = 0; i < n; i++)
		add_record(cli, gp_json_push_object(rows), holds[i]);
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static int
find_hold(struct gp_cli *cli, struct work *w, const char *text)
{
	struct gp_err err;
	enum gp_status st;
	int64_t id;

	if (!gp_cli_id(text, &id))
		return gp_cli_usage(cli, "the number of a hold is wanted; hold ls shows them");
	st = gp_hold_find(cli, cli->site->store, id, &w->hold, &err);
	if (st == GP_E_NOTFOUND || (st == GP_OK && w->hold->list != w->list->id))
		st = gp_fail(&err, GP_E_NOTFOUND, "%s has no hold %s", w->list->address, text);
	return st == GP_OK ? -1 : gp_cli_fail(cli, &err);
}

static enum gp_status
add_votes(struct gp_cli *cli, json_t *row, int64_t id, struct gp_err *err)
{
	json_t *rows = gp_json_new_array(row, "votes"), *one;
	struct gp_vote *votes;
	enum gp_status st;
	size_t i, n;

	st = gp_hold_votes(cli, cli->site->store, id, &votes, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		one = gp_json_push_object(rows);
		gp_json_text(one, "by", votes[i].who);
		gp_json_text(one, "vote", votes[i].approves ? "ok" : "no");
		gp_json_text(one, "reason", votes[i].reason);
		gp_json_text(one, "time", gp_time_iso(cli, votes[i].time));
	}
	return st;
}

/* The record, an empty line, the message as it came. */
static int
show(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	json_t *row = gp_json_object(cli);
	int code = find_hold(cli, w, argv[0]);
	struct gp_str wire;
	struct gp_err err;
	char *raw;
	size_t n;

	(void)argc;
	if (code >= 0)
		return code;
	add_record(cli, row, w->hold);
	if (add_votes(cli, row, w->hold->id, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	if (gp_hold_raw(cli, cli->site->store, w->hold->id, &raw, &n, &wire, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	if (cli->json)
		gp_json_textn(row, "message", raw, n);
	gp_cli_print_one(cli, row);
	if (!cli->json) {
		printf("\n");
		fwrite(raw, 1, n, stdout);
	}
	return EX_OK;
}

static enum gp_status
do_verdict(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_hold_verdict(cli, cli->site, w->list, w->hold, w->state, "command line",
	    w->reason != NULL ? w->reason : "", &w->outcome, err);
}

static int
decide(struct gp_cli *cli, struct work *w, const char *number, int state)
{
	int code = find_hold(cli, w, number);

	w->state = state;
	if (code < 0)
		code = gp_cli_transaction(cli, do_verdict, w);
	if (code == EX_OK)
		printf("%s\n", w->outcome.text);
	return code;
}

static enum gp_status
do_say(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_hold_console(cli, cli->site, w->list, w->hold, w->word, w->rest, &w->outcome, err);
}

/* What moderators can say besides, by its English word. */
static int
say(struct gp_cli *cli, struct work *w, const char *number, const char *word, const char *rest)
{
	int code = find_hold(cli, w, number);

	w->word = word;
	w->rest = rest != NULL ? rest : "";
	if (code < 0)
		code = gp_cli_transaction(cli, do_say, w);
	if (code == EX_OK)
		printf("%s\n", w->outcome.text);
	return code;
}

static int
approve(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	return decide(cli, work, argv[0], GP_HOLD_APPROVED);
}

static int
reject(struct gp_cli *cli, void *work, int argc, char **argv)
{
	const struct work *w = work;

	(void)argc;
	return say(cli, work, argv[0], "no", w->reason);
}

static int
discard(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	return decide(cli, work, argv[0], GP_HOLD_DISCARDED);
}

static int
trust(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	return say(cli, work, argv[0], "trust", NULL);
}

static int
ban(struct gp_cli *cli, void *work, int argc, char **argv)
{
	const struct work *w = work;

	(void)argc;
	return say(cli, work, argv[0], "ban", w->reason);
}

static int
move(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	return say(cli, work, argv[0], "move", argv[1]);
}

static int
edit(struct gp_cli *cli, void *work, int argc, char **argv)
{
	char *text, *clean;
	size_t n;
	int code = gp_cli_read_stdin(cli, &text, &n);

	(void)argc;
	if (code >= 0)
		return code;
	clean = gp_utf8_clean(cli, text, n);
	return say(cli, work, argv[0], "edit", clean);
}

static int
note(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	return say(cli, work, argv[0], "note:", argv[1]);
}

static int
claim(struct gp_cli *cli, void *work, int argc, char **argv)
{
	(void)argc;
	return say(cli, work, argv[0], "wait", NULL);
}

/* A message of the list by its number or key. */
static enum gp_status
find_message(struct gp_cli *cli, const struct work *w, const char *text, struct gp_message **out, struct gp_err *err)
{
	enum gp_status st;
	int64_t id;

	st = gp_cli_id(text, &id) ? gp_message_find_id(cli, cli->site->store, id, out, err) :
	    gp_message_find_key(cli, cli->site->store, w->list->id, text, out, err);
	if (st == GP_E_NOTFOUND || (st == GP_OK && (*out)->list != w->list->id))
		return gp_fail(err, GP_E_NOTFOUND, "%s has no message %s", w->list->address, text);
	return st;
}

/* Who wrote it without a name, if the list seals that; never without an entry in the log of acts. */
static enum gp_status
do_unseal(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	struct gp_message *m;
	struct gp_act_record act = {.list = w->list->id, .who = "command line",
	    .verb = gp_verb_names[GP_VERB_UNSEAL], .detail = w->reason != NULL ? w->reason : ""};
	enum gp_status st = find_message(cli, w, w->word, &m, err);

	if (st != GP_OK)
		return st;
	st = gp_anon_unseal(cli, cli->site->store, m->id, &w->outcome.text, err);
	if (st == GP_E_NOTFOUND)
		return gp_fail(err, st, "who wrote message %s is not kept here", w->word);
	act.what = m->key;
	return st == GP_OK ? gp_act_add(cli->site->store, &act, err) : st;
}

static int
unseal(struct gp_cli *cli, void *work, int argc, char **argv)
{
	struct work *w = work;
	int code;

	(void)argc;
	w->word = argv[0];
	code = gp_cli_transaction(cli, do_unseal, w);
	if (code == EX_OK)
		printf("%s\n", w->outcome.text);
	return code;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const char both[] = "a list and the number of a hold are wanted; hold ls shows them";
	struct work w = {0};
	const struct gp_cli_verb verbs[] = {{"ls", ls, 1, "a list is wanted", &w.list},
	    {"show", show, 2, both, &w.list}, {"approve", approve, 2, both, &w.list},
	    {"reject", reject, 2, both, &w.list}, {"discard", discard, 2, both, &w.list},
	    {"trust", trust, 2, both, &w.list}, {"ban", ban, 2, both, &w.list},
	    {"move", move, 3, "a list, the number of a hold and another list are wanted", &w.list},
	    {"note", note, 3, "a list, the number of a hold and a content note are wanted", &w.list},
	    {"edit", edit, 2, both, &w.list}, {"claim", claim, 2, both, &w.list},
	    {"unseal", unseal, 2, "a list and the number or key of a message are wanted", &w.list}};
	const struct gp_cli_option options[] = {{"reason", &w.reason, NULL},
	    {"all", NULL, &w.all}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));

	return code >= 0 ? code : gp_cli_verb(cli, argc, argv, verbs, GP_COUNT(verbs), &w);
}

const struct gp_cmd gp_cmd_hold = {
	.name = "hold",
	.usage = "ls LIST [--all]\nshow LIST ID\napprove LIST ID\ntrust LIST ID\n"
	    "reject LIST ID [--reason TEXT|NUMBER]\ndiscard LIST ID [--reason TEXT]\n"
	    "ban LIST ID [--reason TEXT]\nmove LIST ID OTHER-LIST\nedit LIST ID < text\n"
	    "note LIST ID TEXT\nclaim LIST ID\n"
	    "unseal LIST MESSAGE [--reason TEXT]",
	.summary = "Show and decide what waits for a moderator",
	.help = "approve archives and delivers (or lets someone join), trust does so and lets its author through\n"
	    "from now on; reject tells the author the reason, or the list's of that number; discard tells\n"
	    "nobody, ban does so and keeps its author out; move takes it to another list; edit sends the text\n"
	    "on standard input in its place; note lets it through with that content note in its subject; claim tells\n"
	    "the others that it is looked at. What is said here counts at once, however many moderators the list wants\n"
	    "to agree; they are told.\n"
	    "unseal says who wrote a message without a name, where the list keeps that (anon_identity = sealed); the\n"
	    "log of acts then says that it was looked up, and the reason.\n"
	    "ls --all shows those that were decided or thrown away in the last month, too.\n",
	.run = run,
};
