/* SPDX-License-Identifier: ISC */
/*
 * base: the ground floor. Errors, memory, strings, logs, configuration, time,
 * chance, JSON, the event loop and the frames that our processes exchange.
 * Knows nothing of mail, SQL or lists.
 *
 * Memory is talloc throughout: a function that takes a context `ctx` hands its
 * result to that context, and the caller frees by freeing the context (one for
 * each unit of work: a message, a request, a digest). When memory runs out the
 * process ends (gp_oom): inputs are capped long before that, so it is real
 * exhaustion and what was not committed was not accepted. `receive` exits 75
 * then, so that the mail server tries again.
 *
 * The headers of talloc and jansson are vocabulary here: every room may use
 * talloc contexts and json_t values. Every other library has one room.
 */
#ifndef GUILDPOST_BASE_H
#define GUILDPOST_BASE_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <talloc.h>

#define GP_MUST_CHECK __attribute__((warn_unused_result))
#define GP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define GP_NORETURN __attribute__((noreturn))
#define GP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- err.c: status and message ---------------------------------------- */

/* What went wrong. gp_status_text() has a sentence for each value. */
enum gp_status {
	GP_OK = 0,
	GP_E_IO,	/* a read, write or system call failed: later may help */
	GP_E_FULL,	/* no space left on the device: later may help */
	GP_E_DB,	/* the database failed: later may help */
	GP_E_BUSY,	/* someone else holds the lock: later will help */
	GP_E_NET,	/* the network or a peer failed: later may help */
	GP_E_PARSE,	/* the input can't be understood */
	GP_E_TOOBIG,	/* the input is over a limit (see limits below) */
	GP_E_NOTFOUND,	/* what was named is not there */
	GP_E_EXISTS,	/* what was to be made is there already */
	GP_E_DENIED,	/* a rule or a permission forbids it */
	GP_E_CONFIG,	/* the configuration is wrong or missing */
	GP_E_USAGE,	/* the command line is wrong */
	GP_E_BUG,	/* a promise inside the program was broken */
	GP_STATUS_COUNT
};

/*
 * An error as the caller receives it: a complete sentence for people, without
 * a final full stop. Lives on the caller's stack; untouched on success; NULL is
 * allowed wherever a `struct gp_err *` is taken.
 */
struct gp_err {
	enum gp_status code;
	char msg[512];
};

/* Set *err and return code, so that `return gp_fail(err, ...)` reads well. */
enum gp_status gp_fail(struct gp_err *err, enum gp_status code, const char *fmt, ...)
    GP_PRINTF(3, 4);
/* As gp_fail, with ": " and the text of errno; ENOSPC and EDQUOT become GP_E_FULL. */
enum gp_status gp_fail_errno(struct gp_err *err, enum gp_status code, const char *fmt, ...)
    GP_PRINTF(3, 4);
/* Put context in front of the message; the code stays. Returns err->code. */
enum gp_status gp_err_prefix(struct gp_err *err, const char *fmt, ...) GP_PRINTF(2, 3);
/* The sentence that explains a status. Never NULL. */
const char *gp_status_text(enum gp_status code);
/* The sysexits code of a status for the command line (64, 65, 75, 78 ...). */
int gp_status_exit(enum gp_status code);
/* Does trying again later have a chance? Decides 4xx/75 against 5xx/65. */
bool gp_status_is_temporary(enum gp_status code);
/* Out of memory: says so and ends the process with code 75. */
void gp_oom(void) GP_NORETURN;
/* A broken promise inside the program: logs file, line and text, aborts. */
#define gp_bug(...) gp_bug_at(__FILE__, __LINE__, __VA_ARGS__)
void gp_bug_at(const char *file, int line, const char *fmt, ...) GP_PRINTF(3, 4) GP_NORETURN;

/* ---- mem.c: talloc that can't fail ------------------------------------- */

/* As their talloc namesakes, but they never return NULL (gp_oom instead). */
#define gp_new(ctx, type) ((type *)gp_alloc((ctx), sizeof(type), #type))
#define gp_array(ctx, type, n) ((type *)gp_alloc_array((ctx), sizeof(type), (n), #type))
void *gp_alloc(const void *ctx, size_t size, const char *name);
void *gp_alloc_array(const void *ctx, size_t size, size_t n, const char *name);
void *gp_ctx(const void *parent); /* an empty context, a unit of work */
/* A context that takes what is put below it from one block, as far as that reaches; the block
 * is as good as new when all of it is freed: the parent of many short units of work. */
