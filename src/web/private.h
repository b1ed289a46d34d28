/* SPDX-License-Identifier: ISC */
/* Private to web/: a visit, which is one request on its way to an answer, and the pages. */
#ifndef GP_WEB_PRIVATE_H
#define GP_WEB_PRIVATE_H

#include "guildpost/web.h"

#define GP_WEB_HTML "text/html; charset=utf-8"
#define GP_WEB_JSON "application/json; charset=utf-8"

struct cache;

struct gp_web {
	struct gp_site *site;
	struct gp_store *store;
	struct gp_templates *templates;
	struct cache *cache;
	const char *base;	/* path part of the site's address: "" or "/lists" */
	char *url;		/* public address of the site, no slash at its end; may be "" */
	char *folded;		/* words behind the number of lines that are folded, HTML */
	char *css, *icon;	/* paths of the style sheet and the icon */
	struct gp_str style, logo;	/* theme.c */
	char *version, *logo_path;
	const char *logo_type;	/* NULL: there is none */
	char *stamp;		/* of all lists, as of stamp_version */
	int64_t stamp_version;
};

struct visit;

/* A page: which addresses, what it depends on, what it shows. Functions return an HTTP status:
 * 200 to go on; 301 with out->location, 404, 410, 500 ... end the visit. */
struct page {
	const char *pattern;	/* see route.c */
	int (*find)(struct visit *v);	/* what is asked for; stamp and time for the caches */
	int (*build)(struct visit *v);	/* v->doc, or out->body and out->type */
	const char *template;	/* NULL: build made the body */
	const char *type;	/* Content-Type, NULL: HTML */
	const char *cache;	/* Cache-Control, NULL: that of pages */
	unsigned flags;		/* PAGE_ */
};
enum {
	PAGE_JSON = 1,		/* has a .json twin */
	PAGE_POST = 2,		/* may be posted to */
	PAGE_LIST = 4,		/* belongs to a list: v->list is found before `find` */
	PAGE_TODAY = 8,		/* what it says depends on the day */
	PAGE_FRESH = 16,	/* never kept, no ETag */
	PAGE_READER = 32	/* shows more to readers who are known */
};

struct visit {
	const void *ctx;
	struct gp_web *w;
	struct gp_store *s;
	const struct gp_request *r;
	struct gp_response *out;
	const struct page *page;
	bool json;		/* the .json twin is wanted */
	int64_t now;
	/* Parts of the path, or NULL and 0. */
	char *list_name, *key, *rest, *token;
	int year, month, day;
	int64_t reader;		/* a person, by their cookie; 0: a stranger */
	/* Found. */
	struct gp_list *list;
	struct gp_list *closed;	/* there is such a list, but not for this reader */
	bool closed_thread;	/* or such a thread on it */
	int64_t since;		/* of v->list only what was received from then on is shown; 0: all */
	struct gp_message *msg;
	struct gp_thread *thread;
	struct gp_author *author;
	struct gp_practice *practice;
	struct gp_buf stamp;	/* grows: all that the page depends on */
	json_t *elsewhere;	/* of a message: the lists that have it, too */
	json_t *doc;
	json_t *doc_page;	/* the member "page" of doc */
};

/* ---- theme.c ---- */
/* Style sheet, logo and their names. */
void theme_load(struct gp_web *w);

/* ---- reader.c: who may see what ---- */
/* Person behind a cookie, or 0. */
int64_t reader_of(const struct gp_web *w, const struct gp_request *r);
/* May this visitor read the list? *since: from when on (see visit). A failure counts as no. */
bool visit_may_read(const struct visit *v, const struct gp_list *list, int64_t *since);
/* There is no message v->key for this reader: 404, or 403 where its thread is for members, who may log in. */
int visit_withheld(struct visit *v);
/* A message of v->list that may be shown. */
bool visit_sees(const struct visit *v, const struct gp_message *m);
/* Leave out what may not; how many are left. */
size_t see_messages(const struct visit *v, struct gp_message **all, size_t n);
size_t see_threads(const struct visit *v, struct gp_thread **all, size_t n);
/* Messages that may not be shown become gaps; false: nothing is left. */
bool see_nodes(const struct visit *v, struct gp_node *nodes, size_t n);
/* Set-Cookie; value "": forget it. */
char *reader_cookie(const void *ctx, const struct gp_web *w, const char *value);
/* The cookie as it came, or NULL. */
char *reader_cookie_value(const void *ctx, const struct gp_request *r);
/* A path of this site that a form may lead on to, else NULL. */
char *reader_path(const void *ctx, const struct gp_web *w, const char *path);

