/* SPDX-License-Identifier: ISC */
/*
 * What we learned in a month: what was kept in the library, what whoever asked made of the answers, and which
 * answer solved a question, each in a line with a link. Once a month a post of the list itself (or a mail to its
 * moderators), never an empty one; and for any month whoever asks. A thread is told once: kept before summed up
 * before solved.
 */
#include "config.h"

#include "command.h"
#include "month.h"
#include "news.h"

#include <string.h>

enum { FEW = 20, LINE = 200 };

struct learning {
	const void *ctx;
	struct gp_site *site;
	const struct gp_list *list;
	int64_t from, to;
	json_t *data;
	int64_t told[3 * FEW]; size_t told_n;	/* threads */
	struct gp_err *err;
};

static bool
is_told(struct learning *l, int64_t thread)
{
	size_t i;

	for (i = 0; thread != 0 && i < l->told_n; i++)
		if (l->told[i] == thread)
			return true;
	if (l->told_n < GP_COUNT(l->told))
		l->told[l->told_n++] = thread;
	return false;
}

/* A title, a line, and where it stands. */
static void
add_row(struct learning *l, json_t *rows, const char *title, const char *line, const char *path)
{
	json_t *row = gp_json_push_object(rows);
	char *text = gp_utf8_line(l->ctx, line, strlen(line), LINE);

	gp_json_text(row, "title", gp_kind_title(l->ctx, l->site, l->list, title));
	gp_json_text(row, "line", *text != '\0' ? text : NULL);
	json_object_set_new(row, "url", json_null());
	if (gp_list_has_archive(l->list))
		gp_json_text(row, "url", gp_asprintf(l->ctx, "%s/%s/%s", l->site->conf->url, l->list->name, path));
}

static enum gp_status
add_kept(struct learning *l)
{
	json_t *rows = gp_json_new_array(l->data, "practices");
	struct gp_practice **v;
	size_t i, n;
	char *line;
	enum gp_status st = gp_practice_all(l->ctx, l->site->store, l->list->id, NULL, l->from, l->to, FEW, &v, &n,
	    l->err);

	for (i = 0; st == GP_OK && i < n; i++) {
		if (is_told(l, v[i]->thread))
			continue;
		st = news_kept_line(l->ctx, l->site, v[i], &line, l->err);
		if (st == GP_OK)
			add_row(l, rows, v[i]->title, line, gp_asprintf(l->ctx, "library/%s", v[i]->slug));
	}
	gp_json_bool(l->data, "has_practices", json_array_size(rows) > 0);
	return st;
}

static enum gp_status
add_summaries(struct learning *l)
{
	json_t *rows = gp_json_new_array(l->data, "summaries");
	struct gp_list_text *text;
	struct gp_message **v;
	size_t i, n;
	enum gp_status st = gp_summary_all(l->ctx, l->site->store, l->list->id, l->from, l->to, FEW, &v, &n, l->err);

	for (i = 0; st == GP_OK && i < n; i++) {
		if (is_told(l, v[i]->thread))
			continue;
		st = gp_summary_find(l->ctx, l->site->store, l->list->id, v[i]->key, &text, l->err);
		if (st == GP_OK)
			add_row(l, rows, v[i]->title, text->body, gp_asprintf(l->ctx, "t/%s", v[i]->key));
	}
	gp_json_bool(l->data, "has_summaries", json_array_size(rows) > 0);
	return st;
}

static enum gp_status
add_solved(struct learning *l)
{
	json_t *rows = gp_json_new_array(l->data, "solved");
	struct gp_message *m;
	struct gp_thread **v;
	size_t i, n;
	enum gp_status st = gp_question_solved(l->ctx, l->site->store, l->list->id, l->from, l->to, FEW, &v, &n, l->err);

	for (i = 0; st == GP_OK && i < n; i++) {
		if (is_told(l, v[i]->id))
			continue;
		st = gp_message_find_id(l->ctx, l->site->store, v[i]->mark_message, &m, l->err);
		/* What answered it may be gone, or not for these eyes. */
		if (st == GP_OK && m->state == 1)
			add_row(l, rows, v[i]->title, m->snippet, gp_asprintf(l->ctx, "m/%s", m->key));
		if (st == GP_E_NOTFOUND)
			st = GP_OK;
	}
	gp_json_bool(l->data, "has_solved", json_array_size(rows) > 0);
	return st;
}

