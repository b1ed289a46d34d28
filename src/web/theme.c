/* SPDX-License-Identifier: ISC */
/* How this site looks: its logo, its colours and a style sheet behind ours, read once at the start. */
#include "config.h"

#include "private.h"

#include <string.h>

enum { LOGO_MOST = 256 << 10, THEME_MOST = 256 << 10 };

static const struct {
	const char *end, *type;
} pictures[] = {{".svg", "image/svg+xml"}, {".png", "image/png"}, {".webp", "image/webp"}};

static void
put_colours(struct gp_buf *b, const struct gp_config *conf)
{
	if (conf->web_colour[0] != '\0')
		gp_buf_printf(b, "@media not (prefers-color-scheme:dark){:root{--a:%s;--v:%s}}\n", conf->web_colour,
		    conf->web_colour);
	if (conf->web_colour_dark[0] != '\0')
		gp_buf_printf(b, "@media(prefers-color-scheme:dark){:root{--a:%s;--v:%s}}\n", conf->web_colour_dark,
		    conf->web_colour_dark);
}

/* A file that an option names; without it the site looks as it does without the option. */
static bool
read_file(struct gp_web *w, const char *option, const char *path, size_t most, struct gp_str *out)
{
	struct gp_err err;
	char *text;

	if (*path == '\0')
		return false;
	if (gp_file_read(w, path, most, &text, &out->n, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=theme option=%s what=\"%s\"", option, err.msg);
		return false;
	}
	out->p = text;
	return true;
}

static void
load_logo(struct gp_web *w)
{
	const char *path = w->site->conf->web_logo;
	size_t i;

	for (i = 0; i < GP_COUNT(pictures); i++)
		if (gp_ends(path, pictures[i].end) && read_file(w, "logo", path, LOGO_MOST, &w->logo)) {
			w->logo_type = pictures[i].type;
			w->logo_path = gp_asprintf(w, "%s/static/logo.%s%s", w->base, w->version, pictures[i].end);
			return;
		}
	if (*path != '\0' && w->logo_type == NULL)
		gp_log(GP_LOG_ERR, "event=theme option=logo what=\"%s is no picture that can be shown\"", path);
}

void
theme_load(struct gp_web *w)
{
	unsigned char sum[GP_SHA256_LEN];
	struct gp_str theme;
	const char *ours;
	struct gp_buf b;
	size_t n;

	gp_buf_init(&b, w, 1 << 20);
	ours = gp_templates_file(w->templates, "web/style.css", &n);
	if (ours != NULL)
		gp_buf_add(&b, ours, n);
	put_colours(&b, w->site->conf);
	if (read_file(w, "theme", w->site->conf->web_theme, THEME_MOST, &theme))
		gp_buf_add(&b, theme.p, theme.n);
	gp_buf_puts(&b, "");
	w->style = (struct gp_str){b.p, b.len};
	/* The name of the style sheet and of pictures changes with them; whoever has them keeps them. */
	gp_buf_printf(&b, "%s%s", gp_templates_version(w->templates), w->site->conf->web_logo);
	gp_sha256(b.p, b.len, sum);
	w->version = gp_strndup(w, gp_base32(w, sum, 5), 8);
	gp_buf_cut(&b, w->style.n);
	w->style.p = b.p;
	w->css = gp_asprintf(w, "%s/static/style.%s.css", w->base, w->version);
	w->icon = gp_asprintf(w, "%s/static/icon.%s.svg", w->base, w->version);
	load_logo(w);
}
