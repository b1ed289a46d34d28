/* SPDX-License-Identifier: ISC */
/*
 * The words that people may write: found, not found in longer ones, not mistaken; and the files
 * of all languages, which may not contradict each other.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/list/command.h"
#include "site.h"

static void *mem;
static struct gp_templates *templates;
static struct gp_words *words;

static int
set_up(void **state)
{
	const char *src = getenv("GP_SRCDIR"), *dir;
	struct gp_err err;

	(void)state;
	mem = gp_ctx(NULL);
	dir = gp_path_join(mem, src != NULL ? src : ".", "templates");
	must(gp_templates_load(mem, &dir, 1, &templates, &err), &err);
	must(gp_words_load(mem, templates, &words, &err), &err);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	talloc_free(mem);
	return 0;
}

/* ---- base: fold.c -------------------------------------------------------------------------- */

static void
test_fold(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{"", ""},
		{"Join WEEKLY 2", "join weekly 2"},
		{"\xc3\x84\xc3\x96\xc3\x9c\xc3\x9f \xc3\x89\xc3\x91",
		    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f \xc3\xa9\xc3\xb1"},
		{"\xc3\x97\xc3\xb7", "\xc3\x97\xc3\xb7"},		/* no letters: times, division */
		{"\xe1\xba\x9e\xc5\xb8", "\xc3\x9f\xc3\xbf"},		/* capitals of sharp s, y diaeresis */
		{"\xc4\x8c\xc5\xa0\xc5\xbd\xc5\x81", "\xc4\x8d\xc5\xa1\xc5\xbe\xc5\x82"},
		{"\xc4\xb0\xc4\xb1", "\xc4\xb0\xc4\xb1"},		/* of Turkish, as they are */
		{"\xce\x91\xce\xa9 \xd0\x94\xd0\x90 \xd0\x81", "\xce\xb1\xcf\x89 \xd0\xb4\xd0\xb0 \xd1\x91"},
		{"don\xe2\x80\x99t", "don't"},
		{"\xe2\x80\x9cok\xe2\x80\x9d \xc2\xabok\xc2\xbb \xe2\x80\x9eok", "\"ok\" \"ok\" \"ok"},
		{"24\xe2\x80\x93" "26", "24-26"},
		{"ok\xe2\x80\x94now", "ok\xe2\x80\x94now"},		/* a long dash parts sentences */
		{"a\xc2\xa0" "b\xe2\x80\xaf" "c\xe2\x80\x89" "d", "a b c d"},
		{"\xf0\x9f\x91\x8d", "\xf0\x9f\x91\x8d"},
		{"\xff" "A\xc3", "\xef\xbf\xbd" "a\xef\xbf\xbd"},
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},	/* half of a pair */
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_utf8_fold(NULL, cases[i].in, strlen(cases[i].in)), *again;

		assert_string_equal(got, cases[i].want);
		assert_int_equal(gp_utf8_count(got, strlen(got)),
		    gp_utf8_count(cases[i].in, strlen(cases[i].in)));
		again = gp_utf8_fold(NULL, got, strlen(got));
		assert_string_equal(again, got);
		talloc_free(again);
		talloc_free(got);
	}
	/* A NUL is a character like others, and ends no text. */
	assert_int_equal(gp_utf8_count("a\0b", 3), 3);
}

static void
test_skip(void **state)
{
	static const struct { const char *text; size_t count, want; } cases[] = {
		{"", 0, 0}, {"", 3, 0}, {"abc", 0, 0}, {"abc", 2, 2}, {"abc", 9, 3},
		{"\xc3\xa4" "b", 1, 2}, {"\xc3\xa4" "b", 2, 3}, {"\xff\xff" "b", 2, 2},
		{"\xf0\x9f\x91\x8d!", 1, 4}, {"a\xc3", 2, 2},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++)
		assert_int_equal(gp_utf8_skip(cases[i].text, strlen(cases[i].text), cases[i].count),
		    cases[i].want);
}

/* ---- finding ------------------------------------------------------------------------------- */

