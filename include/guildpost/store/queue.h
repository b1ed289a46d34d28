/* SPDX-License-Identifier: ISC */
/*
 * store, the part about what waits: deliveries, posts that are held, tokens. Included by
 * store.h, whose rules on memory, transactions and errors hold here too.
 */
#ifndef GUILDPOST_STORE_QUEUE_H
#define GUILDPOST_STORE_QUEUE_H

/* ---- queue.c: what is to be delivered --------------------------------------------- */

enum gp_job_kind { GP_JOB_POST, GP_JOB_NOTICE, GP_JOB_DIGEST };
struct gp_job {
	int64_t id, list;
	int kind;
	int64_t message;	/* a post: its body is raw[body_off..] of this message; else 0 */
	char *header; size_t header_n; /* header block for the wire, CRLF ends, no empty line;
				 * each recipient's own fields are put in front of it */
	char *body; size_t body_n; /* filled for posts too when read */
	size_t body_off;
	char *subject;		/* for people */
	int64_t created, expires;
	int64_t total, sent, failed, left;
	int64_t dropped;	/* members who left before it was tried, or given up by hand */
	unsigned flags;		/* GP_JOB_ */
};
enum { GP_JOB_8BIT = 1, GP_JOB_UTF8 = 2, /* needs 8BITMIME, SMTPUTF8 */
	GP_JOB_NULL_SENDER = 4, /* MAIL FROM:<> */
	GP_JOB_ONE_CLICK = 8,	/* add List-Unsubscribe and -Post for each recipient */
	GP_JOB_BATCH = 16,	/* all get the same bytes: many recipients in one transaction */
	GP_JOB_ASK = 32,	/* not to be sent before the author's domain was asked (DMARC) */
	GP_JOB_SECRET = 64	/* nothing that is kept or logged says to whom it went */
};
/* GP_OK sets job->id. Give recipients in the same transaction. */
enum gp_status gp_job_add(struct gp_store *s, struct gp_job *job, struct gp_err *err) GP_MUST_CHECK;
/* Who gets a post: everybody with delivery `each`, and those who follow its thread; not who paused,
 * muted the thread, wants no copy of their own, or no second copy of what was addressed to them. */
struct gp_audience {
	int64_t list, message;	/* the archived post */
	int64_t author;		/* the member who wrote it, or 0 */
	bool own_copy;		/* what the list says of authors' copies */
	const char *const *addressed; size_t addressed_n; /* folded addresses of To and Cc */
	int64_t now;
	bool noted;		/* it has a content note: not to those who skip such posts, but its author */
	int64_t largest;	/* bytes of its largest attachment, 0: none */
	const int64_t *copies; size_t copies_n; /* of it, or others of its thread, on other lists: muted there is muted */
	int64_t known_on;	/* a list whose members have it already; or 0 */
	int64_t from_job, to_job; /* whoever gets one of these jobs gets no other copy; 0: none */
	int64_t limit;		/* those who want larger attachments than this as links; 0: those who
				 * want this post as it is */
};
enum gp_status gp_job_add_audience(struct gp_store *s, int64_t job, const struct gp_audience *a,
    int64_t *n, struct gp_err *err) GP_MUST_CHECK; /* *n: how many */
