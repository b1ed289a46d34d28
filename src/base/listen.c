/* SPDX-License-Identifier: ISC */
/* Sockets by name, to listen at and to connect to: "HOST:PORT", "[::1]:PORT", "unix:PATH". */
#include "config.h"

#include "guildpost/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* "unix:PATH" to a socket address. */
static enum gp_status
unix_address(const char *where, struct sockaddr_un *sun, struct gp_err *err)
{
	const char *path = where + strlen("unix:");

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun->sun_path))
		return gp_fail(err, GP_E_CONFIG, "%s: the path of a socket may have at most %zu "
		    "characters", where, sizeof(sun->sun_path) - 1);
	memcpy(sun->sun_path, path, strlen(path) + 1);
	return GP_OK;
}

static enum gp_status
listen_unix(const char *where, int *out, struct gp_err *err)
{
	struct sockaddr_un sun;
	enum gp_status st = unix_address(where, &sun, err);
	mode_t mask;
	int fd, probe, bound;

	if (st != GP_OK)
		return st;
	/* Someone behind it: in use. Nobody: a leftover of a killed process. */
	if (gp_connect(where, &probe, NULL) == GP_OK) {
		close(probe);
		return gp_fail(err, GP_E_BUSY, "%s: another server is listening there", where);
	}
	unlink(sun.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0117);
	bound = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	umask(mask);
	if (bound != 0 || listen(fd, 128) != 0) {
		st = gp_fail_errno(err, GP_E_IO, "can't listen at %s", where);
		if (fd >= 0)
			close(fd);
		return st;
	}
	*out = fd;
	return GP_OK;
}

/* "HOST:PORT" or "[::1]:PORT" to addresses; free with freeaddrinfo. */
static enum gp_status
resolve(const char *where, bool passive, struct addrinfo **out, struct gp_err *err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	    .ai_flags = passive ? AI_PASSIVE : 0};
	const char *colon = strrchr(where, ':');
	char host[256], *h = host;
	size_t n;
	int rc;

	if (colon == NULL || colon[1] == '\0' || (size_t)(colon - where) >= sizeof(host))
		return gp_fail(err, GP_E_CONFIG, "%s: HOST:PORT or unix:PATH is wanted", where);
	n = (size_t)(colon - where);
	memcpy(host, where, n);
	host[n] = '\0';
	if (n > 1 && host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		h++;
	}
	rc = getaddrinfo(*h == '\0' ? NULL : h, colon + 1, &hints, out);
	if (rc != 0)
		return gp_fail(err, GP_E_NET, "%s: %s", where, gai_strerror(rc));
	return GP_OK;
}

enum gp_status
gp_listen(const char *where, int *out, struct gp_err *err)
{
	struct addrinfo *ai;
	enum gp_status st;
	int fd, one = 1;

	if (gp_starts(where, "unix:"))
		return listen_unix(where, out, err);
	st = resolve(where, true, &ai, err);
	if (st != GP_OK)
		return st;
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 || listen(fd, 128) != 0) {
		st = gp_fail_errno(err, errno == EADDRINUSE ? GP_E_BUSY : GP_E_IO,
		    "can't listen at %s", where);
		if (fd >= 0)
			close(fd);
	} else {
		*out = fd;
	}
	freeaddrinfo(ai);
	return st;
}

enum gp_status
gp_connect(const char *where, int *out, struct gp_err *err)
{
	struct addrinfo *ai = NULL;
	struct sockaddr_un sun;
	enum gp_status st;
	int fd, rc;

	if (gp_starts(where, "unix:")) {
		st = unix_address(where, &sun, err);
		if (st != GP_OK)
			return st;
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		rc = fd < 0 ? -1 : connect(fd, (struct sockaddr *)&sun, sizeof(sun));
	} else {
		st = resolve(where, false, &ai, err);
		if (st != GP_OK)
			return st;
		fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		rc = fd < 0 ? -1 : connect(fd, ai->ai_addr, ai->ai_addrlen);
	}
	if (rc != 0) {
		st = gp_fail_errno(err, GP_E_NET, "can't connect to %s", where);
		if (fd >= 0)
			close(fd);
	} else {
		*out = fd;
	}
	if (ai != NULL)
		freeaddrinfo(ai);
	return st;
}

bool
gp_url_is_loopback(const char *url)
{
	const char *host = strstr(url, "://"), *at;
	struct in_addr in;
	size_t n;
	char *name;
	bool yes;

	if (host == NULL)
		return false;
	host += strlen("://");
	n = strcspn(host, "/");
	at = memrchr(host, '@', n);
	if (at != NULL) {
		n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	if (*host == '[')
		return n >= 5 && strncmp(host, "[::1]", 5) == 0 && (n == 5 || host[5] == ':');
	name = gp_strndup(NULL, host, n);
	name[strcspn(name, ":")] = '\0';
	yes = gp_strieq(name, "localhost") ||
	    (inet_pton(AF_INET, name, &in) == 1 && ntohl(in.s_addr) >> 24 == 127);
	talloc_free(name);
	return yes;
}
