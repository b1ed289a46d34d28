/* SPDX-License-Identifier: ISC */
/* guildpost init: a data folder, ready to serve. */
#include "config.h"

#include "guildpost/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static char *
config_text(const void *ctx, const char *domain)
{
	return gp_asprintf(ctx,
	    "# guildpost.conf(5) has every option and its meaning.\n"
	    "[server]\n"
	    "domain = %s\n"
	    "admin = postmaster@%s\n"
	    "\n"
	    "[inbound]\n"
	    "listen = 127.0.0.1:8024\n"
	    "\n"
	    "[outbound]\n"
	    "# Until a relay is named, what would be sent lands in this Maildir.\n"
	    "relay = maildir:outbox\n"
	    "# relay = smtp://127.0.0.1:25\n"
	    "\n"
	    "[web]\n"
	    "listen = 127.0.0.1:8080\n"
	    "# Where readers find the archive:\n"
	    "# url = https://lists.%s\n", domain, domain, domain);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	const char *domain = NULL;
	const struct gp_cli_option options[] = {{"domain", &domain, NULL}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));
	enum gp_status st;
	struct gp_err err;
	char *conf, *db, *text;

	if (code >= 0)
		return code;
	if (argc != 1 || domain == NULL)
		return gp_cli_usage(cli, "a folder and --domain DOMAIN are wanted");
	if (gp_addr_check(gp_asprintf(cli, "x@%s", domain), &err) != GP_OK)
		return gp_cli_usage(cli, "%s is not a domain", domain);
	conf = gp_path_join(cli, argv[1], "guildpost.conf");
	db = gp_path_join(cli, argv[1], "guildpost.db");
	st = gp_dir_make(argv[1], 0700, &err);
	if (st == GP_OK && access(conf, F_OK) == 0)
		st = gp_fail(&err, GP_E_EXISTS, "%s is there already; nothing was changed", conf);
	if (st == GP_OK)
		st = gp_store_create(db, &err);
	if (st == GP_OK) {
		text = config_text(cli, domain);
		st = gp_file_write(conf, text, strlen(text), 0600, &err);
	}
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	printf("made %s and %s\n"
	    "next: guildpost -c %s list create NAME@%s\n", conf, db, conf, domain);
	return EX_OK;
}

const struct gp_cmd gp_cmd_init = {
	.name = "init",
	.usage = "DIR --domain DOMAIN",
	.summary = "Make a data folder: configuration and database",
	.help = "Makes DIR/guildpost.conf and DIR/guildpost.db. Nothing that exists is changed. What is\n"
	    "to be delivered lands in the Maildir DIR/outbox until [outbound] relay says otherwise.\n",
	.run = run,
};
