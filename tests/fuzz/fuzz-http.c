/* SPDX-License-Identifier: ISC */
/*
 * Whole requests for a small archive: the first line is a method and a target, then header
 * fields, an empty line, a body. Whatever is asked, there is an answer: never a fault of ours,
 * no header field with a second line in it, no redirect to elsewhere, no script on a page; a
 * kept page is the same as a new one; and whatever cookie comes, nothing of the list that is for its
 * members is told.
 */
#include "config.h"

#include "../../src/web/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const mails[] = {
	/* Keys: gx35k3fj33ud on2ykufi24hx hvjnwhfv7j6v, also in the dictionary. */
	"From: Ann <ann@example.org>\nSubject: Oxalic acid?\nMessage-ID: <1@x.example>\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\n\nHow much oxalic acid for nine hives?\n",
	"From: \"<b>Bob\" <bob@example.net>\nSubject: Re: Oxalic acid?\nMessage-ID: <2@x.example>\n"
	    "In-Reply-To: <1@x.example>\nDate: Mon, 23 Nov 2026 10:10:00 +0000\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=B\n\n--B\n\n> How much\n\n5 ml <script>\n--B\n"
	    "Content-Type: text/html\nContent-Disposition: attachment; filename=\"a b.html\"\n\n"
	    "<script>alert(1)</script>\n--B--\n",
	"From: ann@example.org\nSubject: Gone\nMessage-ID: <3@x.example>\n"
	    "Date: Sun, 22 Nov 2026 10:00:00 +0000\n\nThis is removed.\n",
};

static const char secret[] = "From: Wim <wim@example.org>\nSubject: SECRETLY\nMessage-ID: <9@x.example>\n"
    "Date: Mon, 23 Nov 2026 10:00:00 +0000\n\nSECRETLY\n";

static char dir[] = "/tmp/guildpost-fuzz-XXXXXX";

static void
must(enum gp_status st, const struct gp_err *err)
{
	if (st == GP_OK)
		return;
	fprintf(stderr, "%s: %s\n", gp_status_text(st), err->msg);
	abort();
}

