/* SPDX-License-Identifier: ISC */
/*
 * A session at the relay, opened by libcurl: greeting, EHLO, STARTTLS with a verified
 * certificate, AUTH. After that the bytes are ours.
 */
#include "config.h"

#include "guildpost/outbound.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct gp_session {
	CURL *curl;
	char errbuf[CURL_ERROR_SIZE];
	char last[256];		/* the relay's last words while opening */
	unsigned features;
	int64_t size;
	curl_socket_t fd;
};

static int
session_free(struct gp_session *s)
{
	curl_easy_cleanup(s->curl);
	return 0;
}

/* EHLO's answer goes through here, a line at a time. */
static size_t
take_line(char *p, size_t size, size_t n, void *arg)
{
	static const struct {
		const char *word;
		unsigned feature;
	} words[] = {{"PIPELINING", GP_SESSION_PIPELINING}, {"8BITMIME", GP_SESSION_8BIT},
	    {"SMTPUTF8", GP_SESSION_UTF8}, {"ENHANCEDSTATUSCODES", GP_SESSION_ENHANCED},
	    {"DSN", GP_SESSION_DSN}};
	struct gp_session *s = arg;
	struct gp_str line = gp_str_trim((struct gp_str){p, size * n});
	size_t i, len = line.n < sizeof(s->last) - 1 ? line.n : sizeof(s->last) - 1;

	memcpy(s->last, line.p, len);
	s->last[len] = '\0';
	if (strncmp(s->last, "220", 3) == 0) {
		s->features = 0;	/* greeting or STARTTLS: what was said before is void */
		s->size = 0;
	}
	if (strncmp(s->last, "250", 3) != 0 || len < 4)
		return size * n;
	for (i = 0; i < GP_COUNT(words); i++)
		if (strcasecmp(s->last + 4, words[i].word) == 0)
			s->features |= words[i].feature;
	if (strncasecmp(s->last + 4, "SIZE ", 5) == 0 &&
	    !gp_parse_int(s->last + 9, 0, INT64_MAX, &s->size))
		s->size = 0;
	return size * n;
}

/* First line of the password file. */
static enum gp_status
set_login(struct gp_session *s, const struct gp_config *conf, struct gp_err *err)
{
	char *text;
	enum gp_status st;
	size_t n;

	if (conf->relay_user[0] == '\0')
		return GP_OK;
	curl_easy_setopt(s->curl, CURLOPT_USERNAME, conf->relay_user);
	if (conf->relay_password_file[0] == '\0')
		return GP_OK;
	st = gp_file_read(s, conf->relay_password_file, 4096, &text, &n, err);
	if (st != GP_OK)
		return gp_err_prefix(err, "password of the relay");
	text[strcspn(text, "\r\n")] = '\0';
	curl_easy_setopt(s->curl, CURLOPT_PASSWORD, text);
	explicit_bzero(text, n);
	return GP_OK;
}

static enum gp_status
set_options(struct gp_session *s, const struct gp_config *conf, struct gp_err *err)
{
	bool tls = conf->relay_tls == GP_TLS_ALWAYS ||
	    (conf->relay_tls == GP_TLS_AUTO && !gp_url_is_loopback(conf->relay));
	char *url = gp_asprintf(s, "%s/%s", conf->relay, conf->helo);
	CURL *c = s->curl;

	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 30L);
	curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, 30L);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, s->errbuf);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_line);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (conf->relay_ca[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, conf->relay_ca);
	return set_login(s, conf, err);
}

enum gp_status
gp_session_open(const void *ctx, const struct gp_config *conf, struct gp_session **out,
    struct gp_err *err)
{
	struct gp_session *s = gp_new(ctx, struct gp_session);
	enum gp_status st;
	CURLcode rc;

	s->curl = curl_easy_init();
	if (s->curl == NULL)
		gp_oom();
	talloc_set_destructor(s, session_free);
	st = set_options(s, conf, err);
	if (st != GP_OK) {
		talloc_free(s);
		return st;
	}
	rc = curl_easy_perform(s->curl);
	if (rc == CURLE_OK)
		rc = curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &s->fd);
	if (rc != CURLE_OK) {
		st = gp_fail(err, GP_E_NET, "%s: %s%s%s", conf->relay,
		    s->errbuf[0] != '\0' ? s->errbuf : curl_easy_strerror(rc),
		    s->last[0] != '\0' ? "; it said: " : "", s->last);
		talloc_free(s);
		return st;
	}
	*out = s;
	return GP_OK;
}

unsigned
gp_session_features(const struct gp_session *s)
{
	return s->features;
}

int64_t
gp_session_size(const struct gp_session *s)
{
	return s->size;
}

int
gp_session_fd(const struct gp_session *s)
{
	return (int)s->fd;
}

enum gp_status
gp_session_send(struct gp_session *s, const char *p, size_t n, size_t *done, struct gp_err *err)
{
	CURLcode rc = curl_easy_send(s->curl, p, n, done);

	if (rc == CURLE_AGAIN) {
		*done = 0;
		return GP_OK;
	}
	return rc == CURLE_OK ? GP_OK : gp_fail(err, GP_E_NET, "%s", curl_easy_strerror(rc));
}

enum gp_status
gp_session_recv(struct gp_session *s, char *p, size_t n, size_t *done, struct gp_err *err)
{
	CURLcode rc = curl_easy_recv(s->curl, p, n, done);

	if (rc == CURLE_AGAIN) {
		*done = 0;
		return GP_OK;
	}
	if (rc == CURLE_OK && *done == 0)
		return gp_fail(err, GP_E_NET, "the relay closed the connection");
	return rc == CURLE_OK ? GP_OK : gp_fail(err, GP_E_NET, "%s", curl_easy_strerror(rc));
}
