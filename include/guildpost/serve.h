/* SPDX-License-Identifier: ISC */
/*
 * serve: the processes of design section 5 and what runs in them. The picture:
 *
 *	parent   forks and re-executes the others, restarts them, signals, sd_notify
 *	core     the one writer: LMTP, decisions, commits, the clock, the queue
 *	parser   takes strangers' bytes apart; no files, no network, limits (children of core)
 *	outbound transactions with the relay
 *	imap     looks into a mailbox and brings what is there (only if one is configured)
 *	web      the archive, read-only
 *
 * Parent and core share a SEQPACKET pair: each packet is one byte (what it is about) and
 * carries a descriptor: core's end of a socket pair to a new outbound, web or imap. A child dies when
 * the other end of its link closes: closing the link to core ends the server.
 */
#ifndef GUILDPOST_SERVE_H
#define GUILDPOST_SERVE_H

#include "guildpost/base.h"
#include "guildpost/list.h"
#include "guildpost/mail.h"

/* ---- spawn.c ------------------------------------------------------------------------------- */

/* Fork and execute this very program with --role ROLE; `fd` becomes its descriptor 3. */
enum gp_status gp_spawn(const char *role, const char *config, int fd, pid_t *pid,
    struct gp_err *err) GP_MUST_CHECK;
/* A socket pair, close-on-exec; type SOCK_STREAM or SOCK_SEQPACKET. */
enum gp_status gp_socketpair(int type, int fds[2], struct gp_err *err) GP_MUST_CHECK;
/* Pass one byte and a descriptor over a SEQPACKET pair; fd -1: none. False: the peer is gone. */
bool gp_pass_fd(int link, char what, int fd);
bool gp_take_fd(int link, char *what, int *fd);
/* What --role leads to; returns an exit code. */
int gp_role_run(const char *role, const char *config);

/* ---- sandbox.c -------------------------------------------------------------------------------- */

/* Close the door behind a parser: no new files, sockets, processes (seccomp), memory and core
 * limits. What the kernel lacks is logged and done without. */
void gp_sandbox_parser(void);
/* Only files below `dir` may be read and written any more, and those below the n folders of
 * `readable` be read (Landlock): web. */
void gp_sandbox_files(const char *dir, const char *const *readable, size_t n);
/* Nothing may be written any more but below `dir` (NULL: nothing at all): outbound. */
void gp_sandbox_writes(const char *dir);

/* ---- notify.c: sd_notify -------------------------------------------------------------------------- */

void gp_notify(const char *state);	/* "READY=1", "STATUS=...": no-op without $NOTIFY_SOCKET */

/* ---- parser.c, pool.c: the parser processes -------------------------------------------------------- */

int gp_parser_run(int fd);		/* the parser process: derive, answer, until EOF */

struct gp_pool;
/* What came of a message: wire (of gp_mail_pack) or NULL and why it could not be read. */
typedef void gp_parsed_fn(void *arg, struct gp_str wire, const char *unreadable);
enum gp_status gp_pool_new(const void *ctx, struct gp_loop *loop, size_t processes,
    struct gp_pool **out, struct gp_err *err) GP_MUST_CHECK;
/* Parse canonical bytes (kept by the caller until fn is called). A parser that dies or takes
 * longer than GP_PARSER_SECONDS is replaced and its message reported unreadable. */
void gp_pool_parse(struct gp_pool *pool, const char *raw, size_t n, gp_parsed_fn *fn, void *arg);
size_t gp_pool_waiting(const struct gp_pool *pool);	/* messages given and not yet answered */
/* Scan, parse and unpack one message and wait for it (command line). GP_OK with *mail NULL and
 * *unreadable set when it can't be read. */
