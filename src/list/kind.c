/* SPDX-License-Identifier: ISC */
/*
 * What a thread is: its author says so ("#story" in the subject, "Question: ..."), or it reads
 * like a question. Only a post that begins a thread says what that is.
 */
#include "config.h"

#include "words.h"

#include <string.h>

enum { MAX_KINDS = 30, MAX_TAGS = 20, LONGEST = 64 };

struct gp_kind *
gp_kinds(const void *ctx, const struct gp_list *list, size_t *n)
{
	struct gp_kind *v = gp_array(ctx, struct gp_kind, MAX_KINDS);
	const char *p = list->set.kinds;
	struct gp_str line;

	*n = 0;
	while (*n < MAX_KINDS && gp_str_next_line(&p, &line)) {
		const char *colon = memchr(line.p, ':', line.n);
		size_t len = colon != NULL ? (size_t)(colon - line.p) : line.n;
		struct gp_str name = gp_str_trim((struct gp_str){line.p, len}), rest;

		rest = gp_str_trim((struct gp_str){line.p + len + (colon != NULL), line.n - len - (colon != NULL)});
		if (name.n == 0 || name.n > GP_MARK_LONGEST)
			continue;
		v[*n].name = gp_utf8_fold(v, name.p, name.n);
		v[(*n)++].meaning = gp_strndup(v, rest.p, rest.n);
	}
	return v;
}

/* Does the list have what a word names? */
static bool
is_on(const struct gp_list *list, const char *name)
{
	if (strcmp(name, "decide") == 0)
		return list->set.decisions != GP_FEATURE_OFF;
	return strcmp(name, "circle") != 0 || list->set.circles != GP_FEATURE_OFF;
}

const char *
gp_kind_find(const void *ctx, const struct gp_site *site, const struct gp_list *list, const char *name)
{
	const struct gp_word *word;
	struct gp_kind *v;
	size_t i, n, used;
	char *folded = gp_utf8_fold(ctx, name, strlen(name));

	word = gp_words_find(site->words, GP_WORD_KIND, name, &used);
	if (word != NULL && name[used] == '\0')
		return is_on(list, word->name) ? word->name : NULL;
	v = gp_kinds(ctx, list, &n);
	for (i = 0; i < n; i++)
		if (strcmp(v[i].name, folded) == 0)
			return v[i].name;
	return NULL;
}

/* Letters, digits and what stands for them in other scripts; "-" and "_" within. */
static size_t
tag_length(const char *p)
{
	size_t n = 0;

	while (((unsigned char)p[n] >= 0x80 || (p[n] >= '0' && p[n] <= '9') || (p[n] >= 'A' && p[n] <= 'Z') ||
	    (p[n] >= 'a' && p[n] <= 'z') || p[n] == '-' || p[n] == '_') && n < LONGEST)
		n++;
	return n;
}

/* The words with "#" of a text; a number is none ("#12"). */
static size_t
add_tags(const void *ctx, const char *text, char **v, size_t n)
{
	const char *p = text, *hash;
	size_t len;

	while (n < MAX_TAGS && (hash = strchr(p, '#')) != NULL) {
		len = tag_length(hash + 1);
		p = hash + 1 + len;
		if (len > 0 && strspn(hash + 1, "0123456789") < len &&
		    (hash == text || strchr(" \t([,;", hash[-1]) != NULL))
			v[n++] = gp_utf8_fold(ctx, hash + 1, len);
	}
	return n;
}

/* Is it nothing but words with "#"? */
static bool
is_tag_line(const char *line)
{
	while (*line == '#' && tag_length(line + 1) > 0) {
		line += 1 + tag_length(line + 1);
		line += strspn(line, " \t,;");
	}
	return *line == '\0';
}

/* Tags of the subject, and of the first and the last line of the text where these hold nothing else. */
static char **
all_tags(const void *ctx, const struct gp_mail *mail, size_t *n)
{
	char **v = gp_array(ctx, char *, MAX_TAGS), *text, *first = NULL, *last = NULL;
	const char *p;
	struct gp_str line;

	*n = add_tags(v, mail->subject, v, 0);
	text = gp_strndup(v, mail->own != NULL ? mail->own : "", mail->own_n);
	for (p = text; gp_str_next_line(&p, &line);) {
		line = gp_str_trim(line);
		if (line.n == 0)
			continue;
		last = gp_strndup(v, line.p, line.n);
		first = first != NULL ? first : last;
	}
	if (first != NULL && is_tag_line(first))
		*n = add_tags(v, first, v, *n);
	if (last != NULL && last != first && is_tag_line(last))
		*n = add_tags(v, last, v, *n);
	return v;
}

const char *
gp_kind_said(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *mail)
{
	char *title = gp_subject_title(ctx, mail->subject, list->set.tag);
	const char *kind, *colon = strchr(title, ':');
	size_t i, n;
	char **tags = all_tags(ctx, mail, &n);

	for (i = 0; i < n; i++)
		if ((kind = gp_kind_find(ctx, site, list, tags[i])) != NULL)
			return kind;
	if (colon == NULL || colon - title > LONGEST)
		return NULL;
	n = (size_t)(colon - title);
	while (n > 0 && title[n - 1] == ' ')
		n--;
	return gp_kind_find(ctx, site, list, gp_strndup(ctx, title, n));
}

/* The length of the word with "#" that a text of n bytes ends with, behind a blank; 0: none. */
static size_t
last_tag(const char *p, size_t n)
{
	size_t at = n;

	while (at > 0 && p[at - 1] != ' ' && p[at - 1] != '#')
		at--;
	return at > 1 && at < n && p[at - 1] == '#' && p[at - 2] == ' ' && tag_length(p + at) == n - at ? n - at + 1 : 0;
}

