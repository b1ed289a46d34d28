/* SPDX-License-Identifier: ISC */
/* Letters that come once a month: of which month, and that none comes twice. */
#include "config.h"

#include "command.h"
#include "month.h"

#include <inttypes.h>
#include <string.h>

void
gp_month_of(const void *ctx, const struct gp_list *list, int year, int month, struct month *m)
{
	const char *zone = list->set.timezone;

	m->from = gp_civil_local(year, month, 1, 0, zone);
	m->to = gp_civil_local(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1, 0, zone);
	m->name = gp_asprintf(ctx, "%04d-%02d", year, month);
}

bool
gp_month_before(const void *ctx, const struct gp_list *list, int64_t now, struct month *m)
{
	struct gp_civil c;

	gp_time_civil(now, list->set.timezone, &c);
	gp_month_of(ctx, list, c.month == 1 ? c.year - 1 : c.year, c.month == 1 ? 12 : c.month - 1, m);
	return c.day > 1 || c.hour >= (int)list->set.digest_hour;
}

enum gp_status
gp_month_once(const void *ctx, struct gp_site *site, struct gp_list *list, const char *what, int64_t now,
    gp_month_fn *write, struct gp_err *err)
{
	char *key = gp_asprintf(ctx, "%s/%" PRId64, what, list->id), *done = NULL;
	struct month m;
	enum gp_status st;
	size_t n = 0;

	if (list->set.closed || !gp_month_before(ctx, list, now, &m) || list->created >= m.to)
		return GP_OK;
	st = gp_store_meta_get(ctx, site->store, key, &done, &n, err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	if (st == GP_OK && n == strlen(m.name) && memcmp(done, m.name, n) == 0)
		return GP_OK;
	st = write(ctx, site, list, &m, err);
	return st == GP_OK ? gp_store_meta_set(site->store, key, m.name, strlen(m.name), err) : st;
}

enum gp_status
gp_month_to_moderators(const void *ctx, struct gp_site *site, struct gp_list *list, const char *template_name,
    json_t *data, struct gp_err *err)
{
	struct gp_member **v;
	size_t i, count;
	enum gp_status st = gp_member_all(ctx, site->store, list->id, GP_ROLE_MODERATOR, -1, &v, &count, err);

	for (i = 0; st == GP_OK && i < count; i++) {
		struct gp_notice n = {.template_name = template_name, .data = data};

		st = gp_member_send(ctx, site, list, v[i], &n, err);
	}
	return st;
}
