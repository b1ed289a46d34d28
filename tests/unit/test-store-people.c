/* SPDX-License-Identifier: ISC */
/* Settings of lists; members and their settings; persons and their addresses. */
#include "store_lists.h"

static int64_t
join(struct fixture *f, const struct gp_list *list, const char *address)
{
	int64_t id;

	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, list->id, address, "", 0, 0, NOW, &id, err));
	OK(gp_store_commit(f->s, err));
	return id;
}

/* ---- settings of lists --------------------------------------------------------------- */

struct setting {
	const char *key, *value;
	enum gp_status want;
};

static void
test_list_settings(void **state)
{
	static const struct setting cases[] = {
	    {"start", "nobody", GP_OK}, {"start", "everybody", GP_E_PARSE}, {"start", "", GP_E_PARSE},
	    {"reply", "Anyone", GP_OK}, {"reply", "owners", GP_E_PARSE},
	    {"strangers", "discard", GP_OK}, {"strangers", "bounce", GP_E_PARSE},
	    {"members", "refuse", GP_OK}, {"members", "yes", GP_E_PARSE},
	    {"archive", "members", GP_OK}, {"archive", "private", GP_E_PARSE},
	    {"history", "joined", GP_OK}, {"history", "none", GP_E_PARSE},
	    {"join", "closed", GP_OK}, {"join", "open", GP_E_PARSE},
	    {"questions", "Who are you?\nWhat do you keep?\n", GP_OK},
	    {"questions", "a\x1b[31mb", GP_E_PARSE}, {"questions", "\xc3", GP_E_PARSE},
	    {"roster", "anyone", GP_OK}, {"roster", "nobody", GP_E_PARSE},
	    {"first_posts", "100", GP_OK}, {"first_posts", "101", GP_E_PARSE},
	    {"first_posts", "-1", GP_E_PARSE}, {"daily_posts", "1000", GP_OK},
	    {"daily_posts", "1001", GP_E_PARSE}, {"daily_posts", "1.5", GP_E_PARSE},
	    {"quiet_from", "22", GP_OK}, {"quiet_from", "24", GP_E_PARSE},
	    {"quiet_to", "7", GP_OK}, {"quiet_to", "7:30", GP_E_PARSE},
	    {"emergency", "on", GP_OK}, {"emergency", "now", GP_E_PARSE},
	    {"approvals", "9", GP_OK}, {"approvals", "0", GP_E_PARSE}, {"approvals", "10", GP_E_PARSE},
	    {"reasons", "off topic\nadvert", GP_OK}, {"reasons", "a\x01", GP_E_PARSE},
	    {"tell_author", "no", GP_OK}, {"tell_author", "maybe", GP_E_PARSE},
	    {"hold_expire", "10d", GP_OK}, {"hold_expire", "1m", GP_E_PARSE},
	    {"hold_end", "accept", GP_OK}, {"hold_end", "drop", GP_E_PARSE},
	    {"charter", "x\x7f", GP_E_PARSE}, {"title", "two\nlines", GP_E_PARSE},
	    {"timezone", "Europe", GP_E_PARSE}, {"timezone", ".", GP_E_PARSE}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	const struct gp_list_settings *set = &list->set;
	size_t i, k;

	assert_int_equal(set->start, GP_MAY_SAME);
	assert_int_equal(set->reply, GP_MAY_SAME);
	assert_int_equal(set->strangers, GP_ELSE_HOLD);
	assert_int_equal(set->members, GP_ELSE_HOLD);
	assert_int_equal(set->archive, GP_ARCHIVE_PUBLIC);
	assert_int_equal(set->join, GP_JOIN_CONFIRM);
	assert_int_equal(set->approvals, 1);
	assert_true(set->tell_author);
	assert_int_equal(set->hold_expire, 7 * 86400);
	assert_int_equal(set->hold_end, GP_END_RETURN);
	for (i = 0; i < gp_list_option_count; i++)
		for (k = 0; k < i; k++)
			assert_string_not_equal(gp_list_options[i].name, gp_list_options[k].name);
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++)
		if (gp_list_set(f->s, list, cases[i].key, cases[i].value, NULL) != cases[i].want)
			fail_msg("%s = %s", cases[i].key, cases[i].value);
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_list_find(f, f->s, "bees@example.org", &list, err));
	set = &list->set;
	assert_int_equal(set->start, GP_MAY_NOBODY);
	assert_int_equal(set->reply, GP_MAY_ANYONE);
	assert_int_equal(set->strangers, GP_ELSE_DISCARD);
	assert_int_equal(set->members, GP_ELSE_REFUSE);
	assert_int_equal(set->archive, GP_ARCHIVE_MEMBERS);
	assert_int_equal(set->history, GP_HISTORY_JOINED);
	assert_int_equal(set->join, GP_JOIN_CLOSED);
	assert_string_equal(set->questions, "Who are you?\nWhat do you keep?\n");
	assert_int_equal(set->roster, GP_ROSTER_ANYONE);
	assert_int_equal(set->first_posts, 100);
	assert_int_equal(set->daily_posts, 1000);
	assert_int_equal(set->quiet_from, 22);
	assert_int_equal(set->quiet_to, 7);
	assert_true(set->emergency);
	assert_int_equal(set->approvals, 9);
	assert_false(set->tell_author);
	assert_int_equal(set->hold_end, GP_END_ACCEPT);
}

