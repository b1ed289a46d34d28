/* SPDX-License-Identifier: ISC */
/*
 * store, the part about circles: groups that form by themselves within a list. Included by store.h, whose
 * rules on memory, transactions and errors hold here too.
 */
#ifndef GUILDPOST_STORE_CIRCLE_H
#define GUILDPOST_STORE_CIRCLE_H

enum { GP_CIRCLE_PROPOSED, GP_CIRCLE_ALIVE, GP_CIRCLE_OVER };
struct gp_circle {
	int64_t message, list, thread;	/* what proposed it, where */
	char *name;
	int state;		/* GP_CIRCLE_ */
	int64_t steward;	/* a member of the list */
	int64_t child;		/* its own list, 0: none so far */
	int64_t proposed, ends, reported;
	bool warned;		/* that it ends */
};
enum gp_status gp_circle_propose(struct gp_store *s, int64_t message, int64_t list, const char *name,
    int64_t steward, int64_t now, int64_t ends, struct gp_err *err) GP_MUST_CHECK;
/* Of the thread that holds the message; one that lists share is one, so `list` may be another. GP_E_NOTFOUND: none. */
enum gp_status gp_circle_of(const void *ctx, struct gp_store *s, int64_t message, struct gp_circle **out,
    struct gp_err *err) GP_MUST_CHECK;
/* One more who wants it; *n: how many there are. */
enum gp_status gp_circle_join(struct gp_store *s, int64_t message, int64_t member, int64_t *n,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_circle_members(const void *ctx, struct gp_store *s, int64_t message, int64_t **out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* Write state, steward, child, ends, reported and warned. */
enum gp_status gp_circle_set(struct gp_store *s, const struct gp_circle *c, struct gp_err *err) GP_MUST_CHECK;
/* All that are proposed or alive. */
enum gp_status gp_circle_all(const void *ctx, struct gp_store *s, struct gp_circle ***out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;

#endif
