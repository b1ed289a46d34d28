/* SPDX-License-Identifier: ISC */
/* What a post that begins a thread is: what its author says, and whether it reads like a question. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "talk.h"

static const struct reading { const char *name, *subject, *text; bool asks; } readings[] = {
	{"the subject", "Oxalic acid: which day?", "I have two hives.", true},
	{"a full-width mark", "\xe8\x9c\x82\xe8\x9c\xa1\xef\xbc\x9f", "x", true},
	{"words and a mark", "Oxalic acid", "Has anyone tried it in November? I have two hives.", true},
	{"no mark at all", "Wax moths", "I am looking for a way to get rid of them. Thanks in advance", true},
	{"short", "Wax", "How do you melt it", true},
	{"German", "Varroa", "Wei\xc3\x9f jemand, wie lange man warten muss?", true},
	{"French", "Varroa", "Quelqu'un sait-il combien de temps attendre ? Merci d'avance", true},
	{"Spanish", "Varroa", "\xc2\xbf" "Alguien sabe cu\xc3\xa1nto hay que esperar?", true},
	{"a story", "My first swarm", "On Sunday a swarm hung in the apple tree. We caught it in a box, and at dusk "
	    "all were in. It weighs two kilograms.", false},
	{"an announcement", "Meeting on Friday", "The next meeting is on Friday at seven. Please bring chairs.", false},
	{"one that asks politely", "ANNOUNCE: honey fair, new release of the programme",
	    "The programme is now available. Questions?", false},
	{"an address with a mark", "A film", "Look at https://films.example/watch?v=1 and x?y=2, it is good and long.", false},
	{"code", "Patch", "if (a ? b : c) x = y ?: z;", false},
	{"nothing", "", "", false},
	{"marks only", "???", "", true},
};

static void
test_readings(void **state)
{
	struct place *p = *state;
	struct gp_sign v[GP_SIGNS];
	size_t i, n;

	for (i = 0; i < GP_COUNT(readings); i++) {
		const struct reading *r = &readings[i];
		struct gp_mail m = {.subject = gp_strdup(p->ctx, r->subject), .own = gp_strdup(p->ctx, r->text),
		    .own_n = strlen(r->text)};
		int sum = gp_question_signs(p->ctx, p->site, &m, v, &n), again = 0;
		size_t k;

		if ((sum >= GP_QUESTION_POINTS) != r->asks)
			fail_msg("%s: %d points", r->name, sum);
		for (k = 0; k < n; k++)
			again += v[k].points;
		assert_int_equal(sum, again);
	}
}

static const struct said { const char *subject, *text, *kind; } said[] = {
	{"#question Which day", "words", "question"},
	{"Which day #question", "words", "question"},
	{"Re: Which day #QUESTION", "words", "question"},
	{"Which day", "#question\nwords", "question"},
	{"Which day", "\n#question #varroa\n\nwords", "question"},
	{"Which day", "words\n\n#varroa #question", "question"},
	{"Frage: welcher Tag", "words", "question"},
	{"Question : quel jour", "words", "question"},
	{"#pregunta", "words", "question"},
	{"ask: which day", "words", "question"},
	{"[bees] Ask: which day", "words", "question"},
	{"#story A swarm", "words", "story"},
	{"Story: a swarm", "words", "story"},
	{"#Tool and #question", "words", "tool"},
	{"#w\xc3\xa4rme A word of the list", "words", "w\xc3\xa4rme"},
	/* None of these says anything. */
	{"Which day", "words", NULL},
	{"question", "words", NULL},
	{"A question: which day", "words", NULL},
	{"Answer: Monday", "words", NULL},
	{"#questions2", "words", NULL},
	{"#12", "words", NULL},
	{"C#question", "words", NULL},
	{"Which day", "words #question words", NULL},
	{"Which day", "# question\nwords", NULL},
	{"Which day", "one\n#question\ntwo", NULL},
	{"#", "#", NULL},
	{"", "", NULL},
};

static void
test_said(void **state)
{
	struct place *p = *state;
	struct gp_list list = *p->bees;
	size_t i;

	list.set.kinds = gp_strdup(p->ctx, "story: what was\n\n:nothing\n tool : to use\nW\xc3\xa4rme\n");
	list.set.tag = gp_strdup(p->ctx, "bees");
	for (i = 0; i < GP_COUNT(said); i++) {
		struct gp_mail m = {.subject = gp_strdup(p->ctx, said[i].subject),
		    .own = gp_strdup(p->ctx, said[i].text), .own_n = strlen(said[i].text)};
		const char *kind = gp_kind_said(p->ctx, p->site, &list, &m);

		if (!gp_streq(kind, said[i].kind))
			fail_msg("\"%s\": %s, not %s", said[i].subject, kind, said[i].kind);
	}
}

