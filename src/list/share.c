/* SPDX-License-Identifier: ISC */
/*
 * Threads that another list has, too. It is asked for on the list where the thread began; a moderator of the
 * other list says yes. Then that list's archive gets what was written, its members the first message and a
 * word of the list's, and from then on each post on one of them is one on all (post.c). Nothing that is for members
 * comes before strangers: both archives must be open, or both for members.
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { LONGEST = 300, PATIENCE = 14 * 86400, WHY = 300 };

/* A thread on its way to another list. */
struct work {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *home, *guest;
	struct gp_message *head;	/* at home */
	struct gp_share *share;
	struct gp_err *err;
};

static void
describe(const struct work *w, json_t *o)
{
	gp_json_text(o, "title", gp_kind_title(w->ctx, w->site, w->home, w->head->title));
	gp_json_text(o, "home_title", gp_list_title(w->home));
	gp_json_text(o, "home_address", w->home->address);
	gp_json_text(o, "guest_title", gp_list_title(w->guest));
	gp_json_text(o, "guest_address", w->guest->address);
	gp_json_text(o, "url", gp_list_has_archive(w->home) ? gp_asprintf(w->ctx, "%s/%s/t/%s",
	    w->site->conf->url, w->home->name, w->head->key) : NULL);
}

/* Whom an archive shows its words to: 2 everybody, 1 members, 0 nobody, or owners alone. */
static int
openness(const struct gp_list *list)
{
	return gp_list_is_public(list) ? 2 : gp_list_has_archive(list) ? 1 : 0;
}

/* What the list says in the thread; whoever has it hears it. */
static enum gp_status
say(const struct work *w, const char *template_name)
{
	struct gp_notice n = {.template_name = template_name, .data = gp_json_object(w->ctx),
	    .in_reply_to = w->head->msgid};
	struct gp_outcome out;

	describe(w, n.data);
	/* A post of that thread: its subject as all others have it. */
	gp_json_text(n.data, "title", w->head->title);
	return gp_list_says(w->ctx, w->site, w->home, &n, &out, w->err);
}

/* ---- the other list has it ------------------------------------------------------------------------- */

/* One message into the other archive; the first is delivered as well. */
static enum gp_status
copy_one(struct work *w, const struct gp_message *m)
{
	struct gp_inbound in = {.envelope_from = m->from_addr, .via = "guildpost", .received = gp_now()};
	struct gp_member *author = NULL;
	struct gp_outcome out = {0};
	struct gp_archived a;
	struct gp_mail mail;
	char *raw;
	enum gp_status st = gp_message_mail(w->ctx, w->site->store, m->id, &mail, &raw, &in.n, w->err);

	if (st != GP_OK)
		return st;
	gp_derive_words(w->ctx, &mail);
	in.mail = &mail;
	in.raw = raw;
	/* A note of the author's stands in it already. */
	if (m->note[0] != '\0' && !gp_streq(gp_note_said(w->ctx, w->site->words, &mail), m->note))
		in.note = m->note;
	st = gp_archive_add(w->ctx, w->site->store, w->guest, &mail, raw, in.n, gp_now(), &a, w->err);
	if (st == GP_OK && m->note[0] != '\0')
		st = gp_message_set_note(w->site->store, a.id, m->note, in.note != NULL, w->err);
	if (st != GP_OK)
		return st;
	if (w->share->guest != 0) {
		struct gp_message *first;

		st = gp_message_find_id(w->ctx, w->site->store, w->share->guest, &first, w->err);
		if (st == GP_OK && first->thread != a.thread)
			st = gp_thread_join(w->site->store, w->guest, a.thread, w->share->guest, w->err);
		return st;
	}
	w->share->guest = a.id;
	st = gp_member_find(w->ctx, w->site->store, w->guest->id, m->from_addr, &author, w->err);
	if (a.duplicate || (st != GP_OK && st != GP_E_NOTFOUND))
		return st == GP_E_NOTFOUND ? GP_OK : st;
	return gp_post_again(w->ctx, w->site, w->guest, &in, &a, author, m, &out, w->err);
}

