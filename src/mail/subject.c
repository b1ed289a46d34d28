/* SPDX-License-Identifier: ISC */
/*
 * Subjects: the base that two messages of a thread share (RFC 5256 section 2.1, with
 * the reply words of other languages and "Re[2]:"), and the title that people see.
 */
#include "private.h"

#include <string.h>

#define BASE_MAX 255

enum { REPLY = 1, FORWARD = 2 };

static const struct {
	const char *word;	/* lower case */
	unsigned kind;
} words[] = {
	{ "re", REPLY }, { "aw", REPLY }, { "sv", REPLY }, { "vs", REPLY }, { "antw", REPLY },
	{ "antwort", REPLY }, { "odp", REPLY }, { "rif", REPLY }, { "res", REPLY },
	{ "ynt", REPLY }, { "r", REPLY }, { "v\xc3\xa1", REPLY },
	{ "\xd0\xbe\xd1\x82\xd0\xb2", REPLY },		/* Otv */
	{ "\xe5\x9b\x9e\xe5\xa4\x8d", REPLY }, { "\xe5\x9b\x9e\xe8\xa6\x86", REPLY },
	{ "\xe7\xad\x94\xe5\xa4\x8d", REPLY }, { "\xe7\xad\x94\xe8\xa6\x86", REPLY },
	{ "fw", FORWARD }, { "fwd", FORWARD }, { "wg", FORWARD }, { "tr", FORWARD },
	{ "rv", FORWARD }, { "enc", FORWARD }, { "i", FORWARD }, { "vb", FORWARD },
	{ "vl", FORWARD }, { "pd", FORWARD }, { "ilt", FORWARD }, { "doorst", FORWARD },
	{ "\xe8\xbd\xac\xe5\x8f\x91", FORWARD }, { "\xe8\xbd\x89\xe5\xaf\x84", FORWARD },
};

/* What is left of the subject while it is peeled. */
struct peel {
	const char *p, *end;
	const char *tag;
	unsigned kinds;		/* of the words met */
	bool for_people;	/* single letters may be a word of the title: stay */
};

/* ---- simple case folding -------------------------------------------------------- */

/* Letters that come in pairs, the capital first. */
static bool
is_paired(uint32_t c)
{
	return (c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177) ||
	    (c >= 0x460 && c <= 0x481) || (c >= 0x48a && c <= 0x4bf) ||
	    (c >= 0x4d0 && c <= 0x52f) || (c >= 0x1e00 && c <= 0x1e95) ||
	    (c >= 0x1ea0 && c <= 0x1eff);
}

/* Latin, Greek, Cyrillic, Armenian and full-width letters. */
static uint32_t
fold(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
	    (c >= 0x391 && c <= 0x3ab && c != 0x3a2) || (c >= 0x410 && c <= 0x42f) ||
	    (c >= 0xff21 && c <= 0xff3a))
		return c + 32;
	if (c >= 0x400 && c <= 0x40f)
		return c + 80;
	if (c >= 0x531 && c <= 0x556)
		return c + 48;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c + c % 2;
	if (is_paired(c) && c != 0x130 && c != 0x131)
		return c | 1;
	return c;
}

static char *
folded(const void *ctx, const char *p, size_t n)
{
	char *out = gp_array(ctx, char, 2 * n + 1), *o = out;
	uint32_t cp;
	size_t len;

	for (; n > 0 && (len = gp_utf8_next(p, n, &cp)) > 0; p += len, n -= len)
		o += gp_utf8_put(o, fold(cp));
	*o = '\0';
	return out;
}

/* ---- pieces at the front ------------------------------------------------------------ */

/* Length of `word` (in lower case) at p, any case; 0 if it is not there. */
static size_t
word_at(const char *p, const char *end, const char *word)
{
	const char *start = p;
	uint32_t a, b;
	size_t la, lb;

	while (*word != '\0') {
		la = gp_utf8_next(p, (size_t)(end - p), &a);
		lb = gp_utf8_next(word, strlen(word), &b);
		if (la == 0 || fold(a) != b)
			return 0;
		p += la;
		word += lb;
	}
	return (size_t)(p - start);
}

