/* SPDX-License-Identifier: ISC */
/* Base subjects (RFC 5256 section 2.1) and titles. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <string.h>

static void
test_base(void **state)
{
	static const struct {
		const char *in, *tag, *want;
		bool reply, forward;
	} cases[] = {
		{ "Hello", NULL, "hello", false, false },
		{ "Re: Hello", NULL, "hello", true, false },
		{ "RE : Hello", NULL, "hello", true, false },
		{ "re:re:  Re:\tHello", NULL, "hello", true, false },
		{ "Re[2]: Hello", NULL, "hello", true, false },
		{ "Re(3): Hello", NULL, "hello", true, false },
		{ "Re^4: Hello", NULL, "hello", true, false },
		{ "Re [bees]: Hello", NULL, "hello", true, false },
		{ "[bees] Re: Hello", "bees", "hello", true, false },
		{ "Re: [bees] AW: [bees] Re[2]: Hello", "[bees]", "hello", true, false },
		{ "[bees 17] Hello", "bees", "hello", false, false },
		{ "[a] [b] Re: Hello", NULL, "hello", true, false },
		{ "Fwd: Hello", NULL, "hello", false, true },
		{ "Fw: Re: Hello", NULL, "hello", true, true },
		{ "Hello (fwd)", NULL, "hello", false, true },
		{ "Hello (fwd) (fwd) ", NULL, "hello", false, true },
		{ "[Fwd: Hello]", NULL, "hello", false, true },
		{ "[fwd: Re: [fwd: Hello]]", NULL, "hello", true, true },
		{ "[PATCH v2] mend it", NULL, "mend it", false, false },
		{ "[only a tag]", NULL, "[only a tag]", false, false },
		{ "Re: [only a tag]", NULL, "[only a tag]", true, false },
		{ "AW: WG: Gr\xc3\x9c\xc3\x9f" "e", NULL, "gr\xc3\xbc\xc3\x9f" "e", true, true },
		{ "SV: VS: TR: RV: ANTW: ODP: RIF: R: I: ENC: YNT: x", NULL, "x", true, true },
		{ "\xe5\x9b\x9e\xe5\xa4\x8d\xef\xbc\x9a[L] \xe4\xbd\xa0\xe5\xa5\xbd", "L",
		    "\xe4\xbd\xa0\xe5\xa5\xbd", true, false },
		{ "\xe8\xbd\xac\xe5\x8f\x91: x", NULL, "x", false, true },
		{ "\xd0\x9e\xd1\x82\xd0\xb2: \xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2",
		    NULL,
		    "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", true, false },
		{ "V\xc3\xa1: x", NULL, "x", true, false },
		{ "V\xc3\x81: x", NULL, "x", true, false },
		{ "\xce\x91\xce\x92", NULL, "\xce\xb1\xce\xb2", false, false },
		{ "Re:", NULL, "", true, false },
		{ "Re: Re:", NULL, "", true, false },
		{ "", NULL, "", false, false },
		{ "   ", NULL, "", false, false },
		{ "[]", NULL, "[]", false, false },
		{ "Re", NULL, "re", false, false },
		{ "Reply: Hello", NULL, "reply: hello", false, false },
		{ "Refactoring", NULL, "refactoring", false, false },
		{ "[unclosed Re: x", NULL, "[unclosed re: x", false, false },
		{ "Re[x]: Hello", NULL, "hello", true, false },
		{ "Re(x): Hello", NULL, "re(x): hello", false, false },
		{ "[fwd: not closed", NULL, "[fwd: not closed", false, false },
		{ "a  b \t c", NULL, "a b c", false, false },
		{ "x [bees] y", "bees", "x [bees] y", false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		bool reply, forward;
		char *got = gp_subject_base(NULL, cases[i].in, cases[i].tag, &reply, &forward);

		if (strcmp(got, cases[i].want) != 0 || reply != cases[i].reply ||
		    forward != cases[i].forward)
			fail_msg("%s: got %s, %d %d", cases[i].in, got, reply, forward);
		talloc_free(got);
	}
}

static void
test_base_is_idempotent_and_bounded(void **state)
{
	char text[3000], *once, *twice;
	size_t i;

	(void)state;
	for (i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\x84", 2);
	text[sizeof(text) - 2] = '\0';
	once = gp_subject_base(NULL, text, NULL, NULL, NULL);
	assert_true(strlen(once) <= 255);
	assert_true(gp_utf8_valid(once, strlen(once)));
	twice = gp_subject_base(NULL, once, NULL, NULL, NULL);
	assert_string_equal(once, twice);
	talloc_free(once);
	talloc_free(twice);
	/* Many markers take no more than linear time. */
	for (i = 0; i + 4 < sizeof(text); i += 4)
		memcpy(text + i, "Re: ", 4);
	text[sizeof(text) - 4] = '\0';
	once = gp_subject_base(NULL, text, NULL, NULL, NULL);
	assert_true(strlen(once) <= 4);
	talloc_free(once);
}

