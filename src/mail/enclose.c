/* SPDX-License-Identifier: ISC */
/*
 * A message within another, in lines that any server takes (RFC 5322 section 2.1.1: 998 octets). It can't be
 * encoded as a whole (RFC 2046 section 5.2.1), and most servers cut or refuse longer lines: so the
 * header of the copy is folded anew and its parts are encoded, or, where that would break a signature,
 * it is enclosed as a file.
 */
#include "private.h"

#include "guildpost/mail/carry.h"

#include <string.h>

/* The same message in short lines; false: that can't be done. */
static bool
shorten(const void *ctx, struct gp_enclosure *e)
{
	struct gp_header h;
	struct gp_down d;
	struct gp_buf b;

	if (gp_header_scan(ctx, e->p, e->n, &h, NULL) != GP_OK ||
	    gp_mail_down(ctx, (struct gp_str){ e->p, h.end }, (struct gp_str){ e->p + h.body, e->n - h.body },
	    GP_DOWN_LINES, &d, NULL) != GP_OK || d.left != 0)
		return false;
	gp_buf_init(&b, ctx, 2 * (size_t)GP_MAX_MESSAGE);
	gp_buf_add(&b, d.header, d.header_n);
	gp_buf_puts(&b, "\r\n");
	gp_buf_add(&b, d.body, d.body_n);
	/* Of signatures in the header nothing is said. */
	if (b.over || gp_down_has_long(b.p, b.len)) {
		talloc_free(b.p);
		return false;
	}
	e->p = b.p;
	e->n = b.len;
	return true;
}

void
gp_enclosure_fit(const void *ctx, struct gp_enclosure *e)
{
	if (!gp_streq(e->type, "message/rfc822") || !gp_down_has_long(e->p, e->n) || shorten(ctx, e))
		return;
	e->type = "application/octet-stream";
	e->name = "message.eml";
}
