/* SPDX-License-Identifier: ISC */
/*
 * Readers of an archive that is not for everybody. There are no passwords: whoever says that an
 * address is theirs gets a link there, which works once and not for long; its button gives the
 * browser a cookie. The cookie is a keyed MAC over the person, so that nothing is kept of it but a
 * number that ends all of a person's cookies when it changes. What a person may read is asked anew
 * with every page: who leaves a list is out at once.
 */
#include "config.h"

#include "command.h"

#include <string.h>

#define PURPOSE "log-in"

enum { DAY = 86400, LINKS_A_DAY = 10, LINKS_AN_HOUR = 200 };

/* Few links to one address, and of one list: nobody is flooded through us. */
static enum gp_status
may_mail(const void *ctx, struct gp_site *site, const struct gp_list *list, const char *address,
    bool *may, struct gp_err *err)
{
	int64_t to = 0, on = 0, now = gp_now();
	enum gp_status st = gp_count_add(site->store, "log-in-to", gp_addr_fold(ctx, address), now, DAY, &to,
	    err);

	if (st == GP_OK && to <= LINKS_A_DAY)
		st = gp_count_add(site->store, "log-in-on", list->address, now, 3600, &on, err);
	*may = st == GP_OK && to <= LINKS_A_DAY && on <= LINKS_AN_HOUR;
	if (st == GP_OK && !*may)
		gp_log(GP_LOG_WARN, "event=no-log-in why=limit list=%s", list->address);
	return st;
}

static enum gp_status
mail_link(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_member *m,
    const char *address, const char *path, struct gp_err *err)
{
	struct gp_token t = {0};
	struct gp_notice n = {0};
	enum gp_status st;
	char *token;

	t.purpose = gp_strdup(ctx, PURPOSE);
	t.list = list->id;
	t.object = m->person;
	t.address = gp_addr_fold(ctx, address);
	t.expires = gp_now() + GP_LOGIN_LINK;
	t.data = gp_strdup(ctx, path);
	st = gp_token_add(ctx, site->store, &t, &token, err);
	if (st != GP_OK)
		return st;
	n.template_name = "log-in";
	n.data = gp_json_object(ctx);
	gp_json_text(n.data, "confirm_url", gp_asprintf(ctx, "%s/u/%s", site->conf->url, token));
	n.to_name = m->name;
	n.to_addr = address;
	n.member = m->id;
	n.language = m->language[0] != '\0' ? m->language : NULL;
	n.answer = true;
	return gp_notice_send(ctx, site, list, &n, NULL, err);
}

/* Line `i` of a text, or NULL. */
static char *
line_of(const void *ctx, const char *text, int i)
{
	struct gp_str s;

	while (gp_str_next_line(&text, &s))
		if (i-- == 0)
			return gp_strndup(ctx, s.p, s.n);
	return NULL;
}

enum gp_status
gp_login_ask(const void *ctx, struct gp_site *site, const char *what, struct gp_err *err)
{
	char *id = line_of(ctx, what, 0), *address = line_of(ctx, what, 1), *path = line_of(ctx, what, 2);
	struct gp_member *m = NULL;
	struct gp_list *list;
	enum gp_status st;
	int64_t n;
	bool may;

	if (path == NULL || !gp_parse_int(id, 1, INT64_MAX, &n) || gp_addr_check(address, NULL) != GP_OK)
		return GP_OK;
	st = gp_list_find_id(ctx, site->store, n, &list, err);
	if (st == GP_OK)
		st = gp_member_find(ctx, site->store, list->id, address, &m, err);
	/* On a list that all may read, some threads may be for members. */
	if (st != GP_OK || !gp_list_may_read(list, m) ||
	    (gp_list_is_public(list) && !gp_store_has_veils(site->store)))
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = may_mail(ctx, site, list, address, &may, err);
	return st == GP_OK && may ? mail_link(ctx, site, list, m, address, path, err) : st;
}

enum gp_status
gp_login_find(const void *ctx, const struct gp_site *site, const char *token, int64_t *person,
    char **path, bool *used, struct gp_err *err)
{
	struct gp_token *t;
	enum gp_status st = gp_token_find(ctx, site->store, PURPOSE, token, gp_now(), &t, err);

	if (st != GP_OK)
		return st;
	*person = t->object;
	*path = t->data != NULL ? t->data : gp_strdup(ctx, "/");
	*used = t->used != 0;
	return GP_OK;
}

enum gp_status
gp_login_cookie(const void *ctx, const struct gp_site *site, int64_t person, char **cookie,
    struct gp_err *err)
{
	int64_t session;
	enum gp_status st = gp_person_session(site->store, person, &session, err);

	if (st == GP_OK)
		*cookie = gp_session_token(ctx, site, person, session, gp_now() + GP_LOGIN_COOKIE);
	return st;
}

int64_t
gp_login_reader(const struct gp_site *site, const char *cookie)
{
	int64_t person, session, expires, current;

	if (!gp_session_parse(site, cookie, &person, &session, &expires) || expires <= gp_now() ||
	    gp_person_session(site->store, person, &current, NULL) != GP_OK)
		return 0;
	return session == current ? person : 0;
}

enum gp_status
gp_login_end(struct gp_site *site, const char *cookie, struct gp_err *err)
{
	int64_t person = gp_login_reader(site, cookie);

	return person == 0 ? GP_OK : gp_person_end_session(site->store, person, err);
}
