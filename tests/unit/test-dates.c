/* SPDX-License-Identifier: ISC */
/* Dates in mails: in the reader's words, and nothing else is taken for one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site.h"

#include "../../src/list/dates.h"

static const struct {
	const char *language, *name, *value, *want;	/* want NULL: as it is */
} cases[] = {
	{"en", "date", "2026-12-06", "6 December 2026"},
	{"en", "expires", "2026-01-31", "31 January 2026"},
	{"en", "until_date", "2027-05-01 07:05", "1 May 2027, 07:05"},
	{"de", "date", "2026-03-06", "6. M\xc3\xa4rz 2026"},
	{"de", "to_date", "2026-12-06 14:30", "6. Dezember 2026, 14:30"},
	{"fr", "date", "2026-08-01", "1er ao\xc3\xbbt 2026"},
	{"fr", "date", "2026-02-10", "10 f\xc3\xa9vrier 2026"},
	{"es", "since_date", "2026-09-24", "24 de septiembre de 2026"},
	{"en", "month", "2026-12", "December 2026"}, {"de", "month", "2026-03", "M\xc3\xa4rz 2026"},
	{"fr", "month", "2026-08", "ao\xc3\xbbt 2026"}, {"es", "month", "2026-09", "septiembre de 2026"},
	/* A language that nobody has written our mails in. */
	{"xx", "date", "2026-12-06", "6 December 2026"},
	/* None, or none of ours. */
	{"en", "date", "2026-13-06", NULL}, {"en", "date", "2026-00-06", NULL}, {"en", "date", "2026-12-00", NULL},
	{"en", "month", "2026-13", NULL}, {"en", "month", "2026-1", NULL}, {"en", "month_count", "2026-12", NULL},
	{"en", "date", "2026-12-6", NULL}, {"en", "date", "2026-12-061", NULL}, {"en", "date", "on 2026-12-06", NULL},
	{"en", "date", "2026-12-06T14:30", NULL}, {"en", "date", "2026-12-06 14:30:00", NULL},
	{"en", "date", "", NULL}, {"en", "date", "6 December", NULL}, {"en", "subject", "2026-12-06", NULL},
	{"en", "dates", "2026-12-06", NULL}, {"en", "update", "2026-12-06", NULL},
};

static void
test_words(void **state)
{
	struct place *p = *state;
	json_t *data, *inner, *out;
	struct gp_err err;
	const char *got;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		data = gp_json_object(p->ctx);
		inner = gp_json_push_object(gp_json_new_array(gp_json_new_object(data, "said"), "rows"));
		gp_json_text(inner, cases[i].name, cases[i].value);
		must(gp_dates_in_words(p->ctx, p->site->templates, cases[i].language, data, &out, &err), &err);
		got = json_string_value(json_object_get(json_array_get(json_object_get(json_object_get(out, "said"),
		    "rows"), 0), cases[i].name));
		assert_string_equal(got, cases[i].want != NULL ? cases[i].want : cases[i].value);
		/* What the data says in numbers stays so: the next reader has another language. */
		assert_string_equal(json_string_value(json_object_get(inner, cases[i].name)), cases[i].value);
	}
}

static void
test_other_values(void **state)
{
	struct place *p = *state;
	json_t *data = gp_json_object(p->ctx), *out;
	struct gp_err err;

	gp_json_int(data, "date", 20261206);
	gp_json_text(data, "to_date", NULL);
	gp_json_bool(data, "expires", true);
	must(gp_dates_in_words(p->ctx, p->site->templates, "de", data, &out, &err), &err);
	assert_true(json_equal(data, out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_words, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_other_values, place_set_up, place_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
