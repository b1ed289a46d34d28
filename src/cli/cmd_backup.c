/* SPDX-License-Identifier: ISC */
/* guildpost backup: a consistent copy of the database, also while the server runs. */
#include "config.h"

#include "guildpost/cli.h"

#include <stdio.h>
#include <sysexits.h>

static void
on_progress(int64_t done, int64_t total, void *arg)
{
	(void)total;
	gp_progress_at(arg, done, done);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);
	struct gp_store_stats s;
	struct gp_progress *p;
	struct gp_err err;
	enum gp_status st;

	if (code >= 0)
		return code;
	if (argc != 1)
		return gp_cli_usage(cli, "a file to write is wanted");
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code >= 0)
		return code;
	st = gp_store_stats(cli->site->store, &s, &err);
	if (st == GP_OK) {
		p = gp_progress_new(cli, "backup", "pages", 0);
		st = gp_store_backup(cli->site->store, argv[1], on_progress, p, &err);
		gp_progress_end(p);
	}
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	printf("wrote %s\n", argv[1]);
	return EX_OK;
}

const struct gp_cmd gp_cmd_backup = {
	.name = "backup",
	.usage = "FILE",
	.summary = "Write a consistent copy of the database",
	.help = "Works while the server runs. FILE must not exist. The copy and the config file are all that\n"
	    "is needed to start again elsewhere.\n",
	.run = run,
};
