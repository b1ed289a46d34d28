/* SPDX-License-Identifier: ISC */
/* Archive a post and queue it for every member: one transaction, the caller's. */
#include "config.h"

#include "guildpost/mail/carry.h"

#include "command.h"
#include "content.h"
#include "digest_answer.h"
#include "linked.h"
#include "rules.h"

#include <string.h>

enum { NAME = 60 };	/* characters of one in the footer */

/* Folded addresses of To and Cc: who has a copy already. */
static const char *const *
addressed(const void *ctx, const struct gp_mail *m, size_t *n)
{
	const struct gp_addrs *const lists[] = {&m->to, &m->cc};
	const char **v = gp_array(ctx, const char *, m->to.n + m->cc.n + 1);
	size_t i, k;

	*n = 0;
	for (k = 0; k < GP_COUNT(lists); k++) {
		for (i = 0; i < lists[k]->n; i++) {
			v[*n] = gp_addr_fold(ctx, lists[k]->v[i].addr);
			*n += v[*n] != NULL;
		}
	}
	return v;
}

struct posting {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	const struct gp_inbound *in;
	const struct gp_header *h;
	const struct gp_archived *archived;
	bool shaped;			/* the archived body is not the author's any more */
	const char *note;		/* content note, or NULL */
	bool first;			/* the first post of a member */
	int64_t first_job, last_job;	/* of this post, on any list */
	const int64_t *copies; size_t copies_n; /* messages of the same thread on other lists */
	int64_t known_on;		/* the list whose members have it already, or 0 */
	struct gp_outcome *out;
	struct gp_err *err;
	struct gp_veil veil;		/* who may see its thread */
};

/* What goes out: the message as it came, or with another body. */
struct shape {
	const char *raw; size_t n;	/* with the author's header */
	size_t body;
	const char *fields;		/* see struct gp_cooking */
	bool changed;
};

/* Attachments over the limit as links; below 0: none. */
static enum gp_status
link_files(struct posting *p, int64_t limit, struct shape *s)
{
	struct gp_buf b;
	enum gp_status st;
	char *body;
	size_t n;

	if (limit < 0)
		return GP_OK;
	st = gp_linked_body(p->ctx, p->site, p->list, p->in, p->h->body, p->archived->key, limit, &body, &n,
	    p->err);
	if (st != GP_OK)
		return st;
	gp_buf_init(&b, p->ctx, 2 * (size_t)GP_MAX_MESSAGE);
	gp_buf_add(&b, s->raw, s->body);
	gp_buf_add(&b, body, n);
	s->raw = b.p;
	s->n = b.len;
	s->changed = true;
	return GP_OK;
}

/* The list's footer, which says of a first post that it is one. */
static enum gp_status
footer_of(struct posting *p, const char **out)
{
	json_t *data = gp_json_object(p->ctx);
	const struct gp_mail *m = p->in->mail;
	char *line, *name = gp_text_hide_addrs(p->ctx, m->from_name, strlen(m->from_name));
	enum gp_status st;
	size_t n;

	*out = p->list->set.footer;
	if (!p->first)
		return GP_OK;
	gp_json_text(data, "author", gp_utf8_line(p->ctx, name, strlen(name), NAME));
	st = gp_templates_render(p->ctx, p->site->templates, "mail/first-post.txt", p->list->set.language, data, &line,
	    &n, p->err);
	if (st == GP_OK)
		*out = gp_asprintf(p->ctx, "%s%s\n", line, p->list->set.footer);
	return st;
}

/* The list's footer, where such mail may have one. */
static enum gp_status
add_footer(struct posting *p, struct shape *s)
{
	struct gp_footed footed;
	struct gp_buf b;
	enum gp_status st;
	const char *footer;

	if (p->list->set.footer[0] == '\0')
		return GP_OK;
	st = footer_of(p, &footer);
	if (st != GP_OK)
		return st;
	st = gp_footer_add(p->ctx, s->raw, s->n, footer, &footed, p->err);
	/* No room for a footer is no reason to keep a post back. */
	if (st == GP_E_TOOBIG || (st == GP_OK && !footed.added))
		return GP_OK;
	if (st != GP_OK)
		return st;
	gp_buf_init(&b, p->ctx, 2 * (size_t)GP_MAX_MESSAGE);
	gp_buf_add(&b, s->raw, s->body);
	gp_buf_add(&b, footed.body, footed.n);
	s->raw = b.p;
	s->n = b.len;
	s->fields = footed.fields;
	s->changed = true;
	return GP_OK;
}

