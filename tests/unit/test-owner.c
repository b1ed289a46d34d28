/* SPDX-License-Identifier: ISC */
/* What owners do by mail, and that nobody else does it in their name. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "talk.h"

#define ANN "Ann <ann@example.org>"
#define BOB "Bob <bob@example.net>"
#define WAVES "~~~~~~~~~~~~~~~~~~~~\n"

static struct gp_list *
bees(struct place *p)
{
	struct gp_list *l;
	struct gp_err err;

	must(gp_list_find(p->ctx, p->site->store, "bees@example.org", &l, &err), &err);
	return l;
}

/* An owner's words, and the yes to what follows. */
static char *
own(struct place *p, const char *body)
{
	HAS(ask(p, ANN, body), "Was that you?");
	return say_yes(p, ANN);
}

static void
test_only_owners(void **state)
{
	static const char *const lines[] = {"configure", "configure post anyone", "log", "add x@example.org",
	    "remove ann@example.org", "invite x@example.org", "import x@example.org", "member ann@example.org",
	    "role bob@example.net owner", "text", "text welcome", "put welcome", "revert welcome"};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(lines); i++) {
		HAS(ask(p, BOB, lines[i]), "for those who look after the list");
		HAS(ask(p, "eve@evil.example", lines[i]), "for those who look after the list");
	}
}

static void
test_settings(void **state)
{
	struct place *p = *state;

	HAS(ask(p, ANN, "configure"), "max_size is 1M");
	HAS(own(p, "configure max_size 2M\nconfigure title The bees\n"), "title is now The bees");
	assert_int_equal(bees(p)->set.max_size, 2 << 20);
	assert_string_equal(bees(p)->set.title, "The bees");
	HAS(own(p, "set max_recipients 7\n"), "max_recipients is now 7");
	assert_int_equal(bees(p)->set.max_recipients, 7);
	HAS(ask(p, BOB, "set max_recipients 9\n"), "no option");
	HAS(own(p, "configure max_size huge\n"), "can't be that");
	HAS(ask(p, ANN, "configure nonsense 1\n"), "no option nonsense");
	/* Alone it shows; nothing is asked for by two quotation marks, whatever the mail program makes of them. */
	HAS(own(p, "configure tag bees\n"), "tag is now bees");
	HAS(ask(p, ANN, "configure tag\n"), "tag is bees");
	assert_string_equal(bees(p)->set.tag, "bees");
	own(p, "configure tag \"\"\n");
	assert_string_equal(bees(p)->set.tag, "");
	own(p, "configure tag bees\nconfigure tag \xe2\x80\x9e\xe2\x80\x9c\n");
	assert_string_equal(bees(p)->set.tag, "");
	HAS(own(p, "log\n"), "setting: max_size, 2M");
	/* A forged From alone does nothing. */
	ask(p, ANN, "configure post anyone\n");
	assert_int_equal(bees(p)->set.post, GP_POST_MEMBERS);
	say(p, BOB, reply_address(p), "Re:", "yes");
	assert_int_equal(bees(p)->set.post, GP_POST_MEMBERS);
}

