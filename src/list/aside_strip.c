/* SPDX-License-Identifier: ISC */
/*
 * A post without the line that was a command to the list: "keep: How we mark queens" is nothing that the others
 * have to read. Only that line goes, in the text and in its twin in HTML, and only where both have it as a line of
 * its own; whatever is signed, encrypted or written in another way stays as it came.
 */
#include "config.h"

#include "command.h"

#include "guildpost/mail/carry.h"

#include <string.h>

/* The text without the first line that is nothing but these words, and the empty lines behind it; NULL: there is
 * none. */
static char *
without_line(const void *ctx, const char *text, const char *words)
{
	const char *p = text, *next;
	struct gp_str line;
	size_t n;

	for (; *p != '\0'; p = next) {
		n = strcspn(p, "\n");
		next = p + n + (p[n] == '\n');
		line = gp_str_trim((struct gp_str){p, n});
		if (!gp_str_eq(line, words))
			continue;
		while (next[strspn(next, " \t\r")] == '\n')
			next += strspn(next, " \t\r") + 1;
		return gp_asprintf(ctx, "%.*s%s", (int)(p - text), text, next);
	}
	return NULL;
}

/* HTML without these words where they stand alone between two tags. */
static char *
without_node(const void *ctx, const char *html, const char *words)
{
	const char *p = html, *before, *after;
	struct gp_buf b;
	size_t n;

	gp_buf_init(&b, ctx, 8 * strlen(words) + 64);
	gp_escape_html(&b, words, strlen(words));
	n = b.len;
	for (; n > 0 && (p = strstr(p, b.p)) != NULL; p += n) {
		for (before = p; before > html && strchr(" \t\r\n", before[-1]) != NULL;)
			before--;
		after = p + n + strspn(p + n, " \t\r\n");
		if (before > html && before[-1] == '>' && *after == '<')
			return gp_asprintf(ctx, "%.*s%s", (int)(before - html), html, after);
	}
	return NULL;
}

/* A body part without it; false: it is not there. */
static bool
strip_part(const void *ctx, const struct gp_inbound *in, const struct gp_part *p, const char *words,
    struct gp_replacement *out)
{
	char *content, *without;
	size_t n;

	if (gp_part_is_sealed(in->mail, p) || gp_cte_decode(ctx, p->cte, in->raw + p->body, p->len, GP_MAX_MESSAGE,
	    &content, &n, NULL) != GP_OK || memchr(content, '\0', n) != NULL)
		return false;
	without = (p->flags & GP_PART_BODY_HTML) != 0 ? without_node(ctx, content, words) :
	    without_line(ctx, content, words);
	if (without != NULL)
		*out = gp_part_with(ctx, in->raw, p, without);
	return without != NULL;
}

/* What is known of it when nothing is parsed a second time. */
static void
know(const void *ctx, struct gp_mail *after, const struct gp_mail *m, const char *words, const char *text)
{
	char *html = m->html != NULL ? without_node(ctx, gp_strndup(ctx, m->html, m->html_n), words) : NULL;
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
	char *raw, *text = without_line(ctx, gp_strndup(ctx, m->text, m->text_n), words);
	struct gp_mail *after = gp_new(ctx, struct gp_mail);
	struct gp_replacement *v = gp_array(ctx, struct gp_replacement, m->parts_n + 1);
	struct gp_inbound *stripped;
	enum gp_status st;
	size_t i, n = 0, raw_n;

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
