/* SPDX-License-Identifier: ISC */
/*
 * store, the part about newcomers: mentors, those who look for one, pairs of them, and what members say of
 * themselves. Included by store.h, whose rules on memory, transactions and errors hold here too. Who looks
 * for what is nobody else's business: nothing here lists seekers.
 */
#ifndef GUILDPOST_STORE_MENTOR_H
#define GUILDPOST_STORE_MENTOR_H

enum { GP_PAIR_SILENT, GP_PAIR_YES, GP_PAIR_NO };
struct gp_pair {
	int64_t id, list, mentor, mentee; /* members */
	char *topic;
	int64_t proposed;	/* when; of one that was refused: when it was refused */
	int64_t met;		/* 0: not both said yes */
	int mentor_says, mentee_says; /* GP_PAIR_ */
	int64_t checks;
	bool over;
};

/* What a member offers (seeks false) or seeks: one more topic, or none of them (NULL). */
enum gp_status gp_mentoring_add(struct gp_store *s, int64_t member, bool seeks, const char *topic, int64_t now,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_mentoring_clear(struct gp_store *s, int64_t member, bool seeks, struct gp_err *err)
    GP_MUST_CHECK;
/* Topics of one member. */
enum gp_status gp_mentoring_all(const void *ctx, struct gp_store *s, int64_t member, bool seeks, char ***out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
/*
 * The next pair of a list to propose: who seeks a topic for the longest time and is in no pair, with who
 * offers it, has less than `cap` pairs, the least first, and was never proposed to them. Nobody whose proposal
 * the other one refused after `since` is among them. GP_E_NOTFOUND: none.
 */
enum gp_status gp_pair_next(const void *ctx, struct gp_store *s, int64_t list, int64_t cap, int64_t since,
    int64_t *mentor, int64_t *mentee, char **topic, struct gp_err *err) GP_MUST_CHECK;
/* GP_E_EXISTS: they were proposed to each other before. */
enum gp_status gp_pair_add(const void *ctx, struct gp_store *s, int64_t list, int64_t mentor, int64_t mentee,
    const char *topic, int64_t now, struct gp_pair **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_pair_find(const void *ctx, struct gp_store *s, int64_t id, struct gp_pair **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Write proposed, says, met, checks and over. */
enum gp_status gp_pair_set(struct gp_store *s, const struct gp_pair *p, struct gp_err *err) GP_MUST_CHECK;
/* Those of a list that are not over, or all of one member. */
enum gp_status gp_pair_all(const void *ctx, struct gp_store *s, int64_t list, int64_t member,
    struct gp_pair ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;

/* A line of a member about themselves; "" takes it back. */
enum gp_status gp_intro_set(struct gp_store *s, int64_t member, const char *text, int64_t now,
    struct gp_err *err) GP_MUST_CHECK;
struct gp_intro { char *name, *text; int64_t time; };
/* Of members who are not hidden, written in [from, to), the oldest first. */
enum gp_status gp_intro_between(const void *ctx, struct gp_store *s, int64_t list, int64_t from, int64_t to,
    size_t limit, struct gp_intro ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;

#endif
