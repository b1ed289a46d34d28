/* SPDX-License-Identifier: ISC */
/*
 * The lock file beside the database. SQLite before 3.51.3 can corrupt a WAL file
 * when one connection writes in the very moment in which another checkpoints; so
 * our processes take turns for both by a lock of our own. It has three bytes:
 * the server's (held by core for its life), the turn and the writer's. Who waits
 * to write holds the turn, so that a long import, which begins its next batch as
 * soon as it has committed one, can't keep everybody else waiting.
 *
 * Open-file-description locks: they end with the process that holds them, and
 * another descriptor of the same process does not undo them.
 */
#include "config.h"

#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

enum { BYTE_SERVER, BYTE_TURN, BYTE_WRITER };

/* "guildpost.db" has "guildpost.lock". */
static char *
lock_path(const void *ctx, const char *db)
{
	size_t n = strlen(db);

	if (gp_ends(db, ".db"))
		n -= 3;
	return gp_asprintf(ctx, "%.*s.lock", (int)n, db);
}

enum gp_status
gp_lock_open(struct gp_store *s, struct gp_err *err)
{
	char *path = lock_path(NULL, s->path);
	enum gp_status status = GP_OK;

	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (s->lock_fd < 0)
		status = gp_fail_errno(err, GP_E_IO, "%s: can't open the lock file", path);
	talloc_free(path);
	return status;
}

void
gp_lock_close(struct gp_store *s)
{
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	s->lock_fd = -1;
}

static int
set_lock(int fd, int type, int byte)
{
	struct flock lock = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = byte,
	    .l_len = 1};

	return fcntl(fd, F_OFD_SETLK, &lock);
}

enum gp_status
gp_lock_server(struct gp_store *s, struct gp_err *err)
{
	if (set_lock(s->lock_fd, F_WRLCK, BYTE_SERVER) == 0)
		return GP_OK;
	if (errno == EAGAIN || errno == EACCES)
		return gp_fail(err, GP_E_BUSY, "%s: another server is running", s->path);
	return gp_fail_errno(err, GP_E_IO, "%s: can't lock", s->path);
}

bool
gp_lock_server_runs(struct gp_store *s)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = BYTE_SERVER,
	    .l_len = 1};

	return fcntl(s->lock_fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

/* Poll, soon at first, then every few milliseconds. */
static enum gp_status
wait_lock(struct gp_store *s, int byte, int64_t until, struct gp_err *err)
{
	struct timespec pause = {0, 50000};

	while (set_lock(s->lock_fd, F_WRLCK, byte) != 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return gp_fail_errno(err, GP_E_IO, "%s: can't lock", s->path);
		if (gp_now_ms() > until)
			return gp_fail(err, GP_E_BUSY, "%s: another process has been "
			    "writing to the database for too long", s->path);
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 2000000)
			pause.tv_nsec *= 2;
	}
	return GP_OK;
}

enum gp_status
gp_lock_write(struct gp_store *s, struct gp_err *err)
{
	int64_t until = gp_now_ms() + GP_STORE_WAIT_MS;
	enum gp_status status = wait_lock(s, BYTE_TURN, until, err);

	if (status != GP_OK)
		return status;
	status = wait_lock(s, BYTE_WRITER, until, err);
	set_lock(s->lock_fd, F_UNLCK, BYTE_TURN);
	return status;
}

void
gp_lock_release(struct gp_store *s)
{
	set_lock(s->lock_fd, F_UNLCK, BYTE_WRITER);
}
