/* SPDX-License-Identifier: ISC */
/* The search: its language as a table, its tokenizer, and what it finds. */
#include "store.h"
#include "../../src/store/private.h"
#include "../../src/store/search_query.h"
#include "../../src/store/tokenizer.h"

/* ---- the language ------------------------------------------------------------------------ */

static const struct {
	const char *text, *match, *exclude, *note;
} queries[] = {
	{"", NULL, NULL, NULL},
	{"  \t\n ", NULL, NULL, NULL},
	{"bees", "(\"bees\")", NULL, NULL},
	{"Bees SWARM", "(\"bees\") AND (\"swarm\")", NULL, NULL},
	{"\"queen bee\"", "(\"queen bee\")", NULL, NULL},
	{"\xe2\x80\x9cqueen bee\xe2\x80\x9d", "(\"queen bee\")", NULL, NULL},
	{"\"queen bee", "(\"queen bee\")", NULL, "open-quote"},
	{"queen\"bee\"", "(\"queen\") AND (\"bee\")", NULL, NULL},
	{"a OR b", "(\"a\" OR \"b\")", NULL, NULL},
	{"a OR b OR c d", "(\"a\" OR \"b\" OR \"c\") AND (\"d\")", NULL, NULL},
	{"a or b", "(\"a\") AND (\"or\") AND (\"b\")", NULL, NULL},
	{"OR", NULL, NULL, NULL},
	{"OR a", "(\"a\")", NULL, NULL},
	{"a OR", "(\"a\")", NULL, NULL},
	{"a OR OR b", "(\"a\" OR \"b\")", NULL, NULL},
	{"a AND b", "(\"a\") AND (\"b\")", NULL, NULL},
	{"a -b", "((\"a\")) NOT (\"b\")", "\"b\"", NULL},
	{"a NOT b", "((\"a\")) NOT (\"b\")", "\"b\"", NULL},
	{"-b -c", NULL, "\"b\" OR \"c\"", NULL},
	{"-", NULL, NULL, "no-word"},
	{"--", NULL, NULL, "no-word"},
	{"NOT", NULL, NULL, NULL},
	{"sig*", "(\"sig\" *)", NULL, NULL},
	{"*", NULL, NULL, "no-word"},
	{"s**", "(\"s\" *)", NULL, NULL},
	{"subject:swarm", "({subject} : \"swarm\")", NULL, NULL},
	{"s:\"two words\"", "({subject} : \"two words\")", NULL, NULL},
	{"SUBJECT:swarm", "({subject} : \"swarm\")", NULL, NULL},
	{"from:ann@example.org", "({author} : \"ann example org\")", NULL, NULL},
	{"f:ann -q:bees", "(({author} : \"ann\")) NOT ({quoted} : \"bees\")", "{quoted} : \"bees\"", NULL},
	{"nq:x b:y", "({own} : \"x\") AND ({own quoted} : \"y\")", NULL, NULL},
	{"file:patch.c", "({files} : \"patch c\")", NULL, NULL},
	{"subject:", "(\"subject\")", NULL, NULL},
	{"subject: swarm", "(\"subject\") AND (\"swarm\")", NULL, NULL},
	{"http://x.example/", "(\"http x example\")", NULL, "unknown-prefix"},
	{"foo:bar", "(\"foo bar\")", NULL, "unknown-prefix"},
	{"before:never", "(\"before never\")", NULL, "unknown-prefix"},
	{"has:fun", "(\"has fun\")", NULL, "unknown-prefix"},
	{"-before:2024", NULL, "\"before 2024\"", "unknown-prefix"},
	{"has:patch has:attachment -has:link", NULL, NULL, NULL},
	{"foo-bar_baz", "(\"foo bar baz\")", NULL, NULL},
	{"a) OR (b", "(\"a\" OR \"b\")", NULL, NULL},
	{"NEAR(a b)", "(\"near a\") AND (\"b\")", NULL, NULL},
	{"{own}:x", "(\"own x\")", NULL, NULL},
	{"^x + y", "(\"x\") AND (\"y\")", NULL, "no-word"},
	{"'; DROP TABLE node; --", "(\"drop\") AND (\"table\") AND (\"node\")", NULL, "no-word"},
	{"M\xc3\xbcller \xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "(\"muller\") AND (\"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\")", NULL, NULL},
	{"\xe8\x9c\x82\xe8\x9c\x9c", "(\"\xe8\x9c\x82 \xe8\x9c\x9c\")", NULL, NULL},
	{"\xff\xfe bad", "(\"bad\")", NULL, "no-word"},
	{"!!! ???", NULL, NULL, "no-word"},
};

static void
test_language(void **state)
{
	void *ctx = gp_ctx(NULL);
	size_t i, wrong = 0;
	struct gp_query *q;

	(void)state;
	for (i = 0; i < GP_COUNT(queries); i++) {
		q = gp_query_parse(ctx, queries[i].text, NOW, NULL);
		if (gp_streq(q->match, queries[i].match) && gp_streq(q->exclude, queries[i].exclude) &&
		    gp_streq(q->note, queries[i].note))
			continue;
		fprintf(stderr, "# [%s]: match %s exclude %s note %s\n", queries[i].text,
		    q->match ? q->match : "-", q->exclude ? q->exclude : "-", q->note ? q->note : "-");
		wrong++;
	}
	assert_int_equal(wrong, 0);
	talloc_free(ctx);
}

/* NOW is Monday, 2026-11-23 17:50. */
static const struct {
	const char *text, *from, *to;	/* NULL: open */
} dates[] = {
	{"before:2024", NULL, "2024-01-01"}, {"after:2024", "2024-01-01", NULL},
	{"on:2024", "2024-01-01", "2025-01-01"}, {"on:2024-02", "2024-02-01", "2024-03-01"},
	{"on:2024-12", "2024-12-01", "2025-01-01"}, {"on:2024-02-29", "2024-02-29", "2024-03-01"},
	{"on:20240229", "2024-02-29", "2024-03-01"}, {"d:2024..", "2024-01-01", NULL},
	{"d:..2024-03", NULL, "2024-04-01"}, {"d:20240101..20240131", "2024-01-01", "2024-02-01"},
	{"d:2024-03-14", "2024-03-14", "2024-03-15"}, {"after:3d", "2026-11-20 17:50", NULL},
	{"before:2w", NULL, "2026-11-09 17:50"}, {"on:today", "2026-11-23", "2026-11-24"},
	{"on:yesterday", "2026-11-22", "2026-11-23"}, {"on:last-week", "2026-11-16", "2026-11-23"},
	{"on:last-month", "2026-10-01", "2026-11-01"}, {"on:last-year", "2025-01-01", "2026-01-01"},
	{"on:this-year", "2026-01-01", "2027-01-01"}, {"after:2024 before:2024-06", "2024-01-01", "2024-06-01"},
	{"after:2025 after:2024", "2025-01-01", NULL}, {"on:2024-13", NULL, NULL},
	{"on:2023-02-29", NULL, NULL}, {"on:24", NULL, NULL}, {"on:d", NULL, NULL},
	{"d:x..2024", NULL, NULL}, {"d:..", NULL, NULL}, {"on:99999999999d", NULL, NULL},
	{"on:2024-1", "2024-01-01", "2024-02-01"}, {"on:2024-1-5", "2024-01-05", "2024-01-06"}, {"on:-5d", NULL, NULL},
};

static void
test_dates(void **state)
{
	void *ctx = gp_ctx(NULL);
	int64_t from, to;
	struct gp_query *q;
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(dates); i++) {
		from = INT64_MIN;
		to = INT64_MAX;
		assert_true(dates[i].from == NULL || gp_time_parse(dates[i].from, &from));
		assert_true(dates[i].to == NULL || gp_time_parse(dates[i].to, &to));
		q = gp_query_parse(ctx, dates[i].text, NOW, NULL);
		if (q->from != from || q->to != to)
			fail_msg("%s: %s to %s", dates[i].text, gp_time_iso(ctx, q->from),
			    gp_time_iso(ctx, q->to));
	}
	talloc_free(ctx);
}

