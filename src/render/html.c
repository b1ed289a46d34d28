/* SPDX-License-Identifier: ISC */
/*
 * HTML of strangers, parsed by gumbo: the only file that knows it. What it is given has
 * been through html_tame.c, so its tags are few and its depth is bounded; its memory comes
 * from an arena with an end, which is left by longjmp, because gumbo doesn't check for
 * memory. The tree is never freed node by node (that recurses): the arena goes as a whole.
 * When the arena is not enough, what is left is the text without its tags.
 *
 * The walk over the tree has its own stack and no recursion.
 */
#include "config.h"

#include "html.h"

#include <gumbo.h>
#include <setjmp.h>
#include <string.h>

enum {
	ARENA_MAX = 128 << 20,
	ARENA_FIRST = 32 << 10,	/* the pieces that it takes, from this size ... */
	ARENA_CHUNK = 1 << 20,	/* ... to this */
	WALK_MAX = 4096			/* deeper elements are left out */
};

struct arena {
	void *mem;
	char *chunk;
	size_t left, total;
	jmp_buf full;
};

static void *
arena_take(void *userdata, size_t size)
{
	struct arena *a = userdata;
	char *p;

	if (size > ARENA_MAX || a->total + size > ARENA_MAX)
		longjmp(a->full, 1);
	size = (size + 15) & ~(size_t)15;
	if (size > a->left) {
		size_t chunk = a->total < ARENA_FIRST ? ARENA_FIRST : a->total;

		if (chunk > ARENA_CHUNK)
			chunk = ARENA_CHUNK;
		if (size > chunk / 4)
			chunk = size;

		p = gp_alloc(a->mem, chunk, "gumbo");
		a->total += chunk;
		if (chunk == size)
			return p;
		a->chunk = p;
		a->left = chunk;
	}
	p = a->chunk;
	a->chunk += size;
	a->left -= size;
	return p;
}

static void
arena_drop(void *userdata, void *p)
{
	(void)userdata;
	(void)p;
}

/* NULL when the arena was too small. */
static GumboNode *
parse(struct arena *a, const char *html, size_t n)
{
	GumboOptions o = kGumboDefaultOptions;

	o.allocator = arena_take;
	o.deallocator = arena_drop;
	o.userdata = a;
	o.max_errors = 0;
	if (setjmp(a->full))
		return NULL;
	return gumbo_parse_with_options(&o, html, n)->document;
}

static const GumboVector *
children(const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_DOCUMENT:
		return &node->v.document.children;
	case GUMBO_NODE_ELEMENT:
	case GUMBO_NODE_TEMPLATE:
		return &node->v.element.children;
	default:
		return &kGumboEmptyVector;
	}
}

/* gumbo writes "&#2147483818;" as a byte 0xAA: what comes from it is made UTF-8 again. */
static const char *
valid(const void *mem, const char *s)
{
	size_t n = strlen(s);

	return gp_utf8_valid(s, n) ? s : gp_utf8_clean(mem, s, n);
}

static const char *
attr(const void *mem, const GumboElement *e, const char *name)
{
	const GumboAttribute *a = gumbo_get_attribute(&e->attributes, name);

	return a ? valid(mem, a->value) : NULL;
}

static void
read_attrs(const void *mem, const GumboElement *e, struct html_attrs *a)
{
	a->href = attr(mem, e, "href");
	a->src = attr(mem, e, "src");
	a->alt = attr(mem, e, "alt");
	a->colspan = attr(mem, e, "colspan");
	a->rowspan = attr(mem, e, "rowspan");
	a->start = attr(mem, e, "start");
	a->dir = attr(mem, e, "dir");
	a->hidden = attr(mem, e, "hidden") != NULL;
	a->signature = attr(mem, e, "signature") != NULL;
}

static const struct html_tag *
tag_of(const GumboNode *node)
{
	const char *name;

	if (node->type != GUMBO_NODE_ELEMENT)
		return NULL;
	name = gumbo_normalized_tagname(node->v.element.tag);
	return html_tag_find(name, strlen(name));
}

