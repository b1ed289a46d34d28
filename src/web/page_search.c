/* SPDX-License-Identifier: ISC */
/*
 * Search: a link with the query in it. Hits are messages; each is shown with the place of its
 * text where the first of the words stands, the words marked.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { HITS_MOST = 1000, EXCERPT = 220, EXCERPT_BEFORE = 70 };

int
search_find(struct visit *v)
{
	visit_stamp(v, "search %lld", (long long)v->list->version);
	return 200;
}

/* Is there a word of the terms at p? Its length; ASCII case is folded. */
static size_t
term_at(const struct gp_hits *hits, const char *p, size_t n)
{
	size_t i, k, best = 0;

	for (i = 0; i < hits->terms_n; i++) {
		const char *t = hits->terms[i];

		for (k = 0; t[k] != '\0' && k < n; k++)
			if (gp_ascii_lower((unsigned char)p[k]) != gp_ascii_lower((unsigned char)t[k]))
				break;
		if (t[k] == '\0' && k > best)
			best = k;
	}
	return best;
}

static bool
is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* The first place of any term, at the start of a word; n: there is none. */
static size_t
first_term(const struct gp_hits *hits, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((i == 0 || !is_word((unsigned char)p[i - 1])) && term_at(hits, p + i, n - i) > 0)
			return i;
	return n;
}

static void
mark_terms(struct gp_buf *b, const struct gp_hits *hits, const char *s)
{
	size_t n = strlen(s), i, from = 0, len;

	for (i = 0; i < n;) {
		len = i == 0 || !is_word((unsigned char)s[i - 1]) ? term_at(hits, s + i, n - i) : 0;
		if (len == 0) {
			i++;
			continue;
		}
		/* To the end of the word: stems and cases. */
		while (i + len < n && is_word((unsigned char)s[i + len]))
			len++;
		gp_escape_html(b, s + from, i - from);
		gp_buf_puts(b, "<mark>");
		gp_escape_html(b, s + i, len);
		gp_buf_puts(b, "</mark>");
		from = i += len;
	}
	gp_escape_html(b, s + from, n - from);
}

/* Words around the first term in what the author wrote; else the first words. */
static char *
excerpt_of(struct visit *v, const void *ctx, const struct gp_message *m, const struct gp_hits *hits)
{
	struct gp_mail mail;
	size_t at, from, to, own_n, quoted_n;
	char *own, *quoted;
	const char *blank;

	if (first_term(hits, m->snippet, strlen(m->snippet)) < strlen(m->snippet) ||
	    gp_message_mail(ctx, v->s, m->id, &mail, NULL, NULL, NULL) != GP_OK)
		return hidden(ctx, m->snippet);
	gp_text_split(ctx, mail.text, mail.text_n, mail.flags & GP_MAIL_FLOWED ? GP_TEXT_FLOWED : 0,
	    &own, &own_n, &quoted, &quoted_n);
	at = first_term(hits, own, own_n);
	if (at == own_n && quoted_n > 0 && first_term(hits, quoted, quoted_n) < quoted_n) {
		own = quoted;
		own_n = quoted_n;
		at = first_term(hits, own, own_n);
	}
	if (at == own_n)
		return hidden(ctx, m->snippet);
	from = at > EXCERPT_BEFORE ? at - EXCERPT_BEFORE : 0;
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

static int
put_hit(struct visit *v, json_t *array, const struct gp_message *m, const struct gp_hits *hits)
{
	json_t *o = gp_json_push_object(array);
	struct gp_list *list = v->list;
	struct gp_err err = {GP_OK, ""};
	void *mem = gp_ctx(NULL);
	struct gp_buf b;

	if (list == NULL && gp_list_find_id(v->ctx, v->s, m->list, &list, &err) != GP_OK) {
		talloc_free(mem);
		return visit_failed(&err);
	}
	put_message(v, o, list, m);
	gp_json_text(o, "url", list_path(v, list, "t/%s", m->key));
	gp_json_text(o, "message_url", message_path(v, list, m->key));
	gp_json_text(o, "list_name", v->list == NULL ? list_title(list) : NULL);
	gp_json_text(o, "list_url", v->list == NULL ? home_path(v, list) : NULL);
	gp_buf_init(&b, mem, 64 << 10);
	mark_terms(&b, hits, excerpt_of(v, mem, m, hits));
	gp_json_text(o, "excerpt_html", b.p);
	gp_buf_reset(&b);
	mark_terms(&b, hits, hidden(mem, m->title));
	gp_json_text(o, "title_html", b.p);
	talloc_free(mem);
	return 200;
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
put_search(struct visit *v, const char *q, const struct gp_hits *hits)
{
	json_t *o = gp_json_new_object(v->doc, "search");

	gp_json_text(o, "query", q);
	gp_json_text(o, "query_url", url_value(v->ctx, q));
	gp_json_text(o, "feed_url", v->list == NULL || *q == '\0' ? NULL :
	    list_path(v, v->list, "search.atom?q=%s", url_value(v->ctx, q)));
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
	struct gp_search query = {.query = q, .list = v->list != NULL ? v->list->id : 0,
	    .now = v->now, .since = v->since};
	struct gp_err err = {GP_OK, ""};
	struct gp_hits hits = {0};
	char *path = v->list != NULL ? list_path(v, v->list, "search") : visit_path(v, "/search");
	json_t *array;
	size_t i, from, to;
	int status = 200;

	q = q != NULL ? q : "";
	/* With a page to continue from, the hits before it are counted over. */
	query.limit = gp_request_arg(v->r, "after") != NULL ? HITS_MOST : GP_WEB_HITS_PER_PAGE + 1;
	if (*q != '\0' && gp_search_run(v->ctx, v->s, &query, &hits, &err) != GP_OK)
		return visit_failed(&err);
	doc_start(v, NULL, path);
	gp_json_bool(v->doc_page, "is_search", true);
	gp_json_bool(v->doc_page, "noindex", true);
	gp_json_text(v->doc_page, "json_url", gp_asprintf(v->ctx, "%s.json?q=%s", path,
	    url_value(v->ctx, q)));
	put_search(v, q, &hits);
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
