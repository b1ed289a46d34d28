/* SPDX-License-Identifier: ISC */
/* What the files about posts without a name share. */
#ifndef GP_LIST_ANON_H
#define GP_LIST_ANON_H

#include "hold.h"

#define GP_PURPOSE_ANON "anon"	/* of the tokens that hold drafts */

/* A post without a name as it will be. */
struct gp_draft {
	char *subject, *text;
	char *name, *address;	/* of the thread's */
	char *under;		/* Message-ID that it answers, or NULL */
	int64_t key;
	char *line;		/* of a command: it is said to the list itself, and is no post; or NULL */
};

/* ---- anon_words.c -------------------------------------------------------------------------- */

/* What its author may be called by, in the order of its fields; none is NULL. */
struct gp_called { const char *names[2]; char *const *addresses; size_t n; };
/* The author's own words without their names: what was quoted, the signature, a last line that is but a name, and
 * whole names and addresses anywhere are gone. "" when nothing is left. */
char *gp_anon_text(const void *ctx, const struct gp_mail *m, const struct gp_called *who);
char *gp_anon_line(const void *ctx, const char *line, const struct gp_called *who);
/* What still stands in a text, for the author to look at: parts of a name; and what of an address, or a web address
 * that has any of both in it. Rows with a "name". */
void gp_anon_left(const void *ctx, const char *text, const struct gp_called *who, json_t *names, json_t *addresses);
/* The name of an author in a thread, and the address that goes with it. */
enum gp_status gp_anon_name(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_anon_key *key, int64_t person, int64_t thread, struct gp_draft *out, struct gp_err *err);
/* The message itself, in bytes and as a parser would read it. msgid NULL: a new one. */
enum gp_status gp_anon_compose(const void *ctx, const struct gp_list *list, const struct gp_draft *d,
    const char *msgid, int64_t date, struct gp_inbound *out, struct gp_err *err);

/* ---- anon_aside.c ---------------------------------------------------------------------------- */

enum gp_anon_says {
	GP_ANON_SAYS_NOTHING,
	GP_ANON_VOTES,		/* which counts for nobody */
	GP_ANON_NEEDS_NAME,	/* what only somebody can say */
	GP_ANON_NOT_THEIRS,	/* whoever asked under that name can say it, and it was another */
	GP_ANON_SAYS		/* `line` does it */
};
struct gp_anon_aside {
	enum gp_anon_says says;
	bool only;		/* nothing else was written */
	const char *said;	/* the line as it was written */
	const char *line;
};
/* What the first line says to the list itself; false: nothing. parent: the message that is answered, or NULL. */
bool gp_anon_aside(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_mail *mail,
    struct gp_member *author, const struct gp_draft *d, const struct gp_message *parent, struct gp_anon_aside *out);
/* Do it under the name of the draft; *results as in struct asked. out->message: the post that said it beside, or 0. */
enum gp_status gp_anon_aside_run(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_draft *d,
    const struct gp_member *author, const char *line, struct gp_outcome *out, json_t **results, struct gp_err *err);

/* ---- anon_post.c ------------------------------------------------------------------------------ */

bool gp_anon_is(const struct gp_hold *h);
/* A moderator let it through: sent as of now. */
enum gp_status gp_anon_post(struct gp_case *c, const struct gp_inbound *held);
/* It is not sent; what: "refused", "expired", or NULL: its author is not told. */
enum gp_status gp_anon_over(struct gp_case *c, const char *what, const char *reason);
/* A mail to the author: a section of anon-answer.md. */
enum gp_status gp_anon_tell(const void *ctx, struct gp_site *site, struct gp_list *list, const char *address,
    const char *what, json_t *data, struct gp_err *err);

#endif
