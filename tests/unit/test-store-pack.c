/* SPDX-License-Identifier: ISC */
/* Messages that were packed elsewhere: archived as if they had come whole. */
#include "store.h"

static struct gp_mail *
mail_of(const void *ctx, const char *id, const char *text)
{
	struct gp_mail *m = gp_new(ctx, struct gp_mail);

	m->flags = GP_MAIL_DATE_OK;
	m->date = NOW - 60;
	m->subject = gp_strdup(m, "Swarm");
	m->from_name = gp_strdup(m, "Ann");
	m->from_addr = gp_strdup(m, "ann@example.org");
	m->sender_addr = m->snippet = m->files = m->quoted = gp_strdup(m, "");
	m->msgid = gp_strdup(m, id);
	m->text = gp_strdup(m, text);
	m->text_n = strlen(text);
	m->own = m->text;
	m->own_n = m->text_n;
	return m;
}

/* Only what an import hands over of it. */
static struct gp_archived
put_packed(struct fixture *f, struct gp_list *list, struct gp_packer *p, const struct gp_mail *m,
    const char *raw)
{
	struct gp_mail light = *m;
	struct gp_archived a = {0};
	struct gp_str packed;

	light.text = gp_strdup(f, "");
	light.text_n = 0;
	OK(gp_packer_message(p, m, raw, strlen(raw), &packed, err));
	OK(gp_store_begin(f->s, err));
	OK(gp_archive_add_packed(f, f->s, list, &light, packed, strlen(raw), NOW, &a, err));
	OK(gp_store_commit(f->s, err));
	return a;
}

static struct gp_archived
put_whole(struct fixture *f, struct gp_list *list, const struct gp_mail *m, const char *raw)
{
	struct gp_archived a = {0};

	OK(gp_store_begin(f->s, err));
	OK(gp_archive_add(f, f->s, list, m, raw, strlen(raw), NOW, &a, err));
	OK(gp_store_commit(f->s, err));
	return a;
}

static struct gp_list *
new_list(struct fixture *f)
{
	struct gp_list *list = NULL;

	OK(gp_store_begin(f->s, err));
	OK(gp_list_create(f, f->s, "bees@example.org", &list, err));
	OK(gp_store_commit(f->s, err));
	return list;
}

/* id NULL: no Message-ID. What is added second: whole or packed, as the first or not. */
static const struct {
	const char *name, *id, *text, *again_id, *again_text;
	bool duplicate;
} cases[] = {
	{"the same", "a@x.example", "hello\n", "a@x.example", "hello\n", true},
	{"a footer more", "a@x.example", "hello\n", "a@x.example",
	    "hello\n___________________\nA list\n", true},
	{"the same id, other text", "a@x.example", "hello\n", "a@x.example", "farewell\n", false},
	{"another id", "a@x.example", "hello\n", "b@x.example", "hello\n", false},
	{"no id, the same bytes", NULL, "hello\n", NULL, "hello\n", true},
	{"no id, other bytes", NULL, "hello\n", NULL, "farewell\n", false},
};

static void
test_duplicates(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f);
	struct gp_packer *p = gp_packer_new(f);
	struct gp_archived a, b;
	struct gp_mail *m;
	size_t i, way, n;
	char *raw, *back, *prefix;

	for (i = 0; i < GP_COUNT(cases); i++) {
		for (way = 0; way < 4; way++) {
			prefix = gp_asprintf(f, "%zu.%zu.", i, way);
			m = mail_of(f, cases[i].id == NULL ? NULL :
			    gp_asprintf(f, "%s%s", prefix, cases[i].id), cases[i].text);
			raw = gp_asprintf(f, "X: %s\r\n\r\n%s", prefix, cases[i].text);
			a = (way & 1) != 0 ? put_packed(f, list, p, m, raw) :
			    put_whole(f, list, m, raw);
			assert_false(a.duplicate);
			OK(gp_message_raw(f, f->s, a.id, &back, &n, err));
			assert_string_equal(back, raw);
			m = mail_of(f, cases[i].again_id == NULL ? NULL :
			    gp_asprintf(f, "%s%s", prefix, cases[i].again_id), cases[i].again_text);
			raw = gp_asprintf(f, "X: %s\r\n\r\n%s", prefix, cases[i].again_text);
			b = (way & 2) != 0 ? put_packed(f, list, p, m, raw) :
			    put_whole(f, list, m, raw);
			if (b.duplicate != cases[i].duplicate)
				fail_msg("%s, way %zu", cases[i].name, way);
			assert_int_equal(b.id == a.id, cases[i].duplicate);
		}
	}
}

