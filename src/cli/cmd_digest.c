/* SPDX-License-Identifier: ISC */
/* guildpost digest: look at a digest, or send one now. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/digest.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct work {
	struct gp_list *list;
	struct gp_digest *digest;
	struct gp_member *member;
	const char *to;
	int64_t job;
};

static enum gp_status
do_send(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_digest_send(cli, cli->site, w->list, w->digest, NULL, w->to, &w->job, err);
}

static int
print(struct gp_cli *cli, const struct work *w, const char *form)
{
	size_t n;
	char *mime;

	if (strcmp(form, "text") == 0) {
		printf("Subject: %s\n\n%s", w->digest->subject, w->digest->text);
	} else if (strcmp(form, "html") == 0) {
		printf("%s", w->digest->html);
	} else if (strcmp(form, "mime") == 0) {
		mime = gp_digest_mime(cli, cli->site, w->list, w->digest, "",
		    w->to != NULL ? w->to : w->list->address, &n);
		fwrite(mime, 1, n, stdout);
	} else {
		return gp_cli_usage(cli, "--print wants text, html or mime");
	}
	return EX_OK;
}

static int
delivery_of(struct gp_cli *cli, const char *period, int *out)
{
	static const struct { const char *name; int delivery; } periods[] = {
	    {"daily", GP_DELIVERY_DAILY}, {"weekly", GP_DELIVERY_WEEKLY},
	    {"monthly", GP_DELIVERY_MONTHLY}};
	size_t i;

	for (i = 0; i < GP_COUNT(periods); i++) {
		if (strcmp(period, periods[i].name) == 0) {
			*out = periods[i].delivery;
			return -1;
		}
	}
	return gp_cli_usage(cli, "--period wants daily, weekly or monthly");
}

static int
make(struct gp_cli *cli, struct work *w, int delivery, const char *at)
{
	struct gp_digest_span span;
	struct gp_err err;
	enum gp_status st;
	int64_t now = gp_now();

	if (at != NULL && !gp_time_parse(at, &now))
		return gp_cli_usage(cli, "--at %s: a time is wanted, such as 2026-11-23T07:00Z", at);
	/* A preview shows the period that ends at the time asked for. */
	span.delivery = delivery;
	span.to = now + 1;	/* with what came in this very second */
	span.from = now - (delivery == GP_DELIVERY_DAILY ? 1 : delivery == GP_DELIVERY_WEEKLY ? 7 :
	    31) * 86400;
	st = gp_digest_make(cli, cli->site, w->list, &span, -1, &w->digest, &err);
	if (st == GP_E_NOTFOUND) {
		fprintf(stderr, "guildpost: digest: nothing is new in this time: no digest\n");
		return 1;
	}
	return st == GP_OK ? -1 : gp_cli_fail(cli, &err);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	const char *period = "daily", *at = NULL, *form = NULL;
	struct work w = {0};
	const struct gp_cli_option options[] = {{"period", &period, NULL}, {"at", &at, NULL},
	    {"to", &w.to, NULL}, {"print", &form, NULL}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));
	int delivery = GP_DELIVERY_DAILY;

	if (code >= 0)
		return code;
	if (argc != 1)
		return gp_cli_usage(cli, "a list is wanted");
	code = delivery_of(cli, period, &delivery);
	if (code < 0)
		code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = gp_cli_list(cli, argv[1], &w.list);
	if (code < 0)
		code = make(cli, &w, delivery, at);
	if (code >= 0)
		return code;
	if (form != NULL || w.to == NULL)
		return print(cli, &w, form != NULL ? form : "text");
	code = gp_cli_transaction(cli, do_send, &w);
	if (code == EX_OK)
		printf("queued for %s\n", w.to);
	return code;
}

const struct gp_cmd gp_cmd_digest = {
	.name = "digest",
	.usage = "LIST [--period daily|weekly|monthly] [--at TIME] [--print text|html|mime]\n"
	    "LIST --to ADDRESS [--period daily|weekly|monthly] [--at TIME]",
	.summary = "Look at a digest, or send one now",
	.help = "Without --to nothing is sent and no member's mark is moved. Exit code 1: nothing was new.\n",
	.run = run,
};
