/* SPDX-License-Identifier: ISC */
/* Answers to digests: threaded under the message that they quote, or asked about; never posted under a digest's name. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hold.h"

#define DIGEST "<digest.1.2@example.org>"
#define ANSWERS "In-Reply-To: " DIGEST "\n"
#define HEAD "From: " BOB "\nTo: bees@example.org\nSubject: Re: [bees] 29 November: 2 messages\n"

/* Two posts of Ann's, which a digest has: their keys and numbers. */
struct posts {
	char *key[2];
	long long id[2];
};

static struct posts
two_posts(struct place *p)
{
	struct gp_outcome o;
	struct posts out;

	take_in(p, "bees@example.org", "From: ann@example.org\nSubject: [bees] Swarms\nMessage-ID: <one@x.example>\n"
	    "References: <root@x.example>\n\nOf swarms\n", "ann@example.org", &o);
	out.key[0] = gp_strdup(p->ctx, o.key);
	out.id[0] = (long long)o.message;
	take_in(p, "bees@example.org", "From: ann@example.org\nSubject: =?utf-8?Q?K=C3=B6nigin?=\nMessage-ID: <two@x.example>\n"
	    "\nOf queens\n", "ann@example.org", &o);
	out.key[1] = gp_strdup(p->ctx, o.key);
	out.id[1] = (long long)o.message;
	return out;
}

/* %1 and %2 stand for links to the messages, #1 and #2 for their numbers, $1 and $2 for their keys. */
static char *
fill(struct place *p, const struct posts *v, const char *text)
{
	struct gp_buf b;

	gp_buf_init(&b, p->ctx, 1 << 20);
	for (; *text != '\0'; text++) {
		if (*text == '%' && (text[1] == '1' || text[1] == '2'))
			gp_buf_printf(&b, "%s/bees/m/%s", p->site->conf->url, v->key[*++text - '1']);
		else if (*text == '#' && (text[1] == '1' || text[1] == '2'))
			gp_buf_printf(&b, "%lld", v->id[*++text - '1']);
		else if (*text == '$' && (text[1] == '1' || text[1] == '2'))
			gp_buf_puts(&b, v->key[*++text - '1']);
		else
			gp_buf_putc(&b, *text);
	}
	return b.p;
}

