/* SPDX-License-Identifier: ISC */
/*
 * Words as they stand in the index: the other forms of one that is looked for, and words like one
 * that nobody wrote. The index holds words as they were written (without capitals and accents), so
 * that "just so" stays possible and every list can have its own language; forms are found when
 * somebody searches, among the few words that begin like it.
 */
#include "config.h"

#include "search.h"
#include "search_query.h"
#include "stem.h"
#include "tokenizer.h"

enum {
	WORD = 44,		/* bytes of a folded word, with a NUL */
	LANGUAGES = 6,
	FORMS = 24,		/* of one word */
	LOOK = 3000,		/* words of the index that are looked at for one */
	BEGIN = 3		/* letters that all forms share at least */
};

struct gp_forms {
	struct gp_store *s;
	struct gp_stemmer *stemmers[LANGUAGES];
	size_t n;
	int64_t until;		/* gp_now_ms */
};

struct gp_forms *
gp_forms_new(const void *ctx, struct gp_store *s, const char *languages)
{
	struct gp_forms *f = gp_new(ctx, struct gp_forms);
	size_t n;

	f->s = s;
	for (; languages != NULL && *languages != '\0' && f->n < LANGUAGES; languages += n) {
		languages += strspn(languages, " ");
		n = strcspn(languages, " ");
		f->stemmers[f->n] = gp_stemmer_new(f, gp_strndup(f, languages, strcspn(languages, "-_ ")));
		f->n += f->stemmers[f->n] != NULL;
	}
	return f;
}

/* Words of the index from `from` up to (not with) `to`, in their order. */
static enum gp_status
open_words(struct gp_store *s, const char *from, const char *to, sqlite3_stmt **st, struct gp_err *err)
{
	enum gp_status status = gp_sql_script(s, "CREATE VIRTUAL TABLE IF NOT EXISTS "
	    "temp.search_terms USING fts5vocab(main, search, row)", err);

	return status != GP_OK ? status : gp_sql_open(s, st, "SELECT term, doc FROM temp.search_terms "
	    "WHERE term >= ?1 AND term < ?2", GP_ARGS(GP_TEXT(from), GP_TEXT(to)), err);
}

static bool
is_plain(const char *word)
{
	for (; *word != '\0'; word++)
		if (*word >= '0' && *word <= '9')
			return false;
	return true;
}

/* What every form of a word begins with: what it shares with its stem, less the letter in which forms
 * part ("studi", "study"). 0: too little to go by. */
static size_t
beginning(const char *word, const char *stem)
{
	size_t n = 0;

	while (stem[n] != '\0' && word[n] == stem[n])
		n++;
	n -= n > BEGIN && (stem[n] != '\0' || n > 1 + BEGIN);
	while (n > 0 && ((unsigned char)word[n] & 0xc0) == 0x80)
		n--;
	return n >= BEGIN ? n : 0;
}

static void
add_form(const void *ctx, const char *word, char **v, size_t *n)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (strcmp(v[i], word) == 0)
			return;
	if (*n < FORMS)
		v[(*n)++] = gp_strdup(ctx, word);
}

static void
forms_in(struct gp_forms *f, struct gp_stemmer *by, const void *ctx, const char *word, char **v, size_t *n)
{
	char stem[WORD], other[WORD], *from, *to;
	struct gp_err err = {GP_OK, ""};
	const char *term;
	sqlite3_stmt *st;
	size_t begin, looked = 0;

	if (gp_stem(by, word, strlen(word), stem, sizeof(stem)) == 0 || (begin = beginning(word, stem)) == 0)
		return;
	from = gp_strndup(ctx, word, begin);
	to = gp_asprintf(ctx, "%s\xf4\x8f\xbf\xbf", from);
	if (open_words(f->s, from, to, &st, &err) != GP_OK)
		return;
	while (gp_sql_next(f->s, st, &err) == GP_OK) {
		term = (const char *)sqlite3_column_text(st, 0);
		if (strcmp(term, word) != 0 && is_plain(term) &&
		    gp_stem(by, term, strlen(term), other, sizeof(other)) > 0 && strcmp(stem, other) == 0)
			add_form(ctx, term, v, n);
		if (++looked == LOOK) {
			gp_sql_done(st);
			break;
		}
	}
}

void
gp_forms_find(void *forms, const void *ctx, const char *word, char ***out, size_t *n)
{
	struct gp_forms *f = forms;
	size_t i;

	*n = 0;
	if (f->n == 0 || strlen(word) >= WORD || !is_plain(word))
		return;
	*out = gp_array(ctx, char *, FORMS);
	for (i = 0; i < f->n; i++)
		forms_in(f, f->stemmers[i], ctx, word, *out, n);
}

/* ---- words like one that nobody wrote ----------------------------------------------------------- */

struct near {
	const char *word;
	size_t distance;
	int64_t docs;
	char best[WORD];
};

