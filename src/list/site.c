/* SPDX-License-Identifier: ISC */
/* What every unit of work needs: configuration, store, templates, the secret. */
#include "config.h"

#include "words.h"

#include <string.h>

/* Templates: the site's own folder first, then those that came with the program. */
static enum gp_status
load_templates(struct gp_site *site, struct gp_err *err)
{
	const char *dirs[3];
	const char *env = getenv("GUILDPOST_TEMPLATES");
	size_t n = 0;

	if (site->conf->templates[0] != '\0')
		dirs[n++] = site->conf->templates;
	if (env != NULL && *env != '\0')
		dirs[n++] = env;
	else
		dirs[n++] = GP_TEMPLATE_DIR;
	return gp_templates_load(site, dirs, n, &site->templates, err);
}

static const char *
nobody(void *arg, const char *language)
{
	const struct gp_site *site = arg;

	return gp_templates_word(site->templates, language, "Somebody");
}

enum gp_status
gp_site_open(const void *ctx, struct gp_config *conf, enum gp_store_mode mode,
    struct gp_site **out, struct gp_err *err)
{
	struct gp_site *site = gp_new(ctx, struct gp_site);
	enum gp_status st;
	char *secret;
	size_t n;

	site->conf = conf;
	st = load_templates(site, err);
	if (st == GP_OK)
		st = gp_words_load(site, site->templates, &site->words, err);
	if (st == GP_OK)
		st = gp_store_open(site, conf->db_path, mode, &site->store, err);
	if (st == GP_OK)
		gp_store_nobody(site->store, nobody, site);
	if (st == GP_OK)
		st = gp_store_meta_get(site, site->store, "secret", &secret, &n, err);
	if (st != GP_OK) {
		talloc_free(site);
		return st;
	}
	if (n != sizeof(site->secret)) {
		talloc_free(site);
		return gp_fail(err, GP_E_DB, "%s: the secret has %zu bytes, not %d", conf->db_path,
		    n, GP_SHA256_LEN);
	}
	memcpy(site->secret, secret, n);
	*out = site;
	return GP_OK;
}

enum gp_status
gp_site_each_list(const void *ctx, struct gp_site *site, gp_list_tick_fn *fn, int64_t now, struct gp_err *err)
{
	struct gp_list **lists;
	size_t i, n;
	enum gp_status st = gp_list_all(ctx, site->store, &lists, &n, err);

	for (i = 0; st == GP_OK && i < n; i++) {
		void *tmp = gp_ctx(ctx);

		st = fn(tmp, site, lists[i], now, err);
		talloc_free(tmp);
	}
	return st;
}
