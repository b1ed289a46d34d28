/* SPDX-License-Identifier: ISC */
/* Dates and Message-IDs. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <string.h>

static const struct {
	const char *in, *want;	/* want: UTC, NULL for no moment */
	int zone;
	bool known;
} dates[] = {
	{ "Thu, 19 Feb 2004 10:17:01 +0200", "2004-02-19T08:17:01Z", 120, true },
	{ "19 Feb 2004 10:17:01 +0200", "2004-02-19T08:17:01Z", 120, true },
	{ "Thu, 19 Feb 2004 10:17 -0330", "2004-02-19T13:47:00Z", -210, true },
	{ "Thu, 1 Apr 1999 12:30:45 +0200 (CEST)", "1999-04-01T10:30:45Z", 120, true },
	{ "Thu (a day), 1 (first) Apr 1999 12:30:45 GMT", "1999-04-01T12:30:45Z", 0, true },
	{ "Thu, 01 April 1999 12:30:45 GMT", "1999-04-01T12:30:45Z", 0, true },
	{ "Thursday, 1 Sept 1999 12:30:45 GMT", "1999-09-01T12:30:45Z", 0, true },
	{ "Thu, 1 Apr 99 12:30:45 EST", "1999-04-01T17:30:45Z", -300, true },
	{ "1 Apr 04 12:30:45 PDT", "2004-04-01T19:30:45Z", -420, true },
	{ "1 Apr 100 12:30:45 GMT", "2000-04-01T12:30:45Z", 0, true },
	{ "1 Apr 19103 12:30:45 GMT", "2003-04-01T12:30:45Z", 0, true },
	{ "1 Apr 2004 12:30:45 UT", "2004-04-01T12:30:45Z", 0, true },
	{ "1 Apr 2004 12:30:45 Z", "2004-04-01T12:30:45Z", 0, true },
	{ "1 Apr 2004 12:30:45 CEST", "2004-04-01T10:30:45Z", 120, true },
	{ "1 Apr 2004 12:30:45 JST", "2004-04-01T03:30:45Z", 540, true },
	{ "1 Apr 2004 12:30:45 -0000", "2004-04-01T12:30:45Z", 0, false },
	{ "1 Apr 2004 12:30:45 A", "2004-04-01T12:30:45Z", 0, false },
	{ "1 Apr 2004 12:30:45 XYZT", "2004-04-01T12:30:45Z", 0, false },
	{ "1 Apr 2004 12:30:45", "2004-04-01T12:30:45Z", 0, false },
	{ "1 Apr 2004 12:30:45 +9999", "2004-04-01T12:30:45Z", 0, false },
	{ "1 Apr 2004 12:30:45 GMT+0200", "2004-04-01T10:30:45Z", 120, true },
	{ "1 Apr 2004 12:30:45 +02:00", "2004-04-01T10:30:45Z", 120, true },
	{ "Thu Apr  1 12:30:45 1999", "1999-04-01T12:30:45Z", 0, false },
	{ "Thu Apr  1 12:30:45 CEST 1999", "1999-04-01T10:30:45Z", 120, true },
	{ "Thu Apr  1 12:30:45 1999 +0200", "1999-04-01T10:30:45Z", 120, true },
	{ "2025-01-02T03:04:05Z", "2025-01-02T03:04:05Z", 0, true },
	{ "2025-01-02T03:04:05.678+02:00", "2025-01-02T01:04:05Z", 120, true },
	{ "2025-01-02 03:04", "2025-01-02T03:04:00Z", 0, false },
	{ "01-Apr-99 12:30:45 GMT", "1999-04-01T12:30:45Z", 0, true },
	{ "1 Apr 2004 12.30.45 +0200", "2004-04-01T10:30:45Z", 120, true },
	{ "Apr 1, 2004 1:30:45 PM", "2004-04-01T13:30:45Z", 0, false },
	{ "Apr 1, 2004 12:30:45 AM", "2004-04-01T00:30:45Z", 0, false },
	{ "4/25/2004 12:30", "2004-04-25T12:30:00Z", 0, false },
	{ "25/4/2004 12:30", "2004-04-25T12:30:00Z", 0, false },
	{ "25.4.2004 12:30", "2004-04-25T12:30:00Z", 0, false },
	{ "29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00Z", 0, true },
	{ "31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z", 0, true },
	{ "1 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z", 0, true },
	{ "  \t Thu,19 Feb 2004 10:17:01+0200", "2004-02-19T08:17:01Z", 120, true },
	{ "Thu,\r\n 19 Feb\r\n\t2004 10:17:01 +0200", "2004-02-19T08:17:01Z", 120, true },
	/* No moment. */
	{ "", NULL, 0, false },
	{ "Thu", NULL, 0, false },
	{ "Tue Foo 32 2025 25:61:61 +9999", NULL, 0, false },
	{ "31 Feb 2004 10:00:00 GMT", NULL, 0, false },
	{ "29 Feb 1900 10:00:00 GMT", NULL, 0, false },
	{ "1 Feb 1899 10:00:00 GMT", NULL, 0, false },
	{ "0 Feb 2004 10:00:00 GMT", NULL, 0, false },
	{ "1 Feb 2004 24:00:00 GMT", NULL, 0, false },
	{ "1 Feb 2004 10:60:00 GMT", NULL, 0, false },
	{ "1 Feb 2004 10:00:61 GMT", NULL, 0, false },
	{ "1 Feb 2004", NULL, 0, false },
	{ "1 Feb 10:00:00 GMT", NULL, 0, false },
	{ "Feb 2004 10:00:00 GMT", NULL, 0, false },
	{ "1 2004 10:00:00", NULL, 0, false },
	{ "99999999999999999999 Feb 2004 10:00:00", NULL, 0, false },
	{ "1 Feb 99999999999999999999 10:00:00", NULL, 0, false },
	{ "1 Feb 2004 99999999999999999999:00:00", NULL, 0, false },
	{ "2025-13-02T03:04:05Z", NULL, 0, false },
	{ "(1 Feb 2004 10:00:00 GMT)", NULL, 0, false },
	{ "((((((((((", NULL, 0, false },
	{ "now", NULL, 0, false },
	{ "\xff\xfe", NULL, 0, false },
};