/* The limits below `largest` that members of a list have set, the smallest first. */
enum gp_status gp_audience_limits(const void *ctx, struct gp_store *s, int64_t list,
    int64_t largest, int64_t **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* One address; member may be 0; with a member, it is dropped when the member leaves. */
enum gp_status gp_job_add_address(struct gp_store *s, int64_t job, const char *address,
    int64_t member, struct gp_err *err) GP_MUST_CHECK;

struct gp_rcpt {
	int64_t job, n;		/* together the name of a delivery */
	int64_t member;		/* or 0 */
	char *address;
	int tries;
	int64_t next;		/* when it is due; 0: never tried */
	char *last;		/* the relay's last words, or NULL */
};
/* Jobs with untried recipients beyond `after_n` of job..., oldest first: what core hands to
 * outbound. Retries that are due come from gp_queue_due. */
enum gp_status gp_queue_fresh(const void *ctx, struct gp_store *s, int64_t job, int64_t after_n,
    size_t limit, struct gp_rcpt **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Jobs that have untried recipients, lists in turn: each list's oldest, each list's second ... */
struct gp_queue_entry { int64_t job, list, left; };
enum gp_status gp_queue_turn(const void *ctx, struct gp_store *s, size_t limit,
    struct gp_queue_entry **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_queue_due(const void *ctx, struct gp_store *s, int64_t now, size_t limit,
    struct gp_rcpt **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* When the next retry is due, 0: none. */
enum gp_status gp_queue_next_due(struct gp_store *s, int64_t *when, struct gp_err *err)
    GP_MUST_CHECK;
/* Store header, flags and (where job->message is 0) body of a job that was not sent to anybody yet. */
enum gp_status gp_job_settle(struct gp_store *s, const struct gp_job *job, struct gp_err *err)
    GP_MUST_CHECK;
/* The job with header and body for sending. */
enum gp_status gp_job_find(const void *ctx, struct gp_store *s, int64_t id, bool with_body,
    struct gp_job **out, struct gp_err *err) GP_MUST_CHECK;

enum gp_result_kind { GP_RESULT_SENT, GP_RESULT_DEFER, GP_RESULT_FAIL, GP_RESULT_DROPPED };
struct gp_result {
	int64_t job, n;
	enum gp_result_kind kind;
	int64_t next;		/* DEFER: when to try again */
	const char *text;	/* the relay's words, "550 5.1.1 no such user" */
};
/* Record results, all in the caller's transaction; finished jobs give up their bytes. A result for
 * a delivery that is gone already changes nothing. */
enum gp_status gp_queue_results(struct gp_store *s, const struct gp_result *r, size_t n,
    int64_t now, struct gp_err *err) GP_MUST_CHECK;
/* For queue ls: unfinished jobs, or all of the last days; and their recipients with trouble. */
enum gp_status gp_queue_list(const void *ctx, struct gp_store *s, bool all, struct gp_job ***out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
struct gp_failure { int64_t job, member, time; char *address, *text; bool bounced; };
enum gp_status gp_queue_failures(const void *ctx, struct gp_store *s, int64_t job,
    struct gp_failure **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_queue_deferred(const void *ctx, struct gp_store *s, int64_t job,
    struct gp_rcpt **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* A delivery that was sent came back as a bounce: recorded beside the failures. */
enum gp_status gp_queue_bounce(struct gp_store *s, int64_t job, int64_t member, int64_t now,
    const char *text, struct gp_err *err) GP_MUST_CHECK;
/* Make retries due now (job 0: all) / give up what is left of a job. */
enum gp_status gp_queue_retry(struct gp_store *s, int64_t job, int64_t now, int64_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* How many times that was asked for. */
enum gp_status gp_queue_retries(struct gp_store *s, int64_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_queue_drop(struct gp_store *s, int64_t job, int64_t *n, struct gp_err *err)
    GP_MUST_CHECK;
/* Drop what is queued for a membership and was not sent. */
enum gp_status gp_queue_forget_member(struct gp_store *s, int64_t member, struct gp_err *err)
    GP_MUST_CHECK;
/* Forget finished jobs that were made, and failures that happened, before that time. */
enum gp_status gp_queue_forget(struct gp_store *s, int64_t before, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- hold.c: posts that wait, and what was thrown away ---------------------------- */

enum gp_hold_state { GP_HOLD_WAITING, GP_HOLD_APPROVED, GP_HOLD_REJECTED, GP_HOLD_DISCARDED,
	GP_HOLD_EXPIRED };
extern const char *const gp_hold_state_names[];
struct gp_hold {
	int64_t id, list;
	int state;
	char *rule;		/* name of the rule that held it: "stranger", "size" ... */
	char *reason;		/* a sentence for people */
	char *envelope_from, *from_name, *from_addr, *subject, *msgid, *snippet;
	int64_t size, created, expires, decided;
	char *decided_by;	/* an address, or "command line" */
	char *decision_reason;
	int kind;		/* GP_HOLD_POST, GP_HOLD_JOIN */
	int64_t approvals;	/* how many are needed */
	char *claimed_by;	/* a moderator who looks at it, or "" */
	int64_t reminded;	/* how many times */
	int at_end;		/* GP_END_ */
	char *data;		/* GP_HOLD_JOIN: JSON of what was asked for; else "" */
	char *note;		/* content note that a moderator gives it; or "" */
};
enum { GP_HOLD_POST, GP_HOLD_JOIN };
/* A waiting post, or (state DISCARDED) one kept for a while so that an owner can see it. A waiting
 * hold of the same Message-ID and content on the list: GP_E_EXISTS and its id. */
enum gp_status gp_hold_add(struct gp_store *s, struct gp_hold *h, const char *raw, size_t n,
    struct gp_str wire, struct gp_err *err) GP_MUST_CHECK;	/* sets h->id */
enum gp_status gp_hold_find(const void *ctx, struct gp_store *s, int64_t id, struct gp_hold **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Its bytes, and the wire form of its struct gp_mail as given to gp_hold_add (wire.n 0: it could
 * not be read). */
enum gp_status gp_hold_raw(const void *ctx, struct gp_store *s, int64_t id, char **raw, size_t *n,
    struct gp_str *wire, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_hold_all(const void *ctx, struct gp_store *s, int64_t list, int state,
    struct gp_hold ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK; /* state -1: all */
/* Only one decision wins: GP_E_EXISTS when it was decided before (message says how). */
enum gp_status gp_hold_decide(struct gp_store *s, int64_t id, int state, const char *by,
    const char *reason, int64_t now, struct gp_err *err) GP_MUST_CHECK;
/* Waiting holds past their time. And: forget decided ones older than `before`. */
enum gp_status gp_hold_expired(const void *ctx, struct gp_store *s, int64_t now,
    struct gp_hold ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_hold_forget(struct gp_store *s, int64_t before, struct gp_err *err) GP_MUST_CHECK;

/* What of a waiting hold can change: claimed_by, reminded, expires, at_end, approvals, note. This and
 * the next two: GP_E_EXISTS when it was decided, GP_E_NOTFOUND. */
enum gp_status gp_hold_update(struct gp_store *s, const struct gp_hold *h, struct gp_err *err)
    GP_MUST_CHECK;
/* Other bytes in place of those that wait (a moderator edited them), with their size and subject.
 * The original sent again is still known as the same. */
enum gp_status gp_hold_replace(struct gp_store *s, int64_t id, const char *raw, size_t n,
    struct gp_str wire, struct gp_err *err) GP_MUST_CHECK;
/* One moderator's vote, replacing an earlier one of the same; the counts after it. */
struct gp_vote { char *who; bool approves; char *reason; int64_t time; };
enum gp_status gp_hold_vote(struct gp_store *s, int64_t id, const struct gp_vote *vote,
    int64_t *approving, int64_t *refusing, struct gp_err *err) GP_MUST_CHECK;
/* All votes on one: what was voted on has changed. */
enum gp_status gp_hold_vote_forget(struct gp_store *s, int64_t id, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_hold_votes(const void *ctx, struct gp_store *s, int64_t id, struct gp_vote **out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Waiting ones of all lists that an address moderates, oldest first: a moderator's queue. */
enum gp_status gp_hold_queue(const void *ctx, struct gp_store *s, const char *address,
    struct gp_hold ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Waiting ones that were reminded of fewer than `times` times and came before that time, list by
 * list. */
enum gp_status gp_hold_unattended(const void *ctx, struct gp_store *s, int64_t created_before,
    int64_t times, struct gp_hold ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* How many held posts of an author on a list are in that state: for "12 accepted, 1 refused". Holds
 * are forgotten after a while; accepted and refused of a member are not. */
enum gp_status gp_hold_history(struct gp_store *s, int64_t list, const char *from_addr, int state,
    int64_t *n, struct gp_err *err) GP_MUST_CHECK;

/* ---- token.c: single-use tokens (design section 6.5) ------------------------------ */

struct gp_token {
	char *purpose;		/* "hold" ... */
	int64_t list, object;	/* what it is bound to */
	char *address;		/* whose it is, folded */
	int64_t expires, used;	/* used: when, or 0 */
	char *data;		/* JSON of what it would do, or NULL */
};
/* A new token: its 26 characters on ctx; only the hash is stored. */
enum gp_status gp_token_add(const void *ctx, struct gp_store *s, const struct gp_token *t,
    char **token, struct gp_err *err) GP_MUST_CHECK;
/* GP_E_NOTFOUND for unknown, malformed or expired ones alike; a used one is found (see used).
 * purpose NULL: for whatever it is; the caller looks. */
enum gp_status gp_token_find(const void *ctx, struct gp_store *s, const char *purpose,
    const char *token, int64_t now, struct gp_token **out, struct gp_err *err) GP_MUST_CHECK;
/* Spend it, once: GP_E_EXISTS when someone was faster. */
enum gp_status gp_token_use(struct gp_store *s, const char *token, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_token_forget(struct gp_store *s, int64_t now, struct gp_err *err) GP_MUST_CHECK;
/* Make unused ones of this purpose, list and address (and object, unless 0) worthless; *n: how many
 * there were. */
enum gp_status gp_token_drop(struct gp_store *s, const char *purpose, int64_t list,
    const char *address, int64_t object, int64_t *n, struct gp_err *err) GP_MUST_CHECK;

/* ---- count.c: how often in a span of time ----------------------------------------- */

/* One more of this kind for this key; *n: how many now within `span` seconds (a span begins with
 * its first; the next begins when it is over). A key that is of a person holds the folded
 * address: so it is erased with the person. */
enum gp_status gp_count_add(struct gp_store *s, const char *kind, const char *key, int64_t now,
    int64_t span, int64_t *n, struct gp_err *err) GP_MUST_CHECK;
/* The same without adding. */
enum gp_status gp_count_get(struct gp_store *s, const char *kind, const char *key, int64_t now,
    int64_t span, int64_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_count_forget(struct gp_store *s, int64_t before, struct gp_err *err)
    GP_MUST_CHECK;

#endif
