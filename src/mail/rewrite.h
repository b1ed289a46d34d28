/* SPDX-License-Identifier: ISC */
/* What the files of a rewrite share. */
#ifndef GUILDPOST_MAIL_REWRITE_H
#define GUILDPOST_MAIL_REWRITE_H

#include "private.h"

struct gp_rewriter {
	const void *ctx;	/* gone with the rewrite */
	const struct gp_rewrite *how;
};
/* is_gone for all addresses of a header, before anything of it is changed. */
void gp_rewrite_ask(const struct gp_rewriter *w, const struct gp_header *h);
/* The field with other words is added to out (nothing: it goes); false: it stays as it is. */
bool gp_rewrite_field(const struct gp_rewriter *w, const struct gp_header *h,
    const struct gp_field *f, struct gp_buf *out);

#endif