/* The word that a line begins with, and how many bytes of it. */
static const struct {
	enum gp_word_kind kind;
	const char *line, *name;
	size_t used;
} finds[] = {
	{GP_WORD_COMMAND, "join weekly", "subscribe", 4},
	{GP_WORD_COMMAND, "JOIN", "subscribe", 4},
	{GP_WORD_COMMAND, "sign off", "unsubscribe", 8},	/* the longest, not "sign" */
	{GP_WORD_COMMAND, "sign   off", "unsubscribe", 10},
	{GP_WORD_COMMAND, "sign\xc2\xa0off", "unsubscribe", 9},
	{GP_WORD_COMMAND, "no mail", "none", 7},
	{GP_WORD_COMMAND, "unmute 3", "unmute", 6},
	{GP_WORD_COMMAND, "d\xc3\x89sabonner", "unsubscribe", 11},
	{GP_WORD_COMMAND, "W\xc3\x96" "CHENTLICH", "weekly", 12},
	{GP_WORD_COMMAND, "baja", "unsubscribe", 4},
	{GP_WORD_COMMAND, "joint", NULL, 0},
	{GP_WORD_COMMAND, "join-us", NULL, 0},
	{GP_WORD_COMMAND, "join@example.org", NULL, 0},
	{GP_WORD_COMMAND, "help/faq", NULL, 0},
	{GP_WORD_COMMAND, "", NULL, 0},
	{GP_WORD_COMMAND, " join", NULL, 0},	/* the caller takes blanks off */
	{GP_WORD_COMMAND, "\xff", NULL, 0},
	/* What takes no arguments is not meant in prose. */
	{GP_WORD_COMMAND, "none", "none", 4},
	{GP_WORD_COMMAND, "none, please!", "none", 4},
	{GP_WORD_COMMAND, "weekly digest please", "weekly", 13},
	{GP_WORD_COMMAND, "daily bees@example.org", "daily", 5},
	{GP_WORD_COMMAND, "none of my mails arrive", NULL, 0},
	{GP_WORD_COMMAND, "no mail since Monday", NULL, 0},
	{GP_WORD_COMMAND, "off topic", NULL, 0},
	{GP_WORD_COMMAND, "mail me the archive", NULL, 0},
	{GP_WORD_COMMAND, "each of us knows", NULL, 0},
	{GP_WORD_COMMAND, "keine Mail kam an", NULL, 0},
	{GP_WORD_COMMAND, "which bee is that", NULL, 0},
	{GP_WORD_COMMAND, "thanks for all your work", "stop", 6},
	/* Verdicts. */
	{GP_WORD_VERDICT, "ok", "ok", 2},
	{GP_WORD_VERDICT, "OK!!", "ok", 2},
	{GP_WORD_VERDICT, "ok.", "ok", 2},
	{GP_WORD_VERDICT, "ok\xf0\x9f\x91\x8d", "ok", 2},
	{GP_WORD_VERDICT, "ok\xe2\x80\xa6", "ok", 2},
	{GP_WORD_VERDICT, "ok\xe2\x80\x94send it", "ok", 2},
	{GP_WORD_VERDICT, "ok-", "ok", 2},
	{GP_WORD_VERDICT, "ok - now", "ok", 2},
	{GP_WORD_VERDICT, "no'", "no", 2},
	{GP_WORD_VERDICT, "No:reason", "no", 2},
	{GP_WORD_VERDICT, "d\xe2\x80\x99" "accord", "ok", 10},
	{GP_WORD_VERDICT, "okra", NULL, 0},
	{GP_WORD_VERDICT, "ok-ish", NULL, 0},
	{GP_WORD_VERDICT, "ok's", NULL, 0},
	{GP_WORD_VERDICT, "ok/no", NULL, 0},
	{GP_WORD_VERDICT, "ok_", NULL, 0},
	{GP_WORD_VERDICT, "ok2", NULL, 0},
	{GP_WORD_VERDICT, "ok\xc3\xa4", NULL, 0},
	{GP_WORD_VERDICT, "nobody", NULL, 0},
	{GP_WORD_VERDICT, "none", NULL, 0},
	{GP_WORD_VERDICT, "No\xc3\xabl", NULL, 0},
	{GP_WORD_VERDICT, "not sure", "unclear", 8},
	{GP_WORD_VERDICT, "no problem", "unclear", 10},
	{GP_WORD_VERDICT, "spam.", "drop", 4},
	{GP_WORD_VERDICT, "spam, again this one", "drop", 4},
	{GP_WORD_VERDICT, "spam filters are bad", NULL, 0},
	{GP_WORD_VERDICT, "drop it please", "drop", 4},
	{GP_WORD_VERDICT, "drop the subject", NULL, 0},
	{GP_WORD_VERDICT, "trust me on that", NULL, 0},
	{GP_WORD_VERDICT, "si", "ok", 2},
	{GP_WORD_VERDICT, "si vous voulez", NULL, 0},
	{GP_WORD_VERDICT, "s\xc3\xad claro", "ok", 3},
	/* Dates. */
	{GP_WORD_DATE, "-6.1.", "to", 1},
	{GP_WORD_DATE, "March", "3", 5},
	{GP_WORD_DATE, "marching", NULL, 0},
	{GP_WORD_DATE, "jusqu\xe2\x80\x99" "au 3", "to", 10},
	{GP_WORD_END, "Sent from my iPhone", "sent from", 9},
	{GP_WORD_END, "Presented from", NULL, 0},
	{GP_WORD_ROBOT, "Out of Office: x", "out of office", 13},
};

