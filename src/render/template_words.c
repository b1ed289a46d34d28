/* SPDX-License-Identifier: ISC */
/*
 * Pages in several languages. A page is one template, in English, in which every piece that people
 * read stands in double brackets: [[Reply]], [[{{messages}} messages]]. The catalogue of a language,
 * web/words.de, has such a piece on a line, and below it, behind a tab, what takes its place; it may
 * put the names that the piece fills in elsewhere. From both, a template of that language is made
 * when they are loaded, so that a page costs no more than in English. What a catalogue lacks stays
 * English.
 */
#include "config.h"

#include "template.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CATALOGUE "web/words."

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->english, ((const struct word *)b)->english);
}

static const char *
find(const struct words *words, const char *english)
{
	struct word key = {english, NULL}, *found = NULL;

	if (words != NULL && words->n > 0)
		found = bsearch(&key, words->v, words->n, sizeof(key), compare);
	return found != NULL ? found->here : NULL;
}

char *
words_put(const void *ctx, const struct words *words, const char *text)
{
	void *mem = gp_ctx(NULL);
	const char *open, *close, *here;
	struct gp_buf b;
	char *piece;

	gp_buf_init(&b, ctx, TEMPLATE_MAX_FILE * 4);
	gp_buf_puts(&b, "");
	while ((open = strstr(text, "[[")) != NULL && (close = strstr(open, "]]")) != NULL) {
		gp_buf_add(&b, text, (size_t)(open - text));
		piece = gp_strndup(mem, open + 2, (size_t)(close - open) - 2);
		here = find(words, piece);
		gp_buf_puts(&b, here != NULL ? here : piece);
		text = close + 2;
	}
	gp_buf_puts(&b, text);
	talloc_free(mem);
	return b.p;
}

/* A catalogue: pairs of lines, the second behind a tab. */
static enum gp_status
read_catalogue(struct gp_templates *set, const struct file *f, struct gp_err *err)
{
	struct words *w = gp_new(set, struct words);
	char *english = NULL, *line;
	const char *p = f->text;
	struct gp_str s;
	int number = 0;

	w->language = gp_strdup(w, f->name + strlen(CATALOGUE));
	w->v = gp_array(w, struct word, f->n / 2 + 1);
	while (p < f->text + f->n) {
		s.p = p;
		s.n = strcspn(p, "\n");
		p += s.n + (p[s.n] == '\n');
		number++;
		if (s.n == 0 || *s.p == '#')
			continue;
		line = gp_strndup(w, s.p, s.n);
		if ((*line == '\t') != (english != NULL))
			return gp_fail(err, GP_E_CONFIG, "%s:%d: %s", f->path, number, *line == '\t' ?
			    "no English words stand above this line" :
			    "a tab and the words of the language must follow");
		if (*line == '\t')
			w->v[w->n++] = (struct word){english, line + 1};
		english = *line == '\t' ? NULL : line;
	}
	if (w->n > 0)
		qsort(w->v, w->n, sizeof(*w->v), compare);
	w->next = set->words;
	set->words = w;
	return GP_OK;
}

/* A page, a piece of one, a feed: "web/home.html", not "web/de/home.html". */
static bool
is_page(const struct file *f)
{
	return gp_starts(f->name, "web/") && f->t != NULL && strchr(f->name + strlen("web/"), '/') == NULL;
}

static enum gp_status
add_pages(struct gp_templates *set, const struct words *w, struct gp_err *err)
{
	struct file **pages = gp_array(NULL, struct file *, set->n + 1);
	enum gp_status st = GP_OK;
	char *name, *text;
	size_t i, n = 0;

	for (i = 0; i < set->n; i++)
		if (is_page(set->files[i]))
			pages[n++] = set->files[i];
	for (i = 0; i < n && st == GP_OK; i++) {
		name = gp_asprintf(pages, "web/%s%s", w->language, pages[i]->name + strlen("web"));
		if (gp_templates_file(set, name, NULL) != NULL)
			continue;	/* a site's own */
		text = words_put(pages, w, pages[i]->source != NULL ? pages[i]->source : pages[i]->text);
		st = templates_add(set, name, gp_asprintf(pages, "%s (%s)", pages[i]->path, w->language), text,
		    strlen(text), err);
	}
	talloc_free(pages);
	return st;
}

enum gp_status
words_load(struct gp_templates *set, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	const struct words *w;
	size_t i;

	for (i = 0; i < set->n && st == GP_OK; i++)
		if (gp_starts(set->files[i]->name, CATALOGUE))
			st = read_catalogue(set, set->files[i], err);
	for (w = set->words; w != NULL && st == GP_OK; w = w->next)
		st = add_pages(set, w, err);
	return st;
}

const char *
gp_templates_word(const struct gp_templates *set, const char *lang, const char *english)
{
	const struct words *w = set->words;
	const char *here;

	while (lang != NULL && w != NULL && (strlen(w->language) != strcspn(lang, "-_") ||
	    strncasecmp(w->language, lang, strlen(w->language)) != 0))
		w = w->next;
	here = lang == NULL ? NULL : find(w, english);
	return here != NULL ? here : english;
}