/* A value that can't be: what is wanted, in the words of whoever asked. */
static void
test_wanted(void **state)
{
	static const struct { const char *language, *line, *want; } cases[] = {
		{"en", "configure max_size huge", "a size is wanted, such as 500k or 25M, from 1k to 64M"},
		{"en", "configure max_size 70M", "from 1k to 64M"},
		{"en", "configure approvals 0", "a number is wanted, from 1 to 9"},
		{"en", "configure hold_expire soon", "or 5d, from 1h to 366d"},
		{"en", "configure closed perhaps", "yes or no is wanted."},
		{"en", "configure join open", "one of confirm|moderated|closed"},
		{"en", "configure timezone Mars/Base", "a time zone is wanted, such as Europe/Berlin"},
		{"en", "member bob@example.net language german", "the two letters of a language"},
		{"en", "member bob@example.net attachments -1", "a size is wanted"},
		{"en", "member bob@example.net hiden yes", "Did you mean hidden?"},
		{"en", "configure tittle x", "Did you mean title?"},
		{"en", "role bob@example.net king", "one of member|moderator|owner"},
		{"de", "configure max_size huge", "es muss eine Größe sein, etwa 500k oder 25M, von 1k bis 64M"},
		{"fr", "configure approvals ten", "il faut un nombre, de 1 à 9"},
		{"es", "configure closed quizás", "tiene que ser yes (sí) o no"},
		{"de", "create bees", "es gibt schon eine mit dieser Adresse"},
		{"fr", "create search", "son nom commence par"},
		{"de", "put welcome\n" WAVES "Betreff: x\n\nHallo\n" WAVES, "erste Zeile muss \"Subject: ...\" sein"},
		{"en", "put welcome\n" WAVES "Subject: x\n\n{{no_name}}\n" WAVES, "we know, or may not stand there (line 3)"},
		{"es", "put welcome\n" WAVES "Subject: x\n\n{{#thread}}\n" WAVES, "faltan llaves dobles"},
		{"de", "configure", "max_size ist 1M: größere Nachrichten warten"},
		{"fr", "show", "hidden est no : yes : les autres membres"},
		{"es", "member bob@example.net", "reminders es yes: no: nada recuerda nada"},
		{"de", "log", "ann@example.org: Option gesetzt: ann@example.org, language=de"},
	};
	struct place *p = *state;
	size_t i;

	p->site->conf->create = GP_CREATE_OPEN;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *text;

		ask(p, ANN, gp_asprintf(p->ctx, "set language %s", cases[i].language));
		text = ask(p, ANN, cases[i].line);
		/* What does something is asked about first. */
		if (strstr(text, cases[i].want) == NULL && strstr(text, "confirm-") == NULL)
			text = say_yes(p, ANN);
		HAS(text, cases[i].want);
	}
}

static void
test_members(void **state)
{
	struct place *p = *state;
	char *text;

	text = own(p, "add dora@example.org Dora\n");
	HAS(text, "dora@example.org|[bees] You were put on this list");
	HAS(text, "dora@example.org is on the list now");
	assert_string_equal(member(p, "dora@example.org")->name, "Dora");
	HAS(own(p, "add dora@example.org\n"), "on this list already");
	HAS(own(p, "add nonsense\n"), "no address that mail can be sent to");
	HAS(own(p, "member dora@example.org posting trusted\n"), "posting of dora@example.org is now trusted");
	HAS(ask(p, ANN, "member dora@example.org\n"), "posting is trusted");
	HAS(ask(p, ANN, "member nobody@example.org\n"), "not on this list");
	HAS(own(p, "role dora@example.org moderator\n"), "is now moderator");
	assert_int_equal(member(p, "dora@example.org")->role, GP_ROLE_MODERATOR);
	HAS(own(p, "role dora@example.org king\n"), "can't be that");
	HAS(own(p, "role ann@example.org member\n"), "the only owner");
	HAS(own(p, "remove ann@example.org\n"), "the only owner");
	HAS(own(p, "remove dora@example.org\n"), "taken off this list");
	assert_null(member(p, "dora@example.org"));
}

static void
test_invitations(void **state)
{
	struct place *p = *state;
	char *text = own(p, "invite dora@example.org\n");

	HAS(text, "Would you like to join?");
	HAS(text, "want to join: 1.");
	HAS(say_yes(p, "Dora <dora@example.org>"), "Welcome");
	assert_non_null(member(p, "dora@example.org"));
	text = own(p, "import\na@example.org\nB <b@example.org>\nbob@example.net\n");
	HAS(text, "want to join: 2. On the list already: 1.");
	/* Also where nobody can join by themselves. */
	own(p, "configure join closed\n");
	own(p, "invite emil@example.org\n");
	HAS(say_yes(p, "emil@example.org"), "Welcome");
	HAS(ask(p, "fred@example.org", "join\n"), "by invitation");
}