static void
test_title(void **state)
{
	static const struct {
		const char *in, *tag, *want;
	} cases[] = {
		{ "Hello World", NULL, "Hello World" },
		{ "Re: [bees] Hello World", "bees", "Hello World" },
		{ "[bees] Re: [PATCH v2] mend", "bees", "[PATCH v2] mend" },
		{ "[PATCH v2] Re: mend", "bees", "[PATCH v2] Re: mend" },
		{ "[other] Hello", "bees", "[other] Hello" },
		{ "R: how to plot", NULL, "R: how to plot" },
		{ "  Fwd:  x ", NULL, "x" },
		{ "Re:", NULL, "(no subject)" },
		{ "[bees]", "bees", "(no subject)" },
		{ "", NULL, "(no subject)" },
		{ "a\r\nBcc: b", NULL, "a Bcc: b" },
		{ "[BEES 3] x", "bees", "x" },
		{ "[beeswax] x", "bees", "[beeswax] x" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_subject_title(NULL, cases[i].in, cases[i].tag);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].in, got);
		talloc_free(got);
	}
}

/* NULL in `want`: the field stays as it came. */
static const struct prefix_case {
	const char *value, *prefix;
	int64_t number;
	const char *want;
} prefix_cases[] = {
	{"Hello", "[L]", 0, "[L] Hello"},
	{"Re: [L] Hello", "[L]", 0, NULL},
	{"[L] Hello", "[L]", 0, NULL},
	{"Re: [L] AW: [L] Re[2]: Hello", "[L]", 0, "Re: [L] Hello"},
	{"Re: [l] Hello", "[L]", 0, "Re: [L] Hello"},
	{"AW: Hello", "[L]", 0, "Re: [L] Hello"},
	{"Fwd: [L] Hello", "[L]", 0, NULL},
	{"WG: Hello", "[L]", 0, "WG: [L] Hello"},
	{"Re: Fwd: Re: Hello", "[L]", 0, "Re: Fwd: Re: [L] Hello"},
	{"=?utf-8?Q?=5BL=5D_Gr=C3=BC=C3=9Fe?=", "[L]", 0, NULL},
	{"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "[L]", 0, "[L] =?utf-8?Q?Gr=C3=BC=C3=9Fe?="},
	{"Re: =?x-foo?Q?abc?=", "[L]", 0, "Re: [L] =?x-foo?Q?abc?="},
	{"=?x-foo?Q?abc?=", "[L]", 0, "[L] =?x-foo?Q?abc?="},
	{"", "[L]", 0, "[L] (no subject)"},
	{NULL, "[L]", 0, "[L] (no subject)"},
	{"Re:", "[L]", 0, "Re: [L] (no subject)"},
	{"[L]", "[L]", 0, "[L] (no subject)"},
	{"=?utf-8?B?" "?=", "[L]", 0, "[L] (no subject)"},
	{"Re: =?utf-8?B?" "?= =?utf-8?Q?" "?=", "[L]", 0, "Re: [L] (no subject)"},
	{"=?utf-8?B?IA==?=", "[L]", 0, "[L] (no subject)"},
	{"=?utf-8?Q?a=0D=0ABcc=3A_x?=", "[L]", 0, "[L] =?utf-8?Q?a=0D=0ABcc=3A_x?="},
	{"Re: =?utf-8?Q?[L]_a=0D=0ABcc=3A_x?=", "[L]", 0, NULL},
	{"\xe5\x9b\x9e\xe5\xa4\x8d\xef\xbc\x9a[L] \xe4\xbd\xa0\xe5\xa5\xbd", "[L]", 0,
	    "=?UTF-8?B?UmU6IFtMXSDkvaDlpb0=?="},
	{"[L 123] Hello", "[L #]", 124, "[L 124] Hello"},
	{"Re: [L 123] Hello", "[L #]", 124, "Re: [L 124] Hello"},
	{"[L 124] Hello", "[L #]", 124, NULL},
	{"[L123] Hello", "[L #]", 124, "[L 124] Hello"},
	{"[L x] Hello", "[L #]", 1, "[L 1] [L x] Hello"},
	{"[other] Hello", "[L]", 0, "[L] [other] Hello"},
	{"Hello [L]", "[L]", 0, "[L] Hello [L]"},
	{"Reply: Hello", "[L]", 0, "[L] Reply: Hello"},
	{"R: Hello", "[L]", 0, "[L] R: Hello"},
};

static void
test_prefix(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(prefix_cases); i++) {
		const struct prefix_case *c = &prefix_cases[i];
		char *got = gp_subject_prefix(NULL, c->value, c->prefix, c->number), *again;

		if (!gp_streq(got, c->want))
			fail_msg("%s: %s, not %s", c->value, got, c->want);
		/* Once more changes nothing. */
		again = got == NULL ? NULL : gp_subject_prefix(NULL, got, c->prefix, c->number);
		if (again != NULL)
			fail_msg("%s: not done once, but %s", got, again);
		talloc_free(got);
	}
}

/* No line is over what a header may have, and a long word comes through whole. */
static void
test_prefix_long(void **state)
{
	char *word = gp_array(NULL, char, 961), *got, *p;

	(void)state;
	memset(word, 'x', 960);
	word[960] = '\0';
	got = gp_subject_prefix(word, word, "[L]", 0);
	for (p = got; *p != '\0'; p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n'))
		assert_in_range(strcspn(p, "\n"), 1, 998);
	assert_string_equal(gp_mail_decode_words(word, got, strlen(got)),
	    gp_asprintf(word, "[L] %s", word));
	talloc_free(word);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_prefix_long),
		cmocka_unit_test(test_base_is_idempotent_and_bounded),
		cmocka_unit_test(test_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
