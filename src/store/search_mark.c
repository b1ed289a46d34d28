/* SPDX-License-Identifier: ISC */
/*
 * What was found, in the text: by the same words as the index has, so that a mark stands wherever
 * the search saw something (accents, capitals, forms, scripts without blanks). And who wrote it, when.
 */
#include "config.h"

#include "search.h"
#include "tokenizer.h"

#include <stdlib.h>

enum { MARKS = 200, TOKENS = 200000, AUTHORS = 8, YEARS = 30 };

struct token {
	const char *word;
	size_t len;
	size_t from, to;
};

struct tokens {
	const void *ctx;
	struct token *v;
	size_t n;
};

static int
add_token(void *arg, int flags, const char *word, int len, int from, int to)
{
	struct tokens *t = arg;
	struct token *one;

	(void)flags;
	if (t->n == TOKENS)
		return 0;
	t->v = gp_store_grow(t->ctx, t->v, t->n, sizeof(*t->v));
	one = &t->v[t->n++];
	one->word = gp_strndup(t->ctx, word, (size_t)len);
	one->len = (size_t)len;
	one->from = (size_t)from;
	one->to = (size_t)to;
	return 0;
}

/* How many tokens from i on are the term ("queen bee", "swar*"); 0: they are not. */
static size_t
is_term(const struct tokens *t, size_t i, const char *term)
{
	size_t n = 0, len;

	for (; *term != '\0'; n++) {
		len = strcspn(term, " *");
		if (i + n == t->n || t->v[i + n].len < len || memcmp(t->v[i + n].word, term, len) != 0 ||
		    (t->v[i + n].len != len && term[len] != '*'))
			return 0;
		term += len + (term[len] != '\0');
	}
	return n;
}

void
gp_hits_marks(const void *ctx, const struct gp_hits *hits, const char *text, size_t n,
    struct gp_mark **out, size_t *out_n)
{
	void *mem = gp_ctx(NULL);
	struct tokens t = {mem, NULL, 0};
	size_t i, k, best, len;

	*out = gp_array(ctx, struct gp_mark, MARKS);
	*out_n = 0;
	if (hits->terms_n > 0)
		gp_tokenize(text, n, add_token, &t);
	for (i = 0; i < t.n && *out_n < MARKS; i += best > 0 ? best : 1) {
		for (k = 0, best = 0; k < hits->terms_n; k++) {
			len = is_term(&t, i, hits->terms[k]);
			best = len > best ? len : best;
		}
		if (best > 0)
			(*out)[(*out_n)++] = (struct gp_mark){t.v[i].from, t.v[i + best - 1].to};
	}
	talloc_free(mem);
}

/* ---- facets ---------------------------------------------------------------------------------------- */

static int
more_first(const void *a, const void *b)
{
	const struct gp_facet *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

static int
newer_first(const void *a, const void *b)
{
	return strcmp(((const struct gp_facet *)b)->name, ((const struct gp_facet *)a)->name);
}

static void
count(const void *ctx, struct gp_facet **v, size_t *n, const char *name)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (strcmp((*v)[i].name, name) == 0) {
			(*v)[i].n++;
			return;
		}
	*v = gp_store_grow(ctx, *v, *n, sizeof(**v));
	(*v)[(*n)++] = (struct gp_facet){gp_strdup(ctx, name), 1};
}

enum gp_status
gp_facets_count(const void *ctx, struct gp_store *s, const char *ids, struct gp_facets **out,
    struct gp_err *err)
{
	struct gp_facets *f = gp_new(ctx, struct gp_facets);
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT look_name(n.thread, n.from_name), n.date, "
	    "n.files > 0, t.mark = 'solved', "
	    "t.mark = 'question', l.name FROM json_each(?1) i CROSS JOIN node n ON n.id = i.value "
	    "JOIN thread t ON t.id = n.thread JOIN list l ON l.id = n.list", GP_ARGS(GP_TEXT(ids)), err);
	const char *name;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		name = (const char *)sqlite3_column_text(st, 0);
		if (name != NULL && *name != '\0')
			count(f, &f->authors, &f->authors_n, name);
		count(f, &f->years, &f->years_n, gp_time_format(f, sqlite3_column_int64(st, 1), NULL, "%Y"));
		f->files += sqlite3_column_int64(st, 2);
		f->solved += sqlite3_column_int64(st, 3);
		f->questions += sqlite3_column_int64(st, 4);
		name = (const char *)sqlite3_column_text(st, 5);
		count(f, &f->lists, &f->lists_n, name != NULL ? name : "");
	}
	if (f->authors_n > 0)
		qsort(f->authors, f->authors_n, sizeof(*f->authors), more_first);
	if (f->years_n > 0)
		qsort(f->years, f->years_n, sizeof(*f->years), newer_first);
	if (f->lists_n > 0)
		qsort(f->lists, f->lists_n, sizeof(*f->lists), more_first);
	f->lists_n = f->lists_n > AUTHORS ? AUTHORS : f->lists_n;
	f->authors_n = f->authors_n > AUTHORS ? AUTHORS : f->authors_n;
	f->years_n = f->years_n > YEARS ? YEARS : f->years_n;
	*out = f;
	return gp_sql_end(status);
}
