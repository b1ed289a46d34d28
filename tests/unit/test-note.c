/* SPDX-License-Identifier: ISC */
/* Content notes: what counts as one, who gets the post how, and who can say so afterwards. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hold.h"

#include "guildpost/digest.h"

static const struct { const char *name, *subject, *text, *note; } cases[] = {
	{"in the subject", "[note: loss of a hive] Our winter", "It was cold.\n", "loss of a hive"},
	{"as others write it", "[CW: Spiders] In the shed", "There they sat.\n", "Spiders"},
	{"behind", "Our winter [note: loss]", "It was cold.\n", "loss"},
	{"in an answer", "Re: [bees] [note: loss] Our winter", "So was ours.\n", "loss"},
	{"in German", "[Hinweis: Verlust] Unser Winter", "Es war kalt.\n", "Verlust"},
	{"with an accent", "[avertissement : perte d'une ruche] Hiver", "Froid.\n", "perte d'une ruche"},
	{"in the first line", "Our winter", "note: loss of a hive\n\nIt was cold.\n", "loss of a hive"},
	{"in brackets there", "Our winter", "[cw: loss of a hive]\nIt was cold.\n", "loss of a hive"},
	{"blanks and empty lines", "Our winter", "\n  cw:   loss  \n\nIt was cold.\n", "loss"},
	{"an empty one, then one", "[note:] Our [note: loss] winter", "It was cold.\n", "loss"},
	{"an empty one", "[note: ] Our winter", "It was cold.\n", NULL},
	{"no colon", "[note] Our winter", "It was cold.\n", NULL},
	{"never closed", "[note: Our winter", "It was cold.\n", NULL},
	{"no brackets in a subject", "Note: our winter", "It was cold.\n", NULL},
	{"another word", "[notes: ours] Winter", "It was cold.\n", NULL},
	{"a sentence", "The hall", "Note: the room has changed.\n\nSee you.\n", NULL},
	{"a long line", "The hall", "Note: we meet in the other hall behind the church from now on\n\nSee you.\n", NULL},
	{"nothing below", "The hall", "note: loss of a hive\n", NULL},
	{"no empty line", "The hall", "note: the key is\nunder the mat\n\nSee you.\n", NULL},
	{"not in the first line", "The hall", "It was cold.\n\nnote: loss\n\nThat was it.\n", NULL},
	{"what is quoted", "Re: winter", "> note: loss of a hive\n>\n> It was cold.\n\nIt was.\n", NULL},
};

static void
test_said(void **state)
{
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_inbound in;
		char *note;

		incoming(p->ctx, gp_asprintf(p->ctx, "From: " BOB "\nSubject: %s\n\n%s", cases[i].subject, cases[i].text),
		    "b@example.net", &in);
		note = gp_note_said(p->ctx, p->site->words, in.mail);
		if ((note == NULL) != (cases[i].note == NULL) || (note != NULL && strcmp(note, cases[i].note) != 0))
			fail_msg("%s: \"%s\"", cases[i].name, note != NULL ? note : "(none)");
	}
}

static struct gp_message *
newest(struct place *p)
{
	struct gp_message **v;
	struct gp_err err;
	size_t n;

	must(gp_message_newest(p->ctx, p->site->store, p->bees->id, 0, 0, 1, &v, &n, &err), &err);
	assert_int_equal(n, 1);
	return v[0];
}

/* What goes out for a post, and the number of the archived message. */
static char *
post(struct place *p, const char *from, const char *subject, const char *text)
{
	return say(p, from, "bees@example.org", subject, text);
}

static void
reply(struct place *p, const char *from, const char *to, const char *text)
{
	static int n;
	struct gp_outcome out = {0};

	take_in(p, "bees@example.org", gp_asprintf(p->ctx, "From: %s\nTo: bees@example.org\nSubject: Re: Our winter\n"
	    "Message-ID: <r%d@x.example>\nIn-Reply-To: <%s>\n\n%s", from, ++n, to, text), "s@x.example", &out);
}

static void
want(struct place *p, const char *address, const char *notes)
{
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, address)->id, "notes", notes, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

/* Who gets the newest job: addresses with blanks. */
static char *
goes_to_all(struct place *p)
{
	struct gp_rcpt *r;
	struct gp_buf b;
	struct gp_err err;
	size_t i, n;

	gp_buf_init(&b, p->ctx, 4096);
	must(gp_queue_fresh(p->ctx, p->site->store, last_job(p), 0, 10, &r, &n, &err), &err);
	for (i = 0; i < n; i++)
		gp_buf_printf(&b, "%s ", r[i].address);
	return b.p != NULL ? b.p : gp_strdup(p->ctx, "");
}

