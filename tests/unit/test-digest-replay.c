/* SPDX-License-Identifier: ISC */
/*
 * Weeks of real mail, a busy list and a quiet one, go through the clock of digests for 200 members who want it in many
 * ways, in weeks in which clocks change; whoever makes digests is killed at random moments. Then every inbox is looked
 * through: each message that its reader should see is there once, and none that they should not.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site.h"

#include "guildpost/digest.h"
#include "guildpost/mail/carry.h"

#include <signal.h>
#include <sys/wait.h>

enum { MEMBERS = 200, LISTS = 2, POSTS = 160, DAY = 86400, STEP = 600, WEEK = 7 * DAY, KILL_US = 40000,
	SPREAD = 60, NIGHT = 4 * DAY, NIGHT_END = NIGHT + 9 * 3600 };

/* A message of the corpus, and when it comes in. */
struct post {
	int64_t at;
	int list;
	char *raw; size_t n;
	struct gp_mail mail;
	int64_t id, thread;		/* once archived */
	char key[64];
};
/* A membership, and what it wants; times at which something of that changes. */
struct inbox {
	int64_t member;
	int list, delivery, form, hour;
	const char *zone, *address;
	int64_t from, until;		/* ids of the messages that it gets by digest */
	int64_t muted, muted_at;	/* a thread; when */
	int64_t followed, followed_since;
	int64_t pause_from, pause_to;
	bool own_copy, early, together;
	int seen[POSTS];
	int64_t at[POSTS];		/* when it was seen */
	size_t digests;
	int64_t last;
};
struct replay {
	struct place *p;
	struct gp_list *lists[LISTS];
	struct post posts[POSTS];
	size_t posts_n, arrived;
	struct inbox boxes[MEMBERS * LISTS];
	size_t boxes_n;
	int64_t start, now, job;
	size_t kills, midway, digests;
	unsigned seed;
};

static unsigned
chance(struct replay *r, unsigned n)
{
	r->seed = r->seed * 1103515245u + 12345u;
	return (r->seed >> 16) % n;
}

/* ---- the corpus ----------------------------------------------------------------------------------- */

static char *
unpack(struct place *p, const char *name, size_t *n)
{
	const char *src = getenv("GP_SRCDIR");
	char *command = gp_asprintf(p->ctx, "zstd -dcq %s/../shared/corpora/dev.tar.zst 2>/dev/null | "
	    "tar xO dev/lists/%s 2>/dev/null", src != NULL ? src : ".", name);
	FILE *f = popen(command, "r");
	struct gp_buf b;
	char piece[65536];
	size_t got;

	assert_non_null(f);
	gp_buf_init(&b, p->ctx, 64 << 20);
	while ((got = fread(piece, 1, sizeof(piece), f)) > 0)
		gp_buf_add(&b, piece, got);
	pclose(f);
	*n = b.len;
	return b.p;
}

static bool
add_post(struct replay *r, int list, const struct gp_mbox_msg *m, int64_t at)
{
	struct post *post = &r->posts[r->posts_n];
	unsigned changes;
	struct gp_err err;

	post->raw = gp_mail_canon(r->p->ctx, m->raw, m->n, &post->n, &changes);
	if (gp_derive(r->p->ctx, post->raw, post->n, &post->mail, &err) != GP_OK)
		return false;
	post->list = list;
	post->at = at;
	r->posts_n++;
	return true;
}

/* Messages dated in a week (or, from 0, those behind the first `skip`, evenly) into ours. */
static void
read_mbox(struct replay *r, int list, const char *name, int64_t from, size_t skip, size_t most)
{
	struct gp_mbox *mbox = gp_mbox_new(r->p->ctx);
	struct gp_mbox_msg m;
	size_t n, taken = 0, met = 0, fed = 0;
	char *all = unpack(r->p, name, &n);
	struct gp_err err;
	enum gp_status st;
	bool end = false;

	while (taken < most && r->posts_n < POSTS) {
		st = gp_mbox_next(mbox, &m, &err);
		if (st == GP_E_NOTFOUND) {
			size_t part = n - fed < (1 << 20) ? n - fed : 1 << 20;

			if (end)
				break;
			end = part == 0;
			gp_mbox_feed(mbox, all + fed, part);
			fed += part;
			continue;
		}
		if (st != GP_OK || met++ < skip)
			continue;
		if (!add_post(r, list, &m, r->start + (int64_t)(taken + 1) * WEEK / (int64_t)(most + 1)))
			continue;
		if (from != 0) {
			struct post *post = &r->posts[r->posts_n - 1];

			post->at = r->start + post->mail.date - from;
			if (post->at < r->start || post->at >= r->start + WEEK) {
				r->posts_n--;
				continue;
			}
		}
		taken++;
	}
	talloc_free(mbox);
	talloc_free(all);
}

