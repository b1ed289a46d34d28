/* SPDX-License-Identifier: ISC */
/* For the tests of store/: a database in a folder of its own, gone afterwards. */
#ifndef TESTS_UNIT_STORE_H
#define TESTS_UNIT_STORE_H

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW 1795456200	/* 2026-11-23 17:50 UTC */

/* Fails with the message of the error. */
#define OK(call) do { \
	struct gp_err e_ = {0}; struct gp_err *err = &e_; \
	if ((call) != GP_OK) { fprintf(stderr, "# %s: %s\n", #call, e_.msg); fail(); } \
} while (0)
#define FAILS(code, call) do { \
	struct gp_err e_ = {0}; struct gp_err *err = &e_; \
	assert_int_equal((call), (code)); \
	if ((code) != GP_E_NOTFOUND) assert_true(e_.msg[0] != '\0'); \
} while (0)

struct fixture {
	char *dir, *path;
	struct gp_store *s;
};

static inline int
fixture_open(void **state)
{
	struct fixture *f = gp_new(NULL, struct fixture);
	char name[] = "/tmp/gp-store-XXXXXX";

	if (mkdtemp(name) == NULL)
		return -1;
	gp_clock_set(NOW, true);
	f->dir = gp_strdup(f, name);
	f->path = gp_path_join(f, name, "guildpost.db");
	if (gp_store_create(f->path, NULL) != GP_OK ||
	    gp_store_open(f, f->path, GP_STORE_CORE, &f->s, NULL) != GP_OK)
		return -1;
	*state = f;
	return 0;
}

static inline int
fixture_close(void **state)
{
	static const char *const names[] = {"guildpost.db", "guildpost.db-wal",
	    "guildpost.db-shm", "guildpost.lock", "copy.db", "other.db", "other.db-wal",
	    "other.db-shm", "other.lock"};
	struct fixture *f = *state;
	size_t i;
	char *path;

	gp_store_close(f->s);
	for (i = 0; i < GP_COUNT(names); i++) {
		path = gp_path_join(f, f->dir, names[i]);
		unlink(path);
	}
	i = (size_t)rmdir(f->dir);	/* nothing else may be left */
	talloc_free(f);
	return i == 0 ? 0 : -1;
}

#define STORE_TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_open, fixture_close)

#endif
