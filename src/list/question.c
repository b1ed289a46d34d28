/* SPDX-License-Identifier: ISC */
/*
 * Does a post that begins a thread read like a question? A sum of a few signs, so that it can be
 * said why: the words are those of templates/mail/LANG/words. Weights and words were chosen with
 * 300 real threads at hand, tests/data/questions; the test says how often they are right.
 */
#include "config.h"

#include "words.h"

#include <string.h>

enum {
	MUCH = 8000,		/* bytes of text that are looked at: what is asked stands there */
	SHORT = 700		/* code points: who writes so little and asks wants an answer */
};

struct reading {
	struct gp_sign *v;
	size_t n;
	int sum;
};

static void
sign(struct reading *r, const char *name, int points, const char *what)
{
	if (r->n < GP_SIGNS)
		r->v[r->n++] = (struct gp_sign){name, points, what};
	r->sum += points;
}

/* Folded, blanks and line ends single. */
static char *
flat(const void *ctx, const char *p, size_t n)
{
	char *s = gp_utf8_fold(ctx, p, gp_utf8_cut(p, n, MUCH)), *from = s, *to = s;

	for (; *from != '\0'; from++)
		if (strchr(" \t\r\n", *from) == NULL)
			*to++ = *from;
		else if (to > s && to[-1] != ' ')
			*to++ = ' ';
	if (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
	return s;
}

/* Question marks that end something said: not those within addresses of pages, code or "?!". */
static size_t
count_marks(const char *text)
{
	const char *p = text;
	size_t n = 0;

	while ((p = strchr(p, '?')) != NULL) {
		const char *end = p + strspn(p, "?!");
		bool behind_word = p > text && strchr("=/&(<[{+*.", p[p[-1] == ' ' && p > text + 1 ? -2 : -1]) == NULL;

		n += behind_word && (*end == '\0' || strchr(" )\"'", *end) != NULL);
		p = end;
	}
	/* Those of Chinese, Japanese and Arabic end whatever they stand behind. */
	for (p = text; (p = strstr(p, "\xef\xbc\x9f")) != NULL; p += 3)
		n++;
	for (p = text; (p = strstr(p, "\xd8\x9f")) != NULL; p += 2)
		n++;
	return n;
}

static bool
ends_with_mark(const char *s)
{
	size_t n = strlen(s);

	while (n > 0 && strchr(" !.)\"'", s[n - 1]) != NULL)
		n--;
	return (n > 0 && s[n - 1] == '?') || (n > 2 && memcmp(s + n - 3, "\xef\xbc\x9f", 3) == 0);
}

static void
read_subject(const void *ctx, const struct gp_site *site, const struct gp_mail *mail, struct reading *r)
{
	bool is_reply;
	char *base = gp_subject_base(ctx, mail->subject, NULL, &is_reply, NULL);
	char *subject = flat(ctx, mail->subject, strlen(mail->subject));
	const char *what = NULL;

	(void)base;
	if (is_reply)
		sign(r, "reply", -2, NULL);
	if (ends_with_mark(subject))
		sign(r, "subject-mark", 3, NULL);
	if (gp_words_count(site->words, GP_WORD_ASK, subject, 1, &what) > 0)
		sign(r, "subject-word", 2, what);
	if (gp_words_count(site->words, GP_WORD_TELL, subject, 1, &what) > 0)
		sign(r, "subject-tells", -3, what);
}

static void
read_text(const void *ctx, const struct gp_site *site, const struct gp_mail *mail, struct reading *r)
{
	const char *own = mail->own != NULL ? mail->own : "", *what = NULL;
	char *text = flat(ctx, own, mail->own_n);
	size_t marks = count_marks(text), asks = gp_words_count(site->words, GP_WORD_ASK, text, 2, &what);

	if (marks > 0)
		sign(r, "mark", 2, NULL);
	if (marks > 1)
		sign(r, "marks", 1, NULL);
	if (asks > 0)
		sign(r, "word", 1 + (int)asks, what);
	if ((marks > 0 || asks > 0) && gp_utf8_count(own, mail->own_n) < SHORT)
		sign(r, "short", 1, NULL);
	if (gp_words_count(site->words, GP_WORD_TELL, text, 1, &what) > 0)
		sign(r, "tells", -2, what);
}

int
gp_question_signs(const void *ctx, const struct gp_site *site, const struct gp_mail *mail,
    struct gp_sign *v, size_t *n)
{
	struct reading r = {v, 0, 0};

	read_subject(ctx, site, mail, &r);
	read_text(ctx, site, mail, &r);
	if ((mail->flags & GP_MAIL_HAS_PATCH) != 0)
		sign(&r, "patch", -4, NULL);
	if ((mail->flags & (GP_MAIL_AUTO | GP_MAIL_REPORT)) != 0)
		sign(&r, "machine", -6, NULL);
	*n = r.n;
	return r.sum;
}
