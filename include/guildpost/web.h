/* SPDX-License-Identifier: ISC */
/*
 * web: the archive for readers, over HTTP, read-only. Every page is a JSON document and a
 * template; the document is also the API (.json). The web never writes: what a reader may
 * cause is handed to core as an act. http.c is the only file that knows libmicrohttpd.
 *
 * Memory: one context for each request; rendered pages are kept in a bounded cache as long
 * as the archive's version stands. Limits: GP_WEB_ below.
 */
#ifndef GUILDPOST_WEB_H
#define GUILDPOST_WEB_H

#include "guildpost/base.h"
#include "guildpost/list.h"
#include "guildpost/render.h"
#include "guildpost/store.h"

enum {
	GP_WEB_CACHE = 8 << 20,		/* bytes of rendered pages that are kept */
	GP_WEB_PAGE = 16 << 20,		/* bytes of one page at most */
	GP_WEB_CONNECTIONS = 256,
	GP_WEB_THREADS_PER_PAGE = 50,
	GP_WEB_MESSAGES_PER_PAGE = 200,
	GP_WEB_TIMEOUT = 30		/* seconds of silence on a connection */
};

struct gp_request {
	const char *method;	/* GET, HEAD, POST */
	const char *path;	/* decoded, starts with a slash */
	const char *query;	/* as sent, or NULL: parameters through gp_request_arg */
	const char *if_none_match, *if_modified_since;	/* or NULL */
	const char *accept_encoding;			/* or NULL */
	struct gp_str body;	/* of a POST, at most 64 kB */
	struct gp_request_args *args;
};
/* A query parameter, decoded, or NULL. */
const char *gp_request_arg(const struct gp_request *r, const char *name);

struct gp_response {
	int status;
	const char *type;	/* Content-Type */
	struct gp_str body;	/* on the request's context, or kept by `owner` */
	char *etag;		/* quoted, or NULL */
	int64_t modified;	/* Last-Modified, 0: none */
	char *location;		/* redirects */
	char *disposition;	/* Content-Disposition, or NULL */
	const char *cache;	/* Cache-Control */
	bool sandbox;		/* served so that nothing in it can run */
};

struct gp_web;			/* the site, its caches, the link to core */
struct gp_web *gp_web_new(const void *ctx, struct gp_site *site);
/* Answer one request (also used by tests, without a socket). */
void gp_web_answer(const void *ctx, struct gp_web *w, const struct gp_request *r,
    struct gp_response *out);

/* The web process: HTTP until the link to core (fd) closes. Returns an exit code. */
int gp_web_run(struct gp_config *conf, int fd);

#endif
