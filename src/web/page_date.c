/* SPDX-License-Identifier: ISC */
/*
 * By date: the months of a year, the threads that were active in a month, the messages of a day.
 * Days are those of UTC, so that a link means the same for everybody.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { BAR_WIDTH = 20, BAR_HEIGHT = 60 };

static int
put_months(struct visit *v, struct gp_month **months, size_t *n)
{
	struct gp_err err = {GP_OK, ""};

	if (gp_list_months(v->ctx, v->s, v->list->id, months, n, &err) != GP_OK)
		return visit_failed(&err);
	return 200;
}

static void
put_month_link(struct visit *v, const char *name, const struct gp_month *m)
{
	json_t *o;

	json_object_set_new(v->doc, name, json_null());
	if (m == NULL)
		return;
	o = gp_json_new_object(v->doc, name);
	gp_json_text(o, "url", list_path(v, v->list, "%04d/%02d/", m->year, m->month));
	gp_json_text(o, "name", visit_time(v, gp_civil_time(m->year, m->month, 1, 0, 0, 0), "%B %Y"));
	gp_json_int(o, "messages", m->messages);
}

/* ---- a year --------------------------------------------------------------------------------- */

int
year_find(struct visit *v)
{
	visit_stamp(v, "year %lld", (long long)v->list->version);
	return 200;
}

static void
put_year_link(struct visit *v, const char *name, int year)
{
	json_t *o;

	json_object_set_new(v->doc, name, json_null());
	if (year == 0)
		return;
	o = gp_json_new_object(v->doc, name);
	gp_json_text(o, "url", list_path(v, v->list, "%04d/", year));
	gp_json_text(o, "name", gp_asprintf(v->ctx, "%04d", year));
}

int
year_build(struct visit *v)
{
	int64_t counts[12] = {0}, total = 0;
	struct gp_month *months;
	json_t *array, *o;
	size_t i, n;
	int status = put_months(v, &months, &n), before = 0, after = 0, m;

	if (status != 200)
		return status;
	for (i = 0; i < n; i++) {
		if (months[i].year < v->year)
			before = months[i].year;
		if (months[i].year > v->year && after == 0)
			after = months[i].year;
		if (months[i].year == v->year) {
			counts[months[i].month - 1] = months[i].messages;
			total += months[i].messages;
		}
	}
	if (total == 0)
		return 404;
	doc_start(v, gp_asprintf(v->ctx, "%04d", v->year), list_path(v, v->list, "%04d/", v->year));
	gp_json_bool(v->doc_page, "is_dates", true);
	gp_json_int(v->doc, "messages", total);
	gp_json_bool(v->doc, "one_message", total == 1);
	put_bars(v->doc, "bars", counts, 12, BAR_WIDTH, BAR_HEIGHT);
	gp_json_int(v->doc, "width", 12 * BAR_WIDTH);
	gp_json_int(v->doc, "height", BAR_HEIGHT);
	array = gp_json_new_array(v->doc, "months");
	for (m = 1; m <= 12; m++) {
		o = gp_json_push_object(array);
		gp_json_text(o, "name", visit_time(v, gp_civil_time(v->year, m, 1, 0, 0, 0), "%B"));
		gp_json_int(o, "messages", counts[m - 1]);
		gp_json_bool(o, "one_message", counts[m - 1] == 1);
		gp_json_text(o, "url", counts[m - 1] == 0 ? NULL :
		    list_path(v, v->list, "%04d/%02d/", v->year, m));
	}
	put_year_link(v, "previous", before);
	put_year_link(v, "next", after);
	return 200;
}

/* ---- a month ---------------------------------------------------------------------------------- */

int
month_find(struct visit *v)
{
	return year_find(v);
}

/* "?after=FIRST-ID" of the last thread of the page before. */
static bool
read_after(const struct visit *v, int64_t *first, int64_t *id)
{
	const char *after = gp_request_arg(v->r, "after"), *dash;

	*first = *id = 0;
	if (after == NULL)
		return true;
	dash = *after != '\0' ? strchr(after + 1, '-') : NULL;
	return dash != NULL &&
	    gp_parse_int(gp_strndup(v->ctx, after, (size_t)(dash - after)), INT64_MIN, INT64_MAX,
	    first) && gp_parse_int(dash + 1, 1, INT64_MAX, id);
}

static void
put_month_head(struct visit *v, const struct gp_month *months, size_t n)
{
	const struct gp_month *before = NULL, *after = NULL, *this = NULL;
	int at = v->year * 12 + v->month, m;
	size_t i;

	for (i = 0; i < n; i++) {
		m = months[i].year * 12 + months[i].month;
		if (m < at)
			before = &months[i];
		else if (m == at)
			this = &months[i];
		else if (after == NULL)
			after = &months[i];
	}
	gp_json_int(v->doc, "messages", this != NULL ? this->messages : 0);
	gp_json_bool(v->doc, "one_message", this != NULL && this->messages == 1);
	gp_json_text(v->doc, "year_url", list_path(v, v->list, "%04d/", v->year));
	gp_json_text(v->doc, "year", gp_asprintf(v->ctx, "%04d", v->year));
	put_month_link(v, "previous", before);
	put_month_link(v, "next", after);
}

