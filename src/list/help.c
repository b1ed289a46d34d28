/* SPDX-License-Identifier: ISC */
/*
 * Ask the right few: a question that nobody answers goes to one member who said that they can help
 * with its topic, then to the next, five at most, and to nobody more often than the list allows.
 */
#include "config.h"

#include "guildpost/list.h"

#include <string.h>

enum {
	MOST = 5,		/* members that are asked about one question */
	DAY = 86400,
	MONTH = 30 * DAY,	/* older questions are left alone */
	MANY = 200,		/* questions of a list that are looked at */
	MAX_TOPICS = 40
};

struct helping {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	char **known; size_t known_n;	/* topics that somebody on the list can help with */
	int64_t now;
	struct gp_err *err;
};

static bool
is_alnum(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Is the word in the text, not within a longer one? Both are folded. */
static bool
mentions(const char *text, const char *word)
{
	size_t n = strlen(word);
	const char *p;

	for (p = strstr(text, word); p != NULL; p = strstr(p + 1, word)) {
		unsigned char before = p > text ? (unsigned char)p[-1] : ' ', behind = (unsigned char)p[n];

		if (before < 0x80 && behind < 0x80 && !is_alnum(before) && !is_alnum(behind))
			return true;
	}
	return false;
}

/* Topics of the question that somebody can help with: named with "#" or in its words. */
static enum gp_status
topics_of(struct helping *h, int64_t message, const char **v, size_t *n)
{
	char *own, *quoted, *text;
	size_t own_n, quoted_n, i;
	struct gp_mail mail;
	enum gp_status st = gp_message_mail(h->ctx, h->site->store, message, &mail, NULL, NULL, h->err);

	*n = 0;
	if (st != GP_OK)
		return st;
	gp_text_split(h->ctx, mail.text, mail.text_n, mail.flags, &own, &own_n, &quoted, &quoted_n);
	text = gp_asprintf(h->ctx, "%s\n%.*s", mail.subject, (int)own_n, own);
	text = gp_utf8_fold(h->ctx, text, strlen(text));
	for (i = 0; i < h->known_n && *n < MAX_TOPICS; i++)
		if (mentions(text, h->known[i]))
			v[(*n)++] = h->known[i];
	return GP_OK;
}

static enum gp_status
ask(struct helping *h, const struct gp_thread *t, const struct gp_message *head, int64_t member)
{
	struct gp_notice n = {.template_name = "help-wanted", .data = gp_json_object(h->ctx),
	    .in_reply_to = head->msgid, .reply_to = h->list->address, .member = member};
	struct gp_member *m;
	enum gp_status st = gp_member_find_id(h->ctx, h->site->store, member, &m, h->err);
	int64_t job;

	if (st != GP_OK)
		return st;
	gp_json_text(n.data, "title", t->title);
	gp_json_text(n.data, "author", t->names_n > 0 ? t->names[0] : "");
	gp_json_text(n.data, "snippet", head->snippet);
	gp_json_int(n.data, "number", head->id);
	gp_json_int(n.data, "cap", h->list->set.help_cap);
	gp_json_bool(n.data, "one_time", h->list->set.help_cap == 1);
	if (h->list->set.archive == GP_ARCHIVE_PUBLIC && head->state == 1)
		gp_json_text(n.data, "url", gp_asprintf(h->ctx, "%s/%s/t/%s", h->site->conf->url, h->list->name,
		    head->key));
	n.to_name = m->name;
	n.to_addr = m->address;
	n.language = m->language[0] != '\0' ? m->language : NULL;
	st = gp_notice_send(h->ctx, h->site, h->list, &n, &job, h->err);
	return st == GP_OK ? gp_helper_add(h->site->store, head->id, member, h->now, h->err) : st;
}

/* The next one, if it is time: nobody yet, the last one passed, or said nothing for a day. */
static enum gp_status
one_question(struct helping *h, const struct gp_thread *t)
{
	const char *topics[MAX_TOPICS];
	struct gp_helper *asked;
	struct gp_message *head;
	size_t n, topics_n;
	int64_t member;
	enum gp_status st = gp_message_find_key(h->ctx, h->site->store, h->list->id, t->key, &head, h->err);

	if (st == GP_OK)
		st = gp_helper_all(h->ctx, h->site->store, head->id, &asked, &n, h->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (n >= MOST || (n > 0 && !asked[n - 1].passed && h->now < asked[n - 1].time + DAY))
		return GP_OK;
	st = topics_of(h, head->id, topics, &topics_n);
	if (st != GP_OK || topics_n == 0)
		return st;
	st = gp_helper_next(h->site->store, head->id, topics, topics_n, h->now - MONTH,
	    h->list->set.help_cap, &member, h->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	return ask(h, t, head, member);
}

static enum gp_status
one_list(const void *ctx, struct gp_site *site, struct gp_list *list, int64_t now, struct gp_err *err)
{
	struct helping h = {.ctx = ctx, .site = site, .list = list, .now = now, .err = err};
	struct gp_thread **v;
	size_t i, n;
	enum gp_status st;

	if (list->set.answers == GP_FEATURE_OFF || list->set.help_after == 0 || list->set.closed)
		return GP_OK;
	st = gp_skill_topics(ctx, site->store, list->id, &h.known, &h.known_n, err);
	if (st != GP_OK || h.known_n == 0)
		return st;
	st = gp_question_open(ctx, site->store, list->id, now - MONTH, now - list->set.help_after, MANY, &v, &n, err);
	for (i = 0; st == GP_OK && i < n; i++)
		st = one_question(&h, v[i]);
	return st;
}

enum gp_status
gp_help_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_looker before = gp_store_look(site->store, (struct gp_looker){GP_LOOK_MAILED, 0, false});
	enum gp_status st = gp_site_each_list(ctx, site, one_list, now, err);

	gp_store_look(site->store, before);
	return st;
}