static enum gp_status
look_near(struct gp_forms *f, const char *from, const char *to, struct near *near, struct gp_err *err)
{
	size_t length = strlen(near->word), n, d, looked = 0;
	enum gp_status status;
	const char *term;
	sqlite3_stmt *st;
	int64_t docs;

	status = open_words(f->s, from, to, &st, err);
	while (status == GP_OK && (status = gp_sql_next(f->s, st, err)) == GP_OK) {
		if ((++looked & 63) == 0 && gp_now_ms() > f->until) {
			gp_sql_done(st);
			return GP_OK;
		}
		term = (const char *)sqlite3_column_text(st, 0);
		n = strlen(term);
		if (n >= WORD || n + 2 < length || n > length + 2 || !is_plain(term))
			continue;
		d = gp_distance(near->word, term);
		docs = sqlite3_column_int64(st, 1);
		if (d < near->distance || (d == near->distance && docs > near->docs)) {
			near->distance = d;
			near->docs = docs;
			memcpy(near->best, term, n + 1);
		}
	}
	return gp_sql_end(status);
}

/* One letter wrong, or two in a long word; most people get the first two right, else the first. */
static enum gp_status
find_near(struct gp_forms *f, const char *word, char **out, struct gp_err *err)
{
	size_t length = gp_utf8_count(word, strlen(word)), i;
	struct near near = {word, length >= 7 ? 3 : 2, 0, ""};
	char from[3] = {word[0], word[1], '\0'}, to[3] = {word[0], (char)(word[1] + 1), '\0'};
	enum gp_status status = GP_OK;

	*out = NULL;
	for (i = 0; status == GP_OK && i < 2 && near.best[0] == '\0'; i++) {
		status = look_near(f, from, to, &near, err);
		from[1] = to[1] = '\0';
		to[0]++;
	}
	if (status == GP_OK && near.best[0] != '\0')
		*out = gp_strdup(f, near.best);
	return status;
}

struct one_word {
	char text[WORD];
	size_t n;
};

static int
take_word(void *arg, int flags, const char *word, int len, int from, int to)
{
	struct one_word *w = arg;

	(void)flags;
	(void)from;
	(void)to;
	if (w->n++ == 0 && len < WORD) {
		memcpy(w->text, word, (size_t)len);
		w->text[len] = '\0';
	}
	return 0;
}

/* A piece of a query that is one word of letters: then its better form, or NULL. */
static enum gp_status
mend_word(struct gp_forms *f, const char *piece, size_t n, char **out, struct gp_err *err)
{
	struct one_word w = {"", 0};
	enum gp_status status;
	sqlite3_stmt *st;
	bool there;

	*out = NULL;
	if (memchr(piece, ':', n) != NULL || *piece == '-' || *piece == '"' || piece[n - 1] == '*')
		return GP_OK;
	gp_tokenize(piece, n, take_word, &w);
	if (w.n != 1 || strlen(w.text) < 4 || !is_plain(w.text) || (unsigned char)w.text[0] >= 0x80 ||
	    (unsigned char)w.text[1] >= 0x80)
		return GP_OK;
	status = open_words(f->s, w.text, gp_asprintf(f, "%s\x01", w.text), &st, err);
	if (status == GP_OK)
		status = gp_sql_next(f->s, st, err);
	there = status == GP_OK;
	if (there)
		gp_sql_done(st);
	return there || status != GP_E_NOTFOUND ? gp_sql_end(status) : find_near(f, w.text, out, err);
}

enum gp_status
gp_search_suggest(const void *ctx, struct gp_store *s, const struct gp_search *search, char **out,
    struct gp_err *err)
{
	struct gp_forms *f = gp_forms_new(ctx, s, NULL);
	const char *p = search->query, *q = p != NULL ? p : "";
	struct gp_search again = *search;
	enum gp_status status = GP_OK;
	struct gp_hits hits;
	bool mended = false;
	struct gp_buf b;
	char *better;
	size_t n;

	*out = NULL;
	f->until = gp_now_ms() + 50;
	gp_buf_init(&b, ctx, 16 << 10);
	for (p = q; *p != '\0' && status == GP_OK; p += n) {
		n = strspn(p, " ");
		gp_buf_add(&b, p, n);
		p += n;
		n = strcspn(p, " ");
		status = n > 0 ? mend_word(f, p, n, &better, err) : GP_OK;
		if (status == GP_OK && n > 0 && better != NULL) {
			gp_buf_puts(&b, better);
			mended = true;
		} else {
			gp_buf_add(&b, p, n);
		}
	}
	if (status != GP_OK || !mended || b.over)
		return status;
	/* Only what this reader would find: words of other lists are none of theirs. */
	again.query = b.p;
	again.limit = 1;
	again.offset = 0;
	again.facets = false;
	status = gp_search_run(ctx, s, &again, &hits, err);
	if (status == GP_OK && hits.n > 0)
		*out = b.p;
	return status;
}
