/* SPDX-License-Identifier: ISC */
/*
 * One mail that asks for things: its lines are run one after the other, and one answer says
 * what was done, what was not understood and why. A From line proves nothing (RFC 5321
 * section 7.1): what could hurt someone waits until its address said yes to a token that
 * was sent there.
 */
#include "config.h"

#include "bounce.h"

#include <string.h>

enum { MAX_COMMANDS = 50, MAX_UNKNOWN = 5 };

/* ---- results ------------------------------------------------------------------------------ */

enum gp_status
gp_command_log(struct asked *a, enum gp_verb verb, const char *what, const char *detail)
{
	struct gp_act_record act = {0};

	act.list = a->list->id;
	act.who = a->from;
	act.verb = gp_verb_names[verb];
	act.what = what;
	act.detail = detail;
	act.msgid = a->msgid != NULL ? a->msgid : "";
	return gp_act_add(a->site->store, &act, a->err);
}

enum gp_status
gp_command_mail(struct asked *a, const char *template_name, const char *to_name,
    const char *to_addr, const char *reply_to, json_t *data)
{
	struct gp_notice n = {0};

	n.template_name = template_name;
	n.data = data != NULL ? data : gp_json_object(a->ctx);
	n.to_name = to_name;
	n.to_addr = to_addr;
	n.reply_to = reply_to;
	n.language = a->language;
	/* Only who wrote has a mail that this is an answer to. */
	if (gp_strieq(to_addr, a->from))
		n.in_reply_to = a->msgid;
	n.answer = true;
	if (a->console != NULL && gp_streq(to_addr, a->from))
		return gp_console_mail(a, &n);
	return gp_notice_send(a->ctx, a->site, a->list, &n, &a->out->job, a->err);
}

/* ---- arguments ------------------------------------------------------------------------------ */

struct gp_str
gp_command_word(const char **args)
{
	struct gp_str word;

	*args += strspn(*args, " \t,");
	word.p = *args;
	word.n = strcspn(*args, " \t,");
	*args += word.n;
	*args += strspn(*args, " \t,");
	return word;
}

char *
gp_command_option(struct asked *a, const char **args)
{
	struct gp_str word = gp_command_word(args);
	const char *equals = memchr(word.p, '=', word.n);

	if (equals != NULL) {
		word.n = (size_t)(equals - word.p);
		*args = equals + 1;
	}
	*args += strspn(*args, " \t=:");
	return gp_utf8_fold(a->ctx, word.p, word.n);
}

const char *
gp_command_text(const struct asked *a, const char *args)
{
	size_t n = strlen(args), all = strlen(a->line);

	/* The line ends with the arguments; so does the whole one, but for its marks. */
	if (a->whole == NULL || n == 0 || n > all || strcmp(a->line + all - n, args) != 0)
		return args;
	return a->whole + all - n;
}

const char *
gp_command_option_text(const struct asked *a, const char *option, const char *args)
{
	static const char *const words[] = {"title", "description", "charter", "questions", "reasons", "kinds", "prefix",
	    "footer", "digest_note", "name"};
	size_t i;

	for (i = 0; i < GP_COUNT(words); i++)
		if (gp_strieq(option, words[i]))
			return gp_command_text(a, args);
	return args;
}

const char *
gp_command_value(const char *args)
{
	static const char *const nothing[] = {"\"\"", "''", "\xe2\x80\x9c\xe2\x80\x9d",
	    "\xe2\x80\x9e\xe2\x80\x9c", "\xc2\xab\xc2\xbb", "-"};
	struct gp_str s = gp_str_trim(GP_STR(args));
	size_t i;

	for (i = 0; i < GP_COUNT(nothing); i++)
		if (gp_str_eq(s, nothing[i]))
			return "";
	return args;
}

bool
gp_command_thing(struct asked *a, const char **args, const char *name)
{
	const char *p = *args + strspn(*args, " \t,");
	size_t used;
	const struct gp_word *word = gp_words_find(a->site->words, GP_WORD_THING, p, &used);

	if (word == NULL || strcmp(word->name, name) != 0)
		return false;
	*args = p + used + strspn(p + used, " \t,");
	return true;
}

char *
gp_command_address(struct asked *a, const char *args)
{
	struct gp_addrs found;

	/* "address=x@y.example" of older servers, "<x@y.example>", "for x@y.example". */
	while (*args != '\0') {
		struct gp_str word = gp_command_word(&args);
		const char *equals = memchr(word.p, '=', word.n);

		if (memchr(word.p, '@', word.n) == NULL)
			continue;
		if (equals != NULL) {
			word.n -= (size_t)(equals + 1 - word.p);
			word.p = equals + 1;
		}
		if (gp_addrs_parse(a->ctx, word.p, word.n, &found, NULL) == GP_OK && found.n == 1 &&
		    gp_addr_check(found.v[0].addr, NULL) == GP_OK)
			return found.v[0].addr;
	}
	return NULL;
}

/* ---- running -------------------------------------------------------------------------------- */

