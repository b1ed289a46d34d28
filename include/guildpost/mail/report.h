/* SPDX-License-Identifier: ISC */
/*
 * mail, reports: what mail servers and mail programs say about mail of ours. Delivery status
 * notifications (RFC 3464, RFC 6522, RFC 6533), the many notices that follow no RFC, complaints
 * (RFC 5965), receipts (RFC 8098) and automatic replies (RFC 3834). Own code, linear and bounded, on
 * the parts that a parser found: fit for any process.
 */
#ifndef GUILDPOST_MAIL_REPORT_H
#define GUILDPOST_MAIL_REPORT_H

enum gp_report_kind {
	GP_REPORT_NONE,		/* someone's mail */
	GP_REPORT_BOUNCE,	/* given up for at least one recipient */
	GP_REPORT_DELAY,	/* still being tried */
	GP_REPORT_DELIVERED,	/* arrived, relayed or expanded */
	GP_REPORT_COMPLAINT,	/* a reader or their provider complains */
	GP_REPORT_MDN,		/* a receipt */
	GP_REPORT_AUTO		/* a vacation reply and the like */
};
extern const char *const gp_report_names[];

/* What a failure says, and of whom. */
enum gp_bounce {
	GP_BOUNCE_ADDRESS,	/* there is no such address, or not any more */
	GP_BOUNCE_FULL,		/* the mailbox is full */
	GP_BOUNCE_POLICY,	/* they don't want mail of this sender or this server */
	GP_BOUNCE_CONTENT,	/* they don't want this very message */
	GP_BOUNCE_INFRA		/* machines and networks */
};
extern const char *const gp_bounce_names[];

struct gp_report_rcpt {
	char *address;		/* whom our mail was for */
	char *final;		/* where it went in the end, when that is said too; or NULL */
	enum gp_report_kind kind; /* BOUNCE, DELAY or DELIVERED */
	char *status;		/* "5.1.1" (RFC 3463), or "" */
	int code;		/* of SMTP, or 0 */
	char *text;		/* what the other side said, one line; "" when nothing */
	enum gp_bounce category;
};

struct gp_report {
	enum gp_report_kind kind;
	struct gp_report_rcpt *rcpts; size_t rcpts_n; /* a bounce may name nobody */
	struct gp_report_rcpt whole; /* what is said, should nobody be named; address "" */
	bool sure;		/* a part for machines or the sender's name say so, not words alone */
	char *feedback;		/* COMPLAINT: "abuse", "not-spam" ..., lower case */
	/* The header of our mail that came back with it; n 0 when there is none. */
	struct gp_header returned;
	char *returned_msgid;	/* its Message-ID, or NULL */
};

/*
 * Read a message as a report. raw is canonical, mail what the parser made of it. Never fails on odd
 * mail: what is no report has kind NONE or AUTO. GP_E_TOOBIG: the header is over a limit.
 */
enum gp_status gp_report_read(const void *ctx, const struct gp_mail *mail, const char *raw, size_t n,
    struct gp_report *out, struct gp_err *err) GP_MUST_CHECK;
/* The category by status "5.1.1" or "", SMTP code or 0, and words of the other side. */
enum gp_bounce gp_bounce_judge(const char *status, int code, const char *text);
/* The same of a reply in SMTP, "550 5.1.1 No such user"; status (at least 12 bytes) and code are what
 * stands there, "" and 0 if nothing. */
enum gp_bounce gp_bounce_judge_reply(const char *text, char status[12], int *code);

#endif