static int
by_time(const void *a, const void *b)
{
	const struct post *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* ---- the members ------------------------------------------------------------------------------------ */

static void
set(struct replay *r, int64_t member, const char *key, const char *value)
{
	struct gp_err err;

	must(gp_member_set(r->p->site->store, member, key, value, &err), &err);
}

static void
join(struct replay *r, int list, const char *address, int delivery, bool together)
{
	static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland",
	    "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"};
	static const char *const forms[] = {"summary", "summary", "summary", "titles", "mime", "plain"};
	struct inbox *b = &r->boxes[r->boxes_n++];
	struct gp_err err;

	memset(b, 0, sizeof(*b));
	b->list = list;
	b->delivery = delivery;
	b->address = gp_strdup(r->p->ctx, address);
	b->zone = zones[chance(r, GP_COUNT(zones))];
	b->hour = (int)chance(r, 24);
	b->form = (int)chance(r, GP_COUNT(forms));
	b->own_copy = chance(r, 3) > 0;
	b->early = chance(r, 8) == 0;
	b->together = together;
	must(gp_member_add(r->p->site->store, r->lists[list]->id, address, "", GP_ROLE_MEMBER, delivery, r->now,
	    &b->member, &err), &err);
	set(r, b->member, "timezone", b->zone);
	set(r, b->member, "digest_hour", gp_asprintf(r->p->ctx, "%d", b->hour));
	set(r, b->member, "digest_form", forms[b->form]);
	set(r, b->member, "own_copy", b->own_copy ? "yes" : "no");
	set(r, b->member, "language", chance(r, 3) == 0 ? "de" : "");
	if (b->early)
		set(r, b->member, "digest_posts", "10");
	if (chance(r, 10) == 0) {
		b->pause_from = r->start + 2 * DAY + (int64_t)chance(r, DAY);
		b->pause_to = b->pause_from + (int64_t)chance(r, 3 * DAY);
		if (b->pause_to > b->pause_from)
			must(gp_member_pause(r->p->site->store, b->member, b->pause_from, b->pause_to, &err), &err);
	}
}

/* Every fifth is an author of the corpus. */
static const char *
address_of(struct replay *r, size_t i)
{
	if (i % 5 == 0 && i / 5 < r->posts_n && gp_addr_fold(r->p->ctx, r->posts[i / 5 * 3 % r->posts_n].mail.from_addr))
		return r->posts[i / 5 * 3 % r->posts_n].mail.from_addr;
	return gp_asprintf(r->p->ctx, "reader%zu@example.net", i);
}

static bool
is_there(const struct replay *r, int list, const char *address)
{
	size_t i;

	for (i = 0; i < r->boxes_n; i++)
		if (r->boxes[i].list == list && gp_strieq(r->boxes[i].address, address))
			return true;
	return false;
}

static void
add_members(struct replay *r)
{
	size_t i;

	for (i = 0; i < MEMBERS; i++) {
		const char *address = address_of(r, i);
		int list = (int)chance(r, LISTS), delivery = GP_DELIVERY_DAILY + (int)(chance(r, 8) > 4) +
		    (int)(chance(r, 8) == 0);
		bool both = chance(r, 4) == 0, together = both && chance(r, 2) == 0;

		if (is_there(r, list, address) || is_there(r, 1 - list, address))
			continue;
		join(r, list, address, delivery, together);
		if (both)
			join(r, 1 - list, address, delivery, together);
		/* Of one person: what is set on one list is set on the other. */
		if (together) {
			struct inbox *b = &r->boxes[r->boxes_n - 1];

			set(r, b->member, "digest_together", "yes");
			b[-1].zone = b->zone;
			b[-1].hour = b->hour;
			b[-1].form = b->form;
			b[-1].early = b->early;
		}
	}
}

/* ---- what was sent ---------------------------------------------------------------------------------- */

static struct post *
find_key(struct replay *r, const char *key, size_t n)
{
	size_t i;

	for (i = 0; i < r->arrived; i++)
		if (strlen(r->posts[i].key) == n && strncmp(r->posts[i].key, key, n) == 0)
			return &r->posts[i];
	return NULL;
}

