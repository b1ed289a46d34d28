/* SPDX-License-Identifier: ISC */
/*
 * A digest out of what is new: data first, then the template mail/digest.md. Threads come
 * with the most active first, single posts in one line each at the end. Excerpts get shorter
 * in steps until the HTML stays below what mail services cut off (about 100 kB).
 */
#include "config.h"

#include "guildpost/digest.h"

#include <stdlib.h>
#include <string.h>

enum {
	HTML_LIMIT = 90000,
	OLD = 35 * 86400	/* archived now but came in so long before: an import, no news */
};

/* How much is shown at each step: code points of an excerpt, messages of a thread, threads. */
static const struct level {
	size_t excerpt, messages, threads;
} levels[] = {{600, 8, 60}, {420, 5, 60}, {300, 3, 60}, {160, 2, 50}, {160, 1, 40}, {80, 1, 25}};

struct group {			/* one thread with what is new in it */
	int64_t thread;
	struct gp_thread *t;
	struct gp_message **v;
	size_t n;
};

struct making {
	const void *ctx;
	struct gp_site *site;
	const struct gp_list *list;
	const struct gp_digest_span *span;
	struct group *groups;
	size_t groups_n, messages, people;
	int64_t upto;
	struct gp_err *err;
};

static struct group *
group_of(struct making *m, int64_t thread)
{
	size_t i;

	for (i = m->groups_n; i-- > 0;)
		if (m->groups[i].thread == thread)
			return &m->groups[i];
	m->groups = talloc_realloc(m->ctx, m->groups, struct group, (unsigned)m->groups_n + 1);
	if (m->groups == NULL)
		gp_oom();
	memset(&m->groups[m->groups_n], 0, sizeof(struct group));
	m->groups[m->groups_n].thread = thread;
	return &m->groups[m->groups_n++];
}

static void
count_person(struct making *m, char ***names, const char *addr)
{
	size_t i;

	for (i = 0; i < m->people; i++)
		if (gp_strieq((*names)[i], addr))
			return;
	*names = talloc_realloc(m->ctx, *names, char *, (unsigned)m->people + 1);
	if (*names == NULL)
		gp_oom();
	(*names)[m->people++] = gp_strdup(m->ctx, addr);
}

static void
take(struct making *m, char ***names, struct gp_message *msg)
{
	struct group *g = group_of(m, msg->thread);

	g->v = talloc_realloc(m->ctx, g->v, struct gp_message *, (unsigned)g->n + 1);
	if (g->v == NULL)
		gp_oom();
	g->v[g->n++] = msg;
	m->messages++;
	count_person(m, names, msg->from_addr);
}

/* For members: everything with a higher number that came in before the end of the span. */
static enum gp_status
collect_after(struct making *m, int64_t after)
{
	struct gp_message **v;
	char **names = NULL;
	enum gp_status st;
	size_t i, n;

	st = gp_message_since(m->ctx, m->site->store, m->list->id, after, GP_DIGEST_MESSAGES, &v, &n,
	    m->err);
	for (i = 0; st == GP_OK && i < n && v[i]->received < m->span->to; i++) {
		m->upto = v[i]->id;
		if (v[i]->state == 1 && v[i]->received >= m->span->from - OLD)
			take(m, &names, v[i]);
	}
	return st;
}

/* For a look at a time: what is dated within the span, oldest first. */
static enum gp_status
collect_span(struct making *m)
{
	struct gp_message **v;
	char **names = NULL;
	enum gp_status st;
	size_t n;

	st = gp_message_newest(m->ctx, m->site->store, m->list->id, m->span->to, 0,
	    GP_DIGEST_MESSAGES, &v, &n, m->err);
	while (st == GP_OK && n-- > 0) {
		if (v[n]->date < m->span->from)
			continue;
		if (v[n]->id > m->upto)
			m->upto = v[n]->id;
		take(m, &names, v[n]);
	}
	return st;
}

