/* SPDX-License-Identifier: ISC */
/*
 * A mailbox by IMAP (RFC 9051, RFC 3501; UIDPLUS, RFC 4315), spoken by libcurl: TLS or STARTTLS with
 * a verified certificate before any name or password is said, and nothing that came in front of
 * TLS counts behind it (CVE-2020-15953; curl ends such a connection). Mails are fetched one at a
 * time by UID. Lines of answers come one by one through take_line; a mail's own bytes never do.
 */
#include "config.h"

#include "guildpost/inbound.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ANSWER_SECONDS = 60, CONNECT_SECONDS = 30, FETCH_SECONDS = 900 };

struct gp_imap {
	CURL *curl;
	const char *where;		/* the folder's URL */
	char errbuf[CURL_ERROR_SIZE];
	char last[256];			/* what the server said last */
	bool (*alive)(void *arg);
	void *arg;
	uint32_t validity, exists;
	bool uidplus;
	bool listing;			/* lines of FETCH are of a list */
	uint32_t from;
	struct gp_imap_mail *mails; size_t mails_n;
	struct gp_buf *body;		/* of the mail that is fetched, or NULL */
};

static int
imap_free(struct gp_imap *m)
{
	curl_easy_cleanup(m->curl);
	return 0;
}

/* A number behind a word: "UIDVALIDITY 17]". 0: it isn't there. */
static uint32_t
number_behind(const char *line, const char *word)
{
	const char *p = strcasestr(line, word);
	unsigned long long n;

	if (p == NULL)
		return 0;
	p += strlen(word);
	if (*p < '0' || *p > '9')
		return 0;
	n = strtoull(p, NULL, 10);
	return n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* "* 12 FETCH (UID 34 RFC822.SIZE 5678)" */
static void
take_size(struct gp_imap *m, const char *line)
{
	struct gp_imap_mail mail;

	if (strcasestr(line, " FETCH (") == NULL || strcasestr(line, "RFC822.SIZE ") == NULL)
		return;
	mail.uid = number_behind(line, "UID ");
	mail.size = number_behind(line, "RFC822.SIZE ");
	/* n:* names the last mail even when that is below n. */
	if (mail.uid == 0 || mail.uid < m->from || m->mails_n == GP_IMAP_LIST)
		return;
	if ((m->mails_n & (m->mails_n - 1)) == 0) {
		m->mails = talloc_realloc(m, m->mails, struct gp_imap_mail,
		    (unsigned)(m->mails_n == 0 ? 1 : 2 * m->mails_n));
		if (m->mails == NULL)
			gp_oom();
	}
	m->mails[m->mails_n++] = mail;
}

/* Whatever the server says, a line at a time. */
static size_t
take_line(char *p, size_t size, size_t n, void *arg)
{
	struct gp_imap *m = arg;
	struct gp_str line = gp_str_trim((struct gp_str){p, size * n});
	size_t len = line.n < sizeof(m->last) - 1 ? line.n : sizeof(m->last) - 1;
	uint32_t validity;
	char *text;

	memcpy(m->last, line.p, len);
	m->last[len] = '\0';
	text = gp_strndup(m, line.p, line.n);
	if (gp_istarts(text, "* OK [UIDVALIDITY ")) {
		validity = number_behind(text, "UIDVALIDITY ");
		if (validity != 0)
			m->validity = validity;
	} else if (gp_starts(text, "* ") && gp_ends(text, " EXISTS")) {
		m->exists = number_behind(text, "* ");
	} else if (strcasestr(text, "CAPABILITY ") != NULL && m->body == NULL) {
		m->uidplus = strcasestr(text, " UIDPLUS") != NULL;	/* the last word counts */
	} else if (m->listing && gp_starts(text, "* ")) {
		take_size(m, text);
	}
	talloc_free(text);
	return size * n;
}

static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct gp_imap *m = arg;

	if (m->body != NULL)
		gp_buf_add(m->body, p, size * n);
	return m->body != NULL && m->body->over ? 0 : size * n;
}

static int
on_progress(void *arg, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	struct gp_imap *m = arg;

	(void)total;
	(void)now;
	(void)up_total;
	(void)up_now;
	return m->alive != NULL && !m->alive(m->arg);
}

/* First line of the password file. */
static enum gp_status
set_login(struct gp_imap *m, const struct gp_config *conf, struct gp_err *err)
{
	enum gp_status st;
	char *text;
	size_t n;

	if (conf->imap_user[0] != '\0')
		curl_easy_setopt(m->curl, CURLOPT_USERNAME, conf->imap_user);
	if (conf->imap_password_file[0] == '\0')
		return GP_OK;
	st = gp_file_read(m, conf->imap_password_file, 4096, &text, &n, err);
	if (st != GP_OK)
		return gp_err_prefix(err, "password of the mailbox");
	text[strcspn(text, "\r\n")] = '\0';
	curl_easy_setopt(m->curl, CURLOPT_PASSWORD, text);
	explicit_bzero(text, n);
	talloc_free(text);
	return GP_OK;
}

static enum gp_status
set_options(struct gp_imap *m, const struct gp_config *conf, struct gp_err *err)
{
	bool tls = conf->imap_tls == GP_TLS_ALWAYS ||
	    (conf->imap_tls == GP_TLS_AUTO && !gp_url_is_loopback(conf->imap));
	CURL *c = m->curl;

	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)ANSWER_SECONDS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)FETCH_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)ANSWER_SECONDS);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, m->errbuf);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_line);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, m);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, m);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, m);
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (conf->imap_ca[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, conf->imap_ca);
	return set_login(m, conf, err);
}

