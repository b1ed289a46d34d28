/* SPDX-License-Identifier: ISC */
/*
 * web: the archive for readers, over HTTP, read-only. Who reads is told by a cookie where a list is
 * not for everybody (list/reader.c); what such a reader gets is kept for them alone. Every page is a JSON document and a
 * template; the document is also the API (.json). The web never writes: what a reader may
 * cause is handed to core as an act. http.c is the only file that knows libmicrohttpd.
 *
 * Memory: one context for each request; rendered pages are kept in a bounded cache, and sent
 * again as long as what they show is unchanged. Limits: GP_WEB_ below. Nothing here opens a
 * file once gp_web_new has run.
 */
#ifndef GUILDPOST_WEB_H
#define GUILDPOST_WEB_H

#include "guildpost/base.h"
#include "guildpost/list.h"
#include "guildpost/render.h"
#include "guildpost/store.h"

enum {
	GP_WEB_CACHE = 8 << 20,		/* bytes of rendered pages that are kept */
	GP_WEB_KEPT = 1 << 20,		/* larger pages are rendered anew each time */
	GP_WEB_PAGE = 16 << 20,		/* bytes of one page at most */
	GP_WEB_DOWNLOAD = 64 << 20,	/* bytes of a thread as one mbox file */
	GP_WEB_BODIES = 2 << 20,	/* bytes of message bodies on one page */
	GP_WEB_BODY = 64 << 10,		/* bytes of text of one message on a page of many */
	GP_WEB_PATH = 2048,		/* bytes of a path, and of a query */
	GP_WEB_ARGS = 32,		/* parameters of a query */
	GP_WEB_POST = 64 << 10,		/* bytes of the body of a POST */
	GP_WEB_CONNECTIONS = 256,
	GP_WEB_THREADS_PER_PAGE = 50,
	GP_WEB_MESSAGES_PER_PAGE = 200,
	GP_WEB_HITS_PER_PAGE = 20,
	GP_WEB_FEED_ENTRIES = 30,
	GP_WEB_INLINE_IMAGE = 1 << 20,	/* larger images of a mail are links */
	GP_WEB_TIMEOUT = 30,		/* seconds of silence on a connection */
	GP_WEB_ACT_TIMEOUT = 10		/* seconds that core has for an act */
};

struct gp_request_arg {
	char *name, *value;
};
struct gp_request {
	const char *method;	/* GET, HEAD, POST */
	const char *target;	/* as sent: path and query */
	char *path;		/* decoded, clean UTF-8, starts with a slash */
	const char *query;	/* as sent, behind the "?", or NULL */
	struct gp_request_arg args[GP_WEB_ARGS];
	size_t args_n;
	const char *if_none_match, *if_modified_since;	/* or NULL */
	const char *accept_encoding;			/* or NULL */
	const char *range, *if_range;			/* or NULL */
	const char *cookie;				/* or NULL */
	struct gp_str body;	/* of a POST */
};
/* Take a request target apart. 0, or the status to refuse it with: 400, 414. */
int gp_request_parse(const void *ctx, const char *method, const char *target,
    struct gp_request *out);
/* A query parameter, decoded, or NULL. */
const char *gp_request_arg(const struct gp_request *r, const char *name);

struct gp_kept;
struct gp_response {
	int status;
	const char *type;	/* Content-Type, or NULL when there is no body */
	struct gp_str body;	/* on the request's context, or kept */
	bool gzip;		/* the body is compressed */
	char *etag;		/* or NULL */
	int64_t modified;	/* Last-Modified, 0: none */
	char *location;		/* redirects */
	char *disposition;	/* Content-Disposition, or NULL */
	const char *cache;	/* Cache-Control */
	bool whole;		/* a file: pieces of it may be asked for */
	char *range;		/* Content-Range, or NULL */
	bool sandbox;		/* served so that nothing in it can run */
	const char *allow;	/* with 405 */
	/* Not answered yet: this act is to be handed to core with this token, and what came of
	 * it to gp_web_acted. */
	const char *act, *token;
	bool unasked;		/* ... and this answer is given without waiting for that, so that how long
				 * it took tells nothing */
	char *set_cookie;	/* or NULL */
	bool own;		/* for this reader alone: by their cookie */
	struct gp_kept *kept;	/* of a kept page: how http.c sends it again */
};
/* Every header field of an answer but those of the connection. */
void gp_response_headers(const void *ctx, const struct gp_response *r,
    void (*put)(void *arg, const char *name, const char *value), void *arg);

struct gp_web;			/* the site and its kept pages */
struct gp_web *gp_web_new(const void *ctx, struct gp_site *site);
/* Answer one request (also used by tests, without a socket). */
void gp_web_answer(const void *ctx, struct gp_web *w, const struct gp_request *r,
    struct gp_response *out);
/* The answer to an act: core could not do it now (0), or did what there was to do: 1 for a token that
 * stands for nothing. */
enum { GP_WEB_FAILED, GP_WEB_NOTHING, GP_WEB_DONE };
void gp_web_acted(const void *ctx, struct gp_web *w, const struct gp_request *r, int outcome,
    struct gp_response *out);
/* What can't be understood well enough to be a request. */
void gp_web_refuse(const void *ctx, struct gp_web *w, int status, struct gp_response *out);

/* The web process: HTTP until the link to core (fd) closes. Returns an exit code. */
int gp_web_run(struct gp_config *conf, int fd);

#endif
