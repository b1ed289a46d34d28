/* SPDX-License-Identifier: ISC */
/* What the files about moderation share. */
#ifndef GP_LIST_HOLD_H
#define GP_LIST_HOLD_H

#include "guildpost/list.h"

/* Write to every moderator, each with a token of their own; in NULL: there is no post to enclose. */
enum gp_status gp_hold_ask(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_hold *h, const struct gp_inbound *in, struct gp_outcome *out,
    struct gp_err *err) GP_MUST_CHECK;

#endif
