/* SPDX-License-Identifier: ISC */
/* An mbox in pieces of any size gives what it gives in one. */
#include "guildpost/mail.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A number made of all that comes out. */
static uint64_t
digest(const char *p, size_t n, size_t piece)
{
	struct gp_mbox *m = gp_mbox_new(NULL);
	struct gp_mbox_msg msg;
	enum gp_status st;
	uint64_t h = 14695981039346656037u;
	size_t at = 0, len, i;

	do {
		len = n - at < piece ? n - at : piece;
		gp_mbox_feed(m, p + at, len);
		while ((st = gp_mbox_next(m, &msg, NULL)) != GP_E_NOTFOUND) {
			h = (h ^ (uint64_t)st) * 1099511628211u;
			h = (h ^ (uint64_t)msg.offset) * 1099511628211u;
			if (msg.offset < 0 || (size_t)msg.offset > n || msg.n > n)
				abort();
			for (i = 0; i < msg.n; i++)
				h = (h ^ (unsigned char)msg.raw[i]) * 1099511628211u;
		}
		at += len;
	} while (len > 0);
	talloc_free(m);
	return h;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size > 0 ? 1 + data[0] % 97 : 1;

	if (digest((const char *)data, size, size + 1) != digest((const char *)data, size, piece))
		abort();
	return 0;
}
