/* SPDX-License-Identifier: ISC */
/*
 * A thread in the order in which it is read: every message behind the one it answers, siblings
 * by date. Messages that are not there (never seen, not to be archived, removed) are passed
 * over where they join nothing: their answers take their place. Where several answers hang on
 * such a message it stays as a gap; one that was removed always does, and one that is not to be
 * archived does where it was answered. No recursion; links that make a loop are cut.
 */
#include "config.h"

#include "private.h"

#include <stdlib.h>

struct id_index {
	int64_t id;
	size_t index;
};

/* Work for one tree. */
struct walk {
	struct tree *t;
	int64_t *up;		/* as stored, -1: none */
	size_t *order;		/* all nodes, parents first */
	size_t order_n;
};

static int
compare(const void *a, const void *b)
{
	int64_t x = ((const struct id_index *)a)->id, y = ((const struct id_index *)b)->id;

	return (x > y) - (x < y);
}

static void
find_parents(struct walk *w, const void *ctx)
{
	size_t i, n = w->t->n;
	struct id_index *ids = gp_array(ctx, struct id_index, n + 1), key, *found;

	for (i = 0; i < n; i++)
		ids[i] = (struct id_index){w->t->v[i].node->id, i};
	if (n > 0)
		qsort(ids, n, sizeof(*ids), compare);
	for (i = 0; i < n; i++) {
		key.id = w->t->v[i].node->parent;
		found = key.id != 0 ? bsearch(&key, ids, n, sizeof(*ids), compare) : NULL;
		w->up[i] = found != NULL && found->index != i ? (int64_t)found->index : -1;
	}
}

static void
hang(struct tree *t, int64_t parent, int64_t child)
{
	struct tree_node *p = &t->v[parent];

	if (p->last < 0)
		p->first = child;
	else
		t->v[p->last].next = child;
	p->last = child;
}

/* All below (and with) a node, by following first, next and up. */
static void
walk_from(struct walk *w, int64_t root, const int64_t *up)
{
	struct tree *t = w->t;
	int64_t i = root;

	for (;;) {
		w->order[w->order_n++] = (size_t)i;
		if (t->v[i].first >= 0) {
			i = t->v[i].first;
			continue;
		}
		while (i != root && t->v[i].next < 0)
			i = up[i];
		if (i == root)
			return;
		i = t->v[i].next;
	}
}

static void
clear_links(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		t->v[i].first = t->v[i].last = t->v[i].next = -1;
}

/* Links that lead round in a loop are cut where the loop was met: each node is passed once. */
static void
cut_loops(struct walk *w, const void *ctx)
{
	size_t *met = gp_array(ctx, size_t, w->t->n + 1), i;	/* the round that passed it */
	int64_t at;

	for (i = 0; i < w->t->n; i++) {
		for (at = (int64_t)i; at >= 0 && met[at] == 0; at = w->up[at])
			met[at] = i + 1;
		if (at >= 0 && met[at] == i + 1)
			w->up[at] = -1;
	}
}

/* As stored. */
static void
walk_stored(struct walk *w)
{
	struct tree *t = w->t;
	size_t i;

	clear_links(t);
	for (i = 0; i < t->n; i++)
		if (w->up[i] >= 0)
			hang(t, w->up[i], (int64_t)i);
	for (i = 0; i < t->n; i++)
		if (w->up[i] < 0)
			walk_from(w, (int64_t)i, w->up);
}

/* Which nodes are shown, and under which. */
static void
prune(struct walk *w, const void *ctx)
{
	struct tree *t = w->t;
	size_t *alive = gp_array(ctx, size_t, t->n + 1), i;	/* answers that show something */
	int64_t *stands = gp_array(ctx, int64_t, t->n + 1), up;	/* what is shown for a node */
	struct tree_node *node;

	for (i = w->order_n; i-- > 0;) {
		node = &t->v[w->order[i]];
		up = w->up[w->order[i]];
		node->shown = node->node->msg != NULL || node->node->state == 3 ||
		    alive[w->order[i]] > (node->node->state == 2 ? 0 : 1);
		if (up >= 0 && (node->shown || alive[w->order[i]] > 0))
			alive[up]++;
	}
	for (i = 0; i < w->order_n; i++) {
		node = &t->v[w->order[i]];
		up = w->up[w->order[i]];
		node->up = up >= 0 ? stands[up] : -1;
		stands[w->order[i]] = node->shown ? (int64_t)w->order[i] : node->up;
	}
}

struct tree *
tree_new(const void *ctx, const struct gp_node *nodes, size_t n)
{
	struct tree *t = gp_new(ctx, struct tree);
	struct walk w = {t, NULL, NULL, 0};
	void *mem = gp_ctx(NULL);
	size_t i, number = 0;
	int64_t *up;

	t->v = gp_array(t, struct tree_node, n + 1);
	t->n = n;
	w.up = gp_array(mem, int64_t, n + 1);
	w.order = gp_array(mem, size_t, n + 1);
	for (i = 0; i < n; i++) {
		t->v[i].node = &nodes[i];
		if (nodes[i].msg != NULL)
			t->v[i].number = ++number;
	}
	find_parents(&w, mem);
	cut_loops(&w, mem);
	walk_stored(&w);
	prune(&w, mem);
	clear_links(t);
	up = w.up;
	for (i = 0; i < n; i++) {
		up[i] = t->v[i].up;
		if (t->v[i].shown && up[i] >= 0)
			hang(t, up[i], (int64_t)i);
	}
	w.order_n = 0;
	for (i = 0; i < n; i++)
		if (t->v[i].shown && up[i] < 0)
			walk_from(&w, (int64_t)i, up);
	t->order = talloc_steal(t, w.order);
	t->order_n = w.order_n;
	for (i = 0; i < t->order_n; i++)
		t->v[t->order[i]].place = i;
	talloc_free(mem);
	return t;
}