/* What is not for everybody is not found from the web. */
static void
test_hidden_archives(void **state)
{
	static const struct { const char *archive; size_t want; } cases[] = {{"public", 1}, {"off", 0},
	    {"members", 0}, {"public", 1}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_mail m = {.msgid = gp_strdup(f, "1@x.example"), .subject = gp_strdup(f, "Honey"),
	    .from_name = gp_strdup(f, "A"), .from_addr = gp_strdup(f, "a@b.example"),
	    .sender_addr = gp_strdup(f, ""), .text = gp_strdup(f, "honey")};
	struct gp_archived a;
	struct gp_thread **t;
	struct gp_hits hits;
	size_t i, n;

	OK(gp_store_begin(f->s, err));
	OK(gp_archive_add(f, f->s, list, &m, "raw", 3, NOW, &a, err));
	OK(gp_store_commit(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++) {
		OK(gp_store_begin(f->s, err));
		OK(gp_list_set(f->s, list, "archive", cases[i].archive, err));
		OK(gp_store_commit(f->s, err));
		OK(gp_thread_newest(f, f->s, 0, 0, 0, 10, &t, &n, err));
		assert_int_equal(n, cases[i].want);
		memset(&hits, 0, sizeof(hits));
		OK(gp_search_run(f, f->s, &(struct gp_search){.query = "honey", .limit = 9, .now = NOW},
		    &hits, err));
		assert_int_equal(hits.n, cases[i].want);
		OK(gp_thread_newest(f, f->s, list->id, 0, 0, 10, &t, &n, err));
		assert_int_equal(n, 1);
	}
}

/* ---- members ------------------------------------------------------------------------ */

static void
test_members(void **state)
{
	static const struct {
		const char *key, *value;
		enum gp_status want;
	} sets[] = {{"role", "owner", GP_OK}, {"delivery", "weekly", GP_OK},
	    {"name", "Ann\r\nLee", GP_OK}, {"role", "queen", GP_E_PARSE},
	    {"delivery", "", GP_E_PARSE}, {"age", "7", GP_E_NOTFOUND}};
	struct fixture *f = *state;
	struct gp_list *bees = new_list(f, "bees@example.org"), *ants = new_list(f, "ants@example.org");
	struct gp_member *m, **all;
	int64_t ann, bob, again, count;
	size_t i, n;

	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, bees->id, "Ann@Example.org", "", 0, 0, NOW, &ann, err));
	FAILS(GP_E_EXISTS, gp_member_add(f->s, bees->id, "ann@example.ORG", "Ann", 0, 0, NOW, &again,
	    err));
	FAILS(GP_E_PARSE, gp_member_add(f->s, bees->id, "ann", "Ann", 0, 0, NOW, &again, err));
	FAILS(GP_E_PARSE, gp_member_add(f->s, bees->id, "a b@c.example", "Ann", 0, 0, NOW, &again,
	    err));
	OK(gp_member_add(f->s, bees->id, "bob@example.org", "Bob", GP_ROLE_MODERATOR,
	    GP_DELIVERY_DAILY, NOW, &bob, err));
	OK(gp_member_add(f->s, ants->id, "ann@example.org", "Ann", 0, 0, NOW, &again, err));
	for (i = 0; i < GP_COUNT(sets); i++)
		if (gp_member_set(f->s, ann, sets[i].key, sets[i].value, NULL) != sets[i].want)
			fail_msg("%s = %s", sets[i].key, sets[i].value);
	FAILS(GP_E_NOTFOUND, gp_member_set(f->s, 999, "role", "owner", err));
	OK(gp_digest_mark(f->s, ann, 55, NOW + 5, GP_DIGEST_NONE, err));
	OK(gp_store_commit(f->s, err));

	OK(gp_member_find(f, f->s, bees->id, "ANN@example.org", &m, err));
	assert_int_equal(m->id, ann);
	assert_string_equal(m->address, "Ann@Example.org");
	assert_string_equal(m->name, "Ann Lee");
	assert_int_equal(m->role, GP_ROLE_OWNER);
	assert_int_equal(m->delivery, GP_DELIVERY_WEEKLY);
	assert_int_equal(m->digest_upto, 55);
	assert_int_equal(m->digest_last, NOW + 5);
	FAILS(GP_E_NOTFOUND, gp_member_find(f, f->s, bees->id, "x@example.org", &m, err));
	OK(gp_member_all(f, f->s, bees->id, -1, -1, &all, &n, err));
	assert_int_equal(n, 2);
	assert_string_equal(all[1]->name, "Bob");
	OK(gp_member_all(f, f->s, bees->id, GP_ROLE_MODERATOR, -1, &all, &n, err));
	assert_int_equal(n, 2);
	OK(gp_member_all(f, f->s, bees->id, GP_ROLE_OWNER, -1, &all, &n, err));
	assert_int_equal(n, 1);
	OK(gp_member_all(f, f->s, bees->id, -1, GP_DELIVERY_DAILY, &all, &n, err));
	assert_int_equal(n, 1);
	OK(gp_store_begin(f->s, err));
	OK(gp_member_remove(f->s, bob, err));
	FAILS(GP_E_NOTFOUND, gp_member_remove(f->s, bob, err));
	OK(gp_member_remove(f->s, ann, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_member_count(f->s, bees->id, &count, err));
	assert_int_equal(count, 0);
	/* Ann is still on the other list; Bob is forgotten. */
	OK(gp_member_find(f, f->s, ants->id, "ann@example.org", &m, err));
	OK(gp_sql_int(f->s, &count, "SELECT count(*) FROM address", GP_NOARGS, err));
	assert_int_equal(count, 1);
	/* Ids of memberships are never used twice: tokens are made of them. */
	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, bees->id, "eve@example.org", "Eve", 0, 0, NOW, &again, err));
	OK(gp_store_commit(f->s, err));
	assert_true(again > bob);
}

