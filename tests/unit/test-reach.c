/* SPDX-License-Identifier: ISC */
/* A search over all lists of somebody, by mail: what they may read, and nothing else. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

static struct gp_list *
new_list(struct place *p, const char *address, const char *archive, const char *history)
{
	struct gp_list *list;
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, address, &list, &err), &err);
	must(gp_list_set(p->site->store, list, "archive", archive, &err), &err);
	must(gp_list_set(p->site->store, list, "history", history, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	return list;
}

static void
joins(struct place *p, const struct gp_list *list, const char *address, int role)
{
	struct gp_err err;
	int64_t id;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, list->id, address, "", role, GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

/* "swarm NAME" on that list. */
static void
writes(struct place *p, const struct gp_list *list, const char *name)
{
	char *text = gp_asprintf(p->ctx, "From: Zoe <zoe@z.example>\nTo: %s\nSubject: About %s\nMessage-ID: <%s@z.example>\n\n"
	    "A swarm %s.\n", list->address, name, name, name);
	struct gp_archived out;
	struct gp_inbound in;
	struct gp_err err;

	incoming(p->ctx, text, "zoe@z.example", &in);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_archive_add(p->ctx, p->site->store, list, in.mail, in.raw, in.n, gp_now(), &out, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

/* Who finds which of the lists' messages. */
static void
test_who_finds(void **state)
{
	static const struct {
		const char *from, *finds, *finds_not[8];
	} cases[] = {
		{BOB, "bees1 open1 own1", {"shut1", "since1", "owners1", "off1", NULL}},
		{CLEO, "bees1 open1 since2", {"own1", "shut1", "since1", "owners1", NULL}},
		{ANN, "bees1 open1 owners1 off0", {"own1", "shut1", "since1", "off1", NULL}},
		{EVE, "bees1 open1", {"own1", "shut1", "since1", "since2", "owners1", "off1", NULL}},
		/* Another address of Bob's. */
		{"Robert <rob@work.example>", "bees1 own1", {"shut1", NULL}},
	};
	struct place *p = *state;
	struct gp_list *open = new_list(p, "open@example.org", "public", "all");
	struct gp_list *own = new_list(p, "own@example.org", "members", "all");
	struct gp_list *shut = new_list(p, "shut@example.org", "members", "all");
	struct gp_list *since = new_list(p, "since@example.org", "members", "joined");
	struct gp_list *owners = new_list(p, "owners@example.org", "owners", "all");
	struct gp_list *off = new_list(p, "off@example.org", "off", "all");
	struct gp_person *bob;
	struct gp_err err;
	const char *word, *text;
	size_t i, k, n;

	joins(p, own, "bob@example.net", GP_ROLE_MEMBER);
	joins(p, owners, "bob@example.net", GP_ROLE_MODERATOR);
	joins(p, owners, "ann@example.org", GP_ROLE_OWNER);
	joins(p, off, "ann@example.org", GP_ROLE_OWNER);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_person_find(p->ctx, p->site->store, "bob@example.net", &bob, &err), &err);
	must(gp_person_add_address(p->site->store, bob->id, "rob@work.example", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	writes(p, p->bees, "bees1");
	writes(p, open, "open1");
	writes(p, own, "own1");
	writes(p, shut, "shut1");
	writes(p, since, "since1");
	writes(p, owners, "owners1");
	writes(p, off, "off1");
	gp_clock_set(gp_now() + DAY, true);
	joins(p, since, "cleo@example.com", GP_ROLE_MEMBER);
	writes(p, since, "since2");
	for (i = 0; i < GP_COUNT(cases); i++) {
		text = ask(p, cases[i].from, "search everywhere swarm\n");
		for (word = cases[i].finds; *word != '\0'; word += n + (word[n] == ' ')) {
			n = strcspn(word, " ");
			if (strncmp(word, "off0", n) != 0)
				HAS(text, gp_asprintf(p->ctx, "About %.*s", (int)n, word));
		}
		for (k = 0; cases[i].finds_not[k] != NULL; k++)
			HASNT(text, cases[i].finds_not[k]);
	}
}

static void
test_words(void **state)
{
	static const struct { const char *line, *has, *hasnt; } cases[] = {
		{"search everywhere swarm", "About open1", NULL},
		{"search on all lists: swarm", "About open1", NULL},
		{"suche \xc3\xbc" "berall swarm", "About open1", NULL},
		{"chercher partout swarm", "About open1", NULL},
		{"buscar en todas partes swarm", "About open1", NULL},
		{"search swarm", "About bees1", "open1"},
		/* The word alone, or quoted, is a word. */
		{"search everywhere", "Nothing was found for everywhere", "open1"},
		{"search \"everywhere\" swarm", "Nothing was found", "open1"},
		{"search everywhere zzzz", "on the lists that you may read", NULL},
		{"search everywhere swarn", "Did you mean swarm", NULL},
		{"search everywhere list:open swarm", "About open1", "bees1"},
		{"search everywhere -swarm zzz", "Nothing was found", NULL},
	};
	struct place *p = *state;
	struct gp_list *open = new_list(p, "open@example.org", "public", "all");
	char *text;
	size_t i;

	writes(p, p->bees, "bees1");
	writes(p, open, "open1");
	for (i = 0; i < GP_COUNT(cases); i++) {
		text = ask(p, EVE, gp_asprintf(p->ctx, "%s\n", cases[i].line));
		if (strstr(text, cases[i].has) == NULL || (cases[i].hasnt != NULL && strstr(text, cases[i].hasnt) != NULL))
			fail_msg("%s: %s", cases[i].line, text);
	}
	/* By list, with a way to have them. */
	text = ask(p, EVE, "search everywhere swarm\n");
	HAS(text, "get NUMBER, to open+request@example.org");
	HAS(text, "get NUMBER, to bees+request@example.org");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {PLACE_TEST(test_who_finds), PLACE_TEST(test_words)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
