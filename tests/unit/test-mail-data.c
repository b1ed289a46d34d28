/* SPDX-License-Identifier: ISC */
/*
 * Whole messages: those of tests/data/mail with what must be read from them, and, where
 * GP_CORPORA names a folder of real mail, every file in it (and what its
 * hostile/gen_malformed.py makes): nothing may crash, leak or come back different.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_MAX (16 << 20)

/* The whole way of a message; false when it is over a limit. */
static bool
travel(const void *ctx, const char *bytes, size_t n, struct gp_mail *out)
{
	unsigned changes;
	struct gp_buf b, again;
	struct gp_scan scan;
	struct gp_mail m;
	struct gp_err err;
	char *raw = gp_mail_canon(ctx, bytes, n, &n, &changes);

	if (gp_mail_scan(raw, n, &scan, &err) != GP_OK)
		return false;
	if (gp_mail_parse(ctx, raw, n, &m, &err) != GP_OK)
		fail_msg("not parsed: %s", err.msg);
	gp_buf_init(&b, ctx, GP_MAX_FRAME);
	gp_buf_init(&again, ctx, GP_MAX_FRAME);
	gp_mail_pack(&b, &m);
	if (gp_mail_unpack(ctx, (struct gp_str){ b.p, b.len }, raw, n, out, &err) != GP_OK)
		fail_msg("not unpacked: %s", err.msg);
	gp_mail_pack(&again, out);
	assert_int_equal(b.len, again.len);
	assert_memory_equal(b.p, again.p, b.len);
	assert_int_equal(out->text_n, m.text_n);
	assert_memory_equal(out->text, m.text, m.text_n);
	return true;
}

static void
test_samples(void **state)
{
	static const struct {
		const char *file, *subject, *name, *addr, *text, *files;
		size_t parts, references;
		unsigned want, not;
	} cases[] = {
		{ "plain.eml", "When to feed in autumn?", "Ada Imker", "ada@hives.example",
		    "S\xc3\xbc" "derelbe", "", 1, 0,
		    GP_MAIL_TEXT_SLICE | GP_MAIL_DATE_OK | GP_MAIL_ZONE_OK, GP_MAIL_AUTO },
		{ "flowed-reply.eml", "Re: [bees] When to feed in autumn?", "J\xc3\xb6rg Zeidler",
		    "joerg@wax.example", "gr\xc3\xbc\xc3\x9f" "e an", "", 1, 1,
		    GP_MAIL_FLOWED | GP_MAIL_DELSP, GP_MAIL_TEXT_SLICE },
		{ "alternative.eml", "Bilder vom Schwarm \xf0\x9f\x90\x9d", "Kim Drone",
		    "kim@smoker.example", "Two pictures", "Schwarm im M\xc3\xa4rz.png", 5, 0,
		    GP_MAIL_HAS_LINK | GP_MAIL_TEXT_SLICE, GP_MAIL_MIME_BROKEN },
		{ "signed-patch.eml", "[PATCH] scale: Weigh twice", "Mel Comb",
		    "mel@frames.example",
		    "diff --git", "signature.asc", 3, 0, GP_MAIL_SIGNED | GP_MAIL_HAS_PATCH,
		    GP_MAIL_MIME_BROKEN | GP_MAIL_ENCRYPTED },
		{ "bounce.eml", "Undelivered Mail Returned to Sender", "Mail Delivery Subsystem",
		    "mailer-daemon@mx.hives.example", "user unknown", "", 4, 0,
		    GP_MAIL_REPORT | GP_MAIL_AUTO, GP_MAIL_MIME_BROKEN },
		{ "old.eml", "Old mail", "Pierre W.", "weis@example.org", "voil\xc3\xa0", "", 1, 0,
		    GP_MAIL_DATE_OK, GP_MAIL_TEXT_SLICE },
		{ "japanese.eml", "\xe8\x9c\x82\xe8\x9c\x9c", "\xe8\x9c\x82", "yo@hachi.example",
		    "\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf\n", "", 1, 0,
		    GP_MAIL_DATE_OK, GP_MAIL_TEXT_SLICE },
		{ "broken.eml", "a Bcc: x@evil.example", "Ada Imker this line is no field at all",
		    "ada@hives.example",
		    "There is no such boundary.\n", "", 1, 0, GP_MAIL_MIME_BROKEN,
		    GP_MAIL_DATE_OK },
	};
	const char *src = getenv("GP_SRCDIR");
	size_t i, n;

	(void)state;
	if (src == NULL)
		src = ".";
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		char *path = gp_asprintf(ctx, "%s/tests/data/mail/%s", src, cases[i].file), *bytes;
		struct gp_mail m;
		struct gp_err err;

		if (gp_file_read(ctx, path, FILE_MAX, &bytes, &n, &err) != GP_OK)
			fail_msg("%s", err.msg);
		assert_true(travel(ctx, bytes, n, &m));
		assert_string_equal(m.subject, cases[i].subject);
		assert_string_equal(m.from_name, cases[i].name);
		assert_string_equal(m.from_addr, cases[i].addr);
		if (strstr(m.text, cases[i].text) == NULL)
			fail_msg("%s: text %s", cases[i].file, m.text);
		assert_string_equal(m.files, cases[i].files);
		assert_int_equal(m.parts_n, cases[i].parts);
		assert_int_equal(m.references_n, cases[i].references);
		if ((m.flags & cases[i].want) != cases[i].want || (m.flags & cases[i].not) != 0)
			fail_msg("%s: flags %x", cases[i].file, m.flags);
		talloc_free(ctx);
	}
}

