/* SPDX-License-Identifier: ISC */
/*
 * A mail to NAME+anon, and its author's answer to the preview. The draft lies with the token of the preview until
 * its author says yes or no, or three days are over; then it is erased. How often somebody can be shown a preview
 * is bounded by the drafts that are open, so that nothing has to be counted for an address.
 */
#include "config.h"

#include "anon.h"
#include "command.h"
#include "rules.h"

#include <string.h>

enum { DAYS = 3, DAY = 86400, MOST_DRAFTS = 3 };

struct writing {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	const struct gp_inbound *in;
	struct gp_outcome *out;
	struct gp_member *author;
	struct gp_err *err;
	struct gp_message *parent;	/* that is answered, or NULL */
};

/* ---- the draft, kept in JSON ------------------------------------------------------------------ */

static char *
pack(const void *ctx, const struct gp_draft *d)
{
	json_t *data = gp_json_object(ctx);

	gp_json_text(data, "subject", d->subject);
	gp_json_text(data, "text", d->text);
	gp_json_text(data, "name", d->name);
	gp_json_text(data, "address", d->address);
	gp_json_text(data, "under", d->under);
	gp_json_int(data, "key", d->key);
	gp_json_text(data, "line", d->line);
	return gp_json_dump(ctx, data, false);
}

static char *
member_text(const void *ctx, json_t *data, const char *name)
{
	const char *s = json_string_value(json_object_get(data, name));

	return s != NULL ? gp_strdup(ctx, s) : NULL;
}

static void
unpack(const void *ctx, const char *text, struct gp_draft *d)
{
	json_t *data = gp_json_load(ctx, text != NULL ? text : "{}");

	d->subject = member_text(ctx, data, "subject");
	d->text = member_text(ctx, data, "text");
	d->name = member_text(ctx, data, "name");
	d->address = member_text(ctx, data, "address");
	d->under = member_text(ctx, data, "under");
	d->key = json_integer_value(json_object_get(data, "key"));
	d->line = member_text(ctx, data, "line");
}

/* ---- a mail becomes a draft -------------------------------------------------------------------- */

static enum gp_status
write_draft(struct writing *w, const struct gp_called *who, struct gp_draft *d)
{
	const struct gp_mail *m = w->in->mail;
	struct gp_message *parent = NULL;
	struct gp_anon_key key;
	enum gp_status st = gp_rules_parent(w->ctx, w->site, w->list, m, &parent, w->err);

	if (st == GP_E_NOTFOUND)
		st = GP_OK;
	w->parent = parent;
	if (st == GP_OK)
		st = gp_anon_key(w->site->store, w->list->id, parent != NULL ? parent->id : 0, gp_now(), &key,
		    w->err);
	if (st != GP_OK)
		return st;
	d->key = key.id;
	d->subject = gp_anon_line(w->ctx, gp_utf8_line(w->ctx, m->subject, strlen(m->subject), 200), who);
	d->text = gp_anon_text(w->ctx, m, who);
	d->under = parent != NULL ? gp_strdup(w->ctx, parent->msgid) : NULL;
	return gp_anon_name(w->ctx, w->site, w->list, &key, w->author->person, parent != NULL ? parent->thread : 0,
	    d, w->err);
}

static void
add_files(const struct gp_mail *m, json_t *data)
{
	json_t *rows = gp_json_new_array(data, "attachments");
	size_t i;

	for (i = 0; i < m->parts_n; i++)
		if ((m->parts[i].flags & GP_PART_ATTACHMENT) != 0)
			gp_json_text(gp_json_push_object(rows), "name",
			    m->parts[i].name != NULL ? m->parts[i].name : m->parts[i].type);
	gp_json_bool(data, "has_attachments", json_array_size(rows) > 0);
}

static const char *const says_names[] = {"nothing", "vote", "needs_name", "not_theirs", "done"};

/* "#decide" and "circle:" are said by somebody: their answers would be counted for nobody. */
static bool
would_begin(const struct writing *w)
{
	const char *kind = gp_kind_said(w->ctx, w->site, w->list, w->in->mail);

	return w->parent == NULL && ((gp_streq(kind, "decide") && w->list->set.decisions != GP_FEATURE_OFF) ||
	    (gp_streq(kind, "circle") && w->list->set.circles != GP_FEATURE_OFF));
}

