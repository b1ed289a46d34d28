/* SPDX-License-Identifier: ISC */
/* The way of a stranger's message: canonical form, scan, parser, wire and back. */
#include "guildpost/mail.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
check_canon(const void *ctx, const char *raw, size_t n)
{
	unsigned changes;
	size_t again, i;

	gp_mail_canon(ctx, raw, n, &again, &changes);
	check(again == n || (changes & GP_CANON_FROM_LINE) != 0);
	for (i = 0; i < n; i++) {
		check(raw[i] != '\0');
		check(raw[i] != '\n' || (i > 0 && raw[i - 1] == '\r'));
		check(raw[i] != '\r' || (i + 1 < n && raw[i + 1] == '\n'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_buf wire, again;
	struct gp_mail m, back;
	struct gp_scan scan;
	unsigned changes;
	size_t n, i;
	char *raw = gp_mail_canon(ctx, (const char *)data, size, &n, &changes), *out;

	check_canon(ctx, raw, n);
	if (gp_mail_scan(raw, n, &scan, NULL) != GP_OK)
		goto done;
	check(gp_mail_parse(ctx, raw, n, &m, NULL) == GP_OK);
	gp_buf_init(&wire, ctx, GP_MAX_FRAME);
	gp_buf_init(&again, ctx, GP_MAX_FRAME);
	gp_mail_pack(&wire, &m);
	check(gp_mail_unpack(ctx, (struct gp_str){ wire.p, wire.len }, raw, n, &back, NULL) == GP_OK);
	gp_mail_pack(&again, &back);
	check(wire.len == again.len && memcmp(wire.p, again.p, wire.len) == 0);
	check(strlen(back.text) == m.text_n && strcmp(back.text, m.text) == 0);
	for (i = 0; i < back.parts_n; i++) {
		const struct gp_part *p = &back.parts[i];
		size_t len;

		check(gp_cte_decode(ctx, p->cte, raw + p->body, p->len, GP_MAX_MESSAGE, &out, &len,
		    NULL) == GP_OK && len == p->size);
		talloc_free(out);
	}
done:
	talloc_free(ctx);
	return 0;
}
