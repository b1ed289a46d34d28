/* SPDX-License-Identifier: ISC */
/* "Reply" used to begin something new: which replies begin a thread of their own, and what stays. */
#include "store.h"

#include "../../src/store/private.h"

/* The tables leave out what is not there. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define ANN "ann@example.org"
#define BOB "bob@example.org"

struct reply {
	const char *name, *before, *subject;
	bool is_new;
	const char *quoted;	/* what it quotes, or NULL */
	unsigned flags;
	const char *from;	/* NULL: BOB */
	const char *own;	/* NULL: some words */
};

static const struct reply replies[] = {
	{"another subject", "Swarms in June", "Feeding in winter", true},
	{"with a reply word", "Swarms in June", "Re: Wax moths", true},
	{"the list's tag is no word", "[bees] Swarms", "[bees] Feeding", true},
	{"other script", "Swarms in June", "养蜂 入门", true},
	{"the same", "Swarms in June", "Re: Swarms in June", false},
	{"no reply word", "Swarms in June", "Swarms in June", false},
	{"a word of five", "one two three four five", "five six seven eight nine", false},
	{"one of six", "one two three four five six", "six and other words that are long", true},
	{"more of it", "Swarms", "Re: Swarms in June and July", false},
	{"a typo mended", "Swarns in June", "Re: Swarms in June", false},
	{"other case and marks", "SWARMS, in June!", "re: swarms - in june", false},
	{"one sign of Chinese", "养蜂入门", "Re: 养蜂", false},
	{"was", "Swarms in June", "Feeding (was: Swarms in June)", false},
	{"was, in brackets", "Swarms", "Feeding [was Re: Swarms]", false},
	{"was, without", "Swarms", "Feeding, was: Swarms", false},
	{"war", "Schwärme", "Füttern (war: Schwärme)", false},
	{"a word that ends so", "Swarms", "Feeding at Altwas: now", true},
	{"quotes it", "Swarms in June", "Feeding", false, "I saw two swarms"},
	{"adds to their own", "Swarms in June", "Feeding", false, NULL, 0, ANN},
	{"a machine", "Swarms in June", "Feeding", false, NULL, GP_MAIL_AUTO},
	{"bulk", "Swarms in June", "Feeding", false, NULL, GP_MAIL_BULK},
	{"a patch", "Build fails", "Link with libm", false, NULL, GP_MAIL_HAS_PATCH},
	{"a patch that is enclosed", "Build fails", "[PATCH] Link with libm", false},
	{"a forward", "Swarms in June", "Fwd: Feeding", false},
	{"encrypted", "Swarms in June", "...", false, NULL, GP_MAIL_ENCRYPTED},
	{"no words", "Swarms in June", "Feeding", false, NULL, 0, NULL, ""},
	{"no subject", "Swarms in June", "", false},
	{"none before", "", "Feeding in winter", false},
	{"says nothing", "Swarms in June", "Question", false},
};

static struct gp_list *
bees(struct fixture *f)
{
	struct gp_list *list;

	OK(gp_store_begin(f->s, err));
	if (gp_list_find(f, f->s, "bees@example.org", &list, NULL) != GP_OK)
		OK(gp_list_create(f, f->s, "bees@example.org", &list, err));
	OK(gp_store_commit(f->s, err));
	list->set.tag = gp_strdup(list, "bees");
	return list;
}

static struct gp_mail *
mail(struct fixture *f, const char *id, const char *reply_to, const char *from, const char *subject)
{
	struct gp_mail *m = gp_new(f, struct gp_mail);

	m->flags = GP_MAIL_DATE_OK;
	m->date = NOW;
	m->subject = gp_strdup(m, subject);
	m->from_name = gp_strdup(m, "");
	m->from_addr = gp_strdup(m, from);
	m->sender_addr = gp_strdup(m, "");
	m->msgid = gp_strdup(m, id);
	m->in_reply_to = gp_array(m, char *, 1);
	m->in_reply_to[0] = gp_strdup(m, reply_to == NULL ? "" : reply_to);
	m->in_reply_to_n = reply_to != NULL;
	m->text = m->own = gp_strdup(m, "Some words of mine");
	m->text_n = m->own_n = strlen(m->text);
	return m;
}

static int64_t
put(struct fixture *f, struct gp_list *list, const struct gp_mail *m)
{
	struct gp_archived a;
	char *raw = gp_asprintf(f, "Message-ID: <%s>\r\n\r\n%s\r\n", m->msgid, m->text);

	OK(gp_store_begin(f->s, err));
	OK(gp_archive_add(f, f->s, list, m, raw, strlen(raw), m->date, &a, err));
	OK(gp_store_commit(f->s, err));
	return a.id;
}

static struct gp_message *
message(struct fixture *f, int64_t id)
{
	struct gp_message *m;

	OK(gp_message_find_id(f, f->s, id, &m, err));
	return m;
}

static void
rederive(struct fixture *f, int64_t id, const struct gp_mail *m)
{
	OK(gp_store_begin(f->s, err));
	OK(gp_archive_rederive(f->s, id, m, err));
	OK(gp_store_commit(f->s, err));
}

