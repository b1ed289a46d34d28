/* SPDX-License-Identifier: ISC */
/* A command in the first line of a reply, with more words below: what becomes of both, and what its author hears. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

#define AS_WRITTEN "Your mail went to the list as you wrote it."
#define WITHOUT "The rest of your mail went to the list, without that line."
#define KEPT "is in the library now"
#define MIME "\nMIME-Version: 1.0\nContent-Type: multipart/"
#define TWO "--x\nContent-Type: text/plain\n\n"
#define FILE "--y\nContent-Type: text/plain\n\n"
#define HTML "\n--x\nContent-Type: text/html\n\n"

/* What the author is told, what the post has, and has not. */
static const struct aside {
	const char *name, *from, *text, *told, *also, *has, *hasnt;
} cases[] = {
	{"kept, and the line goes to nobody", ANN, "keep: Queens #queens\n\nI keep this one.\n", KEPT, WITHOUT,
	    "I keep this one.", "keep:"},
	{"who may not keep is told", BOB, "keep: Queens\nI would keep this.\n", "kept by its moderators", AS_WRITTEN,
	    "keep: Queens", NULL},
	{"solved, with reasons below", CLEO, "solved\nAll mites are gone.\n", "is solved now", WITHOUT,
	    "All mites are gone.", "olved"},
	{"solved, with thanks beside", CLEO, "Solved! Thank you.\n", "is solved now", AS_WRITTEN, "Solved! Thank you.", NULL},
	{"thanks behind a colon are for the others", CLEO, "solved: it was the queen\n", "is solved now", AS_WRITTEN,
	    "solved: it was the queen", NULL},
	{"opened again", CLEO, "reopen\nThey are back.\n", "open question again", WITHOUT, "They are back.", "reopen"},
	{"not for this one to say", BOB, "Solved.\nMine are fine.\n", "for whoever asked to say", AS_WRITTEN,
	    "Solved.", NULL},
	{"close is a word among people, too", BOB, "close: I am fed up\nBye.\n", "who look after the list", AS_WRITTEN,
	    "close: I am fed up", NULL},
	{"what was wrong is told", CLEO, "kind: wisdom\nA word of my own.\n", "wisdom", WITHOUT, "A word of my own.", "kind:"},
	{"below a quote", ANN, "> Which day?\n\nkeep: The day\n\nI keep it.\n", KEPT, WITHOUT, "> Which day?", "keep:"},
	{"with a mark in front", ANN, "- keep: The day\nI keep it.\n", KEPT, WITHOUT, "I keep it.", "keep:"},
	{"its twin in HTML", ANN, TWO "keep: Days & acid\n\nI keep it.\n" HTML
	    "<div>keep: Days &amp; acid</div><div>I <b>keep</b> it.</div>\n--x--\n", KEPT, WITHOUT, "I keep it.", "acid"},
	{"broken by the mail program, in both", ANN, TWO "keep: How we mark our queens so that everybody in the club can\nsee it "
	    "#q\n\nI keep it.\n" HTML "<html><head><title>keep: How</title></head><body><p>keep: How we mark our queens\n"
	    "so that everybody in the club can see&nbsp;it #q</p><p>I keep it.</p></body>\n--x--\n", "can see it\"", WITHOUT,
	    "I keep it.", "everybody"},
	{"tags below the title", ANN, "keep: The day\n#queens #acid\n\nI keep it.\n", KEPT, WITHOUT, "I keep it.", "#queens"},
	{"a long title, and words of their own", ANN, "keep: How we mark our queens so that everybody in the club sees it\n"
	    "That is for you.\n", "sees it\"", WITHOUT, "That is for you.", "keep:"},
	{"letters of Latin-1", ANN, "keep: K\xf6nigin\n\nF\xfcr alle.\n", KEPT, WITHOUT, "F=FCr alle.", "nigin"},
	{"letters of HTML", ANN, TWO "keep: Der \"K\xc3\xb6nig\"\n\nI keep it.\n" HTML "<p>keep: Der \"K&ouml;n&#105;g\"<br>I keep it."
	    "</p>\n--x--\n", KEPT, WITHOUT, "I keep it.", "Der"},
	{"thanks that go on", CLEO, "solved\n\nThanks, Bob, it was the second frame that made the noise.\n", "is solved now", WITHOUT,
	    "it was the second frame", "olved"},
	{"words below a name", ANN, "keep: The day\n\nAnn\n\nI also think that we should meet.\n", KEPT, WITHOUT,
	    "we should meet", "keep:"},
	{"a postscript below the signature", ANN, "keep: The day\n\n-- \nAnn\nPS: bring wax\n", KEPT, WITHOUT, "PS: bring wax",
	    "keep:"},
	{"another", CLEO, "solved\n\n--\nCleo, Ward 5\n\nn.b. it was the queen\n", "is solved now", WITHOUT, "n.b. it was", "olved"},
	{"one in French", CLEO, "solved\n-- \nCleo\nP.-S. : merci\n", "is solved now", WITHOUT, "merci", "olved"},
	{"one below a name", ANN, "keep: The day\n\nAnn\nPS bring wax\n", KEPT, WITHOUT, "bring wax", "keep:"},
	{"a file", ANN, FILE "keep: The day\n\n--y\nContent-Type: application/pdf; name=a.pdf\n"
	    "Content-Disposition: attachment\n\nwax\n--y--\n", KEPT, WITHOUT, "a.pdf", "keep:"},
	{"a photo", ANN, FILE "keep: The day\n\n--y\nContent-Type: image/png; name=a.png\nContent-Disposition: inline\n\n"
	    "wax\n--y--\n", KEPT, WITHOUT, "a.png", "keep:"},
	{"signed within the text", ANN, "-----BEGIN PGP SIGNED MESSAGE-----\n\nkeep: The day\n\nI keep it.\n"
	    "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n", KEPT, AS_WRITTEN, "keep: The day", NULL},
	{"HTML that says it in another way", ANN, TWO "keep: Days\n\nI keep it.\n" HTML
	    "<p><i>keep</i>: Days<br>I keep it.</p>\n--x--\n", KEPT, AS_WRITTEN, "keep: Days", NULL},
};

