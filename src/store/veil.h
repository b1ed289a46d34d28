/* SPDX-License-Identifier: ISC */
/* What look.c, veil.c and veil_words.c are to each other and to the queries of this room. */
#ifndef GP_STORE_VEIL_PRIVATE_H
#define GP_STORE_VEIL_PRIVATE_H

#include "private.h"

enum { GP_SEEN_NOTHING, GP_SEEN_WHOLE, GP_SEEN_UNNAMED };

/* Of a member m: were they there when thread `t` (an expression) began, did they write in it, or do they look after
 * the list? */
#define GP_VEIL_THERE(t) "(m.role >= 1 OR " \
	"m.joined <= (SELECT min(b.received) FROM node b WHERE b.thread = " t " AND b.state > 0) OR " \
	"EXISTS(SELECT 1 FROM node w JOIN address a ON a.folded = lower(w.from_addr) WHERE w.thread = " t " AND " \
	"a.person = m.person))"

/* ---- look.c ---- */
/* What these eyes see of a thread: GP_SEEN_. */
int gp_look_at(struct gp_store *s, int64_t thread);

/* What stands for whoever is not to be named. */
const char *gp_look_nobody(const struct gp_store *s, const char *language);

/* ---- veil_words.c ---- */
/* Whoever wrote in a thread. */
struct gp_veil_names;
enum gp_status gp_veil_names(const void *ctx, struct gp_store *s, int64_t thread, struct gp_veil_names **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Of the thread that was looked at last; NULL: they can't be read. */
struct gp_veil_names *gp_look_names(struct gp_store *s);
/* Text without them; names NULL: nothing of the text. */
char *gp_veil_words(const void *ctx, const struct gp_veil_names *names, const char *text, size_t n);
/* The message as it is shown without names: own words as text, no header fields that tell who wrote. */
void gp_veil_mail(const void *ctx, const struct gp_veil_names *names, const char *key, struct gp_mail *m);
/* Its bytes: made anew of that, from `nobody`. */
char *gp_veil_raw(const void *ctx, const struct gp_list *list, const char *nobody, const struct gp_mail *m, size_t *n);

/* ---- veil.c ---- */
/* What stands for a Message-ID where there are no names, as the id itself; another id as it is. list 0: any. */
enum gp_status gp_veil_id(const void *ctx, struct gp_store *s, int64_t list, const char *mid, const char **out,
    struct gp_err *err) GP_MUST_CHECK;
/* A thread that two became is as strict as the stricter; one that was split off as the one that it came from. */
enum gp_status gp_veil_join(struct gp_store *s, int64_t from, int64_t into, struct gp_err *err) GP_MUST_CHECK;
/* What is archived in it is in no archive: 1. */
enum gp_status gp_veil_hides(struct gp_store *s, int64_t thread, bool *yes, struct gp_err *err) GP_MUST_CHECK;
/* A message came into a thread: where there are no names, what the search has of the others may name its author. */
enum gp_status gp_veil_came(struct gp_store *s, int64_t thread, int64_t id, struct gp_err *err) GP_MUST_CHECK;

#endif
