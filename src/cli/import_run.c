/* SPDX-License-Identifier: ISC */
/*
 * An import at work. What its reader hands over is archived in the order of the files, a
 * batch to a transaction, so that mail that comes in never waits long for the lock. How far a
 * file came is committed with its messages: a killed import goes on where it was.
 */
#include "config.h"

#include "guildpost/mail.h"
#include "import.h"

#include <string.h>

enum {
	BATCH = 1000,			/* messages of a transaction */
	BLOCK = 256 << 10		/* memory that most messages need */
};

struct run {
	struct gp_cli *cli;
	struct gp_list *list;
	struct import_reader *reader;
	struct import_counts *counts;
	import_note_fn *note;
	void *note_arg;
	struct gp_progress *progress;
	bool open;			/* a transaction is open */
	int64_t in_batch, total;
	int64_t next;			/* of the current file: how far it is archived */
	char *id;			/* of the current file */
};

/* ---- batches ------------------------------------------------------------------------------ */

static enum gp_status
open_batch(struct run *r, struct gp_err *err)
{
	enum gp_status st;

	if (r->open)
		return GP_OK;
	st = gp_store_begin(r->cli->site->store, err);
	r->open = st == GP_OK;
	r->in_batch = 0;
	return st;
}

static enum gp_status
close_batch(struct run *r, bool file_done, struct gp_err *err)
{
	enum gp_status st = GP_OK;

	if (!r->open)
		return GP_OK;
	if (r->id != NULL)
		st = gp_import_mark(r->cli->site->store, r->list->id, r->id, r->next, file_done, err);
	if (st == GP_OK)
		st = gp_store_commit(r->cli->site->store, err);
	if (st != GP_OK)
		gp_store_rollback(r->cli->site->store);
	r->open = false;
	return st;
}

/* ---- messages ------------------------------------------------------------------------------ */

/* When it came in, as well as can be known: its own date if that is believable, else the mbox's. */
static int64_t
received_of(const struct import_item *item, const struct gp_mail *m)
{
	int64_t now = gp_now(), t = 0;

	if (m != NULL && (m->flags & GP_MAIL_DATE_OK) != 0 && m->date > 0 && m->date <= now + 86400)
		t = m->date;
	else if (item->from_time > 0 && item->from_time <= now + 86400)
		t = item->from_time;
	return t > 0 ? t : now;
}

static enum gp_status
hold_one(const void *ctx, struct run *r, const struct import_item *item, struct gp_err *err)
{
	struct gp_inbound in = {item->bytes.p, item->bytes.n, NULL,
	    gp_strdup(ctx, item->unreadable), "", "import", received_of(item, NULL), NULL, false};
	char *reason = gp_asprintf(ctx, "it can't be read: %s", item->unreadable);
	enum gp_status st;
	int64_t id;

	st = gp_hold_keep(ctx, r->cli->site, r->list, &in, "unreadable", reason, &id, err);
	if (st == GP_E_EXISTS) {
		r->counts->duplicates++;
		return GP_OK;
	}
	if (st == GP_OK) {
		r->counts->held++;
		r->note(r->note_arg, item->path, item->offset, "held", item->unreadable);
	}
	return st;
}

static enum gp_status
archive_one(const void *ctx, struct run *r, const struct import_item *item, struct gp_err *err)
{
	struct gp_archived a;
	struct gp_mail m;
	enum gp_status st;

	if (item->unreadable != NULL)
		return hold_one(ctx, r, item, err);
	st = gp_mail_unpack(ctx, item->wire, NULL, item->raw_n, &m, err);
	if (st == GP_OK)
		st = gp_archive_add_packed(ctx, r->cli->site->store, r->list, &m, item->bytes,
		    item->raw_n, received_of(item, &m), &a, err);
	if (st == GP_OK)
		st = gp_kind_mark(ctx, r->cli->site, r->list, &m, NULL, &a, err);
	if (st == GP_OK && !a.duplicate)
		st = gp_note_keep(ctx, r->cli->site, &m, a.id, err);
	if (st == GP_OK && a.duplicate)
		r->counts->duplicates++;
	else if (st == GP_OK)
		r->counts->added++;
	return st;
}

/* A message, or the end of a file. */
static enum gp_status
take_item(const void *ctx, struct run *r, const struct import_item *item, struct gp_err *err)
{
	enum gp_status st = open_batch(r, err);

	if (st != GP_OK)
		return st;
	TALLOC_FREE(r->id);
	if (!item->single)
		r->id = gp_strdup(r, item->id);
	if (item->last)
		return item->single ? GP_OK : close_batch(r, true, err);
	st = archive_one(ctx, r, item, err);
	r->next = item->next;
	gp_progress_at(r->progress, item->done, ++r->total);
	if (st == GP_OK && ++r->in_batch >= BATCH)
		st = close_batch(r, false, err);
	return st;
}