static const char *
blanks(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

/* Behind "[...]" and the blanks that follow; p itself if none stands there. */
static const char *
blob(const char *p, const char *end)
{
	const char *q;

	if (p >= end || *p != '[')
		return p;
	for (q = p + 1; q < end && *q != '['; q++)
		if (*q == ']')
			return blanks(q + 1, end);
	return p;
}

/* "[2]", "(2)", "^2" between the word and its colon. */
static const char *
counter(const char *p, const char *end)
{
	const char *q = p;

	if (q < end && (*q == '[' || *q == '(' || *q == '^'))
		q++;
	else
		return p;
	while (q < end && *q >= '0' && *q <= '9')
		q++;
	if (*p != '^' && (q >= end || *q != (*p == '[' ? ']' : ')')))
		return p;
	return *p == '^' ? q : q + 1;
}

/* Behind "Re:" and its like; p itself if none stands there. */
static const char *
reply_word(struct peel *s, const char *p)
{
	size_t i, len;

	for (i = 0; i < GP_COUNT(words); i++) {
		const char *q;

		if (s->for_people && words[i].word[1] == '\0')
			continue;
		len = word_at(p, s->end, words[i].word);
		if (len == 0)
			continue;
		q = blanks(counter(blanks(p + len, s->end), s->end), s->end);
		q = blanks(blob(q, s->end), s->end);
		if (q < s->end && *q == ':')
			q++;
		else if (s->end - q >= 3 && memcmp(q, "\xef\xbc\x9a", 3) == 0)
			q += 3;
		else
			continue;
		s->kinds |= words[i].kind;
		return blanks(q, s->end);
	}
	return p;
}

const char *
gp_subject_reply_word(const char *p, const char *end, bool *forward)
{
	struct peel s = { .p = p, .end = end, .for_people = true };
	const char *behind = reply_word(&s, p);

	*forward = (s.kinds & FORWARD) != 0;
	return behind;
}

/* Behind the list's own tag, also with a number in it: "[bees 17]". */
static const char *
own_tag(const struct peel *s, const char *p)
{
	const char *tag = s->tag, *q, *end = blob(p, s->end);
	size_t n = tag == NULL ? 0 : strlen(tag);

	if (n == 0 || end == p)
		return p;
	if (n > 2 && tag[0] == '[' && tag[n - 1] == ']') {
		tag++;
		n -= 2;
	}
	q = blanks(p + 1, s->end);
	if ((size_t)(end - q) <= n || !gp_mail_ieq(q, tag, n))
		return p;
	for (q += n; q < end && *q != ']'; q++)
		if ((*q < '0' || *q > '9') && *q != ' ' && *q != ':' && *q != '#')
			return p;
	return end;
}

/* Tags and reply words in any order and number, tags of others only in front of a word. */
static bool
peel_leaders(struct peel *s)
{
	const char *start = s->p, *before, *q;

	do {
		before = s->p;
		s->p = own_tag(s, blanks(s->p, s->end));
		s->p = reply_word(s, s->p);
		for (q = s->p; blob(q, s->end) != q;)
			q = blob(q, s->end);
		if (q != s->p && reply_word(s, q) != q && !s->for_people)
			s->p = reply_word(s, q);
	} while (s->p != before);
	return s->p != start;
}

/* ---- the end ---------------------------------------------------------------------------- */

static bool
peel_trailer(struct peel *s)
{
	const char *start = s->end;

	for (;;) {
		while (s->end > s->p && s->end[-1] == ' ')
			s->end--;
		if (s->end - s->p < 5 || !gp_mail_ieq(s->end - 5, "(fwd)", 5))
			return s->end != start;
		s->end -= 5;
		s->kinds |= FORWARD;
	}
}

/* "[fwd: subject]" around the whole. */
static bool
peel_wrapper(struct peel *s)
{
	if (s->end - s->p < 6 || !gp_mail_ieq(s->p, "[fwd:", 5) || s->end[-1] != ']')
		return false;
	s->p = blanks(s->p + 5, s->end);
	s->end--;
	s->kinds |= FORWARD;
	return true;
}

/* ---- both faces --------------------------------------------------------------------------- */

char *
gp_subject_base(const void *ctx, const char *subject, const char *tag, bool *is_reply,
    bool *is_forward)
{
	char *line = gp_utf8_line(ctx, subject, strlen(subject), GP_MAX_SUBJECT), *out;
	struct peel s = { .p = line, .end = line + strlen(line), .tag = tag };
	const char *q;

	do {
		peel_trailer(&s);
		for (;;) {
			bool some = peel_leaders(&s);

			q = blob(s.p, s.end);
			if (q != s.p && q < s.end) {	/* not if nothing would be left */
				s.p = q;
				some = true;
			}
			if (!some)
				break;
		}
	} while (peel_wrapper(&s));
	if (is_reply != NULL)
		*is_reply = (s.kinds & REPLY) != 0;
	if (is_forward != NULL)
		*is_forward = (s.kinds & FORWARD) != 0;
	out = folded(ctx, s.p, gp_utf8_cut(s.p, (size_t)(s.end - s.p), BASE_MAX));
	talloc_free(line);
	return out;
}

char *
gp_subject_title(const void *ctx, const char *subject, const char *tag)
{
	char *line = gp_utf8_line(ctx, subject, strlen(subject), GP_MAX_SUBJECT), *out;
	struct peel s = { .p = line, .end = line + strlen(line), .tag = tag, .for_people = true };

	peel_leaders(&s);
	out = s.p < s.end ? gp_strndup(ctx, s.p, (size_t)(s.end - s.p)) :
	    gp_strdup(ctx, "(no subject)");
	talloc_free(line);
	return out;
}
