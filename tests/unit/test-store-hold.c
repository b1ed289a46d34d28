/* SPDX-License-Identifier: ISC */
/* Holds and tokens: what waits is not lost, and what may be done once is done once. */
#include "store_lists.h"

/* ---- holds ------------------------------------------------------------------------------ */

static void
test_holds(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_hold h = {.list = list->id, .rule = gp_strdup(f, "stranger"),
	    .reason = gp_strdup(f, "not a member"), .msgid = gp_strdup(f, "a@b.example"),
	    .from_addr = gp_strdup(f, "x@y.example"), .subject = gp_strdup(f, "Hi"), .size = 30,
	    .created = NOW, .expires = NOW + 100}, h2, *got, **all;
	const char *raw = "Subject: Hi\r\n\r\nhello\r\n", *other = "Subject: Hi\r\n\r\nother\r\n";
	struct gp_str wire = {"WIRE\0x", 6}, w;
	int64_t first;
	size_t n;
	char *bytes;

	h2 = h;
	OK(gp_store_begin(f->s, err));
	OK(gp_hold_add(f->s, &h, raw, strlen(raw), wire, err));
	first = h.id;
	FAILS(GP_E_EXISTS, gp_hold_add(f->s, &h2, raw, strlen(raw), wire, err));
	assert_int_equal(h2.id, first);
	OK(gp_hold_add(f->s, &h2, other, strlen(other), (struct gp_str){NULL, 0}, err));
	h.state = GP_HOLD_DISCARDED;
	OK(gp_hold_add(f->s, &h, raw, strlen(raw), wire, err));
	OK(gp_store_commit(f->s, err));

	OK(gp_hold_raw(f, f->s, first, &bytes, &n, &w, err));
	assert_string_equal(bytes, raw);
	assert_int_equal(w.n, 6);
	assert_memory_equal(w.p, wire.p, 6);
	OK(gp_hold_raw(f, f->s, h2.id, &bytes, &n, &w, err));
	assert_int_equal(w.n, 0);
	FAILS(GP_E_NOTFOUND, gp_hold_raw(f, f->s, 99, &bytes, &n, &w, err));
	OK(gp_hold_all(f, f->s, list->id, GP_HOLD_WAITING, &all, &n, err));
	assert_int_equal(n, 2);
	OK(gp_hold_all(f, f->s, list->id, -1, &all, &n, err));
	assert_int_equal(n, 3);
	OK(gp_hold_expired(f, f->s, NOW + 99, &all, &n, err));
	assert_int_equal(n, 0);
	OK(gp_hold_expired(f, f->s, NOW + 100, &all, &n, err));
	assert_int_equal(n, 2);

	OK(gp_store_begin(f->s, err));
	OK(gp_hold_decide(f->s, first, GP_HOLD_APPROVED, "ann@example.org", NULL, NOW + 1, err));
	FAILS(GP_E_EXISTS, gp_hold_decide(f->s, first, GP_HOLD_REJECTED, "bob@example.org", "no",
	    NOW + 2, err));
	FAILS(GP_E_EXISTS, gp_hold_decide(f->s, first, GP_HOLD_APPROVED, "ann@example.org", "",
	    NOW + 2, err));
	FAILS(GP_E_NOTFOUND, gp_hold_decide(f->s, 99, GP_HOLD_APPROVED, "ann", "", NOW, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_hold_find(f, f->s, first, &got, err));
	assert_int_equal(got->state, GP_HOLD_APPROVED);
	assert_string_equal(got->decided_by, "ann@example.org");
	assert_int_equal(got->decided, NOW + 1);
	/* It may wait again after the first was decided. */
	h.state = GP_HOLD_WAITING;
	OK(gp_store_begin(f->s, err));
	OK(gp_hold_add(f->s, &h, raw, strlen(raw), wire, err));
	OK(gp_hold_forget(f->s, NOW + 2, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_hold_all(f, f->s, list->id, -1, &all, &n, err));
	assert_int_equal(n, 2);
	FAILS(GP_E_NOTFOUND, gp_hold_find(f, f->s, first, &got, err));
}

/* A hold with little in it; everything that can be said of one is given by h. */
static int64_t
put(struct fixture *f, struct gp_hold h, const char *raw)
{
	h.rule = h.reason = gp_strdup(f, "x");
	h.created = h.created != 0 ? h.created : NOW;
	h.expires = NOW + 100;
	OK(gp_hold_add(f->s, &h, raw, strlen(raw), (struct gp_str){NULL, 0}, err));
	return h.id;
}

/* Who asks to join waits, too: with no bytes, as often as it is asked. */
static void
test_joining(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_hold h = {.list = list->id, .kind = GP_HOLD_JOIN, .at_end = GP_END_DISCARD,
	    .approvals = 2, .data = gp_strdup(f, "{\"name\":\"Eve\"}"), .created = NOW, .expires = NOW + 9,
	    .from_addr = gp_strdup(f, "eve@example.org")}, *got, **all;
	int64_t first, none;
	struct gp_str wire;
	char *raw;
	size_t n;

	OK(gp_store_begin(f->s, err));
	OK(gp_hold_add(f->s, &h, NULL, 0, (struct gp_str){NULL, 0}, err));
	first = h.id;
	OK(gp_hold_add(f->s, &h, NULL, 0, (struct gp_str){NULL, 0}, err));
	assert_int_not_equal(h.id, first);
	/* A post without bytes is not taken for one of these. */
	none = put(f, (struct gp_hold){.list = list->id}, "");
	assert_int_not_equal(none, first);
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_hold_find(f, f->s, first, &got, err));
	assert_int_equal(got->kind, GP_HOLD_JOIN);
	assert_int_equal(got->approvals, 2);
	assert_int_equal(got->at_end, GP_END_DISCARD);
	assert_string_equal(got->data, h.data);
	assert_string_equal(got->claimed_by, "");
	OK(gp_hold_raw(f, f->s, first, &raw, &n, &wire, err));
	assert_int_equal(n, 0);
	OK(gp_hold_find(f, f->s, none, &got, err));
	assert_int_equal(got->kind, GP_HOLD_POST);
	assert_int_equal(got->approvals, 1);
	assert_string_equal(got->data, "");
	OK(gp_hold_expired(f, f->s, NOW + 9, &all, &n, err));
	assert_int_equal(n, 2);
	assert_int_equal(all[0]->at_end, GP_END_DISCARD);
	/* How posts ended says nothing of these. */
	OK(gp_hold_history(f->s, list->id, "eve@example.org", GP_HOLD_WAITING, &none, err));
	assert_int_equal(none, 0);
}

static void
test_update(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_hold h = {.claimed_by = gp_strdup(f, "ann@example.org"), .reminded = 2,
	    .expires = NOW + 500, .at_end = GP_END_ACCEPT, .approvals = 3}, *got;
	const char *raw = "Subject: a\r\n\r\nb\r\n", *edited = "Subject: new\r\n\r\nother\r\n";
	struct gp_mail m = {.subject = gp_strdup(f, "new"), .from_name = gp_strdup(f, ""),
	    .from_addr = gp_strdup(f, ""), .sender_addr = gp_strdup(f, "")};
	struct gp_hold again = {.list = list->id, .msgid = gp_strdup(f, "1@x.example"), .created = NOW,
	    .expires = NOW + 1};
	struct gp_str wire;
	struct gp_buf *b = gp_buf_new(f, 10000);
	char *bytes;
	size_t n;

	gp_mail_pack(b, &m);
	OK(gp_store_begin(f->s, err));
	h.id = put(f, (struct gp_hold){.list = list->id, .msgid = again.msgid, .subject = gp_strdup(f, "a"),
	    .size = 17}, raw);
	OK(gp_hold_update(f->s, &h, err));
	OK(gp_hold_replace(f->s, h.id, edited, strlen(edited), (struct gp_str){b->p, b->len}, err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_hold_find(f, f->s, h.id, &got, err));
	assert_string_equal(got->claimed_by, "ann@example.org");
	assert_int_equal(got->reminded, 2);
	assert_int_equal(got->expires, NOW + 500);
	assert_int_equal(got->at_end, GP_END_ACCEPT);
	assert_int_equal(got->approvals, 3);
	assert_string_equal(got->subject, "new");
	assert_int_equal(got->size, strlen(edited));
	OK(gp_hold_raw(f, f->s, h.id, &bytes, &n, &wire, err));
	assert_string_equal(bytes, edited);
	assert_int_equal(wire.n, b->len);
	OK(gp_store_begin(f->s, err));
	/* What came first, once more: it waits already. */
	FAILS(GP_E_EXISTS, gp_hold_add(f->s, &again, raw, strlen(raw), (struct gp_str){NULL, 0}, err));
	assert_int_equal(again.id, h.id);
	/* Bytes that nobody could read: the subject stays. */
	OK(gp_hold_replace(f->s, h.id, "x", 1, (struct gp_str){"rubbish", 7}, err));
	OK(gp_hold_find(f, f->s, h.id, &got, err));
	assert_string_equal(got->subject, "new");
	h.id = 99;
	FAILS(GP_E_NOTFOUND, gp_hold_update(f->s, &h, err));
	FAILS(GP_E_NOTFOUND, gp_hold_replace(f->s, 99, raw, 3, (struct gp_str){NULL, 0}, err));
	OK(gp_hold_decide(f->s, got->id, GP_HOLD_APPROVED, "ann@example.org", "", NOW, err));
	h.id = got->id;
	FAILS(GP_E_EXISTS, gp_hold_update(f->s, &h, err));
	FAILS(GP_E_EXISTS, gp_hold_replace(f->s, h.id, raw, 3, (struct gp_str){NULL, 0}, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_hold_raw(f, f->s, h.id, &bytes, &n, &wire, err));
	assert_string_equal(bytes, "x");
}

static void
test_votes(void **state)
{
	static const struct { const char *who; bool approves; int64_t yes, no; } cases[] = {
	    {"ann@example.org", true, 1, 0}, {"bob@example.org", false, 1, 1},
	    {"ANN@example.org", true, 1, 1},	/* the same */
	    {"bob@Example.org", true, 2, 0},	/* changed his mind */
	    {"command line", false, 2, 1}, {"ann@example.org", false, 1, 2}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_vote vote = {.reason = gp_strdup(f, "off topic")}, *votes;
	int64_t id, other, yes, no;
	size_t i, n;

	OK(gp_store_begin(f->s, err));
	id = put(f, (struct gp_hold){.list = list->id, .approvals = 2}, "a");
	other = put(f, (struct gp_hold){.list = list->id}, "b");
	OK(gp_store_commit(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++) {
		vote.who = gp_strdup(f, cases[i].who);
		vote.approves = cases[i].approves;
		vote.time = NOW + (int64_t)i;
		OK(gp_store_begin(f->s, err));
		OK(gp_hold_vote(f->s, id, &vote, &yes, &no, err));
		OK(gp_store_commit(f->s, err));
		if (yes != cases[i].yes || no != cases[i].no)
			fail_msg("%zu: %d, %d", i, (int)yes, (int)no);
	}
	reopen(f);
	OK(gp_hold_votes(f, f->s, id, &votes, &n, err));
	assert_int_equal(n, 3);
	assert_string_equal(votes[0].who, "bob@example.org");
	assert_true(votes[0].approves);
	assert_string_equal(votes[2].who, "ann@example.org");
	assert_string_equal(votes[2].reason, "off topic");
	assert_int_equal(votes[2].time, NOW + 5);
	OK(gp_hold_votes(f, f->s, other, &votes, &n, err));
	assert_int_equal(n, 0);
	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_NOTFOUND, gp_hold_vote(f->s, 99, &vote, &yes, &no, err));
	OK(gp_hold_decide(f->s, id, GP_HOLD_REJECTED, "ann@example.org", "", NOW, err));
	FAILS(GP_E_EXISTS, gp_hold_vote(f->s, id, &vote, &yes, &no, err));
	/* Votes go with the hold. */
	OK(gp_hold_forget(f->s, NOW + 1, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_hold_votes(f, f->s, id, &votes, &n, err));
	assert_int_equal(n, 0);
}

static void
test_queues(void **state)
{
	struct fixture *f = *state;
	struct gp_list *bees = new_list(f, "bees@example.org"), *ants = new_list(f, "ants@example.org"),
	    *wasps = new_list(f, "wasps@example.org");
	char *eve = gp_strdup(f, "Eve@Example.org");
	struct gp_hold **all;
	struct gp_person *p;
	int64_t id, n, first, second;
	size_t count;

	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, bees->id, "ann@example.org", "", GP_ROLE_MODERATOR, 0, NOW, &id, err));
	OK(gp_member_add(f->s, ants->id, "ann@example.org", "", GP_ROLE_OWNER, 0, NOW, &id, err));
	OK(gp_member_add(f->s, wasps->id, "ann@example.org", "", GP_ROLE_MEMBER, 0, NOW, &id, err));
	OK(gp_person_find(f, f->s, "ann@example.org", &p, err));
	OK(gp_person_add_address(f->s, p->id, "ann@other.example", err));
	first = put(f, (struct gp_hold){.list = bees->id, .created = NOW - 5, .from_addr = eve}, "a");
	second = put(f, (struct gp_hold){.list = ants->id, .created = NOW - 9, .from_addr = eve}, "b");
	put(f, (struct gp_hold){.list = wasps->id, .created = NOW - 7, .from_addr = eve}, "c");
	id = put(f, (struct gp_hold){.list = bees->id, .created = NOW - 99, .from_addr = eve}, "d");
	OK(gp_hold_decide(f->s, id, GP_HOLD_REJECTED, "ann@example.org", "", NOW, err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_hold_queue(f, f->s, "ANN@other.example", &all, &count, err));
	assert_int_equal(count, 2);
	assert_int_equal(all[0]->id, second);
	assert_int_equal(all[1]->id, first);
	OK(gp_hold_queue(f, f->s, "eve@example.org", &all, &count, err));
	assert_int_equal(count, 0);
	OK(gp_hold_queue(f, f->s, "rubbish", &all, &count, err));
	assert_int_equal(count, 0);

	OK(gp_hold_unattended(f, f->s, NOW - 5, 1, &all, &count, err));
	assert_int_equal(count, 2);
	OK(gp_hold_unattended(f, f->s, NOW, 1, &all, &count, err));
	assert_int_equal(count, 3);
	OK(gp_hold_unattended(f, f->s, NOW, 0, &all, &count, err));
	assert_int_equal(count, 0);
	OK(gp_store_begin(f->s, err));
	OK(gp_hold_update(f->s, &(struct gp_hold){.id = first, .reminded = 1, .expires = NOW}, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_hold_unattended(f, f->s, NOW, 1, &all, &count, err));
	assert_int_equal(count, 2);
	OK(gp_hold_unattended(f, f->s, NOW, 2, &all, &count, err));
	assert_int_equal(count, 3);

	OK(gp_hold_history(f->s, bees->id, "eve@EXAMPLE.org", GP_HOLD_REJECTED, &n, err));
	assert_int_equal(n, 1);
	OK(gp_hold_history(f->s, bees->id, "eve@example.org", GP_HOLD_APPROVED, &n, err));
	assert_int_equal(n, 0);
	OK(gp_hold_history(f->s, wasps->id, "eve@example.org", GP_HOLD_REJECTED, &n, err));
	assert_int_equal(n, 0);
	OK(gp_hold_history(f->s, bees->id, "rubbish", GP_HOLD_REJECTED, &n, err));
	assert_int_equal(n, 0);
}

/* ---- tokens ----------------------------------------------------------------------------------- */

static void
test_tokens(void **state)
{
	static const char *const wrong[] = {"", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
	    "aaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaa1aaaaaaaaaaaa",
	    "' OR 1=1 --aaaaaaaaaaaaaaa", "\xc3\xa4" "aaaaaaaaaaaaaaaaaaaaaaaa"};
	struct fixture *f = *state;
	struct gp_token t = {.purpose = gp_strdup(f, "hold"), .list = 1, .object = 7,
	    .address = gp_strdup(f, "ann@example.org"), .expires = NOW + 100}, *got;
	char *token, *upper;
	size_t i, n;
	int64_t rows;
	char *file;

	OK(gp_store_begin(f->s, err));
	OK(gp_token_add(f, f->s, &t, &token, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(strlen(token), GP_TOKEN_CHARS);
	OK(gp_token_find(f, f->s, "hold", token, NOW, &got, err));
	assert_int_equal(got->object, 7);
	assert_string_equal(got->address, "ann@example.org");
	assert_int_equal(got->used, 0);
	upper = gp_strdup(f, token);
	for (i = 0; upper[i] != '\0'; i++)
		if (upper[i] >= 'a')
			upper[i] -= 32;
	OK(gp_token_find(f, f->s, "hold", upper, NOW, &got, err));
	FAILS(GP_E_NOTFOUND, gp_token_find(f, f->s, "confirm", token, NOW, &got, err));
	FAILS(GP_E_NOTFOUND, gp_token_find(f, f->s, "hold", token, NOW + 100, &got, err));
	for (i = 0; i < GP_COUNT(wrong); i++) {
		FAILS(GP_E_NOTFOUND, gp_token_find(f, f->s, "hold", wrong[i], NOW, &got, err));
		OK(gp_store_begin(f->s, err));
		FAILS(GP_E_NOTFOUND, gp_token_use(f->s, wrong[i], NOW, err));
		OK(gp_store_commit(f->s, err));
	}
	/* Neither the token nor its bytes are in the file. */
	OK(gp_store_checkpoint(f->s, true, err));
	OK(gp_file_read(f, f->path, 64 << 20, &file, &n, err));
	assert_null(gp_memmem(file, n, token, GP_TOKEN_CHARS));
	assert_non_null(gp_memmem(file, n, "ann@example.org", 15));

	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_NOTFOUND, gp_token_use(f->s, token, NOW + 100, err));
	OK(gp_token_use(f->s, upper, NOW + 5, err));
	FAILS(GP_E_EXISTS, gp_token_use(f->s, token, NOW + 6, err));
	OK(gp_token_find(f, f->s, "hold", token, NOW + 6, &got, err));
	assert_int_equal(got->used, NOW + 5);
	OK(gp_token_forget(f->s, NOW + 99, err));
	OK(gp_token_find(f, f->s, "hold", token, NOW + 99, &got, err));
	OK(gp_token_forget(f->s, NOW + 100, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_sql_int(f->s, &rows, "SELECT count(*) FROM token", GP_NOARGS, err));
	assert_int_equal(rows, 0);
}

/* Those of one purpose, list and address; not what was used, nor anybody else's. */
static void
test_token_drop(void **state)
{
	static const struct { const char *purpose; int64_t list, object; const char *address; } tokens[] = {
	    {"join", 1, 7, "ann@example.org"}, {"join", 1, 8, "ann@example.org"},
	    {"join", 2, 7, "ann@example.org"}, {"leave", 1, 7, "ann@example.org"},
	    {"join", 1, 7, "bob@example.org"}, {"join", 1, 7, "ann@example.org"}};
	struct fixture *f = *state;
	struct gp_token t = {.expires = NOW + 100, .data = gp_strdup(f, "{\"a\":1}")}, *got;
	char *names[GP_COUNT(tokens)];
	int64_t n;
	size_t i;

	OK(gp_store_begin(f->s, err));
	for (i = 0; i < GP_COUNT(tokens); i++) {
		t.purpose = gp_strdup(f, tokens[i].purpose);
		t.list = tokens[i].list;
		t.object = tokens[i].object;
		t.address = gp_strdup(f, tokens[i].address);
		OK(gp_token_add(f, f->s, &t, &names[i], err));
		t.data = NULL;
	}
	OK(gp_token_use(f->s, names[5], NOW, err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_token_find(f, f->s, "join", names[0], NOW, &got, err));
	assert_string_equal(got->data, "{\"a\":1}");
	OK(gp_token_find(f, f->s, "join", names[1], NOW, &got, err));
	assert_null(got->data);
	OK(gp_store_begin(f->s, err));
	OK(gp_token_drop(f->s, "join", 1, "Ann@example.org", 8, &n, err));
	assert_int_equal(n, 1);
	OK(gp_token_drop(f->s, "join", 1, "ann@example.org", 0, &n, err));
	assert_int_equal(n, 1);
	OK(gp_token_drop(f->s, "join", 1, "ann@example.org", 0, &n, err));
	assert_int_equal(n, 0);
	OK(gp_token_drop(f->s, "join", 1, "rubbish", 0, &n, err));
	assert_int_equal(n, 0);
	OK(gp_store_commit(f->s, err));
	FAILS(GP_E_NOTFOUND, gp_token_find(f, f->s, "join", names[0], NOW, &got, err));
	FAILS(GP_E_NOTFOUND, gp_token_find(f, f->s, "join", names[1], NOW, &got, err));
	OK(gp_token_find(f, f->s, "join", names[2], NOW, &got, err));
	OK(gp_token_find(f, f->s, "leave", names[3], NOW, &got, err));
	OK(gp_token_find(f, f->s, "join", names[4], NOW, &got, err));
	OK(gp_token_find(f, f->s, "join", names[5], NOW, &got, err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_holds),
		STORE_TEST(test_joining),
		STORE_TEST(test_update),
		STORE_TEST(test_votes),
		STORE_TEST(test_queues),
		STORE_TEST(test_tokens),
		STORE_TEST(test_token_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