static void
test_texts(void **state)
{
	struct place *p = *state;
	char *text = ask(p, ANN, "text welcome\n"), *address;

	HAS(text, "~~~~");
	HAS(text, "{{list_title}}");
	address = reply_address(p);
	/* A question about something else leaves the text's own open. */
	HAS(ask(p, ANN, "configure title Hives\n"), "ann@example.org|");
	/* The reply, as a mail program quotes it. */
	HAS(say(p, ANN, address, "Re: text", "> " WAVES "> Subject: Hi {{list_name}}\n>\n"
	    "> Moin **moin**, {{list_title}}!\n> " WAVES "\n"), "version 1");
	ask(p, "Dora <dora@example.org>", "join\n");
	HAS(say_yes(p, "Dora <dora@example.org>"), "Hi bees|Moin moin, bees!");
	/* What would break a mail is refused, and the text before stays. */
	HAS(ask(p, ANN, "put welcome\n" WAVES "Subject: x\n\n{{no_such_name}}\n" WAVES), "not kept");
	HAS(ask(p, ANN, "put welcome\n" WAVES "{{#open}}\n" WAVES), "not kept");
	HAS(ask(p, ANN, "put welcome\nSubject: x\n"), "two lines of waves");
	HAS(ask(p, ANN, "put ../../etc/passwd\n" WAVES "x\n" WAVES), "no text");
	HAS(ask(p, ANN, "text said\n"), "no text");
	HAS(own(p, "put charter\n" WAVES "# Bees\n\nWhat we do.\n" WAVES), "version 1");
	assert_string_equal(bees(p)->set.charter, "# Bees\n\nWhat we do.\n");
	HAS(ask(p, "dora@example.org", "info\n"), "What we do.");
	HAS(own(p, "revert welcome\n"), "version 2");
	ask(p, "Emil <emil@example.org>", "join\n");
	HAS(say_yes(p, "Emil <emil@example.org>"), "[bees] Welcome|");
	HAS(own(p, "revert welcome 1\n"), "version 3");
	HAS(ask(p, ANN, "text\n"), "welcome: version 3 by ann@example.org");
}

/* Reasons, questions and the footer have lines, and go by mail as texts do. */
static void
test_settings_with_lines(void **state)
{
	struct place *p = *state;
	char *address;

	own(p, "configure reasons Too long.\n");
	HAS(ask(p, ANN, "text reasons\n"), "~~~~~~~~~~~~~~~~~~~~ Too long. ~~~~");
	address = reply_address(p);
	HAS(say(p, ANN, address, "Re: text", WAVES "Too long.\nOff topic.\n" WAVES), "version 2");
	assert_string_equal(bees(p)->set.reasons, "Too long.\nOff topic.");
	HAS(own(p, "revert reasons\n"), "version 3");
	assert_string_equal(bees(p)->set.reasons, "Too long.");
	HAS(own(p, "put questions\n" WAVES "How did you hear of us?\nWhere are your bees?\n" WAVES), "version 1");
	assert_string_equal(bees(p)->set.questions, "How did you hear of us?\nWhere are your bees?");
	HAS(own(p, "put footer\n" WAVES "The bees\n\nhttps://bees.example\n" WAVES), "version 1");
	assert_string_equal(bees(p)->set.footer, "The bees\n\nhttps://bees.example");
	own(p, "revert footer\n");
	assert_string_equal(bees(p)->set.footer, "");
	HAS(ask(p, ANN, "text\n"), "- charter - questions: version 1 by ann@example.org - reasons: version 3");
}

/* Everybody is told of what they may ask for, and of no more. */
static void
test_help(void **state)
{
	struct place *p = *state;
	char *owner = ask(p, ANN, "help\n"), *moderator, *member = ask(p, BOB, "help\n");

	own(p, "role cleo@example.com moderator\n");
	moderator = ask(p, "cleo@example.com", "help\n");
	HAS(owner, "As a moderator");
	HAS(owner, "ban ADDRESS");
	HAS(owner, "As an owner");
	HAS(owner, "configure [KEY VALUE]");
	HAS(moderator, "ban ADDRESS");
	HASNT(moderator, "configure [KEY VALUE]");
	HASNT(moderator, "As an owner");
	HAS(member, "weekly");
	HASNT(member, "As a moderator");
	HASNT(member, "ban ADDRESS");
}

