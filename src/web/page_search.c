/* SPDX-License-Identifier: ISC */
/*
 * Search: a link with the query in it. Hits are messages; each is shown with the place of its
 * text where the first of the words stands, the words marked.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { HITS_MOST = 1000, PAGES = 5, EXCERPT = 220, EXCERPT_BEFORE = 70, LOOKED_THROUGH = 128 << 10 };

int
search_find(struct visit *v)
{
	visit_stamp(v, "search %lld", (long long)v->list->version);
	return 200;
}

/* Text with what was found in it marked. */
static void
mark_terms(struct gp_buf *b, const void *ctx, const struct gp_hits *hits, const char *s)
{
	struct gp_mark *marks;
	size_t n, i, at = 0;

	gp_hits_marks(ctx, hits, s, strlen(s), &marks, &n);
	for (i = 0; i < n; i++) {
		gp_escape_html(b, s + at, marks[i].from - at);
		gp_buf_puts(b, "<mark>");
		gp_escape_html(b, s + marks[i].from, marks[i].to - marks[i].from);
		gp_buf_puts(b, "</mark>");
		at = marks[i].to;
	}
	gp_escape_html(b, s + at, strlen(s) - at);
}

/* The first place of any term; false: there is none. */
static bool
first_term(const void *ctx, const struct gp_hits *hits, const char *s, size_t n, size_t *at)
{
	struct gp_mark *marks;
	size_t k;

	gp_hits_marks(ctx, hits, s, n < LOOKED_THROUGH ? n : LOOKED_THROUGH, &marks, &k);
	*at = k > 0 ? marks[0].from : n;
	return k > 0;
}

/* Words around that place, a line. */
static char *
around(const void *ctx, const char *own, size_t own_n, size_t at)
{
	size_t from = at > EXCERPT_BEFORE ? at - EXCERPT_BEFORE : 0, to;
	const char *blank;

	blank = from > 0 ? memchr(own + from, ' ', at - from) : NULL;
	if (blank != NULL)
		from = (size_t)(blank - own) + 1;
	while (from > 0 && ((unsigned char)own[from] & 0xc0) == 0x80)
		from--;
	to = from + gp_utf8_cut(own + from, own_n - from, EXCERPT);
	blank = to < own_n ? memrchr(own + at, ' ', to - at) : NULL;
	if (blank != NULL)
		to = (size_t)(blank - own);
	return hidden(ctx, gp_asprintf(ctx, "%s%s%s", from > 0 ? "… " : "",
	    gp_utf8_line(ctx, own + from, to - from, EXCERPT), to < own_n ? " …" : ""));
}

/* Words around the first term in what the author wrote; else the first words. */
static char *
excerpt_of(struct visit *v, const void *ctx, const struct gp_message *m, const struct gp_hits *hits)
{
	struct gp_mail mail;
	size_t at, own_n, quoted_n;
	char *own, *quoted;

	if (m->note[0] != '\0' || first_term(ctx, hits, m->snippet, strlen(m->snippet), &at) ||
	    gp_message_mail(ctx, v->s, m->id, &mail, NULL, NULL, NULL) != GP_OK)
		return hidden(ctx, m->snippet);
	gp_text_split(ctx, mail.text, mail.text_n, mail.flags & GP_MAIL_FLOWED ? GP_TEXT_FLOWED : 0,
	    &own, &own_n, &quoted, &quoted_n);
	if (!first_term(ctx, hits, own, own_n, &at)) {
		if (quoted_n == 0 || !first_term(ctx, hits, quoted, quoted_n, &at))
			return hidden(ctx, m->snippet);
		own = quoted;
		own_n = quoted_n;
	}
	return around(ctx, own, own_n, at);
}

struct gp_list *
search_list(struct visit *v, int64_t id, int *status)
{
	struct gp_list *list = v->list;
	struct gp_err err = {GP_OK, ""};

	if (list == NULL && gp_list_find_id(v->ctx, v->s, id, &list, &err) != GP_OK)
		*status = visit_failed(&err);
	return list;
}

