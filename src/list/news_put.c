/* SPDX-License-Identifier: ISC */
/* The data of a digest: threads under their headings, their messages, and what one can do with each. */
#include "config.h"

#include "news.h"

#include <string.h>

enum { INTRODUCTIONS = 30,
	UNKEPT = 16 };	/* times as much is shown of what no archive has */

/* Keys of the headings; by enum news_place. */
static const char *const places[NEWS_PLACES] = {"replies", "taken", "followed", "questions", "solved",
	"newcomers", "talks", "singles"};

struct putting {
	const void *ctx;
	struct gp_site *site;
	const struct gp_digest_how *how;
	const struct gp_issue *issue;
	const struct gp_list *list;
	const struct news_level *level;
	size_t *number;
	bool is_public;
	struct gp_err *err;
	const char *root;
};

char *
news_date(const void *ctx, const struct gp_digest_how *how, int64_t t, const char *english, const char *numbers)
{
	/* strftime knows the names of days and months in English only. */
	char *s = gp_time_format(ctx, t, how->timezone, gp_starts(how->language, "en") ? english : numbers);

	return gp_utf8_line(ctx, s, strlen(s), 60);
}

/* A place in the archive, where everybody can read it; else there is none to link to. */
static void
put_url(const struct putting *p, json_t *o, char kind, const char *key)
{
	/* Without one there is none: not that of the thread around it. */
	json_object_set_new(o, "url", json_null());
	if (p->is_public && key != NULL)
		gp_json_text(o, "url", gp_asprintf(p->ctx, "%s/%s/%c/%s", p->root, p->list->name,
		    kind, key));
}

static void
put_files(const struct putting *p, json_t *files, const struct gp_message *m, const struct news_text *text)
{
	size_t i;

	for (i = 0; i < text->files_n; i++) {
		json_t *row = gp_json_push_object(files);

		gp_json_text(row, "name", text->files[i].name);
		if (p->is_public && m->state == 1)
			gp_json_text(row, "url", gp_asprintf(p->ctx, "%s/%s/m/%s/%d-file", p->root,
			    p->list->name, m->key, text->files[i].index));
	}
}

static void
put_note(const struct putting *p, json_t *o, const struct gp_message *m)
{
	gp_json_text(o, "content_note", m->note[0] != '\0' ? news_line(p->ctx, m->note, GP_NOTE_LONGEST) : NULL);
}

/* Who wrote it, and where to read and answer it. */
static void
put_name(const struct putting *p, json_t *o, const struct gp_news *news, const char *title)
{
	const struct gp_message *m = news->m;

	gp_json_text(o, "author", news_author(p->ctx, p->site, p->how->language, m));
	gp_json_bool(o, "newcomer", news->newcomer);
	gp_json_text(o, "key", m->key);
	gp_json_int(o, "number", m->id);
	/* What is mailed and never kept can't be asked for. A number else tells which message an answer quotes. */
	gp_json_bool(o, "is_kept", m->state == 1);
	put_url(p, o, 'm', m->state == 1 ? m->key : NULL);
	if (!p->list->set.closed)
		gp_json_text(o, "reply_url", news_mailto(p->ctx, p->site, p->list, m->key, m->msgid, title));
}

bool
news_is_folded(const struct gp_issue *issue, const struct gp_message *m)
{
	/* What is in no archive can be opened nowhere else. */
	return m->note[0] != '\0' && !issue->shows_notes && m->state == 1;
}

static enum gp_status
put_message(const struct putting *p, json_t *array, size_t i, const char *title, size_t excerpt)
{
	const struct gp_news *news = p->issue->pool->v[i];
	json_t *o = gp_json_push_object(array);
	struct news_text *text;
	enum gp_status st = news_text_get(p->issue->pool, i, &text, p->err);
	bool cut = false, to_you = false, own = false;
	json_t *paragraphs, *files;
	size_t k;

	if (st != GP_OK)
		return st;
	put_name(p, o, news, title);
	gp_json_text(o, "date", news_date(p->ctx, p->how, news->m->date, "%a %e %B, %H:%M", "%Y-%m-%d %H:%M"));
	for (k = 0; k < p->issue->own_n; k++) {
		to_you = to_you || news->parent_author == p->issue->own[k];
		own = own || news->author == p->issue->own[k];
	}
	gp_json_bool(o, "to_you", to_you && !own);
	put_note(p, o, news->m);
	paragraphs = gp_json_new_array(o, "paragraphs");
	files = gp_json_new_array(o, "files");
	if (own || !news_is_folded(p->issue, news->m)) {
		/* What is in no archive can be read on nowhere else. */
		excerpt *= news->m->state == 1 ? 1 : UNKEPT;
		news_paragraphs(p->ctx, paragraphs, text, excerpt, &cut);
		put_files(p, files, news->m, text);
	}
	gp_json_bool(o, "cut", cut);
	return GP_OK;
}

