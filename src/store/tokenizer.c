/* SPDX-License-Identifier: ISC */
/*
 * The FTS5 tokenizer "guildpost": words folded to small letters without accents.
 * ASCII goes a fast way and is not even copied where it is small letters already.
 * Characters of scripts that are written without blanks between words are a token
 * each, so that a string of them in a query becomes a phrase. Overlong words of
 * ASCII and lines of base64 (signatures, keys, patches) give no tokens.
 */
#include "config.h"

#include "tokenizer.h"
#include "fold.h"

#include <string.h>

enum {
	WORD_MAX = 40,		/* bytes of a folded word */
	RUN_MIN = 56,		/* base64 characters in a row that are data */
	RUN_LOOK = 18		/* words from this size on are checked for it */
};

enum { C_SEPARATOR = 0, C_HIGH = 0xff };	/* other classes: the folded character */

struct scan {
	const unsigned char *text;
	int size;
	int checked;		/* up to here the run was looked at: no data */
	gp_token_fn emit;
	void *arg;
};

static unsigned char class_of[256];
static bool is_base64[256];
static bool is_plain[256];	/* a small ASCII letter or a digit */

static void
init_tables(void)
{
	bool up, word;
	int c;

	if (class_of['a'] != 0)
		return;
	for (c = 0; c < 128; c++) {
		up = c >= 'A' && c <= 'Z';
		word = up || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		class_of[c] = word ? (unsigned char)(up ? c + 32 : c) : C_SEPARATOR;
		is_plain[c] = word && !up;
		is_base64[c] = word || c == '+' || c == '/' || c == '=';
	}
	for (; c < 256; c++)
		class_of[c] = C_HIGH;
}

/* Thai, Lao, Burmese, Khmer, Chinese, Japanese, Korean: no blanks between words. */
static bool
is_word_by_itself(uint32_t c)
{
	return (c >= 0xe00 && c < 0xf00) || (c >= 0x1000 && c < 0x10a0) ||
	    (c >= 0x1780 && c < 0x1800) || (c >= 0x3041 && c < 0x3100) ||
	    (c >= 0x3400 && c < 0x4dc0) || (c >= 0x4e00 && c < 0xa000) ||
	    (c >= 0xac00 && c < 0xd7a4) || (c >= 0xf900 && c < 0xfb00) ||
	    (c >= 0x20000 && c < 0x32000);
}

/* Punctuation, arrows, signs, private use, pictures. */
static bool
is_mark(uint32_t c)
{
	return (c >= 0x2000 && c < 0x2c00) || (c >= 0x2e00 && c < 0x3041) ||
	    (c >= 0xd800 && c < 0xf900) || (c >= 0xfe10 && c < 0xfe70) ||
	    (c >= 0xff5b && c < 0xff66) || (c >= 0xffe0 && c < 0x10000) ||
	    (c >= 0x1f000 && c < 0x20000) || c >= 0xe0000;
}

/* 0: separates, 1: within a word but dropped, else the folded character. */
static uint32_t
fold(uint32_t c)
{
	if (c < 0x80)
		return 0;
	if (c < 0x530)
		return fold_low[c - 0x80];
	if (c >= 0x1e00 && c < 0x2000)
		return fold_high[c - 0x1e00];
	if (c >= 0x531 && c < 0x557)		/* Armenian capitals */
		return c + 0x30;
	if (c == 0x200c || c == 0x200d || (c >= 0xfe00 && c < 0xfe10))
		return 1;
	if (c >= 0xff01 && c < 0xff5f)		/* full width ASCII */
		return class_of[c - 0xfee0];
	return is_mark(c) ? 0 : c;
}

/* The end of a run of base64 that begins at `from`, if it is data, else 0. */
static int
data_end(struct scan *s, int from, int word_end)
{
	int i;

	if (from < s->checked)
		return 0;
	for (i = word_end; i < s->size && is_base64[s->text[i]]; i++)
		;
	if (i - from >= RUN_MIN)
		return i;
	s->checked = i;
	return 0;
}

/* A word in the making. */
struct word {
	char buf[WORD_MAX + 8];
	int len;		/* over WORD_MAX: it went on */
	int from, end;		/* in the text */
	bool ascii;
	bool single;		/* one character that is a word by itself */
};

