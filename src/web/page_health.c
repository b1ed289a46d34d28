/* SPDX-License-Identifier: ISC */
/* How a list is doing: figures of the last 30 days and of the 30 before, which name nobody. */
#include "config.h"

#include "private.h"

enum { SPAN = 30 * 86400 };

int
health_find(struct visit *v)
{
	if (v->list->set.letter == GP_FEATURE_OFF || v->list->set.letter == GP_FEATURE_MODERATORS)
		return 404;
	visit_stamp(v, "health %lld", (long long)v->list->version);
	return 200;
}

int
health_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_health now, before;
	json_t *o;

	if (gp_letter_health(v->w->site, v->list->id, v->now - SPAN, v->now, &now, &err) != GP_OK ||
	    gp_letter_health(v->w->site, v->list->id, v->now - 2 * SPAN, v->now - SPAN, &before, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, NULL, list_path(v, v->list, "health"));
	gp_json_bool(v->doc_page, "noindex", true);
	o = gp_json_new_object(v->doc, "figures");
	gp_letter_figures(o, &now);
	o = gp_json_new_object(v->doc, "earlier_figures");
	gp_letter_figures(o, &before);
	return 200;
}
