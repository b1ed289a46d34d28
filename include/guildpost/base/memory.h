/* SPDX-License-Identifier: ISC */
/* base: errors, memory on talloc contexts, growable buffers.
 * Included by base.h, whose rules hold here. */
#ifndef GUILDPOST_BASE_MEMORY_H
#define GUILDPOST_BASE_MEMORY_H

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
	GP_E_TOOBIG,	/* the input is over a limit (see limits, conf.h) */
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

#endif
