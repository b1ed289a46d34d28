/* SPDX-License-Identifier: ISC */
/*
 * Mustache, first half: a template becomes a flat array of instructions.
 *
 * The specification's rules about white space are settled here, so that running a
 * template is only copying: a tag that has its line for itself takes the line with
 * it; the blanks in front of a partial, a parent or a block are kept as the
 * indentation of what comes out; the body of a block loses the indentation of its
 * first line, because the place where it is put brings its own (inheritance.yml,
 * "Block reindentation"). A line made only of tags of inheritance counts as one
 * such tag ("Standalone parent").
 *
 * Every error names the line. Nesting is bounded by MUSTACHE_MAX_NEST.
 */
#include "config.h"

#include "mustache.h"
#include "mustache_tag.h"

#include <string.h>

struct open {
	size_t op;		/* index of the instruction that is open */
	struct gp_str dedent;	/* blanks that its lines lose; of the text around it before */
};

struct compiler {
	const char *path;
	struct mustache_text in;
	size_t pos;		/* everything before has become instructions */
	size_t line_from;	/* start of the line that pos is in */
	size_t alone_until;	/* tags before this offset share a line of only such tags */
	int line;
	struct gp_str dedent;
	struct open open[MUSTACHE_MAX_NEST];
	size_t depth;
	struct gp_template *t;
	size_t cap;
	struct gp_err *err;
};

static enum gp_status
fail_at(struct compiler *c, size_t at, const char *why, struct gp_str what)
{
	int line = c->line;
	size_t i;

	for (i = c->pos; i < at && i < c->in.n; i++)
		line += c->in.s[i] == '\n';
	return gp_fail(c->err, GP_E_PARSE, "%s%s%d: %s%s%.*s%s", c->path ? c->path : "line",
	    c->path ? ":" : " ", line, why, what.n ? " \"" : "",
	    (int)gp_utf8_cut(what.p, what.n, 80), what.n ? what.p : "", what.n ? "\"" : "");
}

static struct gp_str
nothing(void)
{
	return (struct gp_str){"", 0};
}

static struct op *
add_op(struct compiler *c, enum op_kind kind, struct gp_str text)
{
	struct op *op;

	if (c->t->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 16;
		struct op *ops = gp_array(c->t, struct op, cap);

		if (c->t->n)
			memcpy(ops, c->t->ops, c->t->n * sizeof(*ops));
		talloc_free(c->t->ops);
		c->t->ops = ops;
		c->cap = cap;
	}
	op = &c->t->ops[c->t->n++];
	memset(op, 0, sizeof(*op));
	op->kind = kind;
	op->text = text;
	op->line = c->line;
	op->indent = nothing();
	return op;
}

/* How much of the blanks that a line starts with the block around it takes away. */
static size_t
dedent_of(const struct compiler *c, const char *line, size_t n)
{
	size_t i = 0;

	while (i < c->dedent.n && i < n && line[i] == c->dedent.p[i])
		i++;
	return i;
}

/* Text up to offset `end` becomes instructions: one, or one a line within a block. */
static void
add_text(struct compiler *c, size_t end)
{
	while (c->pos < end) {
		const char *p = c->in.s + c->pos, *nl;
		size_t n = end - c->pos, cut = 0;

		if (c->dedent.n && c->pos == c->line_from)
			cut = dedent_of(c, p, n);
		nl = memchr(p, '\n', n);
		if (nl && (c->dedent.n || nl == p + n - 1))
			n = (size_t)(nl - p) + 1;
		else
			nl = NULL;
		if (n > cut)
			add_op(c, OP_TEXT, (struct gp_str){p + cut, n - cut});
		if (nl) {
			c->line++;
			c->line_from = c->pos + n;
		} else {
			/* Several lines in one: count them, find where the last begins. */
			size_t i;

			for (i = 0; i < n; i++)
				if (p[i] == '\n') {
					c->line++;
					c->line_from = c->pos + i + 1;
				}
		}
		c->pos += n;
	}
}

/* Leave out everything up to `end`. */
static void
skip_to(struct compiler *c, size_t end)
{
	for (; c->pos < end; c->pos++)
		if (c->in.s[c->pos] == '\n') {
			c->line++;
			c->line_from = c->pos + 1;
		}
}

static bool
blank_before(const struct compiler *c, size_t at)
{
	size_t i;

	for (i = at; i > c->pos; i--) {
		if (c->in.s[i - 1] == '\n')
			return true;
		if (c->in.s[i - 1] != ' ' && c->in.s[i - 1] != '\t')
			return false;
	}
	/* Between the start of the line and here only a tag can have been. */
	return c->pos == c->line_from;
}

static size_t
line_start(const struct compiler *c, size_t at)
{
	size_t i;

	for (i = at; i > c->pos; i--)
		if (c->in.s[i - 1] == '\n')
			return i;
	return c->line_from;
}