void *gp_ctx_block(const void *parent, size_t size);
char *gp_strdup(const void *ctx, const char *s);
char *gp_strndup(const void *ctx, const char *s, size_t n); /* stops at a NUL byte */
void *gp_memdup(const void *ctx, const void *p, size_t n);  /* plus a NUL behind it */
char *gp_asprintf(const void *ctx, const char *fmt, ...) GP_PRINTF(2, 3);
char *gp_vasprintf(const void *ctx, const char *fmt, va_list ap) GP_PRINTF(2, 0);

/* ---- buf.c: a growable buffer with a maximum from birth ----------------- */

/*
 * Always NUL-terminated (the NUL is not counted). An append that would go over
 * `max` changes nothing and sets `over`; later appends do nothing; check `over`
 * once at the end. Memory hangs on the context given to gp_buf_new/_init.
 */
struct gp_buf {
	char *p;
	size_t len;
	size_t cap;
	size_t max;
	bool over;
	const void *ctx;
};

void gp_buf_init(struct gp_buf *b, const void *ctx, size_t max);
struct gp_buf *gp_buf_new(const void *ctx, size_t max);
void gp_buf_add(struct gp_buf *b, const void *p, size_t n);
void gp_buf_puts(struct gp_buf *b, const char *s);
void gp_buf_putc(struct gp_buf *b, int c);
void gp_buf_printf(struct gp_buf *b, const char *fmt, ...) GP_PRINTF(2, 3);
void gp_buf_reset(struct gp_buf *b);		/* length 0, memory kept */
void gp_buf_cut(struct gp_buf *b, size_t len);	/* shorten to len */
/* Room for n more bytes, or NULL when that is over max. Then set b->len. */
char *gp_buf_reserve(struct gp_buf *b, size_t n);

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

/* ---- clock.c: the only place that asks for the time ---------------------- */

int64_t gp_now(void);		/* seconds since 1970, UTC; what tests may set */
int64_t gp_now_ms(void);	/* milliseconds, monotonic: for time-outs only */
/* With `testing = yes`: fix the clock (seconds) or let it run from there. */
void gp_clock_set(int64_t now, bool frozen);
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

/* ---- opt.c: one table of options for parsing, defaults, show and docs ------ */

enum gp_opt_type {
	GP_OPT_TEXT,		/* char *, on the context of the struct */
	GP_OPT_BOOL,		/* bool: yes/no, on/off, true/false, 1/0 */
	GP_OPT_INT,		/* int64_t within min..max */
	GP_OPT_SIZE,		/* int64_t bytes: 25M */
	GP_OPT_DURATION,	/* int64_t seconds: 5d */
	GP_OPT_CHOICE		/* int: index into `choices`, words parted by '|' */
};

struct gp_opt {
	const char *name;	/* "outbound.relay" or "max_size" */
	enum gp_opt_type type;
	size_t offset;		/* of the member in the struct that is filled */
	const char *def;	/* default, as text; NULL: none (must be given) */
	int64_t min, max;	/* for INT, SIZE, DURATION; both 0: no bound */
	const char *choices;	/* for CHOICE */
	const char *help;	/* one line of meaning */
};

const struct gp_opt *gp_opt_find(const struct gp_opt *table, size_t n, const char *name);
/* Set every member from its default. */
void gp_opt_defaults(const struct gp_opt *table, size_t n, void *target, const void *ctx);
/* GP_E_NOTFOUND for an unknown name (with the nearest known one in the message),
 * GP_E_PARSE for a bad value (with what is allowed). */
enum gp_status gp_opt_set(const struct gp_opt *table, size_t n, void *target, const void *ctx,
    const char *name, const char *value, struct gp_err *err) GP_MUST_CHECK;
/* The current value as text, as gp_opt_set would take it. */
char *gp_opt_get(const void *ctx, const struct gp_opt *opt, const void *source);
/* The name in the table nearest to a mistyped one, or NULL. */
const char *gp_nearest(const char *name, const char *const *names, size_t n);

/* ---- conf.c: the config file (inih) ---------------------------------------- */

