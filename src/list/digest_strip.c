/* SPDX-License-Identifier: ISC */
/*
 * An answer to a digest without the digest in it. Of what is quoted, lines that stand in the message that is meant
 * stay: they are compared by letters and digits alone, since a digest and the writer's mail program broke them anew.
 */
#include "config.h"

#include "digest_answer.h"

#include "guildpost/mail/carry.h"

#include <string.h>

enum { LEAST = 8 };	/* letters that a quoted line needs to be known */

/* Letters and digits, small; whatever is not ASCII counts as a letter. */
static char *
letters(const void *ctx, const char *s, size_t n)
{
	char *out = gp_array(ctx, char, n + 1), *to = out;
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)gp_ascii_lower((unsigned char)s[i]);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
			*to++ = (char)c;
	}
	*to = '\0';
	return out;
}

/* The writer's own words, up to where a message that is answered begins. */
static char *
own_words(const void *ctx, const struct gp_mail *m)
{
	char *own, *quoted;
	size_t own_n, quoted_n;

	gp_text_split(ctx, m->text, m->text_n, m->flags, &own, &own_n, &quoted, &quoted_n);
	return gp_strndup(ctx, own, gp_text_own_end(ctx, own, own_n));
}

bool
gp_digest_has_words(const void *ctx, const struct gp_mail *m)
{
	char *own = own_words(ctx, m);

	return letters(ctx, own, strlen(own))[0] != '\0';
}

/* Words of a line that is quoted; NULL: it is not. */
static const char *
behind_marks(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && (*p == '>' || *p == ' ' || *p == '\t'))
		p++;
	return memchr(from, '>', (size_t)(p - from)) != NULL ? p : NULL;
}

static char *
strip(const void *ctx, const struct gp_mail *m, const struct gp_mail *meant)
{
	char *own = letters(ctx, own_words(ctx, m), strlen(own_words(ctx, m)));
	char *known = letters(ctx, meant->text, meant->text_n), *line;
	const char *p = m->text, *end = p + m->text_n, *nl, *words;
	struct gp_buf b;
	bool empty = true, keep;

	gp_buf_init(&b, ctx, 2 * m->text_n + 64);
	for (; p < end; p = nl < end ? nl + 1 : end) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl == NULL ? end : nl;
		words = behind_marks(p, nl);
		line = letters(ctx, words != NULL ? words : p, (size_t)(nl - (words != NULL ? words : p)));
		if (words != NULL)
			keep = strlen(line) >= LEAST && strstr(known, line) != NULL;
		else
			keep = line[0] != '\0' && strstr(own, line) != NULL;
		if (keep) {
			gp_buf_printf(&b, "%s%.*s\n", words != NULL ? "> " : "",
			    (int)(nl - (words != NULL ? words : p)), words != NULL ? words : p);
			empty = false;
		} else if (!empty) {
			gp_buf_putc(&b, '\n');
			empty = true;
		}
	}
	while (b.len > 1 && b.p[b.len - 1] == '\n' && b.p[b.len - 2] == '\n')
		gp_buf_cut(&b, b.len - 1);
	return b.p != NULL ? b.p : gp_strdup(ctx, "");
}

static char *
as_html(const void *ctx, const char *text)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, 8 * strlen(text) + 256);
	gp_buf_puts(&b, "<!doctype html><div style=\"white-space:pre-wrap\">");
	gp_escape_html(&b, text, strlen(text));
	gp_buf_puts(&b, "</div>\n");
	return b.p;
}

/* A part with these words in place of the text, or of its twin in HTML. */
static struct gp_replacement
part_of(const void *ctx, const struct gp_part *p, const char *text)
{
	struct gp_replacement out = {.part = p->index};
	struct gp_buf b;

	gp_buf_init(&b, ctx, 2 * (size_t)GP_MAX_MESSAGE);
	if ((p->flags & GP_PART_BODY_HTML) != 0 && p->parent != 0)
		gp_compose_html_part(&b, as_html(ctx, text));
	else
		gp_compose_text_part(&b, text);
	out.p = b.p;
	out.n = b.len;
	return out;
}

enum gp_status
gp_digest_strip(const void *ctx, struct gp_site *site, const struct gp_message *meant,
    const struct gp_inbound **out, struct gp_err *err)
{
	const struct gp_inbound *in = *out;
	const struct gp_mail *m = in->mail;
	struct gp_mail parent, *after = gp_new(ctx, struct gp_mail);
	struct gp_inbound *stripped;
	struct gp_replacement v[2];
	enum gp_status st = gp_message_mail(ctx, site->store, meant->id, &parent, NULL, NULL, err);
	size_t i, n = 0, raw_n;
	char *text, *raw;

	if (st != GP_OK)
		return st;
	text = strip(ctx, m, &parent);
	for (i = 0; i < m->parts_n && n < 2; i++) {
		const struct gp_part *p = &m->parts[i];

		if ((p->flags & (GP_PART_BODY_TEXT | GP_PART_BODY_HTML)) == 0)
			continue;
		if (gp_part_is_sealed(m, p))
			return GP_OK;
		v[n++] = part_of(ctx, p, text);
	}
	/* No words at all: that is for people to judge. */
	if (n == 0 || text[0] == '\0')
		return GP_OK;
	st = gp_mail_replace(ctx, in->raw, in->n, m, v, n, &raw, &raw_n, after, err);
	if (st != GP_OK)
		return st == GP_E_TOOBIG ? GP_OK : st;
	for (i = 0; i < m->parts_n; i++)
		after->parts[i].flags |= m->parts[i].flags & GP_PART_BODY_TEXT;
	after->text = text;
	after->text_n = strlen(text);
	after->flags &= ~(unsigned)(GP_MAIL_FLOWED | GP_MAIL_DELSP | GP_MAIL_MARKDOWN | GP_MAIL_TEXT_FROM_HTML |
	    GP_MAIL_TEXT_SLICE);
	after->text_off = after->text_len = 0;
	after->html = NULL;
	after->html_n = 0;
	gp_derive_words(ctx, after);
	stripped = gp_memdup(ctx, in, sizeof(*stripped));
	stripped->raw = raw;
	stripped->n = raw_n;
	stripped->mail = after;
	*out = stripped;
	return GP_OK;
}
