/* SPDX-License-Identifier: ISC */
/*
 * For programs that look for pages: the map of the site (sitemaps.org 0.9) with one map for each
 * year of a list, and the description of the search that browsers offer to add (OpenSearch 1.1).
 * Both name whole addresses, so there is none while the site does not know its own.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { MAP_MOST = 50000, STEP = 500 };	/* pages of one map, by its definition; at a time */

static bool
is_mapped(const struct gp_list *list)
{
	return gp_list_is_public(list) && list->set.robots == GP_ROBOTS_INDEX;
}

int
site_map_find(struct visit *v)
{
	return v->w->url[0] == '\0' ? 404 : index_find(v);
}

/* Each year in which something was posted; what is newest decides which map a thread is in. */
static int
put_years(struct visit *v, json_t *maps, const struct gp_list *list)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_month *months;
	size_t i, n;

	if (gp_list_months(v->ctx, v->s, list->id, &months, &n, &err) != GP_OK)
		return visit_failed(&err);
	for (i = 0; i < n; i++)
		if (i == 0 || months[i].year != months[i - 1].year)
			gp_json_text(gp_json_push_object(maps), "url", visit_whole(v,
			    list_path(v, list, "%04d/sitemap.xml", months[i].year)));
	return 200;
}

int
site_map_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_list **all;
	json_t *maps;
	size_t i, n;
	int status = 200;

	if (gp_list_all(v->ctx, v->s, &all, &n, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, NULL, NULL);
	maps = gp_json_new_array(v->doc, "maps");
	for (i = 0; i < n && status == 200; i++)
		if (is_mapped(all[i]))
			status = put_years(v, maps, all[i]);
	return status;
}

int
list_map_find(struct visit *v)
{
	return v->w->url[0] == '\0' || !is_mapped(v->list) ? 404 : year_find(v);
}

int
list_map_build(struct visit *v)
{
	int64_t from = gp_civil_time(v->year, 1, 1, 0, 0, 0), id = 0;
	int64_t last = gp_civil_time(v->year + 1, 1, 1, 0, 0, 0);
	struct gp_err err = {GP_OK, ""};
	struct gp_thread **threads;
	size_t i, n = STEP, total = 0;
	json_t *array, *o;

	doc_start(v, NULL, NULL);
	array = gp_json_new_array(v->doc, "threads");
	while (n == STEP && last >= from && total < MAP_MOST) {
		if (gp_thread_newest(v->ctx, v->s, v->list->id, last, id, STEP, &threads, &n, &err) != GP_OK)
			return visit_failed(&err);
		for (i = 0; i < n && threads[i]->last >= from; i++, total++) {
			o = gp_json_push_object(array);
			gp_json_text(o, "url", visit_whole(v, thread_path(v, v->list, threads[i])));
			gp_json_text(o, "updated", gp_time_iso(v->ctx, threads[i]->last));
		}
		last = n > 0 ? threads[n - 1]->last : 0;
		id = n > 0 ? threads[n - 1]->id : 0;
	}
	return total > 0 ? 200 : 404;
}

int
opensearch_find(struct visit *v)
{
	if (v->w->url[0] == '\0')
		return 404;
	if (v->list != NULL)
		stamp_list(v, v->list);
	visit_stamp(v, "opensearch");
	return 200;
}

int
opensearch_build(struct visit *v)
{
	doc_start(v, NULL, NULL);
	gp_json_text(v->doc, "search_address", visit_whole(v, v->list != NULL ?
	    list_path(v, v->list, "search") : visit_path(v, "/search")));
	return 200;
}
