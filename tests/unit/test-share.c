/* SPDX-License-Identifier: ISC */
/* Threads that two lists have: who may, what each side gets, once, and what is not shown to strangers. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

#define WIM "Wim <wim@w.example>"
#define XENA "Xena <xena@x.example>"

/* Mails since that job, with all who get them: "TO TO|SUBJECT|TEXT // ...". */
static char *
everyone(struct place *p, int64_t since)
{
	struct gp_rcpt *r;
	struct gp_err err;
	struct gp_buf b;
	size_t i, k, n, count;
	struct gp_job **v = jobs_since(p, since, &n);

	gp_buf_init(&b, p->ctx, 1 << 20);
	gp_buf_puts(&b, "");
	for (i = 0; i < n; i++) {
		const struct gp_mail *m = read_job(p, v[i]);

		must(gp_queue_fresh(p->ctx, p->site->store, v[i]->id, 0, 10, &r, &count, &err), &err);
		for (k = 0; k < count; k++)
			gp_buf_printf(&b, "%s ", r[k].address);
		gp_buf_printf(&b, "|%s|%s // ", m->subject, without_stars(p->ctx, gp_utf8_line(p->ctx, m->text, m->text_n,
		    1 << 16)));
	}
	return b.p;
}

static struct gp_list *
wasps(struct place *p, const char *archive)
{
	static const struct { const char *addr, *name; int role; } people[] = {{"wim@w.example", "Wim", GP_ROLE_OWNER},
	    {"xena@x.example", "Xena", GP_ROLE_MEMBER}, {"bob@example.net", "Bob", GP_ROLE_MEMBER}};
	struct gp_list *list;
	struct gp_err err;
	int64_t id;
	size_t i;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "wasps@example.org", &list, &err), &err);
	must(gp_list_set(p->site->store, list, "archive", archive, &err), &err);
	for (i = 0; i < GP_COUNT(people); i++)
		must(gp_member_add(p->site->store, list->id, people[i].addr, people[i].name, people[i].role,
		    GP_DELIVERY_EACH, gp_now() - DAY, &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	return list;
}

static void
option(struct place *p, struct gp_list *list, const char *key, const char *value)
{
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_set(p->site->store, list, key, value, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

/* A post to a list; gives "TO TO|SUBJECT|..." of all that goes out. */
static char *
write_to(struct place *p, const char *to, const char *from, const char *msgid, const char *under, const char *text)
{
	int64_t before = last_job(p);
	struct gp_outcome out = {0};

	take_in(p, to, gp_asprintf(p->ctx, "From: %s\nTo: %s\nSubject: Re: Nests\nMessage-ID: <%s@x.example>\n"
	    "In-Reply-To: <%s@x.example>\n\n%s", from, to, msgid, under, text), "s@x.example", &out);
	return everyone(p, before);
}

static size_t
count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

/* How many messages of that id a list has. */
static size_t
has_message(struct place *p, const struct gp_list *list, const char *msgid)
{
	struct gp_message **v;
	struct gp_err err;
	size_t n, i, k = 0;

	must(gp_message_find_msgid(p->ctx, p->site->store, list->id, gp_asprintf(p->ctx, "%s@x.example", msgid), &v, &n,
	    &err), &err);
	for (i = 0; i < n; i++)
		k += v[i]->state == 1;
	return k;
}

static int64_t
number_on(struct place *p, const struct gp_list *list, const char *msgid)
{
	struct gp_message **v;
	struct gp_err err;
	size_t n;

	must(gp_message_find_msgid(p->ctx, p->site->store, list->id, gp_asprintf(p->ctx, "%s@x.example", msgid), &v, &n,
	    &err), &err);
	assert_true(n == 1);
	return v[0]->id;
}

/* Ann shares Cleo's thread, and Wim says yes. */
static char *
shared(struct place *p)
{
	char *text;
	int64_t before;

	post(p, CLEO, "1", NULL, "Nests", "Where do they build?\n");
	post(p, BOB, "2", "1", "Re: Nests", "Under roofs.\n");
	before = last_job(p);
	assert_int_equal(post(p, ANN, "k", "2", "Re: Nests", "share wasps\n"), 0);
	if (strstr(mails(p, before), "Was that you") != NULL)
		say_yes(p, ANN);
	text = mails(p, before);
	HAS(text, "The moderators of wasps are asked");
	HAS(text, "wim@w.example|[wasps] Would you have \"Nests\" of bees?");
	HASNT(text, "xena@x.example");
	before = last_job(p);
	say(p, WIM, reply_address(p), "Re: Would you", "yes\n");
	return everyone(p, before);
}

static void
test_both_get_replies(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	char *text = shared(p);

	/* The first message to those who have not got it, in the author's name; then a word to all, once each. */
	HAS(text, "Where do they build?");
	HASNT(text, "Under roofs.");
	HAS(text, "wim@w.example xena@x.example |Nests|");
	assert_int_equal(count_of(text, "have this thread in common"), 2);
	HAS(text, "https://lists.example.org/bees/t/");
	assert_int_equal(has_message(p, list, "1"), 1);
	assert_int_equal(has_message(p, list, "2"), 1);
	/* From one side. */
	text = write_to(p, "bees@example.org", ANN, "3", "2", "And in hollow trees.\n");
	assert_int_equal(count_of(text, "hollow trees"), 2);
	assert_int_equal(count_of(text, "xena@x.example"), 1);
	assert_int_equal(count_of(text, "wim@w.example"), 1);
	assert_int_equal(count_of(text, "bob@example.net"), 1);
	assert_int_equal(has_message(p, list, "3"), 1);
	/* From the other; Bob is on both, and gets it once. */
	text = write_to(p, "wasps@example.org", XENA, "4", "3", "Ours like sheds.\n");
	assert_int_equal(count_of(text, "like sheds"), 2);
	assert_int_equal(count_of(text, "bob@example.net"), 1);
	assert_int_equal(count_of(text, "ann@example.org"), 1);
	assert_int_equal(has_message(p, p->bees, "4"), 1);
	assert_int_equal(thread(p, 1)->messages, 5);
	/* To both at once: the second is there already. */
	text = write_to(p, "bees@example.org", ANN, "5", "4", "Noted.\n");
	assert_string_equal(write_to(p, "wasps@example.org", ANN, "5", "4", "Noted.\n"), "");
	assert_int_equal(has_message(p, list, "5"), 1);
	/* Who is on the first alone answers to the other: it counts as written to their own. */
	text = write_to(p, "wasps@example.org", ANN, "6", "4", "I saw sheds, too.\n");
	assert_int_equal(count_of(text, "saw sheds"), 2);
	assert_int_equal(has_message(p, p->bees, "6"), 1);
	assert_int_equal(has_message(p, list, "6"), 1);
	/* A stranger waits as ever. */
	text = write_to(p, "wasps@example.org", EVE, "7", "4", "Buy now.\n");
	assert_int_equal(has_message(p, list, "7"), 0);
	HASNT(text, "xena@x.example");
}

static void
test_one_removal(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");

	shared(p);
	write_to(p, "wasps@example.org", XENA, "4", "2", "Oh dear.\n");
	assert_int_equal(has_message(p, p->bees, "4"), 1);
	say(p, ANN, "bees+request@example.org", "", gp_asprintf(p->ctx, "takedown %lld\n",
	    (long long)number_on(p, p->bees, "4")));
	say_yes(p, ANN);
	assert_int_equal(has_message(p, p->bees, "4"), 0);
	assert_int_equal(has_message(p, list, "4"), 0);
	assert_int_equal(has_message(p, list, "2"), 1);
}

static void
test_mute_close_and_end(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	char *text;
	int64_t before;
	size_t n;

	shared(p);
	/* Muted on one list is muted. */
	say(p, BOB, "bees+request@example.org", "", gp_asprintf(p->ctx, "mute %lld\n", (long long)number(p, "1")));
	text = write_to(p, "bees@example.org", ANN, "3", "2", "Quiet now.\n");
	HASNT(text, "bob@example.net");
	text = write_to(p, "wasps@example.org", XENA, "4", "2", "Still quiet.\n");
	HASNT(text, "bob@example.net");
	/* To hear of it again on the other is enough; one word, as the mail says that began it, mutes it and goes to nobody. */
	say(p, BOB, "wasps+request@example.org", "", gp_asprintf(p->ctx, "unmute %lld\n", (long long)number_on(p, list,
	    "1")));
	HAS(write_to(p, "bees@example.org", ANN, "41", "2", "Not quiet.\n"), "bob@example.net");
	text = write_to(p, "wasps@example.org", BOB, "42", "2", "mute\n");
	HAS(text, "bob@example.net |[wasps] Your answer");
	HASNT(text, "xena@x.example");
	HASNT(write_to(p, "bees@example.org", ANN, "43", "2", "Quiet once more.\n"), "bob@example.net");
	/* Said to people. */
	HAS(write_to(p, "wasps@example.org", XENA, "44", "2", "Please ignore.\n"), "ann@example.org");
	HAS(write_to(p, "wasps@example.org", XENA, "45", "2", "Mute\nmeans silent.\n"), "ann@example.org");
	/* Ended from the other side: two threads from then on. */
	say(p, WIM, "wasps+request@example.org", "", gp_asprintf(p->ctx, "unshare %lld bees\n",
	    (long long)number_on(p, list, "1")));
	text = say_yes(p, WIM);
	HAS(text, "don't have this thread in common any more");
	HAS(text, "wim@w.example|[wasps] Your answer");
	text = write_to(p, "bees@example.org", ANN, "5", "2", "Alone again.\n");
	HASNT(text, "xena@x.example");
	assert_int_equal(has_message(p, list, "5"), 0);
	text = write_to(p, "wasps@example.org", ANN, "6", "4", "No member there.\n");
	HASNT(text, "xena@x.example");
	/* A word in a reply is asked about, too, and shown without a blank behind it, which would unmake the bold letters. */
	before = last_job(p);
	assert_int_equal(post(p, ANN, "u", "2", "Re: Nests", "unshare\n"), 0);
	HAS(mails(p, before), "- unshare ");
	assert_null(strstr(read_job(p, jobs_since(p, before, &n)[0])->text, "**"));
	HAS(ask(p, ANN, gp_asprintf(p->ctx, "unshare %lld wasps\n", (long long)number(p, "1"))), "Was that you");
	HAS(say_yes(p, ANN), "is not shared with that list");
}

static void
test_closed_on_both(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	char *why;
	struct gp_err err;
	struct gp_message *m;

	shared(p);
	ask(p, ANN, gp_asprintf(p->ctx, "close thread %lld enough\n", (long long)number(p, "1")));
	say_yes(p, ANN);
	must(gp_message_find_id(p->ctx, p->site->store, number_on(p, list, "1"), &m, &err), &err);
	must(gp_thread_closed(p->ctx, p->site->store, m->thread, &why, &err), &err);
	assert_string_equal(why, "enough");
}

static void
test_no(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	char *text, *back;

	post(p, CLEO, "1", NULL, "Nests", "Where do they build?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "1")));
	say_yes(p, ANN);
	back = gp_strdup(p->ctx, reply_address(p));
	HAS(say(p, WIM, back, "Re: x", "perhaps\n"), "That was not clear");
	text = say(p, WIM, back, "Re: x", "no we have one!\n");
	HAS(text, "ann@example.org|[bees] \"Nests\" is not shared");
	HAS(text, "we have one!");
	HASNT(say(p, WIM, back, "Re: x", "yes\n"), "in common");
	assert_int_equal(has_message(p, list, "1"), 0);
	/* It can be asked for again. */
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "1")));
	HAS(say_yes(p, ANN), "are asked");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "1")));
	HAS(say_yes(p, ANN), "shared with wasps already");
}

