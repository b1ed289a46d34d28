/* SPDX-License-Identifier: ISC */
/*
 * The two halves of an import: a source gives messages out of files and folders, one
 * after the other; the run has them parsed by the parser processes while it archives those
 * before them, in batches.
 */
#ifndef GUILDPOST_CLI_IMPORT_H
#define GUILDPOST_CLI_IMPORT_H

#include "guildpost/cli.h"
#include "guildpost/mail.h"

/* ---- import_source.c ---------------------------------------------------------------- */

struct source;
struct source_message {
	const char *path;	/* of its file */
	char *id;		/* of the file, for resuming: changes when the file does */
	int64_t offset;		/* of the message in the file (uncompressed) */
	int64_t next;		/* offset behind it: where a resumed import goes on */
	char *raw; size_t n;	/* canonical, on a context of its own: steal it */
	int64_t from_time;	/* of the mbox From line, 0: none */
	bool last;		/* the file ends here: raw is NULL */
	bool single;		/* the file is one message: there is nothing to resume */
};
/* Files and folders in the order given; a folder is a Maildir when it has cur or new, else
 * everything in it, by name. */
struct source *source_new(const void *ctx, char **paths, int n);
/* The next message; GP_E_NOTFOUND: no more. GP_E_TOOBIG, GP_E_PARSE, GP_E_IO: this one (or
 * this file) can't be had, out says where and err why; go on. */
enum gp_status source_next(struct source *s, struct source_message *out, struct gp_err *err)
    GP_MUST_CHECK;
/* Pass over the beginning of the current file, up to that offset. */
void source_skip_to(struct source *s, int64_t offset);
/* For progress: bytes read, and of all files that are known. */
void source_progress(const struct source *s, int64_t *done, int64_t *total);

/* ---- import_run.c ---------------------------------------------------------------------- */

struct import_counts {
	int64_t added, duplicates, held, skipped, resumed_files;
};
/* Why a message was skipped or held; called for each. */
typedef void import_note_fn(void *arg, const char *path, int64_t offset, const char *what,
    const char *why);
enum gp_status import_run(struct gp_cli *cli, struct gp_list *list, struct source *s,
    struct import_counts *counts, import_note_fn *note, void *note_arg, struct gp_err *err)
    GP_MUST_CHECK;

#endif
