/* SPDX-License-Identifier: ISC */
/*
 * Who sees a thread, said by whoever begins it: "#members" or "[members only]" in the subject or the first line. It
 * holds before the post is in any archive. A first post makes its thread stricter than the list has it, never looser.
 */
#include "config.h"

#include "rules.h"
#include "words.h"

#include <string.h>

enum { TAGS = 20 };

/* What one word asks for; false: nothing. */
static bool
take_word(const struct gp_site *site, const char *text, struct gp_veil *veil)
{
	size_t used;
	const struct gp_word *word = gp_words_find(site->words, GP_WORD_VEIL, text, &used);
	int i;

	if (word == NULL || text[used] != '\0')
		return false;
	if (strcmp(word->name, "unnamed") == 0)
		veil->unnamed = true;
	for (i = 0; gp_visible_names[i] != NULL; i++)
		if (strcmp(word->name, gp_visible_names[i]) == 0 && i > veil->visible)
			veil->visible = i;
	return true;
}

bool
gp_veil_word(const struct gp_site *site, const char *text, struct gp_veil *veil)
{
	*veil = (struct gp_veil){GP_VISIBLE_LIST, false};
	return take_word(site, text, veil);
}

/* "[members only]" */
static void
take_brackets(const void *ctx, const struct gp_site *site, const char *line, struct gp_veil *veil)
{
	const char *end;

	for (; (line = strchr(line, '[')) != NULL && (end = strchr(line, ']')) != NULL; line = end) {
		struct gp_str inner = gp_str_trim((struct gp_str){line + 1, (size_t)(end - line) - 1});

		take_word(site, gp_strndup(ctx, inner.p, inner.n), veil);
	}
}

bool
gp_veil_said(const void *ctx, const struct gp_site *site, const struct gp_mail *mail, struct gp_veil *veil)
{
	char *text = gp_strndup(ctx, mail->own != NULL ? mail->own : "", mail->own_n);
	const char *p = text;
	struct gp_str line;
	size_t i, n;
	char **tags = gp_kind_topics(ctx, mail, TAGS, &n);

	*veil = (struct gp_veil){GP_VISIBLE_LIST, false};
	for (i = 0; i < n; i++)
		take_word(site, tags[i], veil);
	take_brackets(ctx, site, mail->subject, veil);
	if (gp_str_next_line(&p, &line))
		take_brackets(ctx, site, gp_strndup(ctx, line.p, line.n), veil);
	return veil->visible != GP_VISIBLE_LIST || veil->unnamed;
}

static bool
may(int feature, const struct gp_member *author)
{
	return feature == GP_FEATURE_ON || (feature != GP_FEATURE_OFF && author != NULL &&
	    author->role >= GP_ROLE_MODERATOR);
}

bool
gp_veil_may(const struct gp_list *list, const struct gp_member *author, const struct gp_veil *veil)
{
	return (veil->visible == GP_VISIBLE_LIST || may(list->set.narrow, author)) &&
	    (!veil->unnamed || list->set.unnamed == GP_UNNAMED_ALL || may(list->set.unnamed, author));
}

enum gp_status
gp_veil_shuts_out(struct gp_site *site, int64_t thread, const struct gp_member *author, bool *yes, struct gp_err *err)
{
	struct gp_veil veil;
	bool seen = true;
	enum gp_status st = gp_thread_veil(site->store, thread, &veil, err);

	if (st == GP_OK && (veil.visible == GP_VISIBLE_MEMBERS || veil.visible == GP_VISIBLE_THEN))
		st = gp_thread_seen_by(site->store, thread, author != NULL ? author->person : 0, &seen, err);
	*yes = !seen;
	return st;
}

/* Does it answer a thread that its author may not see? Who writes in one sees all of it: not by themselves. */
static enum gp_status
answers_unseen(struct asking *a)
{
	struct gp_message *parent;
	bool unseen;
	enum gp_status st = gp_rules_thread(a->ctx, a->site, a->route->list, a->in->mail, &parent, a->err);

	if (st == GP_OK)
		st = gp_veil_shuts_out(a->site, parent->thread, a->out->author, &unseen, a->err);
	if (st != GP_OK || !unseen)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "it answers a thread that its author may not see");
}

/* What can't be had must not be found out by everybody reading it: a moderator looks at it. */
enum gp_status
gp_rule_veil(struct asking *a)
{
	struct gp_message *parent;
	struct gp_veil veil;
	enum gp_status st = answers_unseen(a);

	if (st != GP_E_NOTFOUND)
		return st;
	if (!gp_veil_said(a->ctx, a->site, a->in->mail, &veil) ||
	    gp_veil_may(a->route->list, a->out->author, &veil))
		return GP_E_NOTFOUND;
	st = gp_rules_parent(a->ctx, a->site, a->route->list, a->in->mail, &parent, a->err);
	if (st != GP_E_NOTFOUND)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "it asks not to be seen by all, or not with names; on this list that "
	    "is not for its author to say, and as it stands all would see it");
}

/* A circle has a list and a page, which tell of the thread that it came from: that must be somewhere to be found. */
enum gp_status
gp_rule_circle(struct asking *a)
{
	const struct gp_list *list = a->route->list;
	struct gp_message *parent;
	struct gp_veil veil;
	enum gp_status st;

	if (!gp_streq(gp_kind_said(a->ctx, a->site, list, a->in->mail), "circle") ||
	    !may(list->set.circles, a->out->author))
		return GP_E_NOTFOUND;
	gp_veil_said(a->ctx, a->site, a->in->mail, &veil);
	if (veil.visible != GP_VISIBLE_NONE && list->set.visible != GP_VISIBLE_NONE &&
	    (a->in->mail->flags & GP_MAIL_NO_ARCHIVE) == 0)
		return GP_E_NOTFOUND;
	st = gp_rules_parent(a->ctx, a->site, list, a->in->mail, &parent, a->err);
	if (st != GP_E_NOTFOUND)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	return gp_rules_reject(a, "a circle can't begin in a thread that is not archived, since nobody could read later what "
	    "it came from: send it again without #not-archived, or with #members in its place");
}

enum gp_status
gp_veil_keep(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail,
    const struct gp_member *author, struct gp_archived *a, struct gp_err *err)
{
	struct gp_veil asked, veil;
	bool begins;
	enum gp_status st;

	if (!gp_veil_said(ctx, site, mail, &asked) || !gp_veil_may(list, author, &asked))
		return GP_OK;
	st = gp_thread_is_begun(site->store, a->id, &begins, err);
	if (st != GP_OK || !begins)
		return st;
	st = gp_thread_veil(site->store, a->thread, &veil, err);
	if (st != GP_OK)
		return st;
	veil.visible = asked.visible > veil.visible ? asked.visible : veil.visible;
	veil.unnamed |= asked.unnamed;
	a->hidden |= veil.visible == GP_VISIBLE_NONE;
	return gp_thread_veil_set(site->store, a->thread, &veil, err);
}
