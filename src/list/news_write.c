/* SPDX-License-Identifier: ISC */
/*
 * A digest as a mail: data, the template mail/LANG/digest.md (or the owners' own), HTML by cmark. Less is shown in
 * steps until the HTML stays below what mail services cut off (about 100 kB) and the text within the time that the
 * reader has for it. Nothing is left out of the count: what is not shown is said to be there.
 */
#include "config.h"

#include "news.h"

#include <stdlib.h>
#include <string.h>

enum {
	HTML_LIMIT = 90000,
	WORDS = 220,		/* that people read in a minute */
	MANY = 7		/* threads, from which on there are contents */
};

static const struct news_level levels[] = {
	{2000, 12, 200, 1000, 1000, 160},
	{900, 8, 200, 1000, 1000, 160},
	{420, 6, 200, 60, 1000, 140},
	{300, 3, 100, 40, 1000, 100},
	{160, 2, 60, 30, 400, 60},
	{120, 1, 40, 15, 200, 0},
	{0, 0, 40, 0, 200, 0},
	{0, 0, 12, 0, 120, 0},
	{0, 0, 2, 0, 40, 0},
	{0, 0, 0, 0, 10, 0},
};
enum { TITLES = 6 };	/* the level at which threads are lines */

struct writing {
	const void *ctx;
	struct gp_site *site;
	const struct gp_digest_how *how;
	struct gp_issue *const *issues;
	size_t n;
	struct gp_err *err;
};

/* What the subject and the line beside it name: the first threads, as they stand below. */
static void
put_tops(const struct writing *w, json_t *doc)
{
	json_t *tops = gp_json_new_array(doc, "tops");
	size_t i, k, n = 0, answers = 0;

	for (i = 0; i < w->n; i++)
		for (k = 0; k < w->issues[i]->threads_n; k++) {
			const struct issue_thread *it = &w->issues[i]->threads[k];
			char *title = news_line(w->ctx, gp_kind_title(w->ctx, w->site,
			    w->issues[i]->pool->list, it->thread->t->title), 60);
			json_t *row;

			answers += it->place == NEWS_REPLIES;
			if (n == 3)
				continue;
			if (n++ == 0)
				gp_json_text(doc, "top_title", title);
			row = gp_json_push_object(tops);
			gp_json_text(row, "title", title);
			gp_json_bool(row, "last", false);
		}
	gp_json_int(doc, "answers_count", (int64_t)answers);
	gp_json_bool(doc, "one_answer", answers == 1);
}

static void
put_span(const struct writing *w, json_t *doc)
{
	const struct gp_digest_how *how = w->how;
	int delivery = how->span.delivery;
	int64_t to = how->span.to - 1;

	gp_json_bool(gp_json_new_object(doc, "delivery_is"), how->asked ? "asked" :
	    delivery >= GP_DELIVERY_DAILY && delivery <= GP_DELIVERY_MONTHLY ? gp_delivery_names[delivery] :
	    "once", true);
	gp_json_bool(doc, "regular", !how->asked && delivery >= GP_DELIVERY_DAILY && delivery <= GP_DELIVERY_MONTHLY);
	gp_json_bool(doc, "is_daily", delivery == GP_DELIVERY_DAILY);
	gp_json_text(doc, "from_date", news_date(w->ctx, how, how->span.from, "%e %B", "%Y-%m-%d"));
	gp_json_text(doc, "to_date", news_date(w->ctx, how, to, "%e %B %Y", "%Y-%m-%d"));
	gp_json_text(doc, "short_date", news_date(w->ctx, how, to, "%e %B", "%Y-%m-%d"));
	if (how->hour >= 0)
		gp_json_text(doc, "hour", gp_asprintf(w->ctx, "%d:00", how->hour));
	gp_json_text(doc, "zone", how->timezone);
	gp_json_bool(doc, "personal", how->personal);
}

/* A list of contents, where there is much. */
static void
put_contents(json_t *list)
{
	static const char *const order[] = {"replies", "taken", "questions", "solved", "newcomers", "talks"};
	json_t *contents = json_array(), *threads, *t;
	size_t i, k;

	for (i = 0; i < GP_COUNT(order); i++) {
		threads = json_object_get(json_object_get(list, order[i]), "threads");
		for (k = 0; k < json_array_size(threads); k++) {
			t = json_array_get(threads, k);
			if (json_object_get(t, "messages") != NULL)
				json_array_append(contents, t);
		}
	}
	if (json_array_size(contents) >= MANY)
		json_object_set_new(gp_json_new_object(list, "overview"), "contents", contents);
	else
		json_decref(contents);
}

