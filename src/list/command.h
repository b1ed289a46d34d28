/* SPDX-License-Identifier: ISC */
/*
 * What the files of commands share: one mail that asks for things, the table of commands, and
 * how a command says what came of it. Results are data: the words stand in templates
 * (mail/LANG/said.md, a section for each kind of result).
 */
#ifndef GP_LIST_COMMAND_H
#define GP_LIST_COMMAND_H

#include "read.h"

struct asked {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	const struct gp_inbound *in;
	struct gp_outcome *out;
	struct gp_err *err;
	char *from;			/* who asks: address as written */
	const char *name;		/* of that person, or "" */
	struct gp_member *member;	/* on this list, or NULL */
	const char *language;		/* of the answer */
	bool invited;			/* by an owner: joining needs nobody else */
	bool proven;			/* the person answered our question, or was vouched for */
	bool answered;			/* it was the former */
	bool chosen;			/* by yes, no or a text: the lines are ours, and nothing to be quoted */
	const char *msgid;		/* of the mail that asks, or NULL */
	json_t *results;		/* of all lines */
	json_t *result;			/* of the line that runs now */
	struct gp_lines lines;		/* all of them; the next is lines.v[at] */
	size_t at;
	const char *line;		/* that runs now */
	const char *whole;		/* the same with the marks behind it, or NULL: it has all */
	int64_t token_object;		/* what gp_command_ask binds its token to, or 0 */
	json_t *pending;		/* lines that wait for a proof, by address */
	bool stop;			/* nothing below is read */
	bool aside;			/* said in a reply to the list */
	bool more;			/* and that has more words, and becomes a post */
	bool posted;			/* and that was a post, out->message */
	bool later;			/* the line is to be run again when it is one */
	bool refused;			/* a line was for others to say */
	bool uncounted;			/* of what another list decides: a bare word tells nobody anything */
	size_t mails;			/* that answer single lines */
	struct gp_buf *console;		/* at the command line: answers are written here, not sent; or NULL */
};

enum gp_command_group { GP_FOR_MEMBERS, GP_FOR_MODERATORS, GP_FOR_OWNERS };
enum {
	GP_CMD_PROOF = 1,	/* done only when it is proven who asks */
	GP_CMD_MEMBER = 2,	/* only a member of the list can ask */
	GP_CMD_ADDRESS = 4,	/* also NAME+word, with nothing in the mail */
	GP_CMD_SUBJECT = 8,	/* as that, and the subject holds its arguments */
	GP_CMD_REPLY = 16,	/* also as the first line of a reply to the list, about its thread: aside.c */
	GP_CMD_MARKED = 32,	/* there only with a colon, or a time such as 24h, behind the word */
	GP_CMD_LIST = 128,	/* there only with the name of a list of this site behind the word, or nothing */
	GP_CMD_ALONE = 64,	/* there only where nothing else is written */
	GP_CMD_FIRST = 1024,	/* there only by the first of its words: "Please ignore" is said to people */
	GP_CMD_WORDS = 256,	/* there it takes the words behind its colon */
	GP_CMD_NAMELESS = 512	/* there also without a name, by whoever began the thread so: anon_aside.c */
};
struct gp_command {
	const char *name;
	enum gp_command_group group;
	unsigned flags;
	enum gp_status (*run)(struct asked *a, const char *args);
};
extern const struct gp_command gp_commands[];
extern const size_t gp_command_count;
const struct gp_command *gp_command_find(const char *name);

/* ---- command.c, said.c ------------------------------------------------------------------------------- */

/* Find out who asks; run the lines of a->lines; send what came of them. */
enum gp_status gp_command_begin(struct asked *a, const char *from, const char *name);
enum gp_status gp_command_lines(struct asked *a);
enum gp_status gp_command_answer(struct asked *a);
/* What came of this line, or what else did: a section of said.md; the caller fills it. */
json_t *gp_said(struct asked *a, const char *what);
/* What a thread is called there: without the words that mark its kind, and its content note. cmd_practice.c */
void gp_said_title(struct asked *a, json_t *said, const char *title);
/* The same when a mail of its own went out, which says it. */
void gp_said_elsewhere(struct asked *a, const char *what);
/* An option could not be set: GP_OK when its value is at fault, and the result says what is wanted. */
enum gp_status gp_said_bad_value(struct asked *a, enum gp_status st, const struct gp_opt *option,
    const struct gp_err *why);