/* One character outside of ASCII at s->text[w->end]. False: the word ends before it. */
static bool
take_high(struct scan *s, struct word *w)
{
	uint32_t c = 0, f;
	size_t len = gp_utf8_next((const char *)s->text + w->end, (size_t)(s->size - w->end), &c);

	f = len == 0 ? 0 : fold(c);
	if (f == 0) {
		/* Go past it when nothing was taken yet. */
		if (w->end == w->from)
			w->end += len == 0 ? 1 : (int)len;
		return false;
	}
	if (is_word_by_itself(c)) {
		if (w->len > 0)
			return false;
		w->single = true;
		w->from = w->end;
		w->len = (int)gp_utf8_put(w->buf, f);
		w->end += (int)len;
		return false;
	}
	w->ascii = false;
	if (f > 1 && w->len <= WORD_MAX)
		w->len += (int)gp_utf8_put(w->buf + w->len, f);
	w->end += (int)len;
	return true;
}

static void
take_word(struct scan *s, struct word *w)
{
	unsigned char class;

	while (w->end < s->size) {
		class = class_of[s->text[w->end]];
		if (class == C_SEPARATOR)
			return;
		if (class == C_HIGH) {
			if (!take_high(s, w))
				return;
			continue;
		}
		if (w->len <= WORD_MAX)
			w->buf[w->len++] = (char)class;
		w->end++;
	}
}

/* A word that needs folding; the bytes from..at are small ASCII letters. *next: where to
 * go on. */
static int
fold_word(struct scan *s, int from, int at, int *next)
{
	struct word w = {.from = from, .end = at, .ascii = true};
	int data;

	w.len = at - from > WORD_MAX ? WORD_MAX + 1 : at - from;
	memcpy(w.buf, s->text + from, (size_t)w.len);
	take_word(s, &w);
	*next = w.end;
	if (w.len == 0)
		return SQLITE_OK;
	if (!w.single) {
		if (w.ascii && w.len > WORD_MAX)
			return SQLITE_OK;
		if (w.len >= RUN_LOOK || (w.end < s->size &&
		    (s->text[w.end] == '+' || s->text[w.end] == '/'))) {
			data = data_end(s, from, w.end);
			if (data != 0) {
				*next = data;
				return SQLITE_OK;
			}
		}
	}
	return s->emit(s->arg, 0, w.buf, w.len, w.from, w.end);
}

static int
scan_text(struct scan *s)
{
	const unsigned char *t = s->text;
	int i = 0, from, rc = SQLITE_OK;

	while (rc == SQLITE_OK) {
		while (i < s->size && class_of[t[i]] == C_SEPARATOR)
			i++;
		if (i >= s->size)
			break;
		from = i;
		while (i < s->size && is_plain[t[i]])
			i++;
		/* Small letters up to a separator: nothing to fold. */
		if (i - from < RUN_LOOK && i > from && (i == s->size ||
		    (class_of[t[i]] == C_SEPARATOR && t[i] != '+' && t[i] != '/')))
			rc = s->emit(s->arg, 0, (const char *)t + from, i - from, from, i);
		else
			rc = fold_word(s, from, i, &i);
	}
	return rc;
}

int
gp_tokenize(const char *text, size_t n, gp_token_fn emit, void *arg)
{
	struct scan s = {.text = (const unsigned char *)text, .emit = emit, .arg = arg};

	if (text == NULL || n == 0)
		return SQLITE_OK;
	init_tables();
	s.size = n > GP_MAX_MESSAGE ? GP_MAX_MESSAGE : (int)n;
	return scan_text(&s);
}

/* ---- what FTS5 wants -------------------------------------------------------------- */

static int
create(void *ctx, const char **args, int n, Fts5Tokenizer **out)
{
	static int nothing;	/* it has no state, but must not be NULL */

	(void)ctx;
	(void)args;
	(void)n;
	*out = (Fts5Tokenizer *)&nothing;
	return SQLITE_OK;
}

static void
delete(Fts5Tokenizer *t)
{
	(void)t;
}

static int
tokenize(Fts5Tokenizer *t, void *arg, int flags, const char *text, int size, gp_token_fn emit)
{
	(void)t;
	(void)flags;
	return gp_tokenize(text, size < 0 ? 0 : (size_t)size, emit, arg);
}

int
gp_tokenizer_register(sqlite3 *db)
{
	fts5_tokenizer t = {create, delete, tokenize};
	fts5_api *api = NULL;
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &st, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
		sqlite3_step(st);
	}
	sqlite3_finalize(st);
	if (api == NULL)
		return SQLITE_ERROR;
	return api->xCreateTokenizer(api, "guildpost", NULL, &t, NULL);
}