static struct inbox *
box_of(struct replay *r, int64_t member)
{
	size_t i;

	for (i = 0; i < r->boxes_n; i++)
		if (r->boxes[i].member == member)
			return &r->boxes[i];
	return NULL;
}

static void
see(struct replay *r, const int64_t *members, size_t n, const struct post *post, int64_t when)
{
	size_t i, k;

	for (i = 0; i < r->boxes_n; i++)
		for (k = 0; k < n; k++) {
			struct inbox *b = &r->boxes[i];
			const struct inbox *of = box_of(r, members[k]);

			/* With digests that come together, the mail is of one membership and tells of several. */
			if (of == NULL || b->list != post->list ||
			    (b != of && !(b->together && strcmp(b->address, of->address) == 0)))
				continue;
			b->seen[post - r->posts]++;
			b->at[post - r->posts] = when;
		}
}

/* At the reader's hour, and not twice a day. */
static void
check_time(struct replay *r, struct inbox *b, int64_t when)
{
	struct gp_civil c;

	/* Cleo of site.h. */
	if (b == NULL)
		return;
	b->digests++;
	r->digests++;
	if (b->early || when >= r->start + WEEK || b->until != 0 || when == r->start + NIGHT_END) {
		b->last = when;
		return;
	}
	gp_time_civil(when, b->zone, &c);
	/* Where clocks went over the hour, the one behind it. */
	if (c.hour != b->hour && !(c.hour == (b->hour + 1) % 24 && gp_civil_local(c.year, c.month, c.day, b->hour,
	    b->zone) > when - STEP - SPREAD))
		fail_msg("%s wants it at %d (%s), and it came at %s", b->address, b->hour, b->zone,
		    gp_time_iso(r->p->ctx, when));
	if (when - b->last < 12 * 3600)
		fail_msg("%s: two digests in a day: %s", b->address, gp_time_iso(r->p->ctx, when));
	b->last = when;
}

/* Keys in the text, and Message-IDs of what is enclosed. */
static void
read_job(struct replay *r, const struct gp_job *job)
{
	void *ctx = gp_ctx(r->p->ctx);
	struct gp_rcpt *rcpts;
	struct gp_err err;
	struct gp_mail mail;
	struct gp_buf b;
	int64_t members[MEMBERS * LISTS];
	bool counted[POSTS] = {false};
	const char *p;
	size_t i, n;

	must(gp_queue_fresh(ctx, r->p->site->store, job->id, 0, MEMBERS * LISTS, &rcpts, &n, &err), &err);
	assert_true(n > 0);
	for (i = 0; i < n; i++) {
		members[i] = rcpts[i].member;
		check_time(r, box_of(r, members[i]), job->created);
	}
	gp_buf_init(&b, ctx, 32 << 20);
	gp_buf_add(&b, job->header, job->header_n);
	gp_buf_puts(&b, "\r\n");
	gp_buf_add(&b, job->body, job->body_n);
	must(gp_derive(ctx, b.p, b.len, &mail, &err), &err);
	assert_true(mail.html == NULL || mail.html_n < 102400);
	for (p = mail.text; (p = strstr(p, "/m/")) != NULL;) {
		size_t len = strspn(p + 3, "abcdefghijklmnopqrstuvwxyz234567");
		struct post *post = find_key(r, p + 3, len);

		p += 3 + len;
		if (post == NULL || counted[post - r->posts])
			continue;
		counted[post - r->posts] = true;
		see(r, members, n, post, job->created);
	}
	talloc_free(ctx);
}

/* All digests that were queued since the last look: read, and off with them. */
static void
read_queue(struct replay *r)
{
	void *ctx = gp_ctx(r->p->ctx);
	struct gp_job **jobs, *whole;
	struct gp_err err;
	size_t i, n;
	int64_t dropped;

	must(gp_queue_list(ctx, r->p->site->store, false, &jobs, &n, &err), &err);
	for (i = 0; i < n; i++) {
		if (jobs[i]->kind == GP_JOB_DIGEST) {
			must(gp_job_find(ctx, r->p->site->store, jobs[i]->id, true, &whole, &err), &err);
			read_job(r, whole);
		}
		must(gp_store_begin(r->p->site->store, &err), &err);
		must(gp_queue_drop(r->p->site->store, jobs[i]->id, &dropped, &err), &err);
		must(gp_store_commit(r->p->site->store, &err), &err);
	}
	talloc_free(ctx);
}

