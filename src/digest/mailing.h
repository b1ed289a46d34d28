/* SPDX-License-Identifier: ISC */
/* What the files of this room share: the clock of digests, and one mail in the making. */
#ifndef GP_DIGEST_MAILING_H
#define GP_DIGEST_MAILING_H

#include "guildpost/digest.h"

enum {
	SLICE = 1000,		/* members of one transaction, at most */
	KEPT = 48,		/* written digests that are kept for readers to come */
	POOLS = 24,
	HOUR = 3600
};

/* What is new on a list until some time; all hangs on it. */
struct shared_pool {
	struct shared_pool *next;
	int64_t list_id, after, to;
	struct gp_list *list;
	struct gp_news_pool *pool;
};
/* A digest that was written, and the job of this transaction that has it. */
struct written {
	unsigned char print[GP_SHA256_LEN];
	struct gp_digest digest;	/* subject alone */
	char *whole; size_t n;
	int64_t used;			/* 0: free */
	int64_t job;			/* 0: none in this transaction */
	int64_t *members; size_t members_n;
};
struct spread { int64_t list, seconds; };

struct gp_digester {
	struct gp_site *site;
	void *mem;			/* of what is shared; freed when nobody is due */
	struct shared_pool *pools;
	size_t pools_n;
	struct written *written;
	int64_t uses;
	struct spread spreads[16];
	size_t spreads_n;
	int64_t minute, last_now;
	int64_t failing;		/* the member whose digest could not be made, or 0 */
};

/* One mail in the making: a membership, or several of one person. */
struct mailing {
	struct gp_digester *d;
	const void *ctx;
	int64_t now;
	struct gp_member **members; size_t n;
	struct gp_list *clock;		/* whose hour counts */
	struct gp_digest_times times;
	int64_t to, next;		/* up to when; when the next is due */
	struct gp_issue **issues;
	struct shared_pool **pools;
	struct gp_err *err;
};

/* Read anew what is new on lists from now on. */
void mailing_drop_pools(struct gp_digester *d);
/* What the members of a mailing get; *count: how many messages. */
enum gp_status mailing_pick(struct mailing *m, size_t *count) GP_MUST_CHECK;
/* Write the mail, unless it was written for somebody else, and put the reader among those who get it. */
enum gp_status mailing_queue(struct mailing *m) GP_MUST_CHECK;
/* Those who get each mail become recipients of its job. */
enum gp_status mailing_settle(struct gp_digester *d, struct gp_err *err) GP_MUST_CHECK;

#endif
