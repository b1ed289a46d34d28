/* SPDX-License-Identifier: ISC */
/*
 * store, the part about what a list decides together. Included by store.h, whose rules on memory,
 * transactions and errors hold here too. A decision hangs on the message that asks: its thread is
 * wherever that is.
 */
#ifndef GUILDPOST_STORE_DECISION_H
#define GUILDPOST_STORE_DECISION_H

enum { GP_VOTE_YES, GP_VOTE_NO, GP_VOTE_ABSTAIN, GP_VOTE_BLOCK, GP_VOTE_COUNT };
extern const char *const gp_vote_names[];	/* "yes" ... */

struct gp_decision_round {
	int64_t message, list, thread;
	int64_t begun, ends;
	bool reminded, over;
};
struct gp_vote_counts {
	int64_t n[GP_VOTE_COUNT];
	int64_t members;	/* who could have said something: those that were on the list when it began */
};

enum gp_status gp_decision_begin(struct gp_store *s, int64_t message, int64_t list, int64_t now,
    int64_t ends, struct gp_err *err) GP_MUST_CHECK;
/* Of the thread that holds the message, the newest; one that lists share is one, so `list` may be another. GP_E_NOTFOUND:
 * none. */
enum gp_status gp_decision_of(const void *ctx, struct gp_store *s, int64_t message,
    struct gp_decision_round **out, struct gp_err *err) GP_MUST_CHECK;
/* That are not over: half their time is gone and nobody was reminded, or their time is gone. */
enum gp_status gp_decision_due(const void *ctx, struct gp_store *s, int64_t now,
    struct gp_decision_round ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_decision_reminded(struct gp_store *s, int64_t message, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_decision_end(struct gp_store *s, int64_t message, struct gp_err *err) GP_MUST_CHECK;
/* Members who have said nothing, get mail and want reminders, by id; at most `limit` after `after`. */
enum gp_status gp_decision_silent(const void *ctx, struct gp_store *s, const struct gp_decision_round *d,
    int64_t after, size_t limit, int64_t **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* What a member says counts in the place of what they said before. */
enum gp_status gp_vote_put(struct gp_store *s, int64_t message, int64_t member, int choice, int64_t now,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_vote_count(struct gp_store *s, const struct gp_decision_round *d,
    struct gp_vote_counts *out, struct gp_err *err) GP_MUST_CHECK;

#endif
