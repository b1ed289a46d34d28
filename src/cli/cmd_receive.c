/* SPDX-License-Identifier: ISC */
/*
 * guildpost receive: one message from a mail server's pipe. Through the running server when
 * there is one, else straight into the database. Exit codes: 0 when it is committed; 65, 67,
 * 77 only for the message's own fault, with "5.x.y text" on standard output (Postfix puts it
 * into the bounce); 75 for everything that trying later can help or that is our fault, since
 * mail servers bounce on 70, 74 and 78 (style.md's table: Postfix pipe(8), OpenSMTPD, Exim).
 */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/inbound.h"
#include "guildpost/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* Well under Postfix's limit for pipes (command_time_limit, 1000 s). */
enum { ALARM_SECONDS = 300 };

/* An LMTP reply to an exit code. */
static int
exit_of_reply(const char *reply)
{
	if (*reply == '2')
		return EX_OK;
	if (*reply != '5')
		return EX_TEMPFAIL;
	if (strncmp(reply + 4, "5.1.", 4) == 0)
		return EX_NOUSER;
	if (strncmp(reply + 4, "5.3.4", 5) == 0 || strncmp(reply + 4, "5.6.", 4) == 0)
		return EX_DATAERR;
	return EX_NOPERM;
}

/* The worst of several: trying later wins, since the message is then given again whole. */
static int
worst(const struct gp_lmtp_message *m)
{
	int code = EX_OK, c;
	size_t i;

	for (i = 0; i < m->rcpts_n; i++) {
		c = exit_of_reply(m->rcpts[i].reply);
		if (c == EX_TEMPFAIL)
			code = c;
		else if (code == EX_OK)
			code = c;
	}
	for (i = 0; i < m->rcpts_n && code != EX_OK; i++) {
		if (exit_of_reply(m->rcpts[i].reply) != code)
			continue;
		if (code == EX_TEMPFAIL)
			fprintf(stderr, "guildpost: receive: %s\n", m->rcpts[i].reply + 4);
		else
			printf("%s\n", m->rcpts[i].reply + 4);
		break;
	}
	return code;
}

/* No server runs: parse and commit here. */
static enum gp_status
receive_here(struct gp_cli *cli, struct gp_lmtp_message *m, struct gp_err *err)
{
	struct gp_intake *i = gp_new(cli, struct gp_intake);
	struct gp_loop *loop = gp_loop_new(cli);
	struct gp_pool *pool;
	struct gp_mail *mail;
	enum gp_status st;
	char *unreadable;
	size_t k;

	st = gp_site_open(cli, cli->conf, GP_STORE_TOOL, &cli->site, err);
	if (st == GP_OK)
		st = gp_pool_new(cli, loop, 1, &pool, err);
	if (st != GP_OK)
		return st;
	i->in.envelope_from = m->sender;
	i->in.via = "pipe";
	i->rcpts_n = m->rcpts_n;
	i->rcpts = gp_array(i, struct gp_intake_rcpt, m->rcpts_n);
	for (k = 0; k < m->rcpts_n; k++)
		i->rcpts[k].address = m->rcpts[k].address;
	if (gp_intake_prepare(i, m->data, m->n)) {
		st = gp_pool_parse_one(i, loop, pool, i->in.raw, i->in.n, &mail, &unreadable, err);
		if (st != GP_OK)
			return st;
		i->in.mail = mail;
		i->in.unreadable = unreadable;
	}
	st = gp_store_begin(cli->site->store, err);
	if (st != GP_OK)
		return st;
	gp_intake_apply(cli->site, i);
	st = gp_store_commit(cli->site->store, err);
	if (st != GP_OK)
		gp_store_rollback(cli->site->store);
	for (k = 0; st == GP_OK && k < m->rcpts_n; k++)
		memcpy(m->rcpts[k].reply, i->rcpts[k].reply, GP_LMTP_REPLY);
	return st;
}

/* Envelope sender: -f, $SENDER (Postfix, qmail), else the Return-Path on top. */
static char *
find_sender(struct gp_cli *cli, const char *given, const char *data, size_t n)
{
	const char *env = getenv("SENDER");
	struct gp_header h;
	struct gp_addrs from;
	char *value;

	if (given != NULL || env != NULL)
		return gp_strdup(cli, gp_streq(given != NULL ? given : env, "<>") ? "" :
		    given != NULL ? given : env);
	if (gp_header_scan(cli, data, n, &h, NULL) != GP_OK)
		return gp_strdup(cli, "");
	value = gp_header_value(cli, &h, "Return-Path");
	if (value != NULL && strcmp(value, "<>") == 0)
		return value + 2;
	if (value == NULL)
		value = gp_header_value(cli, &h, "From");
	if (value == NULL || gp_addrs_parse(cli, value, strlen(value), &from, NULL) != GP_OK ||
	    from.n == 0)
		return gp_strdup(cli, "");
	return from.v[0].addr;
}

static int
receive(struct gp_cli *cli, struct gp_lmtp_message *m)
{
	struct gp_err err;
	enum gp_status st;

	st = gp_lmtp_send(gp_asprintf(cli, "unix:%s/guildpost.sock", cli->conf->data),
	    cli->conf->helo, m, &err);
	if (st == GP_E_NET && m->rcpts[0].reply[0] == '\0')
		st = receive_here(cli, m, &err);
	if (st != GP_OK) {
		fprintf(stderr, "guildpost: receive: %s\n", err.msg);
		return EX_TEMPFAIL;
	}
	return worst(m);
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	const char *from = NULL;
	const struct gp_cli_option options[] = {{"from", &from, NULL}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options)), i;
	struct gp_lmtp_message *m;
	unsigned changes;
	char *data;
	size_t n = 0;

	if (code >= 0)
		return code == EX_OK ? EX_OK : EX_TEMPFAIL;
	if (argc < 1) {
		gp_cli_usage(cli, "a recipient is wanted");
		return EX_TEMPFAIL;
	}
	alarm(ALARM_SECONDS);	/* death by a signal is "later" to every mail server */
	if (gp_cli_config(cli) >= 0)
		return EX_TEMPFAIL;
	code = gp_cli_read_stdin(cli, &data, &n);
	if (code == EX_DATAERR || (code < 0 && n > (size_t)cli->conf->max_size)) {
		printf("5.3.4 the message is larger than this server takes\n");
		return EX_DATAERR;
	}
	if (code >= 0)
		return EX_TEMPFAIL;
	m = gp_new(cli, struct gp_lmtp_message);
	m->data = gp_mail_canon(m, data, n, &m->n, &changes);
	m->sender = find_sender(cli, from, m->data, m->n);
	m->rcpts_n = (size_t)argc;
	m->rcpts = gp_array(m, struct gp_lmtp_rcpt, m->rcpts_n);
	for (i = 0; i < argc; i++)
		m->rcpts[i].address = argv[i + 1];
	return receive(cli, m);
}

const struct gp_cmd gp_cmd_receive = {
	.name = "receive",
	.usage = "[--from SENDER] RECIPIENT... < message",
	.summary = "Take one message from a mail server's pipe",
	.help = "The envelope sender is --from, else $SENDER, else the Return-Path field. Exit codes: 0 taken;\n"
	    "75 try again later; 65 not mail or too large, 67 no such list, 77 refused: then\n"
	    "\"5.x.y text\" stands on standard output.\n",
	.run = run,
};
