/* SPDX-License-Identifier: ISC */
/* A clock that follows a file. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[64], path[80], done[88];

static int
set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/gp-clock-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/clock", dir);
	snprintf(done, sizeof(done), "%s.done", path);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	unlink(done);
	return rmdir(dir);
}

static void
write_text(const char *text)
{
	struct gp_err err;

	if (gp_file_write(path, text, strlen(text), 0600, &err) != GP_OK)
		fail_msg("%s", err.msg);
}

static void
test_follow(void **state)
{
	static const char *const unfit[] = {"", "soon", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00Z tomorrow",
	    "2026-01-01T00:00:00Z2026-01-01T00:00:00Z2026-01-01T00:00:00Z2026-01-01T00:00:00Z"};
	int64_t t = gp_civil_time(2026, 3, 1, 7, 5, 0);
	void *ctx = gp_ctx(NULL);
	struct gp_err err;
	char *said;
	size_t i, n;

	(void)state;
	assert_int_not_equal(gp_clock_follow(path, &err), GP_OK);	/* no such file */
	for (i = 0; i < GP_COUNT(unfit); i++) {
		write_text(unfit[i]);
		if (gp_clock_follow(path, &err) == GP_OK)
			fail_msg("taken: %s", unfit[i]);
	}
	write_text("2026-03-01T07:05:00Z\n");
	assert_int_equal(gp_clock_follow(path, &err), GP_OK);
	assert_true(gp_clock_follows());
	assert_int_equal(gp_now(), t);
	assert_false(gp_clock_turned());
	assert_int_equal(gp_clock_done(&err), GP_OK);
	assert_int_equal(gp_file_read(ctx, done, 100, &said, &n, &err), GP_OK);
	assert_string_equal(said, "2026-03-01T07:05:00Z");
	write_text("2026-03-02T07:05:00Z");
	assert_true(gp_clock_turned());
	assert_int_equal(gp_now(), t + 86400);
	/* Nothing that can be read: it stands where it was. */
	unlink(path);
	assert_false(gp_clock_turned());
	write_text("later");
	assert_false(gp_clock_turned());
	assert_int_equal(gp_now(), t + 86400);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_follow, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
