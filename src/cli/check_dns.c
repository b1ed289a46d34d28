/* SPDX-License-Identifier: ISC */
/*
 * guildpost check, the DNS: what large mail services want to find there for a domain that sends
 * to lists. MX (RFC 5321 section 5.1, RFC 7505), SPF (RFC 7208), a DKIM key (RFC 6376 section 3.6),
 * DMARC (RFC 9989), and a name for the address that mail leaves from (RFC 1912 section 2.1). Only
 * what contradicts itself is wrong; what is missing may be so on purpose.
 */
#include "config.h"

#include "check.h"
#include "guildpost/mail/dmarc.h"

#include <arpa/inet.h>
#include <string.h>

enum { DOMAINS = 50, LOOKED_AT = 8 };	/* hosts of an answer */

struct place {
	struct gp_exam *exam;
	struct gp_lookup *dns;
	const char *domain;
};

/* Where signers usually keep their keys, as nobody can list the selectors of a domain. */
static const char *const usual_selectors[] = {"default", "mail", "dkim", "s1", "s2"};

static const char *
key_name(const struct place *p, const char *selector)
{
	return gp_asprintf(p->dns, "%s._domainkey.%s", selector, p->domain);
}

static void
unknown(const struct place *p, const char *what, const char *name)
{
	gp_exam_say(p->exam, "unknown", what, "%s could not be asked: look at the DNS server that this "
	    "machine uses, or name one in [outbound] dns", name);
}

static void
ask_addresses(struct gp_lookup *dns, const char *host)
{
	gp_lookup_ahead(dns, GP_DNS_A, host);
	gp_lookup_ahead(dns, GP_DNS_AAAA, host);
}

/* The addresses of a host, of both families. */
static enum gp_dns_status
addresses(struct gp_lookup *dns, const char *host, const char **out, size_t max, size_t *n)
{
	static const enum gp_dns_type types[] = {GP_DNS_A, GP_DNS_AAAA};
	enum gp_dns_status st = GP_DNS_OK;
	size_t i, k;

	*n = 0;
	ask_addresses(dns, host);
	for (i = 0; i < GP_COUNT(types); i++) {
		const struct gp_dns_reply *r = gp_lookup(dns, types[i], host);

		if (r->status != GP_DNS_OK)
			st = r->status;
		for (k = 0; k < r->n && *n < max; k++)
			out[(*n)++] = r->v[k];
	}
	return *n > 0 ? GP_DNS_OK : st;
}

/* ---- MX ------------------------------------------------------------------------------------------ */

static void
no_mx(const struct place *p)
{
	const char *at[LOOKED_AT];
	size_t n;

	if (addresses(p->dns, p->domain, at, GP_COUNT(at), &n) == GP_DNS_FAILED)
		unknown(p, "MX", p->domain);
	else if (n > 0)
		gp_exam_say(p->exam, "warn", "MX", "%s has none, so its mail goes to %s itself: add an MX "
		    "record that names the mail server", p->domain, at[0]);
	else
		gp_exam_say(p->exam, "warn", "MX", "%s has neither an MX record nor an address: nobody "
		    "outside can write to its lists; add an MX record", p->domain);
}

static void
check_mx(const struct place *p)
{
	const struct gp_dns_reply *mx = gp_lookup(p->dns, GP_DNS_MX, p->domain);
	const char *at[LOOKED_AT], *host = "";
	bool failed = false;
	size_t i, n;

	if (mx->status == GP_DNS_FAILED) {
		unknown(p, "MX", p->domain);
		return;
	}
	if (mx->n == 0) {
		no_mx(p);
		return;
	}
	for (i = 0; i < mx->n && i < LOOKED_AT; i++)
		ask_addresses(p->dns, mx->v[i] + strcspn(mx->v[i], " ") + 1);
	for (i = 0; i < mx->n && i < LOOKED_AT; i++) {
		host = mx->v[i] + strcspn(mx->v[i], " ") + 1;
		if (*host == '\0' || gp_streq(host, ".")) {
			gp_exam_say(p->exam, "wrong", "MX", "%s says that it takes no mail (\"MX 0 .\"): "
			    "name the mail server there", p->domain);
			return;
		}
		failed |= addresses(p->dns, host, at, GP_COUNT(at), &n) == GP_DNS_FAILED;
		if (n > 0) {
			gp_exam_say(p->exam, "ok", "MX", "%s: %s", p->domain, host);
			return;
		}
	}
	if (failed)
		unknown(p, "MX", host);
	else
		gp_exam_say(p->exam, "wrong", "MX", "%s: %s has no address: give it an A or AAAA record",
		    p->domain, host);
}

/* ---- SPF ----------------------------------------------------------------------------------------- */