/* Who wants none gets none by mail; all is in the archive, whose lists show the note in place of words. */
static void
test_mail(void **state)
{
	struct place *p = *state;

	HAS(post(p, BOB, "[note: loss of a hive] Our winter", "They froze.\n"), "They froze.");
	assert_string_equal(newest(p)->note, "loss of a hive");
	assert_string_equal(newest(p)->snippet, "[loss of a hive]");
	assert_string_equal(goes_to_all(p), "ann@example.org bob@example.net ");
	want(p, "ann@example.org", "skip");
	want(p, "bob@example.net", "skip");
	post(p, BOB, "[note: loss] Our spring", "They drowned.\n");
	assert_string_equal(goes_to_all(p), "bob@example.net ");
	post(p, BOB, "Our autumn", "They are well.\n");
	assert_string_equal(goes_to_all(p), "ann@example.org bob@example.net ");
	assert_string_equal(newest(p)->note, "");
	assert_string_equal(newest(p)->snippet, "They are well.");
}

/* The digest of somebody who wants notes so. */
static struct gp_digest *
digest_of(struct place *p, const char *notes, int form)
{
	struct gp_digest_how how = {.span = {GP_DELIVERY_WEEKLY, gp_now() - 86400, gp_now() + 1}, .language = "en",
	    .timezone = "UTC", .form = form, .hour = 7, .personal = true};
	struct gp_news_pool *pool;
	struct gp_issue *issue;
	struct gp_digest *d;
	struct gp_err err;

	want(p, "cleo@example.com", notes);
	must(gp_news_pool_after(p->ctx, p->site, p->bees, 0, gp_now() + 1, &pool, &err), &err);
	must(gp_issue_pick(p->ctx, p->site, pool, member(p, "cleo@example.com"), 0, 0, 0, &issue, &err), &err);
	must(gp_digest_write(p->ctx, p->site, &how, &issue, 1, &d, &err), &err);
	return d;
}

static void
test_digests(void **state)
{
	static const int forms[] = {GP_FORM_SUMMARY, GP_FORM_TITLES, GP_FORM_PLAIN, GP_FORM_MIME};
	struct place *p = *state;
	struct gp_digest *d;
	const char *key;
	size_t i;

	post(p, BOB, "Wax", "Is wax good?\n");
	post(p, BOB, "Our winter", "note: loss of a hive\n\nThey froze.\n");
	key = newest(p)->key;
	reply(p, ANN, newest(p)->msgid, "So sorry.\n");
	for (i = 0; i < GP_COUNT(forms); i++) {
		d = digest_of(p, "fold", forms[i]);
		HAS(d->text, "note: loss of");
		HAS(d->text, key);
		HASNT(d->text, "froze");
		HASNT(d->html != NULL ? d->html : "", "froze");
		assert_int_equal(d->originals_n, forms[i] == GP_FORM_MIME ? 2 : 0);
		d = digest_of(p, "skip", forms[i]);
		HASNT(d->text, "loss of");
		HASNT(d->text, gp_asprintf(p->ctx, "m/%s", key));
		assert_int_equal(d->messages, 2);
		d = digest_of(p, "show", forms[i]);
		if (forms[i] == GP_FORM_SUMMARY || forms[i] == GP_FORM_PLAIN)
			HAS(d->text, "froze");
		assert_int_equal(d->originals_n, forms[i] == GP_FORM_MIME ? 3 : 0);
	}
	HAS(digest_of(p, "fold", GP_FORM_SUMMARY)->text, "Content note: loss of a hive");
	HAS(digest_of(p, "skip", GP_FORM_SUMMARY)->text, "One message with a content note");
	/* What can be opened nowhere is there to be read, below its note. */
	post(p, BOB, "Our spring #not-archived", "note: swarms\n\nThey flew away.\n");
	HAS(digest_of(p, "fold", GP_FORM_SUMMARY)->text, "note: swarms");
	HAS(digest_of(p, "fold", GP_FORM_SUMMARY)->text, "They flew away.");
	HASNT(digest_of(p, "fold", GP_FORM_SUMMARY)->text, "froze");
	HASNT(digest_of(p, "skip", GP_FORM_SUMMARY)->text, "flew away");
}

/* Two who want it differently don't get the same mail; what has no note is the same for all. */
static void
test_print(void **state)
{
	static const char *const wants[] = {"fold", "show", "skip"};
	struct gp_digest_how how = {.language = "en", .timezone = "UTC"};
	unsigned char print[2][GP_COUNT(wants)][GP_SHA256_LEN];
	struct place *p = *state;
	struct gp_err err;
	size_t i, round;

	post(p, BOB, "Wax", "Is wax good?\n");
	for (round = 0; round < 2; round++) {
		for (i = 0; i < GP_COUNT(wants); i++) {
			struct gp_news_pool *pool;
			struct gp_issue *issue;

			want(p, "cleo@example.com", wants[i]);
			must(gp_news_pool_after(p->ctx, p->site, p->bees, 0, gp_now() + 1, &pool, &err), &err);
			must(gp_issue_pick(p->ctx, p->site, pool, member(p, "cleo@example.com"), 0, 0, 0, &issue, &err), &err);
			gp_digest_print(&how, &issue, 1, print[round][i]);
		}
		post(p, BOB, "[note: loss] Our winter", "They froze.\n");
	}
	assert_memory_equal(print[0][0], print[0][1], GP_SHA256_LEN);
	assert_memory_equal(print[0][0], print[0][2], GP_SHA256_LEN);
	assert_memory_not_equal(print[1][0], print[1][1], GP_SHA256_LEN);
	assert_memory_not_equal(print[1][0], print[1][2], GP_SHA256_LEN);
	assert_memory_not_equal(print[1][1], print[1][2], GP_SHA256_LEN);
}

