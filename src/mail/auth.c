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

/*
 * Comments as one blank, quotes off, in lower case. What stands within quotes can't part
 * anything: a sender may have chosen it (smtp.mailfrom="x; dmarc=pass"@evil.example). NULL:
 * a quote or a comment has no end, so nobody knows what belongs to what.
 */
static char *
plain(const void *ctx, const char *p)
{
	char *out = gp_alloc(ctx, strlen(p) + 1, "plain"), *to = out;
	bool quoted = false;
	int depth = 0;

	for (; *p != '\0'; p++) {
		bool escaped = *p == '\\' && p[1] != '\0' && (quoted || depth > 0);

		p += escaped;
		if (!escaped && !quoted && *p == '(') {
			if (depth++ == 0)
				*to++ = ' ';
		} else if (!escaped && !quoted && *p == ')' && depth > 0) {
			depth--;
		} else if (depth > 0) {
			continue;
		} else if (!escaped && *p == '"') {
			quoted = !quoted;
		} else if (quoted) {
			*to++ = strchr(" \t\r\n;=/", *p) != NULL ? '?' : *p;
		} else {
			*to++ = strchr("\t\r\n", *p) != NULL ? ' ' : *p;
		}
	}
	*to = '\0';
	gp_str_lower(out);
	return quoted || depth > 0 ? NULL : out;
}

/* "name = value" at p: the value; *next is behind it. 0: something else stands there. */
static size_t
value_at(const char *p, const char *name, char value[MAX_TOKEN], const char **next)
{
	size_t n = strlen(name), len;

	if (strncmp(p, name, n) != 0)
		return 0;
	p += n + strspn(p + n, " ");
	/* "dkim/1": the version of a method. */
	if (*p == '/') {
		p += 1 + strspn(p + 1, " ");
		len = strspn(p, "0123456789");
		p += len + strspn(p + len, " ");
		if (len == 0)
			return 0;
	}
	if (*p != '=')
		return 0;
	p += 1 + strspn(p + 1, " ");
	len = strcspn(p, " ");
	if (len == 0 || len >= MAX_TOKEN)
		return 0;
	memcpy(value, p, len);
	value[len] = '\0';
	*next = p + len;
	return len;
}

/* The value of a property among the words behind the method. */
static bool
property(const char *words, const char *name, char value[MAX_TOKEN])
{
	const char *p = words, *next;

	for (p += strspn(p, " "); *p != '\0'; p += strspn(p, " ")) {
		if (value_at(p, name, value, &next) > 0)
			return true;
		p += strcspn(p, " ");
	}
	return false;
}

/* The domain of an address or of a name, without the dot of the root. */
static const char *
domain_of(char *value)
{
	char *at = strrchr(value, '@'), *domain = at != NULL ? at + 1 : value;
	size_t n = strlen(domain);

	if (n > 0 && domain[n - 1] == '.')
		domain[n - 1] = '\0';
	return domain;
}

/* Is it the domain of the author, or one above it ("example.org" of "mail.example.org")? */
static bool
is_aligned(char *value, const char *domain)
{
	const char *above = domain_of(value);
	size_t n = strlen(above), m = strlen(domain);

	if (n == 0 || n > m || strcmp(domain + m - n, above) != 0)
		return false;
	/* A bare "org" signs for nobody. */
	return n == m || (domain[m - n - 1] == '.' && strchr(above, '.') != NULL);
}

/* "method=result prop=value prop=value" */
static void
read_result(const char *result, const char *domain, struct verdict *v)
{
	char value[MAX_TOKEN], who[MAX_TOKEN];
	const char *words;

	result += strspn(result, " ");
	if (value_at(result, "dmarc", value, &words) > 0) {
		/* About another From than ours it says nothing. */
		if (property(words, "header.from", who) && strcmp(domain_of(who), domain) != 0)
			return;
		v->dmarc_pass |= strcmp(value, "pass") == 0;
		v->dmarc_fail |= strcmp(value, "fail") == 0;
	} else if (value_at(result, "dkim", value, &words) > 0) {
		if (strcmp(value, "pass") == 0 && (property(words, "header.d", who) ||
		    property(words, "header.i", who)))
			v->own_pass |= is_aligned(who, domain);
	} else if (value_at(result, "spf", value, &words) > 0) {
		if (strcmp(value, "pass") == 0 && property(words, "smtp.mailfrom", who))
			v->own_pass |= is_aligned(who, domain);
		v->spf_fail |= strcmp(value, "fail") == 0;
	}
}

/* True: it is a field of our server. */
static bool
read_field(const void *ctx, const char *text, const char *authserv, const char *domain,
    struct verdict *v)
{
	char *field = plain(ctx, text), *p, *next;
	size_t n;

	if (field == NULL)
		return false;
	field += strspn(field, " ");
	n = strcspn(field, " ;");
	if (n != strlen(authserv) || strncmp(field, authserv, n) != 0)
		return false;
	for (p = strchr(field, ';'); p != NULL; p = next) {
		p++;
		next = strchr(p, ';');
		if (next != NULL)
			*next = '\0';
		read_result(p, domain, v);
	}
	return true;
}

static bool
is_field(const struct gp_header *h, const struct gp_field *f, const char *name)
{
	return f->name_len == strlen(name) && gp_mail_ieq(h->raw + f->start, name, f->name_len);
}

/* The fields of our server on top. What stands in its name below an older hop's Received came in with the mail
 * (RFC 8601 section 5). */
static void
read_fields(const void *ctx, const struct gp_header *h, const char *authserv, const char *domain,
    struct verdict *v)
{
	bool ours = false;
	size_t i;

	for (i = 0; i < h->n; i++) {
		const struct gp_field *f = &h->fields[i];

		if (is_field(h, f, "Received") && ours)
			return;
		if (is_field(h, f, "Authentication-Results"))
			ours |= read_field(ctx, gp_field_value(ctx, h, f), authserv, domain, v);
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

	if (*authserv == '\0' || at == NULL)
		return GP_AUTH_NONE;
	tmp = gp_ctx(ctx);
	server = gp_strdup(tmp, authserv);
	gp_str_lower(server);
	/* The field has A-labels, whatever From has. */
	domain = gp_idn_ascii(tmp, at + 1);
	if (domain == NULL) {
		domain = gp_strdup(tmp, at + 1);
		gp_str_lower(domain);
	}
	read_fields(tmp, h, server, domain, &v);
	talloc_free(tmp);
	if (v.dmarc_pass || v.dmarc_fail)
		return v.dmarc_fail ? GP_AUTH_FAIL : GP_AUTH_PASS;
	return v.own_pass ? GP_AUTH_PASS : v.spf_fail ? GP_AUTH_FAIL : GP_AUTH_NONE;
}
