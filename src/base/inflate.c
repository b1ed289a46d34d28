/* SPDX-License-Identifier: ISC */
/* Files that may be compressed: gzip (zlib) and zstd, told by their first bytes. */
#include "config.h"

#include "guildpost/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { CHUNK = 128 << 10 };

struct gp_inflate {
	enum { PLAIN, GZIP, ZSTD } kind;
	int fd;
	int64_t size, at;
	char in[CHUNK];
	size_t have, used;	/* of in */
	bool end, dirty;	/* end of file; inside a compressed stream */
	z_stream z;
	ZSTD_DStream *zstd;
};

static int
inflate_free(struct gp_inflate *f)
{
	close(f->fd);
	if (f->kind == GZIP)
		inflateEnd(&f->z);
	ZSTD_freeDStream(f->zstd);
	return 0;
}

static enum gp_status
refill(struct gp_inflate *f, struct gp_err *err)
{
	ssize_t got;

	if (f->used < f->have || f->end)
		return GP_OK;
	do
		got = read(f->fd, f->in, sizeof(f->in));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return gp_fail_errno(err, GP_E_IO, "can't read");
	f->end = got == 0;
	f->have = (size_t)got;
	f->used = 0;
	f->at += got;
	return GP_OK;
}

static void
find_kind(struct gp_inflate *f)
{
	if (f->have >= 2 && memcmp(f->in, "\x1f\x8b", 2) == 0) {
		f->kind = GZIP;
		/* 16: gzip only. */
		if (inflateInit2(&f->z, 15 + 16) != Z_OK)
			gp_oom();
	} else if (f->have >= 4 && memcmp(f->in, "\x28\xb5\x2f\xfd", 4) == 0) {
		f->kind = ZSTD;
		f->zstd = ZSTD_createDStream();
		if (f->zstd == NULL)
			gp_oom();
	}
}

enum gp_status
gp_inflate_open(const void *ctx, const char *path, struct gp_inflate **out, struct gp_err *err)
{
	struct gp_inflate *f;
	enum gp_status st;
	struct stat sb;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return gp_fail_errno(err, errno == ENOENT ? GP_E_NOTFOUND : GP_E_IO,
		    "can't open %s", path);
	f = gp_new(ctx, struct gp_inflate);
	f->fd = fd;
	talloc_set_destructor(f, inflate_free);
	if (fstat(fd, &sb) == 0)
		f->size = sb.st_size;
	st = refill(f, err);
	if (st != GP_OK) {
		talloc_free(f);
		return gp_err_prefix(err, "%s", path);
	}
	find_kind(f);
	*out = f;
	return GP_OK;
}

static enum gp_status
read_plain(struct gp_inflate *f, char *p, size_t n, size_t *got)
{
	size_t take = f->have - f->used < n ? f->have - f->used : n;

	memcpy(p, f->in + f->used, take);
	f->used += take;
	*got = take;
	return GP_OK;
}

static enum gp_status
read_gzip(struct gp_inflate *f, char *p, size_t n, size_t *got, struct gp_err *err)
{
	int rc;

	if (f->end && f->used == f->have && !f->dirty) {
		*got = 0;
		return GP_OK;
	}
	f->z.next_in = (Bytef *)f->in + f->used;
	f->z.avail_in = (uInt)(f->have - f->used);
	f->z.next_out = (Bytef *)p;
	f->z.avail_out = (uInt)n;
	rc = inflate(&f->z, Z_NO_FLUSH);
	f->used = f->have - f->z.avail_in;
	*got = n - f->z.avail_out;
	f->dirty = rc != Z_STREAM_END;
	if (rc == Z_STREAM_END)
		inflateReset(&f->z);	/* another member may follow */
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		return gp_fail(err, GP_E_PARSE, "the gzip data is damaged");
	return GP_OK;
}

static enum gp_status
read_zstd(struct gp_inflate *f, char *p, size_t n, size_t *got, struct gp_err *err)
{
	ZSTD_inBuffer in = {f->in, f->have, f->used};
	ZSTD_outBuffer out = {p, n, 0};
	size_t rc;

	if (f->end && f->used == f->have && !f->dirty) {
		*got = 0;
		return GP_OK;
	}
	rc = ZSTD_decompressStream(f->zstd, &out, &in);
	f->used = in.pos;
	*got = out.pos;
	if (ZSTD_isError(rc))
		return gp_fail(err, GP_E_PARSE, "the zstd data is damaged: %s", ZSTD_getErrorName(rc));
	f->dirty = rc != 0;
	return GP_OK;
}

enum gp_status
gp_inflate_read(struct gp_inflate *f, char *p, size_t n, size_t *got, struct gp_err *err)
{
	enum gp_status st;

	*got = 0;
	for (;;) {
		st = refill(f, err);
		if (st != GP_OK)
			return st;
		if (f->kind == PLAIN)
			return read_plain(f, p, n, got);
		st = f->kind == GZIP ? read_gzip(f, p, n, got, err) : read_zstd(f, p, n, got, err);
		if (st != GP_OK || *got > 0)
			return st;
		if (!f->end)
			continue;
		return f->dirty ? gp_fail(err, GP_E_PARSE, "the compressed data ends too early") : GP_OK;
	}
}

int64_t
gp_inflate_at(const struct gp_inflate *f)
{
	return f->at;
}

int64_t
gp_inflate_size(const struct gp_inflate *f)
{
	return f->size;
}
