/* SPDX-License-Identifier: ISC */
/*
 * What one reader gets: which messages of the pool, under which heading, in which order. Answers to the reader
 * come first, threads they wrote in, open questions, what was solved, what people new to the list began, the rest.
 * Muted threads are left out; of a thread that the reader follows, messages came by themselves already.
 */
#include "config.h"

#include "news.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLD = 35 * 86400,	/* archived now but came in so long before: an import, no news */
	FADES = 90 * 86400,	/* a question that is older is counted, and no longer asked each time */
	OPEN = 5 };

struct picking {
	struct gp_site *site;
	const struct gp_member *member;	/* or NULL */
	struct gp_issue *issue;
	struct gp_interest *interest; size_t interest_n;
	char **skills; size_t skills_n;	/* what the reader can help with */
	int64_t after, until, oldest, since;
	bool own_copy, skips;
};

/* A thread of before the reader came, for those who were there. */
static bool
may_see(const struct picking *p, const struct gp_thread *t)
{
	bool seen = true;

	return p->member == NULL || t->veil.visible != GP_VISIBLE_THEN ||
	    (gp_thread_seen_by(p->site->store, t->id, p->member->person, &seen, NULL) == GP_OK && seen);
}

static bool
is_among(int64_t id, const int64_t *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i] == id)
			return true;
	return false;
}

static bool
is_own(const struct picking *p, int64_t author)
{
	return is_among(author, p->issue->own, p->issue->own_n);
}

static bool
is_new(const struct picking *p, const struct gp_news *news)
{
	return (p->after < 0 || (news->m->id > p->after && news->m->received >= p->oldest)) &&
	    (p->until == 0 || news->m->id <= p->until) && (p->own_copy || !is_own(p, news->author));
}

/* Who follows a thread gets its messages by themselves, but for those of a pause. */
static bool
came_apart(const struct picking *p, const struct gp_interest *followed, const struct gp_message *m)
{
	return followed != NULL && p->after >= 0 && m->id > followed->since &&
	    (m->received < p->member->pause_from || m->received >= p->member->pause_to);
}

static const struct gp_interest *
interest_of(const struct picking *p, int64_t thread, int kind)
{
	size_t i;

	for (i = 0; i < p->interest_n; i++)
		if (p->interest[i].thread == thread && p->interest[i].kind == kind)
			return &p->interest[i];
	return NULL;
}

static bool
took_part(const struct picking *p, const struct news_thread *t)
{
	size_t i;

	for (i = 0; i < p->issue->own_n; i++)
		if (is_among(p->issue->own[i], t->writers, t->writers_n))
			return true;
	return false;
}

/* Is a question about something that the reader can help with? By its #topics, or a word of its title. */
static bool
is_near(const struct picking *p, const struct news_thread *t)
{
	char *title;
	size_t i, k;
	bool near = false;

	if (!t->asks || p->skills_n == 0)
		return false;
	title = gp_utf8_fold(NULL, t->t->title, strlen(t->t->title));
	for (i = 0; !near && i < p->skills_n; i++) {
		const char *at = strstr(title, p->skills[i]);
		size_t n = strlen(p->skills[i]);

		near = at != NULL && (at == title || strchr(" #(\"-", at[-1]) != NULL) &&
		    strchr(" ,.:;?!)\"-", at[n]) != NULL;
		for (k = 0; !near && k < t->topics_n; k++)
			near = strcmp(p->skills[i], t->topics[k]) == 0;
	}
	talloc_free(title);
	return near;
}

static enum news_place
place_of(const struct picking *p, const struct issue_thread *it, bool answered)
{
	const struct news_thread *t = it->thread;
	const struct gp_news *first = p->issue->pool->v[it->v[0]];

	if (answered)
		return NEWS_REPLIES;
	if (took_part(p, t) || interest_of(p, t->id, GP_INTEREST_FOLLOW) != NULL)
		return NEWS_TAKEN;
	if (t->asks)
		return NEWS_QUESTIONS;
	if (strcmp(t->t->mark, "solved") == 0)
		return NEWS_SOLVED;
	if (first->newcomer && first->m->parent == 0)
		return NEWS_NEWCOMERS;
	return it->n == 1 && t->t->messages <= 1 ? NEWS_SINGLES : NEWS_TALKS;
}

