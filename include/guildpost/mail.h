/* SPDX-License-Identifier: ISC */
/*
 * mail: what the RFCs say. Bytes in, structs out; no lists, no database. The
 * only room that knows libetpan.
 *
 * Two halves, kept apart by where they may run:
 *  - own code, linear and bounded, that core runs on strangers' bytes: the
 *    canonical form, the header scan, the scan in front of the parser, splicing,
 *    and checking what a parser process answered;
 *  - gp_mail_parse(), which calls libetpan and runs only in a parser process.
 *
 * A message is one buffer of canonical bytes (CRLF line ends, no NUL in the
 * header) and offsets into it. Results hang on the context given. Limits: the
 * GP_MAX_ table of base.h. Mail that passes through is never written by
 * libetpan: headers are spliced, bodies are the original bytes.
 */
#ifndef GUILDPOST_MAIL_H
#define GUILDPOST_MAIL_H

#include "guildpost/base.h"

/* ---- canon.c: the canonical form (RFC 5321 section 2.3.8, RFC 7103 section 6) ----- */

enum {
	GP_CANON_FROM_LINE = 1,	/* a leading mbox "From " line was taken off */
	GP_CANON_EOL = 2,	/* bare LF or bare CR were mended */
	GP_CANON_NUL = 4	/* NUL bytes became '?' */
};
/*
 * The canonical bytes of a message as it came: bare LF becomes CRLF, CR CR LF too;
 * bare CR becomes a blank in the header and CRLF in the body (and a line end
 * everywhere if the message has not one LF); NUL becomes '?'; a leading "From " line
 * (and ">From " lines behind it) goes; a last line without end gets one. *changes says
 * what was mended, GP_CANON_ bits. Canonical input is copied unchanged.
 */
char *gp_mail_canon(const void *ctx, const char *raw, size_t n, size_t *out_n, unsigned *changes);

/* ---- header.c: the header block, split by our own code; words.c, encode.c: its text ---- */

/* One field: offsets into the message. Its bytes are raw[start .. start+len), line
 * ends and folds included; the name is raw[start .. start+name_len). */
struct gp_field {
	size_t start, len, name_len, value; /* value: offset behind the colon */
};
struct gp_header {
	const char *raw;
	struct gp_field *fields;
	size_t n;
	size_t end;	/* offset of the empty line (or of the end of the message) */
	size_t body;	/* offset of the first body byte */
};
/*
 * Split the header of raw (canonical, n bytes). A line without a colon is taken as
 * a continuation (RFC 7103 section 7.2), a line of only blanks as a fold, "Field :"
 * is accepted. Lines in front of the first field become a field without a name, so
 * that the fields cover the header without gaps. GP_E_TOOBIG when a limit of the header is
 * passed (message names it).
 */
enum gp_status gp_header_scan(const void *ctx, const char *raw, size_t n, struct gp_header *out,
    struct gp_err *err) GP_MUST_CHECK;
/* The nth (from 0) field of that name (ASCII case folded), or NULL. */
const struct gp_field *gp_header_find(const struct gp_header *h, const char *name, size_t nth);
size_t gp_header_count(const struct gp_header *h, const char *name);
/* Value unfolded and trimmed, bytes as they are (may be 8-bit). */
char *gp_field_value(const void *ctx, const struct gp_header *h, const struct gp_field *f);
/* First field of that name unfolded, or NULL. */
char *gp_header_value(const void *ctx, const struct gp_header *h, const char *name);
/* Value decoded for people: RFC 2047 with bytes of adjacent words joined before
 * decoding, raw UTF-8 kept, other raw 8-bit read as windows-1252; one clean line. */
char *gp_header_text(const void *ctx, const struct gp_header *h, const char *name);
/* Decode RFC 2047 in any string; result is one clean line of UTF-8. */
char *gp_mail_decode_words(const void *ctx, const char *s, size_t n);
/* The reverse, for a header field of ours: plain when it is ASCII and holds no "=?",
 * else UTF-8 encoded-words of at most 75 characters, never cutting a code point.
 * `used`: columns taken already. Folds with CRLF and one blank at 76. */
char *gp_mail_encode_words(const void *ctx, const char *text, size_t used);
/* A phrase in front of an address: quoted-string or encoded-words where needed. */
char *gp_mail_encode_phrase(const void *ctx, const char *text);

/* ---- charset.c: iconv with an alias table and an allow-list ----------------------- */

/* Any charset to clean UTF-8 of at most max bytes: bad bytes become U+FFFD, line ends LF,
 * controls but tab and LF vanish, so does a byte order mark. us-ascii, unknown, missing
 * or dangerous charsets (UTF-7, ISO-2022-CN-EXT): UTF-8 if the bytes look like it, else
 * windows-1252. iso-8859-1 is read as windows-1252. */
