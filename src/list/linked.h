/* SPDX-License-Identifier: ISC */
/* Posts whose large attachments are links, for members who want that. */
#ifndef GP_LIST_LINKED_H
#define GP_LIST_LINKED_H

#include "guildpost/list.h"

/* Bytes of the largest attachment that could be a link; 0: none could. */
int64_t gp_linked_largest(const struct gp_list *list, const struct gp_mail *m);
/* The body (in->raw from `body` on) with links in place of attachments over `limit` bytes. */
enum gp_status gp_linked_body(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_inbound *in, size_t body, const char *key, int64_t limit, char **out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;

#endif