/* ---- answer.c ---- */
/* The list that the path names, if strangers may see it: 200 and v->list, else 404 ... */
int visit_list(struct visit *v);
/* v->doc with this template into the body; 500 when that fails. */
void visit_render(struct visit *v, const char *template);

/* ---- error.c ---- */
/* The whole answer for a status of 400 and above. */
void visit_error(struct visit *v, int status);
/* log_in: the form that asks for a link to v->closed. */
void put_log_in(struct visit *v, json_t *o);

/* ---- route.c ---- */
/* The page of a path, with the parts of the path in v. NULL: there is none; *moved: the path
 * with its slash mended, or NULL. */
const struct page *route_find(struct visit *v, const char *path, char **moved);

/* ---- cache.c ---- */
struct blob {
	size_t refs, n;
	char p[];
};
struct blob *blob_new(const char *p, size_t n);
struct blob *blob_hold(struct blob *b);
void blob_drop(struct blob *b);

enum { FORM_PLAIN, FORM_GZIP, FORM_NOTHING, FORM_COUNT };	/* FORM_NOTHING: 304 */
struct gp_kept {
	struct gp_kept *chain, *newer, *older;	/* in a bucket; by last use */
	char *target;
	uint32_t hash;
	int64_t version;	/* of the store when it was last found unchanged */
	int64_t day;		/* the same, of the clock */
	struct gp_response r;	/* texts on this entry; no body */
	struct blob *form[FORM_COUNT];
	/* http.c's own, one for each form, and how they are freed. */
	void *native[FORM_COUNT];
	void (*native_free)(void *native);
	size_t cost;
	struct cache *cache;
};
struct cache *cache_new(const void *ctx, size_t max);
struct gp_kept *cache_find(struct cache *c, const char *target);
/* Keep an answer (its body is copied); NULL when it is too big. */
struct gp_kept *cache_add(struct cache *c, const char *target, const struct gp_response *r,
    struct blob *gzip);
void cache_remove(struct gp_kept *k);

/* ---- request.c ---- */
bool request_accepts_gzip(const struct gp_request *r);
/* A field of a form that was posted (application/x-www-form-urlencoded), decoded, or NULL. */
char *request_field(const void *ctx, const struct gp_request *r, const char *name);
/* Percent-encode one segment of a path. */
char *url_segment(const void *ctx, const char *s);
/* ... and the value of a query parameter. */
char *url_value(const void *ctx, const char *s);

/* ---- show.c: pieces of documents ---- */
/* Log a failure of the store and give the status for it. */
int visit_failed(const struct gp_err *err);
void visit_stamp(struct visit *v, const char *fmt, ...) GP_PRINTF(2, 3);
int visit_moved(struct visit *v, const char *path);	/* 301, path without the base */
char *visit_path(const struct visit *v, const char *fmt, ...) GP_PRINTF(2, 3); /* base in front */
/* A path with the site's public address in front, where that is known. */
char *visit_whole(const struct visit *v, const char *path);
char *list_path(const struct visit *v, const struct gp_list *list, const char *fmt, ...)
    GP_PRINTF(3, 4);
char *home_path(const struct visit *v, const struct gp_list *list);
char *hidden(const void *ctx, const char *s);	/* one line, addresses cut */
/* The document of a page with site, list and page members. */
void doc_start(struct visit *v, const char *title, const char *path);
/* "?since=": the date, or 0; false: it is none. */
bool visit_news(const struct visit *v, int64_t *since);
const char *visit_language(const struct visit *v);
char *visit_time(const struct visit *v, int64_t t, const char *pattern);
void put_date(const struct visit *v, json_t *o, const char *name, int64_t t);
void put_author(const struct visit *v, json_t *o, const struct gp_message *m);
char *author_of(const void *ctx, const struct gp_message *m);
char *thread_path(const struct visit *v, const struct gp_list *list, const struct gp_thread *t);
char *message_path(const struct visit *v, const struct gp_list *list, const char *key);
void put_size(json_t *o, const char *name, int64_t bytes);
void put_list(const struct visit *v, json_t *o, const struct gp_list *list);
/* A title as a page shows it: no address, no word that only says what kind of thread it is. */
char *shown_title(const struct visit *v, const struct gp_list *list, const char *title);
void put_thread(const struct visit *v, json_t *o, const struct gp_list *list,
    const struct gp_thread *t);
