/* SPDX-License-Identifier: ISC */
/*
 * Mustache, second half: a small machine that runs the instructions of a compiled
 * template over a JSON document. No recursion: sections, partials, parents and blocks
 * are frames on one stack.
 *
 * Indentation is lazy: a line end in the text of a template makes the next output
 * start with the indentation that holds then. Line ends inside a value don't, so that
 * values are never changed ("Standalone Indentation" of the specification).
 *
 * A section is shown for everything but: nothing there, null, false, an empty list,
 * an empty text, the number 0.
 *
 * Bounds: GP_E_TOOBIG when the buffer is full, calls go deeper than
 * MUSTACHE_MAX_CALLS, or the run takes over MUSTACHE_MAX_STEPS instructions.
 */
#include "config.h"

#include "mustache.h"

#include <stdlib.h>
#include <string.h>

/* What a parent's tag offers to replace; the one written by the child is `outer`. */
struct env {
	const struct env *outer;
	struct gp_template *t;
	size_t start, end;	/* its blocks stand between these instructions */
	size_t depth;		/* of calls, from the page inwards */
};

enum frame_kind {
	FRAME_LOOP,		/* a section over a list */
	FRAME_WITH,		/* a section that pushed one value */
	FRAME_PLAIN,		/* a section that pushed none; a block's own text */
	FRAME_CALL		/* partial, parent, block: everything comes back at its end */
};

struct frame {
	enum frame_kind kind;
	bool pending;
	const json_t *list;
	size_t index, start;
	struct gp_template *t;
	size_t pc, indent_base, indent_len;
	const struct env *env;
	struct env *own;	/* made for this call, freed at its end */
};

struct vm {
	struct gp_template *t;
	size_t pc;
	struct gp_buf *out;
	struct gp_buf indent;	/* of all levels; what holds now is behind indent_base */
	size_t indent_base;
	bool pending;		/* the next output starts a line */
	const struct env *env;
	const json_t **ctx;
	size_t ctx_n, ctx_cap;
	struct frame *frames;
	size_t n, cap, calls;
	size_t steps;
	const void *mem;
};

static void
put_indent(struct vm *v)
{
	if (v->pending) {
		gp_buf_add(v->out, v->indent.p + v->indent_base, v->indent.len - v->indent_base);
		v->pending = false;
	}
}

static void
put_text(struct vm *v, struct gp_str s)
{
	const char *p = s.p, *end = s.p + s.n, *nl;

	if (v->indent.len == v->indent_base) {
		gp_buf_add(v->out, s.p, s.n);
		v->pending = s.n && end[-1] == '\n';
		return;
	}
	while (p < end) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl ? nl + 1 : end;
		put_indent(v);
		gp_buf_add(v->out, p, (size_t)(nl - p));
		v->pending = nl[-1] == '\n';
		p = nl;
	}
}

/* A number with decimals, as short as it can be and still be the same number. */
static void
put_real(char *out, size_t size, double d)
{
	int digits;

	for (digits = 15; digits <= 17; digits++) {
		snprintf(out, size, "%.*g", digits, d);
		if (strtod(out, NULL) == d)
			break;
	}
}

static void
put_value(struct vm *v, const json_t *value, enum gp_escape escape)
{
	char num[64];

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		put_indent(v);
		if (escape == GP_ESCAPE_NONE && v->t->escape != GP_ESCAPE_NONE)
			gp_buf_add(v->out, json_string_value(value), json_string_length(value));
		else
			escape_put(v->out, escape, json_string_value(value),
			    json_string_length(value));
		return;
	case JSON_INTEGER:
		snprintf(num, sizeof(num), "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		put_real(num, sizeof(num), json_real_value(value));
		break;
	case JSON_TRUE:
		snprintf(num, sizeof(num), "true");
		break;
	case JSON_FALSE:
		snprintf(num, sizeof(num), "false");
		break;
	default:
		return;
	}
	put_indent(v);
	gp_buf_puts(v->out, num);
}