enum gp_status gp_pool_parse_one(const void *ctx, struct gp_loop *loop, struct gp_pool *pool,
    const char *raw, size_t n, struct gp_mail **mail, char **unreadable, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- intake.c: one message for one or more recipients ------------------------------------------------ */

struct gp_intake_rcpt {
	const char *address;
	char reply[200];		/* the LMTP reply */
	enum gp_status status;		/* and what it means */
};
struct gp_intake {			/* a talloc context of its own */
	struct gp_inbound in;
	struct gp_intake_rcpt *rcpts; size_t rcpts_n;
	bool once, kept;		/* out of a mailbox: marked when it is taken (store/door.h) */
	unsigned char digest[GP_SHA256_LEN]; /* of such a one's canonical bytes */
	void (*done)(struct gp_intake *i); /* replies are filled, after the commit */
	void *arg;
	struct gp_intake *next;
};
/* Canonical bytes and scan; fills in.raw. False: unfit for a parser (in.unreadable says why). */
bool gp_intake_prepare(struct gp_intake *i, const char *data, size_t n);
/* The parser's answer: fills in.mail or in.unreadable. */
void gp_intake_parsed(struct gp_intake *i, struct gp_str wire, const char *unreadable);
/* Route, decide, act for every recipient, each undone alone when it fails. Inside a transaction. */
void gp_intake_apply(struct gp_site *site, struct gp_intake *i);
/* The transaction failed: 451 for all. */
void gp_intake_failed(struct gp_intake *i, const struct gp_err *err);
/* The LMTP reply of an error: 451 4.3.0 when later may help, else 5xx with an enhanced code. */
void gp_reply_of_error(const struct gp_err *err, char *reply, size_t n);

/* ---- core.c, door.c, feeder.c --------------------------------------------------------------------------- */

struct gp_core {
	struct gp_config *conf;
	struct gp_site *site;
	struct gp_loop *loop;
	struct gp_pool *pool;
	struct gp_intake *ready, **ready_end;	/* parsed, waiting for the group's commit */
	bool commit_planned;
	struct gp_door *door;
	struct gp_boxes *boxes;
	struct gp_feeder *feeder;
	struct gp_policies *policies;
	struct gp_digester *digester;
	bool digests_planned;
	struct gp_conn *web;
	bool ending;
	bool turned;				/* a test's clock did, and waits to hear that all is done */
	int64_t minute;				/* of the last turn of the clock */
	int wal_long;				/* seconds for which the WAL has been too long */
	bool wal_alarm;				/* there is an alarm for it, or may be one */
};
int gp_core_run(struct gp_config *conf, int link);
/* Give a message to core: parse, then the next group commit, then i->done. */
void gp_core_take(struct gp_core *core, struct gp_intake *i);

/* Once a second: is there something that whoever runs the server must know? */
void gp_core_watch(struct gp_core *core);

/* LMTP listeners and their sessions. */
enum gp_status gp_door_open(struct gp_core *core, struct gp_door **out, struct gp_err *err)
    GP_MUST_CHECK;
void gp_door_close(struct gp_door *d);	/* no new sessions; 421 to those that are idle */
size_t gp_door_busy(const struct gp_door *d);	/* sessions with a message in work */

/* ---- box.c, box_imap.c, box_maildir.c: mailboxes that mail is taken out of ---------------------------------------- */

/*
 * A mail of a mailbox. It is taken as one of an LMTP session would be, and what came of it is
 * said when it may go out of its box: it is committed, or put aside into DATA/refused. Each
 * recipient that took it has a mark in the same commit, so that a mail which is in its box still
 * after a crash is not taken twice.
 */
struct gp_parcel {			/* a talloc context of its own */
	const char *via;		/* "Maildir", "IMAP" */
	char *data; size_t n;
	bool kept;			/* its box keeps it */
	char *what;			/* what the log calls it */
	void (*done)(struct gp_parcel *p); /* frees it */
	void *arg;
	enum { GP_PARCEL_TAKEN, GP_PARCEL_REFUSED, GP_PARCEL_LATER } verdict;
	char *reason;			/* of the last two */
};
/* Opens those of the configuration; what is wrong with one is its trouble, not the server's. */
void gp_boxes_open(struct gp_core *core);
void gp_boxes_take(struct gp_boxes *b, struct gp_parcel *p);
/* A new process that looks into the IMAP mailbox. False: none is configured. */
bool gp_boxes_connect(struct gp_boxes *b, int fd);
void gp_boxes_tick(struct gp_boxes *b);		/* once a second */
void gp_boxes_close(struct gp_boxes *b);	/* nothing new is begun */
size_t gp_boxes_busy(const struct gp_boxes *b);	/* mails in work */

/* The queue's way to outbound. */
struct gp_feeder *gp_feeder_new(struct gp_core *core);
void gp_feeder_connect(struct gp_feeder *f, int fd);	/* a new outbound process */
void gp_feeder_poke(struct gp_feeder *f);		/* there may be new jobs */
/* Results that wait, into the caller's transaction; then what came of that: NULL, or why not. */
enum gp_status gp_feeder_write(struct gp_feeder *f, struct gp_err *err) GP_MUST_CHECK;
void gp_feeder_written(struct gp_feeder *f, const struct gp_err *err);
bool gp_feeder_is_idle(const struct gp_feeder *f);	/* nothing is on its way; what waits isn't due */
void gp_feeder_tick(struct gp_feeder *f);		/* once a second: retries that are due */

/* ---- policy.c: what domains ask of those who pass their mail on --------------------------------------------- */

/*
 * Answers of the DNS, kept for as long as they may be: 5 minutes to a day; a failure for a minute. Not
 * more than GP_POLICIES of them: a newer one takes the place of an older one.
 */
enum { GP_POLICIES = 4096 };
enum gp_status gp_policies_new(struct gp_core *core, struct gp_policies **out, struct gp_err *err)
    GP_MUST_CHECK;
/* False: it is being asked; the feeder is poked when the answer is there. */
bool gp_policies_get(struct gp_policies *p, const char *domain, enum gp_policy *out);

/* ---- parent.c ---------------------------------------------------------------------------------------------- */

/* The server in the foreground until TERM or INT. Returns an exit code. */
int gp_parent_run(struct gp_config *conf);

#endif