/*
 * Does the tag start a line of two or more tags and blanks only, all of inheritance,
 * where a parent opens or ends? Then the line goes, as if it were one tag. Returns the
 * offset behind the line, or 0.
 */
static size_t
inheritance_line(const struct compiler *c, struct mustache_tag tag)
{
	char inner[MUSTACHE_MAX_NEST];
	size_t depth = 0, outer = c->depth, count = 0;
	bool parent = false;

	for (;;) {
		size_t eol;

		if (tag.kind == '<' || tag.kind == '$') {
			if (depth == MUSTACHE_MAX_NEST)
				return 0;
			inner[depth++] = tag.kind;
			parent |= tag.kind == '<';
		} else if (tag.kind == '/' && depth) {
			parent |= inner[--depth] == '<';
		} else if (tag.kind == '/' && outer) {
			enum op_kind k = c->t->ops[c->open[--outer].op].kind;

			if (k != OP_PARENT && k != OP_BLOCK)
				return 0;
			parent |= k == OP_PARENT;
		} else {
			return 0;
		}
		count++;
		if ((eol = mustache_blank_to_eol(&c->in, tag.end)))
			return count > 1 && parent ? eol : 0;
		while (c->in.s[tag.end] == ' ' || c->in.s[tag.end] == '\t')
			tag.end++;
		if (c->in.n - tag.end < c->in.od.n ||
		    memcmp(c->in.s + tag.end, c->in.od.p, c->in.od.n) ||
		    !mustache_tag_read(&c->in, tag.end, &tag))
			return 0;
	}
}

static enum gp_status
set_delimiters(struct compiler *c, const struct mustache_tag *tag)
{
	struct gp_str v = tag->name, rest;
	size_t i = 0;

	while (i < v.n && (unsigned char)v.p[i] > ' ')
		i++;
	rest = gp_str_trim((struct gp_str){v.p + i, v.n - i});
	if (!i || !rest.n || memchr(v.p, '=', v.n) || memchr(rest.p, ' ', rest.n) ||
	    memchr(rest.p, '\n', rest.n))
		return fail_at(c, tag->start,
		    "a change of delimiters must be two words without =:", v);
	c->in.od = (struct gp_str){v.p, i};
	c->in.cd = rest;
	return GP_OK;
}

static enum gp_status
push(struct compiler *c, const struct mustache_tag *tag, enum op_kind kind)
{
	if (c->depth == MUSTACHE_MAX_NEST)
		return fail_at(c, tag->start, "too many sections within each other at", tag->name);
	c->open[c->depth].op = c->t->n;
	c->open[c->depth++].dedent = c->dedent;
	add_op(c, kind, tag->name);
	return GP_OK;
}

static enum gp_status
pop(struct compiler *c, const struct mustache_tag *tag)
{
	struct op *op;
	size_t start;

	if (!c->depth)
		return fail_at(c, tag->start, "this ends nothing that is open:", tag->name);
	start = c->open[--c->depth].op;
	op = &c->t->ops[start];
	if (op->text.n != tag->name.n || memcmp(op->text.p, tag->name.p, tag->name.n)) {
		char was[128];

		snprintf(was, sizeof(was), "\"%.*s\" of line %d is open, but this ends",
		    (int)(op->text.n > 60 ? 60 : op->text.n), op->text.p, op->line);
		return fail_at(c, tag->start, was, tag->name);
	}
	c->dedent = c->open[c->depth].dedent;
	add_op(c, OP_END, tag->name);
	c->t->ops[start].end = c->t->n - 1;
	return GP_OK;
}

/*
 * A block opens. `blanks` is what stands before it on its line when it is the first
 * there. What is put in its place is indented as its own body is: by the first line
 * below it when the rest of its line is empty, by `blanks` otherwise.
 */
static enum gp_status
open_block(struct compiler *c, const struct mustache_tag *tag, struct gp_str blanks, bool first,
    bool own_line)
{
	enum gp_status st = push(c, tag, OP_BLOCK);
	struct op *op = &c->t->ops[c->t->n - 1];
	size_t cut, from, to;

	if (st)
		return st;
	if (own_line) {
		from = mustache_blank_to_eol(&c->in, tag->end);
		for (to = from; to < c->in.n && (c->in.s[to] == ' ' || c->in.s[to] == '\t');)
			to++;
		blanks = (struct gp_str){c->in.s + from, to - from};
	} else if (!first) {
		return GP_OK;
	}
	cut = dedent_of(c, blanks.p, blanks.n);
	if (cut == c->dedent.n && blanks.n > cut) {
		op->indent = (struct gp_str){blanks.p + cut, blanks.n - cut};
		c->dedent = blanks;
	}
	return GP_OK;
}

