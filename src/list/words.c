/* SPDX-License-Identifier: ISC */
/*
 * The words that people may write, in every language that has a file "words" beside its
 * mails: commands, verdicts, and the lines that mail programs and gateways put in. A file
 * a language, so that whoever translates the mails translates these too.
 */
#include "config.h"

#include "words.h"

#include <string.h>

enum {
	MAX_WORDS = 4000,
	NEAR = 2,
	BUCKETS = 1024,		/* of words that are found anywhere, by their first part */
	MAX_POLITE = 20		/* whoever is more polite than that says something */
};

static const char *const kinds[] = {"command", "verdict", "skip", "polite", "date", "end",
    "robot", "greeting", "doubt", "behind", "thing", "ask", "tell", "kind",
    "span", "vote", "note", "veil", "bye"};

struct gp_words {
	struct gp_word *v;
	size_t n;
	/* Words of GP_WORD_ASK and GP_WORD_TELL: 1 and more is one of v, 0 the end of a chain. */
	unsigned short head[BUCKETS], next[MAX_WORDS];
};

/* A word, or one with a full stop behind it: that must stand alone. */
static void
add(struct gp_words *w, size_t first, enum gp_word_kind kind, const char *language,
    const char *name, const char *text)
{
	struct gp_str s = gp_str_trim(GP_STR(text));
	bool alone = s.n > 1 && s.p[s.n - 1] == '.';
	char *folded = gp_utf8_fold(w, s.p, s.n - alone);
	size_t i;

	for (i = first; i < w->n; i++)
		if (strcmp(w->v[i].text, folded) == 0) {
			w->v[i].alone |= alone;
			return;
		}
	if (*folded == '\0' || w->n == MAX_WORDS)
		return;
	w->v[w->n++] = (struct gp_word){kind, language, name, folded, alone, NULL, NULL};
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
	size_t n = strcspn(p, " \t\n"), kind, first, i;
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
	add(w, first, (enum gp_word_kind)kind, language, name, name);
	for (word = words; *word != '\0'; word = next) {
		next = word + strcspn(word, ",");
		if (*next != '\0')
			*next++ = '\0';
		add(w, first, (enum gp_word_kind)kind, language, name, word);
	}
	/* What takes no arguments is not meant where something stands behind it. */
	for (i = first; i < w->n && kind == GP_WORD_COMMAND && *arguments == '\0'; i++)
		w->v[i].alone |= strcmp(name, "stop") != 0;
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

/* Names stand in every file: a verdict that must stand alone in one language must in all. */
static void
agree(struct gp_words *w)
{
	size_t i, k;

	for (i = 0; i < w->n; i++)
		for (k = 0; w->v[i].kind == GP_WORD_VERDICT && w->v[i].alone && k < w->n; k++)
			if (w->v[k].kind == GP_WORD_VERDICT &&
			    strcmp(w->v[k].text, w->v[i].text) == 0)
				w->v[k].alone = true;
}

static void
index_words(struct gp_words *w);

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
	agree(w);
	index_words(w);
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

/* Letters and digits of any script; marks, blanks and pictures are none. */
static bool
is_letter(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9');
	return cp >= 0xc0 && cp != 0xd7 && cp != 0xf7 && !(cp >= 0x2000 && cp <= 0x2bff) &&
	    !(cp >= 0x3000 && cp <= 0x303f) && !(cp >= 0xfe00 && cp <= 0xfe0f) && cp != 0xfeff &&
	    cp != 0xfffd && !(cp >= 0x1f000 && cp <= 0x1faff);
}

/* May a word end in front of this? Not within "ok-ish", "don't", "yes/no", "ok@example.org". */
static bool
is_end(const char *text)
{
	uint32_t cp, next;
	size_t n = *text != '\0' ? gp_utf8_next(text, strnlen(text, 4), &cp) : 0;

	if (n == 0)
		return true;
	if (strchr("-'", *text) != NULL)
		return text[1] == '\0' || gp_utf8_next(text + 1, strnlen(text + 1, 4), &next) == 0 ||
		    !is_letter(next);
	return !is_letter(cp) && strchr("@_/\\&=", *text) == NULL;
}

/* Does the folded text begin with the word, any blanks for one? Its length there, or 0. */
static size_t
begins(const char *text, const char *word)
{
	const char *p = text;
	uint32_t last = 0;

	for (; *word != '\0'; word++) {
		if (*word == ' ' && *p == ' ') {
			p += strspn(p, " ");
			continue;
		}
		if (*p != *word)
			return 0;
		last = (unsigned char)*p++;
	}
	/* Behind a mark ("-") anything may follow. */
	return last < 0x80 && !is_letter(last) ? (size_t)(p - text) : is_end(p) ?
	    (size_t)(p - text) : 0;
}

static const struct gp_word *
longest(const struct gp_words *w, enum gp_word_kind kind, const char *folded, size_t *used);

/* Behind marks and blanks; *marked: was there a mark? */
static const char *
behind_marks(const char *p, bool *marked)
{
	uint32_t cp;
	size_t n;

	*marked = false;
	while (*p != '\0' && (n = gp_utf8_next(p, strnlen(p, 4), &cp)) > 0 && !is_letter(cp)) {
		*marked |= *p != ' ' && *p != '\t' && *p != '?';
		p += n;
	}
	return p;
}

/* Nothing but marks, words that say nothing, and the address of a list. */
static bool
is_only_polite(const struct gp_words *w, const char *p)
{
	size_t used, word, n = 0;
	bool marked;

	for (p = behind_marks(p, &marked); *p != '\0'; p = behind_marks(p + used, &marked)) {
		if (n++ == MAX_POLITE)
			return false;
		word = strcspn(p, " \t\n");
		if (memchr(p, '@', word) != NULL)
			used = word;
		else if (longest(w, GP_WORD_BEHIND, p, &used) == NULL &&
		    longest(w, GP_WORD_POLITE, p, &used) == NULL)
			return false;
	}
	return true;
}

static bool
may_stand(const struct gp_words *w, const struct gp_word *word, const char *behind)
{
	bool marked;

	if (!word->alone)
		return true;
	behind_marks(behind, &marked);
	if (word->kind == GP_WORD_VERDICT && marked)
		return true;
	return is_only_polite(w, behind);
}

static const struct gp_word *
longest(const struct gp_words *w, enum gp_word_kind kind, const char *folded, size_t *used)
{
	const struct gp_word *found = NULL;
	size_t i, n, best = 0;

	for (i = 0; i < w->n; i++) {
		if (w->v[i].kind != kind)
			continue;
		n = begins(folded, w->v[i].text);
		if (n > best && may_stand(w, &w->v[i], folded + n)) {
			best = n;
			found = &w->v[i];
		}
	}
	*used = best;
	return found;
}

const struct gp_word *
gp_words_find(const struct gp_words *w, enum gp_word_kind kind, const char *line, size_t *used)
{
	char *folded = gp_utf8_fold(NULL, line, strlen(line));
	const struct gp_word *found;
	size_t best;

	found = longest(w, kind, folded, &best);
	/* Folding keeps the number of characters, not that of bytes. */
	if (found != NULL && used != NULL)
		*used = gp_utf8_skip(line, strlen(line), gp_utf8_count(folded, best));
	talloc_free(folded);
	return found;
}

bool
gp_words_only_polite(const struct gp_words *w, const char *text)
{
	char *folded = gp_utf8_fold(NULL, text, strlen(text));
	bool yes = is_only_polite(w, folded);

	talloc_free(folded);
	return yes;
}

/* Letters and digits, and all that is not ASCII. */
static bool
is_part(char c)
{
	return (unsigned char)c >= 0x80 || is_letter((unsigned char)c);
}

/* Bucket of the part that begins there; *n: its length. */
static unsigned
bucket(const char *p, size_t *n)
{
	unsigned hash = 5381;

	for (*n = 0; is_part(p[*n]); (*n)++)
		hash = hash * 33 + (unsigned char)p[*n];
	return hash % BUCKETS;
}

static void
index_words(struct gp_words *w)
{
	size_t i, len;

	for (i = 0; i < w->n; i++) {
		unsigned b = bucket(w->v[i].text, &len);

		if (w->v[i].kind != GP_WORD_ASK && w->v[i].kind != GP_WORD_TELL)
			continue;
		w->next[i] = w->head[b];
		w->head[b] = (unsigned short)(i + 1);
	}
}

size_t
gp_words_count(const struct gp_words *w, enum gp_word_kind kind, const char *text, size_t max,
    const char **first)
{
	const char *p = text;
	size_t n = 0, len;
	unsigned i;

	while (*p != '\0' && n < max) {
		for (i = w->head[bucket(p, &len)]; i > 0 && n < max; i = w->next[i - 1]) {
			const struct gp_word *word = &w->v[i - 1];
			size_t size = strlen(word->text);

			if (word->kind != kind || strncmp(p, word->text, size) != 0 || is_part(p[size]))
				continue;
			if (n++ == 0 && first != NULL)
				*first = word->text;
		}
		p += len;
		while (*p != '\0' && !is_part(*p))
			p++;
	}
	return n;
}

bool
gp_words_starts(const struct gp_words *w, enum gp_word_kind kind, const char *line)
{
	return gp_words_find(w, kind, line, NULL) != NULL;
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
		dist = gp_distance(folded, w->v[i].text);
		if (dist < near && dist * 3 <= len) {
			near = dist;
			found = &w->v[i];
		}
	}
	talloc_free(folded);
	return found;
}