/* What the author must know before saying yes. */
static json_t *
preview_of(struct writing *w, const struct gp_draft *d, const struct gp_called *who, const struct gp_anon_aside *aside)
{
	json_t *data = gp_json_object(w->ctx), *left, *where;
	bool cut;

	gp_json_text(data, "line", aside->said);
	if (aside->says != GP_ANON_SAYS_NOTHING)
		gp_json_bool(gp_json_new_object(data, "says_is"), says_names[aside->says], true);

	gp_json_bool(data, "begins_nothing", would_begin(w));
	gp_json_text(data, "pseudonym", d->name);
	gp_json_text(data, "subject", d->subject);
	gp_json_text(data, "text_md", gp_hold_quote(w->ctx, d->text, strlen(d->text), &cut));
	gp_json_bool(data, "cut", cut);
	gp_json_bool(data, "sealed", w->list->set.anon_sealed);
	gp_json_bool(data, "is_answer", d->under != NULL);
	gp_json_int(data, "days", w->list->set.anon_keep / DAY);
	gp_json_bool(data, "one_day", w->list->set.anon_keep / DAY == 1);
	add_files(w->in->mail, data);
	left = gp_json_new_array(data, "still_named");
	where = gp_json_new_array(data, "still_addressed");
	gp_anon_left(w->ctx, gp_asprintf(w->ctx, "%s\n%s", d->subject, d->text), who, left, where);
	gp_json_bool(data, "has_names", json_array_size(left) > 0);
	gp_json_bool(data, "has_addresses", json_array_size(where) > 0);
	return data;
}

static enum gp_status
ask_author(struct writing *w, const struct gp_draft *d, struct gp_notice *n)
{
	struct gp_token t = {.purpose = gp_strdup(w->ctx, GP_PURPOSE_ANON), .list = w->list->id,
	    .address = gp_addr_fold(w->ctx, w->author->address), .expires = gp_now() + DAYS * DAY,
	    .data = pack(w->ctx, d)};
	char *token;
	enum gp_status st = gp_token_add(w->ctx, w->site->store, &t, &token, w->err);

	if (st != GP_OK)
		return st;
	n->to_name = w->author->name;
	n->to_addr = w->author->address;
	n->language = w->author->language[0] != '\0' ? w->author->language : NULL;
	n->reply_to = gp_route_address(w->ctx, w->site, w->list, "anon", token);
	n->answer = n->secret = true;
	return gp_notice_send(w->ctx, w->site, w->list, n, NULL, w->err);
}

static enum gp_status
send_preview(struct writing *w, const struct gp_draft *d, json_t *data)
{
	struct gp_enclosure whole = {"message/rfc822", NULL, NULL, 0};
	struct gp_notice n = {.template_name = "anon-preview", .data = data, .enclosures = &whole, .enclosures_n = 1};
	struct gp_inbound shown;
	/* Its date will be that of its approval. */
	enum gp_status st = gp_anon_compose(w->ctx, w->list, d, NULL, gp_now() - gp_now() % DAY, &shown, w->err);

	if (st != GP_OK)
		return st;
	whole.p = shown.raw;
	whole.n = shown.n;
	return ask_author(w, d, &n);
}

static enum gp_status
answer(struct writing *w, const char *what, json_t *data)
{
	return gp_anon_tell(w->ctx, w->site, w->list, w->author->address, what, data, w->err);
}

/* Where nothing of theirs was looked at: anybody can have written it, in any number. */
static enum gp_status
answer_bounded(struct writing *w, const char *what, json_t *data)
{
	bool may;
	enum gp_status st = gp_notice_count_answer(w->ctx, w->site, w->author->address, &may, w->err);

	return st == GP_OK && may ? answer(w, what, data) : st;
}

/* A line to the list itself, and nothing else: no post. */
static enum gp_status
take_aside(struct writing *w, struct gp_draft *d, const struct gp_anon_aside *aside)
{
	struct gp_notice n = {.template_name = "anon-aside", .data = gp_json_object(w->ctx)};

	gp_json_text(n.data, "line", aside->said);
	gp_json_text(n.data, "pseudonym", d->name);
	gp_json_text(n.data, "title", gp_kind_title(w->ctx, w->site, w->list, w->parent->title));
	if (aside->says != GP_ANON_SAYS) {
		w->out->text = gp_strdup(w->ctx, "a line to the list that needs a name: its author is told");
		return answer_bounded(w, says_names[aside->says], n.data);
	}
	w->out->text = gp_strdup(w->ctx, "a line to the list: its author is asked");
	d->line = gp_strdup(w->ctx, aside->line);
	d->text = gp_strdup(w->ctx, aside->said);
	return ask_author(w, d, &n);
}

