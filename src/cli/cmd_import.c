/* SPDX-License-Identifier: ISC */
/* guildpost import: mail that is there already. */
#include "config.h"

#include "import.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

enum { NOTES = 50 };		/* shown; the rest is counted */

struct notes {
	struct gp_cli *cli;
	json_t *all;
	int64_t n;
};

static void
on_note(void *arg, const char *path, int64_t offset, const char *what, const char *why)
{
	struct notes *notes = arg;
	json_t *row;

	if (++notes->n > NOTES && !notes->cli->json) {
		if (notes->n == NOTES + 1)
			fprintf(stderr, "(more are only counted; --json lists them all)\n");
		return;
	}
	if (!notes->cli->json) {
		fprintf(stderr, "%s at %" PRId64 ": %s: %s\n", path, offset, what, why);
		return;
	}
	row = gp_json_push_object(notes->all);
	gp_json_text(row, "file", path);
	gp_json_int(row, "offset", offset);
	gp_json_text(row, "what", what);
	gp_json_text(row, "why", why);
}

static void
print_result(struct gp_cli *cli, const struct import_counts *c, json_t *notes)
{
	json_t *out;

	if (!cli->json) {
		printf("%" PRId64 " added, %" PRId64 " there already, %" PRId64 " held, %" PRId64
		    " skipped\n", c->added, c->duplicates, c->held, c->skipped);
		return;
	}
	out = gp_json_object(cli);
	gp_json_int(out, "added", c->added);
	gp_json_int(out, "duplicates", c->duplicates);
	gp_json_int(out, "held", c->held);
	gp_json_int(out, "skipped", c->skipped);
	json_object_set(out, "notes", notes);
	gp_cli_print_one(cli, out);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);
	struct notes notes = {cli, gp_json_array(cli), 0};
	struct import_counts counts = {0};
	struct import_reader *reader;
	struct gp_list *list;
	struct gp_err err;
	enum gp_status st;

	if (code >= 0)
		return code;
	if (argc < 2)
		return gp_cli_usage(cli, "a list and files or folders are wanted");
	code = gp_cli_config(cli);
	if (code >= 0)
		return code;
	/* Before the database is open: no handle of it may cross a fork. */
	if (import_reader_start(cli, source_new(cli, argv + 2, argc - 1),
	    (size_t)cli->conf->parsers, &reader, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = gp_cli_list(cli, argv[1], &list);
	if (code >= 0)
		return code;
	st = import_run(cli, list, reader, &counts, on_note, &notes, &err);
	print_result(cli, &counts, notes.all);
	return st == GP_OK ? EX_OK : gp_cli_fail(cli, &err);
}

const struct gp_cmd gp_cmd_import = {
	.name = "import",
	.usage = "LIST FILE|FOLDER...",
	.summary = "Take old mail into a list's archive",
	.help = "Reads mbox files of all kinds, Maildirs, single messages and folders of them, also with .gz\n"
	    "or .zst. Nothing is delivered to anyone. Run twice it adds nothing twice; killed in the\n"
	    "middle it goes on where it was. A message that can't be read is held; what had to be skipped\n"
	    "is named with its place and why.\n",
	.run = run,
};
