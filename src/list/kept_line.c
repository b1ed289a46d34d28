/* SPDX-License-Identifier: ISC */
/* A page of the library in one line: what whoever asked made of the answers, else what solved it, else its text,
 * else how its thread begins. */
#include "config.h"

#include "news.h"

#include <string.h>

enum { LINE = 160, SHORT = 12 };

/* Markdown's marks, and what is no sentence: headings, rules, empty lines. */
static const char *
first_words(const char *p)
{
	while (*p != '\0' && (*p == '#' || p[strspn(p, "-=*_ \t\r")] == '\n')) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return p + strspn(p, "*_`> \t\r\n");
}

/* The end of the first sentence of a line; "Dr. Who" has two of them, a few letters are none. */
static size_t
sentence(const char *s)
{
	size_t n;

	for (n = 0; s[n] != '\0'; n++)
		if (strchr(".!?", s[n]) != NULL && n >= SHORT && s[n + 1] == ' ')
			return n + 1;
	return n;
}

char *
news_sentence(const void *ctx, const char *text)
{
	const char *from = first_words(text), *end = strstr(from, "\n\n");
	char *line = gp_utf8_line(ctx, from, end != NULL ? (size_t)(end - from) : strlen(from), 8 * LINE), *to, *p;
	size_t n = sentence(line), at;

	for (p = to = line; p < line + n; p++)
		if (*p != '`' && (*p != '*' || (p[1] == ' ' && p > line && p[-1] == ' ')))
			*to++ = *p;
	*to = '\0';
	if (gp_utf8_count(line, strlen(line)) <= LINE)
		return line;
	/* Cut at a word. */
	p = gp_utf8_line(ctx, line, strlen(line), LINE);
	for (at = strlen(p); at > 0 && p[at - 1] != ' ';)
		at--;
	return at > LINE / 2 ? gp_asprintf(ctx, "%.*s …", (int)at - 1, p) : p;
}

enum gp_status
news_kept_line(const void *ctx, const struct gp_site *site, const struct gp_practice *p, char **line,
    struct gp_err *err)
{
	struct gp_list_text *summary;
	struct gp_message *head, *m;
	struct gp_thread *t;
	char *body = NULL;
	enum gp_status st = gp_thread_find(ctx, site->store, p->thread, &t, err);

	*line = gp_strdup(ctx, "");
	if (st == GP_OK)
		st = gp_message_find_key(ctx, site->store, p->list, t->key, &head, err);
	/* Under a content note no words are shown in passing. */
	if (st != GP_OK || head->note[0] != '\0')
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_summary_find(ctx, site->store, p->list, t->key, &summary, err);
	if (st == GP_OK)
		body = summary->body;
	if (st == GP_E_NOTFOUND && strcmp(t->mark, "solved") == 0 && t->mark_message != 0) {
		st = gp_message_find_id(ctx, site->store, t->mark_message, &m, err);
		if (st == GP_OK && m->state == 1)
			body = m->snippet;
	}
	if (body == NULL && (st == GP_OK || st == GP_E_NOTFOUND))
		st = gp_practice_body(ctx, site->store, p, &body, NULL, err);
	/* A page without a text is its thread: the story, or the question. */
	if (st == GP_OK && (body == NULL || *first_words(body) == '\0'))
		body = head->state == 1 ? head->snippet : NULL;
	if (st == GP_OK && body != NULL)
		*line = news_sentence(ctx, body);
	return st == GP_E_NOTFOUND ? GP_OK : st;
}
