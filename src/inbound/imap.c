/* SPDX-License-Identifier: ISC */
/*
 * The process that looks into a mailbox by IMAP: all that is there goes to core, one mail at a time,
 * and out of the mailbox when core says that it is committed or put aside; with imap_keep it stays,
 * and core remembers up to which UID all is done with. What core wants to have later stays and is
 * brought again, after longer and longer times; so is everything when the server is in trouble.
 * This process may block: nobody waits for it, and it ends when core does.
 */
#include "config.h"

#include "guildpost/inbound.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>

enum { BATCH = 50, PUT_OFF = 20, WAIT_MS = 60000, MAX_WAIT_MS = 3600000, MAX_TROUBLE_SECONDS = 900 };

struct later {				/* a mail that core wants to have later */
	struct later *next;
	uint32_t uid;
	int64_t until, wait;		/* gp_now_ms */
};

struct looker {
	const struct gp_config *conf;
	int fd;				/* core */
	bool gone;			/* core is */
	struct gp_imap *imap;
	int64_t validity, upto;		/* of the mailbox; all up to that UID is done with (keep) */
	int64_t told_validity, told_upto; /* what core knows of that */
	struct later *later;
	uint32_t *done; size_t done_n;	/* keep: above `upto` and done with */
	uint32_t batch[BATCH]; size_t batch_n; /* to be removed */
	int64_t large, large_kept, waiting;
	int put_off;			/* in this look */
	int64_t told_large;		/* the highest UID of those that the log knows */
	int64_t trouble_seconds;	/* to the next look after trouble */
};

static bool
core_lives(void *arg)
{
	struct looker *l = arg;
	struct pollfd p = {l->fd, POLLIN, 0};

	/* It says nothing unasked: whatever can be read here is the end. */
	if (!l->gone && poll(&p, 1, 0) > 0)
		l->gone = true;
	return !l->gone;
}

static bool
tell_core(struct looker *l, enum gp_ipc_kind kind, uint64_t id, const void *p, size_t n)
{
	struct gp_err err;

	if (!l->gone && gp_frame_write(l->fd, (uint16_t)kind, id, p, n, &err) != GP_OK)
		l->gone = true;
	return !l->gone;
}

static bool
hear_core(struct looker *l, const void *ctx, enum gp_ipc_kind kind, struct gp_frame *f)
{
	struct gp_err err;

	if (!l->gone && (gp_frame_read(ctx, l->fd, 4096, f, &err) != GP_OK || f->kind != kind))
		l->gone = true;
	return !l->gone;
}

/* Up to which UID all is done with. */
static void
tell_upto(struct looker *l)
{
	struct gp_buf *b;

	if (!l->conf->imap_keep || (l->told_validity == l->validity && l->told_upto == l->upto))
		return;
	b = gp_buf_new(NULL, 64);
	gp_pack_i(b, l->validity);
	gp_pack_i(b, l->upto);
	if (tell_core(l, GP_IPC_BOX_UPTO, 0, b->p, b->len)) {
		l->told_validity = l->validity;
		l->told_upto = l->upto;
	}
	talloc_free(b);
}

static void
tell_state(struct looker *l, const char *trouble)
{
	struct gp_buf *b = gp_buf_new(NULL, 4096);

	gp_pack_i(b, l->waiting);
	gp_pack_i(b, l->large + l->large_kept);
	gp_pack_text(b, trouble);
	tell_core(l, GP_IPC_BOX_STATE, 0, b->p, b->len);
	talloc_free(b);
}

static struct later *
find_later(struct looker *l, uint32_t uid)
{
	struct later *w;

	for (w = l->later; w != NULL && w->uid != uid;)
		w = w->next;
	return w;
}

static void
bring_later(struct looker *l, uint32_t uid)
{
	struct later *w = find_later(l, uid);

	if (w == NULL) {
		w = gp_new(l, struct later);
		w->uid = uid;
		w->next = l->later;
		l->later = w;
	}
	w->wait = w->wait == 0 ? WAIT_MS : w->wait * 2 < MAX_WAIT_MS ? w->wait * 2 : MAX_WAIT_MS;
	w->until = gp_now_ms() + w->wait;
}

static void
forget_later(struct looker *l, uint32_t uid)
{
	struct later **p, *w;

	for (p = &l->later; (w = *p) != NULL; p = &w->next) {
		if (w->uid == uid) {
			*p = w->next;
			talloc_free(w);
			return;
		}
	}
}

