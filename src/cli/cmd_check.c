/* SPDX-License-Identifier: ISC */
/*
 * guildpost check: the doctor. Each test is one function; it says how things are, and when
 * something is wrong, how to mend it.
 */
#include "config.h"

#include "check.h"
#include "guildpost/outbound.h"

#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

void
gp_exam_say(struct gp_exam *e, const char *result, const char *what, const char *mend, ...)
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
check_permissions(struct gp_exam *e)
{
	const struct gp_config *c = e->cli->conf;
	struct stat sb;

	if (access(c->data, R_OK | W_OK | X_OK) != 0)
		gp_exam_say(e, "wrong", "data folder", "%s can't be written by this user: run as the user who owns it",
		    c->data);
	else if (stat(c->db_path, &sb) == 0 && (sb.st_mode & 0007) != 0)
		gp_exam_say(e, "warn", "data folder", "anyone on this machine can read %s: chmod o-rwx %s",
		    c->db_path, c->db_path);
	else
		gp_exam_say(e, "ok", "data folder", "%s", c->data);
	if (c->relay_password_file[0] == '\0')
		return;
	if (stat(c->relay_password_file, &sb) != 0)
		gp_exam_say(e, "wrong", "relay password", "%s is not there: put the password into its first line",
		    c->relay_password_file);
	else if ((sb.st_mode & 0077) != 0)
		gp_exam_say(e, "wrong", "relay password", "others can read it: chmod 600 %s",
		    c->relay_password_file);
}

static void
check_database(struct gp_exam *e)
{
	struct gp_err err;
	char *problems;

	if (gp_store_check(e->cli, e->cli->site->store, e->quick, &problems, &err) != GP_OK)
		gp_exam_say(e, "wrong", "database", "%s", err.msg);
	else if (problems[0] != '\0')
		gp_exam_say(e, "wrong", "database", "damaged (%.200s): stop the server, keep the file, go back to "
		    "the last backup", problems);
	else
		gp_exam_say(e, "ok", "database", "%s is sound", e->cli->conf->db_path);
}

static void
check_lists(struct gp_exam *e)
{
	struct gp_member **members;
	struct gp_list **lists;
	struct gp_err err;
	size_t i, n, k;

	if (gp_list_all(e->cli, e->cli->site->store, &lists, &n, &err) != GP_OK) {
		gp_exam_say(e, "wrong", "lists", "%s", err.msg);
		return;
	}
	if (n == 0)
		gp_exam_say(e, "warn", "lists", "there is none: guildpost list create NAME@%s",
		    e->cli->conf->domain);
	for (i = 0; i < n; i++) {
		if (gp_member_all(e->cli, e->cli->site->store, lists[i]->id, GP_ROLE_MODERATOR, -1,
		    &members, &k, &err) != GP_OK)
			gp_exam_say(e, "wrong", lists[i]->address, "%s", err.msg);
		else if (k == 0)
			gp_exam_say(e, "warn", lists[i]->address, "nobody decides what is held: guildpost member "
			    "add %s ADDRESS role=owner", lists[i]->name);
		else
			gp_exam_say(e, "ok", lists[i]->address, "%zu moderators and owners", k);
	}
}

static void
check_clock(struct gp_exam *e)
{
	struct gp_civil c;

	gp_time_civil(gp_now(), NULL, &c);
	if (c.year < 2026)
		gp_exam_say(e, "wrong", "clock", "it says %d: set it, and keep it right with a time service", c.year);
	else
		gp_exam_say(e, "ok", "clock", "%s", gp_time_iso(e->cli, gp_now()));
}

