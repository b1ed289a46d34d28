/* SPDX-License-Identifier: ISC */
/* Threading: every rule, as tables of messages in order of arrival and the forest they make. */
#include "store.h"

/* The tables leave out what is not there. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct msg {
	const char *id;		/* NULL ends */
	const char *refs;	/* ids with blanks between, or NULL */
	const char *reply;	/* In-Reply-To, the same */
	const char *subject;
	int days;		/* Date, days after the first */
	const char *body;	/* default: the id */
};

static char **
ids_of(const void *ctx, const char *s, size_t *n)
{
	char **v = gp_array(ctx, char *, 12000), *copy, *save = NULL, *word;

	*n = 0;
	copy = gp_strdup(ctx, s == NULL ? "" : s);
	for (word = strtok_r(copy, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save))
		v[(*n)++] = strchr(word, '@') ? word : gp_asprintf(ctx, "%s@x.example", word);
	return v;
}

static struct gp_mail *
mail_of(const void *ctx, const struct msg *in)
{
	struct gp_mail *m = gp_new(ctx, struct gp_mail);
	size_t n;

	m->flags = GP_MAIL_DATE_OK;
	m->date = NOW + in->days * 86400;
	m->subject = gp_strdup(m, in->subject == NULL ? "" : in->subject);
	m->from_name = gp_strdup(m, "Ann");
	m->from_addr = gp_strdup(m, "ann@example.org");
	m->sender_addr = gp_strdup(m, "");
	m->msgid = in->id[0] == '\0' ? NULL : ids_of(m, in->id, &n)[0];
	m->references = ids_of(m, in->refs, &m->references_n);
	m->in_reply_to = ids_of(m, in->reply, &m->in_reply_to_n);
	m->text = gp_strdup(m, in->body == NULL ? in->id : in->body);
	m->text_n = strlen(m->text);
	m->own = m->text;
	m->own_n = m->text_n;
	m->snippet = m->text;
	return m;
}

static struct gp_list *
list_of(struct fixture *f, const char *address)
{
	struct gp_list *list = NULL;

	OK(gp_store_begin(f->s, err));
	if (gp_list_find(f, f->s, address, &list, NULL) != GP_OK)
		OK(gp_list_create(f, f->s, address, &list, err));
	OK(gp_store_commit(f->s, err));
	return list;
}

static bool together;	/* the test has one transaction around all */

static struct gp_archived
put_mail(struct fixture *f, struct gp_list *list, const struct gp_mail *m)
{
	struct gp_archived a = {0};
	char *raw = gp_asprintf(f, "Subject: %s\r\n\r\n%s\r\n", m->subject, m->text);

	if (!together)
		OK(gp_store_begin(f->s, err));
	OK(gp_archive_add(f, f->s, list, m, raw, strlen(raw), m->date, &a, err));
	if (!together)
		OK(gp_store_commit(f->s, err));
	return a;
}

/* "a(b(c)d)": the tree below a node; "?": a ghost, "-": removed or not archived. */
static void
print_tree(struct gp_buf *b, const struct gp_node *v, size_t n, int64_t parent)
{
	bool open = false;
	size_t i, len;

	for (i = 0; i < n; i++) {
		if (v[i].parent != parent)
			continue;
		if (open)
			gp_buf_putc(b, ' ');
		else if (parent != 0)
			gp_buf_putc(b, '(');
		open = true;
		if (v[i].state == 0)
			gp_buf_putc(b, '?');
		else if (v[i].msg == NULL)
			gp_buf_putc(b, '-');
		else {
			len = strcspn(v[i].msg->msgid, "@");
			gp_buf_printf(b, "%.*s%s", (int)len, v[i].msg->msgid,
			    strchr(v[i].msg->msgid, '#') ? strchr(v[i].msg->msgid, '#') : "");
			if (v[i].kind == 4)
				gp_buf_putc(b, '~');	/* a guess */
		}
		print_tree(b, v, n, v[i].id);
	}
	if (parent != 0 && open)
		gp_buf_putc(b, ')');
}

/* All threads of a list that are shown, oldest first. */
static char *
forest(struct fixture *f, struct gp_list *list)
{
	struct gp_buf *b = gp_buf_new(f, 1 << 20);
	struct gp_thread **t;
	struct gp_node *nodes;
	struct gp_list_stats stats;
	size_t n, i, count;
	int64_t messages = 0;

	OK(gp_thread_between(f, f->s, list->id, 0, INT64_MAX, 0, 0, 100000, &t, &n, err));
	for (i = 0; i < n; i++) {
		OK(gp_thread_nodes(f, f->s, t[i]->id, &nodes, &count, err));
		gp_buf_printf(b, "%s", i > 0 ? " " : "");
		print_tree(b, nodes, count, 0);
		messages += t[i]->messages;
	}
	/* The counters agree with what is there. */
	OK(gp_list_stats(f->s, list->id, NOW, &stats, err));
	assert_int_equal(stats.threads, n);
	assert_int_equal(stats.messages, messages);
	return b->p;
}

