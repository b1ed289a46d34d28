/* SPDX-License-Identifier: ISC */
/* The config file: INI by inih, options by the table below. */
#include "config.h"

#include "guildpost/base.h"

#include <ini.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPT(name, type, member, def, min, max, choices, help) \
	{name, type, offsetof(struct gp_config, member), def, min, max, choices, help}

const struct gp_opt gp_config_options[] = {
	OPT("server.domain", GP_OPT_TEXT, domain, "", 0, 0, NULL,
	    "domain of the lists' addresses when a name is given without one"),
	OPT("server.data", GP_OPT_TEXT, data, ".", 0, 0, NULL,
	    "folder of the database; relative paths are taken from it"),
	OPT("server.admin", GP_OPT_TEXT, admin, "", 0, 0, NULL,
	    "address of the person who runs this server"),
	OPT("server.templates", GP_OPT_TEXT, templates, "", 0, 0, NULL,
	    "folder of templates of your own, searched before those that came with guildpost"),
	OPT("server.log", GP_OPT_TEXT, log, "info", 0, 0, NULL, "error, warn, info or debug"),
	OPT("server.parsers", GP_OPT_INT, parsers, "2", 1, 16, NULL, "parser processes"),
	OPT("server.create", GP_OPT_CHOICE, create, "request", 0, 0, "admin|request|open",
	    "who may make lists by mail: the admin, whoever the admin lets, anybody"),
	OPT("server.testing", GP_OPT_BOOL, testing, "no", 0, 0, NULL,
	    "allow test_now and test_seed"),
	OPT("server.test_now", GP_OPT_TEXT, test_now, "", 0, 0, NULL,
	    "testing only: the time at which the clock stands still, or file:PATH that holds it"),
	OPT("server.test_seed", GP_OPT_TEXT, test_seed, "", 0, 0, NULL,
	    "testing only: the number that chance starts from"),
	OPT("inbound.listen", GP_OPT_TEXT, listen, "127.0.0.1:8024", 0, 0, NULL,
	    "where LMTP is spoken: HOST:PORT or unix:PATH, several parted by blanks"),
	OPT("inbound.separator", GP_OPT_TEXT, separator, "+", 0, 0, NULL,
	    "the sign written between a list's name and a command: + or -"),
	OPT("inbound.max_size", GP_OPT_SIZE, max_size, "25M", 1024, GP_MAX_MESSAGE, NULL,
	    "largest message taken"),
	OPT("inbound.max_recipients", GP_OPT_INT, max_recipients, "100", 100, 10000, NULL,
	    "recipients of one LMTP transaction"),
	OPT("inbound.max_sessions", GP_OPT_INT, max_sessions, "100", 1, 10000, NULL,
	    "LMTP sessions at once"),
	OPT("inbound.timeout", GP_OPT_DURATION, timeout, "5m", 1, 3600, NULL,
	    "silence after which an LMTP session is closed"),
	OPT("inbound.authserv", GP_OPT_TEXT, authserv, "", 0, 0, NULL,
	    "name of the server whose Authentication-Results are believed"),
	OPT("inbound.answers", GP_OPT_INT, answers, "50", 1, 100000, NULL,
	    "mails with commands that one address may send in a day"),
	OPT("inbound.maildir", GP_OPT_TEXT, maildir, "", 0, 0, NULL,
	    "Maildir that mail is taken out of"),
	OPT("inbound.imap", GP_OPT_TEXT, imap, "", 0, 0, NULL,
	    "mailbox that mail is taken out of: imaps://user@host/FOLDER, or imap:// with STARTTLS"),
	OPT("inbound.imap_user", GP_OPT_TEXT, imap_user, "", 0, 0, NULL,
	    "user name at the mailbox, if it is not in the address"),
	OPT("inbound.imap_password_file", GP_OPT_TEXT, imap_password_file, "", 0, 0, NULL,
	    "file whose first line is the password of the mailbox"),
	OPT("inbound.imap_ca", GP_OPT_TEXT, imap_ca, "", 0, 0, NULL,
	    "file of certificates to trust, if not the system's"),
	OPT("inbound.imap_tls", GP_OPT_CHOICE, imap_tls, "auto", 0, 0, "never|auto|always",
	    "STARTTLS with a verified certificate; auto: always but on this machine"),
	OPT("inbound.imap_poll", GP_OPT_DURATION, imap_poll, "60s", 1, 86400, NULL,
	    "time from one look into the mailbox to the next"),
	OPT("inbound.imap_keep", GP_OPT_BOOL, imap_keep, "no", 0, 0, NULL,
	    "leave in the mailbox what was taken"),
	OPT("outbound.relay", GP_OPT_TEXT, relay, "maildir:outbox", 0, 0, NULL,
	    "smtp://host:port, smtps://user@host:port or maildir:DIR"),
	OPT("outbound.user", GP_OPT_TEXT, relay_user, "", 0, 0, NULL, "user name at the relay"),
	OPT("outbound.password_file", GP_OPT_TEXT, relay_password_file, "", 0, 0, NULL,
	    "file whose first line is the password at the relay"),
	OPT("outbound.ca", GP_OPT_TEXT, relay_ca, "", 0, 0, NULL,
	    "file of certificates to trust, if not the system's"),
	OPT("outbound.tls", GP_OPT_CHOICE, relay_tls, "auto", 0, 0, "never|auto|always",
	    "STARTTLS with a verified certificate; auto: always but on this machine"),
	OPT("outbound.connections", GP_OPT_INT, connections, "20", 1, 100, NULL,
	    "connections to the relay at once"),
	OPT("outbound.per_domain", GP_OPT_INT, per_domain, "10", 1, 100, NULL,
	    "transactions to recipients of one domain at once"),
	OPT("outbound.rate", GP_OPT_INT, rate, "0", 0, 1000000, NULL,
	    "messages to the relay in a minute; 0: as many as it takes"),
	OPT("outbound.expire", GP_OPT_DURATION, expire, "5d", 60, 30 * 86400, NULL,
	    "time after which a delivery is given up"),
	OPT("outbound.helo", GP_OPT_TEXT, helo, "", 0, 0, NULL,
	    "our name to the relay, if not the domain"),
	OPT("outbound.dns", GP_OPT_TEXT, dns, "", 0, 0, NULL,
	    "DNS servers to ask, ADDRESS:PORT parted by commas, if not the system's; off: none"),
	OPT("outbound.dkim_selector", GP_OPT_TEXT, dkim_selector, "", 0, 0, NULL,
	    "selector of the DKIM key that the mail server signs with; check looks for it"),
	OPT("web.listen", GP_OPT_TEXT, web_listen, "127.0.0.1:8080", 0, 0, NULL,
	    "HOST:PORT of the archive, or off"),
	OPT("web.url", GP_OPT_TEXT, url, "", 0, 0, NULL,
	    "public address of the archive, as readers see it"),
	OPT("web.name", GP_OPT_TEXT, web_name, "", 0, 0, NULL,
	    "name of the site on its pages, if not the domain"),
	OPT("web.language", GP_OPT_TEXT, web_language, "en", 0, 0, NULL,
	    "language of pages that belong to no list"),
	OPT("web.logo", GP_OPT_TEXT, web_logo, "", 0, 0, NULL,
	    "file of a picture (.svg, .png, .webp, up to 256k) shown with the name"),
	OPT("web.colour", GP_OPT_TEXT, web_colour, "", 0, 0, NULL,
	    "colour of links, such as #0a58a6; it must be read well on white"),
	OPT("web.colour_dark", GP_OPT_TEXT, web_colour_dark, "", 0, 0, NULL,
	    "the same where pages are dark, such as #82b7f4"),
	OPT("web.theme", GP_OPT_TEXT, web_theme, "", 0, 0, NULL,
	    "file of CSS that is put behind ours"),
};
const size_t gp_config_option_count = GP_COUNT(gp_config_options);

