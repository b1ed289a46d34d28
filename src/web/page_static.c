/* SPDX-License-Identifier: ISC */
/* The style sheet and the icon, under names that change with them; what robots are told. */
#include "config.h"

#include "private.h"

#include <string.h>

static const struct {
	const char *path, *file, *type;
} files[] = {
	{"style.", "web/style.css", "text/css; charset=utf-8"},
	{"icon.", "web/icon.svg", "image/svg+xml"},
};
enum { STYLE = 0, LOGO = GP_COUNT(files) };

int
static_find(struct visit *v)
{
	size_t i;

	if (v->w->logo_type != NULL && gp_starts(v->rest, "logo.")) {
		visit_stamp(v, "logo");
		v->year = LOGO;
		return 200;
	}
	for (i = 0; i < GP_COUNT(files); i++) {
		const char *dot = strrchr(files[i].file, '.');

		/* "style.VERSION.css"; an old version gets what there is now. */
		if (gp_starts(v->rest, files[i].path) && gp_ends(v->rest, dot)) {
			visit_stamp(v, "%s", files[i].file);
			v->year = (int)i;
			return 200;
		}
	}
	return 404;
}

int
static_build(struct visit *v)
{
	size_t n;
	const char *p;

	if (v->year == LOGO) {
		v->out->body = v->w->logo;
		v->out->type = v->w->logo_type;
		v->out->sandbox = true;	/* an SVG can hold anything */
		return 200;
	}
	v->out->type = files[v->year].type;
	v->out->body = v->w->style;
	if (v->year == STYLE)
		return 200;
	p = gp_templates_file(v->w->templates, files[v->year].file, &n);
	if (p == NULL)
		return 404;
	v->out->body = (struct gp_str){p, n};
	return 200;
}

int
robots_find(struct visit *v)
{
	visit_stamp(v, "robots");
	return 200;
}

int
robots_build(struct visit *v)
{
	struct gp_err err;
	char *text;
	size_t n;

	doc_start(v, NULL, NULL);
	gp_json_text(v->doc_page, "base", v->w->base);
	gp_json_text(v->doc_page, "map_address", v->w->url[0] == '\0' ? NULL :
	    visit_whole(v, visit_path(v, "/sitemap.xml")));
	if (gp_templates_render(v->ctx, v->w->templates, "web/robots.txt", NULL, v->doc, &text, &n,
	    &err) != GP_OK)
		return visit_failed(&err);
	v->out->body = (struct gp_str){text, n};
	v->out->type = "text/plain; charset=utf-8";
	return 200;
}
