/* SPDX-License-Identifier: ISC */
/*
 * "#decide": a round of yes, no, abstain, block. The first word of a reply counts, the last one of each
 * member; who said nothing is reminded once; then the outcome is posted and kept in the library.
 */
#include "config.h"

#include "command.h"

#include <string.h>

enum { BATCH = 500 };

enum gp_status
gp_decide_begin(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail,
    const struct gp_member *author, int64_t message, struct gp_err *err)
{
	int64_t ends = gp_now() + list->set.decide_for;
	enum gp_status st;

	if (author == NULL)
		return GP_OK;
	st = gp_decision_begin(site->store, message, list->id, gp_now(), ends, err);
	return st == GP_OK ? gp_kind_begun(ctx, site, list, mail, author, NULL, ends, err) : st;
}

/* ---- what members say ------------------------------------------------------------------------------ */

static int
choice_of(const char *name)
{
	int i;

	for (i = 0; i < GP_VOTE_COUNT; i++)
		if (strcmp(gp_vote_names[i], name) == 0)
			return i;
	return -1;
}

enum gp_status
gp_decide_voter(struct asked *a, int64_t list, const char *title, const char *what, struct gp_list **home,
    struct gp_member **out)
{
	enum gp_status st = GP_OK;
	json_t *said;

	*home = a->list;
	*out = a->member;
	if (list == a->list->id)
		return GP_OK;
	st = gp_list_find_id(a->ctx, a->site->store, list, home, a->err);
	if (st == GP_OK)
		st = gp_member_of_person(a->ctx, a->site->store, list, a->member->person, out, a->err);
	if (st != GP_E_NOTFOUND)
		return st;
	a->refused = a->uncounted = true;
	said = gp_said(a, what);
	gp_json_text(said, "title", title);
	gp_json_text(said, "home_title", gp_list_title(*home));
	return st;
}

/* "vote 4711 yes": the round of that message's thread. */
enum gp_status
gp_do_vote(struct asked *a, const char *args)
{
	const struct gp_word *word;
	struct gp_decision_round *d;
	struct gp_vote_counts counts;
	struct gp_message *m;
	struct gp_member *voter;
	struct gp_list *home;
	enum gp_status st = gp_command_mailed(a, args, &m);
	bool is_circle = false;
	json_t *said;
	int choice;

	if (st == GP_OK)
		st = gp_decision_of(a->ctx, a->site->store, m->id, &d, a->err);
	else
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (st == GP_E_NOTFOUND && (st = gp_circle_plus(a, m, &is_circle)) == GP_OK)
		st = GP_E_NOTFOUND;
	if (is_circle)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (st == GP_E_NOTFOUND || (st == GP_OK && d->over)) {
		a->refused = true;
		gp_said_title(a, gp_said(a, "no_round"), m->title);
		return GP_OK;
	}
	args += strspn(args, " #");
	gp_command_word(&args);
	word = gp_words_find(a->site->words, GP_WORD_VOTE, args, NULL);
	choice = word != NULL ? choice_of(word->name) : -1;
	if (st != GP_OK || choice < 0) {
		gp_said_title(a, gp_said(a, "vote_what"), m->title);
		return st;
	}
	st = gp_decide_voter(a, d->list, m->title, "vote_not_yours", &home, &voter);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_vote_put(a->site->store, d->message, voter->id, choice, gp_now(), a->err);
	if (st == GP_OK)
		st = gp_vote_count(a->site->store, d, &counts, a->err);
	said = gp_said(a, "voted");
	gp_said_title(a, said, m->title);
	gp_json_bool(gp_json_new_object(said, "choice_is"), gp_vote_names[choice], true);
	gp_json_text(said, "to_date", gp_time_format(a->ctx, d->ends, a->list->set.timezone, "%Y-%m-%d"));
	return st;
}

/* ---- the clock --------------------------------------------------------------------------------------- */

struct round {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	const struct gp_decision_round *d;
	struct gp_message *head;
	struct gp_message *shown;	/* the same with the eyes of all members: what is written to them */
	bool hidden;			/* it is in no archive, and what comes of it is in no library */
	struct gp_err *err;
};

static json_t *
describe(const struct round *r)
{
	json_t *data = gp_json_object(r->ctx);

	gp_json_text(data, "title", r->shown->title);
	gp_json_text(data, "plain_title", gp_kind_title(r->ctx, r->site, r->list, r->shown->title));
	gp_json_text(data, "author", r->shown->from_name);
	gp_json_text(data, "snippet", r->shown->snippet);
	gp_json_int(data, "number", r->head->id);
	gp_json_text(data, "to_date", gp_time_format(r->ctx, r->d->ends, r->list->set.timezone, "%Y-%m-%d"));
	if (r->list->set.archive == GP_ARCHIVE_PUBLIC && !r->hidden)
		gp_json_text(data, "url", gp_asprintf(r->ctx, "%s/%s/t/%s", r->site->conf->url, r->list->name,
		    r->head->key));
	return data;
}

