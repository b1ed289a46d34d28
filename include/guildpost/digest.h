/* SPDX-License-Identifier: ISC */
/*
 * digest: from the clock to a digest. What is new on a list since the last one, as data;
 * a Markdown template; HTML by cmark. A digest covers messages by number, not by time: it
 * is queued and the member's mark is moved in one transaction, so that a crash neither
 * sends it twice nor skips anything. Nothing new: no mail.
 */
#ifndef GUILDPOST_DIGEST_H
#define GUILDPOST_DIGEST_H

#include "guildpost/base.h"
#include "guildpost/list.h"
#include "guildpost/store.h"

enum { GP_DIGEST_MESSAGES = 1000 };	/* newest that one digest covers at most */

/* The digest of one period ends at these moments. */
struct gp_digest_span {
	int delivery;		/* GP_DELIVERY_DAILY, WEEKLY, MONTHLY */
	int64_t from, to;	/* the last period that is over at the time given: [from, to) */
};
/* The last moment at or before `now` at which digests of that kind are due, in the list's time
 * zone; a clock that jumps at daylight saving still gives one a day. */
void gp_digest_span_at(const struct gp_list *list, int delivery, int64_t now,
    struct gp_digest_span *out);

/* A digest as it would be sent. */
struct gp_digest {
	char *subject, *text, *html;
	int64_t upto;		/* id of the newest message in it */
	size_t messages, threads;
};
/* What is new: for members, messages with id > after that came in before `to`; with after -1 (a look
 * at a time), those dated within the span. GP_E_NOTFOUND: nothing. */
enum gp_status gp_digest_make(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest_span *span, int64_t after, struct gp_digest **out, struct gp_err *err)
    GP_MUST_CHECK;
/* Queue it for one member and move the member's mark; inside a transaction. `member` 0: only for
 * address (a preview). */
enum gp_status gp_digest_send(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const struct gp_member *member, const char *address, int64_t *job,
    struct gp_err *err) GP_MUST_CHECK;
/* The same as one whole message (for --print mime). */
char *gp_digest_mime(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const char *to_name, const char *to_addr, size_t *n);
/* The turn of the clock: all digests due on all lists; one transaction for each list. *n: how many
 * were queued. */
enum gp_status gp_digest_run(struct gp_site *site, int64_t now, size_t *n, struct gp_err *err)
    GP_MUST_CHECK;

#endif
