/* SPDX-License-Identifier: ISC */
/* What threads are: questions that are open, answered, solved; kinds; and who is asked to help. */
#include "store_lists.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define HOUR 3600

/* A message "id" of that author `hours` ago, below another or NULL; its id. */
static int64_t
put(struct fixture *f, const struct gp_list *list, const char *id, const char *under, const char *from,
    int hours)
{
	char *msgid = gp_asprintf(f, "%s@x.example", id), *refs[1];
	struct gp_mail m = {.msgid = msgid, .from_addr = gp_strdup(f, from), .from_name = "",
	    .subject = gp_asprintf(f, "About %s", id), .snippet = gp_strdup(f, "words"),
	    .date = NOW - hours * HOUR};
	char *raw = gp_asprintf(f, "From: %s\nMessage-ID: <%s>\n\nwords of %s\n", from, msgid, id);
	struct gp_archived a;

	m.text = raw;
	m.text_n = strlen(raw);
	m.own = raw;
	m.own_n = m.text_n;
	if (under != NULL) {
		refs[0] = gp_asprintf(f, "%s@x.example", under);
		m.subject = gp_asprintf(f, "Re: About %s", under);
		m.references = refs;
		m.references_n = 1;
	}
	OK(gp_archive_add(f, f->s, list, &m, raw, strlen(raw), m.date, &a, err));
	return a.id;
}

static int64_t
thread_of(struct fixture *f, int64_t id)
{
	struct gp_message *m;

	OK(gp_message_find_id(f, f->s, id, &m, err));
	return m->thread;
}

/* Titles, with blanks between. */
static char *
titles(struct fixture *f, struct gp_thread **v, size_t n)
{
	char *s = gp_strdup(f, "");
	size_t i;

	for (i = 0; i < n; i++)
		s = gp_asprintf(f, "%s%s%s", s, i > 0 ? " " : "", v[i]->title + strlen("About "));
	return s;
}

