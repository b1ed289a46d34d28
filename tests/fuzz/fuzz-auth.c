/* SPDX-License-Identifier: ISC */
/*
 * Authentication-Results out of any bytes. The part in front of the first line end stands within quotes,
 * as an address that the sender chose: whatever it holds, it can't make the author pass.
 */
#include "guildpost/mail.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum gp_auth
ask(const void *ctx, const char *value, size_t n)
{
	struct gp_buf b;
	struct gp_header h;
	unsigned changes;
	char *raw;
	size_t len;

	gp_buf_init(&b, ctx, 1 << 20);
	gp_buf_puts(&b, "From: ann@example.org\r\nAuthentication-Results: mx.example.net; ");
	gp_buf_add(&b, value, n);
	gp_buf_puts(&b, "\r\n\r\n");
	raw = gp_mail_canon(ctx, b.p, b.len, &len, &changes);
	if (gp_header_scan(ctx, raw, len, &h, NULL) != GP_OK)
		return GP_AUTH_NONE;
	return gp_auth_results(ctx, &h, "mx.example.net", "ann@example.org");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_buf quoted;
	size_t i;

	if (size > 4096)
		size = 4096;
	ask(ctx, (const char *)data, size);
	gp_buf_init(&quoted, ctx, 16384);
	gp_buf_puts(&quoted, "spf=pass smtp.mailfrom=\"");
	for (i = 0; i < size; i++) {
		if (data[i] == '"' || data[i] == '\\')
			gp_buf_putc(&quoted, '\\');
		gp_buf_putc(&quoted, data[i] < ' ' ? ' ' : data[i]);
	}
	gp_buf_puts(&quoted, "\"@evil.example");
	if (ask(ctx, quoted.p, quoted.len) == GP_AUTH_PASS)
		abort();
	talloc_free(ctx);
	return 0;
}
