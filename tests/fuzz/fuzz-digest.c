/* SPDX-License-Identifier: ISC */
/* Answers to digests: which messages any text names, by link or by number; bounded, and never by both. */
#include "guildpost/list.h"

#include "../../src/list/digest_answer.h"

#include "vocabulary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const starts[] = {"https://l.example/bees/m/", "bees+reply-", NULL};
	static struct gp_words *words;
	void *ctx = gp_ctx(NULL);
	struct gp_digest_mark *v;
	size_t i, n;
	char *text;

	if (words == NULL)
		words = vocabulary();
	text = gp_utf8_clean(ctx, (const char *)data, size);
	v = gp_digest_marks(ctx, words, starts, text, &n);
	if (n > 200)
		abort();
	for (i = 0; i < n; i++) {
		if ((v[i].key == NULL) != (v[0].key == NULL) || (v[i].key == NULL) != (v[i].id > 0))
			abort();
		if (v[i].key != NULL && strspn(v[i].key, "abcdefghijklmnopqrstuvwxyz234567") != strlen(v[i].key))
			abort();
	}
	talloc_free(ctx);
	return 0;
}