struct gp_config {
	char *path;		/* the file, or NULL */
	/* [server] */
	char *domain, *data, *admin, *db_path;
	char *templates;	/* extra template folder, searched first */
	bool testing;
	char *test_now;		/* testing only: RFC 3339, the clock stands still there */
	char *test_seed;	/* testing only: number for chance */
	char *log;		/* error, warn, info, debug */
	int create;		/* GP_CREATE_: who may make lists by mail */
	int64_t parsers;	/* parser processes */
	/* [inbound] */
	char *listen;		/* "HOST:PORT" or "unix:PATH", several parted by blanks */
	char *separator;	/* which of + and - is written in our addresses */
	int64_t max_size;	/* bytes of one message */
	int64_t max_recipients;	/* of one LMTP transaction */
	int64_t max_sessions;
	int64_t timeout;	/* seconds of silence in a session */
	char *authserv;		/* name of a server whose Authentication-Results are believed */
	int64_t answers;	/* mails with commands of one address in a day */
	/* [outbound] */
	char *relay;		/* smtp://host:port, smtps://user@host, maildir:DIR */
	char *relay_user, *relay_password_file;
	char *relay_ca;		/* file of trusted certificates, "" for the system's */
	int relay_tls;		/* never, loopback-exempt "auto", always */
	int64_t connections;	/* at once */
	int64_t expire;		/* give up after, seconds */
	char *helo;		/* our name in EHLO, default domain */
	/* [web] */
	char *web_listen;	/* "HOST:PORT" or "off" */
	char *url;		/* public base, no slash at the end */
};
enum { GP_TLS_NEVER, GP_TLS_AUTO, GP_TLS_ALWAYS };
enum { GP_CREATE_ADMIN, GP_CREATE_REQUEST, GP_CREATE_OPEN };

extern const struct gp_opt gp_config_options[];
extern const size_t gp_config_option_count;

/*
 * Find and read the configuration: `path` (-c), else $GUILDPOST_CONFIG, else
 * ./guildpost.conf, else /etc/guildpost/guildpost.conf. Relative paths in it are
 * taken from the folder of the file. Sets clock and chance when testing = yes.
 * GP_E_CONFIG names file, line and what is allowed.
 */
