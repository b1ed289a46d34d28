/* SPDX-License-Identifier: ISC */
/* No page reads all messages or threads: every statement that pages run finds what it wants by an index. */
#include "web.h"

#include "../../src/store/private.h"

static const char *const more[] = {"/bees/?since=2026-11-01", "/bees/?before=1795430400-9", "/bees/questions",
	"/bees/questions.atom", "/bees/library/", "/bees/t/K?since=2026-11-01", "/mid/1@x.exam", "/old/path.html",
	"/bees/files?before=K", "/bees/people/K?before=K", "/bees/2026/11/23?before=K", "/bees/2026/sitemap.xml",
	"/bees/d/", "/bees/d/2026-11-23"};

/* Does a step of a plan go through all of one of the large tables? */
static bool
reads_all(const char *detail)
{
	static const char *const large[] = {"node", "thread", "n", "t", "c", "h", "p", "f", "body", "list_author",
	    "thread_author", "member"};
	size_t i, n;

	if (!gp_starts(detail, "SCAN "))
		return false;
	detail += strlen("SCAN ");
	n = strcspn(detail, " ");
	for (i = 0; i < GP_COUNT(large); i++)
		if (strlen(large[i]) == n && strncmp(large[i], detail, n) == 0)
			return true;
	return false;
}

static void
plans(void **state)
{
	struct reader *r = *state;
	struct gp_store *s = r->site->store;
	char *key = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "marker: does it?", "word");
	size_t i, count = 0;

	post(r, "2@x.example", "1@x.example", "Bob <bob@example.org>", "Re: marker: does it?", "yes");
	for (i = 0; i < GP_COUNT(everywhere); i++)
		page(r, with_key(r, everywhere[i], key));
	for (i = 0; i < GP_COUNT(more); i++)
		(void)status_of(r, with_key(r, more[i], key));
	for (i = 0; i < GP_STORE_STATEMENTS; i++) {
		sqlite3_stmt *st;
		char *sql;

		/* The words of the index are a table of the moment (search_forms.c). */
		if (s->statements[i].sql == NULL || strstr(s->statements[i].sql, "temp.") != NULL)
			continue;
		sql = gp_asprintf(r->ctx, "EXPLAIN QUERY PLAN %s", s->statements[i].sql);
		if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
			fail_msg("%s: %s", sqlite3_errmsg(s->db), sql);
		while (sqlite3_step(st) == SQLITE_ROW)
			if (reads_all((const char *)sqlite3_column_text(st, 3)))
				fail_msg("%s: %s", (const char *)sqlite3_column_text(st, 3), s->statements[i].sql);
		sqlite3_finalize(st);
		count++;
	}
	assert_true(count > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
