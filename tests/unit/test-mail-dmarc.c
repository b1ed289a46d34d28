/* SPDX-License-Identifier: ISC */
/* DMARC policies by the walk up the tree (RFC 9989 section 4.10), and signatures that may hold. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail/dmarc.h"

#include <string.h>

/* A small DNS: several records of one name stand one behind the other. */
static const struct { const char *name, *txt; } zone[] = {
	{"_dmarc.strict.example", "v=DMARC1; p=reject"},
	{"_dmarc.quarantine.example", "v=DMARC1;p=quarantine;"},
	{"_dmarc.none.example", "v=DMARC1; p=none; rua=mailto:d@none.example"},
	{"_dmarc.loud.example", "v=DMARC1; P=Reject"},
	{"_dmarc.caps.example", "v=DMARC1; p=REJECT"},
	{"_dmarc.testing.example", "v=DMARC1; p=reject; t=y"},
	{"_dmarc.pct.example", "v=DMARC1; p=reject; pct=0"},
	{"_dmarc.bare.example", "v=DMARC1; rua=mailto:d@bare.example"},
	{"_dmarc.two.example", "v=DMARC1; p=reject"},
	{"_dmarc.two.example", "v=DMARC1; p=quarantine"},
	{"_dmarc.mixed.example", "v=spf1 -all"},
	{"_dmarc.mixed.example", "v=DMARC1; p=reject"},
	{"_dmarc.odd.example", "v=DMARC1; p=rejekt; rua=mailto:d@odd.example"},
	{"_dmarc.odder.example", "v=DMARC1; p=rejekt"},
	{"_dmarc.twice.example", "v=DMARC1; p=reject; p=none"},
	{"_dmarc.lower.example", "v=dmarc1; p=reject"},
	{"_dmarc.late.example", "p=reject; v=DMARC1"},
	{"_dmarc.spaced.example", " v = DMARC1 ; p = reject "},
	{"_dmarc.subs.example", "v=DMARC1; p=none; sp=reject"},
	{"_dmarc.kind.example", "v=DMARC1; p=reject; sp=none"},
	{"_dmarc.suffix", "v=DMARC1; p=none; psd=y; np=reject"},
	{"_dmarc.firm.suffix", "v=DMARC1; p=quarantine"},
	{"_dmarc.unit.stop.example", "v=DMARC1; p=quarantine; psd=n"},
	{"_dmarc.stop.example", "v=DMARC1; p=reject"},
	{"_dmarc.top.example", "v=DMARC1; p=reject"},
	{"_dmarc.x.top.example", "v=DMARC1; p=none; sp=quarantine"},
	{"_dmarc.xn--bcher-kva.example", "v=DMARC1; p=reject"},
	{"there.suffix", "anything"},
};

/* As a resolver would answer; names that begin with "fail" have none. */
static enum gp_dns_status
look_up(const char *name, const char **txt, size_t *n)
{
	size_t i, suffix;
	bool exists = false;

	*n = 0;
	if (strstr(name, "fail") != NULL)
		return GP_DNS_FAILED;
	for (i = 0; i < GP_COUNT(zone); i++) {
		if (strcmp(zone[i].name, name) == 0)
			txt[(*n)++] = zone[i].txt;
		suffix = strlen(zone[i].name) > strlen(name) ? strlen(zone[i].name) - strlen(name) : 0;
		exists = exists || gp_ends(zone[i].name + suffix, name);
	}
	return *n > 0 || exists ? GP_DNS_OK : GP_DNS_NO_DOMAIN;
}

