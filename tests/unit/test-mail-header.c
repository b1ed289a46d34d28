/* SPDX-License-Identifier: ISC */
/* The canonical form, the header block, encoded-words read and written. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <string.h>

/* A literal with its length, so that it may hold NUL. */
#define S(lit) (lit), sizeof(lit) - 1

static void
test_canon(void **state)
{
	static const struct {
		const char *name, *in;
		size_t n;
		const char *want;
		size_t want_n;
		unsigned changes;
	} cases[] = {
		{ "canonical", S("A: b\r\n\r\nhi\r\n"), S("A: b\r\n\r\nhi\r\n"), 0 },
		{ "bare LF", S("A: b\n\nhi\n"), S("A: b\r\n\r\nhi\r\n"), GP_CANON_EOL },
		{ "mixed ends", S("A: b\nC: d\r\n\nhi\r\n.\nx\r\n"),
		    S("A: b\r\nC: d\r\n\r\nhi\r\n.\r\nx\r\n"), GP_CANON_EOL },
		{ "bare CR in the header", S("Subject: x\rBcc: e@x\r\n\r\nhi\r\n"),
		    S("Subject: x Bcc: e@x\r\n\r\nhi\r\n"), GP_CANON_EOL },
		{ "bare CR in the body", S("A: b\r\n\r\nhi\rthere\r\n"),
		    S("A: b\r\n\r\nhi\r\nthere\r\n"), GP_CANON_EOL },
		{ "end of data tricks", S("A: b\r\n\r\n1\r\n.\n2\n.\r\n3\r.\r4\r\n"),
		    S("A: b\r\n\r\n1\r\n.\r\n2\r\n.\r\n3\r\n.\r\n4\r\n"), GP_CANON_EOL },
		{ "CR CR LF", S("A: b\r\r\n\r\r\nhi\r\r\n"), S("A: b\r\n\r\nhi\r\n"),
		    GP_CANON_EOL },
		{ "old Mac", S("A: b\rC: d\r\rhi\r"), S("A: b\r\nC: d\r\n\r\nhi\r\n"),
		    GP_CANON_EOL },
		{ "NUL", S("A: x\0y\r\n\r\nh\0i\r\n"), S("A: x?y\r\n\r\nh?i\r\n"), GP_CANON_NUL },
		{ "no end", S("A: b\r\n\r\nhi"), S("A: b\r\n\r\nhi\r\n"), GP_CANON_EOL },
		{ "only a header", S("A: b"), S("A: b\r\n"), GP_CANON_EOL },
		{ "From line", S("From a@b Sat Jan  3 01:05:34 1996\nA: b\n\nx\n"),
		    S("A: b\r\n\r\nx\r\n"), GP_CANON_EOL | GP_CANON_FROM_LINE },
		{ "From and >From lines", S("From a\r\n>From b\r\n>From c\r\nA: b\r\n\r\nx\r\n"),
		    S("A: b\r\n\r\nx\r\n"), GP_CANON_FROM_LINE },
		{ "From line alone", S("From a@b Sat"), S(""), GP_CANON_FROM_LINE },
		{ "the field From with a blank", S("From : a@b\r\n\r\nx\r\n"),
		    S("From : a@b\r\n\r\nx\r\n"), 0 },
		{ "From in the body stays", S("A: b\r\n\r\nFrom x\r\n"),
		    S("A: b\r\n\r\nFrom x\r\n"), 0 },
		{ "empty", S(""), S(""), 0 },
		{ "one CR", S("\r"), S("\r\n"), GP_CANON_EOL },
		{ "one LF", S("\n"), S("\r\n"), GP_CANON_EOL },
		{ "only NUL", S("\0"), S("?\r\n"), GP_CANON_EOL | GP_CANON_NUL },
	};
	size_t i, n, again;
	unsigned changes;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *out = gp_mail_canon(NULL, cases[i].in, cases[i].n, &n, &changes), *twice;

		if (n != cases[i].want_n || memcmp(out, cases[i].want, n) != 0 ||
		    changes != cases[i].changes)
			fail_msg("%s: got \"%s\", changes %u", cases[i].name, out, changes);
		twice = gp_mail_canon(NULL, out, n, &again, &changes);
		if (changes != 0 || again != n || memcmp(twice, out, n) != 0)
			fail_msg("%s: a second time changes it", cases[i].name);
		talloc_free(out);
		talloc_free(twice);
	}
}

