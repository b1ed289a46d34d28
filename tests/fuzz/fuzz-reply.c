/* SPDX-License-Identifier: ISC */
/*
 * Replies and commands out of any text: nothing is read that isn't there, a reason is no longer than it
 * may be, what is whole UTF-8 stays so; and the time it takes grows with the text only.
 */
#include "guildpost/list.h"

#include "../../src/list/read.h"

#include "vocabulary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *text, bool valid)
{
	if (text != NULL && valid && *text != '\0' && !gp_utf8_valid(text, strlen(text)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gp_words *words;
	struct gp_mail m = {0};
	struct gp_lines lines;
	struct gp_site site = {0};
	struct gp_veil veil;
	char *rest = NULL, *text, *note;
	void *ctx = gp_ctx(NULL);
	bool valid;
	size_t i;

	if (words == NULL)
		words = vocabulary();
	/* The parser cleans what it gives. */
	text = gp_utf8_clean(ctx, (const char *)data, size);
	valid = gp_utf8_valid(text, strlen(text)) || *text == '\0';
	m.from_name = gp_strdup(ctx, "Ann Miller");
	m.from_addr = gp_strdup(ctx, "ann@example.org");
	m.subject = gp_utf8_line(ctx, text, strcspn(text, "\n"), 200);
	m.text = text;
	m.text_n = strlen(text);
	gp_text_split(ctx, text, m.text_n, 0, &m.own, &m.own_n, &m.quoted, &m.quoted_n);
	if (gp_text_own_end(ctx, m.own, m.own_n) > m.own_n)
		abort();
	gp_read_commands(ctx, words, &m, &lines);
	for (i = 0; i < lines.n; i++) {
		check(lines.v[i], valid);
		if (*lines.v[i] == '\0' || strpbrk(lines.v[i], "\r\n") != NULL)
			abort();
		gp_words_near(words, GP_WORD_COMMAND, lines.v[i]);
	}
	if (gp_read_word(ctx, words, GP_WORD_VERDICT, &m, &rest) != NULL) {
		check(rest, valid);
		if (rest == NULL || strlen(rest) > 4000 || m.own_n == 0)
			abort();
	}
	note = gp_note_said(ctx, words, &m);
	check(note, valid);
	if (note != NULL && (*note == '\0' || gp_utf8_count(note, strlen(note)) > GP_NOTE_LONGEST))
		abort();
	site.words = words;
	if (gp_veil_said(ctx, &site, &m, &veil) != (veil.visible != GP_VISIBLE_LIST || veil.unnamed))
		abort();
	check(gp_read_own(ctx, words, &m), valid);
	check(gp_read_below(ctx, &m), valid);
	check(gp_read_returned(ctx, &m), valid);
	talloc_free(ctx);
	return 0;
}
