/* SPDX-License-Identifier: ISC */
/* What is new on a list until some time, thread by thread, for all readers who draw on it. */
#include "config.h"

#include "news.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, OPEN = 40, SOLVED_FROM = 40 * DAY, SOLVED = 60, KEPT = 60, TOPICS = 8 };

struct key { int64_t thread; size_t i; };

static int
by_thread(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

/* What a question is about: to show it first to those who can help with that. */
static enum gp_status
read_topics(struct gp_news_pool *pool, struct news_thread *t, struct gp_err *err)
{
	struct gp_message *m;
	struct gp_mail mail;
	void *tmp = gp_ctx(pool);
	enum gp_status st = gp_message_find_key(tmp, pool->site->store, pool->list->id, t->t->key, &m, err);

	if (st == GP_OK)
		st = gp_message_mail(tmp, pool->site->store, m->id, &mail, NULL, NULL, err);
	if (st == GP_OK)
		t->topics = gp_kind_topics(pool, &mail, TOPICS, &t->topics_n);
	talloc_free(tmp);
	return st == GP_E_NOTFOUND || st == GP_E_PARSE ? GP_OK : st;
}

static enum gp_status
read_thread(struct gp_news_pool *pool, struct news_thread *t, struct gp_err *err)
{
	enum gp_status st = gp_thread_find(pool, pool->site->store, t->id, &t->t, err);

	if (st == GP_OK)
		st = gp_news_writers(pool, pool->site->store, t->id, &t->writers, &t->writers_n, err);
	if (st == GP_OK)
		st = gp_share_sides(pool, pool->site->store, t->id, &t->sides, &t->sides_n, err);
	if (st != GP_OK)
		return st;
	t->asks = strcmp(t->t->mark, "question") == 0 && t->t->people <= 1;
	return t->asks ? read_topics(pool, t, err) : GP_OK;
}

/* Pages that were kept lately. What no archive has stands in no library that one could look at. */
static enum gp_status
read_kept(struct gp_news_pool *pool, int64_t to, struct gp_err *err)
{
	struct gp_store *s = pool->site->store;
	struct gp_practice **v;
	size_t i, n;
	enum gp_status st = gp_practice_all(pool, s, pool->list->id, NULL, to - SOLVED_FROM, to, KEPT, &v, &n, err);

	if (st != GP_OK)
		return st;
	pool->kept = gp_array(pool, struct news_kept, n + 1);
	for (i = 0; st == GP_OK && i < n; i++) {
		struct news_kept *k = &pool->kept[pool->kept_n];

		k->p = v[i];
		st = gp_thread_find(pool, s, v[i]->thread, &k->t, err);
		if (st == GP_OK && k->t->veil.visible != GP_VISIBLE_NONE) {
			st = news_kept_line(pool, pool->site, v[i], &k->line, err);
			pool->kept_n++;
		}
		st = st == GP_E_NOTFOUND ? GP_OK : st;
	}
	return st;
}

/* Questions from before, however old, and what was solved lately. */
static enum gp_status
read_questions(struct gp_news_pool *pool, int64_t to, struct gp_err *err)
{
	struct gp_store *s = pool->site->store;
	struct gp_thread **open = NULL;
	struct gp_question_stats stats;
	enum gp_status st = gp_question_open(pool, s, pool->list->id, 0, to - pool->list->set.open_after, OPEN, &open,
	    &pool->open_n, err);
	size_t i;

	if (st == GP_OK)
		st = gp_question_stats(s, pool->list->id, to - pool->list->set.open_after, &stats, err);
	if (st == GP_OK)
		st = gp_question_solved(pool, s, pool->list->id, to - SOLVED_FROM, to, SOLVED, &pool->solved,
		    &pool->solved_n, err);
	if (st != GP_OK)
		return st;
	pool->open_all = stats.open;
	pool->open = gp_array(pool, struct news_thread, pool->open_n + 1);
	for (i = 0; st == GP_OK && i < pool->open_n; i++) {
		pool->open[i] = (struct news_thread){.id = open[i]->id, .t = open[i], .asks = true};
		st = read_topics(pool, &pool->open[i], err);
	}
	return st;
}

/* "bees+anon-abc@", "bees-owner@" */
static bool
is_ours(const struct gp_list *list, const char *addr)
{
	size_t n = strlen(list->name);

	return gp_istarts(addr, list->name) && strchr("+-@", addr[n]) != NULL &&
	    gp_strieq(gp_addr_domain(addr), list->domain);
}

/* Of a list itself, or of somebody who gives no name: such an address is new in each thread, and nobody is. A thread that
 * lists share has those of the others too. */
static enum gp_status
look_new(struct gp_news_pool *pool, struct gp_news *news, struct gp_err *err)
{
	const char *addr = news->m->from_addr;
	size_t n = strcspn(addr, "+@");
	void *tmp;
	struct gp_list *list;
	enum gp_status st;

	if (!news->newcomer)
		return GP_OK;
	tmp = gp_ctx(NULL);
	st = gp_list_find(tmp, pool->site->store, gp_asprintf(tmp, "%.*s@%s", (int)n, addr, gp_addr_domain(addr)), &list,
	    err);
	news->newcomer = st == GP_E_NOTFOUND && !is_ours(pool->list, addr);
	talloc_free(tmp);
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static enum gp_status
group(struct gp_news_pool *pool, struct gp_err *err)
{
	struct key *keys = gp_array(pool, struct key, pool->n + 1);
	enum gp_status st = GP_OK;
	struct news_thread *t = NULL;
	size_t i;

	for (i = 0; i < pool->n; i++) {
		keys[i] = (struct key){pool->v[i]->m->thread, i};
		if (st == GP_OK)
			st = look_new(pool, pool->v[i], err);
	}
	qsort(keys, pool->n, sizeof(*keys), by_thread);
	pool->order = gp_array(pool, size_t, pool->n + 1);
	pool->texts = gp_array(pool, struct news_text *, pool->n + 1);
	pool->threads = gp_array(pool, struct news_thread, pool->n + 1);
	memset(pool->texts, 0, (pool->n + 1) * sizeof(struct news_text *));
	for (i = 0; i < pool->n; i++) {
		pool->order[i] = keys[i].i;
		if (t == NULL || t->id != keys[i].thread) {
			t = &pool->threads[pool->threads_n++];
			*t = (struct news_thread){.id = keys[i].thread, .first = i};
		}
		t->n++;
	}
	talloc_free(keys);
	for (i = 0; st == GP_OK && i < pool->threads_n; i++)
		st = read_thread(pool, &pool->threads[i], err);
	return st;
}

static struct gp_news_pool *
new_pool(const void *ctx, struct gp_site *site, const struct gp_list *list)
{
	struct gp_news_pool *pool = gp_new(ctx, struct gp_news_pool);

	memset(pool, 0, sizeof(*pool));
	pool->site = site;
	pool->list = list;
	return pool;
}

static enum gp_status
complete(struct gp_news_pool *pool, int64_t to, struct gp_err *err)
{
	enum gp_status st = group(pool, err);

	if (st == GP_OK)
		st = read_questions(pool, to, err);
	return st == GP_OK ? read_kept(pool, to, err) : st;
}

enum gp_status
gp_news_pool_after(const void *ctx, struct gp_site *site, const struct gp_list *list, int64_t after,
    int64_t to, struct gp_news_pool **out, struct gp_err *err)
{
	struct gp_news_pool *pool = new_pool(ctx, site, list);
	enum gp_status st = gp_news_after(pool, site->store, list->id, after, to, GP_NEWS_MESSAGES, &pool->v,
	    &pool->n, err);

	if (st == GP_OK)
		st = complete(pool, to, err);
	*out = pool;
	return st;
}

enum gp_status
gp_news_pool_between(const void *ctx, struct gp_site *site, const struct gp_list *list, int64_t from,
    int64_t to, struct gp_news_pool **out, struct gp_err *err)
{
	struct gp_news_pool *pool = new_pool(ctx, site, list);
	enum gp_status st = gp_news_between(pool, site->store, list->id, from, to, GP_NEWS_MESSAGES, &pool->v,
	    &pool->n, err);

	if (st == GP_OK)
		st = complete(pool, to, err);
	*out = pool;
	return st;
}

int64_t
gp_news_pool_upto(const struct gp_news_pool *pool)
{
	int64_t id = 0;
	size_t i;

	for (i = 0; i < pool->n; i++)
		if (pool->v[i]->m->id > id)
			id = pool->v[i]->m->id;
	return id;
}

/* ---- own words ---------------------------------------------------------------------------- */

static void
take_files(struct news_text *text, const struct gp_mail *mail)
{
	size_t i;

	text->files = gp_array(text, struct news_file, NEWS_FILES);
	for (i = 0; i < mail->parts_n && text->files_n < NEWS_FILES; i++) {
		const struct gp_part *p = &mail->parts[i];
		struct news_file *f = &text->files[text->files_n];

		if ((p->flags & (GP_PART_MULTIPART | GP_PART_SIGNATURE | GP_PART_BODY_TEXT | GP_PART_BODY_HTML)) != 0)
			continue;
		f->image = gp_starts(p->type, "image/");
		if (!f->image && (p->flags & GP_PART_ATTACHMENT) == 0)
			continue;
		f->name = p->name != NULL ? news_line(text, p->name, 60) :
		    gp_strdup(text, p->type);
		f->index = p->index;
		text->files_n++;
	}
}

/* A patch is for programs: only what is said of it stands in a digest. */
static size_t
without_patch(const char *own, size_t n, const struct gp_mail *mail)
{
	static const char *const begins[] = {"\ndiff --git ", "\nIndex: ", "\n--- a/", "\n@@ -"};
	const char *at;
	size_t i;

	if ((mail->flags & GP_MAIL_HAS_PATCH) == 0)
		return n;
	for (i = 0; i < GP_COUNT(begins); i++) {
		at = gp_memmem(own, n, begins[i], strlen(begins[i]));
		if (at != NULL)
			n = (size_t)(at - own);
	}
	return n;
}

/* A message that can't be read now has its first words in any case. */
enum gp_status
news_text_get(struct gp_news_pool *pool, size_t i, struct news_text **out, struct gp_err *err)
{
	const struct gp_message *m = pool->v[i]->m;
	struct news_text *text = pool->texts[i];
	char *own, *quoted;
	size_t own_n, quoted_n;
	enum gp_status st;
	struct gp_mail mail;
	void *tmp;

	*out = text;
	if (text != NULL)
		return GP_OK;
	pool->texts[i] = *out = text = gp_new(pool, struct news_text);
	memset(text, 0, sizeof(*text));
	tmp = gp_ctx(pool);
	st = gp_message_mail(tmp, pool->site->store, m->id, &mail, NULL, NULL, err);
	if (st == GP_OK) {
		gp_text_split(tmp, mail.text, mail.text_n, mail.flags, &own, &own_n, &quoted, &quoted_n);
		text->own_n = gp_utf8_cut(own, without_patch(own, own_n, &mail), NEWS_OWN);
		text->cut = text->own_n < own_n;
		text->own = gp_strndup(text, own, text->own_n);
		text->own_n = strlen(text->own);
		take_files(text, &mail);
	} else if (st == GP_E_NOTFOUND || st == GP_E_PARSE) {
		text->own = gp_strdup(text, m->snippet);
		text->own_n = strlen(text->own);
		st = GP_OK;
	}
	talloc_free(tmp);
	return st;
}
