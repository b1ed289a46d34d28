/* SPDX-License-Identifier: ISC */
/*
 * Proof by reply. A From line proves nothing (RFC 5321 section 7.1): what could hurt someone
 * waits until its address said yes to a token that was sent there, by an answer or by a click
 * on a button. How often we ask is bounded, so that nobody can be flooded through us.
 */
#include "config.h"

#include "command.h"

#include <string.h>

enum { CONFIRM_DAYS = 3, DAY = 86400 };

/* ---- asking back ------------------------------------------------------------------------------ */

/* The name of who is asked: never what a mail that proves nothing calls itself, a stranger may have written that. */
static const char *
name_of(const struct asked *a, const char *address)
{
	return gp_strieq(address, a->from) && a->member != NULL ? a->member->name : "";
}

/*
 * Not more than this to one address and from one asker in a day, and of one list in an hour.
 * Members who do something are asked more often; owners invite as many as they like.
 */
static enum gp_status
may_ask(struct asked *a, const char *purpose, const char *address, bool *may)
{
	bool act = strcmp(purpose, "act") == 0, invite = strcmp(purpose, "invite") == 0;
	const struct {
		const char *kind, *key;
		int64_t span, most;
	} limits[] = {
		{act ? "act-to" : "ask-to", address, DAY, act ? 30 : 3},
		{act ? "act-by" : "ask-by", a->from, DAY, act ? 30 : invite ? INT64_MAX : 10},
		{"ask-on", a->list->address, 3600, invite ? INT64_MAX : 200},
	};
	enum gp_status st = GP_OK;
	int64_t n;
	size_t i;

	*may = true;
	for (i = 0; st == GP_OK && *may && i < GP_COUNT(limits); i++) {
		char *key = gp_addr_fold(a->ctx, limits[i].key);

		st = gp_count_add(a->site->store, limits[i].kind, key != NULL ? key : limits[i].key, gp_now(), limits[i].span, &n, a->err);
		if (st == GP_OK && n > limits[i].most) {
			*may = false;
			gp_log(GP_LOG_WARN, "event=not-asked limit=%s list=%s", limits[i].kind,
			    a->list->address);
		}
	}
	return st;
}

static void
add_questions(struct asked *a, json_t *asked)
{
	const char *p = a->list->set.questions;
	json_t *array = gp_json_new_array(asked, "questions");
	struct gp_str s;

	while (gp_str_next_line(&p, &s))
		gp_json_push_text(array, gp_strndup(a->ctx, s.p, s.n));
	gp_json_bool(asked, "has_questions", json_array_size(array) > 0);
}

/* The host that brought the mail, as our own server wrote it: the topmost Received field. */
static const char *
from_where(struct asked *a)
{
	const char *p, *by;
	struct gp_header h;
	char *value;

	if (a->in == NULL || gp_header_scan(a->ctx, a->in->raw, a->in->n, &h, NULL) != GP_OK)
		return NULL;
	value = gp_header_value(a->ctx, &h, "Received");
	if (value == NULL || !gp_istarts(value, "from "))
		return NULL;
	p = value + strlen("from ");
	by = strstr(p, " by ");
	return gp_utf8_line(a->ctx, p, by != NULL ? (size_t)(by - p) : strlen(p), 120);
}

