/* SPDX-License-Identifier: ISC */
/*
 * Reading what a person wrote. Quotes, attribution lines and signatures were taken off when
 * the mail was derived (render/text_split.c); here go the banner of a company's gateway,
 * greetings, polite words, "Sent from my phone".
 */
#include "config.h"

#include "read.h"

#include <string.h>

enum { MAX_LINES = 200, MAX_REASON = 4000, RULE = 5 };

/* The lines of a text, trimmed; empty ones too, so that paragraphs are known. */
static void
split(const void *ctx, const char *text, size_t n, struct gp_lines *out)
{
	const char *p = text, *end = text + n, *nl;

	out->v = gp_array(ctx, char *, MAX_LINES);
	out->n = 0;
	for (; p < end && out->n < MAX_LINES; p = nl + 1) {
		struct gp_str s;

		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		s = gp_str_trim((struct gp_str){p, (size_t)(nl - p)});
		/* No-break spaces are blanks that a mail program made. */
		while (s.n >= 2 && memcmp(s.p, "\xc2\xa0", 2) == 0)
			s = gp_str_trim((struct gp_str){s.p + 2, s.n - 2});
		out->v[out->n++] = gp_strndup(out->v, s.p, s.n);
	}
}

/*
 * Take out what the person did not write. A banner goes on to the next empty line, or to one
 * that begins with a word that we wait for.
 */
static void
strip(const struct gp_words *words, enum gp_word_kind wanted, struct gp_lines *lines)
{
	bool banner = false;
	size_t i, n = 0;

	for (i = 0; i < lines->n; i++) {
		char *line = lines->v[i];
		bool waited_for = gp_words_starts(words, wanted, line);

		if (*line == '\0') {
			banner = false;
		} else if (!waited_for && gp_words_starts(words, GP_WORD_END, line)) {
			break;
		} else if (!waited_for && gp_words_starts(words, GP_WORD_SKIP, line)) {
			banner = true;
			continue;
		} else if (banner && !waited_for) {
			continue;
		} else {
			banner = false;
		}
		lines->v[n++] = line;
	}
	lines->n = n;
}

/* Polite words in front, stars and dashes of lists, marks behind. */
static char *
plain(const void *ctx, const struct gp_words *words, const char *line)
{
	struct gp_str s = gp_str_trim(GP_STR(line));
	size_t used;

	while (s.n > 0 && strchr("*-+>\"'`", *s.p) != NULL)
		s = gp_str_trim((struct gp_str){s.p + 1, s.n - 1});
	line = gp_strndup(ctx, s.p, s.n);
	while (gp_words_find(words, GP_WORD_POLITE, line, &used) != NULL && used > 0)
		line += used + strspn(line + used, " \t,;:.!");
	s = gp_str_trim(GP_STR(line));
	while (s.n > 0 && strchr(".,;:!\"'`", s.p[s.n - 1]) != NULL)
		s.n--;
	return gp_strndup(ctx, s.p, s.n);
}

void
gp_read_commands(const void *ctx, const struct gp_words *words, const struct gp_mail *mail,
    struct gp_lines *out)
{
	struct gp_lines body;
	char *subject;
	size_t i;

	subject = plain(ctx, words, gp_subject_title(ctx, mail->subject, NULL));
	split(ctx, mail->own != NULL ? mail->own : "", mail->own_n, &body);
	strip(words, GP_WORD_COMMAND, &body);
	out->v = gp_array(ctx, char *, body.n + 1);
	out->n = 0;
	/* A reply to a mail of ours has our subject, which begins with the list's [name]. */
	if (gp_words_starts(words, GP_WORD_COMMAND, subject))
		out->v[out->n++] = subject;
	for (i = 0; i < body.n; i++) {
		char *line = plain(out->v, words, body.v[i]);

		if (*line != '\0')
			out->v[out->n++] = line;
	}
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
	size_t i, used, at;

	split(ctx, mail->own != NULL ? mail->own : "", mail->own_n, &lines);
	strip(words, kind, &lines);
	for (i = 0; i < lines.n && lines.v[i][0] == '\0';)
		i++;
	if (i == lines.n)
		return NULL;
	at = strspn(lines.v[i], "*_\"'`>- ");
	found = gp_words_find(words, kind, lines.v[i] + at, &used);
	if (found == NULL)
		return NULL;
	at += used;
	at += strspn(lines.v[i] + at, " \t,.:;!*_\"'`-");
	*rest = join(ctx, &lines, i, at);
	return found;
}

char *
gp_read_own(const void *ctx, const struct gp_words *words, const struct gp_mail *mail)
{
	struct gp_lines lines;

	split(ctx, mail->own != NULL ? mail->own : "", mail->own_n, &lines);
	strip(words, GP_WORD_SKIP, &lines);
	return join(ctx, &lines, 0, 0);
}

static bool
is_rule(const char *p, size_t n)
{
	struct gp_str s = gp_str_trim((struct gp_str){p, n});
	size_t i;

	if (s.n < RULE || strchr("-=_*~", s.p[0]) == NULL)
		return false;
	for (i = 1; i < s.n; i++)
		if (s.p[i] != s.p[0])
			return false;
	return true;
}

/* The next line of that kind from p on, or NULL; *after: what stands behind it. */
static const char *
find_rule(const char *p, const char *end, const char **after)
{
	const char *nl;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		if (is_rule(p, (size_t)(nl - p))) {
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
	const char *end = mail->text + mail->text_n, *from, *to, *behind;
	char *own, *quoted;
	size_t own_n, quoted_n;
	struct gp_str s;

	if (mail->text == NULL || find_rule(mail->text, end, &from) == NULL)
		return NULL;
	to = find_rule(from, end, &behind);
	if (to != NULL) {
		s = gp_str_trim((struct gp_str){from, (size_t)(to - from)});
	} else {
		gp_text_split(ctx, from, (size_t)(end - from), 0, &own, &own_n, &quoted, &quoted_n);
		s = gp_str_trim((struct gp_str){own, own_n});
	}
	return s.n == 0 ? NULL : gp_asprintf(ctx, "%.*s\n", (int)s.n, s.p);
}
