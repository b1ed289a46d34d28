/* SPDX-License-Identifier: ISC */
/*
 * Loading templates from folders, with all checks that can be made before anything is
 * rendered: syntax, partials that exist, variables that the file `variables` lists, raw
 * output only of names that say that they hold markup. Whoever edits a template learns
 * of a slip at start, with file and line, and not from a reader.
 */
#include "config.h"

#include "template.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct names {
	char **v;
	size_t n, cap;
};

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_name(const void *ctx, struct names *list, char *name)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 64;
		char **v = gp_array(ctx, char *, cap);

		if (list->n)
			memcpy(v, list->v, list->n * sizeof(*v));
		list->v = v;
		list->cap = cap;
	}
	list->v[list->n++] = name;
}

/* The first word of each line but comments. */
static void
read_variables(const void *ctx, const char *text, struct names *vars)
{
	const char *p, *nl;
	size_t len;

	for (p = text; *p; p = *nl ? nl + 1 : nl) {
		nl = p + strcspn(p, "\n");
		len = strcspn(p, " \t\r\n");
		if (len && *p != '#')
			add_name(ctx, vars, gp_strndup(ctx, p, len));
	}
}

static enum gp_status
read_file(const void *ctx, struct gp_templates *set, struct names *vars, const char *path,
    const char *name, struct gp_err *err)
{
	bool seen = gp_templates_file(set, name, NULL) != NULL;
	enum gp_status st;
	char *text;
	size_t n;

	if (seen)
		return GP_OK; /* a folder before this one has it */
	if (set->n == TEMPLATE_MAX_FILES)
		return gp_fail(err, GP_E_CONFIG, "more than %d templates at %s", TEMPLATE_MAX_FILES,
		    path);
	if ((st = gp_file_read(ctx, path, TEMPLATE_MAX_FILE, &text, &n, err)))
		return st;
	if (gp_streq(name, "variables"))
		read_variables(ctx, text, vars);
	else
		st = templates_add(set, name, path, text, n, err);
	talloc_free(text);
	return st;
}

/* One folder and, `depth` more times, the folders in it; in the order of names. */
static enum gp_status
read_folder(const void *ctx, struct gp_templates *set, struct names *vars, const char *path,
    const char *below, int depth, struct gp_err *err)
{
	DIR *dir = opendir(path);
	struct names entries = {NULL, 0, 0};
	enum gp_status st = GP_OK;
	struct dirent *e;
	size_t i;

	if (!dir)
		return gp_fail_errno(err, GP_E_CONFIG, "can't read the template folder %s", path);
	while ((e = readdir(dir)) && entries.n <= TEMPLATE_MAX_FILES)
		if (e->d_name[0] != '.' && !gp_ends(e->d_name, "~"))
			add_name(ctx, &entries, gp_strdup(ctx, e->d_name));
	closedir(dir);
	if (entries.n)
		qsort(entries.v, entries.n, sizeof(*entries.v), compare);
	for (i = 0; i < entries.n && !st; i++) {
		char *full = gp_path_join(ctx, path, entries.v[i]);
		char *name = gp_asprintf(ctx, "%s%s", below, entries.v[i]);
		struct stat sb;

		if (stat(full, &sb))
			st = gp_fail_errno(err, GP_E_CONFIG, "can't read %s", full);
		else if (S_ISREG(sb.st_mode))
			st = read_file(ctx, set, vars, full, name, err);
		else if (S_ISDIR(sb.st_mode) && depth)
			st = read_folder(ctx, set, vars, full, gp_asprintf(ctx, "%s/", name),
			    depth - 1, err);
	}
	return st;
}

static bool
is_listed(const struct gp_templates *set, struct gp_str name)
{
	char buf[128], *key = buf;

	if (name.n >= sizeof(buf))
		return false;
	memcpy(buf, name.p, name.n);
	buf[name.n] = '\0';
	return set->vars_n && bsearch(&key, set->vars, set->vars_n, sizeof(*set->vars), compare);
}

/* Each part of a dotted name must be in the list. */
static enum gp_status
check_name(const struct gp_template *t, const struct op *op,
    struct gp_err *err)
{
	struct gp_str rest = op->text, part;
	const char *dot;

