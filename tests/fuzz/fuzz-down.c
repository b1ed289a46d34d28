/* SPDX-License-Identifier: ISC */
/* Mail made fit for a 7-bit relay: no 8-bit byte is left but where it says so, nor a part lost. */
#include "config.h"

#include "guildpost/mail/carry.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ALL (GP_DOWN_8BIT | GP_DOWN_LINES | GP_DOWN_UTF8)

static size_t
parts_of(const char *raw, size_t n)
{
	struct gp_scan scan;

	return gp_mail_scan(raw, n, &scan, NULL) == GP_OK ? scan.parts : 0;
}

static void
check(void *ctx, const char *raw, size_t n, const struct gp_down *d)
{
	size_t before = parts_of(raw, n);
	struct gp_buf whole;
	unsigned wants = gp_mail_down_wants((struct gp_str){d->header, d->header_n},
	    (struct gp_str){d->body, d->body_n});

	if (d->left == 0 && (wants & (GP_DOWN_8BIT | GP_DOWN_UTF8)) != 0)
		abort();
	gp_buf_init(&whole, ctx, 2 * GP_MAX_MESSAGE);
	gp_buf_add(&whole, d->header, d->header_n);
	gp_buf_puts(&whole, "\r\n");
	gp_buf_add(&whole, d->body, d->body_n);
	if (before > 0 && parts_of(whole.p, whole.len) != before)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_header h;
	struct gp_down d;
	unsigned changes;
	size_t n;
	char *raw = gp_mail_canon(ctx, (const char *)data, size, &n, &changes);

	if (gp_header_scan(ctx, raw, n, &h, NULL) == GP_OK && h.body > h.end &&
	    gp_mail_down(ctx, (struct gp_str){raw, h.end}, (struct gp_str){raw + h.body, n - h.body},
	    ALL, &d, NULL) == GP_OK)
		check(ctx, raw, n, &d);
	talloc_free(ctx);
	return 0;
}
