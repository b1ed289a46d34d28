/* SPDX-License-Identifier: ISC */
/* The search's entries, for the files that change messages. */
#ifndef GP_STORE_SEARCH_H
#define GP_STORE_SEARCH_H

#include "private.h"

enum { GP_SEARCH_FIELDS = 5 };	/* subject, author, own, quoted, files */
/* An entry's row is the message's id + its number * this. */
#define GP_SEARCH_GENERATION (INT64_C(1) << 40)
/* An entry goes into the index, or, being given the same words, out of it. */
enum gp_status gp_search_write(struct gp_store *s, bool remove, int64_t row,
    const char *const *fields, struct gp_err *err) GP_MUST_CHECK;
/* Number and hash of a message's entry; -1: it has none. */
enum gp_status gp_search_entry(struct gp_store *s, int64_t id, int64_t *entry, int64_t *hash,
    struct gp_err *err) GP_MUST_CHECK;
/* Of the texts that make an entry. */
int64_t gp_search_hash(const struct gp_mail *m);
/* The message as the search may have it: without names where its thread is shown without. */
enum gp_status gp_search_veiled(const void *ctx, struct gp_store *s, int64_t id, const struct gp_mail *m,
    const struct gp_mail **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_search_add(struct gp_store *s, int64_t id, const struct gp_mail *m,
    struct gp_err *err) GP_MUST_CHECK;
/* Nothing, when the texts are the same as before. */
enum gp_status gp_search_replace(struct gp_store *s, int64_t id, const struct gp_mail *m,
    struct gp_err *err) GP_MUST_CHECK;
/* The texts of the columns, some of them on ctx. */
void gp_search_fields(const void *ctx, const struct gp_mail *m,
    const char *fields[GP_SEARCH_FIELDS]);
/* So that nothing of it is left in the file: reads the whole index. And the same for many messages
 * whose author's words alone go, or that were derived anew (their body was written). */
enum gp_status gp_search_remove(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;
struct gp_search_change { int64_t id; bool anew; };
enum gp_status gp_search_change(struct gp_store *s, const struct gp_search_change *v, size_t n,
    struct gp_err *err) GP_MUST_CHECK;
/* ---- reach.c: rows of the lists that are searched: list and time are columns. And the values that go with it. */
void gp_search_lists(struct gp_buf *b, const struct gp_search *search, const char *list, const char *time);
void gp_search_bind_lists(sqlite3_stmt *st, const struct gp_search *search);
/* A parameter by its name; nothing, where a statement has none of that name. Texts are not copied. */
void gp_search_bind_int(sqlite3_stmt *st, const char *name, int64_t v);
void gp_search_bind_text(sqlite3_stmt *st, const char *name, const char *v);
void gp_search_bind_copy(sqlite3_stmt *st, const char *name, const char *v);
/* ---- library_search.c: pages of the library that fit; hits: ids of the best messages, a JSON array */
struct gp_query;
enum gp_status gp_practice_match(const void *ctx, struct gp_store *s, const struct gp_search *search,
    const struct gp_query *q, const char *hits, struct gp_practice ***out, size_t *n, struct gp_err *err)
    GP_MUST_CHECK;
/* Of the messages whose ids are in a JSON array. */
enum gp_status gp_facets_count(const void *ctx, struct gp_store *s, const char *ids,
    struct gp_facets **out, struct gp_err *err) GP_MUST_CHECK;
/* Entries that wait for the commit. */
enum gp_status gp_search_flush(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
void gp_search_drop(struct gp_store *s);
void gp_search_mark(struct gp_store *s);
void gp_search_undo(struct gp_store *s);

#endif