/* What can't be shown now goes back to its author, word for word: nothing is lost. */
static enum gp_status
too_many(struct writing *w)
{
	json_t *data = gp_json_object(w->ctx);
	const struct gp_mail *m = w->in->mail;
	bool cut;

	w->out->text = gp_strdup(w->ctx, "too many drafts wait for a yes of their author, who is told");
	gp_json_int(data, "count", MOST_DRAFTS);
	gp_json_int(data, "days", DAYS);
	gp_json_text(data, "subject", gp_utf8_line(w->ctx, m->subject, strlen(m->subject), 200));
	gp_json_text(data, "text_md", gp_hold_quote(w->ctx, m->own, m->own_n, &cut));
	gp_json_bool(data, "cut", cut);
	return answer_bounded(w, "too_many", data);
}

static enum gp_status
take(struct writing *w)
{
	struct gp_person *person;
	struct gp_anon_aside aside;
	struct gp_called who;
	struct gp_draft d = {0};
	enum gp_status st;
	int64_t open = 0;

	st = gp_anon_drafts(w->site->store, GP_PURPOSE_ANON, w->list->id, gp_addr_fold(w->ctx, w->author->address),
	    gp_now(), &open, w->err);
	if (st != GP_OK || open >= MOST_DRAFTS)
		return st == GP_OK ? too_many(w) : st;
	st = gp_person_find(w->ctx, w->site->store, w->author->address, &person, w->err);
	if (st != GP_OK)
		return st;
	who = (struct gp_called){{w->in->mail->from_name, w->author->name}, person->addresses, person->n};
	st = write_draft(w, &who, &d);
	if (st != GP_OK)
		return st;
	if (gp_anon_aside(w->ctx, w->site, w->list, w->in->mail, w->author, &d, w->parent, &aside) && aside.only)
		return take_aside(w, &d, &aside);
	w->out->text = gp_strdup(w->ctx, d.text[0] == '\0' ? "nothing is left of it" :
	    "its author is shown how it will be");
	return d.text[0] == '\0' ? answer_bounded(w, "empty", NULL) :
	    send_preview(w, &d, preview_of(w, &d, &who, &aside));
}

/* ---- yes or no ----------------------------------------------------------------------------------- */

static enum gp_status
answers_unseen(struct writing *w, const struct gp_mail *m, bool *yes)
{
	struct gp_message *parent;
	enum gp_status st = gp_rules_parent(w->ctx, w->site, w->list, m, &parent, w->err);

	*yes = false;
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	return gp_veil_shuts_out(w->site, parent->thread, w->author, yes, w->err);
}

/* Before the moderators, who learn the year in which its author joined. */
static enum gp_status
hold(struct writing *w, const struct gp_draft *draft)
{
	struct gp_decision d = {.kind = GP_DECIDE_HOLD, .rule = GP_RULE_ANON,
	    .reason = gp_strdup(w->ctx, "it comes without a name")};
	struct gp_anon a = {.key = draft->key, .address = gp_addr_fold(w->ctx, w->author->address)};
	json_t *data = gp_json_object(w->ctx);
	struct gp_inbound in;
	enum gp_status st;
	bool unseen;

	gp_json_text(data, "since", gp_time_format(w->ctx, w->author->joined, w->list->set.timezone, "%Y"));
	st = gp_anon_compose(w->ctx, w->list, draft, NULL, gp_now() - gp_now() % DAY, &in, w->err);
	if (st == GP_OK)
		st = answers_unseen(w, in.mail, &unseen);
	if (st != GP_OK)
		return st;
	gp_json_bool(data, "unseen", unseen);
	d.data = gp_json_dump(w->ctx, data, false);
	st = gp_hold_post(w->ctx, w->site, w->list, &in, &d, w->out, w->err);
	a.hold = w->out->hold;
	return st == GP_OK ? gp_anon_wait(w->site->store, w->list->id, &a, w->err) : st;
}