static void
put_names(const struct putting *p, json_t *o, const struct issue_thread *it, size_t from)
{
	json_t *array = gp_json_new_array(o, "more");
	size_t i, end = it->n - from > p->level->names ? from + p->level->names : it->n;

	for (i = from; i < end; i++) {
		json_t *row = gp_json_push_object(array);

		put_name(p, row, p->issue->pool->v[it->v[i]], it->thread->t->title);
		put_note(p, row, p->issue->pool->v[it->v[i]]->m);
		gp_json_bool(row, "last", i + 1 == end);
	}
	gp_json_int(o, "more_count", (int64_t)(it->n - from));
	gp_json_bool(o, "one_more", it->n - from == 1);
	gp_json_int(o, "rest", (int64_t)(it->n - end));
}

static void
put_head(const struct putting *p, json_t *o, const struct gp_thread *t)
{
	const char *title = t->title[0] != '\0' ? gp_kind_title(p->ctx, p->site, p->list, t->title) : "…";

	gp_json_text(o, "title", news_line(p->ctx, title, 150));
	put_url(p, o, 't', t->messages > 0 ? t->key : NULL);
	gp_json_int(o, "message_count", t->messages);
	gp_json_text(o, "author", t->names_n > 0 ? news_line(p->ctx, t->names[0], 60) : t->veil.unnamed ?
	    gp_templates_word(p->site->templates, p->how->language, "Somebody") : "");
	if (t->mark[0] != '\0')
		gp_json_bool(gp_json_new_object(o, "mark_is"), t->mark, true);
}

/* Its first words; of one with a note only where the reader wants that like all others. */
static enum gp_status
put_excerpt(const struct putting *p, json_t *o, size_t i)
{
	const struct gp_message *m = p->issue->pool->v[i]->m;
	const char *words = m->snippet;
	struct news_text *text;
	enum gp_status st;

	put_note(p, o, m);
	if (p->level->snippet == 0 || news_is_folded(p->issue, m))
		return GP_OK;
	if (m->note[0] != '\0') {
		st = news_text_get(p->issue->pool, i, &text, p->err);
		if (st != GP_OK)
			return st;
		words = text->own;
	}
	gp_json_text(o, "excerpt", gp_utf8_line(p->ctx, words, strlen(words), p->level->snippet));
	return GP_OK;
}

static enum gp_status
put_line(const struct putting *p, json_t *o, const struct issue_thread *it)
{
	gp_json_bool(o, "is_line", true);
	if (it->n == 1) {
		put_name(p, o, p->issue->pool->v[it->v[0]], it->thread->t->title);
		return put_excerpt(p, o, it->v[0]);
	}
	put_names(p, o, it, 0);
	return GP_OK;
}

static enum gp_status
put_thread(const struct putting *p, json_t *array, const struct issue_thread *it, bool line)
{
	json_t *o = gp_json_push_object(array), *messages;
	size_t i, shown = it->n < p->level->messages ? it->n : p->level->messages;
	enum gp_status st = GP_OK;

	put_head(p, o, it->thread->t);
	gp_json_int(o, "new_count", (int64_t)(it->n + it->apart));
	gp_json_bool(o, "one_new", it->n + it->apart == 1);
	gp_json_bool(o, "all_new", (int64_t)(it->n + it->apart) >= it->thread->t->messages);
	gp_json_int(o, "apart_count", (int64_t)it->apart);
	gp_json_bool(o, "one_apart", it->apart == 1);
	gp_json_bool(o, "near", it->near);
	if (it->n == 0)
		return GP_OK;
	if (line)
		return put_line(p, o, it);
	gp_json_int(o, "number", (int64_t)++*p->number);
	messages = gp_json_new_array(o, "messages");
	for (i = 0; st == GP_OK && i < shown; i++)
		st = put_message(p, messages, it->v[i], it->thread->t->title, p->level->excerpt);
	if (shown < it->n)
		put_names(p, o, it, shown);
	return st;
}

