/* SPDX-License-Identifier: ISC */
/* The lists of the site, the home of one list, and what it is about. */
#include "config.h"

#include "private.h"

#include <string.h>

enum { BARS = 24, BAR_WIDTH = 10, BAR_HEIGHT = 40, SITE_THREADS = 12, ALIVE_DAYS = 30, OPEN_MOST = 5 };

/* A stamp of all public lists: read anew when somebody has written. */
static int
stamp_site(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_list **all;
	int64_t version = gp_store_version(v->s);
	size_t i, n;

	if (v->w->stamp == NULL || version != v->w->stamp_version || version == 0) {
		struct visit sub = *v;

		if (gp_list_all(v->ctx, v->s, &all, &n, &err) != GP_OK)
			return visit_failed(&err);
		gp_buf_init(&sub.stamp, v->ctx, 1 << 20);
		for (i = 0; i < n; i++) {
			stamp_list(&sub, all[i]);
			visit_stamp(&sub, "%lld", (long long)all[i]->version);
		}
		talloc_free(v->w->stamp);
		v->w->stamp = gp_strdup(v->w, sub.stamp.p);
		v->w->stamp_version = version;
	}
	visit_stamp(v, "site %s", v->w->stamp);
	return 200;
}

int
site_search_find(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_reach *reach;
	size_t i;

	if (v->reader != 0) {
		if (gp_reach_of(v->ctx, v->s, v->reader, &reach, &err) != GP_OK)
			return visit_failed(&err);
		for (i = 0; i < reach->n; i++)
			visit_stamp(v, "%lld since %lld", (long long)reach->v[i].list, (long long)reach->v[i].since);
	}
	return stamp_site(v);
}

int
index_find(struct visit *v)
{
	return stamp_site(v);
}

/* Messages of the last 24 months, as bars. */
static int
put_activity(struct visit *v, json_t *o, const struct gp_list *list, struct gp_month **months,
    size_t *months_n)
{
	struct gp_err err = {GP_OK, ""};
	int64_t counts[BARS] = {0};
	struct gp_list_stats stats;
	struct gp_civil c;
	json_t *activity;
	size_t i;
	int at;

	if (gp_list_months(v->ctx, v->s, list->id, months, months_n, &err) != GP_OK ||
	    gp_list_stats(v->s, list->id, v->now, &stats, &err) != GP_OK)
		return visit_failed(&err);
	gp_time_civil(v->now, "UTC", &c);
	for (i = 0; i < *months_n; i++) {
		at = BARS - 1 - ((c.year - (*months)[i].year) * 12 + c.month - (*months)[i].month);
		if (at >= 0 && at < BARS)
			counts[at] = (*months)[i].messages;
	}
	activity = gp_json_new_object(o, "activity");
	put_bars(activity, "bars", counts, BARS, BAR_WIDTH, BAR_HEIGHT);
	gp_json_int(activity, "width", BARS * BAR_WIDTH);
	gp_json_int(activity, "height", BAR_HEIGHT);
	gp_json_int(activity, "messages", stats.messages);
	gp_json_int(activity, "threads", stats.threads);
	gp_json_bool(activity, "one_thread", stats.threads == 1);
	gp_json_int(activity, "people", stats.people);
	gp_json_bool(activity, "one_person", stats.people == 1);
	gp_json_bool(activity, "one_message", stats.messages == 1);
	gp_json_int(activity, "recent", stats.last_30_days);
	gp_json_bool(activity, "one_recent", stats.last_30_days == 1);
	if (stats.messages > 0) {
		put_date(v, activity, "first", stats.first);
		put_date(v, activity, "last", stats.last);
	}
	return 200;
}

int
index_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_thread **threads;
	struct gp_list **all;
	struct gp_month *months;
	json_t *lists, *newest, *o;
	size_t i, k, n, months_n;
	int status;

	doc_start(v, NULL, visit_path(v, "/"));
	gp_json_bool(v->doc_page, "is_site", true);
	if (gp_list_all(v->ctx, v->s, &all, &n, &err) != GP_OK)
		return visit_failed(&err);
	lists = gp_json_new_array(v->doc, "lists");
	for (i = 0; i < n; i++) {
		if (!visit_may_read(v, all[i], &v->since))
			continue;
		o = gp_json_push_object(lists);
		put_list(v, o, all[i]);
		status = put_activity(v, o, all[i], &months, &months_n);
		if (status != 200)
			return status;
		if (gp_thread_newest(v->ctx, v->s, all[i]->id, 0, 0, 1, &threads, &k, &err) != GP_OK)
			return visit_failed(&err);
		gp_json_bool(o, "closed_archive", !gp_list_is_public(all[i]));
		json_object_set_new(o, "newest", json_null());
		k = see_threads(v, threads, k);
		if (k > 0)
			put_thread(v, gp_json_new_object(o, "newest"), all[i], threads[0]);
	}
	v->since = 0;
	newest = gp_json_new_array(v->doc, "threads");
	if (gp_thread_newest(v->ctx, v->s, 0, 0, 0, SITE_THREADS, &threads, &k, &err) != GP_OK)
		return visit_failed(&err);
	for (i = 0; i < k; i++) {
		size_t l = 0;

		while (l < n && all[l]->id != threads[i]->list)
			l++;
		if (l == n || json_array_size(lists) < 2)
			continue;
		o = gp_json_push_object(newest);
		put_thread(v, o, all[l], threads[i]);
		gp_json_text(o, "list_name", gp_list_title(all[l]));
	}
	gp_json_bool(v->doc, "has_threads", json_array_size(newest) > 0);
	return 200;
}