/* Did it begin on another list? */
static bool
is_guest(const struct news_thread *t)
{
	return t->sides_n > 0 && t->sides[0].home;
}

/* Does the reader get it by another list that has the thread, as soon or sooner? Then once is enough: from two lists that
 * write as often, by the one where it began. What came before they were there is told here. */
static bool
comes_by_other(const struct picking *p, const struct news_thread *t, const struct gp_message *m)
{
	bool yes = false, before;
	struct gp_member *there;
	struct gp_err err;
	size_t i;

	/* Who asks for what was missed gets all of it. */
	for (i = 0; !yes && p->member != NULL && p->after >= 0 && i < t->sides_n; i++) {
		const struct gp_share_side *side = &t->sides[i];

		if (gp_member_of_person(p->issue, p->site->store, side->list, p->member->person, &there, &err) != GP_OK ||
		    there->delivery == GP_DELIVERY_NONE || there->joined > m->received || there->joined > m->date ||
		    (m->received >= there->pause_from && m->received < there->pause_to))
			continue;
		before = side->home || (is_guest(t) && side->list < p->member->list);
		yes = there->delivery < p->member->delivery || (there->delivery == p->member->delivery && before);
	}
	return yes;
}

static void
take(struct picking *p, const struct news_thread *t)
{
	const struct gp_interest *followed = interest_of(p, t->id, GP_INTEREST_FOLLOW);
	bool muted = interest_of(p, t->id, GP_INTEREST_MUTE) != NULL, answered = false;
	struct gp_issue *issue = p->issue;
	struct issue_thread *it = &issue->threads[issue->threads_n];
	size_t i, others = 0;

	*it = (struct issue_thread){.thread = t, .v = gp_array(issue, size_t, t->n)};
	for (i = 0; i < t->n; i++) {
		size_t k = issue->pool->order[t->first + i];
		const struct gp_news *news = issue->pool->v[k];

		if (!is_new(p, news) || comes_by_other(p, t, news->m))
			continue;
		if (!muted && p->skips && news->m->note[0] != '\0' && !is_own(p, news->author)) {
			issue->left_out++;
			continue;
		}
		if (!muted && came_apart(p, followed, news->m)) {
			it->apart++;
			continue;
		}
		it->v[it->n++] = k;
		if (is_own(p, news->author))
			continue;
		others++;
		answered = answered || is_own(p, news->parent_author);
	}
	if (muted) {
		issue->muted_threads += it->n > 0;
		issue->muted_messages += it->n;
		return;
	}
	if (it->n + it->apart == 0)
		return;
	it->near = is_near(p, t);
	it->place = it->n == 0 ? NEWS_FOLLOWED : place_of(p, it, answered);
	issue->messages += it->n;
	issue->others += others;
	issue->threads_n++;
}

/* Where there is more to read, first; of questions the newest; single messages in order. */
static int
by_weight(const void *a, const void *b)
{
	const struct issue_thread *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->near != y->near)
		return x->near ? -1 : 1;
	/* Single ones as they came. */
	if (x->place == NEWS_SINGLES)
		return x->v[0] < y->v[0] ? -1 : 1;
	if (x->place != NEWS_QUESTIONS && x->n != y->n)
		return x->n < y->n ? 1 : -1;
	if (x->thread->t->last != y->thread->t->last)
		return x->thread->t->last < y->thread->t->last ? 1 : -1;
	return x->thread->id < y->thread->id ? -1 : x->thread->id > y->thread->id;
}

static bool
is_in(const struct gp_issue *issue, int64_t thread)
{
	size_t i;

	for (i = 0; i < issue->threads_n; i++)
		if (issue->threads[i].thread->id == thread)
			return true;
	return false;
}