/* There is no such option: is one of that table meant? */
void gp_said_unknown_option(struct asked *a, const char *name, const struct gp_opt *table, size_t n);
/* What an option, an act or its author is called in the language of the answer: "list title",
 * "member hidden", "act join", "who command line". Without a line of its own: the name. */
const char *gp_said_meaning(struct asked *a, const char *kind, const char *name);
/* A member's address and options; cmd_settings.c. */
json_t *gp_said_member(struct asked *a, const struct gp_member *m);
/* A mail to someone about what was asked; data may be NULL. */
enum gp_status gp_command_mail(struct asked *a, const char *template_name, const char *to_name,
    const char *to_addr, const char *reply_to, json_t *data);
/* May whoever asks get another automatic answer today? */
enum gp_status gp_command_is_flood(struct asked *a, bool *yes);
/* The same before a line is answered by a mail of its own; when not, the result says so. */
enum gp_status gp_command_may_mail(struct asked *a, bool *may);
/* Write it into the log of acts. */
enum gp_status gp_command_log(struct asked *a, enum gp_verb verb, const char *what,
    const char *detail);
/* ---- console.c -------------------------------------------------------------------------------- */

/* A mail to whoever asks at the command line: its text goes to a->console. */
enum gp_status gp_console_mail(struct asked *a, const struct gp_notice *n);

/* ---- confirm.c ------------------------------------------------------------------------------- */

/* Ask the address (of a->from, or another that would join or leave) to say yes to lines. */
enum gp_status gp_command_ask(struct asked *a, const char *purpose, const char *address,
    const char *const *lines, size_t n);
/* A mail to the address that someone named, as often as we would ask it something. */
enum gp_status gp_command_note(struct asked *a, const char *template_name, const char *address);
/* A stranger's post waits whose name is that of one member: ask that member whether the address is
 * theirs, too. Both must say yes, as with `address add`. */
enum gp_status gp_command_is_that_you(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, struct gp_err *err) GP_MUST_CHECK;
/* Mail to bees+unsubscribe-TOKEN, whoever wrote it. GP_E_NOTFOUND: that is no token of ours. */
enum gp_status gp_command_leave_by_mail(struct asked *a, const char *token);
/* The lines that wait for a proof, all in one question to a->from. */
enum gp_status gp_command_ask_pending(struct asked *a);
/* Somebody said yes: what the token stands for becomes the lines to run, if it was made for a->from. */
enum gp_status gp_command_confirm(struct asked *a, const char *token);

/* ---- choice.c -------------------------------------------------------------------------------- */

/* A token for one reply of that address to NAME+confirm-TOKEN, good for `span` seconds. data: "lines" that it runs
 * and what else its purpose wants. */
enum gp_status gp_reply_token(const void *ctx, struct gp_site *site, const struct gp_list *list, const char *address,
    const char *purpose, json_t *data, int64_t span, char **token, struct gp_err *err) GP_MUST_CHECK;
/* One whose reply brings a text for that line. */
enum gp_status gp_text_token(const void *ctx, struct gp_site *site, const struct gp_list *list, const char *address,
    const char *line, int64_t span, char **token, struct gp_err *err) GP_MUST_CHECK;
