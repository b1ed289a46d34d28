/* SPDX-License-Identifier: ISC */
/* What the files about bounces share: one failure of one member, and what follows from it. */
#ifndef GP_LIST_BOUNCE_H
#define GP_LIST_BOUNCE_H

#include "command.h"

struct gp_failed {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	struct gp_err *err;
	const struct gp_member *member;
	int64_t job;			/* what was to be delivered; 0: not known */
	enum gp_bounce category;
	const char *text;		/* the other side's words */
};

/* ---- bounce_read.c ------------------------------------------------------------------------ */

/* Is this a report that is to be filed, or one for the owners? GP_E_NOTFOUND: neither. */
enum gp_status gp_bounce_decide(const void *ctx, const struct gp_inbound *in,
    struct gp_decision *out, struct gp_err *err) GP_MUST_CHECK;
/* Mail to bees+bounce-TOKEN. */
enum gp_status gp_bounce_verp(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err) GP_MUST_CHECK;
/* A report that came to another of our addresses; *filed: it was about mail of ours. */
enum gp_status gp_bounce_file(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, bool *filed, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- bounce_score.c, bounce_brake.c ---------------------------------------------------------- */

/* One more failure of a member: score, brake, probe, suspension. */
enum gp_status gp_bounce_count(const struct gp_failed *f) GP_MUST_CHECK;
/* Is this failure one of so many that it is nobody's fault? Asked before it is counted, and after. */
enum gp_status gp_brake_is_on(const struct gp_failed *f, const char *domain, bool *on) GP_MUST_CHECK;
enum gp_status gp_brake_check(const struct gp_failed *f, const char *domain, bool *on)
    GP_MUST_CHECK;

/* ---- bounce_probe.c, bounce_complaint.c ---------------------------------------------------------- */

/* Ask whether the address is alive; b is written. */
enum gp_status gp_bounce_probe(const struct gp_failed *f, struct gp_bounces *b) GP_MUST_CHECK;
/* The probe came back. */
enum gp_status gp_bounce_suspend(const struct gp_failed *f, struct gp_bounces *b) GP_MUST_CHECK;
/* The member's reader, or their provider, complained of our mail. */
enum gp_status gp_bounce_complain(const struct gp_failed *f) GP_MUST_CHECK;
/* A mail to a member with an answer that brings the mail back for so many seconds. */
enum gp_status gp_bounce_notice(const struct gp_failed *f, const char *template_name, json_t *data,
    int64_t lives) GP_MUST_CHECK;
/* No mail any more, from now on. */
enum gp_status gp_bounce_stop(const struct gp_failed *f, struct gp_bounces *b, int state)
    GP_MUST_CHECK;
enum gp_status gp_bounce_tell_owners(const struct gp_failed *f, const char *template_name,
    json_t *data) GP_MUST_CHECK;
enum gp_status gp_bounce_log(const struct gp_failed *f, enum gp_verb verb, const char *detail)
    GP_MUST_CHECK;
/* The member asks for mail again; *was: it had been stopped, and the result says so. */
enum gp_status gp_bounce_back(struct asked *a, bool *was) GP_MUST_CHECK;

#endif