static enum gp_status
begin(struct work *w)
{
	struct gp_node *nodes;
	size_t i, n;
	enum gp_status st = gp_thread_nodes(w->ctx, w->site->store, w->head->thread, &nodes, &n, w->err);

	for (i = 0; st == GP_OK && i < n; i++)
		if (nodes[i].msg != NULL)
			st = copy_one(w, nodes[i].msg);
	w->share->state = GP_SHARE_ON;
	if (st == GP_OK)
		st = gp_share_set(w->site->store, w->share, w->err);
	if (st == GP_OK)
		st = gp_thread_mark_sides(w->site->store, w->head->thread, w->err);
	return st == GP_OK ? say(w, "share-begins") : st;
}

/* ---- its moderators are asked ---------------------------------------------------------------------- */

static enum gp_status
ask_one(struct work *w, const struct gp_member *to, const char *by)
{
	struct gp_notice n = {.template_name = "share-ask", .data = gp_json_object(w->ctx)};

	describe(w, n.data);
	gp_json_text(n.data, "author", by);
	gp_json_text(n.data, "snippet", w->head->snippet);
	return gp_choice_send(w->ctx, w->site, w->guest, to, &n, gp_asprintf(w->ctx, "share yes %" PRId64, w->share->id),
	    gp_asprintf(w->ctx, "share no %" PRId64, w->share->id), PATIENCE, w->err);
}

static enum gp_status
ask_moderators(struct work *w, const char *by)
{
	struct gp_member **v;
	size_t i, n;
	enum gp_status st = gp_member_all(w->ctx, w->site->store, w->guest->id, GP_ROLE_MODERATOR, -1, &v, &n, w->err);

	for (i = 0; st == GP_OK && i < n; i++)
		st = ask_one(w, v[i], by);
	return st;
}

/* Who asked hears that the other list won't, or didn't say; a yes is heard by all. */
static enum gp_status
tell_asker(struct work *w, const char *template_name, const char *why)
{
	struct gp_notice n = {.template_name = template_name, .data = gp_json_object(w->ctx)};
	struct gp_member *m;
	enum gp_status st = gp_member_find(w->ctx, w->site->store, w->home->id, w->share->by, &m, w->err);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	describe(w, n.data);
	gp_json_text(n.data, "reason", why);
	return gp_member_send(w->ctx, w->site, w->home, m, &n, w->err);
}

static enum gp_status
load(struct work *w)
{
	struct gp_thread *t;
	enum gp_status st = gp_list_find_id(w->ctx, w->site->store, w->share->home_list, &w->home, w->err);

	if (st == GP_OK)
		st = gp_list_find_id(w->ctx, w->site->store, w->share->list, &w->guest, w->err);
	if (st == GP_OK)
		st = gp_thread_find(w->ctx, w->site->store, w->share->home_thread, &t, w->err);
	return st == GP_OK ? gp_message_find_key(w->ctx, w->site->store, w->home->id, t->key, &w->head, w->err) : st;
}

/* What a moderator of the other list says. */
static enum gp_status
answer(struct asked *a, const char *args, bool yes)
{
	struct work w = {.ctx = a->ctx, .site = a->site, .err = a->err};
	struct gp_str word = gp_command_word(&args);
	enum gp_status st = GP_E_NOTFOUND;
	struct gp_veil veil;
	int64_t id;

	if (gp_parse_int(gp_strndup(a->ctx, word.p, word.n), 1, INT64_MAX, &id))
		st = gp_share_find(a->ctx, a->site->store, id, &w.share, a->err);
	if (st == GP_OK && (w.share->list != a->list->id || w.share->state != GP_SHARE_ASKED))
		st = GP_E_NOTFOUND;
	if (st == GP_OK)
		st = load(&w);
	if (st == GP_OK)
		st = gp_thread_veil(a->site->store, w.share->home_thread, &veil, a->err);
	/* What spoke for it then may have changed. */
	if (st == GP_E_NOTFOUND || (st == GP_OK && (openness(w.home) != openness(w.guest) || openness(w.home) == 0 ||
	    veil.visible != GP_VISIBLE_LIST || veil.unnamed))) {
		gp_json_bool(gp_said(a, "share_over"), "done", true);
		return GP_OK;
	}
	if (st != GP_OK)
		return st;
	describe(&w, gp_said(a, yes ? "shared" : "share_refused"));
	if (yes)
		return (st = begin(&w)) == GP_OK ? gp_command_log(a, GP_VERB_SHARE, w.head->title, w.home->address) : st;
	args = gp_command_text(a, args);
	w.share->state = GP_SHARE_REFUSED;
	st = gp_share_set(a->site->store, w.share, a->err);
	return st == GP_OK ? tell_asker(&w, "share-refused", gp_utf8_line(a->ctx, args, strlen(args), WHY)) : st;
}