static void
check_relay(struct gp_exam *e)
{
	const struct gp_config *c = e->cli->conf;
	struct gp_session *s;
	struct gp_err err;

	if (gp_starts(c->relay, "maildir:")) {
		gp_exam_say(e, "warn", "relay", "mail lands in %s and goes nowhere: set [outbound] relay = "
		    "smtp://HOST:PORT", c->relay + strlen("maildir:"));
	} else if (gp_session_open(e->cli, c, &s, &err) != GP_OK) {
		gp_exam_say(e, "wrong", "relay", "%s; see [outbound] in %s", err.msg, c->path);
	} else if ((gp_session_features(s) & GP_SESSION_8BIT) == 0) {
		gp_exam_say(e, "warn", "relay", "%s lacks 8BITMIME: mail with 8-bit text may be damaged", c->relay);
	} else {
		gp_exam_say(e, "ok", "relay", "%s%s", c->relay,
		    (gp_session_features(s) & GP_SESSION_PIPELINING) != 0 ? "" : ", without PIPELINING");
	}
}

/* What the running server has met, and isn't over. */
static void
check_alarms(struct gp_exam *e)
{
	static const char *const mend[] = {
		[GP_ALARM_RELAY] = "all mail waits: see [outbound]",
		[GP_ALARM_WAL] = "end the program that reads it (fuser shows it), or the disk fills up",
	};
	struct gp_alarm a;
	struct gp_err err;
	enum gp_status st;
	int i;

	for (i = 0; gp_alarm_names[i] != NULL; i++) {
		st = gp_alarm_find(e->cli, e->cli->site->store, (enum gp_alarm_kind)i, &a, &err);
		if (st == GP_OK)
			gp_exam_say(e, "wrong", "alarm", "since %s: %s; %s", gp_time_iso(e->cli, a.since), a.words,
			    mend[i]);
		else if (st != GP_E_NOTFOUND)
			gp_exam_say(e, "wrong", "alarm", "%s", err.msg);
	}
}

static void
check_url(struct gp_exam *e)
{
	const struct gp_config *c = e->cli->conf;

	if (!gp_starts(c->url, "https://"))
		gp_exam_say(e, "warn", "archive address", "%s is not https: one-click unsubscribing, which large "
		    "mail services want, needs https; set [web] url", c->url);
	else
		gp_exam_say(e, "ok", "archive address", "%s", c->url);
}

static void
check_server(struct gp_exam *e)
{
	int fd;

	if (gp_connect(gp_asprintf(e->cli, "unix:%s/guildpost.sock", e->cli->conf->data), &fd, NULL) !=
	    GP_OK) {
		gp_exam_say(e, "warn", "server", "it is not running: guildpost serve");
		return;
	}
	close(fd);
	gp_exam_say(e, "ok", "server", "it is running");
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	static const char *const columns[] = {"result", "check", "say"};
	struct gp_exam e = {cli, gp_json_array(cli), true, 0};
	bool full = false;
	const char *dmarc = NULL;
	const struct gp_cli_option options[] = {{"full", NULL, &full}, {"dmarc", &dmarc, NULL}};
	int code = gp_cli_options(cli, &argc, argv, options, GP_COUNT(options));

	if (code >= 0)
		return code;
	if (dmarc != NULL) {
		code = gp_cli_config(cli);
		return code >= 0 ? code : gp_check_dmarc(cli, dmarc);
	}
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code >= 0)
		return code;
	e.quick = !full;
	gp_exam_say(&e, "ok", "configuration", "%s", cli->conf->path);
	check_permissions(&e);
	check_database(&e);
	check_lists(&e);
	check_clock(&e);
	check_relay(&e);
	gp_check_doors(&e);
	check_alarms(&e);
	check_url(&e);
	check_server(&e);
	gp_check_dns(&e);
	gp_cli_print(cli, e.rows, columns, GP_COUNT(columns));
	return e.wrong > 0 ? 1 : EX_OK;
}

const struct gp_cmd gp_cmd_check = {
	.name = "check",
	.usage = "[--full | --dmarc DOMAIN]",
	.summary = "The doctor: say what is wrong and how to mend it",
	.help = "Looks at configuration, permissions, database, lists, clock, relay, mailboxes and server, and at what the\n"
	    "DNS has for the lists' domains (MX, SPF, DKIM, DMARC) and for the address that mail leaves\n"
	    "from (PTR). --full reads the whole database. Exit code 1: something is wrong.\n"
	    "--dmarc DOMAIN: only say what that domain asks of lists, which is why From is written anew.\n",
	.run = run,
};
