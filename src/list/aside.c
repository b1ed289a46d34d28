/* SPDX-License-Identifier: ISC */
/*
 * What a reply to the list says to the list itself, in the first line that its author typed: "solved",
 * "keep: How we mark queens #queens". It is a command about the thread. Where nothing else is
 * written the mail is no post: what came of it is answered to its author alone. With more words it
 * is a post, too: without that line where it was done and holds nothing else (aside_strip.c), word for
 * word where it was not, for then it may have been meant for people. Its author hears both.
 */
#include "config.h"

#include "command.h"
#include "rules.h"

#include <string.h>

enum {
	LONGEST = 200,
	WRAPS = 56, WIDTH = 66,	/* bytes: a line that a mail program broke is not shorter; what was too long for it */
	PHOTO = 50000		/* bytes of a picture that is more than a logo */
};

/* Nothing, a mark, a colon, or numbers: "solved", "Solved! Thank you", "keep: Title", "solved by 12"; not "solved
 * problems bore me". What stands behind a mark is said to the others; behind a colon where the command takes none. */
static bool
is_said_to_us(const struct gp_command *command, const char *rest, bool *shared)
{
	const char *p = rest + strspn(rest, " \t.!");
	struct gp_str word;
	int i;

	*shared = *rest == '!' || *rest == '.' || (*p == ':' && (command->flags & GP_CMD_WORDS) == 0 &&
	    strpbrk(p, "0123456789") == NULL);
	*shared &= p[strspn(p, " \t:")] != '\0';
	if (*p == '\0' || *p == ':' || *shared)
		return true;
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
is_end_of_word(const char *p, bool *shared)
{
	size_t marks = strspn(p, " \t.,:;!");

	*shared = p[marks] != '\0';
	return p[marks] == '\0' || strchr(".,:;!", *p) != NULL;
}

/* "+1", "+1!", "+1 with pleasure", "+1, and I bring a book": not "+100". What says no more than +1 is no post. */
static bool
read_plus(const struct gp_words *words, const char *line, struct gp_aside_said *out)
{
	const struct gp_word *word;
	const char *rest;
	size_t used;

	if (!gp_starts(line, "+1") || (line[2] != '\0' && strchr(" \t.,:;!", line[2]) == NULL))
		return false;
	out->plus = !is_end_of_word(line + 2, &out->shared);
	rest = line + 2 + strspn(line + 2, " \t.,:;!");
	word = gp_words_find(words, GP_WORD_VOTE, rest, &used);
	rest += word != NULL && strcmp(word->name, "yes") == 0 ? used : 0;
	out->shared = !gp_words_only_polite(words, rest);
	out->vote = "yes";
	return true;
}

/* What the line says to us, with the word at `at`; false: nothing. */
static bool
read_line(const void *ctx, const struct gp_site *site, const char *line, struct gp_aside_said *out)
{
	const struct gp_word *word;
	size_t used, at = gp_read_marks(line);

	out->line = line;
	if (read_plus(site->words, line, out))
		return true;
	word = gp_words_find(site->words, GP_WORD_VOTE, line + at, &used);
	out->vote = word != NULL && is_end_of_word(line + at + used, &out->shared) ? word->name : NULL;
	if (out->vote != NULL)
		return true;
	out->shared = false;
	word = gp_words_find(site->words, GP_WORD_COMMAND, line + at, &used);
	out->command = word != NULL ? gp_command_find(word->name) : NULL;
	if (out->command == NULL || (out->command->flags & GP_CMD_REPLY) == 0 ||
	    ((out->command->flags & GP_CMD_FIRST) != 0 && word->arguments == NULL))
		return false;
	out->rest = line + at + used;
	if ((out->command->flags & GP_CMD_LIST) != 0)
		return out->rest[strspn(out->rest, " \t")] == ':' || gp_share_names_list(ctx, site, out->rest);
	return (out->command->flags & GP_CMD_MARKED) != 0 ? is_marked(out->rest) :
	    is_said_to_us(out->command, out->rest, &out->shared);
}

/* Does a line go on in the next, which ends a paragraph? One that a mail program broke, or tags below a title. */
static bool
goes_on(const struct gp_lines *lines, size_t i)
{
	const char *line = lines->v[i], *next = i + 1 < lines->n ? lines->v[i + 1] : "", *p = next;
	size_t n = strlen(line);

	if (*next == '\0' || (i + 2 < lines->n && lines->v[i + 2][0] != '\0') || strchr(line, ':') == NULL)
		return false;
	while (*p == '#' && p[1] > ' ') {
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	if (*p == '\0')
		return true;
	return n >= WRAPS && n + 1 + strcspn(next, " ") >= WIDTH && !(*next >= 'A' && *next <= 'Z') &&
	    strchr(".!?:", next[strlen(next) - 1]) == NULL && strchr(".!?", line[n - 1]) == NULL;
}

/* A photo or a document is for the others; the picture of a company below a mail is not. */
static bool
brings_file(const struct gp_mail *mail)
{
	size_t i;

	for (i = 0; i < mail->parts_n; i++) {
		const struct gp_part *p = &mail->parts[i];
		bool below = p->parent > 0 && (size_t)p->parent <= mail->parts_n &&
		    strcmp(mail->parts[p->parent - 1].type, "multipart/related") == 0;

		if (!gp_starts(p->type, "image/")) {
			if ((p->flags & GP_PART_ATTACHMENT) != 0)
				return true;
		} else if (!below || p->size >= PHOTO) {
			return true;
		}
	}
	return false;
}

bool
gp_aside_read(const void *ctx, const struct gp_site *site, const struct gp_mail *mail, struct gp_aside_said *out)
{
	struct gp_lines lines;
	size_t i, first;

	if ((mail->flags & (GP_MAIL_AUTO | GP_MAIL_REPORT)) != 0 || (mail->references_n == 0 && mail->in_reply_to_n == 0))
		return false;
	gp_read_lines(ctx, site->words, GP_WORD_COMMAND, mail, &lines);
	for (first = 0; first < lines.n && lines.v[first][0] == '\0';)
		first++;
	if (first < lines.n && goes_on(&lines, first)) {
		lines.v[first + 1] = gp_asprintf(ctx, "%s %s", lines.v[first], lines.v[first + 1]);
		first++;
	}
	if (first == lines.n || !read_line(ctx, site, lines.v[first], out))
		return false;
	out->only = !out->shared && !lines.more && !brings_file(mail);
	for (i = first + 1; i < lines.n; i++)
		out->only &= lines.v[i][0] == '\0';
	out->below = out->only && gp_read_postscript(ctx, mail);
	out->only &= !out->below;
	return out->command == NULL || (out->command->flags & GP_CMD_ALONE) == 0 || out->only;
}

char *
gp_aside_line(struct asked *a, const struct gp_aside_said *aside, const struct gp_message *parent)
{
	struct gp_decision_round *d;
	struct gp_circle *c;
	const char *rest;

	if (aside->vote == NULL) {
		rest = aside->rest + strspn(aside->rest, " \t.!:");
		return gp_asprintf(a->ctx, "%s %s%s%s", aside->command->name, parent->key, *rest != '\0' ? " " : "", rest);
	}
	if (a->member == NULL)
		return NULL;
	if ((aside->plus || gp_decision_of(a->ctx, a->site->store, parent->id, &d, a->err) != GP_OK || d->over) &&
	    (strcmp(aside->vote, "yes") != 0 || gp_circle_of(a->ctx, a->site->store, parent->id, &c, a->err) != GP_OK ||
	    c->state == GP_CIRCLE_OVER))
		return NULL;
	return gp_asprintf(a->ctx, "vote %s %s", parent->key, aside->vote);
}

/* Was it said to the others after all? Votes and "close: I am fed up" are words among people; of a stranger the
 * rules know best; and who can't be answered would never hear of it. */
static bool
is_for_others(const struct asked *a, const struct gp_aside_said *aside)
{
	const char *rest = aside->rest;

	if (a->member == NULL || !gp_notice_may_answer(a->in))
		return true;
	if (aside->vote != NULL)
		return !a->uncounted;
	return aside->command->group != GP_FOR_MEMBERS && rest[strspn(rest, " \t:")] != '\0' &&
	    rest[strspn(rest, " \t")] == ':';
}

struct gp_aside {
	struct asked a;
	struct gp_aside_said said;
	char *line;		/* the command */
	bool done;		/* it was run */
	bool stripped;		/* and its line went out of the post */
};

static enum gp_status
run(struct gp_aside *one)
{
	struct asked *a = &one->a;
	enum gp_status st;

	a->lines.v = gp_array(a->ctx, char *, 1);
	a->lines.v[0] = one->line;
	a->lines.n = 1;
	a->at = 0;
	a->results = gp_json_array(a->ctx);
	one->done = true;
	st = gp_command_lines(a);
	/* Its author knows the line that they wrote. */
	gp_json_text(json_array_get(a->results, 0), "line", gp_utf8_line(a->ctx, one->said.line, strlen(one->said.line),
	    LONGEST));
	return st;
}

/* Was it done? Not where it is for others to say, nor while a question waits for a yes. */
static bool
is_done(const struct gp_aside *one)
{
	return one->done && !one->a.refused &&
	    !json_is_true(json_object_get(json_array_get(one->a.results, 0), "elsewhere"));
}

/* Of which thread? Some programs name no more than our mail in an answer to it: who was asked to help, and says
 * nothing but "pass", means what they were asked last. */
static enum gp_status
find_thread(struct gp_aside *one, struct gp_message **out)
{
	struct asked *a = &one->a;
	enum gp_status st = gp_rules_thread(a->ctx, a->site, a->list, a->in->mail, out, a->err);
	int64_t id;

	if (st != GP_E_NOTFOUND || a->member == NULL || !one->said.only || one->said.command == NULL ||
	    one->said.command->run != gp_do_pass)
		return st;
	st = gp_helper_last(a->site->store, a->member->id, &id, a->err);
	return st == GP_OK ? gp_message_find_id(a->ctx, a->site->store, id, out, a->err) : st;
}

/* Something is said to us: who says it, about which thread. *out is NULL when it is nothing for us after all. */
static enum gp_status
begin(struct gp_aside *one, struct gp_aside **out)
{
	const struct gp_mail *mail = one->a.in->mail;
	struct asked *a = &one->a;
	struct gp_message *parent = NULL;
	enum gp_status st;
	bool unseen;

	a->msgid = mail->msgid;
	a->proven = gp_rules_auth(a->ctx, a->site, a->in) == GP_AUTH_PASS;
	a->aside = true;
	st = gp_command_begin(a, mail->from_addr, mail->from_name);
	if (st == GP_OK)
		st = find_thread(one, &parent);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	/* What a moderator let in is a post, and not a word about a thread that its author may not see. */
	st = gp_veil_shuts_out(a->site, parent->thread, a->member, &unseen, a->err);
	if (st != GP_OK || unseen)
		return st;
	one->line = gp_aside_line(a, &one->said, parent);
	*out = one->line != NULL ? one : NULL;
	return GP_OK;
}

/* The mail was nothing else. *taken: and is done with. */
static enum gp_status
end_alone(struct gp_aside *one, bool *taken)
{
	struct asked *a = &one->a;

	if (a->refused && is_for_others(a, &one->said))
		return GP_OK;
	*taken = true;
	if (a->refused)
		gp_json_bool(gp_said(a, "not_sent"), "done", true);
	a->out->text = gp_asprintf(a->ctx, "taken as a command: %s",
	    one->said.vote != NULL ? "vote" : one->said.command->name);
	return gp_notice_may_answer(a->in) ? gp_command_answer(a) : GP_OK;
}

enum gp_status
gp_aside_before(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_inbound **in,
    struct gp_outcome *out, struct gp_aside **aside, bool *taken, struct gp_err *err)
{
	const struct gp_inbound *came = *in;
	struct gp_aside *one = gp_new(ctx, struct gp_aside);
	enum gp_status st;

	*one = (struct gp_aside){.a = {.ctx = ctx, .site = site, .list = list, .in = came, .out = out, .err = err}};
	*aside = NULL;
	*taken = false;
	if (!gp_aside_read(ctx, site, came->mail, &one->said))
		return GP_OK;
	st = begin(one, aside);
	/* Words for the others come first, and a vote stays beside its reasons. */
	if (st != GP_OK || *aside == NULL || (!one->said.only && (one->said.shared || one->said.vote != NULL)))
		return st;
	one->a.more = !one->said.only;
	st = run(one);
	if (st == GP_OK && one->said.only)
		return end_alone(one, taken);
	one->done = !one->a.later;
	if (st == GP_OK && is_done(one)) {
		st = gp_aside_strip(ctx, one->said.line, in, err);
		one->stripped = *in != came;
	}
	return st;
}

/* A stranger's address proves nothing: it gets no mail because of a post that others see. */
enum gp_status
gp_aside_after(struct gp_aside *one)
{
	struct asked *a = &one->a;
	enum gp_status st = GP_OK;

	a->posted = true;
	a->more = false;
	if (!one->done)
		st = run(one);
	if (st != GP_OK || !gp_notice_may_answer(a->in) || (a->member == NULL && !a->proven))
		return st;
	gp_json_bool(gp_said(a, "sent_too"), "without", one->stripped);
	return gp_command_answer(a);
}
