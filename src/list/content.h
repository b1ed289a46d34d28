/* SPDX-License-Identifier: ISC */
/* What a list takes in its posts, and what becomes of the rest. */
#ifndef GP_LIST_CONTENT_H
#define GP_LIST_CONTENT_H

#include "guildpost/list.h"

/* The first part that the list doesn't take and that can't be taken out; NULL: none. *why: a sentence. */
const struct gp_part *gp_content_find(const void *ctx, const struct gp_list *list,
    const struct gp_inbound *in, char **why);
/* The first part that is a piece of a message, or that lies elsewhere, and isn't taken out; NULL: none. A list
 * takes it if its types name it. */
const struct gp_part *gp_content_piece(const struct gp_list *list, const struct gp_inbound *in);
/* Does the list look at what posts carry at all? */
bool gp_content_is_filtered(const struct gp_list *list);
/* Is its only text HTML? */
bool gp_content_is_html_only(const struct gp_mail *m);
/*
 * The post as the list keeps and sends it: files that it doesn't take replaced by a note, HTML by the text that
 * was made of it. *out is `in` where nothing changes. What is signed or encrypted stays whole.
 */
enum gp_status gp_content_shape(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_inbound *in, const struct gp_inbound **out, struct gp_err *err) GP_MUST_CHECK;

#endif