static const struct policy_case {
	const char *domain;
	enum gp_policy want;
	bool testing;
	const char *found;
} policy_cases[] = {
	{"strict.example", GP_POLICY_REJECT, false, "strict.example"},
	{"STRICT.Example.", GP_POLICY_REJECT, false, "strict.example"},
	{"quarantine.example", GP_POLICY_QUARANTINE, false, "quarantine.example"},
	{"none.example", GP_POLICY_NONE, false, "none.example"},
	{"nothing.example", GP_POLICY_NONE, false, NULL},
	{"loud.example", GP_POLICY_NONE, false, "loud.example"},	/* tags are case-sensitive */
	{"caps.example", GP_POLICY_REJECT, false, "caps.example"},
	{"testing.example", GP_POLICY_REJECT, true, "testing.example"},
	{"pct.example", GP_POLICY_REJECT, false, "pct.example"},
	{"bare.example", GP_POLICY_NONE, false, "bare.example"},
	{"two.example", GP_POLICY_NONE, false, NULL},
	{"mixed.example", GP_POLICY_REJECT, false, "mixed.example"},
	{"odd.example", GP_POLICY_NONE, false, "odd.example"},
	{"odder.example", GP_POLICY_NONE, false, "odder.example"},
	{"twice.example", GP_POLICY_NONE, false, "twice.example"},
	{"lower.example", GP_POLICY_NONE, false, NULL},
	{"late.example", GP_POLICY_NONE, false, NULL},
	{"spaced.example", GP_POLICY_REJECT, false, "spaced.example"},
	{"a.strict.example", GP_POLICY_REJECT, false, "strict.example"},
	{"a.b.c.strict.example", GP_POLICY_REJECT, false, "strict.example"},
	{"a.subs.example", GP_POLICY_REJECT, false, "subs.example"},
	{"subs.example", GP_POLICY_NONE, false, "subs.example"},
	{"a.kind.example", GP_POLICY_NONE, false, "kind.example"},
	{"kind.example", GP_POLICY_REJECT, false, "kind.example"},
	{"there.suffix", GP_POLICY_NONE, false, "suffix"},
	{"gone.suffix", GP_POLICY_REJECT, false, "suffix"},
	{"mail.firm.suffix", GP_POLICY_QUARANTINE, false, "firm.suffix"},
	{"suffix", GP_POLICY_NONE, false, "suffix"},
	{"a.unit.stop.example", GP_POLICY_QUARANTINE, false, "unit.stop.example"},
	{"a.x.top.example", GP_POLICY_REJECT, false, "top.example"},
	{"b\xc3\xbc" "cher.example", GP_POLICY_REJECT, false, "xn--bcher-kva.example"},
	{"fail.example", GP_POLICY_UNKNOWN, false, NULL},
	{"a.fail.example", GP_POLICY_UNKNOWN, false, NULL},
};

static void
test_policy(void **state)
{
	size_t i, n, asked;

	(void)state;
	for (i = 0; i < GP_COUNT(policy_cases); i++) {
		const struct policy_case *c = &policy_cases[i];
		const char *txt[8];
		void *ctx = gp_ctx(NULL);
		struct gp_dmarc *d;
		struct gp_err err;

		assert_int_equal(gp_dmarc_begin(ctx, c->domain, &d, &err), GP_OK);
		for (asked = 0; d->query != NULL; asked++) {
			enum gp_dns_status st = look_up(d->query, txt, &n);

			gp_dmarc_answer(d, st, txt, n);
		}
		if (d->policy != c->want || !gp_streq(d->found, c->found) || d->testing != c->testing)
			fail_msg("%s: %s by %s, not %s by %s", c->domain, gp_policy_names[d->policy],
			    d->found, gp_policy_names[c->want], c->found);
		assert_in_range(asked, 1, GP_DMARC_QUERIES + 1);
		talloc_free(ctx);
	}
}

/* Twelve labels: eight questions, the author's own name first, then its last seven labels and up. */
static void
test_long_name(void **state)
{
	static const char *const want[] = {
		"_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example", "_dmarc.f.g.h.i.j.mail.example",
		"_dmarc.g.h.i.j.mail.example", "_dmarc.h.i.j.mail.example", "_dmarc.i.j.mail.example",
		"_dmarc.j.mail.example", "_dmarc.mail.example", "_dmarc.example",
	};
	struct gp_dmarc *d;
	struct gp_err err;
	size_t i;

	(void)state;
	assert_int_equal(gp_dmarc_begin(NULL, "a.b.c.d.e.f.g.h.i.j.mail.example", &d, &err), GP_OK);
	for (i = 0; i < GP_COUNT(want); i++) {
		assert_string_equal(d->query, want[i]);
		gp_dmarc_answer(d, GP_DNS_NO_DOMAIN, NULL, 0);
	}
	assert_null(d->query);
	talloc_free(d);
}