/* Who may ask, which lists, and which archives. */
static void
test_refused(void **state)
{
	static const struct {
		const char *from, *args, *share, *theirs, *archive, *their_archive, *says;
	} cases[] = {
		{BOB, "wasps", "moderators", "moderators", "public", "public", "by its moderators"},
		{BOB, "wasps", "on", "moderators", "public", "public", "by whoever began it"},
		{ANN, "wasps", "off", "moderators", "public", "public", "shares no threads"},
		{ANN, "nobody", "moderators", "moderators", "public", "public", "no list of that name"},
		{ANN, "", "moderators", "moderators", "public", "public", "no list of that name"},
		{ANN, "bees", "moderators", "moderators", "public", "public", "on this list already"},
		{ANN, "wasps", "moderators", "off", "public", "public", "takes no threads"},
		{ANN, "wasps", "moderators", "moderators", "members", "public", "would be shown to strangers"},
		{ANN, "wasps", "moderators", "moderators", "public", "members", "what they answer would be shown"},
		{ANN, "wasps", "moderators", "moderators", "owners", "owners", "must have an archive"},
		{ANN, "wasps", "moderators", "moderators", "off", "members", "must have an archive"},
		{ANN, "wasps", "moderators", "moderators", "members", "members", "are asked"},
		{CLEO, "with wasps@example.org", "on", "moderators", "public", "public", "are asked"},
	};
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	char *text;
	size_t i;

	post(p, CLEO, "1", NULL, "Nests", "Where do they build?\n");
	for (i = 0; i < GP_COUNT(cases); i++) {
		option(p, p->bees, "share", cases[i].share);
		option(p, list, "share", cases[i].theirs);
		option(p, p->bees, "archive", cases[i].archive);
		option(p, list, "archive", cases[i].their_archive);
		text = ask(p, cases[i].from, gp_asprintf(p->ctx, "share %lld %s\n", (long long)number(p, "1"),
		    cases[i].args));
		if (strstr(text, "Was that you") != NULL)
			text = say_yes(p, cases[i].from);
		if (strstr(text, cases[i].says) == NULL)
			fail_msg("%zu %s %s: %s", i, cases[i].from, cases[i].args, text);
		if (strcmp(cases[i].says, "are asked") == 0) {
			say(p, WIM, reply_address(p), "Re: x", "no\n");
			continue;
		}
		HASNT(text, "wim@w.example");
		assert_int_equal(has_message(p, list, "1"), 0);
	}
}