/* Tell the sink of a node; false: what is in it is left out. */
static bool
visit(const void *mem, const GumboNode *node, const struct html_sink *sink, void *arg)
{
	const struct html_tag *tag = tag_of(node);
	struct html_attrs a;
	const char *text;

	switch (node->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_CDATA:
	case GUMBO_NODE_WHITESPACE:
		text = valid(mem, node->v.text.text);
		sink->text(arg, text, strlen(text));
		return false;
	case GUMBO_NODE_COMMENT:
		return false;
	case GUMBO_NODE_ELEMENT:
		read_attrs(mem, &node->v.element, &a);
		if (a.hidden || (tag && (tag->flags & HTML_RAW)))
			return false;
		if (tag)
			sink->open(arg, tag, &a);
		return true;
	default:
		return true;
	}
}

static void
walk(const void *mem, const GumboNode *root, const struct html_sink *sink, void *arg)
{
	struct {
		const GumboNode *node;
		unsigned next;
	} *stack = talloc_array_size(mem, sizeof(*stack), WALK_MAX);
	size_t depth = 0;

	if (!stack)
		gp_oom();
	stack[depth].node = root;
	stack[depth++].next = 0;
	while (depth) {
		const GumboVector *list = children(stack[depth - 1].node);
		const GumboNode *node;

		if (stack[depth - 1].next == list->length) {
			const struct html_tag *tag = tag_of(stack[--depth].node);

			if (tag)
				sink->close(arg, tag);
			continue;
		}
		node = list->data[stack[depth - 1].next++];
		if (depth < WALK_MAX && visit(mem, node, sink, arg)) {
			stack[depth].node = node;
			stack[depth++].next = 0;
		}
	}
}

/* Without a tree: the text between the tags, a line for each of them. */
static void
strip(const char *html, size_t n, const struct html_sink *sink, void *arg)
{
	const struct html_tag *line = html_tag_find("div", 3);
	struct html_attrs none;
	const char *p = html, *end = html + n, *lt, *gt;

	memset(&none, 0, sizeof(none));
	while (p < end) {
		lt = memchr(p, '<', (size_t)(end - p));
		if (!lt)
			lt = end;
		sink->open(arg, line, &none);
		sink->text(arg, p, (size_t)(lt - p));
		sink->close(arg, line);
		gt = lt < end ? memchr(lt, '>', (size_t)(end - lt)) : NULL;
		p = gt ? gt + 1 : end;
	}
}

void
html_walk(const char *html, size_t n, const struct html_sink *const *sinks, void *const *args,
    size_t count)
{
	struct arena a = {.mem = gp_ctx(NULL)};
	GumboNode *root;
	struct gp_buf tame;
	size_t i;

	if (n > HTML_MAX_INPUT)
		n = gp_utf8_cut(html, n, HTML_MAX_INPUT);
	gp_buf_init(&tame, a.mem, HTML_MAX_INPUT * 4u);
	html_tame(&tame, html, n);
	root = parse(&a, tame.p, tame.len);
	for (i = 0; i < count; i++)
		if (root)
			walk(a.mem, root, sinks[i], args[i]);
		else
			strip(tame.p, tame.len, sinks[i], args[i]);
	talloc_free(a.mem);
}

enum gp_status
gp_html_clean(const void *ctx, const char *html, size_t n, char **out, size_t *out_n,
    struct gp_err *err)
{
	const struct html_sink *sinks[] = {&html_clean_ops};
	struct html_clean_sink c = {.b = gp_buf_new(ctx, GP_MAX_HTML)};
	void *args[] = {&c};

	(void)err;
	html_walk(html, n, sinks, args, 1);
	*out = talloc_steal(ctx, c.b->p);
	*out_n = c.b->len;
	talloc_free(c.b);
	return GP_OK;
}

enum gp_status
gp_html_text(const void *ctx, const char *html, size_t n, char **out, size_t *out_n,
    struct gp_err *err)
{
	const struct html_sink *sinks[] = {&html_text_ops};
	struct html_text_sink t = {.b = gp_buf_new(ctx, GP_MAX_TEXT)};
	void *args[] = {&t};

	(void)err;
	html_walk(html, n, sinks, args, 1);
	html_text_end(&t);
	*out = talloc_steal(ctx, t.b->p);
	*out_n = t.b->len;
	talloc_free(t.b);
	return GP_OK;
}
