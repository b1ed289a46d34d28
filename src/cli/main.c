/* SPDX-License-Identifier: ISC */
/* The table of commands, and the way to them. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/serve.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct gp_cmd *const commands[] = {
	&gp_cmd_init, &gp_cmd_serve, &gp_cmd_receive, &gp_cmd_explain, &gp_cmd_list, &gp_cmd_member,
	&gp_cmd_hold, &gp_cmd_ask, &gp_cmd_import, &gp_cmd_export, &gp_cmd_digest, &gp_cmd_search,
	&gp_cmd_thread, &gp_cmd_queue, &gp_cmd_check, &gp_cmd_status, &gp_cmd_rebuild,
	&gp_cmd_backup,
};

static void
print_help(FILE *f)
{
	size_t i;

	fprintf(f, "Usage: guildpost [-c FILE] COMMAND ...\n\n"
	    "An email list and digest server for communities of practice.\n\n");
	for (i = 0; i < GP_COUNT(commands); i++)
		fprintf(f, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(f, "\nguildpost COMMAND --help says more. The config file is the one given with -c,\n"
	    "else $GUILDPOST_CONFIG, ./guildpost.conf, /etc/guildpost/guildpost.conf.\n");
}

static const struct gp_cmd *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < GP_COUNT(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int
unknown_command(const char *name)
{
	const char *names[GP_COUNT(commands)], *near;
	size_t i;

	for (i = 0; i < GP_COUNT(commands); i++)
		names[i] = commands[i]->name;
	near = gp_nearest(name, names, GP_COUNT(names));
	fprintf(stderr, "guildpost: there is no command %s", name);
	if (near != NULL)
		fprintf(stderr, "; %s is meant, perhaps", near);
	fprintf(stderr, "\nguildpost --help lists them\n");
	return EX_USAGE;
}

/* --role is how the server starts its own processes; people don't use it. */
static int
run_role(int argc, char **argv)
{
	return gp_role_run(argv[2], argc > 3 ? argv[3] : NULL);
}

int
main(int argc, char **argv)
{
	struct gp_cli *cli;
	int at = 1, code;

	if (argc >= 3 && strcmp(argv[1], "--role") == 0)
		return run_role(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	gp_log_init("guildpost", GP_LOG_INFO);
	cli = gp_new(NULL, struct gp_cli);
	if (argc > 2 && strcmp(argv[1], "-c") == 0) {
		cli->config = argv[2];
		at = 3;
	}
	if (at >= argc || strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "help") == 0) {
		print_help(at >= argc ? stderr : stdout);
		code = at >= argc ? EX_USAGE : EX_OK;
	} else if (strcmp(argv[at], "--version") == 0) {
		printf("guildpost %s\n", GP_VERSION);
		code = EX_OK;
	} else if ((cli->cmd = find_command(argv[at])) == NULL) {
		code = unknown_command(argv[at]);
	} else {
		code = cli->cmd->run(cli, argc - at, argv + at);
	}
	if (fflush(stdout) != 0 && code == EX_OK)
		code = EX_IOERR;
	talloc_free(cli);
	return code;
}
