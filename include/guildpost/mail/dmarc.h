/* SPDX-License-Identifier: ISC */
/*
 * What an author's domain asks of those who pass its mail on (DMARC, RFC 9989), and whether
 * a signature of it (DKIM, RFC 6376) can still hold behind us. Pure functions over text: asking
 * the DNS is the caller's part. Results hang on the context given.
 */
#ifndef GUILDPOST_MAIL_DMARC_H
#define GUILDPOST_MAIL_DMARC_H

#include "guildpost/base/dns.h"
#include "guildpost/mail.h"

/* ---- tags.c: "v=DMARC1; p=none" ---------------------------------------------------- */

/* The value of a tag in a list of tag=value parted by semicolons (RFC 6376 section 3.2), trimmed;
 * NULL: there is none, or it stands there twice. */
char *gp_tag_value(const void *ctx, const char *list, const char *name);

/* ---- dmarc.c: the policy of a domain (RFC 9989 section 4.10) ------------------------- */

enum gp_policy {
	GP_POLICY_NONE,		/* no record, or p=none */
	GP_POLICY_QUARANTINE,
	GP_POLICY_REJECT,
	GP_POLICY_UNKNOWN	/* the DNS didn't answer: try later */
};
extern const char *const gp_policy_names[];

enum { GP_DMARC_QUERIES = 8 };	/* of _dmarc names; one more for the
				  * domain itself if np wants to know whether it is there */

/*
 * The walk up the tree: ask for the TXT records of `query`, give the answer to gp_dmarc_answer,
 * until query is NULL; then policy and the rest are set. At most GP_DMARC_QUERIES and one.
 */
struct gp_dmarc {
	char *query;		/* name to ask for next, or NULL: done */
	enum gp_policy policy;
	bool testing;		/* t=y */
	char *found;		/* the domain whose record counts, or NULL */
	/* inside */
	char *domain;		/* A-labels, lower case */
	const char *at;		/* where in it the walk stands */
	int asked;
	struct gp_dmarc_found *records; size_t records_n;
	bool asks_existence;
};
/* GP_E_PARSE: that is no domain. */
enum gp_status gp_dmarc_begin(const void *ctx, const char *domain, struct gp_dmarc **out,
    struct gp_err *err) GP_MUST_CHECK;
void gp_dmarc_answer(struct gp_dmarc *d, enum gp_dns_status status, const char *const *txt, size_t n);

/* ---- dkim.c ------------------------------------------------------------------------- */

/*
 * Does the message carry a DKIM signature of the author's domain (or one above or below it) that
 * stays good when fields of these names are added or taken away, and nothing else is changed? Whether
 * it was good at all is for the receiving server to say.
 */
bool gp_dkim_survives(const void *ctx, const struct gp_header *h, const char *from_addr,
    const char *const *touched, size_t n);

#endif