int
search_begin(struct visit *v, struct gp_search *query, char **path)
{
	struct gp_err err = {GP_OK, ""};

	query->list = v->list != NULL ? v->list->id : 0;
	query->now = v->now;
	query->since = v->since;
	*path = v->list != NULL ? list_path(v, v->list, "search") : visit_path(v, "/search");
	if (v->list == NULL && gp_reach_of(v->ctx, v->s, v->reader, &query->reach, &err) != GP_OK)
		return visit_failed(&err);
	query->languages = v->list != NULL ? v->list->set.language : query->reach->languages;
	return 200;
}

static int
put_hit(struct visit *v, json_t *array, const struct gp_message *m, const struct gp_hits *hits)
{
	json_t *o = gp_json_push_object(array);
	int status = 200;
	struct gp_list *list = search_list(v, m->list, &status);
	struct gp_buf b;
	void *mem;

	if (list == NULL)
		return status;
	mem = gp_ctx(NULL);
	put_message(v, o, list, m);
	gp_json_text(o, "url", list_path(v, list, "t/%s", m->key));
	gp_json_text(o, "message_url", message_path(v, list, m->key));
	gp_json_text(o, "list_name", v->list == NULL ? gp_list_title(list) : NULL);
	gp_json_text(o, "list_url", v->list == NULL ? home_path(v, list) : NULL);
	gp_buf_init(&b, mem, 64 << 10);
	mark_terms(&b, mem, hits, excerpt_of(v, mem, m, hits));
	gp_json_text(o, "excerpt_html", b.p);
	gp_buf_reset(&b);
	mark_terms(&b, mem, hits, shown_title(v, list, m->title));
	gp_json_text(o, "title_html", b.p);
	talloc_free(mem);
	return 200;
}

/* The text of a page without its signs of Markdown. */
static enum gp_status
text_of_page(struct visit *v, const void *ctx, const struct gp_practice *p, char **out, size_t *n,
    struct gp_err *err)
{
	char *body, *html;
	size_t html_n;
	enum gp_status st = gp_practice_body(ctx, v->s, p, &body, NULL, err);

	if (st == GP_OK)
		st = gp_markdown_html(ctx, body, strlen(body), GP_MD_WEB, 3, NULL, NULL, &html, &html_n, err);
	return st == GP_OK ? gp_html_text(ctx, html, html_n, out, n, err) : st;
}

/* A page of the library, its text around the first of the words. */
static int
put_page(struct visit *v, json_t *array, const struct gp_practice *p, const struct gp_hits *hits)
{
	json_t *o = gp_json_push_object(array);
	int status = 200;
	struct gp_list *list = search_list(v, p->list, &status);
	struct gp_err err = {GP_OK, ""};
	struct gp_buf b;
	size_t at, n;
	char *text;
	void *mem;

	if (list == NULL)
		return status;
	mem = gp_ctx(NULL);
	if (text_of_page(v, mem, p, &text, &n, &err) != GP_OK) {
		talloc_free(mem);
		return visit_failed(&err);
	}
	put_practice(v, o, list, p);
	gp_json_text(o, "list_name", v->list == NULL ? gp_list_title(list) : NULL);
	gp_json_text(o, "list_url", v->list == NULL ? home_path(v, list) : NULL);
	gp_buf_init(&b, mem, 64 << 10);
	mark_terms(&b, mem, hits, hidden(mem, p->title));
	gp_json_text(o, "title_html", b.p);
	at = first_term(mem, hits, text, n, &at) ? at : 0;
	gp_buf_reset(&b);
	mark_terms(&b, mem, hits, around(mem, text, n, at));
	gp_json_text(o, "excerpt_html", b.p);
	talloc_free(mem);
	return 200;
}

