/* SPDX-License-Identifier: ISC */
/*
 * What threads are and what solved them, by those who asked and by moderators; and what members
 * can help with. The same words stand in the first line of a reply to the list: aside.c.
 */
#include "config.h"

#include "command.h"

#include <string.h>

enum { MAX_TOPICS = 20, LONGEST_TOPIC = 64, EXCERPT = 60 };

enum gp_status
gp_practice_head(struct asked *a, int64_t thread, struct gp_thread **t, struct gp_message **head)
{
	enum gp_status st = gp_thread_find(a->ctx, a->site->store, thread, t, a->err);

	return st != GP_OK ? st : gp_thread_begins(a->ctx, a->site->store, *t, head, a->err);
}

enum gp_status
gp_practice_is_own(struct asked *a, const struct gp_message *m, bool *yes)
{
	struct gp_member *author;
	enum gp_status st;

	*yes = gp_strieq(a->from, m->from_addr);
	if (*yes || a->member == NULL)
		return GP_OK;
	st = gp_member_find(a->ctx, a->site->store, a->list->id, m->from_addr, &author, a->err);
	*yes = st == GP_OK && author->id == a->member->id;
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

void
gp_said_title(struct asked *a, json_t *said, const char *title)
{
	gp_json_text(said, "title", gp_kind_title(a->ctx, a->site, a->list, title));
}

enum gp_status
gp_practice_may_say(struct asked *a, const struct gp_message *head, bool *may)
{
	bool moderator = a->member != NULL && a->member->role >= GP_ROLE_MODERATOR, own = false;
	enum gp_status st = GP_OK;

	if (!moderator && a->list->set.answers == GP_FEATURE_ON)
		st = gp_practice_is_own(a, head, &own);
	*may = moderator || own;
	a->refused |= st == GP_OK && !*may;
	if (a->refused)
		gp_said_title(a, gp_said(a, "not_asker"), head->title);
	return st;
}

/* ---- solved, reopen ------------------------------------------------------------------------------ */

/* The newest message of the thread that is not by who began it; NULL: nobody answered. */
static enum gp_status
find_answer(struct asked *a, const struct gp_message *head, struct gp_message **out)
{
	struct gp_message **v;
	size_t i, n;
	enum gp_status st = gp_message_mailed(a->ctx, a->site->store, head->thread, &v, &n, a->err);

	*out = NULL;
	for (i = 0; st == GP_OK && i < n; i++)
		if (!gp_strieq(v[i]->from_addr, head->from_addr))
			*out = v[i];
	return st;
}

/* "12 by 14", "KEY #14" in any language: the second, with its "#", or NULL. Words of thanks may follow. */
static const char *
second_number(const char *args)
{
	int i;

	args += strspn(args, " #");
	gp_command_word(&args);
	for (i = 0; i < 2; i++) {
		struct gp_str word = gp_command_word(&args);
		size_t marks = word.n > 0 ? strspn(word.p, "#") : 0;

		if (word.n > marks && strspn(word.p + marks, "0123456789") >= word.n - marks)
			return word.p;
	}
	return NULL;
}

/* Message `number` of the thread as its page counts; NULL: there are not so many. */
static struct gp_message *
nth(const struct gp_node *nodes, size_t n, int64_t number)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (nodes[i].msg != NULL && --number == 0)
			return nodes[i].msg;
	return NULL;
}