static unsigned
flags_of(const struct posting *p, const struct gp_job *job, const struct shape *s)
{
	unsigned flags = p->list->set.personal ? GP_JOB_ONE_CLICK : GP_JOB_BATCH;

	if (!gp_is_ascii(job->header, job->header_n))
		return flags | GP_JOB_UTF8 | GP_JOB_8BIT;
	return !gp_is_ascii(s->raw + s->body, s->n - s->body) ? flags | GP_JOB_8BIT : flags;
}

/* Header and body of a job, and how it is to be sent. */
static enum gp_status
cook(struct posting *p, int64_t limit, struct gp_job *job)
{
	struct shape s = {.raw = p->in->raw, .n = p->in->n, .body = p->h->body};
	struct gp_cooking k = {.in = p->in, .h = p->h, .msgid = p->archived->msgid,
	    .key = p->archived->hidden ? NULL : p->archived->key};
	struct gp_list_stats stats;
	struct gp_cooked cooked;
	enum gp_status st = link_files(p, limit, &s);

	if (st == GP_OK)
		st = add_footer(p, &s);
	if (st == GP_OK && strchr(p->list->set.prefix, '#') != NULL) {
		st = gp_list_stats(p->site->store, p->list->id, gp_now(), &stats, p->err);
		k.number = stats.messages;
	}
	k.note = p->in->note;
	k.first = p->first;
	k.fields = s.fields;
	k.body_changed = s.changed || p->shaped;
	if (st == GP_OK)
		st = gp_cook_header(p->ctx, p->site, p->list, &k, &cooked, p->err);
	if (st != GP_OK)
		return st;
	job->header = cooked.header;
	job->header_n = cooked.n;
	job->flags = flags_of(p, job, &s) | (cooked.ask ? GP_JOB_ASK : 0);
	/* What is in the archive as it goes out needn't be kept twice. */
	job->message = s.changed ? 0 : p->archived->id;
	job->body_off = p->h->body;
	if (s.changed) {
		job->body_n = s.n - s.body;
		job->body = gp_memdup(p->ctx, s.raw + s.body, job->body_n);
	}
	return GP_OK;
}

/* The policy of the author's domain is often known: then the job needn't wait for it. */
static enum gp_status
settle_now(struct posting *p, struct gp_job *job)
{
	enum gp_policy policy;

	if ((job->flags & GP_JOB_ASK) == 0 || p->site->policy == NULL)
		return GP_OK;
	if (!p->site->policy(p->site->policy_arg, gp_cook_domain(p->ctx, job), &policy) ||
	    policy == GP_POLICY_UNKNOWN)
		return GP_OK;
	return gp_cook_settle(p->ctx, p->site, p->list, job, policy, p->err);
}

/* One shape of the post, for those who want it so. */
static enum gp_status
queue_shape(struct posting *p, int64_t limit, struct gp_audience *audience)
{
	struct gp_job job = {.list = p->list->id, .kind = GP_JOB_POST, .subject = p->in->mail->subject,
	    .created = audience->now, .expires = audience->now + p->site->conf->expire};
	enum gp_status st = cook(p, limit, &job);
	int64_t n = 0;

	if (st == GP_OK)
		st = settle_now(p, &job);
	if (st == GP_OK)
		st = gp_job_add(p->site->store, &job, p->err);
	if (st == GP_OK)
		st = gp_job_add_audience(p->site->store, job.id, audience, &n, p->err);
	p->out->recipients += n;
	if (p->out->job == 0)
		p->out->job = job.id;
	if (p->first_job == 0)
		p->first_job = job.id;
	p->last_job = job.id;
	return st;
}