/* Where a UID is among those that are done with, or would be. */
static size_t
place_of(const struct looker *l, uint32_t uid)
{
	size_t low = 0, high = l->done_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->done[middle] < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_done(const struct looker *l, uint32_t uid)
{
	size_t at = place_of(l, uid);

	return at < l->done_n && l->done[at] == uid;
}

/* Another folder by that name, or the first look: nothing that was known of UIDs holds. */
static void
begin_folder(struct looker *l, uint32_t validity)
{
	if (l->validity == validity)
		return;
	if (l->validity != 0)
		gp_log(GP_LOG_WARN, "event=imap-validity was=%" PRId64 " is=%" PRIu32, l->validity, validity);
	l->validity = validity;
	l->upto = 0;
	l->done_n = 0;
	l->told_large = 0;
	while (l->later != NULL)
		forget_later(l, l->later->uid);
}

/* Core has it for good, or it is nobody's any more. */
static void
settle(struct looker *l, uint32_t uid)
{
	size_t at = place_of(l, uid);

	forget_later(l, uid);
	if (!l->conf->imap_keep) {
		l->batch[l->batch_n++] = uid;
		return;
	}
	if ((l->done_n & (l->done_n - 1)) == 0) {
		l->done = talloc_realloc(l, l->done, uint32_t, (unsigned)(l->done_n == 0 ? 1 : 2 * l->done_n));
		if (l->done == NULL)
			gp_oom();
	}
	memmove(l->done + at + 1, l->done + at, (l->done_n++ - at) * sizeof(*l->done));
	l->done[at] = uid;
}

static void
note_large(struct looker *l, const struct gp_imap_mail *mail)
{
	if (mail->uid > l->told_large) {
		gp_log(GP_LOG_WARN, "event=imap-large uid=%" PRIu32 " size=%" PRIu32 " what=\"it stays in the "
		    "mailbox\"", mail->uid, mail->size);
		l->told_large = mail->uid;
	}
	if (l->conf->imap_keep) {
		l->large_kept++;
		settle(l, mail->uid);
	} else {
		l->large++;
	}
}

/* Fetch one and hand it to core. */
static enum gp_status
bring(struct looker *l, const struct gp_imap_mail *mail, struct gp_err *err)
{
	void *ctx = gp_ctx(l);
	struct gp_frame f;
	struct gp_str raw;
	enum gp_status st;

	st = mail->size > l->conf->max_size ? GP_E_TOOBIG :
	    gp_imap_fetch(ctx, l->imap, mail->uid, (size_t)l->conf->max_size, &raw, err);
	if (st == GP_OK && tell_core(l, GP_IPC_BOX_MAIL, mail->uid, raw.p, raw.n) &&
	    hear_core(l, ctx, GP_IPC_BOX_VERDICT, &f)) {
		if (f.body.n == 1 && f.body.p[0] == 1) {
			settle(l, mail->uid);
		} else {
			l->put_off++;
			bring_later(l, mail->uid);
		}
	} else if (st == GP_E_TOOBIG) {
		note_large(l, mail);
	}
	talloc_free(ctx);
	/* Somebody else removed it meanwhile. */
	if (st == GP_E_TOOBIG || st == GP_E_NOTFOUND)
		return GP_OK;
	return st;
}

/* Out with what is done with. */
static enum gp_status
remove_batch(struct looker *l, struct gp_err *err)
{
	enum gp_status st = GP_OK;

	if (l->batch_n > 0)
		st = gp_imap_delete(l->imap, l->batch, l->batch_n, err);
	l->batch_n = 0;
	return st;
}

/* All of them in their order; in keep, `upto` follows as far as there is no gap. */
static enum gp_status
bring_all(struct looker *l, const struct gp_imap_mail *mails, size_t n, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	bool gap = false;
	size_t i;

	/* Core can't take any now: the others needn't try. */
	for (i = 0; st == GP_OK && !l->gone && l->put_off < PUT_OFF && i < n; i++) {
		struct later *w = find_later(l, mails[i].uid);

		if (!is_done(l, mails[i].uid) && (w == NULL || gp_now_ms() >= w->until))
			st = bring(l, &mails[i], err);
		if (st != GP_OK)
			break;
		if (find_later(l, mails[i].uid) != NULL) {
			l->waiting++;
			gap = true;
		}
		if (!gap)
			l->upto = mails[i].uid;
		if (!gap && l->done_n > 0 && i % BATCH == BATCH - 1)
			l->done_n = 0;	/* all of them are below upto */
		if (i % BATCH == BATCH - 1)
			tell_upto(l);
		if (l->batch_n == BATCH)
			st = remove_batch(l, err);
	}
	if (!gap && st == GP_OK)
		l->done_n = 0;
	return st == GP_OK ? remove_batch(l, err) : st;
}

static enum gp_status
look(struct looker *l, struct gp_err *err)
{
	const struct gp_imap_mail *mails;
	enum gp_status st = gp_imap_open(l, l->conf, core_lives, l, &l->imap, err);
	size_t n;

	if (st != GP_OK)
		return st;
	begin_folder(l, gp_imap_validity(l->imap));
	l->waiting = l->large = 0;
	l->put_off = 0;
	l->batch_n = 0;
	st = gp_imap_list(l->imap, l->conf->imap_keep ? (uint32_t)l->upto + 1 : 1, &mails, &n, err);
	if (st == GP_OK)
		st = bring_all(l, mails, n, err);
	tell_upto(l);
	TALLOC_FREE(l->imap);
	return st;
}

/* Until the next look, or until core is gone. */
static void
rest(struct looker *l, bool well)
{
	struct pollfd p = {l->fd, POLLIN, 0};
	int64_t seconds = l->conf->imap_poll;

	if (well) {
		l->trouble_seconds = 0;
	} else {
		l->trouble_seconds = l->trouble_seconds == 0 ? seconds : 2 * l->trouble_seconds;
		if (l->trouble_seconds > MAX_TROUBLE_SECONDS)
			l->trouble_seconds = seconds > MAX_TROUBLE_SECONDS ? seconds : MAX_TROUBLE_SECONDS;
		seconds = l->trouble_seconds;
	}
	if (!l->gone && poll(&p, 1, (int)seconds * 1000) > 0)
		l->gone = true;
}

int
gp_imap_run(const struct gp_config *conf, int fd)
{
	struct looker *l = gp_new(NULL, struct looker);
	struct gp_frame f;
	struct gp_err err;

	l->conf = conf;
	l->fd = fd;
	if (tell_core(l, GP_IPC_HELLO, GP_IPC_VERSION, NULL, 0) && hear_core(l, l, GP_IPC_BOX_AT, &f)) {
		struct gp_unpack u = {f.body.p, f.body.n, false};

		l->validity = l->told_validity = gp_unpack_i(&u);
		l->upto = l->told_upto = gp_unpack_i(&u);
	}
	while (!l->gone) {
		bool well = look(l, &err) == GP_OK;

		tell_state(l, well ? "" : err.msg);
		rest(l, well);
	}
	talloc_free(l);
	return 0;
}
