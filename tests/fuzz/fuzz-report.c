/* SPDX-License-Identifier: ISC */
/*
 * Reports out of any bytes: every address is one, every text one clean line, and a message read
 * twice says the same.
 */
#include "guildpost/mail.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_rcpt(const void *ctx, const struct gp_report_rcpt *r)
{
	struct gp_err err;

	if (gp_addr_check(r->address, &err) != GP_OK || r->category > GP_BOUNCE_INFRA)
		abort();
	if (strcmp(gp_utf8_line(ctx, r->text, strlen(r->text), 1000), r->text) != 0)
		abort();
	if (strlen(r->status) > 11 || r->code < 0 || r->code > 599)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_report a, b;
	struct gp_mail mail;
	struct gp_err err;
	size_t n, i;
	char *raw = gp_mail_canon(ctx, (const char *)data, size, &n, NULL);

	if (gp_mail_parse(ctx, raw, n, &mail, &err) == GP_OK &&
	    gp_report_read(ctx, &mail, raw, n, &a, &err) == GP_OK) {
		if (gp_report_read(ctx, &mail, raw, n, &b, &err) != GP_OK || a.kind != b.kind ||
		    a.rcpts_n != b.rcpts_n || a.rcpts_n > 200)
			abort();
		for (i = 0; i < a.rcpts_n; i++)
			check_rcpt(ctx, &a.rcpts[i]);
	}
	talloc_free(ctx);
	return 0;
}