/* Is `word` one of the record's terms? */
static bool
spf_has(const char *record, const char *word)
{
	const char *p;

	for (p = record; *p != '\0'; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (gp_istarts(p, word) && (strchr(" ", p[strlen(word)]) != NULL || gp_ends(word, "=")))
			return true;
	}
	return false;
}

static void
judge_spf(const struct place *p, const char *record)
{
	if (spf_has(record, "+all") || spf_has(record, "all"))
		gp_exam_say(p->exam, "wrong", "SPF", "%s lets everybody send in its name (\"%s\"): end it "
		    "with -all or ~all", p->domain, record);
	else if (!spf_has(record, "-all") && !spf_has(record, "~all") && !spf_has(record, "redirect="))
		gp_exam_say(p->exam, "warn", "SPF", "%s doesn't say what others are (\"%s\"): end it with "
		    "-all or ~all", p->domain, record);
	else
		gp_exam_say(p->exam, "ok", "SPF", "%s: %s", p->domain, record);
}

static void
check_spf(const struct place *p)
{
	const struct gp_dns_reply *txt = gp_lookup(p->dns, GP_DNS_TXT, p->domain);
	const char *record = NULL;
	size_t i, n = 0;

	for (i = 0; i < txt->n; i++) {
		if (gp_strieq(txt->v[i], "v=spf1") || gp_istarts(txt->v[i], "v=spf1 ")) {
			record = txt->v[i];
			n++;
		}
	}
	if (txt->status == GP_DNS_FAILED)
		unknown(p, "SPF", p->domain);
	else if (n == 0)
		gp_exam_say(p->exam, "warn", "SPF", "%s doesn't say who may send for it: add TXT \"v=spf1 mx "
		    "-all\", or the addresses that its mail leaves from (ip4:..., ip6:...)", p->domain);
	else if (n > 1)
		gp_exam_say(p->exam, "wrong", "SPF", "%s has %zu records, which counts as an error: make "
		    "one of them", p->domain, n);
	else
		judge_spf(p, record);
}

/* ---- DKIM ---------------------------------------------------------------------------------------- */

enum key { KEY_NONE, KEY_UNKNOWN, KEY_REVOKED, KEY_GOOD };

static enum key
look_for_key(const struct place *p, const char *selector, const char **record)
{
	const struct gp_dns_reply *txt = gp_lookup(p->dns, GP_DNS_TXT, key_name(p, selector));
	enum key found = txt->status == GP_DNS_FAILED ? KEY_UNKNOWN : KEY_NONE;
	size_t i;

	for (i = 0; i < txt->n; i++) {
		const char *version = gp_tag_value(p->dns, txt->v[i], "v");
		const char *key = gp_tag_value(p->dns, txt->v[i], "p");

		if (key == NULL || (version != NULL && !gp_streq(version, "DKIM1")))
			continue;
		*record = txt->v[i];
		if (*key != '\0')
			return KEY_GOOD;
		found = KEY_REVOKED;
	}
	return found;
}

static void
good_key(const struct place *p, const char *selector, const char *record)
{
	enum { SHORT = 256 };	/* letters of base64: more than 1024 bits of RSA, less than 2048 */
	const char *kind = gp_tag_value(p->dns, record, "k");

	if ((kind == NULL || gp_streq(kind, "rsa")) &&
	    strlen(gp_tag_value(p->dns, record, "p")) < SHORT)
		gp_exam_say(p->exam, "warn", "DKIM", "%s is a short key: make one of 2048 bits",
		    key_name(p, selector));
	else
		gp_exam_say(p->exam, "ok", "DKIM", "%s", key_name(p, selector));
}

static void
bad_key(const struct place *p, enum key found)
{
	const char *selector = p->exam->cli->conf->dkim_selector;
	const char *name = key_name(p, *selector != '\0' ? selector : usual_selectors[0]);

	if (found == KEY_UNKNOWN)
		unknown(p, "DKIM", name);
	else if (found == KEY_REVOKED)
		gp_exam_say(p->exam, *selector != '\0' ? "wrong" : "warn", "DKIM", "the key at %s was taken "
		    "back (p= is empty): put the public key of the signer there", name);
	else if (*selector != '\0')
		gp_exam_say(p->exam, "wrong", "DKIM", "there is no key at %s: put the public key of the "
		    "signer there as TXT \"v=DKIM1; k=rsa; p=...\"", name);
	else
		gp_exam_say(p->exam, "warn", "DKIM", "%s has no key at the usual places (default, mail, dkim, "
		    "s1, s2): let the mail server sign, see contrib/opendkim and contrib/rspamd; if it "
		    "does, name its selector in [outbound] dkim_selector", p->domain);
}

