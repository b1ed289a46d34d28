/* SPDX-License-Identifier: ISC */
/* base: the event loop, and what our processes say to each other.
 * Included by base.h, whose rules hold here. */
#ifndef GUILDPOST_BASE_LOOP_H
#define GUILDPOST_BASE_LOOP_H

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

/* ---- listen.c: sockets by name ------------------------------------------------------- */

/* "HOST:PORT", "[::1]:PORT", "unix:PATH" (mode 0660; a stale socket is replaced). */
enum gp_status gp_listen(const char *where, int *fd, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_connect(const char *where, int *fd, struct gp_err *err) GP_MUST_CHECK;
/* Is the host of SCHEME://[user@]host[:port][/path] this machine itself? */
bool gp_url_is_loopback(const char *url);

/* ---- ipc.c: frames between our processes -------------------------------------------- */

/* All message kinds between processes. Bump GP_IPC_VERSION when one changes. */
#define GP_IPC_VERSION 2
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
	/* Core and the process that looks into a mailbox. */
	GP_IPC_BOX_AT,		/* core -> imap: UIDVALIDITY and UID up to which all is done with */
	GP_IPC_BOX_MAIL,	/* imap -> core: a mail; the id is its UID */
	GP_IPC_BOX_VERDICT,	/* core -> imap: 1: core has it for good, 0: bring it later */
	GP_IPC_BOX_UPTO,	/* imap -> core: as BOX_AT */
	GP_IPC_BOX_STATE,	/* imap -> core: mails that wait, too large ones, what is wrong */
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
