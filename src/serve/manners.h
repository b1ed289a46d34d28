/* SPDX-License-Identifier: ISC */
/* What may go to a domain now, and how fast all goes. Times are the caller's, so that tests have their own. */
#ifndef GP_SERVE_MANNERS_H
#define GP_SERVE_MANNERS_H

#include "guildpost/mail.h"

struct gp_manners;
enum gp_may { GP_MAY, GP_MAY_SOON /* as many as may run at once do */, GP_MAY_LATER /* it pauses */ };

struct gp_manners *gp_manners_new(const void *ctx, int64_t per_domain, int64_t rate);
/* May a transaction to the domain of that address begin? LATER: when, and what was said. */
enum gp_may gp_manners_may(struct gp_manners *m, const char *address, int64_t now, int64_t *until,
    const char **words);
void gp_manners_begin(struct gp_manners *m, const char *address);
void gp_manners_end(struct gp_manners *m, const char *address);
/* Nothing runs any more. */
void gp_manners_reset(struct gp_manners *m);
/* Does such an answer mean the domain and not the recipient? */
bool gp_manners_is_slow(const char *words);
/* The domain pauses, each time longer; until when. */
int64_t gp_manners_slow(struct gp_manners *m, const char *address, const char *words, int64_t now);
/* Somebody wants all to be tried now: no domain pauses. One that says so again pauses longer. */
void gp_manners_lift(struct gp_manners *m);
/* It took mail again. */
void gp_manners_sent(struct gp_manners *m, const char *address, int64_t now);
/* May n messages more go, as for the rate? Then they are counted. */
bool gp_manners_take(struct gp_manners *m, int64_t n, int64_t now_ms);

#endif
