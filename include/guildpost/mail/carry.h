/* SPDX-License-Identifier: ISC */
/*
 * Mail that passes through and must be changed in its body all the same: a footer put under it, a part
 * replaced. By splicing: what isn't meant stays byte for byte, signed and encrypted parts always. Own code,
 * linear; results hang on the context given.
 */
#ifndef GUILDPOST_MAIL_CARRY_H
#define GUILDPOST_MAIL_CARRY_H

#include "guildpost/mail.h"

/* ---- footer.c ------------------------------------------------------------------------ */

struct gp_footed {
	bool added;		/* false: such mail gets none, the rest is as it came */
	char *body; size_t n;	/* behind the header */
	char *fields;		/* Content- and MIME fields in place of the message's own; NULL: they stay */
};
/*
 * Put text (UTF-8, LF line ends) under a message of n canonical bytes: behind a plain text whose
 * charset and encoding can hold it, as a last part of multipart/mixed, else as a part beside the
 * whole. Nothing is done to what is signed, encrypted, a report, an invitation or a piece of a
 * message (RFC 1847 section 2.1, 3676 section 4, 2045 section 6.4). GP_E_TOOBIG: over a limit of the walk.
 */
enum gp_status gp_footer_add(const void *ctx, const char *raw, size_t n, const char *text,
    struct gp_footed *out, struct gp_err *err) GP_MUST_CHECK;
/* Is a field one of those that describe the body (MIME-Version, Content-...)? */
bool gp_field_is_content(const struct gp_header *h, const struct gp_field *f);

#endif
