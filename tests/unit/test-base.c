/* SPDX-License-Identifier: ISC */
/* Unit tests of the ground floor. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/base.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
test_buf_keeps_its_maximum(void **state)
{
	struct gp_buf *b = gp_buf_new(NULL, 5);

	(void)state;
	gp_buf_puts(b, "abc");
	gp_buf_puts(b, "def");
	assert_true(b->over);
	assert_string_equal(b->p, "abc");
	gp_buf_putc(b, 'x');
	assert_string_equal(b->p, "abc");
	gp_buf_reset(b);
	gp_buf_printf(b, "%05d", 42);
	assert_false(b->over);
	assert_string_equal(b->p, "00042");
	talloc_free(b);
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *in;
		bool ok;
		int64_t want;
	} sizes[] = {{"25M", true, 25 << 20}, {"300k", true, 300 << 10}, {"7", true, 7},
	    {"1G", true, 1 << 30}, {"", false, 0}, {"M", false, 0}, {"-1", false, 0},
	    {"1MB", false, 0}, {"99999999999999999999", false, 0}, {"9999999999999G", false, 0},
	    {" 1", false, 0}},
	  spans[] = {{"5d", true, 432000}, {"90m", true, 5400}, {"2w", true, 1209600},
	    {"30", true, 30}, {"d", false, 0}, {"5x", false, 0}, {"1.5h", false, 0}};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(sizes); i++) {
		assert_int_equal(gp_parse_size(sizes[i].in, &v), sizes[i].ok);
		if (sizes[i].ok)
			assert_int_equal(v, sizes[i].want);
	}
	for (i = 0; i < GP_COUNT(spans); i++) {
		assert_int_equal(gp_parse_duration(spans[i].in, &v), spans[i].ok);
		if (spans[i].ok)
			assert_int_equal(v, spans[i].want);
	}
}

static void
test_lines(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{"one", "one|"}, {"one\ntwo", "one|two|"}, {"one\ntwo\n", "one|two|"},
		{"  one  \r\n\ttwo words\t\r\n", "one|two words|"},
		{"\n\n one\n \t \n\ntwo", "one|two|"}, {"one\rtwo", "one\rtwo|"},
		{"", ""}, {"\n", ""}, {" \t\r\n\n  ", ""},
	};
	void *ctx = gp_ctx(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		const char *p = cases[i].in;
		struct gp_buf b;
		struct gp_str s;

		gp_buf_init(&b, ctx, 100);
		while (gp_str_next_line(&p, &s))
			gp_buf_printf(&b, "%.*s|", (int)s.n, s.p);
		assert_string_equal(b.p != NULL ? b.p : "", cases[i].want);
		assert_int_equal(*p, '\0');
		assert_false(gp_str_next_line(&p, &s));
	}
	talloc_free(ctx);
}

static void
test_hex(void **state)
{
	static const struct { const char *in; size_t n; int want; } cases[] = {
		{"00", 2, 0}, {"ff", 2, 255}, {"FF", 2, 255}, {"aF9", 3, 0xaf}, {"7f", 2, 127},
		{"7f", 1, -1}, {"", 0, -1}, {"g0", 2, -1}, {"0g", 2, -1}, {" 1", 2, -1}, {"-1", 2, -1},
		{"0x", 2, -1}, {"\xc3\xa4", 2, -1}, {"/0", 2, -1}, {":0", 2, -1}, {"@a", 2, -1}, {"`a", 2, -1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++)
		if (gp_hex_byte(cases[i].in, cases[i].n) != cases[i].want)
			fail_msg("%s: %d", cases[i].in, gp_hex_byte(cases[i].in, cases[i].n));
}

static void
test_distance(void **state)
{
	static const char sixty[] = "123456789012345678901234567890123456789012345678901234567890";
	static const struct { const char *a, *b; size_t want; } cases[] = {
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"weekly", "weekly", 0},
		{"weekly", "weakly", 1}, {"weekly", "wekly", 1}, {"weekly", "weeekly", 1},
		{"weekly", "wekely", 1}, {"daily", "dialy", 1}, {"ab", "ba", 1}, {"abc", "cab", 2},
		{"each", "none", 4}, {sixty, sixty, 0}, {sixty, "", 60},
	};
	char longer[64];
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		if (gp_distance(cases[i].a, cases[i].b) != cases[i].want)
			fail_msg("%s, %s: %zu", cases[i].a, cases[i].b,
			    gp_distance(cases[i].a, cases[i].b));
		assert_int_equal(gp_distance(cases[i].b, cases[i].a), cases[i].want);
	}
	snprintf(longer, sizeof(longer), "%s12", sixty);
	assert_int_equal(gp_distance(longer, sixty), 2);
	snprintf(longer, sizeof(longer), "%s123", sixty);
	assert_true(gp_distance(longer, sixty) == SIZE_MAX);
	assert_true(gp_distance("", longer) == SIZE_MAX);
}

static void
test_utf8(void **state)
{
	static const struct {
		const char *in;
		size_t n;
		bool valid;
	} cases[] = {{"", 0, true}, {"plain ascii text", 16, true}, {"\xc3\xb6", 2, true},
	    {"\xf0\x9f\x90\x9d", 4, true}, {"\xc0\xaf", 2, false}, {"\xe0\x80\x80", 3, false},
	    {"\xed\xa0\x80", 3, false}, {"\xf4\x90\x80\x80", 4, false}, {"\xff", 1, false},
	    {"a\0b", 3, false}, {"12345678\0", 9, false}, {"\xc3", 1, false},
	    {"\xe2\x82", 2, false}, {"abcdefgh\xc3\xb6xyz", 13, true}};
	size_t i;
	char *s;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		assert_int_equal(gp_utf8_valid(cases[i].in, cases[i].n), cases[i].valid);
		s = gp_utf8_clean(NULL, cases[i].in, cases[i].n);
		assert_true(gp_utf8_valid(s, strlen(s)));
		talloc_free(s);
	}
	s = gp_utf8_line(NULL, "a\r\nBcc: x\t\tb\x01\xe2\x80\xae" "c", 18, 100);
	assert_string_equal(s, "a Bcc: x bc");
	talloc_free(s);
	s = gp_utf8_line(NULL, "abcdef", 6, 3);
	assert_string_equal(s, "abc\xe2\x80\xa6");
	talloc_free(s);
	assert_int_equal(gp_utf8_cut("a\xc3\xb6", 3, 2), 1);
}

static void
test_time(void **state)
{
	static const struct {
		const char *in;
		bool ok;
		int64_t want;
	} cases[] = {{"1970-01-01T00:00:00Z", true, 0}, {"2026-11-23T17:50:00Z", true, 1795456200},
	    {"2026-11-23T18:50:00+01:00", true, 1795456200}, {"2026-11-23", true, 1795392000},
	    {"2026-11", true, 1793491200}, {"2026", true, 1767225600}, {"@42", true, 42},
	    {"2026-11-23 17:50", true, 1795456200}, {"2026-02-29", false, 0},
	    {"2024-02-29", true, 1709164800}, {"2026-13", false, 0}, {"yesterday", false, 0},
	    {"2026-11-23T25:00:00Z", false, 0}, {"2026-11-23x", false, 0}, {"", false, 0},
	    {"2026-11-23T10:00:00+99:00", false, 0}};
	struct gp_civil c;
	size_t i;
	int64_t t;
	char *s;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		assert_int_equal(gp_time_parse(cases[i].in, &t), cases[i].ok);
		if (cases[i].ok)
			assert_int_equal(t, cases[i].want);
	}
	gp_time_civil(1795456200, "Europe/Berlin", &c);
	assert_int_equal(c.hour, 18);
	assert_int_equal(c.offset, 3600);
	gp_time_civil(-86400 * 365, NULL, &c);
	assert_int_equal(c.year, 1969);
	s = gp_time_format(NULL, 1795456200, "America/New_York", "%Y-%m-%d %H:%M %z");
	assert_string_equal(s, "2026-11-23 12:50 -0500");
	talloc_free(s);
}

static void
test_tokens(void **state)
{
	unsigned char out[32];
	size_t n;
	char *a, *b;

	(void)state;
	a = gp_token_new(NULL);
	b = gp_token_new(NULL);
	assert_int_equal(strlen(a), GP_TOKEN_CHARS);
	assert_string_not_equal(a, b);
	assert_true(gp_base32_parse(a, strlen(a), out, sizeof(out), &n));
	assert_int_equal(n, GP_TOKEN_BYTES);
	assert_false(gp_base32_parse("ab0", 3, out, sizeof(out), &n));
	assert_false(gp_base32_parse("aaaaaaaa", 8, out, 4, &n));
	talloc_free(a);
	talloc_free(b);
	a = gp_base32(NULL, "foobar", 6);
	assert_string_equal(a, "mzxw6ytboi");
	talloc_free(a);
	a = gp_base64(NULL, "fooba", 5);
	assert_string_equal(a, "Zm9vYmE=");
	talloc_free(a);
	gp_sha256("abc", 3, out);
	assert_int_equal(out[0], 0xba);
	assert_int_equal(out[31], 0xad);
}

static void
test_pack_never_reads_past_the_end(void **state)
{
	struct gp_buf *b = gp_buf_new(NULL, 1000);
	struct gp_unpack u;
	size_t cut;

	(void)state;
	gp_pack_u(b, UINT64_MAX);
	gp_pack_i(b, INT64_MIN);
	gp_pack_text(b, NULL);
	gp_pack_text(b, "gr\xc3\xbc\xc3\x9f" "e");
	gp_pack_str(b, "raw\0", 4);
	u = (struct gp_unpack){b->p, b->len, false};
	assert_true(gp_unpack_u(&u) == UINT64_MAX);
	assert_true(gp_unpack_i(&u) == INT64_MIN);
	assert_null(gp_unpack_text(&u, b));
	assert_string_equal(gp_unpack_text(&u, b), "gr\xc3\xbc\xc3\x9f" "e");
	assert_int_equal(gp_unpack_str(&u).n, 4);
	assert_false(u.bad);
	for (cut = 0; cut < b->len; cut++) {
		char *copy = gp_memdup(b, b->p, cut);

		u = (struct gp_unpack){copy, cut, false};
		gp_unpack_u(&u);
		gp_unpack_i(&u);
		gp_unpack_text(&u, b);
		gp_unpack_text(&u, b);
		gp_unpack_str(&u);
		assert_true(u.bad);
	}
	u = (struct gp_unpack){"\x03\xff\xfe", 3, false};
	assert_null(gp_unpack_text(&u, b));
	assert_true(u.bad);
	talloc_free(b);
}

static void
test_config(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
	    {"[server]\ndomain = a.example\n[outbound]\nrelay = maildir:out\n", NULL},
	    {"[server]\ndomian = a.example\n", "there is no option server.domian; server.domain"},
	    {"[server]\ndomain = a.example\nparsers = many\n", "a number is wanted"},
	    {"[server]\ndomain = a.example\nparsers = 99\n", "from 1 to 16"},
	    {"[server]\n", "domain is missing"},
	    {"[server]\ndomain = a\n[inbound]\nseparator = =\n", "must be + or -"},
	    {"[outbound]\ntls = sometimes\n", "never|auto|always"},
	    {"[server]\ndomain\n", ":2: "},
	    {"[server]\ndomain = a\n[inbound]\nmaildir = box\n[outbound]\nrelay = maildir:box\n", "taken out of"},
	    {"[server]\ndomain = a\n[inbound]\nimap = pop3://a@b\n", "imaps://user@host/FOLDER is wanted"},
	    {"[server]\ndomain = a\n[inbound]\nimap = mail.example\n", "imaps://user@host/FOLDER is wanted"},
	    {"[server]\ndomain = a\n[inbound]\nimap = imaps://a:secret@b\n", "password has no place"},
	    {"[server]\ndomain = a\n[inbound]\nimap_poll = 0s\n", "imap_poll"},
	    {"[outbound]\nrelay = maildir:out\n[server]\ndomain = a\n[web]\ncolour = #0a58a6\ncolour_dark = #82B7F4\n", NULL},
	    {"[server]\ndomain = a\n[web]\ncolour = blue\n", "a colour such as #0a58a6 is wanted"},
	    {"[server]\ndomain = a\n[web]\ncolour = #12345\n", "a colour such as"},
	    {"[server]\ndomain = a\n[web]\ncolour = #gggggg\n", "a colour such as"},
	    {"[server]\ndomain = a\n[web]\ncolour = #808080\n", "take a darker one"},
	    {"[server]\ndomain = a\n[web]\ncolour = #ffffff\n", "(1.0 to 1"},
	    {"[server]\ndomain = a\n[web]\ncolour_dark = #303030\n", "take a lighter one"},
	    {"[server]\ndomain = a\nlog = loud\n", "error, warn, info or debug"}};
	char path[] = "/tmp/guildpost-test-XXXXXX";
	struct gp_config *c;
	struct gp_err err;
	size_t i;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, cases[i].text, strlen(cases[i].text), 0),
		    (ssize_t)strlen(cases[i].text));
		if (cases[i].error == NULL) {
			assert_int_equal(gp_config_load(ctx, path, &c, &err), GP_OK);
			assert_string_equal(c->relay, "maildir:/tmp/out");
			assert_int_equal(c->max_size, 25 << 20);
		} else {
			assert_int_equal(gp_config_load(ctx, path, &c, &err), GP_E_CONFIG);
			if (strstr(err.msg, cases[i].error) == NULL)
				fail_msg("'%s' lacks '%s'", err.msg, cases[i].error);
		}
		talloc_free(ctx);
	}
	close(fd);
	unlink(path);
	assert_int_equal(gp_config_load(NULL, "/nonexistent/x.conf", &c, &err), GP_E_CONFIG);
}

static void
test_loopback(void **state)
{
	static const struct {
		const char *url;
		bool yes;
	} cases[] = {
		{"imap://127.0.0.1", true}, {"imap://127.1.2.3:143/INBOX", true},
		{"imap://user@localhost/INBOX", true}, {"smtp://LOCALHOST:25", true},
		{"smtp://[::1]:25", true}, {"imap://a%40b@[::1]", true}, {"imap://[::1]/x", true},
		{"imap://127.0.0.1.evil.example", false}, {"imap://localhost.evil.example", false},
		{"imap://localhost@evil.example", false}, {"imap://127.0.0.1@evil.example/", false},
		{"imap://evil.example/127.0.0.1", false}, {"imap://evil.example/@localhost", false},
		{"imap://127.evil.example", false}, {"imap://[::1].evil.example", false},
		{"imap://[::2]", false}, {"imap://128.0.0.1", false}, {"imap://10.0.0.1", false},
		{"imap://127", false}, {"imap://", false}, {"localhost", false}, {"", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++)
		if (gp_url_is_loopback(cases[i].url) != cases[i].yes)
			fail_msg("%s", cases[i].url);
}

struct echo {
	struct gp_loop *loop;
	char got[64];
	size_t frames;
};

static void
echo_read(struct gp_conn *c, void *arg)
{
	struct echo *e = arg;
	struct gp_frame f;
	struct gp_err err;
	size_t used;

	while (gp_frame_next(c, 1000, &f, &used, &err) == GP_OK) {
		snprintf(e->got, sizeof(e->got), "%d/%d/%.*s", f.kind, (int)f.id, (int)f.body.n,
		    f.body.p);
		gp_conn_take(c, used);
		if (++e->frames == 2)
			gp_loop_stop(e->loop);
	}
}

static void
echo_closed(struct gp_conn *c, const char *why, void *arg)
{
	(void)c;
	(void)arg;
	fail_msg("closed: %s", why);
}

static void
test_frames_over_a_loop(void **state)
{
	static const struct gp_conn_ops ops = {echo_read, NULL, echo_closed};
	void *ctx = gp_ctx(NULL);
	struct echo e = {gp_loop_new(ctx), "", 0};
	struct gp_err err;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	gp_conn_new(e.loop, e.loop, fds[0], &ops, &e);
	assert_int_equal(gp_frame_write(fds[1], GP_IPC_PARSE, 7, "hello", 5, &err), GP_OK);
	assert_int_equal(gp_frame_write(fds[1], GP_IPC_NEWS, 8, NULL, 0, &err), GP_OK);
	gp_loop_run(e.loop);
	assert_int_equal(e.frames, 2);
	assert_string_equal(e.got, "10/8/");
	close(fds[1]);
	talloc_free(ctx);
}

static void
count_calls(int fd, void *arg)
{
	int *calls = arg;

	(void)fd;	/* and reads nothing */
	if (++*calls > 100)
		fail_msg("the loop does not let go");
}

