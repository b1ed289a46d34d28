/* SPDX-License-Identifier: ISC */
/*
 * Notices that follow no RFC: read as a postmaster reads them. First the text ends where our own
 * mail begins; somewhere it has to say that something was not delivered; then an address that
 * stands first on a line is who it was for, else one on a line that announces an address or
 * gives a reason, else the only one there is. The words are data (report_table.c); no server
 * has code of its own here.
 */
#include "report.h"

#include <string.h>

enum { LINES = 600 };

/* How sure we are that the address of a line is the one. */
enum trust { NO_ADDRESS, MENTIONED, ANNOUNCED, FIRST };

struct line {
	struct gp_str s;
	enum trust trust;
	size_t at, len;		/* of its address */
	bool more;		/* there are others behind it */
};

struct notice {
	struct gp_reading *r;
	struct line v[LINES];
	size_t n;
	char *folded;		/* all lines as one */
};

static struct gp_str
strip_ornaments(struct gp_str s)
{
	s = gp_str_trim(s);
	while (s.n > 0 && strchr(" \t-=*_>|#+~.:;", *s.p) != NULL) {
		s.p++;
		s.n--;
	}
	return s;
}

/* ---- the end -------------------------------------------------------------------------- */

static bool
is_end(const void *ctx, struct gp_str line)
{
	struct gp_str s = strip_ornaments(line);
	bool indented = line.n > 0 && gp_mail_blank(*line.p);
	char *folded;
	size_t i;

	if (s.n < 6)
		return false;
	folded = gp_utf8_fold(ctx, s.p, s.n < 80 ? s.n : 80);
	/* "The original message was received at ..." opens a notice of Sendmail. */
	for (i = 0; gp_report_ends[i] != NULL; i++)
		if (gp_starts(folded, gp_report_ends[i]) &&
		    !(indented && gp_ends(gp_report_ends[i], ":")))
			break;
	if (gp_report_ends[i] != NULL && gp_report_ends[i][strlen(gp_report_ends[i]) - 1] != ':' &&
	    (strstr(folded, "was received") != NULL || strstr(folded, "was not") != NULL ||
	    strstr(folded, "could not") != NULL || strstr(folded, "returned message to") != NULL)) {
		talloc_free(folded);
		return false;
	}
	talloc_free(folded);
	return gp_report_ends[i] != NULL;
}

/* Lines up to where our mail begins; *rest: from there on. */
static void
split(struct notice *t, const char *text, size_t n, struct gp_str *rest)
{
	struct gp_str left = {text, n};
	bool some = false;

	while (left.n > 0 && t->n < LINES) {
		struct gp_str line = {left.p, gp_mail_line(left.p, left.n)};

		if (some && is_end(t, line))
			break;
		left.p += line.n;
		left.n -= line.n;
		t->v[t->n].s = line;
		t->n++;
		some |= gp_str_trim(line).n > 0;
	}
	*rest = left;
}

