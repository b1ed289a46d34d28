/* SPDX-License-Identifier: ISC */
/*
 * guildpost check: the doctor. Each test is one function; it says how things are, and when
 * something is wrong, how to mend it.
 */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/outbound.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

struct exam {
	struct gp_cli *cli;
	json_t *rows;
	bool quick;
	int wrong;
};

static void
say(struct exam *e, const char *result, const char *what, const char *mend, ...) GP_PRINTF(4, 5);

static void
say(struct exam *e, const char *result, const char *what, const char *mend, ...)
{
	json_t *row = gp_json_push_object(e->rows);
	va_list ap;

	va_start(ap, mend);
	gp_json_text(row, "result", result);
	gp_json_text(row, "check", what);
	gp_json_text(row, "say", gp_vasprintf(e->cli, mend, ap));
	va_end(ap);
	e->wrong += strcmp(result, "wrong") == 0;
}

static void
check_permissions(struct exam *e)
{
	const struct gp_config *c = e->cli->conf;
	struct stat sb;

	if (access(c->data, R_OK | W_OK | X_OK) != 0)
		say(e, "wrong", "data folder", "%s can't be written by this user: run as the user who owns it",
		    c->data);
	else if (stat(c->db_path, &sb) == 0 && (sb.st_mode & 0007) != 0)
		say(e, "warn", "data folder", "anyone on this machine can read %s: chmod o-rwx %s",
		    c->db_path, c->db_path);
	else
		say(e, "ok", "data folder", "%s", c->data);
	if (c->relay_password_file[0] == '\0')
		return;
	if (stat(c->relay_password_file, &sb) != 0)
		say(e, "wrong", "relay password", "%s is not there: put the password into its first line",
		    c->relay_password_file);
	else if ((sb.st_mode & 0077) != 0)
		say(e, "wrong", "relay password", "others can read it: chmod 600 %s",
		    c->relay_password_file);
}

static void
check_database(struct exam *e)
{
	struct gp_err err;
	char *problems;

	if (gp_store_check(e->cli, e->cli->site->store, e->quick, &problems, &err) != GP_OK)
		say(e, "wrong", "database", "%s", err.msg);
	else if (problems[0] != '\0')
		say(e, "wrong", "database", "damaged (%.200s): stop the server, keep the file, go back to "
		    "the last backup", problems);
	else
		say(e, "ok", "database", "%s is sound", e->cli->conf->db_path);
}

static void
check_lists(struct exam *e)
{
	struct gp_member **members;
	struct gp_list **lists;
	struct gp_err err;
	size_t i, n, k;

	if (gp_list_all(e->cli, e->cli->site->store, &lists, &n, &err) != GP_OK) {
		say(e, "wrong", "lists", "%s", err.msg);
		return;
	}
	if (n == 0)
		say(e, "warn", "lists", "there is none: guildpost list create NAME@%s",
		    e->cli->conf->domain);
	for (i = 0; i < n; i++) {
		if (gp_member_all(e->cli, e->cli->site->store, lists[i]->id, GP_ROLE_MODERATOR, -1,
		    &members, &k, &err) != GP_OK)
			say(e, "wrong", lists[i]->address, "%s", err.msg);
		else if (k == 0)
			say(e, "warn", lists[i]->address, "nobody decides what is held: guildpost member "
			    "add %s ADDRESS role=owner", lists[i]->name);
		else
			say(e, "ok", lists[i]->address, "%zu moderators and owners", k);
	}
}

static void
check_clock(struct exam *e)
{
	struct gp_civil c;

	gp_time_civil(gp_now(), NULL, &c);
	if (c.year < 2026)
		say(e, "wrong", "clock", "it says %d: set it, and keep it right with a time service", c.year);
	else
		say(e, "ok", "clock", "%s", gp_time_iso(e->cli, gp_now()));
}

static void
check_relay(struct exam *e)
{
	const struct gp_config *c = e->cli->conf;
	struct gp_session *s;
	struct gp_err err;

	if (gp_starts(c->relay, "maildir:")) {
		say(e, "warn", "relay", "mail lands in %s and goes nowhere: set [outbound] relay = "
		    "smtp://HOST:PORT", c->relay + strlen("maildir:"));
	} else if (gp_session_open(e->cli, c, &s, &err) != GP_OK) {
		say(e, "wrong", "relay", "%s; see [outbound] in %s", err.msg, c->path);
	} else if ((gp_session_features(s) & GP_SESSION_8BIT) == 0) {
		say(e, "warn", "relay", "%s lacks 8BITMIME: mail with 8-bit text may be damaged", c->relay);
	} else {
		say(e, "ok", "relay", "%s%s", c->relay,
		    (gp_session_features(s) & GP_SESSION_PIPELINING) != 0 ? "" : ", without PIPELINING");
	}
}

static void
check_domain(struct exam *e)
{
	const struct gp_config *c = e->cli->conf;
	struct addrinfo *ai = NULL;
	int rc = getaddrinfo(c->domain, NULL, NULL, &ai);

	if (rc == 0)
		freeaddrinfo(ai);
	if (rc != 0)
		say(e, "warn", "domain", "%s has no address in the DNS (%s): mail for it must find its way "
		    "here by an MX record", c->domain, gai_strerror(rc));
	else
		say(e, "ok", "domain", "%s is in the DNS", c->domain);
	if (!gp_starts(c->url, "https://"))
		say(e, "warn", "archive address", "%s is not https: one-click unsubscribing, which large "
		    "mail services want, needs https; set [web] url", c->url);
	else
		say(e, "ok", "archive address", "%s", c->url);
}

static void
check_server(struct exam *e)
{
	int fd;

	if (gp_connect(gp_asprintf(e->cli, "unix:%s/guildpost.sock", e->cli->conf->data), &fd, NULL) !=
	    GP_OK) {
		say(e, "warn", "server", "it is not running: guildpost serve");
		return;
	}
	close(fd);
	say(e, "ok", "server", "it is running");
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const char *const columns[] = {"result", "check", "say"};
	struct exam e = {cli, gp_json_array(cli), true, 0};
	bool full = false;
	const struct gp_cli_option options[] = {{"full", NULL, &full}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));

	if (code >= 0)
		return code;
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code >= 0)
		return code;
	e.quick = !full;
	say(&e, "ok", "configuration", "%s", cli->conf->path);
	check_permissions(&e);
	check_database(&e);
	check_lists(&e);
	check_clock(&e);
	check_relay(&e);
	check_domain(&e);
	check_server(&e);
	gp_cli_print(cli, e.rows, columns, GP_COUNT(columns));
	return e.wrong > 0 ? 1 : EX_OK;
}

const struct gp_cmd gp_cmd_check = {
	.name = "check",
	.usage = "[--full]",
	.summary = "The doctor: say what is wrong and how to mend it",
	.help = "Looks at configuration, permissions, database, lists, clock, relay, DNS and server. --full\n"
	    "reads the whole database. Exit code 1: something is wrong.\n",
	.run = run,
};