enum { LINE_MAX_BYTES = 198 };	/* INI_MAX_LINE of the library, less newline and NUL */

struct reading {
	struct gp_config *conf;
	struct gp_err *err;
	enum gp_status status;
};

/* How light a colour is (WCAG 2.2, relative luminance), 0 to 1; < 0: it is none. */
static double
luminance(const char *colour)
{
	static const double weights[] = {0.2126, 0.7152, 0.0722};
	double sum = 0, c, x;
	int i, byte;

	if (*colour != '#' || strlen(colour) != 7)
		return -1;
	for (i = 0; i < 3; i++) {
		byte = gp_hex_byte(colour + 1 + 2 * i, 2);
		if (byte < 0)
			return -1;
		c = byte / 255.0;
		/* x to the power of 2.4, near enough: 0.6 of its square and 0.4 of its cube. */
		x = (c + 0.055) / 1.055;
		sum += weights[i] * (c <= 0.03928 ? c / 12.92 : x * x * (0.6 + 0.4 * x));
	}
	return sum;
}

/* Whoever sees badly must be able to read links: 4.5 to 1 against what is behind them. */
static enum gp_status
check_colour(const struct gp_config *c, const char *name, const char *colour, const char *behind,
    struct gp_err *err)
{
	double a = luminance(colour), b = luminance(behind), high = a > b ? a : b, low = a > b ? b : a;