static bool
is_in_group(const struct asked *a, enum gp_command_group group)
{
	static const int role[] = {GP_ROLE_MEMBER, GP_ROLE_MODERATOR, GP_ROLE_OWNER};

	return group == GP_FOR_MEMBERS || (a->member != NULL && a->member->role >= role[group]);
}

bool
gp_command_is_proven(struct asked *a)
{
	if (a->proven)
		return true;
	/* A command may have put another line in its place. */
	gp_json_push_text(a->pending, a->whole != NULL && gp_starts(a->whole, a->line) ? a->whole : a->line);
	gp_said_elsewhere(a, "asked");
	return false;
}

/* With the eyes of whoever asks; names are there to decide by, until something of the archive is shown. */
static enum gp_status
run_seeing(struct asked *a, const struct gp_command *command, const char *args)
{
	struct gp_looker before = gp_store_look(a->site->store, (struct gp_looker){GP_LOOK_PERSON,
	    a->member != NULL ? a->member->person : 0, true});
	enum gp_status st = command->run(a, args);

	gp_store_look(a->site->store, before);
	return st;
}

static enum gp_status
run_command(struct asked *a, const struct gp_command *command, const char *args)
{
	if (!is_in_group(a, command->group)) {
		gp_json_text(gp_said(a, "not_allowed"), "command", command->name);
		a->refused = true;
		return GP_OK;
	}
	if ((command->flags & GP_CMD_MEMBER) != 0 && a->member == NULL) {
		gp_json_text(gp_said(a, "not_member"), "command", command->name);
		a->refused = true;
		return GP_OK;
	}
	if ((command->flags & GP_CMD_PROOF) != 0 && !gp_command_is_proven(a))
		return GP_OK;
	return run_seeing(a, command, args);
}

/* True when it was a command, whatever came of it. */
static enum gp_status
run_line(struct asked *a, const char *line, bool *known)
{
	const struct gp_words *words = a->site->words;
	const struct gp_word *word;
	size_t used;

	word = gp_words_find(words, GP_WORD_COMMAND, line, &used);
	a->line = line;
	a->result = gp_json_push_object(a->results);
	gp_json_text(a->result, "line", a->chosen ? NULL : gp_utf8_line(a->ctx, line, strlen(line), 200));
	*known = word != NULL && gp_command_find(word->name) != NULL;
	if (*known)
		return run_command(a, gp_command_find(word->name),
		    line + used + strspn(line + used, " \t,:"));
	word = gp_words_near(words, GP_WORD_COMMAND, line);
	gp_json_text(gp_said(a, "unknown"), "near", word != NULL ? word->text : NULL);
	return GP_OK;
}

enum gp_status
gp_command_lines(struct asked *a)
{
	enum gp_status st = GP_OK;
	size_t run = 0, unknown = 0;
	bool known;
	json_t *said;

	while (st == GP_OK && !a->stop && a->at < a->lines.n) {
		a->whole = a->lines.whole != NULL ? a->lines.whole[a->at] : NULL;
		st = run_line(a, a->lines.v[a->at++], &known);
		run++;
		unknown += !known;
		/* Prose, not commands. Or someone who tries how much we bear. */
		if (unknown == MAX_UNKNOWN || run == MAX_COMMANDS)
			break;
	}
	if (st == GP_OK && !a->stop && a->at < a->lines.n) {
		a->result = gp_json_push_object(a->results);
		said = gp_said(a, "not_read");
		gp_json_int(said, "count", (int64_t)(a->lines.n - a->at));
		gp_json_bool(said, "one", a->lines.n - a->at == 1);
	}
	return st == GP_OK ? gp_command_ask_pending(a) : st;
}

/* No address gets more automatic answers in a day than this (RFC 3834 section 2). */
enum gp_status
gp_command_is_flood(struct asked *a, bool *yes)
{
	enum gp_status st;
	bool may;

	st = gp_notice_count_answer(a->ctx, a->site, a->from, &may, a->err);
	*yes = !may;
	if (*yes)
		a->out->text = gp_asprintf(a->ctx, "more than %lld automatic answers in a day to %s: "
		    "nothing done", (long long)a->site->conf->answers, a->from);
	return st;
}

/* One mail with many lines must not become many mails: whoever wrote it may be someone else. */
enum gp_status
gp_command_may_mail(struct asked *a, bool *may)
{
	enum gp_status st = GP_OK;
	bool flood = false;

	/* The first is counted with the mail that asked. */
	if (a->mails++ > 0 && a->console == NULL)
		st = gp_command_is_flood(a, &flood);
	if (flood)
		gp_json_bool(gp_said(a, "enough"), "done", true);
	*may = !flood;
	return st;
}

/* How much is there that no mail of its own said? */
static size_t
count_unsaid(const struct asked *a)
{
	size_t i, n = 0;

	for (i = 0; i < json_array_size(a->results); i++)
		n += !json_is_true(json_object_get(json_array_get(a->results, i), "elsewhere"));
	return n;
}