static void
test_filters(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_query *q = gp_query_parse(ctx, "has:patch has:attachment -has:link is:root "
	    "is:unanswered is:solved id:<a@b.example> thread:ABC list:Bees sort:new", NOW, NULL);
	char *many = gp_alloc_array(ctx, 1, 200001, "many");

	(void)state;
	assert_int_equal(q->flags, GP_MAIL_HAS_PATCH);
	assert_int_equal(q->not_flags, GP_MAIL_HAS_LINK);
	assert_int_equal(q->attachment, 1);
	assert_true(q->root && q->unanswered && q->solved);
	assert_string_equal(q->msgid, "a@b.example");
	assert_string_equal(q->thread, "abc");
	assert_string_equal(q->list, "bees");
	assert_int_equal(q->sort, GP_SORT_NEW);
	q = gp_query_parse(ctx, "swarm \"queen bee\" swarm -wasp", NOW, NULL);
	assert_int_equal(q->terms_n, 2);
	assert_string_equal(q->terms[1], "queen bee");
	memset(many, 'a', 200000);
	q = gp_query_parse(ctx, many, NOW, NULL);
	assert_string_equal(q->note, "too-long");
	for (size_t i = 0; i < 200000; i += 2)
		many[i] = ' ';
	q = gp_query_parse(ctx, many, NOW, NULL);
	assert_string_equal(q->note, "too-long");
	assert_int_equal(q->terms_n, 1);
	talloc_free(ctx);
}