static enum gp_status
collect(struct making *m, int64_t after)
{
	enum gp_status st = after >= 0 ? collect_after(m, after) : collect_span(m);
	size_t i;

	for (i = 0; st == GP_OK && i < m->groups_n; i++)
		st = gp_thread_find(m->ctx, m->site->store, m->groups[i].thread, &m->groups[i].t, m->err);
	return st;
}

static int
by_activity(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->t->last < y->t->last ? 1 : x->t->last > y->t->last ? -1 : 0;
}

/* A name to show: never a whole address. */
static char *
author_of(struct making *m, const struct gp_message *msg)
{
	if (msg->from_name[0] != '\0')
		return msg->from_name;
	return gp_strndup(m->ctx, msg->from_addr, strcspn(msg->from_addr, "@"));
}

/* Own words of a message, as one line. */
static char *
excerpt(struct making *m, const struct gp_message *msg, size_t max)
{
	struct gp_mail mail;
	char *own, *quoted;
	size_t own_n, quoted_n;
	void *tmp;
	char *line;

	if (max <= 200)
		return gp_utf8_line(m->ctx, msg->snippet, strlen(msg->snippet), max);
	tmp = gp_ctx(m->ctx);
	if (gp_message_mail(tmp, m->site->store, msg->id, &mail, NULL, NULL, NULL) != GP_OK) {
		talloc_free(tmp);
		return gp_utf8_line(m->ctx, msg->snippet, strlen(msg->snippet), max);
	}
	gp_text_split(tmp, mail.text, mail.text_n, mail.flags, &own, &own_n, &quoted, &quoted_n);
	line = gp_text_snippet(m->ctx, own, own_n, max);
	talloc_free(tmp);
	return line;
}

/* A place in the archive, where everybody can read it; else there is none to link to. */
static void
add_url(struct making *m, json_t *o, char kind, const char *key)
{
	if (gp_list_has_archive(m->list))
		gp_json_text(o, "url", gp_asprintf(m->ctx, "%s/%s/%c/%s", m->site->conf->url,
		    m->list->name, kind, key));
}

/* strftime knows the names of days and months in English only. */
static char *
date_of(struct making *m, int64_t t, const char *english, const char *numbers)
{
	return gp_time_format(m->ctx, t, m->list->set.timezone,
	    gp_starts(m->list->set.language, "en") ? english : numbers);
}

static void
add_message(struct making *m, json_t *array, const struct gp_message *msg, const struct level *l)
{
	json_t *o = gp_json_push_object(array);

	gp_json_text(o, "author", author_of(m, msg));
	gp_json_text(o, "date", date_of(m, msg->date, "%a %e %B, %H:%M", "%Y-%m-%d %H:%M"));
	gp_json_int(o, "number", msg->id);
	gp_json_text(o, "excerpt", excerpt(m, msg, l->excerpt));
	add_url(m, o, 'm', msg->key);
}

static void
add_thread(struct making *m, json_t *array, const struct group *g, const struct level *l, size_t nr)
{
	json_t *o = gp_json_push_object(array), *messages;
	size_t i, shown = g->n < l->messages ? g->n : l->messages;

	gp_json_int(o, "number", (int64_t)nr);
	gp_json_text(o, "title", g->t->title);
	add_url(m, o, 't', g->t->key);
	gp_json_int(o, "new_count", (int64_t)g->n);
	gp_json_int(o, "message_count", g->t->messages);
	gp_json_bool(o, "all_new", (int64_t)g->n == g->t->messages);
	gp_json_text(o, "author", g->t->names_n > 0 ? g->t->names[0] : "");
	messages = gp_json_new_array(o, "messages");
	for (i = 0; i < shown; i++)
		add_message(m, messages, g->v[i], l);
	if (shown < g->n)
		gp_json_int(o, "more", (int64_t)(g->n - shown));
}

static void
add_single(struct making *m, json_t *array, const struct group *g)
{
	json_t *o = gp_json_push_object(array);

	gp_json_text(o, "title", g->t->title);
	gp_json_text(o, "author", author_of(m, g->v[0]));
	gp_json_text(o, "excerpt", gp_utf8_line(m->ctx, g->v[0]->snippet, strlen(g->v[0]->snippet),
	    160));
	gp_json_int(o, "number", g->v[0]->id);
	add_url(m, o, 'm', g->v[0]->key);
}

