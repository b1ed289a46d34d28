/* SPDX-License-Identifier: ISC */
/*
 * One bare address: checked for use in an envelope or a membership (RFC 5321
 * section 4.1.2, RFC 6531 section 3.3), folded to the key that it is looked up by,
 * unwrapped from what forwarders put around it, and written into a header.
 *
 * Bent on purpose: dots may stand anywhere in a local part, because mail providers
 * gave such addresses to people; blanks and angle brackets may stand nowhere, not
 * even quoted, because too much else would have to know about it.
 */
#include "private.h"

#include <string.h>

/* The @ that ends the local part: the first outside quotes. */
static const char *
split(const char *addr)
{
	bool quoted = false;
	const char *p;

	for (p = addr; *p != '\0'; p++) {
		if (*p == '\\' && quoted && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == '@' && !quoted)
			return p;
	}
	return NULL;
}

const char *
gp_addr_domain(const char *addr)
{
	const char *at = strrchr(addr, '@');

	return at == NULL ? "" : at + 1;
}

/* ---- strict ---------------------------------------------------------------- */

static enum gp_status
check_bytes(const char *addr, struct gp_err *err)
{
	const char *p;

	if (*addr == '\0')
		return gp_fail(err, GP_E_PARSE, "the address is empty");
	if (strlen(addr) > GP_MAX_ADDRESS)
		return gp_fail(err, GP_E_PARSE, "the address has more than %d bytes",
		    GP_MAX_ADDRESS);
	if (!gp_utf8_valid(addr, strlen(addr)))
		return gp_fail(err, GP_E_PARSE, "the address is not valid UTF-8");
	for (p = addr; *p != '\0'; p++) {
		if ((unsigned char)*p < 32 || *p == 127)
			return gp_fail(err, GP_E_PARSE, "the address holds a control character");
		if (*p == '\xc2' && (unsigned char)p[1] < 0xa0)
			return gp_fail(err, GP_E_PARSE, "the address holds a control character");
		if (*p == ' ' || *p == '<' || *p == '>')
			return gp_fail(err, GP_E_PARSE, "the address holds '%c'", *p);
	}
	return GP_OK;
}

/* RFC 5322 section 3.2.3 with RFC 6532; '.' besides. */
static bool
is_atext(char c)
{
	return (unsigned char)c >= 128 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

static enum gp_status
check_local(const char *p, size_t n, struct gp_err *err)
{
	size_t i;

	if (n == 0)
		return gp_fail(err, GP_E_PARSE, "nothing stands in front of the @");
	if (n > GP_MAX_LOCAL_PART)
		return gp_fail(err, GP_E_PARSE, "more than %d bytes stand in front of the @",
		    GP_MAX_LOCAL_PART);
	if (n > 2 && p[0] == '"' && p[n - 1] == '"') {
		for (i = 1; i < n - 1; i++) {
			if (p[i] == '\\' && i + 1 < n - 1)
				i++;
			else if (p[i] == '"' || p[i] == '\\')
				return gp_fail(err, GP_E_PARSE, "a quote stands in the local part");
		}
		return GP_OK;
	}
	for (i = 0; i < n; i++)
		if (!is_atext(p[i]))
			return gp_fail(err, GP_E_PARSE,
			    "'%c' can't stand in front of the @ without quotes", p[i]);
	return GP_OK;
}

/* "[127.0.0.1]" and "[IPv6:...]" (RFC 5321 section 4.1.3), by their characters. */
static bool
is_literal(const char *p, size_t n)
{
	size_t i;

	if (n < 5 || p[0] != '[' || p[n - 1] != ']')
		return false;
	for (i = 1; i < n - 1; i++)
		if (strchr("0123456789abcdefABCDEF.:IPv", p[i]) == NULL)
			return false;
	return true;
}

static bool
is_label(const char *p, size_t n)
{
	size_t i;

	if (n == 0 || n > 63 || p[0] == '-' || p[n - 1] == '-')
		return false;
	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] < 128 && strchr("-_", p[i]) == NULL &&
		    !(p[i] >= '0' && p[i] <= '9') && !(p[i] >= 'a' && p[i] <= 'z') &&
		    !(p[i] >= 'A' && p[i] <= 'Z'))
			return false;
	return true;
}

