/* SPDX-License-Identifier: ISC */
/* Days out of any text: what is read is a span of days, ahead of us, and can be written and read again. */
#include "guildpost/list.h"

#include "../../src/list/when.h"

#include "vocabulary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gp_words *words;
	const int64_t now = gp_civil_time(2026, 11, 23, 10, 30, 0);
	int64_t from, to, first, last;
	void *ctx = gp_ctx(NULL);
	char *text, *again, *read;
	size_t used;

	if (words == NULL)
		words = vocabulary();
	text = gp_strndup(ctx, size > 0 ? (const char *)data : "", size);
	if (gp_when_day(words, text, now, "UTC", &first, &used) &&
	    (used == 0 || used > strlen(text) || first % 86400 != 0))
		abort();
	if (gp_when_span(words, text, now, "UTC", &from, &to)) {
		if (to <= now || to <= from || to % 86400 != 0 || to - from > (int64_t)733 * 86400)
			abort();
		again = gp_asprintf(ctx, "%s to %s", gp_time_format(ctx, from, NULL, "%Y-%m-%d"),
		    gp_time_format(ctx, to - 1, NULL, "%Y-%m-%d"));
		if (!gp_when_span(words, again, now, "UTC", &first, &last) || last != to)
			abort();
	}
	/* A query stays what it is but for the words that were read as a time. */
	text = gp_utf8_clean(ctx, text, strlen(text));
	again = gp_when_query(ctx, words, text, now, &read);
	if ((read == NULL && strcmp(again, text) != 0) || (read != NULL && (strstr(text, read) == NULL ||
	    strstr(again, "d:") == NULL)))
		abort();
	talloc_free(ctx);
	return 0;
}
