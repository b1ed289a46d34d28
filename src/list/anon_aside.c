/* SPDX-License-Identifier: ISC */
/*
 * What a mail without a name says to the list itself: aside.c. Whoever asked without a name can say what solved it; that
 * is all that a name which is good for one thread can say. A vote is a member's, and the rest is said by somebody: none
 * of it becomes a post by mistake, and its author alone is told. Nothing is done before its author said yes to a
 * token: whoever forges a member's address must not learn from a thread whether that member began it.
 */
#include "config.h"

#include "anon.h"
#include "command.h"
#include "rules.h"

#include <string.h>

/* "close: I am fed up": of whoever could not close it these are words among people. */
static bool
is_said_to_people(const struct gp_aside_said *aside, const struct gp_member *author)
{
	const char *rest = aside->rest;

	return aside->vote == NULL && aside->command->group != GP_FOR_MEMBERS && author->role == GP_ROLE_MEMBER &&
	    rest[strspn(rest, " \t")] == ':' && rest[strspn(rest, " \t:")] != '\0';
}

static enum gp_anon_says
judge(struct asked *a, const struct gp_aside_said *aside, const struct gp_draft *d, const struct gp_message *parent)
{
	struct gp_message *head;
	struct gp_thread *t;

	if (aside->vote != NULL)
		return gp_aside_line(a, aside, parent) != NULL ? GP_ANON_VOTES : GP_ANON_SAYS_NOTHING;
	if (is_said_to_people(aside, a->member))
		return GP_ANON_SAYS_NOTHING;
	if ((aside->command->flags & GP_CMD_NAMELESS) == 0)
		return GP_ANON_NEEDS_NAME;
	if (gp_practice_head(a, parent->thread, &t, &head) != GP_OK || !gp_strieq(head->from_addr, d->address))
		return GP_ANON_NOT_THEIRS;
	return GP_ANON_SAYS;
}

bool
gp_anon_aside(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_mail *mail,
    struct gp_member *author, const struct gp_draft *d, const struct gp_message *parent, struct gp_anon_aside *out)
{
	struct gp_err err;
	struct asked a = {.ctx = ctx, .site = site, .list = list, .member = author, .err = &err};
	struct gp_aside_said aside = {0};
	bool unseen = false;

	memset(out, 0, sizeof(*out));
	if (parent == NULL || gp_veil_shuts_out(site, parent->thread, author, &unseen, &err) != GP_OK || unseen ||
	    !gp_aside_read(ctx, site, mail, &aside))
		return false;
	out->says = judge(&a, &aside, d, parent);
	/* A signature is not sent, whatever is in it. */
	out->only = aside.only || aside.below;
	out->said = aside.line;
	if (out->says == GP_ANON_SAYS)
		out->line = gp_aside_line(&a, &aside, parent);
	return out->says != GP_ANON_SAYS_NOTHING;
}

enum gp_status
gp_anon_aside_run(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_draft *d,
    const struct gp_member *author, const char *line, struct gp_outcome *out, json_t **results, struct gp_err *err)
{
	struct asked a = {.ctx = ctx, .site = site, .list = list, .out = out, .aside = true, .err = err,
	    .posted = out->message != 0};
	struct gp_member eyes = *author;
	enum gp_status st = gp_command_begin(&a, d->address, d->name);

	/* They see what they may see; under that name they look after nothing, and nothing else is theirs. */
	eyes.role = GP_ROLE_MEMBER;
	eyes.id = 0;
	a.member = &eyes;
	a.lines.v = gp_array(ctx, char *, 1);
	a.lines.v[0] = gp_strdup(ctx, line);
	a.lines.n = 1;
	if (st == GP_OK)
		st = gp_command_lines(&a);
	*results = a.results;
	return st;
}
