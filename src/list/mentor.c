/* SPDX-License-Identifier: ISC */
/*
 * Mentors: who offers a topic and who seeks it are proposed to each other; when both say yes they are
 * introduced by mail; after 2, 6 and 12 weeks they are asked how it goes, and then it ends quietly.
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_TOPICS = 10, LONGEST = 64, DAY = 86400, WEEK = 7 * DAY, FEW = 20, INTRO = 400, PATIENCE = 4 * WEEK };

static const int weeks[] = {2, 6, 12};	/* when they are asked */

/* One side of a pair, as mails to it are made. */
struct side {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	const struct gp_pair *pair;
	struct gp_member *mentor, *mentee;
	bool to_mentor, by_hand;	/* by_hand: neither of them need have asked for it */
	struct gp_err *err;
};

static enum gp_status
load(struct side *s)
{
	enum gp_status st = gp_member_find_id(s->ctx, s->site->store, s->pair->mentor, &s->mentor, s->err);

	return st != GP_OK ? st : gp_member_find_id(s->ctx, s->site->store, s->pair->mentee, &s->mentee, s->err);
}

static const char *
name_of(const struct side *s, const struct gp_member *m)
{
	return m->name[0] != '\0' ? m->name : gp_strndup(s->ctx, m->address, strcspn(m->address, "@"));
}

/* yes and no: lines of commands that a reply runs; NULL: nothing is asked. */
static enum gp_status
mail_to(struct side *s, const char *template_name, const char *yes, const char *no)
{
	const struct gp_member *to = s->to_mentor ? s->mentor : s->mentee, *other = s->to_mentor ? s->mentee : s->mentor;
	struct gp_notice n = {.template_name = template_name, .data = gp_json_object(s->ctx),
	    .reply_to = s->pair->met != 0 && !s->pair->over ? other->address : NULL};

	gp_json_bool(n.data, "to_mentor", s->to_mentor);
	gp_json_bool(n.data, "by_hand", s->by_hand);
	gp_json_text(n.data, "topic", s->pair->topic);
	gp_json_text(n.data, "other_name", name_of(s, other));
	/* Nobody's address is told before both have said yes. */
	gp_json_text(n.data, "other_address", s->pair->met != 0 ? other->address : NULL);
	return yes != NULL ? gp_choice_send(s->ctx, s->site, s->list, to, &n, yes, no, PATIENCE, s->err) :
	    gp_member_send(s->ctx, s->site, s->list, to, &n, s->err);
}

/* To both of them. */
static enum gp_status
mail_both(struct side *s, const char *template_name, const char *yes, const char *no)
{
	enum gp_status st;

	s->to_mentor = true;
	st = mail_to(s, template_name, yes, no);
	s->to_mentor = false;
	return st == GP_OK ? mail_to(s, template_name, yes, no) : st;
}

static enum gp_status
propose(struct side *s)
{
	char *yes = gp_asprintf(s->ctx, "mentor yes %" PRId64, s->pair->id);
	char *no = gp_asprintf(s->ctx, "mentor no %" PRId64, s->pair->id);
	enum gp_status st = load(s);

	return st == GP_OK ? mail_both(s, "mentor-proposed", yes, no) : st;
}

/* ---- the command ------------------------------------------------------------------------------------ */

static enum gp_status
say_topics(struct asked *a, json_t *said, const char *name, bool seeks)
{
	json_t *rows = gp_json_new_array(said, name);
	char **v;
	size_t i, n;
	enum gp_status st = gp_mentoring_all(a->ctx, a->site->store, a->member->id, seeks, &v, &n, a->err);

	for (i = 0; st == GP_OK && i < n; i++)
		gp_json_text(gp_json_push_object(rows), "topic", v[i]);
	return st;
}

