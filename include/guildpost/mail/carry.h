/* SPDX-License-Identifier: ISC */
/*
 * Mail that passes through and must be changed all the same: a footer put under it, a part replaced,
 * bytes made fit for a relay that lacks 8BITMIME or SMTPUTF8. By splicing: what isn't meant stays byte
 * for byte, signed and encrypted parts always. Own code, linear; results hang on the context given.
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

/* ---- replace.c ----------------------------------------------------------------------- */

/* A leaf of struct gp_mail and what stands in its place: Content- fields, empty line, body. */
struct gp_replacement {
	int part;		/* its index */
	const char *p; size_t n;
	const char *note;	/* what readers of the text should find behind it, or NULL */
};
/*
 * The message with some of its leaves (in the order of their indexes) replaced: new bytes, and in *after what
 * is known of them, as if a parser had read them. Derived text and HTML stay what they were, but HTML of
 * a replaced part goes. What is inside signed or encrypted parts must not be given. GP_E_TOOBIG.
 */
enum gp_status gp_mail_replace(const void *ctx, const char *raw, size_t n, const struct gp_mail *m,
    const struct gp_replacement *v, size_t count, char **out, size_t *out_n, struct gp_mail *after,
    struct gp_err *err) GP_MUST_CHECK;
/* A part with its own fields and other content (no NUL in it), quoted-printable. */
struct gp_replacement gp_part_with(const void *ctx, const char *raw, const struct gp_part *p,
    const char *content);
/* Is a part within one that is signed or encrypted, or such a part itself? */
bool gp_part_is_sealed(const struct gp_mail *m, const struct gp_part *p);
/* The other name of a file, where Content-Type and Content-Disposition give two; or NULL. */
char *gp_part_other_name(const void *ctx, const char *raw, const struct gp_part *p);

/* ---- doubt.c ------------------------------------------------------------------------- */

/*
 * The first part whose fields can be read in two ways, so that another reader might find in it what we don't:
 * Content- fields that are there twice and differ, a boundary that is missing, doubled, encoded or no token, a
 * comment in a type. NULL: none. *what: the name of the field.
 */
const struct gp_part *gp_part_doubt(const void *ctx, const char *raw, const struct gp_mail *m,
    const char **what);

/* ---- down.c, down_header.c ------------------------------------------------------------ */

enum {
	GP_DOWN_8BIT = 1,	/* 8-bit bytes in bodies and in the headers of parts */
	GP_DOWN_LINES = 2,	/* lines over 998 octets */
	GP_DOWN_UTF8 = 4	/* 8-bit bytes in the message's own header */
};
struct gp_down {
	bool changed;
	char *header; size_t header_n;	/* without the empty line */
	char *body; size_t body_n;
	unsigned left;		/* what is there still: in signed or encrypted parts, enclosed messages */
	char *address;		/* of the header, and can't be sent without SMTPUTF8; or NULL */
};
/*
 * A message without what a relay can't take: leaves become quoted-printable or base64 and their fields
 * say so (RFC 6152 section 3, RFC 5322 section 2.1.1), text in headers becomes encoded-words (RFC 2047; of
 * an unknown charset RFC 1428 section 3), parameters RFC 2231. Never inside what is signed, encrypted or
 * a message. GP_E_TOOBIG: over a limit of the walk, or grown too large.
 */
enum gp_status gp_mail_down(const void *ctx, struct gp_str header, struct gp_str body, unsigned what,
    struct gp_down *out, struct gp_err *err) GP_MUST_CHECK;
/* What of the three there is in a message. */
unsigned gp_mail_down_wants(struct gp_str header, struct gp_str body);
/* The address with its domain as A-labels, itself if it is ASCII; NULL: its local part is not. */
char *gp_addr_ascii(const void *ctx, const char *addr);

#endif
