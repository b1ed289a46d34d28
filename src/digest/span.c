/* SPDX-License-Identifier: ISC */
/*
 * When digests are due: at an hour in a time zone, each day, on a weekday, or on a day of the month. Local days are
 * walked, not seconds, so that daylight saving still gives one digest a day.
 */
#include "config.h"

#include "guildpost/digest.h"

void
gp_digest_times_of(const struct gp_list *list, const struct gp_member *m, struct gp_digest_times *out)
{
	out->zone = m != NULL && m->timezone[0] != '\0' ? m->timezone : list->set.timezone;
	out->hour = m != NULL && m->digest_hour > 0 ? m->digest_hour - 1 : (int)list->set.digest_hour;
	out->weekday = m != NULL && m->digest_day > 0 ? m->digest_day - 1 : (int)list->set.digest_weekday;
	out->monthday = (int)list->set.digest_monthday;
}

static void
move_day(struct gp_civil *c, int days)
{
	gp_time_civil((gp_civil_days(c->year, c->month, c->day) + days) * 86400, NULL, c);
}

static bool
is_digest_day(const struct gp_digest_times *times, int delivery, const struct gp_civil *c)
{
	if (delivery == GP_DELIVERY_WEEKLY)
		return c->weekday == times->weekday;
	if (delivery == GP_DELIVERY_MONTHLY)
		return c->day == times->monthday;
	return true;
}

/* That hour of a local day; one that daylight saving skips is taken as the one behind it. */
static int64_t
moment_of(const struct gp_digest_times *times, const struct gp_civil *c)
{
	return gp_civil_local(c->year, c->month, c->day, times->hour, times->zone);
}

int64_t
gp_digest_last_due(const struct gp_digest_times *times, int delivery, int64_t t)
{
	struct gp_civil c;
	int64_t at;

	gp_time_civil(t, times->zone, &c);
	/* Local midnight may be skipped: begin a day late. */
	for (move_day(&c, 1);; move_day(&c, -1)) {
		if (!is_digest_day(times, delivery, &c))
			continue;
		at = moment_of(times, &c);
		if (at <= t)
			return at;
	}
}

int64_t
gp_digest_next_due(const struct gp_digest_times *times, int delivery, int64_t t)
{
	struct gp_civil c;
	int64_t at;

	gp_time_civil(t, times->zone, &c);
	for (move_day(&c, -1);; move_day(&c, 1)) {
		if (!is_digest_day(times, delivery, &c))
			continue;
		at = moment_of(times, &c);
		if (at > t)
			return at;
	}
}