static enum gp_status
say_all(struct asked *a)
{
	json_t *said = gp_said(a, "mentor"), *rows;
	struct gp_pair **v;
	size_t i, n;
	enum gp_status st = say_topics(a, said, "offers", false);

	if (st == GP_OK)
		st = say_topics(a, said, "seeks", true);
	if (st == GP_OK)
		st = gp_pair_all(a->ctx, a->site->store, a->list->id, a->member->id, &v, &n, a->err);
	if (st != GP_OK)
		return st;
	/* Moderators do not see what is offered and sought, so where only they match, it must be told to them. */
	gp_json_bool(said, "moderators", a->list->set.mentors == GP_FEATURE_MODERATORS);
	gp_json_bool(said, "none", json_array_size(json_object_get(said, "offers")) == 0 &&
	    json_array_size(json_object_get(said, "seeks")) == 0);
	rows = gp_json_new_array(said, "pairs");
	for (i = 0; i < n; i++)
		if (v[i]->met != 0) {
			struct side s = {.ctx = a->ctx, .site = a->site, .list = a->list, .pair = v[i], .err = a->err};
			json_t *row = gp_json_push_object(rows);

			st = load(&s);
			if (st != GP_OK)
				return st;
			gp_json_text(row, "name", name_of(&s, v[i]->mentor == a->member->id ? s.mentee : s.mentor));
			gp_json_text(row, "topic", v[i]->topic);
		}
	return GP_OK;
}

/* "offer #x #y", "seek #x": in the place of what was said before; without a topic: no more. */
static enum gp_status
set_topics(struct asked *a, const char *args, bool seeks)
{
	enum gp_status st = gp_mentoring_clear(a->site->store, a->member->id, seeks, a->err);
	struct gp_str word;
	size_t n = 0;

	while (st == GP_OK && n < MAX_TOPICS && (word = gp_command_word(&args)).n > 0) {
		bool hash = *word.p == '#';
		char *topic = gp_utf8_fold(a->ctx, word.p + hash, word.n - hash);

		if (*topic == '\0' || strlen(topic) > LONGEST || (!hash && strcmp(topic, "none") == 0))
			continue;
		st = gp_mentoring_add(a->site->store, a->member->id, seeks, topic, gp_now(), a->err);
		n++;
	}
	return st == GP_OK ? say_all(a) : st;
}

/* Two members whom a coordinator brings together: "match MENTOR MENTEE #topic". */
static enum gp_status
match(struct asked *a, const char *args)
{
	struct gp_member *who[2];
	struct gp_pair *pair;
	struct gp_str word;
	enum gp_status st = GP_OK;
	char *topic;
	int i;

	for (i = 0; st == GP_OK && i < 2; i++) {
		word = gp_command_word(&args);
		st = gp_member_find(a->ctx, a->site->store, a->list->id, gp_strndup(a->ctx, word.p, word.n), &who[i],
		    a->err);
	}
	word = gp_command_word(&args);
	topic = gp_utf8_fold(a->ctx, word.p + (word.n > 0 && *word.p == '#'), word.n - (word.n > 0 && *word.p == '#'));
	if (st == GP_E_NOTFOUND || (st == GP_OK && (*topic == '\0' || who[0]->id == who[1]->id))) {
		gp_json_bool(gp_said(a, "mentor_match"), "done", false);
		return GP_OK;
	}
	if (st == GP_OK)
		st = gp_pair_add(a->ctx, a->site->store, a->list->id, who[0]->id, who[1]->id, topic, gp_now(), &pair,
		    a->err);
	if (st == GP_E_EXISTS) {
		gp_json_bool(gp_said(a, "mentor_again"), "done", false);
		return GP_OK;
	}
	if (st == GP_OK) {
		struct side s = {.ctx = a->ctx, .site = a->site, .list = a->list, .pair = pair, .by_hand = true,
		    .err = a->err};

		st = propose(&s);
	}
	gp_json_text(gp_said(a, "mentor_proposed"), "topic", topic);
	return st;
}

