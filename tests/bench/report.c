/* SPDX-License-Identifier: ISC */
/*
 * What we read in reports: for each file named on standard input (or each message of an mbox, with
 * -m) one line: the file, the kind, and for each recipient address, kind, status and category.
 */
#include "config.h"

#include "guildpost/mail.h"
#include "guildpost/render.h"

#include <stdio.h>
#include <string.h>

static void
show(const char *name, const char *bytes, size_t len)
{
	void *ctx = gp_ctx(NULL);
	struct gp_report report;
	struct gp_mail mail;
	struct gp_err err;
	size_t n, i;
	char *raw = gp_mail_canon(ctx, bytes, len, &n, NULL);

	if (gp_derive(ctx, raw, n, &mail, &err) != GP_OK ||
	    gp_report_read(ctx, &mail, raw, n, &report, &err) != GP_OK) {
		printf("%s\tunreadable\t%s\n", name, err.msg);
		talloc_free(ctx);
		return;
	}
	printf("%s\t%s\t%s", name, gp_report_names[report.kind],
	    report.returned_msgid != NULL ? report.returned_msgid : "-");
	for (i = 0; i < report.rcpts_n; i++)
		printf("\t%s|%s|%s|%s|%d|%.100s", report.rcpts[i].address,
		    gp_report_names[report.rcpts[i].kind], report.rcpts[i].status,
		    gp_bounce_names[report.rcpts[i].category], report.rcpts[i].code,
		    report.rcpts[i].text);
	printf("\n");
	talloc_free(ctx);
}

static int
each_of_mbox(const char *path)
{
	void *ctx = gp_ctx(NULL);
	struct gp_mbox *mbox = gp_mbox_new(ctx);
	static char piece[1 << 20];
	struct gp_mbox_msg msg;
	struct gp_inflate *f;
	struct gp_err err;
	char name[40];
	int count = 0;
	size_t got = 1;

	if (gp_inflate_open(ctx, path, &f, &err) != GP_OK)
		return 1;
	while (got > 0) {
		enum gp_status st;

		if (gp_inflate_read(f, piece, sizeof(piece), &got, &err) != GP_OK)
			return 1;
		gp_mbox_feed(mbox, piece, got);
		while ((st = gp_mbox_next(mbox, &msg, &err)) != GP_E_NOTFOUND) {
			snprintf(name, sizeof(name), "%d", ++count);
			if (st == GP_OK)
				show(name, msg.raw, msg.n);
		}
	}
	talloc_free(ctx);
	return 0;
}

int
main(int argc, char **argv)
{
	char path[4096], *raw;
	struct gp_err err;
	size_t n;

	if (argc == 3 && strcmp(argv[1], "-m") == 0)
		return each_of_mbox(argv[2]);
	while (fgets(path, sizeof(path), stdin) != NULL) {
		path[strcspn(path, "\n")] = '\0';
		if (gp_file_read(NULL, path, GP_MAX_MESSAGE, &raw, &n, &err) != GP_OK) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
		show(path, raw, n);
		talloc_free(raw);
	}
	return 0;
}