static int
put_pages(struct visit *v, const struct gp_hits *hits)
{
	json_t *array = gp_json_new_array(v->doc, "practices");
	int status = 200;
	size_t i;

	for (i = 0; i < hits->pages_n && status == 200; i++)
		status = put_page(v, array, hits->pages[i], hits);
	gp_json_bool(v->doc, "has_practices", hits->pages_n > 0);
	return status;
}

static void
put_note(json_t *o, const char *note)
{
	static const char *const notes[][2] = {{"open-quote", "open_quote"},
	    {"unknown-prefix", "unknown_prefix"}, {"no-word", "no_word"}, {"too-long", "too_long"}};
	size_t i;

	for (i = 0; i < GP_COUNT(notes); i++)
		gp_json_bool(o, notes[i][1], note != NULL && strcmp(note, notes[i][0]) == 0);
}

/* A facet: what to add to the query, and how many that leaves; not what is asked for already. */
static void
put_facet(struct visit *v, json_t *array, const char *path, const char *q, const char *more,
    const char *name, int64_t n)
{
	json_t *o;

	if (n == 0 || strstr(q, more) != NULL)
		return;
	o = gp_json_push_object(array);
	gp_json_text(o, "name", name);
	gp_json_int(o, "count", n);
	gp_json_text(o, "url", gp_asprintf(v->ctx, "%s?q=%s", path,
	    url_value(v->ctx, gp_asprintf(v->ctx, "%s %s", q, more))));
}

static void
put_facets(struct visit *v, const char *path, const char *q, const struct gp_hits *hits)
{
	const struct gp_facets *f = hits->facets;
	json_t *o = gp_json_new_object(v->doc, "facets"), *array;
	bool any = f != NULL && hits->total > 1;
	size_t i;

	array = gp_json_new_array(o, "authors");
	for (i = 0; any && i < f->authors_n; i++)
		if (strchr(f->authors[i].name, '"') == NULL && f->authors_n > 1)
			put_facet(v, array, path, q, gp_asprintf(v->ctx, "from:\"%s\"", f->authors[i].name),
			    hidden(v->ctx, f->authors[i].name), f->authors[i].n);
	array = gp_json_new_array(o, "lists");
	for (i = 0; any && v->list == NULL && f->lists_n > 1 && i < f->lists_n; i++)
		put_facet(v, array, path, q, gp_asprintf(v->ctx, "list:%s", f->lists[i].name), f->lists[i].name,
		    f->lists[i].n);
	gp_json_bool(o, "has_lists", json_array_size(array) > 0);
	array = gp_json_new_array(o, "years");
	for (i = 0; any && f->years_n > 1 && i < f->years_n; i++)
		put_facet(v, array, path, q, gp_asprintf(v->ctx, "on:%s", f->years[i].name),
		    f->years[i].name, f->years[i].n);
	put_facet(v, gp_json_new_array(o, "files"), path, q, "has:attachment", "", any ? f->files : 0);
	put_facet(v, gp_json_new_array(o, "solved"), path, q, "is:solved", "", any ? f->solved : 0);
	gp_json_bool(o, "any", any && (f->authors_n > 1 || (v->list == NULL && f->lists_n > 1) || f->years_n > 1 || f->files > 0 || f->solved > 0));
	gp_json_bool(o, "has_kinds", any && (f->files > 0 || f->solved > 0));
	gp_json_bool(o, "has_years", any && f->years_n > 1);
	gp_json_bool(o, "has_authors", any && f->authors_n > 1);
}

/* Nothing was found: what may have been meant. */
static int
put_suggestion(struct visit *v, const char *path, const struct gp_search *query)
{
	json_t *o = json_object_get(v->doc, "search");
	struct gp_err err = {GP_OK, ""};
	char *better;

	if (gp_search_suggest(v->ctx, v->s, query, &better, &err) != GP_OK)
		return visit_failed(&err);
	if (better == NULL)
		return 200;
	o = gp_json_new_object(o, "suggestion");
	gp_json_text(o, "query", better);
	gp_json_text(o, "url", gp_asprintf(v->ctx, "%s?q=%s", path, url_value(v->ctx, better)));
	return 200;
}