/* Is there something in it that the reader finds only here? */
static bool
has_unkept(const struct gp_issue *issue, const struct issue_thread *it)
{
	size_t i;

	for (i = 0; i < it->n; i++)
		if (issue->pool->v[it->v[i]]->m->state != 1)
			return true;
	return false;
}

static enum gp_status
put_place(const struct putting *p, json_t *o, enum news_place place, size_t *blocks)
{
	const struct gp_issue *issue = p->issue;
	json_t *section = NULL, *array = NULL;
	enum gp_status st = GP_OK;
	size_t i, lines = 0, left = 0, messages = 0;

	for (i = 0; st == GP_OK && i < issue->threads_n; i++) {
		const struct issue_thread *it = &issue->threads[i];
		bool line = place == NEWS_SINGLES || place == NEWS_FOLLOWED;

		if (it->place != place)
			continue;
		line = (line && !has_unkept(issue, it)) || p->level->excerpt == 0 || *blocks >= p->level->threads;
		messages += it->n;
		if (section == NULL) {
			section = gp_json_new_object(o, places[place]);
			array = gp_json_new_array(section, "threads");
		}
		if (line && lines == p->level->lines) {
			left++;
			continue;
		}
		lines += line;
		*blocks += !line;
		st = put_thread(p, array, it, line);
	}
	if (section != NULL) {
		gp_json_int(section, "thread_count", (int64_t)json_array_size(array) + (int64_t)left);
		gp_json_int(section, "message_count", (int64_t)messages);
		gp_json_int(section, "more_threads", (int64_t)left);
		gp_json_bool(section, "one_thread", left == 1);
	}
	return st;
}

static void
put_open(const struct putting *p, json_t *o)
{
	json_t *array = gp_json_new_array(o, "waiting");
	size_t i;

	gp_json_bool(o, "has_waiting", p->issue->open_n > 0);
	gp_json_int(o, "waiting_rest", (int64_t)p->issue->open_rest);
	gp_json_bool(o, "one_waiting", p->issue->open_rest == 1);
	if (p->is_public)
		gp_json_text(o, "questions_url", gp_asprintf(p->ctx, "%s/%s/questions", p->root, p->list->name));
	for (i = 0; i < p->issue->open_n; i++) {
		const struct gp_thread *t = p->issue->open[i]->t;
		json_t *row = gp_json_push_object(array);
		int64_t days = (p->how->span.to - t->first) / 86400;

		put_head(p, row, t);
		gp_json_text(row, "key", t->key);
		gp_json_int(row, "days", days);
		gp_json_bool(row, "one_day", days <= 1);
		gp_json_bool(row, "near", i < p->issue->near_n);
		gp_json_text(row, "reply_url", news_mailto(p->ctx, p->site, p->list, t->key, NULL, t->title));
	}
}

/* What was kept in the library, whether it is new or not. */
static void
put_kept(const struct putting *p, json_t *o)
{
	json_t *array = gp_json_new_array(o, "kept_pages");
	size_t i;

	gp_json_bool(o, "has_kept_pages", p->issue->kept_n > 0);
	for (i = 0; i < p->issue->kept_n; i++) {
		const struct news_kept *k = p->issue->kept[i];
		json_t *row = gp_json_push_object(array);

		gp_json_text(row, "title", news_line(p->ctx, gp_kind_title(p->ctx, p->site, p->list, k->p->title), 150));
		gp_json_text(row, "line", k->line[0] != '\0' ? news_line(p->ctx, k->line, 200) : NULL);
		gp_json_text(row, "slug", k->p->slug);
		json_object_set_new(row, "url", json_null());
		if (p->is_public)
			gp_json_text(row, "url", gp_asprintf(p->ctx, "%s/%s/library/%s", p->root, p->list->name, k->p->slug));
	}
}