static enum key
check_dkim(const struct place *p)
{
	const char *const *selectors = usual_selectors, *record = NULL;
	const char *given = p->exam->cli->conf->dkim_selector;
	size_t i, n = GP_COUNT(usual_selectors);
	enum key worst = KEY_NONE, found;

	if (*given != '\0') {
		selectors = &given;
		n = 1;
	}
	for (i = 0; i < n; i++) {
		found = look_for_key(p, selectors[i], &record);
		if (found == KEY_GOOD) {
			good_key(p, selectors[i], record);
			return found;
		}
		/* A key that was taken back under a name we guessed tells nothing. */
		if (found == KEY_UNKNOWN || *given != '\0')
			worst = found;
	}
	bad_key(p, worst);
	return worst;
}

/* ---- DMARC --------------------------------------------------------------------------------------- */

static void
check_dmarc(const struct place *p, enum key key)
{
	struct gp_dmarc *d;
	struct gp_err err;

	if (gp_check_dmarc_walk(p->dns, p->domain, &d, &err) != GP_OK)
		gp_exam_say(p->exam, "wrong", "DMARC", "%s", err.msg);
	else if (d->policy == GP_POLICY_UNKNOWN)
		unknown(p, "DMARC", p->domain);
	else if (d->found == NULL)
		gp_exam_say(p->exam, "warn", "DMARC", "%s has no record, or more than one, and large mail "
		    "services want one: TXT \"v=DMARC1; p=none\" at _dmarc.%s", p->domain, p->domain);
	else if (d->policy != GP_POLICY_NONE && key != KEY_GOOD && key != KEY_UNKNOWN)
		gp_exam_say(p->exam, "warn", "DMARC", "%s: p=%s, but no DKIM key was found: whoever forwards "
		    "mail of its lists will see it refused", p->domain, gp_policy_names[d->policy]);
	else
		gp_exam_say(p->exam, "ok", "DMARC", "%s: p=%s, by the record of %s%s", p->domain,
		    gp_policy_names[d->policy], d->found, d->testing ? ", testing" : "");
}

/* ---- PTR ----------------------------------------------------------------------------------------- */

/* Addresses that are nobody's in the world: loopback, RFC 1918, 6598, 3927, 4193, 4291. */
static bool
is_private(const char *address)
{
	unsigned char b[16];

	if (inet_pton(AF_INET, address, b) == 1)
		return b[0] == 127 || b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
		    (b[0] == 192 && b[1] == 168) || (b[0] == 100 && (b[1] & 0xc0) == 64) ||
		    (b[0] == 169 && b[1] == 254);
	if (inet_pton(AF_INET6, address, b) == 1)
		return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) ||
		    gp_streq(address, "::1");
	return false;
}

static bool
is_address(const char *s)
{
	unsigned char b[16];

	return inet_pton(AF_INET, s, b) == 1 || inet_pton(AF_INET6, s, b) == 1;
}

/* Which host the world sees: a relay elsewhere, else the mail server on this machine, which is
 * called what we are. */
static const char *
sending_host(const void *ctx, const struct gp_config *conf)
{
	const char *p = strstr(conf->relay, "://"), *at;
	char *host;

	if (p == NULL)
		return conf->helo;
	p += strlen("://");
	at = strrchr(p, '@');
	if (at != NULL)
		p = at + 1;
	host = *p == '[' ? gp_strndup(ctx, p + 1, strcspn(p + 1, "]")) :
	    gp_strndup(ctx, p, strcspn(p, ":/"));
	return gp_strieq(host, "localhost") || is_private(host) ? conf->helo : host;
}

/* Does one of the names lead back to the address? */
static enum gp_dns_status
leads_back(const struct place *p, const struct gp_dns_reply *names, const char *address)
{
	enum gp_dns_status st = GP_DNS_OK;
	const char *at[LOOKED_AT * LOOKED_AT];
	size_t i, k, n;

	for (i = 0; i < names->n && i < LOOKED_AT; i++) {
		if (addresses(p->dns, names->v[i], at, GP_COUNT(at), &n) == GP_DNS_FAILED)
			st = GP_DNS_FAILED;
		for (k = 0; k < n; k++)
			if (gp_streq(at[k], address))
				return GP_DNS_OK;
	}
	return st == GP_DNS_FAILED ? st : GP_DNS_NO_DOMAIN;
}