/* The first part of a dotted name is looked for from the inside out, the rest only there. */
static const json_t *
look_up(const struct vm *v, struct gp_str name)
{
	const char *dot = memchr(name.p, '.', name.n);
	size_t n = dot ? (size_t)(dot - name.p) : name.n, i;
	const json_t *value = NULL;

	if (name.n == 1 && name.p[0] == '.')
		return v->ctx[v->ctx_n - 1];
	for (i = v->ctx_n; i > 0 && !value; i--)
		value = json_object_getn(v->ctx[i - 1], name.p, n);
	while (value && dot) {
		name.n -= n + 1;
		name.p = dot + 1;
		dot = memchr(name.p, '.', name.n);
		n = dot ? (size_t)(dot - name.p) : name.n;
		value = json_object_getn(value, name.p, n);
	}
	return value;
}

static bool
is_shown(const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL:
	case JSON_FALSE:
		return false;
	case JSON_ARRAY:
		return json_array_size(value) > 0;
	case JSON_STRING:
		return json_string_length(value) > 0;
	case JSON_INTEGER:
		return json_integer_value(value) != 0;
	case JSON_REAL:
		return json_real_value(value) != 0.0;
	default:
		return true;
	}
}

static void
push_value(struct vm *v, const json_t *value)
{
	if (v->ctx_n == v->ctx_cap) {
		size_t cap = v->ctx_cap ? v->ctx_cap * 2 : 16;
		const json_t **ctx = gp_array(v->mem, const json_t *, cap);

		if (v->ctx_n)
			memcpy(ctx, v->ctx, v->ctx_n * sizeof(*ctx));
		v->ctx = ctx;
		v->ctx_cap = cap;
	}
	v->ctx[v->ctx_n++] = value;
}

static struct frame *
push_frame(struct vm *v, enum frame_kind kind)
{
	struct frame *f;

	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 16;
		struct frame *frames = gp_array(v->mem, struct frame, cap);

		if (v->n)
			memcpy(frames, v->frames, v->n * sizeof(*frames));
		v->frames = frames;
		v->cap = cap;
	}
	f = &v->frames[v->n++];
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	return f;
}

static void
enter_section(struct vm *v, const struct op *op)
{
	const json_t *value = look_up(v, op->text);
	struct frame *f;

	if (!is_shown(value)) {
		v->pc = op->end + 1;
	} else if (json_is_array(value)) {
		f = push_frame(v, FRAME_LOOP);
		f->list = value;
		f->start = v->pc;
		push_value(v, json_array_get(value, 0));
	} else {
		push_frame(v, FRAME_WITH);
		push_value(v, value);
	}
}

/* Remember everything that a partial, a parent or a block may change. */
static bool
push_call(struct vm *v, size_t back)
{
	struct frame *f;

	if (v->calls == MUSTACHE_MAX_CALLS)
		return false;
	v->calls++;
	f = push_frame(v, FRAME_CALL);
	f->t = v->t;
	f->pc = back;
	f->env = v->env;
	f->indent_base = v->indent_base;
	f->indent_len = v->indent.len;
	f->pending = true;
	return true;
}

static bool
add_indent(struct vm *v, struct gp_str indent)
{
	gp_buf_add(&v->indent, indent.p, indent.n);
	return !v->indent.over;
}

/* {{>name}}, {{<name}}: run another template, then go on at `back`. */
static bool
call_template(struct vm *v, const struct op *op, size_t back)
{
	struct gp_template *target = op->target, *from = v->t;
	const json_t *name;
	struct env *env;

	if (op->dynamic) {
		name = look_up(v, op->text);
		target = json_is_string(name) ? template_partial(from,
		    (struct gp_str){json_string_value(name), json_string_length(name)}) : NULL;
	} else if (!target) {
		target = template_partial(from, op->text);
	}
	if (!target) {
		v->pc = back;
		return true;
	}
	if (!op->alone)
		put_indent(v);
	if (!push_call(v, back))
		return false;
	if (op->kind == OP_PARENT) {
		env = gp_new(v->mem, struct env);
		*env = (struct env){v->env, from, v->pc, op->end, v->calls};
		v->env = v->frames[v->n - 1].own = env;
	}
	if (op->alone) {
		if (!add_indent(v, op->indent))
			return false;
	} else {
		v->indent_base = v->indent.len;
		v->frames[v->n - 1].pending = false;
	}
	v->t = target;
	v->pc = 0;
	return true;
}

