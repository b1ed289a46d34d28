/* SPDX-License-Identifier: ISC */
/* Mail that comes back from many at once, and complaints. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bounce.h"

/* ---- many at once ----------------------------------------------------------------------------------- */

static void
add_crowd(struct place *p, int n, const char *domain)
{
	struct gp_err err;
	int64_t id;
	int i;

	must(gp_store_begin(p->site->store, &err), &err);
	for (i = 0; i < n; i++)
		must(gp_member_add(p->site->store, p->bees->id, gp_asprintf(p->ctx, "m%d@%s", i, domain), "",
		    GP_ROLE_MEMBER, GP_DELIVERY_EACH, start - DAY, &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

static void
bounce_of(struct place *p, int64_t job, const char *address, const char *status, const char *text)
{
	struct gp_outcome out = {0};

	take_in(p, verp(p, job, address), dsn(p, address, "failed", status, text, ""), "", &out);
}

static void
test_brake(void **state)
{
	struct place *p = *state;
	int64_t job, since;
	int i;

	add_crowd(p, 30, "big.example");
	job = since = post(p, "crowd");
	for (i = 0; i < 19; i++)
		bounce_of(p, job, gp_asprintf(p->ctx, "m%d@big.example", i), "5.1.1", "550 gone fishing");
	assert_string_equal(state_of(p, "m3@big.example"), "ok 1.00");
	for (; i < 30; i++)
		bounce_of(p, job, gp_asprintf(p->ctx, "m%d@big.example", i), "5.1.1", "550 gone fishing");
	for (i = 0; i < 30; i++)
		assert_string_equal(state_of(p, gp_asprintf(p->ctx, "m%d@big.example", i)), "ok 0.00");
	assert_int_equal(mails_to(p, since, "ann@example.org"), 1);
	/* The next posting an hour later comes back, too: a provider's trouble, told once more at most. */
	gp_clock_set(start + 3600, true);
	job = post(p, "crowd2");
	for (i = 0; i < 30; i++)
		bounce_of(p, job, gp_asprintf(p->ctx, "m%d@big.example", i), "5.1.1", "550 gone fishing");
	for (i = 0; i < 30; i++)
		assert_string_equal(state_of(p, gp_asprintf(p->ctx, "m%d@big.example", i)), "ok 0.00");
	assert_in_range(mails_to(p, since, "ann@example.org"), 1, 2);
	/* Bob, elsewhere, is counted as ever. */
	bounce_of(p, job, "bob@example.net", "5.2.2", "552 full");
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.50");
}

static void
test_policy_tells_owners(void **state)
{
	struct place *p = *state;
	int64_t job, since;
	int i;

	add_crowd(p, 10, "strict.example");
	job = since = post(p, "signed");
	for (i = 0; i < 2; i++)
		bounce_of(p, job, gp_asprintf(p->ctx, "m%d@strict.example", i), "5.7.26", "550 5.7.26 DMARC");
	assert_int_equal(mails_to(p, since, "ann@example.org"), 0);
	for (; i < 10; i++)
		bounce_of(p, job, gp_asprintf(p->ctx, "m%d@strict.example", i), "5.7.26", "550 5.7.26 DMARC");
	assert_int_equal(mails_to(p, since, "ann@example.org"), 1);
	assert_string_equal(state_of(p, "m1@strict.example"), "ok 0.00");
}

/* ---- complaints --------------------------------------------------------------------------------------- */

static char *
complaint(struct place *p, const char *type, const char *returned)
{
	return gp_asprintf(p->ctx, "From: fbl@isp.example\nSubject: complaint\nContent-Type: multipart/report; "
	    "report-type=feedback-report; boundary=b\n\n--b\n\nIt is spam.\n\n--b\nContent-Type: "
	    "message/feedback-report\n\nFeedback-Type: %s\nVersion: 1\nOriginal-Rcpt-To: redacted\n\n--b\n"
	    "Content-Type: message/rfc822\n\n%s\n\nhello\n--b--\n", type, returned);
}

static void
test_complaint(void **state)
{
	struct place *p = *state;
	int64_t since = post(p, "c");
	char *header = gp_asprintf(p->ctx, "Subject: c\nList-Unsubscribe: <https://lists.example.org/u/%s>,\n"
	    " <mailto:bees+unsubscribe@example.org>\nMessage-ID: <c@example.org>",
	    gp_one_click_token(p->ctx, p->site, id_of(p, "bob@example.net")));
	struct gp_outcome out = {0};
	struct gp_job **v;
	const struct gp_mail *m;
	size_t n;

	take_in(p, "bees+owner@example.org", complaint(p, "not-spam", header), "fbl@isp.example", &out);
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
	take_in(p, "bees+owner@example.org", complaint(p, "abuse", "Subject: c\nX: y"), "fbl@isp.example",
	    &out);
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
	assert_int_equal(mails_to(p, since, "bob@example.net"), 0);
	take_in(p, "bees+owner@example.org", complaint(p, "abuse", header), "fbl@isp.example", &out);
	take_in(p, "bees+owner@example.org", complaint(p, "abuse", header), "fbl@isp.example", &out);
	assert_string_equal(state_of(p, "bob@example.net"), "complained 0.00");
	assert_int_equal(mails_to(p, since, "bob@example.net"), 1);
	v = jobs_since(p, since, &n);
	m = read_job(p, v[n - 1]);
	say(p, "bob@example.net", m->reply_to.v[0].addr, "Re: x", "");
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
	/* Again a month later: mail stops, but nothing is said a second time. */
	gp_clock_set(start + 30 * DAY, true);
	since = last_job(p);
	take_in(p, "bees@example.org", complaint(p, "abuse", header), "fbl@isp.example", &out);
	assert_string_equal(state_of(p, "bob@example.net"), "complained 0.00");
	assert_int_equal(mails_to(p, since, "bob@example.net"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_brake), TEST(test_policy_tells_owners), TEST(test_complaint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
