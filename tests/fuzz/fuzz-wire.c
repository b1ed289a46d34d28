/* SPDX-License-Identifier: ISC */
/* What a parser process that fell into strange hands may answer: the input up to the
 * first "\n\n" is the message, the rest the answer. */
#include "guildpost/mail.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *raw = (const char *)data, *split = gp_memmem(raw, size, "\n\n", 2);
	size_t raw_n = split == NULL ? 0 : (size_t)(split - raw);
	void *ctx = gp_ctx(NULL);
	struct gp_str wire = { raw + raw_n, size - raw_n };
	struct gp_mail m;
	struct gp_buf b;
	size_t i;

	if (split != NULL)
		wire = (struct gp_str){ split + 2, size - raw_n - 2 };
	if (gp_mail_unpack(ctx, wire, raw, raw_n, &m, NULL) == GP_OK) {
		gp_buf_init(&b, ctx, GP_MAX_FRAME);
		gp_mail_pack(&b, &m);
		for (i = 0; i < m.parts_n; i++)
			if (m.parts[i].body > raw_n || m.parts[i].len > raw_n - m.parts[i].body)
				abort();
		if (gp_mail_unpack(ctx, (struct gp_str){ b.p, b.len }, raw, raw_n, &m, NULL) != GP_OK)
			abort();
	}
	talloc_free(ctx);
	return 0;
}
