/* SPDX-License-Identifier: ISC */
/* The wire form of a message: back as it was, and void as soon as anything is off. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <string.h>

static const char sample[] =
    "From: \"Doe, Jane\" <jane@b.example>\r\nTo: a@x.example, \"q r\"@y.example\r\n"
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Thu, 19 Feb 2004 10:17:01 +0200\r\n"
    "Message-ID: <id@b.example>\r\nReferences: <r@x.example> <p@x.example>\r\n"
    "List-Id: <bees.example.org>\r\nThread-Index: AQHZ\r\n"
    "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
    "--B\r\nContent-Type: multipart/alternative; boundary=C\r\n\r\n"
    "--C\r\n\r\ntext\r\n--C\r\nContent-Type: text/html\r\n\r\n<p>h</p>\r\n--C--\r\n"
    "--B\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <1@x>\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--B--\r\n";

static struct gp_mail
parse(const void *ctx, const char *raw)
{
	struct gp_mail m;

	assert_int_equal(gp_mail_parse(ctx, raw, strlen(raw), &m, NULL), GP_OK);
	return m;
}

static struct gp_str
pack(const void *ctx, const struct gp_mail *m)
{
	struct gp_buf *b = gp_buf_new(ctx, GP_MAX_FRAME);

	gp_mail_pack(b, m);
	assert_false(b->over);
	return (struct gp_str){ b->p, b->len };
}

static void
test_round_trip(void **state)
{
	static const char *const raws[] = { sample, "", "\r\n", "A: b\r\n\r\nslice\r\n",
		"Content-Type: text/html\r\n\r\n<b>\r\n",
		    "Content-Transfer-Encoding: base64\r\n\r\naGVs\r\n" };
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(raws); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_mail m = parse(ctx, raws[i]), back;
		struct gp_str wire = pack(ctx, &m), again;
		struct gp_err err;

		if (gp_mail_unpack(ctx, wire, raws[i], strlen(raws[i]), &back, &err) != GP_OK)
			fail_msg("%zu: %s", i, err.msg);
		again = pack(ctx, &back);
		assert_int_equal(wire.n, again.n);
		assert_memory_equal(wire.p, again.p, wire.n);
		assert_string_equal(back.text, m.text);
		assert_int_equal(back.text_n, m.text_n);
		assert_int_equal(back.parts_n, m.parts_n);
		talloc_free(ctx);
	}
}

static void
test_fields_come_back(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_mail m = parse(ctx, sample), b;

	(void)state;
	m.snippet = gp_strdup(ctx, "snip");
	m.own = gp_strdup(ctx, "own\nwords");
	m.own_n = 9;
	assert_int_equal(gp_mail_unpack(ctx, pack(ctx, &m), sample, sizeof(sample) - 1, &b, NULL),
	    GP_OK);
	assert_string_equal(b.from_name, "Doe, Jane");
	assert_string_equal(b.to.v[1].addr, "\"q r\"@y.example");
	assert_string_equal(b.subject, "Gr\xc3\xbc\xc3\x9f" "e");
	assert_int_equal(b.date, m.date);
	assert_int_equal(b.zone, 120);
	assert_string_equal(b.references[1], "p@x.example");
	assert_string_equal(b.list_ids[0], "bees.example.org");
	assert_string_equal(b.thread_index, "AQHZ");
	assert_string_equal(b.parts[4].name, "a.png");
	assert_string_equal(b.parts[4].cid, "1@x");
	assert_int_equal(b.parts[4].size, 5);
	assert_int_equal(b.parts[3].parent, 2);
	assert_string_equal(b.html, "<p>h</p>");
	assert_string_equal(b.snippet, "snip");
	assert_string_equal(b.own, "own\nwords");
	assert_string_equal(b.files, "a.png");
	talloc_free(ctx);
}

/* One thing changed in a good message: refused, whatever it is. */
enum change { SUBJECT_LF, SUBJECT_LATIN1, NAME_ESC, ADDR_CRLF, ADDR_NO_AT, ADDR_BLANK, ADDR_LONG,
	MSGID_BLANK, MSGID_NO_AT, REF_LF, LIST_ID_BLANK, PART_OUT, PART_LEN, PART_WRAP, PART_SIZE,
	PART_ORDER, PART_PARENT, PART_SELF, PART_DEPTH, PART_TYPE, PART_TYPE_CASE, PART_NAME_PATH,
	PART_NAME_DOTS, PART_CTE, PART_FLAGS, PART_ESCAPES, FLAGS, DATE, ZONE, SLICE_OUT,
	    SLICE_WRAP,
	SLICE_BAD_TEXT, TEXT_NUL, TEXT_ESC, HTML_LATIN1, SNIPPET_LF, FILES_ESC, CHANGES };

static void
change_text(struct gp_mail *m, enum change what, char *big)
{
	switch (what) {
	case SUBJECT_LF: m->subject = (char *)"x\nBcc: y"; break;
	case SUBJECT_LATIN1: m->subject = (char *)"\xfc"; break;
	case NAME_ESC: m->to.v[0].name = (char *)"\x1b[31m"; break;
	case ADDR_CRLF: m->to.v[0].addr = (char *)"a@b\r\nRCPT"; break;
	case ADDR_NO_AT: m->to.v[0].addr = (char *)"a"; break;
	case ADDR_BLANK: m->to.v[0].addr = (char *)"a b@c"; break;
	case ADDR_LONG: m->from_addr = big; break;
	case MSGID_BLANK: m->msgid = (char *)"a b@c"; break;
	case MSGID_NO_AT: m->msgid = (char *)"a"; break;
	case REF_LF: m->references[0] = (char *)"a@b\nc"; break;
	case LIST_ID_BLANK: m->list_ids[0] = (char *)"a b"; break;
	case TEXT_NUL: m->text = (char *)"a\0b"; m->text_n = 3; break;
	case TEXT_ESC: m->text = (char *)"a\x1b" "b"; m->text_n = 3; break;
	case HTML_LATIN1: m->html = (char *)"\xfc"; m->html_n = 1; break;
	case SNIPPET_LF: m->snippet = (char *)"a\nb"; break;
	case FILES_ESC: m->files = (char *)"\x1b"; break;
	case DATE: m->date = INT64_MAX; break;
	case ZONE: m->zone = 5000; break;
	case FLAGS: m->flags |= 1u << 30; break;
	default: break;
	}
}