/* Solved by somebody's word, with nothing new to read but the answer itself. */
static enum gp_status
put_solved(const struct putting *p, json_t *o)
{
	json_t *array = gp_json_new_array(o, "settled");
	struct gp_message *m;
	enum gp_status st = GP_OK;
	size_t i;

	gp_json_bool(o, "has_settled", p->issue->solved_n > 0);
	for (i = 0; st == GP_OK && i < p->issue->solved_n; i++) {
		const struct gp_thread *t = p->issue->solved[i];
		json_t *row = gp_json_push_object(array);

		put_head(p, row, t);
		if (t->mark_message == 0)
			continue;
		st = gp_message_find_id(p->ctx, p->site->store, t->mark_message, &m, p->err);
		if (st == GP_OK) {
			gp_json_text(row, "answerer", news_author(p->ctx, p->site, p->how->language, m));
			put_url(p, row, 'm', m->state == 1 ? m->key : NULL);
		}
		if (st == GP_E_NOTFOUND)
			st = GP_OK;
	}
	return st;
}

/* The list itself, and its addresses. */
static void
put_list(const struct putting *p, json_t *o)
{
	const struct gp_list *list = p->list;
	const void *ctx = p->ctx;

	gp_json_text(o, "list_title", gp_list_title(list));
	gp_json_text(o, "list_name", list->name);
	gp_json_text(o, "list_address", list->address);
	if (p->is_public) {
		gp_json_text(o, "archive_url", gp_asprintf(ctx, "%s/%s/", p->root, list->name));
		gp_json_text(o, "digests_url", gp_asprintf(ctx, "%s/%s/d/", p->root, list->name));
	}
	gp_json_text(o, "request_address", gp_route_address(ctx, p->site, list, "request", NULL));
	gp_json_text(o, "owner_address", gp_route_address(ctx, p->site, list, "owner", NULL));
	gp_json_text(o, "unsubscribe_address", gp_route_address(ctx, p->site, list, "unsubscribe", NULL));
	gp_json_text(o, "note_md", list->set.digest_note);
}

/* What members say of themselves, in mails of a week or more: never on a page that all can read. */
static enum gp_status
put_introductions(const struct putting *p, json_t *o)
{
	const struct gp_digest_how *how = p->how;
	json_t *rows = gp_json_new_array(o, "introductions");
	struct gp_intro **v;
	size_t i, n = 0;
	enum gp_status st = GP_OK;

	if (how->root == NULL && (how->span.delivery == GP_DELIVERY_WEEKLY || how->span.delivery == GP_DELIVERY_MONTHLY))
		st = gp_intro_between(p->ctx, p->site->store, p->list->id, how->span.from, how->span.to, INTRODUCTIONS, &v,
		    &n, p->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "name", v[i]->name);
		gp_json_text(row, "text", v[i]->text);
	}
	gp_json_bool(o, "has_introductions", json_array_size(rows) > 0);
	return st;
}

enum gp_status
news_put_issue(const void *ctx, const struct gp_digest_how *how, const struct gp_issue *issue,
    const struct news_level *level, size_t *number, json_t *o, struct gp_err *err)
{
	const struct gp_list *list = issue->pool->list;
	struct putting p = {ctx, issue->pool->site, how, issue, list, level, number,
	    gp_list_has_archive(list), err,
	    how->root != NULL ? how->root : issue->pool->site->conf->url};
	enum gp_status st = GP_OK;
	size_t blocks = 0;
	int place;

	put_list(&p, o);
	gp_json_int(o, "message_count", (int64_t)issue->messages);
	gp_json_int(o, "thread_count", (int64_t)issue->threads_n);
	gp_json_int(o, "people_count", (int64_t)issue->people);
	gp_json_bool(o, "one_message", issue->messages == 1);
	gp_json_bool(o, "one_thread", issue->threads_n == 1);
	gp_json_bool(o, "one_person", issue->people == 1);
	for (place = 0; st == GP_OK && place < NEWS_PLACES; place++)
		st = put_place(&p, o, (enum news_place)place, &blocks);
	put_open(&p, o);
	put_kept(&p, o);
	if (st == GP_OK)
		st = put_solved(&p, o);
	if (st == GP_OK)
		st = put_introductions(&p, o);
	gp_json_int(o, "muted_count", (int64_t)issue->muted_threads);
	gp_json_bool(o, "one_muted", issue->muted_threads == 1);
	gp_json_int(o, "left_out_count", (int64_t)issue->left_out);
	gp_json_bool(o, "one_left_out", issue->left_out == 1);
	return st;
}
