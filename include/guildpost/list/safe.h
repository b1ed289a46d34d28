/* SPDX-License-Identifier: ISC */
/*
 * list, the part about a safe place: posts without a name, and who sees what. Included by list.h, whose rules hold here
 * too.
 *
 * A mail to NAME+anon becomes a draft: its author's own words, in a new message under a name made for the thread.
 * The author sees it as it will be and says yes; then it waits for a moderator. Of the mail itself nothing is
 * kept, and nothing that is logged, counted or stored says who sent it, but for the row in anon_post.
 */
#ifndef GUILDPOST_LIST_SAFE_H
#define GUILDPOST_LIST_SAFE_H

#define GP_RULE_ANON "anon"	/* of the holds of such posts */

#define GP_RULE_COOL "cooling"	/* of posts that wait until their thread has cooled */

/* ---- anon.c, anon_post.c ------------------------------------------------------------------ */

/* Mail to NAME+anon, and answers to the preview. */
enum gp_status gp_anon_run(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err) GP_MUST_CHECK;
/* Forget names that are over. For the clock. */
enum gp_status gp_anon_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- heat.c: threads that heat up --------------------------------------------------------------- */

/* Something was written in that thread: tell the moderators, if it is time to. */
enum gp_status gp_heat_look(const void *ctx, struct gp_site *site, const struct gp_list *list, int64_t thread,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- note.c: content notes --------------------------------------------------------------------- */

/* A title without "[note: ...]", unless it is nothing else. */
char *gp_note_without(const void *ctx, const struct gp_words *words, const char *title);
/* What a post says of itself: "[note: ...]" in its subject or first line, "note: ..." there; NULL: nothing. */
char *gp_note_said(const void *ctx, const struct gp_words *words, const struct gp_mail *mail);
/* Keep that with the archived message, unless somebody said something else of it. */
enum gp_status gp_note_keep(const void *ctx, struct gp_site *site, const struct gp_mail *mail, int64_t message,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- veil.c: who sees a thread ------------------------------------------------------------------ */

/* What a post asks for its thread: "#members" or "[members only]" in its subject or first line. False: nothing. */
bool gp_veil_said(const void *ctx, const struct gp_site *site, const struct gp_mail *mail, struct gp_veil *veil);
/* The same of one word. */
bool gp_veil_word(const struct gp_site *site, const char *text, struct gp_veil *veil);
/* May they ask for that on this list? author NULL: no member. */
bool gp_veil_may(const struct gp_list *list, const struct gp_member *author, const struct gp_veil *veil);
/* A message was archived, in the same transaction: what it asks holds for the thread that it begins. */
enum gp_status gp_veil_keep(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *mail, const struct gp_member *author, struct gp_archived *a, struct gp_err *err)
    GP_MUST_CHECK;

#endif