/* The place behind the last hit of the page before. */
static size_t
start_of(const struct visit *v, const struct gp_hits *hits)
{
	const char *after = gp_request_arg(v->r, "after");
	size_t i;

	if (after == NULL)
		return 0;
	for (i = 0; i < hits->n; i++)
		if (strcmp(hits->v[i]->key, after) == 0)
			return i + 1;
	return 0;
}

static void
put_search(struct visit *v, const char *path, const char *q, const struct gp_hits *hits)
{
	json_t *o = gp_json_new_object(v->doc, "search");

	gp_json_text(o, "query", q);
	gp_json_text(o, "query_url", url_value(v->ctx, q));
	gp_json_text(o, "feed_url", *q == '\0' ? NULL :
	    gp_asprintf(v->ctx, "%s.atom?q=%s", path, url_value(v->ctx, q)));
	gp_json_text(o, "mbox_url", v->list == NULL || hits->total == 0 ? NULL :
	    list_path(v, v->list, "search.mbox.gz?q=%s", url_value(v->ctx, q)));
	gp_json_bool(o, "asked", *q != '\0');
	gp_json_int(o, "total", hits->total);
	gp_json_bool(o, "one_hit", hits->total == 1);
	gp_json_bool(o, "more", hits->more);
	put_note(o, hits->note);
}

int
search_build(struct visit *v)
{
	const char *q = gp_request_arg(v->r, "q");
	struct gp_search query = {0};
	struct gp_err err = {GP_OK, ""};
	struct gp_hits hits = {0};
	json_t *array;
	size_t i, from, to;
	char *path, *read;
	int status = search_begin(v, &query, &path);

	if (status != 200)
		return status;
	q = q != NULL ? q : "";
	query.query = gp_when_query(v->ctx, v->w->site->words, q, v->now, &read);
	/* With a page to continue from, the hits before it are counted over. */
	query.limit = gp_request_arg(v->r, "after") != NULL ? HITS_MOST : GP_WEB_HITS_PER_PAGE + 1;
	query.facets = true;
	query.pages = gp_request_arg(v->r, "after") != NULL ? 0 : PAGES;
	if (*q != '\0' && gp_search_run(v->ctx, v->s, &query, &hits, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, NULL, path);
	gp_json_bool(v->doc_page, "is_search", true);
	gp_json_bool(v->doc, "as_reader", v->list == NULL && v->reader != 0);
	gp_json_bool(v->doc_page, "noindex", true);
	gp_json_text(v->doc_page, "json_url", gp_asprintf(v->ctx, "%s.json?q=%s", path,
	    url_value(v->ctx, q)));
	put_search(v, path, q, &hits);
	gp_json_text(json_object_get(v->doc, "search"), "read_date", read);
	put_facets(v, path, q, &hits);
	status = put_pages(v, &hits);
	if (*q != '\0' && hits.total == 0 && hits.pages_n == 0 && status == 200)
		status = put_suggestion(v, path, &query);
	array = gp_json_new_array(v->doc, "hits");
	from = start_of(v, &hits);
	to = hits.n - from > GP_WEB_HITS_PER_PAGE ? from + GP_WEB_HITS_PER_PAGE : hits.n;
	for (i = from; i < to && status == 200; i++)
		status = put_hit(v, array, hits.v[i], &hits);
	json_object_set_new(v->doc, "next_url", json_null());
	if (to < hits.n)
		gp_json_text(v->doc, "next_url", gp_asprintf(v->ctx, "%s?q=%s&after=%s", path,
		    url_value(v->ctx, q), hits.v[to - 1]->key));
	return status;
}
