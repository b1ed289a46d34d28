/* SPDX-License-Identifier: ISC */
/* Private to render/: what a set of templates is made of. */
#ifndef RENDER_TEMPLATE_H
#define RENDER_TEMPLATE_H

#include "mustache.h"

enum {
	TEMPLATE_MAX_OUTPUT = 16 << 20,	/* bytes of one page or mail */
	TEMPLATE_MAX_FILE = 1 << 20,
	TEMPLATE_MAX_FILES = 2000
};

struct file {
	char *name;		/* below the folder: "web/thread.html" */
	char *path;		/* whole, for messages */
	char *text;
	size_t n;
	char *source;		/* with the marks around words; NULL: it has none */
	struct gp_template *t;	/* NULL: kept as it is */
};

/* Words of pages in one language (template_words.c). */
struct word {
	const char *english, *here;
};
struct words {
	char *language;
	struct word *v;		/* sorted by `english` */
	size_t n;
	struct words *next;
};

struct gp_templates {
	struct file **files;	/* sorted by name */
	size_t n, cap;
	char version[9];
	struct words *words;	/* of the languages other than English */
	char **vars;		/* names that templates may use, sorted */
	size_t vars_n;
};

/* The text with what stands in [[ ]] in that language; words NULL: as it stands. */
char *words_put(const void *ctx, const struct words *words, const char *text);
/* All catalogues of the set, and each page in their languages: "web/de/home.html". */
enum gp_status words_load(struct gp_templates *set, struct gp_err *err) GP_MUST_CHECK;
/* Compile f->text with its head into f->t. */
enum gp_status templates_compile(struct gp_templates *set, struct file *f, enum gp_escape escape,
    struct gp_err *err) GP_MUST_CHECK;
/* Only names that may be used, raw ones only where they hold markup; partials are resolved. */
enum gp_status templates_check(struct gp_template *t, struct gp_err *err) GP_MUST_CHECK;

#endif
