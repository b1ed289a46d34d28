/* SPDX-License-Identifier: ISC */
/*
 * What the receiving server says of the author (RFC 8601): whom it says it of, who says it, and
 * the many ways in which a sender tries to say it himself.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <string.h>

enum { NONE = GP_AUTH_NONE, PASS = GP_AUTH_PASS, FAIL = GP_AUTH_FAIL };

#define AR "Authentication-Results: "

static const struct {
	const char *name, *fields, *from;
	int want;
} cases[] = {
	{"nothing said", "", "ann@example.org", NONE},
	{"no result", AR "mx.example.net; none\n", "ann@example.org", NONE},
	{"only the server", AR "mx.example.net\n", "ann@example.org", NONE},
	{"dmarc", AR "mx.example.net; dmarc=pass header.from=example.org\n", "ann@example.org", PASS},
	{"dmarc fails", AR "mx.example.net; dmarc=fail header.from=example.org\n", "ann@example.org",
	    FAIL},
	{"dmarc says nothing", AR "mx.example.net; dmarc=none header.from=example.org\n",
	    "ann@example.org", NONE},
	{"dmarc could not be asked", AR "mx.example.net; dmarc=temperror header.from=example.org\n",
	    "ann@example.org", NONE},
	{"dmarc guessed", AR "mx.example.net; dmarc=bestguesspass header.from=example.org\n",
	    "ann@example.org", NONE},
	{"capitals", "AUTHENTICATION-RESULTS: MX.Example.NET; DMARC=Pass Header.From=EXAMPLE.org\n",
	    "Ann@Example.ORG", PASS},
	{"a version of the field", AR "mx.example.net 1; dmarc=pass header.from=example.org\n",
	    "ann@example.org", PASS},
	{"a version of the method", AR "mx.example.net; dmarc/1=pass header.from=example.org\n",
	    "ann@example.org", PASS},
	{"a version of the method that is none", AR "mx.example.net; dmarc/x=pass\n",
	    "ann@example.org", NONE},
	{"folded", AR "mx.example.net;\n\tspf=pass smtp.mailfrom=example.org;\n"
	    "\tdmarc=pass\n (p=reject)\n header.from=example.org\n", "ann@example.org", PASS},
	{"blanks round the signs", AR "mx.example.net ; dmarc = pass header.from = example.org\n",
	    "ann@example.org", PASS},
	{"comments", AR "(x) mx.example.net (y; dmarc=fail); dmarc=pass(p=none)header.from=example.org\n",
	    "ann@example.org", PASS},
	{"a comment in a comment", AR "mx.example.net; (a (b) dmarc=pass) dmarc=fail\n",
	    "ann@example.org", FAIL},
	{"a bracket in a comment", AR "mx.example.net; (\\) dmarc=pass; ) dmarc=fail\n",
	    "ann@example.org", FAIL},
	{"a name in quotes", AR "\"mx.example.net\"; dmarc=pass header.from=\"example.org\"\n",
	    "ann@example.org", PASS},
	/* who says it */
	{"another server", AR "mx.evil.example; dmarc=pass header.from=example.org\n",
	    "ann@example.org", NONE},
	{"a server with our name in front", AR "mx.example.net.evil.example; dmarc=pass\n",
	    "ann@example.org", NONE},
	{"a server with our name behind", AR "x.mx.example.net; dmarc=pass\n", "ann@example.org", NONE},
	{"our name in a comment", AR "(mx.example.net) evil.example; dmarc=pass\n", "ann@example.org",
	    NONE},
	{"our name as a result", AR "evil.example; mx.example.net; dmarc=pass\n", "ann@example.org",
	    NONE},
	{"another field", "X-Authentication-Results: mx.example.net; dmarc=pass\n", "ann@example.org",
	    NONE},
	{"a field of ARC", "ARC-Authentication-Results: i=1; mx.example.net; dmarc=pass\n",
	    "ann@example.org", NONE},
	{"a forged one above ours", AR "evil.example; dmarc=pass header.from=example.org\n"
	    AR "mx.example.net; dmarc=fail header.from=example.org\n", "ann@example.org", FAIL},
	{"two of ours that don't agree", AR "mx.example.net; dmarc=pass header.from=example.org\n"
	    AR "mx.example.net; dmarc=fail header.from=example.org\n", "ann@example.org", FAIL},
	{"in the body", "Subject: x\n\n" AR "mx.example.net; dmarc=pass\n", "ann@example.org", NONE},
	/* of whom */
	{"dmarc of another From", AR "mx.example.net; dmarc=pass header.from=evil.example\n",
	    "ann@example.org", NONE},
	{"dmarc of the domain above", AR "mx.example.net; dmarc=pass header.from=example.org\n",
	    "ann@mail.example.org", NONE},
	{"dmarc fails for another From", AR "mx.example.net; dmarc=fail header.from=evil.example\n",
	    "ann@example.org", NONE},
	{"a signature", AR "mx.example.net; dkim=pass header.d=example.org header.s=s1\n",
	    "ann@example.org", PASS},
	{"a signature by identity", AR "mx.example.net; dkim=pass header.i=@example.org\n",
	    "ann@example.org", PASS},
	{"a signature of the domain above", AR "mx.example.net; dkim=pass header.d=example.org\n",
	    "ann@mail.example.org", PASS},
	{"a signature of a domain below", AR "mx.example.net; dkim=pass header.d=mail.example.org\n",
	    "ann@example.org", NONE},
	{"a signature of org", AR "mx.example.net; dkim=pass header.d=org\n", "ann@example.org", NONE},
	{"a signature of nobody", AR "mx.example.net; dkim=pass header.d=\"\"\n", "ann@example.org",
	    NONE},
	{"a signature that ends alike", AR "mx.example.net; dkim=pass header.d=ample.org\n",
	    "ann@example.org", NONE},
	{"a signature that begins alike", AR "mx.example.net; dkim=pass header.d=example.org.evil.example\n",
	    "ann@example.org", NONE},
	{"a signature of another", AR "mx.example.net; dkim=pass header.d=evil.example\n",
	    "ann@example.org", NONE},
	{"a signature that fails", AR "mx.example.net; dkim=fail header.d=example.org\n",
	    "ann@example.org", NONE},
	{"a signature of whom it isn't said", AR "mx.example.net; dkim=pass\n", "ann@example.org", NONE},
	{"a method with a longer name", AR "mx.example.net; dkim-atps=pass header.d=example.org\n",
	    "ann@example.org", NONE},
	{"two signatures, one of them ours", AR "mx.example.net; dkim=pass header.d=evil.example;\n"
	    " dkim=pass header.d=example.org\n", "ann@example.org", PASS},
	{"a property of another method", AR "mx.example.net; iprev=pass dkim=pass header.d=example.org\n",
	    "ann@example.org", NONE},
	{"the dot of the root", AR "mx.example.net; dkim=pass header.d=example.org.\n",
	    "ann@example.org", PASS},
	{"international", AR "mx.example.net; dkim=pass header.d=xn--bcher-kva.example\n",
	    "ann@b\xc3\xbc" "cher.example", PASS},
	{"spf", AR "mx.example.net; spf=pass smtp.mailfrom=ann@example.org\n", "ann@example.org", PASS},
	{"spf of a domain", AR "mx.example.net; spf=pass smtp.mailfrom=example.org\n",
	    "ann@example.org", PASS},
	{"spf of another", AR "mx.example.net; spf=pass smtp.mailfrom=eve@evil.example\n",
	    "ann@example.org", NONE},
	{"spf of a greeting", AR "mx.example.net; spf=pass smtp.helo=example.org\n", "ann@example.org",
	    NONE},
	{"spf fails", AR "mx.example.net; spf=fail smtp.mailfrom=ann@example.org\n", "ann@example.org",
	    FAIL},
	{"spf fails softly", AR "mx.example.net; spf=softfail smtp.mailfrom=ann@example.org\n",
	    "ann@example.org", NONE},
	{"spf fails on the way, the signature holds", AR "mx.example.net; spf=fail\n"
	    " smtp.mailfrom=ann@example.org; dkim=pass header.d=example.org\n", "ann@example.org",
	    PASS},
	{"dmarc counts for more than a signature", AR "mx.example.net; dkim=pass header.d=example.org;\n"
	    " dmarc=fail header.from=example.org\n", "ann@example.org", FAIL},
	/* what a sender wrote, in what the server says */
	{"results in a quoted sender", AR "mx.example.net; spf=pass\n"
	    " smtp.mailfrom=\"a; dmarc=pass header.from=example.org\"@evil.example\n",
	    "ann@example.org", NONE},
	{"a property in a quoted sender", AR "mx.example.net; spf=pass\n"
	    " smtp.mailfrom=\"a smtp.mailfrom=ann@example.org b\"@evil.example\n", "ann@example.org",
	    NONE},
	{"results in a reason", AR "mx.example.net; dkim=fail reason=\"; dkim=pass header.d=example.org\"\n",
	    "ann@example.org", NONE},
	{"a quote in a quote", AR "mx.example.net; spf=none smtp.mailfrom=\"a\\\"; dmarc=pass; \"@x\n",
	    "ann@example.org", NONE},
	{"a quote without an end", AR "mx.example.net; dmarc=pass; x=\"y\n", "ann@example.org", NONE},
	{"a comment without an end", AR "mx.example.net; dmarc=pass (; x=y\n", "ann@example.org", NONE},
	{"results in a comment", AR "mx.example.net; spf=none (sender is x; dmarc=pass) smtp.mailfrom=x\n",
	    "ann@example.org", NONE},
	{"no equals sign", AR "mx.example.net; dmarc pass\n", "ann@example.org", NONE},
	{"no value", AR "mx.example.net; dmarc= ; dkim=\n", "ann@example.org", NONE},
	{"a longer value", AR "mx.example.net; dmarc=passed\n", "ann@example.org", NONE},
	{"a value in front", AR "mx.example.net; x-dmarc=pass\n", "ann@example.org", NONE},
	{"no parts", AR "mx.example.net dmarc=pass\n", "ann@example.org", NONE},
	{"no address", AR "mx.example.net; dmarc=pass\n", "ann", NONE},
	{"no domain", AR "mx.example.net; dkim=pass header.d=example.org\n", "ann@", NONE},
};

