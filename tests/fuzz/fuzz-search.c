/* SPDX-License-Identifier: ISC */
/*
 * What people type into the search: any bytes give a query, and SQLite takes its
 * expressions without an error.
 */
#include "config.h"

#include "../../src/store/search_query.h"
#include "../../src/store/tokenizer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
check_token(void *arg, int flags, const char *word, int len, int from, int to)
{
	size_t n = *(size_t *)arg;

	(void)flags;
	(void)word;
	if (len <= 0 || from < 0 || from >= to || (size_t)to > n)
		abort();
	return 0;
}

static sqlite3_stmt *
statement(void)
{
	static sqlite3_stmt *st;
	sqlite3 *db;

	if (st != NULL)
		return st;
	if (sqlite3_open(":memory:", &db) != SQLITE_OK || gp_tokenizer_register(db) != SQLITE_OK ||
	    sqlite3_exec(db, "CREATE VIRTUAL TABLE s USING fts5(subject, author, own, quoted, "
	    "files, content='', tokenize='guildpost');"
	    "INSERT INTO s VALUES('a b', 'c', 'd e f', 'g', 'h')", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT rowid FROM s WHERE s MATCH ?1", -1, &st, NULL) !=
	    SQLITE_OK)
		abort();
	return st;
}

static void
run(const char *match)
{
	sqlite3_stmt *st = statement();

	if (match == NULL)
		return;
	sqlite3_bind_text(st, 1, match, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW)
		;
	if (sqlite3_reset(st) != SQLITE_OK)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	void *ctx = gp_ctx(NULL);
	char *text = gp_memdup(ctx, data, n);
	struct gp_query *q = gp_query_parse(ctx, text, 1795456200, NULL);

	gp_tokenize((const char *)data, n, check_token, &n);
	run(q->match);
	run(q->exclude);
	talloc_free(ctx);
	return 0;
}
