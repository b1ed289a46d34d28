/* SPDX-License-Identifier: ISC */
/*
 * Mail out of a mailbox that can't be taken. No client waits for an answer, so it is neither
 * dropped nor bounced to whoever its From names: it goes into a Maildir of its own, with the reason
 * on top, and `status` and `check` tell of it.
 */
#include "config.h"

#include "guildpost/inbound.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *
gp_refused_dir(const void *ctx, const char *data_dir)
{
	return gp_path_join(ctx, data_dir, "refused");
}

/* One line of text, ended as the lines of the mail are. */
static char *
head(const void *ctx, const char *door, const char *reason, const char *p, size_t n)
{
	const char *lf = n > 0 ? memchr(p, '\n', n) : NULL;

	return gp_asprintf(ctx, "%s: %s: %s%s", GP_REFUSED_FIELD, door,
	    gp_utf8_line(ctx, reason, strlen(reason), 400),
	    lf != NULL && lf > p && lf[-1] == '\r' ? "\r\n" : "\n");
}

/* What is in "new" is whole: it is written beside, and moved. */
static char *
tmp_path(const void *ctx, const char *dir, const unsigned char sum[GP_SHA256_LEN])
{
	return gp_asprintf(ctx, "%s/tmp/%s.guildpost", dir, gp_base32(ctx, sum, 15));
}

static char *
new_path(const void *ctx, const char *dir, const unsigned char sum[GP_SHA256_LEN])
{
	return gp_asprintf(ctx, "%s/new/%s.guildpost", dir, gp_base32(ctx, sum, 15));
}

enum gp_status
gp_refused_put(const char *data_dir, const char *door, const char *reason, const char *p, size_t n,
    struct gp_err *err)
{
	void *ctx = gp_ctx(NULL);
	char *dir = gp_refused_dir(ctx, data_dir), *top = head(ctx, door, reason, p, n), *tmp;
	enum gp_status st = gp_inbox_prepare(dir, err);
	unsigned char sum[GP_SHA256_LEN];
	struct gp_buf b;

	gp_buf_init(&b, ctx, GP_MAX_FRAME);
	gp_buf_puts(&b, top);
	gp_buf_add(&b, p, n);
	gp_sha256(p, n, sum);
	if (st == GP_OK && b.over)
		st = gp_fail(err, GP_E_TOOBIG, "the mail is too large");
	tmp = tmp_path(ctx, dir, sum);
	if (st == GP_OK)
		st = gp_file_write(tmp, b.p, b.len, 0600, err);
	if (st == GP_OK && rename(tmp, new_path(ctx, dir, sum)) != 0)
		st = gp_fail_errno(err, GP_E_IO, "can't rename %s", tmp);
	talloc_free(ctx);
	return st;
}

static enum gp_status
copy(int from, int to, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	char buf[65536];
	ssize_t got;

	while (st == GP_OK && (got = read(from, buf, sizeof(buf))) != 0) {
		if (got < 0 && errno != EINTR)
			st = gp_fail_errno(err, GP_E_IO, "can't read");
		else if (got > 0)
			st = gp_fd_write_all(to, buf, (size_t)got, err);
	}
	if (st == GP_OK && fsync(to) != 0)
		st = gp_fail_errno(err, GP_E_IO, "can't sync");
	return st;
}

enum gp_status
gp_refused_copy(const char *data_dir, const char *door, const char *reason, const char *dir,
    const char *name, struct gp_err *err)
{
	void *ctx = gp_ctx(NULL);
	char *to = gp_refused_dir(ctx, data_dir), *top, *tmp;
	char *source = gp_asprintf(ctx, "%s/new/%s", dir, name);
	enum gp_status st = gp_inbox_prepare(to, err);
	unsigned char sum[GP_SHA256_LEN];
	int in, out;

	top = head(ctx, door, reason, NULL, 0);
	gp_sha256(source, strlen(source), sum);	/* its name is one of a kind */
	tmp = tmp_path(ctx, to, sum);
	in = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (st == GP_OK && (in < 0 || out < 0))
		st = gp_fail_errno(err, GP_E_IO, "can't copy %s to %s", source, tmp);
	if (st == GP_OK)
		st = gp_fd_write_all(out, top, strlen(top), err);
	if (st == GP_OK)
		st = copy(in, out, err);
	if (st == GP_OK && rename(tmp, new_path(ctx, to, sum)) != 0)
		st = gp_fail_errno(err, GP_E_IO, "can't rename %s", tmp);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	talloc_free(ctx);
	return st;
}