/* Names of the fields, in order, parted by '|'; then the body. */
static char *
describe(const void *ctx, const char *raw, const struct gp_header *h, size_t n)
{
	struct gp_buf *b = gp_buf_new(ctx, 4096);
	size_t i;

	for (i = 0; i < h->n; i++) {
		gp_buf_add(b, raw + h->fields[i].start, h->fields[i].name_len);
		gp_buf_puts(b, "=");
		gp_buf_puts(b, gp_field_value(ctx, h, &h->fields[i]));
		gp_buf_puts(b, "|");
	}
	gp_buf_add(b, raw + h->body, n - h->body);
	return b->p;
}

static void
test_header_scan(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "plain", "A: b\r\nC: d\r\n\r\nx\r\n", "A=b|C=d|x\r\n" },
		{ "folds", "A: b\r\n c\r\n\td\r\n\r\n", "A=b c\td|" },
		{ "a fold of blanks only", "A: b\r\n \r\nC: d\r\n\r\nx\r\n", "A=b|C=d|x\r\n" },
		{ "blank before the colon", "Subject : y\r\n\r\n", "Subject=y|" },
		{ "garbage goes on", "A: b\r\nno header here\r\nTo: c\r\n\r\nx",
		    "A=b no header here|To=c|x" },
		{ "garbage first", "rubbish\r\nTo: c\r\n\r\nx", "=rubbish|To=c|x" },
		{ "fold first", " rubbish\r\nTo: c\r\n\r\nx", "=rubbish|To=c|x" },
		{ "empty name", ": b\r\nTo: c\r\n\r\n", "=: b|To=c|" },
		{ "8-bit name", "A: b\r\nB\xc3\xa4: c\r\n\r\n", "A=b B\xc3\xa4: c|" },
		{ "words before the colon", "A: b\r\nthis is not: x\r\n\r\n",
		    "A=b this is not: x|" },
		{ "empty value", "A:\r\nB: \r\n\r\n", "A=|B=|" },
		{ "value on the next line", "Message-ID:\r\n <a@b>\r\n\r\n", "Message-ID=<a@b>|" },
		{ "no empty line", "A: b\r\n", "A=b|" },
		{ "no header", "\r\nx\r\n", "x\r\n" },
		{ "nothing", "", "" },
		{ "colons in the value", "A: b: c\r\n\r\n", "A=b: c|" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_header h;
		size_t n = strlen(cases[i].in);

		assert_int_equal(gp_header_scan(ctx, cases[i].in, n, &h, NULL), GP_OK);
		if (strcmp(describe(ctx, cases[i].in, &h, n), cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].name, describe(ctx, cases[i].in, &h, n));
		talloc_free(ctx);
	}
}

static void
test_header_covers_every_byte(void **state)
{
	static const char raw[] = "x\r\nA: b\r\n c\r\nrubbish\r\nB : d\r\n\r\nbody\r\n";
	struct gp_header h;
	size_t i, at = 0;

	(void)state;
	assert_int_equal(gp_header_scan(NULL, raw, sizeof(raw) - 1, &h, NULL), GP_OK);
	for (i = 0; i < h.n; i++) {
		assert_int_equal(h.fields[i].start, at);
		at += h.fields[i].len;
	}
	assert_int_equal(at, h.end);
	assert_int_equal(h.body, h.end + 2);
	talloc_free(h.fields);
}

static void
test_header_limits(void **state)
{
	struct gp_buf *b = gp_buf_new(NULL, 2 << 20);
	struct gp_err err = { .code = GP_OK };
	struct gp_header h;
	int i;

	(void)state;
	for (i = 0; i < GP_MAX_HEADER_FIELDS; i++)
		gp_buf_puts(b, "A: b\r\n");
	assert_int_equal(gp_header_scan(b, b->p, b->len, &h, &err), GP_OK);
	gp_buf_puts(b, "A: b\r\n");
	assert_int_equal(gp_header_scan(b, b->p, b->len, &h, &err), GP_E_TOOBIG);
	assert_non_null(strstr(err.msg, "fields"));

	gp_buf_reset(b);
	gp_buf_puts(b, "A: ");
	for (i = 0; i < GP_MAX_HEADER_FIELD; i++)
		gp_buf_putc(b, 'x');
	gp_buf_puts(b, "\r\n\r\n");
	assert_int_equal(gp_header_scan(b, b->p, b->len, &h, &err), GP_E_TOOBIG);

	gp_buf_reset(b);
	for (i = 0; i < 900; i++)
		gp_buf_printf(b, "A: %0400d\r\n", i);
	assert_int_equal(gp_header_scan(b, b->p, b->len, &h, &err), GP_E_TOOBIG);
	talloc_free(b);
}

