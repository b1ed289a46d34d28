/* SPDX-License-Identifier: ISC */
/*
 * From a request to its answer. A page is found first (what is asked for, and a stamp of all
 * that it depends on), and built only when neither the reader's own copy (If-None-Match) nor a
 * kept page has that stamp. As long as nobody has written to the archive, a kept page is sent
 * without any look at the database but for its version.
 */
#include "config.h"

#include "private.h"

#include <string.h>

#define CACHE_PAGE "public, max-age=60, stale-while-revalidate=600"
#define CACHE_OWN "private, no-cache"
#define CACHE_MOVED "public, max-age=300"

enum { GZIP_FROM = 600, GZIP_LEVEL = 6, DAY = 86400 };

struct gp_web *
gp_web_new(const void *ctx, struct gp_site *site)
{
	struct gp_web *w = gp_new(ctx, struct gp_web);
	const char *url = site->conf->url, *host;
	json_t *nothing = gp_json_object(w);
	size_t n = strlen(url);

	w->site = site;
	w->store = site->store;
	w->templates = site->templates;
	w->cache = cache_new(w, GP_WEB_CACHE);
	while (n > 0 && url[n - 1] == '/')
		n--;
	w->url = gp_strndup(w, url, n);
	host = strstr(w->url, "://");
	host = host != NULL ? strchr(host + 3, '/') : NULL;
	w->base = host != NULL ? host : "";
	w->stamp_version = -1;
	if (gp_templates_render(w, w->templates, "web/folded.html", NULL, nothing, &w->folded, NULL,
	    NULL) == GP_OK)
		w->folded[strcspn(w->folded, "\n")] = '\0';
	theme_load(w);
	return w;
}

/* ---- kept pages and copies of readers ---------------------------------------------------- */

/* RFC 9110 section 13.1.2: weak comparison with any of a list of tags. */
static bool
has_tag(const char *field, const char *etag)
{
	const char *opaque = strchr(etag, '"');
	size_t n = strlen(opaque);
	const char *p;

	if (strcmp(field, "*") == 0)
		return true;
	for (p = strstr(field, opaque); p != NULL; p = strstr(p + 1, opaque))
		if (p[n] == '\0' || p[n] == ',' || p[n] == ' ')
			return true;
	return false;
}

static bool
reader_has_it(const struct gp_request *r, const struct gp_response *out)
{
	int64_t since;
	int zone;
	bool known;

	if (out->etag == NULL || strcmp(r->method, "POST") == 0)
		return false;
	if (r->if_none_match != NULL)
		return has_tag(r->if_none_match, out->etag);
	return r->if_modified_since != NULL && out->modified > 0 &&
	    gp_date_parse(r->if_modified_since, strlen(r->if_modified_since), &since, &zone,
	    &known) && out->modified <= since;
}

static void
choose_form(const struct gp_request *r, struct gp_response *out)
{
	const struct gp_kept *k = out->kept;

	if (reader_has_it(r, out)) {
		out->status = 304;
		out->body = (struct gp_str){"", 0};
		return;
	}
	if (k == NULL)
		return;
	out->gzip = k->form[FORM_GZIP] != NULL && request_accepts_gzip(r);
	out->body.p = k->form[out->gzip]->p;
	out->body.n = k->form[out->gzip]->n;
}

static void
answer_kept(const struct gp_request *r, struct gp_kept *k, struct gp_response *out)
{
	*out = k->r;
	out->kept = k;
	choose_form(r, out);
}

/* Every reader who is known has copies of their own. */
static const char *
kept_name(const void *ctx, const struct gp_request *r, int64_t reader)
{
	return reader == 0 ? r->target : gp_asprintf(ctx, "%lld %s", (long long)reader, r->target);
}

static void
keep(struct visit *v, int64_t version)
{
	struct gp_response *out = v->out;
	struct blob *gzip = NULL;
	char *packed;
	size_t n;

	if (out->status != 200 || out->etag == NULL || out->body.n > GP_WEB_KEPT)
		return;
	if (out->body.n >= GZIP_FROM && out->disposition == NULL && !out->sandbox) {
		packed = gp_gzip(v->ctx, out->body.p, out->body.n, GZIP_LEVEL, &n);
		gzip = n < out->body.n ? blob_new(packed, n) : NULL;
		talloc_free(packed);
	}
	out->kept = cache_add(v->w->cache, kept_name(v->ctx, v->r, v->reader), out, gzip);
	if (out->kept != NULL) {
		out->kept->version = version;
		out->kept->day = v->now / DAY;
	}
}

