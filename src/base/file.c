/* SPDX-License-Identifier: ISC */
/* Files: read whole, write so that a crash leaves the old or the new one. */
#include "config.h"

#include "guildpost/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum gp_status
gp_fd_read_all(const void *ctx, int fd, size_t max, char **out, size_t *len, struct gp_err *err)
{
	struct gp_buf b;
	ssize_t got;
	char *to;

	gp_buf_init(&b, ctx, max + 1);
	for (;;) {
		size_t want = b.max - b.len < 65536 ? b.max - b.len : 65536;

		if (want == 0)
			return gp_fail(err, GP_E_TOOBIG, "it is larger than %zu bytes", max);
		to = gp_buf_reserve(&b, want);
		got = read(fd, to, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return gp_fail_errno(err, GP_E_IO, "can't read");
		if (got == 0)
			break;
		b.len += (size_t)got;
	}
	b.p[b.len] = '\0';
	*out = b.p;
	*len = b.len;
	return GP_OK;
}

enum gp_status
gp_file_read(const void *ctx, const char *path, size_t max, char **out, size_t *len,
    struct gp_err *err)
{
	enum gp_status st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return gp_fail_errno(err, errno == ENOENT ? GP_E_NOTFOUND : GP_E_IO,
		    "can't open %s", path);
	st = gp_fd_read_all(ctx, fd, max, out, len, err);
	close(fd);
	return st == GP_OK ? GP_OK : gp_err_prefix(err, "%s", path);
}

enum gp_status
gp_fd_write_all(int fd, const void *p, size_t n, struct gp_err *err)
{
	const char *from = p;
	ssize_t put;

	while (n > 0) {
		put = write(fd, from, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return gp_fail_errno(err, GP_E_IO, "can't write");
		from += put;
		n -= (size_t)put;
	}
	return GP_OK;
}

/* A rename is durable once its folder is. */
static enum gp_status
sync_folder_of(const char *path, struct gp_err *err)
{
	char *dir = gp_strdup(NULL, path), *slash = strrchr(dir, '/');
	enum gp_status st = GP_OK;
	int fd;

	if (slash == NULL)
		memcpy(dir, ".", 2);
	else
		slash[slash == dir] = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		st = gp_fail_errno(err, GP_E_IO, "can't sync %s", dir);
	if (fd >= 0)
		close(fd);
	talloc_free(dir);
	return st;
}

enum gp_status
gp_file_write(const char *path, const void *p, size_t n, int mode, struct gp_err *err)
{
	char *tmp = gp_asprintf(NULL, "%s.%d.tmp", path, (int)getpid());
	enum gp_status st;
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0) {
		st = gp_fail_errno(err, GP_E_IO, "can't create %s", tmp);
		talloc_free(tmp);
		return st;
	}
	st = gp_fd_write_all(fd, p, n, err);
	if (st == GP_OK && fsync(fd) != 0)
		st = gp_fail_errno(err, GP_E_IO, "can't sync %s", tmp);
	if (close(fd) != 0 && st == GP_OK)
		st = gp_fail_errno(err, GP_E_IO, "can't close %s", tmp);
	if (st == GP_OK && rename(tmp, path) != 0)
		st = gp_fail_errno(err, GP_E_IO, "can't rename %s to %s", tmp, path);
	if (st != GP_OK)
		unlink(tmp);
	else
		st = sync_folder_of(path, err);
	talloc_free(tmp);
	return st;
}

enum gp_status
gp_dir_make(const char *path, int mode, struct gp_err *err)
{
	char *dir = gp_strdup(NULL, path), *p;
	enum gp_status st = GP_OK;

	for (p = *dir == '/' ? dir + 1 : dir; st == GP_OK; p++) {
		p = strchr(p, '/');
		if (p != NULL)
			*p = '\0';
		if (mkdir(dir, (mode_t)mode) != 0 && errno != EEXIST)
			st = gp_fail_errno(err, GP_E_IO, "can't make folder %s", dir);
		if (p == NULL)
			break;
		*p = '/';
	}
	talloc_free(dir);
	return st;
}

char *
gp_path_join(const void *ctx, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	return gp_asprintf(ctx, "%s%s%s", dir, n > 0 && dir[n - 1] == '/' ? "" : "/", name);
}
