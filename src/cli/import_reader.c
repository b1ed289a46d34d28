/* SPDX-License-Identifier: ISC */
/*
 * The reader of an import, a process of its own: it reads ahead, has the parsers take
 * messages apart, checks what they answer, packs all that is kept, and hands it to the import
 * in the order of the files. Only a few messages and bytes are on their way at any time.
 */
#include "config.h"

#include "guildpost/serve.h"
#include "import.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	AHEAD = 128,			/* messages between reading and handing over */
	AHEAD_BYTES = 8 << 20,
	PENDING_BYTES = 2 << 20,	/* handed over and not yet taken */
	ROUND = 8,			/* of each kind of work before the parsers are looked after */
	SAMPLES = 500,			/* from these a compression dictionary is learnt */
	SAMPLE_BYTES = 8 << 20
};

struct slot {			/* one message on its way; a talloc context */
	struct slot *next;
	struct source_message m;
	struct gp_mail *mail;
	char *unreadable;
	bool done;
};

struct reader {
	struct source *source;
	struct gp_loop *loop;
	struct gp_pool *pool;
	struct gp_conn *conn;
	struct gp_packer *packer;
	struct slot *first, **end;
	size_t ahead, ahead_bytes;
	size_t limit, limit_bytes;	/* how far to read ahead */
	bool reading, learnt;
	bool answered;
	struct gp_str answer;		/* the import's, to what was asked last */
};

/* ---- the link to the import ----------------------------------------------------------- */

static void
on_answer(struct gp_conn *c, void *arg)
{
	struct reader *r = arg;
	struct gp_frame f;
	struct gp_err err;
	size_t used;

	if (r->answered || gp_frame_next(c, GP_MAX_FRAME, &f, &used, &err) != GP_OK)
		return;
	r->answer.n = f.body.n;
	r->answer.p = gp_memdup(r, f.body.p, f.body.n);
	r->answered = true;
	gp_conn_take(c, used);
}

/* Whoever wanted this is gone. */
static void
on_closed(struct gp_conn *c, const char *why, void *arg)
{
	(void)c;
	(void)why;
	(void)arg;
	_exit(EX_OK);
}

static struct gp_str
wait_for_answer(struct reader *r)
{
	while (!r->answered)
		gp_loop_once(r->loop, 1000);
	r->answered = false;
	return r->answer;
}

static struct gp_str
ask(struct reader *r, enum gp_ipc_kind kind, const char *p, size_t n)
{
	gp_frame_send(r->conn, kind, 0, p, n);
	return wait_for_answer(r);
}

static void
put_item(struct reader *r, enum gp_ipc_kind kind, struct import_item *item)
{
	void *ctx = gp_ctx(NULL);
	struct gp_buf *b = gp_buf_new(ctx, GP_MAX_FRAME);
	int64_t total;

	source_progress(r->source, &item->done, &total);
	import_item_pack(b, item);
	if (b->over) {
		b = gp_buf_new(ctx, GP_MAX_FRAME);
		item->unreadable = "the message is too big to be archived";
		item->wire = item->bytes = (struct gp_str){"", 0};
		import_item_pack(b, item);
		kind = GP_IPC_SKIPPED;
	}
	gp_frame_send(r->conn, kind, 0, b->p, b->len);
	talloc_free(ctx);
}

static struct import_item
item_of(const struct source_message *m)
{
	return (struct import_item){.path = m->path, .id = m->id != NULL ? m->id : "",
	    .offset = m->offset, .next = m->next, .from_time = m->from_time, .single = m->single,
	    .last = m->last, .raw_n = m->n, .wire = {"", 0}, .bytes = {"", 0}};
}

static void
put_skipped(struct reader *r, const struct source_message *m, const struct gp_err *why)
{
	struct import_item item = item_of(m);

	item.unreadable = why->msg;
	put_item(r, GP_IPC_SKIPPED, &item);
}

/* ---- reading ------------------------------------------------------------------------------ */

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

/* At the beginning of a file: was a part of it imported before a kill? */
static void
begin_file(struct reader *r, const struct source_message *m)
{
	struct import_item item = item_of(m);
	struct gp_unpack u = {NULL, 0, false};
	struct gp_buf b;
	struct gp_str answer;

	gp_buf_init(&b, NULL, GP_MAX_FRAME);
	import_item_pack(&b, &item);
	answer = ask(r, GP_IPC_FILE, b.p, b.len);
	u.p = answer.p;
	u.n = answer.n;
	source_skip_to(r->source, gp_unpack_i(&u));
	talloc_free((void *)(uintptr_t)answer.p);
	talloc_free(b.p);
}

static struct slot *
add_slot(struct reader *r, const struct source_message *m)
{
	struct slot *s = gp_new(r, struct slot);

	s->m = *m;
	s->m.id = gp_strdup(s, m->id);
	*r->end = s;
	r->end = &s->next;
	r->ahead++;
	r->ahead_bytes += m->n;
	return s;
}

/* Read one message and give it to a parser. */
static void
read_one(struct reader *r)
{
	struct source_message m;
	struct gp_scan scan;
	struct gp_err why;
	enum gp_status st = source_next(r->source, &m, &why);
	struct slot *s;

	if (st == GP_E_NOTFOUND) {
		r->reading = false;
	} else if (st != GP_OK) {
		put_skipped(r, &m, &why);
	} else if (m.last) {
		add_slot(r, &m)->done = true;
	} else if (m.raw == NULL) {
		begin_file(r, &m);
	} else {
		s = add_slot(r, &m);
		talloc_steal(s, m.raw);
		if (gp_mail_scan(m.raw, m.n, &scan, &why) == GP_OK) {
			gp_pool_parse(r->pool, m.raw, m.n, on_parsed, s);
			return;
		}
		s->unreadable = gp_strdup(s, why.msg);
		s->done = true;
	}
}

