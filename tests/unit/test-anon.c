/* SPDX-License-Identifier: ISC */
/* Posts without a name: what is shown, who learns what, and that no byte that is kept or sent tells who it was. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

#include "../../src/list/anon.h"

/* What tells that it was Bob, and stands in nothing but his mail. */
static const char *const traces[] = {"Quibbleson", "bobphone.example", "Bobmail", "555-0161", "bob-cv.pdf",
    "JVBERi0", "192.0.2.77", "beekeeper-in-chief"};

static char *
bobs_mail(struct place *p, const char *msgid, const char *under, const char *subject, const char *text)
{
	return gp_asprintf(p->ctx, "Received: from bobphone.example ([192.0.2.77]) by mx; Mon, 23 Nov 2026 11:59:00 +0000\n"
	    "From: Bob Quibbleson <bob@example.net>\nTo: bees+anon@example.org\nSubject: %s\n"
	    "Message-ID: <%s@bobphone.example>\nX-Mailer: Bobmail/3\n%s%s%s"
	    "Date: Mon, 23 Nov 2026 11:58:00 +0000\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=bb\n\n--bb\nContent-Type: text/plain; charset=utf-8\n\n%s\n\n"
	    "Bob Quibbleson\n-- \nBob Quibbleson, beekeeper-in-chief, 555-0161\n"
	    "--bb\nContent-Type: application/pdf; name=bob-cv.pdf\nContent-Disposition: attachment; "
	    "filename=bob-cv.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--bb--\n", subject, msgid,
	    under != NULL ? "In-Reply-To: <" : "", under != NULL ? under : "", under != NULL ? "@x.example>\n" : "",
	    text);
}

/* It comes in; the mails that it causes. */
static char *
give(struct place *p, const char *to, const char *text)
{
	int64_t before = last_job(p);
	struct gp_outcome out = {0};

	take_in(p, to, text, "bob@example.net", &out);
	return mails(p, before);
}

/* Where the answer to the newest mail goes that has such an address. */
static char *
answer_to(struct place *p, const char *word)
{
	size_t n;
	struct gp_job **v = jobs_since(p, 0, &n);

	while (n-- > 0) {
		const struct gp_mail *m = read_job(p, v[n]);

		if (m->reply_to.n > 0 && strstr(m->reply_to.v[0].addr, word) != NULL)
			return m->reply_to.v[0].addr;
	}
	fail_msg("no mail asks for an answer to %s", word);
	return NULL;
}

static struct gp_mail *
newest_post(struct place *p)
{
	struct gp_message **v;
	struct gp_mail *m = gp_new(p->ctx, struct gp_mail);
	struct gp_err err;
	size_t n;

	must(gp_message_newest(p->ctx, p->site->store, p->bees->id, 0, 0, 1, &v, &n, &err), &err);
	assert_int_equal(n, 1);
	must(gp_message_mail(p->ctx, p->site->store, v[0]->id, m, NULL, NULL, &err), &err);
	return m;
}

/* One post of Bob's, from his mail to the archive. */
static char *
write_one(struct place *p, const char *msgid, const char *under, const char *subject, const char *text)
{
	give(p, "bees+anon@example.org", bobs_mail(p, msgid, under, subject, text));
	say(p, BOB, answer_to(p, "+anon-"), "Re: that", "Yes.\n");
	return say(p, ANN, answer_to(p, "+hold-"), "Re: that", "ok\n");
}

/* Everything that waits goes out. */
static void
deliver_all(struct place *p)
{
	struct gp_job **v;
	struct gp_err err;
	size_t i, k, n, count;

	must(gp_queue_list(p->ctx, p->site->store, false, &v, &n, &err), &err);
	must(gp_store_begin(p->site->store, &err), &err);
	for (i = 0; i < n; i++) {
		struct gp_rcpt *r;

		must(gp_queue_fresh(p->ctx, p->site->store, v[i]->id, 0, 100, &r, &count, &err), &err);
		for (k = 0; k < count; k++) {
			struct gp_result res = {.job = r[k].job, .n = r[k].n, .kind = GP_RESULT_SENT};

			must(gp_queue_results(p->site->store, &res, 1, gp_now(), &err), &err);
		}
	}
	must(gp_store_commit(p->site->store, &err), &err);
}

