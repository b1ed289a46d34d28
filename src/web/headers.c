/* SPDX-License-Identifier: ISC */
/*
 * The header fields of an answer (RFC 9110). Every answer forbids scripts, foreign content and
 * framing (Content Security Policy), guessing of types, and sending our addresses elsewhere.
 */
#include "config.h"

#include "private.h"

#define POLICY "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " \
	"base-uri 'none'; frame-ancestors 'none'"
#define POLICY_SANDBOX "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"

void
gp_response_headers(const void *ctx, const struct gp_response *r,
    void (*put)(void *arg, const char *name, const char *value), void *arg)
{
	if (r->type != NULL && r->status != 304)
		put(arg, "Content-Type", r->type);
	if (r->disposition != NULL)
		put(arg, "Content-Disposition", r->disposition);
	if (r->gzip)
		put(arg, "Content-Encoding", "gzip");
	if (r->location != NULL)
		put(arg, "Location", r->location);
	if (r->whole)
		put(arg, "Accept-Ranges", "bytes");
	if (r->range != NULL)
		put(arg, "Content-Range", r->range);
	if (r->etag != NULL)
		put(arg, "ETag", r->etag);
	if (r->modified > 0)
		put(arg, "Last-Modified", gp_time_format(ctx, r->modified, NULL,
		    "%a, %d %b %Y %H:%M:%S GMT"));
	if (r->cache != NULL)
		put(arg, "Cache-Control", r->cache);
	if (r->allow != NULL)
		put(arg, "Allow", r->allow);
	if (r->status == 503)
		put(arg, "Retry-After", "30");
	if (r->set_cookie != NULL)
		put(arg, "Set-Cookie", r->set_cookie);
	/* Pages of closed lists differ by the reader, and so does whether there are any. */
	put(arg, "Vary", r->own || r->status == 403 ? "Accept-Encoding, Cookie" : "Accept-Encoding");
	if (r->own || r->status == 403)
		put(arg, "X-Robots-Tag", "noindex");
	put(arg, "Content-Security-Policy", r->sandbox ? POLICY_SANDBOX : POLICY);
	put(arg, "X-Content-Type-Options", "nosniff");
	put(arg, "Referrer-Policy", "same-origin");
}