/* A library that reads by itself is run behind the loop: what is ready stays so until then. */
static void
test_loop_lets_go(void **state)
{
	static const int waits[] = {0, 0, 1, -1};
	void *ctx = gp_ctx(NULL);
	struct gp_loop *loop = gp_loop_new(ctx);
	int fds[2], calls = 0;
	size_t i;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	gp_loop_fd(loop, fds[0], false, count_calls, &calls);
	for (i = 0; i < GP_COUNT(waits); i++) {
		gp_loop_once(loop, waits[i]);
		assert_int_equal(calls, (int)i + 1);
	}
	close(fds[1]);
	talloc_free(ctx);
	close(fds[0]);
}

static void
test_errors(void **state)
{
	struct gp_err err;
	int i;

	(void)state;
	assert_int_equal(gp_fail(&err, GP_E_PARSE, "what %d", 1), GP_E_PARSE);
	gp_err_prefix(&err, "file x");
	assert_string_equal(err.msg, "file x: what 1");
	for (i = 0; i < GP_STATUS_COUNT; i++)
		assert_true(strlen(gp_status_text((enum gp_status)i)) > 5);
	assert_int_equal(gp_status_exit(GP_E_BUSY), 75);
	assert_true(gp_status_is_temporary(GP_E_FULL));
	assert_false(gp_status_is_temporary(GP_E_PARSE));
	assert_string_equal(gp_nearest("subscrbe", (const char *const[]){"help", "subscribe"}, 2),
	    "subscribe");
	assert_null(gp_nearest("zzz", (const char *const[]){"help", "subscribe"}, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_keeps_its_maximum),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_pack_never_reads_past_the_end),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_frames_over_a_loop),
		cmocka_unit_test(test_loop_lets_go),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
