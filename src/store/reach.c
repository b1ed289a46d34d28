/* SPDX-License-Identifier: ISC */
/* The lists that somebody may read, and from when on: for a search over all of them. */
#include "config.h"

#include "search.h"

/* Each language once. */
static void
add_language(struct gp_buf *b, const char *language)
{
	if (b->p == NULL || strstr(b->p, language) == NULL)
		gp_buf_printf(b, "%s%s", b->len > 0 ? " " : "", language);
}

static void
add(struct gp_reach *r, struct gp_buf *languages, const struct gp_list *list, int64_t since)
{
	r->v = gp_store_grow(r, r->v, r->n, sizeof(*r->v));
	r->v[r->n++] = (struct gp_reach_list){list->id, since};
	add_language(languages, list->set.language);
}

/* everything: whoever runs the server. */
static enum gp_status
reach(const void *ctx, struct gp_store *s, bool everything, int64_t person, struct gp_reach **out,
    struct gp_err *err)
{
	struct gp_reach *r = gp_new(ctx, struct gp_reach);
	struct gp_list **all;
	struct gp_buf languages;
	size_t i, n;
	enum gp_status status = gp_list_all(r, s, &all, &n, err);

	gp_buf_init(&languages, r, 4096);
	for (i = 0; status == GP_OK && i < n; i++) {
		struct gp_member *m = NULL;

		if (person != 0 && !gp_list_is_public(all[i]))
			status = gp_sql_end(gp_member_of_person(r, s, all[i]->id, person, &m, err));
		if (status == GP_OK && (everything || gp_list_may_read(all[i], m)))
			add(r, &languages, all[i], everything ? 0 : gp_list_readable_from(all[i], m));
	}
	r->languages = languages.p != NULL ? languages.p : gp_strdup(r, "en");
	*out = r;
	return status;
}

enum gp_status
gp_reach_of(const void *ctx, struct gp_store *s, int64_t person, struct gp_reach **out, struct gp_err *err)
{
	return reach(ctx, s, false, person, out, err);
}

enum gp_status
gp_reach_all(const void *ctx, struct gp_store *s, struct gp_reach **out, struct gp_err *err)
{
	return reach(ctx, s, true, 0, out, err);
}

/* ---- in a statement -------------------------------------------------------------------------- */

void
gp_search_lists(struct gp_buf *b, const struct gp_search *search, const char *list, const char *time)
{
	if (search->list != 0)
		gp_buf_printf(b, " AND %s = :list", list);
	else
		gp_buf_printf(b, " AND (%s IN (SELECT value FROM json_each(:whole)) OR EXISTS(SELECT 1 FROM "
		    "json_each(:part) j WHERE j.value ->> 0 = %s AND %s >= j.value ->> 1))", list, list, time);
	if (search->since != 0)
		gp_buf_printf(b, " AND %s >= :since", time);
}

void
gp_search_bind_lists(sqlite3_stmt *st, const struct gp_search *search)
{
	const struct gp_reach *r = search->reach;
	struct gp_buf whole, part;
	size_t i;

	gp_search_bind_int(st, ":list", search->list);
	gp_search_bind_int(st, ":since", search->since);
	gp_buf_init(&whole, NULL, 64 << 20);
	gp_buf_init(&part, NULL, 64 << 20);
	gp_buf_putc(&whole, '[');
	gp_buf_putc(&part, '[');
	for (i = 0; r != NULL && i < r->n; i++)
		if (r->v[i].since == 0)
			gp_buf_printf(&whole, "%s%lld", whole.len > 1 ? "," : "", (long long)r->v[i].list);
		else
			gp_buf_printf(&part, "%s[%lld,%lld]", part.len > 1 ? "," : "", (long long)r->v[i].list,
			    (long long)r->v[i].since);
	gp_buf_putc(&whole, ']');
	gp_buf_putc(&part, ']');
	gp_search_bind_copy(st, ":whole", whole.p);
	gp_search_bind_copy(st, ":part", part.p);
	talloc_free(whole.p);
	talloc_free(part.p);
}
