/* SPDX-License-Identifier: ISC */
/*
 * Reading what a moderator says: the first word of a reply, in any of our languages, and what
 * stands behind it. Whatever can be taken in two ways is unclear, and does nothing.
 */
#include "config.h"

#include "anon.h"
#include "verdict.h"

#include <string.h>

static const struct {
	const char *name;
	enum gp_verdict verdict;
} names[] = {
	{"ok", GP_SAY_OK}, {"trust", GP_SAY_TRUST}, {"no", GP_SAY_NO}, {"drop", GP_SAY_DROP},
	{"ban", GP_SAY_BAN}, {"move", GP_SAY_MOVE}, {"edit", GP_SAY_EDIT}, {"wait", GP_SAY_WAIT},
	{"veto", GP_SAY_VETO}, {"note:", GP_SAY_NOTE},
};

static enum gp_verdict
verdict_named(const char *name)
{
	size_t i;

	for (i = 0; i < GP_COUNT(names); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].verdict;
	return GP_SAY_UNCLEAR;
}

static enum gp_status
unclear(struct gp_opinion *o, const char *why, char *what)
{
	o->verdict = GP_SAY_UNCLEAR;
	o->why = why;
	o->what = what;
	return GP_OK;
}

/* The first line of a text without the marks around it. */
static char *
first_line(const void *ctx, const char *text)
{
	static const char marks[] = " \t.,;:!#*_\"'";
	size_t n = strcspn(text, "\n");

	while (n > 0 && strchr(marks, *text) != NULL) {
		text++;
		n--;
	}
	while (n > 0 && strchr(marks, text[n - 1]) != NULL)
		n--;
	return gp_strndup(ctx, text, n);
}

/* "ok trust", and nothing else on the line. */
static bool
adds_trust(struct gp_case *c, const char *rest)
{
	char *line = first_line(c->ctx, rest);
	const struct gp_word *w;
	size_t used;

	w = gp_words_find(c->site->words, GP_WORD_VERDICT, line, &used);
	return w != NULL && strcmp(w->name, "trust") == 0 && line[used] == '\0';
}

/* "no 3": the list's third reason, with what is added below. */
static enum gp_status
read_reason(struct gp_case *c, char *rest, struct gp_opinion *o)
{
	char *line = first_line(c->ctx, rest), *more = strchr(rest, '\n'), *reason;
	int64_t n;

	o->reason = rest;
	if (!gp_parse_int(line, 0, INT64_MAX, &n))
		return GP_OK;
	reason = gp_hold_reason(c->ctx, c->list, n);
	if (n == 0 || reason == NULL)
		return unclear(o, "number", line);
	o->reason = more == NULL ? reason : gp_asprintf(c->ctx, "%s%s", reason, more);
	return GP_OK;
}

/* Another list of this site, by name or address. */
static enum gp_status
read_list(struct gp_case *c, const char *rest, struct gp_opinion *o)
{
	char *line = first_line(c->ctx, rest), *word, *at;
	enum gp_status st;

	/* "move to wasps@example.org, please" */
	while ((word = strrchr(line, '>')) != NULL || (word = strrchr(line, '<')) != NULL)
		*word = ' ';
	word = line + strspn(line, " ");
	if (gp_istarts(word, "to "))
		word += 3 + strspn(word + 3, " ");
	word[strcspn(word, " \t,;:")] = '\0';
	at = strchr(word, '@');
	gp_str_lower(word);
	if (at != NULL && at[1] != '\0')
		st = gp_list_find(c->ctx, c->site->store, word, &o->to, c->err);
	else
		st = gp_list_find_name(c->ctx, c->site->store,
		    gp_strndup(c->ctx, word, strcspn(word, "@")), &o->to, c->err);
	if (st == GP_E_NOTFOUND || st == GP_E_PARSE)
		return unclear(o, "list", word);
	if (st == GP_OK && (o->to->id == c->list->id || o->to->set.closed))
		return unclear(o, "list", word);
	return st;
}

/* A name that is good for one thread, on one list: nobody can be trusted or kept out by it, and it is no name
 * elsewhere. */
static const char *
not_without_name(enum gp_verdict verdict)
{
	switch (verdict) {
	case GP_SAY_TRUST:
		return "nameless_trust";
	case GP_SAY_BAN:
		return "nameless_ban";
	case GP_SAY_MOVE:
		return "nameless_move";
	default:
		return NULL;
	}
}

enum gp_status
gp_verdict_of(struct gp_case *c, const struct gp_word *word, char *rest,
    const struct gp_mail *mail, struct gp_opinion *o)
{
	memset(o, 0, sizeof(*o));
	o->reason = gp_strdup(c->ctx, "");
	if (word == NULL)
		return unclear(o, "word", NULL);
	o->verdict = verdict_named(word->name);
	/* "ok?", "yes/no": a question. */
	if (o->verdict == GP_SAY_UNCLEAR || (*rest != '\0' && strchr("?/", *rest) != NULL))
		return unclear(o, "word", NULL);
	if (o->verdict == GP_SAY_OK && adds_trust(c, rest))
		o->verdict = GP_SAY_TRUST;
	if (gp_anon_is(c->hold) && not_without_name(o->verdict) != NULL)
		return unclear(o, not_without_name(o->verdict), NULL);
	switch (o->verdict) {
	case GP_SAY_NO:
	case GP_SAY_VETO:
		return read_reason(c, rest, o);
	case GP_SAY_BAN:
		o->reason = rest;
		return GP_OK;
	case GP_SAY_NOTE:
		if (c->hold->kind == GP_HOLD_JOIN)
			return unclear(o, "join", NULL);
		o->reason = first_line(c->ctx, rest);
		return o->reason[0] != '\0' ? GP_OK : unclear(o, "note", NULL);
	case GP_SAY_MOVE:
	case GP_SAY_EDIT:
		if (c->hold->kind == GP_HOLD_JOIN)
			return unclear(o, "join", NULL);
		if (o->verdict == GP_SAY_MOVE)
			return read_list(c, rest, o);
		o->text = mail != NULL ? gp_read_below(c->ctx, mail) : NULL;
		return o->text != NULL ? GP_OK : unclear(o, "text", NULL);
	default:
		return GP_OK;
	}
}

enum gp_status
gp_verdict_read(struct gp_case *c, const struct gp_mail *mail, struct gp_opinion *out)
{
	const struct gp_word *word, *near;
	char *rest = NULL, *own;
	enum gp_status st;

	word = gp_read_word(c->ctx, c->site->words, GP_WORD_VERDICT, mail, &rest);
	st = gp_verdict_of(c, word, rest, mail, out);
	if (st != GP_OK || word != NULL)
		return st;
	own = gp_read_own(c->ctx, c->site->words, mail);
	near = gp_words_near(c->site->words, GP_WORD_VERDICT, own);
	if (near != NULL)
		out->what = gp_strdup(c->ctx, near->text);
	return GP_OK;
}
