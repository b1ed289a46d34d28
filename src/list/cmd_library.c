/* SPDX-License-Identifier: ISC */
/*
 * The library by mail: keep a thread, look up what is kept, change a page by sending it back, say
 * whether it is still true; and the summary of whoever asked.
 */
#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_TITLE = 120, MAX_TAGS = 200, MAX_SUMMARY = 4000, MAX_WHY = 300, PAGES = 200, DAYS = 30 };

static bool
is_moderator(const struct asked *a)
{
	return a->member != NULL && a->member->role >= GP_ROLE_MODERATOR;
}

/* May whoever asks keep threads and change pages? */
static bool
can_keep(const struct asked *a)
{
	int who = a->list->set.library;

	return who != GP_FEATURE_OFF && (is_moderator(a) || (who == GP_FEATURE_ON && a->member != NULL));
}

/* Else the result says who may. */
static bool
may_keep(struct asked *a)
{
	if (can_keep(a))
		return true;
	a->refused = true;
	gp_json_bool(gp_said(a, "may_not_keep"), a->list->set.library == GP_FEATURE_OFF ? "none" : "others", true);
	return false;
}

static char *
url_of(struct asked *a, const struct gp_list *list, const struct gp_practice *p)
{
	return list->set.archive != GP_ARCHIVE_PUBLIC ? NULL : gp_asprintf(a->ctx, "%s/%s/library/%s",
	    a->site->conf->url, list->name, p->slug);
}

void
gp_command_say_practice(struct asked *a, const struct gp_list *list, json_t *rows, const struct gp_practice *p)
{
	json_t *row = gp_json_push_object(rows);

	gp_json_text(row, "title", p->title);
	gp_json_text(row, "slug", p->slug);
	gp_json_text(row, "url", url_of(a, list, p));
	gp_json_text(row, "doubt", p->doubt);
}

static json_t *
say_page(struct asked *a, const char *what, const struct gp_practice *p)
{
	json_t *said = gp_said(a, what);

	gp_json_text(said, "title", p->title);
	gp_json_text(said, "slug", p->slug);
	gp_json_text(said, "url", url_of(a, a->list, p));
	return said;
}

/* ---- keep ---------------------------------------------------------------------------------------- */

/* "How we mark queens #queens #may": title and tags; the title may be none. */
static void
read_title(struct asked *a, const char *args, struct gp_practice *p)
{
	struct gp_buf title, tags;
	struct gp_str word;

	gp_buf_init(&title, a->ctx, MAX_TITLE * 4);
	gp_buf_init(&tags, a->ctx, MAX_TAGS);
	/* A comma belongs to a title, and parts tags. */
	while (*(args += strspn(args, tags.len > 0 ? " \t,;" : " \t")) != '\0') {
		word = (struct gp_str){args, strcspn(args, *args == '#' ? " \t,;" : " \t")};
		args += word.n;
		while (*word.p == '#' && word.n > 1 && strchr(".!?:", word.p[word.n - 1]) != NULL)
			word.n--;
		if (*word.p == '#' && word.n > 1)
			gp_buf_printf(&tags, "%s%s ", tags.len == 0 ? " " : "",
			    gp_utf8_fold(a->ctx, word.p + 1, word.n - 1));
		else
			gp_buf_printf(&title, "%s%.*s", title.len > 0 ? " " : "", (int)word.n, word.p);
	}
	if (title.len > 0)
		p->title = gp_utf8_line(a->ctx, title.p, title.len, MAX_TITLE);
	p->tags = tags.len > 0 && !tags.over ? tags.p : gp_strdup(a->ctx, "");
}

