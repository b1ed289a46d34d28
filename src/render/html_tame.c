/* SPDX-License-Identifier: ISC */
/*
 * Any HTML becomes a small HTML of known tags and attributes, before a parser sees it.
 * Comments, scripts and styles go; tags that only group or decorate become the plainest
 * tag of their kind; unknown ones go and leave their text.
 *
 * This is not where safety comes from (html_clean.c writes only what it knows), but
 * where boundedness does: gumbo takes quadratic time on thousands of attributes or on
 * deep nesting. After this pass a tag has at most a handful of attributes, and at most
 * GP_MAX_HTML_DEPTH elements that don't end by themselves are open at a time.
 *
 * One pass; the tokens are those of the HTML standard (13.2.5) as far as they matter.
 */
#include "config.h"

#include "html.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TAGS = 200000 };

#define BLOCK(name) {name, "div", "div", HTML_NEST | HTML_LINE, HTML_PLAIN}
#define INLINE(name, as) {name, as, as, HTML_NEST, HTML_PLAIN}
#define DROP(name) {name, NULL, NULL, HTML_RAW, HTML_PLAIN}
#define HEADING(name, as) {name, name, as, HTML_NEST | HTML_LINE | HTML_APART, HTML_PLAIN}
#define PART(name, flags, kind) {name, name, name, flags, kind}

/* Sorted by name. */
static const struct html_tag tags[] = {
	PART("a", HTML_NEST, HTML_LINK),
	BLOCK("address"),
	BLOCK("article"),
	BLOCK("aside"),
	INLINE("b", "b"),
	PART("blockquote", HTML_NEST | HTML_LINE | HTML_APART, HTML_QUOTE),
	PART("br", HTML_VOID, HTML_BREAK),
	PART("caption", HTML_LINE, HTML_PLAIN),
	BLOCK("center"),
	INLINE("cite", "cite"),
	INLINE("code", "code"),
	PART("dd", HTML_LINE, HTML_PLAIN),
	INLINE("del", "del"),
	BLOCK("dir"),
	BLOCK("div"),
	PART("dl", HTML_NEST | HTML_LINE | HTML_APART, HTML_PLAIN),
	PART("dt", HTML_LINE, HTML_PLAIN),
	INLINE("em", "em"),
	BLOCK("fieldset"),
	BLOCK("figcaption"),
	BLOCK("figure"),
	BLOCK("footer"),
	BLOCK("form"),
	HEADING("h1", "h4"),
	HEADING("h2", "h5"),
	HEADING("h3", "h6"),
	HEADING("h4", "h6"),
	HEADING("h5", "h6"),
	HEADING("h6", "h6"),
	BLOCK("header"),
	PART("hr", HTML_VOID | HTML_LINE, HTML_RULE),
	INLINE("i", "i"),
	DROP("iframe"),
	PART("img", HTML_VOID, HTML_IMAGE),
	INLINE("ins", "ins"),
	INLINE("kbd", "kbd"),
	PART("li", HTML_LINE, HTML_ITEM),
	BLOCK("main"),
	BLOCK("nav"),
	DROP("noembed"),
	DROP("noframes"),
	PART("ol", HTML_NEST | HTML_LINE, HTML_NUMBERS),
	PART("p", HTML_LINE | HTML_APART, HTML_PLAIN),
	PART("pre", HTML_NEST | HTML_LINE | HTML_APART, HTML_PRE),
	INLINE("s", "s"),
	INLINE("samp", "samp"),
	DROP("script"),
	BLOCK("section"),
	INLINE("small", "small"),
	INLINE("span", "span"),
	INLINE("strike", "s"),
	INLINE("strong", "strong"),
	DROP("style"),
	INLINE("sub", "sub"),
	INLINE("sup", "sup"),
	PART("table", HTML_NEST | HTML_LINE | HTML_APART, HTML_PLAIN),
	PART("tbody", 0, HTML_PLAIN),
	PART("td", 0, HTML_CELL),
	PART("tfoot", 0, HTML_PLAIN),
	PART("th", 0, HTML_CELL),
	PART("thead", 0, HTML_PLAIN),
	DROP("title"),
	PART("tr", HTML_LINE, HTML_PLAIN),
	INLINE("tt", "code"),
	INLINE("u", "u"),
	PART("ul", HTML_NEST | HTML_LINE, HTML_BULLETS),
	INLINE("var", "var"),
};

