/* SPDX-License-Identifier: ISC */
/*
 * Answers to the mail with all that waits, out of any text: an item has numbers and a word, its reason is
 * whole UTF-8 where the text is, and what is not understood is an end of the text.
 */
#include "guildpost/list.h"

#include "../../src/list/verdict.h"

#include "vocabulary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gp_words *words;
	struct gp_queue_item *v;
	const char *below = NULL;
	void *ctx = gp_ctx(NULL);
	char *text;
	size_t i, k, n;

	if (words == NULL)
		words = vocabulary();
	/* The parser cleans what it gives. */
	text = gp_utf8_clean(ctx, (const char *)data, size);
	v = gp_queue_read(ctx, words, text, &n, &below);
	if (n > GP_QUEUE_NUMBERS || below < text || below > text + strlen(text))
		abort();
	for (i = 0; i < n; i++) {
		if (v[i].n == 0 || v[i].n > GP_QUEUE_NUMBERS || v[i].word == NULL || v[i].rest == NULL)
			abort();
		if (v[i].word->kind != GP_WORD_VERDICT || strlen(v[i].rest) > strlen(text) + 1)
			abort();
		for (k = 0; k < v[i].n; k++)
			if (v[i].numbers[k] < 0 || v[i].numbers[k] > 999999)
				abort();
		if (*v[i].rest != '\0' && !gp_utf8_valid(v[i].rest, strlen(v[i].rest)))
			abort();
	}
	talloc_free(ctx);
	return 0;
}