static const struct {
	const char *fields, *body;
	const char *subject;		/* NULL: it is held */
	const char *parent;
	const char *text;		/* what is left; NULL: as it came */
} cases[] = {
	/* Of the quote only lines of that message stay. */
	{ANSWERS, "Mine too.\n\n> **Ann**\n> Of swarms\n> [Read](%1)\n", "Re: [bees] Swarms", "one@x.example",
	    "Mine too.\n\n> Of swarms\n"},
	{ANSWERS, "> Of swarms\n> Read (%1)\n\nMine too.\n", "Re: [bees] Swarms", "one@x.example",
	    "> Of swarms\n\nMine too.\n"},
	{ANSWERS, "On Sunday bees wrote:\n\n> ## Also new\n> Of\n> queens\n> Of queens\n> Read (%2).\n\nMine too.\n",
	    "Re: Königin", "two@x.example", "> Of queens\n\nMine too.\n"},
	{"References: <x@x.example> " DIGEST "\n", "> (%1)\nYes\n", "Re: [bees] Swarms", "one@x.example", "Yes\n"},
	{ANSWERS "References: " DIGEST "\nThread-Topic: x\n", "> (%1)\nYes\n", "Re: [bees] Swarms", "one@x.example",
	    "Yes\n"},
	{ANSWERS, "Yes\n\n-----Original Message-----\nFrom: bees\n\nOf swarms %1\n", "Re: [bees] Swarms", "one@x.example",
	    "Yes\n"},
	{ANSWERS, "> %1\n> %1\nTwice the same\n", "Re: [bees] Swarms", "one@x.example", "Twice the same\n"},
	{ANSWERS, "> bees+reply-$1@example.org\nYes\n", "Re: [bees] Swarms", "one@x.example", "Yes\n"},
	{ANSWERS, "> Of swarms (get #1)\nYes\n", "Re: [bees] Swarms", "one@x.example", "Yes\n"},
	{ANSWERS, "> Of queens (hole #2)\nJa\n", "Re: Königin", "two@x.example", "Ja\n"},
	{ANSWERS "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n", "pre\n--B\n\n> %1\n\nYes\n--B\n"
	    "Content-Type: image/png; name=a.png\n\nxyz\n--B--\npost\n", "Re: [bees] Swarms", "one@x.example", "Yes\n"},
	{ANSWERS "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=B\n", "--B\nContent-Type: text/plain; "
	    "charset=iso-8859-1; format=flowed\n\n> %1\n\nJa <b>\n--B\nContent-Type: text/html\n\n<p>Ja</p>%1\n--B--\n",
	    "Re: [bees] Swarms", "one@x.example", "Ja <b>\n"},
	{ANSWERS "MIME-Version: 1.0\nContent-Type: text/html\n", "<p>Yes</p><blockquote>Of swarms <a href=\"%1\">Read</a>"
	    "</blockquote>\n", "Re: [bees] Swarms", "one@x.example", "Yes\n"},
	/* What is signed stays whole. */
	{ANSWERS "MIME-Version: 1.0\nContent-Type: multipart/signed; boundary=B; protocol=\"application/pgp-signature\"\n",
	    "--B\n\n> %1\nYes\n--B\nContent-Type: application/pgp-signature\n\nx\n--B--\n", "Re: [bees] Swarms",
	    "one@x.example", NULL},
	/* To the address of a digest, or of one message, whatever else the program left out. */
	{"Cc: bees+answer@example.org\n", "> %1\nYes\n", "Re: [bees] Swarms", "one@x.example", "Yes\n"},
	{"Cc: Bees <bees-answer@Example.org>\n", "> %1\nYes\n", "Re: [bees] Swarms", "one@x.example", "Yes\n"},
	{"Cc: bees+reply-$1@example.org\n", "> All of it\nYes\n", "Re: [bees] Swarms", "one@x.example", NULL},
	{"Cc: bees+reply-$2@example.org\nIn-Reply-To: <unknown@x.example>\n", "Yes\n", "Re: Königin", "two@x.example", NULL},
	/* The program did name the message: nothing is changed. */
	{"Cc: bees+reply-$2@example.org\nIn-Reply-To: <one@x.example>\n", "Yes\n",
	    "Re: [bees] 29 November: 2 messages", "one@x.example", NULL},
	{"Cc: bees+reply-aaaaaaaaaaaa@example.org\n", "Yes\n", "Re: [bees] 29 November: 2 messages", NULL, NULL},
	/* No answer to a digest: stays as it is. */
	{"In-Reply-To: <one@x.example>\n", "> %2\nYes\n", "Re: [bees] 29 November: 2 messages", "one@x.example", NULL},
	{"In-Reply-To: <one@x.example>\nReferences: " DIGEST "\n", "Yes\n", "Re: [bees] 29 November: 2 messages",
	    "one@x.example", NULL},
	/* Of another domain, or another name. */
	{"In-Reply-To: <digest.1@x.example>\n", "Yes\n", "Re: [bees] 29 November: 2 messages", NULL, NULL},
	{"In-Reply-To: <digesting@example.org>\n", "Yes\n", "Re: [bees] 29 November: 2 messages", NULL, NULL},
	/* Which is meant? */
	{ANSWERS, "I agree.\n", NULL, NULL, NULL},
	{ANSWERS, "I agree.\n\n> %1\n> %2\n", NULL, NULL, NULL},
	{ANSWERS, "I agree.\n\n> (get #1)\n> (get #2)\n", NULL, NULL, NULL},
	{ANSWERS, "> http://elsewhere.example/bees/m/aaaaaaaaaaaa\nYes\n", NULL, NULL, NULL},
	{ANSWERS, "> (get 99999)\n> (get)\n> (get -1)\n> (get 1 2)\n> (get 99999999999999999999)\n> (\nYes\n", NULL, NULL, NULL},
	{ANSWERS, "> (which #1)\nYes\n", NULL, NULL, NULL},
};

