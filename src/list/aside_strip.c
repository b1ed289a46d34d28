/* SPDX-License-Identifier: ISC */
/*
 * A post without the line that was a command to the list: "keep: How we mark queens" is nothing that the others
 * have to read. Only that line goes, in the text and in its twin in HTML, and only where both have it as a line of
 * its own; whatever is signed, encrypted or written in another way stays as it came.
 */
#include "config.h"

#include "command.h"

#include "guildpost/mail/carry.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_ENTITY = 9 };	/* bytes without the semicolon */

struct said {
	const char *words;	/* the line, UTF-8 with single blanks */
	bool html;
	const char *charset;	/* one byte a letter; NULL: UTF-8 */
};

/* What HTML writes with a name or a number; 0: the bytes are no such thing. */
static size_t
entity_at(const char *p, uint32_t *cp)
{
	static const struct { const char *name; uint32_t cp; } named[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'},
	    {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xa0}, {"auml", 0xe4}, {"ouml", 0xf6}, {"uuml", 0xfc}, {"Auml", 0xc4},
	    {"Ouml", 0xd6}, {"Uuml", 0xdc}, {"szlig", 0xdf}, {"agrave", 0xe0}, {"aacute", 0xe1}, {"acirc", 0xe2},
	    {"ccedil", 0xe7}, {"egrave", 0xe8}, {"eacute", 0xe9}, {"Eacute", 0xc9}, {"ecirc", 0xea}, {"iacute", 0xed},
	    {"ntilde", 0xf1}, {"oacute", 0xf3}, {"ocirc", 0xf4}, {"uacute", 0xfa}, {"rsquo", 0x2019}, {"ndash", 0x2013}};
	size_t n = 0, i;
	char *end;

	/* A mail of ampersands alone must not be gone through for each of them. */
	while (*p == '&' && n < LONGEST_ENTITY && p[n] != ';' && p[n] != '\0')
		n++;
	if (*p != '&' || p[n] != ';')
		return 0;
	for (i = 0; i < GP_COUNT(named); i++)
		if (strlen(named[i].name) == n - 1 && memcmp(p + 1, named[i].name, n - 1) == 0) {
			*cp = named[i].cp;
			return n + 1;
		}
	if (p[1] != '#' || strspn(p + 2, "xX0123456789abcdefABCDEF") != n - 2)
		return 0;
	*cp = (uint32_t)(p[2] == 'x' || p[2] == 'X' ? strtoul(p + 3, &end, 16) : strtoul(p + 2, &end, 10));
	return end == p + n ? n + 1 : 0;
}

/* The next sign of a text, a blank for all that is one; 0: it can't be read. */
static size_t
sign_at(const void *ctx, const struct said *s, const char *p, uint32_t *cp)
{
	size_t n = s->html ? entity_at(p, cp) : 0;

	if (n == 0 && s->charset != NULL && (unsigned char)*p >= 0x80) {
		char *utf8 = gp_charset_text(ctx, s->charset, p, 1, 8, &n);

		n = gp_utf8_next(utf8, n, cp) > 0;
	} else if (n == 0 && *p != '\0') {
		n = gp_utf8_next(p, strnlen(p, 4), cp);
	}
	if (n > 0 && (*cp == '\t' || *cp == '\r' || *cp == '\n' || *cp == 0xa0))
		*cp = ' ';
	return n;
}

/* Behind the blanks at p. */
static const char *
behind_blanks(const void *ctx, const struct said *s, const char *p)
{
	uint32_t cp;
	size_t n;

	while ((n = sign_at(ctx, s, p, &cp)) > 0 && cp == ' ')
		p += n;
	return p;
}

/* Where it ends, if it stands at p; NULL: it doesn't. Mail programs break a line where it has a blank. */
static const char *
said_at(const void *ctx, const struct said *s, const char *p)
{
	const char *w = s->words;
	uint32_t cp, want;
	size_t n, used;

	for (; *w != '\0'; w += used, p = want == ' ' ? behind_blanks(ctx, s, p + n) : p + n) {
		used = gp_utf8_next(w, strnlen(w, 4), &want);
		n = sign_at(ctx, s, p, &cp);
		if (used == 0 || n == 0 || cp != want)
			return NULL;
	}
	return p;
}

/* The text without the first line that is nothing but these words, and the empty lines behind it; NULL: there is
 * none. */
static char *
without_line(const void *ctx, const char *text, const struct said *s)
{
	const char *p, *next, *end;

	for (p = text; *p != '\0'; p = next) {
		next = p + strcspn(p, "\n");
		next += *next == '\n';
		end = said_at(ctx, s, p + strspn(p, " \t"));
		if (end == NULL)
			continue;
		end += strspn(end, " \t\r");
		if (*end != '\n' && *end != '\0')
			continue;
		end += *end == '\n';
		while (end[strspn(end, " \t\r")] == '\n')
			end += strspn(end, " \t\r") + 1;
		return gp_asprintf(ctx, "%.*s%s", (int)(p - text), text, end);
	}
	return NULL;
}