/* A word to a proposal that is over: it tells neither whether somebody said no, nor who. */
static enum gp_status
answer_late(struct asked *a, const struct gp_pair *p, bool yes)
{
	bool seeks = p->mentee == a->member->id, stays = false;
	enum gp_status st = GP_OK;
	json_t *said;
	char **v;
	size_t i, n = 0;

	if (!yes) {
		gp_json_bool(gp_said(a, "mentor_no"), "met", false);
		return GP_OK;
	}
	/* Where moderators bring people together, we look for nobody. */
	if (a->list->set.mentors == GP_FEATURE_ON)
		st = gp_mentoring_all(a->ctx, a->site->store, a->member->id, seeks, &v, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++)
		stays |= gp_streq(v[i], p->topic);
	said = gp_said(a, "mentor_gone");
	gp_json_text(said, "topic", p->topic);
	gp_json_bool(said, "seeks", stays && seeks);
	gp_json_bool(said, "offers", stays && !seeks);
	return st;
}

/* What one of them says to a proposal, or to the question how it goes. */
static enum gp_status
answer(struct asked *a, const char *args, bool yes)
{
	struct side s = {.ctx = a->ctx, .site = a->site, .list = a->list, .err = a->err};
	struct gp_str word = gp_command_word(&args);
	struct gp_pair *p = NULL;
	enum gp_status st = GP_E_NOTFOUND;
	int64_t id;

	if (gp_parse_int(gp_strndup(a->ctx, word.p, word.n), 1, INT64_MAX, &id))
		st = gp_pair_find(a->ctx, a->site->store, id, &p, a->err);
	if (st == GP_E_NOTFOUND || (st == GP_OK && ((p->mentor != a->member->id && p->mentee != a->member->id) ||
	    (p->over && p->met != 0) || p->list != a->list->id))) {
		gp_json_bool(gp_said(a, "mentor_over"), "done", true);
		return GP_OK;
	}
	if (st != GP_OK || p->over)
		return st == GP_OK ? answer_late(a, p, yes) : st;
	*(p->mentor == a->member->id ? &p->mentor_says : &p->mentee_says) = yes ? GP_PAIR_YES : GP_PAIR_NO;
	p->over = !yes;
	if (!yes && p->met == 0)
		p->proposed = gp_now(); /* so the other one is left alone for a day and can't tell by the clock */
	if (yes && p->met == 0 && p->mentor_says == GP_PAIR_YES && p->mentee_says == GP_PAIR_YES)
		p->met = gp_now();
	st = gp_pair_set(a->site->store, p, a->err);
	gp_json_bool(gp_said(a, yes ? "mentor_yes" : "mentor_no"), "met", p->met != 0);
	s.pair = p;
	if (st != GP_OK || p->met == 0 || (yes && p->met != gp_now()))
		return st;
	st = load(&s);
	if (st != GP_OK || yes)
		return st == GP_OK ? mail_both(&s, "mentor-met", NULL, NULL) : st;
	s.to_mentor = p->mentor != a->member->id;
	return mail_to(&s, "mentor-ended", NULL, NULL);
}

enum gp_status
gp_do_mentor(struct asked *a, const char *args)
{
	bool moderator = a->member->role >= GP_ROLE_MODERATOR;

	if (a->list->set.mentors == GP_FEATURE_OFF) {
		gp_json_bool(gp_said(a, "mentors_off"), "done", true);
		return GP_OK;
	}
	if (gp_command_thing(a, &args, "offer"))
		return set_topics(a, args, false);
	if (gp_command_thing(a, &args, "seek"))
		return set_topics(a, args, true);
	if (gp_command_thing(a, &args, "match")) {
		if (moderator)
			return match(a, args);
		gp_json_bool(gp_said(a, "mentor_refused"), "done", false);
		return GP_OK;
	}
	/* Out of our own mails, by their tokens. */
	if (a->answered && gp_starts(args, "yes "))
		return answer(a, args + strlen("yes "), true);
	if (a->answered && gp_starts(args, "no "))
		return answer(a, args + strlen("no "), false);
	return say_all(a);
}

/* ---- introductions ----------------------------------------------------------------------------------- */