static const char *
behind_header(const char *raw)
{
	const char *p = strstr(raw, "\r\n\r\n");

	assert_non_null(p);
	return p + 4;
}

/* What is kept, as it was made and as a parser reads it. */
static void
same_as_parsed(struct place *p, int64_t message, const struct gp_mail *fresh)
{
	struct gp_mail kept;
	struct gp_err err;
	size_t i;

	must(gp_message_mail(p->ctx, p->site->store, message, &kept, NULL, NULL, &err), &err);
	assert_string_equal(kept.subject, fresh->subject);
	assert_string_equal(kept.text, fresh->text);
	assert_int_equal(kept.parts_n, fresh->parts_n);
	for (i = 0; i < kept.parts_n; i++) {
		assert_int_equal(kept.parts[i].head, fresh->parts[i].head);
		assert_int_equal(kept.parts[i].body, fresh->parts[i].body);
		assert_int_equal(kept.parts[i].len, fresh->parts[i].len);
	}
	assert_int_equal(kept.references_n, fresh->references_n);
	for (i = 0; i < kept.references_n; i++)
		assert_string_equal(kept.references[i], fresh->references[i]);
	assert_int_equal(kept.in_reply_to_n, fresh->in_reply_to_n);
	if ((kept.flags & GP_MAIL_TEXT_SLICE) != 0)
		assert_int_equal(kept.text_off, fresh->text_off);
}

static char *
canon(struct place *p, const char *text)
{
	unsigned changes;
	size_t n;

	return gp_mail_canon(p->ctx, text, strlen(text), &n, &changes);
}

static void
test_which(void **state)
{
	struct place *p = *state;
	struct posts v = two_posts(p);
	size_t i, n;

	setting(p, "repeats", "yes");
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *body = fill(p, &v, cases[i].body), *raw, *text;
		struct gp_outcome o = {0};
		struct gp_mail fresh;
		struct gp_err err;

		text = gp_asprintf(p->ctx, HEAD "Message-ID: <%zu@answer.example>\n%s\n%s", i, fill(p, &v, cases[i].fields), body);
		take_in(p, "bees@example.org", text, "bob@example.net", &o);
		if (cases[i].subject == NULL) {
			if (o.hold == 0 || o.message != 0)
				fail_msg("case %zu: not held", i);
			continue;
		}
		if (o.message == 0)
			fail_msg("case %zu: not posted: %s", i, o.text);
		must(gp_message_raw(p->ctx, p->site->store, o.message, &raw, &n, &err), &err);
		must(gp_derive(p->ctx, raw, n, &fresh, &err), &err);
		assert_string_equal(fresh.subject, cases[i].subject);
		if (cases[i].parent == NULL)
			continue;
		assert_int_equal(fresh.in_reply_to_n, 1);
		assert_string_equal(fresh.in_reply_to[0], cases[i].parent);
		same_as_parsed(p, o.message, &fresh);
		if (cases[i].text == NULL) {
			assert_string_equal(behind_header(raw), behind_header(canon(p, text)));
			continue;
		}
		if (strcmp(fresh.text, cases[i].text) != 0)
			fail_msg("case %zu: %s", i, fresh.text);
		/* Answers to all go to the list, not to an address that stands for one message. */
		assert_null(strstr(raw, "+answer@"));
	}
}