static void
check(const struct reply *r, const struct gp_message *m, int64_t root)
{
	if ((m->parent == 0) != r->is_new || m->origin != (r->is_new ? root : 0))
		fail_msg("%s: parent %lld, origin %lld", r->name, (long long)m->parent,
		    (long long)m->origin);
}

static void
test_replies(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = bees(f);
	size_t i;

	for (i = 0; i < GP_COUNT(replies); i++) {
		const struct reply *r = &replies[i];
		char *first = gp_asprintf(f, "%zu.a@x.example", i);
		struct gp_mail *m;
		int64_t root, id;

		root = put(f, list, mail(f, first, NULL, ANN, r->before));
		m = mail(f, gp_asprintf(f, "%zu.b@x.example", i), first, r->from != NULL ? r->from : BOB,
		    r->subject);
		m->flags |= r->flags;
		m->quoted = gp_strdup(m, r->quoted != NULL ? r->quoted : "");
		m->quoted_n = strlen(m->quoted);
		if (r->own != NULL) {
			m->own = gp_strdup(m, r->own);
			m->own_n = strlen(m->own);
		}
		id = put(f, list, m);
		check(r, message(f, id), root);
		rederive(f, id, m);	/* a rebuild comes to the same */
		check(r, message(f, id), root);
	}
}

/* It came before what it seems to answer, and was answered itself. */
static void
test_order(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = bees(f);
	int64_t a, b, c;
	struct gp_mail *late = mail(f, "b@x.example", "a@x.example", BOB, "Feeding in winter");

	c = put(f, list, mail(f, "c@x.example", "b@x.example", ANN, "Re: Feeding in winter"));
	a = put(f, list, mail(f, "a@x.example", NULL, ANN, "Swarms in June"));
	b = put(f, list, late);
	assert_int_equal(message(f, b)->parent, 0);
	assert_int_equal(message(f, b)->origin, a);
	assert_int_equal(message(f, c)->parent, b);
	assert_int_equal(message(f, c)->thread, message(f, b)->thread);
	assert_true(message(f, a)->thread != message(f, b)->thread);
}

/* A message in another's References hangs below them until it comes itself. */
static void
test_ghost(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = bees(f);
	struct gp_mail *c = mail(f, "c@x.example", "b@x.example", ANN, "Re: Feeding in winter");
	int64_t a, b;

	a = put(f, list, mail(f, "a@x.example", NULL, ANN, "Swarms in June"));
	c->references = gp_array(c, char *, 2);
	c->references[0] = gp_strdup(c, "a@x.example");
	c->references[1] = gp_strdup(c, "b@x.example");
	c->references_n = 2;
	put(f, list, c);
	b = put(f, list, mail(f, "b@x.example", "a@x.example", BOB, "Feeding in winter"));
	assert_int_equal(message(f, b)->parent, 0);
	assert_int_equal(message(f, b)->origin, a);
	assert_true(message(f, a)->thread != message(f, b)->thread);
}

/* A reply to something else than its header says is placed there, by its subject. */
static void
test_other_thread(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = bees(f);
	int64_t feeding, b;

	feeding = put(f, list, mail(f, "f@x.example", NULL, ANN, "Feeding in winter"));
	put(f, list, mail(f, "a@x.example", NULL, ANN, "Swarms in June"));
	b = put(f, list, mail(f, "b@x.example", "a@x.example", BOB, "Re: Feeding in winter"));
	assert_int_equal(message(f, b)->parent, feeding);
	assert_int_equal(message(f, b)->parent_kind, 4);
	assert_int_equal(message(f, b)->origin, 0);
}

/* What people decide counts more, and each page says what it is to say. */
static void
test_people(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = bees(f);
	struct gp_mail *m = mail(f, "b@x.example", "a@x.example", BOB, "Feeding in winter");
	struct gp_started *v;
	struct gp_thread *before, *after;
	int64_t a, b;
	size_t n;

	a = put(f, list, mail(f, "a@x.example", NULL, ANN, "Swarms in June"));
	OK(gp_thread_find(f, f->s, message(f, a)->thread, &before, err));
	b = put(f, list, m);
	OK(gp_thread_find(f, f->s, message(f, a)->thread, &after, err));
	assert_true(after->version > before->version);
	OK(gp_thread_started(f, f->s, message(f, a)->thread, &v, &n, err));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].from, a);
	assert_int_equal(v[0].thread->id, message(f, b)->thread);
	OK(gp_store_begin(f->s, err));
	OK(gp_thread_join(f->s, list, message(f, b)->thread, a, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(message(f, b)->parent, a);
	assert_int_equal(message(f, b)->origin, 0);
	OK(gp_thread_started(f, f->s, message(f, a)->thread, &v, &n, err));
	assert_int_equal(n, 0);
	rederive(f, b, m);
	assert_int_equal(message(f, b)->parent, a);
	OK(gp_store_begin(f->s, err));
	OK(gp_thread_split(f->s, list, b, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(message(f, b)->origin, a);
	rederive(f, b, m);
	assert_int_equal(message(f, b)->parent, 0);
	assert_int_equal(message(f, b)->origin, a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_replies),
		STORE_TEST(test_order),
		STORE_TEST(test_ghost),
		STORE_TEST(test_other_thread),
		STORE_TEST(test_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
