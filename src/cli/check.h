/* SPDX-License-Identifier: ISC */
/* What the files of `guildpost check` share. */
#ifndef GUILDPOST_CLI_CHECK_H
#define GUILDPOST_CLI_CHECK_H

#include "guildpost/base/dns.h"
#include "guildpost/cli.h"

struct gp_exam {
	struct gp_cli *cli;
	json_t *rows;
	bool quick;
	int wrong;
};

/*
 * One row. result: "ok"; "warn": it works, and could be better; "wrong": it doesn't, exit code 1;
 * "unknown": it could not be asked; "note": nothing was looked at.
 */
void gp_exam_say(struct gp_exam *e, const char *result, const char *what, const char *mend, ...)
    GP_PRINTF(4, 5);

/* ---- check_lookup.c: the DNS for somebody who waits ------------------------------------------ */

struct gp_lookup;
enum gp_status gp_lookup_new(const void *ctx, const struct gp_config *conf, struct gp_lookup **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Ask now, to have the answer sooner when it is wanted. */
void gp_lookup_ahead(struct gp_lookup *l, enum gp_dns_type type, const char *name);
/* The answer, which lives as long as l does. All of them together take no longer than
 * GP_LOOKUP_SECONDS; what hasn't come by then is GP_DNS_FAILED. */
enum { GP_LOOKUP_SECONDS = 20 };
const struct gp_dns_reply *gp_lookup(struct gp_lookup *l, enum gp_dns_type type, const char *name);

/* ---- check_dns.c: what a domain that sends mail must have in the DNS --------------------------- */

void gp_check_dns(struct gp_exam *e);

/* ---- check_doors.c: mailboxes that mail is taken out of ------------------------------------------- */

void gp_check_doors(struct gp_exam *e);

/* ---- check_dmarc.c ------------------------------------------------------------------------------ */

struct gp_dmarc;
/* What a domain asks of those who pass its mail on. GP_E_PARSE: that is no domain. */
enum gp_status gp_check_dmarc_walk(struct gp_lookup *l, const char *domain, struct gp_dmarc **out,
    struct gp_err *err) GP_MUST_CHECK;
/* guildpost check --dmarc DOMAIN; an exit code. */
int gp_check_dmarc(struct gp_cli *cli, const char *domain);

#endif