enum gp_status
gp_command_answer(struct asked *a)
{
	json_t *data = gp_json_object(a->ctx);
	size_t n = count_unsaid(a);

	if (a->out->text == NULL)
		a->out->text = gp_asprintf(a->ctx, "%zu commands of %s",
		    json_array_size(a->results), a->from);
	if (n == 0)
		return GP_OK;
	json_object_set(data, "results", a->results);
	gp_json_bool(data, "several", n > 1);
	gp_json_bool(data, "by_mail", a->console == NULL);
	if (a->member != NULL)
		gp_json_bool(data, "is_member", true);
	return gp_command_mail(a, "answer", a->name, a->from, NULL, data);
}

/* Who asks: the person behind From, as far as a From line tells. */
enum gp_status
gp_command_begin(struct asked *a, const char *from, const char *name)
{
	enum gp_status st;

	a->from = gp_strdup(a->ctx, from);
	a->name = name;
	a->results = gp_json_array(a->ctx);
	a->pending = gp_json_array(a->ctx);
	a->language = a->list->set.language;
	st = gp_member_find(a->ctx, a->site->store, a->list->id, from, &a->member, a->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (a->member->language[0] != '\0')
		a->language = a->member->language;
	if (a->name[0] == '\0')
		a->name = a->member->name;
	return GP_OK;
}

/* ---- doors ---------------------------------------------------------------------------------- */

/* Mail to an address of a command: a line of one word, and what the subject adds. */
static void
line_of_address(struct asked *a, const struct gp_route *route)
{
	const struct gp_command *command = gp_command_find(route->name);
	const char *args = route->token != NULL ? route->token : "", *subject;
	bool wants = command != NULL && (command->flags & GP_CMD_SUBJECT) != 0;

	subject = gp_read_subject(a->ctx, a->site->words, a->in->mail->subject);
	if (wants && *args == '\0' && subject[0] != '[' && a->in->mail->subject[0] != '\0')
		args = subject;
	a->lines.v = gp_array(a->ctx, char *, 1);
	a->lines.v[0] = gp_asprintf(a->ctx, "%s%s%s", route->name, *args != '\0' ? " " : "", args);
	a->lines.n = 1;
}

/* bees+thread-KEY: "follow", "mute" without saying which. */
static void
lines_of_thread(struct asked *a, const struct gp_route *route)
{
	size_t i;

	gp_read_commands(a->ctx, a->site->words, a->in->mail, &a->lines);
	for (i = 0; i < a->lines.n; i++)
		if (strpbrk(a->lines.v[i], " \t") == NULL)
			a->lines.whole[i] = a->lines.v[i] = gp_asprintf(a->ctx, "%s %s", a->lines.v[i], route->token);
	if (a->lines.n == 0) {
		a->lines.v[0] = gp_asprintf(a->ctx, "get thread %s", route->token);
		a->lines.whole = NULL;
		a->lines.n = 1;
	}
}

/* What the mail asks for, line by line. */
static void
lines_of_mail(struct asked *a, const struct gp_route *route)
{
	if (route->kind == GP_ROUTE_REQUEST)
		gp_read_commands(a->ctx, a->site->words, a->in->mail, &a->lines);
	else if (route->kind == GP_ROUTE_THREAD)
		lines_of_thread(a, route);
	else
		line_of_address(a, route);
	/* An empty mail: whoever wrote it needs help. */
	if (a->lines.n == 0) {
		a->lines.v = gp_array(a->ctx, char *, 1);
		a->lines.whole = NULL;
		a->lines.v[a->lines.n++] = gp_strdup(a->ctx, "help");
	}
}

static enum gp_status
run_asked(struct asked *a, const struct gp_route *route)
{
	enum gp_status st;
	bool flood = false;

	if (route->kind == GP_ROUTE_CONFIRM)
		st = gp_command_confirm(a, route->token);
	else
		st = gp_command_is_flood(a, &flood);
	if (st != GP_OK || flood)
		return st;
	if (route->kind != GP_ROUTE_CONFIRM)
		lines_of_mail(a, route);
	st = gp_command_lines(a);
	return st == GP_OK ? gp_command_answer(a) : st;
}

enum gp_status
gp_command_run(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err)
{
	struct asked a = {.ctx = ctx, .site = site, .list = route->list, .in = in, .out = out,
	    .err = err};
	struct gp_route plain = *route;
	enum gp_status st;

	if (route->kind == GP_ROUTE_BOUNCE)
		return gp_bounce_verp(ctx, site, route, in, out, err);
	if (route->kind == GP_ROUTE_ANON)
		return gp_anon_run(ctx, site, route, in, out, err);
	if (route->kind == GP_ROUTE_HOLD)
		return gp_hold_reply(ctx, site, route, in, out, err);
	if (route->kind == GP_ROUTE_LEAVE) {
		st = gp_command_leave_by_mail(&a, route->token);
		if (st != GP_E_NOTFOUND)
			return st;
		/* No token of ours: "unsubscribe", from whoever wrote. */
		plain.token = NULL;
		route = &plain;
	}
	a.msgid = in->mail->msgid;
	a.proven = gp_rules_auth(ctx, site, in) == GP_AUTH_PASS;
	st = gp_command_begin(&a, in->mail->from_addr, in->mail->from_name);
	return st == GP_OK ? run_asked(&a, route) : st;
}
