/* SPDX-License-Identifier: ISC */
/* Taking part from the archive: what a mail program is handed, and commands for a terminal. */
#include "web.h"

static const struct {
	const char *name, *id, *from, *subject, *body;
	const char *has[6], *hasnt[3];
} answers[] = {
	{"a plain one", "a@x.example", "Ann <ann@hidden.example>", "How now", "brown cow",
	    {"mailto:bees@example.org?In-Reply-To=%3Ca%40x.example%3E", "Subject=Re:%20How%20now",
	    "body=On%2023%20Nov%202026,%2010:00%20UTC,%20Ann%20wrote:%0D%0A%3E%20brown%20cow%0D%0A",
	    "thread-", "?subject=follow"}, {"hidden.example"}},
	{"a reply has one reply word", "b@x.example", "Bob <bob@hidden.example>", "Re: How now", "yes",
	    {"Subject=Re:%20How%20now"}, {"Re:%20Re:"}},
	{"marks of addresses", "c&d=e#f?@x.example", "Eve <eve@hidden.example>", "100% & more?", "a&b=c #d",
	    {"In-Reply-To=%3Cc%26d%3De%23f%3F%40x.example%3E", "Subject=Re:%20100%25%20%26%20more%3F",
	    "%3E%20a%26b%3Dc%20%23d"}},
	{"what was quoted is not quoted again", "g@x.example", "Gil <gil@hidden.example>", "Re: Old",
	    "On Monday, Hal wrote:\n> older words\n\nnew words\n\n-- \nGil", {"%3E%20new%20words"},
	    {"older%20words", "Hal"}},
	{"nor addresses", "i@x.example", "Ida <ida@hidden.example>", "Old", "write to jan@hidden.example",
	    {"write%20to%20jan%40..."}, {"hidden.example"}},
	{"no new parameters", "k@x.example&body=evil", "Kim <k@hidden.example>", "x\xc3\xbc", "&cc=evil@evil.example",
	    {"Subject=Re:%20x%C3%BC", "%26cc%3Devil%40..."}, {"&amp;cc=", "body=evil"}},
};

static char *
line_with(struct reader *r, const char *html, const char *what)
{
	const char *p = strstr(html, what), *start, *end;

	if (p == NULL)
		fail_msg("no %s", what);
	for (start = p; start > html && start[-1] != '\n'; start--)
		;
	end = strchr(p, '\n');
	return gp_strndup(r->ctx, start, end == NULL ? strlen(start) : (size_t)(end - start));
}

static void
reply(void **state)
{
	struct reader *r = *state;
	size_t i, k;

	for (i = 0; i < GP_COUNT(answers); i++) {
		char *key = post(r, answers[i].id, NULL, answers[i].from, answers[i].subject, answers[i].body);
		char *html = page(r, gp_asprintf(r->ctx, "/bees/m/%s", key));
		char *line = line_with(r, html, ">Reply</a>");

		for (k = 0; k < GP_COUNT(answers[i].has) && answers[i].has[k] != NULL; k++)
			if (strstr(line, answers[i].has[k]) == NULL)
				fail_msg("%s: no %s in %s", answers[i].name, answers[i].has[k], line);
		for (k = 0; k < GP_COUNT(answers[i].hasnt) && answers[i].hasnt[k] != NULL; k++)
			if (strstr(line, answers[i].hasnt[k]) != NULL)
				fail_msg("%s: %s in %s", answers[i].name, answers[i].hasnt[k], line);
	}
}

/* Some programs take no long address. */
static void
long_text(void **state)
{
	struct reader *r = *state;
	struct gp_buf b;
	char *line;
	int i;

	gp_buf_init(&b, r->ctx, 1 << 20);
	for (i = 0; i < 500; i++)
		gp_buf_printf(&b, "line %d of a long message\n", i);
	line = line_with(r, page(r, gp_asprintf(r->ctx, "/bees/m/%s", post(r, "l@x.example", NULL,
	    "Ann <ann@x.example>", "Long", b.p))), ">Reply</a>");
	assert_non_null(strstr(line, "line%200%20of"));
	assert_null(strstr(line, "line%20200%20of"));
	assert_true(strlen(line) < 4000);
}

static void
closed(void **state)
{
	struct reader *r = *state;
	char *key = post(r, "m@x.example", NULL, "Ann <ann@x.example>", "Last words", "bye"), *html;

	set(r, "closed", "yes");
	html = page(r, gp_asprintf(r->ctx, "/bees/m/%s", key));
	hasnt(html, ">Reply<");
	hasnt(html, ">Follow by mail<");
	html = page(r, gp_asprintf(r->ctx, "/bees/t/%s", key));
	hasnt(html, ">Reply<");
}

/* What people paste into a shell is made of what strangers wrote. */
static void
commands(void **state)
{
	static const char patch[] = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
	static const struct {
		const char *id;
		bool shown;
	} ids[] = {
		{"plain-1.2+3=4@x.example", true}, {"$(reboot)`reboot`\"\\@x.example", true},
		{"a'$(reboot)'@x.example", false}, {"-rf@x.example", false}, {"\xc3\xbc@x.example", false},
	};
	struct reader *r = *state;
	size_t i;
	char *html;

	html = page(r, gp_asprintf(r->ctx, "/bees/m/%s", post(r, "n@x.example", NULL,
	    "Ann <ann@x.example>", "No patch", "words")));
	has(html, "/t/");
	hasnt(html, "git send-email");
	for (i = 0; i < GP_COUNT(ids); i++) {
		html = page(r, gp_asprintf(r->ctx, "/bees/m/%s", post(r, ids[i].id, NULL,
		    "Ann <ann@x.example>", "A patch", patch)));
		if ((strstr(html, "--in-reply-to='") != NULL) != ids[i].shown)
			fail_msg("%s: %sshown", ids[i].id, ids[i].shown ? "not " : "");
	}
}

/* One message on two lists. */
static void
elsewhere(void **state)
{
	static const char text[] = "From: Ann <ann@x.example>\nSubject: To both\nMessage-ID: <o@x.example>\n\nwords\n";
	struct reader *r = *state;
	struct gp_list *wasps;
	struct gp_err err;
	char *key, *path;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_create(r->ctx, r->p.site->store, "wasps@example.org", &wasps, &err), &err);
	must(gp_list_set(r->p.site->store, wasps, "title", "The wasps", &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	key = post_on(r, r->p.bees, text);
	path = gp_asprintf(r->ctx, "/bees/m/%s", key);
	hasnt(page(r, path), "Also on");
	post_on(r, wasps, text);
	has(page(r, path), gp_asprintf(r->ctx, "<a href=\"/wasps/m/%s\" dir=\"auto\">The wasps</a>", key));
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_set(r->p.site->store, wasps, "archive", "members", &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	hasnt(page(r, path), "wasps");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(reply), WEB_TEST(long_text), WEB_TEST(closed), WEB_TEST(commands), WEB_TEST(elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
