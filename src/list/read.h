/* SPDX-License-Identifier: ISC */
/*
 * What a person wrote to us, taken out of what their mail program, their gateway and their
 * habits put around it. What is read wrongly must do no harm: in doubt nothing is found.
 */
#ifndef GP_LIST_READ_H
#define GP_LIST_READ_H

#include "words.h"

struct gp_lines {
	char **v;		/* trimmed, UTF-8, none empty */
	char **whole;		/* the same with the marks that stood behind them; NULL: v has all */
	size_t n;
	bool more;		/* below a closing or a name, which end them, sentences seem to follow */
};
/*
 * The lines of a mail with commands: its subject, where that begins with one, then its own
 * words up to a closing or signature. Polite words in front and marks behind are taken off.
 */
void gp_read_commands(const void *ctx, const struct gp_words *words, const struct gp_mail *mail,
    struct gp_lines *out);
/* A line of commands that was kept as it stood, without the marks behind it. */
char *gp_read_unmarked(const void *ctx, const char *line);
/*
 * The first word of a reply, of that kind; *rest: what stands behind it, to the end of the own words
 * (a reason), trimmed, at most 4,000 bytes; "" where it says nothing ("please"). NULL: there is none;
 * of verdicts also where it is in doubt what was meant ("no problem", "ok?", "yes, but") and what
 * a machine wrote.
 */
const struct gp_word *gp_read_word(const void *ctx, const struct gp_words *words,
    enum gp_word_kind kind, const struct gp_mail *mail, char **rest);
/* A subject without reply words and without what a gateway put in front: "[EXTERNAL] Re: join". */
char *gp_read_subject(const void *ctx, const struct gp_words *words, const char *subject);
/* The person's own words as they stand, without banner, greeting and closing: answers to questions. */
char *gp_read_own(const void *ctx, const struct gp_words *words, const struct gp_mail *mail);
/* A text that someone sends us to keep: what stands below the first line of five or more - = _ * or ~,
 * up to the next such line or the end of their words. NULL: no such line, or nothing below. */
char *gp_read_below(const void *ctx, const struct gp_mail *mail);
/* A text of ours that came back changed, between two lines of ten or more of one sign; the marks of
 * quoting are taken off. NULL: there are not two such lines, or nothing between. */
char *gp_read_returned(const void *ctx, const struct gp_mail *mail);

/* Is all of it one sign of - = _ * ~, at least so many of them? */
bool gp_read_is_run(struct gp_str s, size_t least);

/* ---- read_lines.c, read_verdict.c: for read.c ------------------------------------------------- */

/* The lines that the person typed, trimmed, empty ones between them too; `wanted`: kind of the word that
 * is waited for, or -1. */
void gp_read_lines(const void *ctx, const struct gp_words *words, int wanted,
    const struct gp_mail *mail, struct gp_lines *out);
/* Does what stands below "-- " have words of its writer after all: "PS: ..."? */
bool gp_read_postscript(const void *ctx, const struct gp_mail *mail);
/* Bytes of marks at the beginning: quotation marks, stars, dashes of lists. */
size_t gp_read_marks(const char *line);
/* A line of dashes, stars and their like. */
bool gp_read_is_rule(const char *line);
/* The verdict takes `used` bytes from `at` on in lines->v[first]: may it mean something else? */
bool gp_read_is_doubtful(const void *ctx, const struct gp_words *words, const struct gp_lines *lines,
    size_t first, size_t at, size_t used, const struct gp_word *verdict);

#endif
