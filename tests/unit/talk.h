/* SPDX-License-Identifier: ISC */
/* For tests of what is asked by mail: say something, read what comes back. */
#ifndef TESTS_UNIT_TALK_H
#define TESTS_UNIT_TALK_H

#include "site.h"

/* A mail comes in and is acted on. */
static inline void
take_in(struct place *p, const char *rcpt, const char *text, const char *sender,
    struct gp_outcome *out)
{
	struct gp_inbound in;
	struct gp_decision d;
	struct gp_route r;
	struct gp_err err;

	incoming(p->ctx, text, sender, &in);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_route_find(p->ctx, p->site, rcpt, &r, &err), &err);
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	must(gp_act(p->ctx, p->site, &r, &in, &d, out, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

/* Everything queued after job `since`, the newest last; *n: how many. */
static inline struct gp_job **
jobs_since(struct place *p, int64_t since, size_t *n)
{
	struct gp_job **all, **v;
	struct gp_err err;
	size_t i, count;

	must(gp_queue_list(p->ctx, p->site->store, true, &all, &count, &err), &err);
	v = gp_array(p->ctx, struct gp_job *, count + 1);
	for (i = 0, *n = 0; i < count; i++) {
		if (all[i]->id <= since)
			continue;
		must(gp_job_find(p->ctx, p->site->store, all[i]->id, true, &v[*n], &err), &err);
		(*n)++;
	}
	return v;
}

static inline int64_t
last_job(struct place *p)
{
	size_t n;
	struct gp_job **v = jobs_since(p, 0, &n);

	return n > 0 ? v[n - 1]->id : 0;
}

/* A queued mail as its reader's program has it. */
static inline struct gp_mail *
read_job(struct place *p, const struct gp_job *job)
{
	struct gp_mail *m = gp_new(p->ctx, struct gp_mail);
	char *raw = gp_asprintf(p->ctx, "%.*s\r\n%.*s", (int)job->header_n, job->header,
	    (int)job->body_n, job->body);
	struct gp_err err;

	must(gp_derive(p->ctx, raw, strlen(raw), m, &err), &err);
	return m;
}

/* To whom a job goes: the first address. */
static inline const char *
goes_to(struct place *p, const struct gp_job *job)
{
	struct gp_rcpt *r;
	struct gp_err err;
	size_t n;

	must(gp_queue_fresh(p->ctx, p->site->store, job->id, 0, 10, &r, &n, &err), &err);
	return n > 0 ? r[0].address : "";
}

/* Markdown's stars say nothing here. */
static inline const char *
without_stars(const void *ctx, const char *s)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, strlen(s) + 1);
	for (; *s != '\0'; s++)
		if (*s != '*')
			gp_buf_putc(&b, *s);
	return b.p != NULL ? b.p : "";
}

/*
 * Someone writes to an address of the list; gives "TO|SUBJECT|TEXT" of each mail that this causes,
 * blanks single, parted by " // ".
 */
static inline char *
say(struct place *p, const char *from, const char *to, const char *subject, const char *body)
{
	static int number;
	int64_t before = last_job(p);
	struct gp_outcome out = {0};
	struct gp_job **v;
	struct gp_buf b;
	size_t i, n;

	take_in(p, to, gp_asprintf(p->ctx, "From: %s\nTo: %s\nSubject: %s\nMessage-ID: <%d@say.example>\n\n%s",
	    from, to, subject, ++number, body), "sender@example.org", &out);
	v = jobs_since(p, before, &n);
	gp_buf_init(&b, p->ctx, 1 << 20);
	for (i = 0; i < n; i++) {
		const struct gp_mail *m = read_job(p, v[i]);

		gp_buf_printf(&b, "%s%s|%s|%s", i > 0 ? " // " : "", goes_to(p, v[i]), m->subject,
		    without_stars(p->ctx, gp_utf8_line(p->ctx, m->text, m->text_n, 1 << 16)));
	}
	return b.p != NULL ? b.p : gp_strdup(p->ctx, "");
}

/* Where an answer to the newest mail that asked something goes. */
static inline char *
reply_address(struct place *p)
{
	size_t n;
	struct gp_job **v = jobs_since(p, 0, &n);

	while (n-- > 0) {
		const struct gp_mail *m = read_job(p, v[n]);

		if (m->reply_to.n > 0 && strstr(m->reply_to.v[0].addr, "+confirm-") != NULL)
			return m->reply_to.v[0].addr;
	}
	fail_msg("no mail asked anything");
	return NULL;
}

static inline char *
ask(struct place *p, const char *from, const char *body)
{
	return say(p, from, "bees+request@example.org", "", body);
}

/* Say yes to the newest mail, which asked. */
static inline char *
say_yes(struct place *p, const char *from)
{
	return say(p, from, reply_address(p), "Re: that", "yes\n");
}

static inline struct gp_member *
member(struct place *p, const char *address)
{
	struct gp_member *m;
	struct gp_err err;

	return gp_member_find(p->ctx, p->site->store, p->bees->id, address, &m, &err) == GP_OK ? m :
	    NULL;
}

#define HAS(text, part) do { \
	const char *has_text = (text); \
	if (strstr(has_text, (part)) == NULL) \
		fail_msg("\"%s\" is not in: %s", (part), has_text); \
} while (0)
#define HASNT(text, part) do { \
	const char *has_text = (text); \
	if (strstr(has_text, (part)) != NULL) \
		fail_msg("\"%s\" is in: %s", (part), has_text); \
} while (0)

#endif