static void
test_find(void **state)
{
	const struct gp_word *got;
	size_t i, used;

	(void)state;
	for (i = 0; i < GP_COUNT(finds); i++) {
		used = 0;
		got = gp_words_find(words, finds[i].kind, finds[i].line, &used);
		if (!gp_streq(got != NULL ? got->name : NULL, finds[i].name))
			fail_msg("%s: %s, not %s", finds[i].line, got != NULL ? got->name : "nothing",
			    finds[i].name != NULL ? finds[i].name : "nothing");
		if (used != finds[i].used)
			fail_msg("%s: takes %zu, not %zu", finds[i].line, used, finds[i].used);
		assert_int_equal(gp_words_starts(words, finds[i].kind, finds[i].line), got != NULL);
	}
}

static void
test_near(void **state)
{
	static const struct { const char *line, *name; } cases[] = {
		{"joinn", "subscribe"}, {"jjoin weekly", "subscribe"}, {"jion", "subscribe"},
		{"jin", "subscribe"}, {"hepl", "help"}, {"hlp", "help"}, {"helpp", "help"}, {"welp", "help"},
		{"weeekly", "weekly"}, {"wekly", "weekly"}, {"weelky", "weekly"}, {"weakly", "weekly"},
		{"unsuscribe", "unsubscribe"}, {"unsubscirbe me", "unsubscribe"},
		{"unsubcsribe", "unsubscribe"}, {"usnubscirbe", "unsubscribe"},
		{"unsubscribed", "unsubscribe"}, {"abmeldne", "unsubscribe"},
		{"W\xc3\x96" "CHENTLIHC", "weekly"},
		/* None is meant: too far, or so short that it is near to everything. */
		{"bees", NULL}, {"honey", NULL}, {"", NULL}, {"ab", NULL}, {"x", NULL},
		{"unsxbscrxbx", NULL}, {"1234", NULL}, {"!!!", NULL}, {"\xff\xff\xff", NULL},
		{"jane@example.org", NULL},
	};
	const struct gp_word *got;
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		got = gp_words_near(words, GP_WORD_COMMAND, cases[i].line);
		if (!gp_streq(got != NULL ? got->name : NULL, cases[i].name))
			fail_msg("%s: %s, not %s", cases[i].line, got != NULL ? got->name : "nothing",
			    cases[i].name != NULL ? cases[i].name : "nothing");
	}
}

static void
test_only_polite(void **state)
{
	static const char *const yes[] = {"", " ", "!", "please", ", please!", "me, thanks",
	    "\xf0\x9f\x98\x8a",
	    "bitte, danke", "s'il vous pla\xc3\xaet", "bees@example.org"};
	static const char *const no[] = {"because", "please wait", "3", "me and Jane", "x", "please\nno"};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(yes); i++)
		if (!gp_words_only_polite(words, yes[i]))
			fail_msg("%s", yes[i]);
	for (i = 0; i < GP_COUNT(no); i++)
		if (gp_words_only_polite(words, no[i]))
			fail_msg("%s", no[i]);
}

/* ---- the files of all languages ------------------------------------------------------------ */

