/* SPDX-License-Identifier: ISC */
/*
 * store, the part about what a community knows: kinds of threads, questions and what answered
 * them, and who can help. Included by store.h, whose rules on memory, transactions and errors
 * hold here too.
 *
 * A question is open while nobody but who asked has written in its thread, and the list gave it
 * time (setting open_after). All of it hangs on threads and messages: a join, a split, a removal
 * take it along.
 */
#ifndef GUILDPOST_STORE_PRACTICE_H
#define GUILDPOST_STORE_PRACTICE_H

struct gp_thread;

/* ---- kind.c: what threads are ------------------------------------------------------ */

enum { GP_MARK_LONGEST = 32 };	/* bytes of a mark */
enum gp_mark_by {
	GP_MARK_RULE,		/* it reads like a question */
	GP_MARK_AUTHOR,		/* who began it says so */
	GP_MARK_PERSON		/* somebody else: a moderator, the command line */
};
/* "question", "solved" (a question that `message` answered), a kind that the list defines ("story"), or "".
 * GP_E_PARSE: no such mark can be: small letters, digits and dashes, at most 32. GP_E_NOTFOUND. */
enum gp_status gp_thread_mark(struct gp_store *s, int64_t thread, const char *mark, int64_t message,
    enum gp_mark_by by, struct gp_err *err) GP_MUST_CHECK;
/* Other lists that have the thread say the same of it; gp_thread_mark does so by itself. */
enum gp_status gp_thread_mark_sides(struct gp_store *s, int64_t thread, struct gp_err *err) GP_MUST_CHECK;
/* Does the message begin its thread? */
enum gp_status gp_thread_is_begun(struct gp_store *s, int64_t message, bool *yes, struct gp_err *err)
    GP_MUST_CHECK;
/* Threads with that mark, the newest first, before (first, id) or all when first is 0. */
enum gp_status gp_thread_marked(const void *ctx, struct gp_store *s, int64_t list, const char *mark,
    int64_t first, int64_t id, size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err)
    GP_MUST_CHECK;
/* Questions that began in [from, to) and that nobody else has written to: the newest first. */
enum gp_status gp_question_open(const void *ctx, struct gp_store *s, int64_t list, int64_t from,
    int64_t to, size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Questions that others have written to and nobody called solved, the last written to first. */
enum gp_status gp_question_answered(const void *ctx, struct gp_store *s, int64_t list, size_t limit,
    struct gp_thread ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Those that were called solved in [from, to), the newest first. */
enum gp_status gp_question_solved(const void *ctx, struct gp_store *s, int64_t list, int64_t from,
    int64_t to, size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* How many there are of each. */
struct gp_question_stats { int64_t open, answered, solved; };
enum gp_status gp_question_stats(struct gp_store *s, int64_t list, int64_t to,
    struct gp_question_stats *out, struct gp_err *err) GP_MUST_CHECK;

/* ---- skill.c: who can help -------------------------------------------------------- */

/* Topics of a member, folded words without "#", sorted; add false takes one away. */
enum gp_status gp_skill_set(struct gp_store *s, int64_t member, const char *topic, bool add,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_skill_all(const void *ctx, struct gp_store *s, int64_t member, char ***out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Every topic that somebody on the list can help with. */
enum gp_status gp_skill_topics(const void *ctx, struct gp_store *s, int64_t list, char ***out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
struct gp_helper { int64_t member, time; bool passed; };
/* Who was asked about a question (of that message), the first first. */
enum gp_status gp_helper_all(const void *ctx, struct gp_store *s, int64_t message,
    struct gp_helper **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/*
 * The next to be asked about one of these topics: a member who gets mail, did not write in its
 * thread, was not asked yet (on any list that has it), and was asked about less than `cap` questions since `since`; of
 * several whoever was not asked for the longest time. GP_E_NOTFOUND: nobody.
 */
enum gp_status gp_helper_next(struct gp_store *s, int64_t message, const char *const *topics,
    size_t n, int64_t since, int64_t cap, int64_t *member, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_helper_add(struct gp_store *s, int64_t message, int64_t member, int64_t now,
    struct gp_err *err) GP_MUST_CHECK;
/* The message that a member was asked about last, and did not pass on. GP_E_NOTFOUND: there is none. */
enum gp_status gp_helper_last(struct gp_store *s, int64_t member, int64_t *message, struct gp_err *err)
    GP_MUST_CHECK;
/* GP_E_NOTFOUND: the member was not asked about that. */
enum gp_status gp_helper_pass(struct gp_store *s, int64_t message, int64_t member, struct gp_err *err)
    GP_MUST_CHECK;

#endif