/* ---- settings of members ------------------------------------------------------------- */

static void
test_member_settings(void **state)
{
	static const struct setting cases[] = {
	    {"language", "de", GP_OK}, {"language", "deu", GP_E_PARSE}, {"language", "D", GP_E_PARSE},
	    {"language", "DE", GP_E_PARSE}, {"language", "d/", GP_E_PARSE}, {"language", "..", GP_E_PARSE},
	    {"timezone", "Europe/Berlin", GP_OK}, {"timezone", "Europe", GP_E_PARSE},
	    {"timezone", "Mars/Olympus", GP_E_PARSE}, {"timezone", "/etc/passwd", GP_E_PARSE},
	    {"timezone", "../../../etc/passwd", GP_E_PARSE}, {"timezone", "UTC\n", GP_E_PARSE},
	    {"own_copy", "no", GP_OK}, {"own_copy", "perhaps", GP_E_PARSE}, {"own_copy", "", GP_E_PARSE},
	    {"duplicates", "off", GP_OK}, {"duplicates", "2", GP_E_PARSE},
	    {"attachments", "100k", GP_OK}, {"attachments", "-1", GP_E_PARSE},
	    {"attachments", "65M", GP_E_PARSE}, {"attachments", "much", GP_E_PARSE},
	    {"hidden", "yes", GP_OK}, {"hidden", "", GP_E_PARSE},
	    {"reminders", "no", GP_OK}, {"reminders", "never", GP_E_PARSE},
	    {"posting", "trusted", GP_OK}, {"posting", "banned", GP_E_PARSE},
	    {"accepted", "9", GP_E_NOTFOUND}, {"pause_to", "9", GP_E_NOTFOUND}, {"id", "9", GP_E_NOTFOUND},
	    {"Language", "de", GP_E_NOTFOUND}, {"", "x", GP_E_NOTFOUND}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	int64_t id = join(f, list, "ann@example.org"), other = join(f, list, "bob@example.org");
	struct gp_member *m;
	size_t i;
	char *text;

	/* A new member has the defaults of the table. */
	OK(gp_member_find_id(f, f->s, id, &m, err));
	for (i = 0; i < gp_member_option_count; i++) {
		text = gp_opt_get(f, &gp_member_options[i], m);
		assert_string_equal(text, gp_member_options[i].def);
	}
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++)
		if (gp_member_set(f->s, id, cases[i].key, cases[i].value, NULL) != cases[i].want)
			fail_msg("%s = %s", cases[i].key, cases[i].value);
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_member_find(f, f->s, list->id, "ann@example.org", &m, err));
	assert_string_equal(m->language, "de");
	assert_string_equal(m->timezone, "Europe/Berlin");
	assert_int_equal(m->own_copy, GP_COPY_NO);
	assert_false(m->duplicates);
	assert_int_equal(m->attachments, 100 << 10);
	assert_true(m->hidden);
	assert_false(m->reminders);
	assert_int_equal(m->posting, GP_POSTING_TRUSTED);
	OK(gp_member_find_id(f, f->s, other, &m, err));
	assert_string_equal(m->language, "");
	assert_true(m->duplicates);
	/* And back. */
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < gp_member_option_count; i++)
		OK(gp_member_set(f->s, id, gp_member_options[i].name, gp_member_options[i].def, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_member_find_id(f, f->s, id, &m, err));
	assert_string_equal(m->timezone, "");
	assert_int_equal(m->posting, GP_POSTING_LIST);
}