/* What not all may see stays where it is; what is hidden later is hidden on both. */
static void
test_veiled(void **state)
{
	const struct gp_veil members = {.visible = GP_VISIBLE_MEMBERS};
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	struct gp_message *m;
	struct gp_veil veil;
	struct gp_err err;

	post(p, CLEO, "9", NULL, "Stings", "What helps?\n");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_thread_veil_set(p->site->store, 1, &members, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "9")));
	HAS(say_yes(p, ANN), "not all may see it");
	shared(p);
	must(gp_message_find_id(p->ctx, p->site->store, number(p, "1"), &m, &err), &err);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_thread_veil_set(p->site->store, m->thread, &members, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	must(gp_message_find_id(p->ctx, p->site->store, number_on(p, list, "1"), &m, &err), &err);
	must(gp_thread_veil(p->site->store, m->thread, &veil, &err), &err);
	assert_int_equal(veil.visible, GP_VISIBLE_MEMBERS);
}

/* A mail to a list, and all that goes out; *posted: was it a post? */
static char *
write_about(struct place *p, const char *to, const char *from, const char *msgid, const char *under,
    const char *subject, const char *text, bool *posted)
{
	int64_t before = last_job(p);
	struct gp_outcome out = {0};

	take_in(p, to, gp_asprintf(p->ctx, "From: %s\nTo: %s\nSubject: Re: %s\nMessage-ID: <%s@x.example>\n"
	    "In-Reply-To: <%s@x.example>\n\n%s", from, to, subject, msgid, under, text), "s@x.example", &out);
	*posted = out.message != 0;
	return everyone(p, before);
}

