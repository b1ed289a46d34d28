/* SPDX-License-Identifier: ISC */
/*
 * list: what a list does with a message. Decide, then do: route says which list and
 * which of its addresses was meant, rules turn the message into a decision (a plain
 * struct, no side effect), one function carries a decision out. `guildpost explain`
 * prints the decision without doing it.
 *
 * No sockets, no SQL. Everything done here happens inside the caller's transaction
 * (gp_store_begin ... commit), so a message, its place in its thread and every delivery
 * it causes are committed together or not at all. Memory hangs on the ctx given, one for
 * each message.
 */
#ifndef GUILDPOST_LIST_H
#define GUILDPOST_LIST_H

#include "guildpost/base.h"
#include "guildpost/mail.h"
#include "guildpost/mail/dmarc.h"
#include "guildpost/render.h"
#include "guildpost/store.h"

/* What every unit of work needs: lives as long as the process. */
struct gp_site {
	struct gp_config *conf;
	struct gp_store *store;
	struct gp_templates *templates;
	struct gp_words *words;		/* what people may write to us, in all languages */
	char secret[GP_SHA256_LEN];	/* key of the MACs: VERP, one-click */
	/* What an author's domain asks, if that is known by now; NULL: nobody here knows. */
	bool (*policy)(void *arg, const char *domain, enum gp_policy *out);
	void *policy_arg;
};
/* Load templates and the secret. */
enum gp_status gp_site_open(const void *ctx, struct gp_config *conf, enum gp_store_mode mode,
    struct gp_site **out, struct gp_err *err) GP_MUST_CHECK;

/* One thing for every list, each with memory of its own; the first that fails ends it. For the clock. */
typedef enum gp_status gp_list_tick_fn(const void *ctx, struct gp_site *site, struct gp_list *list, int64_t now,
    struct gp_err *err);
