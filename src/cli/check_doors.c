/* SPDX-License-Identifier: ISC */
/* guildpost check, the mailboxes that mail is taken out of, and the mail that could not be taken. */
#include "config.h"

#include "check.h"
#include "guildpost/inbound.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
check_maildir(struct gp_exam *e)
{
	static const char *const subs[] = {"new", "cur", "tmp"};
	const char *dir = e->cli->conf->maildir;
	int64_t opened;
	struct stat sb;
	size_t i;

	if (dir[0] == '\0')
		return;
	for (i = 0; i < GP_COUNT(subs); i++) {
		char *path = gp_path_join(e->cli, dir, subs[i]);

		if (stat(path, &sb) != 0 && errno == ENOENT) {
			gp_exam_say(e, "warn", "maildir", "%s is not there yet: the server makes it when it "
			    "starts", path);
			return;
		}
		if (stat(path, &sb) != 0 || !S_ISDIR(sb.st_mode) || access(path, R_OK | W_OK | X_OK) != 0) {
			gp_exam_say(e, "wrong", "maildir", "%s can't be read and written by this user: mail is "
			    "taken out of it; make it a folder of the user that the server runs as", path);
			return;
		}
	}
	opened = gp_inbox_count(dir, "cur");
	if (opened > 0)
		gp_exam_say(e, "warn", "maildir", "another program opened %lld mails in %s/cur, which are not "
		    "taken: move them to %s/new, and let nobody else read that folder", (long long)opened, dir,
		    dir);
	else
		gp_exam_say(e, "ok", "maildir", "%s", dir);
}

static void
check_imap(struct gp_exam *e)
{
	const struct gp_config *c = e->cli->conf;
	struct gp_imap *m;
	struct stat sb;
	struct gp_err err;

	if (c->imap[0] == '\0')
		return;
	if (c->imap_password_file[0] != '\0' && stat(c->imap_password_file, &sb) == 0 &&
	    (sb.st_mode & 0077) != 0)
		gp_exam_say(e, "wrong", "imap password", "others can read it: chmod 600 %s",
		    c->imap_password_file);
	if (gp_imap_open(e->cli, c, NULL, NULL, &m, &err) != GP_OK) {
		gp_exam_say(e, "wrong", "imap", "%s; see [inbound] in %s", err.msg, c->path);
		return;
	}
	gp_exam_say(e, "ok", "imap", "%s, %u mails there", c->imap, (unsigned)gp_imap_exists(m));
	talloc_free(m);
}

static void
check_trouble(struct gp_exam *e, const char *name, const char *place)
{
	struct gp_door_state d;
	struct gp_err err;

	if (place[0] == '\0')
		return;
	if (gp_door_read(e->cli, e->cli->site->store, name, place, &d, &err) != GP_OK)
		gp_exam_say(e, "wrong", name, "%s", err.msg);
	else if (d.waiting > 0)
		gp_exam_say(e, "warn", name, "%lld mails can't be taken now and wait: the server's log says why",
		    (long long)d.waiting);
	if (d.large > 0)
		gp_exam_say(e, "warn", name, "%lld mails are larger than [inbound] max_size and stay where they "
		    "are: look at them there", (long long)d.large);
}

static void
check_refused(struct gp_exam *e)
{
	const char *dir = gp_refused_dir(e->cli, e->cli->conf->data);
	int64_t n = gp_inbox_count(dir, "new") + gp_inbox_count(dir, "cur");

	if (n > 0)
		gp_exam_say(e, "warn", "refused mail", "%lld mails were put aside into %s: read the reason on top "
		    "of each (%s), then remove it, or move it into the mailbox again", (long long)n, dir,
		    GP_REFUSED_FIELD);
}

void
gp_check_doors(struct gp_exam *e)
{
	check_maildir(e);
	check_imap(e);
	check_trouble(e, "maildir", e->cli->conf->maildir);
	check_trouble(e, "imap", e->cli->conf->imap);
	check_refused(e);
}
