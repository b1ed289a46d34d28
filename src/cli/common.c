/* SPDX-License-Identifier: ISC */
/* What all commands share: options, opening, records, errors. */
#include "config.h"

#include "guildpost/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

int
gp_cli_fail(const struct gp_cli *cli, const struct gp_err *err)
{
	fprintf(stderr, "guildpost: %s: %s\n", cli->cmd->name, err->msg);
	return gp_status_exit(err->code);
}

static void
print_usage(FILE *f, const struct gp_cmd *cmd)
{
	const char *line = cmd->usage, *end;

	for (;; line = end + 1) {
		end = strchr(line, '\n');
		fprintf(f, "%s guildpost %s %.*s\n", line == cmd->usage ? "Usage:" : "      ",
		    cmd->name, end == NULL ? (int)strlen(line) : (int)(end - line), line);
		if (end == NULL)
			return;
	}
}

int
gp_cli_usage(const struct gp_cli *cli, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "guildpost: %s: ", cli->cmd->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	print_usage(stderr, cli->cmd);
	return EX_USAGE;
}

/* One argument that starts with "--". -1: taken; else an exit code. */
static int
take_option(struct gp_cli *cli, const char *arg, const char *next, bool *used_next,
    const struct gp_cli_option *options, size_t n)
{
	const char *equals = strchr(arg, '=');
	size_t len = equals != NULL ? (size_t)(equals - arg) : strlen(arg), i;

	for (i = 0; i < n; i++) {
		const struct gp_cli_option *o = &options[i];

		if (strlen(o->name) != len || strncmp(o->name, arg, len) != 0)
			continue;
		if (o->flag != NULL) {
			if (equals != NULL)
				return gp_cli_usage(cli, "--%s takes no value", o->name);
			*o->flag = true;
			return -1;
		}
		*used_next = equals == NULL;
		*o->value = equals != NULL ? equals + 1 : next;
		return *o->value != NULL ? -1 : gp_cli_usage(cli, "--%s wants a value", o->name);
	}
	return gp_cli_usage(cli, "there is no option --%s", arg);
}

int
gp_cli_options(struct gp_cli *cli, int *argc, char **argv, const struct gp_cli_option *options,
    size_t n)
{
	int in, out = 1, code;

	for (in = 1; in < *argc; in++) {
		bool used_next = false;

		if (strcmp(argv[in], "--") == 0) {
			while (++in < *argc)
				argv[out++] = argv[in];
			break;
		}
		if (strcmp(argv[in], "--help") == 0) {
			print_usage(stdout, cli->cmd);
			printf("\n%s.\n", cli->cmd->summary);
			if (cli->cmd->help != NULL)
				printf("\n%s", cli->cmd->help);
			return EX_OK;
		}
		if (strcmp(argv[in], "--json") == 0) {
			cli->json = true;
		} else if (strncmp(argv[in], "--", 2) == 0) {
			code = take_option(cli, argv[in] + 2, in + 1 < *argc ? argv[in + 1] : NULL,
			    &used_next, options, n);
			if (code >= 0)
				return code;
			in += used_next;
		} else {
			argv[out++] = argv[in];
		}
	}
	argv[out] = NULL;
	*argc = out - 1;
	return -1;
}