/* Where what is shown begins: a title is not. */
static const char *
body_of(const char *html)
{
	const char *p;

	for (p = html; (p = strchr(p, '<')) != NULL; p++)
		if (gp_istarts(p, "<body"))
			return p;
	return html;
}

/* HTML without these words where they stand alone between two tags. */
static char *
without_node(const void *ctx, const char *html, const struct said *s)
{
	const char *p = body_of(html), *end;

	for (; p != NULL; p = strchr(p, '>')) {
		p += *p == '>';
		end = *p == '<' ? NULL : said_at(ctx, s, behind_blanks(ctx, s, p));
		if (end == NULL)
			continue;
		end = behind_blanks(ctx, s, end);
		if (*end == '<' || *end == '\0')
			return gp_asprintf(ctx, "%.*s%s", (int)(p - html), html, end);
	}
	return NULL;
}

static char *
without(const void *ctx, const char *text, const struct said *s)
{
	return s->html ? without_node(ctx, text, s) : without_line(ctx, text, s);
}

/* One byte a letter, and not UTF-8 in truth; of other charsets than these two kinds nothing but ASCII is compared. */
static const char *
charset_of(const struct gp_part *p, const char *content, size_t n)
{
	return p->charset != NULL && !gp_utf8_valid(content, n) && (gp_istarts(p->charset, "iso-8859-") ||
	    gp_istarts(p->charset, "windows-125")) ? p->charset : NULL;
}

/* A body part without it; false: it is not there. */
static bool
strip_part(const void *ctx, const struct gp_inbound *in, const struct gp_part *p, const char *words,
    struct gp_replacement *out)
{
	struct said said = {words, (p->flags & GP_PART_BODY_HTML) != 0, NULL};
	char *content, *rest;
	size_t n;

	if (gp_part_is_sealed(in->mail, p) || gp_cte_decode(ctx, p->cte, in->raw + p->body, p->len, GP_MAX_MESSAGE,
	    &content, &n, NULL) != GP_OK || memchr(content, '\0', n) != NULL)
		return false;
	said.charset = charset_of(p, content, n);
	rest = without(ctx, content, &said);
	if (rest != NULL)
		*out = gp_part_with(ctx, in->raw, p, rest);
	return rest != NULL;
}

/* What is known of it when nothing is parsed a second time. */
static void
know(const void *ctx, struct gp_mail *after, const struct gp_mail *m, const char *words, const char *text)
{
	const struct said said = {words, true, NULL};
	char *html = m->html != NULL ? without(ctx, gp_strndup(ctx, m->html, m->html_n), &said) : NULL;
	size_t i;

	for (i = 0; i < m->parts_n; i++)
		after->parts[i].flags |= m->parts[i].flags & (GP_PART_BODY_TEXT | GP_PART_BODY_HTML);
	after->text = gp_strdup(ctx, text);
	after->text_n = strlen(text);
	after->flags &= ~(unsigned)GP_MAIL_TEXT_SLICE;
	after->text_off = after->text_len = 0;
	after->html = html;
	after->html_n = html != NULL ? strlen(html) : 0;
	gp_derive_words(ctx, after);
}

enum gp_status
gp_aside_strip(const void *ctx, const char *words, const struct gp_inbound **out, struct gp_err *err)
{
	const struct gp_inbound *in = *out;
	const struct gp_mail *m = in->mail;
	const struct said said = {words, false, NULL};
	char *raw, *text = without(ctx, gp_strndup(ctx, m->text, m->text_n), &said);
	struct gp_mail *after = gp_new(ctx, struct gp_mail);
	struct gp_replacement *v = gp_array(ctx, struct gp_replacement, m->parts_n + 1);
	struct gp_inbound *stripped;
	enum gp_status st;
	size_t i, n = 0, raw_n;

	/* A signature within the text is of every line of it. */
	if (text != NULL && strstr(text, "-----BEGIN PGP SIG") != NULL)
		return GP_OK;
	for (i = 0; text != NULL && i < m->parts_n; i++)
		if ((m->parts[i].flags & (GP_PART_BODY_TEXT | GP_PART_BODY_HTML)) != 0 &&
		    !strip_part(ctx, in, &m->parts[i], words, &v[n++]))
			return GP_OK;
	if (n == 0 || text == NULL)
		return GP_OK;
	st = gp_mail_replace(ctx, in->raw, in->n, m, v, n, &raw, &raw_n, after, err);
	if (st != GP_OK)
		return st == GP_E_TOOBIG ? GP_OK : st;
	know(ctx, after, m, words, text);
	stripped = gp_memdup(ctx, in, sizeof(*stripped));
	stripped->raw = raw;
	stripped->n = raw_n;
	stripped->mail = after;
	stripped->shaped = true;
	*out = stripped;
	return GP_OK;
}