/* ---- the visit ------------------------------------------------------------------------------ */

static void
set_etag(struct visit *v)
{
	unsigned char sum[GP_SHA256_LEN];

	if (v->page->flags & PAGE_FRESH)
		return;
	if (v->page->flags & PAGE_TODAY)
		visit_stamp(v, " day %lld", (long long)(v->now / DAY));
	visit_stamp(v, " with %s %s %s %s", gp_templates_version(v->w->templates), v->w->version, GP_VERSION,
	    v->w->url);
	gp_sha256(v->stamp.p, v->stamp.len, sum);
	v->out->etag = gp_asprintf(v->ctx, "W/\"%.16s\"", gp_base32(v->ctx, sum, 10));
}

/* The list that the path names, if this reader may see it. */
int
visit_list(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_list *list;
	enum gp_status st = gp_list_find_name(v->ctx, v->s, v->list_name, &list, &err);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? 404 : visit_failed(&err);
	if (!visit_may_read(v, list, &v->since)) {
		v->closed = list->set.archive != GP_ARCHIVE_OFF ? list : NULL;
		return v->closed != NULL ? 403 : 404;
	}
	v->list = list;
	stamp_list(v, list);
	if (!gp_list_is_public(list)) {
		visit_stamp(v, "for %lld since %lld", (long long)v->reader, (long long)v->since);
		v->out->own = true;
	}
	return 200;
}

void
visit_render(struct visit *v, const char *template)
{
	struct gp_template *t = gp_templates_find(v->w->templates, template,
	    visit_language(v));
	struct gp_err err;
	struct gp_buf b;

	gp_buf_init(&b, v->ctx, GP_WEB_PAGE);
	if (t == NULL)
		gp_fail(&err, GP_E_CONFIG, "there is no template %s", template);
	if (t == NULL || gp_template_render(t, v->doc, &b, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=render template=%s what=\"%s\"", template, err.msg);
		v->out->status = 500;
		b.len = 0;
	}
	v->out->body = (struct gp_str){b.p, b.len};
}

static int
build(struct visit *v)
{
	struct gp_response *out = v->out;
	int status = v->page->build(v);

	if (status != 200)
		return status;
	if (v->json) {
		out->body.p = gp_json_dump(v->ctx, v->doc, true);
		out->body.n = strlen(out->body.p);
		out->type = GP_WEB_JSON;
	} else if (v->page->template != NULL) {
		visit_render(v, v->page->template);
		out->type = v->page->type != NULL ? v->page->type : GP_WEB_HTML;
	} else if (out->type == NULL) {
		out->type = v->page->type;
	}
	return out->status;
}

/* A reader who is known may see threads that strangers don't, on whatever page: it is theirs then, and another one
 * when what they may see changes. */
static bool
sees_more(struct visit *v)
{
	char *sight;

	if (v->reader == 0 || !gp_store_has_veils(v->s))
		return false;
	visit_stamp(v, "sees %s", gp_person_sight(v->ctx, v->s, v->reader, &sight, NULL) == GP_OK ? sight : "");
	return true;
}

/* Find, compare, build; in one read transaction, so that a page shows one state. */
static int
run(struct visit *v, struct gp_kept *kept, int64_t version)
{
	struct gp_response *out = v->out;
	int status = v->page->flags & PAGE_LIST ? visit_list(v) : 200;

	if (status == 200)
		status = v->page->find(v);
	if (status != 200 || (out->act != NULL && !out->unasked))
		return status;
	v->out->own |= (v->page->flags & PAGE_READER) && v->reader != 0;
	v->out->own |= sees_more(v);
	if (v->out->own) {
		visit_stamp(v, "reader %lld", (long long)v->reader);
		v->out->cache = CACHE_OWN;
	}
	set_etag(v);
	if (kept != NULL && out->etag != NULL && strcmp(kept->r.etag, out->etag) == 0) {
		kept->version = version;
		kept->day = v->now / DAY;
		answer_kept(v->r, kept, out);
		return out->status;
	}
	if (reader_has_it(v->r, out)) {
		out->status = 304;
		return 304;
	}
	status = build(v);
	if (status == 200) {
		keep(v, version);
		choose_form(v->r, out);
	}
	return out->status == 200 ? status : out->status;
}