/* ---- the home of a list ------------------------------------------------------------------- */

int
home_find(struct visit *v)
{
	visit_stamp(v, "home %lld", (long long)v->list->version);
	return 200;
}

/* The page before in time: "?before=LAST-ID" of the last thread shown. */
static bool
read_before(const struct visit *v, int64_t *last, int64_t *id)
{
	const char *before = gp_request_arg(v->r, "before"), *dash;
	char *first;

	*last = *id = 0;
	if (before == NULL)
		return true;
	dash = strchr(before, '-');
	if (dash == NULL)
		return false;
	first = gp_strndup(v->ctx, before, (size_t)(dash - before));
	return gp_parse_int(first, 1, INT64_MAX, last) && gp_parse_int(dash + 1, 1, INT64_MAX, id);
}

/* Rows of years, cells of months, newest first. */
static void
put_years(struct visit *v, const struct gp_month *months, size_t n)
{
	json_t *years = gp_json_new_array(v->doc, "years"), *year = NULL;
	size_t i;
	int last = 0;

	gp_json_bool(v->doc, "has_years", n > 0);
	for (i = n; i-- > 0;) {
		if (months[i].year != last) {
			year = gp_json_push_object(years);
			last = months[i].year;
			gp_json_text(year, "year", gp_asprintf(v->ctx, "%04d", last));
			gp_json_text(year, "url", list_path(v, v->list, "%04d/", last));
			gp_json_int(year, "messages", 0);
		}
		gp_json_int(year, "messages", months[i].messages +
		    json_integer_value(json_object_get(year, "messages")));
	}
}

/* How many messages came to a thread since that date. */
static int
put_news(struct visit *v, json_t *o, const struct gp_thread *t, int64_t since)
{
	struct gp_err err = {GP_OK, ""};
	int64_t n = 0;
	char *key;

	if (since == 0 || t->last <= since)
		return 200;
	if (gp_thread_news(v->ctx, v->s, t->id, since, &n, &key, &err) != GP_OK)
		return visit_failed(&err);
	gp_json_int(o, "news", n);
	gp_json_text(o, "url", gp_asprintf(v->ctx, "%s?since=%s#%s", thread_path(v, v->list, t),
	    gp_time_iso(v->ctx, since), t->messages > GP_WEB_MESSAGES_PER_PAGE ? "" : key));
	return 200;
}

/* What people talk about most these days, and what waits for an answer. */
static int
put_alive(struct visit *v, struct gp_thread **threads, size_t n)
{
	struct gp_err err = {GP_OK, ""};
	const struct gp_thread *best = NULL;
	struct gp_thread **open;
	json_t *array;
	size_t i;

	for (i = 0; i < n; i++)
		if (threads[i]->last > v->now - ALIVE_DAYS * 86400 && threads[i]->people > 2 &&
		    (best == NULL || threads[i]->messages > best->messages))
			best = threads[i];
	json_object_set_new(v->doc, "lively", json_null());
	if (best != NULL)
		put_thread(v, gp_json_new_object(v->doc, "lively"), v->list, best);
	if (gp_question_open(v->ctx, v->s, v->list->id, v->since, v->now - v->list->set.open_after, OPEN_MOST, &open,
	    &n, &err) != GP_OK)
		return visit_failed(&err);
	array = gp_json_new_array(v->doc, "questions");
	for (i = 0; i < n && v->list->set.answers != GP_FEATURE_OFF; i++)
		put_thread(v, gp_json_push_object(array), v->list, open[i]);
	gp_json_bool(v->doc, "has_questions", json_array_size(array) > 0);
	return 200;
}