static const struct {
	const char *name, *want;
	struct msg in[12];
} cases[] = {
	{"a chain", "a(b(c))", {{"a"}, {"b", "a", "a"}, {"c", "a b", "b"}}},
	{"References only", "a(b(c))", {{"a"}, {"b", "a"}, {"c", "a b"}}},
	{"In-Reply-To only", "a(b(c))", {{"a"}, {"b", NULL, "a"}, {"c", NULL, "b"}}},
	{"In-Reply-To beats References", "a(b c)", {{"a"}, {"b", "a"}, {"c", "a b", "a"}}},
	{"two in In-Reply-To: References count", "a(b(c))", {{"a"}, {"b", "a"},
	    {"c", "a b", "a zz"}}},
	{"two in In-Reply-To alone: the first", "a(c) b", {{"a"}, {"b"}, {"c", NULL, "a b"}}},
	{"parent after child", "a(b)", {{"b", "a", "a", NULL, 1}, {"a"}}},
	{"all in reverse", "a(b(c(d)))", {{"d", "a b c", "c", NULL, 3}, {"c", "a b", "b", NULL, 2},
	    {"b", "a", "a", NULL, 1}, {"a"}}},
	{"siblings of a missing parent meet", "?(b c)", {{"b", "a"}, {"c", "a"}}},
	{"a ghost in the middle", "a(?(c))", {{"a"}, {"c", "a b"}}},
	{"an older reference holds on", "a(?(c) ?(d))", {{"a"}, {"c", "a b", NULL, NULL, 1},
	    {"d", "a e", NULL, NULL, 2}}},
	{"a ghost's thread joins its parent's", "a(b(c) d)", {{"a"}, {"c", "b", NULL, NULL, 2},
	    {"b", "a", NULL, NULL, 1}, {"d", "a", NULL, NULL, 3}}},
	{"two threads, joined by ghosts", "?(?(a x2) ?(b c))", {{"a", "x", NULL, NULL, 0},
	    {"b", "y", NULL, NULL, 1}, {"x2", "z x", NULL, NULL, 2}, {"c", "z y", NULL, NULL, 3}}},
	{"References name what the parent doesn't", "a(?(p(c)))", {{"a"}, {"p", NULL, "b", NULL, 1},
	    {"c", "a b p", NULL, NULL, 2}}},
	{"self reference", "a b", {{"a", "a", "a"}, {"b", NULL, "b"}}},
	{"two-message loop", "b(a)", {{"a", "b", NULL, NULL, 0}, {"b", "a", NULL, NULL, 1}}},
	{"loop of five through ghosts", "b(?(?(?(a))))", {{"a", "b c d e", NULL, NULL, 0},
	    {"b", "a", NULL, NULL, 1}}},
	{"other content under the same id", "a(b(c) a#2)", {{"a"}, {"b", "a"}, {"c", "b"},
	    {"a", "c", NULL, NULL, 0, "other"}}},
	{"own header against others' guess", "?(b(c))", {{"c", "y b", NULL, NULL, 1},
	    {"b", NULL, "x"}}},
	{"others' guess where the header says nothing", "?(b(c))", {{"c", "y b", NULL, NULL, 1},
	    {"b"}}},
	{"own header splits what others joined", "y(e) x(b(c))", {{"y"}, {"c", "y b", NULL, NULL, 3},
	    {"e", "y", NULL, NULL, 4}, {"x", NULL, NULL, NULL, 1}, {"b", NULL, "x", NULL, 2}}},
	{"a loop refused falls back to an older reference", "r(a(b))", {{"r"},
	    {"b", "a", NULL, NULL, 2}, {"a", "r b", NULL, NULL, 1}}},
	{"weekly report, not joined", "a b c d", {{"a", NULL, NULL, "Weekly report", 0},
	    {"b", NULL, NULL, "Weekly report", 7}, {"c", NULL, NULL, "Weekly report", 14},
	    {"d", NULL, NULL, "Weekly report", 21}}},
	{"Re: without references", "a(b~)", {{"a", NULL, NULL, "Swarm in May", 0},
	    {"b", NULL, NULL, "Re: Swarm in May", 3}}},
	{"Re: too late", "a b", {{"a", NULL, NULL, "Swarm in May", 0},
	    {"b", NULL, NULL, "Re: Swarm in May", 15}}},
	{"Re: on the last day", "a(b~)", {{"a", NULL, NULL, "Swarm in May", 0},
	    {"b", NULL, NULL, "Re: Swarm in May", 14}}},
	{"a thread that lives on", "a(b~ c~)", {{"a", NULL, NULL, "Swarm in May", 0},
	    {"b", NULL, NULL, "Re: Swarm in May", 13}, {"c", NULL, NULL, "re: swarm in may", 25}}},
	{"Re: to the newest of its name", "a b(c~)", {{"a", NULL, NULL, "Swarm in May", 0},
	    {"b", NULL, NULL, "Swarm in May", 5}, {"c", NULL, NULL, "Re: Swarm in May", 6}}},
	{"general subjects never", "a b c d", {{"a", NULL, NULL, "Question", 0},
	    {"b", NULL, NULL, "Re: question", 1}, {"c", NULL, NULL, "hi", 2},
	    {"d", NULL, NULL, "Re: hi", 3}}},
	{"no subject never", "a b", {{"a", NULL, NULL, "", 0}, {"b", NULL, NULL, "Re:", 1}}},
	{"other words for Re:", "a(b~ c~)", {{"a", NULL, NULL, "Swarm in May", 0},
	    {"b", NULL, NULL, "AW: Swarm in May", 1}, {"c", NULL, NULL, "\xe5\x9b\x9e\xe5\xa4\x8d\xef\xbc\x9aSwarm in May", 2}}},
	{"a reply before its thread is none", "b a", {{"a", NULL, NULL, "Swarm in May", 5},
	    {"b", NULL, NULL, "Re: Swarm in May", 1}}},
	{"the guess goes to what is quoted", "a(b c(d~))", {
	    {"a", NULL, NULL, "Swarm in May", 0, "the first text of all here"},
	    {"b", "a", NULL, "Re: Swarm in May", 1, "something else is said in b"},
	    {"c", "a", NULL, "Re: Swarm in May", 2, "I saw them leave at noon on Friday"},
	    {"d", NULL, NULL, "Re: Swarm in May", 3, "> I saw them leave at noon on Friday\nme too"}}},
	{"addresses are no ids", "a b", {{"a"}, {"b", "ann@example.org", "ann@example.org"}}},
	{"a guess gives way to the header", "a b(c)", {{"a", NULL, NULL, "Swarm in May", 0},
	    {"b", NULL, NULL, "Swarm in May", 1}, {"c", "b", NULL, "Re: Swarm in May", 2}}},
};

