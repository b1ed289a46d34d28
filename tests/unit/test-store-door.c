/* SPDX-License-Identifier: ISC */
/* Mailboxes that mail is taken out of: marks of what was taken, and how doors stand. */
#include "store.h"

static bool
found(struct gp_store *s, const unsigned char *digest, const char *rcpt)
{
	bool yes;

	OK(gp_taken_find(s, digest, rcpt, &yes, err));
	return yes;
}

static void
test_marks(void **state)
{
	struct fixture *f = *state;
	unsigned char a[GP_SHA256_LEN], b[GP_SHA256_LEN];

	gp_sha256("a", 1, a);
	gp_sha256("b", 1, b);
	OK(gp_store_begin(f->s, err));
	assert_false(found(f->s, a, "bees@example.org"));
	OK(gp_taken_add(f->s, a, "bees@example.org", false, err));
	OK(gp_taken_add(f->s, a, "bees@example.org", false, err));
	OK(gp_taken_add(f->s, b, "bees@example.org", true, err));
	assert_true(found(f->s, a, "bees@example.org"));
	assert_true(found(f->s, b, "bees@example.org"));
	assert_false(found(f->s, a, "wasps@example.org"));
	OK(gp_store_commit(f->s, err));

	/* What was found is new again; what is kept outlives everything. */
	OK(gp_store_begin(f->s, err));
	gp_clock_set(NOW + 100, true);
	assert_true(found(f->s, a, "bees@example.org"));
	OK(gp_taken_forget(f->s, NOW + 50, err));
	assert_true(found(f->s, a, "bees@example.org"));
	OK(gp_taken_forget(f->s, NOW + 101, err));
	assert_false(found(f->s, a, "bees@example.org"));
	assert_true(found(f->s, b, "bees@example.org"));
	OK(gp_taken_add(f->s, b, "bees@example.org", false, err));
	OK(gp_taken_forget(f->s, INT64_MAX, err));
	assert_true(found(f->s, b, "bees@example.org"));
	gp_store_rollback(f->s);

	/* A mark is of its transaction. */
	OK(gp_store_begin(f->s, err));
	OK(gp_taken_add(f->s, a, "wasps@example.org", false, err));
	gp_store_rollback(f->s);
	OK(gp_store_begin(f->s, err));
	assert_false(found(f->s, a, "wasps@example.org"));
	assert_true(found(f->s, a, "bees@example.org"));
	gp_store_rollback(f->s);
}

static void
test_states(void **state)
{
	struct fixture *f = *state;
	struct gp_door_state d;

	OK(gp_door_read(f, f->s, "imap", "imaps://a.example", &d, err));
	assert_int_equal(d.taken + d.refused + d.last + d.waiting + d.validity + d.uid + d.since, 0);
	assert_string_equal(d.place, "imaps://a.example");
	assert_string_equal(d.reason, "");
	assert_string_equal(d.trouble, "");
	d.taken = 3;
	d.validity = 0xffffffffLL;
	d.uid = 0xfffffffeLL;
	d.reason = gp_strdup(f, "no 'such' list");
	OK(gp_store_begin(f->s, err));
	OK(gp_door_write(f->s, &d, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_door_read(f, f->s, "imap", "imaps://a.example", &d, err));
	assert_int_equal(d.taken, 3);
	assert_true(d.validity == 0xffffffffLL && d.uid == 0xfffffffeLL);
	assert_string_equal(d.reason, "no 'such' list");
	/* Another mailbox, or another door: nothing is known of it. */
	OK(gp_door_read(f, f->s, "imap", "imaps://b.example", &d, err));
	assert_int_equal(d.taken + d.validity + d.uid, 0);
	OK(gp_door_read(f, f->s, "maildir", "imaps://a.example", &d, err));
	assert_int_equal(d.taken, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_marks),
		STORE_TEST(test_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
