/* SPDX-License-Identifier: ISC */
/* base: strings and UTF-8, and the log.
 * Included by base.h, whose rules hold here. */
#ifndef GUILDPOST_BASE_TEXT_H
#define GUILDPOST_BASE_TEXT_H

/* ---- str.c: strings and UTF-8 ------------------------------------------ */

/* Bytes that belong to someone else; may hold NUL. */
struct gp_str {
	const char *p;
	size_t n;
};
#define GP_STR(s) ((struct gp_str){(s), strlen(s)})

bool gp_str_eq(struct gp_str a, const char *b);
bool gp_str_ieq(struct gp_str a, const char *b);	/* ASCII case folded */
struct gp_str gp_str_trim(struct gp_str s);		/* blanks, tabs, CR, LF at both ends */
/* The next line that has anything on it, trimmed; *p goes behind it. False: there is none. */
bool gp_str_next_line(const char **p, struct gp_str *line);
bool gp_streq(const char *a, const char *b);		/* NULL equals NULL only */
bool gp_strieq(const char *a, const char *b);
bool gp_starts(const char *s, const char *prefix);
bool gp_istarts(const char *s, const char *prefix);
bool gp_ends(const char *s, const char *suffix);
int gp_ascii_lower(int c);
int gp_hex_digit(int c);				/* 0 to 15, or -1 */
/* The byte that the first two of n characters give as hexadecimal digits, or -1. */
int gp_hex_byte(const char *p, size_t n);
void gp_str_lower(char *s);				/* ASCII, in place */
const char *gp_memmem(const char *hay, size_t n, const char *needle, size_t m);
/* Whole decimal number, nothing behind it, within [min, max]; false otherwise. */
bool gp_parse_int(const char *s, int64_t min, int64_t max, int64_t *out);
/* "25M", "300k", "1G", plain bytes: powers of 1024. */
bool gp_parse_size(const char *s, int64_t *out);

/* Decode one code point at p (n > 0 bytes left). Returns its length and sets
 * *cp, or returns 0 where the bytes are not UTF-8 (RFC 3629: no surrogates, no
 * overlong forms, at most U+10FFFF). */
size_t gp_utf8_next(const char *p, size_t n, uint32_t *cp);
size_t gp_utf8_put(char out[4], uint32_t cp);		/* bytes written, 1 to 4 */
bool gp_is_ascii(const char *p, size_t n);	/* no byte over 127; NUL is one of them */
bool gp_utf8_valid(const char *p, size_t n);		/* NUL is not valid text */
/* Valid UTF-8 on ctx: bad bytes become U+FFFD, NUL too. */
char *gp_utf8_clean(const void *ctx, const char *p, size_t n);
/* One line fit for a header, a log or a page: as gp_utf8_clean, and white space
 * runs become one blank, C0/C1 controls and bidi overrides (U+202A-202E,
 * U+2066-2069, U+200E/F, U+061C) vanish; at most max code points, cut with an
 * ellipsis. */
char *gp_utf8_line(const void *ctx, const char *p, size_t n, size_t max);
/* The longest prefix of at most max bytes that does not cut a code point. */
size_t gp_utf8_cut(const char *p, size_t n, size_t max);
/* slug.c: a title as a name in addresses, at most max bytes of [a-z0-9-]; letters lose their marks; "" where
 * nothing is left. */
char *gp_slug(const void *ctx, const char *title, size_t max);
/* fold.c: small letters of Latin, Greek and Cyrillic, plain apostrophes, quotes, dashes and blanks; a
 * byte that is not UTF-8 becomes U+FFFD. Each code point stays one. */
char *gp_utf8_fold(const void *ctx, const char *p, size_t n);
/* How many code points are in n bytes, and the bytes that the first `count` of them take (a byte that
 * is not UTF-8 counts as one). */
size_t gp_utf8_count(const char *p, size_t n);
size_t gp_utf8_skip(const char *p, size_t n, size_t count);

/* ---- log.c -------------------------------------------------------------- */

enum gp_level { GP_LOG_ERR = 3, GP_LOG_WARN = 4, GP_LOG_INFO = 6, GP_LOG_DEBUG = 7 };

/* To stderr; with "<n>" priorities when $JOURNAL_STREAM is set; the process name
 * (core, parser, web ...) stands in front. Default level: GP_LOG_INFO. */
void gp_log_init(const char *process, enum gp_level level);
void gp_log_level(enum gp_level level);
/* One line an event, key=value; control characters are escaped; never a token,
 * never a body. */
void gp_log(enum gp_level level, const char *fmt, ...) GP_PRINTF(2, 3);

#endif
