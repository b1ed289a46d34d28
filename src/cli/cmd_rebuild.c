/* SPDX-License-Identifier: ISC */
/* guildpost rebuild: derive everything anew from the raw messages. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/serve.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

enum { PAGE = 200 };

struct work {
	struct gp_loop *loop;
	struct gp_pool *pool;
	struct gp_list *list;
	struct gp_progress *progress;
	int64_t after, done, unreadable;
	size_t n;		/* of the last page */
};

static enum gp_status
rederive_one(struct gp_cli *cli, const void *ctx, struct work *w, const struct gp_message *m,
    struct gp_err *err)
{
	struct gp_mail *mail;
	enum gp_status st;
	char *raw, *why;
	size_t n;

	st = gp_message_raw(ctx, cli->site->store, m->id, &raw, &n, err);
	if (st == GP_OK)
		st = gp_pool_parse_one(ctx, w->loop, w->pool, raw, n, &mail, &why, err);
	if (st != GP_OK)
		return st;
	w->done++;
	if (mail == NULL) {
		/* What is there stays as it is. */
		fprintf(stderr, "%s: %s\n", m->key, why);
		w->unreadable++;
		return GP_OK;
	}
	st = gp_archive_rederive(cli->site->store, m->id, mail, err);
	return st == GP_OK ? gp_note_keep(ctx, cli->site, mail, m->id, err) : st;
}

/* A page of messages in one transaction, so that mail never waits long. */
static enum gp_status
do_page(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	void *ctx = gp_ctx(cli);
	struct work *w = arg;
	struct gp_message **v;
	enum gp_status st;
	size_t i;

	st = gp_message_since(ctx, cli->site->store, w->list->id, w->after, PAGE, &v, &w->n, err);
	for (i = 0; st == GP_OK && i < w->n; i++) {
		w->after = v[i]->id;
		st = rederive_one(cli, ctx, w, v[i], err);
	}
	gp_progress_at(w->progress, w->done, w->done);
	talloc_free(ctx);
	return st;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);
	struct gp_list_stats stats;
	struct work w = {0};
	struct gp_err err;

	if (code >= 0)
		return code;
	if (argc != 1)
		return gp_cli_usage(cli, "a list is wanted");
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = gp_cli_list(cli, argv[1], &w.list);
	if (code >= 0)
		return code;
	w.loop = gp_loop_new(cli);
	if (gp_pool_new(cli, w.loop, 1, &w.pool, &err) != GP_OK ||
	    gp_list_stats(cli->site->store, w.list->id, gp_now(), &stats, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	w.progress = gp_progress_new(cli, "rebuild", "messages", stats.messages);
	do
		code = gp_cli_transaction(cli, do_page, &w);
	while (code == EX_OK && w.n == PAGE);
	gp_progress_end(w.progress);
	if (code == EX_OK)
		printf("%" PRId64 " messages derived anew, %" PRId64 " left as they were\n",
		    w.done - w.unreadable, w.unreadable);
	return code;
}

const struct gp_cmd gp_cmd_rebuild = {
	.name = "rebuild",
	.usage = "LIST",
	.summary = "Derive text and search anew from the raw messages",
	.help = "For use after an upgrade that reads mail better. Works while the server runs.\n",
	.run = run,
};
