/* SPDX-License-Identifier: ISC */
/*
 * New processes of ours: the same program executed again, with nothing of its parent's
 * memory and one descriptor: a link at number 3.
 */
#include "config.h"

#include "guildpost/inbound.h"
#include "guildpost/outbound.h"
#include "guildpost/serve.h"
#include "guildpost/web.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

enum { LINK_FD = 3 };

enum gp_status
gp_socketpair(int type, int fds[2], struct gp_err *err)
{
	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) != 0)
		return gp_fail_errno(err, GP_E_IO, "can't make a pair of sockets");
	return GP_OK;
}

enum gp_status
gp_spawn(const char *role, const char *config, int fd, pid_t *pid, struct gp_err *err)
{
	char *argv[] = {(char *)(uintptr_t)"guildpost", (char *)(uintptr_t)"--role",
	    (char *)(uintptr_t)role, (char *)(uintptr_t)config, NULL};

	*pid = fork();
	if (*pid < 0)
		return gp_fail_errno(err, GP_E_IO, "can't start a %s process", role);
	if (*pid > 0)
		return GP_OK;
	if (fd == LINK_FD)
		fcntl(fd, F_SETFD, 0);
	else if (dup2(fd, LINK_FD) < 0)
		_exit(EX_OSERR);
	execv("/proc/self/exe", argv);
	_exit(EX_OSERR);
}

bool
gp_pass_fd(int link, char what, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {&what, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;

	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.space;
		msg.msg_controllen = sizeof(control.space);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(link, &msg, MSG_NOSIGNAL) == 1;
}

bool
gp_take_fd(int link, char *what, int *fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {what, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space,
	    .msg_controllen = sizeof(control.space)};
	struct cmsghdr *c;

	*fd = -1;
	if (recvmsg(link, &msg, MSG_CMSG_CLOEXEC) != 1)
		return false;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	return true;
}

/* Children end when their link closes, not by the terminal's signals. */
static void
settle_signals(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	size_t i;

	for (i = 0; i < GP_COUNT(ignored); i++)
		signal(ignored[i], SIG_IGN);
}

/* What web opens: the database, templates, time zones. */
static int
run_web(struct gp_config *conf)
{
	const char *env = getenv("GUILDPOST_TEMPLATES");
	const char *readable[] = {GP_TEMPLATE_DIR, env != NULL && *env != '\0' ? env : GP_TEMPLATE_DIR,
	    conf->templates[0] != '\0' ? conf->templates : GP_TEMPLATE_DIR, "/usr/share/zoneinfo", "/etc",
	    "/proc/self"};

	gp_sandbox_files(conf->data, readable, GP_COUNT(readable));
	return gp_web_run(conf, LINK_FD);
}

/* Outbound reads certificates and name service, and writes nothing but a Maildir. */
static int
run_outbound(struct gp_config *conf)
{
	const char *maildir = gp_starts(conf->relay, "maildir:") ?
	    conf->relay + strlen("maildir:") : NULL;
	struct gp_err err;

	if (maildir != NULL && gp_dir_make(maildir, 0700, &err) != GP_OK)
		gp_log(GP_LOG_ERR, "event=maildir what=\"%s\"", err.msg);
	gp_sandbox_writes(maildir);
	return gp_outbound_run(conf, LINK_FD);
}

/* As outbound, but it writes nothing at all. */
static int
run_imap(const struct gp_config *conf)
{
	gp_sandbox_writes(NULL);
	return gp_imap_run(conf, LINK_FD);
}

int
gp_role_run(const char *role, const char *config)
{
	struct gp_config *conf = NULL;
	int code = EX_USAGE;
	struct gp_err err;

	settle_signals();
	gp_log_init(role, GP_LOG_INFO);
	if (strcmp(role, "parser") == 0)
		return gp_parser_run(LINK_FD);
	if (config == NULL)
		return EX_USAGE;
	if (gp_config_load(NULL, config, &conf, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=config what=\"%s\"", err.msg);
		return EX_CONFIG;
	}
	if (strcmp(role, "core") == 0)
		code = gp_core_run(conf, LINK_FD);
	else if (strcmp(role, "outbound") == 0)
		code = run_outbound(conf);
	else if (strcmp(role, "imap") == 0)
		code = run_imap(conf);
	else if (strcmp(role, "web") == 0)
		code = run_web(conf);
	talloc_free(conf);
	return code;
}