/* Its content note, or null. */
void put_content_note(const struct visit *v, json_t *o, const struct gp_message *m);
void put_message(const struct visit *v, json_t *o, const struct gp_list *list,
    const struct gp_message *m);
/* Bars of a small picture: numbers to rectangles in a box of w by h. */
void put_bars(json_t *o, const char *name, const int64_t *n, size_t count, int w, int h);
/* A stamp of a list's settings: everything that pages show of them. */
void stamp_list(struct visit *v, const struct gp_list *list);

/* ---- body.c: a message as HTML ---- */
struct body_opts {
	bool whole;		/* alone on its page: not cut */
	bool as_sent;		/* fixed, all marks */
	bool html;		/* the HTML form, when there is one */
	bool open;		/* quotes are not folded */
	size_t *budget;		/* bytes left on this page, or NULL */
};
/* body_html, fixed, attachments ... into o; a body that can't be read says so. */
int put_body(const struct visit *v, json_t *o, const struct gp_list *list,
    const struct gp_message *m, const struct body_opts *opts);
/* Files of a message but those that are shown already. */
void put_attachments(const struct visit *v, json_t *o, const struct gp_list *list, const char *key,
    const struct gp_mail *m, const bool *shown);
/* Address of a part: "/bees/m/KEY/2-name.pdf". */
char *part_path(const struct visit *v, const struct gp_list *list, const char *key,
    const struct gp_part *p);
char *part_name(const void *ctx, const struct gp_part *p);
bool part_is_picture(const struct gp_part *p);

/* ---- tree.c: a thread in order ---- */
struct tree_node {
	const struct gp_node *node;
	int64_t up;		/* index of the shown parent, -1: none */
	int64_t first, last, next; /* children and sibling, -1: none */
	size_t number;		/* 1 for the oldest message; 0: a gap */
	size_t place;		/* in `order` */
	bool shown;
};
struct tree {
	struct tree_node *v;	/* as given: by date */
	size_t n;
	size_t *order;		/* shown nodes, parents before children */
	size_t order_n;
};
struct tree *tree_new(const void *ctx, const struct gp_node *nodes, size_t n);

/* ---- page_shared.c ---- */
/* v->thread is a copy of another list's: 301 to that address ("t/KEY", "m/KEY"), if the reader may see it there. */
int shared_find(struct visit *v, const char *what);
/* shared: the other lists that have the thread. */
int put_shared(struct visit *v);

/* ---- page_message.c ---- */
/* What it answers; here: that is on the same page. */
void put_parent(const struct visit *v, json_t *o, const struct tree *t,
    const struct tree_node *node, bool here);

/* ---- reply.c ---- */
/* Addresses of the message, as received, and for an answer. */
void put_links(const struct visit *v, json_t *o, const struct gp_message *m);
/* quote_url: the same with the message's own words quoted. */
int put_quoting_reply(const struct visit *v, json_t *o, const struct gp_message *m,
    const struct gp_mail *mail);
/* What is needed for commands that people copy into a terminal. */
void put_commands(const struct visit *v, json_t *o, const struct gp_message *m,
    const struct gp_thread *t);
/* Sends the mail that makes a member follow the thread of that message. */
char *follow_url(const struct visit *v, const char *key);

/* ---- range.c ---- */
enum range { RANGE_NONE, RANGE_FOUND, RANGE_OUTSIDE };
/* [*from, *to) of `size` bytes that a Range field asks for. */
enum range range_read(const char *field, size_t size, size_t *from, size_t *to);
/* Only that piece of a file, if one is asked for. */
void range_answer(const void *ctx, const struct gp_request *r, struct gp_response *out);

/* ---- hide.c ---- */
/* A message for strangers: the same bytes with the addresses of others cut in header fields
 * and texts. */
enum gp_status hide_message(const void *ctx, const struct gp_list *list, const struct gp_mail *m,
    const char *raw, size_t n, char **out, size_t *out_n, struct gp_err *err) GP_MUST_CHECK;