/* ---- real mail ------------------------------------------------------------------- */

static size_t messages;

static void
one_file(const char *bytes, size_t n)
{
	struct gp_mbox *mbox = gp_mbox_new(NULL);
	struct gp_mbox_msg msg;
	struct gp_mail m;
	enum gp_status st;
	void *ctx;

	ctx = gp_ctx(NULL);
	travel(ctx, bytes, n, &m);
	talloc_free(ctx);
	messages++;
	gp_mbox_feed(mbox, bytes, n);
	if (n > 0)
		gp_mbox_feed(mbox, "", 0);
	while ((st = gp_mbox_next(mbox, &msg, NULL)) != GP_E_NOTFOUND) {
		ctx = gp_ctx(NULL);
		if (st == GP_OK)
			travel(ctx, msg.raw, msg.n, &m);
		talloc_free(ctx);
		messages += st == GP_OK;
	}
	talloc_free(mbox);
}

static int
visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	void *ctx = gp_ctx(NULL);
	char *bytes;
	size_t n;

	(void)ftw;
	if (type == FTW_F && st->st_size <= FILE_MAX &&
	    gp_file_read(ctx, path, FILE_MAX, &bytes, &n, NULL) == GP_OK)
		one_file(bytes, n);
	talloc_free(ctx);
	return 0;
}

static void
test_corpora(void **state)
{
	const char *dir = getenv("GP_CORPORA");

	(void)state;
	if (dir == NULL || access(dir, R_OK) != 0) {
		print_message("# no GP_CORPORA\n");
		return;
	}
	messages = 0;
	assert_int_equal(nftw(dir, visit, 16, FTW_PHYS), 0);
	assert_true(messages > 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
test_malformed(void **state)
{
	const char *dir = getenv("GP_CORPORA");
	char tmp[] = "/tmp/gp-mail-XXXXXX", *script;
	int status;
	pid_t pid;

	(void)state;
	script = gp_asprintf(NULL, "%s/hostile/gen_malformed.py", dir == NULL ? "" : dir);
	if (access(script, R_OK) != 0) {
		print_message("# no generator of malformed mail\n");
		talloc_free(script);
		return;
	}
	assert_non_null(mkdtemp(tmp));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (chdir(tmp) == 0)
			execlp("python3", "python3", script, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	talloc_free(script);
	messages = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		assert_int_equal(nftw(tmp, visit, 16, FTW_PHYS), 0);
	nftw(tmp, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_corpora),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