	if (*colour == '\0')
		return GP_OK;
	if (a < 0)
		return gp_fail(err, GP_E_CONFIG, "%s: %s = %s: a colour such as #0a58a6 is wanted", c->path, name,
		    colour);
	if ((high + 0.05) / (low + 0.05) < 4.5)
		return gp_fail(err, GP_E_CONFIG, "%s: %s = %s: that can't be read well on %s (%.1f to 1, and 4.5 is "
		    "the least): take a %s one", c->path, name, colour, behind, (high + 0.05) / (low + 0.05),
		    b > 0.5 ? "darker" : "lighter");
	return GP_OK;
}

/* inih's handler: 1 goes on, 0 marks the line as wrong. */
static int
take_option(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *r = arg;
	char full[128];
	struct gp_err err;

	if (r->status != GP_OK)
		return 0;
	if (strlen(section) + strlen(name) + 2 > sizeof(full)) {
		r->status = gp_fail(r->err, GP_E_CONFIG, "there is no option %s", name);
		return 0;
	}
	memcpy(full, section, strlen(section));
	full[strlen(section)] = '.';
	memcpy(full + strlen(section) + 1, name, strlen(name) + 1);
	if (gp_opt_set(gp_config_options, gp_config_option_count, r->conf, r->conf, full, value,
	    &err) != GP_OK) {
		r->status = gp_fail(r->err, GP_E_CONFIG, "%s", err.msg);
		return 0;
	}
	return 1;
}

static const char *
find_file(const char *given)
{
	static const char *const usual[] = {"./guildpost.conf", "/etc/guildpost/guildpost.conf"};
	const char *env = getenv("GUILDPOST_CONFIG");
	size_t i;

	if (given != NULL)
		return given;
	if (env != NULL && *env != '\0')
		return env;
	for (i = 0; i < GP_COUNT(usual); i++)
		if (access(usual[i], F_OK) == 0)
			return usual[i];
	return NULL;
}

static char *
absolute(const void *ctx, const char *base, const char *path)
{
	return *path == '/' || *path == '\0' ? gp_strdup(ctx, path) : gp_path_join(ctx, base, path);
}

/* Put "unix:" and "maildir:" paths, and plain ones, where the file says they are. */
static char *
absolute_after(const void *ctx, const char *base, const char *value, const char *scheme)
{
	if (!gp_starts(value, scheme))
		return gp_strdup(ctx, value);
	return gp_asprintf(ctx, "%s%s", scheme, absolute(ctx, base, value + strlen(scheme)));
}

static char *
absolute_listen(const void *ctx, const char *base, const char *value)
{
	struct gp_buf b;
	size_t n;

	gp_buf_init(&b, ctx, 4096);
	while (*(value += strspn(value, " \t")) != '\0') {
		n = strcspn(value, " \t");
		if (b.len > 0)
			gp_buf_putc(&b, ' ');
		gp_buf_puts(&b, absolute_after(ctx, base, gp_strndup(ctx, value, n), "unix:"));
		value += n;
	}
	return b.p;
}

static void
settle_paths(struct gp_config *c)
{
	char *real = realpath(c->path, NULL), *dir, *slash;

	dir = gp_strdup(c, real != NULL ? real : c->path);
	free(real);
	slash = strrchr(dir, '/');
	if (slash != NULL && slash != dir)
		*slash = '\0';
	c->data = strcmp(c->data, ".") == 0 ? gp_strdup(c, dir) : absolute(c, dir, c->data);
	c->db_path = gp_path_join(c, c->data, "guildpost.db");
	c->templates = absolute(c, dir, c->templates);
	c->relay_password_file = absolute(c, dir, c->relay_password_file);
	c->relay_ca = absolute(c, dir, c->relay_ca);
	c->relay = absolute_after(c, c->data, c->relay, "maildir:");
	c->imap_password_file = absolute(c, dir, c->imap_password_file);
	c->imap_ca = absolute(c, dir, c->imap_ca);
	c->maildir = absolute(c, c->data, c->maildir);
	c->listen = absolute_listen(c, c->data, c->listen);
}

/* The mailboxes that mail is taken out of. */
static enum gp_status
check_doors(const struct gp_config *c, struct gp_err *err)
{
	const char *at, *colon;

	if (c->maildir[0] != '\0' && gp_starts(c->relay, "maildir:") &&
	    gp_streq(c->relay + strlen("maildir:"), c->maildir))
		return gp_fail(err, GP_E_CONFIG, "%s: the relay delivers into the folder that mail is taken "
		    "out of", c->path);
	if (c->imap[0] == '\0')
		return GP_OK;
	if (!gp_starts(c->imap, "imap://") && !gp_starts(c->imap, "imaps://"))
		return gp_fail(err, GP_E_CONFIG, "%s: imap = %s: imaps://user@host/FOLDER is wanted", c->path,
		    c->imap);
	at = strrchr(c->imap, '@');
	colon = strchr(strstr(c->imap, "://") + 3, ':');
	if (at != NULL && colon != NULL && colon < at)
		return gp_fail(err, GP_E_CONFIG, "%s: a password has no place in imap: put it into the file "
		    "of imap_password_file", c->path);
	return GP_OK;
}

