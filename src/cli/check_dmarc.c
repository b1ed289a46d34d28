/* SPDX-License-Identifier: ISC */
/*
 * guildpost check --dmarc DOMAIN: what a domain asks of those who pass its mail on (RFC 9989), for
 * people who wonder why a From was written anew.
 */
#include "config.h"

#include "check.h"
#include "guildpost/mail/dmarc.h"

#include <string.h>
#include <sysexits.h>

enum gp_status
gp_check_dmarc_walk(struct gp_lookup *l, const char *domain, struct gp_dmarc **out,
    struct gp_err *err)
{
	enum gp_status st = gp_dmarc_begin(l, domain, out, err);

	while (st == GP_OK && (*out)->query != NULL) {
		const struct gp_dns_reply *r = gp_lookup(l, GP_DNS_TXT, (*out)->query);

		gp_dmarc_answer(*out, r->status, r->v, r->n);
	}
	return st;
}

int
gp_check_dmarc(struct gp_cli *cli, const char *domain)
{
	static const char *const meaning[] = {
		[GP_POLICY_NONE] = "From of its posts stays as it is",
		[GP_POLICY_QUARANTINE] = "a post whose signature can't hold goes in the list's name",
		[GP_POLICY_REJECT] = "a post whose signature can't hold goes in the list's name",
		[GP_POLICY_UNKNOWN] = ("the DNS could not be asked: posts wait a while, and go in the "
		    "list's name then"),
	};
	json_t *row = gp_json_object(cli);
	const char *at = strrchr(domain, '@');
	struct gp_lookup *l;
	struct gp_dmarc *d;
	struct gp_err err;

	if (at != NULL)
		domain = at + 1;
	if (gp_streq(cli->conf->dns, "off")) {
		gp_fail(&err, GP_E_CONFIG, "nobody is asked: [outbound] dns is off");
		return gp_cli_fail(cli, &err);
	}
	if (gp_lookup_new(cli, cli->conf, &l, &err) != GP_OK ||
	    gp_check_dmarc_walk(l, domain, &d, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	gp_json_text(row, "domain", domain);
	gp_json_text(row, "policy", gp_policy_names[d->policy]);
	gp_json_text(row, "record", d->found);
	gp_json_bool(row, "testing", d->testing);
	gp_json_text(row, "means", meaning[d->policy]);
	gp_cli_print_one(cli, row);
	return d->policy == GP_POLICY_UNKNOWN ? EX_TEMPFAIL : EX_OK;
}
