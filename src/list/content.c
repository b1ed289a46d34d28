/* SPDX-License-Identifier: ISC */
/*
 * Content rules of a list (standards.md 6.1): which parts it takes, by type and by the name of the file,
 * and what becomes of others. A name is looked at decoded, and both names where there are two: a reader
 * may go by either.
 */
#include "config.h"

#include "content.h"

#include "guildpost/mail/carry.h"

#include <string.h>

/* ---- does the list take it? --------------------------------------------------------------- */

/* One of the words (parted by blanks or commas); "image/" followed by a star stands for all images. */
static bool
has_word(const char *words, const char *word)
{
	const char *p = words;
	size_t n;

	for (; *(p += strspn(p, " ,\t")) != '\0'; p += n) {
		n = strcspn(p, " ,\t");
		if (n > 1 && p[n - 1] == '*' && p[n - 2] == '/') {
			char *start = gp_strndup(NULL, p, n - 1);
			bool same = gp_istarts(word, start);

			talloc_free(start);
			if (same)
				return true;
		} else if (gp_str_ieq((struct gp_str){p, n}, word)) {
			return true;
		}
	}
	return false;
}

/* By what stands behind its last dot, or as a whole; blanks and dots at the end left out: Windows does so,
 * too. */
static bool
is_blocked_name(const void *ctx, const char *blocked, const char *name)
{
	size_t n = name == NULL ? 0 : strlen(name);
	const char *dot;
	char *clean;

	while (n > 0 && (name[n - 1] == '.' || name[n - 1] == ' '))
		n--;
	if (n == 0)
		return false;
	clean = gp_strndup(ctx, name, n);
	dot = strrchr(clean, '.');
	return dot != NULL && (has_word(blocked, clean) || has_word(blocked, dot + 1));
}

/* Text that people wrote, and what a signature needs, is always taken. */
static bool
is_own(const struct gp_part *p)
{
	return (p->flags & (GP_PART_BODY_TEXT | GP_PART_MULTIPART | GP_PART_SIGNATURE)) != 0 ||
	    gp_starts(p->type, "multipart/");
}

/* A piece of a message, or a word where the rest of it lies (RFC 2046 section 5.2.2 and 5.2.3): what readers
 * would get can't be looked at here. */
static bool
is_piece(const struct gp_part *p)
{
	return gp_streq(p->type, "message/partial") || gp_streq(p->type, "message/external-body");
}

static bool
is_taken(const void *ctx, const struct gp_list *list, const struct gp_inbound *in,
    const struct gp_part *p)
{
	const struct gp_list_settings *set = &list->set;

	if (is_own(p))
		return true;
	if (is_blocked_name(ctx, set->block_files, p->name) ||
	    is_blocked_name(ctx, set->block_files, gp_part_other_name(ctx, in->raw, p)))
		return false;
	return set->types[0] == '\0' ? !is_piece(p) : has_word(set->types, p->type);
}

/* Only a part beside others, not sealed, can be taken out; the rest stays a mail. */
static bool
can_go(const struct gp_mail *m, const struct gp_part *p)
{
	return p->parent != 0 && !gp_part_is_sealed(m, p) &&
	    (p->flags & (GP_PART_BODY_HTML | GP_PART_MULTIPART)) == 0;
}

const struct gp_part *
gp_content_find(const void *ctx, const struct gp_list *list, const struct gp_inbound *in, char **why)
{
	const struct gp_mail *m = in->mail;
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];

		if (is_taken(ctx, list, in, p) ||
		    (list->set.blocked == GP_BLOCKED_DROP && can_go(m, p)))
			continue;
		*why = p->name != NULL ? gp_asprintf(ctx, "it carries the file %s, and the list takes no such files",
		    gp_utf8_line(ctx, p->name, strlen(p->name), 80)) :
		    gp_asprintf(ctx, "it carries %s, and the list doesn't take that", p->type);
		return p;
	}
	return NULL;
}