static void
test_cases(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list;
	struct gp_mail *m;
	size_t i, k, wrong = 0;
	char *got;

	for (i = 0; i < GP_COUNT(cases); i++) {
		list = list_of(f, gp_asprintf(f, "l%zu@example.org", i));
		for (k = 0; cases[i].in[k].id != NULL; k++) {
			m = mail_of(f, &cases[i].in[k]);
			if (m->text[0] == '>') {
				m->quoted = m->text;
				m->quoted_n = m->text_n;
			}
			put_mail(f, list, m);
		}
		got = forest(f, list);
		if (strcmp(got, cases[i].want) != 0) {
			fprintf(stderr, "# %s: want %s, got %s\n", cases[i].name, cases[i].want, got);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static int64_t
put_id(struct fixture *f, struct gp_list *list, const char *id, const char *refs, const char *subject,
    int days)
{
	struct msg in = {id, refs, NULL, subject, days, NULL};

	return put_mail(f, list, mail_of(f, &in)).id;
}

static void
test_weekly_report(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = list_of(f, "bees@example.org");
	struct gp_thread **t;
	char id[32];
	size_t n;
	int i;

	for (i = 0; i < 52; i++) {
		snprintf(id, sizeof(id), "w%d", i);
		put_id(f, list, id, NULL, i % 2 ? "Weekly report" : "[bees] Weekly report", 7 * i);
	}
	OK(gp_thread_newest(f, f->s, list->id, 0, 0, 100, &t, &n, err));
	assert_int_equal(n, 52);
}

/* Automatic mail and mail of other lists is never placed by its subject. */
static void
test_no_guess_for_machines(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = list_of(f, "bees@example.org");
	struct msg in = {"b", NULL, NULL, "Re: Swarm in May", 1, NULL};
	static const struct {
		unsigned flags;
		const char *list_id;
		bool guessed;
	} kinds[] = {{GP_MAIL_AUTO, NULL, false}, {GP_MAIL_BULK, NULL, false},
	    {0, "other.example.org", false}, {0, "bees.example.org", true},
	    {0, "bees.old-host.example", true}, {0, "beesknees.example.org", false}};
	struct gp_message *m;
	struct gp_mail *mail;
	char id[32], *list_ids[1];
	int64_t got;
	size_t i;

	put_id(f, list, "a", NULL, "Swarm in May", 0);
	for (i = 0; i < GP_COUNT(kinds); i++) {
		snprintf(id, sizeof(id), "b%zu", i);
		in.id = id;
		mail = mail_of(f, &in);
		mail->flags |= kinds[i].flags;
		list_ids[0] = gp_strdup(f, kinds[i].list_id);
		mail->list_ids = list_ids;
		mail->list_ids_n = kinds[i].list_id != NULL;
		got = put_mail(f, list, mail).id;
		OK(gp_message_find_id(f, f->s, got, &m, err));
		assert_int_equal(m->parent != 0, kinds[i].guessed);
		assert_int_equal(m->parent_kind, kinds[i].guessed ? 4 : 0);
	}
}

static void
test_exchange(void **state)
{
	/* 22 bytes of a conversation; each reply adds five. */
	static const char *const index[] = {"AcoRIAAAAAAAAAAAAAAAAAAAAAAAAA==",
	    "AcoRIAAAAAAAAAAAAAAAAAAAAAAAAAABAgME", "AcoRIAAAAAAAAAAAAAAAAAAAAAAAAAABAgMEAAUGBwg=",
	    "AcoRIAAAAAAAAAAAAAAAAAAAAAAAAP////8AAQIDBA==", "not base64!", "AAAA"};
	struct fixture *f = *state;
	struct gp_list *list = list_of(f, "bees@example.org");
	struct msg in = {NULL, NULL, NULL, "Re: x", 0, NULL};
	struct gp_mail *m;
	char id[32];
	size_t i;

	for (i = 0; i < GP_COUNT(index); i++) {
		snprintf(id, sizeof(id), "e%zu", i);
		in.id = id;
		in.days = (int)i;
		m = mail_of(f, &in);
		m->thread_index = gp_strdup(m, index[i]);
		put_mail(f, list, m);
	}
	assert_string_equal(forest(f, list), "e0(e1(e2) e3) e4 e5");
}

static void
test_many_references(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = list_of(f, "bees@example.org");
	struct gp_buf *b = gp_buf_new(f, 1 << 20);
	struct gp_node *nodes;
	struct gp_message *m;
	int64_t id;
	size_t n;
	int i;

	for (i = 0; i < 10000; i++)
		gp_buf_printf(b, "r%d ", i);
	id = put_id(f, list, "a", b->p, "x", 0);
	OK(gp_message_find_id(f, f->s, id, &m, err));
	OK(gp_thread_nodes(f, f->s, m->thread, &nodes, &n, err));
	assert_int_equal(n, GP_MAX_REFERENCES + 1);
	id = put_id(f, list, "r9999", NULL, "x", 1);
	OK(gp_message_find_id(f, f->s, id, &m, err));
	OK(gp_thread_nodes(f, f->s, m->thread, &nodes, &n, err));
	assert_int_equal(n, GP_MAX_REFERENCES + 1);
}

/* A chain of 3,000, in order and in reverse: one thread, whatever the depth. */
static void
test_deep_chain(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = list_of(f, "bees@example.org"), *back = list_of(f, "back@example.org");
	struct gp_thread **t;
	char id[16], above[16];
	size_t n;
	int i;

	OK(gp_store_begin(f->s, err));
	together = true;
	for (i = 0; i < 3000; i++) {
		snprintf(id, sizeof(id), "c%d", i);
		snprintf(above, sizeof(above), "c%d", i - 1);
		put_id(f, list, id, i > 0 ? above : NULL, "x", 0);
	}
	for (i = 800; i >= 0; i--) {
		snprintf(id, sizeof(id), "c%d", i);
		snprintf(above, sizeof(above), "c%d", i - 1);
		put_id(f, back, id, i > 0 ? above : NULL, "x", 0);
	}
	together = false;
	OK(gp_store_commit(f->s, err));
	OK(gp_thread_newest(f, f->s, list->id, 0, 0, 100, &t, &n, err));
	assert_int_equal(n, 1);
	assert_int_equal(t[0]->messages, 3000);
	OK(gp_thread_newest(f, f->s, back->id, 0, 0, 100, &t, &n, err));
	assert_int_equal(n, 1);
	assert_int_equal(t[0]->messages, 801);
	assert_string_equal(t[0]->names[0], "Ann");
	assert_int_equal(t[0]->people, 1);
}

static void
test_corrections(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = list_of(f, "bees@example.org"), *other = list_of(f, "ants@example.org");
	int64_t a, b, c, d, version;
	struct gp_message *m;
	struct gp_mail mail;
	struct gp_list *again;

	a = put_id(f, list, "a", NULL, "One", 0);
	b = put_id(f, list, "b", "a", "Re: One", 1);
	c = put_id(f, list, "c", "a b", "Re: One", 2);
	d = put_id(f, list, "d", NULL, "Two", 3);
	put_id(f, list, "e", "d", "Re: Two", 4);
	OK(gp_list_find(f, f->s, list->address, &again, err));
	version = again->version;
	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_EXISTS, gp_thread_split(f->s, list, a, err));
	FAILS(GP_E_NOTFOUND, gp_thread_split(f->s, other, b, err));
	FAILS(GP_E_NOTFOUND, gp_thread_split(f->s, list, 999, err));
	OK(gp_thread_split(f->s, list, b, err));
	OK(gp_store_commit(f->s, err));
	assert_string_equal(forest(f, list), "a b(c) d(e)");
	OK(gp_list_find(f, f->s, list->address, &again, err));
	assert_true(again->version > version);

	OK(gp_message_find_id(f, f->s, d, &m, err));
	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_EXISTS, gp_thread_join(f->s, list, m->thread, d, err));
	FAILS(GP_E_NOTFOUND, gp_thread_join(f->s, list, 999, d, err));
	FAILS(GP_E_NOTFOUND, gp_thread_join(f->s, other, m->thread, a, err));
	OK(gp_thread_join(f->s, list, m->thread, c, err));
	FAILS(GP_E_PARSE, gp_thread_mark(f->s, m->thread, "Closed!", 0, GP_MARK_PERSON, err));
	FAILS(GP_E_NOTFOUND, gp_thread_mark(f->s, 999, "solved", 0, GP_MARK_PERSON, err));
	OK(gp_store_commit(f->s, err));
	assert_string_equal(forest(f, list), "a b(c(d(e)))");

	/* A rebuild repeats what people decided, and nothing else moves. */
	OK(gp_store_begin(f->s, err));
	for (int64_t id = a; id <= d; id++) {
		OK(gp_message_mail(f, f->s, id, &mail, NULL, NULL, err));
		OK(gp_archive_rederive(f->s, id, &mail, err));
	}
	OK(gp_store_commit(f->s, err));
	assert_string_equal(forest(f, list), "a b(c(d(e)))");
	/* So does the archive of another file: the decisions go by Message-ID. */
	put_id(f, list, "f", "a b c", "Re: One", 5);
	assert_string_equal(forest(f, list), "a b(c(d(e) f))");
}

/* X-No-Archive: mailed and in digests, never shown. */
static void
test_hidden(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = list_of(f, "bees@example.org");
	struct msg in = {"b", "a", NULL, "Re: One", 1, NULL};
	struct gp_mail *m;
	struct gp_archived out;
	struct gp_message **v;
	struct gp_list_stats stats;
	size_t n;

	put_id(f, list, "a", NULL, "One", 0);
	m = mail_of(f, &in);
	m->flags |= GP_MAIL_NO_ARCHIVE;
	out = put_mail(f, list, m);
	assert_true(out.hidden);
	put_id(f, list, "c", "a b", "Re: One", 2);
	assert_string_equal(forest(f, list), "a(-(c))");
	OK(gp_list_stats(f->s, list->id, NOW, &stats, err));
	assert_int_equal(stats.messages, 2);
	/* Digests get it, pages don't. */
	OK(gp_message_since(f, f->s, list->id, 0, 10, &v, &n, err));
	assert_int_equal(n, 3);
	assert_int_equal(v[1]->state, 2);
	OK(gp_message_newest(f, f->s, list->id, 0, 0, 10, &v, &n, err));
	assert_int_equal(n, 2);
	OK(gp_message_mail(f, f->s, out.id, m, NULL, NULL, err));
	assert_string_equal(m->text, "b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_cases),
		STORE_TEST(test_weekly_report),
		STORE_TEST(test_no_guess_for_machines),
		STORE_TEST(test_exchange),
		STORE_TEST(test_many_references),
		STORE_TEST(test_deep_chain),
		STORE_TEST(test_corrections),
		STORE_TEST(test_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
