/* SPDX-License-Identifier: ISC */
/*
 * "Reply" used to begin something new: the header says that a message answers another, but its
 * subject is about something else, it says "was:" nowhere and quotes nothing. Such a message
 * begins a thread of its own, with a pointer to where it was started from. Doubt keeps it where
 * its header puts it; mail by machines, patches and what somebody adds to their own message stay.
 */
#include "config.h"

#include "private.h"

#include <stdlib.h>
#include <string.h>

enum {
	WORDS_MAX = 64,		/* of a subject */
	ALIKE = 20		/* percent that keep a thread together */
};

struct words {
	struct gp_str v[WORDS_MAX];
	size_t n, bytes;
};

/* A run of letters and digits; a character of Chinese or Japanese is a word by itself. */
static size_t
word_at(const char *p, size_t n)
{
	size_t len = 0, step;
	uint32_t cp;

	while (len < n) {
		unsigned char c = (unsigned char)p[len];

		if (c < 0x80 && !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z')))
			break;
		step = gp_utf8_next(p + len, n - len, &cp);
		if (step == 0)
			break;
		if (cp >= 0x2e80)
			return len > 0 ? len : step;
		len += step;
	}
	return len;
}

static void
words_of(const char *base, struct words *out)
{
	const char *p = base, *end = base + strlen(base);
	size_t n, i;

	out->n = out->bytes = 0;
	for (; p < end && out->n < WORDS_MAX; p += n > 0 ? n : 1) {
		n = word_at(p, (size_t)(end - p));
		for (i = 0; i < out->n && !(out->v[i].n == n && memcmp(out->v[i].p, p, n) == 0); i++)
			;
		if (n > 0 && i == out->n) {
			out->v[out->n++] = (struct gp_str){p, n};
			out->bytes += n;
		}
	}
}

int
gp_subjects_alike(const char *a, const char *b, const char *tag)
{
	void *tmp = gp_ctx(NULL);
	struct words x, y;
	size_t i, k, both = 0, least;	/* long words say more than "in" and "the" */

	words_of(gp_subject_base(tmp, a, tag, NULL, NULL), &x);
	words_of(gp_subject_base(tmp, b, tag, NULL, NULL), &y);
	for (i = 0; i < x.n; i++)
		for (k = 0; k < y.n; k++)
			if (x.v[i].n == y.v[k].n && memcmp(x.v[i].p, y.v[k].p, x.v[i].n) == 0)
				both += x.v[i].n;
	least = x.bytes < y.bytes ? x.bytes : y.bytes;
	talloc_free(tmp);
	return least == 0 ? 100 : (int)(both * 100 / least);
}

/* "Feeding (was: Swarms)", in the languages whose reply words are known. */
static bool
says_was(const char *subject)
{
	static const char *const words[] = {"was:", "was ", "war:", "war ", "était", "ex:", "antes:"};
	const char *p;
	size_t i;

	for (p = subject; *p != '\0'; p++)
		if (*p == '(' || *p == '[')
			for (i = 0; i < GP_COUNT(words); i++)
				if (gp_istarts(p + 1, words[i]))
					return true;
	for (p = subject; (p = strpbrk(p, "wW")) != NULL; p++)
		if (p > subject && gp_istarts(p, "was:") && (p[-1] == ' ' || p[-1] == '-'))
			return true;
	return false;
}

/* Could a message like this begin something new by a reply? */
static bool
may_begin(const struct gp_mail *m, const char *tag)
{
	const unsigned never = GP_MAIL_AUTO | GP_MAIL_BULK | GP_MAIL_REPORT | GP_MAIL_HAS_PATCH |
	    GP_MAIL_ENCRYPTED;
	bool reply, forward;

	talloc_free(gp_subject_base(NULL, m->subject, tag, &reply, &forward));
	return (m->flags & never) == 0 && m->own_n > 0 && m->quoted_n == 0 && !forward &&
	    strcasestr(m->subject, "patch") == NULL && strcasestr(m->subject, "[rfc") == NULL &&
	    gp_place_base(m->subject, tag, NULL) != 0 && !says_was(m->subject);
}

enum gp_status
gp_place_is_new(struct gp_store *s, const struct gp_list *list, const struct gp_mail *m,
    const struct gp_place *parent, bool *is_new, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status;
	char *subject;
	int64_t author;

	*is_new = false;
	if (parent->id <= 0 || parent->state != GP_NODE_PRESENT || !may_begin(m, list->set.tag))
		return GP_OK;
	status = gp_sql_open(s, &st, "SELECT subject, author FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(parent->id)), err);
	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status != GP_OK)
		return gp_sql_end(status);
	subject = gp_sql_text(NULL, st, 0);
	author = sqlite3_column_int64(st, 1);
	gp_sql_done(st);
	*is_new = author != gp_archive_author(m) && gp_place_base(subject, list->set.tag, NULL) != 0 &&
	    gp_subjects_alike(m->subject, subject, list->set.tag) < ALIKE;
	talloc_free(subject);
	return GP_OK;
}

/* Both pages say so, or cease to. */
enum gp_status
gp_place_set_origin(struct gp_store *s, int64_t id, int64_t origin, struct gp_err *err)
{
	int64_t before = 0;
	enum gp_status status = gp_sql_int(s, &before, "SELECT origin FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	if (status != GP_OK || before == origin)
		return gp_sql_end(status);
	status = gp_sql_run(s, "UPDATE node SET origin = ?2 WHERE id = ?1",
	    GP_ARGS(GP_INT(id), GP_INT(origin)), err);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET version = version + 1 WHERE id IN "
		    "(SELECT thread FROM node WHERE id IN (?1, ?2, ?3))",
		    GP_ARGS(GP_INT(id), GP_INT(origin), GP_INT(before)), err);
	return status;
}