int
gp_cli_config(struct gp_cli *cli)
{
	struct gp_err err;

	if (gp_config_load(cli, cli->config, &cli->conf, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	return -1;
}

int
gp_cli_open(struct gp_cli *cli, enum gp_store_mode mode)
{
	struct gp_err err;
	int code = gp_cli_config(cli);

	if (code >= 0)
		return code;
	if (gp_site_open(cli, cli->conf, mode, &cli->site, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	return -1;
}

int
gp_cli_list(struct gp_cli *cli, const char *name, struct gp_list **out)
{
	struct gp_err err;
	enum gp_status st;

	if (strchr(name, '@') != NULL)
		st = gp_list_find(cli, cli->site->store, name, out, &err);
	else
		st = gp_list_find_name(cli, cli->site->store, name, out, &err);
	if (st == GP_E_NOTFOUND)
		gp_fail(&err, st, "there is no list %s; guildpost list ls shows them", name);
	return st == GP_OK ? -1 : gp_cli_fail(cli, &err);
}

/* A value as one line of text for people. */
static char *
value_text(const void *ctx, const json_t *v)
{
	if (json_is_string(v))
		return gp_utf8_line(ctx, json_string_value(v), json_string_length(v), 400);
	if (v == NULL || json_is_null(v))
		return gp_strdup(ctx, "");
	if (json_is_boolean(v))
		return gp_strdup(ctx, json_is_true(v) ? "yes" : "no");
	return gp_json_dump(ctx, v, false);
}

static size_t
columns_wide(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

enum { WIDEST = 40 };

void
gp_cli_print(const struct gp_cli *cli, const json_t *records, const char *const *columns, size_t n)
{
	void *ctx = gp_ctx(cli);
	size_t i, k, *widths = gp_array(ctx, size_t, n);
	char **cells = gp_array(ctx, char *, json_array_size(records) * n + 1);

	if (cli->json) {
		printf("%s\n", gp_json_dump(ctx, records, true));
		talloc_free(ctx);
		return;
	}
	for (i = 0; i < json_array_size(records); i++) {
		for (k = 0; k < n; k++) {
			char *text = value_text(ctx, json_object_get(json_array_get(records, i), columns[k]));
			size_t w;

			if (*text == '\0')
				text = gp_strdup(ctx, "-");
			w = columns_wide(text);
			cells[i * n + k] = text;
			if (w > widths[k])
				widths[k] = w < WIDEST ? w : WIDEST;
		}
	}
	for (i = 0; i < json_array_size(records); i++) {
		for (k = 0; k < n; k++) {
			const char *text = cells[i * n + k];
			size_t w = columns_wide(text);

			printf("%s%s%*s", k > 0 ? "  " : "", text,
			    k + 1 < n && w < widths[k] ? (int)(widths[k] - w) : 0, "");
		}
		printf("\n");
	}
	talloc_free(ctx);
}

void
gp_cli_print_one(const struct gp_cli *cli, const json_t *record)
{
	void *ctx = gp_ctx(cli);
	const char *key;
	json_t *v;

	if (cli->json) {
		printf("%s\n", gp_json_dump(ctx, record, true));
	} else {
		json_object_foreach((json_t *)(uintptr_t)record, key, v)
			printf("%s: %s\n", key, value_text(ctx, v));
	}
	talloc_free(ctx);
}

int
gp_cli_transaction(struct gp_cli *cli, enum gp_status (*fn)(struct gp_cli *cli, void *arg,
    struct gp_err *err), void *arg)
{
	struct gp_err err = {GP_OK, ""};
	enum gp_status st;

	st = gp_store_begin(cli->site->store, &err);
	if (st == GP_OK) {
		st = fn(cli, arg, &err);
		if (st == GP_OK)
			st = gp_store_commit(cli->site->store, &err);
		if (st != GP_OK)
			gp_store_rollback(cli->site->store);
	}
	return st == GP_OK ? EX_OK : gp_cli_fail(cli, &err);
}

bool
gp_cli_id(const char *s, int64_t *out)
{
	return s != NULL && gp_parse_int(s, 1, INT64_MAX, out);
}

int
gp_cli_read_stdin(struct gp_cli *cli, char **out, size_t *n)
{
	struct gp_err err;

	if (gp_fd_read_all(cli, STDIN_FILENO, GP_MAX_MESSAGE, out, n, &err) != GP_OK)
		return gp_cli_fail(cli, &err);
	return -1;
}

static int
run_verb(struct gp_cli *cli, const struct gp_cli_verb *verb, int argc, char **argv, void *work)
{
	int code;

	if (argc < verb->least)
		return gp_cli_usage(cli, "%s: %s", verb->name, verb->wanted);
	code = gp_cli_open(cli, GP_STORE_TOOL);
	if (code < 0 && verb->list != NULL) {
		code = gp_cli_list(cli, argv[0], verb->list);
		argc--;
		argv++;
	}
	return code >= 0 ? code : verb->fn(cli, work, argc, argv);
}

int
gp_cli_verb(struct gp_cli *cli, int argc, char **argv, const struct gp_cli_verb *verbs, size_t n,
    void *work)
{
	struct gp_buf b;
	size_t i;

	for (i = 0; argc > 0 && i < n; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return run_verb(cli, &verbs[i], argc - 1, argv + 2, work);
	gp_buf_init(&b, cli, 4096);
	for (i = 0; i < n; i++)
		gp_buf_printf(&b, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", verbs[i].name);
	return gp_cli_usage(cli, "%s is wanted", b.p);
}

enum gp_status
gp_cli_pairs(struct gp_cli *cli, char **pairs, int n, enum gp_status (*set)(struct gp_cli *cli,
    void *arg, const char *key, const char *value, struct gp_err *err), void *arg,
    struct gp_err *err)
{
	enum gp_status st = GP_OK;
	int i;

	for (i = 0; st == GP_OK && i < n; i++) {
		char *key = gp_strdup(cli, pairs[i]), *equals = strchr(key, '=');

		if (equals == NULL)
			return gp_fail(err, GP_E_USAGE, "%s: KEY=VALUE is wanted", key);
		*equals = '\0';
		st = set(cli, arg, key, equals + 1, err);
		if (st == GP_E_NOTFOUND)
			st = err->code = GP_E_USAGE;	/* it is the key that is unknown */
	}
	return st;
}

enum gp_status
gp_cli_log(struct gp_cli *cli, const struct gp_list *list, enum gp_verb verb, const char *what,
    const char *detail, struct gp_err *err)
{
	struct gp_act_record act = {.list = list->id, .who = "command line", .verb = gp_verb_names[verb],
	    .what = what, .detail = detail};

	return gp_act_add(cli->site->store, &act, err);
}