/* The same at the command line. */
static void
test_console(void **state)
{
	static const struct { const char *line, *says; } cases[] = {
		{"bans", "Nobody is banned"},
		{"sperren @spam.example", "No posts and no joining for @spam.example"},
		{"bans", "- @spam.example, by command line"},
		{"role bob@example.net moderator", "role of bob@example.net is now moderator"},
		{"invite bob@example.net", "On the list already: 1"},
		{"configure max_size huge", "a size is wanted"},
		{"put charter\n# All about bees\n", "version 1"},
		{"text charter", "# All about bees"},
		{"put welcome\nno subject\n", "not kept"},
		{"remove ann@example.org", "only owner"},
		{"close list", "takes no more posts"},
		{"log 1", "the command line: list closed"},
		/* Not of this kind, or nothing that is known. */
		{"", NULL}, {"daily", NULL}, {"erase", NULL}, {"queue", NULL}, {"help", NULL}, {"frobnicate", NULL},
		{"create wasps@example.org", NULL}, {"get 1", NULL},
	};
	struct place *p = *state;
	struct gp_err err;
	int64_t before = last_job(p);
	char *answer, *line;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		enum gp_status st;

		line = gp_strdup(p->ctx, cases[i].line);
		must(gp_store_begin(p->site->store, &err), &err);
		st = gp_command_console(p->ctx, p->site, p->bees, &line, 1, &answer, &err);
		assert_int_equal(st, cases[i].says == NULL ? GP_E_USAGE : GP_OK);
		must(gp_store_commit(p->site->store, &err), &err);
		if (cases[i].says != NULL)
			HAS(without_stars(p->ctx, answer), cases[i].says);
	}
	assert_int_equal(last_job(p), before);
	line = gp_strdup(p->ctx, "invite dora@example.org");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_command_console(p->ctx, p->site, p->bees, &line, 1, &answer, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	HAS(say_yes(p, "Dora <dora@example.org>"), "Welcome");
}

static void
test_export(void **state)
{
	struct place *p = *state;
	struct gp_job **v;
	size_t n;

	HAS(ask(p, ANN, "export members\n"), "the members of bees (3)");
	v = jobs_since(p, 0, &n);
	assert_non_null(gp_memmem(v[n - 1]->body, v[n - 1]->body_n, "filename=\"members.txt\"", 22));
	HAS(ask(p, BOB, "export members\n"), "What is kept of you");
	v = jobs_since(p, 0, &n);
	assert_non_null(gp_memmem(v[n - 1]->body, v[n - 1]->body_n, "my-data.json", 12));
	assert_null(gp_memmem(v[n - 1]->body, v[n - 1]->body_n, "members.txt", 11));
	assert_string_equal(goes_to(p, v[n - 1]), "bob@example.net");
}

static void
test_new_lists(void **state)
{
	struct place *p = *state;
	struct gp_list *l;
	struct gp_err err;

	p->conf->admin = gp_strdup(p->ctx, "root@example.org");
	p->conf->create = GP_CREATE_ADMIN;
	HAS(ask(p, BOB, "create wasps The wasps\n"), "only by whoever runs this server");
	p->conf->create = GP_CREATE_OPEN;
	ask(p, BOB, "create wasps The wasps\n");
	HAS(say_yes(p, BOB), "wasps@example.org is there");
	must(gp_list_find(p->ctx, p->site->store, "wasps@example.org", &l, &err), &err);
	assert_string_equal(l->set.title, "The wasps");
	ask(p, BOB, "create bees-request\n");
	HAS(say_yes(p, BOB), "can be no list");
	p->conf->create = GP_CREATE_REQUEST;
	ask(p, BOB, "create ants@example.org Ants for root@example.org\n");
	HAS(say_yes(p, BOB), "root@example.org|[bees] Shall there be a new list?");
	HAS(say_yes(p, "root@example.org"), "bob@example.net|[ants] Your list is there");
	must(gp_list_find(p->ctx, p->site->store, "ants@example.org", &l, &err), &err);
	ask(p, BOB, "create moths for root@example.org\n");
	HAS(say_yes(p, BOB), "Shall there be a new list?");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_only_owners), TEST(test_settings), TEST(test_wanted), TEST(test_members), TEST(test_invitations),
		TEST(test_texts), TEST(test_settings_with_lines), TEST(test_console), TEST(test_help), TEST(test_new_lists), TEST(test_export),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