static void
check_name_of(const struct place *p, const char *host, const char *address)
{
	const struct gp_dns_reply *names = gp_lookup(p->dns, GP_DNS_PTR, address);
	enum gp_dns_status back;

	if (names->status == GP_DNS_FAILED) {
		unknown(p, "PTR", address);
		return;
	}
	if (names->n == 0) {
		gp_exam_say(p->exam, "warn", "PTR", "%s has no name, so many servers refuse its mail: let "
		    "the provider of the address set its PTR to %s", address, host);
		return;
	}
	back = leads_back(p, names, address);
	if (back == GP_DNS_FAILED)
		unknown(p, "PTR", names->v[0]);
	else if (back != GP_DNS_OK)
		gp_exam_say(p->exam, "warn", "PTR", "%s is called %s, which is not at %s: let its PTR and an "
		    "A or AAAA record name each other", address, names->v[0], address);
	else
		gp_exam_say(p->exam, "ok", "PTR", "%s is called %s", address, names->v[0]);
}

static void
check_ptr(const struct place *p)
{
	const struct gp_config *conf = p->exam->cli->conf;
	const char *host = sending_host(p->dns, conf), *at[LOOKED_AT];
	size_t i, n = 1;

	if (gp_starts(conf->relay, "maildir:"))
		return;		/* nothing leaves */
	if (is_address(host)) {
		at[0] = host;
	} else if (addresses(p->dns, host, at, GP_COUNT(at), &n) == GP_DNS_FAILED) {
		unknown(p, "PTR", host);
		return;
	}
	if (n == 0)
		gp_exam_say(p->exam, "warn", "PTR", "%s, which mail leaves from, has no address in the DNS: "
		    "add one, or set [outbound] helo to the name by which the mail server shows itself",
		    host);
	for (i = 0; i < n; i++)
		gp_lookup_ahead(p->dns, GP_DNS_PTR, at[i]);
	for (i = 0; i < n; i++) {
		if (is_private(at[i]))
			gp_exam_say(p->exam, "note", "PTR", "%s is at %s, an address of your own network: look "
			    "at the one that mail leaves it from", host, at[i]);
		else
			check_name_of(p, host, at[i]);
	}
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static void
add_domain(const void *ctx, const char **domains, size_t *n, const char *domain)
{
	struct gp_dmarc *d;
	size_t i;

	/* As the DNS writes it. */
	if (gp_dmarc_begin(ctx, domain, &d, NULL) == GP_OK)
		domain = d->domain;
	for (i = 0; i < *n; i++)
		if (gp_strieq(domains[i], domain))
			return;
	if (*n < DOMAINS)
		domains[(*n)++] = domain;
}

/* The site's, and those of its lists. */
static size_t
all_domains(const struct gp_exam *e, const char **domains)
{
	struct gp_list **lists;
	size_t i, n, k = 0;

	add_domain(e->cli, domains, &k, e->cli->conf->domain);
	if (gp_list_all(e->cli, e->cli->site->store, &lists, &n, NULL) != GP_OK)
		return k;
	for (i = 0; i < n; i++) {
		const char *at = strrchr(lists[i]->address, '@');

		if (at != NULL)
			add_domain(e->cli, domains, &k, at + 1);
	}
	return k;
}

static void
ask_ahead(const struct place *p)
{
	const char *selector = p->exam->cli->conf->dkim_selector;
	size_t i;

	gp_lookup_ahead(p->dns, GP_DNS_MX, p->domain);
	gp_lookup_ahead(p->dns, GP_DNS_TXT, p->domain);
	gp_lookup_ahead(p->dns, GP_DNS_TXT, gp_asprintf(p->dns, "_dmarc.%s", p->domain));
	if (*selector != '\0')
		gp_lookup_ahead(p->dns, GP_DNS_TXT, key_name(p, selector));
	for (i = 0; *selector == '\0' && i < GP_COUNT(usual_selectors); i++)
		gp_lookup_ahead(p->dns, GP_DNS_TXT, key_name(p, usual_selectors[i]));
}

void
gp_check_dns(struct gp_exam *e)
{
	const char *domains[DOMAINS];
	struct place p = {.exam = e};
	size_t i, n = all_domains(e, domains);
	struct gp_err err;

	if (gp_streq(e->cli->conf->dns, "off")) {
		gp_exam_say(e, "note", "DNS", "not looked at: [outbound] dns is off");
		return;
	}
	if (gp_lookup_new(e->cli, e->cli->conf, &p.dns, &err) != GP_OK) {
		gp_exam_say(e, "wrong", "DNS", "%s", err.msg);
		return;
	}
	for (i = 0; i < n; i++) {
		p.domain = domains[i];
		ask_ahead(&p);
	}
	for (i = 0; i < n; i++) {
		p.domain = domains[i];
		check_mx(&p);
		check_spf(&p);
		check_dmarc(&p, check_dkim(&p));
	}
	check_ptr(&p);
	gp_exam_say(e, "note", "ARC", "sealing is for the mail server's milter: see contrib/rspamd");
	talloc_free(p.dns);
}
