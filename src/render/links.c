/* SPDX-License-Identifier: ISC */
/*
 * Web addresses within text (RFC 3986, generously): where one starts and ends, which
 * ones may become links, how they are written into an attribute. An allow-list of
 * schemes: "javascript:", "data:", "feed:" and what comes next year are never links.
 */
#include "config.h"

#include "links.h"

#include <string.h>

enum { LINK_MAX = 2000 };

/* Bytes that end an address in running text. Non-ASCII letters may be part of one. */
static bool
ends_link(unsigned char c)
{
	return c <= ' ' || c == 0x7f || strchr("<>\"`{}|\\^", c);
}

/* The end without the full stop, the bracket or the quote of the sentence around it. */
static size_t
trim_end(const char *p, size_t n)
{
	int open = 0;
	size_t i;

	for (i = 0; i < n; i++)
		open += p[i] == '(' ? 1 : p[i] == ')' ? -1 : 0;
	while (n) {
		if (p[n - 1] == ')') {
			if (open >= 0)
				break;
			open++;
		} else if (!strchr(".,;:!?'*_]", p[n - 1])) {
			break;
		}
		n--;
	}
	return n;
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
link_at(const char *s, size_t n, size_t colon, size_t *start, size_t *len)
{
	size_t scheme = 0, end;

	if (n - colon < 4 || s[colon + 1] != '/' || s[colon + 2] != '/')
		return false;
	if (colon >= 5 && gp_str_ieq((struct gp_str){s + colon - 5, 5}, "https"))
		scheme = 5;
	else if (colon >= 4 && gp_str_ieq((struct gp_str){s + colon - 4, 4}, "http"))
		scheme = 4;
	if (!scheme || (colon > scheme && is_word(s[colon - scheme - 1])))
		return false;
	for (end = colon + 3; end < n && end - colon < LINK_MAX &&
	    !ends_link((unsigned char)s[end]);)
		end++;
	if (end - colon >= LINK_MAX)
		return false;
	*start = colon - scheme;
	*len = trim_end(s + *start, end - *start);
	/* Something must stand behind the slashes, and not more slashes. */
	return *len > scheme + 3 && (is_word(s[colon + 3]) || s[colon + 3] == '[' ||
	    (unsigned char)s[colon + 3] >= 0x80);
}

static bool
has_line_end(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i + 2 < n; i++)
		if (p[i] == '%' && p[i + 1] == '0' && strchr("aAdD0", p[i + 2]))
			return true;
	return false;
}

bool
link_allowed(const char *url, size_t n, bool mail)
{
	char scheme[9];
	size_t i;

	for (i = 0; i < n && i < sizeof(scheme) && url[i] != ':'; i++)
		scheme[i] = (char)gp_ascii_lower((unsigned char)url[i]);
	if (i == n || i == sizeof(scheme) || n - i < 2)
		return false;
	scheme[i] = '\0';
	if (gp_streq(scheme, "mailto"))
		/* An encoded line end would be a header field of someone else's choice. */
		return mail && !has_line_end(url, n);
	return (gp_streq(scheme, "http") || gp_streq(scheme, "https")) && n - i > 3 &&
	    url[i + 1] == '/' && url[i + 2] == '/' && url[i + 3] != '/';
}

void
link_put(struct gp_buf *b, const char *url, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)url[i];

		if (c == '&')
			gp_buf_puts(b, "&amp;");
		else if (c == '\'')
			gp_buf_puts(b, "&#39;");
		else if (c <= ' ' || c >= 0x7f || strchr("<>\"`{}|\\^", c))
			gp_buf_printf(b, "%%%02X", c);
		else
			gp_buf_putc(b, c);
	}
}
