/* SPDX-License-Identifier: ISC */
/*
 * Fuzzing of plain text and of the escapes. As HTML it is valid, balanced and free of
 * tags that aren't ours; split, nothing is invented; as Markdown, what is escaped gives
 * no markup. The first byte says with which flags.
 */
#include "config.h"

#include "guildpost/render.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_html(const char *s, size_t n)
{
	static const char *const tags[] = {"p>", "p class=\"m\">", "p class=\"sig\">", "/p>",
	    "br>", "pre>",
	    "pre class=\"m\">", "pre class=\"sig\">", "/pre>", "blockquote class=\"q\">",
	    "/blockquote>",
	    "details>", "summary>", "/summary>", "/details>", "ins>", "/ins>", "del>", "/del>",
	    "span class=\"hk\">", "span class=\"fh\">", "span id=\"L", "/span>", "a href=\"http",
	    "a href=\"/", "a class=\"l\" href=\"#L", "p id=\"L", "p class=\"m\" id=\"L",
	    "p class=\"sig\" id=\"L", "/a>"};
	size_t i, k;
	int quotes = 0;

	if (!gp_utf8_valid(s, n))
		__builtin_trap();
	for (i = 0; i < n; i++) {
		if (s[i] != '<')
			continue;
		for (k = 0; k < GP_COUNT(tags) && strncasecmp(s + i + 1, tags[k],
		    strlen(tags[k])); k++)
			;
		if (k == GP_COUNT(tags))
			__builtin_trap();
		quotes += gp_starts(s + i, "<blockquote") ? 1 : gp_starts(s + i, "</blockquote") ?
		    -1 : 0;
		if (quotes < 0)
			__builtin_trap();
	}
	if (quotes)
		__builtin_trap();
}

/* One paragraph or more, breaks and links to itself: nothing else may come out. */
static void
check_markdown(const void *ctx, const char *in, size_t n)
{
	static const char *const tags[] = {"p dir=\"auto\">", "/p>", "a href=\"http", "/a>"};
	char *md = gp_markdown_escape(ctx, in, n), *html;
	size_t i, k, html_n;

	if (gp_markdown_html(ctx, md, strlen(md), GP_MD_WEB, 1, NULL, NULL, &html, &html_n, NULL))
		return;
	for (i = 0; i < html_n; i++) {
		if (html[i] != '<')
			continue;
		for (k = 0; k < GP_COUNT(tags) && strncasecmp(html + i + 1, tags[k],
		    strlen(tags[k])); k++)
			;
		if (k == GP_COUNT(tags))
			__builtin_trap();
	}
	gp_markdown_text(ctx, md, strlen(md));
	gp_markdown_text(ctx, in, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gp_text_opts o = {.url = "http://x"};
	void *ctx = gp_ctx(NULL);
	char *in, *own, *quoted;
	size_t n, own_n, quoted_n;
	struct gp_buf b;
	bool fixed;

	if (size > 0)
		o.flags = data[0] & 31;
	in = gp_utf8_clean(ctx, (const char *)data + (size > 0), size - (size > 0));
	n = strlen(in);
	gp_buf_init(&b, ctx, 64 << 20);
	gp_text_html(&b, in, n, &o, &fixed);
	check_html(b.p, b.len);
	gp_text_split(ctx, in, n, o.flags, &own, &own_n, &quoted, &quoted_n);
	if (own_n > n || quoted_n > n || !gp_utf8_valid(own, own_n) || !gp_utf8_valid(quoted,
	    quoted_n))
		__builtin_trap();
	gp_text_snippet(ctx, own, own_n, 40);
	gp_text_hide_addrs(ctx, in, n);
	check_markdown(ctx, in, n);
	talloc_free(ctx);
	return 0;
}