static void
add_span(struct making *m, json_t *doc)
{
	gp_json_bool(gp_json_new_object(doc, "delivery_is"), gp_delivery_names[m->span->delivery], true);
	gp_json_bool(doc, "is_daily", m->span->delivery == GP_DELIVERY_DAILY);
	gp_json_text(doc, "from_date", date_of(m, m->span->from, "%e %B", "%Y-%m-%d"));
	gp_json_text(doc, "to_date", date_of(m, m->span->to, "%e %B %Y", "%Y-%m-%d"));
}

static json_t *
document(struct making *m, const struct level *l)
{
	json_t *doc = gp_json_object(m->ctx), *threads, *singles;
	const struct gp_list *list = m->list;
	size_t i, shown = 0, left = 0;

	gp_json_text(doc, "list_title", list->set.title[0] != '\0' ? list->set.title : list->name);
	gp_json_text(doc, "list_name", list->name);
	gp_json_text(doc, "list_address", list->address);
	if (gp_list_has_archive(list))
		gp_json_text(doc, "archive_url",
		    gp_asprintf(m->ctx, "%s/%s/", m->site->conf->url, list->name));
	gp_json_text(doc, "request_address", gp_route_address(m->ctx, m->site, list, "request", NULL));
	gp_json_text(doc, "owner_address", gp_route_address(m->ctx, m->site, list, "owner", NULL));
	gp_json_text(doc, "unsubscribe_address",
	    gp_route_address(m->ctx, m->site, list, "unsubscribe", NULL));
	add_span(m, doc);
	gp_json_int(doc, "message_count", (int64_t)m->messages);
	gp_json_int(doc, "thread_count", (int64_t)m->groups_n);
	gp_json_int(doc, "people_count", (int64_t)m->people);
	gp_json_bool(doc, "one_message", m->messages == 1);
	gp_json_bool(doc, "one_thread", m->groups_n == 1);
	gp_json_text(doc, "top_title", m->groups[0].t->title);
	threads = gp_json_new_array(doc, "threads");
	singles = gp_json_new_array(doc, "singles");
	for (i = 0; i < m->groups_n; i++) {
		const struct group *g = &m->groups[i];

		if (shown == l->threads)
			left++;
		else if (g->n == 1 && g->t->messages == 1 && m->groups_n > 3)
			add_single(m, singles, g), shown++;
		else
			add_thread(m, threads, g, l, ++shown);
	}
	gp_json_bool(doc, "has_singles", json_array_size(singles) > 0);
	if (left > 0)
		gp_json_int(doc, "more_threads", (int64_t)left);
	return doc;
}

enum gp_status
gp_digest_make(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest_span *span, int64_t after, struct gp_digest **out, struct gp_err *err)
{
	struct gp_digest *d = gp_new(ctx, struct gp_digest);
	struct making m = {d, site, list, span, NULL, 0, 0, 0, after > 0 ? after : 0, err};
	struct gp_mail_text text;
	enum gp_status st = collect(&m, after);
	size_t i;

	d->upto = m.upto;
	*out = d;
	if (st == GP_OK && m.messages == 0)
		return GP_E_NOTFOUND;
	if (st != GP_OK)
		return st;
	qsort(m.groups, m.groups_n, sizeof(m.groups[0]), by_activity);
	for (i = 0; i < GP_COUNT(levels); i++) {
		st = gp_mail_template(d, site->templates, "mail/digest.md", list->set.language,
		    document(&m, &levels[i]), &text, err);
		if (st != GP_OK)
			return st;
		if (strlen(text.html) < HTML_LIMIT)
			break;
	}
	d->subject = text.subject;
	d->text = text.text;
	d->html = text.html;
	d->messages = m.messages;
	d->threads = m.groups_n;
	return GP_OK;
}
