/* SPDX-License-Identifier: ISC */
/* Addresses: lists of real mail read with tolerance, single ones checked strictly. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <stdlib.h>
#include <string.h>

/* "name<addr>" each, parted by '|'; '+' at the end when there was more. */
static char *
describe(const void *ctx, const struct gp_addrs *a)
{
	struct gp_buf *b = gp_buf_new(ctx, 1 << 20);
	size_t i;

	for (i = 0; i < a->n; i++)
		gp_buf_printf(b, "%s%s<%s>", i > 0 ? "|" : "", a->v[i].name, a->v[i].addr);
	if (a->more)
		gp_buf_puts(b, "+");
	return b->p == NULL ? gp_strdup(ctx, "") : b->p;
}

/* Fields as they come, and what describe() says of them. */
static const struct {
	const char *in, *want;
} lists[] = {
	{ "a@b.example", "<a@b.example>" },
	{ "<a@b.example>", "<a@b.example>" },
	{ "Jane Doe <a@b.example>", "Jane Doe<a@b.example>" },
	{ "\"Doe, Jane\" <a@b.example>", "Doe, Jane<a@b.example>" },
	{ "\"a \\\"b\\\" c\" <a@b.example>", "a \"b\" c<a@b.example>" },
	{ "a@b.example (Jane Doe)", "Jane Doe<a@b.example>" },
	{ "a@b.example (Jane (the first) Doe)", "Jane (the first) Doe<a@b.example>" },
	{ "<a@b.example> (Jane)", "Jane<a@b.example>" },
	{ "John Q. Public [ACME] <j@b.example>", "John Q. Public [ACME]<j@b.example>" },
	{ "a@b.example, c@d.example", "<a@b.example>|<c@d.example>" },
	{ "a@b.example,, ,c@d.example,", "<a@b.example>|<c@d.example>" },
	{ "a@b.example; c@d.example", "<a@b.example>|<c@d.example>" },
	{ "J <a@b.example>,\r\n\tK <c@d.example>", "J<a@b.example>|K<c@d.example>" },
	{ "=?utf-8?Q?J=C3=B6rg?= <j@b.example>", "J\xc3\xb6rg<j@b.example>" },
	{ "\"=?utf-8?Q?J=C3=B6rg?=\" <j@b.example>", "J\xc3\xb6rg<j@b.example>" },
	{ "=?utf-8?Q?J?= =?utf-8?Q?org?= <j@b.example>", "Jorg<j@b.example>" },
	{ "j@b.example (=?utf-8?Q?J=C3=B6rg?=)", "J\xc3\xb6rg<j@b.example>" },
	{ "J\xc3\xb6rg <j\xc3\xb6rg@b\xc3\xbc" "cher.example>",
	    "J\xc3\xb6rg<j\xc3\xb6rg@b\xc3\xbc" "cher.example>" },
	{ "J\xf6rg <j@b.example>", "J\xc3\xb6rg<j@b.example>" },
	{ "\"quoted local\"@d.example", "<\"quoted local\"@d.example>" },
	{ "X <\"a,b\"@d.example>", "X<\"a,b\"@d.example>" },
	{ "X <\"a>b\"@d.example>", "X<\"a>b\"@d.example>" },
	{ "<@r1.example,@r2.example:a@b.example>", "<a@b.example>" },
	{ "a @ b.example", "<a@b.example>" },
	{ "< a@b.example >", "<a@b.example>" },
	{ "<a@\r\n b.example>", "<a@b.example>" },
	{ "Group: a@b.example, J <c@d.example>;", "<a@b.example>|J<c@d.example>" },
	{ "undisclosed-recipients:;", "" },
	{ "undisclosed recipients: ;", "" },
	{ "Empty:;, a@b.example", "<a@b.example>" },
	{ "mailto:a@b.example", "<a@b.example>" },
	{ "<mailto>: a@b.example", "<a@b.example>" },
	{ "jane at b.example", "<jane@b.example>" },
	{ "jane at b.example (Jane Doe)", "Jane Doe<jane@b.example>" },
	{ "Jane Doe jane@b.example", "Jane Doe<jane@b.example>" },
	{ "\"Jane Doe\" jane@b.example", "Jane Doe<jane@b.example>" },
	{ "Jane <jane@b.example", "Jane<jane@b.example>" },
	{ "Jane <jane@b.example, joe@c.example", "Jane<jane@b.example>|<joe@c.example>" },
	{ "\"unclosed <a@b.example>", "unclosed<a@b.example>" },
	{ "x ( <a@b.example>", "x<a@b.example>" },
	{ "x ) <a@b.example>", "x )<a@b.example>" },
	{ "A <nothing> <a@b.example>", "A nothing<a@b.example>" },
	{ "a@b.example <c@d.example>", "a@b.example<c@d.example>" },
	{ "foo@bar@baz.example", "<foo@bar@baz.example>" },
	{ "<[abc]@x.example>", "<[abc]@x.example>" },
	{ "a@[127.0.0.1]", "<a@[127.0.0.1]>" },
	{ "a@[IPv6:::1]", "<a@[IPv6:::1]>" },
	/* Nothing that can be used. */
	{ "", "" },
	{ "   ", "" },
	{ "<>", "" },
	{ "Nobody <>", "" },
	{ "root", "+" },
	{ "Jane Doe", "+" },
	{ "a b c", "+" },
	{ "@", "+" }, { "a@", "+" }, { "@b.example", "+" },
	{ "<@b.example>", "+" },
	{ "a at b", "+" },
	{ ",,,", "" }, { ";;", "" }, { "::::", "" },
	{ "(only a comment)", "" },
	{ "\"\"", "+" },
	{ "a@b.example, rubbish", "<a@b.example>+" },
	{ "a\x01@b.ex\x7f" "ample", "<a@b.example>" },
	{ "<\xff@b.example>", "+" },
	{ "X\r\nBcc: <a@b.example>", "<a@b.example>" },
	{ "\"X\\\r\nBcc: y\" <a@b.example>", "X Bcc: y<a@b.example>" },
	{ "\"X\xe2\x80\xae" "Y\" <a@b.example>", "XY<a@b.example>" },
};

