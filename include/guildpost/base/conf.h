/* SPDX-License-Identifier: ISC */
/* base: options, the configuration, limits.
 * Included by base.h, whose rules hold here. */
#ifndef GUILDPOST_BASE_CONF_H
#define GUILDPOST_BASE_CONF_H

/* ---- opt.c: one table of options for parsing, defaults, show and docs ------ */

enum gp_opt_type {
	GP_OPT_TEXT,		/* char *, on the context of the struct */
	GP_OPT_BOOL,		/* bool: yes/no, on/off, true/false, 1/0 */
	GP_OPT_INT,		/* int64_t within min..max */
	GP_OPT_SIZE,		/* int64_t bytes: 25M */
	GP_OPT_DURATION,	/* int64_t seconds: 5d */
	GP_OPT_CHOICE		/* int: index into `choices`, words parted by '|' */
};

struct gp_opt {
	const char *name;	/* "outbound.relay" or "max_size" */
	enum gp_opt_type type;
	size_t offset;		/* of the member in the struct that is filled */
	const char *def;	/* default, as text; NULL: none (must be given) */
	int64_t min, max;	/* for INT, SIZE, DURATION; both 0: no bound */
	const char *choices;	/* for CHOICE */
	const char *help;	/* one line of meaning */
};

const struct gp_opt *gp_opt_find(const struct gp_opt *table, size_t n, const char *name);
/* Set every member from its default. */
void gp_opt_defaults(const struct gp_opt *table, size_t n, void *target, const void *ctx);
/* GP_E_NOTFOUND for an unknown name (with the nearest known one in the message),
 * GP_E_PARSE for a bad value (with what is allowed). */
enum gp_status gp_opt_set(const struct gp_opt *table, size_t n, void *target, const void *ctx,
    const char *name, const char *value, struct gp_err *err) GP_MUST_CHECK;
/* The current value as text, as gp_opt_set would take it. */
char *gp_opt_get(const void *ctx, const struct gp_opt *opt, const void *source);
/* How many letters are too many, missing, other or swapped (Damerau, Levenshtein); SIZE_MAX for words
 * of over 62 bytes. */
size_t gp_distance(const char *a, const char *b);
/* The name in the table nearest to a mistyped one, or NULL. */
const char *gp_nearest(const char *name, const char *const *names, size_t n);

/* ---- conf.c: the config file (inih) ---------------------------------------- */

struct gp_config {
	char *path;		/* the file, or NULL */
	/* [server] */
	char *domain, *data, *admin, *db_path;
	char *templates;	/* extra template folder, searched first */
	bool testing;
	char *test_now;		/* testing only: RFC 3339 or file:PATH, the clock stands still there */
	char *test_seed;	/* testing only: number for chance */
	char *log;		/* error, warn, info, debug */
	int create;		/* GP_CREATE_: who may make lists by mail */
	int64_t parsers;	/* parser processes */
	/* [inbound] */
	char *listen;		/* "HOST:PORT" or "unix:PATH", several parted by blanks */
	char *separator;	/* which of + and - is written in our addresses */
	int64_t max_size;	/* bytes of one message */
	int64_t max_recipients;	/* of one LMTP transaction */
	int64_t max_sessions;
	int64_t timeout;	/* seconds of silence in a session */
	char *authserv;		/* name of a server whose Authentication-Results are believed */
	int64_t answers;	/* mails with commands of one address in a day */
	char *maildir;		/* folder that mail is taken out of, or "" */
	char *imap;		/* mailbox that mail is taken out of: imaps://user@host/FOLDER, or "" */
	char *imap_user, *imap_password_file;
	char *imap_ca;		/* file of trusted certificates, "" for the system's */
	int imap_tls;		/* as relay_tls */
	int64_t imap_poll;	/* seconds from one look to the next */
	bool imap_keep;		/* leave there what was taken */
	/* [outbound] */
	char *relay;		/* smtp://host:port, smtps://user@host, maildir:DIR */
	char *relay_user, *relay_password_file;
	char *relay_ca;		/* file of trusted certificates, "" for the system's */
	int relay_tls;		/* never, loopback-exempt "auto", always */
	int64_t connections;	/* at once */
	int64_t per_domain;	/* transactions to one domain at once */
	int64_t rate;		/* messages a minute, 0: no limit */
	int64_t expire;		/* give up after, seconds */
	char *helo;		/* our name in EHLO, default domain */
	char *dns;		/* servers to ask, "": the system's, "off": none */
	char *dkim_selector;	/* of the key that the MTA signs with, "": unknown */
	/* [web] */
	char *web_listen;	/* "HOST:PORT" or "off" */
	char *url;		/* public base, no slash at the end */
	char *web_name, *web_language; /* of the site; name "": the domain */
	char *web_logo, *web_theme; /* files, or "" */
	char *web_colour, *web_colour_dark; /* "#rrggbb", or "" */
};
enum { GP_TLS_NEVER, GP_TLS_AUTO, GP_TLS_ALWAYS };
enum { GP_CREATE_ADMIN, GP_CREATE_REQUEST, GP_CREATE_OPEN };

