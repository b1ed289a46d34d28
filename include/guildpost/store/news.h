/* SPDX-License-Identifier: ISC */
/*
 * store, the part about digests: whose is due, and what is new on a list. Included by store.h, whose
 * rules on memory, transactions and errors hold here too.
 *
 * When a member's next digest is due stands in the member's row, under an index: the clock reads those that
 * are due and nobody else, however many members there are. How far the digests of a member came is a message's
 * id, moved in the transaction that queues the mail.
 */
#ifndef GUILDPOST_STORE_NEWS_H
#define GUILDPOST_STORE_NEWS_H

/* ---- digest.c: whose is due --------------------------------------------------------- */

/* Members whose digest_next has come (or is below GP_DIGEST_TIMES), the longest due first, those of one person one
 * behind the other. */
enum gp_status gp_digest_due(const void *ctx, struct gp_store *s, int64_t now, size_t limit,
    struct gp_member ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Of those, the memberships of a person that come together, by list. */
enum gp_status gp_digest_due_together(const void *ctx, struct gp_store *s, int64_t person, int64_t now,
    struct gp_member ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* The list (lowest id) whose hour and zone count for a person whose digests come together. */
enum gp_status gp_digest_clock(struct gp_store *s, int64_t person, int64_t *list, struct gp_err *err)
    GP_MUST_CHECK;
/* What a member knows goes up to message `upto` now (0: the mark stays), by a digest up to that time (0: without
 * one); the next is due then, or GP_DIGEST_NONE. */
enum gp_status gp_digest_mark(struct gp_store *s, int64_t member, int64_t upto, int64_t sent, int64_t next,
    struct gp_err *err) GP_MUST_CHECK;
/* Those who want a digest after so many posts, and have as many before them: due at once. *n: how many. */
enum gp_status gp_digest_count_posts(struct gp_store *s, int64_t *n, struct gp_err *err) GP_MUST_CHECK;
/* When digests are due is to be reckoned anew: of all on a list (and on the others of the same people). List 0: of
 * whom it stands further in the future than it can be. */
enum gp_status gp_digest_reckon(struct gp_store *s, int64_t list, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_digest_reckon_far(struct gp_store *s, int64_t now, struct gp_err *err) GP_MUST_CHECK;
/* How many members of a list get digests; of all lists (0): the time of the next one, 0: none; how many wait
 * for the clock at that time; when the last one was made. */
enum gp_status gp_digest_readers(struct gp_store *s, int64_t list, int64_t *n, struct gp_err *err)
    GP_MUST_CHECK;
struct gp_digest_outlook { int64_t readers, next, due, last; };
enum gp_status gp_digest_outlook(struct gp_store *s, int64_t now, struct gp_digest_outlook *out,
    struct gp_err *err) GP_MUST_CHECK;
/* Members as recipients of a job, by id: mail goes to the address that each has when it is sent. */
enum gp_status gp_job_add_members(struct gp_store *s, int64_t job, const int64_t *members, size_t n,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- news.c: what is new ------------------------------------------------------------ */

struct gp_news {
	struct gp_message *m;
	int64_t author, parent_author;	/* names of senders, see gp_news_senders; parent 0: nobody's */
	bool newcomer;			/* the first message of its author on the list */
};
/* Messages of a list with id > after, by id (no-archive ones too), up to the first that was received at `before`
 * or later; at most limit. */
enum gp_status gp_news_after(const void *ctx, struct gp_store *s, int64_t list, int64_t after,
    int64_t before, size_t limit, struct gp_news ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Shown ones dated within [from, to), by date; the newest when there are more than limit. */
enum gp_status gp_news_between(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to,
    size_t limit, struct gp_news ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* All senders of a person: one for each address. */
enum gp_status gp_news_senders(const void *ctx, struct gp_store *s, int64_t person, int64_t **out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* Who wrote in a thread. */
enum gp_status gp_news_writers(const void *ctx, struct gp_store *s, int64_t thread, int64_t **out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;

#endif
