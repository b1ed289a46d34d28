/* SPDX-License-Identifier: ISC */
/*
 * What a reply to the list says to the list itself, in the first line that its author typed: "solved",
 * "keep: How we mark queens #queens". It is a command about the thread. Where nothing else is
 * written the mail is no post: what came of it is answered to its author alone. With more words it
 * is a post like any other, word for word, and the command is done beside. The one word of who may
 * not say it tells the others nothing: its author alone hears why it was not done.
 */
#include "config.h"

#include "command.h"
#include "rules.h"

#include <string.h>

struct aside {
	const char *vote;	/* what it says if the thread is a round that decides; then no command */
	const struct gp_command *command;
	const char *rest;	/* of the line, behind the word */
	bool only;		/* nothing else was written */
};

/* Nothing, a mark, a colon, or numbers: "solved", "Solved! Thank you", "keep: Title", "solved by 12"; not "solved
 * problems bore me". What stands behind a mark is said to the others. */
static bool
is_said_to_us(const char *rest, bool *only)
{
	const char *p = rest + strspn(rest, " \t.!");
	struct gp_str word;
	int i;

	if (*p == '\0' || *p == ':')
		return true;
	if (*rest == '!' || *rest == '.') {
		*only = false;
		return true;
	}
	for (i = 0; i < 2; i++) {
		word = gp_command_word(&p);
		while (word.n > 0 && *word.p == '#') {
			word.p++;
			word.n--;
		}
		if (word.n > 0 && strspn(word.p, "0123456789") >= word.n)
			return true;
	}
	return false;
}

/* ": reason", "24h": not "Cool!", nor "close to me". */
static bool
is_marked(const char *rest)
{
	const char *p = rest + strspn(rest, " \t");
	struct gp_str word = gp_command_word(&p);
	char text[16];
	int64_t span;

	if (rest[strspn(rest, " \t")] == ':')
		return true;
	if (*p != '\0' || word.n == 0 || word.n >= sizeof(text))
		return false;
	memcpy(text, word.p, word.n);
	text[word.n] = '\0';
	return gp_parse_duration(text, &span);
}

/* "yes", "Yes, gladly": a mark or nothing follows. What stands behind the mark is more than one word. */
static bool
is_end_of_word(const char *p, bool *only)
{
	size_t marks = strspn(p, " \t.,:;!");

	if (p[marks] != '\0')
		*only = false;
	return p[marks] == '\0' || strchr(".,:;!", *p) != NULL;
}

static bool
read_aside(const void *ctx, const struct gp_site *site, const struct gp_mail *mail, struct aside *out)
{
	const struct gp_word *word;
	struct gp_lines lines;
	size_t i, used, at, first;

	if ((mail->flags & (GP_MAIL_AUTO | GP_MAIL_REPORT)) != 0 || (mail->references_n == 0 && mail->in_reply_to_n == 0))
		return false;
	gp_read_lines(ctx, site->words, GP_WORD_COMMAND, mail, &lines);
	for (first = 0; first < lines.n && lines.v[first][0] == '\0';)
		first++;
	if (first == lines.n)
		return false;
	out->only = true;
	for (i = first + 1; i < lines.n; i++)
		out->only &= lines.v[i][0] == '\0';
	if (gp_starts(lines.v[first], "+1") && is_end_of_word(lines.v[first] + 2, &out->only)) {
		out->vote = "yes";
		return true;
	}
	at = gp_read_marks(lines.v[first]);
	word = gp_words_find(site->words, GP_WORD_VOTE, lines.v[first] + at, &used);
	out->vote = word != NULL && is_end_of_word(lines.v[first] + at + used, &out->only) ? word->name : NULL;
	if (out->vote != NULL)
		return true;
	word = gp_words_find(site->words, GP_WORD_COMMAND, lines.v[first] + at, &used);
	out->command = word != NULL ? gp_command_find(word->name) : NULL;
	if (out->command == NULL || (out->command->flags & GP_CMD_REPLY) == 0 ||
	    ((out->command->flags & GP_CMD_ALONE) != 0 && !out->only))
		return false;
	out->rest = lines.v[first] + at + used;
	if ((out->command->flags & GP_CMD_LIST) != 0)
		return out->rest[strspn(out->rest, " \t")] == ':' || gp_share_names_list(ctx, site, out->rest);
	return (out->command->flags & GP_CMD_MARKED) != 0 ? is_marked(out->rest) :
	    is_said_to_us(out->rest, &out->only);
}

/* The line of a command that says the same. NULL: it says nothing to us. */
static char *
line_of(struct asked *a, const struct aside *aside, const struct gp_message *parent)
{
	struct gp_decision_round *d;
	struct gp_circle *c;

	if (aside->vote == NULL)
		return gp_asprintf(a->ctx, "%s %s %s", aside->command->name, parent->key,
		    aside->rest + strspn(aside->rest, " \t.!:"));
	if (a->member == NULL)
		return NULL;
	if ((gp_decision_of(a->ctx, a->site->store, parent->id, &d, a->err) != GP_OK || d->over) &&
	    (strcmp(aside->vote, "yes") != 0 || gp_circle_of(a->ctx, a->site->store, parent->id, &c, a->err) != GP_OK ||
	    c->state == GP_CIRCLE_OVER))
		return NULL;
	return gp_asprintf(a->ctx, "vote %s %s", parent->key, aside->vote);
}

/* Was it said to the others after all? Votes and "close: I am fed up" are words among people; of a stranger the
 * rules know best; and who can't be answered would never hear of it. */
static bool
is_for_others(const struct asked *a, const struct aside *aside)
{
	const char *rest = aside->rest;

	if (aside->vote != NULL || a->member == NULL || !gp_notice_may_answer(a->in))
		return true;
	return aside->command->group != GP_FOR_MEMBERS && rest[strspn(rest, " \t:")] != '\0' &&
	    rest[strspn(rest, " \t")] == ':';
}

enum gp_status
gp_aside_run(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_inbound *in,
    bool posted, struct gp_outcome *out, bool *taken, struct gp_err *err)
{
	struct asked a = {.ctx = ctx, .site = site, .list = list, .in = in, .out = out, .err = err};
	struct gp_message *parent = NULL;
	struct aside aside = {0};
	enum gp_status st;

	*taken = false;
	if (!read_aside(ctx, site, in->mail, &aside) || aside.only == posted)
		return GP_OK;
	a.msgid = in->mail->msgid;
	a.proven = gp_rules_auth(ctx, site, in) == GP_AUTH_PASS;
	a.aside = true;
	a.posted = posted;
	st = gp_command_begin(&a, in->mail->from_addr, in->mail->from_name);
	if (st == GP_OK)
		st = gp_rules_thread(ctx, site, list, in->mail, &parent, err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	a.lines.v = gp_array(ctx, char *, 1);
	a.lines.v[0] = line_of(&a, &aside, parent);
	if (a.lines.v[0] == NULL)
		return GP_OK;
	a.lines.n = 1;
	st = gp_command_lines(&a);
	if (st != GP_OK || posted || (a.refused && is_for_others(&a, &aside)))
		return st;
	*taken = true;
	if (a.refused)
		gp_json_bool(gp_said(&a, "not_sent"), "done", true);
	out->text = gp_asprintf(ctx, "taken as a command: %s", aside.vote != NULL ? "vote" : aside.command->name);
	return gp_notice_may_answer(in) ? gp_command_answer(&a) : GP_OK;
}