static void
test_no_domain(void **state)
{
	static const char *const bad[] = {"", ".", "..", "a..b", ".a", "a b", "a\r\nb", "a/b", "a;b",
	    "a@b", "[192.0.2.1]", "\xff\xfe.example", "a\tb", "a\"b"};
	struct gp_dmarc *d;
	struct gp_err err;
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(bad); i++)
		if (gp_dmarc_begin(NULL, bad[i], &d, &err) == GP_OK)
			fail_msg("\"%s\" was taken for a domain", bad[i]);
}

static void
test_tags(void **state)
{
	static const struct { const char *list, *name, *want; } cases[] = {
		{"a=1; b=2", "a", "1"}, {"a=1; b=2", "b", "2"}, {"a=1;b=2;", "b", "2"},
		{" a = 1 = 2 ; b=", "a", "1 = 2"}, {"b=", "b", ""}, {"a=1; a=2", "a", NULL},
		{"a=1", "b", NULL}, {"", "a", NULL}, {";;;", "a", NULL}, {"a", "a", NULL},
		{"=1", "", "1"}, {"ab=1", "a", NULL}, {"A=1", "a", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_tag_value(NULL, cases[i].list, cases[i].name);

		if (!gp_streq(got, cases[i].want))
			fail_msg("%s of %s: %s", cases[i].name, cases[i].list, got);
		talloc_free(got);
	}
}

#define SIGNED(d, h) "DKIM-Signature: v=1; a=rsa-sha256; d=" d "; s=x;\r\n h=" h ";\r\n bh=x; b=y\r\n"

static void
test_survives(void **state)
{
	static const char *const touched[] = {"List-Id", "Subject"};
	static const struct { const char *header, *from; bool want; } cases[] = {
		{SIGNED("example.org", "from:to"), "ann@example.org", true},
		{SIGNED("example.org", "From : To : Date"), "ann@example.org", true},
		{SIGNED("example.org", "from:to"), "ann@mail.example.org", true},
		{SIGNED("mail.example.org", "from"), "ann@example.org", true},
		{SIGNED("EXAMPLE.ORG", "from"), "ann@Example.Org", true},
		{SIGNED("example.net", "from") SIGNED("example.org", "from"), "ann@example.org", true},
		{SIGNED("xn--bcher-kva.example", "from"), "a@b\xc3\xbc" "cher.example", true},
		{"", "ann@example.org", false},
		{SIGNED("example.net", "from"), "ann@example.org", false},
		{SIGNED("ample.org", "from"), "ann@example.org", false},
		{SIGNED("org", "from"), "ann@example.org", false},
		{SIGNED("example.org", "from:list-id"), "ann@example.org", false},
		{SIGNED("example.org", "from:SUBJECT:to"), "ann@example.org", false},
		{SIGNED("example.org", "from:to: subject"), "ann@example.org", false},
		{"DKIM-Signature: d=example.org\r\n", "ann@example.org", false},
		{"DKIM-Signature: h=from\r\n", "ann@example.org", false},
		{"DKIM-Signature: \r\n", "ann@example.org", false},
		{SIGNED("example.org", "from"), "", false},
	};
	struct gp_header h;
	struct gp_err err;
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *raw = gp_asprintf(NULL, "%sFrom: x\r\n\r\n", cases[i].header);

		assert_int_equal(gp_header_scan(raw, raw, strlen(raw), &h, &err), GP_OK);
		if (gp_dkim_survives(raw, &h, cases[i].from, touched, GP_COUNT(touched)) !=
		    cases[i].want)
			fail_msg("case %zu", i);
		talloc_free(raw);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_no_domain),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
