/* SPDX-License-Identifier: ISC */
/*
 * The files of a Maildir that mail comes in by: servers put each mail into DIR/new whole, by a
 * rename or a link. Nothing here follows a symbolic link or waits for a FIFO.
 */
#include "config.h"

#include "guildpost/inbound.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum gp_status
gp_inbox_prepare(const char *dir, struct gp_err *err)
{
	static const char *const subs[] = {"tmp", "new", "cur"};
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; st == GP_OK && i < GP_COUNT(subs); i++) {
		char *path = gp_path_join(NULL, dir, subs[i]);

		st = gp_dir_make(path, 0700, err);
		talloc_free(path);
	}
	return st;
}

/* Call fn for each name in DIR/SUB until it says no. */
static enum gp_status
each_name(const char *dir, const char *sub, bool (*fn)(void *arg, const char *name), void *arg,
    struct gp_err *err)
{
	char *path = gp_path_join(NULL, dir, sub);
	enum gp_status st = GP_OK;
	DIR *d = opendir(path);
	struct dirent *e;

	if (d == NULL) {
		st = gp_fail_errno(err, GP_E_IO, "can't look into %s", path);
	} else {
		for (errno = 0; (e = readdir(d)) != NULL; errno = 0)
			if (e->d_name[0] != '.' && !fn(arg, e->d_name))
				break;
		if (e == NULL && errno != 0)
			st = gp_fail_errno(err, GP_E_IO, "can't look into %s", path);
		closedir(d);
	}
	talloc_free(path);
	return st;
}

struct names {
	char **v;
	size_t n;
	const void *ctx;
};

static bool
add_name(void *arg, const char *name)
{
	struct names *names = arg;

	if ((names->n & (names->n - 1)) == 0) {
		names->v = talloc_realloc(names->ctx, names->v, char *,
		    (unsigned)(names->n == 0 ? 1 : 2 * names->n));
		if (names->v == NULL)
			gp_oom();
	}
	names->v[names->n++] = gp_strdup(names->v, name);
	return names->n < GP_INBOX_NAMES;
}

/* Names begin with the seconds since 1970: by number, then by letters. */
static int
by_time(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	size_t n = strspn(x, "0123456789"), m = strspn(y, "0123456789");

	return n != m ? (n < m ? -1 : 1) : strcmp(x, y);
}

enum gp_status
gp_inbox_list(const void *ctx, const char *dir, char ***out, size_t *n, struct gp_err *err)
{
	struct names names = {NULL, 0, ctx};
	enum gp_status st = each_name(dir, "new", add_name, &names, err);

	if (names.n > 1)
		qsort(names.v, names.n, sizeof(*names.v), by_time);
	*out = names.v;
	*n = names.n;
	return st;
}

enum gp_status
gp_inbox_read(const void *ctx, const char *dir, const char *name, size_t max, char **data, size_t *n,
    struct gp_err *err)
{
	char *path = gp_asprintf(ctx, "%s/new/%s", dir, name);
	enum gp_status st = GP_OK;
	struct stat sb;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return gp_fail_errno(err, errno == ENOENT ? GP_E_NOTFOUND : GP_E_IO, "can't open %s",
		    path);
	if (fstat(fd, &sb) != 0)
		st = gp_fail_errno(err, GP_E_IO, "can't read %s", path);
	else if (!S_ISREG(sb.st_mode))
		st = gp_fail(err, GP_E_IO, "%s is no file", path);
	else if (sb.st_size > (off_t)max)
		st = gp_fail(err, GP_E_TOOBIG, "it is larger than %zu bytes", max);
	if (st == GP_OK)
		st = gp_fd_read_all(ctx, fd, max, data, n, err);
	close(fd);
	talloc_free(path);
	return st;
}

enum gp_status
gp_inbox_remove(const char *dir, const char *name, struct gp_err *err)
{
	char *path = gp_asprintf(NULL, "%s/new/%s", dir, name);
	enum gp_status st = GP_OK;

	if (unlink(path) != 0 && errno != ENOENT)
		st = gp_fail_errno(err, GP_E_IO, "can't remove %s", path);
	talloc_free(path);
	return st;
}

static bool
count_name(void *arg, const char *name)
{
	int64_t *n = arg;

	(void)name;
	++*n;
	return true;
}

int64_t
gp_inbox_count(const char *dir, const char *sub)
{
	int64_t n = 0;

	(void)!each_name(dir, sub, count_name, &n, NULL);
	return n;
}
