/* SPDX-License-Identifier: ISC */
/*
 * The words that people may write, in every language that has a file "words" beside its
 * mails: commands, verdicts, and the lines that mail programs and gateways put in. A file
 * a language, so that whoever translates the mails translates these too.
 */
#include "config.h"

#include "words.h"

#include <string.h>

enum { MAX_WORDS = 4000, MAX_WORD = 60, NEAR = 2 };

static const char *const kinds[] = {"command", "verdict", "skip", "polite", "date", "end",
	"robot"};

struct gp_words {
	struct gp_word *v;
	size_t n;
};

static void
add(struct gp_words *w, enum gp_word_kind kind, const char *language, const char *name,
    const char *text)
{
	struct gp_str s = gp_str_trim(GP_STR(text));
	char *folded = gp_utf8_fold(w, s.p, s.n);

	if (*folded == '\0' || w->n == MAX_WORDS)
		return;
	w->v[w->n++] = (struct gp_word){kind, language, name, folded, NULL, NULL};
}

/* The next of the fields that '|' parts, without blanks around it. */
static char *
field(const void *ctx, const char **p, const char *end)
{
	const char *bar = memchr(*p, '|', (size_t)(end - *p)), *to = bar != NULL ? bar : end;
	struct gp_str s = gp_str_trim((struct gp_str){*p, (size_t)(to - *p)});

	*p = bar != NULL ? bar + 1 : end;
	return gp_strndup(ctx, s.p, s.n);
}

static enum gp_status
read_line(struct gp_words *w, const char *language, const char *p, const char *end, int line,
    struct gp_err *err)
{
	size_t n = strcspn(p, " \t\n"), kind, first;
	char *name, *words, *arguments, *summary, *word, *next;

	for (kind = 0; kind < GP_COUNT(kinds); kind++)
		if (n == strlen(kinds[kind]) && memcmp(p, kinds[kind], n) == 0)
			break;
	if (kind == GP_COUNT(kinds))
		return gp_fail(err, GP_E_CONFIG, "mail/%s/words:%d: \"%.*s\" is no kind of word",
		    language, line, (int)n, p);
	p += n;
	name = field(w, &p, end);
	words = field(w, &p, end);
	arguments = field(w, &p, end);
	summary = field(w, &p, end);
	first = w->n;
	add(w, (enum gp_word_kind)kind, language, name, name);
	for (word = words; *word != '\0'; word = next) {
		next = word + strcspn(word, ",");
		if (*next != '\0')
			*next++ = '\0';
		add(w, (enum gp_word_kind)kind, language, name, word);
	}
	/* The first of a name says what it does. */
	if (first < w->n) {
		w->v[first].arguments = arguments;
		w->v[first].summary = summary;
	}
	return GP_OK;
}

static enum gp_status
read_file(struct gp_words *w, const char *language, const char *text, size_t n,
    struct gp_err *err)
{
	const char *p = text, *end = text + n, *nl;
	enum gp_status st = GP_OK;
	int line = 0;

	for (; p < end && st == GP_OK; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		line++;
		if (*p != '#' && *p != '\n' && p < nl)
			st = read_line(w, language, p, nl, line, err);
	}
	return st;
}

enum gp_status
gp_words_load(const void *ctx, struct gp_templates *templates, struct gp_words **out,
    struct gp_err *err)
{
	struct gp_words *w = gp_new(ctx, struct gp_words);
	const char *const *languages;
	enum gp_status st = GP_OK;
	size_t i, count, n;

	w->v = gp_array(w, struct gp_word, MAX_WORDS);
	languages = gp_templates_languages(w, templates, &count);
	for (i = 0; st == GP_OK && i < count; i++) {
		const char *text = gp_templates_file(templates,
		    gp_asprintf(w, "mail/%s/words", languages[i]), &n);

		if (text != NULL)
			st = read_file(w, languages[i], text, n, err);
	}
	if (st == GP_OK)
		*out = w;
	else
		talloc_free(w);
	return st;
}