static void
test_date(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(dates); i++) {
		int64_t t = 0;
		int zone = -1;
		bool known = false, ok;
		char *iso;

		ok = gp_date_parse(dates[i].in, strlen(dates[i].in), &t, &zone, &known);
		if (ok != (dates[i].want != NULL))
			fail_msg("%s: %s", dates[i].in, ok ? "read" : "not read");
		if (!ok)
			continue;
		iso = gp_time_iso(NULL, t);
		if (strcmp(iso, dates[i].want) != 0 || zone != dates[i].zone ||
		    known != dates[i].known)
			fail_msg("%s: got %s %d %d", dates[i].in, iso, zone, known);
		talloc_free(iso);
	}
}

static void
test_date_format(void **state)
{
	static const struct {
		int64_t t;
		int zone;
		const char *want;
	} cases[] = {
		{ 1700000000, 0, "Tue, 14 Nov 2023 22:13:20 +0000" },
		{ 1700000000, 120, "Wed, 15 Nov 2023 00:13:20 +0200" },
		{ 1700000000, -210, "Tue, 14 Nov 2023 18:43:20 -0330" },
		{ 0, 0, "Thu, 1 Jan 1970 00:00:00 +0000" },
		{ 951782400, 0, "Tue, 29 Feb 2000 00:00:00 +0000" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *s = gp_date_format(NULL, cases[i].t, cases[i].zone);
		int64_t t;
		int zone;
		bool known;

		assert_string_equal(s, cases[i].want);
		assert_true(gp_date_parse(s, strlen(s), &t, &zone, &known));
		assert_int_equal(t, cases[i].t);
		assert_int_equal(zone, cases[i].zone);
		talloc_free(s);
	}
}

static void
test_msgid(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "<a@b.example>", "a@b.example" },
		{ "\r\n <a@b.example>", "a@b.example" },
		{ "<a\r\n @b.example>", "a@b.example" },
		{ "< a@b.example >", "a@b.example" },
		{ "a@b.example", "a@b.example" },
		{ "<a@b.example", "a@b.example" },
		{ "a@b.example>", "a@b.example" },
		{ "<[abc]@x.example>", "[abc]@x.example" },
		{ "<a@b@c>", "a@b@c" },
		{ "<A@B.Example>", "A@B.Example" },
		{ "text <a@b.example> more", "a@b.example" },
		{ "<noat> <a@b.example>", "a@b.example" },
		{ "<x <a@b.example>", "a@b.example" },
		{ "<a@\xff" "b>", "a@\xef\xbf\xbd" "b" },
		{ "<a@b\x01" "c>", "a@bc" },
		{ "", NULL }, { "<>", NULL }, { "<noat>", NULL }, { "noat", NULL },
		{ "two words@x", NULL }, { "<", NULL }, { ">", NULL }, { "<<<<", NULL },
		{ "  ", NULL },
	};
	char big[1200];
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_msgid_parse(NULL, cases[i].in, strlen(cases[i].in));

		if (!gp_streq(got, cases[i].want))
			fail_msg("%s: got %s", cases[i].in, got == NULL ? "nothing" : got);
		talloc_free(got);
	}
	memset(big, 'a', sizeof(big));
	big[0] = '<';
	big[5] = '@';
	big[sizeof(big) - 1] = '>';
	assert_null(gp_msgid_parse(NULL, big, sizeof(big)));
}

