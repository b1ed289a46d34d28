/* SPDX-License-Identifier: ISC */
/*
 * list, the part about what goes out: header, sender, wrapping. Included by list.h, whose rules
 * hold here too. Nothing of an author's mail is written anew but what a setting of the list or the
 * author's domain asks for: a signature that was good stays good.
 */
#ifndef GUILDPOST_LIST_COOK_H
#define GUILDPOST_LIST_COOK_H

/* ---- cook.c: the header block that goes out ------------------------------------------------ */

/* The field of a member's first post, with "yes"; what comes in with one loses it. */
#define GP_FIRST_POST "X-First-Post"

struct gp_cooking {
	const struct gp_inbound *in;
	const struct gp_header *h;	/* of in->raw */
	const char *msgid, *key;	/* key NULL: it is not in the archive that readers see */
	int64_t number;			/* of the post on the list */
	bool first;			/* the first post of a member */
	const char *note;		/* content note that a moderator gave it, for the subject; or NULL */
	bool body_changed;		/* what goes out is not the author's body */
	const char *fields;		/* in place of MIME-Version and Content- fields; or NULL */
};
struct gp_cooked {
	char *header; size_t n;
	bool ask;	/* the policy of the author's domain decides what From says: gp_cook_settle */
};
/*
 * The header of a post as the list sends it: fields of standards.md 1.3 removed, List-* of RFC 2369,
 * 2919, Archived-At (RFC 5064), Precedence and our Received added in front; prefix and Reply-To as the
 * list says; every other byte stays as it came. A missing Message-ID or Date is added.
 */
enum gp_status gp_cook_header(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_cooking *c, struct gp_cooked *out, struct gp_err *err) GP_MUST_CHECK;
/* A header as it came, less the fields that must not travel on. */
void gp_cook_private(const void *ctx, const struct gp_site *site, const struct gp_header *h,
    struct gp_buf *out);
/* The List-* fields of our own mails (notices, digests): no List-Post, no Archived-At. */
char *gp_cook_notice_fields(const void *ctx, const struct gp_site *site, const struct gp_list *list);
/* List-Id value: "Title <name.domain>". */
char *gp_cook_list_id(const void *ctx, const struct gp_list *list);
/* What one recipient gets in front of the header, and the envelope sender. */
struct gp_envelope {
	char *sender;		/* "" for the null sender */
	char *fields;		/* complete header fields */
};
void gp_cook_envelope(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const struct gp_job *job, const struct gp_rcpt *rcpt, struct gp_envelope *out);

/* ---- cook_sender.c: From, Reply-To and Cc together ---------------------------------------- */

/* Values ready for gp_header_add; NULL: the field stays as it came, also when it is not there. */
struct gp_sender {
	char *from, *reply_to, *cc, *original_from;
};
/*
 * Decide the three at once. `shown`: the name in front of our address when From is written anew ("Ann via
 * bees"), NULL: From stays. Replies go where the list's reply_to says; the author of a From that is
 * written anew stands in Reply-To, or in Cc when Reply-To is ours.
 */
void gp_cook_sender(const void *ctx, const struct gp_list *list, const struct gp_header *h,
    const char *shown, struct gp_sender *out);

/* ---- cook_settle.c: when the policy of the author's domain is known -------------------------- */

/* The domain to ask about for a job that waits for it (GP_JOB_ASK), or "": nobody to ask. */
char *gp_cook_domain(const void *ctx, const struct gp_job *job);
/*
 * The job as it goes out: From left where the domain allows it, else written anew or wrapped, as the
 * list says. Changes header, body and flags of *job (memory on ctx); GP_JOB_ASK is gone then.
 */
enum gp_status gp_cook_settle(const void *ctx, struct gp_site *site, const struct gp_list *list,
    struct gp_job *job, enum gp_policy policy, struct gp_err *err) GP_MUST_CHECK;

#endif