/* ---- handing over ---------------------------------------------------------------------------- */

/* Packed bytes, and of the mail what rows and search need. */
static enum gp_status
fill_item(struct reader *r, const struct slot *s, struct gp_buf *wire, struct import_item *item,
    struct gp_err *err)
{
	struct gp_mail light = *s->mail;

	light.text = light.html = NULL;
	light.text_n = light.html_n = 0;
	gp_mail_pack(wire, &light);
	item->wire = (struct gp_str){wire->p, wire->len};
	return gp_packer_message(r->packer, s->mail, s->m.raw, s->m.n, &item->bytes, err);
}

static void
put_first(struct reader *r)
{
	struct slot *s = r->first;
	struct import_item item = item_of(&s->m);
	struct gp_buf wire;
	struct gp_err err;

	gp_buf_init(&wire, s, GP_MAX_FRAME);
	item.unreadable = s->unreadable;
	if (s->unreadable != NULL)
		item.bytes = (struct gp_str){s->m.raw, s->m.n};
	if (s->mail != NULL && fill_item(r, s, &wire, &item, &err) != GP_OK)
		put_skipped(r, &s->m, &err);
	else
		put_item(r, GP_IPC_ITEM, &item);
	r->first = s->next;
	if (r->first == NULL)
		r->end = &r->first;
	r->ahead--;
	r->ahead_bytes -= s->m.n;
	talloc_free(s);
}

/* The first messages, before any is handed over: learn how to pack them. */
static void
learn(struct reader *r)
{
	struct gp_str *samples = gp_array(r, struct gp_str, r->ahead + 1), dictionary;
	struct slot *s;
	size_t n = 0;

	for (s = r->first; s != NULL; s = s->next)
		if (s->m.raw != NULL)
			samples[n++] = (struct gp_str){s->m.raw, s->m.n};
	dictionary = gp_packer_learn(samples, samples, n);
	if (dictionary.n > 0) {
		/* Somebody else may have learnt another one at the same time: that counts. */
		dictionary = ask(r, GP_IPC_DICTIONARY, dictionary.p, dictionary.n);
		gp_packer_use(r->packer, dictionary);
		talloc_free((void *)(uintptr_t)dictionary.p);
	}
	talloc_free(samples);
}

static bool
may_read(const struct reader *r)
{
	return r->reading && r->ahead < r->limit && r->ahead_bytes < r->limit_bytes;
}

static bool
may_put(const struct reader *r)
{
	return r->learnt && r->first != NULL && r->first->done &&
	    gp_conn_pending(r->conn) < PENDING_BYTES;
}

static void
work(struct reader *r)
{
	int i;

	while (r->reading || r->first != NULL) {
		for (i = 0; i < ROUND && may_read(r); i++)
			read_one(r);
		if (!r->learnt && !may_read(r)) {
			learn(r);
			r->learnt = true;
			r->limit = AHEAD;
			r->limit_bytes = AHEAD_BYTES;
		}
		for (i = 0; i < ROUND && may_put(r); i++)
			put_first(r);
		gp_loop_once(r->loop, may_read(r) || may_put(r) ? 0 : 1000);
	}
}

/* ---- the process --------------------------------------------------------------------------------- */

static void
use_dictionary(struct reader *r)
{
	struct gp_str dictionary = wait_for_answer(r);

	gp_packer_use(r->packer, dictionary);
	r->learnt = dictionary.n > 0;
	r->limit = r->learnt ? AHEAD : SAMPLES;
	r->limit_bytes = r->learnt ? AHEAD_BYTES : SAMPLE_BYTES;
	talloc_free((void *)(uintptr_t)dictionary.p);
}

static void
reader_run(struct source *source, size_t parsers, int fd)
{
	static const struct gp_conn_ops ops = {on_answer, NULL, on_closed};
	struct reader *r = gp_new(NULL, struct reader);
	struct gp_err err;
	enum gp_status st;

	r->source = source;
	r->end = &r->first;
	r->reading = true;
	r->loop = gp_loop_new(r);
	r->conn = gp_conn_new(r->loop, r, fd, &ops, r);
	r->packer = gp_packer_new(r);
	use_dictionary(r);
	st = gp_pool_new(r, r->loop, parsers, &r->pool, &err);
	if (st == GP_OK)
		work(r);
	gp_frame_send(r->conn, GP_IPC_END, st, err.msg, st == GP_OK ? 0 : strlen(err.msg));
	TALLOC_FREE(r->pool);
	while (gp_conn_pending(r->conn) > 0)
		gp_loop_once(r->loop, 1000);
	_exit(EX_OK);
}

static int
reader_end(struct import_reader *reader)
{
	close(reader->fd);
	waitpid(reader->pid, NULL, 0);
	return 0;
}

enum gp_status
import_reader_start(const void *ctx, struct source *s, size_t parsers, struct import_reader **out,
    struct gp_err *err)
{
	struct import_reader *reader;
	enum gp_status st;
	int64_t done;
	int fds[2];
	pid_t pid;

	st = gp_socketpair(SOCK_STREAM, fds, err);
	if (st != GP_OK)
		return st;
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		signal(SIGPIPE, SIG_IGN);
		reader_run(s, parsers, fds[1]);
	}
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return gp_fail_errno(err, GP_E_IO, "can't start a process that reads");
	}
	reader = gp_new(ctx, struct import_reader);
	reader->fd = fds[0];
	reader->pid = pid;
	source_progress(s, &done, &reader->total);
	talloc_set_destructor(reader, reader_end);
	*out = reader;
	return GP_OK;
}
