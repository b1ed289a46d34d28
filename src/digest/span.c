/* SPDX-License-Identifier: ISC */
/*
 * When digests are due: at the list's hour in the list's time zone, each day, on a weekday,
 * or on a day of the month. Local days are walked, not seconds, so that daylight saving
 * still gives one digest a day.
 */
#include "config.h"

#include "guildpost/digest.h"

/* The moment of `hour` o'clock on that local day. An hour that is skipped by daylight saving is
 * taken as the one after it. */
static int64_t
moment_of(const struct gp_list *list, int year, int month, int day)
{
	return gp_civil_local(year, month, day, (int)list->set.digest_hour, list->set.timezone);
}

static void
day_before(struct gp_civil *c)
{
	gp_time_civil((gp_civil_days(c->year, c->month, c->day) - 1) * 86400, NULL, c);
}

static bool
is_digest_day(const struct gp_list *list, int delivery, const struct gp_civil *c)
{
	if (delivery == GP_DELIVERY_WEEKLY)
		return c->weekday == (int)list->set.digest_weekday;
	if (delivery == GP_DELIVERY_MONTHLY)
		return c->day == (int)list->set.digest_monthday;
	return true;
}

/* The last due moment at or before t. */
static int64_t
last_due(const struct gp_list *list, int delivery, int64_t t)
{
	struct gp_civil c;
	int64_t at;

	gp_time_civil(t, list->set.timezone, &c);
	for (;; day_before(&c)) {
		if (!is_digest_day(list, delivery, &c))
			continue;
		at = moment_of(list, c.year, c.month, c.day);
		if (at <= t)
			return at;
	}
}

void
gp_digest_span_at(const struct gp_list *list, int delivery, int64_t now, struct gp_digest_span *out)
{
	out->delivery = delivery;
	out->to = last_due(list, delivery, now);
	out->from = last_due(list, delivery, out->to - 1);
}
