/* SPDX-License-Identifier: ISC */
/* guildpost digest: look at a digest, send one now, or make all that are due. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/digest.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { DAY = 86400, SLICE_MS = 200 };

struct work {
	const char *who;		/* the reader's address, or NULL: everybody's */
	const char *to, *print, *at, *period, *form, *since;
	bool due;
	struct gp_list *list;		/* that the mail is of */
	struct gp_digest *digest;
	int64_t now, job;
};

static const char *const periods[] = {"daily", "weekly", "monthly", NULL};
static const char *const forms[] = {"summary", "titles", "mime", "plain", NULL};
static const char *const prints[] = {"text", "html", "mime", "json", NULL};

/* The index of a word, or -1. */
static int
index_of(const char *word, const char *const *names)
{
	int i;

	for (i = 0; names[i] != NULL; i++)
		if (strcmp(word, names[i]) == 0)
			return i;
	return -1;
}

static enum gp_status
do_send(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;
	enum gp_status st;
	size_t n;
	char *whole = gp_digest_mime(cli, cli->site, w->list, w->digest, w->to, &n);

	st = gp_digest_queue(cli, cli->site, w->list, w->digest, whole, n, &w->job, err);
	return st == GP_OK ? gp_job_add_address(cli->site->store, w->job, w->to, 0, err) : st;
}

static int
print(struct gp_cli *cli, const struct work *w, int how)
{
	const struct gp_digest *d = w->digest;
	size_t n;
	char *mime;

	if (how == 3) {
		printf("%s\n", gp_json_dump(cli, d->data, true));
	} else if (how == 2) {
		mime = gp_digest_mime(cli, cli->site, w->list, d, w->to != NULL ? w->to : w->who != NULL ? w->who :
		    w->list->address, &n);
		fwrite(mime, 1, n, stdout);
	} else if (how == 1) {
		printf("%s", d->html != NULL ? d->html : "");
	} else {
		printf("Subject: %s\n\n%s", d->subject, d->text);
	}
	return EX_OK;
}

/* ---- a look ----------------------------------------------------------------------------------- */

/* The memberships of the reader: of all lists, or of that one. */
static enum gp_status
find_members(struct gp_cli *cli, struct work *w, struct gp_member ***out, size_t *n, struct gp_err *err)
{
	struct gp_member **all;
	enum gp_status st;
	size_t i, count;

	*out = gp_array(cli, struct gp_member *, 1);
	*n = 1;
	(*out)[0] = NULL;
	if (w->who == NULL)
		return GP_OK;
	st = gp_member_lists(cli, cli->site->store, w->who, &all, &count, err);
	if (st != GP_OK)
		return st;
	*out = gp_array(cli, struct gp_member *, count + 1);
	for (i = *n = 0; i < count; i++)
		if (w->list == NULL || all[i]->list == w->list->id)
			(*out)[(*n)++] = all[i];
	return *n > 0 ? GP_OK : gp_fail(err, GP_E_NOTFOUND, "%s is not on %s", w->who,
	    w->list != NULL ? w->list->address : "any list");
}

/* The span that ends at the time asked for. */
static void
span_of(const struct work *w, int delivery, struct gp_digest_span *span)
{
	int64_t now = w->now, since;

	span->delivery = delivery;
	span->to = now + 1;	/* with what came in this very second */
	span->from = now - (delivery == GP_DELIVERY_DAILY ? 1 : delivery == GP_DELIVERY_WEEKLY ? 7 : 31) * DAY;
	if (w->since != NULL && gp_time_parse(w->since, &since)) {
		span->from = since;
		span->delivery = GP_DELIVERY_NONE;
	}
}

static void
how_of(const struct work *w, const struct gp_list *list, const struct gp_member *m, struct gp_digest_how *how)
{
	struct gp_digest_times times;
	int delivery = w->period != NULL ? GP_DELIVERY_DAILY + index_of(w->period, periods) :
	    m != NULL && m->delivery >= GP_DELIVERY_DAILY && m->delivery <= GP_DELIVERY_MONTHLY ? m->delivery :
	    GP_DELIVERY_DAILY;

	memset(how, 0, sizeof(*how));
	gp_digest_times_of(list, m, &times);
	span_of(w, delivery, &how->span);
	how->language = m != NULL && m->language[0] != '\0' ? m->language : list->set.language;
	how->timezone = times.zone;
	how->form = w->form != NULL ? index_of(w->form, forms) : m != NULL ? m->digest_form : GP_FORM_SUMMARY;
	how->minutes = m != NULL ? m->digest_minutes : 0;
	how->hour = times.hour;
	how->day = times.weekday;
	how->personal = m != NULL;
}

static enum gp_status
make_it(struct gp_cli *cli, struct work *w, struct gp_err *err)
{
	struct gp_digest_how how = {0};
	struct gp_member **members;
	struct gp_issue **issues;
	struct gp_news_pool *pool;
	enum gp_status st;
	size_t i, n, count = 0, used = 0;

	st = find_members(cli, w, &members, &n, err);
	if (st != GP_OK)
		return st;
	issues = gp_array(cli, struct gp_issue *, n);
	for (i = 0; st == GP_OK && i < n; i++) {
		struct gp_list *list = w->list;

		if (list == NULL)
			st = gp_list_find_id(cli, cli->site->store, members[i]->list, &list, err);
		if (st == GP_OK && how.language == NULL)
			how_of(w, list, members[i], &how);
		if (st == GP_OK)
			st = gp_news_pool_between(cli, cli->site, list, how.span.from, how.span.to, &pool, err);
		if (st == GP_OK)
			st = gp_issue_pick(cli, cli->site, pool, members[i], -1, 0, how.span.from,
			    &issues[used], err);
		if (st != GP_OK || gp_issue_count(issues[used]) == 0)
			continue;
		count += gp_issue_count(issues[used++]);
		if (w->list == NULL)
			w->list = list;
		/* Several lists come in one mail to those who want it so. */
		if (members[i] != NULL && !members[i]->digest_together)
			break;
	}
	if (st == GP_OK && count == 0)
		return GP_E_NOTFOUND;
	return st == GP_OK ? gp_digest_write(cli, cli->site, &how, issues, used, &w->digest, err) : st;
}