/* Into l->data; *any: there is something. */
static enum gp_status
gather(struct learning *l, bool *any)
{
	enum gp_status st = add_kept(l);

	if (st == GP_OK)
		st = add_summaries(l);
	if (st == GP_OK)
		st = add_solved(l);
	*any = json_is_true(json_object_get(l->data, "has_practices")) ||
	    json_is_true(json_object_get(l->data, "has_summaries")) ||
	    json_is_true(json_object_get(l->data, "has_solved"));
	return st;
}

/* ---- each month --------------------------------------------------------------------------------------- */

static enum gp_status
write_month(const void *ctx, struct gp_site *site, struct gp_list *list, const struct month *m, struct gp_err *err)
{
	struct gp_notice n = {.template_name = "learned", .data = gp_json_object(ctx)};
	struct learning l = {.ctx = ctx, .site = site, .list = list, .from = m->from, .to = m->to, .data = n.data,
	    .err = err};
	/* It stands in the archive: what it names is for all who read that. */
	struct gp_looker before = gp_store_look(site->store, (struct gp_looker){GP_LOOK_PERSON, 0, false});
	enum gp_status st;
	struct gp_outcome out;
	bool any;

	gp_json_text(n.data, "month", m->name);
	st = gather(&l, &any);
	gp_store_look(site->store, before);
	if (st != GP_OK || !any)
		return st;
	return list->set.learned == GP_FEATURE_MODERATORS ? gp_month_to_moderators(ctx, site, list, "learned", n.data, err) :
	    gp_list_says(ctx, site, list, &n, &out, err);
}

static enum gp_status
one_list(const void *ctx, struct gp_site *site, struct gp_list *list, int64_t now, struct gp_err *err)
{
	return list->set.learned == GP_FEATURE_OFF ? GP_OK :
	    gp_month_once(ctx, site, list, "learned", now, write_month, err);
}

enum gp_status
gp_learned_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	return gp_site_each_list(ctx, site, one_list, now, err);
}

/* ---- whoever asks -------------------------------------------------------------------------------------- */

/* "2026-11"; nothing: the month before this. */
static bool
read_month(struct asked *a, const char *args, struct month *m)
{
	struct gp_str word = gp_command_word(&args);
	int64_t year, month;

	if (word.n == 0) {
		gp_month_before(a->ctx, a->list, gp_now(), m);
		return true;
	}
	if (word.n != 7 || word.p[4] != '-' ||
	    !gp_parse_int(gp_strndup(a->ctx, word.p, 4), 1990, 9000, &year) ||
	    !gp_parse_int(gp_strndup(a->ctx, word.p + 5, 2), 1, 12, &month))
		return false;
	gp_month_of(a->ctx, a->list, (int)year, (int)month, m);
	return true;
}

enum gp_status
gp_do_learned(struct asked *a, const char *args)
{
	struct learning l = {.ctx = a->ctx, .site = a->site, .list = a->list, .err = a->err};
	enum gp_status st = gp_command_may_read(a);
	struct month m;
	bool any;

	if (st != GP_OK)
		return GP_OK;
	if (!read_month(a, args, &m)) {
		gp_json_text(gp_said(a, "learned_what"), "what", args);
		return GP_OK;
	}
	l.from = m.from;
	l.to = m.to;
	/* What was before this reader's time is not theirs. */
	if (gp_list_readable_from(a->list, a->member) > l.from)
		l.from = gp_list_readable_from(a->list, a->member);
	l.data = gp_said(a, "learned");
	gp_json_text(l.data, "month", m.name);
	st = gather(&l, &any);
	gp_json_bool(l.data, "has_none", !any);
	return st;
}
