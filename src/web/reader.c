/* SPDX-License-Identifier: ISC */
/*
 * Who reads, by the cookie that a link in a mail gave them, and what of a list they may see: all,
 * what came since they joined, or nothing. Asked anew with every page.
 */
#include "config.h"

#include "private.h"

#include <string.h>

#define COOKIE "gp_reader"

char *
reader_cookie_value(const void *ctx, const struct gp_request *r)
{
	const char *p = r->cookie, *end;

	for (; p != NULL; p = *end == ';' ? end + 1 : NULL) {
		p += strspn(p, " ");
		end = p + strcspn(p, ";");
		if (gp_starts(p, COOKIE "="))
			return gp_strndup(ctx, p + strlen(COOKIE "="), (size_t)(end - p) - strlen(COOKIE "="));
	}
	return NULL;
}

int64_t
reader_of(const struct gp_web *w, const struct gp_request *r)
{
	char *value = reader_cookie_value(NULL, r);
	int64_t person = value == NULL ? 0 : gp_login_reader(w->site, value);

	talloc_free(value);
	return person;
}

char *
reader_cookie(const void *ctx, const struct gp_web *w, const char *value)
{
	return gp_asprintf(ctx, COOKIE "=%s; Path=%s/; Max-Age=%d; HttpOnly; SameSite=Lax%s", value, w->base,
	    *value != '\0' ? GP_LOGIN_COOKIE : 0, gp_starts(w->url, "https:") ? "; Secure" : "");
}

char *
reader_path(const void *ctx, const struct gp_web *w, const char *path)
{
	size_t i, n = strlen(w->base);

	/* "//host" and "/\\host" lead to others. */
	if (path == NULL || strncmp(path, w->base, n) != 0 || path[n] != '/' || path[n + 1] == '/' ||
	    path[n + 1] == '\\' || strlen(path) > GP_WEB_PATH)
		return NULL;
	for (i = 0; path[i] != '\0'; i++)
		if ((unsigned char)path[i] <= 0x20 || (unsigned char)path[i] >= 0x7f)
			return NULL;
	return gp_strdup(ctx, path);
}

bool
visit_may_read(const struct visit *v, const struct gp_list *list, int64_t *since)
{
	struct gp_member *m = NULL;
	struct gp_err err = {GP_OK, ""};
	enum gp_status st = GP_E_NOTFOUND;

	*since = 0;
	if (gp_list_is_public(list))
		return true;
	if (v->reader != 0)
		st = gp_member_of_person(v->ctx, v->s, list->id, v->reader, &m, &err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		(void)visit_failed(&err);
	*since = gp_list_readable_from(list, m);
	return st == GP_OK && gp_list_may_read(list, m);
}

int
visit_withheld(struct visit *v)
{
	struct gp_looker mine = gp_store_look(v->s, (struct gp_looker){GP_LOOK_ALL, 0, false});
	struct gp_veil veil = {GP_VISIBLE_LIST, false};
	struct gp_message *m;
	bool there = gp_message_find_key(v->ctx, v->s, v->list->id, v->key, &m, NULL) == GP_OK && m->state == 1 &&
	    m->received >= v->since && gp_thread_veil(v->s, m->thread, &veil, NULL) == GP_OK;

	gp_store_look(v->s, mine);
	if (!there || veil.visible == GP_VISIBLE_LIST || veil.visible == GP_VISIBLE_NONE)
		return 404;
	v->closed = v->list;
	v->closed_thread = true;
	return 403;
}

bool
visit_sees(const struct visit *v, const struct gp_message *m)
{
	return m->received >= v->since;
}

size_t
see_messages(const struct visit *v, struct gp_message **all, size_t n)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++)
		if (visit_sees(v, all[i]))
			all[k++] = all[i];
	return k;
}

size_t
see_threads(const struct visit *v, struct gp_thread **all, size_t n)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++)
		if (all[i]->last >= v->since)
			all[k++] = all[i];
	return k;
}

bool
see_nodes(const struct visit *v, struct gp_node *nodes, size_t n)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (nodes[i].msg != NULL && !visit_sees(v, nodes[i].msg))
			nodes[i].msg = NULL;
		any |= nodes[i].msg != NULL;
	}
	return any;
}