char *gp_charset_text(const void *ctx, const char *charset, const char *p, size_t n, size_t max,
    size_t *out_n);
/* Load every converter now: a process that is going to give up opening files (a parser)
 * calls this first, or those charsets are unknown to it. About 40 ms. */
void gp_charset_preload(void);

/* Load every converter now: in the box of a parser no file can be opened any more. */
void gp_charset_preload(void);

/* ---- addr.c, addrspec.c: addresses (RFC 5322 section 3.4, RFC 6531) --------------- */

struct gp_addr {
	char *name;	/* display name, decoded, one clean line; "" when there is none */
	char *addr;	/* local@domain as written, without comments or route */
};
struct gp_addrs {
	struct gp_addr *v;
	size_t n;
	bool more;	/* the field held more than were kept, or ended in rubbish */
};
/* Tolerant: takes what can be understood out of From, To, Cc fields of real mail, folds and
 * all. GP_E_TOOBIG over GP_MAX_HEADER_FIELD bytes; no other error. */
enum gp_status gp_addrs_parse(const void *ctx, const char *s, size_t n, struct gp_addrs *out,
    struct gp_err *err) GP_MUST_CHECK;
/* Strict: one bare addr-spec for an envelope or a membership; no controls, blanks, angle
 * brackets, not even quoted; UTF-8 allowed (RFC 6531), dots anywhere in the local part;
 * lengths checked. GP_E_PARSE says what is wrong. */
enum gp_status gp_addr_check(const char *addr, struct gp_err *err) GP_MUST_CHECK;
/* The key for comparing and looking up: ASCII lower case, domain as A-labels (IDNA2008,
 * libidn2), without a final dot; local part NFC-free bytes otherwise. NULL if not an address. */
char *gp_addr_fold(const void *ctx, const char *addr);
/* Sender of the envelope without BATV/PRVS and SRS wrapping (for matching only). */
char *gp_addr_unwrap(const void *ctx, const char *addr);
/* "Name <addr>" for a header, folded and encoded; name may be NULL. */
char *gp_addr_format(const void *ctx, const char *name, const char *addr);
const char *gp_addr_domain(const char *addr); /* behind the last @, or "" */

/* ---- date.c: dates (RFC 5322 section 3.3 and what real mail makes of it) ---------- */

/* Tolerant of names in full, missing seconds, two-digit years, obsolete zones, comments,
 * missing weekday, ISO forms, asctime. Returns false where no moment can be read. *zone:
 * minutes east of UTC (0 and *zone_known false for -0000 and unknown names). */
bool gp_date_parse(const char *s, size_t n, int64_t *time, int *zone, bool *zone_known);
char *gp_date_format(const void *ctx, int64_t time, int zone_minutes); /* strict RFC 5322 */

/* ---- msgid.c: Message-IDs --------------------------------------------------------- */

/* All usable ids of a field (in <>, with an @, at most GP_MAX_MSGID bytes), without the
 * angle brackets; white space and controls inside removed, so that a fold makes no other
 * id; repeats keep the last place; at most GP_MAX_REFERENCES (the first and the last 99).
 * NULL behind the last. */
char **gp_msgids_parse(const void *ctx, const char *s, size_t n, size_t *count);
/* The one id of a Message-ID field: the first usable <...>, else a single word with an @;
 * NULL if none. */
char *gp_msgid_parse(const void *ctx, const char *s, size_t n);
/* Design section 9: the first `len` (12 and more) characters of base32(sha256(id)). */
char *gp_msgid_key(const void *ctx, const char *msgid, size_t len);
/* A new Message-ID of ours, without brackets. */
char *gp_msgid_new(const void *ctx, const char *domain);

/* ---- subject.c -------------------------------------------------------------------- */

/* RFC 5256 section 2.1 base subject with the reply words of other languages, case folded, at
 * most 255 bytes before that; *is_reply: a reply word was there; *is_forward (both may be
 * NULL). `tag`: the list's own tag, with or without [], or NULL. The subject is decoded. */
char *gp_subject_base(const void *ctx, const char *subject, const char *tag, bool *is_reply,
    bool *is_forward);
/* For people: reply words, list tag and white space off, case kept; "(no subject)". */
char *gp_subject_title(const void *ctx, const char *subject, const char *tag);