static void
test_topics(void **state)
{
	struct place *p = *state;
	struct gp_mail m = {.subject = gp_strdup(p->ctx, "#Varroa and #12 #oxalic-acid"),
	    .own = gp_strdup(p->ctx, "text #not\n\n#wax #varroa"), .own_n = 23};
	size_t n;
	char **v = gp_kind_topics(p->ctx, &m, 10, &n);

	assert_int_equal(n, 4);
	assert_string_equal(v[0], "varroa");
	assert_string_equal(v[1], "oxalic-acid");
	assert_string_equal(v[2], "wax");
	gp_kind_topics(p->ctx, &m, 1, &n);
	assert_int_equal(n, 1);
}

/* What becomes of a post, by the list's setting and who wrote it. */
static void
test_posts(void **state)
{
	static const struct { const char *answers, *from, *subject, *mark; enum gp_mark_by by; } cases[] = {
		{"on", "bob@example.net", "Which day for acid?", "question", GP_MARK_RULE},
		{"on", "bob@example.net", "#question About acid", "question", GP_MARK_AUTHOR},
		{"on", "bob@example.net", "#story About a swarm", "story", GP_MARK_AUTHOR},
		{"on", "bob@example.net", "The meeting", "", GP_MARK_RULE},
		{"moderators", "bob@example.net", "#question Which day for wax?", "", GP_MARK_RULE},
		{"moderators", "ann@example.org", "Which day for wood?", "", GP_MARK_RULE},
		{"moderators", "ann@example.org", "#question On wood", "question", GP_MARK_AUTHOR},
		{"off", "ann@example.org", "#question On iron?", "", GP_MARK_RULE},
		{"off", "bob@example.net", "#story On iron", "story", GP_MARK_AUTHOR},
	};
	struct place *p = *state;
	struct gp_thread *t;
	struct gp_outcome out;
	struct gp_err err;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_list_set(p->site->store, p->bees, "answers", cases[i].answers, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
		take_in(p, "bees@example.org", gp_asprintf(p->ctx, "From: %s\nTo: bees@example.org\nSubject: %s\n"
		    "Message-ID: <%zu@x.example>\n\nSome words about it, number %zu.\n", cases[i].from,
		    cases[i].subject, i, i), cases[i].from, &out);
		must(gp_thread_find(p->ctx, p->site->store, out.thread, &t, &err), &err);
		if (strcmp(t->mark, cases[i].mark) != 0 || (t->mark[0] != '\0' && t->mark_by != cases[i].by))
			fail_msg("%s: \"%s\" is \"%s\"", cases[i].answers, cases[i].subject, t->mark);
	}
	/* A reply that asks makes no question of what it answers. */
	take_in(p, "bees@example.org", "From: bob@example.net\nTo: bees@example.org\nSubject: Re: The meeting\n"
	    "Message-ID: <r@x.example>\nIn-Reply-To: <3@x.example>\n\nWhere is it? Does anyone know?\n",
	    "bob@example.net", &out);
	must(gp_thread_find(p->ctx, p->site->store, out.thread, &t, &err), &err);
	assert_string_equal(t->mark, "");
	assert_int_equal(t->messages, 2);
}

static void
test_titles(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{"#question Buy a press", "Buy a press"}, {"Buy a press #frage #honey", "Buy a press #honey"},
		{"Buy a press #honey #story", "Buy a press #honey"}, {"Buy #honey", "Buy #honey"},
		{"#story #practice Buy", "Buy"}, {"#honey #story Buy", "#honey #story Buy"},
		{"Order #12 of wax", "Order #12 of wax"}, {"In C#", "In C#"}, {"Buy  #story  #tool", "Buy"},
		{"What of #story now?", "What of #story now?"}, {"#story", "#story"}, {"#story #tool", "#tool"},
		{"#decide Off here", "#decide Off here"}, {"", ""}, {"#", "#"}, {"# #", "# #"}, {"a #", "a #"}, {" x ", "x"},
		{"a #story!", "a #story!"}, {"\xc3\xa4 #Story", "\xc3\xa4"}, {"#storyteller", "#storyteller"},
		{"Spray [members only]", "Spray"}, {"[not archived] Spray #chatham", "Spray"}, {"[members only]", "[members only]"},
		{"Spray [draft]", "Spray [draft]"}, {"[", "["}, {"]", "]"}, {"[]", "[]"}, {"a []", "a []"}, {"] [", "] ["},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++)
		assert_string_equal(gp_kind_title(p->ctx, p->site, p->bees, cases[i].in), cases[i].out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_readings, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_said, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_topics, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_posts, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_titles, place_set_up, place_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
