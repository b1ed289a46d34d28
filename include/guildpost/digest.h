/* SPDX-License-Identifier: ISC */
/*
 * digest: the clock of digests. Whose digest is due, at the reader's hour in the reader's time zone; what is in it
 * and how it reads is list's matter (guildpost/list/news.h). A digest covers messages by number, not by time: it is
 * queued and the member's mark is moved in one transaction, so that a crash neither sends it twice nor skips
 * anything. Nothing new: no mail. After a time without a server there is one digest, not many.
 *
 * When a digest is due stands with the member (store's digest_next), local days being walked, not seconds, so that
 * the change to summer time makes no digest come twice or not at all. Many readers of one hour are spread over some
 * minutes, a reader always at the same second.
 */
#ifndef GUILDPOST_DIGEST_H
#define GUILDPOST_DIGEST_H

#include "guildpost/base.h"
#include "guildpost/list.h"
#include "guildpost/store.h"

enum { GP_DIGEST_SECOND = 40,	/* so many digests leave in a second at most */
	GP_DIGEST_SPREAD = 1200 }; /* seconds; and they are spread over this at most */

/* ---- span.c --------------------------------------------------------------------------------- */

/* When somebody's digests are due. */
struct gp_digest_times {
	const char *zone;
	int hour, weekday, monthday;
};
/* Of a member (NULL: whoever chose nothing) on a list. */
void gp_digest_times_of(const struct gp_list *list, const struct gp_member *member,
    struct gp_digest_times *out);
/* The last due moment at or before t, and the first behind t. */
int64_t gp_digest_last_due(const struct gp_digest_times *times, int delivery, int64_t t);
int64_t gp_digest_next_due(const struct gp_digest_times *times, int delivery, int64_t t);

/* ---- run.c ---------------------------------------------------------------------------------- */

/* Keeps what many readers of the same hour share while they are served. */
struct gp_digester;
struct gp_digester *gp_digester_new(const void *ctx, struct gp_site *site);
/*
 * The turn of the clock: make and queue digests that are due, in one transaction, for about so many milliseconds.
 * *n grows by the mails that were queued; *more: others are due still, ask again soon.
 */
enum gp_status gp_digester_run(struct gp_digester *d, int64_t now, int64_t ms, size_t *n, bool *more,
    struct gp_err *err) GP_MUST_CHECK;

#endif