/*
 * prefix.c: the Subject with the list's prefix in it once, behind reply words: "Re: [bees] Swarms".
 * `value`: the field as it came, unfolded, or NULL; `prefix`: text in which a '#' stands for `number`.
 * Copies of the prefix (with any number) go, a run of reply words becomes one "Re:". What needn't be
 * written anew stays as it came, encoded-words of any charset too. The result is ready for
 * gp_header_add; NULL: the field has it already, leave it.
 */
char *gp_subject_prefix(const void *ctx, const char *value, const char *prefix, int64_t number);

/* ---- scan.c, walk.c: the cheap look in front of the parser ------------------------ */

struct gp_scan {
	size_t header_bytes, fields, parts, depth, longest_line;
};
/*
 * Linear and without recursion: counts header bytes and fields, MIME depth and parts,
 * parameters, comment depth. GP_OK: fit for a parser. GP_E_TOOBIG: over a limit (message
 * names it): hold, keep, don't parse.
 */
enum gp_status gp_mail_scan(const char *raw, size_t n, struct gp_scan *out, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- parse.c, tree.c (libetpan), pack.c, unpack.c: a parsed message --------------- */

enum gp_cte { GP_CTE_IDENTITY, GP_CTE_QP, GP_CTE_BASE64, GP_CTE_UUENCODE, GP_CTE_UNKNOWN };

enum {
	GP_PART_ATTACHMENT = 1,	/* shown as a file */
	GP_PART_INLINE = 2,	/* part of the text (an image in HTML, the text itself) */
	GP_PART_BODY_TEXT = 4,	/* this part is the text/plain body */
	GP_PART_BODY_HTML = 8,	/* this part is the HTML body */
	GP_PART_MULTIPART = 16,
	GP_PART_SIGNATURE = 32	/* PGP or S/MIME signature */
};

struct gp_part {
	int index;		/* 1 for the first leaf or container in order */
	int parent;		/* index of the container, 0 for the top */
	int depth;
	char *type;		/* "text/plain", lower case */
	char *charset;		/* or NULL */
	char *name;		/* of the file: decoded, without folders; or NULL */
	char *cid;		/* Content-ID without <>, or NULL */
	enum gp_cte cte;
	unsigned flags;
	size_t head, body, len;	/* offsets into the raw message: header, body, body length */
	size_t size;		/* bytes once decoded */
};

enum {
	GP_MAIL_AUTO = 1,	/* Auto-Submitted other than no, or another sign of a machine */
	GP_MAIL_BULK = 2,	/* Precedence bulk or junk */
	GP_MAIL_NO_ARCHIVE = 4,	/* X-No-Archive, Archive: no (RFC 5536 3.2.2) */
	GP_MAIL_SIGNED = 8, GP_MAIL_ENCRYPTED = 16,
	GP_MAIL_REPORT = 32,	/* multipart/report */
	GP_MAIL_FLOWED = 64, GP_MAIL_DELSP = 128, /* format=flowed of the text body */
	GP_MAIL_MARKDOWN = 256,	/* the text body is text/markdown */
	GP_MAIL_HAS_PATCH = 512, GP_MAIL_HAS_LINK = 1024,
	GP_MAIL_TEXT_FROM_HTML = 2048, /* text was derived from the HTML body */
	GP_MAIL_TEXT_SLICE = 4096, /* text is raw[text_off..+text_len) but for CRLF */
	GP_MAIL_DATE_OK = 8192, GP_MAIL_ZONE_OK = 16384,
	GP_MAIL_MIME_BROKEN = 32768 /* structure was mended or given up: body shown as text */
};

/* All that the program knows of a message without its bytes. Every text is clean UTF-8. */
struct gp_mail {
	unsigned flags;
	int64_t date;		/* of the Date field; with GP_MAIL_DATE_OK */
	int zone;		/* minutes east of UTC */
	char *subject;		/* decoded, one line, "" when missing */
	char *from_name, *from_addr; /* first mailbox of From; "" when missing */
	char *sender_addr;	/* of Sender, or "" */
	struct gp_addrs from, to, cc, reply_to;
	char *msgid;		/* or NULL: none or unusable */
	char **in_reply_to; size_t in_reply_to_n;
	char **references; size_t references_n;
	char *thread_index;	/* Exchange: base64 as it stands, or NULL */
	char **list_ids; size_t list_ids_n;	/* what stands in <> of List-Id fields */
	size_t received;	/* number of Received fields */
	struct gp_part *parts; size_t parts_n;
	size_t text_off, text_len; /* with GP_MAIL_TEXT_SLICE */
	char *text; size_t text_n;	/* the body as text, LF line ends; may be "" */
	char *html; size_t html_n;	/* sanitised HTML body, or NULL */
	char *snippet;		/* first own words, one line, about 200 characters */
	/* For search: own words and quoted words apart, and the names of files. */
	char *own; size_t own_n;
	char *quoted; size_t quoted_n;
	char *files;
};

/*
 * Only in a parser process: take a canonical message apart. Header fields, charsets and
 * encodings are our own work, and so is a first, linear walk over the structure; where there
 * are several parts libetpan reads it too, unless the walk met something that libetpan is
 * known to break on. If it wasn't asked or sees other parts, GP_MAIL_MIME_BROKEN is set
 * and the walk's view counts. What stands inside an enclosed message is not in parts.
 * Fills all but html (left as the raw decoded HTML body, UTF-8, for render/ to clean),
 * snippet, own, quoted ("" for now). Never fails on odd mail: what can't be understood is
 * text. GP_E_TOOBIG where gp_mail_scan says so.
 */
enum gp_status gp_mail_parse(const void *ctx, const char *raw, size_t n, struct gp_mail *out,
    struct gp_err *err) GP_MUST_CHECK;
/* The wire form, and back with every offset, count and text checked (parser processes
 * are not trusted): GP_E_PARSE when anything is out of order or outside raw. raw NULL: the
 * message is elsewhere; a text that is a slice of it stays empty. */
void gp_mail_pack(struct gp_buf *b, const struct gp_mail *m);
enum gp_status gp_mail_unpack(const void *ctx, struct gp_str wire, const char *raw, size_t raw_n,
    struct gp_mail *out, struct gp_err *err) GP_MUST_CHECK;
/* Undo the transfer encoding of bytes (own code, safe in any process). */
enum gp_status gp_cte_decode(const void *ctx, enum gp_cte cte, const char *p, size_t n, size_t max,
    char **out, size_t *out_n, struct gp_err *err) GP_MUST_CHECK;
/* The text body out of a slice of raw: CRLF to LF. */
char *gp_mail_slice_text(const void *ctx, const char *raw, size_t off, size_t len, size_t *out_n);

/* The names of all files, a line each; NULL: there are none. */
char *gp_mail_file_names(const void *ctx, const struct gp_mail *m);

/* ---- rewrite.c, rewrite_header.c: other words in a message ------------------------ */

struct gp_rewrite {
	void *arg;
	/* Is it somebody who goes? Asked of all addresses of a header before anything changes. */
	bool (*is_gone)(void *arg, const struct gp_addr *a);
	/* Does the field of a header, as it stands, name them? */
	bool (*holds)(void *arg, const char *p, size_t n);
	/* Add the text with other words to out; or false: nothing of it changes, nothing is added. */
	bool (*text)(void *arg, struct gp_buf *out, const char *p, size_t n);
	/* The same for m->html. */
	bool (*html)(void *arg, struct gp_buf *out, const char *p, size_t n);
	const char *name, *address;	/* who then stands in a From without anybody */
};
struct gp_rewritten {
	char *raw; size_t n;	/* canonical as before */
	size_t *old, *now, cuts;	/* where the parts were and are */
};
/*
 * Own code, for any process. Address fields are written anew without those who go (a field
 * without anybody goes, too), subject and names of files as text; other fields that hold
 * them go; ids, dates and the structure stay. Text is all that is not encoded, and what is in
 * base64 or quoted-printable (encoded again) and holds no NUL; so are enclosed messages.
 * m (or NULL) moves along: header, parts, text, html, files; not snippet, own, quoted.
 * False: nothing changes.
 */
bool gp_mail_rewrite(const void *ctx, const struct gp_rewrite *how, const char *raw, size_t n,
    struct gp_mail *m, struct gp_rewritten *out);
/* Where it stands now; exact for the beginnings and ends of parts. */
size_t gp_rewritten_at(const struct gp_rewritten *r, size_t off);

/* ---- splice.c: change a header without touching the rest -------------------------- */

/*
 * A new header block from an old one: fields whose name is in `drop` go, `prepend`
 * (complete fields, CRLF at each end) comes first, `append` last; all other bytes and their
 * order stay. The empty line is not part of the result. Two things are mended for the
 * sake of other readers: lines in front of the first field go, and a line that only we take
 * for a continuation gets a blank in front.
 */
void gp_header_splice(struct gp_buf *out, const struct gp_header *h, const char *const *drop,
    size_t drop_n, const char *prepend, const char *append);
/* Add one field of ours: name, value folded at blanks below 78 columns, hard limit 998;
 * control characters in the value become blanks. `value` is ready for the wire (ASCII). */
void gp_header_add(struct gp_buf *out, const char *name, const char *value);

/* ---- compose.c: mail of our own --------------------------------------------------- */

/* Something that a mail carries: a message as it is (type "message/rfc822", canonical bytes), or a
 * file with its type and a plain name. */
struct gp_enclosure {
	const char *type, *name;
	const char *p; size_t n;
};
struct gp_compose {
	const char *from_name, *from_addr, *to_name, *to_addr, *reply_to;
	const char *subject;	/* UTF-8 */
	const char *msgid;	/* without <>, or NULL: a new one */
	const char *in_reply_to;/* without <>, or NULL */
	const char *domain;	/* for new ids */
	int64_t date;
	const char *auto_submitted; /* "auto-generated", "auto-replied" or NULL */
	const char *extra;	/* complete header fields with CRLF, or NULL */
	const char *text;	/* UTF-8, LF: text/plain */
	const char *html;	/* or NULL: then multipart/alternative */
	const struct gp_enclosure *enclosures; size_t enclosures_n;
	bool digest;		/* they are messages: a multipart/digest of their own */
};
/* A complete canonical message: 7bit or quoted-printable parts, random boundaries; an
 * enclosed message is 7bit or 8bit, as it is; but with lines over 998 octets it is folded and encoded, or becomes
 * a file "message.eml". Text gets a final line end. */
char *gp_mail_compose(const void *ctx, const struct gp_compose *c, size_t *out_n);
/* Parts of a message of n octets that gp_mail_compose wrote, into m, as a parser would find them: own code alone
 * reads it. h: its header. */
enum gp_status gp_mail_own_parts(const void *ctx, const struct gp_header *h, size_t n, struct gp_mail *m,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- mbox.c: mbox files (RFC 4155 and the four kinds of quoting) ------------------ */

struct gp_mbox;
enum gp_mbox_kind { GP_MBOX_O, GP_MBOX_RD, GP_MBOX_CL, GP_MBOX_CL2, GP_MBOX_UNKNOWN };
/*
 * Split a stream of bytes into messages. Feed pieces of at most 16 MB with
 * gp_mbox_feed (n = 0: end of file), each time after gp_mbox_next has said
 * GP_E_NOTFOUND. A "From " line counts when it starts the file, or when it has a date
 * and follows an empty line and no text follows it, or when one of these two is missing
 * but a well-known header field follows. Content-Length is believed only where it ends
 * at such a line or at the end. Messages over GP_MAX_MESSAGE come back with GP_E_TOOBIG
 * and their offset, and the stream goes on behind them. Where the length is not what
 * ends a message, ">From " and ">>From " lose one '>'.
 */
struct gp_mbox *gp_mbox_new(const void *ctx);
void gp_mbox_feed(struct gp_mbox *m, const char *p, size_t n);
struct gp_mbox_msg {
	int64_t offset;		/* of its From line in the stream */
	char *raw; size_t n;	/* unquoted message bytes, valid until the next call */
	char *from_line;	/* as it stood, without line end; valid as long */
};
/* GP_OK: one message; GP_E_NOTFOUND: feed more (or the end, after feeding n = 0);
 * GP_E_TOOBIG: skipped, offset says where; GP_E_PARSE: bytes that are no message. */
enum gp_status gp_mbox_next(struct gp_mbox *m, struct gp_mbox_msg *out, struct gp_err *err)
    GP_MUST_CHECK;
/* What kind the stream seems to be, by what was met so far. */
enum gp_mbox_kind gp_mbox_kind(const struct gp_mbox *m);
/* mboxrd form of a canonical message: LF line ends, ">*From " quoted, empty line behind. */
void gp_mbox_write(struct gp_buf *out, const char *from_addr, int64_t time, const char *raw,
    size_t n);

/* A text/plain part with its own header, CRLF ends: to stand in another's place. */
void gp_compose_text_part(struct gp_buf *b, const char *text);
void gp_compose_html_part(struct gp_buf *b, const char *html);

/* ---- auth.c: what the receiving server says of the author (RFC 8601) ------------------- */

enum gp_auth { GP_AUTH_NONE, GP_AUTH_PASS, GP_AUTH_FAIL };
/*
 * The Authentication-Results fields of the server `authserv` ("": nobody is believed, NONE) about the
 * domain of From: dmarc decides; without it a DKIM signature or SPF of that very domain (or one
 * above it) passes, and FAIL is when SPF fails and no signature of it holds. Such fields of other names
 * are anybody's; the server must take out those that came with its own.
 */
enum gp_auth gp_auth_results(const void *ctx, const struct gp_header *h, const char *authserv,
    const char *from_addr);

#include "guildpost/mail/report.h"

#endif