static void
test_header_find(void **state)
{
	static const char raw[] = "From: 1\r\nSubject: x\r\nfrom: 2\r\nFROM : 3\r\nFromage: 4\r\n"
	    "\r\n";
	void *ctx = gp_ctx(NULL);
	struct gp_header h;

	(void)state;
	assert_int_equal(gp_header_scan(ctx, raw, sizeof(raw) - 1, &h, NULL), GP_OK);
	assert_int_equal(gp_header_count(&h, "From"), 3);
	assert_string_equal(gp_field_value(ctx, &h, gp_header_find(&h, "From", 2)), "3");
	assert_null(gp_header_find(&h, "From", 3));
	assert_null(gp_header_find(&h, "", 0));
	assert_null(gp_header_value(ctx, &h, "To"));
	assert_null(gp_header_text(ctx, &h, "To"));
	talloc_free(ctx);
}

static void
test_decode_words(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "plain", "Hello", "Hello" },
		{ "Q", "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Gr\xc3\xbc\xc3\x9f" "e" },
		{ "B", "=?UTF-8?b?R3LDvMOfZQ==?=", "Gr\xc3\xbc\xc3\x9f" "e" },
		{ "latin1", "=?iso-8859-1?q?f=FCr?= alle", "f\xc3\xbcr alle" },
		{ "windows-1252 behind latin1", "=?iso-8859-1?q?=93x=94?=",
		    "\xe2\x80\x9cx\xe2\x80\x9d" },
		{ "blanks between words vanish", "=?utf-8?q?a?= \t =?utf-8?q?b?=", "ab" },
		{ "folds between words vanish", "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab" },
		{ "blanks before text stay", "=?utf-8?q?a?= b", "a b" },
		{ "underscore", "=?utf-8?q?a_b?=", "a b" },
		{ "character cut in two", "=?utf-8?B?w?= =?utf-8?B?w7w=?=", "\xc3\xbc" },
		{ "character cut between words", "=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "\xc3\xbc" },
		{ "iso-2022-jp", "=?ISO-2022-JP?B?GyRCJDMkcxsoQg==?=", "\xe3\x81\x93\xe3\x82\x93" },
		{ "gb2312 is gb18030", "=?gb2312?B?xOO6ww==?=", "\xe4\xbd\xa0\xe5\xa5\xbd" },
		{ "koi8-r", "=?koi8-r?B?8NLJ18XU?=",
		    "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82" },
		{ "language", "=?utf-8*de?q?f=C3=BCr?=", "f\xc3\xbcr" },
		{ "question mark at the end", "=?utf-8?Q?What?\?=", "What?" },
		{ "blanks inside", "=?utf-8?Q?a b?=", "a b" },
		{ "in the middle of a word", "x=?utf-8?q?y?=z", "xyz" },
		{ "empty", "=?utf-8?q?\?=", "" },
		{ "empty GBK", "=?GBK?B?\?=", "" },
		{ "unknown charset", "=?x-foo?Q?abc?=", "abc" },
		{ "forbidden charset", "=?utf-7?Q?+AGE-?=", "+AGE-" },
		{ "encoded line end", "=?utf-8?Q?a=0D=0ABcc=3A_e=40f?=", "a Bcc: e@f" },
		{ "encoded NUL and ESC", "=?utf-8?Q?a=00b=1Bc?=", "a\xef\xbf\xbd" "bc" },
		{ "bad UTF-8", "=?utf-8?Q?=FF?=", "\xef\xbf\xbd" },
		{ "bidi override", "=?utf-8?Q?a=E2=80=AEb?=", "ab" },
		{ "raw UTF-8", "\xc3\xbc x", "\xc3\xbc x" },
		{ "raw latin1", "\xfc x", "\xc3\xbc x" },
		{ "not closed", "=?utf-8?Q?abc", "=?utf-8?Q?abc" },
		{ "no such encoding", "=?utf-8?X?abc?=", "=?utf-8?X?abc?=" },
		{ "no charset", "=??Q?abc?=", "=??Q?abc?=" },
		{ "half a word", "=?utf-8?", "=?utf-8?" },
		{ "nothing", "", "" },
		{ "bad escapes", "=?utf-8?Q?a=ZZ=4?=", "a=ZZ=4" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_mail_decode_words(NULL, cases[i].in, strlen(cases[i].in));

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].name, got);
		talloc_free(got);
	}
}