enum gp_status gp_config_load(const void *ctx, const char *path, struct gp_config **out,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- limits: one table, documented in guildpost.conf(5) ---------------------- */

enum {
	GP_MAX_MESSAGE = 64 << 20,	/* hard cap of a message, whatever the config says */
	GP_MAX_HEADER_BLOCK = 256 << 10,/* bytes of the header block */
	GP_MAX_HEADER_FIELDS = 1000,
	GP_MAX_HEADER_FIELD = 64 << 10,	/* bytes of one field, folds and all */
	GP_MAX_MIME_DEPTH = 32,
	GP_MAX_MIME_PARTS = 1000,
	GP_MAX_MIME_PARAMS = 100,	/* parameters of one field */
	GP_MAX_COMMENT_DEPTH = 32,	/* nested comments in a field */
	GP_MAX_REFERENCES = 100,	/* kept: the first and the last 99 */
	GP_MAX_MSGID = 998,		/* bytes of one Message-ID */
	GP_MAX_ADDRESSES = 1000,	/* kept of one To or Cc field */
	GP_MAX_ADDRESS = 254,		/* RFC 5321 section 4.5.3.1.3 */
	GP_MAX_LOCAL_PART = 64,		/* RFC 5321 section 4.5.3.1.1 */
	GP_MAX_TEXT = 2 << 20,		/* derived text of a message, bytes of UTF-8 */
	GP_MAX_HTML = 2 << 20,		/* sanitised HTML of a message */
	GP_MAX_HTML_DEPTH = 256,	/* element depth kept by the sanitiser */
	GP_MAX_MARKDOWN = 1 << 20,	/* bytes given to the Markdown library */
	GP_MAX_SUBJECT = 1000,		/* code points of a decoded subject */
	GP_MAX_RECEIVED = 50,		/* Received fields before it is a loop */
	GP_MAX_SAME_SUBJECT = 5,	/* posts of one author with one subject in an hour */
	GP_MAX_FRAME = GP_MAX_MESSAGE + (8 << 20), /* one frame between processes */
	GP_PARSER_SECONDS = 30,		/* of wall time for one message */
	GP_PARSER_MEMORY = 512 << 20	/* address space of a parser */
};

/* ---- json.c ------------------------------------------------------------------ */

/* Values hang on talloc: freeing the context drops the reference. */
json_t *gp_json_object(const void *ctx);
json_t *gp_json_array(const void *ctx);
/* Set a member; the text is cleaned to valid UTF-8; NULL gives null. */
void gp_json_text(json_t *obj, const char *key, const char *s);
void gp_json_textn(json_t *obj, const char *key, const char *s, size_t n);
void gp_json_int(json_t *obj, const char *key, int64_t n);
void gp_json_bool(json_t *obj, const char *key, bool b);
json_t *gp_json_new_object(json_t *obj, const char *key);	/* member, borrowed */
json_t *gp_json_new_array(json_t *obj, const char *key);	/* member, borrowed */
json_t *gp_json_push_object(json_t *array);			/* element, borrowed */
void gp_json_push_text(json_t *array, const char *s);
/* What gp_json_dump wrote; an empty object for anything else. */
json_t *gp_json_load(const void *ctx, const char *text);
char *gp_json_dump(const void *ctx, const json_t *v, bool pretty);

/* ---- file.c -------------------------------------------------------------------- */

/* The whole file, NUL behind it; GP_E_TOOBIG over max. */
enum gp_status gp_file_read(const void *ctx, const char *path, size_t max, char **out, size_t *len,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_fd_read_all(const void *ctx, int fd, size_t max, char **out, size_t *len,
    struct gp_err *err) GP_MUST_CHECK;
/* Write to a temporary name, fsync, rename, fsync the folder. */
enum gp_status gp_file_write(const char *path, const void *p, size_t n, int mode,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_fd_write_all(int fd, const void *p, size_t n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_dir_make(const char *path, int mode, struct gp_err *err) GP_MUST_CHECK; /* and parents */
char *gp_path_join(const void *ctx, const char *dir, const char *name);

/* ---- inflate.c: read a file that may be compressed (gzip, zstd) ---------------------- */

struct gp_inflate;
/* Open and find out by the first bytes what it is; closed with its memory. */
enum gp_status gp_inflate_open(const void *ctx, const char *path, struct gp_inflate **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Up to n bytes; *got 0: the end. GP_E_PARSE: the compressed data is damaged. */
enum gp_status gp_inflate_read(struct gp_inflate *f, char *p, size_t n, size_t *got,
    struct gp_err *err) GP_MUST_CHECK;
/* Bytes of the file itself that were read, and its size: for progress. */
int64_t gp_inflate_at(const struct gp_inflate *f);
int64_t gp_inflate_size(const struct gp_inflate *f);

/* ---- gzip.c: compress in memory (RFC 1952) ---------------------------------------------- */

/* All of p (under 4 GB) as one gzip member; level 1 (fast) to 9 (small). */
char *gp_gzip(const void *ctx, const char *p, size_t n, int level, size_t *out_n);

/* ---- loop.c: the event loop (libevent) -------------------------------------------- */

struct gp_loop;		/* one a process */
struct gp_watch;	/* a registration: free it to end it */
struct gp_conn;		/* a buffered stream: socket or socket pair */

struct gp_loop *gp_loop_new(const void *ctx);
void gp_loop_run(struct gp_loop *loop);		/* until gp_loop_stop */
void gp_loop_stop(struct gp_loop *loop);
/* Let what is ready run once; waits at most wait_ms (0: not at all, -1: until something). */
void gp_loop_once(struct gp_loop *loop, int wait_ms);
/* Called for a readable (or writable) descriptor. */
struct gp_watch *gp_loop_fd(struct gp_loop *loop, int fd, bool write,
    void (*fn)(int fd, void *arg), void *arg);
/* After ms; `repeat`: again and again. */
struct gp_watch *gp_loop_timer(struct gp_loop *loop, int64_t ms, bool repeat, void (*fn)(void *arg),
    void *arg);
struct gp_watch *gp_loop_signal(struct gp_loop *loop, int signo, void (*fn)(int signo, void *arg),
    void *arg);
/* Once, after everything that is ready now has run: group commit hangs on this. */
void gp_loop_later(struct gp_loop *loop, void (*fn)(void *arg), void *arg);

struct gp_conn_ops {
	void (*read)(struct gp_conn *c, void *arg);	/* new bytes in the input */
	void (*drained)(struct gp_conn *c, void *arg);	/* output is empty (may be NULL) */
	/* Ended: end of file, error (errno text) or time-out ("timeout"). The
	 * connection is still there: free it here or later. */
	void (*closed)(struct gp_conn *c, const char *why, void *arg);
};
/* Takes over fd (made non-blocking; closed with the connection). */
struct gp_conn *gp_conn_new(struct gp_loop *loop, const void *ctx, int fd,
    const struct gp_conn_ops *ops, void *arg);
void gp_conn_timeout(struct gp_conn *c, int seconds);	/* of silence from the peer; 0: none */
/* The input as it stands; valid until the next take. Pulls up to max bytes together. */
struct gp_str gp_conn_peek(struct gp_conn *c, size_t max);
size_t gp_conn_available(struct gp_conn *c);
void gp_conn_take(struct gp_conn *c, size_t n);		/* drop n bytes of input */
void gp_conn_write(struct gp_conn *c, const void *p, size_t n);
void gp_conn_puts(struct gp_conn *c, const char *s);
size_t gp_conn_pending(struct gp_conn *c);		/* bytes not yet written */
void gp_conn_pause(struct gp_conn *c, bool paused);	/* stop reading: back pressure */
void gp_conn_close_after_write(struct gp_conn *c);	/* then `closed` with "done" */
int gp_conn_fd(struct gp_conn *c);

/* "HOST:PORT", "[::1]:PORT", "unix:PATH" (mode 0660; a stale socket is replaced). */
enum gp_status gp_listen(const char *where, int *fd, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_connect(const char *where, int *fd, struct gp_err *err) GP_MUST_CHECK;

/* ---- ipc.c: frames between our processes -------------------------------------------- */

/* All message kinds between processes. Bump GP_IPC_VERSION when one changes. */
#define GP_IPC_VERSION 1
enum gp_ipc_kind {
	GP_IPC_HELLO = 1,	/* child -> parent's peer: version; ready to work */
	GP_IPC_PARSE,		/* core -> parser: raw message */
	GP_IPC_PARSED,		/* parser -> core: wire form of struct gp_mail */
	GP_IPC_BATCH,		/* core -> outbound: job and recipients */
	GP_IPC_RESULT,		/* outbound -> core: one result for each recipient */
	GP_IPC_RESULT_SAVED,	/* core -> outbound: the result is committed */
	GP_IPC_WANT,		/* outbound -> core: room for more work */
	GP_IPC_ACT,		/* web -> core: one-click and the like */
	GP_IPC_ACTED,		/* core -> web: what came of it */
	GP_IPC_NEWS,		/* core -> children: something changed (version number) */
	/* An import and its reader. */
	GP_IPC_DICTIONARY,	/* import -> reader: pack with this; reader -> import: learnt */
	GP_IPC_FILE,		/* reader -> import: a file begins; back: from which offset on */
	GP_IPC_ITEM,		/* reader -> import: a message, or the end of a file */
	GP_IPC_SKIPPED,		/* reader -> import: what could not be had */
	GP_IPC_END		/* reader -> import: all is read, or why not */
};

struct gp_frame {
	uint16_t kind;
	uint64_t id;		/* the sender's; an answer carries the same */
	struct gp_str body;
};
/* Put a frame on a connection / write it to a blocking descriptor. */
void gp_frame_send(struct gp_conn *c, uint16_t kind, uint64_t id, const void *p, size_t n);
enum gp_status gp_frame_write(int fd, uint16_t kind, uint64_t id, const void *p, size_t n,
    struct gp_err *err) GP_MUST_CHECK;
/* A whole frame from the input? Then fill *f (valid until gp_conn_take of *used) and
 * return GP_OK; GP_E_NOTFOUND: not all there yet; GP_E_TOOBIG/GP_E_PARSE: broken peer. */
enum gp_status gp_frame_next(struct gp_conn *c, size_t max, struct gp_frame *f, size_t *used,
    struct gp_err *err) GP_MUST_CHECK;
/* Blocking read of one frame, body on ctx; GP_E_NOTFOUND at end of file. */
enum gp_status gp_frame_read(const void *ctx, int fd, size_t max, struct gp_frame *f,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- pack.c: flat, checked bytes for frames -------------------------------------------- */

/* Writers append to a gp_buf; numbers are LEB128, signed ones zigzag. */
void gp_pack_u(struct gp_buf *b, uint64_t v);
void gp_pack_i(struct gp_buf *b, int64_t v);
void gp_pack_str(struct gp_buf *b, const char *p, size_t n);	/* length, bytes */
void gp_pack_text(struct gp_buf *b, const char *s);		/* NULL is told from "" */
/* Readers never go past the end: `bad` is set and 0 or NULL comes back. */
struct gp_unpack {
	const char *p;
	size_t n;
	bool bad;
};
uint64_t gp_unpack_u(struct gp_unpack *u);
int64_t gp_unpack_i(struct gp_unpack *u);
struct gp_str gp_unpack_str(struct gp_unpack *u);			/* borrowed */
char *gp_unpack_text(struct gp_unpack *u, const void *ctx);	/* copied, valid UTF-8 or bad */

#endif
