/* SPDX-License-Identifier: ISC */
/* guildpost export: the archive as mail again. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/mail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { PAGE = 500 };

struct work {
	struct gp_cli *cli;
	const char *format, *folder;
	json_t *rows;		/* of --format json */
};

static enum gp_status
write_mbox(struct work *w, const struct gp_message *m, const char *raw, size_t n,
    struct gp_err *err)
{
	void *ctx = gp_ctx(w->cli);
	struct gp_buf b;
	enum gp_status st = GP_OK;

	gp_buf_init(&b, ctx, 3 * (size_t)GP_MAX_MESSAGE);
	gp_mbox_write(&b, m->from_addr, m->received, raw, n);
	if (fwrite(b.p, 1, b.len, stdout) != b.len)
		st = gp_fail_errno(err, GP_E_IO, "can't write");
	talloc_free(ctx);
	return st;
}

/* One file a message, named by its key: written again it replaces itself. */
static enum gp_status
write_maildir(struct work *w, const struct gp_message *m, const char *raw, size_t n,
    struct gp_err *err)
{
	void *ctx = gp_ctx(w->cli);
	enum gp_status st;
	struct gp_buf b;
	size_t i;

	gp_buf_init(&b, ctx, GP_MAX_MESSAGE);
	for (i = 0; i < n; i++)
		if (raw[i] != '\r' || i + 1 == n || raw[i + 1] != '\n')
			gp_buf_putc(&b, raw[i]);
	st = gp_file_write(gp_asprintf(ctx, "%s/cur/%" PRId64 ".%s.guildpost:2,S", w->folder, m->received,
	    m->key), b.p, b.len, 0600, err);
	talloc_free(ctx);
	return st;
}

static void
add_json(struct work *w, const struct gp_message *m, const char *raw, size_t n)
{
	json_t *row = gp_json_push_object(w->rows);

	gp_json_text(row, "key", m->key);
	gp_json_text(row, "message_id", m->msgid);
	gp_json_text(row, "date", gp_time_iso(w->cli, m->date));
	gp_json_text(row, "from_name", m->from_name);
	gp_json_text(row, "from_addr", m->from_addr);
	gp_json_text(row, "subject", m->subject);
	gp_json_int(row, "thread", m->thread);
	gp_json_text(row, "parent", m->parent_key);
	gp_json_textn(row, "raw", raw, n);
}

static enum gp_status
write_one(struct work *w, const struct gp_message *m, struct gp_err *err)
{
	void *ctx = gp_ctx(w->cli);
	enum gp_status st;
	char *raw;
	size_t n;

	st = gp_message_raw(ctx, w->cli->site->store, m->id, &raw, &n, err);
	if (st == GP_OK) {
		if (strcmp(w->format, "mbox") == 0)
			st = write_mbox(w, m, raw, n, err);
		else if (strcmp(w->format, "maildir") == 0)
			st = write_maildir(w, m, raw, n, err);
		else
			add_json(w, m, raw, n);
	}
	talloc_free(ctx);
	return st;
}

static enum gp_status
export_list(struct work *w, const struct gp_list *list, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	int64_t after = 0;
	size_t n = PAGE, i;

	while (st == GP_OK && n == PAGE) {
		void *ctx = gp_ctx(w->cli);
		struct gp_message **v;

		st = gp_message_since(ctx, w->cli->site->store, list->id, after, PAGE, &v, &n, err);
		for (i = 0; st == GP_OK && i < n; i++) {
			after = v[i]->id;
			st = write_one(w, v[i], err);
		}
		talloc_free(ctx);
	}
	return st;
}

static enum gp_status
export_thread(struct work *w, const struct gp_list *list, const char *key, struct gp_err *err)
{
	struct gp_node *nodes;
	struct gp_message *m;
	enum gp_status st;
	size_t i, n;

	st = gp_message_find_key(w->cli, w->cli->site->store, list->id, key, &m, err);
	if (st == GP_E_NOTFOUND)
		return gp_fail(err, st, "%s has no message %s", list->address, key);
	if (st == GP_OK)
		st = gp_thread_nodes(w->cli, w->cli->site->store, m->thread, &nodes, &n, err);
	for (i = 0; st == GP_OK && i < n; i++)
		if (nodes[i].msg != NULL)
			st = write_one(w, nodes[i].msg, err);
	return st;
}

/* The folder of a Maildir export. An exit code, or -1. */
static int
prepare(struct work *w, int argc, char **argv)
{
	static const char *const subs[] = {"cur", "new", "tmp"};
	struct gp_err err;
	size_t i;

	if (strcmp(w->format, "maildir") != 0)
		return strcmp(w->format, "mbox") == 0 || strcmp(w->format, "json") == 0 ? -1 :
		    gp_cli_usage(w->cli, "--format wants mbox, maildir or json");
	if (argc < 2)
		return gp_cli_usage(w->cli, "--format maildir wants a folder");
	w->folder = argv[2];
	for (i = 0; i < GP_COUNT(subs); i++)
		if (gp_dir_make(gp_path_join(w->cli, w->folder, subs[i]), 0700, &err) != GP_OK)
			return gp_cli_fail(w->cli, &err);
	return -1;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	struct work w = {cli, "mbox", NULL, gp_json_array(cli)};
	const char *thread = NULL;
	const struct gp_cli_option options[] = {{"thread", &thread, NULL}, {"format", &w.format, NULL}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));
	struct gp_list *list;
	struct gp_err err;
	enum gp_status st;

	if (code >= 0)
		return code;
	if (cli->json)
		w.format = "json";
	if (argc < 1)
		return gp_cli_usage(cli, "a list is wanted");
	code = prepare(&w, argc, argv);
	if (code < 0)
		code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = gp_cli_list(cli, argv[1], &list);
	if (code >= 0)
		return code;
	st = thread != NULL ? export_thread(&w, list, thread, &err) : export_list(&w, list, &err);
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	if (strcmp(w.format, "json") == 0)
		printf("%s\n", gp_json_dump(cli, w.rows, true));
	return EX_OK;
}

const struct gp_cmd gp_cmd_export = {
	.name = "export",
	.usage = "LIST [--thread KEY] [--format mbox|json]\nLIST [--thread KEY] --format maildir FOLDER",
	.summary = "Write a list's archive as mail",
	.help = "mbox (to standard output) is of the mboxrd kind: imported again it gives the same archive.\n",
	.run = run,
};
