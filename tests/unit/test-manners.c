/* SPDX-License-Identifier: ISC */
/* How much may go to a domain at once, how long it is left alone, and how fast all goes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/serve/manners.h"

static enum gp_may
may(struct gp_manners *m, const char *address, int64_t now)
{
	const char *words;
	int64_t until;

	return gp_manners_may(m, address, now, &until, &words);
}

static void
test_at_once(void **state)
{
	struct gp_manners *m = gp_manners_new(NULL, 2, 0);

	(void)state;
	gp_manners_begin(m, "a@x.example");
	assert_int_equal(may(m, "b@X.example", 1), GP_MAY);
	gp_manners_begin(m, "b@X.example");
	assert_int_equal(may(m, "c@x.example", 1), GP_MAY_SOON);
	assert_int_equal(may(m, "c@y.example", 1), GP_MAY);
	gp_manners_end(m, "a@x.example");
	assert_int_equal(may(m, "c@x.example", 1), GP_MAY);
	gp_manners_end(m, "b@x.example");
	gp_manners_end(m, "b@x.example");
	gp_manners_begin(m, "a@x.example");
	gp_manners_begin(m, "a@x.example");
	gp_manners_reset(m);
	assert_int_equal(may(m, "c@x.example", 1), GP_MAY);
	talloc_free(m);
}

static void
test_pause(void **state)
{
	static const int minutes[] = {1, 5, 15, 30, 60, 60};
	struct gp_manners *m = gp_manners_new(NULL, 2, 0);
	int64_t now = 1000, until;
	const char *words;
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(minutes); i++) {
		assert_int_equal(gp_manners_slow(m, "a@x.example", "421 no", now), now + 60 * minutes[i]);
		/* Others that were under way say the same. */
		assert_int_equal(gp_manners_slow(m, "b@x.example", "421 no", now + 1), now + 60 * minutes[i]);
		assert_int_equal(gp_manners_may(m, "c@x.example", now + 1, &until, &words), GP_MAY_LATER);
		assert_string_equal(words, "421 no");
		assert_int_equal(may(m, "c@sub.x.example", now), GP_MAY);
		gp_manners_sent(m, "a@x.example", now + 1);	/* sent before it said so */
		now = until;
		assert_int_equal(may(m, "c@x.example", now), GP_MAY);
	}
	gp_manners_sent(m, "a@x.example", now);
	assert_int_equal(gp_manners_slow(m, "a@x.example", "421 no", now), now + 60);
	talloc_free(m);
}

/* Somebody wants it now; who is slow still pauses longer than before. */
static void
test_lift(void **state)
{
	struct gp_manners *m = gp_manners_new(NULL, 2, 0);
	int64_t now = 1000;

	(void)state;
	gp_manners_lift(m);
	assert_int_equal(gp_manners_slow(m, "a@x.example", "421 no", now), now + 60);
	assert_int_equal(gp_manners_slow(m, "a@y.example", "421 no", now), now + 60);
	assert_int_equal(may(m, "a@x.example", now + 1), GP_MAY_LATER);
	gp_manners_lift(m);
	assert_int_equal(may(m, "a@x.example", now + 1), GP_MAY);
	assert_int_equal(may(m, "a@y.example", now + 1), GP_MAY);
	assert_int_equal(gp_manners_slow(m, "a@x.example", "421 no", now + 2), now + 2 + 300);
	talloc_free(m);
}

static void
test_words(void **state)
{
	static const struct {
		const char *words;
		bool slow;
	} cases[] = {{"421 4.3.2 bye", true}, {"421", true}, {"450 4.7.1 greylisted", true},
	    {"451 4.4.5 congested", true}, {"451-4.7.0 two lines", true}, {"451 4.2.0 later", false},
	    {"452 4.2.2 full", false}, {"550 5.7.1 no", false}, {"", false}, {"4", false}, {"451 4.7", false},
	    {"451 try 4.7.1", false}, {"can't connect", false}};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++)
		if (gp_manners_is_slow(cases[i].words) != cases[i].slow)
			fail_msg("%s", cases[i].words);
}

static void
test_rate(void **state)
{
	struct gp_manners *m = gp_manners_new(NULL, 2, 60), *any = gp_manners_new(NULL, 2, 0);
	int64_t now = 5000;
	int n;

	(void)state;
	for (n = 0; gp_manners_take(m, 1, now); n++)
		assert_true(n < 100);
	assert_int_equal(n, 10);	/* of ten seconds at once */
	assert_false(gp_manners_take(m, 1, now + 999));
	assert_true(gp_manners_take(m, 5, now + 1000));
	assert_false(gp_manners_take(m, 1, now + 5000));	/* those five are paid first */
	assert_true(gp_manners_take(m, 1, now + 6000));
	for (n = 0; n < 10000; n++)
		assert_true(gp_manners_take(any, 100, now));
	talloc_free(m);
	talloc_free(any);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_pause), cmocka_unit_test(test_lift),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