static void
test_marks(void **state)
{
	static const char *const bad[] = {"Closed!", "a b", "é", "x;y",
	    "a23456789012345678901234567890123"};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_thread **v, *t;
	int64_t a, b, before;
	size_t i, n;

	OK(gp_store_begin(f->s, err));
	a = put(f, list, "a", NULL, "ann@example.org", 9);
	b = put(f, list, "b", NULL, "bob@example.org", 8);
	for (i = 0; i < GP_COUNT(bad); i++)
		FAILS(GP_E_PARSE, gp_thread_mark(f->s, thread_of(f, a), bad[i], 0, GP_MARK_PERSON, err));
	FAILS(GP_E_NOTFOUND, gp_thread_mark(f->s, 999, "story", 0, GP_MARK_PERSON, err));
	OK(gp_thread_find(f, f->s, thread_of(f, a), &t, err));
	before = t->version;
	OK(gp_thread_mark(f->s, thread_of(f, a), "story", 0, GP_MARK_AUTHOR, err));
	OK(gp_thread_mark(f->s, thread_of(f, b), "story", 0, GP_MARK_PERSON, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_thread_find(f, f->s, thread_of(f, a), &t, err));
	assert_string_equal(t->mark, "story");
	assert_int_equal(t->mark_by, GP_MARK_AUTHOR);
	assert_int_equal(t->mark_at, NOW);
	assert_true(t->version > before);
	OK(gp_thread_marked(f, f->s, list->id, "story", 0, 0, 10, &v, &n, err));
	assert_string_equal(titles(f, v, n), "b a");
	OK(gp_thread_marked(f, f->s, list->id, "story", v[0]->first, v[0]->id, 10, &v, &n, err));
	assert_string_equal(titles(f, v, n), "a");
	OK(gp_thread_marked(f, f->s, list->id, "", 0, 0, 10, &v, &n, err));
	assert_int_equal(n, 0);
}

static void
test_questions(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org"), *other = new_list(f, "wasps@example.org");
	struct gp_question_stats stats;
	struct gp_thread **v;
	int64_t id[5], answer;
	size_t i, n;
	static const char *const names[] = {"old", "mid", "new", "plain", "own"};

	OK(gp_store_begin(f->s, err));
	for (i = 0; i < 5; i++)
		id[i] = put(f, list, names[i], NULL, "ann@example.org", 50 - (int)i * 10);
	for (i = 0; i < 5; i++)
		if (i != 3)
			OK(gp_thread_mark(f->s, thread_of(f, id[i]), "question", 0, GP_MARK_RULE, err));
	/* Who asks and adds something has no answer yet. */
	put(f, list, "own2", "own", "ann@example.org", 9);
	OK(gp_question_open(f, f->s, list->id, 0, NOW, 10, &v, &n, err));
	assert_string_equal(titles(f, v, n), "own new mid old");
	OK(gp_question_open(f, f->s, list->id, 0, NOW - 35 * HOUR, 10, &v, &n, err));
	assert_string_equal(titles(f, v, n), "mid old");
	OK(gp_question_open(f, f->s, list->id, NOW - 45 * HOUR, NOW, 2, &v, &n, err));
	assert_string_equal(titles(f, v, n), "own new");
	OK(gp_question_open(f, f->s, other->id, 0, NOW, 10, &v, &n, err));
	assert_int_equal(n, 0);

	answer = put(f, list, "mid2", "mid", "bob@example.org", 5);
	OK(gp_question_answered(f, f->s, list->id, 10, &v, &n, err));
	assert_string_equal(titles(f, v, n), "mid");
	OK(gp_thread_mark(f->s, thread_of(f, id[1]), "solved", answer, GP_MARK_AUTHOR, err));
	OK(gp_question_solved(f, f->s, list->id, NOW, NOW + 1, 10, &v, &n, err));
	assert_string_equal(titles(f, v, n), "mid");
	assert_int_equal(v[0]->mark_message, answer);
	OK(gp_question_solved(f, f->s, list->id, 0, NOW, 10, &v, &n, err));
	assert_int_equal(n, 0);
	OK(gp_question_stats(f->s, list->id, NOW, &stats, err));
	assert_int_equal(stats.open, 3);
	assert_int_equal(stats.answered, 0);
	assert_int_equal(stats.solved, 1);

	/* The answer goes: the question stays solved; undone, it is open. */
	OK(gp_message_remove(f->s, answer, err));
	OK(gp_thread_mark(f->s, thread_of(f, id[1]), "question", 0, GP_MARK_PERSON, err));
	OK(gp_question_open(f, f->s, list->id, 0, NOW, 10, &v, &n, err));
	assert_int_equal(n, 4);
	OK(gp_store_commit(f->s, err));
}

static int64_t
member(struct fixture *f, const struct gp_list *list, const char *address, const char *topic)
{
	int64_t id;

	OK(gp_member_add(f->s, list->id, address, "", GP_ROLE_MEMBER, GP_DELIVERY_EACH, NOW, &id, err));
	if (topic != NULL)
		OK(gp_skill_set(f->s, id, topic, true, err));
	return id;
}

static void
test_skills(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	char **v;
	size_t n;
	int64_t ann;

	OK(gp_store_begin(f->s, err));
	ann = member(f, list, "ann@example.org", "varroa");
	member(f, list, "bob@example.org", "varroa");
	OK(gp_skill_set(f->s, ann, "swarming", true, err));
	OK(gp_skill_set(f->s, ann, "swarming", true, err));
	OK(gp_skill_all(f, f->s, ann, &v, &n, err));
	assert_int_equal(n, 2);
	assert_string_equal(v[0], "swarming");
	OK(gp_skill_set(f->s, ann, "swarming", false, err));
	OK(gp_skill_set(f->s, ann, "unknown", false, err));
	OK(gp_skill_topics(f, f->s, list->id, &v, &n, err));
	assert_int_equal(n, 1);
	OK(gp_member_remove(f->s, ann, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(count(f, "SELECT count(*) FROM skill"), 1);
}

/* In turn; nobody twice, nobody who asks, is away or has done enough. */
static void
test_helpers(void **state)
{
	static const char *const topics[] = {"varroa", "wax"};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_helper *v;
	int64_t first, second, got, ann, bob, eve;
	size_t n;

	OK(gp_store_begin(f->s, err));
	ann = member(f, list, "Ann@Example.org", "varroa");
	bob = member(f, list, "bob@example.org", "wax");
	eve = member(f, list, "eve@example.org", "varroa");
	member(f, list, "dan@example.org", "honey");
	OK(gp_member_pause(f->s, member(f, list, "away@example.org", "wax"), NOW - 1, NOW + 1, err));
	first = put(f, list, "q1", NULL, "ann@example.org", 9);
	second = put(f, list, "q2", NULL, "out@example.org", 8);
	OK(gp_helper_next(f->s, first, topics, 2, 0, 2, &got, err));
	assert_int_equal(got, bob);
	OK(gp_helper_add(f->s, first, bob, NOW, err));
	OK(gp_helper_next(f->s, first, topics, 2, 0, 2, &got, err));
	assert_int_equal(got, eve);
	OK(gp_helper_add(f->s, first, eve, NOW, err));
	FAILS(GP_E_NOTFOUND, gp_helper_next(f->s, first, topics, 2, 0, 2, &got, err));
	FAILS(GP_E_NOTFOUND, gp_helper_next(f->s, first, topics, 0, 0, 2, &got, err));
	OK(gp_helper_next(f->s, second, topics, 2, 0, 2, &got, err));
	assert_int_equal(got, ann);
	OK(gp_helper_next(f->s, second, topics + 1, 1, 0, 2, &got, err));
	assert_int_equal(got, bob);
	FAILS(GP_E_NOTFOUND, gp_helper_next(f->s, second, topics + 1, 1, NOW - 1, 1, &got, err));
	OK(gp_helper_pass(f->s, first, bob, err));
	FAILS(GP_E_NOTFOUND, gp_helper_pass(f->s, first, ann, err));
	OK(gp_helper_all(f, f->s, first, &v, &n, err));
	assert_int_equal(n, 2);
	assert_true(v[0].member == bob && v[0].passed && !v[1].passed);
	OK(gp_store_commit(f->s, err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_marks),
		STORE_TEST(test_questions),
		STORE_TEST(test_skills),
		STORE_TEST(test_helpers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
