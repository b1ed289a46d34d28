/* SPDX-License-Identifier: ISC */
/* Compress bytes in memory as gzip (RFC 1952), for readers over HTTP and for downloads. */
#include "config.h"

#include "guildpost/base.h"

#include <string.h>
#include <zlib.h>

char *
gp_gzip(const void *ctx, const char *p, size_t n, int level, size_t *out_n)
{
	z_stream z;
	char *out;
	uLong max;

	memset(&z, 0, sizeof(z));
	/* 16: a gzip header in front, without a time, so that equal input gives equal output. */
	if (n > UINT32_MAX || deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		gp_oom();
	max = deflateBound(&z, (uLong)n);
	out = gp_alloc(ctx, max + 1, "gzip");
	z.next_in = (Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)max;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		gp_bug("deflate did not fit its own bound");
	*out_n = z.total_out;
	deflateEnd(&z);
	return out;
}
