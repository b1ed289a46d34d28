/* SPDX-License-Identifier: ISC */
/*
 * Doors that close: seccomp for the parsers, Landlock for those that need one folder.
 * Best effort: an old kernel is served all the same, and the log says what is missing.
 */
#include "config.h"

#include "guildpost/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

static void
limit(int resource, rlim_t value)
{
	struct rlimit r = {value, value};

	if (setrlimit(resource, &r) != 0)
		gp_log(GP_LOG_WARN, "event=sandbox what=\"limit %d: %s\"", resource, strerror(errno));
}

#ifndef GP_SANITIZE
/* What a parser needs: its link, memory, time, and to end. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(getrandom), SCMP_SYS(fstat),
	SCMP_SYS(lseek), SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield), SCMP_SYS(prlimit64),
};

/* Asked for by libraries, refused without ending the process. */
static const int refused[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(access),
	SCMP_SYS(readlink), SCMP_SYS(ioctl), SCMP_SYS(socket), SCMP_SYS(unlink),
};

static bool
load_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = filter == NULL ? -ENOMEM : 0;
	size_t i;

	for (i = 0; rc == 0 && i < GP_COUNT(allowed); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (i = 0; rc == 0 && i < GP_COUNT(refused); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	/* Memory, but never memory that can be executed. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, 0x4 /* PROT_EXEC */, 0));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, 0x4 /* PROT_EXEC */, 0));
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	errno = -rc;
	return rc == 0;
}
#endif

void
gp_sandbox_parser(void)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef GP_SANITIZE
	/* The sanitizers map terabytes and open files of their own. */
	limit(RLIMIT_AS, GP_PARSER_MEMORY);
	if (!load_filter())
		gp_log(GP_LOG_WARN, "event=sandbox what=\"no seccomp filter: %s\"", strerror(errno));
#endif
}

#ifdef HAVE_LINUX_LANDLOCK_H
enum {
	READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	WRITE = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM |
	    LANDLOCK_ACCESS_FS_REFER	/* a Maildir's rename from tmp to new */
};

/* A folder that is not there needs no rule: nothing below it can be opened either. */
static bool
allow(int set, const char *dir, uint64_t rights)
{
	struct landlock_path_beneath_attr beneath = {.allowed_access = rights};
	bool ok;

	beneath.parent_fd = open(dir, O_PATH | O_CLOEXEC);
	if (beneath.parent_fd < 0)
		return errno == ENOENT;
	ok = syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
	close(beneath.parent_fd);
	return ok;
}

static int
ruleset(uint64_t handled)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = handled};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
}

static void
enforce(int set, bool ok)
{
	if (!ok || syscall(SYS_landlock_restrict_self, set, 0) != 0)
		gp_log(GP_LOG_INFO, "event=sandbox what=\"no Landlock: %s\"", strerror(errno));
	if (set >= 0)
		close(set);
}

void
gp_sandbox_files(const char *dir, const char *const *readable, size_t n)
{
	int set = ruleset(READ | WRITE | LANDLOCK_ACCESS_FS_EXECUTE);
	bool ok = set >= 0 && allow(set, dir, READ | WRITE);
	size_t i;

	for (i = 0; ok && i < n; i++)
		ok = allow(set, readable[i], READ);
	enforce(set, ok);
}

void
gp_sandbox_writes(const char *dir)
{
	int set = ruleset(WRITE);

	enforce(set, set >= 0 && (dir == NULL || allow(set, dir, WRITE)));
}
#else
void
gp_sandbox_files(const char *dir, const char *const *readable, size_t n)
{
	(void)dir;
	(void)readable;
	(void)n;
	gp_log(GP_LOG_INFO, "event=sandbox what=\"built without Landlock\"");
}

void
gp_sandbox_writes(const char *dir)
{
	(void)dir;
}
#endif
