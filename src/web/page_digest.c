/* SPDX-License-Identifier: ISC */
/*
 * Digests as pages: what everybody could read of a day, a week up to a day, or a month, in the order of a digest
 * that is nobody's in particular; which there are; and the last days as a feed. A day ends at the hour at which the
 * list's digests go.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { DAY = 86400, DAYS = 31, FEED = 14 };

struct span {
	int64_t from, to;
	int delivery;
	const char *path;	/* of the page */
	const char *kind, *when;	/* what it is called */
};

int
digest_find(struct visit *v)
{
	/* There is a new one at some hour. */
	visit_stamp(v, "digest %lld %lld", (long long)v->list->version, (long long)v->now / 3600);
	return 200;
}

static struct gp_digest_how
how_of(const struct visit *v, const struct span *s)
{
	return (struct gp_digest_how){.span = {s->delivery, s->from, s->to}, .language = v->list->set.language,
	    .timezone = v->list->set.timezone, .hour = -1, .root = v->w->base};
}

/* The data of a span; NULL: nothing was written in it. */
static int
read_span(struct visit *v, const struct span *s, json_t **out)
{
	struct gp_digest_how how = how_of(v, s);
	int64_t from = s->from > v->since ? s->from : v->since;
	struct gp_err err = {GP_OK, ""};
	struct gp_news_pool *pool;
	struct gp_issue *issue;

	*out = NULL;
	if (from >= s->to)
		return 200;
	if (gp_news_pool_between(v->ctx, v->w->site, v->list, from, s->to, &pool, &err) != GP_OK ||
	    gp_issue_pick(v->ctx, v->w->site, pool, NULL, -1, 0, from, &issue, &err) != GP_OK)
		return visit_failed(&err);
	if (gp_issue_count(issue) == 0)
		return 200;
	if (gp_digest_data(v->ctx, v->w->site, &how, &issue, 1, out, &err) != GP_OK)
		return visit_failed(&err);
	return 200;
}

static int64_t
hour_of(const struct visit *v, int year, int month, int day)
{
	return gp_civil_local(year, month, day, (int)v->list->set.digest_hour, v->list->set.timezone);
}

/* So many days up to the digest of a day. */
static void
span_of_day(const struct visit *v, int64_t day, int days, struct span *s)
{
	struct gp_civil c, before;

	gp_time_civil(day * DAY, NULL, &c);
	gp_time_civil((day - days) * DAY, NULL, &before);
	s->to = hour_of(v, c.year, c.month, c.day);
	s->from = hour_of(v, before.year, before.month, before.day);
	s->delivery = days == 1 ? GP_DELIVERY_DAILY : GP_DELIVERY_WEEKLY;
	s->path = list_path(v, v->list, "d/%04d-%02d-%02d%s", c.year, c.month, c.day, days == 1 ? "" : "/week");
	s->kind = days == 1 ? "day" : "week";
	s->when = visit_time(v, day * DAY, "%-d %B %Y");
}

static void
put_link(struct visit *v, const char *name, const char *path, const char *text)
{
	json_t *o;

	json_object_set_new(v->doc, name, json_null());
	if (path == NULL)
		return;
	o = gp_json_new_object(v->doc, name);
	gp_json_text(o, "url", path);
	gp_json_text(o, "name", text);
}

static int
show(struct visit *v, const struct span *s)
{
	json_t *data;
	int status = s->to > v->now ? 404 : read_span(v, s, &data);

	if (status != 200 || data == NULL)
		return status != 200 ? status : 404;
	doc_start(v, s->when, s->path);
	gp_json_bool(gp_json_new_object(v->doc, "digest_is"), s->kind, true);
	gp_json_text(v->doc, "when", s->when);
	gp_json_text(v->doc_page, "feed_url", list_path(v, v->list, "d/feed.atom"));
	json_object_set(v->doc, "digest", json_array_get(json_object_get(data, "lists"), 0));
	gp_json_text(v->doc, "digests_url", list_path(v, v->list, "d/"));
	return 200;
}

/* A day or week before or behind, when something came in it. */
static void
put_neighbour(struct visit *v, const char *name, int64_t day, int days)
{
	struct span s;
	json_t *data = NULL;

	span_of_day(v, day, days, &s);
	if (s.to > v->now || read_span(v, &s, &data) != 200)
		data = NULL;
	put_link(v, name, data != NULL ? s.path : NULL, s.when);
}

static int
show_days(struct visit *v, int days)
{
	int64_t day = gp_civil_days(v->year, v->month, v->day);
	struct span s;
	struct gp_civil c;
	int status;

	gp_time_civil(day * DAY, NULL, &c);
	if (c.day != v->day)
		return 404;
	span_of_day(v, day, days, &s);
	status = show(v, &s);
	if (status != 200)
		return status;
	put_neighbour(v, "previous", day - days, days);
	put_neighbour(v, "next", day + days, days);
	return 200;
}

int
digest_day_build(struct visit *v)
{
	return show_days(v, 1);
}

int
digest_week_build(struct visit *v)
{
	return show_days(v, 7);
}

