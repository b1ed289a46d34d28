/* SPDX-License-Identifier: ISC */
/*
 * Circles: "circle: Name" proposes a group within a list. When enough members have answered +1 it has a list of
 * its own, which begins with them; who proposed it is its steward, is asked each month what the others shall hear,
 * and may keep it going when its time is over; when they leave, whoever of the first is still there takes their place.
 * A circle that nobody keeps going ends with a word of thanks.
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { DAY = 86400, MONTH = 30 * DAY, NOTICE = 14 * DAY, PROPOSAL = 30 * DAY, SLUG = 30 };

struct work {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;	/* the parent */
	struct gp_circle *c;
	struct gp_message *head; /* what proposed it */
	struct gp_veil veil;	/* of its thread */
	struct gp_err *err;
};

/* "#members" and "[note: stings]" say how the thread is to be treated, not what the circle is about; a topic that
 * stands first names it. */
static char *
without_marks(const void *ctx, const struct gp_site *site, const char *name)
{
	char *text = gp_strdup(ctx, ""), *word;
	struct gp_veil veil;
	size_t n;

	for (; *name != '\0'; name += n) {
		n = strspn(name, " ");
		if (n > 0)
			continue;
		if (*name == '[' && strchr(name, ']') != NULL) {
			n = strcspn(name, "]") + 1;
			continue;
		}
		n = strcspn(name, " [");
		n = n > 0 ? n : 1;
		word = gp_strndup(ctx, name, n);
		if (*word == '#' && (*text != '\0' || gp_veil_word(site, word + 1, &veil)))
			continue;
		word += strspn(word, "#");
		text = *text != '\0' ? gp_asprintf(ctx, "%s %s", text, word) : word;
	}
	return text;
}

/* "circle: Queens" is about Queens. */
static char *
name_of(const void *ctx, const struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail)
{
	char *title = gp_subject_title(ctx, mail->subject, list->set.tag), *colon = strchr(title, ':'), *name;
	char *bracket = strchr(title, '[');

	/* The colon of a mark in front is not the one. */
	if (bracket != NULL && colon > bracket && strchr(bracket, ']') != NULL && colon < strchr(bracket, ']'))
		colon = strchr(strchr(bracket, ']'), ':');
	name = without_marks(ctx, site, colon != NULL ? colon + 1 : title);
	return gp_utf8_line(ctx, *name != '\0' ? name : list->name, strlen(*name != '\0' ? name : list->name), 80);
}

enum gp_status
gp_circle_begin(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail,
    const struct gp_member *author, int64_t message, struct gp_err *err)
{
	const char *name = name_of(ctx, site, list, mail);
	int64_t n, ends = gp_now() + PROPOSAL;
	enum gp_status st;

	if (author == NULL)
		return GP_OK;
	st = gp_circle_propose(site->store, message, list->id, name, author->id, gp_now(), ends, err);
	if (st == GP_OK)
		st = gp_circle_join(site->store, message, author->id, &n, err);
	return st == GP_OK ? gp_kind_begun(ctx, site, list, mail, author, name, ends, err) : st;
}

static enum gp_status
find_head(struct work *w)
{
	enum gp_status st = gp_message_find_id(w->ctx, w->site->store, w->c->message, &w->head, w->err);

	return st == GP_OK ? gp_thread_veil(w->site->store, w->head->thread, &w->veil, w->err) : st;
}

/* ---- mails ------------------------------------------------------------------------------------------- */

/* What stands in a thread that not all see, or not with names, does not stand elsewhere. */
static bool
is_veiled(const struct work *w)
{
	return w->veil.visible != GP_VISIBLE_LIST || w->veil.unnamed;
}

static json_t *
describe(const struct work *w, const struct gp_list *child)
{
	json_t *data = gp_json_object(w->ctx);

	gp_json_text(data, "title", w->c->name);
	/* As the thread's: mail programs lay together what is called the same. */
	gp_json_text(data, "subject", is_veiled(w) ? w->c->name : w->head->title);
	gp_json_text(data, "home_title", gp_list_title(w->list));
	gp_json_text(data, "snippet", is_veiled(w) ? "" : w->head->snippet);
	gp_json_text(data, "to_date", gp_time_format(w->ctx, w->c->ends, w->list->set.timezone, "%Y-%m-%d"));
	gp_json_int(data, "wanted", w->list->set.circle_quorum);
	if (child != NULL) {
		gp_json_text(data, "circle_address", child->address);
		gp_json_text(data, "join_address", gp_route_address(w->ctx, w->site, child, "subscribe", NULL));
	}
	return data;
}

