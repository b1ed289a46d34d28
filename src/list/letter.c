/* SPDX-License-Identifier: ISC */
/*
 * The monthly letter: how are we doing, what did we learn, which questions are open. It is a post of the
 * list itself, or goes to its moderators alone. It names no one but who kept something.
 */
#include "config.h"

#include "month.h"

enum { FEW = 20, OPEN_DAYS = 60 };

/* "3 hours", "2 days": number and unit, for the template to say. */
static void
add_wait(json_t *data, const struct gp_health *h)
{
	json_t *is = gp_json_new_object(data, "unit_is");
	/* An answer of the same moment came within a minute, too. */
	int64_t seconds = h->median_answer > 0 ? h->median_answer : 1;
	int64_t n = seconds < 2 * 3600 ? (seconds + 59) / 60 : seconds < 2 * 86400 ? (seconds + 1800) / 3600 :
	    (seconds + 43200) / 86400;

	gp_json_int(data, "wait", h->answered > 0 ? n : 0);
	gp_json_bool(data, "one_minute", n == 1 && seconds < 2 * 3600);
	gp_json_bool(is, seconds < 2 * 3600 ? "minutes" : seconds < 2 * 86400 ? "hours" : "days", true);
}

enum gp_status
gp_letter_health(const struct gp_site *site, int64_t list, int64_t from, int64_t to, struct gp_health *out,
    struct gp_err *err)
{
	/* As gp_anon_name makes them, of whichever list has such a thread. */
	char *nameless = gp_asprintf(NULL, "?*%sanon-????????@*", site->conf->separator);
	enum gp_status st = gp_health(site->store, list, from, to, nameless, out, err);
	talloc_free(nameless);
	return st;
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
	gp_json_bool(data, "one_message", h->messages == 1);
	gp_json_bool(data, "one_thread", h->threads == 1);
	gp_json_bool(data, "one_person", h->people == 1);
	gp_json_bool(data, "one_newcomer", h->newcomers == 1);
	gp_json_bool(data, "one_question", h->questions == 1);
	gp_json_bool(data, "one_answered", h->answered == 1);
	gp_json_bool(data, "one_solved", h->solved == 1);
	gp_json_bool(data, "one_member", h->members == 1);
	add_wait(data, h);
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

	/* Where that comes by itself, it is not told twice. */
	for (i = 0; st == GP_OK && list->set.learned != GP_FEATURE_ON && i < n; i++) {
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
		gp_json_text(row, "title", gp_kind_title(ctx, site, list, v[i]->title));
		gp_json_text(row, "author", v[i]->names_n > 0 ? v[i]->names[0] : "");
		add_link(ctx, site, list, row, gp_asprintf(ctx, "t/%s", v[i]->key));
	}
	gp_json_bool(data, "has_open", json_array_size(open) > 0);
	return st;
}

static enum gp_status
write_letter(const void *ctx, struct gp_site *site, struct gp_list *list, const struct month *m,
    struct gp_err *err)
{
	struct gp_health h;
	struct gp_notice n = {.template_name = "letter", .data = gp_json_object(ctx)};
	struct gp_outcome out;
	struct gp_looker before;
	enum gp_status st = gp_letter_health(site, list->id, m->from, m->to, &h, err);

	/* A month in which nothing was written has none. */
	if (st != GP_OK || h.messages == 0)
		return st;
	gp_letter_figures(n.data, &h);
	gp_json_text(n.data, "month", m->name);
	/* It stands in the archive: what it names is for all who read that. */
	before = gp_store_look(site->store, (struct gp_looker){GP_LOOK_PERSON, 0, false});
	st = add_lists(ctx, site, list, m, n.data, err);
	gp_store_look(site->store, before);
	if (st != GP_OK)
		return st;
	return list->set.letter == GP_FEATURE_MODERATORS ? gp_month_to_moderators(ctx, site, list, "letter", n.data, err) :
	    gp_list_says(ctx, site, list, &n, &out, err);
}

static enum gp_status
one_list(const void *ctx, struct gp_site *site, struct gp_list *list, int64_t now, struct gp_err *err)
{
	return list->set.letter == GP_FEATURE_OFF ? GP_OK :
	    gp_month_once(ctx, site, list, "letter", now, write_letter, err);
}

enum gp_status
gp_letter_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	return gp_site_each_list(ctx, site, one_list, now, err);
}
