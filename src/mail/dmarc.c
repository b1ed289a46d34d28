/* SPDX-License-Identifier: ISC */
/*
 * The DMARC policy of an author's domain: the walk up the tree of RFC 9989 section 4.10, which
 * took the place of the list of public suffixes. The caller asks the DNS; here it is decided what
 * to ask next and what the answers mean.
 */
#include "private.h"

#include "guildpost/mail/dmarc.h"

#include <string.h>

const char *const gp_policy_names[] = {"none", "quarantine", "reject", "unknown"};

enum { NEAR = 7, NO_POLICY = -1 };	/* labels that are left of a long name */

struct gp_dmarc_found {
	const char *domain;
	int p, sp, np;		/* enum gp_policy, or NO_POLICY: not given */
	bool stops, is_suffix;	/* psd=n, psd=y */
	bool testing;
};

static int
policy_of(const char *value)
{
	int i;

	for (i = GP_POLICY_NONE; value != NULL && i <= GP_POLICY_REJECT; i++)
		if (gp_strieq(value, gp_policy_names[i]))
			return i;
	return NO_POLICY;
}

/* "v=DMARC1" comes first and is written so. */
static bool
is_record(const char *txt)
{
	struct gp_str s = {txt, strcspn(txt, ";")}, name, value;
	const char *eq = memchr(s.p, '=', s.n);

	if (eq == NULL)
		return false;
	name = gp_str_trim((struct gp_str){s.p, (size_t)(eq - s.p)});
	value = gp_str_trim((struct gp_str){eq + 1, s.n - (size_t)(eq + 1 - s.p)});
	return gp_str_eq(name, "v") && gp_str_eq(value, "DMARC1");
}

/* One tag that says a policy. False: it stands there, and says nothing known. */
static bool
read_policy(const void *ctx, const char *txt, const char *tag, int *out)
{
	char *value = gp_tag_value(ctx, txt, tag);

	*out = policy_of(value);
	return value == NULL || *out != NO_POLICY;
}

/* Section 4.7: a policy that is none makes the whole record ask for nothing. */
static void
read_record(const void *ctx, const char *txt, struct gp_dmarc_found *r)
{
	bool good = read_policy(ctx, txt, "p", &r->p);

	good = read_policy(ctx, txt, "sp", &r->sp) && good;
	good = read_policy(ctx, txt, "np", &r->np) && good;
	if (!good)
		r->p = r->sp = r->np = GP_POLICY_NONE;
	else if (r->p == NO_POLICY)
		r->p = GP_POLICY_NONE;
	r->stops = gp_strieq(gp_tag_value(ctx, txt, "psd"), "n");
	r->is_suffix = gp_strieq(gp_tag_value(ctx, txt, "psd"), "y");
	r->testing = gp_strieq(gp_tag_value(ctx, txt, "t"), "y");
}

/* The one record among the texts; two of them are as good as none. */
static bool
find_record(const void *ctx, const char *const *txt, size_t n, struct gp_dmarc_found *r)
{
	const char *one = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!is_record(txt[i]))
			continue;
		if (one != NULL)
			return false;
		one = txt[i];
	}
	if (one != NULL)
		read_record(ctx, one, r);
	return one != NULL;
}

static size_t
labels(const char *domain)
{
	size_t n = 1;

	for (; *domain != '\0'; domain++)
		n += *domain == '.';
	return n;
}

static const char *
above(const char *domain)
{
	const char *dot = strchr(domain, '.');

	return dot != NULL ? dot + 1 : NULL;
}