/* What one list decides, said on either: its members count wherever they say it, and nobody else does. */
static void
test_decide(void **state)
{
	static const struct { const char *to, *from, *text; bool is_post; int yes, no; const char *says; } votes[] = {
		{"wasps@example.org", XENA, "yes\n", false, 0, 0, "is decided by the members of bees, and you are not one"},
		{"bees@example.org", XENA, "yes\n", false, 0, 0, "is decided by the members of bees, and you are not one"},
		{"wasps@example.org", XENA, "No! It stings.\n", true, 0, 0, "is decided by the members of bees, and you are not one"},
		{"wasps@example.org", BOB, "yes\n", false, 1, 0, "Counted"},
		{"bees@example.org", BOB, "no\n", false, 0, 1, "Counted"},
		{"wasps@example.org", CLEO, "yes\n", false, 1, 1, "Counted"},
	};
	struct place *p = *state;
	int64_t start = gp_now();
	struct gp_list *list = wasps(p, "public");
	struct gp_decision_round *d;
	struct gp_vote_counts c;
	struct gp_message *m;
	struct gp_err err;
	bool posted;
	char *text;
	size_t i;

	option(p, p->bees, "decisions", "on");
	option(p, p->bees, "share", "on");
	post(p, CLEO, "d", NULL, "#decide A trap", "It costs 30.\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "d")));
	say_yes(p, ANN);
	say(p, WIM, reply_address(p), "Re: Would you", "yes\n");
	for (i = 0; i < GP_COUNT(votes); i++) {
		text = write_about(p, votes[i].to, votes[i].from, gp_asprintf(p->ctx, "v%zu", i), "d", "#decide A trap",
		    votes[i].text, &posted);
		if (strstr(text, votes[i].says) == NULL || posted != votes[i].is_post)
			fail_msg("%zu: %d %s", i, posted, text);
		must(gp_decision_of(p->ctx, p->site->store, number_on(p, list, "d"), &d, &err), &err);
		must(gp_vote_count(p->site->store, d, &c, &err), &err);
		if (c.n[GP_VOTE_YES] != votes[i].yes || c.n[GP_VOTE_NO] != votes[i].no)
			fail_msg("%zu: counted wrongly", i);
	}
	tick(p, 4 * DAY, gp_decide_tick);
	text = tick(p, 4 * DAY, gp_decide_tick);
	HAS(text, "3 members of bees could answer.");
	assert_string_equal(thread(p, d->thread)->mark, "decided");
	must(gp_message_find_id(p->ctx, p->site->store, number_on(p, list, "d"), &m, &err), &err);
	assert_string_equal(thread(p, m->thread)->mark, "decided");
	gp_clock_set(start, true);
}

/* A circle of one of the lists. */
static void
test_circle(void **state)
{
	struct place *p = *state;
	struct gp_list *list;
	struct gp_err err;
	bool posted;
	char *text;

	wasps(p, "public");
	option(p, p->bees, "circles", "on");
	option(p, p->bees, "circle_quorum", "2");
	post(p, CLEO, "c", NULL, "circle: Traps", "Who builds some?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "c")));
	say_yes(p, ANN);
	say(p, WIM, reply_address(p), "Re: Would you", "yes\n");
	text = write_about(p, "wasps@example.org", XENA, "p1", "c", "circle: Traps", "+1\n", &posted);
	HAS(text, "is one of bees, for its members");
	assert_false(posted);
	write_about(p, "wasps@example.org", BOB, "p2", "c", "circle: Traps", "+1\n", &posted);
	assert_false(posted);
	must(gp_list_find(p->ctx, p->site->store, "bees-traps@example.org", &list, &err), &err);
}

/* One thread, and one state of it, whoever says it where: who asked, and moderators of either list. */
static void
test_solved(void **state)
{
	static const struct { const char *to, *from, *text, *mark; } steps[] = {
		{"wasps@example.org", WIM, "solved\n", "solved"}, {"bees@example.org", ANN, "reopen\n", "question"},
		{"wasps@example.org", CLEO, "solved\n", "solved"}, {"wasps@example.org", XENA, "reopen\n", "solved"},
		{"bees@example.org", CLEO, "reopen\n", "question"}, {"wasps@example.org", BOB, "solved\n", "question"},
	};
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	struct gp_message *m;
	struct gp_thread *t;
	struct gp_err err;
	bool posted;
	size_t i;
	char *text;

	post(p, CLEO, "1", NULL, "Question: Nests", "Where do they build?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "1")));
	say_yes(p, ANN);
	say(p, WIM, reply_address(p), "Re: Would you", "yes\n");
	must(gp_message_find_id(p->ctx, p->site->store, number_on(p, list, "1"), &m, &err), &err);
	assert_string_equal(thread(p, m->thread)->mark, "question");
	write_about(p, "wasps@example.org", XENA, "x", "1", "Question: Nests", "In sheds.\n", &posted);
	for (i = 0; i < GP_COUNT(steps); i++) {
		text = write_about(p, steps[i].to, steps[i].from, gp_asprintf(p->ctx, "s%zu", i), "x", "Question: Nests",
		    steps[i].text, &posted);
		t = thread(p, m->thread);
		if (strcmp(t->mark, steps[i].mark) != 0 || strcmp(thread(p, 1)->mark, steps[i].mark) != 0 || posted)
			fail_msg("%zu: %s, %s: %s", i, thread(p, 1)->mark, t->mark, text);
		if (i == 0)
			HAS(text, "xena@x.example |");
		if (strcmp(t->mark, "solved") == 0) {
			assert_int_equal(t->mark_message, number_on(p, list, "x"));
			assert_int_equal(thread(p, 1)->mark_message, number(p, "x"));
		}
	}
	/* What is summed up on either side stands on the one page, and both lists learned it. */
	say(p, WIM, "wasps+request@example.org", "x", gp_asprintf(p->ctx, "summary %lld\n-----\nUnder a roof.\n", (long long)
	    number_on(p, list, "1")));
	for (i = 0; i < 2; i++) {
		struct gp_list_text *sum;

		must(gp_summary_find(p->ctx, p->site->store, i == 0 ? p->bees->id : list->id, m->key, &sum, &err), &err);
		HAS(sum->body, "Under a roof.");
	}
	/* Numbers of either list name the same message. */
	ask(p, ANN, gp_asprintf(p->ctx, "solved %lld by %lld\n", (long long)number(p, "1"), (long long)number_on(p, list,
	    "x")));
	assert_int_equal(thread(p, 1)->mark_message, number(p, "x"));
}

/* Whoever asked, and is on both lists, sums up once; what a list said itself is no answer. */
/* Bob is on both lists and can help on both: one question asks him once. */
static void
test_help_once(void **state)
{
	static const char *const topics[] = {"nests"};
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public"), *lists[] = {p->bees, list};
	struct gp_member *bob;
	struct gp_err err;
	int64_t who;
	size_t i;

	post(p, CLEO, "1", NULL, "Question: Nests", "Where do they build?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "1")));
	say_yes(p, ANN);
	say(p, WIM, reply_address(p), "Re: Would you", "yes\n");
	must(gp_store_begin(p->site->store, &err), &err);
	for (i = 0; i < GP_COUNT(lists); i++) {
		must(gp_member_find(p->ctx, p->site->store, lists[i]->id, "bob@example.net", &bob, &err), &err);
		must(gp_skill_set(p->site->store, bob->id, "nests", true, &err), &err);
	}
	must(gp_helper_next(p->site->store, number_on(p, list, "1"), topics, 1, 0, 9, &who, &err), &err);
	assert_int_equal(who, bob->id);
	must(gp_helper_next(p->site->store, number(p, "1"), topics, 1, 0, 9, &who, &err), &err);
	must(gp_helper_add(p->site->store, number(p, "1"), who, gp_now(), &err), &err);
	assert_int_equal(gp_helper_next(p->site->store, number_on(p, list, "1"), topics, 1, 0, 9, &who, &err),
	    GP_E_NOTFOUND);
	must(gp_store_commit(p->site->store, &err), &err);
}

static void
test_sum_up_once(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	int64_t start = gp_now();
	struct gp_message *m;
	struct gp_err err;
	char *text;
	bool posted;

	post(p, BOB, "1", NULL, "Question: Nests", "Where do they build?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "1")));
	say_yes(p, ANN);
	say(p, WIM, reply_address(p), "Re: Would you", "yes\n");
	/* Nor does it end the question. */
	assert_int_equal(thread(p, 1)->people, 1);
	must(gp_message_find_id(p->ctx, p->site->store, number_on(p, list, "1"), &m, &err), &err);
	assert_int_equal(thread(p, m->thread)->people, 1);
	write_about(p, "wasps@example.org", XENA, "x", "1", "Question: Nests", "In sheds.\n", &posted);
	assert_int_equal(thread(p, 1)->people, 2);
	text = tick(p, 8 * DAY, gp_library_tick);
	assert_int_equal(count_of(text, "Would you sum it up"), 1);
	HAS(text, "Xena: In sheds.");
	HASNT(text, "have this thread in common");
	gp_clock_set(start, true);
}

/* Made for members, it is found by those of either list, and by nobody else. */
static void
test_found(void **state)
{
	const struct gp_veil members = {.visible = GP_VISIBLE_MEMBERS};
	struct place *p = *state;
	static const struct { const char *from; bool found; } cases[] = {{XENA, true}, {CLEO, true}, {BOB, true}, {EVE, false}};
	struct gp_err err;
	char *text;
	size_t i;

	wasps(p, "public");
	shared(p);
	for (i = 0; i < 2 * GP_COUNT(cases); i++) {
		if (i == GP_COUNT(cases)) {
			must(gp_store_begin(p->site->store, &err), &err);
			must(gp_thread_veil_set(p->site->store, 1, &members, &err), &err);
			must(gp_store_commit(p->site->store, &err), &err);
		}
		text = ask(p, cases[i % GP_COUNT(cases)].from, "search everywhere roofs\n");
		if (count_of(text, "Under roofs") != (i < GP_COUNT(cases) || cases[i % GP_COUNT(cases)].found))
			fail_msg("%zu: %s", i, text);
	}
}

/* The author's note stands in the subject already. */
static void
test_note_once(void **state)
{
	struct place *p = *state;
	int64_t before;

	wasps(p, "public");
	option(p, p->bees, "share", "on");
	post(p, CLEO, "9", NULL, "[note: stings] Help", "What helps?\n");
	post(p, CLEO, "8", NULL, "Help us", "note: stings\n\nWhat helps here?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "9")));
	say_yes(p, ANN);
	before = last_job(p);
	say(p, WIM, reply_address(p), "Re: Would you", "yes\n");
	HAS(everyone(p, before), "xena@x.example |[note: stings] Help|");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "8")));
	say_yes(p, ANN);
	before = last_job(p);
	say(p, WIM, reply_address(p), "Re: Would you", "yes\n");
	HAS(everyone(p, before), "xena@x.example |Help us|");
}

/* A list on which all is without names takes no names of others. */
static void
test_unnamed_guest(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");

	post(p, CLEO, "9", NULL, "Stings", "What helps?\n");
	option(p, list, "unnamed", "all");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "9")));
	HAS(say_yes(p, ANN), "not all may see it");
}

