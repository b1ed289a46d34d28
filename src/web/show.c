/* SPDX-License-Identifier: ISC */
/*
 * Pieces that the documents of pages are made of: lists, threads, messages, dates and paths.
 * Everything from a message goes through hidden(): one line, addresses of people cut.
 */
#include "config.h"

#include "private.h"

#include <stdio.h>
#include <string.h>

enum { SLUG_MOST = 60, NAMES_MOST = 3 };

int
visit_failed(const struct gp_err *err)
{
	gp_log(GP_LOG_ERR, "event=page-failed what=\"%s\"", err->msg);
	return gp_status_is_temporary(err->code) ? 503 : 500;
}

void
visit_stamp(struct visit *v, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = gp_vasprintf(v->ctx, fmt, ap);
	va_end(ap);
	gp_buf_puts(&v->stamp, s);
	gp_buf_putc(&v->stamp, '\n');
}

/* ---- paths ------------------------------------------------------------------------------- */

char *
visit_path(const struct visit *v, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = gp_vasprintf(v->ctx, fmt, ap);
	va_end(ap);
	return gp_asprintf(v->ctx, "%s%s", v->w->base, s);
}

/* Feeds and maps travel: their links must be whole. */
char *
visit_whole(const struct visit *v, const char *path)
{
	size_t n = strlen(v->w->url);

	return n == 0 ? gp_strdup(v->ctx, path) : gp_asprintf(v->ctx, "%.*s%s",
	    (int)(n - strlen(v->w->base)), v->w->url, path);
}

char *
list_path(const struct visit *v, const struct gp_list *list, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = gp_vasprintf(v->ctx, fmt, ap);
	va_end(ap);
	return gp_asprintf(v->ctx, "%s/%s/%s", v->w->base, url_segment(v->ctx, list->name), s);
}

char *
home_path(const struct visit *v, const struct gp_list *list)
{
	return list_path(v, list, "%s", "");
}

/* A path that was decoded, as it is written; with the query that came. */
int
visit_moved(struct visit *v, const char *path)
{
	struct gp_buf b;
	const char *p, *end;

	gp_buf_init(&b, v->ctx, GP_WEB_PATH * 8);
	gp_buf_puts(&b, v->w->base);
	for (p = path; *p != '\0'; p = end) {
		end = p + 1 + strcspn(p + 1, "/");
		gp_buf_putc(&b, '/');
		gp_buf_puts(&b, url_segment(v->ctx, gp_strndup(v->ctx, p + 1, (size_t)(end - p) - 1)));
	}
	if (v->r->query != NULL)
		gp_buf_printf(&b, "?%s", v->r->query);
	v->out->location = b.p;
	return 301;
}

char *
thread_path(const struct visit *v, const struct gp_list *list, const struct gp_thread *t)
{
	char *slug = gp_slug(v->ctx, hidden(v->ctx, t->title), SLUG_MOST);

	return list_path(v, list, "t/%s%s%s", t->key, *slug != '\0' ? "/" : "", slug);
}

char *
message_path(const struct visit *v, const struct gp_list *list, const char *key)
{
	return list_path(v, list, "m/%s", key);
}

/* ---- words ---------------------------------------------------------------------------------- */

char *
hidden(const void *ctx, const char *s)
{
	return gp_text_hide_addrs(ctx, s, strlen(s));
}

char *
author_of(const void *ctx, const struct gp_message *m)
{
	return hidden(ctx, m->from_name[0] != '\0' ? m->from_name : m->from_addr);
}

/* The first letters of the first and the last word, and one of eight colours: the same person
 * looks the same everywhere. */
void
put_author(const struct visit *v, json_t *o, const struct gp_message *m)
{
	const char *name = m->unnamed ? gp_templates_word(v->w->templates, visit_language(v), "Somebody") :
	    author_of(v->ctx, m), *last = strrchr(name, ' ');
	const char *words[2] = {m->unnamed ? "" : name, last != NULL && last[1] != '\0' ? last + 1 : ""};
	uint32_t cp, h = 2166136261u;
	char initials[9] = "";
	size_t i, n, at = 0;

	for (i = 0; i < 2; i++) {
		n = gp_utf8_next(words[i], strlen(words[i]), &cp);
		if (n == 0 || (cp < 0x80 && !((cp | 32) >= 'a' && (cp | 32) <= 'z')))
			continue;
		memcpy(initials + at, words[i], n);
		if (cp >= 'a' && cp <= 'z')
			initials[at] = (char)(cp - 32);
		at += n;
		if (cp >= 0x2e80)
			break;	/* one such sign says enough */
	}
	for (i = 0; m->from_addr[i] != '\0'; i++)
		h = (h ^ (uint32_t)gp_ascii_lower((unsigned char)m->from_addr[i])) * 16777619u;
	gp_json_text(o, "author", name);
	gp_json_text(o, "initials", initials);
	gp_json_int(o, "colour", (h >> 16) % 8);
}

