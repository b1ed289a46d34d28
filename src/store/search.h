/* SPDX-License-Identifier: ISC */
/* The search's entries, for the files that change messages. */
#ifndef GP_STORE_SEARCH_H
#define GP_STORE_SEARCH_H

#include "private.h"

/* Of the texts that make an entry. */
int64_t gp_search_hash(const struct gp_mail *m);
enum gp_status gp_search_add(struct gp_store *s, int64_t id, const struct gp_mail *m,
    struct gp_err *err) GP_MUST_CHECK;
/* Nothing, when the texts are the same as before. */
enum gp_status gp_search_replace(struct gp_store *s, int64_t id, const struct gp_mail *m,
    struct gp_err *err) GP_MUST_CHECK;
/* So that nothing of it is left in the file: reads the whole index. */
enum gp_status gp_search_remove(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;
/* Entries that wait for the commit. */
enum gp_status gp_search_flush(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
void gp_search_drop(struct gp_store *s);
void gp_search_mark(struct gp_store *s);
void gp_search_undo(struct gp_store *s);

#endif
