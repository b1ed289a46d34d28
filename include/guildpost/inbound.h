/* SPDX-License-Identifier: ISC */
/*
 * inbound: the doors that mail comes in by. LMTP (RFC 2033) spoken as a server and, for
 * `receive`, as a client; a Maildir; a mailbox by IMAP. Knows the wire, not what a list does.
 *
 * A server session is a machine that takes bytes and gives replies; it knows no socket, so
 * that it can be tested and fuzzed as it is. One message is one unit of memory (struct
 * gp_lmtp_message), handed to the owner of the session, who answers when the database has it.
 * Limits: those of [inbound] in the config, lines of GP_LMTP_LINE bytes.
 */
#ifndef GUILDPOST_INBOUND_H
#define GUILDPOST_INBOUND_H

#include "guildpost/base.h"

enum { GP_LMTP_LINE = 2048, GP_LMTP_ERRORS = 20, GP_LMTP_REPLY = 200 };

/* ---- lmtp.c: the server side ------------------------------------------------------------ */

struct gp_lmtp;

struct gp_lmtp_rcpt {
	char *address;
	char reply[GP_LMTP_REPLY]; /* "250 2.0.0 text": the owner fills it */
};
struct gp_lmtp_message {	/* a talloc context of its own */
	char *sender;		/* "" for <> */
	struct gp_lmtp_rcpt *rcpts; size_t rcpts_n;
	char *data; size_t n;	/* as sent, dots unstuffed, line ends as they came */
	bool utf8;		/* SMTPUTF8 was asked for */
};

struct gp_lmtp_ops {
	/* Is there such a recipient? Fill the reply: "250 2.1.5 ..." or a 4xx or 5xx. */
	void (*rcpt)(void *arg, const char *address, char reply[GP_LMTP_REPLY]);
	/* A whole message came, with at least one recipient. The owner keeps it, fills every
	 * reply, calls gp_lmtp_answer, frees it. No more is read until then. */
	void (*message)(void *arg, struct gp_lmtp_message *m);
};
struct gp_lmtp_limits {
	const char *hostname;	/* our name in the greeting */
	int64_t max_size;
	int64_t max_recipients;
};

/* Replies are appended to out; the caller sends them. */
struct gp_lmtp *gp_lmtp_new(const void *ctx, const struct gp_lmtp_limits *limits,
    const struct gp_lmtp_ops *ops, void *arg, struct gp_buf *out);
/* Take bytes; returns how many were used. What is left must come again with more behind
 * it, or after gp_lmtp_answer. */
size_t gp_lmtp_feed(struct gp_lmtp *l, const char *p, size_t n);
/* One reply for each recipient, in their order (RFC 2033 section 4.2). */
void gp_lmtp_answer(struct gp_lmtp *l, const struct gp_lmtp_message *m);
/* "421 4.x.x text" and the end. */
void gp_lmtp_shut(struct gp_lmtp *l, const char *why);
bool gp_lmtp_is_over(const struct gp_lmtp *l);	/* after QUIT or 421: close when all is sent */
bool gp_lmtp_is_busy(const struct gp_lmtp *l);	/* a message is with the owner */

/* One command line, taken apart. */
enum gp_lmtp_verb { GP_LMTP_LHLO, GP_LMTP_MAIL, GP_LMTP_RCPT, GP_LMTP_DATA, GP_LMTP_RSET,
	GP_LMTP_NOOP, GP_LMTP_QUIT, GP_LMTP_VRFY, GP_LMTP_HELP, GP_LMTP_SMTP_HELO,
	GP_LMTP_UNKNOWN };
struct gp_lmtp_command {
	enum gp_lmtp_verb verb;
	char *path;		/* of MAIL and RCPT, without <> and source route */
	int64_t size;		/* SIZE=, or 0 */
	bool utf8, body8;	/* SMTPUTF8, BODY=8BITMIME */
	const char *error;	/* a whole reply, when the line can't be taken */
};
void gp_lmtp_command_parse(const void *ctx, const char *line, size_t n,
    struct gp_lmtp_command *out);

/* ---- client.c: hand one message to a running server ----------------------------------------- */