/* Said to the list, and meant. What came of it is for its author alone. */
static enum gp_status
run_line(struct writing *w, const struct gp_draft *d)
{
	struct gp_notice n = {.template_name = "answer", .data = gp_json_object(w->ctx), .answer = true, .secret = true,
	    .to_name = w->author->name, .to_addr = w->author->address};
	json_t *results;
	enum gp_status st = gp_anon_aside_run(w->ctx, w->site, w->list, d, w->author, d->line, w->out, &results, w->err);

	if (st != GP_OK)
		return st;
	w->out->text = gp_strdup(w->ctx, "a line to the list: done");
	n.language = w->author->language[0] != '\0' ? w->author->language : NULL;
	/* As they wrote it. */
	gp_json_text(json_array_get(results, 0), "line", d->text);
	json_object_set(n.data, "results", results);
	gp_json_bool(n.data, "by_mail", true);
	gp_json_bool(n.data, "is_member", true);
	return gp_notice_send(w->ctx, w->site, w->list, &n, NULL, w->err);
}

static enum gp_status
confirm(struct writing *w, const char *token)
{
	const struct gp_word *word;
	struct gp_draft d = {0};
	struct gp_token *t;
	enum gp_status st;
	char *rest;
	json_t *data;

	st = gp_token_find(w->ctx, w->site->store, GP_PURPOSE_ANON, token, gp_now(), &t, w->err);
	if (st == GP_E_NOTFOUND || (st == GP_OK && (t->list != w->list->id ||
	    !gp_streq(t->address, gp_addr_fold(w->ctx, w->author->address)))))
	{
		/* No draft of theirs: anybody can have written this, under any name. */
		w->out->text = gp_strdup(w->ctx, "an unknown, foreign or used token: nothing done");
		return answer_bounded(w, "late", NULL);
	}
	if (st != GP_OK)
		return st;
	word = gp_read_word(w->ctx, w->site->words, GP_WORD_VERDICT, w->in->mail, &rest);
	if (word == NULL || (strcmp(word->name, "ok") != 0 && strcmp(word->name, "no") != 0 &&
	    strcmp(word->name, "drop") != 0)) {
		w->out->text = gp_strdup(w->ctx, "neither yes nor no: asked again");
		return answer(w, "unclear", NULL);
	}
	unpack(w->ctx, t->data, &d);
	st = gp_token_erase(w->site->store, token, w->err);
	if (st != GP_OK || strcmp(word->name, "ok") != 0 || d.text == NULL) {
		w->out->text = gp_strdup(w->ctx, "the draft is thrown away");
		return st == GP_OK ? answer(w, "thrown", NULL) : st;
	}
	if (d.line != NULL)
		return run_line(w, &d);
	data = gp_json_object(w->ctx);
	gp_json_text(data, "address", gp_route_address(w->ctx, w->site, w->list, "anon", NULL));
	st = hold(w, &d);
	return st == GP_OK ? answer(w, "waits", data) : st;
}

enum gp_status
gp_anon_run(const void *ctx, struct gp_site *site, const struct gp_route *route, const struct gp_inbound *in,
    struct gp_outcome *out, struct gp_err *err)
{
	struct writing w = {ctx, site, route->list, in, out, NULL, err, NULL};
	enum gp_status st = gp_member_find(ctx, site->store, route->list->id, in->mail->from_addr, &w.author, err);

	if (st == GP_E_NOTFOUND) {	/* and they left */
		out->text = gp_strdup(ctx, "not of a member: nothing done");
		return GP_OK;
	}
	if (st != GP_OK)
		return st;
	return route->token != NULL ? confirm(&w, route->token) : take(&w);
}

/* A line to NAME+request: where such mail goes. */
enum gp_status
gp_do_anon(struct asked *a, const char *args)
{
	json_t *said = gp_said(a, "anon_how");
	int anon = a->list->set.anon;
	bool may = a->member != NULL && (anon == GP_FEATURE_ON ||
	    (anon == GP_FEATURE_MODERATORS && a->member->role != GP_ROLE_MEMBER));

	(void)args;
	if (may)
		gp_json_text(said, "address", gp_route_address(a->ctx, a->site, a->list, "anon", NULL));
	gp_json_bool(said, "moderators", anon == GP_FEATURE_MODERATORS);
	return GP_OK;
}