/* One word, one meaning, whatever the language: somebody may write any of them. */
static void
test_one_meaning(void **state)
{
	const struct gp_word *a, *b;
	size_t i, k, wrong = 0;

	(void)state;
	for (i = 0; (a = gp_words_each(words, i)) != NULL; i++) {
		if (a->kind != GP_WORD_COMMAND && a->kind != GP_WORD_VERDICT && a->kind != GP_WORD_DATE &&
		    a->kind != GP_WORD_THING)
			continue;
		for (k = 0; k < i; k++) {
			b = gp_words_each(words, k);
			if (a->kind == b->kind && strcmp(a->text, b->text) == 0 &&
			    strcmp(a->name, b->name) != 0) {
				print_error("\"%s\" is %s in %s and %s in %s\n", a->text, a->name,
				    a->language, b->name, b->language);
				wrong++;
			}
		}
	}
	assert_int_equal(wrong, 0);
}

/* Is there a line of that name in that language, with what it does? */
static const struct gp_word *
line_of(enum gp_word_kind kind, const char *name, const char *language)
{
	const struct gp_word *w = gp_words_about(words, kind, name, language);

	return w != NULL && strcmp(w->language, language) == 0 &&
	    (w->summary[0] != '\0' || kind == GP_WORD_THING) ? w : NULL;
}

/* Every language says every command and verdict that English says, with arguments where it has
 * them. */
static void
test_all_languages(void **state)
{
	const struct gp_word *w, *other;
	const char *const *languages;
	size_t i, k, n, wrong = 0;

	(void)state;
	languages = gp_templates_languages(mem, templates, &n);
	assert_true(n >= 4);
	for (k = 0; k < n; k++)
		for (i = 0; (w = gp_words_each(words, i)) != NULL; i++) {
			if (w->summary == NULL || strcmp(w->language, "en") != 0 ||
			    (w->kind != GP_WORD_COMMAND && w->kind != GP_WORD_VERDICT &&
			    w->kind != GP_WORD_THING))
				continue;
			other = line_of(w->kind, w->name, languages[k]);
			if (other == NULL || (*other->arguments == '\0') != (*w->arguments == '\0')) {
				print_error("%s: %s is missing, or has not what it takes\n",
				    languages[k], w->name);
				wrong++;
			}
		}
	/* And nothing that English doesn't have; of each kind there is something. */
	for (i = 0; (w = gp_words_each(words, i)) != NULL; i++)
		if ((w->kind == GP_WORD_COMMAND || w->kind == GP_WORD_VERDICT ||
		    w->kind == GP_WORD_DATE || w->kind == GP_WORD_THING) && w->summary != NULL &&
		    gp_words_about(words, w->kind, w->name, "en") == NULL) {
			print_error("%s: there is no %s\n", w->language, w->name);
			wrong++;
		}
	for (k = 0; k < n; k++) {
		unsigned kinds = 0;

		for (i = 0; (w = gp_words_each(words, i)) != NULL; i++)
			if (strcmp(w->language, languages[k]) == 0)
				kinds |= 1u << w->kind;
		if (kinds != (2u << GP_WORD_BYE) - 1) {
			print_error("%s lacks a kind of word (%x)\n", languages[k], kinds);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* The table of commands and the file of words are about the same. */
static void
test_commands(void **state)
{
	const struct gp_word *w;
	size_t i;

	(void)state;
	for (i = 0; i < gp_command_count; i++)
		if (line_of(GP_WORD_COMMAND, gp_commands[i].name, "en") == NULL)
			fail_msg("no line for the command %s", gp_commands[i].name);
	for (i = 0; (w = gp_words_each(words, i)) != NULL; i++)
		if (w->kind == GP_WORD_COMMAND && gp_command_find(w->name) == NULL)
			fail_msg("a line for %s, which is no command", w->name);
}

/* A file that can't be read says where. */
static void
test_bad_file(void **state)
{
	char dir[] = "/tmp/guildpost-words-XXXXXX", command[100];
	const char *dirs[1] = {dir};
	struct gp_templates *set;
	struct gp_words *w;
	struct gp_err err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	must(gp_dir_make(gp_path_join(mem, dir, "mail/xx"), 0700, &err), &err);
	must(gp_file_write(gp_path_join(mem, dir, "mail/xx/words"), "# x\n\nverdcit ok | x\n", 20, 0600,
	    &err), &err);
	must(gp_templates_load(mem, dirs, 1, &set, &err), &err);
	assert_int_equal(gp_words_load(mem, set, &w, &err), GP_E_CONFIG);
	assert_string_equal(err.msg, "mail/xx/words:3: \"verdcit\" is no kind of word");
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_only_polite),
		cmocka_unit_test(test_one_meaning),
		cmocka_unit_test(test_all_languages),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_bad_file),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
