/* SPDX-License-Identifier: ISC */
/*
 * What the files of mail/ share with each other and with nobody else.
 */
#ifndef GUILDPOST_MAIL_PRIVATE_H
#define GUILDPOST_MAIL_PRIVATE_H

#include "guildpost/mail.h"

/* ---- header.c ------------------------------------------------------------- */

/* The value of a field, trimmed, folds still in it. */
struct gp_str gp_mail_field(const struct gp_header *h, const struct gp_field *f);
/* Length of the field name that the line at p begins with, 0 if none; *value: behind the
 * colon. */
size_t gp_mail_field_name(const char *p, size_t n, size_t *value);
/* Length of the line at p, its LF included; n when there is none. */
size_t gp_mail_line(const char *p, size_t n);
/* Room for n bytes and a NUL; not cleared, as a message may be large. */
char *gp_mail_bytes(const void *ctx, size_t n);
/* Are the first n bytes equal, ASCII case folded? */
bool gp_mail_ieq(const char *a, const char *b, size_t n);

static inline bool
gp_mail_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool
gp_mail_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- slice.c ---------------------------------------------------------------- */

/* How many bytes at p are printable ASCII, text that needs no thought? */
size_t gp_mail_plain_run(const char *p, size_t n);

/* ---- charset.c -------------------------------------------------------------- */

/* Would gp_charset_text give these bytes back as they are, but for CRLF? */
bool gp_charset_is_identity(const char *charset, const char *p, size_t n);

/* ---- subject.c --------------------------------------------------------------- */

/* Behind "Re:" or its like at p and the blanks that follow, p itself if none stands there.
 * *forward: it says that the message is passed on. */
const char *gp_subject_reply_word(const char *p, const char *end, bool *forward);

/* ---- compose.c ----------------------------------------------------------------- */

/* Text as quoted-printable, CRLF at the end. */
void gp_compose_qp(struct gp_buf *b, const char *s);
/* Random, and not within these bytes; "=_" can't stand in quoted-printable or base64 (RFC 2045 6.7). */
char *gp_compose_boundary(const void *ctx, const char *p, size_t n);

/* ---- enclose.c ------------------------------------------------------------------- */

/* A message with lines over 998 octets becomes one without, or a file. Memory on ctx. */
void gp_enclosure_fit(const void *ctx, struct gp_enclosure *e);

/* ---- down_header.c --------------------------------------------------------------- */

/* Is there a line over 998 octets? */
bool gp_down_has_long(const char *p, size_t n);
/* Add a field of h without its 8-bit bytes, in lines that are not too long. False: that can't be, it is
 * added as it was. *address (on b's context) is an address that can't do without. */
bool gp_down_field(struct gp_buf *b, const struct gp_header *h, const struct gp_field *f, char **address);

/* ---- replace.c --------------------------------------------------------------- */

/* Is what is in a part of this type signed or encrypted, as a whole? */
bool gp_type_is_sealed(const char *type);

/* ---- idn.c -------------------------------------------------------------------- */

/* The domain as lower-case A-labels, or NULL when it is no domain name. */
char *gp_idn_ascii(const void *ctx, const char *domain);

/* ---- cte.c ------------------------------------------------------------------- */

enum gp_cte gp_cte_parse(const char *s, size_t n);
/* Bytes that decoding would give, without doing it. */
size_t gp_cte_size(enum gp_cte cte, const char *p, size_t n);

/* ---- cte_write.c -------------------------------------------------------------- */

/* Bytes with CRLF line ends, in lines of at most 76. Nothing is put behind the last line. */
void gp_cte_write_qp(struct gp_buf *b, const char *p, size_t n);
void gp_cte_write_base64(struct gp_buf *b, const char *p, size_t n);
/* May it stand as it is in quoted-printable? */
bool gp_cte_is_literal(unsigned char c);

/* ---- param.c: "type/subtype; name=value ..." (RFC 2045 section 5.1, RFC 2231) -- */

