/* SPDX-License-Identifier: ISC */
/*
 * A set of templates: finding one by name and language, partials, mail templates with
 * their header lines, and the hash that says which texts are in use. Files come from
 * template_load.c; here nothing is opened.
 *
 * Names are those of the files: "web/thread.html", "mail/en/hold.md". The suffix says
 * how values are escaped. Files of other kinds (style sheets) are kept as they are.
 */
#include "config.h"

#include "markdown.h"
#include "template.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *suffix;
	enum gp_escape escape;
} kinds[] = {
	{".html", GP_ESCAPE_HTML}, {".atom", GP_ESCAPE_XML}, {".xml", GP_ESCAPE_XML},
	{".md", GP_ESCAPE_MD}, {".txt", GP_ESCAPE_NONE}, {".hdr", GP_ESCAPE_HEADER},
};

/* Where a name is or would be; *found says which. */
static size_t
position(const struct gp_templates *set, const char *name, bool *found)
{
	size_t lo = 0, hi = set->n;

	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = strcmp(set->files[mid]->name, name);

		if (!cmp) {
			*found = true;
			return mid;
		}
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct file *
find_file(const struct gp_templates *set, const char *name)
{
	bool found;
	size_t i = position(set, name, &found);

	return found ? set->files[i] : NULL;
}

struct gp_templates *
templates_new(const void *ctx)
{
	struct gp_templates *set = gp_new(ctx, struct gp_templates);

	memset(set, 0, sizeof(*set));
	return set;
}

static void
insert(struct gp_templates *set, struct file *f)
{
	bool found;
	size_t at = position(set, f->name, &found);

	if (set->n == set->cap) {
		size_t cap = set->cap ? set->cap * 2 : 64;
		struct file **files = gp_array(set, struct file *, cap);

		if (set->n)
			memcpy(files, set->files, set->n * sizeof(*files));
		talloc_free(set->files);
		set->files = files;
		set->cap = cap;
	}
	memmove(set->files + at + 1, set->files + at, (set->n - at) * sizeof(*set->files));
	set->files[at] = f;
	set->n++;
}

/* Header lines in front ("Subject: ...")? Then the offset behind their empty line. */
static size_t
head_length(const char *text, size_t n)
{
	const char *end;
	size_t i = 0;

	while (i < n && ((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z') ||
	    (i && text[i] == '-')))
		i++;
	if (!i || i + 1 >= n || text[i] != ':' || text[i + 1] != ' ')
		return 0;
	end = gp_memmem(text, n, "\n\n", 2);
	return end ? (size_t)(end - text) + 2 : n;
}

static void
place(struct gp_template *t, struct gp_templates *set, const char *name)
{
	const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.'), *lang;

	t->set = set;
	t->dir = slash ? gp_strndup(t, name, (size_t)(slash - name) + 1) : gp_strdup(t, "");
	t->suffix = gp_strdup(t, dot ? dot : "");
	lang = gp_starts(name, "mail/") ? name + 5 : NULL;
	if (lang && strchr(lang, '/'))
		t->lang = gp_strndup(t, lang, (size_t)(strchr(lang, '/') - lang));
}

enum gp_status
templates_compile(struct gp_templates *set, struct file *f, enum gp_escape escape, struct gp_err *err)
{
	size_t head = gp_starts(f->name, "mail/") && gp_ends(f->name, ".md") ?
	    head_length(f->text, f->n) : 0;
	struct gp_template *h = NULL;
	enum gp_status st;
	size_t i;
	int line = 1;

	if (head) {
		st = mustache_compile(f, f->path, 1, f->text, head, GP_ESCAPE_HEADER, &h, err);
		if (st)
			return st;
		place(h, set, f->name);
	}
	for (i = 0; i < head; i++)
		line += f->text[i] == '\n';
	st = mustache_compile(f, f->path, line, f->text + head, f->n - head, escape, &f->t, err);
	if (st)
		return st;
	place(f->t, set, f->name);
	f->t->head = h;
	return GP_OK;
}

enum gp_status
templates_add(struct gp_templates *set, const char *name, const char *path, const char *text,
    size_t n, struct gp_err *err)
{
	struct file *f;
	enum gp_status st;
	size_t i;

	if (find_file(set, name))
		return gp_fail(err, GP_E_EXISTS, "template %s is there already", name);
	f = gp_new(set, struct file);
	memset(f, 0, sizeof(*f));
	f->name = gp_strdup(f, name);
	f->path = gp_strdup(f, path ? path : name);
	f->text = gp_memdup(f, text, n);
	f->n = n;
	if (gp_starts(name, "web/") && strstr(f->text, "[[") != NULL && !gp_ends(name, ".css") &&
	    !gp_starts(name, "web/words.")) {
		f->source = f->text;
		f->text = words_put(f, NULL, f->source);
		f->n = strlen(f->text);
	}
	for (i = 0; i < GP_COUNT(kinds); i++)
		if (gp_ends(name, kinds[i].suffix)) {
			if (!gp_utf8_valid(text, n)) {
				st = gp_fail(err, GP_E_PARSE, "%s is not UTF-8 text", f->path);
			} else {
				st = templates_compile(set, f, kinds[i].escape, err);
			}
			if (st) {
				talloc_free(f);
				return st;
			}
			break;
		}
	insert(set, f);
	return GP_OK;
}

/* KIND/LANG/REST with the language as given, its first part, "en"; then KIND/REST. */
static struct file *
find_in_language(const struct gp_templates *set, const char *name, const char *lang)
{
	const char *slash = strchr(name, '/');
	char *tries[4] = {NULL, NULL, NULL, NULL};
	void *mem = gp_ctx(NULL);
	struct file *f = NULL;
	int kind, i;

	if (slash) {
		kind = (int)(slash - name);
		if (lang && *lang) {
			tries[0] = gp_strdup(mem, lang);
			gp_str_lower(tries[0]);
			tries[1] = gp_strndup(mem, tries[0], strcspn(tries[0], "-_"));
		}
		tries[2] = gp_strdup(mem, "en");
		for (i = 0; i < 3 && !f; i++)
			if (tries[i])
				f = find_file(set, gp_asprintf(mem, "%.*s/%s%s", kind, name,
				    tries[i],
				    slash));
	}
	if (!f)
		f = find_file(set, name);
	talloc_free(mem);
	return f;
}

const char *const *
gp_templates_languages(const void *ctx, const struct gp_templates *set, size_t *n)
{
	const char **v = gp_array(ctx, const char *, set->n + 1);
	size_t i, len;

	*n = 0;
	/* Files are sorted, so those of one language stand together. */
	for (i = 0; i < set->n; i++) {
		const char *lang = set->files[i]->name + 5;

		if (!gp_starts(set->files[i]->name, "mail/") || strchr(lang, '/') == NULL)
			continue;
		len = (size_t)(strchr(lang, '/') - lang);
		if (*n == 0 || strlen(v[*n - 1]) != len || memcmp(v[*n - 1], lang, len) != 0)
			v[(*n)++] = gp_strndup(v, lang, len);
	}
	return v;
}

struct gp_template *
gp_templates_find(struct gp_templates *set, const char *name, const char *lang)
{
	struct file *f = find_in_language(set, name, lang);

	return f ? f->t : NULL;
}

struct gp_template *
template_partial(const struct gp_template *t, struct gp_str name)
{
	struct gp_template *found = NULL;
	struct file *f;
	char *full;

	if (!t->set || !name.n || name.n > 200)
		return NULL;
	if (!t->dir) {
		full = gp_strndup(NULL, name.p, name.n);
		found = gp_templates_find(t->set, full, NULL);
		talloc_free(full);
		return found;
	}
	full = gp_asprintf(NULL, "%s%.*s%s", t->dir, (int)name.n, name.p, t->suffix);
	f = find_file(t->set, full);
	talloc_free(full);
	if (!f && t->lang && !gp_streq(t->lang, "en")) {
		full = gp_asprintf(NULL, "mail/en/%.*s%s", (int)name.n, name.p, t->suffix);
		f = find_file(t->set, full);
		talloc_free(full);
	}
	return f ? f->t : NULL;
}

enum gp_status
gp_template_compile(const void *ctx, const char *text, size_t n, enum gp_escape escape,
    struct gp_templates *set, struct gp_template **out, struct gp_err *err)
{
	char *copy = gp_memdup(ctx, text, n);
	enum gp_status st = mustache_compile(ctx, NULL, 1, copy, n, escape, out, err);

	if (st) {
		talloc_free(copy);
		return st;
	}
	talloc_steal(*out, copy);
	(*out)->set = set;
	return GP_OK;
}

enum gp_status
gp_templates_render(const void *ctx, struct gp_templates *set, const char *name, const char *lang,
    const json_t *data, char **out, size_t *n, struct gp_err *err)
{
	struct gp_template *t = gp_templates_find(set, name, lang);
	struct gp_buf b;
	enum gp_status st;

	if (!t)
		return gp_fail(err, GP_E_NOTFOUND, "there is no template %s", name);
	gp_buf_init(&b, ctx, TEMPLATE_MAX_OUTPUT);
	st = gp_template_render(t, data, &b, err);
	if (st) {
		talloc_free(b.p);
		return st;
	}
	*out = b.p;
	if (n)
		*n = b.len;
	return GP_OK;
}

const char *
gp_templates_version(const struct gp_templates *set)
{
	return set->version;
}

const char *
gp_templates_file(struct gp_templates *set, const char *name, size_t *n)
{
	struct file *f = find_file(set, name);

	if (!f)
		return NULL;
	if (n)
		*n = f->n;
	return f->text;
}
