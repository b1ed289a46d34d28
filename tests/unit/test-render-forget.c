/* SPDX-License-Identifier: ISC */
/* A person found in text: every way of writing the address, names only where they tell who wrote. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/render.h"

#include <string.h>

static const char *const addresses[] = {"ann@example.net", "Ann@b\xc3\xbc" "cher.example"};

static struct gp_forget *
new_forget(void)
{
	struct gp_forget *f = gp_forget_new(NULL, addresses, GP_COUNT(addresses), "NAME", "ADDR");

	gp_forget_name(f, "Ann Miller");
	gp_forget_name(f, "Honey");
	gp_forget_name(f, "ann@example.net");
	gp_forget_keep(f);
	return f;
}

static const struct {
	const char *name, *text, *want; /* want NULL: nothing is found */
	int where;
} cases[] = {
	{"nothing", "", NULL, 0},
	{"plain", "ann@example.net", "ADDR", 0},
	{"large letters", "Mail ANN@Example.Net!", "Mail ADDR!", 0},
	{"the other one", "<ann@b\xc3\xbc" "cher.example>", "<ADDR>", 0},
	{"an end of a sentence", "It is ann@example.net.", "It is ADDR.", 0},
	{"spelt out", "ann at example.net, ann (at) example.net, ann[at]example.net", "ADDR, ADDR, ADDR",
	    0},
	{"of the web", "mailto:ann%40example.net", "mailto:ADDR", 0},
	{"HTML", "ann&#64;example.net", "ADDR", 0},
	{"VERP", "<ann=example.net>", "<ADDR>", 0},
	{"stressed", "_ann@example.net_", "_ADDR_", 0},
	{"longer in front", "joann@example.net jo.ann@example.net x-ann@example.net a+ann@example.net",
	    NULL, 0},
	{"longer behind", "ann@example.network ann@example.net.org ann@example.net-work.org", NULL, 0},
	{"half of it", "ann@ ann@example @example.net ann at the example.net", NULL, 0},
	{"cut off", "ann@example.ne", NULL, 0},
	{"attribution", "On Monday, Ann Miller wrote:\n> x", "On Monday, NAME wrote:\n> x", 0},
	{"with the address", "Ann Miller <ann@example.net> wrote:", "NAME <ADDR> wrote:", 0},
	{"German", "Am Montag schrieb Ann Miller:", "Am Montag schrieb NAME:", 0},
	{"wrapped", "> On Monday, Ann\r\n> Miller <ann@example.net> wrote:",
	    "> On Monday, NAME\r\n>  <ADDR> wrote:", 0},
	{"name above the address", "Ann Miller\nann@example.net", "NAME\nADDR", 0},
	{"too far above", "Ann Miller\n\n\nann@example.net", "Ann Miller\n\n\nADDR", 0},
	{"a field", "> From: Ann Miller\n> Sent: x", "> From: NAME\n> Sent: x", 0},
	{"a field of the line above", "From: x\nAnn Miller", NULL, 0},
	{"HTML field", "<b>From:</b> Ann Miller<br>", "<b>From:</b> NAME<br>", 0},
	{"in a sentence", "I think that Ann Miller is right: yes.", NULL, 0},
	{"a word", "Honey is sweet, wrote Bob", NULL, 0},
	{"another name", "Joann Miller wrote: Ann Millerson wrote:", NULL, 0},
	{"own: signed", "Bye\nHoney\n", "Bye\nNAME\n", GP_FORGET_OWN},
	{"own: a word", "Honey is sweet", NULL, GP_FORGET_OWN},
	{"own: a whole name", "I, Ann Miller, say", "I, NAME, say", GP_FORGET_OWN},
	{"others: signed", "Bye\nAnn Miller\n", NULL, 0},
	{"hidden in HTML", "<a>ann@...</a> joann@...", "<a>ADDR</a> joann@...", GP_FORGET_HTML},
	{"hidden in text", "ann@...", NULL, 0},
	{"bytes that are no text", "\xff\xfe" "ann@example.net\xff", "\xff\xfe" "ADDR\xff", 0},
};

static void
test_text(void **state)
{
	struct gp_forget *f = new_forget();
	struct gp_buf b;
	size_t i;
	bool found;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		gp_buf_init(&b, f, 1 << 16);
		found = gp_forget_text(f, &b, cases[i].text, strlen(cases[i].text), cases[i].where);
		if (found != (cases[i].want != NULL))
			fail_msg("%s: %s", cases[i].name, found ? b.p : "nothing found");
		if (found && strcmp(b.p, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, b.p);
		if (!found)
			assert_int_equal(b.len, 0);
	}
	talloc_free(f);
}

/* A quick look may find too much, but never too little. */
static void
test_suspects(void **state)
{
	struct gp_forget *f = new_forget();
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *small = gp_strdup(f, cases[i].text);

		gp_str_lower(small);
		if (cases[i].want != NULL && cases[i].where != GP_FORGET_HTML &&
		    !gp_forget_suspects(f, small, strlen(small)))
			fail_msg("%s is not suspected", cases[i].name);
	}
	assert_false(gp_forget_suspects(f, "bob@example.net", 15));
	talloc_free(f);
}

static void
test_names(void **state)
{
	struct gp_forget *f = new_forget();

	(void)state;
	assert_true(gp_forget_is(f, "Ann@EXAMPLE.net"));
	assert_true(gp_forget_is(f, "ann@xn--bcher-kva.example") ||
	    gp_forget_is(f, "Ann@b\xc3\xbc" "cher.example"));
	assert_false(gp_forget_is(f, "joann@example.net"));
	assert_false(gp_forget_is(f, "ann"));
	assert_false(gp_forget_is(f, ""));
	/* A name of one message, and one letter, which is none. */
	gp_forget_name(f, "Annie");
	gp_forget_name(f, "X");
	assert_true(gp_forget_holds(f, "by annie.", 9));
	assert_false(gp_forget_holds(f, "by X.", 5));
	gp_forget_reset(f);
	assert_false(gp_forget_holds(f, "by annie.", 9));
	assert_true(gp_forget_holds(f, "by ann miller", 13));
	talloc_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_suspects),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