/* RFC 2047: words of at most 75 characters, lines of at most 76 columns; RFC 5322: 998. */
static void
check_encoded(const char *name, const char *text, size_t used)
{
	char *enc = gp_mail_encode_words(NULL, text, used), *back, *line, *w;

	for (line = enc; line != NULL; line = strchr(line, '\n')) {
		size_t len;

		line += *line == '\n';
		len = strcspn(line, "\r");
		if (len + (line == enc ? used : 0) > 998)
			fail_msg("%s: a line of %zu", name, len);
		if (line != enc && *line != ' ')
			fail_msg("%s: a fold without a blank", name);
		for (w = strstr(line, "=?"); w != NULL && w < line + len; w = strstr(w + 2, "=?U"))
			if ((size_t)(strstr(w, "?=") - w) + 2 > 75 || len > 76)
				fail_msg("%s: a word or line too long: %s", name, line);
	}
	back = gp_mail_decode_words(NULL, enc, strlen(enc));
	if (strcmp(back, text) != 0)
		fail_msg("%s: %s came back as %s", name, enc, back);
	for (w = enc; *w != '\0'; w++)
		if ((unsigned char)*w >= 128)
			fail_msg("%s: not ASCII: %s", name, enc);
	talloc_free(enc);
	talloc_free(back);
}

static void
test_encode_words(void **state)
{
	static const char *const texts[] = {
		"", "Hello", "Gr\xc3\xbc\xc3\x9f" "e",
		    "looks like =?utf-8?q?x?= but isn't \xc3\xbc",
		"Mit freundlichen Gr\xc3\xbc\xc3\x9f" "en an alle Bienenz\xc3\xbc" "chterinnen und "
		    "Bienenz\xc3\xbc" "chter in der ganzen weiten Welt",
		"\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0"
		    "\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd",
		"a ? _ = ! \xc3\xa9", "tab_and_underscore \xe2\x82\xac",
	};
	char *plain, long_text[1500];
	size_t i, used;

	(void)state;
	for (i = 0; i < GP_COUNT(texts); i++)
		for (used = 0; used < 90; used += 9)
			check_encoded(texts[i], texts[i], used);
	memset(long_text, 'a', sizeof(long_text));
	long_text[900] = '\0';
	check_encoded("long token", long_text, 9);
	plain = gp_mail_encode_words(NULL, "plain ASCII, as it is", 9);
	assert_string_equal(plain, "plain ASCII, as it is");
	talloc_free(plain);
	plain = gp_mail_encode_words(NULL, "x\r\nBcc: evil\x01", 9);
	assert_string_equal(plain, "x Bcc: evil");
	talloc_free(plain);
}

/* A joined emoji and a letter with its accent stay in one word. */
static void
test_encode_keeps_clusters(void **state)
{
	static const char family[] = "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d"
	    "\xf0\x9f\x91\xa7";
	char text[200], *enc, *p, *end, *one;
	size_t n;

	(void)state;
	for (n = 0; n < 30; n++) {
		memset(text, 'x', n);
		text[n] = '\0';
		strncat(text, family, sizeof(text) - strlen(text) - 1);
		enc = gp_mail_encode_words(NULL, text, 9);
		for (p = strstr(enc, "=?"); p != NULL; p = strstr(end, "=?")) {
			end = strstr(p + 10, "?=") + 2;
			one = gp_mail_decode_words(NULL, p, (size_t)(end - p));
			if (strchr(one, '\xf0') != NULL && strstr(one, family) == NULL)
				fail_msg("cut: %s", enc);
			talloc_free(one);
		}
		talloc_free(enc);
	}
}

static void
test_encode_phrase(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "Jane Doe", "Jane Doe" },
		{ "Doe, Jane", "\"Doe, Jane\"" },
		{ "J. Doe", "\"J. Doe\"" },
		{ "a \"b\" \\c", "\"a \\\"b\\\" \\\\c\"" },
		{ "J\xc3\xb6rg", "=?UTF-8?Q?J=C3=B6rg?=" },
		{ "=?x?=", "=?UTF-8?B?PT94Pz0=?=" },
		{ "Jane\r\nBcc: x", "\"Jane Bcc: x\"" },
		{ "x@y", "\"x@y\"" },
		{ "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_mail_encode_phrase(NULL, cases[i].in);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].in, got);
		talloc_free(got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canon),
		cmocka_unit_test(test_header_scan),
		cmocka_unit_test(test_header_covers_every_byte),
		cmocka_unit_test(test_header_limits),
		cmocka_unit_test(test_header_find),
		cmocka_unit_test(test_decode_words),
		cmocka_unit_test(test_encode_words),
		cmocka_unit_test(test_encode_keeps_clusters),
		cmocka_unit_test(test_encode_phrase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
