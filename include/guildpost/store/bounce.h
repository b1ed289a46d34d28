/* SPDX-License-Identifier: ISC */
/*
 * store, the part about bounces: what they say of memberships, and what many at once say of a
 * provider. Included by store.h, whose rules on memory, transactions and errors hold here too.
 */
#ifndef GUILDPOST_STORE_BOUNCE_H
#define GUILDPOST_STORE_BOUNCE_H

/* Of a membership. SUSPENDED and COMPLAINED get no posts and no digests. */
enum gp_bounce_state { GP_BOUNCES_OK, GP_BOUNCES_PROBING, GP_BOUNCES_SUSPENDED,
	GP_BOUNCES_COMPLAINED };
extern const char *const gp_bounce_state_names[];

struct gp_bounces {
	int64_t member, list;
	int64_t score;		/* hundredths */
	int64_t last;		/* when the last failure that counted came */
	int64_t day, today;	/* its day since 1970, and what that day gave */
	int state;		/* GP_BOUNCES_ */
	int64_t since;		/* it is so */
	int64_t next;		/* when the clock has something to do, 0: nothing */
	int64_t probe;		/* the job that was the probe, or 0 */
	int64_t notices;	/* sent since it is suspended */
	int64_t upto;		/* the last message before it was */
	int64_t told;		/* when the member was told of a complaint, or 0 */
	char *text;		/* the other side's last words */
};
/* All zero and "" when nothing is known: that is no error. */
enum gp_status gp_bounces_get(const void *ctx, struct gp_store *s, int64_t member,
    struct gp_bounces **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_bounces_put(struct gp_store *s, const struct gp_bounces *b, struct gp_err *err)
    GP_MUST_CHECK;
/* The member is well again: score 0, state OK. */
enum gp_status gp_bounces_clear(struct gp_store *s, int64_t member, struct gp_err *err)
    GP_MUST_CHECK;
/* Those with something to do by now. */
enum gp_status gp_bounces_due(const void *ctx, struct gp_store *s, int64_t now,
    struct gp_bounces ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Of a list (0: of all), those that are not OK or have a score, by member. */
enum gp_status gp_bounces_all(const void *ctx, struct gp_store *s, int64_t list,
    struct gp_bounces ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Posts of the list that are shown and came behind that message. */
enum gp_status gp_bounces_missed(struct gp_store *s, int64_t list, int64_t upto, int64_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* The newest message of the archive. */
enum gp_status gp_bounces_newest(struct gp_store *s, int64_t *id, struct gp_err *err) GP_MUST_CHECK;
/* Was anything delivered to the list's members after that time? */
enum gp_status gp_bounces_sent_since(struct gp_store *s, int64_t list, int64_t time, bool *yes,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- single failures, and many at once ------------------------------------------------ */

struct gp_bounced {
	int64_t member, list, job; /* job 0: not known */
	const char *domain;	/* of the recipient, folded */
	int category;		/* enum gp_bounce */
	int64_t time;
	int64_t given;		/* hundredths of score */
};
/* GP_E_EXISTS: of this delivery it is known already. */
enum gp_status gp_bounced_add(struct gp_store *s, const struct gp_bounced *b, struct gp_err *err)
    GP_MUST_CHECK;
/* How many members of one job, or (job 0) of one domain, failed so since that time; and of how many. */
enum gp_status gp_bounced_count(struct gp_store *s, int64_t job, const char *domain, int category,
    int64_t since, int64_t *n, int64_t *of, struct gp_err *err) GP_MUST_CHECK;
/* Take back what these failures gave; whoever is probed because of them is so no more. */
enum gp_status gp_bounced_take_back(struct gp_store *s, int64_t job, const char *domain,
    int category, int64_t since, struct gp_err *err) GP_MUST_CHECK;
/* Is the brake on: for the job, or for the domain since that time? */
enum gp_status gp_brake_find(struct gp_store *s, int64_t job, const char *domain, int category,
    int64_t since, bool *on, struct gp_err *err) GP_MUST_CHECK;
/* Put it on, or keep it on; *is_new: the list's owners don't know of it. */
enum gp_status gp_brake_set(struct gp_store *s, int64_t list, int64_t job, const char *domain,
    int category, int64_t now, bool *is_new, struct gp_err *err) GP_MUST_CHECK;
/* Failures and brakes older than that. */
enum gp_status gp_bounced_forget(struct gp_store *s, int64_t before, struct gp_err *err)
    GP_MUST_CHECK;

#endif
