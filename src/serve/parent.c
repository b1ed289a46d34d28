/* SPDX-License-Identifier: ISC */
/*
 * The parent: starts core, then outbound, web and imap, and hands core its ends of their links.
 * One of these that is lost is started anew; with a lost core all are. TERM and INT close the
 * link to core, which finishes what it has in hand; HUP does so and starts again, with the
 * configuration and templates read anew. The parent touches no mail.
 */
#include "config.h"

#include "guildpost/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { CORE, OUTBOUND, WEB, IMAP, CHILDREN };
enum { END_MS = 10000, CRASHES = 5, CRASH_MS = 60000 };

struct parent {
	struct gp_config *conf;
	struct gp_loop *loop;
	struct { pid_t pid; const char *role; char tag; } child[CHILDREN];
	int link;			/* to core, -1: none */
	struct gp_watch *link_watch, *kill_timer;
	bool ready, ending, again;	/* again: start over once all have ended */
	int exit_code;
	int64_t crashes[CRASHES];	/* when children were lost, gp_now_ms */
};

static void start_all(struct parent *p);

/* Which children are wanted may have changed. What is wrong with it, core tells. */
static void
read_config(struct parent *p)
{
	struct gp_config *conf;

	if (gp_config_load(p, p->conf->path, &conf, NULL) == GP_OK)
		p->conf = conf;
}

static void
end_loop_if_empty(struct parent *p)
{
	size_t i;

	for (i = 0; i < CHILDREN; i++)
		if (p->child[i].pid > 0)
			return;
	TALLOC_FREE(p->kill_timer);
	if (p->again && !p->ending) {
		p->again = false;
		read_config(p);
		start_all(p);
	} else {
		gp_loop_stop(p->loop);
	}
}

static void
on_kill(void *arg)
{
	struct parent *p = arg;
	size_t i;

	for (i = 0; i < CHILDREN; i++) {
		if (p->child[i].pid <= 0)
			continue;
		gp_log(GP_LOG_WARN, "event=kill process=%s", p->child[i].role);
		kill(p->child[i].pid, SIGKILL);
	}
}

/* Close the link to core: it finishes, and its going ends the others. */
static void
close_all(struct parent *p)
{
	TALLOC_FREE(p->link_watch);
	if (p->link >= 0)
		close(p->link);
	p->link = -1;
	if (p->kill_timer == NULL)
		p->kill_timer = gp_loop_timer(p->loop, END_MS, false, on_kill, p);
	end_loop_if_empty(p);
}

static void
give_up(struct parent *p, int code)
{
	p->ending = true;
	p->exit_code = code;
	close_all(p);
}

/* Start outbound, web or imap and give core the other end. */
static void
start_child(struct parent *p, int which)
{
	struct gp_err err;
	int fds[2];

	if ((which == WEB && gp_streq(p->conf->web_listen, "off")) ||
	    (which == IMAP && p->conf->imap[0] == '\0'))
		return;
	if (gp_socketpair(SOCK_STREAM, fds, &err) != GP_OK ||
	    gp_spawn(p->child[which].role, p->conf->path, fds[1], &p->child[which].pid, &err) !=
	    GP_OK) {
		gp_log(GP_LOG_ERR, "event=start-failed what=\"%s\"", err.msg);
		give_up(p, EX_OSERR);
		return;
	}
	close(fds[1]);
	gp_pass_fd(p->link, p->child[which].tag, fds[0]);
	close(fds[0]);
}

/* Core says: ready ('r'), can't start for ever ('x'), can't start now ('f'), or is gone. */
static void
on_link(int fd, void *arg)
{
	struct parent *p = arg;
	char what;
	int none;

	if (!gp_take_fd(fd, &what, &none)) {
		/* SIGCHLD tells the rest. */
		TALLOC_FREE(p->link_watch);
		return;
	}
	if (what == 'r') {
		p->ready = true;
		start_child(p, OUTBOUND);
		start_child(p, WEB);
		start_child(p, IMAP);
		gp_notify("READY=1\nSTATUS=running");
		gp_log(GP_LOG_INFO, "event=ready pid=%d archive=%s", (int)getpid(), p->conf->url);
	} else if (what == 'x' || (what == 'f' && !p->ready)) {
		give_up(p, what == 'x' ? EX_CONFIG : EX_TEMPFAIL);
	}
}

static void
start_all(struct parent *p)
{
	struct gp_err err;
	int fds[2];

	if (gp_socketpair(SOCK_SEQPACKET, fds, &err) != GP_OK ||
	    gp_spawn("core", p->conf->path, fds[1], &p->child[CORE].pid, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=start-failed what=\"%s\"", err.msg);
		p->exit_code = EX_OSERR;
		gp_loop_stop(p->loop);
		return;
	}
	close(fds[1]);
	p->link = fds[0];
	p->link_watch = gp_loop_fd(p->loop, p->link, false, on_link, p);
}

/* Five children lost within a minute: something is wrong that a restart won't mend. */
static bool
too_many_crashes(struct parent *p)
{
	int64_t now = gp_now_ms(), oldest = p->crashes[0];

	memmove(p->crashes, p->crashes + 1, sizeof(p->crashes) - sizeof(p->crashes[0]));
	p->crashes[CRASHES - 1] = now;
	return oldest != 0 && now - oldest < CRASH_MS;
}

static void
on_lost(struct parent *p, int which, int status)
{
	p->child[which].pid = 0;
	if (p->link < 0) {
		end_loop_if_empty(p);
		return;
	}
	gp_log(GP_LOG_ERR, "event=lost process=%s %s=%d", p->child[which].role,
	    WIFSIGNALED(status) ? "signal" : "exit",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (too_many_crashes(p)) {
		give_up(p, EX_SOFTWARE);
	} else if (which == CORE) {
		p->again = true;
		close_all(p);
	} else {
		start_child(p, which);
	}
}

static void
on_child(int signo, void *arg)
{
	struct parent *p = arg;
	int status, i;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < CHILDREN; i++)
			if (p->child[i].pid == pid)
				on_lost(p, i, status);
}

static void
on_end(int signo, void *arg)
{
	struct parent *p = arg;

	(void)signo;
	gp_notify("STOPPING=1");
	p->ending = true;
	close_all(p);
}

static void
on_hup(int signo, void *arg)
{
	struct parent *p = arg;

	(void)signo;
	gp_notify("RELOADING=1");
	p->again = true;
	close_all(p);
}

int
gp_parent_run(struct gp_config *conf)
{
	struct parent *p = gp_new(NULL, struct parent);
	int code;

	p->conf = conf;
	p->link = -1;
	p->child[CORE].role = "core";
	p->child[OUTBOUND].role = "outbound";
	p->child[OUTBOUND].tag = 'o';
	p->child[WEB].role = "web";
	p->child[WEB].tag = 'w';
	p->child[IMAP].role = "imap";
	p->child[IMAP].tag = 'i';
	p->loop = gp_loop_new(p);
	gp_log_init("parent", GP_LOG_INFO);
	signal(SIGPIPE, SIG_IGN);
	gp_loop_signal(p->loop, SIGCHLD, on_child, p);
	gp_loop_signal(p->loop, SIGTERM, on_end, p);
	gp_loop_signal(p->loop, SIGINT, on_end, p);
	gp_loop_signal(p->loop, SIGHUP, on_hup, p);
	start_all(p);
	gp_loop_run(p->loop);
	code = p->exit_code;
	talloc_free(p);
	return code;
}