static char *
join(const void *ctx, char *const *v, size_t n)
{
	struct gp_buf *b = gp_buf_new(ctx, 1 << 20);
	size_t i;

	for (i = 0; i < n; i++)
		gp_buf_printf(b, "%s%s", i > 0 ? " " : "", v[i]);
	return b->p == NULL ? gp_strdup(ctx, "") : b->p;
}

static void
test_msgids(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "<a@x> <b@x>", "a@x b@x" },
		{ "<a@x><b@x>", "a@x b@x" },
		{ "<a@x>\r\n\t<b@x>\r\n <c@x>", "a@x b@x c@x" },
		{ "<a@x> <b@x> <a@x>", "b@x a@x" },
		{ "<a@x>, <b@x>", "a@x b@x" },
		{ "(comment) <a@x> text <b@x>", "a@x b@x" },
		{ "<a@x> <noat> <b\r\n @x>", "a@x b@x" },
		{ "Your message of Fri <a@b> and <c d@e>", "a@b cd@e" },
		{ "<a@x> <unclosed@x", "a@x" },
		{ "<a@x <b@x>", "b@x" },
		{ "a@x b@x", "" },
		{ "", "" }, { "<>", "" }, { "><", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		size_t n;
		char **v = gp_msgids_parse(ctx, cases[i].in, strlen(cases[i].in), &n);

		assert_null(v[n]);
		if (strcmp(join(ctx, v, n), cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].in, join(ctx, v, n));
		talloc_free(ctx);
	}
}

/* The first and the last 99; and a field made of thousands takes no time. */
static void
test_msgids_limit(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_buf *b = gp_buf_new(ctx, 1 << 20);
	int64_t start = gp_now_ms();
	size_t n, i;
	char **v;

	(void)state;
	for (i = 0; i < 5000; i++)
		gp_buf_printf(b, "<%zu@x>", i);
	v = gp_msgids_parse(ctx, b->p, b->len, &n);
	assert_int_equal(n, GP_MAX_REFERENCES);
	assert_string_equal(v[0], "0@x");
	assert_string_equal(v[1], "4901@x");
	assert_string_equal(v[99], "4999@x");
	gp_buf_reset(b);
	while (b->len < 60000)
		gp_buf_puts(b, "<@>");
	v = gp_msgids_parse(ctx, b->p, b->len, &n);
	assert_int_equal(n, 1);
	assert_true(gp_now_ms() - start < 5000);
	talloc_free(ctx);
}

static void
test_msgid_key(void **state)
{
	void *ctx = gp_ctx(NULL);
	char *a = gp_msgid_key(ctx, "a@b.example", 12), *id;

	(void)state;
	/* printf %s a@b.example | sha256sum | xxd -r -p | base32 | tr A-Z a-z */
	assert_string_equal(a, "5oyyuayl6fix");
	assert_string_equal(a, gp_msgid_key(ctx, "<a@b.example>", 12));
	assert_string_equal(a, gp_msgid_key(ctx, "<a@b.\r\n example>", 12));
	assert_string_not_equal(a, gp_msgid_key(ctx, "A@b.example", 12));
	assert_int_equal(strlen(gp_msgid_key(ctx, "a@b.example", 14)), 14);
	assert_int_equal(strncmp(gp_msgid_key(ctx, "a@b.example", 14), a, 12), 0);
	assert_int_equal(strlen(gp_msgid_key(ctx, "a@b.example", 500)), 52);
	id = gp_msgid_new(ctx, "b.example");
	assert_true(gp_ends(id, "@b.example"));
	assert_string_equal(gp_msgid_parse(ctx, id, strlen(id)), id);
	assert_string_not_equal(id, gp_msgid_new(ctx, "b.example"));
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_date_format),
		cmocka_unit_test(test_msgid),
		cmocka_unit_test(test_msgids),
		cmocka_unit_test(test_msgids_limit),
		cmocka_unit_test(test_msgid_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