static int64_t
asked(struct place *p)
{
	int64_t t;

	set(p, "repeats", "yes");
	set(p, "kinds", "story");
	t = post(p, CLEO, "q", NULL, "Question: which day for the acid?", "Does anyone know?\n");
	post(p, BOB, "a", "q", "Re: Question: which day for the acid?", "A cold one.\n");
	return t;
}

/* What that mail has told its author since. */
static char *
told_since(struct place *p, int64_t before, const char *from)
{
	const char *at = strchr(from, '<') + 1;
	char *told = strstr(mails(p, before), gp_asprintf(p->ctx, "%.*s|[bees] Your answer|", (int)strcspn(at, ">"), at));

	if (told != NULL && strstr(told, " // ") != NULL)
		*strstr(told, " // ") = '\0';
	return told;
}

static const char *
head_of(const char *text)
{
	if (gp_starts(text, "--x"))
		return MIME "alternative; boundary=x";
	if (gp_starts(text, "--y"))
		return MIME "mixed; boundary=y";
	return strchr(text, '\xfc') != NULL ? "\nContent-Type: text/plain; charset=iso-8859-1" : "";
}

static void
test_with_words(void **state)
{
	struct place *p = *state;
	struct gp_err err;
	size_t i, n;

	asked(p);
	for (i = 0; i < GP_COUNT(cases); i++) {
		const struct aside *c = &cases[i];
		char *id = gp_asprintf(p->ctx, "m%zu", i), *told, *raw;
		int64_t before = last_job(p);
		struct gp_mail mail;

		if (post(p, c->from, id, "a", gp_asprintf(p->ctx, "Re: Question: which day for the acid?%s",
		    head_of(c->text)), c->text) == 0)
			fail_msg("%s: no post", c->name);
		told = told_since(p, before, c->from);
		if (told == NULL)
			fail_msg("%s: its author hears nothing", c->name);
		if (strstr(told, c->told) == NULL || strstr(told, c->also) == NULL)
			fail_msg("%s: told %s", c->name, told);
		must(gp_message_mail(p->ctx, p->site->store, number(p, id), &mail, &raw, &n, &err), &err);
		if (strstr(raw, c->has) == NULL || (c->hasnt != NULL && (strstr(strstr(raw, "\r\n\r\n"), c->hasnt) != NULL ||
		    strstr(mail.text, c->hasnt) != NULL || (mail.html != NULL && strstr(mail.html, c->hasnt) != NULL))))
			fail_msg("%s: %s", c->name, raw);
	}
}

/* A signature is no more than that, whatever it begins with. */
static void
test_no_postscript(void **state)
{
	static const char *const below[] = {"Cleo", "psst", "PSA Bees", "Ps", "NB E1A 4B2", "PD Dr. Cleo", "p.s", "P", "-s:",
	    "Cleo, PS: 12"};
	struct place *p = *state;
	size_t i;

	asked(p);
	for (i = 0; i < GP_COUNT(below); i++)
		if (post(p, CLEO, gp_asprintf(p->ctx, "s%zu", i), "a", "Re: which day",
		    gp_asprintf(p->ctx, "%s\n\n-- \n%s\n", i % 2 == 0 ? "solved" : "reopen", below[i])) != 0)
			fail_msg("%s: a post", below[i]);
}

/* What waits for a yes is not done: the post stays whole, and the question is what its author hears. */
static void
test_waits(void **state)
{
	struct place *p = *state;
	int64_t before;
	char *text;

	asked(p);
	before = last_job(p);
	post(p, ANN, "c", "a", "Re: Question: which day for the acid?", "close: enough for today\nLet us go on in May.\n");
	text = mails(p, before);
	HAS(text, "|close: enough for today Let us go on in May.");
	HAS(text, "ann@example.org|[bees] Was that you?");
	HASNT(text, "Your answer");
}

/* A vote stays beside its reasons, and is counted; a stranger gets no mail of it. */
static void
test_votes(void **state)
{
	struct place *p = *state;
	int64_t before;
	char *text;

	set(p, "decisions", "on");
	post(p, CLEO, "q", NULL, "#decide Buy a press?", "Shall we?\n");
	before = last_job(p);
	assert_true(post(p, BOB, "b", "q", "Re: #decide Buy a press?", "Yes\nMine is broken.\n") != 0);
	text = mails(p, before);
	HAS(text, "|Yes Mine is broken.");
	HAS(told_since(p, before, BOB), "Your answer|Yes ");
	HAS(told_since(p, before, BOB), AS_WRITTEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_with_words),
		PLACE_TEST(test_no_postscript), PLACE_TEST(test_waits),
		PLACE_TEST(test_votes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