const struct gp_word *
gp_words_each(const struct gp_words *w, size_t i)
{
	return i < w->n ? &w->v[i] : NULL;
}

const struct gp_word *
gp_words_about(const struct gp_words *w, enum gp_word_kind kind, const char *name,
    const char *language)
{
	const struct gp_word *found = NULL;
	size_t i;

	for (i = 0; i < w->n; i++) {
		const struct gp_word *word = &w->v[i];

		if (word->kind != kind || word->summary == NULL || strcmp(word->name, name) != 0)
			continue;
		if (gp_streq(word->language, language))
			return word;
		if (strcmp(word->language, "en") == 0)
			found = word;
	}
	return found;
}

/* Does the text begin with the word, and does no letter follow? Its length, or 0. */
static size_t
begins(const char *text, const char *word)
{
	size_t n = strlen(word);
	unsigned char after;

	if (strncmp(text, word, n) != 0)
		return 0;
	after = (unsigned char)text[n];
	return (after >= 'a' && after <= 'z') || (after >= '0' && after <= '9') || after >= 0x80 ||
	    after == '-' ? 0 : n;
}

const struct gp_word *
gp_words_find(const struct gp_words *w, enum gp_word_kind kind, const char *line, size_t *used)
{
	char *folded = gp_utf8_fold(NULL, line, strlen(line));
	const struct gp_word *found = NULL;
	size_t i, n, best = 0;

	for (i = 0; i < w->n; i++) {
		if (w->v[i].kind != kind)
			continue;
		n = begins(folded, w->v[i].text);
		if (n > best) {
			best = n;
			found = &w->v[i];
		}
	}
	/* Folding keeps the number of characters, not that of bytes. */
	if (found != NULL && used != NULL)
		*used = gp_utf8_skip(line, strlen(line), gp_utf8_count(folded, best));
	talloc_free(folded);
	return found;
}

bool
gp_words_starts(const struct gp_words *w, enum gp_word_kind kind, const char *line)
{
	return gp_words_find(w, kind, line, NULL) != NULL;
}

/* Damerau's distance, as far as NEAR: a letter too many, missing, other, or two swapped. */
static size_t
distance(const char *a, size_t an, const char *b, size_t bn)
{
	size_t d[3][MAX_WORD + 1], i, k;

	if (an > MAX_WORD || bn > MAX_WORD)
		return MAX_WORD;
	for (k = 0; k <= bn; k++)
		d[0][k] = k;
	for (i = 1; i <= an; i++) {
		size_t *row = d[i % 3], *above = d[(i + 2) % 3], *higher = d[(i + 1) % 3];

		row[0] = i;
		for (k = 1; k <= bn; k++) {
			size_t best = above[k - 1] + (a[i - 1] != b[k - 1]);

			if (above[k] + 1 < best)
				best = above[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
			    higher[k - 2] + 1 < best)
				best = higher[k - 2] + 1;
			row[k] = best;
		}
	}
	return d[an % 3][bn];
}

const struct gp_word *
gp_words_near(const struct gp_words *w, enum gp_word_kind kind, const char *line)
{
	size_t n = strcspn(line, " \t\r\n.,:;!?"), i, near = NEAR + 1;
	char *folded = gp_utf8_fold(NULL, line, n);
	const struct gp_word *found = NULL;

	n = strlen(folded);
	for (i = 0; n >= 3 && i < w->n; i++) {
		size_t len = strlen(w->v[i].text), dist;

		/* Short words are near to everything. */
		if (w->v[i].kind != kind || len < 3)
			continue;
		dist = distance(folded, n, w->v[i].text, len);
		if (dist < near && dist * 3 <= len) {
			near = dist;
			found = &w->v[i];
		}
	}
	talloc_free(folded);
	return found;
}
