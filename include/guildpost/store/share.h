/* SPDX-License-Identifier: ISC */
/*
 * store, the part about threads that two lists have in common: one list's thread, its home, and a copy of
 * it in the archive of another, its guest. A copy of a message has the same Message-ID, and so the same key. Messages
 * are named here, not threads: a thread that is joined or split takes what is shared along with its message.
 * Included by store.h, whose rules on memory, transactions and errors hold here too.
 */
#ifndef GUILDPOST_STORE_SHARE_H
#define GUILDPOST_STORE_SHARE_H

enum gp_share_state { GP_SHARE_ASKED, GP_SHARE_ON, GP_SHARE_OVER, GP_SHARE_REFUSED, GP_SHARE_UNHEARD };

struct gp_share {
	int64_t id;
	int64_t home_list, list;	/* list: the guest */
	int64_t home, guest;		/* a message of the thread on each; guest 0: none yet */
	int64_t home_thread, guest_thread;
	enum gp_share_state state;
	char *by;			/* address of who asked */
};
/* One of the lists that have a thread in common, as another of them sees it. */
struct gp_share_side {
	int64_t list, message, thread;
	bool home;
};

/* Asked for now. GP_E_EXISTS: it is shared so already, or that was asked and nobody has answered. */
enum gp_status gp_share_ask(const void *ctx, struct gp_store *s, int64_t message, int64_t list, const char *by,
    struct gp_share **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_share_find(const void *ctx, struct gp_store *s, int64_t id, struct gp_share **out,
    struct gp_err *err) GP_MUST_CHECK;
/* What was asked for until that moment, and nobody has answered. */
enum gp_status gp_share_unheard(const void *ctx, struct gp_store *s, int64_t until, struct gp_share ***out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* state and guest are written. */
enum gp_status gp_share_set(struct gp_store *s, const struct gp_share *share, struct gp_err *err) GP_MUST_CHECK;
/* What is on of a thread, at home there or a guest. */
enum gp_status gp_share_of(const void *ctx, struct gp_store *s, int64_t thread, struct gp_share ***out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* The other lists that have the thread. */
enum gp_status gp_share_sides(const void *ctx, struct gp_store *s, int64_t thread, struct gp_share_side **out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Copies of a message on lists that have, or had, its thread in common with this one. */
enum gp_status gp_share_copies(const void *ctx, struct gp_store *s, int64_t message, int64_t **out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;

#endif