/* Questions from before that still wait, but for muted ones: near ones, then the newest. They stay until somebody
 * answers; those that have no room, or are old, are counted behind the others. */
static void
take_open(struct picking *p)
{
	struct gp_issue *issue = p->issue;
	const struct gp_news_pool *pool = issue->pool;
	size_t i, fit = 0;
	int near;

	issue->open = gp_array(issue, const struct news_thread *, OPEN);
	for (near = 1; near >= 0; near--) {
		for (i = 0; i < pool->open_n; i++) {
			const struct news_thread *t = &pool->open[i];

			if (is_near(p, t) != (near > 0) || is_in(issue, t->id) || !may_see(p, t->t) ||
			    interest_of(p, t->id, GP_INTEREST_MUTE) != NULL)
				continue;
			fit++;
			if (issue->open_n < OPEN && (t->t->first >= p->since - FADES || issue->open_n == 0))
				issue->open[issue->open_n++] = t;
		}
		issue->near_n = near > 0 ? issue->open_n : issue->near_n;
	}
	issue->open_rest = fit - issue->open_n;
	if (fit > OPEN && pool->open_all > (int64_t)pool->open_n)
		issue->open_rest += (size_t)pool->open_all - pool->open_n;
}

static void
take_kept(struct picking *p)
{
	struct gp_issue *issue = p->issue;
	size_t i;

	issue->kept = gp_array(issue, const struct news_kept *, issue->pool->kept_n + 1);
	for (i = 0; i < issue->pool->kept_n; i++)
		if (issue->pool->kept[i].p->kept >= p->since && may_see(p, issue->pool->kept[i].t))
			issue->kept[issue->kept_n++] = &issue->pool->kept[i];
}

/* What was solved since the last digest without anything being written, by a word of a moderator. */
static void
take_solved(struct picking *p)
{
	struct gp_issue *issue = p->issue;
	const struct gp_news_pool *pool = issue->pool;
	size_t i;

	issue->solved = gp_array(issue, const struct gp_thread *, pool->solved_n + 1);
	for (i = 0; i < pool->solved_n; i++)
		if (pool->solved[i]->mark_at >= p->since && may_see(p, pool->solved[i]) && !is_in(issue, pool->solved[i]->id) &&
		    interest_of(p, pool->solved[i]->id, GP_INTEREST_MUTE) == NULL)
			issue->solved[issue->solved_n++] = pool->solved[i];
}

static void
count_people(struct gp_issue *issue)
{
	int64_t *seen = gp_array(issue, int64_t, issue->messages + 1);
	size_t i, k;

	for (i = 0; i < issue->threads_n; i++)
		for (k = 0; k < issue->threads[i].n; k++) {
			int64_t author = issue->pool->v[issue->threads[i].v[k]]->author;

			if (!is_among(author, seen, issue->people))
				seen[issue->people++] = author;
		}
	talloc_free(seen);
}

static enum gp_status
read_reader(struct picking *p, struct gp_err *err)
{
	const struct gp_member *m = p->member;
	enum gp_status st;

	p->own_copy = true;
	if (m == NULL)
		return GP_OK;
	p->own_copy = m->own_copy == GP_COPY_YES ||
	    (m->own_copy == GP_COPY_LIST && p->issue->pool->list->set.own_copy);
	if (p->since == 0)
		p->since = m->digest_last > m->joined ? m->digest_last : m->joined;
	p->oldest = p->since - OLD;
	p->skips = m->notes == GP_NOTES_SKIP;
	p->issue->shows_notes = m->notes == GP_NOTES_SHOW;
	st = gp_news_senders(p->issue, p->site->store, m->person, &p->issue->own, &p->issue->own_n, err);
	if (st == GP_OK)
		st = gp_interest_all(p->issue, p->site->store, m->id, &p->interest, &p->interest_n, err);
	if (st == GP_OK)
		st = gp_skill_all(p->issue, p->site->store, m->id, &p->skills, &p->skills_n, err);
	return st;
}