/* GP_E_NET when nobody listens there. Replies of the server in rcpts[i].reply. */
enum gp_status gp_lmtp_send(const char *where, const char *hostname, struct gp_lmtp_message *m,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- envelope.c: whom a mail out of a mailbox is for ------------------------------------------- */

/*
 * There is no SMTP session to tell. The recipients are those of the first step that names an address
 * of ours; of that step, all of them:
 *	1-5  X-Original-To, X-Envelope-To, Envelope-To, Delivered-To, X-Forwarded-To, but only those
 *	     above the first Received (or the first field of an author: From, To, Subject ...): the
 *	     server that delivered wrote them. What stands below may be a stranger's.
 *	6    Resent-To and Resent-Cc	7  To and Cc
 * The sender is the top-most Return-Path, <> being the null sender, else the address in From.
 */
struct gp_box_envelope {
	char *sender;		/* "" for <> */
	char **rcpts, **folded; size_t rcpts_n;	/* as written, as gp_addr_fold has them */
	const char *by;		/* the field that named them */
};
/* GP_OK: it is ours; GP_E_NOTFOUND: it isn't; anything else ends the search. */
typedef enum gp_status gp_ours_fn(void *arg, const char *address, struct gp_err *err);
/* raw: canonical, at least the whole header. GP_E_NOTFOUND: no address of ours is named;
 * GP_E_TOOBIG: a limit of the header, or more than `max` recipients. */
enum gp_status gp_box_envelope_find(const void *ctx, const char *raw, size_t n, size_t max,
    gp_ours_fn *ours, void *arg, struct gp_box_envelope *out, struct gp_err *err) GP_MUST_CHECK;

/* ---- inbox.c: files of a Maildir --------------------------------------------------------------- */

enum { GP_INBOX_NAMES = 100000 };	/* of one look; the rest waits for the next */

/* Make DIR with tmp, new, cur where they are missing. */
enum gp_status gp_inbox_prepare(const char *dir, struct gp_err *err) GP_MUST_CHECK;
/* Names in DIR/new in their order, which is that of time; names with a dot in front are nobody's. */
enum gp_status gp_inbox_list(const void *ctx, const char *dir, char ***names, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* The mail. GP_E_NOTFOUND: it is gone; GP_E_TOOBIG; GP_E_IO: it can't be read now. */
enum gp_status gp_inbox_read(const void *ctx, const char *dir, const char *name, size_t max,
    char **data, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_inbox_remove(const char *dir, const char *name, struct gp_err *err) GP_MUST_CHECK;

/* ---- imap_curl.c: libcurl's IMAP ---------------------------------------------------------------- */

struct gp_imap;
struct gp_imap_mail { uint32_t uid, size; };
enum { GP_IMAP_LIST = 1000000 };	/* mails of one list */
/*
 * Connect, with a verified certificate as configured, log in, select the folder (blocking). `alive`
 * (may be NULL) is asked now and then: false ends whatever runs. GP_E_NET says what is wrong.
 */
enum gp_status gp_imap_open(const void *ctx, const struct gp_config *conf, bool (*alive)(void *arg),
    void *arg, struct gp_imap **out, struct gp_err *err) GP_MUST_CHECK;
uint32_t gp_imap_validity(const struct gp_imap *m);
uint32_t gp_imap_exists(const struct gp_imap *m);	/* how many mails are there */
/* Those with that UID or a higher one, in order. */
enum gp_status gp_imap_list(struct gp_imap *m, uint32_t from, const struct gp_imap_mail **mails,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* The bytes on ctx. GP_E_NOTFOUND: it is gone; GP_E_TOOBIG. */
enum gp_status gp_imap_fetch(const void *ctx, struct gp_imap *m, uint32_t uid, size_t max,
    struct gp_str *out, struct gp_err *err) GP_MUST_CHECK;
/* For good; without UIDPLUS together with whatever else is marked as deleted. */
enum gp_status gp_imap_delete(struct gp_imap *m, const uint32_t *uids, size_t n, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- imap.c: the process that looks into a mailbox ------------------------------------------------ */

/* Serve core on fd until it closes. Returns an exit code. */
int gp_imap_run(const struct gp_config *conf, int fd);

/* ---- refused.c: mail that nobody can be told is refused ------------------------------------------ */

/*
 * A Maildir DATA/refused, for the person who runs the server to look through. Each mail has a field
 * on top with the reason; nothing is removed from there. The same mail again replaces itself.
 */
#define GP_REFUSED_FIELD "X-Guildpost-Refused"
enum gp_status gp_refused_put(const char *data_dir, const char *door, const char *reason,
    const char *p, size_t n, struct gp_err *err) GP_MUST_CHECK;
/* The same with a file of DIR/new of any size; it stays where it is. */
enum gp_status gp_refused_copy(const char *data_dir, const char *door, const char *reason,
    const char *dir, const char *name, struct gp_err *err) GP_MUST_CHECK;
/* How many files are in a folder of mail: its new and cur. */
int64_t gp_inbox_count(const char *dir, const char *sub);
char *gp_refused_dir(const void *ctx, const char *data_dir);

#endif
