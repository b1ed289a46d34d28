/* SPDX-License-Identifier: ISC */
/*
 * The commands of moderators and owners for whoever runs the server: the same as by mail, and what would
 * be answered by mail is printed. Nobody has to prove who they are at that place, and a word about what is
 * held counts there as if all had agreed.
 */
#include "config.h"

#include "command.h"
#include "verdict.h"

#include <string.h>

#define WHO "command line"

/* Members have no settings here, and what waits is `guildpost hold`'s matter. */
static bool
is_for_console(const struct gp_command *command)
{
	return command != NULL && command->group != GP_FOR_MEMBERS && strcmp(command->name, "queue") != 0;
}

enum gp_status
gp_console_mail(struct asked *a, const struct gp_notice *n)
{
	struct gp_mail_text text;
	enum gp_status st;

	st = gp_notice_text(a->ctx, a->site, a->list, n, &text, a->err);
	if (st == GP_OK)
		gp_buf_puts(a->console, text.text);
	return st;
}

const char *
gp_command_called(const struct gp_site *site, const char *line)
{
	const struct gp_word *word = gp_words_find(site->words, GP_WORD_COMMAND, line, NULL);

	return word != NULL && gp_command_find(word->name) != NULL ? word->name : "";
}

enum gp_status
gp_command_console(const void *ctx, struct gp_site *site, struct gp_list *list, char *const *lines, size_t n,
    char **answer, struct gp_err *err)
{
	struct gp_outcome out = {0};
	struct gp_member operator = {.list = list->id, .role = GP_ROLE_OWNER};
	struct asked a = {.ctx = ctx, .site = site, .list = list, .out = &out, .err = err, .proven = true};
	const char *name = n > 0 ? gp_command_called(site, lines[0]) : "";
	const struct gp_word *near;
	struct gp_buf b;
	enum gp_status st;
	size_t i;

	if (!is_for_console(gp_command_find(name))) {
		near = n > 0 && *name == '\0' ? gp_words_near(site->words, GP_WORD_COMMAND, lines[0]) : NULL;
		return gp_fail(err, GP_E_USAGE, "that is no command of moderators or owners%s%s",
		    near != NULL ? "; perhaps this is meant: " : "", near != NULL ? near->name : "");
	}
	gp_buf_init(&b, ctx, GP_MAX_MESSAGE);
	gp_buf_puts(&b, "");
	a.console = &b;
	st = gp_command_begin(&a, WHO, "");
	operator.name = operator.address = operator.language = a.from;
	a.member = &operator;
	a.lines.v = gp_array(ctx, char *, n);
	for (i = 0; i < n; i++)
		a.lines.v[a.lines.n++] = gp_strdup(ctx, lines[i]);
	if (st == GP_OK)
		st = gp_command_lines(&a);
	if (st == GP_OK)
		st = gp_command_answer(&a);
	*answer = b.p != NULL ? b.p : gp_strdup(ctx, "");
	return st;
}

/* Why it could not be done, as a moderator would be told. */
static enum gp_status
say_unclear(const struct gp_opinion *o, const char *word, struct gp_err *err)
{
	static const struct { const char *why, *text; } reasons[] = {
		{"number", "the list has no such reason"}, {"list", "there is no other open list of that name here"},
		{"join", "a request to join can be neither moved nor edited"}, {"text", "a text is wanted"}, {"note", "a note is wanted"},
		{"damaged", "the message is too damaged for that"},
		{"nameless_move", "what was written without a name stays on its list; reject it with a reason that asks "
		    "its author to send it there"},
		{"nameless_trust", "nobody can be trusted by a name that is good for one thread; approve sends this one"},
		{"nameless_ban", "nobody can be banned by a name that is good for one thread; discard throws this one away"},
	};
	size_t i;

	for (i = 0; i < GP_COUNT(reasons); i++)
		if (gp_streq(reasons[i].why, o->why))
			return gp_fail(err, GP_E_PARSE, "%s: %s", word, reasons[i].text);
	return gp_fail(err, GP_E_PARSE, "%s: that can't be done with this message", word);
}

enum gp_status
gp_hold_console(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_hold *hold,
    const char *word, const char *rest, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_hold h = *hold;
	struct gp_case c = {ctx, site, list, &h, WHO, 0, NULL, out, err};
	const struct gp_word w = {.name = word};
	json_t *data = gp_json_object(ctx);
	struct gp_opinion o;
	const char *what = "";
	enum gp_status st;

	/* Its word alone is enough. */
	h.approvals = 1;
	st = gp_verdict_of(&c, &w, gp_strdup(ctx, rest), NULL, &o);
	if (st == GP_OK && strcmp(word, "edit") == 0 && gp_streq(o.why, "text") && *rest != '\0') {
		o.verdict = GP_SAY_EDIT;
		o.text = gp_strdup(ctx, rest);
	}
	if (st == GP_OK)
		st = gp_verdict_do(&c, &o, &what, data);
	if (st == GP_OK && strcmp(what, "unclear") == 0)
		return say_unclear(&o, word, err);
	if (st == GP_OK && (strcmp(what, "decided") == 0 || strcmp(what, "same") == 0))
		return gp_fail(err, GP_E_EXISTS, "%s", out->text);
	return st;
}