/* All lines folded, white space single. */
static char *
join(const void *ctx, const char *text, size_t n)
{
	char *folded = gp_utf8_fold(ctx, text, n), *to = folded;
	const char *p;

	for (p = folded; *p != '\0'; p++) {
		if (!gp_mail_space(*p))
			*to++ = *p;
		else if (to > folded && to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
	return folded;
}

/* ---- addresses ------------------------------------------------------------------------- */

/* Our own address, the server's, or that of someone to ask. */
static bool
is_somebody_else(const struct gp_reading *r, const char *address)
{
	const struct gp_addrs *const lists[] = {&r->mail->to, &r->mail->from, &r->mail->reply_to};
	const char *at = strrchr(address, '@');
	size_t i, k;

	for (i = 0; gp_report_senders[i] != NULL; i++)
		if (strlen(gp_report_senders[i]) == (size_t)(at - address) &&
		    gp_mail_ieq(address, gp_report_senders[i], (size_t)(at - address)))
			return true;
	for (k = 0; k < GP_COUNT(lists); k++)
		for (i = 0; i < lists[k]->n; i++)
			if (gp_strieq(lists[k]->v[i].addr, address))
				return true;
	return false;
}

static bool
announces(const char *folded)
{
	size_t i;

	if (gp_phrase_find(gp_report_reasons, folded) != NULL)
		return true;
	for (i = 0; gp_report_labels[i] != NULL; i++)
		if (strstr(folded, gp_report_labels[i]) != NULL)
			return true;
	return false;
}

/* A field of a header, or a name for someone to ask: no recipient stands there. */
static bool
is_about_others(const char *folded)
{
	static const char *const words[] = {"from:", "from ", "sender:", "reply-to:", "message-id",
		"mail from", "contact", "postmaster", "please ", "http", "help", "your address", "subject:", "by ",
		"id ", "return-path", "cc:", "mailto:", "originator", "questions", "forward this"};
	size_t i;

	while (*folded == ' ' || *folded == '\t')
		folded++;
	for (i = 0; i < GP_COUNT(words); i++)
		if (i < 3 || i > 10 ? gp_starts(folded, words[i]) : strstr(folded, words[i]) != NULL)
			return true;
	return false;
}

/* "To: ..." above "Subject: ...": a header of our mail is shown (Exchange, PMDF). */
static bool
is_shown_header(const struct notice *t, const struct line *l)
{
	struct gp_str s = gp_str_trim(l->s), next;

	if (s.n < 3 || !gp_mail_ieq(s.p, "to:", 3) || l + 1 == t->v + t->n)
		return false;
	next = gp_str_trim(l[1].s);
	return next.n > 8 && gp_mail_ieq(next.p, "subject:", 8);
}

static void
look_at_line(struct notice *t, struct line *l)
{
	struct gp_str front;
	char *folded, *address;
	int code = 0;
	char status[12] = "";

	if (memchr(l->s.p, '@', l->s.n) == NULL || !gp_report_find_address(l->s, &l->at, &l->len))
		return;
	address = gp_strndup(t, l->s.p + l->at, l->len);
	front = gp_str_trim((struct gp_str){l->s.p, l->at});
	while (front.n > 0 && strchr("<\"'([`*>-.|=:", front.p[front.n - 1]) != NULL)
		front.n--;
	front = gp_str_trim(front);
	folded = gp_utf8_fold(t, l->s.p, l->s.n);
	gp_report_codes(l->s, &code, status);
	/* Sendmail: the address that we know stands behind the one it became. */
	if (front.n == 0 || gp_starts(gp_str_trim(GP_STR(folded)).p, "(expanded from:"))
		l->trust = FIRST;
	else if (is_about_others(folded) || is_shown_header(t, l))
		l->trust = NO_ADDRESS;
	else if (code != 0 || status[0] != '\0' || announces(folded))
		l->trust = ANNOUNCED;
	else
		l->trust = MENTIONED;
	if (is_somebody_else(t->r, address) && l->trust != FIRST)
		l->trust = NO_ADDRESS;
	talloc_free(address);
	talloc_free(folded);
}

/* From the address of line i to the next that is as sure, or to a gap behind some words. */
static struct gp_str
words_behind(const struct notice *t, size_t i)
{
	const struct line *l = &t->v[i];
	struct gp_str said = {l->s.p + l->at + l->len, l->s.n - l->at - l->len};
	size_t k, gaps = 0;

	/* What announces an address may stand in front of it. */
	if (l->trust == ANNOUNCED)
		said = l->s;
	for (k = i + 1; k < t->n && k < i + 12 && t->v[k].trust < l->trust; k++) {
		gaps += gp_str_trim(t->v[k].s).n == 0;
		if (gaps > 1 && gp_str_trim(said).n > 3)
			break;
		said.n += t->v[k].s.n;
	}
	while (said.n > 0 && strchr(">:\"') \t\r\n.,]", *said.p) != NULL) {
		said.p++;
		said.n--;
	}
	return gp_str_trim(said);
}

static void
add_line(struct notice *t, size_t i, enum gp_report_kind kind)
{
	struct line *l = &t->v[i];
	struct gp_str rest = {l->s.p + l->at, l->s.n - l->at}, said = words_behind(t, i);
	struct gp_report_rcpt *rcpt;
	size_t at = 0, len = l->len, next;
	char *address;

	/* "a@x, b@x": others may follow at once. */
	for (;;) {
		address = gp_strndup(t, rest.p + at, len);
		rcpt = gp_report_rcpt(t->r, address);
		if (rcpt == NULL)
			return;
		if (rcpt->text[0] == '\0') {
			rcpt->kind = kind;
			gp_report_say(t->r->ctx, rcpt, said);
		}
		rest.p += at + len;
		rest.n -= at + len;
		next = 0;
		while (next < rest.n && strchr(">;, \t\"<", rest.p[next]) != NULL)
			next++;
		if (l->trust != FIRST || next == 0 || memchr(rest.p, ',', next) == NULL)
			return;
		rest.p += next;
		rest.n -= next;
		if (!gp_report_find_address(rest, &at, &len) || at > 1)
			return;
	}
}

static size_t
count(const struct notice *t, enum trust trust)
{
	size_t i, n = 0;

	for (i = 0; i < t->n; i++)
		n += t->v[i].trust == trust;
	return n;
}

/* Below an empty line, or one that announces something. */
static bool
is_set_off(const struct notice *t, size_t i)
{
	struct gp_str above = i > 0 ? gp_str_trim(t->v[i - 1].s) : (struct gp_str){"", 0};

	return above.n == 0 || above.p[above.n - 1] == ':' || above.p[above.n - 1] == '-';
}

static void
add_addresses(struct notice *t, enum gp_report_kind kind)
{
	enum trust trust = FIRST;
	size_t i, k, first = t->n;

	/* First on a line, but of somebody else: only when there is no better one. */
	for (i = 0; i < t->n; i++) {
		char *address;

		if (t->v[i].trust != FIRST)
			continue;
		address = gp_strndup(t, t->v[i].s.p + t->v[i].at, t->v[i].len);
		if (!is_somebody_else(t->r, address))
			continue;
		t->v[i].trust = NO_ADDRESS;
		if (first == t->n && is_set_off(t, i) &&
		    !gp_strieq(address, t->r->mail->from_addr))
			first = i;
	}
	if (first < t->n && count(t, FIRST) + count(t, ANNOUNCED) == 0)
		t->v[first].trust = FIRST;
	while (trust > NO_ADDRESS && count(t, trust) == 0)
		trust--;
	if (trust == NO_ADDRESS)
		return;
	for (i = 0, k = 0; i < t->n; i++) {
		if (t->v[i].trust != trust)
			continue;
		add_line(t, i, kind);
		if (++k == 1 && trust == MENTIONED)
			break;
	}
}

/* "screenname" on a line of its own, below one that ends with a colon: at the server's domain. */
static void
add_names(struct notice *t, enum gp_report_kind kind)
{
	const char *domain = gp_addr_domain(t->r->mail->from_addr);
	struct gp_str s, above = {"", 0};
	size_t i, k, found = 0;

	for (i = 0; i < t->n && *domain != '\0' && found < 20; i++, above = s) {
		char *address;
		struct gp_report_rcpt *rcpt;

		s = gp_str_trim(t->v[i].s);
		for (k = 0; k < s.n && ((s.p[k] >= 'a' && s.p[k] <= 'z') || (s.p[k] >= 'A' &&
		    s.p[k] <= 'Z') || (s.p[k] >= '0' && s.p[k] <= '9') || s.p[k] == '.' ||
		    s.p[k] == '_');)
			k++;
		if (s.n < 2 || s.n > 40 || k < s.n || above.n == 0 || above.p[above.n - 1] != ':')
			continue;
		address = gp_asprintf(t, "%.*s@%s", (int)s.n, s.p, domain);
		rcpt = gp_addr_check(address, NULL) == GP_OK ? gp_report_rcpt(t->r, address) : NULL;
		if (rcpt == NULL)
			continue;
		rcpt->kind = kind;
		gp_report_say(t->r->ctx, rcpt, (struct gp_str){t->folded, strlen(t->folded)});
		found++;
	}
}

/* One is named, and its own words give no reason: then all words do. */
static void
judge_by_all(struct notice *t)
{
	struct gp_report_rcpt *rcpt = t->r->out->rcpts;
	char *folded;

	if (t->r->out->rcpts_n != 1 || rcpt->status[0] != '\0' || rcpt->code != 0)
		return;
	folded = gp_utf8_fold(t, rcpt->text, strlen(rcpt->text));
	if (gp_phrase_find(gp_report_reasons, folded) == NULL)
		gp_report_say(t->r->ctx, rcpt, (struct gp_str){t->folded, strlen(t->folded)});
}

bool
gp_report_text(struct gp_reading *r, const char *text, size_t n, struct gp_str *rest)
{
	struct notice *t = gp_new(NULL, struct notice);
	bool final, delayed, failed;
	size_t i, len;

	memset(t, 0, sizeof(*t));
	t->r = r;
	n = gp_utf8_cut(text, n, GP_REPORT_TEXT);
	split(t, text, n, rest);
	len = t->n > 0 ? (size_t)(t->v[t->n - 1].s.p + t->v[t->n - 1].s.n - text) : 0;
	t->folded = join(t, text, len);
	final = gp_phrase_any(gp_report_signs, t->folded, GP_SAYS_FINAL);
	delayed = gp_phrase_any(gp_report_signs, t->folded, GP_SAYS_DELAYED);
	failed = final || gp_phrase_any(gp_report_signs, t->folded, GP_SAYS_FAILED);
	if (failed || delayed) {
		enum gp_report_kind kind = delayed && !final ? GP_REPORT_DELAY : GP_REPORT_BOUNCE;

		for (i = 0; i < t->n; i++)
			look_at_line(t, &t->v[i]);
		add_addresses(t, kind);
		if (r->out->rcpts_n == 0)
			add_names(t, kind);
		judge_by_all(t);
		r->out->kind = kind;
		r->out->whole.kind = kind;
		gp_report_say(r->ctx, &r->out->whole, (struct gp_str){t->folded, strlen(t->folded)});
	}
	talloc_free(t);
	return failed || delayed;
}
