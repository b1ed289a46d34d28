/* SPDX-License-Identifier: ISC */
/*
 * What people wrote, taken out of what mail programs, gateways and habits put around it: mails
 * as these programs write them, in tests/data/replies, each with what must be read in it.
 *
 * A file holds cases; a case is
 *   %% name
 *   %verdict ok          the verdict that is read, or none
 *   %reason Off topic    and how what stands behind it begins; empty: there must be none
 *   %command join weekly a line that asks for something; as many as must be read, in that order
 *   %own Since 1999      how the own words begin
 *   %below The text      how the text below a line begins, or none
 *   %auto                a machine wrote it: nobody reads it
 * and the mail behind it, up to the next case.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/list/read.h"
#include "site.h"

#include <dirent.h>

enum { MAX_WANTED = 20 };

struct wanted {
	const char *file;
	char *name, *verdict, *reason, *own, *below;
	char *commands[MAX_WANTED];
	size_t commands_n;
	bool machine;
};

struct tally {
	size_t cases, verdicts, doubts, commands, failed;
};

static const char *
source(void)
{
	const char *dir = getenv("GP_SRCDIR");

	return dir != NULL ? dir : ".";
}

static struct gp_words *
load_words(const void *ctx)
{
	const char *dir = gp_path_join(ctx, source(), "templates");
	struct gp_templates *set;
	struct gp_words *words;
	struct gp_err err;

	must(gp_templates_load(ctx, &dir, 1, &set, &err), &err);
	must(gp_words_load(ctx, set, &words, &err), &err);
	return words;
}

static void
complain(struct tally *t, const struct wanted *w, const char *what, const char *got,
    const char *want)
{
	print_error("%s: %s: %s is \"%s\", not \"%s\"\n", w->file, w->name, what, got, want);
	t->failed++;
}

static void
check_verdict(const void *ctx, const struct gp_words *words, const struct gp_mail *m,
    const struct wanted *w, struct tally *t)
{
	char *rest = NULL;
	const struct gp_word *got = gp_read_word(ctx, words, GP_WORD_VERDICT, m, &rest);
	const char *name = got != NULL ? got->name : "none";

	if (strcmp(name, w->verdict) != 0)
		complain(t, w, "the verdict", name, w->verdict);
	if (w->reason != NULL && got != NULL && (*w->reason == '\0' ? *rest != '\0' :
	    !gp_starts(rest, w->reason)))
		complain(t, w, "the reason", rest, w->reason);
	/* Neither our own mail nor a signature may get into what the author is sent. */
	if (got != NULL && (strstr(rest, "@example.org") != NULL || strstr(rest, "Sent from") != NULL ||
	    strstr(rest, "hold-") != NULL))
		complain(t, w, "the reason", rest, "without what was quoted");
	if (strcmp(w->verdict, "none") == 0)
		t->doubts++;
	else
		t->verdicts++;
}

static void
check_commands(const void *ctx, const struct gp_words *words, const struct gp_mail *m,
    const struct wanted *w, struct tally *t)
{
	struct gp_lines lines;
	size_t i;

	gp_read_commands(ctx, words, m, &lines);
	for (i = 0; i < lines.n || i < w->commands_n; i++) {
		const char *got = i < lines.n ? lines.v[i] : "", *want;

		want = i < w->commands_n ? w->commands[i] : "";
		if (strcmp(got, want) != 0)
			complain(t, w, "a command", got, want);
	}
	t->commands++;
}

static void
check_case(const struct gp_words *words, const struct wanted *w, const char *mail, struct tally *t)
{
	void *ctx = gp_ctx(NULL);
	struct gp_inbound in;
	const char *got;

	incoming(ctx, mail, "someone@example.net", &in);
	t->cases++;
	if (((in.mail->flags & GP_MAIL_AUTO) != 0) != w->machine)
		complain(t, w, "who wrote it", w->machine ? "a person" : "a machine", "that");
	if (w->verdict != NULL)
		check_verdict(ctx, words, in.mail, w, t);
	if (w->commands_n > 0)
		check_commands(ctx, words, in.mail, w, t);
	if (w->own != NULL) {
		got = gp_read_own(ctx, words, in.mail);
		if (*w->own == '\0' ? *got != '\0' : !gp_starts(got, w->own))
			complain(t, w, "what is the writer's own", got, w->own);
	}
	if (w->below != NULL) {
		got = gp_read_below(ctx, in.mail);
		got = got != NULL ? got : "none";
		if (!gp_starts(got, w->below))
			complain(t, w, "the text below", got, w->below);
	}
	talloc_free(ctx);
}

/* One "%key value" line. */
static void
read_wanted(struct wanted *w, char *line)
{
	char *value = line + strcspn(line, " ");

	if (*value == ' ')
		*value++ = '\0';
	if (strcmp(line, "%verdict") == 0)
		w->verdict = value;
	else if (strcmp(line, "%reason") == 0)
		w->reason = value;
	else if (strcmp(line, "%own") == 0)
		w->own = value;
	else if (strcmp(line, "%below") == 0)
		w->below = value;
	else if (strcmp(line, "%auto") == 0)
		w->machine = true;
	else if (strcmp(line, "%command") == 0 && w->commands_n < MAX_WANTED)
		w->commands[w->commands_n++] = value;
	else
		fail_msg("%s: %s: what is %s?", w->file, w->name, line);
}

static void
check_file(const struct gp_words *words, const char *path, const char *file, struct tally *t)
{
	void *ctx = gp_ctx(NULL);
	const char *p, *next;
	struct gp_err err;
	char *text;
	size_t n;

	must(gp_file_read(ctx, path, 1 << 20, &text, &n, &err), &err);
	for (p = strstr(text, "%% "); p != NULL; p = next) {
		struct wanted w = {0};
		char *line, *nl;

		next = strstr(p, "\n%% ");
		next = next != NULL ? next + 1 : NULL;
		line = gp_strndup(ctx, p + 3, next != NULL ? (size_t)(next - p) - 3 : strlen(p));
		w.file = file;
		w.name = line;
		do {
			nl = strchr(line, '\n');
			assert_non_null(nl);
			*nl = '\0';
			if (line != w.name)
				read_wanted(&w, line);
			line = nl + 1;
		} while (*line == '%');
		check_case(words, &w, line, t);
	}
	talloc_free(ctx);
}

static void
test_mail_programs(void **state)
{
	void *ctx = gp_ctx(NULL);
	char *dir = gp_path_join(ctx, source(), "tests/data/replies");
	struct gp_words *words = load_words(ctx);
	struct tally t = {0};
	struct dirent *e;
	DIR *d = opendir(dir);

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		if (gp_ends(e->d_name, ".txt"))
			check_file(words, gp_path_join(ctx, dir, e->d_name), e->d_name, &t);
	closedir(d);
	print_message("# %zu mails: %zu verdicts, %zu in doubt, %zu with commands\n", t.cases,
	    t.verdicts, t.doubts, t.commands);
	assert_int_equal(t.failed, 0);
	/* That nobody takes the files away unseen. */
	assert_true(t.cases >= 60);
	talloc_free(ctx);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