/* Send a notice to a member, in their language; of n the addressee is filled in. */
enum gp_status gp_member_send(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_member *to, struct gp_notice *n, struct gp_err *err) GP_MUST_CHECK;
/* Ask a member something: the reply yes runs one line, no the other, with what stands behind the word. */
enum gp_status gp_choice_send(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_member *to, struct gp_notice *n, const char *yes, const char *no, int64_t span,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- command.c again -------------------------------------------------------------------------- */

/* The word and what stands behind it; "" when there is none. */
struct gp_str gp_command_word(const char **args);
/* The option that is named, folded: "KEY VALUE", "KEY: VALUE" or, as on the command line, "KEY=VALUE";
 * the arguments are its value then. */
char *gp_command_option(struct asked *a, const char **args);
/* Words for people, which args, a part of the line that runs now, ends with: with the marks behind them. */
const char *gp_command_text(const struct asked *a, const char *args);
/* The value of an option: such words where it is one that people read, as a title. */
const char *gp_command_option_text(const struct asked *a, const char *option, const char *args);
/* A value; two quotation marks, as any mail program writes them, or a dash stand for nothing: "". */
const char *gp_command_value(const char *args);
/* Do they begin with a word for that thing ("list", "thread"), in any language? Then they go behind it. */
bool gp_command_thing(struct asked *a, const char **args, const char *name);
/* An address in the arguments, folded or not, or NULL. */
char *gp_command_address(struct asked *a, const char *args);

/* The delivery that a word names ("weekly", "nomail"), or -1. */
int gp_command_delivery(struct asked *a, const char *word);
/* Take a member off; the last owner is told why not. */
enum gp_status gp_command_leave(struct asked *a, const struct gp_member *m);
/* What anybody may see of the archive by mail, from here on as it is shown: GP_OK, or GP_E_NOTFOUND with a result that says why. */
enum gp_status gp_command_may_read(struct asked *a);

/* ---- named.c: which message is meant ---- */

/* May this reader see it: from before they came, on a list that keeps that to itself? */
bool gp_command_sees(const struct asked *a, const struct gp_message *m);
/* The message that a number, "#12", or a key names; GP_E_NOTFOUND with a result when there is none. */
enum gp_status gp_command_message(struct asked *a, const char *args, struct gp_message **out);
/* The same, also of a message that is in no archive, for who got it by mail: where nothing of it need be shown. */
enum gp_status gp_command_mailed(struct asked *a, const char *args, struct gp_message **out);
/* The first and the second, and *args is what stands behind it. */
enum gp_status gp_command_named(struct asked *a, const char **args, struct gp_message **out);
enum gp_status gp_command_named_mailed(struct asked *a, const char **args, struct gp_message **out);
/* False: the line that runs now was put among those that wait for a proof, and says so. */
bool gp_command_is_proven(struct asked *a);
/* An owner who is the only one must name another before leaving. */
enum gp_status gp_command_is_last_owner(struct asked *a, const struct gp_member *m, bool *yes);
/* The same, and the result of the line says why not. */
enum gp_status gp_command_may_go(struct asked *a, const struct gp_member *m, bool *may);
/* The new address said yes too: join it to the person. */
enum gp_status gp_command_address_proven(struct asked *a, int64_t person);

/* ---- cmd_practice.c ------------------------------------------------------------------------------ */

/* The message that a thread begins with, as far as it is archived. */
enum gp_status gp_practice_head(struct asked *a, int64_t thread, struct gp_thread **t,
    struct gp_message **head);
/* Did whoever asks write it, with whichever of their addresses? */
enum gp_status gp_practice_is_own(struct asked *a, const struct gp_message *m, bool *yes);
/* May whoever asks say what the thread is: who began it, and moderators? Else the result says who may. */
enum gp_status gp_practice_may_say(struct asked *a, const struct gp_message *head, bool *may);

/* ---- welcome.c ------------------------------------------------------------------------------------ */

/* What the mail "welcome" shows beside how mail comes. */
enum gp_status gp_welcome_data(const void *ctx, struct gp_site *site, const struct gp_list *list,
    json_t *data, struct gp_err *err) GP_MUST_CHECK;

/* ---- decide.c ---------------------------------------------------------------------------------------- */

/* Whoever asks, as a member of the list that decides something in a thread which it shares with this one. GP_E_NOTFOUND:
 * they are not on that list, and the result, a section of said.md, says that it is not counted. */
enum gp_status gp_decide_voter(struct asked *a, int64_t list, const char *title, const char *what,
    struct gp_list **home, struct gp_member **out);

/* ---- circle.c ------------------------------------------------------------------------------------- */

/* Whoever asks says +1 in the thread of that message; *is_circle: it is one that is proposed or alive. */
enum gp_status gp_circle_plus(struct asked *a, const struct gp_message *m, bool *is_circle);

/* ---- heat.c ------------------------------------------------------------------------------------- */

#define GP_PURPOSE_HEAT "heat"	/* of the tokens in mails about heated threads */
/* The answer to such a mail: slow, cool, close, nudge, a line each, become the lines that the token stands for.
 * False: it says none of these, and can be answered again. */
bool gp_heat_answer(struct asked *a, struct gp_token *t);

/* ---- share.c -------------------------------------------------------------------------------------- */

/* Is that nothing, or one or two words ("with wasps") that name a list of this site? */
bool gp_share_names_list(const void *ctx, const struct gp_site *site, const char *rest);

/* ---- aside.c ------------------------------------------------------------------------------------ */

struct gp_aside_said {
	const char *vote;	/* what it says if the thread is a round that decides; then no command */
	bool plus;		/* "+1 with ...": so to a circle alone, since elsewhere it may be about anything */
	const struct gp_command *command;
	const char *rest;	/* of the line, behind the word */
	bool only;		/* nothing else was written */
	bool shared;		/* the same line has words for the others, too */
	const char *line;	/* as it was written */
	bool below;		/* no more, but for a postscript below a signature */
};
/* What the first line of a reply may say to the list; false: nothing. */
bool gp_aside_read(const void *ctx, const struct gp_site *site, const struct gp_mail *mail, struct gp_aside_said *out);
/* The line of a command that says the same about the thread of that message. NULL: it says nothing to us. */
char *gp_aside_line(struct asked *a, const struct gp_aside_said *said, const struct gp_message *parent);
/*
 * What a reply says to the list in its first line. *taken: it was nothing else, and is done with. Else, when the mail has
 * more words, *aside is for gp_aside_after, which says to the author what came of both; NULL: nothing was said to us.
 * *in: what is to be posted, without the line where that is possible.
 */
struct gp_aside;
enum gp_status gp_aside_before(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound **in, struct gp_outcome *out, struct gp_aside **aside, bool *taken, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_aside_after(struct gp_aside *aside) GP_MUST_CHECK;

/* ---- aside_strip.c ------------------------------------------------------------------------------ */

/* A post without the first line that is nothing but these words. *out stays where that can't be done without touching
 * more, or what is signed. */
enum gp_status gp_aside_strip(const void *ctx, const char *words, const struct gp_inbound **out, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- commands, by file ------------------------------------------------------------------------ */

typedef enum gp_status gp_command_fn(struct asked *a, const char *args);
gp_command_fn gp_do_anon; /* anon.c */
gp_command_fn gp_do_slow, gp_do_cool, gp_do_nudge; /* cmd_cool.c */
/* A time in words: "days", "hours" or "minutes", and whether it is one. */
void gp_span_said(json_t *said, int64_t seconds);
gp_command_fn gp_do_note; /* note.c */
gp_command_fn gp_do_learned; /* learned.c */
gp_command_fn gp_do_visible, gp_do_unnamed; /* cmd_veil.c */
gp_command_fn gp_do_help, gp_do_stop, gp_do_which, gp_do_who, gp_do_info, gp_do_lists; /* cmd_look.c */
gp_command_fn gp_do_subscribe, gp_do_unsubscribe, gp_do_confirm; /* cmd_join.c */
gp_command_fn gp_do_each, gp_do_daily, gp_do_weekly, gp_do_monthly, gp_do_none, gp_do_pause,
    gp_do_resume, gp_do_set, gp_do_show; /* cmd_settings.c */
gp_command_fn gp_do_catchup; /* cmd_catchup.c */
gp_command_fn gp_do_get, gp_do_index, gp_do_last, gp_do_search, gp_do_follow, gp_do_mute,
    gp_do_unmute, gp_do_takedown; /* cmd_archive.c */
gp_command_fn gp_do_address, gp_do_export, gp_do_erase, gp_do_withdraw; /* cmd_person.c */
gp_command_fn gp_do_configure, gp_do_log, gp_do_add, gp_do_remove, gp_do_invite, gp_do_import,
    gp_do_member, gp_do_role, gp_do_create; /* cmd_owner.c */
gp_command_fn gp_do_text, gp_do_put, gp_do_revert; /* cmd_texts.c */
gp_command_fn gp_do_queue, gp_do_trust, gp_do_moderate, gp_do_ban, gp_do_unban, gp_do_bans,
    gp_do_close, gp_do_open, gp_do_split, gp_do_merge; /* cmd_moderator.c */
gp_command_fn gp_do_vote; /* decide.c */
gp_command_fn gp_do_circle; /* circle.c */
gp_command_fn gp_do_share, gp_do_unshare; /* share.c */
gp_command_fn gp_do_mentor, gp_do_introduce; /* mentor.c */
gp_command_fn gp_do_keep, gp_do_library, gp_do_page, gp_do_write, gp_do_unkeep, gp_do_still_true,
    gp_do_outdated, gp_do_summary; /* cmd_library.c */
gp_command_fn gp_do_solved, gp_do_reopen, gp_do_kind, gp_do_can_help, gp_do_pass; /* cmd_practice.c */

/* A page of the library as a row of what is said. */
void gp_command_say_practice(struct asked *a, const struct gp_list *list, json_t *rows, const struct gp_practice *p);

#endif