/* ---- the clock ------------------------------------------------------------------------------------------ */

static void
reopen(struct replay *r)
{
	struct gp_err err;
	int i;

	must(gp_site_open(r->p->ctx, r->p->conf, GP_STORE_CORE, &r->p->site, &err), &err);
	gp_clock_set(r->now, true);
	for (i = 0; i < LISTS; i++)
		must(gp_list_find(r->p->ctx, r->p->site->store, i == 0 ? "bees@example.org" : "quiet@example.org",
		    &r->lists[i], &err), &err);
}

static void
turn(struct replay *r, int64_t ms)
{
	struct gp_digester *d = gp_digester_new(r->p->ctx, r->p->site);
	bool more = true;
	struct gp_err err;
	size_t n = 0;

	while (more)
		must(gp_digester_run(d, r->now, ms, &n, &more, &err), &err);
	talloc_free(d);
}

/* Someone makes digests in slices as small as can be, and is killed. */
static void
turn_and_die(struct replay *r)
{
	struct gp_digest_outlook before, after;
	struct gp_err err;
	int status, ready[2];
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	must(gp_digest_outlook(r->p->site->store, r->now, &before, &err), &err);
	gp_store_close(r->p->site->store);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		reopen(r);
		if (write(ready[1], &byte, 1) == 1)
			turn(r, 0);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	usleep(chance(r, KILL_US));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	r->kills += WIFSIGNALED(status);
	reopen(r);
	must(gp_digest_outlook(r->p->site->store, r->now, &after, &err), &err);
	r->midway += after.due > 0 && after.due < before.due;
}

static void
arrive(struct replay *r, struct post *post)
{
	struct gp_inbound in = {.raw = post->raw, .n = post->n, .mail = &post->mail, .envelope_from = "x@example.net",
	    .via = "LMTP", .received = r->now};
	struct gp_outcome o = {0};
	struct gp_message *m;
	struct gp_err err;

	r->arrived++;
	must(gp_store_begin(r->p->site->store, &err), &err);
	must(gp_post(r->p->ctx, r->p->site, r->lists[post->list], &in, NULL, &o, &err), &err);
	must(gp_store_commit(r->p->site->store, &err), &err);
	must(gp_message_find_id(r->p->ctx, r->p->site->store, o.message, &m, &err), &err);
	/* A copy of one that is there already, or not for the web: not one that is counted. */
	post->id = m->state == 1 && o.job != 0 ? m->id : 0;
	post->thread = m->thread;
	snprintf(post->key, sizeof(post->key), "%s", post->id != 0 ? m->key : "-");
}

/* Now and then somebody mutes a thread, follows one, or turns to each mail. */
static void
change_mind(struct replay *r)
{
	struct inbox *b = &r->boxes[chance(r, (unsigned)r->boxes_n)];
	const struct post *post = &r->posts[chance(r, (unsigned)(r->arrived + 1))];
	struct gp_err err;
	unsigned what = chance(r, 3);

	if (r->arrived == 0 || post->id == 0 || post->list != b->list || b->muted != 0 || b->followed != 0 ||
	    b->until != 0)
		return;
	must(gp_store_begin(r->p->site->store, &err), &err);
	if (what < 2) {
		must(gp_interest_set(r->p->site->store, b->member, post->id, what == 0 ? GP_INTEREST_MUTE :
		    GP_INTEREST_FOLLOW, &err), &err);
		*(what == 0 ? &b->muted : &b->followed) = post->thread;
		b->muted_at = r->now;
		must(gp_bounces_newest(r->p->site->store, &b->followed_since, &err), &err);
	} else if (!b->together && b->pause_from == 0) {
		set(r, b->member, "delivery", "each");
		must(gp_bounces_newest(r->p->site->store, &b->until, &err), &err);
	}
	must(gp_store_commit(r->p->site->store, &err), &err);
}

static void
play(struct replay *r, int64_t end, int64_t step)
{
	struct gp_digest_outlook look;
	struct gp_err err;
	size_t next = r->arrived;

	for (; r->now < end; r->now += step) {
		gp_clock_set(r->now, true);
		while (next < r->posts_n && r->posts[next].at <= r->now)
			arrive(r, &r->posts[next++]);
		/* Nobody is at work on the fourth night. */
		if (r->now > r->start + NIGHT && r->now < r->start + NIGHT_END)
			continue;
		if (chance(r, 6) == 0)
			change_mind(r);
		must(gp_digest_outlook(r->p->site->store, r->now, &look, &err), &err);
		if (look.due > 3 && chance(r, 8) == 0)
			turn_and_die(r);
		turn(r, 1000);
		read_queue(r);
	}
}

