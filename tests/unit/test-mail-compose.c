/* SPDX-License-Identifier: ISC */
/* Headers spliced and fields added; mail of our own, read back by the parser. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <string.h>

static char *
splice(const void *ctx, const char *raw, const char *const *drop, size_t n, const char *pre,
    const char *post)
{
	struct gp_header h;
	struct gp_buf b;

	assert_int_equal(gp_header_scan(ctx, raw, strlen(raw), &h, NULL), GP_OK);
	gp_buf_init(&b, ctx, 10000);
	gp_header_splice(&b, &h, drop, n, pre, post);
	return gp_strndup(ctx, b.p == NULL ? "" : b.p, b.len);
}

static void
test_splice(void **state)
{
	static const char *const drop[] = { "List-Id", "Received" };
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "bytes and order stay", "B: 1\r\n\t2\r\nA :3  \r\nb: 4\r\n\r\nbody",
		    "X: 0\r\nB: 1\r\n\t2\r\nA :3  \r\nb: 4\r\nZ: 9\r\n" },
		{ "dropped with its folds", "list-ID: a\r\n b\r\nTo: c\r\nList-Id : d\r\n\r\n",
		    "X: 0\r\nTo: c\r\nZ: 9\r\n" },
		{ "longer names stay", "List-Id-X: a\r\nList-I: b\r\n\r\n",
		    "X: 0\r\nList-Id-X: a\r\nList-I: b\r\nZ: 9\r\n" },
		{ "garbage becomes a fold", "To: c\r\nrubbish\r\nCc: d\r\n\r\n",
		    "X: 0\r\nTo: c\r\n rubbish\r\nCc: d\r\nZ: 9\r\n" },
		{ "garbage goes with its field", "List-Id: c\r\nrubbish\r\nCc: d\r\n\r\n",
		    "X: 0\r\nCc: d\r\nZ: 9\r\n" },
		{ "garbage in front goes", " x\r\nrubbish\r\nTo: c\r\n\r\n",
		    "X: 0\r\nTo: c\r\nZ: 9\r\n" },
		{ "no header", "\r\nbody", "X: 0\r\nZ: 9\r\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		char *got = splice(ctx, cases[i].in, drop, 2, "X: 0\r\n", "Z: 9\r\n");

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].name, got);
		talloc_free(ctx);
	}
}

static void
test_header_add(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
		{ "b", "Name: b\r\n" },
		{ "", "Name:\r\n" },
		{ "  b", "Name: b\r\n" },
		{ "a\r\nBcc: x", "Name: a Bcc: x\r\n" },
		{ "a\r\n b", "Name: a b\r\n" },
		{ "a\rb\nc\x01" "d", "Name: a b c d\r\n" },
		{ "<https://lists.example.org/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>, "
		    "<mailto:bees+unsubscribe@lists.example.org>",
		    "Name: <https://lists.example.org/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>,\r\n"
		    " <mailto:bees+unsubscribe@lists.example.org>\r\n" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
		    "Name: "
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaa\r\n b\r\n" },
	};
	struct gp_buf b;
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		gp_buf_init(&b, NULL, 10000);
		gp_header_add(&b, "Name", cases[i].value);
		if (strcmp(b.p, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].value, b.p);
		talloc_free(b.p);
	}
}

/* Whatever the value: lines of at most 998, each but the first begins with a blank and
 * none is blank, and unfolding gives the words back. */
static void
test_header_add_holds_limits(void **state)
{
	char value[5000];
	size_t i, step;

	(void)state;
	for (step = 1; step < 2000; step += 37) {
		struct gp_header h;
		struct gp_buf b;
		const char *p;

		for (i = 0; i < sizeof(value) - 1; i++)
			value[i] = i % step == step - 1 ? ' ' : 'x';
		value[sizeof(value) - 1] = '\0';
		gp_buf_init(&b, NULL, 100000);
		gp_header_add(&b, "Name", value);
		for (p = b.p; *p != '\0'; p += strcspn(p, "\n") + 1) {
			if (strcspn(p, "\r") > 998)
				fail_msg("step %zu: a line of %zu", step, strcspn(p, "\r"));
			if (p != b.p && (*p != ' ' || p[strspn(p, " ")] == '\r'))
				fail_msg("step %zu: a bad fold", step);
		}
		assert_int_equal(gp_header_scan(b.p, b.p, b.len, &h, NULL), GP_OK);
		assert_int_equal(h.n, 1);
		talloc_free(b.p);
	}
}

static char *
value(const void *ctx, const char *raw, size_t n, const char *name)
{
	struct gp_header h;

	assert_int_equal(gp_header_scan(ctx, raw, n, &h, NULL), GP_OK);
	assert_true(gp_header_count(&h, name) <= 1);
	return gp_header_value(ctx, &h, name);
}

