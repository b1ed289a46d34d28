/* SPDX-License-Identifier: ISC */
/*
 * Fuzzing of strangers' HTML. What is cleaned holds only tags and attributes that we
 * write, is valid UTF-8 without controls, and is what it is when it is cleaned again
 * as far as its tags go; the text is text.
 */
#include "config.h"

#include "guildpost/render.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_known(const char *name, size_t n)
{
	static const char *const known[] = {"a", "b", "blockquote", "br", "caption", "cite",
	    "code", "dd",
	    "del", "div", "dl", "dt", "em", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol",
	    "p", "pre",
	    "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
	    "th",
	    "thead", "tr", "u", "ul", "var"};
	size_t i;

	for (i = 0; i < GP_COUNT(known); i++)
		if (strlen(known[i]) == n && !memcmp(known[i], name, n))
			return true;
	return false;
}

/* Every tag is one of ours; an attribute is a known name and a quoted value. */
static void
check(const char *s, size_t n)
{
	static const char *const attrs[] = {"href=\"http", "href=\"cid:",
	    "rel=\"nofollow ugc noopener\"",
	    "class=\"q\"", "dir=\"", "colspan=\"", "rowspan=\"", "start=\""};
	size_t i = 0, from, k;

	while (i < n) {
		if (s[i] == '>')
			__builtin_trap(); /* in text it would be escaped */
		if (s[i++] != '<')
			continue;
		i += s[i] == '/';
		for (from = i; i < n && s[i] != ' ' && s[i] != '>'; i++)
			;
		if (!is_known(s + from, i - from))
			__builtin_trap();
		while (i < n && s[i] == ' ') {
			for (i++, k = 0; k < GP_COUNT(attrs) && strncasecmp(s + i, attrs[k],
			    strlen(attrs[k])); k++)
				;
			if (k == GP_COUNT(attrs))
				__builtin_trap();
			i = (size_t)(strchr(s + i, '"') - s) + 1;
			i = (size_t)(strchr(s + i, '"') - s) + 1;
		}
		if (i >= n || s[i++] != '>')
			__builtin_trap();
	}
}

static void
check_text(const char *s, size_t n)
{
	size_t i;

	if (!gp_utf8_valid(s, n))
		__builtin_trap();
	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] < ' ' && s[i] != '\t' && s[i] != '\n') || s[i] == 0x7f)
			__builtin_trap();
}

/* What goes makes it shorter, each time. */
static void
check_pixels(const void *ctx, const char *p, size_t n)
{
	size_t m = 0, again;
	char *out = gp_html_without_pixels(ctx, p, n, &m);

	if (out == NULL)
		return;
	if (m >= n)
		__builtin_trap();
	if (gp_html_without_pixels(ctx, out, m, &again) != NULL && again >= m)
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	char *in = gp_utf8_clean(ctx, (const char *)data, size), *out;
	size_t n;

	check_pixels(ctx, (const char *)data, size);
	if (gp_html_clean(ctx, in, strlen(in), &out, &n, NULL))
		__builtin_trap();
	check_text(out, n);
	check(out, n);
	if (gp_html_text(ctx, in, strlen(in), &out, &n, NULL))
		__builtin_trap();
	check_text(out, n);
	talloc_free(ctx);
	return 0;
}
