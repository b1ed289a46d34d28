/* SPDX-License-Identifier: ISC */
/* What the files of rules share: one message that is asked about, and the policies of a list. */
#ifndef GP_LIST_RULES_H
#define GP_LIST_RULES_H

#include "guildpost/list.h"

#define GP_RULE_QUIET "quiet"

struct asking {
	const void *ctx;
	struct gp_site *site;
	const struct gp_route *route;
	const struct gp_inbound *in;
	struct gp_decision *out;
	struct gp_err *err;
	bool wordless;		/* an answer to a digest without a word of its writer's */
	bool trusted;		/* from outside, and moderators let it through */
};

/* A rule returns GP_OK when it decided, GP_E_NOTFOUND when it has nothing to say. */
typedef enum gp_status rule_fn(struct asking *a);

/* GP_OK, and what was decided for which reason. */
enum gp_status gp_rules_decide(struct asking *a, enum gp_decision_kind kind, const char *reason,
    ...) GP_PRINTF(3, 4);

/* Refused while it is handed over, with those words (ASCII) for whoever wrote it. */
enum gp_status gp_rules_reject(struct asking *a, const char *reply);

/* ---- rules_policy.c ------------------------------------------------------------------------------ */

rule_fn gp_rule_banned, gp_rule_thread_closed, gp_rule_emergency, gp_rule_member, gp_rule_who,
    gp_rule_first_posts, gp_rule_daily_posts, gp_rule_quiet, gp_rule_accept,
    gp_rule_slow, gp_rule_cool;
rule_fn gp_rule_veil, gp_rule_circle; /* veil.c */
/* The message of the list that a mail answers, as far as it is archived. GP_E_NOTFOUND: none. */
enum gp_status gp_rules_parent(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *m, struct gp_message **out, struct gp_err *err);
/* The same, or else the one whose thread it will stand in by its subject: for what is said to a thread, never for what
 * somebody may do. */
enum gp_status gp_rules_thread(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *m, struct gp_message **out, struct gp_err *err);
/* Accepted posts of a member on a list are counted (gp_count_) as of this kind, by folded address. */
char *gp_rules_posts_kind(const void *ctx, const struct gp_list *list);
/* Is it time in which posts of the list wait? *until: when that ends. */
bool gp_rules_is_quiet(const struct gp_list *list, int64_t now, int64_t *until);

/* ---- rules_content.c ------------------------------------------------------------------------------ */

rule_fn gp_rule_doubtful, gp_rule_piece, gp_rule_content, gp_rule_digest;

/* ---- rules_storm.c ------------------------------------------------------------------------------- */

rule_fn gp_rule_repeated, gp_rule_storm;
/* A post was accepted: what these rules want to know the next time. */
enum gp_status gp_rules_count_words(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *m, struct gp_err *err) GP_MUST_CHECK;

/* Is that a thread which its author (NULL: a stranger) may not see? One in no archive shows nothing to anybody, and
 * is nobody's secret among members: veil.c. */
enum gp_status gp_veil_shuts_out(struct gp_site *site, int64_t thread, const struct gp_member *author, bool *yes,
    struct gp_err *err);

#endif