extern const struct gp_opt gp_config_options[];
extern const size_t gp_config_option_count;

/*
 * Find and read the configuration: `path` (-c), else $GUILDPOST_CONFIG, else
 * ./guildpost.conf, else /etc/guildpost/guildpost.conf. Relative paths in it are
 * taken from the folder of the file. Sets clock and chance when testing = yes.
 * GP_E_CONFIG names file, line and what is allowed.
 */
enum gp_status gp_config_load(const void *ctx, const char *path, struct gp_config **out,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- limits: one table, documented in guildpost.conf(5) ---------------------- */

enum {
	GP_MAX_MESSAGE = 64 << 20,	/* hard cap of a message, whatever the config says */
	GP_MAX_HEADER_BLOCK = 256 << 10,/* bytes of the header block */
	GP_MAX_HEADER_FIELDS = 1000,
	GP_MAX_HEADER_FIELD = 64 << 10,	/* bytes of one field, folds and all */
	GP_MAX_MIME_DEPTH = 32,
	GP_MAX_MIME_PARTS = 1000,
	GP_MAX_MIME_PARAMS = 100,	/* parameters of one field */
	GP_MAX_COMMENT_DEPTH = 32,	/* nested comments in a field */
	GP_MAX_REFERENCES = 100,	/* kept: the first and the last 99 */
	GP_MAX_MSGID = 998,		/* bytes of one Message-ID */
	GP_MAX_ADDRESSES = 1000,	/* kept of one To or Cc field */
	GP_MAX_ADDRESS = 254,		/* RFC 5321 section 4.5.3.1.3 */
	GP_MAX_LOCAL_PART = 64,		/* RFC 5321 section 4.5.3.1.1 */
	GP_MAX_TEXT = 2 << 20,		/* derived text of a message, bytes of UTF-8 */
	GP_MAX_HTML = 2 << 20,		/* sanitised HTML of a message */
	GP_MAX_HTML_DEPTH = 256,	/* element depth kept by the sanitiser */
	GP_MAX_MARKDOWN = 1 << 20,	/* bytes given to the Markdown library */
	GP_MAX_MARKDOWN_DEPTH = 16,	/* quotes and lists that a line of it opens within each other */
	GP_MAX_PAGE = 64 << 10,		/* Markdown by a member: a post, or a page of the library */
	GP_MAX_SUBJECT = 1000,		/* code points of a decoded subject */
	GP_MAX_RECEIVED = 50,		/* Received fields before it is a loop */
	GP_MAX_SAME_SUBJECT = 5,	/* posts of one author with one subject in an hour */
	GP_MAX_WAL = 64 << 20,		/* bytes of the database's log before someone is told */
	GP_MAX_FRAME = GP_MAX_MESSAGE + (8 << 20), /* one frame between processes */
	GP_PARSER_SECONDS = 30,		/* of wall time for one message */
	GP_PARSER_MEMORY = 512 << 20	/* address space of a parser */
};

#endif