static void
test_lists(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(lists); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_addrs a;

		assert_int_equal(gp_addrs_parse(ctx, lists[i].in, strlen(lists[i].in), &a, NULL),
		    GP_OK);
		if (strcmp(describe(ctx, &a), lists[i].want) != 0)
			fail_msg("%s: got %s", lists[i].in, describe(ctx, &a));
		talloc_free(ctx);
	}
}

/* Fields built to make a parser go back again and again stay linear. */
static void
test_hostile_lists(void **state)
{
	static const char *const seeds[] = { "(", ")", "\"", "\\\"", "<", ">", "@", ",", ":", ";",
		"<\"", "(\"", "a@b,", "\"\\", "=?", "=?a?q?", "<@,", "a at " };
	void *ctx = gp_ctx(NULL);
	struct gp_addrs a;
	int64_t start = gp_now_ms();
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(seeds); i++) {
		struct gp_buf *b = gp_buf_new(ctx, GP_MAX_HEADER_FIELD);

		while (!b->over)
			gp_buf_puts(b, seeds[i]);
		assert_int_equal(gp_addrs_parse(b, b->p, b->len, &a, NULL), GP_OK);
		assert_true(a.n <= GP_MAX_ADDRESSES);
		talloc_free(b);
	}
	assert_true(gp_now_ms() - start < 10000);
	talloc_free(ctx);
}

static void
test_list_limits(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_buf *b = gp_buf_new(ctx, 1 << 20);
	struct gp_addrs a;
	int i;

	(void)state;
	for (i = 0; i < GP_MAX_ADDRESSES + 10; i++)
		gp_buf_printf(b, "u%d@b.example,", i);
	assert_int_equal(gp_addrs_parse(ctx, b->p, b->len, &a, NULL), GP_OK);
	assert_int_equal(a.n, GP_MAX_ADDRESSES);
	assert_true(a.more);
	while (b->len <= GP_MAX_HEADER_FIELD)
		gp_buf_puts(b, "x@y.example,");
	assert_int_equal(gp_addrs_parse(ctx, b->p, b->len, &a, NULL), GP_E_TOOBIG);
	gp_buf_reset(b);
	for (i = 0; i < 300; i++)
		gp_buf_putc(b, 'a');
	gp_buf_puts(b, "@b.example");
	assert_int_equal(gp_addrs_parse(ctx, b->p, b->len, &a, NULL), GP_OK);
	assert_int_equal(a.n, 0);
	assert_true(a.more);
	talloc_free(ctx);
}