static void
check_wire(const char *raw, size_t n)
{
	const char *p;
	unsigned changes;
	size_t m;
	char *again = gp_mail_canon(NULL, raw, n, &m, &changes);

	assert_int_equal(changes, 0);
	talloc_free(again);
	for (p = raw; p < raw + n; p += strcspn(p, "\n") + 1)
		assert_true(strcspn(p, "\r") <= 998);
}

static void
test_compose_text(void **state)
{
	const struct gp_compose c = {
		.from_name = "Bees, the list", .from_addr = "bees@example.org",
		.to_name = "J\xc3\xb6rg", .to_addr = "joerg@example.net",
		.reply_to = "bees+request@example.org",
		.subject = "Gr\xc3\xbc\xc3\x9f" "e", .domain = "example.org",
		.in_reply_to = "abc@example.net", .date = 1700000000,
		.auto_submitted = "auto-replied", .extra = "List-Id: <bees.example.org>\r\n",
		.text = "Hello\n\nFrom here on.\n.\nend"
	};
	void *ctx = gp_ctx(NULL);
	struct gp_mail m;
	size_t n;
	char *raw;

	(void)state;
	raw = gp_mail_compose(ctx, &c, &n);
	check_wire(raw, n);
	assert_int_equal(gp_mail_parse(ctx, raw, n, &m, NULL), GP_OK);
	assert_string_equal(m.from_name, "Bees, the list");
	assert_string_equal(m.from_addr, "bees@example.org");
	assert_string_equal(m.to.v[0].name, "J\xc3\xb6rg");
	assert_string_equal(m.subject, "Gr\xc3\xbc\xc3\x9f" "e");
	assert_string_equal(m.text, "Hello\n\nFrom here on.\n.\nend\n");
	assert_string_equal(m.in_reply_to[0], "abc@example.net");
	assert_string_equal(m.references[0], "abc@example.net");
	assert_int_equal(m.date, 1700000000);
	assert_non_null(m.msgid);
	assert_true(gp_ends(m.msgid, "@example.org"));
	assert_true((m.flags & GP_MAIL_AUTO) != 0);
	assert_string_equal(m.list_ids[0], "bees.example.org");
	assert_string_equal(value(ctx, raw, n, "Content-Transfer-Encoding"), "7bit");
	assert_string_equal(value(ctx, raw, n, "Date"), "Tue, 14 Nov 2023 22:13:20 +0000");
	talloc_free(ctx);
}

/* What comes in must come out, whatever it is. */
static void
test_compose_keeps_text(void **state)
{
	static const char *const texts[] = {
		"", "x", "\n", "\n\n\n", "trailing blank \ntab\t\n", "Gr\xc3\xbc\xc3\x9f" "e\n",
		"=3D = =\n", "\xe4\xbd\xa0\xe5\xa5\xbd\n", "From me\n\xc3\xbc\n.\n..\n",
		    "-- \nsig \xc3\xa9\n",
		"--=_x\n--=_x--\n",
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < GP_COUNT(texts); i++) {
		struct gp_compose c = { .from_addr = "a@b.example", .to_addr = "c@d.example",
			.domain = "b.example", .text = texts[i] };
		void *ctx = gp_ctx(NULL);
		struct gp_mail m;
		char *raw = gp_mail_compose(ctx, &c, &n), *want;

		want = gp_ends(texts[i], "\n") || *texts[i] == '\0' ? gp_strdup(ctx, texts[i]) :
		    gp_asprintf(ctx, "%s\n", texts[i]);
		check_wire(raw, n);
		assert_int_equal(gp_mail_parse(ctx, raw, n, &m, NULL), GP_OK);
		if (*texts[i] == '\0' ? m.text_n > 1 : strcmp(m.text, want) != 0)
			fail_msg("%s: got %s", texts[i], m.text);
		talloc_free(ctx);
	}
}

static void
test_compose_long_lines(void **state)
{
	char text[4000];
	struct gp_compose c = { .from_addr = "a@b.example", .to_addr = "c@d.example",
		.domain = "b.example", .text = text };
	void *ctx = gp_ctx(NULL);
	struct gp_mail m;
	size_t n;
	char *raw;

	(void)state;
	memset(text, 'y', sizeof(text));
	text[sizeof(text) - 2] = '\n';
	text[sizeof(text) - 1] = '\0';
	raw = gp_mail_compose(ctx, &c, &n);
	check_wire(raw, n);
	assert_int_equal(gp_mail_parse(ctx, raw, n, &m, NULL), GP_OK);
	assert_string_equal(m.text, text);
	talloc_free(ctx);
}

