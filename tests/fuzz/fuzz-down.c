/* SPDX-License-Identifier: ISC */
/* Mail made fit for a 7-bit relay: no 8-bit byte is left but where it says so, nor a part lost. */
#include "config.h"

#include "guildpost/mail/carry.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ALL (GP_DOWN_8BIT | GP_DOWN_LINES | GP_DOWN_UTF8)

/* A parameter with 8-bit bytes becomes several (RFC 2231 section 3), so that a field may then have more
 * of them than we take from strangers: that is not a part lost. */
static bool
has_parts(const char *raw, size_t n, size_t parts)
{
	struct gp_scan scan;
	enum gp_status st = gp_mail_scan(raw, n, &scan, NULL);

	return st == GP_E_TOOBIG || (st == GP_OK && scan.parts == parts);
}

static void
check(void *ctx, const char *raw, size_t n, const struct gp_down *d)
{
	struct gp_scan before;
	struct gp_buf whole;
	unsigned wants = gp_mail_down_wants((struct gp_str){d->header, d->header_n},
	    (struct gp_str){d->body, d->body_n});

	if (d->left == 0 && (wants & (GP_DOWN_8BIT | GP_DOWN_UTF8)) != 0)
		abort();
	gp_buf_init(&whole, ctx, 2 * GP_MAX_MESSAGE);
	gp_buf_add(&whole, d->header, d->header_n);
	gp_buf_puts(&whole, "\r\n");
	gp_buf_add(&whole, d->body, d->body_n);
	if (gp_mail_scan(raw, n, &before, NULL) == GP_OK && !has_parts(whole.p, whole.len, before.parts))
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