const struct gp_part *
gp_content_piece(const struct gp_list *list, const struct gp_inbound *in)
{
	const struct gp_mail *m = in->mail;
	size_t i;

	for (i = 0; i < m->parts_n; i++)
		if (is_piece(&m->parts[i]) && !has_word(list->set.types, m->parts[i].type) &&
		    (list->set.blocked != GP_BLOCKED_DROP || !can_go(m, &m->parts[i])))
			return &m->parts[i];
	return NULL;
}

bool
gp_content_is_filtered(const struct gp_list *list)
{
	return list->set.types[0] != '\0' || list->set.block_files[0] != '\0';
}

bool
gp_content_is_html_only(const struct gp_mail *m)
{
	return (m->flags & GP_MAIL_TEXT_FROM_HTML) != 0;
}

/* ---- taken out -------------------------------------------------------------------------------- */

struct shaping {
	const void *ctx;
	struct gp_site *site;
	const struct gp_list *list;
	const struct gp_inbound *in;
	struct gp_replacement *v;
	size_t n;
	struct gp_err *err;
};

static void
replace_by_text(struct shaping *s, const struct gp_part *p, const char *text, const char *note)
{
	struct gp_buf b;

	gp_buf_init(&b, s->ctx, GP_MAX_MESSAGE);
	gp_compose_text_part(&b, text);
	s->v[s->n++] = (struct gp_replacement){p->index, b.p, b.len, note};
}

/* What was there, so that nobody waits for it. */
static enum gp_status
replace_by_note(struct shaping *s, const struct gp_part *p)
{
	const char *name = p->name != NULL ? p->name : p->type;
	json_t *data = gp_json_object(s->ctx);
	enum gp_status st;
	char *text;
	size_t n;

	gp_json_text(data, "name", gp_utf8_line(s->ctx, name, strlen(name), 200));
	gp_json_int(data, "size", (int64_t)((p->size + 1023) / 1024));
	gp_json_text(data, "owner_address", gp_route_address(s->ctx, s->site, s->list, "owner", NULL));
	st = gp_templates_render(s->ctx, s->site->templates, "mail/taken-out.txt", s->list->set.language,
	    data, &text, &n, s->err);
	if (st == GP_OK)
		replace_by_text(s, p, text, text);
	return st;
}

/* What was done to a part, behind an empty line, in the language of the list. */
static enum gp_status
note_of(struct shaping *s, const char *template_name, char **note)
{
	enum gp_status st;
	char *text;
	size_t n;

	st = gp_templates_render(s->ctx, s->site->templates, template_name, s->list->set.language,
	    gp_json_object(s->ctx), &text, &n, s->err);
	if (st == GP_OK)
		*note = gp_asprintf(s->ctx, "\n%s", text);
	return st;
}

/* The note as a paragraph of HTML in whatever charset holds ASCII. */
static char *
paragraph(const void *ctx, const char *note)
{
	struct gp_buf b;
	uint32_t cp;
	size_t n;

	gp_buf_init(&b, ctx, 1 << 16);
	gp_buf_puts(&b, "<p>");
	for (note++; *note != '\0' && (n = gp_utf8_next(note, strlen(note), &cp)) > 0; note += n) {
		if (cp < 0x80)
			gp_escape_html(&b, note, 1);
		else
			gp_buf_printf(&b, "&#%u;", (unsigned)cp);
	}
	gp_buf_puts(&b, "</p>\n");
	return b.p;
}

/* At the end of what is shown. */
static char *
with_paragraph(const void *ctx, const char *html, const char *more)
{
	const char *end = html, *p;

	for (p = html; (p = strchr(p, '<')) != NULL; p++)
		if (gp_istarts(p, "</body"))
			end = p;
	if (end == html)
		end = html + strlen(html);
	return gp_asprintf(ctx, "%.*s%s%s", (int)(end - html), html, more, end);
}