static void
test_compose_html_and_enclosed(void **state)
{
	static const char inner[] = "From: x@y.example\r\nSubject: held\r\n\r\n\xc3\xbc --=_\r\n";
	const struct gp_enclosure whole = {"message/rfc822", NULL, inner, sizeof(inner) - 1};
	struct gp_compose c = { .from_addr = "a@b.example", .to_addr = "c@d.example",
		.domain = "b.example", .text = "text\n", .html = "<p>h\xc3\xbc</p>\n",
		.enclosures = &whole, .enclosures_n = 1 };
	void *ctx = gp_ctx(NULL);
	struct gp_mail m;
	size_t n;
	char *raw;

	(void)state;
	raw = gp_mail_compose(ctx, &c, &n);
	check_wire(raw, n);
	assert_int_equal(gp_mail_parse(ctx, raw, n, &m, NULL), GP_OK);
	assert_int_equal(m.flags & GP_MAIL_MIME_BROKEN, 0);
	assert_int_equal(m.parts_n, 5);
	assert_string_equal(m.parts[0].type, "multipart/mixed");
	assert_string_equal(m.parts[1].type, "multipart/alternative");
	assert_string_equal(m.parts[4].type, "message/rfc822");
	assert_string_equal(m.text, "text\n");
	assert_string_equal(m.html, "<p>h\xc3\xbc</p>\n");
	assert_int_equal(m.parts[4].len, sizeof(inner) - 1);
	assert_memory_equal(raw + m.parts[4].body, inner, sizeof(inner) - 1);
	talloc_free(ctx);
}

/* No line of what goes out is longer than 998 octets, whatever is enclosed. */
static void
test_compose_long_enclosed(void **state)
{
	static const struct { const char *name, *head, *body, *type, *has; } cases[] = {
		{"short lines", "Subject: x\r\n", "Hello\r\n", "message/rfc822", "Subject: x\r\n\r\nHello\r\n"},
		{"addresses", "To: %s a@b.example\r\n", "Hello\r\n", "message/rfc822", "Hello\r\n"},
		{"one word", "Subject: %s\r\n", "Hello\r\n", "application/octet-stream", "message.eml"},
		{"text", "Subject: x\r\n", "%s\r\n", "message/rfc822", "Content-Transfer-Encoding: quoted-printable"},
		{"a signature in the header", "DKIM-Signature: %s\r\n", "Hello\r\n", "application/octet-stream",
		    "filename=\"message.eml\""},
		{"what is signed", "Content-Type: multipart/signed; boundary=s\r\n", "--s\r\n\r\n%s\r\n--s\r\n"
		    "Content-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n", "application/octet-stream",
		    "filename=\"message.eml\""},
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		char *many = gp_array(ctx, char, 3001), *format, *inner, *raw;
		struct gp_enclosure whole = {"message/rfc822", NULL, NULL, 0};
		struct gp_compose c = { .from_addr = "a@b.example", .to_addr = "c@d.example",
			.domain = "b.example", .text = "text\n", .enclosures = &whole, .enclosures_n = 1 };
		struct gp_mail m;

		for (n = 0; n < 3000; n += 10)
			memcpy(many + n, i == 1 ? "u@d.test, " : "abcdefghij", 10);
		many[3000] = '\0';
		format = gp_asprintf(ctx, "MIME-Version: 1.0\r\n%s\r\n%s", cases[i].head, cases[i].body);
		inner = strstr(format, "%s");
		inner = inner == NULL ? format : gp_asprintf(ctx, "%.*s%s%s", (int)(inner - format), format, many,
		    inner + 2);
		whole.p = inner;
		whole.n = strlen(inner);
		raw = gp_mail_compose(ctx, &c, &n);
		check_wire(raw, n);
		assert_int_equal(gp_mail_parse(ctx, raw, n, &m, NULL), GP_OK);
		if (m.parts_n != 3 || strcmp(m.parts[2].type, cases[i].type) != 0 ||
		    strstr(raw, cases[i].has) == NULL)
			fail_msg("%s: %s", cases[i].name, raw);
		if (strcmp(m.parts[2].type, "message/rfc822") != 0)
			assert_int_equal(m.parts[2].size, whole.n);
		talloc_free(ctx);
	}
}

/* Nothing that a caller passes on from strangers can become a header. */
static void
test_compose_injection(void **state)
{
	struct gp_compose c = { .from_name = "x\r\nBcc: evil@x", .from_addr = "a@b.example",
		.to_name = "\"\r\nBcc: evil@x", .to_addr = "c@d.example", .domain = "b.example",
		.subject = "x\nBcc: evil@x\r\n\r\nbody", .text = "t\r\n" };
	void *ctx = gp_ctx(NULL);
	size_t n;
	char *raw;

	(void)state;
	raw = gp_mail_compose(ctx, &c, &n);
	check_wire(raw, n);
	assert_null(value(ctx, raw, n, "Bcc"));
	assert_string_equal(strstr(raw, "\r\n\r\n") + 4, "t\r\n");
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_splice),
		cmocka_unit_test(test_header_add),
		cmocka_unit_test(test_header_add_holds_limits),
		cmocka_unit_test(test_compose_text),
		cmocka_unit_test(test_compose_keeps_text),
		cmocka_unit_test(test_compose_long_lines),
		cmocka_unit_test(test_compose_html_and_enclosed),
		cmocka_unit_test(test_compose_long_enclosed),
		cmocka_unit_test(test_compose_injection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