int
digest_month_build(struct visit *v)
{
	int year = v->month == 12 ? v->year + 1 : v->year, month = v->month == 12 ? 1 : v->month + 1;
	struct span s = {hour_of(v, v->year, v->month, 1), hour_of(v, year, month, 1), GP_DELIVERY_MONTHLY,
	    list_path(v, v->list, "d/%04d-%02d", v->year, v->month),
	    "month", visit_time(v, gp_civil_time(v->year, v->month, 1, 0, 0, 0), "%B %Y")};
	int status;

	/* A month that is not over has what there is by now. */
	if (s.to > v->now && s.from < v->now)
		s.to = v->now;
	status = show(v, &s);
	if (status != 200)
		return status;
	put_link(v, "previous", NULL, NULL);
	put_link(v, "next", NULL, NULL);
	return 200;
}

/* The day whose digest is the last that went. */
static int64_t
last_day(const struct visit *v)
{
	struct gp_civil c;
	int64_t day;
	struct span s;

	gp_time_civil(v->now, v->list->set.timezone, &c);
	day = gp_civil_days(c.year, c.month, c.day);
	span_of_day(v, day, 1, &s);
	return s.to <= v->now ? day : day - 1;
}

static int
put_days(struct visit *v, json_t *array)
{
	int64_t last = last_day(v);
	struct gp_err err = {GP_OK, ""};
	struct gp_news **news;
	struct span s;
	size_t n, k, count;
	int i;

	span_of_day(v, last, DAYS, &s);
	if (gp_news_between(v->ctx, v->s, v->list->id, s.from > v->since ? s.from : v->since, s.to, GP_NEWS_MESSAGES,
	    &news, &n, &err) != GP_OK)
		return visit_failed(&err);
	for (i = 0; i < DAYS; i++) {
		json_t *o;

		span_of_day(v, last - i, 1, &s);
		for (k = count = 0; k < n; k++)
			count += news[k]->m->date >= s.from && news[k]->m->date < s.to;
		if (count == 0)
			continue;
		o = gp_json_push_object(array);
		gp_json_text(o, "url", s.path);
		gp_json_text(o, "name", visit_time(v, (last - i) * DAY, "%-d %B %Y"));
		gp_json_int(o, "messages", (int64_t)count);
	}
	return 200;
}

int
digests_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_month *months;
	json_t *array, *week;
	struct span s;
	size_t n;
	int status;

	if (gp_list_months(v->ctx, v->s, v->list->id, &months, &n, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, "Digests", list_path(v, v->list, "d/"));
	gp_json_text(v->doc_page, "feed_url", list_path(v, v->list, "d/feed.atom"));
	span_of_day(v, last_day(v), 7, &s);
	status = read_span(v, &s, &week);
	if (status != 200)
		return status;
	gp_json_text(v->doc, "week_url", week != NULL ? s.path : NULL);
	status = put_days(v, gp_json_new_array(v->doc, "days"));
	array = gp_json_new_array(v->doc, "months");
	while (status == 200 && n-- > 0) {
		json_t *o;

		if (gp_civil_time(months[n].year, months[n].month, 28, 0, 0, 0) + 4 * DAY <= v->since)
			break;
		o = gp_json_push_object(array);
		gp_json_text(o, "url", list_path(v, v->list, "d/%04d-%02d", months[n].year, months[n].month));
		gp_json_text(o, "name", visit_time(v, gp_civil_time(months[n].year, months[n].month, 1, 0, 0, 0),
		    "%B %Y"));
		gp_json_int(o, "messages", months[n].messages);
	}
	return status;
}

/* ---- the feed ------------------------------------------------------------------------------------ */

static int
put_digest_entry(struct visit *v, const struct span *s)
{
	struct gp_err err = {GP_OK, ""};
	json_t *data, *o, *feed = json_object_get(v->doc, "feed");
	int status = read_span(v, s, &data);
	json_t *page = gp_json_object(v->ctx);
	char *html;
	size_t n;

	if (status != 200 || data == NULL)
		return status;
	json_object_set(page, "digest", json_array_get(json_object_get(data, "lists"), 0));
	if (gp_templates_render(v->ctx, v->w->templates, "web/digest-body.html", NULL, page, &html, &n, &err) != GP_OK)
		return visit_failed(&err);
	o = gp_json_push_object(json_object_get(v->doc, "entries"));
	gp_json_text(o, "title", s->when);
	gp_json_text(o, "id", gp_asprintf(v->ctx, "tag:%s,2026:%s", v->list->domain, s->path + strlen(v->w->base) + 1));
	gp_json_text(o, "url", visit_whole(v, s->path));
	gp_json_text(gp_json_new_object(o, "author"), "name", gp_list_title(v->list));
	put_date(v, o, "date", s->to);
	gp_json_text(o, "updated", gp_time_iso(v->ctx, s->to));
	gp_json_text(o, "body_html", html);
	if (json_array_size(json_object_get(v->doc, "entries")) == 1)
		gp_json_text(feed, "updated", gp_time_iso(v->ctx, s->to));
	if (s->to > v->out->modified)
		v->out->modified = s->to;
	return 200;
}

int
digests_feed_build(struct visit *v)
{
	int64_t last = last_day(v);
	struct span s;
	int i, status = 200;

	start_feed(v, gp_asprintf(v->ctx, "%s: digests", gp_list_title(v->list)), list_path(v, v->list, "d/"),
	    list_path(v, v->list, "d/feed.atom"), "digests");
	for (i = 0; status == 200 && i < FEED; i++) {
		span_of_day(v, last - i, 1, &s);
		status = put_digest_entry(v, &s);
	}
	return status;
}
