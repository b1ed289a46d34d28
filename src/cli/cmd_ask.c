/* SPDX-License-Identifier: ISC */
/* guildpost ask: what moderators and owners can ask for by mail, said at the command line. */
#include "config.h"

#include "guildpost/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct work {
	struct gp_list *list;
	char **lines;
	size_t n;
	char *answer;
};

static enum gp_status
ask(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_command_console(cli, cli->site, w->list, w->lines, w->n, &w->answer, err);
}

static char *
joined(const void *ctx, int argc, char **argv)
{
	char *line = gp_strdup(ctx, argv[0]);
	int i;

	for (i = 1; i < argc; i++)
		line = gp_asprintf(ctx, "%s %s", line, argv[i]);
	return line;
}

/* A text belongs to its line; addresses stand one a line. */
static void
add_input(struct gp_cli *cli, struct work *w, const char *command, const char *input)
{
	struct gp_str line;

	if (strcmp(command, "put") == 0) {
		w->lines[0] = gp_asprintf(cli, "%s\n%s", w->lines[0], input);
		return;
	}
	w->lines = talloc_realloc(cli, w->lines, char *, (unsigned)(2 + strlen(input)));
	while (gp_str_next_line(&input, &line))
		w->lines[w->n++] = gp_strndup(cli, line.p, line.n);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	struct work w = {.n = 1};
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);
	const char *name;
	char *input;
	size_t n;

	if (code >= 0)
		return code;
	if (argc < 2)
		return gp_cli_usage(cli, "a list and a command are wanted");
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = gp_cli_list(cli, argv[1], &w.list);
	if (code >= 0)
		return code;
	w.lines = gp_array(cli, char *, 1);
	w.lines[0] = joined(cli, argc - 1, argv + 2);
	w.lines[0] = gp_utf8_clean(cli, w.lines[0], strlen(w.lines[0]));
	name = gp_command_called(cli->site, w.lines[0]);
	if (strcmp(name, "put") == 0 || strcmp(name, "import") == 0) {
		code = gp_cli_read_stdin(cli, &input, &n);
		if (code >= 0)
			return code;
		add_input(cli, &w, name, gp_utf8_clean(cli, input, n));
	}
	code = gp_cli_transaction(cli, ask, &w);
	if (code == EX_OK)
		fputs(w.answer, stdout);
	return code;
}

const struct gp_cmd gp_cmd_ask = {
	.name = "ask",
	.usage = "LIST COMMAND [ARGUMENT]...\nLIST put NAME < text\nLIST import < addresses",
	.summary = "Ask a list for what its moderators and owners ask by mail",
	.help = "bans, trust, invitations, texts and their versions, closed threads ...: every command of\n"
	    "guildpost-moderator(7) and guildpost-owner(7) but queue, in the words of any language. It\n"
	    "is done at once, and what would be answered by mail is printed.\n",
	.run = run,
};
