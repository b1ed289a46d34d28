/* SPDX-License-Identifier: ISC */
/* guildpost serve: the server, in the foreground. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/serve.h"

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);

	if (code >= 0)
		return code;
	if (argc != 0)
		return gp_cli_usage(cli, "no arguments are wanted");
	code = gp_cli_config(cli);
	return code >= 0 ? code : gp_parent_run(cli->conf);
}

const struct gp_cmd gp_cmd_serve = {
	.name = "serve",
	.usage = "",
	.summary = "Run the server in the foreground",
	.help = "Takes mail by LMTP, delivers, sends digests, shows the archive. TERM and INT end it after\n"
	    "what is in hand is done; HUP reads configuration and templates anew. Logs to stderr.\n",
	.run = run,
};