static void
test_text_comes_back(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f);
	struct gp_mail *m = mail_of(f, "a@x.example", "wax and honey\n"), got;
	struct gp_archived a;
	struct gp_message *msg;

	m->html = gp_strdup(f, "<p>wax</p>");
	m->html_n = strlen(m->html);
	a = put_packed(f, list, gp_packer_new(f), m, "X: y\r\n\r\nwax and honey\r\n");
	OK(gp_message_mail(f, f->s, a.id, &got, NULL, NULL, err));
	assert_string_equal(got.text, "wax and honey\n");
	assert_string_equal(got.html, "<p>wax</p>");
	OK(gp_message_find_id(f, f->s, a.id, &msg, err));
	assert_int_equal(msg->size, strlen("X: y\r\n\r\nwax and honey\r\n"));
	assert_string_equal(msg->subject, "Swarm");
}

/* What was packed with a dictionary that the archive does not have is refused when it has to
 * be read; with the archive's own it is read. */
static void
test_dictionaries(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f);
	struct gp_packer *p = gp_packer_new(f);
	struct gp_str samples[200], learnt, other, kept;
	struct gp_archived a;
	char *back;
	size_t i, n;

	for (i = 0; i < GP_COUNT(samples); i++)
		samples[i] = GP_STR(gp_asprintf(f, "Received: from mail%zu.example.org by "
		    "mx.example.org; %zu Nov 2026\r\n\r\nThe bees and the wax, %zu.\r\n", i % 9, i,
		    i * 7919));
	assert_int_equal(gp_packer_learn(f, samples, 20).n, 0);
	learnt = gp_packer_learn(f, samples, 150);
	other = gp_packer_learn(f, samples + 50, 150);
	assert_true(learnt.n > 0 && other.n > 0);
	OK(gp_archive_dictionary(f, f->s, &kept, err));
	assert_int_equal(kept.n, 0);
	OK(gp_store_begin(f->s, err));
	OK(gp_archive_learnt(f->s, learnt, err));
	OK(gp_archive_learnt(f->s, other, err));	/* too late */
	OK(gp_store_commit(f->s, err));
	OK(gp_archive_dictionary(f, f->s, &kept, err));
	assert_int_equal(kept.n, learnt.n);
	assert_memory_equal(kept.p, learnt.p, kept.n);
	gp_packer_use(p, kept);
	a = put_packed(f, list, p, mail_of(f, "a@x.example", "hello\n"), samples[3].p);
	OK(gp_message_raw(f, f->s, a.id, &back, &n, err));
	assert_string_equal(back, samples[3].p);
}

static void
test_damaged(void **state)
{
	static const struct gp_str bad[] = {{"x", 1}, {"\x28\xb5\x2f\xfd", 4},
	    {"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00", 9}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f);
	struct gp_mail *m = mail_of(f, NULL, "hello\n");	/* its name is that of its bytes */
	struct gp_archived a;
	size_t i;

	for (i = 0; i < GP_COUNT(bad); i++) {
		OK(gp_store_begin(f->s, err));
		FAILS(GP_E_DB, gp_archive_add_packed(f, f->s, list, m, bad[i], 10, NOW, &a, err));
		gp_store_rollback(f->s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_duplicates),
		STORE_TEST(test_text_comes_back),
		STORE_TEST(test_dictionaries),
		STORE_TEST(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
