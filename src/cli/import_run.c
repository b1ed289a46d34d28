/* SPDX-License-Identifier: ISC */
/*
 * An import at work. Messages are read ahead, parsed by the parser processes and archived
 * in the order of their files, a batch to a transaction, so that mail that comes in never
 * waits long for the lock. How far a file came is committed with its messages: a killed
 * import goes on where it was.
 */
#include "config.h"

#include "guildpost/serve.h"
#include "import.h"

#include <string.h>

enum {
	AHEAD = 64,			/* messages between reading and archiving */
	AHEAD_BYTES = 24 << 20,
	BATCH = 1000,			/* messages of a transaction */
	SAMPLES = 1000,			/* from these a compression dictionary is learnt */
	SAMPLE_BYTES = 12 << 20
};

struct slot {			/* one message on its way; a talloc context */
	struct slot *next;
	struct run *run;
	struct source_message m;
	struct gp_mail *mail;
	char *unreadable;
	bool done;
};

struct run {
	struct gp_cli *cli;
	struct gp_list *list;
	struct source *source;
	struct gp_loop *loop;
	struct gp_pool *pool;
	struct import_counts *counts;
	import_note_fn *note;
	void *note_arg;
	struct gp_progress *progress;
	struct slot *first, **end;
	size_t ahead, ahead_bytes;
	size_t limit, limit_bytes;	/* how far to read ahead */
	bool reading;
	bool open;			/* a transaction is open */
	int64_t in_batch, total;
	int64_t next;			/* of the current file: how far it is archived */
	char *id;			/* of the current file */
};

static void
on_parsed(void *arg, struct gp_str wire, const char *unreadable)
{
	struct slot *s = arg;
	struct gp_err err;

	s->done = true;
	if (unreadable != NULL) {
		s->unreadable = gp_strdup(s, unreadable);
		return;
	}
	s->mail = gp_new(s, struct gp_mail);
	if (gp_mail_unpack(s, wire, s->m.raw, s->m.n, s->mail, &err) != GP_OK) {
		s->unreadable = gp_strdup(s, err.msg);
		s->mail = NULL;
	}
}

static void
skip(struct run *r, const struct source_message *m, const struct gp_err *err)
{
	r->counts->skipped++;
	r->note(r->note_arg, m->path, m->offset, "skipped", err->msg);
}