/* ---- words ---------------------------------------------------------------------------------- */

static int
join_words(void *arg, int flags, const char *word, int len, int from, int to)
{
	struct gp_buf *b = arg;

	(void)flags;
	assert_true(from >= 0 && to > from && len > 0);
	gp_buf_printf(b, "%s%.*s", b->len > 0 ? "|" : "", len, word);
	return 0;
}

static void
test_tokenizer(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {{"", ""}, {"Hello, World!", "hello|world"}, {"a_b-c.d", "a|b|c|d"},
	    {"gr\xc3\xbc\xc3\x9f" "e", "gru\xc3\x9f" "e"}, {"na\xc3\xafve caf\xc3\xa9", "naive|cafe"},
	    {"e\xcc\x81t\xc3\xa9", "ete"}, {"\xc3\x98rsted", "orsted"},
	    {"\xce\x91\xce\xb8\xce\xae\xce\xbd\xce\xb1", "\xce\xb1\xce\xb8\xce\xb7\xce\xbd\xce\xb1"},
	    {"\xef\xbc\xa1\xef\xbc\xa2", "ab"}, {"\xe6\x97\xa5\xe6\x9c\xac" "go", "\xe6\x97\xa5|\xe6\x9c\xac|go"},
	    {"go\xe6\x97\xa5", "go|\xe6\x97\xa5"}, {"\xf0\x9f\x90\x9d bee", "bee"},
	    {"bad\xff\xc3(utf", "bad|utf"}, {"\xff", ""}, {"\xe2\x80\x8b", ""},
	    {"x86_64 v4.19-rc1", "x86|64|v4|19|rc1"},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa end", "end"},
	    {"iQIzBAABCgAdFiEEIsQBZ2kwKfyI/wGR2rnHgHpGJ0oFAmM+ABCDEFGHIJKLMNOPQRSTUVWXYZ0123 ok", "ok"}};
	struct gp_buf *b = gp_buf_new(NULL, 4096);
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		gp_buf_reset(b);
		gp_tokenize(cases[i].in, strlen(cases[i].in), join_words, b);
		assert_string_equal(b->p, cases[i].want);
	}
	talloc_free(b);
}

/* ---- finding ---------------------------------------------------------------------------------- */

