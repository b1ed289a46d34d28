/* SPDX-License-Identifier: ISC */
/*
 * One line of a message as HTML. Everything is escaped; web addresses become links;
 * the domain of mail addresses is hidden, since pages are read by harvesters; control
 * characters and those that turn the direction of writing are shown as what they are,
 * so that no text can look like another.
 *
 * Bytes that need no care are copied in runs: most of a message is.
 */
#include "config.h"

#include "text.h"

#include <string.h>

#include "links.h"

enum care { PLAIN, MARKUP, COLON, AT, CONTROL, LEAD };

static const unsigned char care_of[256] = {
	[0x00] = CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL,
	[0x09] = PLAIN, [0x0a] = PLAIN, [0x0b] = CONTROL, CONTROL, CONTROL, CONTROL, CONTROL,
	[0x10] = CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL,
	[0x18] = CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL,
	[0x7f] = CONTROL,
	['&'] = MARKUP, ['<'] = MARKUP, ['>'] = MARKUP, ['"'] = MARKUP,
	[':'] = COLON, ['@'] = AT,
	[0xc2] = LEAD, [0xd8] = LEAD, [0xe2] = LEAD, [0xef] = LEAD,
};

static bool
is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    c >= 0x80;
}

/*
 * The domain of a mail address behind the @ at s[at]: its length, or 0 when this is no
 * address. Its last part must begin with a letter: "package@1.2.3" is none.
 */
static size_t
domain_length(const char *s, size_t n, size_t at)
{
	size_t i, label = at + 1, dots = 0, end;

	if (!at || at + 1 >= n || (!is_alnum((unsigned char)s[at - 1]) && !strchr("_-+.=\"",
	    s[at - 1])))
		return 0;
	if (s[at + 1] == '[') {
		for (i = at + 2; i < n && i - at < 64 && (is_alnum((unsigned char)s[i]) ||
		    s[i] == '.' || s[i] == ':');)
			i++;
		return i < n && s[i] == ']' && i > at + 2 ? i - at : 0;
	}
	for (i = at + 1; i < n && (is_alnum((unsigned char)s[i]) || s[i] == '-' || s[i] == '.' ||
	    s[i] == '_'); i++)
		if (s[i] == '.' && i > at + 1 && i + 1 < n && is_alnum((unsigned char)s[i + 1])) {
			dots++;
			label = i + 1;
		}
	end = i;
	while (end > at + 1 && !is_alnum((unsigned char)s[end - 1]))
		end--;
	if (!dots || label >= end || (s[label] >= '0' && s[label] <= '9'))
		return 0;
	return end - at - 1;
}

/* Characters that turn the direction of writing, or are not there at all: bytes, or 0. */
static size_t
unseen(const char *p, size_t n, uint32_t *cp)
{
	size_t len = gp_utf8_next(p, n, cp);

	if (!len)
		return 0;
	if ((*cp >= 0x80 && *cp < 0xa0) || *cp == 0x61c || *cp == 0x200e || *cp == 0x200f ||
	    (*cp >= 0x202a && *cp <= 0x202e) || (*cp >= 0x2066 && *cp <= 0x2069) || *cp == 0xfeff ||
	    (*cp >= 0xfff9 && *cp <= 0xfffb) || *cp >= 0xfffe)
		return len;
	return 0;
}

/* The part of a link to ourselves that stands behind the host, or NULL for a foreign one. */
static const char *
own_path(const char *url, size_t n, const char *site)
{
	size_t len = site ? strlen(site) : 0;
	const char *path;

	if (!len || n < len || memcmp(url, site, len) || (n > len && !strchr("/?#", url[len])))
		return NULL;
	path = memchr(url + 8, '/', n - 8);
	return path;
}

static void
put_link(struct gp_buf *b, const char *url, size_t n, const struct gp_text_opts *opts)
{
	const char *path = n > 8 ? own_path(url, n, opts->url) : NULL;

	gp_buf_puts(b, "<a href=\"");
	if (path)
		link_put(b, path, n - (size_t)(path - url));
	else
		link_put(b, url, n);
	gp_buf_puts(b, path ? "\">" : "\" rel=\"nofollow ugc noopener\">");
	gp_escape_html(b, url, n);
	gp_buf_puts(b, "</a>");
}

static const char *
markup(char c)
{
	return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&quot;";
}

/* U+2400 and on: one sign for each control character. */
static void
put_control(struct gp_buf *b, unsigned char c)
{
	char out[4];

	if (c == '\r' || c == '\f' || c == '\v')
		gp_buf_putc(b, ' ');
	else
		gp_buf_add(b, out, gp_utf8_put(out, c == 0x7f ? 0x2421 : 0x2400 + c));
}

void
text_inline(struct gp_buf *b, const char *p, size_t n, const struct gp_text_opts *opts)
{
	size_t i = 0, from = 0, start, len;
	uint32_t cp;

	for (;;) {
		unsigned char c;

		while (i < n && !care_of[(unsigned char)p[i]])
			i++;
		if (i == n)
			break;
		c = (unsigned char)p[i];
		len = 1;
		switch (care_of[c]) {
		case COLON:
			if ((opts->flags & TEXT_NO_LINKS) || !link_at(p, n, i, &start, &len) ||
			    start < from) {
				i++;
				continue;
			}
			gp_buf_add(b, p + from, start - from);
			put_link(b, p + start, len, opts);
			i = from = start + len;
			continue;
		case AT:
			if (!(len = domain_length(p, n, i))) {
				i++;
				continue;
			}
			gp_buf_add(b, p + from, i + 1 - from);
			gp_buf_puts(b, "...");
			i = from = i + 1 + len;
			continue;
		case LEAD:
			if (!(len = unseen(p + i, n - i, &cp))) {
				i++;
				continue;
			}
			gp_buf_add(b, p + from, i - from);
			gp_buf_printf(b, "[U+%04X]", cp);
			break;
		case CONTROL:
			gp_buf_add(b, p + from, i - from);
			put_control(b, c);
			break;
		default:
			gp_buf_add(b, p + from, i - from);
			gp_buf_puts(b, markup((char)c));
		}
		i = from = i + len;
	}
	gp_buf_add(b, p + from, n - from);
}

char *
gp_text_hide_addrs(const void *ctx, const char *s, size_t n)
{
	size_t i = 0, from = 0, len;
	struct gp_buf b;
	const char *at;

	gp_buf_init(&b, ctx, n * 2 + 8);
	while (i < n && (at = memchr(s + i, '@', n - i))) {
		i = (size_t)(at - s);
		if ((len = domain_length(s, n, i))) {
			gp_buf_add(&b, s + from, i + 1 - from);
			gp_buf_puts(&b, "...");
			i = from = i + 1 + len;
		} else {
			i++;
		}
	}
	gp_buf_add(&b, s + from, n - from);
	return b.p;
}
