/* SPDX-License-Identifier: ISC */
/* Private to render/: web addresses within text. */
#ifndef RENDER_LINKS_H
#define RENDER_LINKS_H

#include "guildpost/render.h"

/* Is there an http(s) address whose "://" has its colon at s[colon]? Then its start and
 * length, without the punctuation that belongs to the sentence. */
bool link_at(const char *s, size_t n, size_t colon, size_t *start, size_t *len);
/* May this be the target of a link (http, https; mailto when `mail`)? */
bool link_allowed(const char *url, size_t n, bool mail);
/* A target as an attribute value: percent-encoded where needed, HTML-escaped. */
void link_put(struct gp_buf *b, const char *url, size_t n);

#endif
