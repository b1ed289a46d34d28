/* SPDX-License-Identifier: ISC */
/*
 * The monthly letter: how are we doing, what did we learn, which questions are open. It is a post of the
 * list itself, or goes to its moderators alone. It names no one but who kept something.
 */
#include "config.h"

#include "guildpost/list.h"

#include <inttypes.h>
#include <string.h>

enum { FEW = 20, OPEN_DAYS = 60 };

struct month {
	int64_t from, to;
	char *name;	/* "2026-11" */
};

/* The month before now, by the clock of the list; false: its first day has not come so far. */
static bool
last_month(const void *ctx, const struct gp_list *list, int64_t now, struct month *m)
{
	const char *zone = list->set.timezone;
	struct gp_civil c;
	int year, month;

	gp_time_civil(now, zone, &c);
	if (c.day == 1 && c.hour < (int)list->set.digest_hour)
		return false;
	year = c.month == 1 ? c.year - 1 : c.year;
	month = c.month == 1 ? 12 : c.month - 1;
	m->from = gp_civil_local(year, month, 1, 0, zone);
	m->to = gp_civil_local(c.year, c.month, 1, 0, zone);
	m->name = gp_asprintf(ctx, "%04d-%02d", year, month);
	return true;
}

/* "3 hours", "2 days": number and unit, for the template to say. */
static void
add_wait(json_t *data, int64_t seconds)
{
	json_t *is = gp_json_new_object(data, "unit_is");
	int64_t n = seconds < 2 * 3600 ? (seconds + 59) / 60 : seconds < 2 * 86400 ? (seconds + 1800) / 3600 :
	    (seconds + 43200) / 86400;

	gp_json_int(data, "wait", seconds > 0 ? n : 0);
	gp_json_bool(data, "one_minute", n == 1 && seconds < 2 * 3600);
	gp_json_bool(is, seconds < 2 * 3600 ? "minutes" : seconds < 2 * 86400 ? "hours" : "days", true);
}

void
gp_letter_figures(json_t *data, const struct gp_health *h)
{
	gp_json_int(data, "message_count", h->messages);
	gp_json_int(data, "thread_count", h->threads);
	gp_json_int(data, "people_count", h->people);
	gp_json_int(data, "newcomer_count", h->newcomers);
	gp_json_int(data, "question_count", h->questions);
	gp_json_int(data, "answered_count", h->answered);
	gp_json_int(data, "solved_count", h->solved);
	gp_json_int(data, "loudest", h->loudest);
	gp_json_int(data, "kept_count", h->kept);
	gp_json_int(data, "member_count", h->members);
	gp_json_int(data, "joined_count", h->joined);
	add_wait(data, h->median_answer);
}

static void
add_link(const void *ctx, const struct gp_site *site, const struct gp_list *list, json_t *row, const char *path)
{
	if (list->set.archive == GP_ARCHIVE_PUBLIC)
		gp_json_text(row, "url", gp_asprintf(ctx, "%s/%s/%s", site->conf->url, list->name, path));
}

/* What was kept in that month, and what waits for an answer now. */
static enum gp_status
add_lists(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct month *m, json_t *data,
    struct gp_err *err)
{
	json_t *learnt = gp_json_new_array(data, "practices"), *open = gp_json_new_array(data, "open"), *row;
	struct gp_practice **kept;
	struct gp_thread **v;
	size_t i, n;
	enum gp_status st = gp_practice_all(ctx, site->store, list->id, NULL, m->from, m->to, FEW, &kept, &n, err);

	for (i = 0; st == GP_OK && i < n; i++) {
		row = gp_json_push_object(learnt);
		gp_json_text(row, "title", kept[i]->title);
		add_link(ctx, site, list, row, gp_asprintf(ctx, "library/%s", kept[i]->slug));
	}
	gp_json_bool(data, "has_practices", json_array_size(learnt) > 0);
	if (st == GP_OK)
		st = gp_question_open(ctx, site->store, list->id, m->to - OPEN_DAYS * 86400,
		    gp_now() - list->set.open_after, FEW, &v, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		row = gp_json_push_object(open);
		gp_json_text(row, "title", v[i]->title);
		gp_json_text(row, "author", v[i]->names_n > 0 ? v[i]->names[0] : "");
		add_link(ctx, site, list, row, gp_asprintf(ctx, "t/%s", v[i]->key));
	}
	gp_json_bool(data, "has_open", json_array_size(open) > 0);
	return st;
}

/* To those who look after the list, each by themselves. */
static enum gp_status
to_moderators(const void *ctx, struct gp_site *site, struct gp_list *list, json_t *data, struct gp_err *err)
{
	struct gp_member **v;
	size_t i, n;
	int64_t job;
	enum gp_status st = gp_member_all(ctx, site->store, list->id, GP_ROLE_MODERATOR, -1, &v, &n, err);

	for (i = 0; st == GP_OK && i < n; i++) {
		struct gp_notice notice = {.template_name = "letter", .data = data, .to_name = v[i]->name,
		    .to_addr = v[i]->address, .member = v[i]->id,
		    .language = v[i]->language[0] != '\0' ? v[i]->language : NULL};

		st = gp_notice_send(ctx, site, list, &notice, &job, err);
	}
	return st;
}

static enum gp_status
write_letter(const void *ctx, struct gp_site *site, struct gp_list *list, const struct month *m,
    const struct gp_health *h, struct gp_err *err)
{
	struct gp_notice n = {.template_name = "letter", .data = gp_json_object(ctx)};
	struct gp_outcome out;
	struct gp_looker before;
	enum gp_status st;

	gp_letter_figures(n.data, h);
	gp_json_text(n.data, "month", m->name);
	/* It stands in the archive: what it names is for all who read that. */
	before = gp_store_look(site->store, (struct gp_looker){GP_LOOK_PERSON, 0, false});
	st = add_lists(ctx, site, list, m, n.data, err);
	gp_store_look(site->store, before);
	if (st != GP_OK)
		return st;
	return list->set.letter == GP_FEATURE_MODERATORS ? to_moderators(ctx, site, list, n.data, err) :
	    gp_list_says(ctx, site, list, &n, &out, err);
}

/* Once for each month, marked in the same transaction; a month in which nothing was written has none. */
static enum gp_status
one_list(const void *ctx, struct gp_site *site, struct gp_list *list, int64_t now, struct gp_err *err)
{
	char *key = gp_asprintf(ctx, "letter/%" PRId64, list->id), *done = NULL;
	struct gp_health h;
	struct month m;
	enum gp_status st;
	size_t n = 0;

	if (list->set.letter == GP_FEATURE_OFF || list->set.closed || !last_month(ctx, list, now, &m) ||
	    list->created >= m.to)
		return GP_OK;
	st = gp_store_meta_get(ctx, site->store, key, &done, &n, err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	if (st == GP_OK && n == strlen(m.name) && memcmp(done, m.name, n) == 0)
		return GP_OK;
	st = gp_health(site->store, list->id, m.from, m.to, &h, err);
	if (st == GP_OK && h.messages > 0)
		st = write_letter(ctx, site, list, &m, &h, err);
	return st == GP_OK ? gp_store_meta_set(site->store, key, m.name, strlen(m.name), err) : st;
}

enum gp_status
gp_letter_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	return gp_site_each_list(ctx, site, one_list, now, err);
}
