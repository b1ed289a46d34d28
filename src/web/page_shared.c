/* SPDX-License-Identifier: ISC */
/*
 * Threads that several lists have: one page, that of the list where it began. A copy's address leads there,
 * unless this reader may read only the other list; the page says who has it.
 */
#include "config.h"

#include "private.h"

#include <string.h>

/* The message at the thread's home, if this reader may see it there. */
static int
home_of(struct visit *v, struct gp_list **list)
{
	struct gp_share_side *sides;
	struct gp_err err = {GP_OK, ""};
	struct gp_message *m;
	int64_t since;
	size_t n;
	enum gp_status st = gp_share_sides(v->ctx, v->s, v->thread->id, &sides, &n, &err);

	*list = NULL;
	if (st != GP_OK)
		return visit_failed(&err);
	if (n == 0 || !sides[0].home)
		return 200;
	st = gp_list_find_id(v->ctx, v->s, sides[0].list, list, &err);
	if (st == GP_OK)
		st = gp_message_find_key(v->ctx, v->s, sides[0].list, v->key, &m, &err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return visit_failed(&err);
	if (st != GP_OK || m->state != 1 || !visit_may_read(v, *list, &since) || m->received < since)
		*list = NULL;
	return 200;
}

int
shared_find(struct visit *v, const char *what)
{
	struct gp_list *home;
	int status = home_of(v, &home);

	if (status != 200 || home == NULL)
		return status;
	v->out->location = list_path(v, home, "%s/%s%s", what, v->key, v->json ? ".json" : "");
	return 301;
}

int
put_shared(struct visit *v)
{
	json_t *array = gp_json_new_array(v->doc, "shared");
	struct gp_share_side *sides;
	struct gp_err err = {GP_OK, ""};
	struct gp_list *list;
	int64_t since;
	size_t i, n;

	if (gp_share_sides(v->ctx, v->s, v->thread->id, &sides, &n, &err) != GP_OK)
		return visit_failed(&err);
	for (i = 0; i < n; i++) {
		json_t *o;

		if (gp_list_find_id(v->ctx, v->s, sides[i].list, &list, &err) != GP_OK)
			return visit_failed(&err);
		o = gp_json_push_object(array);
		gp_json_text(o, "title", gp_list_title(list));
		/* A page that is kept for all names only what all may read. */
		gp_json_text(o, "url", gp_list_is_public(list) || (v->out->own && visit_may_read(v, list, &since)) ?
		    home_path(v, list) : NULL);
	}
	gp_json_bool(v->doc, "is_shared", n > 0);
	return 200;
}