/* What all on a list hear: of the parent in the thread of the proposal. */
static enum gp_status
say(const struct work *w, struct gp_list *to, const char *template_name, const struct gp_list *child)
{
	struct gp_notice n = {.template_name = template_name, .data = describe(w, child),
	    .in_reply_to = to == w->list ? w->head->msgid : NULL};
	struct gp_outcome out;

	return gp_list_says(w->ctx, w->site, to, &n, &out, w->err);
}

/* Of those who wanted the circle, the first who is still on both lists. GP_E_NOTFOUND: nobody is. */
static enum gp_status
find_heir(const struct work *w, const struct gp_list *child, struct gp_member **out, struct gp_member **there)
{
	int64_t *v;
	size_t i, n;
	enum gp_status found = GP_E_NOTFOUND, st = gp_circle_members(w->ctx, w->site->store, w->c->message, &v, &n,
	    w->err);

	for (i = 0; st == GP_OK && i < n && found == GP_E_NOTFOUND; i++) {
		found = gp_member_find_id(w->ctx, w->site->store, v[i], out, w->err);
		if (found == GP_OK)
			found = gp_member_find(w->ctx, w->site->store, child->id, (*out)->address, there, w->err);
	}
	return st != GP_OK ? st : found;
}

/* The steward; when they have left either list, their heir, who owns the circle's list then. */
static enum gp_status
find_steward(struct work *w, const struct gp_list *child, struct gp_member **out)
{
	struct gp_member *there;
	enum gp_status st = gp_member_find_id(w->ctx, w->site->store, w->c->steward, out, w->err);

	if (st == GP_OK && child != NULL)
		st = gp_member_find(w->ctx, w->site->store, child->id, (*out)->address, &there, w->err);
	if (st != GP_E_NOTFOUND || child == NULL)
		return st;
	st = find_heir(w, child, out, &there);
	if (st != GP_OK)
		return st;
	w->c->steward = (*out)->id;
	return gp_member_set(w->site->store, there->id, "role", "owner", w->err);
}