static int64_t
put(struct fixture *f, struct gp_list *list, const char *id, const char *reply, const char *subject,
    const char *own, const char *quoted, int days, unsigned flags)
{
	struct gp_mail m = {.flags = GP_MAIL_DATE_OK | flags, .date = NOW - days * 86400,
	    .subject = gp_strdup(f, subject), .from_name = gp_strdup(f, "Ann Lee"),
	    .from_addr = gp_strdup(f, "ann@example.org"), .sender_addr = gp_strdup(f, ""),
	    .msgid = gp_strdup(f, id), .text = gp_strdup(f, own), .text_n = strlen(own),
	    .own = gp_strdup(f, own), .own_n = strlen(own), .quoted = gp_strdup(f, quoted),
	    .quoted_n = strlen(quoted), .snippet = gp_strdup(f, own)};
	char *replies[1] = {gp_strdup(f, reply)};
	struct gp_archived a;

	m.in_reply_to = replies;
	m.in_reply_to_n = reply != NULL;
	OK(gp_archive_add(f, f->s, list, &m, own, strlen(own), NOW, &a, err));
	return a.id;
}

static struct gp_list *
new_list(struct fixture *f, const char *address)
{
	struct gp_list *list = NULL;

	OK(gp_list_create(f, f->s, address, &list, err));
	return list;
}

/* Ids of hits joined with blanks, without what is behind the @. */
static char *
find(struct fixture *f, int64_t list, const char *query)
{
	struct gp_search q = {.query = query, .list = list, .limit = 50, .now = NOW};
	struct gp_buf *b = gp_buf_new(f, 4096);
	struct gp_hits hits;
	size_t i;

	OK(gp_search_run(f, f->s, &q, &hits, err));
	assert_true((int64_t)hits.n <= hits.total);
	for (i = 0; i < hits.n; i++)
		gp_buf_printf(b, "%s%.*s", i > 0 ? " " : "", (int)strcspn(hits.v[i]->msgid, "@"),
		    hits.v[i]->msgid);
	return b->p;
}