static void
test_pause_and_counts(void **state)
{
	static const struct { int64_t from, to; enum gp_status want; } cases[] = {
	    {NOW, NOW + 1, GP_OK}, {NOW, NOW, GP_E_PARSE}, {NOW, NOW - 1, GP_E_PARSE},
	    {0, NOW, GP_E_PARSE}, {NOW, 0, GP_E_PARSE}, {-5, NOW, GP_E_PARSE}, {NOW - 9, NOW + 9, GP_OK}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	int64_t id = join(f, list, "ann@example.org");
	struct gp_member *m;
	size_t i;

	OK(gp_store_begin(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++)
		if (gp_member_pause(f->s, id, cases[i].from, cases[i].to, NULL) != cases[i].want)
			fail_msg("pause %zu", i);
	FAILS(GP_E_NOTFOUND, gp_member_pause(f->s, 99, NOW, NOW + 1, err));
	OK(gp_member_count_post(f->s, id, true, err));
	OK(gp_member_count_post(f->s, id, true, err));
	OK(gp_member_count_post(f->s, id, false, err));
	FAILS(GP_E_NOTFOUND, gp_member_count_post(f->s, 99, true, err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_member_find_id(f, f->s, id, &m, err));
	assert_int_equal(m->pause_from, NOW - 9);
	assert_int_equal(m->pause_to, NOW + 9);
	assert_int_equal(m->accepted, 2);
	assert_int_equal(m->refused, 1);
	OK(gp_store_begin(f->s, err));
	OK(gp_member_pause(f->s, id, 0, 0, err));
	/* A setting changes nothing else. */
	OK(gp_member_set(f->s, id, "hidden", "yes", err));
	OK(gp_store_commit(f->s, err));
	OK(gp_member_find_id(f, f->s, id, &m, err));
	assert_int_equal(m->pause_to, 0);
	assert_int_equal(m->accepted, 2);
}

/* ---- persons ------------------------------------------------------------------------- */

static struct gp_person *
person_of(struct fixture *f, const char *address)
{
	struct gp_person *p;

	OK(gp_person_find(f, f->s, address, &p, err));
	return p;
}

static void
test_addresses(void **state)
{
	struct fixture *f = *state;
	struct gp_list *bees = new_list(f, "bees@example.org"), *ants = new_list(f, "ants@example.org");
	int64_t id = join(f, bees, "Ann@example.org"), ann = person_of(f, "ann@example.org")->id;
	struct gp_member *m, **all;
	struct gp_person *p;
	size_t n;

	FAILS(GP_E_NOTFOUND, gp_person_find(f, f->s, "bob@example.org", &p, err));
	FAILS(GP_E_NOTFOUND, gp_person_find(f, f->s, "rubbish", &p, err));
	FAILS(GP_E_NOTFOUND, gp_person_find(f, f->s, "", &p, err));
	OK(gp_store_begin(f->s, err));
	OK(gp_person_add_address(f->s, ann, "A.Nn@B\xc3\xbc" "cher.example", err));
	OK(gp_person_add_address(f->s, ann, "a.nn@xn--bcher-kva.example", err));	/* the same */
	FAILS(GP_E_PARSE, gp_person_add_address(f->s, ann, "a b@c.example", err));
	FAILS(GP_E_PARSE, gp_person_add_address(f->s, ann, "", err));
	FAILS(GP_E_NOTFOUND, gp_person_add_address(f->s, 99, "x@y.example", err));
	FAILS(GP_E_NOTFOUND, gp_member_use_address(f->s, id, "x@y.example", err));
	FAILS(GP_E_NOTFOUND, gp_member_use_address(f->s, id, "rubbish", err));
	FAILS(GP_E_NOTFOUND, gp_member_use_address(f->s, 99, "ann@example.org", err));
	OK(gp_member_use_address(f->s, id, "a.nn@xn--BCHER-kva.example", err));
	OK(gp_store_commit(f->s, err));
	join(f, ants, "a.nn@b\xc3\xbc" "cher.example");
	reopen(f);
	p = person_of(f, "A.NN@b\xc3\xbc" "cher.example");
	assert_int_equal(p->id, ann);
	assert_int_equal(p->n, 2);
	assert_string_equal(p->addresses[0], "A.Nn@B\xc3\xbc" "cher.example");
	assert_string_equal(p->addresses[1], "Ann@example.org");
	OK(gp_member_find(f, f->s, bees->id, "ann@example.org", &m, err));
	assert_string_equal(m->address, "A.Nn@B\xc3\xbc" "cher.example");
	OK(gp_member_lists(f, f->s, "ann@example.org", &all, &n, err));
	assert_int_equal(n, 2);
	assert_int_equal(all[0]->list, ants->id);
	OK(gp_member_lists(f, f->s, "bob@example.org", &all, &n, err));
	assert_int_equal(n, 0);
	OK(gp_member_lists(f, f->s, "rubbish", &all, &n, err));
	assert_int_equal(n, 0);

	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_NOTFOUND, gp_person_remove_address(f->s, ann, "x@y.example", err));
	FAILS(GP_E_NOTFOUND, gp_person_remove_address(f->s, ann, "rubbish", err));
	FAILS(GP_E_NOTFOUND, gp_person_remove_address(f->s, 99, "ann@example.org", err));
	/* Both lists deliver to it: to the other one from now on. */
	OK(gp_person_remove_address(f->s, ann, "A.nn@b\xc3\xbc" "cher.example", err));
	FAILS(GP_E_EXISTS, gp_person_remove_address(f->s, ann, "ann@example.org", err));
	OK(gp_store_commit(f->s, err));
	OK(gp_member_lists(f, f->s, "ann@example.org", &all, &n, err));
	assert_int_equal(n, 2);
	assert_string_equal(all[0]->address, "Ann@example.org");
	assert_string_equal(all[1]->address, "Ann@example.org");
	/* Who is on no list any more is not kept, with all addresses. */
	OK(gp_store_begin(f->s, err));
	OK(gp_person_add_address(f->s, ann, "x@y.example", err));
	OK(gp_member_remove(f->s, all[0]->id, err));
	person_of(f, "x@y.example");
	OK(gp_member_remove(f->s, all[1]->id, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(count(f, "SELECT count(*) FROM person"), 0);
	assert_int_equal(count(f, "SELECT count(*) FROM address"), 0);
}

/* Ann turns out to be Annabel as well: on bees both, on ants and wasps one of them. */
static void
test_merge(void **state)
{
	struct fixture *f = *state;
	struct gp_list *bees = new_list(f, "bees@example.org"), *ants = new_list(f, "ants@example.org"),
	    *wasps = new_list(f, "wasps@example.org");
	int64_t kept = join(f, bees, "ann@example.org"), other = join(f, bees, "annabel@example.net"), n,
	    moved = join(f, ants, "annabel@example.net"), person = person_of(f, "ann@example.org")->id;
	struct gp_job job = {.list = bees->id, .kind = GP_JOB_NOTICE, .created = NOW}, *j;
	struct gp_member *m, **all;
	struct gp_person *p;
	size_t i;

	join(f, wasps, "ann@example.org");
	OK(gp_store_begin(f->s, err));
	OK(gp_member_set(f->s, kept, "delivery", "daily", err));
	OK(gp_member_set(f->s, kept, "posting", "held", err));
	OK(gp_member_set(f->s, other, "role", "moderator", err));
	OK(gp_member_set(f->s, other, "name", "Annabel", err));
	OK(gp_member_set(f->s, other, "posting", "trusted", err));
	OK(gp_member_count_post(f->s, kept, true, err));
	OK(gp_member_count_post(f->s, other, true, err));
	OK(gp_sql_run(f->s, "UPDATE member SET joined = 5 WHERE id = ?1", GP_ARGS(GP_INT(other)), err));
	OK(gp_job_add(f->s, &job, err));
	OK(gp_job_add_audience(f->s, job.id, &(struct gp_audience){.list = bees->id, .now = NOW}, &n, err));
	assert_int_equal(n, 1);
	OK(gp_person_add_address(f->s, person, "Annabel@example.net", err));
	OK(gp_person_add_address(f->s, person, "annabel@example.net", err));	/* once more */
	OK(gp_store_commit(f->s, err));
	reopen(f);
	p = person_of(f, "annabel@example.net");
	assert_int_equal(p->id, person);
	assert_int_equal(p->n, 2);
	assert_string_equal(p->name, "Annabel");
	OK(gp_member_lists(f, f->s, "ann@example.org", &all, &i, err));
	assert_int_equal(i, 3);
	assert_int_equal(all[0]->id, moved);
	assert_string_equal(all[0]->address, "annabel@example.net");
	OK(gp_member_find(f, f->s, bees->id, "annabel@example.net", &m, err));
	assert_int_equal(m->id, kept);
	assert_int_equal(m->role, GP_ROLE_MODERATOR);
	assert_int_equal(m->delivery, GP_DELIVERY_DAILY);
	assert_int_equal(m->posting, GP_POSTING_HELD);
	assert_int_equal(m->accepted, 2);
	assert_int_equal(m->joined, 5);
	assert_int_equal(count(f, "SELECT count(*) FROM person"), 1);
	assert_int_equal(count(f, "SELECT count(*) FROM member"), 3);
	OK(gp_job_find(f, f->s, job.id, false, &j, err));
	assert_int_equal(j->dropped, 1);
	assert_int_equal(j->left, 0);
	/* The other way round the owner stays owner. */
	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, bees->id, "zoe@example.org", "Zoe", 0, 0, NOW, &n, err));
	OK(gp_member_set(f->s, kept, "role", "owner", err));
	OK(gp_person_add_address(f->s, person, "zoe@example.org", err));
	OK(gp_store_commit(f->s, err));
	OK(gp_member_find(f, f->s, bees->id, "zoe@example.org", &m, err));
	assert_int_equal(m->role, GP_ROLE_OWNER);
	assert_string_equal(m->name, "Annabel");
}

/* ---- names ------------------------------------------------------------------------------ */

/* Who has a name: whatever its letters, on that list only, and no more than were asked for. */
static void
test_named(void **state)
{
	static const struct { const char *name; int n; } cases[] = {
	    {"Ann Lee", 2}, {"ANN LEE", 2}, {"ann  lee", 0}, {"Ann Le", 0}, {"Ann Lee ", 0}, {"", 0},
	    {"%", 0}, {"Ann*", 0}, {"Bj\xc3\xb6rn \xc3\x85s", 1}, {"BJ\xc3\x96RN \xc3\xa5S", 1}, {"Bjorn As", 0},
	    {"\xce\x91\xce\xbd\xce\xbd\xce\xb1 \xce\xa0", 1}, {"\xff Lee", 0}, {"Old Name", 0},
	    {"New Name", 1}, {"Kept Name", 1}, {"Ann' Lee", 0}};
	static const struct { const char *address, *name; } people[] = {
	    {"a1@example.org", "Ann Lee"}, {"a2@example.org", "Ann LEE"}, {"b@example.org", "Bj\xc3\xb6rn \xc3\x85s"},
	    {"g@example.org", "\xce\xb1\xce\xbd\xce\xbd\xce\xb1 \xcf\x80"}, {"o@example.org", "Old Name"},
	    {"m1@example.org", ""}};
	struct fixture *f = *state;
	struct gp_list *bees, *ants;
	struct gp_member **v;
	int64_t id[GP_COUNT(people)], other;
	size_t i, n;

	OK(gp_store_begin(f->s, err));
	OK(gp_list_create(f, f->s, "bees@example.org", &bees, err));
	OK(gp_list_create(f, f->s, "ants@example.org", &ants, err));
	for (i = 0; i < GP_COUNT(people); i++)
		OK(gp_member_add(f->s, bees->id, people[i].address, people[i].name, 0, 0, NOW, &id[i], err));
	OK(gp_member_set(f->s, id[4], "name", "New Name", err));
	/* Someone without a name takes that of the person whom they turn out to be. */
	OK(gp_member_add(f->s, ants->id, "m2@example.org", "Kept Name", 0, 0, NOW, &other, err));
	OK(gp_member_add(f->s, ants->id, "a3@example.org", "Ann Lee", 0, 0, NOW, &other, err));
	OK(gp_member_find_id(f, f->s, id[5], (v = gp_new(f, struct gp_member *)), err));
	OK(gp_person_add_address(f->s, v[0]->person, "m2@example.org", err));
	OK(gp_store_commit(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++) {
		OK(gp_member_named(f, f->s, bees->id, cases[i].name, 9, &v, &n, err));
		if ((int)n != cases[i].n)
			fail_msg("%zu members are named \"%s\", not %d", n, cases[i].name, cases[i].n);
	}
	OK(gp_member_named(f, f->s, bees->id, "ann lee", 1, &v, &n, err));
	assert_int_equal(n, 1);
	assert_int_equal(v[0]->id, id[0]);
	OK(gp_member_named(f, f->s, ants->id, "ann lee", 9, &v, &n, err));
	assert_int_equal(n, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_list_settings),
		STORE_TEST(test_hidden_archives),
		STORE_TEST(test_members),
		STORE_TEST(test_member_settings),
		STORE_TEST(test_pause_and_counts),
		STORE_TEST(test_addresses),
		STORE_TEST(test_merge),
		STORE_TEST(test_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