/* The message of the thread that has this number here, or on another list that has the thread; NULL: none. */
static enum gp_status
by_number(struct asked *a, const struct gp_node *nodes, size_t n, int64_t number, struct gp_message **out)
{
	int64_t *copies;
	size_t i, k, copies_n = 0;
	enum gp_status st = gp_share_copies(a->ctx, a->site->store, number, &copies, &copies_n, a->err);

	*out = NULL;
	for (i = 0; i < n; i++)
		for (k = 0; nodes[i].msg != NULL && k <= copies_n; k++)
			if (nodes[i].msg->id == (k < copies_n ? copies[k] : number))
				*out = nodes[i].msg;
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

/* "14" is the number that mails have, "#3" the place that the page of the thread has: the other one where that is no
 * message of this thread. */
static enum gp_status
numbered(struct asked *a, const char *word, const struct gp_message *head, struct gp_message **out)
{
	struct gp_message *one = NULL, *by_place;
	struct gp_node *nodes;
	int64_t number = 0;
	size_t n, digits;
	bool is_place = *word == '#';
	enum gp_status st = gp_thread_nodes(a->ctx, a->site->store, head->thread, &nodes, &n, a->err);

	word += strspn(word, "#");
	digits = strspn(word, "0123456789");
	if (st != GP_OK)
		return st;
	if (!gp_parse_int(gp_strndup(a->ctx, word, digits), 1, INT64_MAX, &number))
		number = 0;
	st = by_number(a, nodes, n, number, &one);
	if (st != GP_OK)
		return st;
	by_place = nth(nodes, n, number);
	*out = is_place && by_place != NULL ? by_place : one != NULL ? one : by_place;
	if (*out != NULL)
		return GP_OK;
	st = gp_command_mailed(a, word, out);
	if (st == GP_OK && (*out)->thread == head->thread)
		return GP_OK;
	if (st == GP_OK)
		gp_said_title(a, gp_said(a, "other_thread"), (*out)->title);
	return st == GP_OK ? GP_E_NOTFOUND : st;
}

/* Which message answered it: "by 12", the one that was named if somebody else wrote it, or the newest. */
static enum gp_status
which_answer(struct asked *a, const char *args, const struct gp_message *named,
    const struct gp_message *head, struct gp_message **out)
{
	enum gp_status st;

	if ((args = second_number(args)) != NULL)
		return numbered(a, args, head, out);
	if (!gp_strieq(named->from_addr, head->from_addr))
		return gp_message_find_id(a->ctx, a->site->store, named->id, out, a->err);
	st = find_answer(a, head, out);
	/* "Solved! I found one at the market": nobody else did it. */
	if (st == GP_OK && *out == NULL && a->posted && gp_message_find_id(a->ctx, a->site->store, a->out->message, out,
	    a->err) == GP_OK && (*out)->thread == head->thread)
		return GP_OK;
	if (st == GP_OK && *out == NULL && a->more) {
		a->later = true;
		return GP_E_NOTFOUND;
	}
	if (st == GP_OK && *out == NULL) {
		gp_said_title(a, gp_said(a, "no_answer"), head->title);
		st = GP_E_NOTFOUND;
	}
	return st;
}

/* Whoever wrote it as a member, here or on another list that has the thread. */
static enum gp_status
find_writer(struct asked *a, const struct gp_message *m, struct gp_list **list, struct gp_member **out)
{
	struct gp_share_side *sides;
	size_t i, n;
	enum gp_status st = gp_member_find(a->ctx, a->site->store, a->list->id, m->from_addr, out, a->err);

	*list = a->list;
	if (st != GP_E_NOTFOUND || gp_share_sides(a->ctx, a->site->store, m->thread, &sides, &n, a->err) != GP_OK)
		return st;
	for (i = 0; st == GP_E_NOTFOUND && i < n; i++) {
		st = gp_member_find(a->ctx, a->site->store, sides[i].list, m->from_addr, out, a->err);
		if (st == GP_OK)
			st = gp_list_find_id(a->ctx, a->site->store, sides[i].list, list, a->err);
	}
	return st;
}

/* A kind word to whoever answered, if that is a member who wants such mail and not who says it. */
static enum gp_status
thank(struct asked *a, const struct gp_thread *t, const struct gp_message *head, const struct gp_message *answer)
{
	struct gp_notice n = {.template_name = "thanks", .data = gp_json_object(a->ctx),
	    .in_reply_to = answer->msgid};
	struct gp_member *m;
	struct gp_list *list;
	enum gp_status st = find_writer(a, answer, &list, &m);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (!m->reminders || (a->member != NULL && m->person == a->member->person))
		return GP_OK;
	gp_json_text(n.data, "author", t->veil.unnamed ? "" : a->name[0] != '\0' ? a->name : head->from_name);
	gp_json_text(n.data, "title", head->title);
	gp_json_text(n.data, "plain_title", gp_kind_title(a->ctx, a->site, a->list, head->title));
	if (list->set.archive == GP_ARCHIVE_PUBLIC && head->state == 1)
		gp_json_text(n.data, "url", gp_asprintf(a->ctx, "%s/%s/t/%s", a->site->conf->url, list->name,
		    head->key));
	return gp_member_send(a->ctx, a->site, list, m, &n, a->err);
}

/* The message that is named, and the head of its thread, which whoever asks may decide about. */
static enum gp_status
find_thread(struct asked *a, const char *args, struct gp_message **named, struct gp_message **head,
    struct gp_thread **t)
{
	enum gp_status st;
	bool may = false;

	if (a->list->set.answers == GP_FEATURE_OFF) {
		gp_json_bool(gp_said(a, "answers_off"), "done", true);
		return GP_E_NOTFOUND;
	}
	st = gp_command_mailed(a, args, named);
	if (st == GP_OK)
		st = gp_practice_head(a, (*named)->thread, t, head);
	if (st == GP_OK)
		st = gp_practice_may_say(a, *head, &may);
	return st == GP_OK && !may ? GP_E_NOTFOUND : st;
}

enum gp_status
gp_do_solved(struct asked *a, const char *args)
{
	struct gp_message *named, *head, *answer;
	struct gp_thread *t;
	enum gp_status st;
	json_t *said;
	bool again;

	gp_command_thing(a, &args, "thread");
	st = find_thread(a, args, &named, &head, &t);
	if (st == GP_OK)
		st = which_answer(a, args, named, head, &answer);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	again = strcmp(t->mark, "solved") == 0 && t->mark_message == answer->id;
	st = gp_thread_mark(a->site->store, t->id, "solved", answer->id, GP_MARK_AUTHOR, a->err);
	/* Thanks come once, however often it is said. */
	if (st == GP_OK && !again)
		st = thank(a, t, head, answer);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "solved");
	gp_said_title(a, said, head->title);
	gp_json_text(said, "author", t->veil.unnamed ? "" :
	    answer->from_name[0] != '\0' ? answer->from_name :
	    gp_text_hide_addrs(a->ctx, answer->from_addr, strlen(answer->from_addr)));
	gp_json_int(said, "number", answer->id);
	/* Its first words, so that whoever took another message is seen. */
	gp_json_text(said, "excerpt", t->veil.unnamed || answer->snippet[0] == '\0' ? NULL :
	    gp_utf8_line(a->ctx, answer->snippet, strlen(answer->snippet), EXCERPT));
	return gp_command_log(a, GP_VERB_SOLVE, head->title, answer->key);
}