static size_t
count_in(const char *path, const char *what)
{
	size_t n = 0, count = 0;
	struct gp_err err;
	const char *p, *hit;
	char *all;

	if (gp_file_read(NULL, path, (size_t)1 << 28, &all, &n, &err) != GP_OK)
		return 0;
	for (p = all; (hit = gp_memmem(p, n - (size_t)(p - all), what, strlen(what))) != NULL; p = hit + 1)
		count++;
	talloc_free(all);
	return count;
}

/* In the database and what belongs to it. */
static size_t
kept(struct place *p, const char *what)
{
	struct gp_err err;

	must(gp_store_cut(p->site->store, &err), &err);
	return count_in(p->conf->db_path, what) +
	    count_in(gp_asprintf(p->ctx, "%s-wal", p->conf->db_path), what);
}

static void
test_from_draft_to_post(void **state)
{
	struct place *p = *state;
	char *text, *token;
	struct gp_mail *m;

	set(p, "anon", "on");
	text = give(p, "bees+anon@example.org", bobs_mail(p, "a", NULL, "I lost all my hives",
	    "It was my fault. Write to bob@example.net, says Bob Quibbleson. What now?"));
	HAS(text, "bob@example.net|[bees] Please look");
	HASNT(text, " // ");
	HAS(text, "(no name given)");
	HAS(text, "Write to [...], says [...]. What now?");
	HAS(text, "bob-cv.pdf");
	HAS(text, "is not kept");
	HASNT(text, "beekeeper-in-chief");
	token = answer_to(p, "+anon-");
	/* Neither someone else's yes nor a blank answer does anything. */
	HASNT(say(p, CLEO, token, "Re: that", "yes\n"), "waits for a moderator");
	HAS(say(p, BOB, token, "Re: that", "What does that mean?\n"), "not understood");
	text = say(p, BOB, token, "Re: that", "Yes.\n");
	HAS(text, "bob@example.net|[bees] About what you wrote");
	HAS(text, "ann@example.org|[bees] Held: I lost all my hives");
	HAS(text, "since 2026, who gives no name");
	HASNT(text, "example.net|[bees] Held");
	HAS(say(p, BOB, token, "Re: that", "Yes.\n"), "too late, or twice");
	text = say(p, ANN, answer_to(p, "+hold-"), "Re: that", "ok\n");
	HAS(text, "I lost all my hives");
	HASNT(text, "bob@example.net|[bees] A");
	m = newest_post(p);
	HAS(m->from_name, "(no name given)");
	HAS(m->from_addr, "bees+anon-");
	assert_int_equal(m->parts_n, 1);
	assert_string_equal(m->subject, "I lost all my hives");
	assert_int_equal(m->date, gp_now());
	assert_string_equal(m->reply_to.n > 0 ? m->reply_to.v[0].addr : "bees@example.org", "bees@example.org");
}

static void
test_no_trace(void **state)
{
	struct place *p = *state;
	size_t before, i, k, n, bobs_id;
	struct gp_job **jobs;
	struct gp_err err;
	struct gp_mail *m;

	set(p, "anon", "on");
	post(p, CLEO, "c", NULL, "Losses", "Who lost hives?\n");
	deliver_all(p);
	before = kept(p, "bob@example.net");
	write_one(p, "a", "c", "Re: Losses", "All of mine.");
	m = newest_post(p);
	assert_string_equal(m->in_reply_to[0], "c@x.example");
	/* What goes out to others. */
	jobs = jobs_since(p, 0, &n);
	for (i = 0; i < n; i++) {
		char *whole = gp_asprintf(p->ctx, "%.*s\n%.*s", (int)jobs[i]->header_n, jobs[i]->header,
		    (int)jobs[i]->body_n, jobs[i]->body);

		if (gp_strieq(goes_to(p, jobs[i]), "bob@example.net") && (jobs[i]->flags & GP_JOB_SECRET) != 0)
			continue;
		for (k = 0; k < GP_COUNT(traces); k++)
			HASNT(whole, traces[k]);
		HASNT(whole, "bob@");
	}
	/* Until it is out, the preview is there: so this test would see it. */
	assert_true(kept(p, "bob-cv.pdf") > 0);
	assert_true(kept(p, "bob@example.net") > before);
	deliver_all(p);
	for (k = 0; k < GP_COUNT(traces); k++)
		if (kept(p, traces[k]) != 0)
			fail_msg("\"%s\" is in the database", traces[k]);
	assert_int_equal(kept(p, "bob@example.net"), before);
	for (bobs_id = 0, i = 0; i < m->parts_n; i++)
		bobs_id += m->parts[i].name != NULL;
	assert_int_equal(bobs_id, 0);
	/* Nor do those who run the server find it, if the list drops it. */
	{
		struct gp_message **v;
		char *who;

		must(gp_message_newest(p->ctx, p->site->store, p->bees->id, 0, 0, 1, &v, &n, &err), &err);
		assert_int_equal(gp_anon_unseal(p->ctx, p->site->store, v[0]->id, &who, &err), GP_E_NOTFOUND);
		set(p, "anon_identity", "sealed");
		write_one(p, "b", "c", "Re: Losses", "And again.");
		must(gp_message_newest(p->ctx, p->site->store, p->bees->id, 0, 0, 1, &v, &n, &err), &err);
		must(gp_anon_unseal(p->ctx, p->site->store, v[0]->id, &who, &err), &err);
		assert_string_equal(who, "bob@example.net");
	}
}