/* Any text by the same rule: "jane@example.org" to "jane@...", but for the list's own. */
void hide_text(struct gp_buf *b, const struct gp_list *list, const char *p, size_t n);

/* ---- page_*.c ---- */
int index_find(struct visit *v), index_build(struct visit *v);
int home_find(struct visit *v), home_build(struct visit *v);
int about_find(struct visit *v), about_build(struct visit *v);
int year_find(struct visit *v), year_build(struct visit *v);
int month_find(struct visit *v), month_build(struct visit *v);
int day_find(struct visit *v), day_build(struct visit *v);
int digest_find(struct visit *v), digests_build(struct visit *v), digests_feed_build(struct visit *v);
int digest_day_build(struct visit *v), digest_week_build(struct visit *v), digest_month_build(struct visit *v);
int thread_find(struct visit *v), thread_build(struct visit *v);
int thread_file_find(struct visit *v), thread_mbox_build(struct visit *v);
int thread_gz_build(struct visit *v), thread_feed_build(struct visit *v);
int message_find(struct visit *v), message_page_find(struct visit *v), message_build(struct visit *v);
int raw_find(struct visit *v), raw_build(struct visit *v);
int part_find(struct visit *v), part_build(struct visit *v);
void start_feed(struct visit *v, const char *title, const char *path, const char *self, const char *id);
int feed_find(struct visit *v), feed_build(struct visit *v), threads_feed_build(struct visit *v);
int search_find(struct visit *v), search_build(struct visit *v), search_feed_build(struct visit *v);
int site_search_find(struct visit *v);
/* A search of this visit: of its list, or of all lists that its reader may read; and the path of its page. A status of HTTP. */
int search_begin(struct visit *v, struct gp_search *query, char **path);
/* The list of something that was found; NULL, and *status, where it can't be read. */
struct gp_list *search_list(struct visit *v, int64_t id, int *status);
/* 301 to the message that stood there in an older archive; 404, 410. */
int old_path_find(struct visit *v, const char *path);
int mid_find(struct visit *v), list_mid_find(struct visit *v);
int list_mid_raw_find(struct visit *v), list_mid_mbox_find(struct visit *v);
int leave_find(struct visit *v), leave_build(struct visit *v);
/* The document of the page of a token. */
void put_button(struct visit *v, const char *token, bool done);
int log_in_find(struct visit *v), log_in_build(struct visit *v);
int log_out_find(struct visit *v), log_out_build(struct visit *v);
/* What came of the button of a link to log in, and of logging out. */
void log_in_acted(struct visit *v, int outcome);
void log_out_acted(struct visit *v);
int robots_find(struct visit *v), robots_build(struct visit *v);
int health_find(struct visit *v), health_build(struct visit *v);
int library_find(struct visit *v), library_build(struct visit *v);
int practice_find(struct visit *v), practice_build(struct visit *v);
/* text_html: the text of a page. */
enum gp_status put_practice_text(struct visit *v, json_t *o, const char *body, struct gp_err *err) GP_MUST_CHECK;
void put_practice(struct visit *v, json_t *o, const struct gp_list *list, const struct gp_practice *p);
enum gp_status put_summary(struct visit *v, json_t *o, struct gp_err *err) GP_MUST_CHECK;
int questions_find(struct visit *v), questions_build(struct visit *v), questions_feed_build(struct visit *v);
/* The first messages of these threads as a feed; page: what it is of, "NAME.atom": itself. */
int feed_of_threads(struct visit *v, struct gp_thread **all, size_t n, const char *page, const char *name);
/* Who does not want to be seen among people, the list itself, and who is nobody. */
bool people_hides(struct visit *v, const char *addr);
int people_find(struct visit *v), people_build(struct visit *v);
int person_find(struct visit *v), person_build(struct visit *v), person_feed_build(struct visit *v);
int site_map_find(struct visit *v), site_map_build(struct visit *v);
int list_map_find(struct visit *v), list_map_build(struct visit *v);
int opensearch_find(struct visit *v), opensearch_build(struct visit *v);
int month_file_find(struct visit *v), month_gz_build(struct visit *v), search_gz_build(struct visit *v);
int files_find(struct visit *v), files_build(struct visit *v);
int static_find(struct visit *v), static_build(struct visit *v);

#endif
