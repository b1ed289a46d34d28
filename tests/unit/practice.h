/* SPDX-License-Identifier: ISC */
/* For tests of what a community keeps: posts in threads, and the mails that a moment causes. */
#ifndef TESTS_UNIT_PRACTICE_H
#define TESTS_UNIT_PRACTICE_H

#include "talk.h"

#define ANN "Ann <ann@example.org>"
#define BOB "Bob <bob@example.net>"
#define CLEO "Cleo <cleo@example.com>"
#define EVE "Eve <eve@evil.example>"
#define DAY 86400

/* A post, "msgid" answering "under" or NULL; the number of its thread, or 0 when it was no post. */
static inline int64_t
post(struct place *p, const char *from, const char *msgid, const char *under, const char *subject,
    const char *text)
{
	struct gp_outcome out = {0};

	take_in(p, "bees@example.org", gp_asprintf(p->ctx, "From: %s\nTo: bees@example.org\nSubject: %s\n"
	    "Message-ID: <%s@x.example>\n%s%s%s\n%s", from, subject, msgid, under != NULL ? "In-Reply-To: <" : "",
	    under != NULL ? under : "", under != NULL ? "@x.example>\n" : "", text), "s@x.example", &out);
	return out.thread;
}

static inline struct gp_thread *
thread(struct place *p, int64_t id)
{
	struct gp_thread *t;
	struct gp_err err;

	must(gp_thread_find(p->ctx, p->site->store, id, &t, &err), &err);
	return t;
}

static inline int64_t
number(struct place *p, const char *msgid)
{
	struct gp_message **v;
	struct gp_err err;
	size_t n;

	must(gp_message_find_msgid(p->ctx, p->site->store, p->bees->id, gp_asprintf(p->ctx, "%s@x.example", msgid),
	    &v, &n, &err), &err);
	assert_true(n == 1);
	return v[0]->id;
}

/* Mails since that job: "TO|SUBJECT|TEXT // ...", notices and posts. */
static inline char *
mails(struct place *p, int64_t since)
{
	struct gp_buf b;
	size_t i, n;
	struct gp_job **v = jobs_since(p, since, &n);

	gp_buf_init(&b, p->ctx, 1 << 20);
	for (i = 0; i < n; i++) {
		const struct gp_mail *m = read_job(p, v[i]);

		gp_buf_printf(&b, "%s%s|%s|%s", i > 0 ? " // " : "", goes_to(p, v[i]), m->subject,
		    without_stars(p->ctx, gp_utf8_line(p->ctx, m->text, m->text_n, 1 << 16)));
	}
	return b.p != NULL ? b.p : gp_strdup(p->ctx, "");
}

/* So much later: what a clock of the list does. */
static inline char *
tick(struct place *p, int64_t later, enum gp_status (*fn)(const void *ctx, struct gp_site *site, int64_t now,
    struct gp_err *err))
{
	int64_t before = last_job(p);
	struct gp_err err;

	gp_clock_set(gp_now() + later, true);
	must(gp_store_begin(p->site->store, &err), &err);
	must(fn(p->ctx, p->site, gp_now(), &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	return mails(p, before);
}

static inline void
set(struct place *p, const char *key, const char *value)
{
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_set(p->site->store, p->bees, key, value, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

#define PLACE_TEST(fn) cmocka_unit_test_setup_teardown(fn, place_set_up, place_tear_down)

#endif