static enum gp_status
check_values(struct gp_config *c, struct gp_err *err)
{
	size_t n;
	int64_t t;

	if (c->domain[0] == '\0')
		return gp_fail(err, GP_E_CONFIG, "%s: [server] domain is missing", c->path);
	if (!gp_streq(c->separator, "+") && !gp_streq(c->separator, "-"))
		return gp_fail(err, GP_E_CONFIG, "%s: separator must be + or -", c->path);
	if (c->helo[0] == '\0')
		c->helo = gp_strdup(c, c->domain);
	if (c->admin[0] == '\0')
		c->admin = gp_asprintf(c, "postmaster@%s", c->domain);
	if (c->url[0] == '\0')
		c->url = gp_asprintf(c, "http://%s", c->web_listen);
	for (n = strlen(c->url); n > 0 && c->url[n - 1] == '/';)
		c->url[--n] = '\0';
	if (check_doors(c, err) != GP_OK || check_colour(c, "colour", c->web_colour, "#ffffff", err) != GP_OK ||
	    check_colour(c, "colour_dark", c->web_colour_dark, "#15181b", err) != GP_OK)
		return GP_E_CONFIG;
	if (!c->testing)
		return GP_OK;
	if (gp_starts(c->test_now, "file:")) {
		if (gp_clock_follow(c->test_now + strlen("file:"), err) != GP_OK)
			return GP_E_CONFIG;
	} else if (c->test_now[0] != '\0') {
		if (!gp_time_parse(c->test_now, &t))
			return gp_fail(err, GP_E_CONFIG, "%s: test_now = %s: no time", c->path,
			    c->test_now);
		gp_clock_set(t, true);
	}
	if (c->test_seed[0] != '\0' && gp_parse_int(c->test_seed, 0, INT64_MAX, &t))
		gp_random_seed((uint64_t)t);
	return GP_OK;
}

static enum gp_status
set_log_level(struct gp_config *c, struct gp_err *err)
{
	static const struct { const char *name; enum gp_level level; } levels[] = {
	    {"error", GP_LOG_ERR}, {"warn", GP_LOG_WARN}, {"info", GP_LOG_INFO},
	    {"debug", GP_LOG_DEBUG}};
	size_t i;

	for (i = 0; i < GP_COUNT(levels); i++) {
		if (gp_strieq(c->log, levels[i].name)) {
			gp_log_level(levels[i].level);
			return GP_OK;
		}
	}
	return gp_fail(err, GP_E_CONFIG, "%s: log = %s: error, warn, info or debug is wanted",
	    c->path, c->log);
}

/* The number of the first line that inih would cut, 0: none. */
static int
find_long_line(const char *text)
{
	int line = 1;
	size_t n;

	for (; *text != '\0'; line++) {
		n = strcspn(text, "\n");
		if (n > LINE_MAX_BYTES)
			return line;
		text += n + (text[n] == '\n');
	}
	return 0;
}

/* Read the file into c, options checked one by one. */
static enum gp_status
read_options(struct gp_config *c, struct gp_err *err)
{
	struct reading r = {c, err, GP_OK};
	enum gp_status st;
	char *text;
	size_t n;
	int line;

	st = gp_file_read(c, c->path, 1 << 20, &text, &n, err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? gp_err_prefix(err, "config") : st;
	line = find_long_line(text);
	if (line != 0)
		return gp_fail(err, GP_E_CONFIG, "%s:%d: the line is longer than %d bytes", c->path, line,
		    LINE_MAX_BYTES);
	line = ini_parse_string(text, take_option, &r);
	talloc_free(text);
	if (r.status != GP_OK)
		return gp_err_prefix(err, "%s:%d", c->path, line);
	if (line != 0)
		return gp_fail(err, GP_E_CONFIG, "%s:%d: this is no [section] and no name = value",
		    c->path, line);
	settle_paths(c);
	st = check_values(c, err);
	return st == GP_OK ? set_log_level(c, err) : st;
}

enum gp_status
gp_config_load(const void *ctx, const char *path, struct gp_config **out, struct gp_err *err)
{
	struct gp_config *c;
	struct gp_err why;
	const char *file = find_file(path);

	if (file == NULL)
		return gp_fail(err, GP_E_CONFIG, "no config file: give one with -c, or make one "
		    "with guildpost init DIR --domain DOMAIN");
	c = gp_new(ctx, struct gp_config);
	c->path = gp_strdup(c, file);
	gp_opt_defaults(gp_config_options, gp_config_option_count, c, c);
	if (read_options(c, &why) != GP_OK) {
		talloc_free(c);
		return gp_fail(err, GP_E_CONFIG, "%s", why.msg);
	}
	*out = c;
	return GP_OK;
}
