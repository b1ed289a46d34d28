/* SPDX-License-Identifier: ISC */
/*
 * The table of pages (design section 9), and which of them a path means.
 *
 * In a pattern: %l a list's name, %y %m %d a date, %k a key, %t a token, %s the rest of the
 * path without a slash, %i a Message-ID (anything with an @, slashes too). A path whose last
 * slash is missing or too much is answered with a redirect. "PATH.json" is the document of
 * PATH or PATH/, "/index.json" that of the site.
 */
#include "config.h"

#include "private.h"

#include <string.h>

#define CACHE_MESSAGE "public, max-age=300"
#define CACHE_FILE "public, max-age=31536000, immutable"
#define CACHE_NEVER "no-store"
#define XML "application/xml; charset=utf-8"
#define OPENSEARCH "application/opensearchdescription+xml; charset=utf-8"
#define ATOM "application/atom+xml; charset=utf-8"

/* The first that fits is taken: fixed words stand before what is open. */
static const struct page pages[] = {
	{"/", index_find, index_build, "web/index.html", NULL, NULL, PAGE_JSON | PAGE_TODAY | PAGE_READER},
	{"/robots.txt", robots_find, robots_build, NULL, NULL, NULL, 0},
	{"/sitemap.xml", site_map_find, site_map_build, "web/sitemap.xml", XML, NULL, 0},
	{"/opensearch.xml", opensearch_find, opensearch_build, "web/opensearch.xml", OPENSEARCH, NULL, 0},
	{"/search.atom", site_search_find, search_feed_build, "web/feed.atom", ATOM, NULL, PAGE_READER},
	{"/search", site_search_find, search_build, "web/search.html", NULL, NULL,
	    PAGE_JSON | PAGE_TODAY | PAGE_READER},
	{"/static/%s", static_find, static_build, NULL, NULL, CACHE_FILE, 0},
	{"/mid/%i", mid_find, NULL, NULL, NULL, NULL, PAGE_FRESH},
	{"/u/%t", leave_find, leave_build, "web/leave.html", NULL, CACHE_NEVER,
	    PAGE_POST | PAGE_FRESH},
	{"/log-out", log_out_find, log_out_build, "web/log-out.html", NULL, CACHE_NEVER,
	    PAGE_POST | PAGE_FRESH},
	{"/%l/log-in", log_in_find, log_in_build, "web/log-in.html", NULL, CACHE_NEVER,
	    PAGE_POST | PAGE_FRESH},
	{"/%l/", home_find, home_build, "web/home.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/about", about_find, about_build, "web/about.html", NULL, NULL, PAGE_LIST | PAGE_JSON},
	{"/%l/feed.atom", feed_find, feed_build, "web/feed.atom", ATOM, NULL, PAGE_LIST},
	{"/%l/threads.atom", feed_find, threads_feed_build, "web/feed.atom", ATOM, NULL, PAGE_LIST},
	{"/%l/search", search_find, search_build, "web/search.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/health", health_find, health_build, "web/health.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/library/", library_find, library_build, "web/library.html", NULL, NULL, PAGE_LIST | PAGE_JSON},
	{"/%l/library/%s", practice_find, practice_build, "web/practice.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON},
	{"/%l/questions", questions_find, questions_build, "web/questions.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/questions.atom", questions_find, questions_feed_build, "web/feed.atom", ATOM, NULL,
	    PAGE_LIST | PAGE_TODAY},
	{"/%l/files", files_find, files_build, "web/files.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/people/", people_find, people_build, "web/people.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/people/%k.atom", person_find, person_feed_build, "web/feed.atom", ATOM, NULL, PAGE_LIST},
	{"/%l/people/%k", person_find, person_build, "web/person.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/opensearch.xml", opensearch_find, opensearch_build, "web/opensearch.xml", OPENSEARCH,
	    NULL, PAGE_LIST},
	{"/%l/%y/sitemap.xml", list_map_find, list_map_build, "web/list-sitemap.xml", XML, NULL,
	    PAGE_LIST},
	{"/%l/%y-%m.mbox.gz", month_file_find, month_gz_build, NULL, "application/gzip", NULL, PAGE_LIST},
	{"/%l/search.mbox.gz", search_find, search_gz_build, NULL, "application/gzip", NULL, PAGE_LIST},
	{"/%l/search.atom", search_find, search_feed_build, "web/feed.atom", ATOM, NULL, PAGE_LIST},
	{"/%l/%y/", year_find, year_build, "web/year.html", NULL, NULL, PAGE_LIST | PAGE_JSON},
	{"/%l/%y/%m/", month_find, month_build, "web/month.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON},
	{"/%l/%y/%m/%d", day_find, day_build, "web/day.html", NULL, NULL, PAGE_LIST | PAGE_JSON},
	{"/%l/d/", digest_find, digests_build, "web/digests.html", NULL, NULL, PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/d/feed.atom", digest_find, digests_feed_build, "web/feed.atom", ATOM, NULL, PAGE_LIST | PAGE_TODAY},
	{"/%l/d/%y-%m-%d", digest_find, digest_day_build, "web/digest.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/d/%y-%m-%d/week", digest_find, digest_week_build, "web/digest.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/d/%y-%m", digest_find, digest_month_build, "web/digest.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON | PAGE_TODAY},
	{"/%l/t/%k.mbox", thread_file_find, thread_mbox_build, NULL, "application/mbox",
	    CACHE_MESSAGE, PAGE_LIST},
	{"/%l/t/%k.mbox.gz", thread_file_find, thread_gz_build, NULL, "application/gzip",
	    CACHE_MESSAGE, PAGE_LIST},
	{"/%l/t/%k.atom", thread_file_find, thread_feed_build, "web/feed.atom", ATOM, NULL,
	    PAGE_LIST},
	{"/%l/t/%k", thread_find, thread_build, "web/thread.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON},
	{"/%l/t/%k/%s", thread_find, thread_build, "web/thread.html", NULL, NULL,
	    PAGE_LIST | PAGE_JSON},
	{"/%l/m/%k", message_page_find, message_build, "web/message.html", NULL, CACHE_MESSAGE,
	    PAGE_LIST | PAGE_JSON},
	{"/%l/m/%k.eml", raw_find, raw_build, NULL, "message/rfc822", CACHE_MESSAGE, PAGE_LIST},
	{"/%l/m/%k/%s", part_find, part_build, NULL, NULL, CACHE_MESSAGE, PAGE_LIST},
	{"/%l/%i/raw", list_mid_raw_find, NULL, NULL, NULL, NULL, PAGE_LIST | PAGE_FRESH},
	{"/%l/%i/t.mbox.gz", list_mid_mbox_find, NULL, NULL, NULL, NULL, PAGE_LIST | PAGE_FRESH},
	{"/%l/%i/", list_mid_find, NULL, NULL, NULL, NULL, PAGE_LIST | PAGE_FRESH},
};

/* Exactly `digits` digits as a number within bounds. */
static bool
number(const char **p, size_t digits, int min, int max, int *out)
{
	size_t i;

	*out = 0;
	if (strspn(*p, "0123456789") != digits)
		return false;
	for (i = 0; i < digits; i++)
		*out = *out * 10 + (*(*p)++ - '0');
	return *out >= min && *out <= max;
}

/* One piece of the path that a sign of the pattern stands for; tail: the pattern behind it. */
static bool
piece(struct visit *v, char sign, const char *tail, const char **p)
{
	static const char key[] = "abcdefghijklmnopqrstuvwxyz234567";
	size_t n = 0, t = strlen(tail), left = strlen(*p);
	char **out = NULL;

	switch (sign) {
	case 'y':
		return number(p, 4, 1970, 9999, &v->year);
	case 'm':
		return number(p, 2, 1, 12, &v->month);
	case 'd':
		return number(p, 2, 1, 31, &v->day);
	case 'l':
		n = strcspn(*p, "/");
		out = &v->list_name;
		break;
	case 'k':
		n = strspn(*p, key);
		n = n >= 12 && n <= 52 ? n : 0;
		out = &v->key;
		break;
	case 't':
		n = strspn(*p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
		n = n >= 8 && n <= 128 ? n : 0;
		out = &v->token;
		break;
	case 's':
		n = strchr(*p, '/') == NULL ? left : 0;
		out = &v->rest;
		break;
	case 'i':
		n = left > t && strcmp(*p + left - t, tail) == 0 ? left - t : 0;
		if (memchr(*p, '@', n) == NULL || n > GP_MAX_MSGID)
			n = 0;
		out = &v->rest;
		break;
	}
	if (n > 0)
		*out = gp_strndup(v->ctx, *p, n);
	*p += n;
	return n > 0;
}

static bool
fits(struct visit *v, const char *pattern, const char *path)
{
	const char *p = path;

	v->list_name = v->key = v->rest = v->token = NULL;
	v->year = v->month = v->day = 0;
	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '%') {
			if (*p++ != *pattern)
				return false;
			continue;
		}
		pattern++;
		if (!piece(v, *pattern, pattern + 1, &p))
			return false;
	}
	return *p == '\0';
}

static const struct page *
lookup(struct visit *v, const char *path, unsigned flags)
{
	size_t i;

	for (i = 0; i < GP_COUNT(pages); i++)
		if ((pages[i].flags & flags) == flags && fits(v, pages[i].pattern, path))
			return &pages[i];
	return NULL;
}

/* The document of a page: its path with .json behind it, in place of a last slash. */
static const struct page *
lookup_json(struct visit *v, const char *path)
{
	const struct page *page;
	char *bare;

	if (!gp_ends(path, ".json"))
		return NULL;
	bare = gp_strndup(v->ctx, path, strlen(path) - strlen(".json"));
	if (*bare == '\0' || gp_ends(bare, "/"))
		return NULL;
	if (strcmp(bare, "/index") == 0)
		bare = gp_strdup(v->ctx, "/");
	page = lookup(v, bare, PAGE_JSON);
	if (page == NULL)
		page = lookup(v, gp_asprintf(v->ctx, "%s/", bare), PAGE_JSON);
	return page;
}

const struct page *
route_find(struct visit *v, const char *path, char **moved)
{
	size_t n = strlen(path);
	const struct page *page;
	char *other;

	*moved = NULL;
	page = lookup_json(v, path);
	v->json = page != NULL;
	other = n > 1 && path[n - 1] == '/' ? gp_strndup(v->ctx, path, n - 1) :
	    gp_asprintf(v->ctx, "%s/", path);
	/* "/bees.json/" is no list of that name. */
	if (page == NULL && !(gp_ends(path, ".json/") && lookup_json(v, other) != NULL))
		page = lookup(v, path, 0);
	if (page != NULL)
		return page;
	if (lookup_json(v, other) != NULL || lookup(v, other, 0) != NULL)
		*moved = other;
	return NULL;
}
