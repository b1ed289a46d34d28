/* SPDX-License-Identifier: ISC */
/*
 * The lines of a mail that its writer typed. Quotes, attribution lines and signatures were
 * taken off when the mail was derived (render/text_split.c); here go what only matters for
 * an answer: the banner of a company's gateway, greetings, "Sent from my phone", the
 * writer's name at the end, quotes that no mark shows, signs that can't be seen.
 */
#include "config.h"

#include "read.h"

#include <string.h>

enum {
	MAX_LINES = 200,
	MAX_LINE = 4000,	/* bytes that are read of a line */
	RULE = 3,		/* signs that make a line a rule */
	GREETING = 40,		/* bytes of "Dear friends of the bees," */
	GREETING_WORDS = 4,
	NAME_WORDS = 4,
	BYE_WORDS = 7,		/* "Many thanks and best regards": who writes more says something */
	SENTENCE = 4,		/* words with a full stop behind them that make one */
	LONG_SENTENCE = 8, SMALL_WORDS = 5 /* words without, and how many of them begin small */
};

/* ---- one line ------------------------------------------------------------------------------ */

static bool
is_blank(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == 0xa0 || (cp >= 0x2000 && cp <= 0x200a) ||
	    cp == 0x202f || cp == 0x3000;
}

/* What takes no room: marks of direction and joining, soft hyphens, places of pictures. */
static bool
is_unseen(uint32_t cp, bool first)
{
	/* Within words these two change letters (Persian) and pictures. */
	if (cp == 0x200c || cp == 0x200d)
		return first;
	return cp < ' ' || cp == 0xad || cp == 0x34f || cp == 0x61c || cp == 0x180e ||
	    (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || cp == 0xfffc;
}

static char *
clean(const void *ctx, const char *p, size_t n)
{
	char *out = gp_alloc(ctx, n + 1, "line"), *to = out;
	const char *end = p + n;
	size_t len;
	uint32_t cp;

	for (; p < end; p += len) {
		len = gp_utf8_next(p, (size_t)(end - p), &cp);
		if (len == 0) {
			*to++ = *p;
			len = 1;
		} else if (is_blank(cp)) {
			if (to > out)
				*to++ = ' ';
		} else if (!is_unseen(cp, to == out)) {
			memcpy(to, p, len);
			to += len;
		}
	}
	while (to > out && to[-1] == ' ')
		to--;
	*to = '\0';
	return out;
}

size_t
gp_read_marks(const char *line)
{
	size_t at = 0, len;
	uint32_t cp;

	while (line[at] != '\0' && (len = gp_utf8_next(line + at, strnlen(line + at, 4), &cp)) > 0) {
		if (!(cp < 0x80 && strchr("*_\"'`-+>|[( ", (int)cp) != NULL) && cp != 0xab &&
		    cp != 0xbb && cp != 0xb7 && !(cp >= 0x2012 && cp <= 0x2022) &&
		    !(cp >= 0x2039 && cp <= 0x203a))
			break;
		at += len;
	}
	return at;
}

bool
gp_read_is_rule(const char *line)
{
	size_t n = strspn(line, "-=_*~#+|. ");

	return n >= RULE && line[n] == '\0';
}

/* ---- what is not the writer's ---------------------------------------------------------------- */

struct reader {
	const void *ctx;
	const struct gp_words *words;
	int wanted;		/* kind of word that is waited for, or -1 */
	char *names[3];		/* first and last name of the writer, and the part before the @ */
	bool banner;
	bool begun;		/* something of the writer's was met */
};

static void
read_names(struct reader *r, const struct gp_mail *mail)
{
	char *name = gp_utf8_fold(r->ctx, mail->from_name, strlen(mail->from_name));
	char *last = strrchr(name, ' ');

	r->names[0] = gp_strndup(r->ctx, name, strcspn(name, " ,"));
	r->names[1] = gp_strdup(r->ctx, last != NULL ? last + 1 : "");
	r->names[2] = gp_strndup(r->ctx, mail->from_addr, strcspn(mail->from_addr, "@"));
	gp_str_lower(r->names[2]);
}

static size_t
count_words(const char *p)
{
	size_t n = 0;

	for (p += strspn(p, " "); *p != '\0'; p += strspn(p, " ")) {
		p += strcspn(p, " ");
		n++;
	}
	return n;
}

/* "Ann", "- Ann Smith", "/Ann": a name below what was written ends it. */
static bool
is_own_name(const struct reader *r, const char *line)
{
	char *folded = gp_utf8_fold(r->ctx, line, strlen(line));
	char *p = folded + strspn(folded, "-/~* ");
	size_t n = strcspn(p, " ,."), i;

	for (i = 0; i < GP_COUNT(r->names); i++)
		if (r->names[i][0] != '\0' && strlen(r->names[i]) == n &&
		    memcmp(p, r->names[i], n) == 0)
			return count_words(p) <= NAME_WORDS && strpbrk(p, "?:") == NULL;
	return false;
}

static bool
starts(const struct reader *r, int kind, const char *line)
{
	return kind >= 0 && gp_words_starts(r->words, (enum gp_word_kind)kind,
	    line + gp_read_marks(line));
}

/* "-----Jane wrote: -----" and its like. */
static bool
is_divider(const char *line)
{
	size_t n = strlen(line);

	return n > 8 && (strncmp(line, "---", 3) == 0 || strncmp(line, "___", 3) == 0) &&
	    (strcmp(line + n - 3, "---") == 0 || strcmp(line + n - 3, "___") == 0) &&
	    !gp_read_is_rule(line);
}

/*
 * "Hello Ann," is passed over, and "Hello, ok" is "ok". A longer line that begins so stays as
 * it is: who knows what it says. NULL: nothing is left.
 */
static char *
behind_greeting(char *line)
{
	size_t n = strcspn(line, ",!:.?");

	if (n > GREETING || line[n] == '?')
		return line;
	if (line[n] == '\0')
		return count_words(line) <= GREETING_WORDS ? NULL : line;
	line += n + strspn(line + n, ",!:. ");
	return *line != '\0' ? line : NULL;
}

/*
 * A banner goes on to the next empty line, or to one that begins with a word that we wait
 * for; but not where that word stands in the middle of a sentence of the banner ("or /
 * open attachments").
 */
static bool
ends_banner(const struct reader *r, const char *line, const char *above)
{
	const struct gp_word *w;
	size_t used, at = gp_read_marks(line), n = strlen(above);

	if (r->wanted < 0)
		return false;
	w = gp_words_find(r->words, (enum gp_word_kind)r->wanted, line + at, &used);
	if (w == NULL)
		return false;
	return (n > 0 && strchr(".!?])*>-=_:", above[n - 1]) != NULL) ||
	    gp_words_only_polite(r->words, line + at + used);
}

enum what { KEEP, DROP, STOP };

static enum what
judge(struct reader *r, char **line, const char *above)
{
	bool wanted = starts(r, r->wanted, *line);

	if (**line == '\0' || (!r->begun && gp_read_is_rule(*line))) {
		r->banner = false;
		return **line == '\0' ? KEEP : DROP;
	}
	if (r->banner) {
		if (!ends_banner(r, *line, above))
			return DROP;
		r->banner = false;
	}
	if (is_divider(*line))
		return STOP;
	if (!wanted && (starts(r, GP_WORD_END, *line) || starts(r, GP_WORD_BYE, *line)))
		return STOP;
	if (!wanted && r->begun && is_own_name(r, *line))
		return STOP;
	if (!wanted && !r->begun && starts(r, GP_WORD_SKIP, *line)) {
		r->banner = true;
		return DROP;
	}
	if (!wanted && !r->begun && starts(r, GP_WORD_GREETING, *line)) {
		*line = behind_greeting(*line);
		if (*line == NULL)
			return DROP;
	}
	r->begun = true;
	return KEEP;
}

/* Not the lines of a signature: "Head Nurse, Ward 5, Town Hospital". */
static bool
is_sentence(const char *line)
{
	size_t words = count_words(line), small = 0, n = strlen(line);
	const char *p;

	for (p = line; *p != '\0'; p += strspn(p, " ")) {
		small += *p >= 'a' && *p <= 'z';
		p += strcspn(p, " ");
	}
	return (words >= SENTENCE && small > 1 && strchr(".!?", line[n - 1]) != NULL) ||
	    (words >= LONG_SENTENCE && small >= SMALL_WORDS);
}

/* "PS: ...", "P.S. ...", "N.B. ...", "P.-S. : ...", "PD: ...": not "psst", "PSA", nor a place of that name. */
static bool
is_postscript(const char *line)
{
	static const char *const marks[] = {"ps", "nb", "pd"};
	char first = line[0] != '\0' ? line[0] : ' ';
	const char *p = line + 1;
	size_t dots, i;

	for (i = 0; i < GP_COUNT(marks); i++) {
		if ((first | 0x20) != marks[i][0])
			continue;
		dots = strspn(p, ".- ");
		if (dots > 2 || (p[dots] | 0x20) != marks[i][1])
			continue;
		p += dots + 1;
		return strchr(".:,", *p != '\0' ? *p : ' ') != NULL || gp_starts(p, " :") ||
		    (i == 0 && dots == 0 && *p == ' ' && gp_starts(line, "PS"));
	}
	return false;
}

bool
gp_read_postscript(const void *ctx, const struct gp_mail *mail)
{
	const char *p = mail->text != NULL ? mail->text : "", *end = p, *nl;
	bool below = false;

	if (mail->text != NULL)
		end += gp_text_own_end(ctx, mail->text, mail->text_n);
	for (; p < end; p = nl + 1) {
		char *line;

		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		line = clean(ctx, p, gp_utf8_cut(p, (size_t)(nl - p), MAX_LINE));
		if (below && is_postscript(line))
			return true;
		below |= strcmp(line, "--") == 0;
	}
	return false;
}

/*
 * What stands behind the end of somebody's words is not always a signature: "Thanks, Bob, it was the second
 * frame" is said to Bob. Footers of programs and companies are no words of theirs.
 */
static bool
says_more(struct reader *r, const char *p, const char *end)
{
	const char *nl;
	bool first = true;

	for (; p < end; p = nl + 1, first = false) {
		char *line;

		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		line = clean(r->ctx, p, gp_utf8_cut(p, (size_t)(nl - p), MAX_LINE));
		if (starts(r, GP_WORD_END, line) || is_divider(line))
			return false;
		if (*line != '\0' && (is_sentence(line) || is_postscript(line) ||
		    (first && starts(r, GP_WORD_BYE, line) && count_words(line) > BYE_WORDS)))
			return true;
	}
	return false;
}

void
gp_read_lines(const void *ctx, const struct gp_words *words, int wanted,
    const struct gp_mail *mail, struct gp_lines *out)
{
	struct reader r = {ctx, words, wanted, {NULL, NULL, NULL}, false, false};
	const char *p = mail->own != NULL ? mail->own : "", *end, *nl;
	char *above = gp_strdup(ctx, "");
	enum what what = KEEP;

	read_names(&r, mail);
	out->v = gp_array(ctx, char *, MAX_LINES);
	out->whole = NULL;
	out->n = 0;
	out->more = false;
	end = p + (mail->own != NULL ? gp_text_own_end(ctx, p, mail->own_n) : 0);
	for (; p < end && out->n < MAX_LINES && what != STOP; p = nl + 1) {
		char *line, *whole;

		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		line = whole = clean(out->v, p, gp_utf8_cut(p, (size_t)(nl - p), MAX_LINE));
		what = judge(&r, &line, above);
		above = whole;
		if (what == KEEP && (*line != '\0' || out->n > 0))
			out->v[out->n++] = line;
		if (what == STOP)
			out->more = says_more(&r, p, end);
	}
	while (out->n > 0 && out->v[out->n - 1][0] == '\0')
		out->n--;
}