/* At the beginning of a file: was a part of it imported before a kill? */
static enum gp_status
resume(struct run *r, const struct source_message *m, struct gp_err *err)
{
	int64_t offset;
	bool done;
	enum gp_status st = gp_import_find(r->cli->site->store, r->list->id, m->id, &offset, &done, err);

	if (st == GP_OK && !done && offset > 0) {
		r->counts->resumed_files++;
		source_skip_to(r->source, offset);
		r->note(r->note_arg, m->path, offset, "resumed", "an earlier import ended here");
	}
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

/* Read one message and give it to a parser. GP_E_NOTFOUND: nothing more to read. */
static enum gp_status
read_one(struct run *r, struct gp_err *err)
{
	struct source_message m;
	struct gp_scan scan;
	struct gp_err why;
	enum gp_status st = source_next(r->source, &m, &why);
	struct slot *s;

	if (st == GP_E_NOTFOUND)
		return st;
	if (st != GP_OK) {
		skip(r, &m, &why);
		return GP_OK;
	}
	if (m.raw == NULL && !m.last)
		return resume(r, &m, err);
	s = gp_new(r, struct slot);
	s->run = r;
	s->m = m;
	*r->end = s;
	r->end = &s->next;
	r->ahead++;
	r->ahead_bytes += m.n;
	s->m.id = gp_strdup(s, m.id);
	if (m.last) {
		s->done = true;
		return GP_OK;
	}
	talloc_steal(s, m.raw);
	if (gp_mail_scan(m.raw, m.n, &scan, &why) != GP_OK) {
		s->unreadable = gp_strdup(s, why.msg);
		s->done = true;
	} else {
		gp_pool_parse(r->pool, m.raw, m.n, on_parsed, s);
	}
	return GP_OK;
}

/* When it came in, as well as can be known: its own date if that is believable, else the mbox's. */
static int64_t
received_of(const struct slot *s)
{
	int64_t now = gp_now(), t = 0;

	if (s->mail != NULL && (s->mail->flags & GP_MAIL_DATE_OK) != 0 && s->mail->date > 0 &&
	    s->mail->date <= now + 86400)
		t = s->mail->date;
	else if (s->m.from_time > 0 && s->m.from_time <= now + 86400)
		t = s->m.from_time;
	return t > 0 ? t : now;
}

static enum gp_status
hold_one(struct run *r, struct slot *s, struct gp_err *err)
{
	struct gp_inbound in = {s->m.raw, s->m.n, NULL, s->unreadable, "", "import", received_of(s)};
	char *reason = gp_asprintf(s, "it can't be read: %s", s->unreadable);
	enum gp_status st;
	int64_t id;

	st = gp_hold_keep(s, r->cli->site, r->list, &in, "unreadable", reason, &id, err);
	if (st == GP_E_EXISTS) {
		r->counts->duplicates++;
		return GP_OK;
	}
	if (st == GP_OK) {
		r->counts->held++;
		r->note(r->note_arg, s->m.path, s->m.offset, "held", s->unreadable);
	}
	return st;
}

/* One message into the archive. What fails for the message's own sake is undone and skipped. */
static enum gp_status
archive_one(struct run *r, struct slot *s, struct gp_err *err)
{
	struct gp_archived a;
	enum gp_status st;

	if (s->mail == NULL)
		return hold_one(r, s, err);
	st = gp_archive_add(s, r->cli->site->store, r->list, s->mail, s->m.raw, s->m.n, received_of(s),
	    &a, err);
	if (st == GP_OK && a.duplicate)
		r->counts->duplicates++;
	else if (st == GP_OK)
		r->counts->added++;
	return st;
}

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

static enum gp_status
take_first(struct run *r, struct gp_err *err)
{
	struct slot *s = r->first;
	enum gp_status st = open_batch(r, err);

	if (st == GP_OK) {
		TALLOC_FREE(r->id);
		if (!s->m.single)
			r->id = gp_strdup(r, s->m.id);
		if (s->m.last) {
			st = s->m.single ? GP_OK : close_batch(r, true, err);
		} else {
			st = archive_one(r, s, err);
			r->next = s->m.next;
			r->total++;
			if (st == GP_OK && ++r->in_batch >= BATCH)
				st = close_batch(r, false, err);
		}
	}
	r->first = s->next;
	if (r->first == NULL)
		r->end = &r->first;
	r->ahead--;
	r->ahead_bytes -= s->m.n;
	talloc_free(s);
	return st;
}

/* The first messages, all parsed, before any is archived: learn how to pack them. */
static enum gp_status
learn(struct run *r, struct gp_err *err)
{
	struct gp_str *samples = gp_array(r, struct gp_str, r->ahead + 1);
	enum gp_status st;
	struct slot *s;
	size_t n = 0;

	for (s = r->first; s != NULL; s = s->next)
		if (s->m.raw != NULL)
			samples[n++] = (struct gp_str){s->m.raw, s->m.n};
	st = open_batch(r, err);
	if (st == GP_OK)
		st = gp_archive_learn(r->cli->site->store, samples, n, err);
	talloc_free(samples);
	r->limit = AHEAD;
	r->limit_bytes = AHEAD_BYTES;
	return st;
}

static enum gp_status
work(struct run *r, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	bool learnt = false;
	int64_t done, total;

	while (st == GP_OK && (r->reading || r->first != NULL)) {
		while (st == GP_OK && r->reading && r->ahead < r->limit &&
		    r->ahead_bytes < r->limit_bytes) {
			st = read_one(r, err);
			if (st == GP_E_NOTFOUND) {
				r->reading = false;
				st = GP_OK;
			}
		}
		if (st == GP_OK && !learnt) {
			learnt = true;
			st = learn(r, err);
		}
		while (st == GP_OK && r->first != NULL && r->first->done &&
		    (!r->reading || r->ahead > r->limit / 2))
			st = take_first(r, err);
		source_progress(r->source, &done, &total);
		gp_progress_at(r->progress, done, r->total);
		if (st == GP_OK)
			gp_loop_once(r->loop, r->first != NULL && !r->first->done ? 1000 : 0);
	}
	return st;
}

enum gp_status
import_run(struct gp_cli *cli, struct gp_list *list, struct source *source,
    struct import_counts *counts, import_note_fn *note, void *note_arg, struct gp_err *err)
{
	struct run *r = gp_new(cli, struct run);
	struct gp_err later;
	enum gp_status st;
	int64_t done, total;

	*r = (struct run){.cli = cli, .list = list, .source = source, .counts = counts, .note = note,
	    .note_arg = note_arg, .reading = true, .limit = SAMPLES, .limit_bytes = SAMPLE_BYTES};
	r->end = &r->first;
	r->loop = gp_loop_new(r);
	source_progress(source, &done, &total);
	r->progress = gp_progress_new(r, "import", "messages", total);
	st = gp_pool_new(r, r->loop, (size_t)cli->conf->parsers, &r->pool, err);
	if (st == GP_OK)
		st = gp_archive_bulk_begin(cli->site->store, err);
	if (st != GP_OK)
		return st;
	st = work(r, err);
	if (st == GP_OK)
		st = close_batch(r, false, err);
	else if (r->open)
		gp_store_rollback(cli->site->store);
	/* Whatever happened: the settings of every day again. */
	if (gp_archive_bulk_end(cli->site->store, st == GP_OK ? err : &later) != GP_OK && st == GP_OK)
		st = err->code;
	gp_progress_end(r->progress);
	talloc_free(r);
	return st;
}
