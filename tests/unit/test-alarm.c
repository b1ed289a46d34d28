/* SPDX-License-Identifier: ISC */
/* Alarms: how long they last, and how many mails whoever runs the server gets. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site.h"

#define HOUR 3600
#define DAY 86400

static int64_t
jobs(struct place *p)
{
	struct gp_store_stats s;
	struct gp_err err;

	must(gp_store_stats(p->site->store, &s, &err), &err);
	return s.jobs;
}

/* It is so; that makes so many mails. */
static void
raise_it(struct place *p, enum gp_alarm_kind kind, const char *words, int64_t patience, int64_t mails,
    const char *name)
{
	int64_t before = jobs(p);
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_alarm_raise(p->ctx, p->site, kind, words, patience, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	if (jobs(p) - before != mails)
		fail_msg("%s: %d mails", name, (int)(jobs(p) - before));
}

static void
clear_it(struct place *p, enum gp_alarm_kind kind)
{
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_alarm_clear(p->ctx, p->site, kind, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

static void
test_mails(void **state)
{
	static const struct {
		const char *name;
		int64_t after;		/* seconds since the one before */
		enum gp_alarm_kind kind;
		bool clear;
		int64_t patience, mails;
	} steps[] = {
		{"the relay, just now", 0, GP_ALARM_RELAY, false, HOUR, 0},
		{"not long", HOUR - 1, GP_ALARM_RELAY, false, HOUR, 0},
		{"an hour", 1, GP_ALARM_RELAY, false, HOUR, 1},
		{"no second one, it couldn't leave", DAY + HOUR, GP_ALARM_RELAY, false, HOUR, 0},
		{"over", 1, GP_ALARM_RELAY, true, 0, 0},
		{"over twice", 1, GP_ALARM_RELAY, true, 0, 0},
		{"again, at once", 1, GP_ALARM_RELAY, false, 0, 1},
		{"over again", 1, GP_ALARM_RELAY, true, 0, 0},
		{"a third time on the same day", 1, GP_ALARM_RELAY, false, 0, 0},
		{"another kind", 0, GP_ALARM_WAL, false, 0, 1},
		{"still", HOUR, GP_ALARM_WAL, false, 0, 0},
		{"and the next day", DAY, GP_ALARM_WAL, false, 0, 1},
	};
	struct place *p = *state;
	int64_t now = gp_now();
	size_t i;

	for (i = 0; i < GP_COUNT(steps); i++) {
		now += steps[i].after;
		gp_clock_set(now, true);
		if (steps[i].clear)
			clear_it(p, steps[i].kind);
		else
			raise_it(p, steps[i].kind, "550 <no>", steps[i].patience, steps[i].mails, steps[i].name);
	}
}

static void
test_find(void **state)
{
	struct place *p = *state;
	int64_t began = gp_now();
	struct gp_alarm a;
	struct gp_err err;

	assert_int_equal(gp_alarm_find(p->ctx, p->site->store, GP_ALARM_WAL, &a, NULL), GP_E_NOTFOUND);
	raise_it(p, GP_ALARM_WAL, "first", 0, 1, "first");
	gp_clock_set(began + 60, true);
	raise_it(p, GP_ALARM_WAL, "second \"words\"", 0, 0, "second");
	must(gp_alarm_find(p->ctx, p->site->store, GP_ALARM_WAL, &a, &err), &err);
	assert_string_equal(a.words, "second \"words\"");
	assert_int_equal(a.since, began);
	assert_int_equal(gp_alarm_find(p->ctx, p->site->store, GP_ALARM_RELAY, &a, NULL), GP_E_NOTFOUND);
	clear_it(p, GP_ALARM_WAL);
	assert_int_equal(gp_alarm_find(p->ctx, p->site->store, GP_ALARM_WAL, &a, NULL), GP_E_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mails, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_find, place_set_up, place_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
