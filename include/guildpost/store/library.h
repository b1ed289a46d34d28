/* SPDX-License-Identifier: ISC */
/*
 * store, the part about the library: threads that a list keeps, each with a page that people edit,
 * and summaries. Included by store.h, whose rules on memory, transactions and errors hold here too.
 */
#ifndef GUILDPOST_STORE_LIBRARY_H
#define GUILDPOST_STORE_LIBRARY_H

enum { GP_PRACTICE_SLUG = 48 };		/* bytes of a slug before "-2" */
#define GP_PRACTICE_LANGUAGE "page"	/* of its texts among those of the list */

struct gp_practice {
	int64_t id, list;
	char *slug;		/* [a-z0-9-], its name in addresses */
	int64_t message;	/* one of the thread that was kept */
	int64_t thread;		/* where that is now; 0: gone */
	char *title;
	char *tags;		/* folded, without "#", with a blank before and behind each; or "" */
	char *keeper, *name;	/* address and name of who kept it */
	int64_t kept, confirmed; /* when; and when somebody last said that it is true */
	int64_t asked;		/* when the keeper was asked whether it is, and did not answer; or 0 */
	char *doubt;		/* why it is true no more, or "" */
};

/* Keep the thread of a message: list, message, title, tags, keeper and name are read. Kept already: title and
 * tags are these now, and it counts as true again. */
enum gp_status gp_practice_keep(const void *ctx, struct gp_store *s, const struct gp_practice *what,
    struct gp_practice **out, struct gp_err *err) GP_MUST_CHECK;
/* Of the thread that holds the message; GP_E_NOTFOUND: it is not kept. */
enum gp_status gp_practice_of(const void *ctx, struct gp_store *s, int64_t message,
    struct gp_practice **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_practice_find(const void *ctx, struct gp_store *s, int64_t list, const char *slug,
    struct gp_practice **out, struct gp_err *err) GP_MUST_CHECK;
/* By title; kept in [from, to); tag NULL: any. */
enum gp_status gp_practice_all(const void *ctx, struct gp_store *s, int64_t list, const char *tag,
    int64_t from, int64_t to, size_t limit, struct gp_practice ***out, size_t *n, struct gp_err *err)
    GP_MUST_CHECK;
/* Pages that a query fits, at most search->pages; the query language of gp_search_run, less the fields that
 * only messages have; dates are those on which a page was last confirmed. None for no words. */
struct gp_search;
enum gp_status gp_practice_search(const void *ctx, struct gp_store *s, const struct gp_search *search,
    struct gp_practice ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* The text of the page, Markdown, or ""; *version (may be NULL): who wrote it and when, or NULL. */
enum gp_status gp_practice_body(const void *ctx, struct gp_store *s, const struct gp_practice *p, char **body,
    struct gp_list_text **version, struct gp_err *err) GP_MUST_CHECK;
/* Newest first. */
enum gp_status gp_practice_versions(const void *ctx, struct gp_store *s, const struct gp_practice *p,
    struct gp_list_text ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* A new version of it; that says that it is true, too. Errors of gp_text_put. */
enum gp_status gp_practice_write(const void *ctx, struct gp_store *s, const struct gp_practice *p,
    const char *body, const char *by, int64_t *version, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_practice_confirm(struct gp_store *s, const struct gp_practice *p, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_practice_doubt(struct gp_store *s, const struct gp_practice *p, const char *why,
    struct gp_err *err) GP_MUST_CHECK;
/* Out of the library; the thread stays. */
enum gp_status gp_practice_remove(struct gp_store *s, const struct gp_practice *p, struct gp_err *err)
    GP_MUST_CHECK;
/* Those that nobody confirmed since then, nor was asked about. */
enum gp_status gp_practice_due(const void *ctx, struct gp_store *s, int64_t list, int64_t confirmed_before,
    int64_t asked_before, size_t limit, struct gp_practice ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_practice_asked(struct gp_store *s, const struct gp_practice *p, struct gp_err *err)
    GP_MUST_CHECK;

/* What who asked made of the answers, of the thread whose first message has that key. */
enum gp_status gp_summary_find(const void *ctx, struct gp_store *s, int64_t list, const char *key,
    struct gp_list_text **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_summary_put(const void *ctx, struct gp_store *s, int64_t list, const char *key,
    const char *body, const char *by, struct gp_err *err) GP_MUST_CHECK;
/* The first messages of threads whose summary was last written in [from, to), the oldest summary first. */
struct gp_message;
enum gp_status gp_summary_all(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to,
    size_t limit, struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Questions with answers, the last in [from, to), whose asker was not yet invited to sum up. */
enum gp_status gp_summary_due(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to,
    size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_summary_invited(struct gp_store *s, int64_t thread, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;

#endif
