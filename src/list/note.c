/* SPDX-License-Identifier: ISC */
/*
 * Content notes: "[note: loss of a hive]" in a subject, or alone in the first line of a text. Whoever would
 * rather not read such a thing unawares sees the note first. A post says it of itself; its author and moderators
 * can say it afterwards, or, moderators alone, take it away.
 */
#include "config.h"

#include "command.h"

#include <string.h>

enum { LONGEST = 240,		/* bytes of a note in a subject or line; more is something else */
	LINE = 60, WORDS = 7 };	/* of a line without brackets: more is a sentence */

/* Behind "note:" at p, or NULL. */
static const char *
behind_word(const struct gp_words *words, const char *p)
{
	size_t used;

	if (gp_words_find(words, GP_WORD_NOTE, p, &used) == NULL)
		return NULL;
	p += used + strspn(p + used, " ");
	return *p == ':' ? p + 1 : NULL;
}

static char *
as_line(const void *ctx, const char *p, size_t n)
{
	struct gp_str s = gp_str_trim((struct gp_str){p, n});

	return s.n == 0 || s.n > LONGEST ? NULL : gp_utf8_line(ctx, s.p, s.n, GP_NOTE_LONGEST);
}

/* "[note: ...]" anywhere in a line. *end: behind it. */
static char *
in_brackets(const void *ctx, const struct gp_words *words, const char *line, const char **end)
{
	const char *p = line, *from, *to;
	char *note;

	while ((p = strchr(p, '[')) != NULL) {
		p++;
		from = behind_word(words, p + strspn(p, " "));
		to = from != NULL ? strchr(from, ']') : NULL;
		note = to != NULL ? as_line(ctx, from, (size_t)(to - from)) : NULL;
		if (note != NULL) {
			*end = to + 1;
			return note;
		}
	}
	return NULL;
}

/* "note: a hard winter", not "Note: the room has changed, we meet at the hall." */
static char *
without_brackets(const void *ctx, const struct gp_words *words, const char *line)
{
	const char *from = behind_word(words, line), *p;
	size_t n, blanks = 0;

	if (from == NULL)
		return NULL;
	n = strlen(from);
	for (p = from + strspn(from, " "); *p != '\0'; p++)
		blanks += *p == ' ';
	if (n == 0 || n > LINE || blanks >= WORDS || strchr(".!?:;", from[n - 1]) != NULL)
		return NULL;
	return as_line(ctx, from, n);
}

/* Of a first line with an empty one behind it, and with something below. */
static char *
in_text(const void *ctx, const struct gp_words *words, const char *text, size_t n)
{
	const char *p = gp_strndup(ctx, text, n), *end;
	struct gp_str line, below;
	char *first, *note;

	if (!gp_str_next_line(&p, &line))
		return NULL;
	first = gp_strndup(ctx, line.p, line.n);
	note = first[0] == '[' ? in_brackets(ctx, words, first, &end) : NULL;
	if (note != NULL)
		return *end == '\0' ? note : NULL;
	note = without_brackets(ctx, words, first);
	return note != NULL && p[strspn(p, " \t\r")] == '\n' && gp_str_next_line(&p, &below) ? note : NULL;
}

char *
gp_note_said(const void *ctx, const struct gp_words *words, const struct gp_mail *mail)
{
	const char *end;
	char *note = in_brackets(ctx, words, mail->subject, &end);

	if (note != NULL || mail->own == NULL)
		return note;
	return in_text(ctx, words, mail->own, mail->own_n);
}

char *
gp_note_without(const void *ctx, const struct gp_words *words, const char *title)
{
	const char *end, *at;
	char *before;

	if (in_brackets(ctx, words, title, &end) == NULL)
		return gp_strdup(ctx, title);
	for (at = end; *at != '[';)
		at--;
	before = gp_strndup(ctx, title, (size_t)(at - title));
	end += strspn(end, " ");
	return at == title && *end == '\0' ? gp_strdup(ctx, title) : gp_asprintf(ctx, "%s%s", before, end);
}

enum gp_status
gp_note_keep(const void *ctx, struct gp_site *site, const struct gp_mail *mail, int64_t message,
    struct gp_err *err)
{
	char *note = gp_note_said(ctx, site->words, mail);

	return gp_message_set_note(site->store, message, note != NULL ? note : "", false, err);
}

/* ---- afterwards ------------------------------------------------------------------------------------ */

enum gp_status
gp_do_note(struct asked *a, const char *args)
{
	bool moderator = a->member != NULL && a->member->role >= GP_ROLE_MODERATOR, own = false, off;
	struct gp_message *m;
	enum gp_status st = gp_command_named_mailed(a, &args, &m);
	json_t *said;
	char *note;

	if (st == GP_OK && !moderator)
		st = gp_practice_is_own(a, m, &own);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	note = gp_utf8_line(a->ctx, args, strlen(args), GP_NOTE_LONGEST);
	off = gp_strieq(note, "off") || gp_strieq(note, "none");
	if (!off)
		note = gp_utf8_line(a->ctx, gp_command_text(a, args), strlen(gp_command_text(a, args)), GP_NOTE_LONGEST);
	a->refused |= !moderator && (!own || off);
	if (a->refused || *note == '\0') {
		gp_said_title(a, gp_said(a, a->refused ? "note_not_yours" : "note_what"), m->title);
		return GP_OK;
	}
	if (off && !gp_command_is_proven(a))
		return GP_OK;
	st = gp_message_set_note(a->site->store, m->id, off ? "" : note, true, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, off ? "note_off" : "note_on");
	gp_said_title(a, said, m->title);
	gp_json_text(said, "content_note", off ? "" : note);
	return gp_command_log(a, GP_VERB_NOTE, m->title, note);
}