enum gp_status
gp_dmarc_begin(const void *ctx, const char *domain, struct gp_dmarc **out, struct gp_err *err)
{
	struct gp_dmarc *d = gp_new(ctx, struct gp_dmarc);
	size_t n;

	d->domain = gp_idn_ascii(d, domain);
	if (d->domain == NULL)
		d->domain = gp_strdup(d, domain);
	gp_str_lower(d->domain);
	n = strlen(d->domain);
	if (n > 0 && d->domain[n - 1] == '.')
		d->domain[--n] = '\0';
	if (n == 0 || n > 253 || *d->domain == '.' || strstr(d->domain, "..") != NULL ||
	    strspn(d->domain, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != n) {
		talloc_free(d);
		return gp_fail(err, GP_E_PARSE, "%s is no domain", domain);
	}
	d->records = gp_array(d, struct gp_dmarc_found, GP_DMARC_QUERIES);
	d->at = d->domain;
	d->query = gp_asprintf(d, "_dmarc.%s", d->at);
	*out = d;
	return GP_OK;
}

static void
finish(struct gp_dmarc *d, enum gp_policy policy, const struct gp_dmarc_found *r)
{
	d->query = NULL;
	d->policy = policy;
	if (r != NULL) {
		d->found = gp_strdup(d, r->domain);
		d->testing = r->testing;
	}
}

/* The name one label below `suffix` on the way to the author's domain; the suffix itself if there
 * is nothing below. */
static const char *
one_below(const struct gp_dmarc *d, const char *suffix)
{
	const char *p, *below = d->domain;

	for (p = d->domain; p != NULL && p != suffix; p = above(p))
		below = p;
	return p == NULL ? suffix : below;
}

static const struct gp_dmarc_found *
record_of(const struct gp_dmarc *d, const char *domain)
{
	size_t i;

	for (i = 0; i < d->records_n; i++)
		if (strcmp(d->records[i].domain, domain) == 0)
			return &d->records[i];
	return NULL;
}

/*
 * Section 4.10.2: the record of the organisation. The walk ended at psd=n: that one. At psd=y: the
 * name below it, or in default of its record the suffix's own. Else the highest that was found.
 */
static const struct gp_dmarc_found *
organisation(const struct gp_dmarc *d)
{
	const struct gp_dmarc_found *last, *below;

	if (d->records_n == 0)
		return NULL;
	last = &d->records[d->records_n - 1];
	if (!last->is_suffix)
		return last;
	below = record_of(d, one_below(d, last->domain));
	return below != NULL ? below : last;
}

/* Above the author's domain: sp, or np where the domain isn't in the DNS at all. */
static void
decide(struct gp_dmarc *d, const struct gp_dmarc_found *r, bool exists)
{
	int policy = r->sp != NO_POLICY ? r->sp : r->p;

	if (!exists && r->np != NO_POLICY)
		policy = r->np;
	finish(d, (enum gp_policy)policy, r);
}

static void
end_walk(struct gp_dmarc *d)
{
	const struct gp_dmarc_found *r = organisation(d);

	if (r == NULL) {
		finish(d, GP_POLICY_NONE, NULL);
	} else if (r->np != NO_POLICY) {
		d->asks_existence = true;
		d->query = d->domain;
	} else {
		decide(d, r, true);
	}
}

/* Section 4.10.1: a name of eight labels and more goes on with its last seven. */
static void
go_up(struct gp_dmarc *d)
{
	size_t n = labels(d->at);

	if (d->at == d->domain && n > NEAR)
		for (; n > NEAR; n--)
			d->at = above(d->at);
	else
		d->at = above(d->at);
	if (d->at == NULL || d->asked >= GP_DMARC_QUERIES)
		end_walk(d);
	else
		d->query = gp_asprintf(d, "_dmarc.%s", d->at);
}

void
gp_dmarc_answer(struct gp_dmarc *d, enum gp_dns_status status, const char *const *txt, size_t n)
{
	struct gp_dmarc_found *r = &d->records[d->records_n];

	if (status == GP_DNS_FAILED) {
		finish(d, GP_POLICY_UNKNOWN, NULL);
		return;
	}
	if (d->asks_existence) {
		decide(d, organisation(d), status != GP_DNS_NO_DOMAIN);
		return;
	}
	d->asked++;
	if (status != GP_DNS_OK || !find_record(d, txt, n, r)) {
		go_up(d);
		return;
	}
	r->domain = d->at;
	if (d->at == d->domain) {
		finish(d, (enum gp_policy)r->p, r);
		return;
	}
	d->records_n++;
	if (r->stops || r->is_suffix)
		end_walk(d);
	else
		go_up(d);
}
