/* SPDX-License-Identifier: ISC */
/*
 * cli: one file for each subcommand, each exporting one constant entry; main.c holds the
 * table of them. A command reads its own options with gp_cli_options, opens what it needs with
 * gp_cli_open, prints records with gp_cli_print, and returns an exit code of sysexits.
 */
#ifndef GUILDPOST_CLI_H
#define GUILDPOST_CLI_H

#include "guildpost/base.h"
#include "guildpost/list.h"
#include "guildpost/store.h"

struct gp_cli {			/* one run of the program; a talloc context */
	const char *config;	/* -c, or NULL */
	const struct gp_cmd *cmd;
	struct gp_config *conf;
	struct gp_site *site;
	bool json;
};

struct gp_cmd {
	const char *name;
	const char *usage;	/* what stands behind the name; lines parted by '\n' */
	const char *summary;	/* one line */
	const char *help;	/* the rest of --help */
	int (*run)(struct gp_cli *cli, int argc, char **argv);	/* argv[0]: the name */
};
extern const struct gp_cmd gp_cmd_init, gp_cmd_serve, gp_cmd_receive, gp_cmd_explain, gp_cmd_list,
    gp_cmd_member, gp_cmd_hold, gp_cmd_ask, gp_cmd_import, gp_cmd_export, gp_cmd_digest, gp_cmd_search,
    gp_cmd_thread, gp_cmd_queue, gp_cmd_check, gp_cmd_status, gp_cmd_rebuild, gp_cmd_backup;

/* ---- common.c ------------------------------------------------------------------------------ */

/* An option of a command: --NAME VALUE into *value, or --NAME into *flag. */
struct gp_cli_option {
	const char *name;
	const char **value;
	bool *flag;
};
/* Take the options out of argv (they may stand anywhere; "--" ends them); --json and --help are
 * known to all. *argc counts what is left behind argv[0]. Returns -1 to go on, or an exit code. */
int gp_cli_options(struct gp_cli *cli, int *argc, char **argv, const struct gp_cli_option *options,
    size_t n);
/* Configuration, and the site in that mode. An exit code, or -1. */
int gp_cli_config(struct gp_cli *cli);
int gp_cli_open(struct gp_cli *cli, enum gp_store_mode mode);
/* "guildpost: what: why" on stderr; returns the exit code of the error. */
int gp_cli_fail(const struct gp_cli *cli, const struct gp_err *err);
/* Wrong use: the message, the usage line, EX_USAGE. */
int gp_cli_usage(const struct gp_cli *cli, const char *fmt, ...) GP_PRINTF(2, 3);
/* A list named NAME or NAME@DOMAIN. An exit code, or -1. */
int gp_cli_list(struct gp_cli *cli, const char *name, struct gp_list **out);
/* Records: with --json as an array; else one line each, the named columns parted by two blanks
 * and brought to the same width ("-" for what is empty). */
void gp_cli_print(const struct gp_cli *cli, const json_t *records, const char *const *columns,
    size_t n);
/* One record: with --json as an object, else a "name: value" line for each member. */
void gp_cli_print_one(const struct gp_cli *cli, const json_t *record);
/* Run fn inside a transaction: begin, fn, commit; rolled back when it fails. An exit code. */
int gp_cli_transaction(struct gp_cli *cli, enum gp_status (*fn)(struct gp_cli *cli, void *arg,
    struct gp_err *err), void *arg);
/* A word behind a command: "guildpost list show ...". fn gets what stands behind the word. */
struct gp_cli_verb {
	const char *name;
	int (*fn)(struct gp_cli *cli, void *work, int argc, char **argv);
	int least;		/* how many arguments at least */
	const char *wanted;	/* these, as in "wanted is ..." */
	struct gp_list **list;	/* the first argument is a list that exists: it goes here */
};
/* Find the word in argv[1], open the site, run it. Returns the exit code. */
int gp_cli_verb(struct gp_cli *cli, int argc, char **argv, const struct gp_cli_verb *verbs,
    size_t n, void *work);
/* Hand each KEY=VALUE to `set`, which answers GP_E_NOTFOUND for a key that it doesn't know. */
enum gp_status gp_cli_pairs(struct gp_cli *cli, char **pairs, int n,
    enum gp_status (*set)(struct gp_cli *cli, void *arg, const char *key, const char *value,
    struct gp_err *err), void *arg, struct gp_err *err) GP_MUST_CHECK;
/* Write into the log of acts what the operator did. */
enum gp_status gp_cli_log(struct gp_cli *cli, const struct gp_list *list, enum gp_verb verb,
    const char *what, const char *detail, struct gp_err *err) GP_MUST_CHECK;
/* A number that names a record. */
bool gp_cli_id(const char *s, int64_t *out);
/* All of standard input, at most GP_MAX_MESSAGE bytes. An exit code, or -1. */
int gp_cli_read_stdin(struct gp_cli *cli, char **out, size_t *n);

/* ---- progress.c ------------------------------------------------------------------------------ */

/* A bar with rate and time left on a terminal, a plain line every few seconds elsewhere (stderr). */
struct gp_progress;
struct gp_progress *gp_progress_new(const void *ctx, const char *what, const char *unit,
    int64_t total);	/* total 0: unknown */
void gp_progress_at(struct gp_progress *p, int64_t done, int64_t count);
void gp_progress_end(struct gp_progress *p);

#endif