enum gp_status
gp_issue_pick(const void *ctx, struct gp_site *site, struct gp_news_pool *pool,
    const struct gp_member *member, int64_t after, int64_t until, int64_t since, struct gp_issue **out,
    struct gp_err *err)
{
	struct gp_issue *issue = gp_new(ctx, struct gp_issue);
	struct picking p = {.site = site, .member = member, .issue = issue, .after = after, .until = until,
	    .since = since};
	enum gp_status st;
	size_t i;

	memset(issue, 0, sizeof(*issue));
	issue->pool = pool;
	issue->threads = gp_array(issue, struct issue_thread, pool->threads_n + 1);
	*out = issue;
	st = read_reader(&p, err);
	if (st != GP_OK)
		return st;
	for (i = 0; i < pool->threads_n; i++)
		if (may_see(&p, pool->threads[i].t))
			take(&p, &pool->threads[i]);
	qsort(issue->threads, issue->threads_n, sizeof(issue->threads[0]), by_weight);
	take_open(&p);
	take_solved(&p);
	take_kept(&p);
	count_people(issue);
	return GP_OK;
}

size_t
gp_issue_count(const struct gp_issue *issue)
{
	return issue->others;
}

int64_t
gp_issue_first(const struct gp_issue *issue)
{
	int64_t first = 0;
	size_t i, k;

	for (i = 0; i < issue->threads_n; i++)
		for (k = 0; k < issue->threads[i].n; k++) {
			const struct gp_message *m = issue->pool->v[issue->threads[i].v[k]]->m;

			if (first == 0 || m->received < first)
				first = m->received;
		}
	return first;
}

bool
gp_issue_is_muted(const struct gp_issue *issue)
{
	return issue->messages == 0 && issue->muted_messages + issue->left_out > 0;
}

/* ---- the print ------------------------------------------------------------------------------- */

static void
print_issue(struct gp_sha256 *h, const struct gp_issue *issue)
{
	size_t i, k;

#define PUT(value) do { int64_t number_ = (int64_t)(value); gp_sha256_add(h, &number_, sizeof(number_)); } while (0)
	PUT(issue->pool->list->id);
	PUT(issue->muted_threads);
	PUT(issue->muted_messages);
	PUT(issue->left_out);
	for (i = 0; i < issue->threads_n; i++) {
		const struct issue_thread *it = &issue->threads[i];

		PUT(it->thread->id);
		PUT(it->place);
		PUT(it->apart);
		PUT(it->near);
		for (k = 0; k < it->n; k++) {
			const struct gp_news *news = issue->pool->v[it->v[k]];

			PUT(news->m->id);
			PUT(news->m->note[0] != '\0' && issue->shows_notes);
			/* "in answer to you" stands beside the message. */
			PUT(is_among(news->parent_author, issue->own, issue->own_n) &&
			    !is_among(news->author, issue->own, issue->own_n));
		}
	}
	for (i = 0; i < issue->open_n; i++)
		PUT(issue->open[i]->id);
	PUT(issue->near_n);
	PUT(issue->open_rest);
	for (i = 0; i < issue->kept_n; i++)
		PUT(issue->kept[i]->p->id);
	for (i = 0; i < issue->solved_n; i++)
		PUT(issue->solved[i]->id);
}

void
gp_digest_print(const struct gp_digest_how *how, struct gp_issue *const *issues, size_t n,
    unsigned char print[GP_SHA256_LEN])
{
	struct gp_sha256 *h = gp_sha256_new(NULL);
	char *head = gp_asprintf(NULL, "%d %" PRId64 " %" PRId64 " %s %s %d %" PRId64 " %d %d %d %d",
	    how->span.delivery, how->span.from, how->span.to, how->language, how->timezone, how->form,
	    how->minutes, how->hour, how->day, how->personal, how->asked);
	size_t i;

	gp_sha256_add(h, head, strlen(head));
	for (i = 0; i < n; i++)
		print_issue(h, issues[i]);
	gp_sha256_end(h, print);
	talloc_free(h);
	talloc_free(head);
}
