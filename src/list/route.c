/* SPDX-License-Identifier: ISC */
/*
 * Which of a list's addresses was meant (design section 7). A list named exactly like
 * the local part wins over a word behind a separator, so that a list may have a "-" in
 * its name.
 */
#include "config.h"

#include "command.h"

#include <string.h>

/* Words behind the separator that are no commands; `token`: "word-TOKEN" is wanted. */
static const struct {
	const char *word;
	enum gp_route_kind kind;
	bool token;
} words[] = {
	{"owner", GP_ROUTE_OWNER, false},
	{"request", GP_ROUTE_REQUEST, false},
	{"thread", GP_ROUTE_THREAD, true},
	{"confirm", GP_ROUTE_CONFIRM, true},
	{"unsubscribe", GP_ROUTE_LEAVE, true},
	{"hold", GP_ROUTE_HOLD, true},
	{"bounce", GP_ROUTE_BOUNCE, true},
	{"reply", GP_ROUTE_POST, true},
	{"answer", GP_ROUTE_POST, false},
	{"anon", GP_ROUTE_ANON, false},
	{"anon", GP_ROUTE_ANON, true},
};

/* May that command be asked for so: NAME+word, or NAME+word-ARGUMENT? */
static bool
is_asked_so(const struct gp_command *command, const char *rest)
{
	if (command == NULL || (command->flags & GP_CMD_ADDRESS) == 0)
		return false;
	return *rest == '\0' || (*rest == '-' && rest[1] != '\0' && (command->flags & GP_CMD_SUBJECT) != 0);
}

/* "subscribe", "join", "beitreten": a command in any language; "get-KEY" with an argument. Of words that begin
 * alike the longest is meant: "can-help" has a dash of its own. */
static bool
match_command(const void *ctx, const struct gp_site *site, const char *text, struct gp_route *out)
{
	const struct gp_command *command;
	const struct gp_word *w;
	size_t i, n, longest = 0;

	for (i = 0; (w = gp_words_each(site->words, i)) != NULL; i++) {
		n = strlen(w->text);
		if (w->kind != GP_WORD_COMMAND || n <= longest || strncmp(text, w->text, n) != 0)
			continue;
		command = gp_command_find(w->name);
		if (!is_asked_so(command, text + n))
			continue;
		longest = n;
		out->kind = GP_ROUTE_COMMAND;
		out->name = command->name;
		out->token = text[n] == '-' ? gp_strdup(ctx, text + n + 1) : NULL;
	}
	return longest > 0;
}

static bool
match_word(const void *ctx, const struct gp_site *site, const char *text, struct gp_route *out)
{
	size_t i, n;

	for (i = 0; i < GP_COUNT(words); i++) {
		n = strlen(words[i].word);
		if (strncmp(text, words[i].word, n) != 0)
			continue;
		if (!words[i].token && text[n] != '\0')
			continue;
		if (words[i].token && (text[n] != '-' || text[n + 1] == '\0'))
			continue;
		out->kind = words[i].kind;
		out->name = words[i].word;
		out->token = words[i].token ? gp_strdup(ctx, text + n + 1) : NULL;
		return true;
	}
	return match_command(ctx, site, text, out);
}

/* Try each separator in turn: "my-bees-owner" may be list my-bees. */
static enum gp_status
find_behind_separator(const void *ctx, struct gp_site *site, const char *folded,
    struct gp_route *out, struct gp_err *err)
{
	const char *at = strrchr(folded, '@');
	enum gp_status st;
	const char *p;

	for (p = folded; p < at; p++) {
		char *address, *word;

		if ((*p != '+' && *p != '-') || p == folded)
			continue;
		word = gp_strndup(ctx, p + 1, (size_t)(at - p - 1));
		if (!match_word(ctx, site, word, out))
			continue;
		address = gp_asprintf(ctx, "%.*s%s", (int)(p - folded), folded, at);
		st = gp_list_find(ctx, site->store, address, &out->list, err);
		if (st != GP_E_NOTFOUND)
			return st;
	}
	return GP_E_NOTFOUND;
}

enum gp_status
gp_route_find(const void *ctx, struct gp_site *site, const char *rcpt, struct gp_route *out,
    struct gp_err *err)
{
	char *folded = gp_addr_fold(ctx, rcpt);
	enum gp_status st;

	memset(out, 0, sizeof(*out));
	out->rcpt = gp_strdup(ctx, rcpt);
	if (folded == NULL)
		return gp_fail(err, GP_E_NOTFOUND, "<%s> is no address", rcpt);
	st = gp_list_find(ctx, site->store, folded, &out->list, err);
	if (st == GP_OK) {
		out->kind = GP_ROUTE_POST;
		out->name = "post";
		return GP_OK;
	}
	if (st == GP_E_NOTFOUND)
		st = find_behind_separator(ctx, site, folded, out, err);
	if (st == GP_E_NOTFOUND)
		return gp_fail(err, st, "there is no list <%s> here", rcpt);
	return st;
}

char *
gp_route_address(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const char *word, const char *token)
{
	return gp_asprintf(ctx, "%s%s%s%s%s@%s", list->name, site->conf->separator, word,
	    token != NULL ? "-" : "", token != NULL ? token : "", list->domain);
}
