/* SPDX-License-Identifier: ISC */
/*
 * Is what begins like a verdict one? "No problem" isn't no, "ok, but ..." isn't ok, and
 * "yes, it is spam" is anything but yes. A post that was sent can't be called back, and a
 * moderator who is asked again loses half a minute: in doubt it is no verdict.
 */
#include "config.h"

#include "read.h"

#include <string.h>

enum { LOOK = 400, WRAPPED = 60 };

/* Words that send, and words that don't: a verdict of one side with a word of the other is none. */
static int
side_of(const char *name)
{
	static const struct { const char *name; int side; } sides[] = {{"ok", 1}, {"trust", 1},
	    {"no", -1}, {"veto", -1}, {"drop", -2}, {"ban", -2}};
	size_t i;

	for (i = 0; i < GP_COUNT(sides); i++)
		if (strcmp(sides[i].name, name) == 0)
			return sides[i].side;
	return 0;
}

static bool
is_word_start(const char *text, const char *p)
{
	const char *before = p - 1;
	uint32_t cp = ' ';

	if (p == text)
		return true;
	while (before > text && ((unsigned char)*before & 0xc0) == 0x80)
		before--;
	gp_utf8_next(before, (size_t)(p - before), &cp);
	return strchr(" \t\n,.;:!?()\"*_~/", (int)(cp < 0x80 ? cp : 'x')) != NULL ||
	    (cp >= 0x80 && cp < 0xc0) || cp >= 0x2000;
}

/* The sentence of the verdict: its line, those that it was wrapped into, and the line below. */
static char *
sentence(const void *ctx, const struct gp_lines *lines, size_t first, size_t at)
{
	struct gp_buf b;
	size_t i;

	gp_buf_init(&b, ctx, GP_MAX_TEXT);
	gp_buf_puts(&b, lines->v[first] + at);
	for (i = first + 1; i < lines->n && b.len < LOOK; i++) {
		const char *above = lines->v[i - 1];
		size_t n = strlen(above);

		if (lines->v[i][0] == '\0' || (n < WRAPPED && n > 0 && above[n - 1] != ','))
			break;
		gp_buf_printf(&b, " %s", lines->v[i]);
	}
	return b.p == NULL ? gp_strdup(ctx, "") :
	    gp_strndup(ctx, b.p, gp_utf8_cut(b.p, b.len, LOOK));
}

/* Does a word of the other side, or one that takes a yes back, stand anywhere in the text? */
static bool
is_contradicted(const struct gp_words *words, const char *text, const struct gp_word *verdict)
{
	int side = side_of(verdict->name);
	const struct gp_word *w;
	const char *p;

	for (p = text; *p != '\0'; p++) {
		if (((unsigned char)*p & 0xc0) == 0x80 || !is_word_start(text, p) || *p == ' ')
			continue;
		/* A reason may say "don't", "only", "spam". */
		if (side != -1 && gp_words_starts(words, GP_WORD_DOUBT, p))
			return true;
		w = gp_words_find(words, GP_WORD_VERDICT, p, NULL);
		if (w == NULL || side_of(w->name) == 0)
			continue;
		if (side == -1 ? side_of(w->name) == 1 && !w->alone : side_of(w->name) != side)
			return true;
	}
	return false;
}

/* Another verdict right behind the first one: "no, spam", "ok wait". */
static bool
is_followed(const struct gp_words *words, const char *text, const struct gp_word *verdict)
{
	const struct gp_word *w;

	text += strspn(text, " ,.;!-");
	w = gp_words_find(words, GP_WORD_VERDICT, text, NULL);
	if (w == NULL || strcmp(w->name, verdict->name) == 0)
		return false;
	return side_of(w->name) == 0 || side_of(w->name) != side_of(verdict->name);
}

/* A line below that is a verdict by itself and says something else. */
static bool
is_said_twice(const struct gp_words *words, const struct gp_lines *lines, size_t first,
    const struct gp_word *verdict)
{
	const struct gp_word *w;
	size_t i, used;

	for (i = first + 1; i < lines->n; i++) {
		const char *p = lines->v[i] + gp_read_marks(lines->v[i]);

		w = gp_words_find(words, GP_WORD_VERDICT, p, &used);
		if (w == NULL || strcmp(w->name, verdict->name) == 0 ||
		    (side_of(w->name) != 0 && side_of(w->name) == side_of(verdict->name)))
			continue;
		if (gp_words_only_polite(words, p + used))
			return true;
	}
	return false;
}

bool
gp_read_is_doubtful(const void *ctx, const struct gp_words *words, const struct gp_lines *lines,
    size_t first, size_t at, size_t used, const struct gp_word *verdict)
{
	const char *behind = lines->v[first] + at + used, *text;
	int side = side_of(verdict->name);

	if (strcmp(verdict->name, "unclear") == 0)
		return true;
	/* "No: ..." is how we asked for a reason: all behind it is that. */
	if (behind[strspn(behind, " *_\"`")] == ':' && side == -1)
		return false;
	text = sentence(ctx, lines, first, at + used);
	if (text[strspn(text, " !.")] == '?' || (side != 0 && side != -1 && strchr(text, '?') != NULL))
		return true;
	if (side != 0 && side != -1 && first + 1 < lines->n &&
	    gp_words_starts(words, GP_WORD_DOUBT, lines->v[first + 1]))
		return true;
	if (is_followed(words, text, verdict) || is_said_twice(words, lines, first, verdict))
		return true;
	return side != 0 && is_contradicted(words, text, verdict);
}
