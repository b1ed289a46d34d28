/* SPDX-License-Identifier: ISC */
/* guildpost status: how things stand. */
#include "config.h"

#include "guildpost/cli.h"
#include "guildpost/inbound.h"

#include <sysexits.h>
#include <unistd.h>

static bool
server_is_up(struct gp_cli *cli)
{
	int fd;

	if (gp_connect(gp_asprintf(cli, "unix:%s/guildpost.sock", cli->conf->data), &fd, NULL) != GP_OK)
		return false;
	close(fd);
	return true;
}

static enum gp_status
add_lists(struct gp_cli *cli, json_t *out, struct gp_err *err)
{
	struct gp_list_stats stats;
	struct gp_list **lists;
	enum gp_status st;
	size_t i, n;
	json_t *all = gp_json_new_object(out, "messages_by_list");

	st = gp_list_all(cli, cli->site->store, &lists, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		st = gp_list_stats(cli->site->store, lists[i]->id, gp_now(), &stats, err);
		if (st == GP_OK)
			gp_json_int(all, lists[i]->address, stats.messages);
	}
	return st;
}

/* A mailbox that mail is taken out of: its figures, as core wrote them. */
static enum gp_status
add_door(struct gp_cli *cli, json_t *out, const char *name, const char *place, struct gp_err *err)
{
	struct gp_door_state d;
	enum gp_status st;

	if (place[0] == '\0')
		return GP_OK;
	st = gp_door_read(cli, cli->site->store, name, place, &d, err);
	if (st != GP_OK)
		return st;
	gp_json_text(out, name, place);
	gp_json_int(out, gp_asprintf(cli, "%s_taken", name), d.taken);
	gp_json_int(out, gp_asprintf(cli, "%s_refused", name), d.refused);
	gp_json_int(out, gp_asprintf(cli, "%s_waiting", name), d.waiting);
	if (d.large > 0)
		gp_json_int(out, gp_asprintf(cli, "%s_too_large", name), d.large);
	gp_json_text(out, gp_asprintf(cli, "%s_last", name), d.last > 0 ? gp_time_iso(cli, d.last) : "");
	gp_json_text(out, gp_asprintf(cli, "%s_last_refusal", name), d.reason);
	gp_json_text(out, gp_asprintf(cli, "%s_trouble", name), d.trouble[0] == '\0' ? "" :
	    gp_asprintf(cli, "since %s: %s", gp_time_iso(cli, d.since), d.trouble));
	return GP_OK;
}

static enum gp_status
add_doors(struct gp_cli *cli, json_t *out, struct gp_err *err)
{
	enum gp_status st = add_door(cli, out, "maildir", cli->conf->maildir, err);
	char *dir = gp_refused_dir(cli, cli->conf->data);

	if (st == GP_OK)
		st = add_door(cli, out, "imap", cli->conf->imap, err);
	if (cli->conf->maildir[0] != '\0' || cli->conf->imap[0] != '\0')
		gp_json_int(out, "refused_mails", gp_inbox_count(dir, "new") + gp_inbox_count(dir, "cur"));
	return st;
}

static enum gp_status
add_alarms(struct gp_cli *cli, json_t *out, struct gp_err *err)
{
	json_t *all = gp_json_new_object(out, "alarms");
	struct gp_alarm a;
	enum gp_status st;
	int i;

	for (i = 0; gp_alarm_names[i] != NULL; i++) {
		st = gp_alarm_find(cli, cli->site->store, (enum gp_alarm_kind)i, &a, err);
		if (st == GP_OK)
			gp_json_text(all, gp_alarm_names[i], gp_asprintf(cli, "since %s: %s",
			    gp_time_iso(cli, a.since), a.words));
		else if (st != GP_E_NOTFOUND)
			return st;
	}
	return GP_OK;
}

/* Who gets digests, and when the next one is due. */
static enum gp_status
add_digests(struct gp_cli *cli, json_t *out, struct gp_err *err)
{
	struct gp_digest_outlook o;
	enum gp_status st = gp_digest_outlook(cli->site->store, gp_now(), &o, err);

	if (st != GP_OK)
		return st;
	gp_json_int(out, "digest_readers", o.readers);
	gp_json_int(out, "digests_due", o.due);
	gp_json_text(out, "digest_next", o.next > 0 ? gp_time_iso(cli, o.next) : "");
	gp_json_text(out, "digest_last", o.last > 0 ? gp_time_iso(cli, o.last) : "");
	return GP_OK;
}

static int
run(struct gp_cli *cli, int argc, char **argv)
{
	int code = gp_cli_options(cli, &argc, argv, NULL, 0);
	json_t *out = gp_json_object(cli);
	struct gp_store_stats s;
	enum gp_status st;
	struct gp_err err;

	if (code >= 0)
		return code;
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code >= 0)
		return code;
	st = gp_store_stats(cli->site->store, &s, &err);
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	gp_json_text(out, "version", GP_VERSION);
	gp_json_text(out, "server", server_is_up(cli) ? "running" : "not running");
	gp_json_text(out, "archive", cli->conf->url);
	gp_json_int(out, "lists", s.lists);
	gp_json_int(out, "members", s.members);
	gp_json_int(out, "members_suspended", s.suspended);
	gp_json_int(out, "messages", s.messages);
	gp_json_int(out, "threads", s.threads);
	gp_json_int(out, "holds_waiting", s.holds);
	gp_json_int(out, "jobs", s.jobs);
	gp_json_int(out, "deliveries_waiting", s.waiting);
	gp_json_int(out, "deliveries_deferred", s.deferred);
	gp_json_int(out, "deliveries_failed", s.failed);
	gp_json_int(out, "database_bytes", s.bytes);
	gp_json_int(out, "wal_bytes", s.wal_bytes);
	st = add_doors(cli, out, &err);
	if (st == GP_OK)
		st = add_lists(cli, out, &err);
	if (st == GP_OK)
		st = add_digests(cli, out, &err);
	if (st == GP_OK)
		st = add_alarms(cli, out, &err);
	if (st != GP_OK)
		return gp_cli_fail(cli, &err);
	gp_cli_print_one(cli, out);
	return EX_OK;
}

const struct gp_cmd gp_cmd_status = {
	.name = "status",
	.usage = "",
	.summary = "Say how things stand: queue, holds, messages, server",
	.help = NULL,
	.run = run,
};