/* A mail to NAME+anon that answers a message of the list. */
static char *
answer_without_name(struct place *p, const char *from, const char *under, const char *text)
{
	return give(p, "bees+anon@example.org", gp_asprintf(p->ctx, "From: %s\nTo: bees+anon@example.org\nSubject: Re: x\n"
	    "Message-ID: <%s@bobphone.example>\nIn-Reply-To: <%s>\n\n%s\n", from, gp_token_new(p->ctx), under, text));
}

static void
test_names(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *first, *name;

	set(p, "anon", "on");
	set(p, "anon_keep", "30d");
	post(p, CLEO, "c", NULL, "Losses", "Who lost hives?\n");
	write_one(p, "a", "c", "Re: Losses", "All of mine.");
	first = newest_post(p)->from_addr;
	name = newest_post(p)->from_name;
	write_one(p, "b", "c", "Re: Losses", "I have more to say.");
	assert_string_equal(newest_post(p)->from_addr, first);
	assert_string_equal(newest_post(p)->from_name, name);
	/* Elsewhere, and for somebody else, it is another. */
	write_one(p, "d", NULL, "Another thing", "Something else.");
	assert_string_not_equal(newest_post(p)->from_addr, first);
	first = newest_post(p)->from_addr;
	gp_clock_set(gp_now() + 31 * DAY, true);
	tick(p, 0, gp_anon_tick);
	write_one(p, "e", "c", "Re: Losses", "Months later.");
	assert_string_not_equal(newest_post(p)->from_name, name);
	gp_clock_set(start, true);
}