/* The block of that name directly inside a parent's tag, or NULL. */
static const struct op *
find_block(const struct env *env, struct gp_str name)
{
	size_t i = env->start;

	while (i < env->end) {
		const struct op *op = &env->t->ops[i];

		if (op->kind == OP_BLOCK && op->text.n == name.n &&
		    !memcmp(op->text.p, name.p, name.n))
			return op;
		i = op->end ? op->end + 1 : i + 1;
	}
	return NULL;
}

/* {{$name}}: what the outermost child put in its place, else its own text. */
static bool
enter_block(struct vm *v, const struct op *op)
{
	const struct env *env, *by = NULL;
	const struct op *found, *with = NULL;

	for (env = v->env; env; env = env->outer)
		if ((found = find_block(env, op->text))) {
			with = found;
			by = env;
		}
	if (!push_call(v, op->end + 1) || !add_indent(v, op->indent))
		return false;
	if (with) {
		v->t = by->t;
		v->pc = (size_t)(with - by->t->ops) + 1;
		v->env = by->outer;
	}
	return true;
}

/* OP_END: false when the page is done. */
static bool
leave(struct vm *v)
{
	struct frame *f;

	if (!v->n)
		return false;
	f = &v->frames[v->n - 1];
	switch (f->kind) {
	case FRAME_LOOP:
		v->ctx_n--;
		if (++f->index < json_array_size(f->list)) {
			push_value(v, json_array_get(f->list, f->index));
			v->pc = f->start;
			return true;
		}
		break;
	case FRAME_WITH:
		v->ctx_n--;
		break;
	case FRAME_PLAIN:
		break;
	case FRAME_CALL:
		v->t = f->t;
		v->pc = f->pc;
		v->env = f->env;
		v->indent_base = f->indent_base;
		v->indent.len = f->indent_len;
		v->pending = v->pending && f->pending;
		v->calls--;
		talloc_free(f->own);
		break;
	}
	v->n--;
	return true;
}

/* One instruction; false at the end or, with *deep set, where calls go too deep. */
static bool
step(struct vm *v, bool *deep)
{
	const struct op *op = &v->t->ops[v->pc++];
	bool ok = true;

	switch (op->kind) {
	case OP_TEXT:
		put_text(v, op->text);
		break;
	case OP_VAR:
		put_value(v, look_up(v, op->text), v->t->escape);
		break;
	case OP_RAW:
		put_value(v, look_up(v, op->text), GP_ESCAPE_NONE);
		break;
	case OP_SECTION:
		enter_section(v, op);
		break;
	case OP_INVERTED:
		if (is_shown(look_up(v, op->text)))
			v->pc = op->end + 1;
		else
			push_frame(v, FRAME_PLAIN);
		break;
	case OP_PARTIAL:
		ok = call_template(v, op, v->pc);
		break;
	case OP_PARENT:
		ok = call_template(v, op, op->end + 1);
		break;
	case OP_BLOCK:
		ok = enter_block(v, op);
		break;
	case OP_END:
		return leave(v);
	}
	*deep = !ok;
	return ok;
}

enum gp_status
gp_template_render(struct gp_template *t, const json_t *data, struct gp_buf *b, struct gp_err *err)
{
	const char *name = t->path ? t->path : "template";
	struct vm v = {.t = t, .out = b, .pending = true};
	enum gp_status st = GP_OK;
	bool deep = false;

	v.mem = gp_ctx(NULL);
	gp_buf_init(&v.indent, v.mem, MUSTACHE_MAX_INDENT);
	push_value(&v, data);
	while (!b->over && v.steps++ < MUSTACHE_MAX_STEPS && step(&v, &deep))
		;
	if (b->over)
		st = gp_fail(err, GP_E_TOOBIG, "%s gives more than %zu bytes", name, b->max);
	else if (deep)
		st = gp_fail(err, GP_E_TOOBIG, "%s calls itself without end", name);
	else if (v.steps > MUSTACHE_MAX_STEPS)
		st = gp_fail(err, GP_E_TOOBIG, "%s takes too long", name);
	talloc_free((void *)v.mem);
	return st;
}
