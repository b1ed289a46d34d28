/* SPDX-License-Identifier: ISC */
/*
 * A piece of a file: RFC 9110 section 14. One range of bytes; several at once, other units and what
 * can't be read are passed over, and the whole file is the answer, as the RFC allows.
 */
#include "config.h"

#include "private.h"

#include <string.h>

/* Digits at *p as a number, *p behind them; false when there are none, or too many. */
static bool
digits(const char **p, size_t *out)
{
	size_t n = strspn(*p, "0123456789"), i;

	*out = 0;
	if (n == 0 || n > 15)
		return false;
	for (i = 0; i < n; i++)
		*out = *out * 10 + (size_t)(*(*p)++ - '0');
	return true;
}

/* "bytes=FROM-TO", "bytes=FROM-", "bytes=-LAST"; *to is behind the last byte. */
enum range
range_read(const char *field, size_t size, size_t *from, size_t *to)
{
	bool first, last;
	const char *p;

	if (field == NULL || !gp_istarts(field, "bytes="))
		return RANGE_NONE;
	p = field + strlen("bytes=");
	first = digits(&p, from);
	if (*p++ != '-')
		return RANGE_NONE;
	last = digits(&p, to);
	if (*p != '\0' || (!first && !last) || (first && last && *to < *from))
		return RANGE_NONE;
	if (!first) {
		if (*to == 0)
			return RANGE_OUTSIDE;
		*from = *to < size ? size - *to : 0;
		*to = size;
	} else {
		*to = last && *to < size ? *to + 1 : size;
	}
	return *from < size ? RANGE_FOUND : RANGE_OUTSIDE;
}

void
range_answer(const void *ctx, const struct gp_request *r, struct gp_response *out)
{
	size_t from, to, size = out->body.n;
	enum range found;

	if (out->status != 200 || !out->whole || out->gzip || strcmp(r->method, "GET") != 0)
		return;
	/* What the reader has a part of may have changed. */
	if (r->if_range != NULL && (out->etag == NULL || strcmp(r->if_range, out->etag) != 0))
		return;
	found = range_read(r->range, size, &from, &to);
	if (found == RANGE_NONE)
		return;
	out->body = found == RANGE_OUTSIDE ? (struct gp_str){"", 0} :
	    (struct gp_str){gp_memdup(ctx, out->body.p + from, to - from), to - from};
	out->status = found == RANGE_OUTSIDE ? 416 : 206;
	out->range = found == RANGE_OUTSIDE ? gp_asprintf(ctx, "bytes */%zu", size) :
	    gp_asprintf(ctx, "bytes %zu-%zu/%zu", from, to - 1, size);
	out->kept = NULL;	/* what the library keeps is the whole */
}
