/* SPDX-License-Identifier: ISC */
/* guildpost explain: what would be done with a message, and by which rule; nothing is done. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/serve.h"

#include <string.h>
#include <sysexits.h>

/* What the post would be if it begins a thread, and why it reads like a question or not. */
static void
explain_kind(struct gp_cli *cli, const struct gp_route *route, const struct gp_mail *mail, json_t *out)
{
	struct gp_sign v[GP_SIGNS];
	const char *kind;
	struct gp_buf b;
	size_t i, n;
	int sum;

	if (mail == NULL)
		return;
	kind = gp_kind_said(cli, cli->site, route->list, mail);
	sum = gp_question_signs(cli, cli->site, mail, v, &n);
	gp_json_text(out, "kind", kind != NULL ? kind : sum >= GP_QUESTION_POINTS ? "question" : "none");
	gp_buf_init(&b, cli, 1 << 16);
	for (i = 0; i < n; i++)
		gp_buf_printf(&b, "%s%s%s%s%s %+d", i > 0 ? ", " : "", v[i].name, v[i].what != NULL ? " (" : "",
		    v[i].what != NULL ? v[i].what : "", v[i].what != NULL ? ")" : "", v[i].points);
	gp_json_text(out, "question", gp_asprintf(cli, "%d of %d points%s%s", sum, GP_QUESTION_POINTS,
	    n > 0 ? ": " : "", n > 0 ? b.p : ""));
}

static enum gp_status
explain(struct gp_cli *cli, const char *rcpt, const char *from, const char *data, size_t n,
    json_t *out, struct gp_err *err)
{
	struct gp_intake *i = gp_new(cli, struct gp_intake);
	struct gp_loop *loop = gp_loop_new(cli);
	struct gp_decision d;
	struct gp_route route;
	struct gp_pool *pool;
	struct gp_mail *mail;
	enum gp_status st;
	char *unreadable;

	st = gp_route_find(cli, cli->site, rcpt, &route, err);
	if (st == GP_OK)
		st = gp_pool_new(cli, loop, 1, &pool, err);
	if (st == GP_OK && gp_intake_prepare(i, data, n)) {
		st = gp_pool_parse_one(i, loop, pool, i->in.raw, i->in.n, &mail, &unreadable, err);
		i->in.mail = mail;
		i->in.unreadable = unreadable;
	}
	if (st != GP_OK)
		return st;
	i->in.via = "explain";
	i->in.envelope_from = from != NULL ? from :
	    i->in.mail != NULL ? i->in.mail->from_addr : "";
	st = gp_decide(cli, cli->site, &route, &i->in, &d, err);
	if (st != GP_OK)
		return st;
	gp_json_text(out, "list", route.list->address);
	gp_json_text(out, "address", route.name);
	gp_json_text(out, "from", i->in.mail != NULL ? i->in.mail->from_addr : "");
	gp_json_text(out, "subject", i->in.mail != NULL ? i->in.mail->subject : "");
	gp_json_text(out, "member", d.author != NULL ? gp_role_names[d.author->role] : "no");
	gp_json_text(out, "decision", gp_decision_names[d.kind]);
	gp_json_text(out, "rule", d.rule);
	gp_json_text(out, "reason", d.reason);
	if (d.reply != NULL)
		gp_json_text(out, "reply", d.reply);
	if (d.kind == GP_DECIDE_ACCEPT || d.kind == GP_DECIDE_HOLD)
		explain_kind(cli, &route, i->in.mail, out);
	return GP_OK;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	const char *from = NULL;
	const struct gp_cli_option options[] = {{"from", &from, NULL}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));
	json_t *out = gp_json_object(cli);
	struct gp_err err;
	char *data;
	size_t n;

	if (code >= 0)
		return code;
	if (argc != 1)
		return gp_cli_usage(cli, "one recipient is wanted, and the message on standard input");
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0)
		code = gp_cli_read_stdin(cli, &data, &n);
	if (code >= 0)
		return code;
	if (explain(cli, argv[1], gp_streq(from, "<>") ? "" : from, data, n, out, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	gp_cli_print_one(cli, out);
	return EX_OK;
}

const struct gp_cmd gp_cmd_explain = {
	.name = "explain",
	.usage = "[--from SENDER] RECIPIENT < message",
	.summary = "Say what would be done with a message, and by which rule",
	.help = "Nothing is done and nothing is stored.\n",
	.run = run,
};
