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

static struct gp_archived
put_mail(struct fixture *f, struct gp_list *list, const struct gp_mail *m)
{
	struct gp_archived a = {0};
	char *raw = gp_asprintf(f, "Subject: %s\r\n\r\n%s\r\n", m->subject, m->text);

	OK(gp_store_begin(f->s, err));
	OK(gp_archive_add(f, f->s, list, m, raw, strlen(raw), m->date, &a, err));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
