/* SPDX-License-Identifier: ISC */
/* A query as people type it, taken apart. */
#ifndef GP_STORE_SEARCH_QUERY_H
#define GP_STORE_SEARCH_QUERY_H

#include "guildpost/base.h"

enum gp_query_sort { GP_SORT_RANK, GP_SORT_NEW, GP_SORT_OLD };

enum { GP_TERMS_MAX = 256 };

/* One word or phrase of what was asked for, for what is looked through without an index (the library). */
struct gp_query_word {
	char *folded;		/* words with a blank between */
	size_t group;		/* of those with the same number one is enough */
	bool negated, prefix, quoted;
	bool title;		/* only in a title */
};

struct gp_query {
	char *match;		/* FTS5 expression: what must be there, less `exclude`; or NULL */
	char *exclude;		/* FTS5 expression: what must not be there; or NULL */
	int64_t from, to;	/* dates: from <= date < to */
	unsigned flags, not_flags;	/* GP_MAIL_ bits of has:patch and has:link */
	int attachment;		/* 1 with, -1 without, 0 either */
	bool root, unanswered, solved;
	char *msgid, *thread, *list;	/* or NULL */
	enum gp_query_sort sort;
	char **terms;		/* folded words, word* and phrases of what is looked for */
	size_t terms_n;
	struct gp_query_word *words;
	size_t words_n;
	bool of_messages;	/* it asks for what only messages have: authors, files, ids, answers ... */
	const char *note;	/* "open-quote", "unknown-prefix", "no-word", "too-long" or NULL */
};


/* Gives other forms of a folded word, on ctx. */
struct gp_query_forms {
	void (*find)(void *arg, const void *ctx, const char *word, char ***out, size_t *n);
	void *arg;
};
/* Takes anything; every part of it that can't be understood is looked for as words. */
struct gp_query *gp_query_parse(const void *ctx, const char *text, int64_t now,
    const struct gp_query_forms *forms);	/* forms may be NULL */

/* ---- search_forms.c: words that stand in the index */

struct gp_store;
/* Finds the forms of a word by the stemmers of some languages ("en de"). */
struct gp_forms;
struct gp_forms *gp_forms_new(const void *ctx, struct gp_store *s, const char *languages);
void gp_forms_find(void *forms, const void *ctx, const char *word, char ***out, size_t *n);

/* ---- search_date.c */

struct gp_span {
	int64_t from, to;	/* from <= t < to */
};
bool gp_span_parse(const char *s, int64_t now, struct gp_span *out);

#endif