static enum gp_auth
ask(const char *fields, const char *authserv, const char *from)
{
	void *ctx = gp_ctx(NULL);
	struct gp_header h;
	unsigned changes;
	enum gp_auth got;
	struct gp_err err;
	char *raw;
	size_t n;

	raw = gp_asprintf(ctx, "From: %s\n%s\nbody\n", from, fields);
	raw = gp_mail_canon(ctx, raw, strlen(raw), &n, &changes);
	if (gp_header_scan(ctx, raw, n, &h, &err) != GP_OK)
		fail_msg("%s", err.msg);
	got = gp_auth_results(ctx, &h, authserv, from);
	talloc_free(ctx);
	return got;
}

static void
test_results(void **state)
{
	size_t i;
	int got;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		got = (int)ask(cases[i].fields, "mx.example.net", cases[i].from);
		if (got != cases[i].want)
			fail_msg("%s: %d, not %d", cases[i].name, got, cases[i].want);
	}
}

/* Without the name of a server nobody is believed. */
static void
test_no_server(void **state)
{
	(void)state;
	assert_int_equal(ask(AR "; dmarc=pass\n", "", "ann@example.org"), NONE);
	assert_int_equal(ask(AR "mx.example.net; dmarc=fail\n", "", "ann@example.org"), NONE);
	assert_int_equal(ask(AR "mx.example.net; dmarc=fail\n", "MX.EXAMPLE.NET", "ann@example.org"),
	    FAIL);
}

/* A value longer than any name of a host. */
static void
test_long(void **state)
{
	void *ctx = gp_ctx(NULL);
	char *name = gp_array(ctx, char, 2001);

	(void)state;
	memset(name, 'a', 2000);
	name[2000] = '\0';
	assert_int_equal(ask(gp_asprintf(ctx, AR "mx.example.net; dkim=pass header.d=%s.example.org\n",
	    name), "mx.example.net", "ann@example.org"), NONE);
	assert_int_equal(ask(gp_asprintf(ctx, AR "mx.example.net; dmarc=%s\n", name),
	    "mx.example.net", "ann@example.org"), NONE);
	talloc_free(ctx);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_no_server),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