static void
change_parts(struct gp_mail *m, enum change what)
{
	switch (what) {
	case PART_OUT: m->parts[4].body = sizeof(sample) + 10; break;
	case PART_LEN: m->parts[4].len = sizeof(sample); break;
	case PART_WRAP: m->parts[4].len = SIZE_MAX - 10; break;
	case PART_SIZE: m->parts[4].size = m->parts[4].len + 1; break;
	case PART_ORDER: m->parts[4].head = m->parts[1].head - 1; break;
	case PART_PARENT: m->parts[4].parent = 3; break;
	case PART_SELF: m->parts[4].parent = 5; break;
	case PART_DEPTH: m->parts[4].depth = 3; break;
	case PART_TYPE: m->parts[4].type = (char *)"text"; break;
	case PART_TYPE_CASE: m->parts[4].type = (char *)"Text/plain"; break;
	case PART_NAME_PATH: m->parts[4].name = (char *)"../x"; break;
	case PART_NAME_DOTS: m->parts[4].name = (char *)".."; break;
	case PART_CTE: m->parts[4].cte = (enum gp_cte)17; break;
	case PART_FLAGS: m->parts[4].flags = 4096; break;
	case PART_ESCAPES: m->parts[3].len = m->parts[4].body - m->parts[3].body; break;
	case SLICE_OUT: m->text_off = sizeof(sample); m->text_len = 5; break;
	case SLICE_WRAP: m->text_off = 10; m->text_len = SIZE_MAX - 5; break;
	case SLICE_BAD_TEXT: m->text_off = sizeof(sample) - 3; m->text_len = 1; break;
	default: break;
	}
}

static void
test_changes_are_refused(void **state)
{
	char big[400], raw[sizeof(sample)];
	int what;

	(void)state;
	memset(big, 'a', sizeof(big) - 1);
	big[1] = '@';
	big[sizeof(big) - 1] = '\0';
	memcpy(raw, sample, sizeof(raw));
	raw[sizeof(raw) - 3] = '\x1b';
	for (what = 0; what < CHANGES; what++) {
		void *ctx = gp_ctx(NULL);
		struct gp_mail m = parse(ctx, sample), b;
		struct gp_err err = { .msg = "" };

		if (what == TEXT_NUL || what == TEXT_ESC)
			m.flags &= ~(unsigned)GP_MAIL_TEXT_SLICE;
		change_text(&m, (enum change)what, big);
		change_parts(&m, (enum change)what);
		if (gp_mail_unpack(ctx, pack(ctx, &m), raw, sizeof(raw) - 1, &b,
		    &err) != GP_E_PARSE)
			fail_msg("change %d was let pass", what);
		assert_true(err.msg[0] != '\0');
		talloc_free(ctx);
	}
}

/* Cut short, too long, another version, and single bytes changed: no crash, and what is
 * let pass holds to the rules (it packs and unpacks again). */
static void
test_damaged_wire(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_mail m = parse(ctx, sample), b;
	struct gp_str wire = pack(ctx, &m);
	char *copy = gp_memdup(ctx, wire.p, wire.n);
	size_t i;
	int bit;

	(void)state;
	for (i = 0; i < wire.n; i++) {
		/* An exact copy, so that reading behind the end is noticed. */
		char *cut = gp_memdup(ctx, wire.p, i);

		assert_int_equal(gp_mail_unpack(ctx, (struct gp_str){ cut, i }, sample,
		    sizeof(sample) - 1, &b, NULL), GP_E_PARSE);
		talloc_free(cut);
		for (bit = 0; bit < 8; bit++) {
			copy[i] = (char)(wire.p[i] ^ (1 << bit));
			if (gp_mail_unpack(ctx, (struct gp_str){ copy, wire.n }, sample,
			    sizeof(sample) - 1, &b, NULL) == GP_OK)
				assert_int_equal(gp_mail_unpack(ctx, pack(ctx, &b), sample,
				    sizeof(sample) - 1, &b, NULL), GP_OK);
		}
		copy[i] = wire.p[i];
	}
	copy = gp_array(ctx, char, wire.n + 1);
	memcpy(copy, wire.p, wire.n);
	copy[wire.n] = 0;
	assert_int_equal(gp_mail_unpack(ctx, (struct gp_str){ copy, wire.n + 1 }, sample,
	    sizeof(sample) - 1, &b, NULL), GP_E_PARSE);
	talloc_free(ctx);
}

/* The same answer for another message: offsets that lie outside of it are refused. */
static void
test_other_message(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_mail m = parse(ctx, sample), b;
	struct gp_str wire = pack(ctx, &m);
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(sample) - 1; n += 7)
		if (gp_mail_unpack(ctx, wire, sample, n, &b, NULL) != GP_E_PARSE)
			fail_msg("taken for a message of %zu bytes", n);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_fields_come_back),
		cmocka_unit_test(test_changes_are_refused),
		cmocka_unit_test(test_damaged_wire),
		cmocka_unit_test(test_other_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
