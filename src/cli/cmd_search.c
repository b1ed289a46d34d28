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

	gp_json_text(row, "list", list->name);
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

	gp_json_text(row, "list", list->name);
	gp_json_text(row, "date", gp_time_format(cli, m->date, NULL, "%Y-%m-%d"));
	gp_json_text(row, "from", m->from_name[0] != '\0' ? m->from_name : m->from_addr);
	gp_json_text(row, "key", m->key);
	gp_json_text(row, "subject", m->subject);
	gp_json_text(row, "snippet", m->snippet);
	gp_json_text(row, "url", gp_asprintf(cli, "%s/%s/m/%s", cli->conf->url, list->name, m->key));
}

static enum gp_status
add_hits(struct gp_cli *cli, json_t *rows, struct gp_list *list, const struct gp_hits *hits, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	struct gp_list *of = list;
	size_t i;

	for (i = 0; st == GP_OK && i < hits->pages_n; i++) {
		if (list == NULL)
			st = gp_list_find_id(cli, cli->site->store, hits->pages[i]->list, &of, err);
		if (st == GP_OK)
			add_page(cli, rows, of, hits->pages[i]);
	}
	for (i = 0; st == GP_OK && i < hits->n; i++) {
		if (list == NULL)
			st = gp_list_find_id(cli, cli->site->store, hits->v[i]->list, &of, err);
		if (st == GP_OK)
			add_message(cli, rows, of, hits->v[i]);
	}
	return st;
}

/* The lists that are searched: one, all, or those that somebody may read. An exit code, or -1. */
static int
where(struct gp_cli *cli, const char *name, const char *person, struct gp_search *q, struct gp_list **list)
{
	struct gp_person *p = NULL;
	struct gp_err err;
	enum gp_status st = GP_OK;
	int code;

	*list = NULL;
	if (name != NULL) {
		code = gp_cli_list(cli, name, list);
		if (code >= 0)
			return code;
		q->list = (*list)->id;
		q->languages = (*list)->set.language;
		return -1;
	}
	if (person != NULL)
		st = gp_person_find(cli, cli->site->store, person, &p, &err);
	if (st == GP_E_NOTFOUND)
		st = gp_fail(&err, GP_E_NOTFOUND, "nobody here has the address %s", person);
	if (st == GP_OK)
		st = p != NULL ? gp_reach_of(cli, cli->site->store, p->id, &q->reach, &err) :
		    gp_reach_all(cli, cli->site->store, &q->reach, &err);
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	q->languages = q->reach->languages;
	if (p != NULL)
		gp_store_look(cli->site->store, (struct gp_looker){GP_LOOK_PERSON, p->id, false});
	return -1;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const char *const columns[] = {"list", "date", "from", "key", "subject"};
	const char *person = NULL;
	bool all = false;
	const struct gp_cli_option options[] = {{"as", &person, NULL}, {"all", NULL, &all}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options)), skip;
	json_t *rows = gp_json_array(cli);
	struct gp_search q = {.limit = HITS, .pages = PAGES};
	struct gp_hits hits;
	struct gp_list *list;
	char *better = NULL, *read;
	struct gp_err err;

	if (code >= 0)
		return code;
	skip = all || person != NULL ? 0 : 1;
	if (all && person != NULL)
		return gp_cli_usage(cli, "--all and --as don't go together");
	if (argc < skip + 1)
		return gp_cli_usage(cli, skip > 0 ? "a list and what to look for are wanted" :
		    "what to look for is wanted");
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = where(cli, skip > 0 ? argv[1] : NULL, person, &q, &list);
	if (code >= 0)
		return code;
	q.now = gp_now();
	q.query = gp_when_query(cli, cli->site->words, join(cli, argc - skip, argv + 1 + skip), q.now, &read);
	if (gp_search_run(cli, cli->site->store, &q, &hits, &err) != GP_OK ||
	    (hits.n + hits.pages_n == 0 && gp_search_suggest(cli, cli->site->store, &q, &better, &err) != GP_OK) ||
	    add_hits(cli, rows, list, &hits, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	if (better != NULL && !cli->json)
		fprintf(stderr, "nothing is found; this is, perhaps: %s\n", better);
	gp_cli_print(cli, rows, columns + skip, GP_COUNT(columns) - (size_t)skip);
	if (!cli->json && hits.total > (int64_t)hits.n)
		fprintf(stderr, "the best %zu of %lld%s\n", hits.n, (long long)hits.total,
		    hits.more ? " and more" : "");
	return hits.n + hits.pages_n > 0 ? EX_OK : 1;
}

const struct gp_cmd gp_cmd_search = {
	.name = "search",
	.usage = "LIST QUERY... | --all QUERY... | --as ADDRESS QUERY...",
	.summary = "Find messages in the archive",
	.help = "Words, \"phrases\", -not, OR; from: subject: body: before: after: on: (2026, 2026-11,\n"
	    "2026-11-23, 3d) has:attachment has:patch has:link id: thread:. Pages of the\n"
	    "library stand first, with library/NAME for a key. --all looks on all lists,\n"
	    "--as on those that somebody may read, from when they may. Exit code 1: nothing found.\n",
	.run = run,
};
