/* SPDX-License-Identifier: ISC */
/* guildpost import: mail that is there already. */
#include "config.h"

#include "import.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum {
	NOTES = 50,		/* shown; the rest is counted */
	PATHS_MOST = 256 << 20	/* bytes of a file of paths */
};

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

/* ---- paths of an older archive -------------------------------------------------------------- */

struct paths {
	struct gp_cli *cli;
	struct gp_list *list;
	const char *p;
	int64_t added, unknown;
};

/* A line: a path, blanks, a Message-ID with or without its brackets. */
static enum gp_status
add_path(struct paths *w, struct gp_str line, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	char *path = gp_strndup(tmp, line.p, line.n), *id = path + strcspn(path, " \t");
	enum gp_status st;

	if (*id != '\0')
		*id++ = '\0';
	id = gp_msgid_parse(tmp, id, strlen(id));
	if (path[0] != '/' || id == NULL)
		st = gp_fail(err, GP_E_PARSE, "\"%s\" is no path and Message-ID", path);
	else
		st = gp_old_path_add(w->cli->site->store, w->list->id, path, id, err);
	w->added += st == GP_OK;
	w->unknown += st == GP_E_NOTFOUND;
	talloc_free(tmp);
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static enum gp_status
add_paths(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct paths *w = arg;
	enum gp_status st = GP_OK;
	struct gp_str line;

	(void)cli;
	while (st == GP_OK && gp_str_next_line(&w->p, &line))
		st = add_path(w, line, err);
	return st;
}

static int
import_paths(struct gp_cli *cli, const char *list, const char *file)
{
	struct paths w = {.cli = cli};
	struct gp_err err;
	char *text;
	size_t n;
	int code = gp_cli_open(cli, GP_STORE_TOOL);

	if (code < 0)
		code = gp_cli_list(cli, list, &w.list);
	if (code >= 0)
		return code;
	if (gp_file_read(cli, file, PATHS_MOST, &text, &n, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	w.p = text;
	code = gp_cli_transaction(cli, add_paths, &w);
	if (code != EX_OK)
		return code;
	printf("%" PRId64 " addresses lead to their messages, %" PRId64 " are of messages that are not here\n",
	    w.added, w.unknown);
	return EX_OK;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	const char *paths = NULL;
	const struct gp_cli_option options[] = {{"paths", &paths, NULL}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));
	struct notes notes = {cli, gp_json_array(cli), 0};
	struct import_counts counts = {0};
	struct import_reader *reader;
	struct gp_list *list;
	struct gp_err err;
	enum gp_status st;

	if (code >= 0)
		return code;
	if (paths != NULL && argc == 1)
		return import_paths(cli, argv[1], paths);
	if (argc < 2 || paths != NULL)
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
	.usage = "LIST FILE|FOLDER...\nLIST --paths FILE",
	.summary = "Take old mail into a list's archive",
	.help = "Reads mbox files of all kinds, Maildirs, single messages and folders of them, also with .gz\n"
	    "or .zst. Nothing is delivered to anyone. Run twice it adds nothing twice; killed in the\n"
	    "middle it goes on where it was. A message that can't be read is held; what had to be skipped\n"
	    "is named with its place and why.\n"
	    "--paths: a file of lines PATH MESSAGE-ID, the addresses that messages had in an older archive on\n"
	    "this host: they are answered with a redirect. contrib/old-paths writes such files.\n",
	.run = run,
};