enum gp_status
gp_command_ask(struct asked *a, const char *purpose, const char *address, const char *const *lines,
    size_t n)
{
	json_t *data = gp_json_object(a->ctx), *asked = gp_json_object(a->ctx), *array, *shown;
	struct gp_token t = {0};
	enum gp_status st;
	int64_t dropped;
	char *token;
	size_t i;
	bool may;

	t.purpose = gp_strdup(a->ctx, purpose);
	t.list = a->list->id;
	t.object = a->token_object;
	t.address = gp_addr_fold(a->ctx, address);
	t.expires = gp_now() + CONFIRM_DAYS * DAY;
	gp_json_text(data, "by", a->from);
	array = gp_json_new_array(data, "lines");
	shown = gp_json_new_array(asked, "lines");
	for (i = 0; i < n; i++) {
		gp_json_push_text(array, lines[i]);
		/* Of a text that goes with a line, the line says enough. */
		gp_json_push_text(shown, gp_strndup(a->ctx, lines[i], strcspn(lines[i], "\n")));
	}
	t.data = gp_json_dump(a->ctx, data, false);
	st = may_ask(a, purpose, address, &may);
	if (st != GP_OK || !may)
		return st;
	/* One open question at a time: the newest counts. */
	st = gp_token_drop(a->site->store, purpose, t.list, t.address, 0, &dropped, a->err);
	if (st == GP_OK)
		st = gp_token_add(a->ctx, a->site->store, &t, &token, a->err);
	if (st != GP_OK)
		return st;
	if (!gp_strieq(address, a->from) && a->console == NULL) {
		gp_json_text(asked, "asked_by", a->from);
		gp_json_text(asked, "asked_from", from_where(a));
	}
	if (strcmp(purpose, "subscribe") == 0)
		add_questions(a, asked);
	gp_json_text(asked, "confirm_url",
	    gp_asprintf(a->ctx, "%s/u/%s", a->site->conf->url, token));
	return gp_command_mail(a, gp_asprintf(a->ctx, "confirm-%s", purpose),
	    name_of(a, address), address,
	    gp_route_address(a->ctx, a->site, a->list, "confirm", token), asked);
}

enum gp_status
gp_command_is_that_you(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, struct gp_err *err)
{
	struct gp_outcome own = {0};
	struct asked a = {.ctx = ctx, .site = site, .list = list, .in = in, .out = &own, .err = err};
	struct gp_member **named;
	enum gp_status st;
	char *line;
	size_t n = 0;

	/* One word is no name that tells people apart. */
	if (in->mail == NULL || in->mail->from_addr[0] == '\0' ||
	    strchr(in->mail->from_name, ' ') == NULL)
		return GP_OK;
	st = gp_command_begin(&a, in->mail->from_addr, in->mail->from_name);
	if (st == GP_OK)
		st = gp_member_named(ctx, site->store, list->id, in->mail->from_name, 2, &named, &n, err);
	if (st != GP_OK || n != 1 || a.member != NULL)
		return st;
	line = gp_asprintf(ctx, "address add %s", in->mail->from_addr);
	return gp_command_ask(&a, "self", named[0]->address, (const char *const *)&line, 1);
}

enum gp_status
gp_command_note(struct asked *a, const char *template_name, const char *address)
{
	enum gp_status st;
	bool may;

	st = may_ask(a, "note", address, &may);
	if (st != GP_OK || !may)
		return st;
	return gp_command_mail(a, template_name, name_of(a, address), address,
	    NULL, NULL);
}

/* The lines that want a proof, all in one question. */
enum gp_status
gp_command_ask_pending(struct asked *a)
{
	size_t n = json_array_size(a->pending), i;
	const char **lines = gp_array(a->ctx, const char *, n + 1);

	for (i = 0; i < n; i++)
		lines[i] = json_string_value(json_array_get(a->pending, i));
	return n == 0 ? GP_OK : gp_command_ask(a, "act", a->from, lines, n);
}

/* ---- answers to our questions ------------------------------------------------------------------ */

/* What the token stands for takes the place of the lines of the mail. */
static enum gp_status
take_token(struct asked *a, const struct gp_token *t)
{
	json_t *data = gp_json_load(a->ctx, t->data != NULL ? t->data : "{}"), *lines;
	size_t i;

	lines = json_object_get(data, "lines");
	a->lines.v = gp_array(a->ctx, char *, json_array_size(lines) + 1);
	a->lines.whole = gp_array(a->ctx, char *, json_array_size(lines) + 1);
	for (i = 0; i < json_array_size(lines); i++) {
		a->lines.whole[i] = gp_strdup(a->ctx, json_string_value(json_array_get(lines, i)));
		/* A text below a line is as it is. */
		a->lines.v[i] = strchr(a->lines.whole[i], '\n') != NULL ? a->lines.whole[i] :
		    gp_read_unmarked(a->ctx, a->lines.whole[i]);
	}
	a->lines.n = i;
	a->at = 0;
	a->proven = a->answered = true;
	a->chosen = strcmp(t->purpose, "choice") == 0 || strcmp(t->purpose, "text") == 0;
	a->invited = strcmp(t->purpose, "invite") == 0;
	if (strcmp(t->purpose, "address") != 0)
		return GP_OK;
	a->result = gp_json_push_object(a->results);
	return gp_command_address_proven(a, t->object);
}