static enum gp_status
name_check(struct compiler *c, struct mustache_tag *tag, bool *dynamic)
{
	size_t i;

	*dynamic = false;
	if ((tag->kind == '>' || tag->kind == '<') && tag->name.n && tag->name.p[0] == '*') {
		*dynamic = true;
		tag->name = gp_str_trim((struct gp_str){tag->name.p + 1, tag->name.n - 1});
	}
	if (!tag->name.n)
		return fail_at(c, tag->start, "a tag without a name", tag->name);
	for (i = 0; i < tag->name.n; i++)
		if ((unsigned char)tag->name.p[i] <= ' ')
			return fail_at(c, tag->start, "a name with a blank in it:", tag->name);
	return GP_OK;
}

/* One tag that prints, opens or ends something becomes its instruction. */
static enum gp_status
add_tag(struct compiler *c, struct mustache_tag *tag, struct gp_str blanks, bool first, bool alone)
{
	enum gp_status st;
	struct op *op;
	bool dynamic;
	size_t cut;

	/* A closing tag may repeat the star of a dynamic parent. */
	if (tag->kind == '/' && tag->name.n && tag->name.p[0] == '*')
		tag->name = gp_str_trim((struct gp_str){tag->name.p + 1, tag->name.n - 1});
	if ((st = name_check(c, tag, &dynamic)))
		return st;
	switch (tag->kind) {
	case '#':
		return push(c, tag, OP_SECTION);
	case '^':
		return push(c, tag, OP_INVERTED);
	case '/':
		return pop(c, tag);
	case '$':
		return open_block(c, tag, blanks, first,
		    alone && mustache_blank_to_eol(&c->in, tag->end));
	case '<':
		if ((st = push(c, tag, OP_PARENT)))
			return st;
		op = &c->t->ops[c->t->n - 1];
		break;
	case '>':
		op = add_op(c, OP_PARTIAL, tag->name);
		break;
	default:
		add_op(c, tag->kind ? OP_RAW : OP_VAR, tag->name);
		return GP_OK;
	}
	op->dynamic = dynamic;
	op->alone = alone;
	if (alone && first) {
		cut = dedent_of(c, blanks.p, blanks.n);
		op->indent = (struct gp_str){blanks.p + cut, blanks.n - cut};
	}
	return GP_OK;
}

/* The tag with what stands around it: text before it, and its line if that goes too. */
static enum gp_status
one_tag(struct compiler *c, struct mustache_tag *tag)
{
	bool shared = tag->start < c->alone_until;
	bool first = !shared && blank_before(c, tag->start);
	size_t from = line_start(c, tag->start), eol = 0;
	struct gp_str blanks = {c->in.s + from, first ? tag->start - from : 0};
	enum gp_status st = GP_OK;

	if (first && tag->kind && !strchr("&{", tag->kind)) {
		if ((eol = inheritance_line(c, *tag)))
			c->alone_until = eol;
		else
			eol = mustache_blank_to_eol(&c->in, tag->end);
	} else if (shared) {
		eol = c->alone_until;
	}
	if (shared) {
		skip_to(c, tag->start);
	} else {
		add_text(c, eol ? from : tag->start);
		skip_to(c, tag->start);
	}
	if (tag->kind == '=')
		st = set_delimiters(c, tag);
	else if (tag->kind != '!')
		st = add_tag(c, tag, blanks, first, eol != 0);
	if (st)
		return st;
	/* On a line of several tags only the last takes the line end with it. */
	if (!eol || (eol == c->alone_until && !mustache_blank_to_eol(&c->in, tag->end)))
		eol = tag->end;
	skip_to(c, eol);
	return GP_OK;
}

enum gp_status
mustache_compile(const void *ctx, const char *path, int first_line, const char *text, size_t n,
    enum gp_escape escape, struct gp_template **out, struct gp_err *err)
{
	struct compiler c = {.path = path, .in = {text, n, GP_STR("{{"), GP_STR("}}")},
	    .line = first_line, .err = err};
	enum gp_status st = GP_OK;
	struct mustache_tag tag;
	size_t at;

	c.dedent = nothing();
	c.t = gp_new(ctx, struct gp_template);
	memset(c.t, 0, sizeof(*c.t));
	c.t->escape = escape;
	c.t->path = path ? gp_strdup(c.t, path) : NULL;
	while (!st && (at = mustache_find(&c.in, c.pos, c.in.od)) < n) {
		if (!mustache_tag_read(&c.in, at, &tag))
			st = fail_at(&c, at, "this tag is not closed:",
			    (struct gp_str){text + at, n - at > 20 ? 20 : n - at});
		else
			st = one_tag(&c, &tag);
	}
	if (!st && c.depth) {
		struct op *op = &c.t->ops[c.open[c.depth - 1].op];

		c.line = op->line;
		c.pos = n;
		st = fail_at(&c, n, "this is never ended:", op->text);
	}
	if (st) {
		talloc_free(c.t);
		return st;
	}
	add_text(&c, n);
	add_op(&c, OP_END, nothing());
	*out = c.t;
	return GP_OK;
}
