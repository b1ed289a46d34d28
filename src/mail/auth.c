/* SPDX-License-Identifier: ISC */
/*
 * Authentication-Results (RFC 8601 section 2.2): "server; method=result prop=value ...; ...",
 * with comments and quoted strings anywhere. Read with own code, as core needs it; whatever
 * is not understood says nothing.
 */
#include "private.h"

#include <string.h>

enum { MAX_TOKEN = 256 };

struct verdict {
	bool dmarc_pass, dmarc_fail;
	bool own_pass;		/* a DKIM signature or SPF of the author's domain holds */
	bool spf_fail;
};

/* Comments away, quotes off, blanks single; in lower case. */
static char *
plain(const void *ctx, const char *p)
{
	char *out = gp_alloc(ctx, strlen(p) + 1, "plain"), *to = out;
	int depth = 0;
	bool quoted = false;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0' && (quoted || depth > 0)) {
			p++;
			if (depth == 0)
				*to++ = *p;
		} else if (!quoted && *p == '(') {
			depth++;
		} else if (!quoted && *p == ')' && depth > 0) {
			depth--;
		} else if (depth == 0 && *p == '"') {
			quoted = !quoted;
		} else if (depth == 0) {
			*to++ = *p == '\t' ? ' ' : *p;
		}
	}
	*to = '\0';
	gp_str_lower(out);
	return out;
}

/* The value of "name=" among the words of one result; its length, or 0. */
static size_t
value_of(const char *result, const char *name, char value[MAX_TOKEN])
{
	size_t n = strlen(name), len;
	const char *p = result;

	while ((p = strstr(p, name)) != NULL) {
		bool starts = p == result || p[-1] == ' ';

		p += n;
		while (*p == ' ')
			p++;
		if (!starts || *p != '=')
			continue;
		p++;
		while (*p == ' ')
			p++;
		len = strcspn(p, " ;");
		if (len == 0 || len >= MAX_TOKEN)
			return 0;
		memcpy(value, p, len);
		value[len] = '\0';
		return len;
	}
	return 0;
}

/* Is it the domain of the author, or one above it ("example.org" of "mail.example.org")? */
static bool
is_aligned(const char *value, const char *domain)
{
	const char *at = strrchr(value, '@');
	size_t n, m = strlen(domain);

	if (at != NULL)
		value = at + 1;
	n = strlen(value);
	if (n == 0 || n > m || strcmp(domain + m - n, value) != 0)
		return false;
	/* A bare "org" signs for nobody. */
	return n == m || (domain[m - n - 1] == '.' && strchr(value, '.') != NULL);
}

static void
read_result(const char *result, const char *domain, struct verdict *v)
{
	char value[MAX_TOKEN], who[MAX_TOKEN];

	if (value_of(result, "dmarc", value) > 0) {
		/* About another From than ours it says nothing. */
		if (value_of(result, "header.from", who) > 0 && !is_aligned(who, domain))
			return;
		v->dmarc_pass |= strcmp(value, "pass") == 0;
		v->dmarc_fail |= strcmp(value, "fail") == 0;
	} else if (value_of(result, "dkim", value) > 0) {
		if (strcmp(value, "pass") == 0 && (value_of(result, "header.d", who) > 0 ||
		    value_of(result, "header.i", who) > 0))
			v->own_pass |= is_aligned(who, domain);
	} else if (value_of(result, "spf", value) > 0) {
		if (strcmp(value, "pass") == 0 && value_of(result, "smtp.mailfrom", who) > 0)
			v->own_pass |= is_aligned(who, domain);
		v->spf_fail |= strcmp(value, "fail") == 0;
	}
}

static void
read_field(const void *ctx, const char *text, const char *authserv, const char *domain,
    struct verdict *v)
{
	char *field = plain(ctx, text), *p, *next;
	size_t n;

	field += strspn(field, " ");
	n = strcspn(field, " ;");
	if (n != strlen(authserv) || strncmp(field, authserv, n) != 0)
		return;
	for (p = strchr(field, ';'); p != NULL; p = next) {
		p++;
		next = strchr(p, ';');
		if (next != NULL)
			*next = '\0';
		read_result(p, domain, v);
	}
}

enum gp_auth
gp_auth_results(const void *ctx, const struct gp_header *h, const char *authserv,
    const char *from_addr)
{
	const char *at = strrchr(from_addr, '@');
	struct verdict v = {false, false, false, false};
	void *tmp;
	char *server, *domain;
	size_t i, n;

	if (*authserv == '\0' || at == NULL)
		return GP_AUTH_NONE;
	tmp = gp_ctx(ctx);
	server = gp_strdup(tmp, authserv);
	gp_str_lower(server);
	domain = gp_strdup(tmp, at + 1);
	gp_str_lower(domain);
	n = gp_header_count(h, "Authentication-Results");
	for (i = 0; i < n; i++) {
		const struct gp_field *f = gp_header_find(h, "Authentication-Results", i);

		read_field(tmp, gp_field_value(tmp, h, f), server, domain, &v);
	}
	talloc_free(tmp);
	if (v.dmarc_pass || v.dmarc_fail)
		return v.dmarc_fail ? GP_AUTH_FAIL : GP_AUTH_PASS;
	return v.own_pass ? GP_AUTH_PASS : v.spf_fail ? GP_AUTH_FAIL : GP_AUTH_NONE;
}