/* What a token can be for that is confirmed, and what its button does: "hold" and "queue" are not
 * among them. */
static const struct {
	const char *purpose, *button;
} purposes[] = {
	{"subscribe", "subscribe"}, {"invite", "subscribe"}, {"unsubscribe", "unsubscribe"},
	{"address", "address"}, {"act", "act"}, {"text", "act"}, {"create", "act"}, {"self", "act"},
	{"back", "act"}, {"log-in", "log_in"}, {"choice", "act"}, {GP_PURPOSE_HEAT, "act"},
};

static const char *
button_of(const struct gp_token *t)
{
	size_t i;

	for (i = 0; i < GP_COUNT(purposes); i++)
		if (strcmp(purposes[i].purpose, t->purpose) == 0)
			return purposes[i].button;
	return NULL;
}

const char *
gp_command_click_kind(const void *ctx, const struct gp_site *site, const char *token)
{
	const char *button = NULL;
	struct gp_token *t;
	struct gp_err err;

	if (gp_token_find(ctx, site->store, NULL, token, gp_now(), &t, &err) == GP_OK)
		button = button_of(t);
	else if (strlen(token) == GP_TOKEN_CHARS)
		button = "late";
	return button != NULL ? button : "leave";
}

/* The token, if it was made for this address and this list and nobody used it. */
static enum gp_status
find_token(struct asked *a, const char *token, const char *from, struct gp_token **out)
{
	enum gp_status st = gp_token_find(a->ctx, a->site->store, NULL, token, gp_now(), out, a->err);

	if (st != GP_OK)
		return st;
	if (button_of(*out) == NULL || (a->list != NULL && (*out)->list != a->list->id) || (*out)->used != 0 ||
	    (from != NULL && !gp_streq((*out)->address, gp_addr_fold(a->ctx, from))))
		return GP_E_NOTFOUND;
	return GP_OK;
}

/* A question that can be answered with no, too: the line for that takes the place of the others. False: the
 * reply says neither, and the token can be answered again. */
static bool
read_choice(struct asked *a, struct gp_token *t)
{
	json_t *data = gp_json_load(a->ctx, t->data), *no = json_object_get(data, "no");
	const struct gp_word *word;
	char *rest;

	if (strcmp(t->purpose, "choice") != 0 || a->in == NULL)
		return true;
	word = gp_read_word(a->ctx, a->site->words, GP_WORD_VERDICT, a->in->mail, &rest);
	if (word != NULL && strcmp(word->name, "no") == 0) {
		json_array_clear(json_object_get(data, "lines"));
		gp_json_push_text(json_object_get(data, "lines"), gp_asprintf(a->ctx, "%s %s",
		    json_string_value(no), gp_utf8_line(a->ctx, rest, strlen(rest), 400)));
		t->data = gp_json_dump(a->ctx, data, false);
	}
	return word != NULL && (strcmp(word->name, "no") == 0 || strcmp(word->name, "ok") == 0);
}

