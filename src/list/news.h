/* SPDX-License-Identifier: ISC */
/* What the files of digests share: the pool of what is new, an issue of it, pieces of their data. */
#ifndef GP_LIST_NEWS_PRIVATE_H
#define GP_LIST_NEWS_PRIVATE_H

#include "guildpost/list.h"

/* Own words of a message, read when they are first wanted. */
struct news_text {
	char *own; size_t own_n;	/* at most NEWS_OWN bytes */
	bool cut;			/* there is more */
	struct news_file { char *name; int index; bool image; } *files;
	size_t files_n;
};
enum { NEWS_OWN = 8000, NEWS_FILES = 10 };

/* One thread with what is new in it: pool->order[first .. first + n). */
struct news_thread {
	int64_t id;
	struct gp_thread *t;
	size_t first, n;
	int64_t *writers; size_t writers_n;
	bool asks;			/* an open question */
	char **topics; size_t topics_n;	/* of that */
	struct gp_share_side *sides; size_t sides_n; /* where else it is */
};
/* A page of the library that was kept lately. */
struct news_kept {
	struct gp_practice *p;
	struct gp_thread *t;
	char *line;
};
struct gp_news_pool {
	struct gp_site *site;
	const struct gp_list *list;
	struct gp_news **v; size_t n;	/* by id */
	size_t *order;			/* indexes into v, thread by thread */
	struct news_text **texts;
	struct news_thread *threads; size_t threads_n;
	struct news_thread *open; size_t open_n; /* questions from before; t and topics alone */
	int64_t open_all;		/* so many there are, of whatever age */
	struct gp_thread **solved; size_t solved_n;
	struct news_kept *kept; size_t kept_n;
	/* How much could be shown of the last issue that was written: of so many messages. */
	struct { size_t level, messages; int64_t minutes; } last;
};

/* Under which heading a thread stands; the template has them in its own order. */
enum news_place {
	NEWS_REPLIES,		/* answers to the reader */
	NEWS_TAKEN,		/* the reader wrote in it, or follows it */
	NEWS_FOLLOWED,		/* followed: its messages came by themselves */
	NEWS_QUESTIONS,		/* open ones */
	NEWS_SOLVED,
	NEWS_NEWCOMERS,		/* someone new began it */
	NEWS_TALKS,		/* the rest, by activity */
	NEWS_SINGLES,		/* one message and no more */
	NEWS_PLACES
};
struct issue_thread {
	const struct news_thread *thread;
	enum news_place place;
	size_t *v; size_t n;	/* what of it is new to the reader: indexes into the pool */
	size_t apart;		/* and how many more came by themselves */
	bool near;		/* near what the reader can help with */
};
struct gp_issue {
	struct gp_news_pool *pool;
	struct issue_thread *threads; size_t threads_n; /* by place, the most important first */
	const struct news_thread **open; size_t open_n;	/* older questions that wait, near ones first */
	size_t near_n;		/* so many of them are near */
	size_t open_rest;	/* and so many more wait */
	const struct gp_thread **solved; size_t solved_n; /* solved without a word that is new */
	const struct news_kept **kept; size_t kept_n;
	size_t messages, others, people;
	size_t muted_threads, muted_messages;
	bool shows_notes;	/* posts with a content note are like all others */
	size_t left_out;	/* or so many are not in it */
	int64_t *own; size_t own_n;	/* the reader's own senders */
};

/* The text of a message of a pool. */
enum gp_status news_text_get(struct gp_news_pool *pool, size_t i, struct news_text **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Own words as paragraphs, cut behind so many characters; *cut: there is more. */
void news_paragraphs(const void *ctx, json_t *array, const struct news_text *text, size_t max, bool *cut);
/* The first sentence of a text (Markdown) in plain words, cut at a word. kept_line.c */
char *news_sentence(const void *ctx, const char *text);
/* What a page of the library says in a line, as the eyes of the store may see it; "": nothing. */
enum gp_status news_kept_line(const void *ctx, const struct gp_site *site, const struct gp_practice *p, char **line,
    struct gp_err *err) GP_MUST_CHECK;
/* One line, no address in it whole. */
char *news_line(const void *ctx, const char *s, size_t max);
/* A name to show: never a whole address. */
char *news_author(const void *ctx, const struct gp_site *site, const char *language, const struct gp_message *m);
/* "mailto:" with all that an answer to the message of this key needs (RFC 6068); msgid may be NULL. */
char *news_mailto(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const char *key, const char *msgid, const char *title);
/* Does the reader get its content note in place of its text? */
bool news_is_folded(const struct gp_issue *issue, const struct gp_message *m);
/* How much is shown. */
struct news_level {
	size_t excerpt;		/* characters of a message; 0: threads are lines */
	size_t messages;	/* of a thread with text, the others by name */
	size_t names;		/* of those */
	size_t threads;		/* with text; the others are lines */
	size_t lines;		/* lines under one heading */
	size_t snippet;		/* characters behind a line */
};
/* The data of an issue into o. */
enum gp_status news_put_issue(const void *ctx, const struct gp_digest_how *how, const struct gp_issue *issue,
    const struct news_level *level, size_t *number, json_t *o, struct gp_err *err) GP_MUST_CHECK;
char *news_date(const void *ctx, const struct gp_digest_how *how, int64_t t, const char *english,
    const char *numbers);
/* The forms for other readers' programs: originals, or their whole texts. */
enum gp_status news_form_mime(const void *ctx, struct gp_site *site, struct gp_issue *const *issues, size_t n,
    struct gp_digest *d, struct gp_err *err) GP_MUST_CHECK;
enum gp_status news_form_plain(const void *ctx, struct gp_site *site, const struct gp_digest_how *how,
    struct gp_issue *const *issues, size_t n, json_t *data, struct gp_digest *d, struct gp_err *err)
    GP_MUST_CHECK;

#endif