enum gp_status
gp_do_keep(struct asked *a, const char *args)
{
	struct gp_practice what = {.list = a->list->id}, *p;
	struct gp_message *m;
	struct gp_thread *t;
	const char *text;
	enum gp_status st;

	gp_command_thing(a, &args, "thread");
	if (!may_keep(a))
		return GP_OK;
	st = gp_command_message(a, args, &m);
	if (st == GP_OK)
		st = gp_thread_find(a->ctx, a->site->store, m->thread, &t, a->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	args += strspn(args, " #");
	gp_command_word(&args);
	what.message = m->id;
	what.title = gp_kind_title(a->ctx, a->site, a->list, t->title);
	what.keeper = a->member->address;
	what.name = gp_strdup(a->ctx, a->name);
	text = gp_command_text(a, args);
	read_title(a, text, &what);
	/* Nothing is said of a title that it has. */
	st = *text != '\0' ? GP_E_NOTFOUND : gp_practice_of(a->ctx, a->site->store, m->id, &p, a->err);
	if (st == GP_OK) {
		what.title = p->title;
		what.tags = p->tags;
	}
	if (st == GP_OK || st == GP_E_NOTFOUND)
		st = gp_practice_keep(a->ctx, a->site->store, &what, &p, a->err);
	if (st != GP_OK)
		return st;
	say_page(a, "kept", p);
	return gp_command_log(a, GP_VERB_KEEP, p->title, p->slug);
}

/* ---- finding ------------------------------------------------------------------------------------- */

/* A page by its name or by the number of a message of its thread; GP_E_NOTFOUND with a result. */
static enum gp_status
find_page(struct asked *a, const char **args, struct gp_practice **out)
{
	struct gp_str word = gp_command_word(args);
	char *name = gp_utf8_fold(a->ctx, word.p, word.n);
	enum gp_status st = gp_practice_find(a->ctx, a->site->store, a->list->id, name, out, a->err);
	struct gp_message *m;
	int64_t id;

	if (st == GP_E_NOTFOUND && gp_parse_int(name + strspn(name, "#"), 1, INT64_MAX, &id)) {
		st = gp_message_find_id(a->ctx, a->site->store, id, &m, a->err);
		if (st == GP_OK && m->list == a->list->id)
			st = gp_practice_of(a->ctx, a->site->store, id, out, a->err);
	} else if (st == GP_E_NOTFOUND && *name != '\0') {
		st = gp_message_find_key(a->ctx, a->site->store, a->list->id, name, &m, a->err);
		if (st == GP_OK)
			st = gp_practice_of(a->ctx, a->site->store, m->id, out, a->err);
	}
	if (st == GP_E_NOTFOUND)
		gp_json_text(gp_said(a, "no_page"), "word", name);
	return st;
}

/* Without words all pages, with words those that a search for them finds. */
enum gp_status
gp_do_library(struct asked *a, const char *args)
{
	struct gp_search q = {.query = args, .list = a->list->id, .pages = PAGES, .now = gp_now(),
	    .since = gp_list_readable_from(a->list, a->member), .languages = a->list->set.language};
	enum gp_status st = gp_command_may_read(a);
	struct gp_practice **v;
	json_t *rows;
	size_t i, n = 0;

	if (st != GP_OK)
		return GP_OK;
	st = *args != '\0' ? gp_practice_search(a->ctx, a->site->store, &q, &v, &n, a->err) :
	    gp_practice_all(a->ctx, a->site->store, a->list->id, NULL, q.since, INT64_MAX, PAGES, &v, &n, a->err);
	if (st != GP_OK)
		return st;
	rows = gp_json_new_array(gp_said(a, "library"), "practices");
	for (i = 0; i < n; i++)
		gp_command_say_practice(a, a->list, rows, v[i]);
	return GP_OK;
}

/* ---- changing a page ------------------------------------------------------------------------------- */

/* The version that a word names; NULL: none, or there is no such. Then *body stays as it is. */
static enum gp_status
old_version(struct asked *a, const char *args, const struct gp_practice *p, struct gp_list_text **version,
    char **body)
{
	const char *word = args + strspn(args, " #");
	struct gp_list_text **all;
	enum gp_status st;
	int64_t number;
	size_t i, n;

	if (!gp_parse_int(word, 1, INT64_MAX, &number))
		return GP_OK;
	st = gp_practice_versions(a->ctx, a->site->store, p, &all, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++)
		if (all[i]->version == number) {
			*version = all[i];
			*body = all[i]->body;
		}
	return st;
}

/* Whoever may read the archive gets the text; whose reply may change it, with an address for that. */
enum gp_status
gp_do_page(struct asked *a, const char *args)
{
	json_t *data = gp_json_object(a->ctx);
	struct gp_list_text *now, *shown;
	struct gp_practice *p;
	char *body, *token = NULL;
	enum gp_status st;
	bool may;

	if (a->list->set.library == GP_FEATURE_OFF ? !may_keep(a) : gp_command_may_read(a) != GP_OK)
		return GP_OK;
	st = find_page(a, &args, &p);
	if (st == GP_OK)
		st = gp_command_may_mail(a, &may);
	else
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (st != GP_OK || !may)
		return st;
	st = gp_practice_body(a->ctx, a->site->store, p, &body, &now, a->err);
	shown = now;
	if (st == GP_OK)
		st = old_version(a, args, p, &shown, &body);
	if (st == GP_OK && can_keep(a))
		st = gp_text_token(a->ctx, a->site, a->list, a->member->address, gp_asprintf(a->ctx, "write %s %" PRId64,
		    p->slug, now != NULL ? now->version : 0), DAYS * 86400, &token, a->err);
	if (st != GP_OK)
		return st;
	gp_said_elsewhere(a, "page");
	gp_json_text(data, "title", p->title);
	gp_json_text(data, "url", url_of(a, a->list, p));
	gp_json_text(data, "text_md", body);
	gp_json_int(data, "version", shown != NULL ? shown->version : 0);
	gp_json_bool(data, "old", shown != now);
	gp_json_bool(data, "can_change", token != NULL);
	return gp_command_mail(a, "page", a->name, a->member->address, token != NULL ?
	    gp_route_address(a->ctx, a->site, a->list, "confirm", token) :
	    gp_route_address(a->ctx, a->site, a->list, "request", NULL), data);
}

/* Was the page changed since the version that a text was made from? Then both are said, and none is lost. */
static enum gp_status
is_newer(struct asked *a, const struct gp_practice *p, int64_t from, const char *text, bool *newer)
{
	struct gp_list_text *now;
	json_t *said;
	char *body;
	enum gp_status st = gp_practice_body(a->ctx, a->site->store, p, &body, &now, a->err);

	*newer = st == GP_OK && now != NULL && now->version > from && strcmp(now->body, text) != 0;
	if (!*newer)
		return st;
	said = say_page(a, "page_newer", p);
	gp_json_text(said, "slug", p->slug);
	gp_json_int(said, "version", now->version);
	gp_json_text(said, "text_md", text);
	return st;
}

/* The page as it came back, between the two lines or, in a command, below one: "NAME", "NAME 3" where it was made from
 * the third version. */
enum gp_status
gp_do_write(struct asked *a, const char *args)
{
	const char *nl = strchr(args, '\n');
	char *text = nl != NULL ? gp_strdup(a->ctx, nl + 1) : NULL;
	struct gp_practice *p;
	int64_t version, from = INT64_MAX;
	enum gp_status st;
	bool newer = false;

	if (nl != NULL)
		args = gp_strndup(a->ctx, args, (size_t)(nl - args));
	a->stop = true;
	if (!may_keep(a))
		return GP_OK;
	if (text == NULL && a->in != NULL)
		text = gp_read_returned(a->ctx, a->in->mail);
	st = find_page(a, &args, &p);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (!gp_parse_int(args + strspn(args, " "), 0, INT64_MAX, &from))
		from = INT64_MAX;
	if (text == NULL) {
		gp_json_text(gp_said(a, "page_where"), "slug", p->slug);
		return GP_OK;
	}
	a->line = from == INT64_MAX ? gp_asprintf(a->ctx, "write %s\n%s", p->slug, text) :
	    gp_asprintf(a->ctx, "write %s %" PRId64 "\n%s", p->slug, from, text);
	if (!gp_command_is_proven(a))
		return GP_OK;
	st = is_newer(a, p, from, text, &newer);
	if (st != GP_OK || newer)
		return st;
	st = strlen(text) > GP_MAX_PAGE ? GP_E_TOOBIG :
	    gp_practice_write(a->ctx, a->site->store, p, text, a->from, &version, a->err);
	if (st == GP_E_PARSE || st == GP_E_TOOBIG) {
		say_page(a, "page_bad", p);
		return GP_OK;
	}
	if (st != GP_OK)
		return st;
	gp_json_int(say_page(a, "page_written", p), "version", version);
	return gp_command_log(a, GP_VERB_WRITE, p->title, gp_asprintf(a->ctx, "version %" PRId64, version));
}

/* Who kept a page, from whatever address, and moderators. Else the result says so. */
static enum gp_status
may_unkeep(struct asked *a, const struct gp_practice *p, bool *may)
{
	struct gp_member *keeper;
	enum gp_status st;

	*may = is_moderator(a) || gp_strieq(a->from, p->keeper);
	if (*may)
		return GP_OK;
	st = gp_member_find(a->ctx, a->site->store, a->list->id, p->keeper, &keeper, a->err);
	*may = st == GP_OK && keeper->id == a->member->id;
	if (*may || (st != GP_OK && st != GP_E_NOTFOUND))
		return st;
	a->refused = true;
	say_page(a, "may_not_unkeep", p);
	return GP_OK;
}

enum gp_status
gp_do_unkeep(struct asked *a, const char *args)
{
	struct gp_practice *p;
	enum gp_status st;
	bool may = false;

	if (!may_keep(a))
		return GP_OK;
	st = find_page(a, &args, &p);
	if (st == GP_OK)
		st = may_unkeep(a, p, &may);
	if (st != GP_OK || !may)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (!gp_command_is_proven(a))
		return GP_OK;
	st = gp_practice_remove(a->site->store, p, a->err);
	if (st != GP_OK)
		return st;
	gp_json_text(gp_said(a, "unkept"), "title", p->title);
	return gp_command_log(a, GP_VERB_UNKEEP, p->title, p->slug);
}

/* ---- still true? ----------------------------------------------------------------------------------- */

enum gp_status
gp_do_still_true(struct asked *a, const char *args)
{
	struct gp_practice *p;
	enum gp_status st;

	if (!may_keep(a))
		return GP_OK;
	st = find_page(a, &args, &p);
	if (st == GP_OK)
		st = gp_practice_confirm(a->site->store, p, a->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	say_page(a, "page_true", p);
	return gp_command_log(a, GP_VERB_STILL_TRUE, p->title, p->slug);
}

enum gp_status
gp_do_outdated(struct asked *a, const char *args)
{
	struct gp_practice *p;
	enum gp_status st;
	char *why;

	if (!may_keep(a))
		return GP_OK;
	st = find_page(a, &args, &p);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	args = gp_command_text(a, args + strspn(args, " :"));
	why = gp_utf8_line(a->ctx, args, strlen(args), MAX_WHY);
	st = gp_practice_doubt(a->site->store, p, *why != '\0' ? why : "-", a->err);
	if (st != GP_OK)
		return st;
	say_page(a, "page_outdated", p);
	return gp_command_log(a, GP_VERB_OUTDATED, p->title, why);
}

/* ---- summary --------------------------------------------------------------------------------------- */

/* On each list that has the thread: one page shows it, and each list tells what it learned. */
static enum gp_status
put_summary(struct asked *a, const struct gp_message *head, const char *text)
{
	struct gp_share_side *sides;
	size_t i, n;
	enum gp_status st = gp_summary_put(a->ctx, a->site->store, a->list->id, head->key, text, a->from, a->err);

	if (st == GP_OK)
		st = gp_share_sides(a->ctx, a->site->store, head->thread, &sides, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++)
		st = gp_summary_put(a->ctx, a->site->store, sides[i].list, head->key, text, a->from, a->err);
	return st;
}

/* By whoever asked, or who may keep threads: what the answers come to. */
enum gp_status
gp_do_summary(struct asked *a, const char *args)
{
	struct gp_message *m, *head;
	struct gp_thread *t;
	enum gp_status st;
	const char *text;
	bool may = false;

	st = gp_command_message(a, args, &m);
	if (st == GP_OK)
		st = gp_practice_head(a, m->thread, &t, &head);
	if (st == GP_OK)
		st = gp_practice_may_say(a, head, &may);
	if (st != GP_OK || !may)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	a->stop = true;
	/* What answers our invitation is the summary; in a command it stands below a line. */
	text = a->in == NULL ? NULL : a->answered ? gp_read_own(a->ctx, a->site->words, a->in->mail) :
	    gp_read_below(a->ctx, a->in->mail);
	if (text == NULL || *text == '\0') {
		gp_json_int(gp_said(a, "summary_where"), "number", head->id);
		return GP_OK;
	}
	text = gp_strndup(a->ctx, text, gp_utf8_cut(text, strlen(text), MAX_SUMMARY));
	st = put_summary(a, head, text);
	if (st != GP_OK)
		return st;
	gp_said_title(a, gp_said(a, "summary"), head->title);
	return gp_command_log(a, GP_VERB_SUMMARY, head->title, head->key);
}
