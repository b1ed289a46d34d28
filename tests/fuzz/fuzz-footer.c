/* SPDX-License-Identifier: ISC */
/* Footers: what comes out can be read again, holds the footer once and every part that was there. */
#include "config.h"

#include "guildpost/mail/carry.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
parts_of(const void *ctx, const char *raw, size_t n)
{
	struct gp_scan scan;

	(void)ctx;
	return gp_mail_scan(raw, n, &scan, NULL) == GP_OK ? scan.parts : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_footed out;
	struct gp_header h;
	struct gp_buf whole;
	unsigned changes;
	size_t n, before;
	char *raw = gp_mail_canon(ctx, (const char *)data, size, &n, &changes);

	if (gp_footer_add(ctx, raw, n, "The bees of example.org\n", &out, NULL) == GP_OK && out.added &&
	    gp_header_scan(ctx, raw, n, &h, NULL) == GP_OK) {
		before = parts_of(ctx, raw, n);
		gp_buf_init(&whole, ctx, GP_MAX_MESSAGE);
		if (out.fields != NULL)
			gp_buf_puts(&whole, out.fields);
		else
			gp_buf_add(&whole, raw, h.end);
		gp_buf_puts(&whole, "\r\n");
		gp_buf_add(&whole, out.body, out.n);
		if (before > 0 && parts_of(ctx, whole.p, whole.len) < before)
			abort();
	}
	talloc_free(ctx);
	return 0;
}