/* ---- what the reader asks -------------------------------------------------------------------- */

/* At the beginning of a file: was a part of it imported before a kill? */
static enum gp_status
resume(struct run *r, const struct import_item *item, struct gp_err *err)
{
	int64_t offset = 0;
	bool done = false;
	struct gp_buf b;
	enum gp_status st = gp_import_find(r->cli->site->store, r->list->id, item->id, &offset, &done,
	    err);

	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	if (done)
		offset = 0;	/* it may have been changed since */
	if (offset > 0) {
		r->counts->resumed_files++;
		r->note(r->note_arg, item->path, offset, "resumed", "an earlier import ended here");
	}
	gp_buf_init(&b, r, 16);
	gp_pack_i(&b, offset);
	st = gp_frame_write(r->reader->fd, GP_IPC_FILE, 0, b.p, b.len, err);
	talloc_free(b.p);
	return st;
}

static enum gp_status
send_dictionary(struct run *r, struct gp_err *err)
{
	struct gp_str dictionary;
	enum gp_status st = gp_archive_dictionary(r, r->cli->site->store, &dictionary, err);

	if (st == GP_OK)
		st = gp_frame_write(r->reader->fd, GP_IPC_DICTIONARY, 0, dictionary.p, dictionary.n,
		    err);
	return st;
}

/* Committed before anything is packed with it. */
static enum gp_status
keep_dictionary(struct run *r, struct gp_str learnt, struct gp_err *err)
{
	enum gp_status st = close_batch(r, false, err);

	if (st == GP_OK)
		st = open_batch(r, err);
	if (st == GP_OK)
		st = gp_archive_learnt(r->cli->site->store, learnt, err);
	if (st == GP_OK)
		st = close_batch(r, false, err);
	return st == GP_OK ? send_dictionary(r, err) : st;
}

static enum gp_status
take_frame(const void *ctx, struct run *r, const struct gp_frame *f, struct gp_err *err)
{
	struct import_item item;

	if (f->kind == GP_IPC_DICTIONARY)
		return keep_dictionary(r, f->body, err);
	if (f->kind == GP_IPC_END)
		return f->id == GP_OK ? GP_E_NOTFOUND :
		    gp_fail(err, (enum gp_status)f->id, "%s", f->body.p);
	if (!import_item_unpack(ctx, f->body, &item))
		return gp_fail(err, GP_E_BUG, "the process that reads sent something else");
	if (f->kind == GP_IPC_FILE)
		return resume(r, &item, err);
	if (f->kind == GP_IPC_SKIPPED) {
		r->counts->skipped++;
		r->note(r->note_arg, item.path, item.offset, "skipped", item.unreadable);
		return GP_OK;
	}
	return take_item(ctx, r, &item, err);
}

/* Until the reader says that there is no more. */
static enum gp_status
work(struct run *r, struct gp_err *err)
{
	enum gp_status st = send_dictionary(r, err);
	void *block = gp_ctx_block(r, BLOCK), *ctx;
	struct gp_frame f;

	while (st == GP_OK) {
		ctx = gp_ctx(block);
		st = gp_frame_read(ctx, r->reader->fd, GP_MAX_FRAME, &f, err);
		if (st == GP_E_NOTFOUND)
			st = gp_fail(err, GP_E_IO, "the process that reads has ended");
		else if (st == GP_OK)
			st = take_frame(ctx, r, &f, err);
		talloc_free(ctx);
	}
	return st == GP_E_NOTFOUND ? close_batch(r, false, err) : st;
}

enum gp_status
import_run(struct gp_cli *cli, struct gp_list *list, struct import_reader *reader,
    struct import_counts *counts, import_note_fn *note, void *note_arg, struct gp_err *err)
{
	struct run *r = gp_new(cli, struct run);
	struct gp_store *store = cli->site->store;
	struct gp_err later;
	enum gp_status st;

	*r = (struct run){.cli = cli, .list = list, .reader = reader, .counts = counts, .note = note,
	    .note_arg = note_arg};
	r->progress = gp_progress_new(r, "import", "messages", reader->total);
	st = gp_archive_bulk_begin(store, err);
	if (st != GP_OK)
		return st;
	st = work(r, err);
	if (st != GP_OK && r->open)
		gp_store_rollback(store);
	/* Whatever happened: the settings of every day again. */
	if (gp_archive_bulk_end(store, st == GP_OK ? err : &later) != GP_OK && st == GP_OK)
		st = err->code;
	gp_progress_end(r->progress);
	talloc_free(r);
	return st;
}