static enum gp_status
document(const struct writing *w, const struct news_level *level, json_t **out)
{
	json_t *doc = gp_json_object(w->ctx), *lists = gp_json_new_array(doc, "lists");
	const struct gp_list *first = w->issues[0]->pool->list;
	size_t i, number = 0, messages = 0, threads = 0;
	enum gp_status st = GP_OK;

	for (i = 0; st == GP_OK && i < w->n; i++) {
		json_t *o = gp_json_push_object(lists);

		st = news_put_issue(w->ctx, w->how, w->issues[i], level, &number, o, w->err);
		gp_json_bool(o, "several", w->n > 1);
		put_contents(o);
		messages += w->issues[i]->messages;
		threads += w->issues[i]->threads_n;
	}
	gp_json_text(doc, "list_title", gp_list_title(first));
	gp_json_text(doc, "list_name", first->name);
	gp_json_int(doc, "message_count", (int64_t)messages);
	gp_json_int(doc, "thread_count", (int64_t)threads);
	gp_json_bool(doc, "one_message", messages == 1);
	gp_json_bool(doc, "one_thread", threads == 1);
	gp_json_bool(doc, "several", w->n > 1);
	gp_json_int(doc, "list_count", (int64_t)w->n);
	put_tops(w, doc);
	put_span(w, doc);
	*out = doc;
	return st;
}

/* One empty line is enough between two paragraphs. */
static void
squeeze(char *s)
{
	char *to = s;
	size_t lines = 0;

	for (; *s != '\0'; s++) {
		lines = *s == '\n' ? lines + 1 : 0;
		if (lines <= 2)
			*to++ = *s;
	}
	*to = '\0';
}

static size_t
count_words(const char *s)
{
	size_t n = 0;
	bool in = false;

	for (; *s != '\0'; s++) {
		bool blank = *s == ' ' || *s == '\n' || *s == '\t';

		n += !blank && !in;
		in = !blank;
	}
	return n;
}

static bool
fits(const struct writing *w, const struct gp_mail_text *text)
{
	return strlen(text->html) < HTML_LIMIT && (w->how->minutes == 0 ||
	    count_words(text->text) <= (size_t)w->how->minutes * WORDS);
}

/* Titles alone, and the messages themselves in the way that was asked for. */
static enum gp_status
other_form(const struct writing *w, struct gp_digest *d)
{
	if (w->how->form == GP_FORM_PLAIN)
		return news_form_plain(w->ctx, w->site, w->how, w->issues, w->n, d->data, d, w->err);
	return w->how->form == GP_FORM_MIME ? news_form_mime(w->ctx, w->site, w->issues, w->n, d, w->err) : GP_OK;
}

/* Issues of one pool are much alike: what was right for the last is tried first. */
static size_t
first_level(const struct gp_digest_how *how, const struct gp_issue *issue)
{
	const struct gp_news_pool *pool = issue->pool;

	if (how->form != GP_FORM_SUMMARY)
		return TITLES;
	if (pool->last.messages > 0 && pool->last.minutes == how->minutes &&
	    issue->messages * 10 > pool->last.messages * 9)
		return pool->last.level;
	return 0;
}

static void
keep_level(const struct gp_digest_how *how, const struct gp_issue *issue, size_t level)
{
	struct gp_news_pool *pool = issue->pool;

	if (how->form != GP_FORM_SUMMARY)
		return;
	pool->last.level = level;
	pool->last.messages = issue->messages;
	pool->last.minutes = how->minutes;
}

enum gp_status
gp_digest_write(const void *ctx, struct gp_site *site, const struct gp_digest_how *how,
    struct gp_issue *const *issues, size_t n, struct gp_digest **out, struct gp_err *err)
{
	struct gp_digest *d = gp_new(ctx, struct gp_digest);
	struct writing w = {NULL, site, how, issues, n, err};
	const struct gp_list *list = issues[0]->pool->list;
	size_t i = first_level(how, issues[0]);
	struct gp_notice notice = {.template_name = "digest", .language = how->language};
	struct gp_mail_text text;
	enum gp_status st;
	void *tmp = NULL;

	memset(d, 0, sizeof(*d));
	*out = d;
	for (;; i++) {
		talloc_free(tmp);
		w.ctx = tmp = gp_ctx(d);
		st = document(&w, &levels[i], &d->data);
		notice.data = d->data;
		if (st == GP_OK)
			st = gp_notice_text(tmp, site, list, &notice, &text, err);
		if (st != GP_OK)
			return st;
		if (i + 1 == GP_COUNT(levels) || fits(&w, &text))
			break;
	}
	d->subject = text.subject;
	if (n == 1)
		keep_level(how, issues[0], i);
	squeeze(text.text);
	d->text = text.text;
	d->html = text.html;
	for (i = 0; i < n; i++) {
		d->messages += issues[i]->messages;
		d->threads += issues[i]->threads_n;
	}
	return other_form(&w, d);
}

enum gp_status
gp_digest_data(const void *ctx, struct gp_site *site, const struct gp_digest_how *how,
    struct gp_issue *const *issues, size_t n, json_t **out, struct gp_err *err)
{
	struct writing w = {ctx, site, how, issues, n, err};

	return document(&w, &levels[issues[0]->messages > 300 ? 3 : 2], out);
}
