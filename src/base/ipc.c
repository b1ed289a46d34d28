/* SPDX-License-Identifier: ISC */
/*
 * Frames between our processes: kind (2 bytes), id (8), length (4), body; numbers
 * in the machine's own order, since both ends are the same program.
 */
#include "config.h"

#include "guildpost/base.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { HEAD = 14 };

static void
put_head(char head[HEAD], uint16_t kind, uint64_t id, size_t n)
{
	uint32_t len = (uint32_t)n;

	memcpy(head, &kind, 2);
	memcpy(head + 2, &id, 8);
	memcpy(head + 10, &len, 4);
}

static size_t
get_head(const char head[HEAD], struct gp_frame *f)
{
	uint32_t len;

	memcpy(&f->kind, head, 2);
	memcpy(&f->id, head + 2, 8);
	memcpy(&len, head + 10, 4);
	return len;
}

void
gp_frame_send(struct gp_conn *c, uint16_t kind, uint64_t id, const void *p, size_t n)
{
	char head[HEAD];

	if (n > GP_MAX_FRAME)
		gp_bug("frame of %zu bytes", n);
	put_head(head, kind, id, n);
	gp_conn_write(c, head, HEAD);
	if (n > 0)
		gp_conn_write(c, p, n);
}

enum gp_status
gp_frame_write(int fd, uint16_t kind, uint64_t id, const void *p, size_t n, struct gp_err *err)
{
	char head[HEAD];
	struct iovec iov[2] = {{head, HEAD}, {(void *)(uintptr_t)p, n}};
	ssize_t put;
	size_t rest;

	if (n > GP_MAX_FRAME)
		return gp_fail(err, GP_E_TOOBIG, "a frame of %zu bytes is over the limit", n);
	put_head(head, kind, id, n);
	do
		put = writev(fd, iov, 2);
	while (put < 0 && errno == EINTR);
	if (put < 0)
		return gp_fail_errno(err, GP_E_IO, "can't write to the other process");
	rest = HEAD + n - (size_t)put;
	if (rest == 0)
		return GP_OK;
	if ((size_t)put < HEAD) {
		enum gp_status st = gp_fd_write_all(fd, head + put, HEAD - (size_t)put, err);

		if (st != GP_OK)
			return st;
		rest = n;
	}
	return gp_fd_write_all(fd, (const char *)p + (n - rest), rest, err);
}

enum gp_status
gp_frame_next(struct gp_conn *c, size_t max, struct gp_frame *f, size_t *used, struct gp_err *err)
{
	struct gp_str in = gp_conn_peek(c, HEAD);
	size_t len;

	if (in.n < HEAD)
		return GP_E_NOTFOUND;
	len = get_head(in.p, f);
	if (len > max)
		return gp_fail(err, GP_E_TOOBIG, "the other process sent %zu bytes at once", len);
	if (gp_conn_available(c) < HEAD + len)
		return GP_E_NOTFOUND;
	in = gp_conn_peek(c, HEAD + len);
	f->body.p = in.p + HEAD;
	f->body.n = len;
	*used = HEAD + len;
	return GP_OK;
}

/* GP_E_NOTFOUND: end of file before the first byte. */
static enum gp_status
read_exact(int fd, char *to, size_t n, struct gp_err *err)
{
	size_t have = 0;
	ssize_t got;

	while (have < n) {
		got = read(fd, to + have, n - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return gp_fail_errno(err, GP_E_IO, "can't read from the other process");
		if (got == 0)
			return gp_fail(err, have == 0 ? GP_E_NOTFOUND : GP_E_IO,
			    "the other process is gone");
		have += (size_t)got;
	}
	return GP_OK;
}

enum gp_status
gp_frame_read(const void *ctx, int fd, size_t max, struct gp_frame *f, struct gp_err *err)
{
	char head[HEAD], *body;
	enum gp_status st = read_exact(fd, head, HEAD, err);
	size_t len;

	if (st != GP_OK)
		return st;
	len = get_head(head, f);
	if (len > max)
		return gp_fail(err, GP_E_TOOBIG, "the other process sent %zu bytes at once", len);
	body = talloc_named_const(ctx, len + 1, "frame");
	if (body == NULL)
		gp_oom();
	st = read_exact(fd, body, len, err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? gp_fail(err, GP_E_IO, "the other process is gone") : st;
	body[len] = '\0';
	f->body.p = body;
	f->body.n = len;
	return GP_OK;
}