const struct html_tag *
html_tag_find(const char *name, size_t n)
{
	size_t lo = 0, hi = GP_COUNT(tags), i;
	char key[12];

	if (n >= sizeof(key))
		return NULL;
	for (i = 0; i < n; i++)
		key[i] = (char)gp_ascii_lower((unsigned char)name[i]);
	key[n] = '\0';
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = strcmp(tags[mid].name, key);

		if (!cmp)
			return &tags[mid];
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

struct value {
	struct gp_str name, v;
};

struct scan {
	const char *s;
	size_t n, i;
	struct gp_buf *out;
	unsigned open[GP_COUNT(tags)];
	unsigned depth, tags;
	bool cut;	/* the text ended within a tag: no tag then */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The next attribute of a tag; false at its end ('>' is passed) or at the end of all. */
static bool
next_attr(struct scan *sc, struct value *a)
{
	const char *s = sc->s;
	size_t n = sc->n, i = sc->i, from;

	a->v = (struct gp_str){"", 0};
	while (i < n && (is_blank(s[i]) || s[i] == '/'))
		i++;
	if (i >= n || s[i] == '>') {
		sc->cut = i >= n;
		sc->i = i < n ? i + 1 : n;
		return false;
	}
	for (from = i++; i < n && !is_blank(s[i]) && s[i] != '/' && s[i] != '>' && s[i] != '=';)
		i++;
	a->name = (struct gp_str){s + from, i - from};
	sc->i = i;
	while (i < n && is_blank(s[i]))
		i++;
	if (i >= n || s[i] != '=')
		return true;
	for (i++; i < n && is_blank(s[i]);)
		i++;
	if (i < n && (s[i] == '"' || s[i] == '\'')) {
		const char *end = memchr(s + i + 1, s[i], n - i - 1);

		from = i + 1;
		i = end ? (size_t)(end - s) : n;
		a->v = (struct gp_str){s + from, i - from};
		sc->i = i < n ? i + 1 : n;
		return true;
	}
	for (from = i; i < n && !is_blank(s[i]) && s[i] != '>';)
		i++;
	a->v = (struct gp_str){s + from, i - from};
	sc->i = i;
	return true;
}

/* Styles that keep something out of sight: the line for the preview of a newsletter. */
static bool
hides(struct gp_str style)
{
	char flat[400];
	size_t i, n = 0;

	for (i = 0; i < style.n && n < sizeof(flat) - 1; i++)
		if (!is_blank(style.p[i]))
			flat[n++] = (char)gp_ascii_lower((unsigned char)style.p[i]);
	flat[n] = '\0';
	return strstr(flat, "display:none") || strstr(flat, "visibility:hidden") ||
	    strstr(flat, "mso-hide:all");
}

/* What mail programs call the block of a signature: "gmail_signature", "moz-signature", "AppleMailSignature"; not what
 * stands in front of it. */
static bool
signs(struct gp_str name)
{
	char flat[200];
	size_t i, n = 0;

	for (i = 0; i < name.n && n < sizeof(flat) - 1; i++)
		flat[n++] = (char)gp_ascii_lower((unsigned char)name.p[i]);
	flat[n] = '\0';
	return strstr(flat, "signature") && !strstr(flat, "prefix");
}

static void
put_attr(struct gp_buf *b, const char *name, struct gp_str v)
{
	size_t i, from = 0;

	gp_buf_printf(b, " %s=\"", name);
	for (i = 0; i < v.n; i++)
		if (v.p[i] == '"') {
			gp_buf_add(b, v.p + from, i - from);
			gp_buf_puts(b, "&quot;");
			from = i + 1;
		}
	gp_buf_add(b, v.p + from, v.n - from);
	gp_buf_putc(b, '"');
}

static void
put_attrs(struct scan *sc, const struct html_tag *t, bool write)
{
	static const char *const kept[] = {"href", "src", "alt", "colspan", "rowspan", "start",
	    "dir"};
	bool seen[GP_COUNT(kept)] = {false}, hidden = false, signature = false;
	struct value a;
	size_t k;

	while (next_attr(sc, &a)) {
		if (!write)
			continue;
		hidden |= gp_str_ieq(a.name, "hidden") || (gp_str_ieq(a.name, "style") &&
		    hides(a.v));
		signature |= (gp_str_ieq(a.name, "class") || gp_str_ieq(a.name, "id")) && signs(a.v);
		for (k = 0; k < GP_COUNT(kept); k++)
			if (!seen[k] && a.v.n < 4096 && gp_str_ieq(a.name, kept[k])) {
				seen[k] = true;
				put_attr(sc->out, kept[k], a.v);
			}
	}
	if (hidden && !(t->flags & HTML_VOID))
		gp_buf_puts(sc->out, " hidden");
	if (signature && !(t->flags & HTML_VOID))
		gp_buf_puts(sc->out, " signature");
}

/* Skip to behind "</name", which ends what holds no tags. */
static void
skip_raw(struct scan *sc, const struct html_tag *t)
{
	size_t len = strlen(t->name);
	const char *p = sc->s + sc->i, *end = sc->s + sc->n;

	while (p < end && (p = memchr(p, '<', (size_t)(end - p)))) {
		if ((size_t)(end - p) > len + 1 && p[1] == '/' &&
		    gp_str_ieq((struct gp_str){p + 2, len}, t->name)) {
			sc->i = (size_t)(p - sc->s);
			return;
		}
		p++;
	}
	sc->i = sc->n;
}

static struct gp_str
read_name(struct scan *sc)
{
	size_t from = sc->i;

	while (sc->i < sc->n && !is_blank(sc->s[sc->i]) && sc->s[sc->i] != '/' &&
	    sc->s[sc->i] != '>')
		sc->i++;
	return (struct gp_str){sc->s + from, sc->i - from};
}

static void
start_tag(struct scan *sc)
{
	struct gp_str name = read_name(sc);
	const struct html_tag *t = html_tag_find(name.p, name.n);
	bool write = t && t->tame && sc->tags < MAX_TAGS &&
	    (!(t->flags & HTML_NEST) || sc->depth < GP_MAX_HTML_DEPTH);
	size_t from = sc->out->len;

	if (write) {
		gp_buf_printf(sc->out, "<%s", t->tame);
		sc->tags++;
		if (t->flags & HTML_NEST) {
			sc->depth++;
			sc->open[t - tags]++;
		}
	}
	put_attrs(sc, t, write);
	if (sc->cut)
		gp_buf_cut(sc->out, from);
	else if (write)
		gp_buf_putc(sc->out, '>');
	if (t && (t->flags & HTML_RAW))
		skip_raw(sc, t);
}

static void
end_tag(struct scan *sc)
{
	struct gp_str name = read_name(sc);
	const struct html_tag *t = html_tag_find(name.p, name.n);
	struct value a;

	while (next_attr(sc, &a))
		;
	if (!t || !t->tame || sc->tags >= MAX_TAGS || (t->flags & HTML_VOID))
		return;
	if (t->flags & HTML_NEST) {
		/* What was never opened ends nothing: gumbo would not count it either. */
		if (!sc->open[t - tags])
			return;
		sc->open[t - tags]--;
		sc->depth--;
	}
	sc->tags++;
	gp_buf_printf(sc->out, "</%s>", t->tame);
}

/* "<!-- ... -->", or anything else that starts with "<!" or "<?" and ends at ">". */
static void
skip_comment(struct scan *sc)
{
	const char *p = sc->s + sc->i, *end = sc->s + sc->n, *close;

	if (end - p >= 4 && !memcmp(p, "<!--", 4)) {
		p += 4;
		if (p < end && *p == '>')
			close = p;
		else if (end - p >= 2 && p[0] == '-' && p[1] == '>')
			close = p + 1;
		else
			close = (close = gp_memmem(p, (size_t)(end - p), "-->", 3)) ? close + 2 :
			    NULL;
	} else {
		close = memchr(p, '>', (size_t)(end - p));
	}
	sc->i = close ? (size_t)(close - sc->s) + 1 : sc->n;
}

void
html_tame(struct gp_buf *out, const char *html, size_t n)
{
	struct scan sc = {.s = html, .n = n, .out = out};

	while (sc.i < n && !out->over) {
		const char *lt = memchr(html + sc.i, '<', n - sc.i);
		size_t at = lt ? (size_t)(lt - html) : n;
		char c1 = at + 1 < n ? html[at + 1] : '\0', c2 = at + 2 < n ? html[at + 2] : '\0';

		gp_buf_add(out, html + sc.i, at - sc.i);
		sc.i = at;
		if (at == n)
			break;
		if (is_letter(c1)) {
			sc.i = at + 1;
			start_tag(&sc);
		} else if (c1 == '/' && is_letter(c2)) {
			sc.i = at + 2;
			end_tag(&sc);
		} else if (c1 == '!' || c1 == '?' || (c1 == '/' && c2)) {
			skip_comment(&sc);
		} else {
			gp_buf_puts(out, "&lt;");
			sc.i = at + 1;
		}
	}
}
