/* SPDX-License-Identifier: ISC */
/*
 * The words that people may write to a list, from the files templates/mail/LANG/words: all
 * languages at once, so that a French member of a German list is understood too.
 */
#ifndef GP_LIST_WORDS_H
#define GP_LIST_WORDS_H

#include "guildpost/list.h"

enum gp_word_kind {
	GP_WORD_COMMAND,	/* "join" */
	GP_WORD_VERDICT,	/* "ok" */
	GP_WORD_SKIP,		/* a line that begins so is the banner of a gateway */
	GP_WORD_POLITE,		/* words in front of a command that say nothing: "please" */
	GP_WORD_DATE,		/* "to", "today", "week", months as "1" to "12" */
	GP_WORD_END,		/* a line that begins so ends what the person wrote */
	GP_WORD_ROBOT,		/* a subject that begins so was written by a machine */
	GP_WORD_GREETING,	/* "Hello" */
	GP_WORD_DOUBT,		/* takes a yes back when it follows: "but" */
	GP_WORD_BEHIND,		/* says nothing behind a command or verdict: "me", "thanks" */
	GP_WORD_THING,		/* what a command is about: "list", "thread" */
	GP_WORD_ASK,		/* who asks something writes so: "does anyone know" */
	GP_WORD_TELL,		/* who tells something does: "is now available" */
	GP_WORD_KIND,		/* what a thread is: "question" */
	GP_WORD_SPAN,		/* times in a search: "since", "last" */
	GP_WORD_VOTE,		/* what is said in a round: "yes" */
	GP_WORD_NOTE,		/* in front of the colon of a content note: "cw" */
	GP_WORD_VEIL,		/* who sees a thread: "members" */
	GP_WORD_BYE		/* ends what the person wrote as GP_WORD_END does, unless it goes on: "many thanks" */
};
struct gp_word {
	enum gp_word_kind kind;
	const char *language;
	const char *name;	/* what it means: "subscribe", the same in every language */
	const char *text;	/* the word itself, folded (gp_utf8_fold) */
	/* Nothing may stand behind it but marks and words that say nothing: so that "none of my
	 * mails arrive" is not "none". Behind a verdict, marks and then anything. */
	bool alone;
	/* With the first word of each name in each language; else NULL. */
	const char *arguments, *summary;
};

/* Lives as long as ctx. GP_E_CONFIG names file and line. */
enum gp_status gp_words_load(const void *ctx, struct gp_templates *templates, struct gp_words **out,
    struct gp_err *err) GP_MUST_CHECK;
/* All of them, i = 0 ..; NULL behind the last. */
const struct gp_word *gp_words_each(const struct gp_words *w, size_t i);
/* The word that carries arguments and summary, in that language or else in English; or NULL. */
const struct gp_word *gp_words_about(const struct gp_words *w, enum gp_word_kind kind,
    const char *name, const char *language);
/* The longest word with which a line (UTF-8) begins, a word that must stand alone only where it does;
 * *used (may be NULL): how many of the line's bytes it takes. NULL: none. */
const struct gp_word *gp_words_find(const struct gp_words *w, enum gp_word_kind kind,
    const char *line, size_t *used);
/* Is there nothing in the text but marks and words that say nothing? */
bool gp_words_only_polite(const struct gp_words *w, const char *text);
/* How many words of GP_WORD_ASK or GP_WORD_TELL stand anywhere in a folded text with single blanks; at most
 * `max` are counted. *first, which may be NULL: one of them. */
size_t gp_words_count(const struct gp_words *w, enum gp_word_kind kind, const char *text, size_t max,
    const char **first);
bool gp_words_starts(const struct gp_words *w, enum gp_word_kind kind, const char *line);
/* What was probably meant by the first word of a line: two letters wrong at most; or NULL. */
const struct gp_word *gp_words_near(const struct gp_words *w, enum gp_word_kind kind,
    const char *line);

#endif