static const char *
zone_of(const struct visit *v)
{
	return v->list != NULL ? v->list->set.timezone : "UTC";
}

const char *
visit_language(const struct visit *v)
{
	const struct gp_list *list = v->list != NULL ? v->list : v->closed;

	return list != NULL ? list->set.language : v->w->site->conf->web_language;
}

/* A time (UTC) by a pattern in which only %b and %B name something; in the language of the page. The
 * catalogue has the pattern and the months ("%B05") in other languages. */
char *
visit_time(const struct visit *v, int64_t t, const char *pattern)
{
	const char *lang = visit_language(v), *p = gp_templates_word(v->w->templates, lang, pattern), *month;
	struct gp_civil c;
	struct gp_buf b;
	char key[8];

	gp_time_civil(t, NULL, &c);
	gp_buf_init(&b, v->ctx, 256);
	for (; *p != '\0'; p++) {
		if (*p != '%' || (p[1] != 'b' && p[1] != 'B')) {
			gp_buf_putc(&b, *p);
			continue;
		}
		snprintf(key, sizeof(key), "%%%c%02d", p[1], c.month);
		month = gp_templates_word(v->w->templates, lang, key);
		if (month != key)
			gp_buf_puts(&b, month);
		else
			gp_buf_printf(&b, "%%%c", p[1]);
		p++;
	}
	return gp_time_format(v->ctx, t, NULL, b.p);
}

/* The moment for programs and for people; `short` knows which year it is now. */
void
put_date(const struct visit *v, json_t *o, const char *name, int64_t t)
{
	json_t *d = gp_json_new_object(o, name);
	struct gp_civil c, today;
	char *clock, *day;
	char zone[8] = "UTC";

	gp_time_civil(t, zone_of(v), &c);
	t += c.offset;
	clock = visit_time(v, t, "%-d %b %Y, %H:%M");
	day = visit_time(v, t, "%-d %b");
	if (c.offset != 0) {
		int m = (c.offset < 0 ? -c.offset : c.offset) / 60;

		zone[0] = c.offset < 0 ? '-' : '+';
		zone[1] = (char)('0' + m / 600 % 10);
		zone[2] = (char)('0' + m / 60 % 10);
		zone[3] = ':';
		zone[4] = (char)('0' + m % 60 / 10);
		zone[5] = (char)('0' + m % 60 % 10);
		zone[6] = '\0';
	}
	gp_json_text(d, "iso", gp_time_iso(v->ctx, t - c.offset));
	gp_json_text(d, "text", gp_asprintf(v->ctx, "%s %s", clock, zone));
	gp_json_text(d, "day", day);
	gp_json_text(d, "clock", visit_time(v, t, "%H:%M"));
	gp_json_text(d, "date", visit_time(v, t, "%-d %b %Y"));
	if (v->page == NULL || !(v->page->flags & PAGE_TODAY))
		return;
	gp_time_civil(v->now, zone_of(v), &today);
	gp_json_text(d, "short", today.year == c.year ? day : visit_time(v, t, "%-d %b %Y"));
}

void
put_size(json_t *o, const char *name, int64_t bytes)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB"};
	char text[40], *p = text + sizeof(text) - 1;
	size_t unit = 0;
	int64_t tenths = bytes * 10;

	while (tenths >= 10 * 1024 && unit + 1 < GP_COUNT(units)) {
		tenths /= 1024;
		unit++;
	}
	/* A decimal place where it says something. */
	*p = '\0';
	p -= strlen(units[unit]);
	memcpy(p, units[unit], strlen(units[unit]));
	*--p = ' ';
	if (unit > 0 && tenths < 100) {
		*--p = (char)('0' + tenths % 10);
		*--p = '.';
	}
	tenths /= 10;
	do
		*--p = (char)('0' + tenths % 10);
	while ((tenths /= 10) > 0);
	gp_json_text(o, name, p);
}

bool
visit_news(const struct visit *v, int64_t *since)
{
	const char *arg = gp_request_arg(v->r, "since");

	*since = 0;
	return arg == NULL || (gp_time_parse(arg, since) && *since > 0);
}

