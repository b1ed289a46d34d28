/* SPDX-License-Identifier: ISC */
/* guildpost export: the archive as mail again. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/mail.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { PAGE = 500 };

struct work {
	struct gp_cli *cli;
	const char *format, *folder;
	json_t *rows;		/* of --format json */
	int64_t after;		/* only messages with higher ids, and */
	int64_t since;		/* received from then on */
	int64_t last;		/* the highest id that was written */
	bool shown;		/* only what the archive shows: not what is marked X-No-Archive */
};

#define CURSOR "guildpost-mirror"	/* in a mirror: the id up to which it goes */

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
	int64_t after = w->after;
	size_t n = PAGE, i;

	while (st == GP_OK && n == PAGE) {
		void *ctx = gp_ctx(w->cli);
		struct gp_message **v;

		st = gp_message_since(ctx, w->cli->site->store, list->id, after, PAGE, &v, &n, err);
		for (i = 0; st == GP_OK && i < n; i++) {
			after = w->last = v[i]->id;
			if (v[i]->received >= w->since && (!w->shown || v[i]->state == 1))
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

/* ---- since when ------------------------------------------------------------------------------ */

/* A time ("2026-11-01", "3d"), or the key of a message: what came after it. */
static int
read_since(struct work *w, const struct gp_list *list, const char *since)
{
	struct gp_message *m;
	struct gp_err err;
	enum gp_status st;
	int64_t age;

	if (gp_time_parse(since, &w->since))
		return -1;
	if (gp_parse_duration(since, &age)) {
		w->since = gp_now() - age;
		return -1;
	}
	st = gp_message_find_key(w->cli, w->cli->site->store, list->id, since, &m, &err);
	if (st == GP_E_NOTFOUND)
		return gp_cli_usage(w->cli, "--since wants a time (2026-11-01, 3d) or the key of a message of %s; %s is neither",
		    list->address, since);
	if (st != GP_OK)
		return gp_cli_fail(w->cli, &err);
	w->after = m->id;
	return -1;
}

/* ---- a mirror: a Maildir that is kept up ------------------------------------------------------ */

static enum gp_status
read_cursor(struct work *w, struct gp_err *err)
{
	char *path = gp_path_join(w->cli, w->folder, CURSOR), *text;
	size_t n;

	if (access(path, F_OK) != 0)
		return GP_OK;
	if (gp_file_read(w->cli, path, 64, &text, &n, err) != GP_OK)
		return err->code;
	text[strcspn(text, "\n")] = '\0';
	return gp_parse_int(text, 0, INT64_MAX, &w->after) ? GP_OK :
	    gp_fail(err, GP_E_PARSE, "%s: a number is wanted", path);
}

/* Files of ours whose message was removed go; whatever a mail program did to their names. */
static enum gp_status
drop_removed(struct work *w, const struct gp_list *list, const char *sub, struct gp_err *err)
{
	char *folder = gp_path_join(w->cli, w->folder, sub);
	DIR *dir = opendir(folder);
	enum gp_status st = GP_OK;
	struct gp_message *m;
	const char *key;
	struct dirent *e;

	if (dir == NULL)
		return gp_fail_errno(err, GP_E_IO, "can't read %s", folder);
	while (st == GP_OK && (e = readdir(dir)) != NULL) {
		void *ctx = gp_ctx(w->cli);

		key = strchr(e->d_name, '.');
		if (key == NULL || strstr(key, ".guildpost") == NULL || *e->d_name == '.') {
			talloc_free(ctx);
			continue;
		}
		key = gp_strndup(ctx, key + 1, strcspn(key + 1, "."));
		st = gp_message_find_key(ctx, w->cli->site->store, list->id, key, &m, err);
		if (st == GP_E_NOTFOUND || (st == GP_OK && m->state != 1))
			st = unlink(gp_path_join(ctx, folder, e->d_name)) == 0 ? GP_OK :
			    gp_fail_errno(err, GP_E_IO, "can't remove %s/%s", folder, e->d_name);
		talloc_free(ctx);
	}
	closedir(dir);
	return st;
}

static enum gp_status
mirror(struct work *w, const struct gp_list *list, struct gp_err *err)
{
	enum gp_status st = read_cursor(w, err);
	char *text;

	w->last = w->after;
	w->shown = true;
	if (st == GP_OK)
		st = export_list(w, list, err);
	if (st == GP_OK)
		st = drop_removed(w, list, "cur", err);
	if (st == GP_OK)
		st = drop_removed(w, list, "new", err);
	if (st != GP_OK)
		return st;
	text = gp_asprintf(w->cli, "%" PRId64 "\n", w->last);
	return gp_file_write(gp_path_join(w->cli, w->folder, CURSOR), text, strlen(text), 0600, err);
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
	struct work w = {.cli = cli, .format = "mbox", .rows = gp_json_array(cli)};
	const char *thread = NULL, *since = NULL;
	bool keep = false;
	const struct gp_cli_option options[] = {{"thread", &thread, NULL}, {"format", &w.format, NULL},
	    {"since", &since, NULL}, {"mirror", NULL, &keep}};
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
	if (keep && (strcmp(w.format, "mbox") != 0 || thread != NULL || since != NULL))
		return gp_cli_usage(cli, "--mirror keeps a whole list in a Maildir: it takes a folder and nothing else");
	if (since != NULL && thread != NULL)
		return gp_cli_usage(cli, "--since and --thread don't go together");
	if (keep)
		w.format = "maildir";
	code = prepare(&w, argc, argv);
	if (code < 0)
		code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = gp_cli_list(cli, argv[1], &list);
	if (code < 0 && since != NULL)
		code = read_since(&w, list, since);
	if (code >= 0)
		return code;
	st = thread != NULL ? export_thread(&w, list, thread, &err) : keep ? mirror(&w, list, &err) :
	    export_list(&w, list, &err);
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	if (strcmp(w.format, "json") == 0)
		printf("%s\n", gp_json_dump(cli, w.rows, true));
	return EX_OK;
}

const struct gp_cmd gp_cmd_export = {
	.name = "export",
	.usage = "LIST [--thread KEY] [--since TIME|KEY] [--format mbox|json]\n"
	    "LIST [--thread KEY] [--since TIME|KEY] --format maildir FOLDER\nLIST --mirror FOLDER",
	.summary = "Write a list's archive as mail",
	.help = "mbox (to standard output) is of the mboxrd kind: imported again it gives the same archive.\n"
	    "--since takes what was received from a time on (2026-11-01, 3d), or came into the archive after the\n"
	    "message of a key. --mirror brings a Maildir up to date, removals too, so that an IMAP server can show\n"
	    "the list: run it from time to time.\n",
	.run = run,
};