/* Queue an archived post for all who want it. */
static enum gp_status
queue_post(struct posting *p, const struct gp_member *author)
{
	struct gp_audience audience = {.list = p->list->id, .message = p->archived->id,
	    .author = author != NULL ? author->id : 0, .own_copy = p->list->set.own_copy,
	    .noted = p->note != NULL, .now = gp_now(), .copies = p->copies, .copies_n = p->copies_n,
	    .known_on = p->known_on,
	    .from_job = p->first_job, .to_job = p->last_job};
	enum gp_status st;
	int64_t *limits;
	size_t i, n = 0;

	audience.addressed = addressed(p->ctx, p->in->mail, &audience.addressed_n);
	/* What no page shows is not linked to. */
	if (!p->archived->hidden && !p->veil.unnamed)
		audience.largest = gp_linked_largest(p->list, p->in->mail);
	if (audience.largest > 0 && p->list->set.attachments == GP_FILES_LINK) {
		audience.largest = 0;
		return queue_shape(p, 0, &audience);
	}
	st = queue_shape(p, -1, &audience);
	if (st == GP_OK && audience.largest > 0)
		st = gp_audience_limits(p->ctx, p->site->store, p->list->id, audience.largest, &limits, &n,
		    p->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		audience.limit = limits[i];
		st = queue_shape(p, limits[i], &audience);
	}
	return st;
}

/* ---- threads that other lists have, too --------------------------------------------------------- */

/* The copy of a post on another list: in its archive, in that thread, and to those of its members who have not got
 * it already. It is that list's mail like any other. */
