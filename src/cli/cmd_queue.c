/* SPDX-License-Identifier: ISC */
/* guildpost queue: what is to be delivered. */
#include "config.h"

#include "guildpost/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct work {
	int64_t job, n;
};

static void
add_record(const struct gp_cli *cli, json_t *row, const struct gp_job *j)
{
	static const char *const kinds[] = {"post", "notice", "digest"};

	gp_json_int(row, "id", j->id);
	gp_json_text(row, "kind", kinds[j->kind]);
	gp_json_text(row, "created", gp_time_iso(cli, j->created));
	gp_json_text(row, "expires", gp_time_iso(cli, j->expires));
	gp_json_int(row, "recipients", j->total);
	gp_json_int(row, "sent", j->sent);
	gp_json_int(row, "failed", j->failed);
	gp_json_int(row, "left", j->left);
	gp_json_text(row, "subject", j->subject);
}

/* Why what is left of a job is not sent: its own question, or what the next one that waits was told. */
static enum gp_status
add_why(struct gp_cli *cli, json_t *row, const struct gp_job *j, struct gp_err *err)
{
	struct gp_rcpt *v;
	const struct gp_rcpt *first = NULL;
	enum gp_status st;
	size_t i, n;

	if ((j->flags & GP_JOB_ASK) != 0) {
		gp_json_text(row, "why", "waits for what the author's domain wants (DMARC)");
		return GP_OK;
	}
	st = gp_queue_deferred(cli, cli->site->store, j->id, &v, &n, err);
	for (i = 0; st == GP_OK && i < n; i++)
		if (first == NULL || v[i].next < first->next)
			first = &v[i];
	if (first != NULL)
		gp_json_text(row, "why", gp_asprintf(cli, "%zu wait until %s and later: %s", n,
		    gp_time_iso(cli, first->next), first->last != NULL ? first->last : ""));
	else
		gp_json_text(row, "why", "");
	return st;
}

static int
ls(struct gp_cli *cli, bool all)
{
	static const char *const columns[] = {"id", "created", "kind", "recipients", "sent", "failed",
		"left", "subject", "why"};
	json_t *rows = gp_json_array(cli);
	struct gp_job **jobs;
	struct gp_err err;
	size_t i, n;

	if (gp_queue_list(cli, cli->site->store, all, &jobs, &n, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	for (i = 0; i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		add_record(cli, row, jobs[i]);
		if (add_why(cli, row, jobs[i], &err) != GP_OK)
			return gp_cli_fail(cli, &err);
	}
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	return EX_OK;
}

static enum gp_status
add_trouble(struct gp_cli *cli, json_t *rows, int64_t job, struct gp_err *err)
{
	struct gp_failure *failures;
	struct gp_rcpt *deferred;
	enum gp_status st;
	size_t i, n;

	st = gp_queue_deferred(cli, cli->site->store, job, &deferred, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "address", deferred[i].address);
		gp_json_text(row, "state", "waiting");
		gp_json_int(row, "tries", deferred[i].tries);
		gp_json_text(row, "time", gp_time_iso(cli, deferred[i].next));
		gp_json_text(row, "text", deferred[i].last);
	}
	if (st == GP_OK)
		st = gp_queue_failures(cli, cli->site->store, job, &failures, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "address", failures[i].address);
		gp_json_text(row, "state", "failed");
		gp_json_text(row, "time", gp_time_iso(cli, failures[i].time));
		gp_json_text(row, "text", failures[i].text);
	}
	return st;
}

static int
show(struct gp_cli *cli, int64_t id)
{
	static const char *const columns[] = {"address", "state", "time", "text"};
	json_t *row = gp_json_object(cli), *rows;
	struct gp_job *job;
	struct gp_err err;
	enum gp_status st;

	st = gp_job_find(cli, cli->site->store, id, false, &job, &err);
	if (st == GP_E_NOTFOUND)
		gp_fail(&err, st, "there is no job %" PRId64 "; queue ls --all shows them", id);
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	add_record(cli, row, job);
	if (add_why(cli, row, job, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	rows = gp_json_new_array(row, "trouble");
	st = add_trouble(cli, rows, id, &err);
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	if (cli->json) {
		gp_cli_print_one(cli, row);
		return EX_OK;
	}
	json_incref(rows);
	json_object_del(row, "trouble");
	gp_cli_print_one(cli, row);
	gp_cli_print(cli, rows, columns, GP_COUNT(columns));
	json_decref(rows);
	return EX_OK;
}

static enum gp_status
do_retry(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_queue_retry(cli->site->store, w->job, gp_now(), &w->n, err);
}

static enum gp_status
do_drop(struct gp_cli *cli, void *arg, struct gp_err *err)
{
	struct work *w = arg;

	return gp_queue_drop(cli->site->store, w->job, &w->n, err);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	bool all = false;
	const struct gp_cli_option options[] = {{"all", NULL, &all}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));
	struct work w = {0, 0};
	const char *verb = argc > 0 ? argv[1] : "ls";

	if (code >= 0)
		return code;
	if (argc > 1 && !gp_cli_id(argv[2], &w.job))
		return gp_cli_usage(cli, "%s is not the number of a job", argv[2]);
	if ((strcmp(verb, "show") == 0 || strcmp(verb, "drop") == 0) && w.job == 0)
		return gp_cli_usage(cli, "the number of a job is wanted; queue ls shows them");
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code >= 0)
		return code;
	if (strcmp(verb, "ls") == 0)
		return ls(cli, all);
	if (strcmp(verb, "show") == 0)
		return show(cli, w.job);
	if (strcmp(verb, "retry") != 0 && strcmp(verb, "drop") != 0)
		return gp_cli_usage(cli, "ls, show, retry or drop is wanted");
	code = gp_cli_transaction(cli, strcmp(verb, "retry") == 0 ? do_retry : do_drop, &w);
	if (code == EX_OK)
		printf("%" PRId64 " deliveries %s\n", w.n,
		    strcmp(verb, "retry") == 0 ? "are due now" : "given up");
	return code;
}

const struct gp_cmd gp_cmd_queue = {
	.name = "queue",
	.usage = "ls [--all]\nshow JOB\nretry [JOB]\ndrop JOB",
	.summary = "Look at what is to be delivered",
	.help = "ls shows unfinished jobs and why they wait, with --all those of the last month too. show lists the recipients\n"
	    "that wait or failed, with the relay's words. retry makes waiting ones due now, also\n"
	    "those whose domain wanted a pause; drop gives up what is left of a job.\n",
	.run = run,
};
