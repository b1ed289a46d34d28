/* SPDX-License-Identifier: ISC */
/*
 * An import in two processes, so that it uses two cores with its parsers. The reader takes
 * messages out of files and folders, has them parsed, checks and packs them; the import itself
 * does nothing but archive them, in the order of their files and in batches. The reader is
 * forked before the database is opened.
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

/* ---- import_item.c: what the reader hands over ---------------------------------------- */

struct import_item {
	const char *path, *id;	/* as in struct source_message */
	int64_t offset, next, from_time;
	bool single, last;
	int64_t done;		/* bytes of all files so far, for progress */
	const char *unreadable;	/* NULL, or why; then bytes are raw ones */
	size_t raw_n;
	struct gp_str wire;	/* checked; without text and HTML */
	struct gp_str bytes;	/* of gp_packer_message, or raw */
};
void import_item_pack(struct gp_buf *b, const struct import_item *item);
/* Texts on ctx, bytes borrowed from the frame. False: not one of import_item_pack. */
bool import_item_unpack(const void *ctx, struct gp_str body, struct import_item *item);

/* ---- import_reader.c ---------------------------------------------------------------------- */

struct import_reader {		/* the other end of it */
	int fd;
	pid_t pid;
	int64_t total;		/* bytes of all files, for progress */
};
/* Fork it. It waits for a dictionary (GP_IPC_DICTIONARY) before it begins; it ends with the link. */
enum gp_status import_reader_start(const void *ctx, struct source *s, size_t parsers,
    struct import_reader **out, struct gp_err *err) GP_MUST_CHECK;

/* ---- import_run.c ------------------------------------------------------------------------ */

struct import_counts {
	int64_t added, duplicates, held, skipped, resumed_files;
};
/* Why a message was skipped or held; called for each. */
typedef void import_note_fn(void *arg, const char *path, int64_t offset, const char *what,
    const char *why);
enum gp_status import_run(struct gp_cli *cli, struct gp_list *list, struct import_reader *reader,
    struct import_counts *counts, import_note_fn *note, void *note_arg, struct gp_err *err)
    GP_MUST_CHECK;

#endif