/* "about me", and what stands below it up to another command. */
static const char *
lines_below(struct asked *a)
{
	const struct gp_word *word;
	const char *line;
	struct gp_buf b;

	gp_buf_init(&b, a->ctx, 1 << 12);
	gp_buf_puts(&b, "");
	for (; a->at < a->lines.n; a->at++) {
		line = a->lines.whole != NULL ? a->lines.whole[a->at] : a->lines.v[a->at];
		word = gp_words_find(a->site->words, GP_WORD_COMMAND, a->lines.v[a->at], NULL);
		if (word != NULL && strcmp(word->name, "introduce") != 0)
			break;
		gp_buf_printf(&b, "%s%s", b.len > 0 ? " " : "", line);
	}
	return b.p;
}

enum gp_status
gp_do_introduce(struct asked *a, const char *args)
{
	char *text;
	enum gp_status st;

	args = gp_command_text(a, args);
	if (*args == '\0')
		args = lines_below(a);
	text = gp_utf8_line(a->ctx, args, strlen(args), INTRO);
	st = gp_intro_set(a->site->store, a->member->id, text, gp_now(), a->err);

	gp_json_text(gp_said(a, "introduced"), "text", *text != '\0' ? text : NULL);
	return st;
}

/* ---- the clock --------------------------------------------------------------------------------------- */

static enum gp_status
propose_new(const void *ctx, struct gp_site *site, struct gp_list *list, int64_t now, struct gp_err *err)
{
	struct side s = {.ctx = ctx, .site = site, .list = list, .err = err};
	int64_t mentor, mentee;
	struct gp_pair *pair;
	enum gp_status st = GP_OK;
	char *topic;
	int i;

	for (i = 0; st == GP_OK && i < FEW; i++) {
		st = gp_pair_next(ctx, site->store, list->id, list->set.mentor_cap, now - DAY, &mentor, &mentee, &topic,
		    err);
		if (st == GP_OK)
			st = gp_pair_add(ctx, site->store, list->id, mentor, mentee, topic, now, &pair, err);
		s.pair = pair;
		if (st == GP_OK)
			st = propose(&s);
	}
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

/* A proposal that nobody answers ends; those who met are asked how it goes, then left alone. */
static enum gp_status
look_after(struct side *s, struct gp_pair *p, int64_t now)
{
	size_t last = GP_COUNT(weeks);
	enum gp_status st;

	if (p->met == 0 && now < p->proposed + PATIENCE)
		return GP_OK;
	if (p->met == 0 || ((size_t)p->checks == last && now >= p->met + (weeks[last - 1] + 1) * WEEK)) {
		p->over = true;
		return gp_pair_set(s->site->store, p, s->err);
	}
	if ((size_t)p->checks == last || now < p->met + weeks[p->checks] * WEEK)
		return GP_OK;
	st = load(s);
	if (st == GP_OK)
		st = mail_both(s, "mentor-check", gp_asprintf(s->ctx, "mentor yes %" PRId64, p->id),
		    gp_asprintf(s->ctx, "mentor no %" PRId64, p->id));
	p->checks++;
	return st == GP_OK ? gp_pair_set(s->site->store, p, s->err) : st;
}

static enum gp_status
one_list(const void *ctx, struct gp_site *site, struct gp_list *list, int64_t now, struct gp_err *err)
{
	struct gp_pair **v;
	size_t i, n;
	enum gp_status st;

	if (list->set.mentors == GP_FEATURE_OFF)
		return GP_OK;
	st = gp_pair_all(ctx, site->store, list->id, 0, &v, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		struct side s = {.ctx = ctx, .site = site, .list = list, .pair = v[i], .err = err};

		st = look_after(&s, v[i], now);
	}
	return st == GP_OK && list->set.mentors == GP_FEATURE_ON ? propose_new(ctx, site, list, now, err) : st;
}

enum gp_status
gp_mentor_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	return gp_site_each_list(ctx, site, one_list, now, err);
}