/* Where whoever asks may bring threads nobody is asked; a stranger's yes is none. */
static void
test_who_may_bring(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	struct gp_err err;
	int64_t id;

	post(p, CLEO, "1", NULL, "Nests", "Where do they build?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "1")));
	say_yes(p, ANN);
	/* Made up by a member there who is no moderator. */
	say(p, XENA, "wasps+request@example.org", "", "share yes 1\n");
	HASNT(say_yes(p, XENA), "in common");
	assert_int_equal(has_message(p, list, "1"), 0);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, list->id, "ann@example.org", "Ann", GP_ROLE_MODERATOR, GP_DELIVERY_NONE,
	    gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	post(p, CLEO, "9", NULL, "Stings", "What helps?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "9")));
	HAS(say_yes(p, ANN), "is shared by bees and wasps now");
	assert_int_equal(has_message(p, list, "9"), 1);
}

/* As the first line of a reply only where it names a list; else they are words. */
static void
test_first_line(void **state)
{
	static const char *const words[] = {"share your experience, please\n", "share this\n", "Share wasps with us all\n",
	    "unshare it\n"};
	struct place *p = *state;
	size_t i;

	wasps(p, "public");
	post(p, CLEO, "1", NULL, "Nests", "Where do they build?\n");
	for (i = 0; i < GP_COUNT(words); i++)
		if (post(p, ANN, gp_asprintf(p->ctx, "w%zu", i), "1", "Re: Nests", words[i]) == 0)
			fail_msg("taken: %s", words[i]);
	assert_int_equal(post(p, ANN, "n", "1", "Re: Nests", "share: nothing-here\n"), 0);
	assert_int_equal(post(p, ANN, "o", "1", "Re: Nests", "Share with wasps.\n"), 0);
}

/* What the other list's digest says of a sender: new is only who can be. */
static void
test_digest_new(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	struct gp_digest_how how = {.span = {GP_DELIVERY_WEEKLY, gp_now() - DAY, gp_now() + 1}, .language = "en",
	    .timezone = "UTC", .hour = 7};
	struct gp_news_pool *pool;
	struct gp_issue *issue;
	struct gp_inbound in;
	struct gp_digest *d;
	struct gp_err err;

	shared(p);
	/* As it is posted when a moderator has let it through. */
	incoming(p->ctx, "From: Somebody <bees+anon-abc@example.org>\nTo: bees@example.org\nSubject: Re: Wax\n"
	    "Message-ID: <an@x.example>\nIn-Reply-To: <2@x.example>\n\nNobody knows me.\n", "", &in);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_post_as_is(p->ctx, p->site, p->bees, &in, NULL, &(struct gp_outcome){0}, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	must(gp_news_pool_between(p->ctx, p->site, list, how.span.from, how.span.to, &pool, &err), &err);
	must(gp_issue_pick(p->ctx, p->site, pool, NULL, -1, 0, how.span.from, &issue, &err), &err);
	must(gp_digest_write(p->ctx, p->site, &how, &issue, 1, &d, &err), &err);
	HAS(d->text, "Nobody knows me");
	HAS(d->text, "*Cleo* (new here)");
	HASNT(d->text, "Somebody** (new here)");
	HASNT(d->text, "bees** (new here)");
	HASNT(d->text, "Bees** (new here)");
}

/* Who reads both lists by digest finds it in one of them: that which comes sooner, or where it began. */
static void
test_digest_once(void **state)
{
	static const struct { int home, guest; bool in_home, in_guest; } cases[] = {
		{GP_DELIVERY_DAILY, GP_DELIVERY_DAILY, true, false}, {GP_DELIVERY_WEEKLY, GP_DELIVERY_DAILY, false, true},
		{GP_DELIVERY_DAILY, GP_DELIVERY_MONTHLY, true, false}, {GP_DELIVERY_EACH, GP_DELIVERY_DAILY, true, false},
		{GP_DELIVERY_NONE, GP_DELIVERY_DAILY, false, true},
	};
	struct place *p = *state;
	struct gp_list *lists[] = {p->bees, wasps(p, "public")};
	struct gp_news_pool *pool;
	struct gp_issue *issue;
	struct gp_member *m;
	struct gp_err err;
	size_t i, k;

	shared(p);
	gp_clock_set(gp_now() + 60, true);
	write_to(p, "bees@example.org", ANN, "3", "2", "And in hollow trees.\n");
	for (i = 0; i < 2 * GP_COUNT(cases); i++) {
		static const char *const names[] = {"each", "daily", "weekly", "monthly", "none"};
		const int delivery[] = {cases[i / 2].home, cases[i / 2].guest};

		must(gp_store_begin(p->site->store, &err), &err);
		for (k = 0; k < 2; k++) {
			must(gp_member_find(p->ctx, p->site->store, lists[k]->id, "bob@example.net", &m, &err), &err);
			must(gp_member_set(p->site->store, m->id, "delivery", names[delivery[k]], &err), &err);
		}
		must(gp_store_commit(p->site->store, &err), &err);
		must(gp_member_find(p->ctx, p->site->store, lists[i % 2]->id, "bob@example.net", &m, &err), &err);
		must(gp_news_pool_after(p->ctx, p->site, lists[i % 2], 0, gp_now() + 1, &pool, &err), &err);
		must(gp_issue_pick(p->ctx, p->site, pool, m, 0, 0, 0, &issue, &err), &err);
		if ((gp_issue_count(issue) > 0) != (i % 2 == 0 ? cases[i / 2].in_home : cases[i / 2].in_guest))
			fail_msg("%zu: %zu", i, gp_issue_count(issue));
		/* Asked for, it has all. */
		must(gp_issue_pick(p->ctx, p->site, pool, m, -1, 0, 0, &issue, &err), &err);
		assert_true(gp_issue_count(issue) > 0);
	}
}

/* Nobody says yes or no: who asked hears so, once, and can ask again; a yes that comes then is too late. */
static void
test_unheard(void **state)
{
	struct place *p = *state;
	struct gp_list *list = wasps(p, "public");
	int64_t start = gp_now();
	char *line, *late, *text;

	option(p, list, "share", "moderators");
	option(p, p->bees, "share", "moderators");
	post(p, CLEO, "1", NULL, "Nests", "Where do they build?\n");
	line = gp_asprintf(p->ctx, "share %lld wasps\n", (long long)number(p, "1"));
	ask(p, ANN, line);
	HAS(say_yes(p, ANN), "are asked");
	late = reply_address(p);
	assert_string_equal(tick(p, 13 * DAY, gp_share_tick), "");
	ask(p, ANN, line);
	HAS(say_yes(p, ANN), "have not answered yet");
	text = tick(p, DAY, gp_share_tick);
	HAS(text, "ann@example.org|[bees] Nobody answered about \"Nests\"|You wanted to share \"Nests\" with wasps");
	HAS(text, "reply to the thread with one line: share wasps@example.org");
	HASNT(text, " // ");
	assert_string_equal(tick(p, DAY, gp_share_tick), "");
	HASNT(say(p, WIM, late, "Re: share", "yes\n"), "in common");
	ask(p, ANN, line);
	HAS(say_yes(p, ANN), "are asked");
	HAS(say(p, WIM, reply_address(p), "Re: share", "yes\n"), "in common");
	assert_string_equal(tick(p, 20 * DAY, gp_share_tick), "");
	gp_clock_set(start, true);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {PLACE_TEST(test_both_get_replies), PLACE_TEST(test_digest_new), PLACE_TEST(test_one_removal), PLACE_TEST(test_help_once),
	    PLACE_TEST(test_mute_close_and_end), PLACE_TEST(test_closed_on_both), PLACE_TEST(test_no),
	    PLACE_TEST(test_refused), PLACE_TEST(test_unheard), PLACE_TEST(test_who_may_bring), PLACE_TEST(test_veiled), PLACE_TEST(test_note_once), PLACE_TEST(test_decide),
	    PLACE_TEST(test_circle), PLACE_TEST(test_solved), PLACE_TEST(test_sum_up_once), PLACE_TEST(test_found), PLACE_TEST(test_digest_once), PLACE_TEST(test_unnamed_guest), PLACE_TEST(test_first_line)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
