/* SPDX-License-Identifier: ISC */
/* Large attachments as links, for those who want that; everyone else gets the post as it came. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "talk.h"

#define HEAD "From: Bob <bob@example.net>\nTo: bees@example.org\nSubject: a picture\n" \
	"Message-ID: <p1@example.net>\nMIME-Version: 1.0\n"
#define PARTS "\nfirst\n--B\nContent-Type: text/plain\n\nSee the picture.\n--B\n" \
	"Content-Type: image/png; name=hive.png\nContent-Disposition: attachment; filename=hive.png\n" \
	"\n%s\n--B\nContent-Type: text/x-log; name=a.txt\nContent-Disposition: attachment\n\nshort\n--B--\nlast\n"

static void
set(struct place *p, const char *address, const char *key, const char *value)
{
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, address)->id, key, value, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

static char *
large(struct place *p, const char *type)
{
	char *bytes = gp_alloc(p->ctx, 4001, "bytes");
	size_t i;

	for (i = 0; i < 4000; i++)
		bytes[i] = i % 70 == 69 ? '\n' : 'x';
	bytes[4000] = '\0';
	return gp_asprintf(p->ctx, HEAD "Content-Type: %s; boundary=B\n" PARTS, type, bytes);
}

static struct gp_job **
posted(struct place *p, const char *text, size_t *n)
{
	int64_t before = last_job(p);
	struct gp_outcome out = {0};

	take_in(p, "bees@example.org", text, "bob@example.net", &out);
	assert_true(out.message > 0);
	assert_int_equal(out.recipients, 2);
	return jobs_since(p, before, n);
}

static void
test_links(void **state)
{
	struct place *p = *state;
	struct gp_job **v;
	size_t n;

	set(p, "ann@example.org", "attachments", "2k");
	v = posted(p, large(p, "multipart/mixed"), &n);
	assert_int_equal(n, 2);
	assert_string_equal(goes_to(p, v[0]), "bob@example.net");
	assert_string_equal(goes_to(p, v[1]), "ann@example.org");
	assert_non_null(gp_memmem(v[0]->body, v[0]->body_n, "xxxx", 4));
	assert_null(gp_memmem(v[1]->body, v[1]->body_n, "xxxx", 4));
	HAS(gp_strndup(p->ctx, v[1]->body, v[1]->body_n), "hive.png (4 kB) was here");
	HAS(gp_strndup(p->ctx, v[1]->body, v[1]->body_n), "https://lists.example.org/bees/m/");
	HAS(gp_strndup(p->ctx, v[1]->body, v[1]->body_n), "/3-file");
	/* All around it is as it came. */
	HAS(gp_strndup(p->ctx, v[1]->body, v[1]->body_n), "first\r\n--B\r\nContent-Type: text/plain\r\n");
	HAS(gp_strndup(p->ctx, v[1]->body, v[1]->body_n), "\r\n\r\nshort\r\n--B--\r\nlast\r\n");
	HAS(read_job(p, v[1])->text, "See the picture.");
	assert_int_equal(read_job(p, v[1])->parts_n, read_job(p, v[0])->parts_n);
}

static void
test_each_limit(void **state)
{
	struct place *p = *state;
	size_t n;

	set(p, "ann@example.org", "attachments", "2k");
	set(p, "bob@example.net", "attachments", "2");
	posted(p, large(p, "multipart/mixed"), &n);
	assert_int_equal(n, 3);
}

/* Where the list wants it so, it is no choice of the reader's. */
static void
test_list_links(void **state)
{
	struct place *p = *state;
	struct gp_job **v;
	struct gp_err err;
	char *text;
	size_t n;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_set(p->site->store, p->bees, "attachments", "link", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	v = posted(p, large(p, "multipart/mixed"), &n);
	assert_int_equal(n, 1);
	text = gp_strndup(p->ctx, v[0]->body, v[0]->body_n);
	HAS(text, "This list sends files as links");
	HAS(text, "bees+owner@example.org");
	HASNT(text, "set attachments");
}

/* A signature holds for those who get the post as it came; the copy with links may have to go in our name. */
static void
test_signed_by_domain(void **state)
{
	struct place *p = *state;
	struct gp_job **v;
	size_t n;

	set(p, "ann@example.org", "attachments", "2k");
	v = posted(p, gp_asprintf(p->ctx, "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=k; c=relaxed/relaxed;\n"
	    " h=from:subject:date:message-id; bh=AAAA; b=BBBB\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n%s",
	    large(p, "multipart/mixed")), &n);
	assert_int_equal(n, 2);
	assert_true((v[0]->flags & GP_JOB_ASK) == 0);
	assert_true((v[1]->flags & GP_JOB_ASK) != 0);
}

static void
test_nothing_to_link(void **state)
{
	static const struct { const char *name, *key, *value, *limit, *type; } cases[] = {
		{"small enough", "title", "x", "5k", "multipart/mixed"},
		{"no archive to link to", "archive", "owners", "2k", "multipart/mixed"},
		{"a signature would break", "title", "x", "2k", "multipart/signed"},
	};
	struct place *p = *state;
	struct gp_err err;
	size_t i, n;

	for (i = 0; i < GP_COUNT(cases); i++) {
		char *text = large(p, cases[i].type);

		text[strlen(HEAD) - strlen("1@example.net>\nMIME-Version: 1.0\n")] = (char)('2' + i);
		set(p, "ann@example.org", "attachments", cases[i].limit);
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_list_set(p->site->store, p->bees, cases[i].key, cases[i].value, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
		posted(p, text, &n);
		if (n != 1)
			fail_msg("%s: %zu jobs", cases[i].name, n);
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_list_set(p->site->store, p->bees, "archive", "public", &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
		/* The same words again within a day would wait. */
		gp_clock_set(gp_now() + 86400, true);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_links), TEST(test_each_limit), TEST(test_list_links), TEST(test_signed_by_domain),
		TEST(test_nothing_to_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