/* HTML with its tracking pixels out; what can't be decoded stays. */
static enum gp_status
drop_pixels(struct shaping *s, const struct gp_part *p)
{
	char *html, *without, *note;
	enum gp_status st;
	size_t n;

	if (gp_cte_decode(s->ctx, p->cte, s->in->raw + p->body, p->len, GP_MAX_MESSAGE, &html, &n, NULL) !=
	    GP_OK || memchr(html, '\0', n) != NULL)
		return GP_OK;
	without = gp_html_without_pixels(s->ctx, html, n, &n);
	if (without == NULL)
		return GP_OK;
	st = note_of(s, "mail/pixels-taken.txt", &note);
	if (st != GP_OK)
		return st;
	s->v[s->n] = gp_part_with(s->ctx, s->in->raw, p, with_paragraph(s->ctx, without, paragraph(s->ctx, note)));
	/* Beside a text, that stays as it came. */
	s->v[s->n++].note = gp_content_is_html_only(s->in->mail) ? note : NULL;
	return GP_OK;
}

/* HTML alone becomes the text that was made of it. */
static enum gp_status
html_to_text(struct shaping *s, const struct gp_part *p)
{
	const struct gp_mail *m = s->in->mail;
	const char *gap = m->text_n > 0 && m->text[m->text_n - 1] != '\n' ? "\n" : "";
	enum gp_status st;
	char *note;

	st = note_of(s, "mail/html-taken.txt", &note);
	if (st == GP_OK)
		replace_by_text(s, p, gp_asprintf(s->ctx, "%s%s%s", m->text, gap, note), note);
	return st;
}

static bool
is_file(const struct gp_part *p)
{
	return (p->flags & GP_PART_ATTACHMENT) != 0 && !is_own(p);
}

static enum gp_status
shape_part(struct shaping *s, const struct gp_part *p)
{
	const struct gp_list_settings *set = &s->list->set;
	const struct gp_mail *m = s->in->mail;
	enum gp_status st = GP_OK;

	if (gp_part_is_sealed(m, p))
		return GP_OK;
	if (set->html == GP_HTML_TEXT && gp_content_is_html_only(m) &&
	    (p->flags & GP_PART_BODY_HTML) != 0)
		return html_to_text(s, p);
	if (set->pixels == GP_PIXELS_DROP && (p->flags & GP_PART_BODY_HTML) != 0)
		st = drop_pixels(s, p);
	if (st != GP_OK || !can_go(m, p))
		return st;
	if ((set->attachments == GP_FILES_DROP && is_file(p)) ||
	    (set->blocked == GP_BLOCKED_DROP && !is_taken(s->ctx, s->list, s->in, p)))
		return replace_by_note(s, p);
	return GP_OK;
}

enum gp_status
gp_content_shape(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_inbound *in, const struct gp_inbound **out, struct gp_err *err)
{
	struct shaping s = {ctx, site, list, in, NULL, 0, err};
	struct gp_inbound *shaped;
	struct gp_mail *after;
	enum gp_status st = GP_OK;
	char *raw;
	size_t i;

	*out = in;
	if (in->mail == NULL || (list->set.attachments != GP_FILES_DROP &&
	    list->set.blocked != GP_BLOCKED_DROP && list->set.html != GP_HTML_TEXT &&
	    list->set.pixels != GP_PIXELS_DROP))
		return GP_OK;
	s.v = gp_array(ctx, struct gp_replacement, in->mail->parts_n + 1);
	for (i = 0; st == GP_OK && i < in->mail->parts_n; i++)
		st = shape_part(&s, &in->mail->parts[i]);
	if (st != GP_OK || s.n == 0)
		return st;
	shaped = gp_new(ctx, struct gp_inbound);
	after = gp_new(ctx, struct gp_mail);
	*shaped = *in;
	st = gp_mail_replace(ctx, in->raw, in->n, in->mail, s.v, s.n, &raw, &shaped->n, after, err);
	if (st != GP_OK)
		return st;
	shaped->raw = raw;
	shaped->mail = after;
	*out = shaped;
	return GP_OK;
}