struct gp_params {
	struct gp_str v;	/* the whole value */
	size_t at;		/* where the next parameter is looked for */
};
struct gp_param {
	struct gp_str name, value;	/* value as it stands, without outer quotes */
	bool quoted;
	bool clean;	/* written as the grammar wants it: token or plain quoted-string */
};
/* The word in front of the first ';', comments and blanks off. */
struct gp_str gp_params_start(struct gp_params *ps, struct gp_str value);
bool gp_params_next(struct gp_params *ps, struct gp_param *out);
/* Copy a value without its backslashes; false when it does not fit into size. */
bool gp_param_unquote(const struct gp_param *p, char *buf, size_t size, size_t *len);
/* The parameter decoded for people: RFC 2231 with continuations, RFC 2047; or NULL. */
char *gp_param_text(const void *ctx, struct gp_str value, const char *name);
/* The plain parameter (charset, format ...), unquoted, or NULL. */
char *gp_param_value(const void *ctx, struct gp_str value, const char *name);

/* ---- walk.c: our own linear walk over a MIME structure --------------------------- */

enum gp_walk_kind { GP_WALK_LEAF, GP_WALK_MULTIPART, GP_WALK_MESSAGE };

struct gp_walk_part {
	int parent;		/* index into parts (from 0), -1 for the top */
	int depth;
	enum gp_walk_kind kind;
	size_t head, body, end;	/* end: behind the last body byte */
};

#define GP_WALK_BOUNDARY 256	/* bytes; a longer boundary is none */

struct gp_walk {
	struct gp_scan scan;
	struct gp_walk_part *parts;	/* NULL: only counted */
	size_t parts_n, parts_cap;
	/* Nothing in it that libetpan is known to crash on or to read in another way. */
	bool plain;
	bool broken;	/* a multipart without a usable boundary, or never closed */
};
/* Only characters that RFC 2046 section 5.1.1 allows in a boundary, and nothing that looks encoded? */
bool gp_boundary_is_plain(const char *b, size_t n);
/* ctx NULL: count and check only. */
enum gp_status gp_mail_walk(const void *ctx, const char *raw, size_t n, struct gp_walk *w,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- scan.c ---------------------------------------------------------------------- */

/* Is a field of n bytes, `name` of them its name, within the limits? */
enum gp_status gp_mail_check_field(const char *p, size_t name, size_t n,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- parse.c ---------------------------------------------------------------------- */

/* All that the header says: people, ids, subject, date, marks. */
void gp_mail_read_header(const void *ctx, const struct gp_header *h, struct gp_mail *m);

/* ---- tree.c: libetpan's view ---------------------------------------------------- */

/*
 * Have libetpan read the structure too, of the message of n bytes with that header. GP_E_PARSE
 * when it can't or when it finds other parts than the walk did: then nobody knows what
 * another reader will see.
 */
enum gp_status gp_mail_tree(const struct gp_header *h, size_t n, const struct gp_walk *w,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- pack.c, unpack.c ------------------------------------------------------------ */

#define GP_MAIL_WIRE_VERSION 1

/* ---- mbox_line.c ------------------------------------------------------------------- */

/* Has a line that begins with "From " a date where such lines have it? */
bool gp_mbox_has_date(struct gp_str line);
/* Is it a header field: any, or one that mail begins with? */
bool gp_mbox_is_field(struct gp_str line, bool any);

/* ---- part.c, body.c, marks.c ------------------------------------------------------ */

/* The Content- fields of a part; `fallback`: its type when it names none. */
void gp_part_read(const void *ctx, const struct gp_header *h, const char *fallback,
    struct gp_part *p);
/* Parts of a message with the header `top` that was walked through, into m. */
enum gp_status gp_parts_read(const void *ctx, const struct gp_header *top, const struct gp_walk *w,
    struct gp_mail *m, struct gp_err *err) GP_MUST_CHECK;
/* From the parts as they are to how they are shown. */
void gp_mail_choose_body(struct gp_mail *m);
/* GP_MAIL_ flags out of the header, the parts, the text. */
unsigned gp_mail_header_marks(const struct gp_header *h);
unsigned gp_mail_part_marks(const struct gp_mail *m, const struct gp_header *h);
unsigned gp_mail_text_marks(const char *text, size_t n);

#endif
