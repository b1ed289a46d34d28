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
	struct gp_template *t;	/* NULL: kept as it is */
};

struct gp_templates {
	struct file **files;	/* sorted by name */
	size_t n, cap;
	char version[9];
	char **vars;		/* names that templates may use, sorted */
	size_t vars_n;
};

/* Compile f->text with its head into f->t. */
enum gp_status templates_compile(struct gp_templates *set, struct file *f, enum gp_escape escape,
    struct gp_err *err) GP_MUST_CHECK;
/* Only names that may be used, raw ones only where they hold markup; partials are resolved. */
enum gp_status templates_check(struct gp_template *t, struct gp_err *err) GP_MUST_CHECK;

#endif
