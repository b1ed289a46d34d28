/* SPDX-License-Identifier: ISC */
/*
 * What the files about moderation share. A case is one thing that is held, and who does
 * something about it now: a moderator by mail, someone at the command line, its author, or
 * the clock.
 */
#ifndef GP_LIST_HOLD_H
#define GP_LIST_HOLD_H

#include "guildpost/list.h"

struct gp_case {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	struct gp_hold *hold;
	const char *by;		/* an address, "command line" or "guildpost" */
	int64_t member;		/* of the moderator who says it and need not be told; or 0 */
	const char *msgid;	/* of the mail that says it, or NULL */
	struct gp_outcome *out;
	struct gp_err *err;
};

/* ---- hold.c ----------------------------------------------------------------------------------- */

/* The parsed message as gp_hold_add and gp_hold_replace want it. */
struct gp_str gp_hold_wire(const void *ctx, const struct gp_mail *m);
/* gp_hold_message; *readable: a parser could read it, so it may be passed on. */
enum gp_status gp_hold_load(struct gp_case *c, struct gp_inbound *out, bool *readable);
/* As gp_hold_post, without a word to the author: another mail tells. */
enum gp_status gp_hold_quietly(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_outcome *out,
    struct gp_err *err);
/* Held for the time of day, or until its thread has cooled: nobody is asked, the clock lets it go. */
bool gp_hold_is_quiet(const struct gp_hold *h);
/* Write an act into the log. */
enum gp_status gp_hold_log(struct gp_case *c, enum gp_verb verb, const char *detail);

/* ---- hold_ask.c: mails to moderators, one thread for each hold ---------------------------------- */

/* Who wrote it or asks to join, and why it waits: what every mail about it may show. */
enum gp_status gp_hold_data(struct gp_case *c, json_t *data);
/* The list's own reasons, numbered. */
void gp_hold_reasons(const struct gp_list *list, json_t *data);
/* The nth of them on ctx, or NULL. */
char *gp_hold_reason(const void *ctx, const struct gp_list *list, int64_t n);
/* Text as a quotation in Markdown, every line of it one; *cut: only its beginning. */
char *gp_hold_quote(const void *ctx, const char *text, size_t n, bool *cut);
/* A reason as one line, and as it was written. */
void gp_hold_add_reason(const void *ctx, json_t *data, const char *reason);
/* Ask every moderator, each with a token of their own; in NULL: there is no post to enclose. */
enum gp_status gp_hold_ask(struct gp_case *c, const struct gp_inbound *in);
/* Tell the other moderators what was done: a section of hold-verdict.md. */
enum gp_status gp_hold_tell(struct gp_case *c, const char *what, json_t *data);
/* Ask again those who want to be reminded; only: this address alone, or NULL. */
enum gp_status gp_hold_remind(struct gp_case *c, const char *only);

/* ---- hold_rest.c ------------------------------------------------------------------------------- */

/* Does the thread that it answers rest, go slowly, or is it closed? mail NULL: it can't be read. */
enum gp_status gp_hold_thread(struct gp_case *c, const struct gp_mail *mail, json_t *data);

/* ---- hold_author.c: mails to whoever wrote it, or asks to join ------------------------------------ */

/* Template and its data (may be NULL); `enclose`: with the post. Nobody is told who is a machine, or
 * was told too often today. */
enum gp_status gp_hold_tell_author(struct gp_case *c, const char *template_name, json_t *data,
    bool enclose);

/* ---- hold_join.c --------------------------------------------------------------------------------- */

/* A moderator agreed: on the list. */
enum gp_status gp_hold_admit(struct gp_case *c);

/* ---- hold_edit.c --------------------------------------------------------------------------------- */

/* Another text in place of the held one; GP_E_PARSE: what can't be read can't be edited. */
enum gp_status gp_hold_edit(struct gp_case *c, const char *text);

#endif