	if (gp_str_eq(rest, ".")) {
		if (op->kind == OP_RAW)
			return gp_fail(err, GP_E_CONFIG, "%s:%d: {{{.}}} would put text of anyone "
			    "in as markup: give it a name", t->path, op->line);
		return GP_OK;
	}
	do {
		dot = memchr(rest.p, '.', rest.n);
		part = (struct gp_str){rest.p, dot ? (size_t)(dot - rest.p) : rest.n};
		if (!is_listed(t->set, part))
			return gp_fail(err, GP_E_CONFIG, "%s:%d: the variable %.*s is not in the "
			    "file \"variables\": misspelt?", t->path, op->line,
			    (int)(part.n > 60 ? 60 : part.n), part.p);
		rest.p += part.n + 1;
		rest.n -= dot ? part.n + 1 : rest.n;
	} while (dot);
	if (op->kind == OP_RAW && !(part.n > 5 && !memcmp(part.p + part.n - 5, "_html", 5)) &&
	    !(part.n > 3 && !memcmp(part.p + part.n - 3, "_md", 3)))
		return gp_fail(err, GP_E_CONFIG,
		    "%s:%d: {{{%.*s}}} is raw, but only names that end "
		    "in _html or _md hold markup: use {{ }}", t->path, op->line,
		    (int)(part.n > 60 ? 60 : part.n), part.p);
	return GP_OK;
}

enum gp_status
templates_check(struct gp_template *t, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; i < t->n && !st; i++) {
		struct op *op = &t->ops[i];

		switch (op->kind) {
		case OP_TEXT:
		case OP_BLOCK:
		case OP_END:
			break;
		case OP_PARTIAL:
		case OP_PARENT:
			if (!op->dynamic) {
				op->target = template_partial(t, op->text);
				if (!op->target)
					st = gp_fail(err, GP_E_CONFIG,
					    "%s:%d: there is no template "
					    "%s%.*s%s", t->path, op->line, t->dir,
					    (int)(op->text.n > 60 ? 60 : op->text.n), op->text.p,
					    t->suffix);
				break;
			}
			/* FALLTHROUGH */
		default:
			st = check_name(t, op, err);
		}
	}
	return st;
}

static void
set_version(struct gp_templates *set)
{
	struct gp_sha256 *h = gp_sha256_new(set);
	unsigned char sum[GP_SHA256_LEN];
	char *text;
	size_t i;

	for (i = 0; i < set->n; i++) {
		gp_sha256_add(h, set->files[i]->name, strlen(set->files[i]->name) + 1);
		gp_sha256_add(h, &set->files[i]->n, sizeof(set->files[i]->n));
		gp_sha256_add(h, set->files[i]->text, set->files[i]->n);
	}
	gp_sha256_end(h, sum);
	text = gp_base32(h, sum, 5);
	memcpy(set->version, text, sizeof(set->version));
	talloc_free(h);
}

enum gp_status
gp_templates_load(const void *ctx, const char *const *dirs, size_t n, struct gp_templates **out,
    struct gp_err *err)
{
	struct gp_templates *set = templates_new(ctx);
	struct names vars = {NULL, 0, 0};
	void *mem = gp_ctx(NULL);
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; i < n && !st; i++)
		st = read_folder(mem, set, &vars, dirs[i], "", 3, err);
	if (!st)
		st = words_load(set, err);
	if (vars.n)
		qsort(vars.v, vars.n, sizeof(*vars.v), compare);
	set->vars = gp_array(set, char *, vars.n + 1);
	for (set->vars_n = 0; set->vars_n < vars.n; set->vars_n++)
		set->vars[set->vars_n] = gp_strdup(set->vars, vars.v[set->vars_n]);
	for (i = 0; i < set->n && !st; i++) {
		struct gp_template *t = set->files[i]->t;

		if (t && t->head)
			st = templates_check(t->head, err);
		if (t && !st)
			st = templates_check(t, err);
	}
	if (!st && !set->n)
		st = gp_fail(err, GP_E_CONFIG, "no templates in %s", n ? dirs[0] : "no folder");
	talloc_free(mem);
	if (st) {
		talloc_free(set);
		if (err && st == GP_E_PARSE)
			err->code = GP_E_CONFIG;
		return st == GP_E_PARSE ? GP_E_CONFIG : st;
	}
	set_version(set);
	*out = set;
	return GP_OK;
}