enum gp_status
gp_command_confirm(struct asked *a, const char *token)
{
	struct gp_token *t;
	enum gp_status st = find_token(a, token, a->from, &t);
	bool flood;

	if (st == GP_E_NOTFOUND) {
		/* Anybody can have written this, under any name. */
		st = gp_command_is_flood(a, &flood);
		if (st != GP_OK || flood)
			return st;
		a->out->text = gp_strdup(a->ctx, "an unknown, foreign or used token: nothing done");
		return gp_command_mail(a, "token-unknown", a->name, a->from, NULL, NULL);
	}
	if (st == GP_OK && strcmp(t->purpose, GP_PURPOSE_HEAT) == 0 && !gp_heat_answer(a, t)) {
		a->result = gp_json_push_object(a->results);
		gp_json_bool(gp_said(a, "heat_what"), "done", true);
		return GP_OK;
	}
	if (st == GP_OK && !read_choice(a, t)) {
		a->result = gp_json_push_object(a->results);
		gp_json_bool(gp_said(a, "choice_what"), "done", true);
		return GP_OK;
	}
	if (st == GP_OK)
		st = gp_token_use(a->site->store, token, gp_now(), a->err);
	return st == GP_OK ? take_token(a, t) : st;
}

enum gp_status
gp_do_confirm(struct asked *a, const char *args)
{
	struct gp_str word = gp_command_word(&args);

	gp_said_elsewhere(a, "confirmed");
	/* Nothing below was proven by the token. */
	a->at = a->lines.n;
	return gp_command_confirm(a, gp_strndup(a->ctx, word.p, word.n));
}

/* The end of a membership whose token someone has: out of a mail to that member. *done: its address, or NULL
 * when there is no such member, of this list where it says which. */
static enum gp_status
leave_by_token(struct asked *a, int64_t id, char **done)
{
	struct gp_member *m;
	enum gp_status st = gp_member_find_id(a->ctx, a->site->store, id, &m, a->err);

	*done = NULL;
	if (st == GP_OK && a->list == NULL)
		st = gp_list_find_id(a->ctx, a->site->store, m->list, &a->list, a->err);
	if (st == GP_E_NOTFOUND || (st == GP_OK && a->list->id != m->list))
		return GP_OK;
	if (st == GP_OK)
		st = gp_command_begin(a, m->address, "");
	if (st != GP_OK)
		return st;
	/* Only who wrote has a mail that ours is an answer to. */
	if (a->in != NULL && a->in->mail != NULL && gp_strieq(a->in->mail->from_addr, m->address))
		a->msgid = a->in->mail->msgid;
	a->result = gp_json_push_object(a->results);
	st = gp_command_leave(a, m);
	*done = m->address;
	return st;
}

enum gp_status
gp_command_leave_by_mail(struct asked *a, const char *token)
{
	enum gp_status st;
	char *done;
	int64_t id;

	if (!gp_one_click_parse(a->site, token, &id))
		return GP_E_NOTFOUND;
	st = leave_by_token(a, id, &done);
	a->out->text = done == NULL ? gp_strdup(a->ctx, "the token of a membership that is no more: nothing done") :
	    gp_asprintf(a->ctx, "the token of %s: asked to leave", done);
	return st;
}

enum gp_status
gp_command_click(const void *ctx, struct gp_site *site, const char *token, char **done,
    struct gp_err *err)
{
	struct gp_outcome out = {0};
	struct asked a = {.ctx = ctx, .site = site, .out = &out, .err = err};
	struct gp_token *t;
	enum gp_status st;
	int64_t id;

	*done = NULL;
	if (gp_one_click_parse(site, token, &id))
		return leave_by_token(&a, id, done);
	st = find_token(&a, token, NULL, &t);
	if (st == GP_OK)
		st = gp_list_find_id(ctx, site->store, t->list, &a.list, err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_command_begin(&a, t->address, "");
	if (st == GP_OK)
		st = gp_token_use(site->store, token, gp_now(), err);
	/* That it was used is all: the web knows by it whom it has let in. */
	if (st == GP_OK && strcmp(t->purpose, "log-in") == 0) {
		*done = t->address;
		return GP_OK;
	}
	if (st == GP_OK)
		st = take_token(&a, t);
	if (st == GP_OK)
		st = gp_command_lines(&a);
	if (st == GP_OK)
		st = gp_command_answer(&a);
	*done = t->address;
	return st;
}