static enum gp_status
check_domain(const char *d, struct gp_err *err)
{
	if (*d == '\0')
		return gp_fail(err, GP_E_PARSE, "no domain stands behind the @");
	if (is_literal(d, strlen(d)))
		return GP_OK;
	for (;;) {
		size_t n = strcspn(d, ".");

		if (!is_label(d, n))
			return gp_fail(err, GP_E_PARSE,
			    "the domain behind the @ is no domain name");
		if (d[n] == '\0')
			return GP_OK;
		d += n + 1;
	}
}

enum gp_status
gp_addr_check(const char *addr, struct gp_err *err)
{
	enum gp_status st = check_bytes(addr, err);
	const char *at;

	if (st != GP_OK)
		return st;
	at = split(addr);
	if (at == NULL)
		return gp_fail(err, GP_E_PARSE, "the address has no @");
	st = check_local(addr, (size_t)(at - addr), err);
	return st == GP_OK ? check_domain(at + 1, err) : st;
}

/* ---- folding and unwrapping --------------------------------------------------- */

char *
gp_addr_fold(const void *ctx, const char *addr)
{
	const char *at = split(addr);
	char *domain, *out;
	size_t n;

	if (at == NULL || at == addr || at[1] == '\0')
		return NULL;
	domain = gp_idn_ascii(ctx, at + 1);
	if (domain == NULL)
		return NULL;
	n = strlen(domain);
	if (n > 1 && domain[n - 1] == '.')
		domain[n - 1] = '\0';
	out = gp_asprintf(ctx, "%.*s@%s", (int)(at - addr), addr, domain);
	talloc_free(domain);
	gp_str_lower(out);
	if (gp_addr_check(out, NULL) == GP_OK)
		return out;
	talloc_free(out);
	return NULL;
}

/* SRS0=hash=time=domain=local@forwarder; the mark may be followed by = + or -. */
static char *
unwrap_srs(const void *ctx, const char *s, size_t n)
{
	const char *part[4], *p = s, *end = s + n;
	int i;

	for (i = 0; i < 4; i++) {
		part[i] = p;
		p = memchr(p, '=', (size_t)(end - p));
		if (i < 3 && p == NULL)
			return NULL;
		p = p == NULL ? end : p + 1;
	}
	/* hash, time, domain, local */
	return gp_asprintf(ctx, "%.*s@%.*s", (int)(end - part[3]), part[3],
	    (int)(part[3] - 1 - part[2]), part[2]);
}

char *
gp_addr_unwrap(const void *ctx, const char *addr)
{
	const char *at = split(addr), *p, *inner;
	char *out = NULL;

	if (at == NULL)
		return gp_strdup(ctx, addr);
	if (gp_istarts(addr, "srs0") && strchr("=+-", addr[4]) != NULL) {
		out = unwrap_srs(ctx, addr + 5, (size_t)(at - addr - 5));
	} else if (gp_istarts(addr, "srs1") && strchr("=+-", addr[4]) != NULL) {
		/* SRS1=hash=forwarder==hash=time=domain=local */
		inner = gp_memmem(addr, (size_t)(at - addr), "==", 2);
		if (inner != NULL)
			out = unwrap_srs(ctx, inner + 2, (size_t)(at - inner - 2));
	} else if (gp_istarts(addr, "prvs=") || gp_istarts(addr, "btv1==")) {
		/* prvs=tag=local (BATV); Barracuda writes btv1==tag==local */
		p = addr + (gp_istarts(addr, "prvs=") ? 5 : 6);
		inner = memchr(p, '=', (size_t)(at - p));
		while (inner != NULL && inner + 1 < at && inner[1] == '=')
			inner++;
		if (inner != NULL && inner + 1 < at)
			out = gp_strdup(ctx, inner + 1);
	}
	if (out != NULL && gp_addr_check(out, NULL) == GP_OK)
		return out;
	talloc_free(out);
	return gp_strdup(ctx, addr);
}

char *
gp_addr_format(const void *ctx, const char *name, const char *addr)
{
	const char *line;
	char *phrase, *out;
	size_t used;

	if (name == NULL || *name == '\0')
		return gp_strdup(ctx, addr);
	phrase = gp_mail_encode_phrase(ctx, name);
	line = strrchr(phrase, '\n');
	line = line == NULL ? phrase : line + 1;
	used = strlen(line);
	if (*phrase == '\0')
		out = gp_strdup(ctx, addr);
	else
		out = gp_asprintf(ctx, "%s%s <%s>", phrase,
		    used + strlen(addr) + 3 > 76 ? "\r\n" : "", addr);
	talloc_free(phrase);
	return out;
}