/* One exchange: a command in the folder, or with NULL the fetch that the URL names. */
static enum gp_status
perform(struct gp_imap *m, const char *url, const char *command, struct gp_err *err)
{
	uint32_t validity = m->validity;
	CURLcode rc;

	m->errbuf[0] = '\0';
	curl_easy_setopt(m->curl, CURLOPT_URL, url);
	curl_easy_setopt(m->curl, CURLOPT_CUSTOMREQUEST, command);
	rc = curl_easy_perform(m->curl);
	if (rc == CURLE_REMOTE_FILE_NOT_FOUND)
		return gp_fail(err, GP_E_NOTFOUND, "%s: it is not there", m->where);
	if (rc != CURLE_OK)
		return gp_fail(err, GP_E_NET, "%s: %s%s%s", m->where,
		    m->errbuf[0] != '\0' ? m->errbuf : curl_easy_strerror(rc),
		    rc == CURLE_LOGIN_DENIED || rc == CURLE_QUOTE_ERROR ? "; it said: " : "",
		    rc == CURLE_LOGIN_DENIED || rc == CURLE_QUOTE_ERROR ? m->last : "");
	if (validity != 0 && m->validity != validity)
		return gp_fail(err, GP_E_NET, "%s: the folder was made anew meanwhile", m->where);
	return GP_OK;
}

/* The folder is the URL's path; without one it is INBOX. */
static char *
folder_url(const void *ctx, const char *url)
{
	const char *path = strchr(strstr(url, "://") + 3, '/');

	return gp_asprintf(ctx, "%s%s", url, path == NULL ? "/INBOX" : path[1] == '\0' ? "INBOX" : "");
}

enum gp_status
gp_imap_open(const void *ctx, const struct gp_config *conf, bool (*alive)(void *arg), void *arg,
    struct gp_imap **out, struct gp_err *err)
{
	struct gp_imap *m = gp_new(ctx, struct gp_imap);
	enum gp_status st;

	m->where = folder_url(m, conf->imap);
	m->alive = alive;
	m->arg = arg;
	m->curl = curl_easy_init();
	if (m->curl == NULL)
		gp_oom();
	talloc_set_destructor(m, imap_free);
	st = set_options(m, conf, err);
	/* curl selects the folder first; many servers tell of UIDPLUS only who is logged in. */
	if (st == GP_OK)
		st = perform(m, m->where, "CAPABILITY", err);
	if (st == GP_OK && m->validity == 0)
		st = gp_fail(err, GP_E_NET, "%s: it doesn't tell UIDVALIDITY", m->where);
	if (st != GP_OK) {
		talloc_free(m);
		return st == GP_E_NOTFOUND ? gp_fail(err, GP_E_NET, "%s: no such folder", conf->imap) : st;
	}
	*out = m;
	return GP_OK;
}

uint32_t
gp_imap_validity(const struct gp_imap *m)
{
	return m->validity;
}

uint32_t
gp_imap_exists(const struct gp_imap *m)
{
	return m->exists;
}

static int
by_uid(const void *a, const void *b)
{
	const struct gp_imap_mail *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

enum gp_status
gp_imap_list(struct gp_imap *m, uint32_t from, const struct gp_imap_mail **mails, size_t *n,
    struct gp_err *err)
{
	char *command = gp_asprintf(m, "UID FETCH %" PRIu32 ":* (RFC822.SIZE)", from);
	enum gp_status st = GP_OK;

	TALLOC_FREE(m->mails);
	m->mails_n = 0;
	m->from = from;
	m->listing = true;
	/* Some servers find fault with "*" in an empty folder. */
	if (m->exists > 0)
		st = perform(m, m->where, command, err);
	m->listing = false;
	talloc_free(command);
	if (m->mails_n > 1)
		qsort(m->mails, m->mails_n, sizeof(*m->mails), by_uid);
	*mails = m->mails;
	*n = m->mails_n;
	return st;
}

enum gp_status
gp_imap_fetch(const void *ctx, struct gp_imap *m, uint32_t uid, size_t max, struct gp_str *out,
    struct gp_err *err)
{
	char *url = gp_asprintf(m, "%s;UID=%" PRIu32, m->where, uid);
	enum gp_status st;

	m->body = gp_buf_new(ctx, max);
	st = perform(m, url, NULL, err);
	if (m->body->over)
		st = gp_fail(err, GP_E_TOOBIG, "it is larger than %zu bytes", max);
	*out = (struct gp_str){m->body->p, m->body->len};
	if (st != GP_OK)
		talloc_free(m->body);
	m->body = NULL;
	talloc_free(url);
	return st;
}

enum gp_status
gp_imap_delete(struct gp_imap *m, const uint32_t *uids, size_t n, struct gp_err *err)
{
	void *ctx = gp_ctx(m);
	enum gp_status st;
	struct gp_buf set;
	size_t i;

	gp_buf_init(&set, ctx, 64 << 10);
	for (i = 0; i < n; i++)
		gp_buf_printf(&set, "%s%" PRIu32, i > 0 ? "," : "", uids[i]);
	st = perform(m, m->where, gp_asprintf(ctx, "UID STORE %s +FLAGS.SILENT (\\Deleted)", set.p), err);
	if (st == GP_OK)
		st = perform(m, m->where, m->uidplus ? gp_asprintf(ctx, "UID EXPUNGE %s", set.p) : "EXPUNGE",
		    err);
	talloc_free(ctx);
	return st;
}
