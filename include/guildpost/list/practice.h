/* SPDX-License-Identifier: ISC */
/*
 * list, the part about what a community knows: kinds of threads, and whether a post reads like a
 * question. Included by list.h, whose rules hold here too.
 */
#ifndef GUILDPOST_LIST_PRACTICE_H
#define GUILDPOST_LIST_PRACTICE_H

/* ---- question.c: does it ask something? ------------------------------------------------------ */

/* One thing that speaks for a question, or against. */
struct gp_sign {
	const char *name;	/* "subject-mark", "word" ... */
	int points;
	const char *what;	/* the words that were found, or NULL */
};
enum { GP_SIGNS = 12, GP_QUESTION_POINTS = 3 };
/* What is found in a post that begins a thread (its subject and own words), at most GP_SIGNS; the sum. It
 * reads like a question from GP_QUESTION_POINTS on. */
int gp_question_signs(const void *ctx, const struct gp_site *site, const struct gp_mail *mail,
    struct gp_sign *v, size_t *n);

/* ---- kind.c: what a thread is ------------------------------------------------------------------ */

struct gp_kind { const char *name, *meaning; };
/* The kinds that a list defines, a line each: "story: what somebody lived through". */
struct gp_kind *gp_kinds(const void *ctx, const struct gp_list *list, size_t *n);
/* The kind with that name on the list, "question" or one of its own, folded or not; NULL: there is none. */
const char *gp_kind_find(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const char *name);
/* What the author says that it is: "#story" in the subject or in a line of such words at the beginning or end
 * of the text, "Question: ..." in the subject; NULL: nothing. */
const char *gp_kind_said(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *mail);
/* A title without the words with "#" at its ends that name a kind, which readers are told otherwise; a title of nothing
 * else keeps its last, and topics stay. */
char *gp_kind_title(const void *ctx, const struct gp_site *site, const struct gp_list *list, const char *title);
/* Topics of a post: words with "#", folded, at most `max`. */
char **gp_kind_topics(const void *ctx, const struct gp_mail *mail, size_t max, size_t *n);
/* A message was archived: if it begins a thread, what is that? author NULL: no member. */
enum gp_status gp_kind_mark(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *mail, const struct gp_member *author, const struct gp_archived *a,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- kind_begun.c: what an author hears of "#decide" and "circle:" -------------------------------------- */

/* Does the list let such a member begin a round ("decide") or a circle? */
bool gp_kind_may_begin(const struct gp_list *list, const char *kind, bool moderator);
/* It has begun, and ends then (UTC). circle: its name; NULL: it is a round. */
enum gp_status gp_kind_begun(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *mail, const struct gp_member *author, const char *circle, int64_t ends,
    struct gp_err *err) GP_MUST_CHECK;
/* It has not, if the subject asked for one at all. */
enum gp_status gp_kind_not_begun(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *mail, const struct gp_member *author, struct gp_err *err) GP_MUST_CHECK;

/* ---- help.c: ask the right few -------------------------------------------------------------------- */

/* ---- decide.c: rounds of yes and no ---------------------------------------------------------------- */

/* A thread that is called "decide" begins a round; its author is told. */
enum gp_status gp_decide_begin(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *mail, const struct gp_member *author, int64_t message, struct gp_err *err)
    GP_MUST_CHECK;
/* Reminders and outcomes. For the clock. */
enum gp_status gp_decide_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- circle.c: groups within a list ------------------------------------------------------------------ */

/* A thread that is called "circle" proposes one, with the name that its subject has. */
enum gp_status gp_circle_begin(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *mail, const struct gp_member *author, int64_t message, struct gp_err *err)
    GP_MUST_CHECK;
/* Reports, ends. For the clock. */
enum gp_status gp_circle_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;
/* Every minute: whoever asked another list to have a thread, and has waited for two weeks in vain, hears so. */
enum gp_status gp_share_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;

/* letter.c: the letter of the month before, once. For the clock. */
enum gp_status gp_letter_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;
/* learned.c: what we learned in the month before, once. For the clock. */
enum gp_status gp_learned_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;
/* How a list is doing: gp_health, where names that are good for one thread are no people. */
enum gp_status gp_letter_health(const struct gp_site *site, int64_t list, int64_t from, int64_t to,
    struct gp_health *out, struct gp_err *err) GP_MUST_CHECK;
/* Figures as the letter and the page show them. */
void gp_letter_figures(json_t *data, const struct gp_health *h);
/* mentor.c: proposals, how it goes, quiet ends. For the clock. */
enum gp_status gp_mentor_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;
/* library.c: who asked is invited to sum up, who kept a thread is asked whether it is still true. For the clock. */
enum gp_status gp_library_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;
/* Open questions for which it is time go to the next member who can help. For the clock. */
enum gp_status gp_help_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;

#endif
