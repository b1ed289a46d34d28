/* SPDX-License-Identifier: ISC */
/*
 * Messages by their Message-ID: /mid/ID over all lists of the reader, and /bees/ID/ with /raw and
 * /t.mbox.gz below it, as the tools of public-inbox have them; and by their addresses in the
 * archive that was before this one. Always a redirect.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { KEY_LENGTH = 12 };

/* A removed message has lost its id, but not its key, which was made of it: 410. */
static int
find_removed(struct visit *v, int64_t list, const char *id)
{
	char *key = gp_msgid_key(v->ctx, id, KEY_LENGTH);
	struct gp_err err = {GP_OK, ""};
	enum gp_status st = GP_OK;
	struct gp_message *m;
	struct gp_list **all;
	size_t i, n = 0;
	int64_t since;

	if (gp_list_all(v->ctx, v->s, &all, &n, &err) != GP_OK)
		return visit_failed(&err);
	for (i = 0; i < n; i++) {
		if (!visit_may_read(v, all[i], &since) || (list != 0 && all[i]->id != list))
			continue;
		st = gp_message_find_key(v->ctx, v->s, all[i]->id, key, &m, &err);
		if (st == GP_OK && m->state == 3)
			return 410;
		if (st != GP_OK && st != GP_E_NOTFOUND)
			return visit_failed(&err);
	}
	return 404;
}

/* The first message of that id which may be seen; on this list, or (list 0) on any. */
static int
find(struct visit *v, int64_t list)
{
	char *id = gp_msgid_parse(v->ctx, v->rest, strlen(v->rest));
	struct gp_err err = {GP_OK, ""};
	struct gp_list *own = v->list;
	struct gp_message **all;
	size_t i, n;

	if (id == NULL)
		return 404;
	if (gp_message_find_msgid(v->ctx, v->s, list, id, &all, &n, &err) != GP_OK)
		return visit_failed(&err);
	for (i = 0; i < n; i++) {
		if (gp_list_find_id(v->ctx, v->s, all[i]->list, &v->list, &err) != GP_OK)
			return visit_failed(&err);
		if (visit_may_read(v, v->list, &v->since) && visit_sees(v, all[i]) && all[i]->state == 1) {
			v->out->own |= !gp_list_is_public(v->list);
			v->msg = all[i];
			return 200;
		}
	}
	v->list = own;
	return find_removed(v, list, id);
}

static int
move(struct visit *v, int status, const char *folder, const char *suffix)
{
	if (status != 200)
		return status;
	v->out->location = list_path(v, v->list, "%s/%s%s", folder, v->msg->key, suffix);
	return 301;
}

int
old_path_find(struct visit *v, const char *path)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_list *list = NULL;
	struct gp_message *m;
	enum gp_status st = gp_old_path_find(v->ctx, v->s, path, &m, &err);

	if (st == GP_OK)
		st = gp_list_find_id(v->ctx, v->s, m->list, &list, &err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? 404 : visit_failed(&err);
	if (!visit_may_read(v, list, &v->since) || !visit_sees(v, m) || m->state == 2)
		return 404;
	v->out->own |= !gp_list_is_public(list);
	v->list = list;
	v->msg = m;
	return m->state == 1 ? move(v, 200, "t", "") : 410;
}

int
mid_find(struct visit *v)
{
	return move(v, find(v, 0), "m", "");
}

int
list_mid_find(struct visit *v)
{
	return move(v, find(v, v->list->id), "m", "");
}

int
list_mid_raw_find(struct visit *v)
{
	return move(v, find(v, v->list->id), "m", ".eml");
}

int
list_mid_mbox_find(struct visit *v)
{
	return move(v, find(v, v->list->id), "t", ".mbox.gz");
}