/* "#question", for a kind that the list has; "#members". */
static bool
is_kind_tag(const void *ctx, const struct gp_site *site, const struct gp_list *list, const char *p, size_t n)
{
	char *tag = gp_strndup(ctx, p + 1, n - 1);
	struct gp_veil veil;

	return gp_veil_word(site, tag, &veil) || gp_kind_find(ctx, site, list, tag) != NULL;
}

/* "[members only]" at an end. */
static struct gp_str
without_brackets(const void *ctx, const struct gp_site *site, struct gp_str t)
{
	struct gp_veil veil;
	const char *p;

	p = t.n > 0 && t.p[t.n - 1] == ']' ? memrchr(t.p, '[', t.n) : NULL;
	if (p != NULL && p > t.p && gp_veil_word(site, gp_strndup(ctx, p + 1, t.n - (size_t)(p - t.p) - 2), &veil))
		t = gp_str_trim((struct gp_str){t.p, (size_t)(p - t.p)});
	p = t.n > 0 && *t.p == '[' ? memchr(t.p, ']', t.n) : NULL;
	if (p != NULL && p + 1 < t.p + t.n && gp_veil_word(site, gp_strndup(ctx, t.p + 1, (size_t)(p - t.p) - 1), &veil))
		t = gp_str_trim((struct gp_str){p + 1, t.n - (size_t)(p - t.p) - 1});
	return t;
}

char *
gp_kind_title(const void *ctx, const struct gp_site *site, const struct gp_list *list, const char *title)
{
	struct gp_buf b;
	struct gp_str t;
	size_t n, ends;

	title = gp_note_without(ctx, site->words, title);
	t = gp_str_trim((struct gp_str){title, strlen(title)});
	t = without_brackets(ctx, site, t);
	while (t.n > 0 && *t.p == '#' && (n = tag_length(t.p + 1) + 1) > 1 && n < t.n && t.p[n] == ' ' &&
	    is_kind_tag(ctx, site, list, t.p, n))
		t = gp_str_trim((struct gp_str){t.p + n, t.n - n});
	for (ends = t.n; (n = last_tag(t.p, ends)) > 0;)
		for (ends -= n; t.p[ends - 1] == ' ';)
			ends--;
	if (ends == t.n || memchr(t.p, '#', t.n) == NULL)
		return gp_strndup(ctx, t.p, t.n);
	gp_buf_init(&b, ctx, t.n + 1);
	gp_buf_add(&b, t.p, ends);
	while (ends < t.n) {
		ends += strspn(t.p + ends, " ");
		n = tag_length(t.p + ends + 1) + 1;
		if (!is_kind_tag(ctx, site, list, t.p + ends, n))
			gp_buf_printf(&b, " %.*s", (int)n, t.p + ends);
		ends += n;
	}
	return b.p;
}

char **
gp_kind_topics(const void *ctx, const struct gp_mail *mail, size_t max, size_t *n)
{
	char **v = all_tags(ctx, mail, n);

	if (*n > max)
		*n = max;
	return v;
}

/* What to call it, or NULL. */
static const char *
decide(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail,
    const struct gp_member *author, enum gp_mark_by *by)
{
	bool moderator = author != NULL && author->role >= GP_ROLE_MODERATOR;
	const char *kind = gp_kind_said(ctx, site, list, mail);
	struct gp_sign signs[GP_SIGNS];
	size_t n;

	*by = GP_MARK_AUTHOR;
	if (kind != NULL && (strcmp(kind, "decide") == 0 || strcmp(kind, "circle") == 0))
		return author != NULL && gp_kind_may_begin(list, kind, moderator) ? kind : NULL;
	if (kind != NULL && strcmp(kind, "question") != 0)
		return kind;
	if (list->set.answers == GP_FEATURE_OFF || (list->set.answers == GP_FEATURE_MODERATORS && !moderator))
		return NULL;
	if (kind != NULL)
		return kind;
	*by = GP_MARK_RULE;
	/* What the list itself says may ask, too, and waits for no answer. */
	return list->set.answers == GP_FEATURE_ON && (mail->flags & GP_MAIL_AUTO) == 0 &&
	    gp_question_signs(ctx, site, mail, signs, &n) >= GP_QUESTION_POINTS ? "question" : NULL;
}

enum gp_status
gp_kind_mark(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail,
    const struct gp_member *author, const struct gp_archived *a, struct gp_err *err)
{
	enum gp_mark_by by;
	const char *kind;
	bool begins;
	enum gp_status st;

	if (a->duplicate)
		return GP_OK;
	st = gp_thread_is_begun(site->store, a->id, &begins, err);
	if (st != GP_OK || !begins)
		return st;
	kind = decide(ctx, site, list, mail, author, &by);
	if (author != NULL && kind == NULL)
		return gp_kind_not_begun(ctx, site, list, mail, author, err);
	/* What is in no archive is listed nowhere by its kind; but what is asked of all is counted. */
	if (kind == NULL || (a->hidden && strcmp(kind, "decide") != 0))
		return GP_OK;
	st = gp_thread_mark(site->store, a->thread, kind, 0, by, err);
	if (st == GP_OK && strcmp(kind, "decide") == 0)
		st = gp_decide_begin(ctx, site, list, mail, author, a->id, err);
	if (st == GP_OK && strcmp(kind, "circle") == 0)
		st = gp_circle_begin(ctx, site, list, mail, author, a->id, err);
	return st;
}
