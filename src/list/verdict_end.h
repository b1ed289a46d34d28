/* SPDX-License-Identifier: ISC */
/* The ends of what is held, for the files of verdicts. */
#ifndef GP_LIST_VERDICT_END_H
#define GP_LIST_VERDICT_END_H

#include "verdict.h"

/* Only the first decision wins: GP_E_EXISTS. */
enum gp_status gp_end_decide(struct gp_case *c, int state, const char *reason);
/* The other moderators: a section of hold-verdict.md, the reason in it. */
enum gp_status gp_end_tell(struct gp_case *c, const char *what, const char *reason, json_t *data);
/* Its author as a member of a list, or NULL. */
enum gp_status gp_end_author(struct gp_case *c, const struct gp_list *list,
    struct gp_member **author);
/* Decide, do, log and tell. */
enum gp_status gp_end_approve(struct gp_case *c, const char *what, const char *reason,
    json_t *data);
enum gp_status gp_end_refuse(struct gp_case *c, const char *what, const char *reason, json_t *data);
enum gp_status gp_end_discard(struct gp_case *c, const char *what, const char *reason,
    json_t *data);

#endif