/* The steward is asked something. yes NULL: the answer goes to the parent list, into the thread. */
static enum gp_status
ask_steward(struct work *w, const char *template_name, const struct gp_list *child, const char *yes,
    const char *no)
{
	struct gp_notice n = {.template_name = template_name, .data = describe(w, child),
	    .reply_to = w->list->address, .in_reply_to = w->head->msgid};
	struct gp_member *m, *author;
	enum gp_status st = find_steward(w, child, &m);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_member_find(w->ctx, w->site->store, w->list->id, w->head->from_addr, &author, w->err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	gp_json_bool(n.data, "took_over", st == GP_E_NOTFOUND || author->id != m->id);
	return yes != NULL ? gp_choice_send(w->ctx, w->site, w->list, m, &n, yes, no, MONTH, w->err) :
	    gp_member_send(w->ctx, w->site, w->list, m, &n, w->err);
}

/* ---- birth ------------------------------------------------------------------------------------------- */

/* No list tells more than the thread that it came from. */
static enum gp_status
veil_list(const struct work *w, struct gp_list *child)
{
	enum gp_status st = GP_OK;

	if (is_veiled(w) && child->set.archive == GP_ARCHIVE_PUBLIC)
		st = gp_list_set(w->site->store, child, "archive", "members", w->err);
	if (st == GP_OK && w->veil.unnamed)
		st = gp_list_set(w->site->store, child, "unnamed", "all", w->err);
	return st;
}

/* An address that is free: bees-queens, bees-queens-2 ... */
static enum gp_status
make_list(const struct work *w, struct gp_list **out)
{
	static const char *const same[] = {"language", "timezone", "archive", "history", "post", "robots", "people"};
	char *slug = gp_slug(w->ctx, w->c->name, SLUG), *address;
	enum gp_status st = GP_E_EXISTS;
	size_t i;

	if (*slug == '\0')
		slug = gp_strdup(w->ctx, "circle");
	for (i = 1; st == GP_E_EXISTS && i < 100; i++) {
		address = i == 1 ? gp_asprintf(w->ctx, "%s-%s@%s", w->list->name, slug, w->list->domain) :
		    gp_asprintf(w->ctx, "%s-%s-%zu@%s", w->list->name, slug, i, w->list->domain);
		st = gp_list_create(w->ctx, w->site->store, address, out, w->err);
	}
	if (st == GP_OK)
		st = gp_list_set(w->site->store, *out, "title", w->c->name, w->err);
	if (st == GP_OK && !is_veiled(w))
		st = gp_list_set(w->site->store, *out, "description", gp_utf8_line(w->ctx, w->head->snippet,
		    strlen(w->head->snippet), 160), w->err);
	for (i = 0; st == GP_OK && i < GP_COUNT(same); i++)
		st = gp_list_set(w->site->store, *out, same[i], gp_opt_get(w->ctx, gp_opt_find(gp_list_options,
		    gp_list_option_count, same[i]), &w->list->set), w->err);
	return st == GP_OK ? veil_list(w, *out) : st;
}

/* Those who said +1, with what they chose on the parent. */
static enum gp_status
fill_list(const struct work *w, const struct gp_list *child)
{
	struct gp_member *m;
	int64_t *v, id;
	size_t i, n;
	enum gp_status st = gp_circle_members(w->ctx, w->site->store, w->c->message, &v, &n, w->err);

	for (i = 0; st == GP_OK && i < n; i++) {
		st = gp_member_find_id(w->ctx, w->site->store, v[i], &m, w->err);
		if (st == GP_OK)
			st = gp_member_add(w->site->store, child->id, m->address, m->name, m->id == w->c->steward ?
			    GP_ROLE_OWNER : GP_ROLE_MEMBER, m->delivery, gp_now(), &id, w->err);
		if (st == GP_E_EXISTS)
			st = GP_OK;
	}
	return st;
}

static enum gp_status
give_birth(struct work *w)
{
	struct gp_list *child;
	enum gp_status st = make_list(w, &child);

	if (st != GP_OK)
		return st;
	w->c->state = GP_CIRCLE_ALIVE;
	w->c->child = child->id;
	w->c->ends = gp_now() + w->list->set.circle_for;
	w->c->reported = gp_now();
	st = fill_list(w, child);
	if (st == GP_OK)
		st = gp_circle_set(w->site->store, w->c, w->err);
	if (st == GP_OK)
		st = say(w, w->list, "circle-begins", child);
	return st == GP_OK ? say(w, child, "circle-hello", child) : st;
}

/* ---- +1 ---------------------------------------------------------------------------------------------- */

enum gp_status
gp_circle_plus(struct asked *a, const struct gp_message *m, bool *is_circle)
{
	struct work w = {.ctx = a->ctx, .site = a->site, .list = a->list, .err = a->err};
	enum gp_status st = gp_circle_of(a->ctx, a->site->store, m->id, &w.c, a->err);
	struct gp_member *who;
	struct gp_list *child;
	int64_t n, id;
	json_t *said;

	*is_circle = st == GP_OK && w.c->state != GP_CIRCLE_OVER;
	if (!*is_circle)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_decide_voter(a, w.c->list, w.c->name, "circle_not_yours", &w.list, &who);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = find_head(&w);
	if (st == GP_OK)
		st = gp_circle_join(a->site->store, w.c->message, who->id, &n, a->err);
	if (st == GP_OK && w.c->state == GP_CIRCLE_ALIVE) {
		st = gp_list_find_id(a->ctx, a->site->store, w.c->child, &child, a->err);
		if (st == GP_OK)
			st = gp_member_add(a->site->store, child->id, who->address, who->name, GP_ROLE_MEMBER,
			    who->delivery, gp_now(), &id, a->err);
		st = st == GP_E_EXISTS || st == GP_E_NOTFOUND ? GP_OK : st;
	} else if (st == GP_OK && n >= w.list->set.circle_quorum) {
		st = give_birth(&w);
	}
	said = gp_said(a, "circle_plus");
	gp_json_text(said, "title", w.c->name);
	gp_json_int(said, "count", n);
	gp_json_bool(said, "one", n == 1);
	gp_json_int(said, "wanted", w.list->set.circle_quorum);
	gp_json_bool(said, "alive", w.c->state == GP_CIRCLE_ALIVE);
	if (st == GP_OK && w.c->state == GP_CIRCLE_ALIVE) {
		st = gp_list_find_id(a->ctx, a->site->store, w.c->child, &child, a->err);
		gp_json_text(said, "circle_address", st == GP_OK ? child->address : NULL);
		st = st == GP_E_NOTFOUND ? GP_OK : st;
	}
	return st;
}

/* The steward says whether it goes on: out of our own mail. */
enum gp_status
gp_do_circle(struct asked *a, const char *args)
{
	bool more = gp_starts(args, "more "), end = gp_starts(args, "end ");
	struct gp_message *m;
	struct gp_circle *c;
	enum gp_status st = GP_E_NOTFOUND;

	if (a->answered && (more || end))
		st = gp_command_message(a, args + (more ? strlen("more ") : strlen("end ")), &m);
	if (st == GP_OK)
		st = gp_circle_of(a->ctx, a->site->store, m->id, &c, a->err);
	if (st == GP_E_NOTFOUND || (st == GP_OK && c->state != GP_CIRCLE_ALIVE)) {
		gp_json_int(gp_said(a, "circle_how"), "wanted", a->list->set.circle_quorum);
		return GP_OK;
	}
	/* Once for each time that it is asked. */
	if (st == GP_OK && more && c->warned) {
		c->ends += a->list->set.circle_for;
		c->warned = false;
		st = gp_circle_set(a->site->store, c, a->err);
	}
	gp_json_text(gp_said(a, more ? "circle_more" : "circle_end"), "to_date", gp_time_format(a->ctx, c->ends,
	    a->list->set.timezone, "%Y-%m-%d"));
	return st;
}

/* ---- the clock --------------------------------------------------------------------------------------- */

static enum gp_status
end(struct work *w, struct gp_list *child)
{
	enum gp_status st = GP_OK;

	if (child != NULL) {
		st = say(w, child, "circle-over", child);
		if (st == GP_OK)
			st = gp_list_set(w->site->store, child, "closed", "yes", w->err);
		if (st == GP_OK)
			st = say(w, w->list, "circle-ended", child);
	} else {
		st = ask_steward(w, "circle-unborn", NULL, NULL, NULL);
	}
	w->c->state = GP_CIRCLE_OVER;
	return st == GP_OK ? gp_circle_set(w->site->store, w->c, w->err) : st;
}

static enum gp_status
look_after(struct work *w, int64_t now)
{
	char *more = gp_asprintf(w->ctx, "circle more %" PRId64, w->c->message);
	char *no = gp_asprintf(w->ctx, "circle end %" PRId64, w->c->message);
	struct gp_list *child = NULL;
	enum gp_status st = w->c->child == 0 ? GP_OK :
	    gp_list_find_id(w->ctx, w->site->store, w->c->child, &child, w->err);

	/* Somebody deleted or closed its list: it is over. */
	if (st == GP_E_NOTFOUND || (st == GP_OK && child != NULL && child->set.closed)) {
		w->c->state = GP_CIRCLE_OVER;
		return gp_circle_set(w->site->store, w->c, w->err);
	}
	if (st != GP_OK || now >= w->c->ends)
		return st != GP_OK ? st : end(w, child);
	if (w->c->state != GP_CIRCLE_ALIVE)
		return GP_OK;
	if (!w->c->warned && now >= w->c->ends - NOTICE) {
		w->c->warned = true;
		st = ask_steward(w, "circle-more", child, more, no);
	} else if (now >= w->c->reported + MONTH) {
		w->c->reported = now;
		st = ask_steward(w, "circle-report", child, NULL, NULL);
	} else {
		return GP_OK;
	}
	return st == GP_OK ? gp_circle_set(w->site->store, w->c, w->err) : st;
}

enum gp_status
gp_circle_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_circle **v;
	size_t i, n;
	enum gp_status st = gp_circle_all(ctx, site->store, &v, &n, err);

	for (i = 0; st == GP_OK && i < n; i++) {
		void *tmp = gp_ctx(ctx);
		struct work w = {.ctx = tmp, .site = site, .c = v[i], .err = err};

		st = gp_list_find_id(tmp, site->store, v[i]->list, &w.list, err);
		if (st == GP_OK)
			st = find_head(&w);
		st = st == GP_OK ? look_after(&w, now) : st == GP_E_NOTFOUND ? GP_OK : st;
		talloc_free(tmp);
	}
	return st;
}