static void
test_finding(void **state)
{
	static const struct {
		const char *query, *want;
	} cases[] = {{"swarm", "a b"}, {"swarm sort:new", "b a"}, {"swarm sort:old", "a b"},
	    {"SWARMS", ""}, {"swarm* sort:old", "a b c"}, {"\"the swarm left\"", "b"}, {"\"left swarm\"", ""},
	    {"honey OR wax", "d c"}, {"swarm -left", "a"}, {"-swarm sort:old", "c d"},
	    {"subject:swarm", "a"}, {"q:honey", "d"}, {"nq:honey", "c"}, {"from:lee sort:old", "a b c d"},
	    {"has:patch", "c"}, {"-has:patch swarm", "a b"}, {"is:root sort:old", "a c"},
	    {"is:unanswered sort:old", "b c d"}, {"thread:KEY", ""}, {"id:b@x.example", "b"},
	    {"id:<b@x.example>", "b"}, {"id:nobody@x.example", ""}, {"after:2d sort:old", "d"},
	    {"on:2026", "d c b a"}, {"before:2025", ""}, {"list:bees wax", "d"}, {"list:ants wax", ""},
	    {"!!!", ""}, {"", ""}, {"\"", ""}, {"a b c d e f g h", ""}, {"m\xc3\xbcll", "d"},
	    {"is:solved", "d b a"}};
	struct fixture *f = *state;
	struct gp_list *bees, *ants;
	int64_t a;
	size_t i, wrong = 0;
	char *got;

	OK(gp_store_begin(f->s, err));
	bees = new_list(f, "bees@example.org");
	ants = new_list(f, "ants@example.org");
	a = put(f, bees, "a@x.example", NULL, "A swarm in May", "I saw a swarm at noon", "", 9, 0);
	put(f, bees, "b@x.example", "a@x.example", "Re: something", "the swarm left", "", 5, 0);
	put(f, bees, "c@x.example", NULL, "Honey", "swarming and honey", "", 3, GP_MAIL_HAS_PATCH);
	put(f, bees, "d@x.example", "a@x.example", "Re: Wax", "in the M\xc3\xbcll", "some honey", 1, 0);
	put(f, ants, "e@x.example", NULL, "Ants", "a secret swarm", "", 1, 0);
	OK(gp_list_set(f->s, ants, "archive", "off", err));
	OK(gp_thread_mark(f->s, a > 0 ? 1 : 0, "solved", a, GP_MARK_PERSON, err));
	OK(gp_store_commit(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++) {
		got = find(f, bees->id, cases[i].query);
		if (strcmp(got, cases[i].want) != 0) {
			fprintf(stderr, "# [%s]: want %s got %s\n", cases[i].query, cases[i].want, got);
			wrong++;
		}
		/* All public lists: the hidden one's messages stay hidden. */
		if (strcmp(find(f, 0, cases[i].query), got) != 0)
			wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_string_equal(find(f, ants->id, "swarm"), "e");
}

/* Inside marks entries wait for the commit, and go with what is undone. */
static void
test_marks(void **state)
{
	struct fixture *f = *state;
	struct gp_list *bees;

	OK(gp_store_begin(f->s, err));
	bees = new_list(f, "bees@example.org");
	OK(gp_store_mark(f->s, err));
	put(f, bees, "a@x.example", NULL, "One", "alpha", "", 3, 0);
	OK(gp_store_keep(f->s, err));
	OK(gp_store_mark(f->s, err));
	put(f, bees, "b@x.example", NULL, "Two", "alpha beta", "", 2, 0);
	gp_store_undo(f->s);
	OK(gp_store_mark(f->s, err));
	put(f, bees, "c@x.example", NULL, "Three", "alpha gamma", "", 1, 0);
	OK(gp_store_keep(f->s, err));
	OK(gp_store_commit(f->s, err));
	assert_string_equal(find(f, 0, "alpha sort:new"), "c a");
	OK(gp_store_begin(f->s, err));
	OK(gp_store_mark(f->s, err));
	put(f, bees, "d@x.example", NULL, "Four", "alpha delta", "", 0, 0);
	OK(gp_store_keep(f->s, err));
	gp_store_rollback(f->s);
	assert_string_equal(find(f, 0, "alpha sort:new"), "c a");
	assert_string_equal(find(f, 0, "delta"), "");
}

static void
test_rederive_and_remove(void **state)
{
	struct fixture *f = *state;
	struct gp_list *bees;
	struct gp_message *m;
	struct gp_mail mail;
	struct gp_archived again;
	struct gp_thread *t;
	int64_t a, b, n;
	char *problems;

	OK(gp_store_begin(f->s, err));
	bees = new_list(f, "bees@example.org");
	a = put(f, bees, "a@x.example", NULL, "Secret", "my telephone is 12345", "old words", 3, 0);
	b = put(f, bees, "b@x.example", "a@x.example", "Re: Secret", "thank you", "", 1, 0);
	OK(gp_store_commit(f->s, err));

	OK(gp_store_begin(f->s, err));
	OK(gp_message_mail(f, f->s, a, &mail, NULL, NULL, err));
	mail.own = gp_strdup(f, "my telephone is 67890");
	mail.quoted = gp_strdup(f, "");
	mail.subject = gp_strdup(f, "Changed");
	OK(gp_archive_rederive(f->s, a, &mail, err));
	OK(gp_archive_rederive(f->s, a, &mail, err));
	OK(gp_store_commit(f->s, err));
	assert_string_equal(find(f, 0, "12345"), "");
	assert_string_equal(find(f, 0, "67890"), "a");
	assert_string_equal(find(f, 0, "subject:changed"), "a");
	OK(gp_message_find_id(f, f->s, a, &m, err));
	assert_string_equal(m->subject, "Changed");
	OK(gp_thread_find(f, f->s, m->thread, &t, err));
	assert_string_equal(t->title, "Changed");
	assert_int_equal(t->messages, 2);

	OK(gp_store_begin(f->s, err));
	OK(gp_message_remove(f->s, a, err));
	FAILS(GP_E_NOTFOUND, gp_message_remove(f->s, a, err));
	OK(gp_store_commit(f->s, err));
	assert_string_equal(find(f, 0, "67890 OR telephone OR changed"), "");
	OK(gp_message_find_id(f, f->s, a, &m, err));
	assert_int_equal(m->state, 3);
	assert_string_equal(m->from_name, "");
	FAILS(GP_E_NOTFOUND, gp_message_mail(f, f->s, a, &mail, NULL, NULL, err));
	OK(gp_message_find_id(f, f->s, b, &m, err));
	assert_int_equal(m->parent, a);
	assert_null(m->parent_key);
	/* Neither the words of the first entry nor of the second are left in the index. */
	OK(gp_sql_script(f->s, "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, search, row)", err));
	OK(gp_sql_int(f->s, &n, "SELECT count(*) FROM temp.v WHERE term IN ('12345', '67890', "
	    "'telephone', 'old')", GP_NOARGS, err));
	assert_int_equal(n, 0);
	/* No import brings it back. */
	OK(gp_store_begin(f->s, err));
	mail = (struct gp_mail){.subject = "Secret", .from_name = "", .from_addr = "", .sender_addr = "",
	    .msgid = "a@x.example", .text = "my telephone"};
	OK(gp_archive_add(f, f->s, bees, &mail, "x", 1, NOW, &again, err));
	OK(gp_store_commit(f->s, err));
	assert_true(again.duplicate);
	OK(gp_store_check(f, f->s, false, &problems, err));
	assert_string_equal(problems, "");
}

/* The number of hits in these languages, with the text of the first marked. */
static int64_t
hits_of(struct fixture *f, int64_t list, const char *query, const char *languages, const char *text,
    char **marked)
{
	const struct gp_search q = {.query = query, .list = list, .limit = 10, .now = NOW, .facets = true,
	    .languages = languages};
	struct gp_hits hits;
	struct gp_mark *marks;
	struct gp_buf b;
	size_t i, n, at = 0;

	OK(gp_search_run(f, f->s, &q, &hits, err));
	gp_hits_marks(f, &hits, text, strlen(text), &marks, &n);
	gp_buf_init(&b, f, 4096);
	for (i = 0; i < n; at = marks[i++].to)
		gp_buf_printf(&b, "%.*s[%.*s]", (int)(marks[i].from - at), text + at,
		    (int)(marks[i].to - marks[i].from), text + marks[i].from);
	gp_buf_puts(&b, text + at);
	*marked = b.p;
	return hits.total;
}

/* Forms of words by the language; what is in quotation marks, begun or of another language is not touched. */
static void
test_forms(void **state)
{
	static const struct {
		const char *query, *languages;
		int64_t total;
		const char *text, *marked;
	} cases[] = {
		{"hive", "en", 2, "Hives, a hive", "[Hives], a [hive]"}, {"hives", "en", 2, "my HIVE", "my [HIVE]"},
		{"\"hive\"", "en", 1, "hives hive", "hives [hive]"}, {"hive", NULL, 1, "hives", "hives"},
		{"hive*", NULL, 2, "hives", "[hives]"}, {"study", "en", 1, "she studies", "she [studies]"},
		{"hive", "xx", 1, "", ""}, {"hiving", "en de", 2, "", ""}, {"subject:hive", "en", 1, "", ""},
		{"from:lees", "en", 0, "", ""}, {"-hive", "en", 4, "", ""}, {"bienen", "de", 2, "Die Biene", "Die [Biene]"},
		{"Biene", "de", 2, "", ""}, {"biene", "en", 1, "", ""}, {"abeille", "fr", 1, "les abeilles", "les [abeilles]"},
		{"colmena", "es", 1, "Colmenas", "[Colmenas]"}, {"K\xc3\xb6nigin", "de", 1, "K\xc3\x96NIGIN konigin",
		    "[K\xc3\x96NIGIN] [konigin]"}, {"\xe8\x9c\x82\xe8\x9c\x9c", "en", 1, "\xe8\x9c\x82\xe8\x9c\x9c\xe3\x80\x82",
		    "[\xe8\x9c\x82\xe8\x9c\x9c]\xe3\x80\x82"}, {"\xe8\x9c\x9c\xe8\x9c\x82", "en", 0, "", ""},
		{"\"two hives\"", "en", 1, "two hives here", "[two hives] here"},
	};
	struct fixture *f = *state;
	struct gp_list *bees;
	char *marked;
	size_t i;

	OK(gp_store_begin(f->s, err));
	bees = new_list(f, "bees@example.org");
	put(f, bees, "a@x.example", NULL, "Hives", "two hives, and what she studies", "", 9, 0);
	put(f, bees, "b@x.example", NULL, "Other", "one hive alone", "", 8, 0);
	put(f, bees, "c@x.example", NULL, "Bienen", "die Bienen und ihre K\xc3\xb6nigin", "", 7, 0);
	put(f, bees, "d@x.example", NULL, "Eine", "eine Biene", "", 6, 0);
	put(f, bees, "e@x.example", NULL, "Autres", "des abeilles, las colmenas", "", 5, 0);
	put(f, bees, "g@x.example", NULL, "Weit", "\xe8\x9c\x82\xe8\x9c\x9c", "", 4, 0);
	OK(gp_store_commit(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++) {
		int64_t total = hits_of(f, bees->id, cases[i].query, cases[i].languages, cases[i].text, &marked);

		if (total != cases[i].total || strcmp(marked, cases[i].marked) != 0)
			fail_msg("%s (%s): %d hits, not %d; %s", cases[i].query, cases[i].languages, (int)total,
			    (int)cases[i].total, marked);
	}
}

/* What may have been meant, out of what this reader can find. */
static void
test_suggestions(void **state)
{
	static const struct { const char *query, *want; } cases[] = {
		{"varoa", "varroa"}, {"varrao", "varroa"}, {"VAROA mite", "varroa mite"}, {"oxilac acid", "oxalic acid"},
		{"arroa", NULL}, {"varroa", NULL}, {"\"varoa\"", NULL}, {"-varoa", NULL}, {"from:varoa", NULL},
		{"varoa*", NULL}, {"xyzzyq", NULL}, {"var", NULL}, {"", NULL}, {"formik acid", NULL}, {"v4rroa", NULL},
	};
	struct fixture *f = *state;
	struct gp_list *bees, *ants;
	struct gp_search q = {.limit = 5, .now = NOW};
	size_t i;

	OK(gp_store_begin(f->s, err));
	bees = new_list(f, "bees@example.org");
	ants = new_list(f, "ants@example.org");
	put(f, bees, "a@x.example", NULL, "Mites", "the varroa mite and oxalic acid", "", 9, 0);
	put(f, ants, "b@x.example", NULL, "Other", "formic acid", "", 8, 0);
	OK(gp_store_commit(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got;

		q.query = cases[i].query;
		q.list = bees->id;
		OK(gp_search_suggest(f, f->s, &q, &got, err));
		if (!gp_streq(got, cases[i].want))
			fail_msg("%s: %s", cases[i].query, got == NULL ? "-" : got);
	}
	/* In the other list that word is there. */
	q.query = "formik acid";
	q.list = ants->id;
	{
		char *got;

		OK(gp_search_suggest(f, f->s, &q, &got, err));
		assert_string_equal(got, "formic acid");
	}
}

static void
test_facets(void **state)
{
	struct fixture *f = *state;
	const struct gp_search q = {.query = "swarm", .limit = 1, .now = NOW, .facets = true};
	struct gp_list *bees;
	struct gp_hits hits;
	int64_t a;

	OK(gp_store_begin(f->s, err));
	bees = new_list(f, "bees@example.org");
	a = put(f, bees, "a@x.example", NULL, "A", "swarm", "", 400, 0);
	put(f, bees, "b@x.example", "a@x.example", "Re: A", "swarm", "", 1, 0);
	put(f, bees, "c@x.example", NULL, "C", "no such word", "", 1, 0);
	OK(gp_thread_mark(f->s, 1, "solved", a, GP_MARK_PERSON, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_search_run(f, f->s, &q, &hits, err));
	assert_int_equal(hits.total, 2);
	assert_int_equal(hits.facets->authors_n, 1);
	assert_int_equal(hits.facets->authors[0].n, 2);
	assert_int_equal(hits.facets->years_n, 2);
	assert_string_equal(hits.facets->years[0].name, "2026");
	assert_int_equal(hits.facets->years[0].n, 1);
	assert_int_equal(hits.facets->solved, 2);
	assert_int_equal(hits.facets->files, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_language),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_tokenizer),
		STORE_TEST(test_finding),
		STORE_TEST(test_forms),
		STORE_TEST(test_suggestions),
		STORE_TEST(test_facets),
		STORE_TEST(test_marks),
		STORE_TEST(test_rederive_and_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