static enum gp_status
post_copy(struct posting *from, const struct gp_share_side *side)
{
	struct posting p = *from;
	struct gp_member *author = NULL;
	struct gp_archived a;
	enum gp_status st = gp_list_find_id(p.ctx, p.site->store, side->list, &p.list, p.err);

	if (st != GP_OK || p.list->set.closed)
		return st;
	st = gp_archive_add(p.ctx, p.site->store, p.list, p.in->mail, p.in->raw, p.in->n, p.in->received, &a, p.err);
	if (st != GP_OK || a.duplicate)
		return st;
	if (a.thread != side->thread)
		st = gp_thread_join(p.site->store, p.list, a.thread, side->message, p.err);
	if (st == GP_OK && p.note != NULL)
		st = gp_message_set_note(p.site->store, a.id, p.note, p.in->note != NULL, p.err);
	if (st == GP_OK && p.in->mail->from_addr[0] != '\0')
		st = gp_member_find(p.ctx, p.site->store, p.list->id, p.in->mail->from_addr, &author, p.err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	p.archived = &a;
	p.first = false;
	st = queue_post(&p, author);
	from->first_job = p.first_job;
	from->last_job = p.last_job;
	return st;
}

/* Messages of the thread on other lists. */
static void
note_copies(struct posting *p, const struct gp_share_side *sides, size_t n)
{
	int64_t *v = gp_array(p->ctx, int64_t, n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = sides[i].message;
	v[n] = p->archived->id;
	p->copies = v;
	p->copies_n = n + 1;
}

static enum gp_status
post_copies(struct posting *p, const struct gp_share_side *sides, size_t n)
{
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; st == GP_OK && i < n; i++)
		st = post_copy(p, &sides[i]);
	return st;
}

enum gp_status
gp_post_again(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_inbound *in,
    const struct gp_archived *archived, const struct gp_member *author, const struct gp_message *first,
    struct gp_outcome *out, struct gp_err *err)
{
	struct gp_header h;
	struct posting p = {.ctx = ctx, .site = site, .list = list, .in = in, .h = &h, .archived = archived,
	    .note = first->note[0] != '\0' ? first->note : NULL, .copies = &first->id, .copies_n = 1, .known_on = first->list, .out = out, .err = err};
	enum gp_status st = gp_header_scan(ctx, in->raw, in->n, &h, err);

	return st == GP_OK ? queue_post(&p, author) : st;
}

/* What the rules want to know the next time. */
static enum gp_status
count_post(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_member *author, struct gp_err *err)
{
	enum gp_status st;
	int64_t n;

	if (author == NULL)
		return GP_OK;
	st = gp_member_count_post(site->store, author->id, true, err);
	if (st == GP_OK && list->set.daily_posts > 0)
		st = gp_count_add(site->store, gp_rules_posts_kind(ctx, list),
		    gp_addr_fold(ctx, author->address), gp_now(), 86400, &n, err);
	return st;
}

/* Of a member, by the count of their posts and by what is in the archive; posts without a name have no member. */
static enum gp_status
is_first(struct gp_site *site, const struct gp_list *list, const struct gp_member *author, bool *first,
    struct gp_err *err)
{
	enum gp_status st = GP_OK;
	bool wrote = false;

	*first = author != NULL && author->accepted == 0 && list->set.welcome == GP_FEATURE_ON;
	if (*first)
		st = gp_person_wrote(site->store, list->id, author->person, &wrote, err);
	*first = *first && !wrote;
	return st;
}

enum gp_status
gp_post_as_is(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_inbound *in,
    const struct gp_member *author, struct gp_outcome *out, struct gp_err *err)
{
	const struct gp_inbound *came = in;
	struct gp_share_side *sides;
	struct gp_archived a;
	struct posting p;
	struct gp_header h;
	size_t n;
	enum gp_status st = gp_content_shape(ctx, site, list, came, &in, err);
	bool which, first;

	if (st == GP_OK)
		st = is_first(site, list, author, &first, err);
	if (st == GP_OK)
		st = gp_digest_answer(ctx, site, list, in, &in, &which, err);
	if (st == GP_OK)
		st = gp_header_scan(ctx, in->raw, in->n, &h, err);
	if (st != GP_OK)
		return st;
	st = gp_archive_add(ctx, site->store, list, in->mail, in->raw, in->n, in->received, &a, err);
	if (st != GP_OK)
		return st;
	out->message = a.id;
	out->thread = a.thread;
	out->key = gp_strdup(ctx, a.key);
	if (a.duplicate) {
		out->text = gp_strdup(ctx, "it was in the archive already: nothing sent");
		return GP_OK;
	}
	p = (struct posting){.ctx = ctx, .site = site, .list = list, .in = in, .h = &h, .archived = &a,
	    .shaped = came->shaped || in != came, .note = in->note, .first = first, .out = out, .err = err};
	if (p.note == NULL)
		p.note = gp_note_said(ctx, site->words, in->mail);
	out->recipients = 0;
	/* Before anything goes out that leads to the archive. */
	st = gp_veil_keep(ctx, site, list, in->mail, author, &a, err);
	if (st == GP_OK)
		st = gp_thread_veil(site->store, a.thread, &p.veil, err);
	if (st == GP_OK)
		st = gp_share_sides(ctx, site->store, a.thread, &sides, &n, err);
	if (st != GP_OK)
		return st;
	/* Where words are shown without names nobody is known by being new. */
	p.first = first = first && !p.veil.unnamed;
	if (n > 0)
		note_copies(&p, sides, n);
	st = queue_post(&p, author);
	if (st == GP_OK && first)
		st = gp_message_set_first(site->store, a.id, err);
	if (st == GP_OK)
		st = post_copies(&p, sides, n);
	if (st == GP_OK && p.note != NULL)
		st = gp_message_set_note(site->store, a.id, p.note, in->note != NULL, err);
	if (st == GP_OK)
		st = gp_kind_mark(ctx, site, list, in->mail, author, &a, err);
	if (st == GP_OK && (in->mail->flags & GP_MAIL_AUTO) == 0)
		st = gp_heat_look(ctx, site, list, a.thread, err);
	if (st == GP_OK)
		st = count_post(ctx, site, list, author, err);
	if (st == GP_OK)
		st = gp_rules_count_words(ctx, site, list, in->mail, err);
	out->text = gp_asprintf(ctx, "archived, queued for %lld", (long long)out->recipients);
	return st;
}

enum gp_status
gp_post(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_inbound *in,
    const struct gp_member *author, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_aside *aside;
	bool taken;
	enum gp_status st = gp_aside_before(ctx, site, list, &in, out, &aside, &taken, err);

	if (st != GP_OK || taken)
		return st;
	st = gp_post_as_is(ctx, site, list, in, author, out, err);
	return st == GP_OK && aside != NULL ? gp_aside_after(aside) : st;
}
