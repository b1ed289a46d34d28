/* SPDX-License-Identifier: ISC */
/*
 * Private to render/: the compiled form of a template, shared by the compiler
 * (mustache_compile.c), the machine that runs it (mustache_render.c) and the
 * loader (template.c).
 */
#ifndef RENDER_MUSTACHE_H
#define RENDER_MUSTACHE_H

#include "guildpost/render.h"

enum {
	MUSTACHE_MAX_NEST = 64,		/* sections, parents and blocks within each other */
	MUSTACHE_MAX_CALLS = 100,	/* partials, parents and blocks at run time */
	MUSTACHE_MAX_STEPS = 20000000,	/* instructions of one rendering */
	MUSTACHE_MAX_INDENT = 1000	/* blanks in front of a line, all partials together */
};

enum op_kind {
	OP_TEXT,	/* text as it stands */
	OP_VAR,		/* {{name}} */
	OP_RAW,		/* {{{name}}}, {{&name}} */
	OP_SECTION,	/* {{#name}} ... OP_END */
	OP_INVERTED,	/* {{^name}} ... OP_END */
	OP_PARTIAL,	/* {{>name}} */
	OP_PARENT,	/* {{<name}} ... OP_END; only the blocks directly inside count */
	OP_BLOCK,	/* {{$name}} ... OP_END */
	OP_END		/* end of one of these, or of the template */
};

struct op {
	enum op_kind kind;
	bool dynamic;		/* {{>*name}}: the name of the partial is in the data */
	bool alone;		/* partial or parent that has its line for itself */
	int line;		/* in the file, from 1 */
	size_t end;		/* index of the OP_END that belongs to it */
	struct gp_str text;	/* OP_TEXT: the bytes; otherwise the name */
	struct gp_str indent;	/* put in front of each line that comes out of it */
	struct gp_template *target; /* partial, when it was found at load time */
};

struct gp_template {
	char *path;		/* for messages, or NULL */
	char *dir, *suffix;	/* partials are dir/NAME.suffix; NULL: as they stand */
	char *lang;
	struct op *ops;
	size_t n;
	enum gp_escape escape;
	struct gp_templates *set;
	struct gp_template *head; /* header lines of a mail, or NULL */
};

/* `path` (may be NULL) and the number of the first line are for messages only. The text
 * is not copied: it must live as long as the template. */
enum gp_status mustache_compile(const void *ctx, const char *path, int first_line, const char *text,
    size_t n, enum gp_escape escape, struct gp_template **out, struct gp_err *err) GP_MUST_CHECK;

/* The partial `name` as seen from template t, or NULL. */
struct gp_template *template_partial(const struct gp_template *t, struct gp_str name);

/* Put text into b, escaped for a kind of file. */
void escape_put(struct gp_buf *b, enum gp_escape escape, const char *s, size_t n);

/* An empty set to which texts can be added by hand (tests, fuzzing). `name` as the file
 * would be called: "web/thread.html". The text is copied. */
struct gp_templates *templates_new(const void *ctx);
enum gp_status templates_add(struct gp_templates *set, const char *name, const char *path,
    const char *text, size_t n, struct gp_err *err) GP_MUST_CHECK;

#endif