static bool
method_fits(struct visit *v)
{
	const char *m = v->r->method;
	bool post = (v->page->flags & PAGE_POST) != 0;

	if (strcmp(m, "GET") == 0 || strcmp(m, "HEAD") == 0 || (post && strcmp(m, "POST") == 0))
		return true;
	v->out->allow = post ? "GET, HEAD, POST" : "GET, HEAD";
	return false;
}

static void
start(struct visit *v, const void *ctx, struct gp_web *w, const struct gp_request *r, int64_t reader,
    struct gp_response *out)
{
	memset(v, 0, sizeof(*v));
	memset(out, 0, sizeof(*out));
	v->ctx = ctx;
	v->w = w;
	v->s = w->store;
	v->r = r;
	v->out = out;
	v->reader = reader;
	v->now = gp_now();
	gp_buf_init(&v->stamp, ctx, 1 << 20);
}

/* No page has this path; with its slash mended one may. */
static int
mend(struct visit *v, const char *moved)
{
	int status = moved == NULL ? 404 : v->list_name != NULL ? visit_list(v) : 200;

	return status == 200 ? visit_moved(v, moved) : status;
}

/* There is nothing here: an older archive may have had it. */
static int
look_back(struct visit *v, const char *path)
{
	struct gp_err err = {GP_OK, ""};
	int status;

	if (gp_store_read_begin(v->s, &err) != GP_OK)
		return visit_failed(&err);
	status = old_path_find(v, path);
	gp_store_read_end(v->s);
	return status;
}

static void
answer(const void *ctx, struct gp_web *w, const struct gp_request *r, int64_t reader, struct gp_response *out)
{
	bool read = strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
	int64_t version = gp_store_version(w->store);
	struct gp_kept *kept = read ? cache_find(w->cache, kept_name(ctx, r, reader)) : NULL;
	struct gp_err err = {GP_OK, ""};
	struct visit v;
	const char *path;
	char *moved;
	int status;

	if (kept != NULL && version != 0 && kept->version == version &&
	    kept->day == gp_now() / DAY) {
		answer_kept(r, kept, out);
		range_answer(ctx, r, out);
		return;
	}
	start(&v, ctx, w, r, reader, out);
	path = gp_starts(r->path, w->base) ? r->path + strlen(w->base) : r->path;
	v.page = route_find(&v, path, &moved);
	out->status = 200;
	out->cache = v.page != NULL && v.page->cache != NULL ? v.page->cache : CACHE_PAGE;
	if (v.page == NULL)
		status = mend(&v, moved);
	else if (!method_fits(&v))
		status = 405;
	else if (gp_store_read_begin(w->store, &err) != GP_OK)
		status = visit_failed(&err);
	else {
		status = run(&v, kept, version);
		gp_store_read_end(w->store);
	}
	if (status == 404)
		status = look_back(&v, path);
	if (status == 301)
		out->cache = out->own ? CACHE_OWN : CACHE_MOVED;
	else if (status >= 400)
		visit_error(&v, status);
	out->status = status;
	range_answer(ctx, r, out);
}

/* With the eyes of whoever asks: nothing else is read. */
void
gp_web_answer(const void *ctx, struct gp_web *w, const struct gp_request *r,
    struct gp_response *out)
{
	int64_t reader = reader_of(w, r);
	struct gp_looker before = gp_store_look(w->store, (struct gp_looker){GP_LOOK_PERSON, reader, false});

	answer(ctx, w, r, reader, out);
	gp_store_look(w->store, before);
}

void
gp_web_acted(const void *ctx, struct gp_web *w, const struct gp_request *r, int outcome,
    struct gp_response *out)
{
	const char *token = strrchr(r->path, '/') + 1;
	struct visit v;

	start(&v, ctx, w, r, 0, out);
	out->cache = "no-store";
	if (outcome == GP_WEB_FAILED) {
		visit_error(&v, 503);
		return;
	}
	if (strcmp(token, "log-out") == 0) {
		log_out_acted(&v);
		return;
	}
	if (strcmp(gp_command_click_kind(ctx, w->site, token), "log_in") == 0) {
		log_in_acted(&v, outcome);
		return;
	}
	out->status = 200;
	out->type = GP_WEB_HTML;
	put_button(&v, token, true);
	visit_render(&v, "web/leave.html");
}

void
gp_web_refuse(const void *ctx, struct gp_web *w, int status, struct gp_response *out)
{
	struct visit v;

	start(&v, ctx, w, NULL, 0, out);
	visit_error(&v, status);
}