enum gp_status
gp_do_reopen(struct asked *a, const char *args)
{
	struct gp_message *named, *head;
	struct gp_thread *t;
	enum gp_status st;

	gp_command_thing(a, &args, "thread");
	st = find_thread(a, args, &named, &head, &t);
	if (st == GP_OK)
		st = gp_thread_mark(a->site->store, t->id, "question", 0, GP_MARK_PERSON, a->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_said_title(a, gp_said(a, "reopened"), head->title);
	return gp_command_log(a, GP_VERB_REOPEN, head->title, head->key);
}

/* ---- kind ---------------------------------------------------------------------------------------- */

/* The kinds that there are, in the result. */
static void
say_kinds(struct asked *a, const char *name)
{
	json_t *said = gp_said(a, "kind_which"), *rows;
	struct gp_kind *v;
	size_t i, n;

	v = gp_kinds(a->ctx, a->list, &n);
	gp_json_text(said, "word", name);
	rows = gp_json_new_array(said, "kinds");
	for (i = 0; i < n; i++) {
		json_t *row = gp_json_push_object(rows);

		gp_json_text(row, "name", v[i].name);
		gp_json_text(row, "meaning", v[i].meaning);
	}
}

enum gp_status
gp_do_kind(struct asked *a, const char *args)
{
	struct gp_message *named, *head;
	struct gp_thread *t;
	const char *kind;
	json_t *said;
	char *name;
	enum gp_status st;

	gp_command_thing(a, &args, "thread");
	st = find_thread(a, args, &named, &head, &t);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	args += strspn(args, " #");
	gp_command_word(&args);
	args += strspn(args, "#");
	name = gp_utf8_fold(a->ctx, args, strlen(args));
	kind = gp_streq(name, "none") ? "" : gp_kind_find(a->ctx, a->site, a->list, name);
	if (kind == NULL) {
		say_kinds(a, name);
		return GP_OK;
	}
	st = gp_thread_mark(a->site->store, t->id, kind, 0, GP_MARK_PERSON, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "kind_set");
	gp_said_title(a, said, head->title);
	gp_json_text(said, "kind", kind);
	return gp_command_log(a, GP_VERB_KIND, head->title, kind);
}

/* ---- who can help -------------------------------------------------------------------------------- */

static enum gp_status
say_topics(struct asked *a)
{
	json_t *said = gp_said(a, "can_help"), *rows = gp_json_new_array(said, "topics");
	char **v;
	size_t i, n;
	enum gp_status st = gp_skill_all(a->ctx, a->site->store, a->member->id, &v, &n, a->err);

	for (i = 0; st == GP_OK && i < n; i++)
		gp_json_text(gp_json_push_object(rows), "topic", v[i]);
	gp_json_int(said, "cap", a->list->set.help_cap);
	gp_json_bool(said, "one_time", a->list->set.help_cap == 1);
	return st;
}

static enum gp_status
forget_topics(struct asked *a)
{
	char **v;
	size_t i, n;
	enum gp_status st = gp_skill_all(a->ctx, a->site->store, a->member->id, &v, &n, a->err);

	for (i = 0; st == GP_OK && i < n; i++)
		st = gp_skill_set(a->site->store, a->member->id, v[i], false, a->err);
	return st;
}

/* What is said replaces what was said before. */
enum gp_status
gp_do_can_help(struct asked *a, const char *args)
{
	enum gp_status st = GP_OK;
	const char *all = args;
	struct gp_str word;
	size_t n = 0;

	if (*args != '\0')
		st = forget_topics(a);
	while (st == GP_OK && n < MAX_TOPICS && (word = gp_command_word(&args)).n > 0) {
		bool hash = *word.p == '#';
		char *topic = gp_utf8_fold(a->ctx, word.p + hash, word.n - hash);

		if (*topic == '\0' || strlen(topic) > LONGEST_TOPIC || (!hash && strcmp(topic, "none") == 0))
			continue;
		st = gp_skill_set(a->site->store, a->member->id, topic, true, a->err);
		n++;
	}
	if (st == GP_OK)
		st = say_topics(a);
	return st == GP_OK && *all != '\0' ? gp_command_log(a, GP_VERB_SKILL, a->member->address, all) : st;
}

enum gp_status
gp_do_pass(struct asked *a, const char *args)
{
	struct gp_message *m;
	enum gp_status st = gp_command_mailed(a, args, &m);

	if (st == GP_OK)
		st = gp_helper_pass(a->site->store, m->id, a->member->id, a->err);
	else
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	gp_said_title(a, gp_said(a, st == GP_OK ? "passed" : "not_asked"), m->title);
	return GP_OK;
}
