/* SPDX-License-Identifier: ISC */
/*
 * outbound: from the queue to the relay. Core hands over transactions (a job's message, an
 * envelope sender, recipients), this room carries them out and gives back one result for
 * each recipient. It has no database: what it was doing is in core's.
 *
 * libcurl opens a session (EHLO, STARTTLS with verification, AUTH) with CURLOPT_CONNECT_ONLY;
 * the transactions over it are ours: pipelined (RFC 2920), with an exact answer for each
 * recipient. A connection does not begin the data of its next transaction before core says
 * that the result of the last one is saved: so a crash repeats at most one transaction a
 * connection. With maildir:DIR as relay, each recipient's copy becomes a file with the
 * envelope on top (Return-Path, Delivered-To).
 */
#ifndef GUILDPOST_OUTBOUND_H
#define GUILDPOST_OUTBOUND_H

#include "guildpost/base.h"

enum { GP_TXN_RCPTS = 100 };	/* recipients of one transaction, at most */

/* ---- wire.c: what core and outbound say to each other (frames of base.h) ---------------------- */

struct gp_txn_rcpt {
	int64_t n;		/* name of the delivery inside its job */
	char *address;
};
struct gp_txn {
	uint64_t id;
	int64_t job;
	char *sender;		/* "" for the null sender */
	char *fields;		/* header fields in front of the job's header */
	struct gp_txn_rcpt *rcpts; size_t rcpts_n;
};
struct gp_txn_job {		/* what all transactions of a job share */
	int64_t id;
	unsigned flags;		/* GP_TXN_ */
	struct gp_str header, body;
	char *refused;		/* why it can't be given to this relay, or NULL; never packed */
};
enum { GP_TXN_8BIT = 1, GP_TXN_UTF8 = 2 };

enum gp_answer_kind { GP_ANSWER_SENT, GP_ANSWER_DEFER, GP_ANSWER_FAIL,
	GP_ANSWER_DOUBT,	/* dropped after the final dot: it may have arrived */
	GP_ANSWER_AGAIN,	/* not tried for no fault of its own: at once again */
	GP_ANSWER_DOWN };	/* the relay can't be reached or refuses us: nothing is its fault */
struct gp_answer {
	int64_t n;
	enum gp_answer_kind kind;
	char *text;		/* the relay's words */
};

enum gp_batch_kind { GP_BATCH_JOB = 1, GP_BATCH_TXN, GP_BATCH_FORGET };

void gp_txn_pack_job(struct gp_buf *b, const struct gp_txn_job *job);
void gp_txn_pack(struct gp_buf *b, const struct gp_txn *t);
void gp_txn_pack_forget(struct gp_buf *b, int64_t job);
/* Which of the three a BATCH frame is, and the fields of that one. */
enum gp_status gp_txn_unpack(const void *ctx, struct gp_str body, enum gp_batch_kind *kind,
    struct gp_txn_job *job, struct gp_txn *txn, struct gp_err *err) GP_MUST_CHECK;
void gp_answer_pack(struct gp_buf *b, int64_t job, const struct gp_answer *v, size_t n);
enum gp_status gp_answer_unpack(const void *ctx, struct gp_str body, int64_t *job,
    struct gp_answer **v, size_t *n, struct gp_err *err) GP_MUST_CHECK;

/* ---- session.c: libcurl --------------------------------------------------------------------------- */

struct gp_session;
enum { GP_SESSION_PIPELINING = 1, GP_SESSION_8BIT = 2, GP_SESSION_UTF8 = 4,
	GP_SESSION_ENHANCED = 8, GP_SESSION_DSN = 16 };
/* Open (blocking, at most 30 s): greeting, EHLO, STARTTLS as configured with a verified certificate,
 * AUTH when a user is configured. GP_E_NET says what the relay or the certificate lacked. */
enum gp_status gp_session_open(const void *ctx, const struct gp_config *conf,
    struct gp_session **out, struct gp_err *err) GP_MUST_CHECK;
unsigned gp_session_features(const struct gp_session *s);
int64_t gp_session_size(const struct gp_session *s);	/* SIZE announced, 0: no limit */
int gp_session_fd(const struct gp_session *s);
/* As much as goes now; *done may be 0. GP_E_NET: the connection is lost. */
enum gp_status gp_session_send(struct gp_session *s, const char *p, size_t n, size_t *done,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_session_recv(struct gp_session *s, char *p, size_t n, size_t *done,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- fit.c --------------------------------------------------------------------------------------- */

/* The job as a relay with these features can take it: itself, or a copy on ctx with other bytes. */
const struct gp_txn_job *gp_txn_fit(const void *ctx, const struct gp_txn_job *job, unsigned features);

/* ---- smtp.c: transactions over a session, as a machine that knows no socket ---------------------------- */

struct gp_smtp;
struct gp_smtp_ops {
	/* One answer for each recipient, in their order. The transaction may be freed after. */
	void (*answered)(void *arg, struct gp_txn *t, const struct gp_answer *v);
};
struct gp_smtp *gp_smtp_new(const void *ctx, unsigned features, int64_t max_size,
    const struct gp_smtp_ops *ops, void *arg);
/* Begin a transaction; only when gp_smtp_is_idle. Bytes to send are appended to gp_smtp_out. */
void gp_smtp_start(struct gp_smtp *s, struct gp_txn *t, const struct gp_txn_job *job);
bool gp_smtp_is_idle(const struct gp_smtp *s);
/* The result of the last one is saved: data may flow again. */
void gp_smtp_saved(struct gp_smtp *s);
/* Bytes that the relay sent. False: it said something impossible or 421, give up the session. */
bool gp_smtp_feed(struct gp_smtp *s, const char *p, size_t n);
/* The connection is gone: whatever was running is answered (in doubt after the final dot). */
void gp_smtp_lost(struct gp_smtp *s, const char *why);
struct gp_buf *gp_smtp_out(struct gp_smtp *s);
void gp_smtp_quit(struct gp_smtp *s);
/* Text with dots stuffed, CRLF.CRLF behind it. */
void gp_smtp_stuff(struct gp_buf *b, const char *p, size_t n);

/* ---- maildir.c ------------------------------------------------------------------------------------------ */

/* One file in DIR/new, written, synced, renamed: Return-Path, Delivered-To, then the message. */
enum gp_status gp_maildir_prepare(const char *dir, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_maildir_deliver(const char *dir, const struct gp_txn *t, const char *rcpt,
    const struct gp_txn_job *job, struct gp_err *err) GP_MUST_CHECK;

/* ---- sender.c: the outbound process ------------------------------------------------------------------------ */

/* Serve frames on fd (core's end of a socket pair) until it closes. Returns an exit code. */
int gp_outbound_run(const struct gp_config *conf, int fd);

#endif