/* Each who has said nothing, once; not who asks, and knows. A reply goes to the list, into the thread. */
static enum gp_status
remind(struct round *r)
{
	int64_t *silent, after = 0, job;
	struct gp_member *m;
	enum gp_status st;
	size_t i, n;

	do {
		st = gp_decision_silent(r->ctx, r->site->store, r->d, after, BATCH, &silent, &n, r->err);
		for (i = 0; st == GP_OK && i < n; i++) {
			struct gp_notice notice = {.template_name = "decide-remind", .data = describe(r),
			    .reply_to = r->list->address, .in_reply_to = r->head->msgid, .member = silent[i]};

			after = silent[i];
			st = gp_member_find_id(r->ctx, r->site->store, silent[i], &m, r->err);
			if (st != GP_OK)
				break;
			notice.to_name = m->name;
			notice.to_addr = m->address;
			notice.language = m->language[0] != '\0' ? m->language : NULL;
			st = gp_notice_send(r->ctx, r->site, r->list, &notice, &job, r->err);
		}
	} while (st == GP_OK && n == BATCH);
	return st == GP_OK ? gp_decision_reminded(r->site->store, r->d->message, r->err) : st;
}

/* The outcome in the library, with its figures. *p NULL: the list has none. */
static enum gp_status
keep(struct round *r, const char *body, struct gp_practice **p)
{
	struct gp_practice what = {.list = r->list->id, .message = r->head->id,
	    .title = gp_kind_title(r->ctx, r->site, r->list, r->head->title),
	    .tags = gp_strdup(r->ctx, " decision "), .keeper = r->head->from_addr,
	    .name = r->head->from_name};
	int64_t version;
	enum gp_status st;

	*p = NULL;
	if (r->list->set.library == GP_FEATURE_OFF || r->hidden)
		return GP_OK;
	st = gp_practice_keep(r->ctx, r->site->store, &what, p, r->err);
	return st != GP_OK ? st : gp_practice_write(r->ctx, r->site->store, *p, body, r->head->from_addr, &version,
	    r->err);
}

/* What the mail says, and its page in the library does not: why it comes, and where it is kept. */
static void
tell_why(const struct round *r, const struct gp_practice *kept, json_t *data)
{
	gp_json_bool(data, "to_all", true);
	if (kept != NULL && r->list->set.archive == GP_ARCHIVE_PUBLIC)
		gp_json_text(data, "kept_url", gp_asprintf(r->ctx, "%s/%s/library/%s", r->site->conf->url,
		    r->list->name, kept->slug));
}

static enum gp_status
end(struct round *r)
{
	struct gp_vote_counts counts;
	struct gp_notice n = {.template_name = "decided", .in_reply_to = r->head->msgid, .data = describe(r)};
	struct gp_practice *kept;
	struct gp_mail_text text;
	struct gp_outcome out;
	enum gp_status st = gp_vote_count(r->site->store, r->d, &counts, r->err);
	json_t *is;

	if (st != GP_OK)
		return st;
	gp_json_int(n.data, "yes_count", counts.n[GP_VOTE_YES]);
	gp_json_int(n.data, "no_count", counts.n[GP_VOTE_NO]);
	gp_json_int(n.data, "abstain_count", counts.n[GP_VOTE_ABSTAIN]);
	gp_json_int(n.data, "block_count", counts.n[GP_VOTE_BLOCK]);
	gp_json_int(n.data, "members_count", counts.members);
	gp_json_bool(n.data, "one_member", counts.members == 1);
	is = gp_json_new_object(n.data, "outcome_is");
	gp_json_bool(is, counts.n[GP_VOTE_BLOCK] > 0 ? "blocked" :
	    counts.n[GP_VOTE_YES] > counts.n[GP_VOTE_NO] ? "agreed" : "not_agreed", true);
	st = gp_notice_text(r->ctx, r->site, r->list, &n, &text, r->err);
	if (st == GP_OK)
		st = keep(r, text.markdown, &kept);
	if (st == GP_OK)
		tell_why(r, kept, n.data);
	if (st == GP_OK)
		st = gp_list_says(r->ctx, r->site, r->list, &n, &out, r->err);
	if (st == GP_OK)
		st = gp_thread_mark(r->site->store, r->d->thread, "decided", out.message, GP_MARK_RULE, r->err);
	return st == GP_OK ? gp_decision_end(r->site->store, r->d->message, r->err) : st;
}

static enum gp_status
find_head(struct round *r)
{
	struct gp_looker before;
	enum gp_status st = gp_message_find_id(r->ctx, r->site->store, r->d->message, &r->head, r->err);

	if (st != GP_OK)
		return st;
	before = gp_store_look(r->site->store, (struct gp_looker){GP_LOOK_MAILED, 0, false});
	st = gp_message_find_id(r->ctx, r->site->store, r->d->message, &r->shown, r->err);
	gp_store_look(r->site->store, before);
	r->hidden = r->head->state == 2;
	return st;
}

static enum gp_status
one_round(const void *ctx, struct gp_site *site, const struct gp_decision_round *d, int64_t now,
    struct gp_err *err)
{
	struct round r = {.ctx = ctx, .site = site, .d = d, .err = err};
	enum gp_status st = gp_list_find_id(ctx, site->store, d->list, &r.list, err);

	if (st == GP_OK)
		st = find_head(&r);
	/* It was removed: nobody can answer it any more. */
	if (st == GP_E_NOTFOUND || (st == GP_OK && r.head->state > 2))
		return gp_decision_end(site->store, d->message, err);
	if (st != GP_OK)
		return st;
	return now >= d->ends ? end(&r) : remind(&r);
}

enum gp_status
gp_decide_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_decision_round **v;
	size_t i, n;
	enum gp_status st = gp_decision_due(ctx, site->store, now, &v, &n, err);

	for (i = 0; st == GP_OK && i < n; i++) {
		void *tmp = gp_ctx(ctx);

		st = one_round(tmp, site, v[i], now, err);
		talloc_free(tmp);
	}
	return st;
}
