/* SPDX-License-Identifier: ISC */
/*
 * The writer's own words as paragraphs for Markdown: prose as one line each, so that every reader breaks it to their
 * own width; lists, verses and signatures line by line; code and patches as they stand, a few lines of them.
 */
#include "config.h"

#include "news.h"

#include <string.h>

enum { LEAST = 40, CODE_LINES = 8, SHORT = 56, LINE = 1000 };

struct shape {
	size_t lines, indented, shorter, marked;
	size_t n;		/* bytes */
};

static const char *
line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl == NULL ? end : nl;
}

static bool
is_blank(const char *p, const char *end)
{
	for (; p < end; p++)
		if (*p != ' ' && *p != '\t' && *p != '\r')
			return false;
	return true;
}

/* Does a line begin as one of a list, or of a patch? */
static bool
is_marked(const char *p, const char *end)
{
	size_t digits;

	for (; p < end && *p == ' ';)
		p++;
	if (end - p < 3)
		return false;
	digits = strspn(p, "0123456789");
	return ((*p == '-' || *p == '*' || *p == '+') && p[1] == ' ') ||
	    (digits > 0 && digits < 3 && (p[digits] == '.' || p[digits] == ')') && p[digits + 1] == ' ');
}

/* The paragraph at p, up to an empty line. */
static struct shape
look(const char *p, const char *end)
{
	struct shape s = {0};
	const char *from = p, *nl;

	for (; p < end; p = nl < end ? nl + 1 : end) {
		nl = line_end(p, end);
		if (is_blank(p, nl))
			break;
		s.lines++;
		s.indented += gp_starts(p, "    ") || *p == '\t' || gp_starts(p, "diff --git") || gp_starts(p, "@@ ");
		s.marked += is_marked(p, nl);
		s.shorter += (size_t)(nl - p) < SHORT;
		s.n = (size_t)(nl - from);
	}
	return s;
}

static void
put_code(const void *ctx, json_t *o, const char *p, const char *end, bool *cut)
{
	struct gp_buf b;
	const char *nl;
	char *text;
	size_t n;

	gp_buf_init(&b, ctx, 64 << 10);
	for (n = 0; p < end && n < CODE_LINES; n++, p = nl < end ? nl + 1 : end) {
		nl = line_end(p, end);
		gp_buf_puts(&b, "    ");
		gp_buf_add(&b, p, (size_t)(nl - p) < LINE ? (size_t)(nl - p) : gp_utf8_cut(p, (size_t)(nl - p), LINE));
		gp_buf_putc(&b, '\n');
	}
	*cut = *cut || p < end;
	text = b.p != NULL ? gp_utf8_clean(ctx, b.p, b.len) : gp_strdup(ctx, "");
	gp_json_text(o, "code_md", text);
	gp_json_text(o, "code", text);
}

/* One line, addresses hidden, at most `max` characters. */
static char *
clean(const void *ctx, const char *p, size_t n, size_t max, bool *cut)
{
	char *line = gp_utf8_line(ctx, p, n, (size_t)LINE * 8);
	char *shown = gp_text_hide_addrs(ctx, line, strlen(line));
	size_t count = gp_utf8_count(shown, strlen(shown)), at;

	if (count <= max)
		return shown;
	*cut = true;
	at = gp_utf8_skip(shown, strlen(shown), max);
	/* Not within a word, unless it is a very long one. */
	for (n = at; n > at / 2 && shown[n] != ' ';)
		n--;
	return gp_asprintf(ctx, "%.*s …", (int)(n > at / 2 ? n : at), shown);
}

/* Where the line at p ends: with `join`, in front of the next that begins as one of a list. */
static const char *
item_end(const char *p, const char *end, bool join)
{
	const char *nl = line_end(p, end);

	while (join && nl < end && !is_marked(nl + 1, line_end(nl + 1, end)))
		nl = line_end(nl + 1, end);
	return nl;
}

static void
put_lines(const void *ctx, json_t *o, const char *p, const char *end, bool join, size_t max, size_t *used,
    bool *cut)
{
	json_t *lines = gp_json_new_array(o, "lines"), *line;
	const char *nl;
	char *text;

	for (; p < end && *used < max; p = nl < end ? nl + 1 : end) {
		nl = item_end(p, end, join);
		text = clean(ctx, p, (size_t)(nl - p), max - *used, cut);
		*used += gp_utf8_count(text, strlen(text));
		line = gp_json_push_object(lines);
		gp_json_text(line, "line", text);
		gp_json_bool(line, "more_lines", nl < end && *used < max);
	}
	gp_json_bool(o, "has_lines", true);
	*cut = *cut || p < end;
}

void
news_paragraphs(const void *ctx, json_t *array, const struct news_text *text, size_t max, bool *cut)
{
	const char *p = text->own, *end = p + text->own_n;
	size_t used = 0;
	char *words;

	*cut = text->cut;
	/* A few words of one more paragraph say nothing. */
	while (p < end && used + (used > 0 ? LEAST : 0) < max) {
		const char *nl = line_end(p, end);
		struct shape s = look(p, end);
		json_t *o;

		if (s.lines == 0) {
			p = nl < end ? nl + 1 : end;
			continue;
		}
		o = gp_json_push_object(array);
		if (s.indented * 2 > s.lines) {
			put_code(ctx, o, p, p + s.n, cut);
			used += s.n;
		} else if (s.lines > 1 && (s.marked > 0 || s.shorter == s.lines)) {
			put_lines(ctx, o, p, p + s.n, s.shorter < s.lines, max, &used, cut);
		} else {
			words = clean(ctx, p, s.n, max - used, cut);
			used += gp_utf8_count(words, strlen(words));
			gp_json_text(o, "text", words);
		}
		p += s.n;
	}
	*cut = *cut || (p < end && !is_blank(p, end));
}

char *
news_author(const void *ctx, const struct gp_site *site, const char *language, const struct gp_message *m)
{
	const char *name = m->unnamed ? gp_templates_word(site->templates, language, "Somebody") :
	    m->from_name[0] != '\0' ? m->from_name :
	    gp_strndup(ctx, m->from_addr, strcspn(m->from_addr, "@"));

	return news_line(ctx, name, 60);
}

char *
news_line(const void *ctx, const char *s, size_t max)
{
	char *shown = gp_text_hide_addrs(ctx, s, strlen(s));

	return gp_utf8_line(ctx, shown, strlen(shown), max);
}

/* Percent-encoded for a mailto address (RFC 6068 section 2). */
static void
put_encoded(struct gp_buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~", c) != NULL)
			gp_buf_putc(b, c);
		else
			gp_buf_printf(b, "%%%02X", c);
	}
}

char *
news_mailto(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const char *key, const char *msgid, const char *title)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, 16 << 10);
	gp_buf_printf(&b, "mailto:%s?", gp_route_address(ctx, site, list, "reply", key));
	if (msgid != NULL) {
		gp_buf_puts(&b, "In-Reply-To=");
		put_encoded(&b, gp_asprintf(ctx, "<%s>", msgid));
		gp_buf_putc(&b, '&');
	}
	gp_buf_puts(&b, "Subject=");
	put_encoded(&b, gp_asprintf(ctx, "Re: %s", news_line(ctx, title, 120)));
	return b.p;
}