/* The moderators' yes is not taken any more: it can be asked for again. */
static enum gp_status
give_up(struct work *w)
{
	enum gp_status st = load(w);

	if (st == GP_OK)
		st = tell_asker(w, "share-unheard", NULL);
	w->share->state = GP_SHARE_UNHEARD;
	return st == GP_OK || st == GP_E_NOTFOUND ? gp_share_set(w->site->store, w->share, w->err) : st;
}

enum gp_status
gp_share_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_share **v;
	size_t i, n;
	enum gp_status st = gp_share_unheard(ctx, site->store, now - PATIENCE, &v, &n, err);

	for (i = 0; st == GP_OK && i < n; i++) {
		void *tmp = gp_ctx(ctx);
		struct work w = {.ctx = tmp, .site = site, .share = v[i], .err = err};

		st = give_up(&w);
		talloc_free(tmp);
	}
	return st;
}

/* ---- the command ------------------------------------------------------------------------------------ */

/* The list that a word names: "wasps", "wasps@example.org", "<wasps@example.org>". NULL: none. */
static enum gp_status
find_list(struct asked *a, const char *args, struct gp_list **out)
{
	struct gp_str word, last = {"", 0};
	char *name, *at;
	enum gp_status st;

	args += strspn(args, " \t:");
	while ((word = gp_command_word(&args)).n > 0)
		last = word;
	name = gp_strndup(a->ctx, last.p, last.n);
	gp_str_lower(name);
	if (*name == '<')
		name++;
	at = strchr(name, '@');
	name[strcspn(name, at != NULL ? ">,;!" : ">,;!.")] = '\0';
	*out = NULL;
	st = at != NULL ? gp_list_find(a->ctx, a->site->store, name, out, a->err) :
	    gp_list_find_name(a->ctx, a->site->store, name, out, a->err);
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

/* May this member of the list share this thread? Else the result says why not. */
static bool
may_share(struct asked *a, const struct work *w)
{
	int who = a->list->set.share;
	bool moderator = a->member->role >= GP_ROLE_MODERATOR;
	bool author = gp_strieq(w->head->from_addr, a->from) || gp_strieq(w->head->from_addr, a->member->address);

	if (who != GP_FEATURE_OFF && (moderator || (who == GP_FEATURE_ON && author)))
		return true;
	a->refused = true;
	gp_json_bool(gp_said(a, "share_who"), who == GP_FEATURE_OFF ? "none" : who == GP_FEATURE_ON ? "authors" :
	    "others", true);
	return false;
}

/* Does anything speak against it? Then the result says what. */
static bool
is_possible(struct asked *a, const struct work *w, const struct gp_thread *t)
{
	const char *why = NULL;

	if (w->guest->id == w->home->id)
		why = "same";
	else if (w->guest->set.share == GP_FEATURE_OFF || w->guest->set.closed)
		why = "not_there";
	else if (openness(w->home) == 0 || openness(w->guest) == 0)
		why = "no_archive";
	else if (openness(w->home) != openness(w->guest))
		why = openness(w->home) < openness(w->guest) ? "home_closed" : "guest_closed";
	else if (t->veil.visible != GP_VISIBLE_LIST || t->veil.unnamed || w->guest->set.visible != GP_VISIBLE_LIST ||
	    w->guest->set.unnamed == GP_UNNAMED_ALL)
		why = "restricted";
	else if (t->messages > LONGEST)
		why = "long";
	if (why != NULL) {
		json_t *said = gp_said(a, "share_not");

		describe(w, said);
		gp_json_bool(said, why, true);
	}
	return why == NULL;
}

/* Whoever may bring threads to the other list needn't ask. */
static enum gp_status
may_bring(struct asked *a, const struct gp_list *guest, bool *yes)
{
	struct gp_member *m;
	enum gp_status st = gp_member_find(a->ctx, a->site->store, guest->id, a->from, &m, a->err);

	*yes = st == GP_OK && (m->role >= GP_ROLE_MODERATOR || guest->set.share == GP_FEATURE_ON);
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static enum gp_status
ask_for(struct asked *a, struct work *w)
{
	bool yes;
	enum gp_status st = gp_share_ask(a->ctx, a->site->store, w->head->id, w->guest->id, a->member->address,
	    &w->share, a->err);

	if (st == GP_E_EXISTS) {
		describe(w, gp_said(a, "share_again"));
		return GP_OK;
	}
	if (st == GP_OK)
		st = may_bring(a, w->guest, &yes);
	if (st != GP_OK)
		return st;
	describe(w, gp_said(a, yes ? "shared" : "share_asked"));
	st = yes ? begin(w) : ask_moderators(w, a->name[0] != '\0' ? a->name : a->member->name);
	return st == GP_OK ? gp_command_log(a, GP_VERB_SHARE, w->head->title, w->guest->address) : st;
}

/* The thread and the list that a line names: GP_E_NOTFOUND with a result. */
static enum gp_status
read_line(struct asked *a, const char *args, struct work *w, struct gp_thread **t)
{
	struct gp_message *m;
	enum gp_status st;

	gp_command_thing(a, &args, "thread");
	st = gp_command_named(a, &args, &m);
	if (st == GP_OK)
		st = gp_practice_head(a, m->thread, t, &w->head);
	if (st == GP_OK)
		st = find_list(a, args, &w->guest);
	w->home = a->list;
	return st;
}

enum gp_status
gp_do_share(struct asked *a, const char *args)
{
	struct work w = {.ctx = a->ctx, .site = a->site, .err = a->err};
	struct gp_share_side *sides;
	struct gp_thread *t;
	enum gp_status st;
	size_t n;

	/* Out of our own mails, by their tokens. */
	if (a->answered && a->member->role >= GP_ROLE_MODERATOR && gp_starts(args, "yes "))
		return answer(a, args + strlen("yes "), true);
	if (a->answered && a->member->role >= GP_ROLE_MODERATOR && gp_starts(args, "no "))
		return answer(a, args + strlen("no "), false);
	st = read_line(a, args, &w, &t);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (!may_share(a, &w))
		return GP_OK;
	if (w.guest == NULL) {
		gp_json_bool(gp_said(a, "share_what"), "done", true);
		return GP_OK;
	}
	st = gp_share_sides(a->ctx, a->site->store, t->id, &sides, &n, a->err);
	if (st != GP_OK)
		return st;
	/* Where it is a guest itself, its home decides. */
	if (n > 0 && sides[0].home) {
		gp_json_bool(gp_said(a, "share_not"), "is_guest", true);
		return GP_OK;
	}
	return is_possible(a, &w, t) ? ask_for(a, &w) : GP_OK;
}

/* From either side; without a list on its own side all of them. */
enum gp_status
gp_do_unshare(struct asked *a, const char *args)
{
	struct work w = {.ctx = a->ctx, .site = a->site, .err = a->err};
	struct gp_list *named;
	struct gp_share **v;
	struct gp_thread *t;
	size_t i, n, done = 0;
	enum gp_status st = read_line(a, args, &w, &t);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	named = w.guest;
	st = gp_share_of(a->ctx, a->site->store, t->id, &v, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		if (named != NULL && named->id != v[i]->list && named->id != v[i]->home_list)
			continue;
		w.share = v[i];
		st = load(&w);
		if (st == GP_OK)
			st = say(&w, "share-ended");
		w.share->state = GP_SHARE_OVER;
		if (st == GP_OK)
			st = gp_share_set(a->site->store, w.share, a->err);
		if (st != GP_OK)
			break;
		describe(&w, gp_said(a, "unshared"));
		st = gp_command_log(a, GP_VERB_UNSHARE, w.head->title, w.guest->address);
		done++;
	}
	if (st == GP_OK && done == 0)
		gp_said_title(a, gp_said(a, "unshare_none"), w.head->title);
	return st;
}

bool
gp_share_names_list(const void *ctx, const struct gp_site *site, const char *rest)
{
	struct asked a = {.ctx = ctx, .site = (struct gp_site *)(uintptr_t)site};
	const char *p = rest + strspn(rest, " \t:");
	struct gp_list *list;
	struct gp_err err;
	size_t n = 0;

	a.err = &err;
	while (gp_command_word(&p).n > 0)
		n++;
	return n == 0 || (n <= 2 && find_list(&a, rest, &list) == GP_OK && list != NULL);
}
