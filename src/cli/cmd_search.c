/* SPDX-License-Identifier: ISC */
/* guildpost search: find messages. */
#include "config.h"

#include "guildpost/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { HITS = 50, PAGES = 10 };

static char *
join(const void *ctx, int argc, char **argv)
{
	struct gp_buf b;
	int i;

	gp_buf_init(&b, ctx, 64 << 10);
	for (i = 0; i < argc; i++) {
		if (i > 0)
			gp_buf_putc(&b, ' ');
		gp_buf_puts(&b, argv[i]);
	}
	return b.p;
}

static void
add_page(struct gp_cli *cli, json_t *rows, const struct gp_list *list, const struct gp_practice *p)
{
	json_t *row = gp_json_push_object(rows);

	gp_json_text(row, "date", gp_time_format(cli, p->confirmed, NULL, "%Y-%m-%d"));
	gp_json_text(row, "from", p->name[0] != '\0' ? p->name : p->keeper);
	gp_json_text(row, "key", gp_asprintf(cli, "library/%s", p->slug));
	gp_json_text(row, "subject", p->title);
	gp_json_text(row, "url", gp_asprintf(cli, "%s/%s/library/%s", cli->conf->url, list->name, p->slug));
}

static void
add_message(struct gp_cli *cli, json_t *rows, const struct gp_list *list, const struct gp_message *m)
{
	json_t *row = gp_json_push_object(rows);

	gp_json_text(row, "date", gp_time_format(cli, m->date, NULL, "%Y-%m-%d"));
	gp_json_text(row, "from", m->from_name[0] != '\0' ? m->from_name : m->from_addr);
	gp_json_text(row, "key", m->key);
	gp_json_text(row, "subject", m->subject);
	gp_json_text(row, "snippet", m->snippet);
	gp_json_text(row, "url", gp_asprintf(cli, "%s/%s/m/%s", cli->conf->url, list->name, m->key));
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const char *const columns[] = {"date", "from", "key", "subject"};
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);
	json_t *rows = gp_json_array(cli);
	struct gp_search q = {.limit = HITS, .pages = PAGES};
	struct gp_hits hits;
	struct gp_list *list;
	char *better = NULL, *read;
	struct gp_err err;
	size_t i;

	if (code >= 0)
		return code;
	if (argc < 2)
		return gp_cli_usage(cli, "a list and what to look for are wanted");
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = gp_cli_list(cli, argv[1], &list);
	if (code >= 0)
		return code;
	q.list = list->id;
	q.now = gp_now();
	q.query = gp_when_query(cli, cli->site->words, join(cli, argc - 1, argv + 2), q.now, &read);
	q.languages = list->set.language;
	if (gp_search_run(cli, cli->site->store, &q, &hits, &err) != GP_OK ||
	    (hits.n + hits.pages_n == 0 && gp_search_suggest(cli, cli->site->store, &q, &better, &err) != GP_OK))
		return gp_cli_fail(cli, &err);
	if (better != NULL && !cli->json)
		fprintf(stderr, "nothing is found; this is, perhaps: %s\n", better);
	for (i = 0; i < hits.pages_n; i++)
		add_page(cli, rows, list, hits.pages[i]);
	for (i = 0; i < hits.n; i++)
		add_message(cli, rows, list, hits.v[i]);
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	if (!cli->json && hits.total > (int64_t)hits.n)
		fprintf(stderr, "the best %zu of %lld%s\n", hits.n, (long long)hits.total,
		    hits.more ? " and more" : "");
	return hits.n + hits.pages_n > 0 ? EX_OK : 1;
}

const struct gp_cmd gp_cmd_search = {
	.name = "search",
	.usage = "LIST QUERY...",
	.summary = "Find messages in the archive",
	.help = "Words, \"phrases\", -not, OR; from: subject: body: before: after: on: (2026, 2026-11,\n"
	    "2026-11-23, 3d) has:attachment has:patch has:link id: thread:. Pages of the\n"
	    "library stand first, with library/NAME for a key. Exit code 1: nothing found.\n",
	.run = run,
};