/* Weeks of the month, Monday first; each day with its messages. */
static int
put_calendar(struct visit *v, int64_t from, int64_t to)
{
	struct gp_err err = {GP_OK, ""};
	json_t *weeks = gp_json_new_array(v->doc, "weeks"), *days = NULL, *o;
	int64_t counts[32], day;
	struct gp_civil c;
	int blank;

	if (gp_list_days(v->s, v->list->id, from, to, v->since, counts, &err) != GP_OK)
		return visit_failed(&err);
	gp_time_civil(from, NULL, &c);
	for (blank = (c.weekday + 6) % 7; blank > 0; blank--) {
		days = days != NULL ? days : gp_json_new_array(gp_json_push_object(weeks), "days");
		gp_json_text(gp_json_push_object(days), "day", NULL);
	}
	for (day = from; day < to; day += 86400) {
		gp_time_civil(day, NULL, &c);
		if (days == NULL || c.weekday == 1)
			days = gp_json_new_array(gp_json_push_object(weeks), "days");
		o = gp_json_push_object(days);
		gp_json_int(o, "day", c.day);
		gp_json_int(o, "count", counts[c.day]);
		gp_json_text(o, "url", counts[c.day] == 0 ? NULL : list_path(v, v->list, "%04d/%02d/%02d", v->year,
		    v->month, c.day));
	}
	return 200;
}

int
month_build(struct visit *v)
{
	int64_t from = gp_civil_time(v->year, v->month, 1, 0, 0, 0), first, id;
	int64_t to = v->month == 12 ? gp_civil_time(v->year + 1, 1, 1, 0, 0, 0) :
	    gp_civil_time(v->year, v->month + 1, 1, 0, 0, 0);
	struct gp_err err = {GP_OK, ""};
	struct gp_thread **threads, *more;
	struct gp_month *months;
	size_t i, n, months_n;
	json_t *array, *o;
	int status;

	if (!read_after(v, &first, &id))
		return 400;
	status = put_months(v, &months, &months_n);
	if (status != 200)
		return status;
	if (gp_thread_between(v->ctx, v->s, v->list->id, from, to, first, id,
	    GP_WEB_THREADS_PER_PAGE + 1, &threads, &n, &err) != GP_OK)
		return visit_failed(&err);
	more = n > GP_WEB_THREADS_PER_PAGE ? threads[GP_WEB_THREADS_PER_PAGE - 1] : NULL;
	n = to <= v->since ? 0 : see_threads(v, threads, n - (more != NULL));
	if (n == 0 && more == NULL)
		return 404;
	doc_start(v, visit_time(v, from, "%B %Y"),
	    list_path(v, v->list, "%04d/%02d/", v->year, v->month));
	gp_json_bool(v->doc_page, "is_dates", true);
	gp_json_bool(v->doc_page, "noindex", true);
	put_month_head(v, months, months_n);
	gp_json_text(v->doc, "mbox_url", list_path(v, v->list, "%04d-%02d.mbox.gz", v->year, v->month));
	status = put_calendar(v, from, to);
	if (status != 200)
		return status;
	array = gp_json_new_array(v->doc, "threads");
	for (i = 0; i < n; i++) {
		o = gp_json_push_object(array);
		put_thread(v, o, v->list, threads[i]);
		gp_json_bool(o, "earlier", threads[i]->first < from);
	}
	json_object_set_new(v->doc, "next_url", json_null());
	if (more != NULL)
		gp_json_text(v->doc, "next_url", list_path(v, v->list, "%04d/%02d/?after=%lld-%lld",
		    v->year, v->month, (long long)more->first, (long long)more->id));
	return 200;
}

/* ---- a day --------------------------------------------------------------------------------------- */

int
day_find(struct visit *v)
{
	struct gp_civil c;

	/* Not the 31st of February. */
	gp_time_civil(gp_civil_time(v->year, v->month, v->day, 0, 0, 0), NULL, &c);
	return c.day == v->day ? year_find(v) : 404;
}

int
day_build(struct visit *v)
{
	int64_t from = gp_civil_time(v->year, v->month, v->day, 0, 0, 0), date, id = 0;
	const char *before = gp_request_arg(v->r, "before");
	struct gp_err err = {GP_OK, ""};
	struct gp_message **all, *last;
	size_t i, n;
	json_t *array;

	date = from + 86400;
	if (before != NULL) {
		if (gp_message_find_key(v->ctx, v->s, v->list->id, before, &last, &err) != GP_OK)
			return err.code == GP_OK ? 404 : visit_failed(&err);
		date = last->date;
		id = last->id;
	}
	if (gp_message_newest(v->ctx, v->s, v->list->id, date, id, GP_WEB_MESSAGES_PER_PAGE + 1,
	    &all, &n, &err) != GP_OK)
		return visit_failed(&err);
	while (n > 0 && all[n - 1]->date < from)
		n--;
	n = see_messages(v, all, n);
	if (n == 0)
		return 404;
	doc_start(v, visit_time(v, from, "%-d %B %Y"),
	    list_path(v, v->list, "%04d/%02d/%02d", v->year, v->month, v->day));
	gp_json_bool(v->doc_page, "is_dates", true);
	gp_json_bool(v->doc_page, "noindex", true);
	gp_json_text(v->doc, "month_url", list_path(v, v->list, "%04d/%02d/", v->year, v->month));
	gp_json_text(v->doc, "month", visit_time(v, from, "%B %Y"));
	array = gp_json_new_array(v->doc, "messages");
	for (i = 0; i < n && i < GP_WEB_MESSAGES_PER_PAGE; i++) {
		json_t *o = gp_json_push_object(array);

		put_message(v, o, v->list, all[i]);
		gp_json_text(o, "url", list_path(v, v->list, "t/%s", all[i]->key));
	}
	json_object_set_new(v->doc, "next_url", json_null());
	if (n > GP_WEB_MESSAGES_PER_PAGE)
		gp_json_text(v->doc, "next_url", list_path(v, v->list, "%04d/%02d/%02d?before=%s",
		    v->year, v->month, v->day, all[i - 1]->key));
	return 200;
}