static const struct { const char *name, *text, *note; } verdicts[] = {
	{"with a note", "note: loss of a hive\n", "loss of a hive"},
	{"as others write it", "CW: loss [of # a] hive\n", "loss [of # a] hive"},
	{"in German", "Hinweis: Verlust\n", "Verlust"},
	{"nothing behind", "note:\n", NULL},
	{"a remark, no verdict", "Note that this is not for us\n", NULL},
	{"another verdict behind", "note: spam.\n", NULL},
};

/* A moderator lets it through with a note, which then stands in the subject for all to see. */
static void
test_verdict(void **state)
{
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(verdicts); i++) {
		int64_t before = archived(p);
		char *out;

		held_post(p, gp_asprintf(p->ctx, "Our winter %zu", i));
		out = verdict(p, ANN, "ann@example.org", verdicts[i].text);
		if ((archived(p) > before) != (verdicts[i].note != NULL))
			fail_msg("%s: %s", verdicts[i].name, out);
		if (verdicts[i].note == NULL) {
			HAS(out, "nothing was done");
			continue;
		}
		assert_string_equal(newest(p)->note, verdicts[i].note);
		HAS(out, gp_asprintf(p->ctx, "[note: %s] Our winter %zu|May I", i == 1 ? "loss (of a) hive" : verdicts[i].note,
		    i));
		HAS(out, gp_asprintf(p->ctx, "Content note: %s", verdicts[i].note));
		assert_string_equal(newest(p)->title, gp_asprintf(p->ctx, "Our winter %zu", i));
		HAS(acts(p), "note");
	}
}

/* Where two must agree, the note of the first stands. */
static void
test_votes(void **state)
{
	struct place *p = *state;

	setting(p, "approvals", "2");
	held_post(p, "Our winter");
	HAS(verdict(p, ANN, "ann@example.org", "note: loss\n"), "1 ok");
	HAS(verdict(p, MAX, "max@example.net", "ok\n"), "[note: loss] Our winter|");
	assert_string_equal(newest(p)->note, "loss");
}

/* Afterwards: by who wrote it, and moderators, in a reply or by a line. */
static void
test_afterwards(void **state)
{
	struct place *p = *state;
	struct gp_message *m;
	struct gp_inbound in;
	struct gp_err err;
	long long id;

	setting(p, "repeats", "yes");
	post(p, BOB, "Our winter", "They froze.\n");
	m = newest(p);
	id = (long long)m->id;
	/* Others can't; alone it is no post. */
	reply(p, "Cleo <cleo@example.com>", m->msgid, "note: sad\n");
	assert_string_equal(newest(p)->note, "");
	assert_int_equal(archived(p), 1);
	HAS(ask(p, "Cleo <cleo@example.com>", gp_asprintf(p->ctx, "note %lld sad\n", id)), "can give it a content note");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "note %lld\n", id)), "What should the content note of \"Our winter\" say");
	/* With more below it is the note of the answer itself. */
	reply(p, BOB, m->msgid, "note: more of it\n\nThe second hive froze, too.\n");
	assert_string_equal(newest(p)->note, "more of it");
	must(gp_message_find_id(p->ctx, p->site->store, id, &m, &err), &err);
	assert_string_equal(m->note, "");
	reply(p, BOB, m->msgid, "note: loss\n");
	assert_int_equal(archived(p), 2);
	must(gp_message_find_id(p->ctx, p->site->store, id, &m, &err), &err);
	assert_string_equal(m->note, "loss");
	/* Its author can change it, and a moderator take it off. */
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "note %lld loss of a hive\n", id)), "has a content note now: loss of a hive");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "note %lld off\n", id)), "only moderators take one off");
	ask(p, ANN, gp_asprintf(p->ctx, "note %lld off\n", id));
	HAS(say_yes(p, ANN), "has no content note any more");
	must(gp_message_find_id(p->ctx, p->site->store, id, &m, &err), &err);
	assert_string_equal(m->snippet, "They froze.");
	/* What is derived anew doesn't bring it back. */
	incoming(p->ctx, "From: " BOB "\nSubject: [note: loss] Our winter\n\nThey froze.\n", "b@example.net", &in);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_note_keep(p->ctx, p->site, in.mail, id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	must(gp_message_find_id(p->ctx, p->site->store, id, &m, &err), &err);
	assert_string_equal(m->note, "");
}

int
main(void)
{
#define HOLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, hold_set_up, place_tear_down)
	static const struct CMUnitTest tests[] = {
		HOLD_TEST(test_said), cmocka_unit_test_setup_teardown(test_mail, place_set_up, place_tear_down),
		HOLD_TEST(test_digests), HOLD_TEST(test_print), HOLD_TEST(test_verdict), HOLD_TEST(test_votes),
		HOLD_TEST(test_afterwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
