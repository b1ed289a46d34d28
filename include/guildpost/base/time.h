/* SPDX-License-Identifier: ISC */
/* base: time and chance: the clock, hashes, tokens.
 * Included by base.h, whose rules hold here. */
#ifndef GUILDPOST_BASE_TIME_H
#define GUILDPOST_BASE_TIME_H

/* ---- clock.c: the only place that asks for the time ---------------------- */

int64_t gp_now(void);		/* seconds since 1970, UTC; what tests may set */
int64_t gp_now_ms(void);	/* milliseconds, monotonic: for time-outs only */
/* With `testing = yes`: fix the clock (seconds) or let it run from there. */
void gp_clock_set(int64_t now, bool frozen);
/* clock_file.c: the clock stands still at the time which that file holds (RFC 3339), until it holds
 * another. GP_E_IO, GP_E_CONFIG: no such file, no time in it. */
enum gp_status gp_clock_follow(const char *path, struct gp_err *err) GP_MUST_CHECK;
bool gp_clock_follows(void);
bool gp_clock_turned(void);	/* the file was read anew and held another time */
/* All that was due by then is done: said in PATH.done. */
enum gp_status gp_clock_done(struct gp_err *err) GP_MUST_CHECK;
/* "2026-11-23T17:50:00Z" (RFC 3339) on ctx. */
char *gp_time_iso(const void *ctx, int64_t t);
/* strftime in a time zone ("UTC", "Europe/Berlin", NULL for UTC). */
char *gp_time_format(const void *ctx, int64_t t, const char *zone, const char *fmt);
/* Calendar fields of t in a zone: proleptic Gregorian, month 1-12, weekday 0 = Sunday. */
struct gp_civil {
	int year, month, day, hour, minute, second, weekday;
	int offset;	/* seconds east of UTC at that moment */
};
void gp_time_civil(int64_t t, const char *zone, struct gp_civil *out);
/* Days since 1970-01-01, and seconds from UTC fields. */
int64_t gp_civil_days(int year, int month, int day);
int64_t gp_civil_time(int year, int month, int day, int hour, int minute, int second);
/* Seconds of an hour of a day in a zone; an hour that clocks pass over is the one behind it. */
int64_t gp_civil_local(int year, int month, int day, int hour, const char *zone);
/* RFC 3339, "YYYY", "YYYY-MM", "YYYY-MM-DD", "YYYY-MM-DD HH:MM[:SS]", or "@seconds"; UTC. */
bool gp_time_parse(const char *s, int64_t *out);
/* "5d", "90m", "2h", "30s", "1w" to seconds. */
bool gp_parse_duration(const char *s, int64_t *out);

/* ---- token.c: chance, hashes, tokens (nettle) ---------------------------- */

#define GP_SHA256_LEN 32
#define GP_TOKEN_BYTES 16			/* 128 random bits */
#define GP_TOKEN_CHARS 26			/* as lower-case base32 */

void gp_random(void *out, size_t n);		/* getrandom(2); seeded when testing */
void gp_random_seed(uint64_t seed);		/* testing only */
void gp_sha256(const void *p, size_t n, unsigned char out[GP_SHA256_LEN]);
struct gp_sha256;				/* incremental form */
struct gp_sha256 *gp_sha256_new(const void *ctx);
void gp_sha256_add(struct gp_sha256 *h, const void *p, size_t n);
void gp_sha256_end(struct gp_sha256 *h, unsigned char out[GP_SHA256_LEN]);
void gp_hmac(const void *key, size_t keylen, const void *p, size_t n,
    unsigned char out[GP_SHA256_LEN]);
bool gp_ct_equal(const void *a, const void *b, size_t n); /* constant time */
/* RFC 4648 base32, lower case, no padding. */
char *gp_base32(const void *ctx, const void *p, size_t n);
/* The reverse, any case; false on a foreign character or when over max. */
bool gp_base32_parse(const char *s, size_t n, unsigned char *out, size_t max, size_t *len);
char *gp_base64(const void *ctx, const void *p, size_t n); /* one line, padded */
/* A new token: 26 characters [a-z2-7] on ctx. Store gp_sha256 of it, never itself. */
char *gp_token_new(const void *ctx);

#endif