/* The charter up to its first empty line behind a text that is no heading. */
static int
put_intro(struct visit *v)
{
	const char *p = v->list->set.charter, *end;
	struct gp_err err = {GP_OK, ""};
	char *html;
	size_t n;

	json_object_set_new(v->doc, "charter_html", json_null());
	for (end = p; *p == '#' || *p == '\n' || *p == '\r'; p = end)
		end = p + strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n');
	end = strstr(p, "\n\n");
	if (*p == '\0')
		return 200;
	if (gp_markdown_html(v->ctx, p, end != NULL ? (size_t)(end - p) : strlen(p), GP_MD_WEB, 2,
	    v->list->set.language, NULL, &html, &n, &err) != GP_OK)
		return visit_failed(&err);
	gp_json_textn(v->doc, "charter_html", html, n);
	return 200;
}

int
home_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_thread **threads;
	struct gp_month *months;
	int64_t last, id, since;
	size_t i, n, months_n;
	json_t *array, *o;
	int status = 200;

	if (!read_before(v, &last, &id) || !visit_news(v, &since))
		return 400;
	if (gp_thread_newest(v->ctx, v->s, v->list->id, last, id, GP_WEB_THREADS_PER_PAGE + 1,
	    &threads, &n, &err) != GP_OK)
		return visit_failed(&err);
	n = see_threads(v, threads, n);
	doc_start(v, gp_list_title(v->list), home_path(v, v->list));
	gp_json_bool(v->doc_page, "is_home", true);
	gp_json_bool(v->doc_page, "noindex", last != 0 || since != 0);
	gp_json_text(v->doc_page, "feed_url", list_path(v, v->list, "feed.atom"));
	gp_json_bool(v->doc, "older", last != 0);
	array = gp_json_new_array(v->doc, "threads");
	for (i = 0; i < n && i < GP_WEB_THREADS_PER_PAGE && status == 200; i++) {
		o = gp_json_push_object(array);
		put_thread(v, o, v->list, threads[i]);
		status = put_news(v, o, threads[i], since);
	}
	gp_json_text(v->doc, "log_in_url", v->reader == 0 && gp_list_is_public(v->list) &&
	    gp_list_has_more(v->s, v->list->id) ? list_path(v, v->list, "log-in") : NULL);
	if (since != 0)
		put_date(v, v->doc, "news_from", since);
	if (n > 0)
		gp_json_text(v->doc, "news_url", list_path(v, v->list, "?since=%s", gp_time_iso(v->ctx, threads[0]->last)));
	if (n > GP_WEB_THREADS_PER_PAGE)
		gp_json_text(v->doc, "next_url", list_path(v, v->list, "?before=%lld-%lld",
		    (long long)threads[i - 1]->last, (long long)threads[i - 1]->id));
	if (status == 200 && last == 0)
		status = put_alive(v, threads, n);
	if (status == 200)
		status = put_intro(v);
	if (status == 200)
		status = put_activity(v, v->doc, v->list, &months, &months_n);
	if (status == 200)
		put_years(v, months, months_n);
	return status;
}

/* ---- about ------------------------------------------------------------------------------------ */

int
about_find(struct visit *v)
{
	visit_stamp(v, "about %lld", (long long)v->list->version);
	return 200;
}

int
about_build(struct visit *v)
{
	static const char *const posts[] = {"post_members", "post_anyone", "post_moderators"};
	const char *charter = v->list->set.charter;
	struct gp_err err = {GP_OK, ""};
	struct gp_list_stats stats;
	json_t *about;
	char *html;
	size_t n;

	if (gp_list_stats(v->s, v->list->id, v->now, &stats, &err) != GP_OK ||
	    gp_markdown_html(v->ctx, charter, strlen(charter), GP_MD_WEB, 2,
	    v->list->set.language, NULL, &html, &n, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, gp_list_title(v->list), list_path(v, v->list, "about"));
	gp_json_bool(v->doc_page, "is_about", true);
	about = gp_json_new_object(v->doc, "about");
	gp_json_textn(about, "charter_html", charter[0] != '\0' ? html : NULL, n);
	gp_json_bool(about, posts[v->list->set.post], true);
	gp_json_bool(about, gp_list_is_public(v->list) ? "archive_public" :
	    v->list->set.archive == GP_ARCHIVE_OWNERS ? "archive_owners" : "archive_members", true);
	gp_json_int(about, "messages", stats.messages);
	gp_json_int(about, "threads", stats.threads);
	gp_json_bool(about, "one_thread", stats.threads == 1);
	gp_json_int(about, "people", stats.people);
	gp_json_bool(about, "one_person", stats.people == 1);
	gp_json_bool(about, "one_message", stats.messages == 1);
	put_size(about, "max_size", v->list->set.max_size);
	if (stats.messages > 0)
		put_date(v, about, "first", stats.first);
	return 200;
}