/* ---- the inboxes ------------------------------------------------------------------------------------------- */

static bool
should_see(const struct replay *r, const struct inbox *b, const struct post *post)
{
	if (post->id == 0 || post->list != b->list || (b->until != 0 && post->id > b->until))
		return false;
	if (post->thread == b->muted)
		return false;
	if (post->thread == b->followed && post->id > b->followed_since &&
	    (r->start == 0 || post->at < b->pause_from || post->at >= b->pause_to))
		return false;
	return b->own_copy || !gp_strieq(post->mail.from_addr, b->address);
}

static void
check_boxes(struct replay *r)
{
	size_t i, k, wanted = 0;

	for (i = 0; i < r->boxes_n; i++)
		for (k = 0; k < r->posts_n; k++) {
			const struct inbox *b = &r->boxes[i];
			const struct post *post = &r->posts[k];
			bool should = should_see(r, b, post), own = gp_strieq(post->mail.from_addr, b->address);

			wanted += should;
			if (b->seen[k] > 1)
				fail_msg("%s (form %d) sees %s %d times", b->address, b->form, post->key, b->seen[k]);
			/* What only oneself wrote makes no digest. */
			if (should && b->seen[k] == 0 && !own)
				fail_msg("%s (form %d, delivery %d, list %d) never sees %s, %s", b->address, b->form, b->delivery,
				    b->list, post->key, post->mail.subject);
			if (b->seen[k] > 0 && !should && (post->thread != b->muted || b->at[k] > b->muted_at + SPREAD) &&
			    post->thread != b->followed)
				fail_msg("%s should not see %s", b->address, post->key);
			if (b->seen[k] > 0 && post->thread == b->followed && !should)
				fail_msg("%s has had %s by itself", b->address, post->key);
		}
	print_message("# %zu messages, %zu memberships, %zu digests, %zu sightings wanted, %zu kills, "
	    "%zu of them between two digests\n", r->posts_n, r->boxes_n, r->digests, wanted, r->kills, r->midway);
	assert_true(wanted > 1000);
	assert_true(r->kills > 5);
	assert_true(r->midway > 0);
}

/* ---- weeks ------------------------------------------------------------------------------------------------------ */

static void
replay(void **state, const char *start, unsigned seed)
{
	static struct replay r;
	struct gp_err err;
	int64_t busy;

	memset(&r, 0, sizeof(r));
	r.p = *state;
	r.seed = seed;
	assert_true(gp_time_parse(start, &r.start));
	assert_true(gp_time_parse("2019-09-07T00:00:00Z", &busy));
	r.now = r.start;
	gp_clock_set(r.now, true);
	must(gp_store_begin(r.p->site->store, &err), &err);
	must(gp_list_create(r.p->ctx, r.p->site->store, "quiet@example.org", &r.lists[1], &err), &err);
	must(gp_store_commit(r.p->site->store, &err), &err);
	r.lists[0] = r.p->bees;
	read_mbox(&r, 0, "ksummit-discuss.mbox", busy, 0, 100);
	read_mbox(&r, 1, "caml-list-1992-1999.mbox", 0, 400, 14);
	if (r.posts_n == 0) {
		print_message("# the corpora are not here\n");
		return;	/* cmocka's skip() is "not ok" to a reader of TAP */
	}
	qsort(r.posts, r.posts_n, sizeof(r.posts[0]), by_time);
	must(gp_store_begin(r.p->site->store, &err), &err);
	add_members(&r);
	must(gp_store_commit(r.p->site->store, &err), &err);
	play(&r, r.start + WEEK, STEP);
	/* And until the last monthly one went. */
	play(&r, r.start + WEEK + 35 * DAY, 3600 * 3);
	check_boxes(&r);
}

static void
test_spring(void **state)
{
	/* Berlin 29 March; Lord Howe and Auckland go back on 5 April. */
	replay(state, "2026-03-27T00:00:00Z", 1);
}

static void
test_autumn(void **state)
{
	/* Berlin 25 October, New York 1 November. */
	replay(state, "2026-10-23T00:00:00Z", 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)
	const struct CMUnitTest tests[] = {TEST(test_spring), TEST(test_autumn)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
