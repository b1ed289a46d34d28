/* SPDX-License-Identifier: ISC */
/* For tests of store/ that fill lists: make one, open the file anew, count rows. */
#ifndef TESTS_UNIT_STORE_LISTS_H
#define TESTS_UNIT_STORE_LISTS_H

#include "store.h"
#include "../../src/store/private.h"

static inline struct gp_list *
new_list(struct fixture *f, const char *address)
{
	struct gp_list *list = NULL;

	OK(gp_store_begin(f->s, err));
	OK(gp_list_create(f, f->s, address, &list, err));
	OK(gp_store_commit(f->s, err));
	return list;
}

static inline void
reopen(struct fixture *f)
{
	gp_store_close(f->s);
	OK(gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
}

static inline int64_t
count(struct fixture *f, const char *sql)
{
	sqlite3_stmt *st;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(f->s->db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

#endif