static void
leave(void)
{
	static const char *const files[] = {"guildpost.conf", "guildpost.db", "guildpost.db-wal",
	    "guildpost.db-shm", "guildpost.lock"};
	char path[sizeof(dir) + 32];
	size_t i;

	for (i = 0; i < GP_COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void
fill(struct gp_store *s)
{
	void *ctx = gp_ctx(NULL);
	struct gp_archived out = {0};
	struct gp_list *list;
	struct gp_mail m;
	struct gp_err err;
	unsigned changes;
	size_t i, n;
	int64_t id;
	char *raw;

	must(gp_store_begin(s, &err), &err);
	must(gp_list_create(ctx, s, "bees@example.org", &list, &err), &err);
	for (i = 0; i < GP_COUNT(mails); i++) {
		raw = gp_mail_canon(ctx, mails[i], strlen(mails[i]), &n, &changes);
		must(gp_derive(ctx, raw, n, &m, &err), &err);
		must(gp_archive_add(ctx, s, list, &m, raw, n, gp_now(), &out, &err), &err);
	}
	must(gp_message_remove(s, out.id, &err), &err);
	must(gp_list_create(ctx, s, "wasps@example.org", &list, &err), &err);
	must(gp_list_set(s, list, "archive", "members", &err), &err);
	must(gp_member_add(s, list->id, "wim@example.org", "Wim", GP_ROLE_OWNER, GP_DELIVERY_EACH, gp_now(),
	    &id, &err), &err);
	raw = gp_mail_canon(ctx, secret, strlen(secret), &n, &changes);
	must(gp_derive(ctx, raw, n, &m, &err), &err);
	must(gp_archive_add(ctx, s, list, &m, raw, n, gp_now(), &out, &err), &err);
	must(gp_store_commit(s, &err), &err);
	talloc_free(ctx);
}

/* The site as the web process has it: made once, open to be read. */
static struct gp_web *
web(void)
{
	static const char conf[] = "[server]\ndomain = example.org\ntesting = yes\n"
	    "test_now = 2026-11-23T12:00:00Z\n[web]\nurl = https://lists.example.org\n";
	static struct gp_web *w;
	struct gp_config *config;
	struct gp_site *site;
	struct gp_err err;
	char path[sizeof(dir) + 32];

	if (w != NULL)
		return w;
	if (mkdtemp(dir) == NULL)
		abort();
	atexit(leave);
	snprintf(path, sizeof(path), "%s/guildpost.conf", dir);
	setenv("GUILDPOST_TEMPLATES", GP_FUZZ_TEMPLATES, 1);
	must(gp_file_write(path, conf, sizeof(conf) - 1, 0600, &err), &err);
	must(gp_config_load(NULL, path, &config, &err), &err);
	must(gp_store_create(config->db_path, &err), &err);
	must(gp_site_open(config, config, GP_STORE_CORE, &site, &err), &err);
	fill(site->store);
	must(gp_site_open(config, config, GP_STORE_READ, &site, &err), &err);
	return w = gp_web_new(config, site);
}

/* ---- what is promised --------------------------------------------------------------------- */

static void
check_field(void *arg, const char *name, const char *value)
{
	const unsigned char *p = (const unsigned char *)value;

	(void)arg;
	for (; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f)
			abort();
	if (strcmp(name, "Location") == 0 && (value[0] != '/' || value[1] == '/' || value[1] == '\\'))
		abort();
}

/* A page may show what was asked for, as sent or decoded: a fuzzer learns the word, too. */
static bool
asks_for_it(const struct gp_request *r)
{
	size_t i;

	for (i = 0; i < r->args_n; i++)
		if (strstr(r->args[i].value, "SECRETLY") != NULL)
			return true;
	return strstr(r->target, "SECRETLY") != NULL || strstr(r->path, "SECRETLY") != NULL;
}

static void
check(const void *ctx, const struct gp_request *r, const struct gp_response *out)
{
	static const int known[] = {200, 301, 304, 400, 403, 404, 405, 410, 414};
	char *body;
	size_t i;

	if (out->act != NULL) {
		if (strcmp(r->method, "POST") != 0 || out->token == NULL)
			abort();
		return;
	}
	for (i = 0; i < GP_COUNT(known) && known[i] != out->status;)
		i++;
	if (i == GP_COUNT(known) || (out->status == 200 && out->type == NULL) ||
	    (out->status == 301) != (out->location != NULL) ||
	    ((out->status == 304 || out->status == 301) && out->body.n > 0))
		abort();
	gp_response_headers(ctx, out, check_field, NULL);
	if (!out->gzip && out->body.n > 0 && gp_memmem(out->body.p, out->body.n, "SECRETLY", 8) != NULL &&
	    !asks_for_it(r))
		abort();
	if (out->gzip || out->type == NULL || !gp_starts(out->type, "text/html"))
		return;
	body = gp_memdup(ctx, out->body.p, out->body.n);
	if (!gp_utf8_valid(body, out->body.n) || strcasestr(body, "<script") != NULL)
		abort();
}

static void
ask(const void *ctx, const struct gp_request *r)
{
	struct gp_response first, again;
	struct gp_request plain = *r;
	struct gp_str body;

	gp_web_answer(ctx, web(), r, &first);
	check(ctx, r, &first);
	/* Without conditions: once as it comes, once as it is kept. */
	plain.if_none_match = plain.if_modified_since = plain.accept_encoding = NULL;
	gp_web_answer(ctx, web(), &plain, &first);
	check(ctx, &plain, &first);
	body = (struct gp_str){gp_memdup(ctx, first.body.p, first.body.n), first.body.n};
	gp_web_answer(ctx, web(), &plain, &again);
	if (first.status == 304 || first.status != again.status || body.n != again.body.n ||
	    (body.n > 0 && memcmp(body.p, again.body.p, body.n) != 0))
		abort();
}

/* ---- input ------------------------------------------------------------------------------------ */

/* The next line, cut from *p. */
static char *
line(char **p)
{
	char *s = *p, *eol = strchr(s, '\n');

	*p = eol != NULL ? eol + 1 : s + strlen(s);
	if (eol != NULL)
		*eol = '\0';
	return s;
}

static const char *
method_of(const char *s)
{
	static const char *const methods[] = {"GET", "HEAD", "POST"};
	size_t i;

	for (i = 0; i < GP_COUNT(methods); i++)
		if (strcmp(s, methods[i]) == 0)
			return methods[i];
	return "OTHER";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	void *ctx = gp_ctx(NULL);
	char *p = gp_memdup(ctx, data, n), *method = line(&p), *target = strchr(method, ' '), *s;
	struct gp_response out;
	struct gp_request r;
	int status;

	if (target != NULL)
		*target++ = '\0';
	else
		target = method;
	status = gp_request_parse(ctx, method_of(method), target, &r);
	if (status != 0) {
		gp_web_refuse(ctx, web(), status, &out);
		check(ctx, &r, &out);
		talloc_free(ctx);
		return 0;
	}
	while (*(s = line(&p)) != '\0')
		if (gp_istarts(s, "If-None-Match: "))
			r.if_none_match = s + 15;
		else if (gp_istarts(s, "If-Modified-Since: "))
			r.if_modified_since = s + 19;
		else if (gp_istarts(s, "Accept-Encoding: "))
			r.accept_encoding = s + 17;
		else if (gp_istarts(s, "Cookie: "))
			r.cookie = s + 8;
	r.body = (struct gp_str){p, strlen(p)};
	ask(ctx, &r);
	talloc_free(ctx);
	return 0;
}
