/* SPDX-License-Identifier: ISC */
/*
 * Reading what a person wrote. Quotes, attribution lines and signatures were taken off when
 * the mail was derived (render/text_split.c); here go the banner of a company's gateway,
 * greetings, polite words, "Sent from my phone".
 */
#include "config.h"

#include "read.h"

#include <string.h>

enum { MAX_REASON = 4000, RULE = 5 };

/* Behind polite words, stars and dashes of lists. */
static char *
begin_of(const void *ctx, const struct gp_words *words, const char *line)
{
	struct gp_str s;
	size_t used;

	line += gp_read_marks(line);
	while (gp_words_find(words, GP_WORD_POLITE, line, &used) != NULL && used > 0)
		line += used + strspn(line + used, " \t,;:.!");
	s = gp_str_trim(GP_STR(line));
	return gp_strndup(ctx, s.p, s.n);
}

char *
gp_read_unmarked(const void *ctx, const char *line)
{
	struct gp_str s = gp_str_trim(GP_STR(line));

	/* A word of nothing (KEY "") is one. */
	if (s.n > 3 && (memcmp(s.p + s.n - 3, " \"\"", 3) == 0 || memcmp(s.p + s.n - 3, " ''", 3) == 0))
		return gp_strndup(ctx, s.p, s.n);
	while (s.n > 0 && strchr(".,;:!?\"'`*_", s.p[s.n - 1]) != NULL)
		s.n--;
	return gp_strndup(ctx, s.p, s.n);
}

char *
gp_read_subject(const void *ctx, const struct gp_words *words, const char *subject)
{
	char *title = gp_subject_title(ctx, subject, NULL);
	size_t at, used;

	while (gp_words_find(words, GP_WORD_SKIP, title + gp_read_marks(title), &used) != NULL) {
		at = gp_read_marks(title) + used;
		at += strcspn(title + at, "]:*)");
		if (title[at] == '\0')
			break;
		at += strspn(title + at, "]:*) ");
		title = gp_subject_title(ctx, title + at, NULL);
	}
	return title;
}

static void
add_line(struct gp_lines *out, char *whole)
{
	char *line = gp_read_unmarked(out->v, whole);

	if (*line == '\0' || gp_read_is_rule(line))
		return;
	out->whole[out->n] = whole;
	out->v[out->n++] = line;
}

void
gp_read_commands(const void *ctx, const struct gp_words *words, const struct gp_mail *mail,
    struct gp_lines *out)
{
	char *subject = begin_of(ctx, words, gp_read_subject(ctx, words, mail->subject));
	struct gp_lines body;
	size_t i;

	gp_read_lines(ctx, words, GP_WORD_COMMAND, mail, &body);
	out->v = gp_array(ctx, char *, body.n + 1);
	out->whole = gp_array(ctx, char *, body.n + 1);
	out->n = 0;
	/* A reply to a mail of ours has our subject, which begins with the list's [name]. */
	if (gp_words_starts(words, GP_WORD_COMMAND, gp_read_unmarked(ctx, subject)))
		add_line(out, subject);
	for (i = 0; i < body.n; i++)
		add_line(out, begin_of(out->v, words, body.v[i]));
}

/* Lines from `first` on as one text, `at` bytes of the first left out. */
static char *
join(const void *ctx, const struct gp_lines *lines, size_t first, size_t at)
{
	struct gp_buf b;
	struct gp_str s;
	size_t i;

	gp_buf_init(&b, ctx, GP_MAX_TEXT);
	for (i = first; i < lines->n; i++)
		gp_buf_printf(&b, "%s%s", i > first ? "\n" : "",
		    lines->v[i] + (i == first ? at : 0));
	s = gp_str_trim((struct gp_str){b.p != NULL ? b.p : "", b.len});
	return gp_strndup(ctx, s.p, gp_utf8_cut(s.p, s.n, MAX_REASON));
}

const struct gp_word *
gp_read_word(const void *ctx, const struct gp_words *words, enum gp_word_kind kind,
    const struct gp_mail *mail, char **rest)
{
	const struct gp_word *found;
	struct gp_lines lines;
	size_t used, at;

	/* Whatever a machine answers, nobody said it. */
	if (kind == GP_WORD_VERDICT && (mail->flags & (GP_MAIL_AUTO | GP_MAIL_REPORT)) != 0)
		return NULL;
	gp_read_lines(ctx, words, (int)kind, mail, &lines);
	if (lines.n == 0)
		return NULL;
	at = gp_read_marks(lines.v[0]);
	found = gp_words_find(words, kind, lines.v[0] + at, &used);
	if (found == NULL || (kind == GP_WORD_VERDICT &&
	    gp_read_is_doubtful(ctx, words, &lines, 0, at, used, found)))
		return NULL;
	at += used;
	at += strspn(lines.v[0] + at, " \t,.:;!*_\"'`-)]");
	at += gp_read_marks(lines.v[0] + at);
	*rest = join(ctx, &lines, 0, at);
	/* "No, thanks" gives no reason. */
	if (strchr(*rest, '@') == NULL && strcmp(found->name, "ban") != 0 &&
	    gp_words_only_polite(words, *rest))
		**rest = '\0';
	return found;
}

char *
gp_read_own(const void *ctx, const struct gp_words *words, const struct gp_mail *mail)
{
	struct gp_lines lines;

	gp_read_lines(ctx, words, -1, mail, &lines);
	return join(ctx, &lines, 0, 0);
}

bool
gp_read_is_run(struct gp_str s, size_t least)
{
	size_t i;

	if (s.n < least || strchr("-=_*~", s.p[0]) == NULL)
		return false;
	for (i = 1; i < s.n; i++)
		if (s.p[i] != s.p[0])
			return false;
	return true;
}

/* The next line of one sign from p on, or NULL; *after: what stands behind it. */
static const char *
find_rule(const char *p, const char *end, const char **after)
{
	const char *nl;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		if (gp_read_is_run(gp_str_trim((struct gp_str){p, (size_t)(nl - p)}), RULE)) {
			*after = nl < end ? nl + 1 : end;
			return p;
		}
		if (nl == end)
			break;
	}
	return NULL;
}

char *
gp_read_below(const void *ctx, const struct gp_mail *mail)
{
	const char *end = mail->text + mail->text_n, *rule, *from, *to, *behind;
	unsigned flags = (mail->flags & GP_MAIL_FLOWED ? GP_TEXT_FLOWED : 0) |
	    (mail->flags & GP_MAIL_DELSP ? GP_TEXT_DELSP : 0);
	char *own, *quoted;
	size_t own_n, quoted_n;
	struct gp_str s;

	rule = mail->text != NULL ? find_rule(mail->text, end, &from) : NULL;
	/* The line that a program draws above what is answered is none of the person's. */
	if (rule == NULL ||
	    rule >= mail->text + gp_text_own_end(ctx, mail->text, mail->text_n))
		return NULL;
	to = find_rule(from, end, &behind);
	if (to != NULL) {
		s = gp_str_trim((struct gp_str){from, (size_t)(to - from)});
	} else {
		gp_text_split(ctx, from, (size_t)(end - from), flags, &own, &own_n, &quoted,
		    &quoted_n);
		s = gp_str_trim((struct gp_str){own, own_n});
	}
	return s.n == 0 ? NULL : gp_asprintf(ctx, "%.*s\n", (int)s.n, s.p);
}