/* ---- documents ------------------------------------------------------------------------------- */

void
stamp_list(struct visit *v, const struct gp_list *list)
{
	size_t i;

	visit_stamp(v, "list %lld %s", (long long)list->id, list->address);
	for (i = 0; i < gp_list_option_count; i++)
		visit_stamp(v, "%s=%s", gp_list_options[i].name,
		    gp_opt_get(v->ctx, &gp_list_options[i], &list->set));
}

void
put_list(const struct visit *v, json_t *o, const struct gp_list *list)
{
	gp_json_text(o, "name", list->name);
	gp_json_text(o, "title", gp_list_title(list));
	gp_json_text(o, "description", list->set.description);
	gp_json_text(o, "address", list->address);
	gp_json_text(o, "list_id", gp_asprintf(v->ctx, "%s.%s", list->name, list->domain));
	gp_json_text(o, "url", home_path(v, list));
	gp_json_text(o, "about_url", list_path(v, list, "about"));
	gp_json_text(o, "search_url", list_path(v, list, "search"));
	gp_json_bool(o, "has_people", list->set.people);
	gp_json_text(o, "people_url", list_path(v, list, "people/"));
	gp_json_text(o, "health_url", list->set.letter == GP_FEATURE_ON ? list_path(v, list, "health") : NULL);
	gp_json_bool(o, "has_library", list->set.library != GP_FEATURE_OFF);
	gp_json_text(o, "library_url", list_path(v, list, "library/"));
	gp_json_text(o, "files_url", list_path(v, list, "files"));
	gp_json_bool(o, "follows_questions", list->set.answers != GP_FEATURE_OFF);
	gp_json_text(o, "questions_url", list_path(v, list, "questions"));
	gp_json_text(o, "feed_url", list_path(v, list, "feed.atom"));
	gp_json_text(o, "digests_url", list_path(v, list, "d/"));
	gp_json_text(o, "threads_feed_url", list_path(v, list, "threads.atom"));
	gp_json_text(o, "subscribe_address", gp_route_address(v->ctx, v->w->site, list, "subscribe",
	    NULL));
	gp_json_text(o, "unsubscribe_address", gp_route_address(v->ctx, v->w->site, list,
	    "unsubscribe", NULL));
	gp_json_text(o, "request_address", gp_route_address(v->ctx, v->w->site, list, "request", NULL));
	gp_json_text(o, "takedown_address", gp_route_address(v->ctx, v->w->site, list, "takedown", NULL));
	gp_json_text(o, "owner_address", gp_route_address(v->ctx, v->w->site, list, "owner", NULL));
	gp_json_text(o, "help_address", gp_route_address(v->ctx, v->w->site, list, "help", NULL));
	gp_json_text(o, "opensearch_url", v->w->url[0] == '\0' ? NULL : list_path(v, list, "opensearch.xml"));
	gp_json_text(o, "language", list->set.language);
	gp_json_bool(o, "closed", list->set.closed);
	gp_json_bool(o, "unlisted", list->set.robots == GP_ROBOTS_NOINDEX);
}

/* path: of this page, for links to itself; with the base. NULL: an error. */
void
doc_start(struct visit *v, const char *title, const char *path)
{
	json_t *site;
	size_t n = path != NULL ? strlen(path) : 0;

	v->doc = gp_json_object(v->ctx);
	site = gp_json_new_object(v->doc, "site");
	gp_json_text(site, "name", v->w->site->conf->web_name[0] != '\0' ? v->w->site->conf->web_name :
	    v->w->site->conf->domain);
	gp_json_text(site, "logo_url", v->w->logo_path);
	gp_json_text(site, "url", visit_path(v, "/"));
	gp_json_text(site, "search_url", visit_path(v, "/search"));
	gp_json_text(site, "opensearch_url", v->w->url[0] == '\0' ? NULL : visit_path(v, "/opensearch.xml"));
	gp_json_text(site, "log_out_url", v->reader != 0 && v->out->own ? visit_path(v, "/log-out") : NULL);
	if (v->list != NULL)
		put_list(v, gp_json_new_object(v->doc, "list"), v->list);
	v->doc_page = gp_json_new_object(v->doc, "page");
	gp_json_text(v->doc_page, "title", title);
	gp_json_text(v->doc_page, "css_url", v->w->css);
	gp_json_text(v->doc_page, "icon_url", v->w->icon);
	gp_json_text(v->doc_page, "language", visit_language(v));
	if (path == NULL)
		return;
	gp_json_text(v->doc_page, "url", path);
	gp_json_text(v->doc_page, "canonical", v->w->url[0] == '\0' ? NULL : visit_whole(v, path));
	if (v->page != NULL && (v->page->flags & PAGE_JSON))
		gp_json_text(v->doc_page, "json_url", gp_asprintf(v->ctx, "%.*s%s.json",
		    (int)(path[n - 1] == '/' ? n - 1 : n), path,
		    strcmp(path + strlen(v->w->base), "/") == 0 ? "/index" : ""));
}

