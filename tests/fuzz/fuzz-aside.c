/* SPDX-License-Identifier: ISC */
/* A post without the line that was a command: the rest of what a stranger wrote is all there, in text and in HTML, can
 * be read again, and its parts stand where the table of them says. */
#include "guildpost/render.h"

#include "../../src/list/command.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

/* How many letters and digits. */
static size_t
letters(const char *p, size_t n)
{
	size_t i, sum = 0;

	for (i = 0; i < n; i++)
		sum += (p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '0' && p[i] <= '9');
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char words[] = "keep: K\xc3\xb6nig & \"wax\" #q";
	void *ctx = gp_ctx(NULL);
	struct gp_inbound in = {.envelope_from = "a@b.c", .via = "LMTP"};
	const struct gp_inbound *out = &in;
	struct gp_mail m;
	unsigned changes;
	size_t i;
	char *raw = gp_mail_canon(ctx, (const char *)data, size, &in.n, &changes);

	in.raw = raw;
	in.mail = &m;
	if (gp_derive(ctx, raw, in.n, &m, NULL) == GP_OK &&
	    gp_aside_strip(ctx, words, &out, NULL) == GP_OK && out != &in) {
		const struct gp_mail *after = out->mail;

		check(after->parts_n == m.parts_n);
		for (i = 0; i < after->parts_n; i++)
			check(after->parts[i].head <= after->parts[i].body && after->parts[i].body + after->parts[i].len <= out->n);
		/* That line and nothing else. */
		check(letters(after->text, after->text_n) + letters(words, sizeof(words) - 1) == letters(m.text, m.text_n));
		check(after->html == NULL || m.html != NULL);
	}
	talloc_free(ctx);
	return 0;
}
