/* SPDX-License-Identifier: ISC */
/*
 * dns: questions to the resolver (c-ares), answered on the event loop; nobody waits. The
 * resolver belongs to the context given; freeing it ends what is asked, each with its answer
 * (GP_DNS_FAILED). Limits: GP_DNS_RECORDS of an answer are kept; 3 seconds and two tries for each
 * question, by TCP where UDP is too short.
 */
#ifndef GUILDPOST_BASE_DNS_H
#define GUILDPOST_BASE_DNS_H

#include "guildpost/base.h"

enum { GP_DNS_RECORDS = 64 };

struct gp_dns;
enum gp_dns_type { GP_DNS_TXT, GP_DNS_MX, GP_DNS_A, GP_DNS_AAAA, GP_DNS_PTR };
enum gp_dns_status {
	GP_DNS_OK,		/* records of that type, maybe none */
	GP_DNS_NO_DOMAIN,	/* NXDOMAIN: the name isn't there */
	GP_DNS_FAILED		/* SERVFAIL, no server, no answer in time */
};
struct gp_dns_reply {
	enum gp_dns_status status;
	/* TXT: the text, joined from its pieces; MX: "10 host"; A, AAAA: the address; PTR: the name. */
	const char *const *v; size_t n;
	int64_t ttl;		/* seconds, of the shortest-lived record; 0: none */
};
/* The reply is valid during the call. */
typedef void gp_dns_fn(void *arg, const struct gp_dns_reply *reply);

/* servers: "" for the system's, else "ADDRESS[:PORT]", several parted by commas. */
enum gp_status gp_dns_new(const void *ctx, struct gp_loop *loop, const char *servers,
    struct gp_dns **out, struct gp_err *err) GP_MUST_CHECK;
/* Ask; fn is called later, never from within. PTR: `name` is the address itself. */
void gp_dns_ask(struct gp_dns *dns, enum gp_dns_type type, const char *name, gp_dns_fn *fn, void *arg);

#endif