/* The first two people who would have one name there, and what the second is called now. */
static char *
name_of_second(struct place *p, const char *under, int64_t *first, int64_t *second)
{
	struct gp_anon_key key;
	struct gp_draft one, two;
	struct gp_person *bob;
	struct gp_err err;
	bool same;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_anon_key(p->site->store, p->bees->id, number(p, under), gp_now(), &key, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	must(gp_person_find(p->ctx, p->site->store, "bob@example.net", &bob, &err), &err);
	*first = bob->id;
	key.id = 0;	/* of no thread: nobody is in it */
	must(gp_anon_name(p->ctx, p->site, p->bees, &key, *first, 0, &one, &err), &err);
	for (*second = 1000, same = false; !same; *second += !same) {
		must(gp_anon_name(p->ctx, p->site, p->bees, &key, *second, 0, &two, &err), &err);
		same = strcmp(one.name, two.name) == 0;
	}
	return one.name;
}

/* In one thread nobody is taken for another: of posts that stand, that are in no archive, that wait. */
static void
test_names_differ(void **state)
{
	static const struct { const char *name, *subject; int steps; } all[] = {
		{"in an archive", "Losses", 3}, {"in no archive", "Deaths #not-archived", 3},
		{"waits for a moderator", "Thefts #not-archived", 2}, {"waits for its author", "Fires", 1}};
	struct place *p = *state;
	size_t i;

	set(p, "anon", "on");
	for (i = 0; i < GP_COUNT(all); i++) {
		char *mid = gp_asprintf(p->ctx, "n%zu", i), *name;
		int64_t first, second, t;
		struct gp_anon_key key;
		struct gp_draft d;
		struct gp_err err;

		t = post(p, CLEO, mid, NULL, all[i].subject, gp_asprintf(p->ctx, "Who %zu lost %zu hives?\n", i, i));
		name = name_of_second(p, mid, &first, &second);
		answer_without_name(p, "Bob <bob@example.net>", gp_asprintf(p->ctx, "%s@x.example", mid),
		    gp_asprintf(p->ctx, "All %zu of mine.", i));
		if (all[i].steps > 1)
			say(p, BOB, answer_to(p, "+anon-"), "Re: that", "Yes.\n");
		if (all[i].steps > 2)
			say(p, ANN, answer_to(p, "+hold-"), "Re: that", "ok\n");
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_anon_key(p->site->store, p->bees->id, number(p, mid), gp_now(), &key, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
		must(gp_anon_name(p->ctx, p->site, p->bees, &key, first, t, &d, &err), &err);
		if (strcmp(d.name, name) != 0)
			fail_msg("%s: Bob is \"%s\" and then \"%s\"", all[i].name, name, d.name);
		must(gp_anon_name(p->ctx, p->site, p->bees, &key, second, t, &d, &err), &err);
		if (strcmp(d.name, gp_asprintf(p->ctx, "%s 2", name)) != 0)
			fail_msg("%s: two are called \"%s\"", all[i].name, d.name);
	}
}

/* What the author looks at again before anybody else sees it: "names | addresses". */
static const struct { const char *text, *left; } still_there[] = {
	{"I lost them all.", " | "},
	{"Quibbleson is a rare name; ask BOB.", "Bob, Quibbleson | "},
	{"Bobbing quibbles, a sun-bee far away", " | "},
	{"Call me bq77.", " | bq77"},
	{"It is q.bees@mail.bobs-bees.example now", " | mail.bobs-bees.example, bobs-bees.example, bobs-bees, "
	    "q.bees@mail.bobs-bees.example"},
	{"See bobs-bees.example/wax, please.", " | bobs-bees.example, bobs-bees, bobs-bees.example/wax"},
	{"Our farm, Bobs-Bees, has none.", " | bobs-bees"},
	{"(https://www.quibblesonhoney.example/a?b).", " | https://www.quibblesonhoney.example/a?b"},
	{"<http://bees.example/~bob/hives.html>", "Bob | http://bees.example/~bob/hives.html"},
	{"http://bees.example/bobbin and www.example.org", " | "},
	{"quibbleson77@else.example", " | quibbleson77@else.example"},
	{"http://x.example/", " | x.example, http://x.example/"},
	{"and/or, e.g. 3.5/4.5, ://", " | "},
};

static void
test_still_there(void **state)
{
	char *addresses[] = {"bq77@mail.bobs-bees.example", "me@x.example"};
	const struct gp_called bob = {{"Bob Quibbleson", "B. Quibbleson"}, addresses, 2};
	struct place *p = *state;
	size_t i, k, r;

	for (i = 0; i < GP_COUNT(still_there); i++) {
		json_t *all = gp_json_object(p->ctx), *rows[] = {gp_json_new_array(all, "names"),
		    gp_json_new_array(all, "addresses")};
		char *said = gp_strdup(p->ctx, "");

		gp_anon_left(p->ctx, still_there[i].text, &bob, rows[0], rows[1]);
		for (r = 0; r < 2; r++)
			for (k = 0; k < json_array_size(rows[r]) || (r == 0 && k == json_array_size(rows[r])); k++)
				said = k == json_array_size(rows[r]) ? gp_asprintf(p->ctx, "%s | ", said) :
				    gp_asprintf(p->ctx, "%s%s%s", said, k > 0 ? ", " : "", json_string_value(
				    json_object_get(json_array_get(rows[r], k), "name")));
		if (strcmp(said, still_there[i].left) != 0)
			fail_msg("%s: \"%s\" in place of \"%s\"", still_there[i].text, said, still_there[i].left);
	}
	/* And so in the preview. */
	set(p, "anon", "on");
	HAS(give(p, "bees+anon@example.org", bobs_mail(p, "a", NULL, "Wax", "Look at http://example.net/wax.")),
	    "part of your e-mail address, or a web address that has your name in it: \"example.net\" \"example\" "
	    "\"http://example.net/wax\".");
}

static void
test_other_ends(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;

	set(p, "anon", "on");
	set(p, "hold_end", "accept");
	give(p, "bees+anon@example.org", bobs_mail(p, "a", NULL, "Idle talk", "Somebody is a fool."));
	HAS(say(p, BOB, answer_to(p, "+anon-"), "Re: that", "no\n"), "thrown away");
	give(p, "bees+anon@example.org", bobs_mail(p, "b", NULL, "Idle talk", "Somebody is a fool."));
	say(p, BOB, answer_to(p, "+anon-"), "Re: that", "yes\n");
	text = say(p, ANN, answer_to(p, "+hold-"), "Re: that", "no: Please be kind\n");
	HAS(text, "bob@example.net|[bees] About what you wrote");
	HAS(text, "Please be kind");
	/* Nobody looks: it never goes out by itself. */
	give(p, "bees+anon@example.org", bobs_mail(p, "d", NULL, "Idle talk", "Somebody is a fool."));
	say(p, BOB, answer_to(p, "+anon-"), "Re: that", "yes\n");
	text = tick(p, 8 * DAY, gp_hold_expire);
	HAS(text, "bob@example.net|[bees] About what you wrote");
	HAS(text, "Nobody looked");
	deliver_all(p);
	assert_int_equal(kept(p, "Quibbleson"), 0);
	HAS(give(p, "bees+anon@example.org", "From: bob@example.net\nTo: bees+anon@example.org\nSubject: x\n\n"
	    "> All quoted.\n\n-- \nBob\n"), "nothing is left");
	gp_clock_set(start, true);
}

/* What is said to one that waits, and what comes back; it waits on, and nothing is kept of it. */
static const struct { const char *said, *answer, *said_to_all, *all_answer, *word, *console; } not_done[] = {
	{"move wasps\n", "say no and add a line", "1 move wasps\n", "can't be moved", "move", "stays on its list"},
	{"ok trust\n", "say ok and nothing else", "1 ok trust\n", "nobody can be trusted", "trust", "nobody can be trusted"},
	{"ban: rude\n", "say drop", "1 ban\n", "nobody can be banned", "ban", "nobody can be banned"},
};

static void
test_what_moderators_read(void **state)
{
	struct place *p = *state;
	struct gp_hold **holds;
	struct gp_outcome out = {0};
	struct gp_ban *ban;
	struct gp_err err;
	char *one, *all, *text;
	size_t i, n;

	set(p, "anon", "on");
	give(p, "bees+anon@example.org", bobs_mail(p, "a", NULL, "I lost all my hives", "All of them."));
	text = say(p, BOB, answer_to(p, "+anon-"), "Re: that", "yes\n");
	HASNT(text, "ok trust");
	HASNT(text, "ban");
	HASNT(text, "move and the name");
	HASNT(text, "bees+anon-");
	one = answer_to(p, "+hold-");
	/* Nor what else waits for them. */
	text = ask(p, ANN, "queue\n");
	HAS(text, "ok, no with a reason, drop, wait and veto.");
	HASNT(text, "do nothing");
	set(p, "emergency", "yes");
	post(p, CLEO, "w", NULL, "Wax", "Wax melts.\n");
	text = ask(p, ANN, "queue\n");
	HAS(text, "ok, ok trust, no with a reason, drop, ban, move with a list, wait and veto.");
	HAS(text, "For what comes without a name, ok trust, ban and move do nothing.");
	say(p, ANN, answer_to(p, "+hold-"), "Re: that", "2 drop\n");
	set(p, "emergency", "no");
	text = tick(p, DAY + 60, gp_hold_expire);
	HAS(text, "still waits");
	HAS(text, "(no name given)");
	HASNT(text, "bees+anon-");
	all = answer_to(p, "+hold-");
	assert_string_not_equal(one, all);
	must(gp_hold_all(p->ctx, p->site->store, p->bees->id, GP_HOLD_WAITING, &holds, &n, &err), &err);
	assert_int_equal(n, 1);
	for (i = 0; i < GP_COUNT(not_done); i++) {
		HAS(say(p, ANN, one, "Re: that", not_done[i].said), not_done[i].answer);
		HAS(say(p, ANN, all, "Re: that", not_done[i].said_to_all), not_done[i].all_answer);
		must(gp_store_begin(p->site->store, &err), &err);
		assert_int_equal(gp_hold_console(p->ctx, p->site, p->bees, holds[0], not_done[i].word, "wasps", &out,
		    &err), GP_E_PARSE);
		must(gp_store_commit(p->site->store, &err), &err);
		HAS(err.msg, not_done[i].console);
	}
	must(gp_hold_all(p->ctx, p->site->store, p->bees->id, GP_HOLD_WAITING, &holds, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_int_equal(gp_trusted_find(p->site->store, p->bees->id, holds[0]->from_addr, &err), GP_E_NOTFOUND);
	assert_int_equal(gp_ban_find(p->ctx, p->site->store, p->bees->id, holds[0]->from_addr, gp_now(), &ban, &err),
	    GP_E_NOTFOUND);
	HASNT(say(p, ANN, one, "Re: that", "no: Please send it to wasps\n"), "bees+anon-");
	HASNT(ask(p, ANN, "log\n"), "bees+anon-");
}

/* Whatever is known of such an address: it is nobody's, and its mail is forged. */
static void
test_from_no_one(void **state)
{
	static const char *const tos[] = {"bees@example.org", "bees+anon@example.org", "bees+request@example.org"};
	struct place *p = *state;
	struct gp_err err;
	char *from;
	size_t i;
	int64_t id;

	set(p, "anon", "on");
	set(p, "post", "anyone");
	write_one(p, "a", NULL, "I lost all my hives", "All of them.");
	from = newest_post(p)->from_addr;
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_trusted_add(p->site->store, p->bees->id, from, "ann@example.org", gp_now(), &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, from, "", GP_ROLE_OWNER, GP_DELIVERY_NONE, gp_now(), &id,
	    &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	for (i = 0; i < GP_COUNT(tos); i++) {
		struct gp_inbound in;
		struct gp_decision d;
		struct gp_route r;

		incoming(p->ctx, gp_asprintf(p->ctx, "From: Heron <%s>\nTo: %s\nSubject: x\n\nwho\n", from, tos[i]),
		    "s@x.example", &in);
		must(gp_route_find(p->ctx, p->site, tos[i], &r, &err), &err);
		must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
		if (d.kind != (i < 2 ? GP_DECIDE_REJECT : GP_DECIDE_DISCARD))
			fail_msg("%s: %s", tos[i], d.reason);
	}
}

static const struct { const char *name, *setting, *to, *from, *field; enum gp_decision_kind kind; } doors[] = {
	{"it is off", "off", "bees+anon@example.org", BOB, "", GP_DECIDE_REJECT},
	{"only moderators", "moderators", "bees+anon@example.org", BOB, "", GP_DECIDE_REJECT},
	{"a moderator", "moderators", "bees+anon@example.org", ANN, "", GP_DECIDE_COMMAND},
	{"a member", "on", "bees-anon@example.org", BOB, "", GP_DECIDE_COMMAND},
	{"a stranger", "on", "bees+anon@example.org", EVE, "", GP_DECIDE_REJECT},
	{"an answer to a name", "on", "bees+anon-abcdefgh@example.org", BOB, "", GP_DECIDE_REJECT},
	{"a machine", "on", "bees+anon@example.org", BOB, "Auto-Submitted: auto-replied\n", GP_DECIDE_DISCARD},
	{"another list's mail", "on", "bees+anon@example.org", BOB, "List-Id: <x.example.com>\n", GP_DECIDE_DISCARD},
};

static void
test_doors(void **state)
{
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(doors); i++) {
		struct gp_inbound in;
		struct gp_decision d;
		struct gp_route r;
		struct gp_err err;

		set(p, "anon", doors[i].setting);
		incoming(p->ctx, gp_asprintf(p->ctx, "From: %s\nTo: %s\nSubject: x\n%s\nHello\n", doors[i].from,
		    doors[i].to, doors[i].field), "s@x.example", &in);
		must(gp_route_find(p->ctx, p->site, doors[i].to, &r, &err), &err);
		must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
		if (d.kind != doors[i].kind)
			fail_msg("%s: %s, %s", doors[i].name, gp_decision_names[d.kind], d.reason);
		HASNT(d.reason, "bob@");
	}
	/* Three drafts at a time: nobody is flooded through us. */
	for (i = 0; i < 5; i++) {
		char *text = give(p, "bees+anon@example.org", bobs_mail(p, gp_asprintf(p->ctx, "f%zu", i), NULL,
		    "x", "Hello."));

		assert_int_equal(strstr(text, "Please look") != NULL, i < 3);
		if (i >= 3) {
			HAS(text, "bob@example.net|[bees] About what you wrote");
			HAS(text, "wait for your answer");
			HAS(text, "> Hello.");
		}
	}
	HAS(ask(p, BOB, "anon\n"), "bees+anon@example.org");
	HASNT(ask(p, EVE, "anon\n"), "bees+anon@example.org");
}

static int64_t
count_posts(struct place *p)
{
	struct gp_list_stats stats;
	struct gp_err err;

	must(gp_list_stats(p->site->store, p->bees->id, gp_now(), &stats, &err), &err);
	return stats.messages;
}

/* Whoever asked without a name, or another, says that in the thread. */
static const struct { const char *name, *from, *text, *answer; bool vote; } not_said[] = {
	{"somebody else's question", CLEO, "solved", "was you", false},
	{"with a number", CLEO, "solved by 1", "was you", false},
	{"in German", CLEO, "gel\xc3\xb6st", "was you", false},
	{"it needs a name", BOB, "keep: Wax", "can't be said without a name", false},
	{"so does this", BOB, "visible: members", "can't be said without a name", false},
	{"and this", ANN, "cool 24h", "can't be said without a name", false},
	{"a list", BOB, "share bees", "can't be said without a name", false},
	{"a vote", BOB, "block", "counts for nobody", true},
	{"a vote by a mark", CLEO, "+1", "counts for nobody", true},
	{"a moderator's", ANN, "Yes.", "counts for nobody", true},
};

static void
test_asides_of_others(void **state)
{
	struct place *p = *state;
	char *question, *text;
	struct gp_decision_round *d;
	struct gp_vote_counts counts;
	struct gp_err err;
	int64_t posts;
	size_t i;

	set(p, "anon", "on");
	set(p, "decisions", "on");
	write_one(p, "a", NULL, "#question Wax", "How do you clean wax?");
	question = newest_post(p)->msgid;
	post(p, ANN, "d", NULL, "#decide A new shed", "Do we build one?\n");
	posts = count_posts(p);
	for (i = 0; i < GP_COUNT(not_said); i++) {
		text = answer_without_name(p, not_said[i].from, not_said[i].vote ? "d@x.example" : question, not_said[i].text);
		if (strstr(text, not_said[i].answer) == NULL || strstr(text, " // ") != NULL ||
		    strstr(not_said[i].from, gp_strndup(p->ctx, text, strcspn(text, "|"))) == NULL)
			fail_msg("%s: %s", not_said[i].name, text);
	}
	HAS(answer_without_name(p, BOB, "d@x.example", "No.\nIt is too dear."), "This is no vote");
	HAS(answer_without_name(p, CLEO, question, "Solved! I am glad."), "Words only");
	/* What would have to be counted does not begin, and that is said before anybody waits for it. */
	HAS(give(p, "bees+anon@example.org", bobs_mail(p, "r", NULL, "#decide A press", "It costs 300.")),
	    "no round begins that decides");
	/* Words among people, and words that say nothing there. */
	HAS(answer_without_name(p, BOB, question, "close: I am fed up"), "this is how it will be seen");
	HAS(answer_without_name(p, CLEO, question, "No."), "this is how it will be seen");
	assert_int_equal(count_posts(p), posts);
	must(gp_decision_of(p->ctx, p->site->store, number(p, "d"), &d, &err), &err);
	must(gp_vote_count(p->site->store, d, &counts, &err), &err);
	assert_int_equal(counts.n[GP_VOTE_YES] + counts.n[GP_VOTE_NO] + counts.n[GP_VOTE_BLOCK], 0);
}

static void
test_asides_of_the_asker(void **state)
{
	struct place *p = *state;
	struct gp_message **v;
	struct gp_err err;
	char *question, *name, *text;
	int64_t id, posts;
	size_t n, before;

	set(p, "anon", "on");
	write_one(p, "a", NULL, "#question Wax", "How do you clean wax?");
	deliver_all(p);
	before = kept(p, "bob@example.net");
	question = newest_post(p)->msgid;
	name = newest_post(p)->from_name;
	must(gp_message_newest(p->ctx, p->site->store, p->bees->id, 0, 0, 1, &v, &n, &err), &err);
	id = v[0]->thread;
	say(p, ANN, "bees@example.org", "Re: #question Wax", "x\n");
	take_in(p, "bees@example.org", gp_asprintf(p->ctx, "From: " ANN "\nTo: bees@example.org\nSubject: Re: Wax\n"
	    "Message-ID: <c@x.example>\nIn-Reply-To: <%s>\n\nWith hot water, and a cloth.\n", question), "s@x.example",
	    &(struct gp_outcome){0});
	posts = count_posts(p);
	/* Anybody can have written it: nothing is done before Bob says so. */
	text = answer_without_name(p, BOB, "c@x.example", "Solved");
	HAS(text, "bob@example.net|[bees] Please look: what you say to the list");
	HAS(text, name);
	HASNT(text, " // ");
	assert_string_equal(thread(p, id)->mark, "question");
	text = say(p, BOB, answer_to(p, "+anon-"), "Re: that", "Yes.\n");
	HAS(text, "|Solved \"Wax\" is solved now, by what Ann wrote");
	HAS(text, gp_asprintf(p->ctx, "%s says that it solved", name));
	HASNT(text, "Bob");
	assert_string_equal(thread(p, id)->mark, "solved");
	HAS(answer_without_name(p, BOB, "c@x.example", "reopen"), "Please look");
	HAS(say(p, BOB, answer_to(p, "+anon-"), "Re: that", "no\n"), "thrown away");
	assert_string_equal(thread(p, id)->mark, "solved");
	answer_without_name(p, BOB, "c@x.example", "reopen");
	HAS(say(p, BOB, answer_to(p, "+anon-"), "Re: that", "yes\n"), "an open question again");
	assert_string_equal(thread(p, id)->mark, "question");
	assert_int_equal(count_posts(p), posts);
	HASNT(ask(p, ANN, "log\n"), "bob@");
	/* With more words it is a post, too, and done when a moderator has let that through. */
	text = answer_without_name(p, BOB, "c@x.example", "Solved! It works so well.");
	HAS(text, "Said to the list, too");
	say(p, BOB, answer_to(p, "+anon-"), "Re: that", "yes\n");
	assert_string_equal(thread(p, id)->mark, "question");
	say(p, ANN, answer_to(p, "+hold-"), "Re: that", "ok\n");
	assert_string_equal(thread(p, id)->mark, "solved");
	assert_int_equal(count_posts(p), posts + 1);
	deliver_all(p);
	assert_int_equal(kept(p, "bobphone"), 0);
	assert_int_equal(kept(p, "bob@example.net"), before);
}

/* A thread that rests, and one that its author may not see: moderators read it, and its author learns nothing. */
static void
test_threads(void **state)
{
	static const char DORA[] = "Dora <dora@example.net>";
	struct place *p = *state;
	int64_t start = gp_now(), id;
	struct gp_pace pace = {0};
	struct gp_err err;
	char *text;

	set(p, "anon", "on");
	id = post(p, CLEO, "h", NULL, "Sugar or honey", "Sugar.\n");
	must(gp_store_begin(p->site->store, &err), &err);
	pace.cool = gp_now() + DAY;
	must(gp_thread_pace_set(p->site->store, id, &pace, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	answer_without_name(p, BOB, "h@x.example", "Never!");
	text = say(p, BOB, answer_to(p, "+anon-"), "Re: that", "yes\n");
	HAS(text, "Its thread rests until 24 November 2026, 12:00");
	HASNT(text, "may not see");
	HAS(say(p, ANN, answer_to(p, "+hold-"), "Re: that", "ok\n"), "Never!");
	/* Whom the rule of a slow thread can't know: moderators are told when the same name wrote there lately. */
	must(gp_store_begin(p->site->store, &err), &err);
	pace = (struct gp_pace){.slow = DAY};
	must(gp_thread_pace_set(p->site->store, id, &pace, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	answer_without_name(p, BOB, "h@x.example", "Never, never!");
	text = say(p, BOB, answer_to(p, "+anon-"), "Re: that", "yes\n");
	HAS(text, "has written there on 23 November 2026, 12:00 already");
	say(p, ANN, answer_to(p, "+hold-"), "Re: that", "no\n");
	answer_without_name(p, CLEO, "h@x.example", "Honey it is.");
	text = say(p, CLEO, answer_to(p, "+anon-"), "Re: that", "yes\n");
	HAS(text, "goes slowly");
	HASNT(text, "has written there");
	say(p, ANN, answer_to(p, "+hold-"), "Re: that", "no\n");
	post(p, CLEO, "then", NULL, "Old matter #members-then", "Amber words.\n");
	gp_clock_set(gp_now() + 100, true);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "dora@example.net", "Dora", GP_ROLE_MEMBER, GP_DELIVERY_EACH,
	    gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	text = answer_without_name(p, DORA, "then@x.example", "solved");
	HAS(text, "this is how it will be seen");
	HASNT(text, "matter");
	text = say(p, DORA, answer_to(p, "+anon-"), "Re: that", "yes\n");
	HAS(text, "its author may not see");
	HASNT(text, "dora@example.net|[bees] Held");
	gp_clock_set(start, true);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PLACE_TEST(test_from_draft_to_post), PLACE_TEST(test_no_trace), PLACE_TEST(test_names), PLACE_TEST(test_names_differ),
		PLACE_TEST(test_still_there), PLACE_TEST(test_other_ends), PLACE_TEST(test_doors),
		PLACE_TEST(test_what_moderators_read), PLACE_TEST(test_asides_of_others), PLACE_TEST(test_asides_of_the_asker), PLACE_TEST(test_threads), PLACE_TEST(test_from_no_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