enum gp_status gp_site_each_list(const void *ctx, struct gp_site *site, gp_list_tick_fn *fn, int64_t now,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- route.c: which address was meant (design section 7) --------------------------------- */

enum gp_route_kind {
	GP_ROUTE_POST,		/* bees; bees+reply-KEY: an answer to that message; bees+answer: to a digest */
	GP_ROUTE_OWNER,		/* bees+owner: to the owners */
	GP_ROUTE_COMMAND,	/* bees+subscribe, bees+get-KEY: `name` is the command */
	GP_ROUTE_REQUEST,	/* bees+request: commands in subject and body */
	GP_ROUTE_THREAD,	/* bees+thread-KEY: commands about that thread */
	GP_ROUTE_CONFIRM,	/* bees+confirm-TOKEN */
	GP_ROUTE_LEAVE,		/* bees+unsubscribe-TOKEN: out of a member's copy */
	GP_ROUTE_HOLD,		/* bees+hold-TOKEN: a moderator's reply */
	GP_ROUTE_BOUNCE,	/* bees+bounce-TOKEN: came back from a delivery */
	GP_ROUTE_ANON		/* bees+anon: a post without a name; bees+anon-TOKEN: a yes to it */
};
struct gp_route {
	enum gp_route_kind kind;
	const char *name;	/* "post", "owner" ..., or the command */
	struct gp_list *list;
	char *token;		/* behind the dash, lower case, or NULL */
	char *rcpt;		/* the address as given */
};
/* GP_E_NOTFOUND: no such list or address here (550 5.1.1). `+` and `-` are both understood
 * between the list's name and the word. */
enum gp_status gp_route_find(const void *ctx, struct gp_site *site, const char *rcpt,
    struct gp_route *out, struct gp_err *err) GP_MUST_CHECK;
/* An address of a list: word "owner", token NULL or behind a dash. */
char *gp_route_address(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const char *word, const char *token);

/* ---- verp.c: tokens that live as long as a membership (keyed MACs) ------------------------------ */

/* base32 of job, member and a 10-byte MAC over both and the purpose; case doesn't matter. */
char *gp_verp_token(const void *ctx, const struct gp_site *site, int64_t job, int64_t member);
bool gp_verp_parse(const struct gp_site *site, const char *token, int64_t *job, int64_t *member);
/* One-click token of a membership (RFC 8058), valid as long as it lasts. */
char *gp_one_click_token(const void *ctx, const struct gp_site *site, int64_t member);
bool gp_one_click_parse(const struct gp_site *site, const char *token, int64_t *member);
/* Cookie of a reader of the archive; `session` as gp_person_session gives it. */
char *gp_session_token(const void *ctx, const struct gp_site *site, int64_t person, int64_t session,
    int64_t expires);
bool gp_session_parse(const struct gp_site *site, const char *token, int64_t *person, int64_t *session,
    int64_t *expires);

/* ---- when_query.c ------------------------------------------------------------------------ */

/* A search in which a time that is said in words ("since May", "letzte Woche") is written as the search
 * knows it. *read: those words, or NULL. */
char *gp_when_query(const void *ctx, const struct gp_words *words, const char *query, int64_t now,
    char **read);

/* ---- rules.c: the decision ------------------------------------------------------------------------ */

/* A message as it came in. */
struct gp_inbound {
	const char *raw; size_t n;	/* canonical bytes */
	const struct gp_mail *mail;	/* NULL: could not be read, see `unreadable` */
	const char *unreadable;		/* why, a sentence */
	const char *envelope_from;	/* "" for the null sender */
	const char *via;		/* "LMTP", "pipe" ... for the Received field */
	int64_t received;
	const char *note;		/* content note that a moderator gives it, or NULL */
	bool shaped;			/* its body is not the author's any more */
};

enum gp_decision_kind {
	GP_DECIDE_ACCEPT,	/* archive and deliver */
	GP_DECIDE_HOLD,		/* wait for a moderator */
	GP_DECIDE_REJECT,	/* refuse at the door with `reply` */
	GP_DECIDE_DISCARD,	/* take, log, keep for a while, do nothing */
	GP_DECIDE_DUPLICATE,	/* take, log, do nothing */
	GP_DECIDE_FORWARD,	/* to the owners */
	GP_DECIDE_COMMAND,	/* do what the address asks */
	GP_DECIDE_BOUNCE	/* a report about mail of ours: filed, never posted or answered */
};
extern const char *const gp_decision_names[];

struct gp_decision {
	enum gp_decision_kind kind;
	const char *rule;	/* short name of the rule that decided: "member", "stranger" ... */
	char *reason;		/* a sentence for people */
	const char *reply;	/* REJECT: "550 5.7.1 text" */
	struct gp_member *author; /* who wrote it, when a member */
	struct gp_list *as;	/* the list that it counts as written to, where that is another; or NULL */
	char *data;		/* HOLD: kept with it, or NULL */
	int64_t until;		/* HOLD: it goes then, if no other rule speaks; 0: moderators say */
};
enum gp_status gp_decide(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_decision *out, struct gp_err *err) GP_MUST_CHECK;

/* What the receiving server says of the author, if its word counts here. */
enum gp_auth gp_rules_auth(const void *ctx, const struct gp_site *site, const struct gp_inbound *in);

#define GP_DIGEST_MSGID "digest."	/* what the Message-IDs of digests begin with */

/* ---- act.c: carry it out ---------------------------------------------------------------------------- */

struct gp_outcome {
	int64_t message, thread, job, hold; /* what came to be, 0: nothing */
	int64_t recipients;
	char *key;		/* of the archived message */
	char *text;		/* for the log: "archived and queued for 12" */
};
/* Inside a transaction. What is wrong with the message itself was decided before: any failure
 * here means "later" (451) and the caller undoes the transaction or its mark. */
enum gp_status gp_act(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_outcome *out,
    struct gp_err *err) GP_MUST_CHECK;
/* Archive and queue a post, whatever its first line says; author NULL: no member. */
enum gp_status gp_post_as_is(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_member *author, struct gp_outcome *out,
    struct gp_err *err) GP_MUST_CHECK;
/* Deliver to a list a copy that is in its archive already (in: as archived) of a message of another list: not to
 * those who are on that one, too. */
enum gp_status gp_post_again(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_archived *archived, const struct gp_member *author, const struct gp_message *first,
    struct gp_outcome *out, struct gp_err *err) GP_MUST_CHECK;
/* Archive and queue a post (also an approved one). */
enum gp_status gp_post(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_member *author, struct gp_outcome *out,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- notice.c: mails of ours ------------------------------------------------------------------------------- */

struct gp_notice {
	const char *template_name;	/* mail/NAME.md */
	json_t *data;
	const char *to_name, *to_addr;
	int64_t member;			/* or 0 */
	const char *reply_to;		/* or NULL: the owners */
	const char *in_reply_to;	/* or NULL */
	bool answer;			/* auto-replied to someone's mail: null sender */
	bool secret;			/* nothing that is kept or logged says to whom it went: GP_JOB_SECRET */
	const char *language;		/* of the reader, or NULL: the list's */
	const char *msgid;		/* without <>, or NULL: a new one */
	const struct gp_enclosure *enclosures; size_t enclosures_n;
};
/* Render, compose and queue; job id in *job. */
enum gp_status gp_notice_send(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_notice *n, int64_t *job, struct gp_err *err) GP_MUST_CHECK;
/* Subject and text of it alone; the list's own data is added to n->data. */
enum gp_status gp_notice_text(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_notice *n, struct gp_mail_text *text, struct gp_err *err) GP_MUST_CHECK;
/* speak.c: a post of the list itself, archived and delivered to all. Of n count template_name, data and
 * in_reply_to. */
enum gp_status gp_list_says(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_notice *n, struct gp_outcome *out, struct gp_err *err) GP_MUST_CHECK;
/* A plain text of ours as a message (c->msgid is set), and as a parser would read it. */
enum gp_status gp_say_compose(const void *ctx, const struct gp_compose *c, struct gp_inbound *in,
    struct gp_mail *m, struct gp_err *err) GP_MUST_CHECK;
/* May this message be answered automatically at all (RFC 3834 section 2)? */
bool gp_notice_may_answer(const struct gp_inbound *in);
/* Count an automatic answer to this address; *may: not more than the site allows in a day. Whoever
 * wrote may be a robot, or have another's name. */
enum gp_status gp_notice_count_answer(const void *ctx, struct gp_site *site, const char *address,
    bool *may, struct gp_err *err) GP_MUST_CHECK;

/* ---- alarm.c: what is wrong with the server as a whole ------------------------------------------ */

enum gp_alarm_kind {
	GP_ALARM_RELAY,		/* takes no mail of ours, or can't be reached or trusted */
	GP_ALARM_WAL		/* someone reads the database for so long that its log grows */
};
extern const char *const gp_alarm_names[]; /* NULL behind the last */
struct gp_alarm { int64_t since, mailed; const char *words; };
/* GP_E_NOTFOUND: all is well. */
enum gp_status gp_alarm_find(const void *ctx, struct gp_store *s, enum gp_alarm_kind kind,
    struct gp_alarm *out, struct gp_err *err) GP_MUST_CHECK;
/* Inside a transaction: it is so now, as often as it is seen. The admin gets a mail once it was so for `patience`
 * seconds, one a day at most. And: it is over. */
enum gp_status gp_alarm_raise(const void *ctx, struct gp_site *site, enum gp_alarm_kind kind,
    const char *words, int64_t patience, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_alarm_clear(const void *ctx, struct gp_site *site, enum gp_alarm_kind kind,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- hold.c: moderation --------------------------------------------------------------------- */

/* Keep the message waiting and write to every moderator, each with a token of their own. */
enum gp_status gp_hold_post(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_outcome *out,
    struct gp_err *err) GP_MUST_CHECK;
/* Keep it only, and ask nobody (import). */
enum gp_status gp_hold_keep(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const char *rule, const char *reason, int64_t *id,
    struct gp_err *err) GP_MUST_CHECK;
/* A held message as it came in, ready for gp_post or for showing; what could not be read has
 * its header read by our own code and no text. */
enum gp_status gp_hold_message(const void *ctx, struct gp_site *site, const struct gp_hold *hold,
    struct gp_inbound *out, struct gp_err *err) GP_MUST_CHECK;
/* Whom moderators read: its author's address, or the name that somebody without a name has there. */
const char *gp_hold_who(const struct gp_hold *h);
/*
 * A verdict on a hold, by mail or from the command line: state is GP_HOLD_APPROVED (archived and
 * delivered), GP_HOLD_REJECTED (the author is told the reason) or GP_HOLD_DISCARDED. GP_E_EXISTS:
 * it was decided before, the message says how.
 */
enum gp_status gp_hold_verdict(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_hold *hold, int state, const char *by, const char *reason,
    struct gp_outcome *out, struct gp_err *err) GP_MUST_CHECK;
/* Any word of a moderator's, said at the command line: "trust", "no", "ban", "move", "edit", "wait", with a reason, a
 * list or the new text behind it. GP_E_EXISTS as above; GP_E_PARSE: it can't be done, and why. */
enum gp_status gp_hold_console(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_hold *hold, const char *word, const char *rest, struct gp_outcome *out,
    struct gp_err *err) GP_MUST_CHECK;
/* Someone who asks to join, with answers to the list's questions, before the moderators. */
enum gp_status gp_hold_join(const void *ctx, struct gp_site *site, struct gp_list *list,
    const char *address, const char *name, int delivery, const char *answers,
    struct gp_outcome *out, struct gp_err *err) GP_MUST_CHECK;
/* Its author takes a post back. */
enum gp_status gp_hold_withdraw(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_hold *hold, const char *author, struct gp_outcome *out, struct gp_err *err)
    GP_MUST_CHECK;
/* Mail to bees+hold-TOKEN. */
enum gp_status gp_hold_reply(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err) GP_MUST_CHECK;
/* End what nobody decided in time, remind moderators, send each the mail with all that waits; forget
 * what is long over. For the clock. */
enum gp_status gp_hold_expire(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- bounce_score.c, bounce_probe.c: mail that comes back ------------------------------------ */

/* A delivery that was refused while it was sent: counts as a bounce. text: the reply, "550 5.1.1 ...". */
enum gp_status gp_bounce_refused(const void *ctx, struct gp_site *site, int64_t list, int64_t job,
    int64_t member, const char *text, struct gp_err *err) GP_MUST_CHECK;
/* Probes that were read, notices to suspended members, removals. For the clock. */
enum gp_status gp_bounce_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- too_large.c ------------------------------------------------------------------------------ */

/* Does the relay's reply refuse the mail for its size? Then tell the list's owners, once for each job. Both are
 * asked before the job is done with. */
bool gp_too_large_is(const char *text);
enum gp_status gp_too_large(const void *ctx, struct gp_site *site, int64_t job, const char *text,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- command.c, confirm.c: mail that asks for something ----------------------------------- */

enum gp_status gp_command_run(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err) GP_MUST_CHECK;
/* Commands of moderators and owners, asked for by whoever runs the server; inside a transaction. *answer: what a
 * mail would say, or the text that was asked for. GP_E_USAGE: the first line is no such command. */
enum gp_status gp_command_console(const void *ctx, struct gp_site *site, struct gp_list *list,
    char *const *lines, size_t n, char **answer, struct gp_err *err) GP_MUST_CHECK;
/* The command that a line asks for, by its English name, or "". */
const char *gp_command_called(const struct gp_site *site, const char *line);
/*
 * A button of the archive was pressed, for a token out of a mail: one-click unsubscribing (RFC 8058),
 * or the yes to a question of ours. A token that stands for nothing changes nothing and is no error:
 * nobody may learn from it. *done: the address whose it was, or NULL.
 */
enum gp_status gp_command_click(const void *ctx, struct gp_site *site, const char *token,
    char **done, struct gp_err *err) GP_MUST_CHECK;

/* ---- reader.c: logging in to an archive that is not for everybody ----------------------------- */

enum { GP_LOGIN_LINK = 30 * 60, GP_LOGIN_COOKIE = 30 * 86400 };	/* seconds that these are good for */
/* Mail a link to whoever may read that list's archive; to anybody else, or too often: nothing, and that is no
 * error. what: the id of the list, the address, and the path to be shown then, a line each. Core, inside a
 * transaction. */
enum gp_status gp_login_ask(const void *ctx, struct gp_site *site, const char *what, struct gp_err *err)
    GP_MUST_CHECK;
/* The token of such a link: whose it is (a person), the path, and whether it was used. GP_E_NOTFOUND. */
enum gp_status gp_login_find(const void *ctx, const struct gp_site *site, const char *token,
    int64_t *person, char **path, bool *used, struct gp_err *err) GP_MUST_CHECK;
/* The cookie of a person, good from now on for GP_LOGIN_COOKIE. */
enum gp_status gp_login_cookie(const void *ctx, const struct gp_site *site, int64_t person, char **cookie,
    struct gp_err *err) GP_MUST_CHECK;
/* Whose cookie it is: 0 when it is forged, too old, or was ended. */
int64_t gp_login_reader(const struct gp_site *site, const char *cookie);
/* All cookies of its person are void from now on. Core, inside a transaction. */
enum gp_status gp_login_end(struct gp_site *site, const char *cookie, struct gp_err *err) GP_MUST_CHECK;

/* What the button of a token would do: "leave", "subscribe", "unsubscribe", "act", "address", "log_in";
 * "late" for one of ours that is no more; "leave" also
 * for a token that stands for nothing. */
const char *gp_command_click_kind(const void *ctx, const struct gp_site *site, const char *token);

#include "guildpost/list/cook.h"
#include "guildpost/list/news.h"
#include "guildpost/list/practice.h"
#include "guildpost/list/safe.h"

#endif
