/* SPDX-License-Identifier: ISC */
/* What the files that read reports share. */
#ifndef GUILDPOST_MAIL_REPORT_PRIVATE_H
#define GUILDPOST_MAIL_REPORT_PRIVATE_H

#include "private.h"

enum {
	GP_REPORT_RCPTS = 200,		/* recipients kept of one report */
	GP_REPORT_STATUS = 256 << 10,	/* bytes read of a status part */
	GP_REPORT_TEXT = 32 << 10,	/* bytes read of the words for people */
	GP_REPORT_SAID = 400		/* characters kept of what the other side said */
};

struct gp_reading {
	const void *ctx;
	const struct gp_mail *mail;
	const char *raw;
	size_t n;
	struct gp_header h;
	bool by_machine;	/* the header says that no person wrote it */
	bool nameless;		/* a status part named nobody; out->whole is what it says */
	struct gp_report *out;
};

/* ---- report_table.c: the words of mail servers ------------------------------------ */

/* A phrase as gp_utf8_fold has it, blanks single, and what it means. */
struct gp_phrase {
	const char *text;
	int means;
};
enum { GP_SAYS_FAILED, GP_SAYS_FINAL, GP_SAYS_DELAYED, GP_SAYS_AUTO };

extern const struct gp_phrase gp_report_subjects[];	/* subjects: GP_SAYS_ */
extern const struct gp_phrase gp_report_signs[];	/* texts: GP_SAYS_ */
extern const struct gp_phrase gp_report_reasons[];	/* why: enum gp_bounce */
extern const char *const gp_report_labels[];		/* stand in front of an address */
extern const char *const gp_report_ends[];		/* a line that begins so: our mail follows */
extern const char *const gp_report_senders[];		/* local parts of machines */

/* The first phrase that stands in text (folded, one line); NULL: none. */
const struct gp_phrase *gp_phrase_find(const struct gp_phrase *table, const char *text);
bool gp_phrase_any(const struct gp_phrase *table, const char *text, int means);

/* ---- report_judge.c ------------------------------------------------------------------ */

/* Look for an SMTP code and an enhanced status; untouched where there is none. */
void gp_report_codes(struct gp_str text, int *code, char status[12]);

/* ---- report_status.c: the machine-readable part -------------------------------------- */

/* A message/delivery-status or one of its kin; true when it named a recipient. */
bool gp_report_status(struct gp_reading *r, struct gp_str text);
void gp_report_feedback(struct gp_reading *r, struct gp_str text);
/* What a message/disposition-notification says: "deleted" ..., or "". */
char *gp_report_disposition(const void *ctx, struct gp_str text);

/* ---- report_text.c: words for people ---------------------------------------------------- */

/* Read text (UTF-8, LF) as a notice; true when it is one. What comes behind it (our mail) is *rest. */
bool gp_report_text(struct gp_reading *r, const char *text, size_t n, struct gp_str *rest);

/* ---- report_rcpt.c ---------------------------------------------------------------------------- */

/* The first address in s; its place and length, or false. */
bool gp_report_find_address(struct gp_str s, size_t *at, size_t *len);
/* A new recipient, or the one that is there by this address; NULL: there are too many, or it is none. */
struct gp_report_rcpt *gp_report_rcpt(struct gp_reading *r, const char *address);
/* Name a recipient's words, and judge them. */
void gp_report_say(const void *ctx, struct gp_report_rcpt *rcpt, struct gp_str said);

#endif