static void
test_check(void **state)
{
	static const char *const good[] = { "a@b.example", "a.b+c-d_e@b.example",
		"o'brien+x=y@d.example", "\"a,b\"@d.example", "\"a\\\"b\"@d.example",
		    "\"a@b\"@d.example",
		"a@localhost", "a@xn--bcher-kva.example", "j\xc3\xb6rg@b\xc3\xbc" "cher.example",
		"foo..bar.@docomo.example", "a@[127.0.0.1]", "a@[IPv6:::1]", "1@2.3",
		    "a@b_c.example",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.example" };
	static const char *const bad[] = { "", "a", "@", "a@", "@b", "a b@c.example", "a@b c",
		"<a@b.example>", "a@b.example>", "a@b@c", "a@b..c", "a@.b", "a@b.", "a@-b.example",
		"a@b-.example", "a\r\nRCPT TO:<x@y>@b", "a@b\n", "a\x01@b", "a\x7f@b", "\"a@b",
		"\"a b\"@d.example", "a\"b@c.example", "a,b@c.example", "a@b/c", "a@b,c", "\xff@b",
		"a@b\xc2\x85", "a(x)@b.example", "a:b@c.example", "a;b@c.example", "a\\b@c.example",
		"a@[x]", "a@[127.0.0.1", "\"\"\"@b.example", "a@b?c", "a\t@b",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.example",
		"a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example" };
	struct gp_err err;
	char big[400];
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(good); i++)
		if (gp_addr_check(good[i], &err) != GP_OK)
			fail_msg("%s: %s", good[i], err.msg);
	for (i = 0; i < GP_COUNT(bad); i++) {
		err.msg[0] = '\0';
		if (gp_addr_check(bad[i], &err) != GP_E_PARSE || err.msg[0] == '\0')
			fail_msg("%s was let pass", bad[i]);
	}
	memset(big, 'a', sizeof(big));
	for (i = 0; i < 300; i += 50)
		big[i] = i == 0 ? 'x' : i == 50 ? '@' : '.';
	big[300] = '\0';
	assert_int_equal(gp_addr_check(big, &err), GP_E_PARSE);
}

static void
test_fold(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "Jane@B.Example", "jane@b.example" },
		{ "Jane@B.Example.", "jane@b.example" },
		{ "J\xc3\xb6rg@B\xc3\xbc" "cher.Example", "j\xc3\xb6rg@xn--bcher-kva.example" },
		{ "a@fa\xc3\x9f.example", "a@xn--fa-hia.example" },	/* not "fass" */
		{ "a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example" },
		{ "\"A,b\"@c.example", "\"a,b\"@c.example" },
		{ "", NULL }, { "a", NULL }, { "a@", NULL }, { "@b", NULL }, { "a b@c", NULL },
		{ "a@b\xff", NULL }, { "a@\xe2\x80\xae.example", NULL }, { "a@b..c", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_addr_fold(NULL, cases[i].in);

		if (!gp_streq(got, cases[i].want))
			fail_msg("%s: got %s", cases[i].in, got == NULL ? "nothing" : got);
		talloc_free(got);
	}
}

static void
test_unwrap(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "a@b.example", "a@b.example" },
		{ "prvs=0123456789=user@d.example", "user@d.example" },
		{ "PRVS=0123456789=user=x@d.example", "user=x@d.example" },
		{ "btv1==0123==user@d.example", "user@d.example" },
		{ "SRS0=hash=tt=orig.example=user@fwd.example", "user@orig.example" },
		{ "srs0+hash=tt=orig.example=user@fwd.example", "user@orig.example" },
		{ "SRS0=hash=tt=orig.example=user=x@fwd.example", "user=x@orig.example" },
		{ "SRS1=hash=fwd1.example==hash=tt=orig.example=user@fwd2.example",
		    "user@orig.example" },
		{ "prvs=@d.example", "prvs=@d.example" },
		{ "prvs=x@d.example", "prvs=x@d.example" },
		{ "SRS0=hash=tt@fwd.example", "SRS0=hash=tt@fwd.example" },
		{ "SRS0=a=b=c d=e@f", "SRS0=a=b=c d=e@f" },
		{ "SRS0", "SRS0" }, { "", "" },
		{ "btv1==x@d.example", "btv1==x@d.example" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_addr_unwrap(NULL, cases[i].in);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].in, got);
		talloc_free(got);
	}
}

/* What is written for a header is read back as it was. */
static void
test_format(void **state)
{
	static const char *const names[] = { "Jane Doe", "Doe, Jane", "J\xc3\xb6rg", "a \"b\" \\",
		"Jane via The Bee List", "\xe4\xbd\xa0\xe5\xa5\xbd", "x <y@z>", "(c)",
		    "=?utf-8?q?x?=",
		"A very long name of somebody who has been given many names by parents, and "
		    "keeps them" };
	size_t i;
	char *bare;

	(void)state;
	for (i = 0; i < GP_COUNT(names); i++) {
		void *ctx = gp_ctx(NULL);
		char *s = gp_addr_format(ctx, names[i], "jane@b.example");
		struct gp_addrs a;

		assert_int_equal(gp_addrs_parse(ctx, s, strlen(s), &a, NULL), GP_OK);
		if (a.n != 1 || a.more || strcmp(a.v[0].name, names[i]) != 0 ||
		    strcmp(a.v[0].addr, "jane@b.example") != 0)
			fail_msg("%s: written %s, read %s", names[i], s, describe(ctx, &a));
		talloc_free(ctx);
	}
	bare = gp_addr_format(NULL, NULL, "a@b.example");
	assert_string_equal(bare, "a@b.example");
	talloc_free(bare);
	assert_string_equal(gp_addr_domain("\"a@b\"@c.example"), "c.example");
	assert_string_equal(gp_addr_domain("nothing"), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_hostile_lists),
		cmocka_unit_test(test_list_limits),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_unwrap),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