/* As it would be mailed: without the names that are not shown. */
static enum gp_status
make(struct gp_cli *cli, struct work *w, struct gp_err *err)
{
	struct gp_looker before = gp_store_look(cli->site->store, (struct gp_looker){GP_LOOK_MAILED, 0, false});
	enum gp_status st = make_it(cli, w, err);

	gp_store_look(cli->site->store, before);
	return st;
}

static int
look(struct gp_cli *cli, struct work *w, int how)
{
	struct gp_err err = {GP_OK, ""};
	enum gp_status st = make(cli, w, &err);
	int code;

	if (st == GP_E_NOTFOUND && err.code == GP_OK) {
		fprintf(stderr, "guildpost: digest: nothing is new in this time: no digest\n");
		return 1;
	}
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	if (w->print != NULL || w->to == NULL)
		return print(cli, w, how);
	code = gp_cli_transaction(cli, do_send, w);
	if (code == EX_OK)
		printf("queued for %s\n", w->to);
	return code;
}

/* ---- all that are due ---------------------------------------------------------------------------- */

static int
make_due(struct gp_cli *cli, const struct work *w)
{
	struct gp_digester *digester = gp_digester_new(cli, cli->site);
	struct gp_err err;
	bool more = true;
	size_t n = 0;

	while (more)
		if (gp_digester_run(digester, w->now, SLICE_MS, &n, &more, &err) != GP_OK)
			return gp_cli_fail(cli, &err);
	printf("queued %zu digests\n", n);
	return EX_OK;
}

/* What stands on the command line, in order. */
static int
check(struct gp_cli *cli, struct work *w, int *how)
{
	if (w->period != NULL && index_of(w->period, periods) < 0)
		return gp_cli_usage(cli, "--period wants daily, weekly or monthly");
	if (w->form != NULL && index_of(w->form, forms) < 0)
		return gp_cli_usage(cli, "--form wants summary, titles, mime or plain");
	*how = w->print == NULL ? 0 : index_of(w->print, prints);
	if (*how < 0)
		return gp_cli_usage(cli, "--print wants text, html, mime or json");
	if (w->at != NULL && !gp_time_parse(w->at, &w->now))
		return gp_cli_usage(cli, "--at %s: a time is wanted, such as 2026-11-23T07:00Z", w->at);
	if (w->since != NULL && !gp_time_parse(w->since, &(int64_t){0}))
		return gp_cli_usage(cli, "--since %s: a time is wanted, such as 2026-11-01", w->since);
	return -1;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	struct work w = {0};
	const struct gp_cli_option options[] = {{"period", &w.period, NULL}, {"at", &w.at, NULL},
	    {"since", &w.since, NULL}, {"to", &w.to, NULL}, {"for", &w.who, NULL}, {"form", &w.form, NULL},
	    {"print", &w.print, NULL}, {"due", NULL, &w.due}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options)), how = 0;
	struct gp_person *person;
	struct gp_err err;

	if (code >= 0)
		return code;
	if (w.due && (argc != 0 || w.at != NULL))
		return gp_cli_usage(cli, "--due makes what is due now, of all lists");
	if (!w.due && argc != 1)
		return gp_cli_usage(cli, "a list, or a reader's address, is wanted");
	code = check(cli, &w, &how);
	if (code < 0)
		code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code >= 0)
		return code;
	if (w.at == NULL)
		w.now = gp_now();	/* as the configuration has it */
	if (w.due)
		return make_due(cli, &w);
	/* An address that is no list's is a reader's: all their lists. */
	if (w.who == NULL && strchr(argv[1], '@') != NULL &&
	    gp_list_find(cli, cli->site->store, argv[1], &w.list, &err) == GP_E_NOTFOUND &&
	    gp_person_find(cli, cli->site->store, argv[1], &person, &err) == GP_OK)
		w.who = argv[1];
	else
		code = gp_cli_list(cli, argv[1], &w.list);
	return code >= 0 ? code : look(cli, &w, how);
}

const struct gp_cmd gp_cmd_digest = {
	.name = "digest",
	.usage = "LIST|ADDRESS [--for ADDRESS] [--period daily|weekly|monthly | --since TIME] [--at TIME]\n"
	    "    [--form summary|titles|mime|plain] [--print text|html|mime|json]\n"
	    "LIST|ADDRESS --to ADDRESS ...\n"
	    "--due",
	.summary = "Look at a digest, send one now, or make all that are due",
	.help = "The digest of a list that everybody may read, or (--for, or ADDRESS alone) that of one\n"
	    "reader, as it would be at a time. Without --to nothing is sent; no member's mark is moved.\n"
	    "Exit code 1: nothing was new. --due makes and queues what the server's clock would make now;\n"
	    "a running server does so by itself.\n",
	.run = run,
};
