/* SPDX-License-Identifier: ISC */
/*
 * The questions of a list: open ones, which nobody has answered, first; then those that have answers
 * and those that are solved. And a feed of the open ones, for whoever likes to help.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { OPEN = 100, ANSWERED = 30, SOLVED = 30, YEARS = 10 };

int
questions_find(struct visit *v)
{
	if (v->list->set.answers == GP_FEATURE_OFF)
		return 404;
	/* Time makes questions open: see the flag of the page. */
	visit_stamp(v, "questions %lld", (long long)v->list->version);
	return 200;
}

static void
put_threads(struct visit *v, const char *name, const char *has, struct gp_thread **all, size_t n)
{
	json_t *array = gp_json_new_array(v->doc, name);
	size_t i;

	n = see_threads(v, all, n);
	for (i = 0; i < n; i++)
		put_thread(v, gp_json_push_object(array), v->list, all[i]);
	gp_json_bool(v->doc, has, n > 0);
}

static enum gp_status
find_open(struct visit *v, size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err)
{
	return gp_question_open(v->ctx, v->s, v->list->id, v->now - YEARS * INT64_C(366) * 86400,
	    v->now - v->list->set.open_after, limit, out, n, err);
}

int
questions_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_thread **open, **answered, **solved;
	struct gp_question_stats stats;
	size_t open_n, answered_n, solved_n;

	if (find_open(v, OPEN, &open, &open_n, &err) != GP_OK ||
	    gp_question_answered(v->ctx, v->s, v->list->id, ANSWERED, &answered, &answered_n, &err) != GP_OK ||
	    gp_question_solved(v->ctx, v->s, v->list->id, 0, v->now + 1, SOLVED, &solved, &solved_n,
	    &err) != GP_OK ||
	    gp_question_stats(v->s, v->list->id, v->now - v->list->set.open_after, &stats, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, NULL, list_path(v, v->list, "questions"));
	gp_json_bool(v->doc_page, "is_questions", true);
	gp_json_text(v->doc_page, "feed_url", list_path(v, v->list, "questions.atom"));
	gp_json_int(v->doc, "open_count", stats.open);
	gp_json_int(v->doc, "answered_count", stats.answered);
	gp_json_int(v->doc, "solved_count", stats.solved);
	put_threads(v, "open", "has_open", open, open_n);
	put_threads(v, "answered", "has_answered", answered, answered_n);
	put_threads(v, "solved_ones", "has_solved_ones", solved, solved_n);
	return 200;
}

int
questions_feed_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_thread **open;
	size_t n;

	if (find_open(v, GP_WEB_FEED_ENTRIES, &open, &n, &err) != GP_OK)
		return visit_failed(&err);
	return feed_of_threads(v, open, n, "questions", "questions");
}