/* Nothing but the digest: its writer is told so at once. */
static void
test_wordless(void **state)
{
	struct place *p = *state;
	struct posts v = two_posts(p);
	static const char *const bodies[] = {"", "> Of swarms\n> %1\n", "-----Original Message-----\nFrom: bees\n\n%1\n"};
	struct gp_decision d;
	struct gp_inbound in;
	struct gp_route route;
	struct gp_err err;
	size_t i;

	must(gp_route_find(p->ctx, p->site, "bees+answer@example.org", &route, &err), &err);
	for (i = 0; i < GP_COUNT(bodies); i++) {
		incoming(p->ctx, gp_asprintf(p->ctx, HEAD ANSWERS "\n%s", fill(p, &v, bodies[i])), "bob@example.net", &in);
		must(gp_decide(p->ctx, p->site, &route, &in, &d, &err), &err);
		assert_int_equal(d.kind, GP_DECIDE_REJECT);
		assert_string_equal(d.rule, "digest");
	}
	incoming(p->ctx, "From: " BOB "\nTo: bees+answer@example.org\nSubject: Out of office\nAuto-Submitted: auto-replied\n\n"
	    "I am away.\n", "bob@example.net", &in);
	must(gp_decide(p->ctx, p->site, &route, &in, &d, &err), &err);
	assert_int_equal(d.kind, GP_DECIDE_DISCARD);
}

/* What was answered before is named, too: threads stay whole in every program. */
static void
test_references(void **state)
{
	struct place *p = *state;
	struct posts v = two_posts(p);
	struct gp_outcome o = {0};
	struct gp_message *m;
	struct gp_mail mail;
	struct gp_err err;

	take_in(p, "bees@example.org", gp_asprintf(p->ctx, HEAD ANSWERS "\n%s", fill(p, &v, "> %1\nYes\n")),
	    "bob@example.net", &o);
	must(gp_message_mail(p->ctx, p->site->store, o.message, &mail, NULL, NULL, &err), &err);
	assert_int_equal(mail.references_n, 2);
	assert_string_equal(mail.references[0], "root@x.example");
	must(gp_message_find_id(p->ctx, p->site->store, o.message, &m, &err), &err);
	assert_int_equal(m->parent, v.id[0]);
}

/* Rules are asked about the message that is meant. */
static void
test_rules(void **state)
{
	struct place *p = *state;
	struct posts v = two_posts(p);
	struct gp_outcome o = {0};

	setting(p, "start", "moderators");
	take_in(p, "bees@example.org", gp_asprintf(p->ctx, HEAD ANSWERS "\n%s", fill(p, &v, "> %1\nYes\n")),
	    "bob@example.net", &o);
	assert_true(o.message > 0);
}

/* The newest mail of ours to somebody. */
static const char *
written_to(struct place *p, const char *who)
{
	size_t n;
	struct gp_job **v = jobs_since(p, 0, &n);

	while (n-- > 0)
		if (strcmp(goes_to(p, v[n]), who) == 0)
			return without_stars(p->ctx, gp_utf8_line(p->ctx, read_job(p, v[n])->text,
			    strlen(read_job(p, v[n])->text), 1 << 16));
	return "";
}

/* The author is asked; a moderator's ok makes a thread of it, which has a name. */
static void
test_asked(void **state)
{
	struct place *p = *state;
	struct posts v = two_posts(p);
	struct gp_outcome o = {0};
	struct gp_message *m;
	struct gp_hold *h;
	struct gp_err err;

	take_in(p, "bees@example.org", gp_asprintf(p->ctx, HEAD ANSWERS "Message-ID: <w@x.example>\n\nI agree with all that was "
	    "said of queens and of swarms this week.\n\n%s", fill(p, &v, "> %1\n> %2\n")), "bob@example.net", &o);
	HAS(written_to(p, "bob@example.net"), "which message you answer");
	must(gp_hold_find(p->ctx, p->site->store, o.hold, &h, &err), &err);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_hold_verdict(p->ctx, p->site, p->bees, h, GP_HOLD_APPROVED, "ann@example.org", "", &o, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	must(gp_message_find_id(p->ctx, p->site->store, o.message, &m, &err), &err);
	assert_string_equal(m->subject, "I agree with all that was said of queens and of swarms this ...");
	assert_int_equal(m->parent, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_which), TEST(test_wordless), TEST(test_references), TEST(test_rules), TEST(test_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
