/* SPDX-License-Identifier: ISC */
/*
 * Whatever can be asked at an address of its own can be asked three ways with the same result: NAME+word, a line
 * of a mail to NAME+request, the subject of one.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"
#include "../../src/list/command.h"

/* What is asked with each command that takes something, "NUMBER" being a thread of the archive. All others are
 * asked alone. */
static const struct { const char *name, *args; } wanted[] = {
	{"help", "search"}, {"subscribe", "weekly"}, {"pause", "2026-12-24 to 2027-01-02"},
	{"set", "language de"}, {"get", "NUMBER"}, {"index", "5"}, {"last", "5"}, {"search", "Topbar"},
	{"follow", "NUMBER"}, {"mute", "NUMBER"}, {"unmute", "NUMBER"}, {"address", "add ann@home.example"},
	{"learned", "2026-11"}, {"note", "NUMBER loss of a hive"}, {"withdraw", "1"}, {"takedown", "NUMBER"}, {"solved", "NUMBER"}, {"reopen", "NUMBER"},
	{"kind", "NUMBER story"}, {"can-help", "#varroa"}, {"pass", "NUMBER"}, {"vote", "NUMBER yes"},
	{"summary", "NUMBER"}, {"library", "hives"}, {"keep", "NUMBER Topbar hives"}, {"page", "topbar"},
	{"still-true", "topbar"}, {"outdated", "topbar too old"}, {"mentor", "offer #queens"},
	{"introduce", "I have two hives"}, {"catchup", "2 weeks"}, {"share", "NUMBER wasps"},
};

static const char *
args_of(const struct place *p, const char *name)
{
	size_t i;

	for (i = 0; i < GP_COUNT(wanted); i++)
		if (strcmp(wanted[i].name, name) == 0)
			return strcmp(wanted[i].args, "NUMBER") == 0 || gp_starts(wanted[i].args, "NUMBER ") ?
			    gp_asprintf(p->ctx, "%s%s", "1", wanted[i].args + strlen("NUMBER")) : wanted[i].args;
	return "";
}

/* Tokens differ each time. */
static char *
without_tokens(char *text)
{
	char *p = text;
	size_t n;

	for (; *p != '\0'; p += n > 0 ? n : 1) {
		n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");
		if (n >= GP_TOKEN_CHARS)
			memset(p, '*', n);
	}
	return text;
}

/* All mails that it causes, in a transaction that is undone: each way finds the list as it was. */
static char *
answer(struct place *p, const char *to, const char *subject, const char *body)
{
	int64_t before = last_job(p);
	struct gp_outcome out = {0};
	struct gp_inbound in;
	struct gp_decision d;
	struct gp_route r;
	struct gp_err err;
	char *text;

	incoming(p->ctx, gp_asprintf(p->ctx, "From: Ann <ann@example.org>\nTo: %s\nSubject: %s\n"
	    "Message-ID: <one@say.example>\n\n%s", to, subject, body), "ann@example.org", &in);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_route_find(p->ctx, p->site, to, &r, &err), &err);
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	must(gp_act(p->ctx, p->site, &r, &in, &d, &out, &err), &err);
	text = without_tokens(mails(p, before));
	gp_store_rollback(p->site->store);
	return text;
}

static void
test_all(void **state)
{
	struct place *p = *state;
	size_t i, n = 0;

	assert_int_equal(post(p, ANN, "q", NULL, "Topbar hives", "Who has one?\n"), 1);
	for (i = 0; i < gp_command_count; i++) {
		const struct gp_command *c = &gp_commands[i];
		const char *args = args_of(p, c->name);
		char *line = gp_asprintf(p->ctx, "%s%s%s", c->name, *args != '\0' ? " " : "", args);
		char *body, *subject, *address;

		if ((c->flags & GP_CMD_ADDRESS) == 0)
			continue;
		if ((c->flags & GP_CMD_SUBJECT) != 0 && *args == '\0')
			fail_msg("say what is asked with \"%s\" above", c->name);
		body = answer(p, "bees+request@example.org", "", gp_asprintf(p->ctx, "%s\n", line));
		subject = answer(p, "bees+request@example.org", line, "\n");
		address = answer(p, gp_asprintf(p->ctx, "bees+%s@example.org", c->name), args, "\n");
		if (strchr(body, '|') == NULL || strstr(body, "not understood") != NULL)
			fail_msg("\"%s\": %s", line, body);
		if (strcmp(body, subject) != 0)
			fail_msg("\"%s\" in a body: %s\nas a subject: %s", line, body, subject);
		if (strcmp(body, address) != 0)
			fail_msg("\"%s\" in a body: %s\nat its address: %s", line, body, address);
		n++;
	}
	/* The table was read at all. */
	assert_true(n >= 40);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {PLACE_TEST(test_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
