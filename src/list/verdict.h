/* SPDX-License-Identifier: ISC */
/*
 * What moderators say of what is held: read, then carried out. Each kind of result is a
 * section of hold-verdict.md (for the other moderators) and of queue-done.md.
 */
#ifndef GP_LIST_VERDICT_H
#define GP_LIST_VERDICT_H

#include "hold.h"
#include "read.h"

enum gp_verdict { GP_SAY_UNCLEAR, GP_SAY_OK, GP_SAY_TRUST, GP_SAY_NO, GP_SAY_DROP, GP_SAY_BAN,
	GP_SAY_MOVE, GP_SAY_EDIT, GP_SAY_WAIT, GP_SAY_VETO, GP_SAY_NOTE };
struct gp_opinion {
	enum gp_verdict verdict;
	char *reason;		/* NO, VETO, BAN; "" when there is none. NOTE: the note */
	struct gp_list *to;	/* MOVE */
	char *text;		/* EDIT */
	const char *why;	/* UNCLEAR: "word", "number", "list", "text", "note", "join", "damaged";
				 * "nameless_move" and so on: understood, but not to be done */
	char *what;		/* UNCLEAR: what was not understood, or NULL */
};

/* ---- verdict_read.c ---------------------------------------------------------------------------- */

/* A whole reply about c->hold. */
enum gp_status gp_verdict_read(struct gp_case *c, const struct gp_mail *mail,
    struct gp_opinion *out);
/* A word (NULL: none) and what stands behind it; mail NULL: no text can be below. */
enum gp_status gp_verdict_of(struct gp_case *c, const struct gp_word *word, char *rest,
    const struct gp_mail *mail, struct gp_opinion *out);

/* ---- verdict.c --------------------------------------------------------------------------------- */

/* Carry it out. *what: the name of what came of it ("approved", "vote_ok", "decided", "same" ...),
 * its data in `data`. */
enum gp_status gp_verdict_do(struct gp_case *c, const struct gp_opinion *o, const char **what,
    json_t *data);
/* Can it be sent on at all? What broke every limit of a header can only be refused. */
enum gp_status gp_verdict_is_sendable(struct gp_case *c, bool *yes);
/* The clock's, or the command line's, word alone. GP_E_EXISTS when it was decided before. */
enum gp_status gp_verdict_approve(struct gp_case *c, const char *reason);
enum gp_status gp_verdict_refuse(struct gp_case *c, const char *reason);
enum gp_status gp_verdict_discard(struct gp_case *c, const char *reason);

/* ---- queue_mail.c, queue_reply.c --------------------------------------------------------------- */

/* What waits for the person behind a membership, on all lists, as one mail; *n: how many, 0: no mail
 * went out. in_reply_to NULL: nobody asked for it. */
enum gp_status gp_queue_mail_send(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_member *m, const char *in_reply_to, size_t *n, struct gp_err *err);
/* Once a day for every moderator for whom something waits. */
enum gp_status gp_queue_mail_daily(const void *ctx, struct gp_site *site, int64_t now,
    struct gp_err *err);
enum { GP_QUEUE_NUMBERS = 200 };
/* What was said of some: these numbers, this word, what stands behind it; open: lines below may
 * belong to it. */
struct gp_queue_item {
	int64_t numbers[GP_QUEUE_NUMBERS];
	size_t n;
	const struct gp_word *word;
	char *rest;
	bool open;
};
/* All of them, in order; *below: what stands below the last that was understood. */
struct gp_queue_item *gp_queue_read(const void *ctx, const struct gp_words *words, const char *text,
    size_t *n, const char **below);
/* An answer to it. */
enum gp_status gp_queue_mail_reply(const void *ctx, struct gp_site *site,
    const struct gp_route *route, const struct gp_inbound *in, const struct gp_token *token,
    struct gp_outcome *out, struct gp_err *err);

/* ---- verdict_reply.c --------------------------------------------------------------------------- */

/* Answer a moderator's mail, as often as the site answers anybody. */
enum gp_status gp_verdict_answer(struct gp_case *c, const struct gp_route *route,
    const struct gp_inbound *in, const char *template_name, const char *language, json_t *data);

#endif