char *
shown_title(const struct visit *v, const struct gp_list *list, const char *title)
{
	return hidden(v->ctx, strchr(title, '#') == NULL ? title : gp_kind_title(v->ctx, v->w->site, list, title));
}

void
put_thread(const struct visit *v, json_t *o, const struct gp_list *list, const struct gp_thread *t)
{
	json_t *names;
	/* What came before this reader did is not theirs: so not who began it, and how. */
	bool early = t->first < v->since;
	size_t i, n = early ? 0 : t->names_n < NAMES_MOST ? t->names_n : NAMES_MOST;

	gp_json_text(o, "key", t->key);
	gp_json_text(o, "url", thread_path(v, list, t));
	gp_json_text(o, "title", shown_title(v, list, t->title));
	gp_json_int(o, "messages", t->messages);
	gp_json_int(o, "replies", t->messages - 1);
	gp_json_bool(o, "one_reply", t->messages == 2);
	gp_json_bool(o, "no_reply", t->messages == 1);
	gp_json_int(o, "people", t->people);
	names = gp_json_new_array(o, "authors");
	for (i = 0; i < n; i++) {
		json_t *a = gp_json_push_object(names);

		gp_json_text(a, "name", hidden(v->ctx, t->names[i]));
		gp_json_bool(a, "comma", i > 0);
	}
	gp_json_int(o, "more_people", t->people > (int64_t)n && !t->veil.unnamed ? t->people - (int64_t)n : 0);
	gp_json_bool(o, "unnamed", t->veil.unnamed);
	gp_json_bool(o, "members_only", t->veil.visible != GP_VISIBLE_LIST);
	put_date(v, o, "first", t->first);
	put_date(v, o, "last", t->last);
	gp_json_text(o, "snippet", early ? "" : hidden(v->ctx, t->snippet));
	gp_json_bool(o, "solved", strcmp(t->mark, "solved") == 0);
	gp_json_bool(o, "question", strcmp(t->mark, "question") == 0);
	/* A kind that the list named. */
	gp_json_text(o, "kind", t->mark[0] != '\0' && strcmp(t->mark, "solved") != 0 &&
	    strcmp(t->mark, "question") != 0 ? t->mark : NULL);
}

void
put_content_note(const struct visit *v, json_t *o, const struct gp_message *m)
{
	/* Null, so that nothing around it is taken for it. */
	gp_json_text(o, "content_note", m->note[0] != '\0' ? hidden(v->ctx, m->note) : NULL);
}

void
put_message(const struct visit *v, json_t *o, const struct gp_list *list,
    const struct gp_message *m)
{
	gp_json_text(o, "key", m->key);
	gp_json_text(o, "url", message_path(v, list, m->key));
	gp_json_text(o, "title", shown_title(v, list, m->title));
	put_author(v, o, m);
	gp_json_bool(o, "unnamed", m->unnamed);
	put_date(v, o, "date", m->date);
	gp_json_text(o, "snippet", hidden(v->ctx, m->snippet));
	put_content_note(v, o, m);
	gp_json_bool(o, "first_post", m->first);
	gp_json_int(o, "files", m->attachments);
}

void
put_bars(json_t *o, const char *name, const int64_t *n, size_t count, int w, int h)
{
	json_t *bars = gp_json_new_array(o, name);
	int64_t most = 1;
	size_t i;

	for (i = 0; i < count; i++)
		if (n[i] > most)
			most = n[i];
	for (i = 0; i < count; i++) {
		json_t *b = gp_json_push_object(bars);
		/* What is not nothing is seen. */
		int64_t tall = n[i] > 0 ? 1 + n[i] * (h - 1) / most : 0;

		gp_json_int(b, "x", (int64_t)i * w);
		gp_json_int(b, "y", h - tall);
		gp_json_int(b, "height", tall);
		gp_json_int(b, "count", n[i]);
	}
}
