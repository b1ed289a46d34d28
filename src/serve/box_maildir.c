/* SPDX-License-Identifier: ISC */
/*
 * The Maildir that mail comes in by. The kernel tells of new files (inotify); a look every ten
 * seconds finds what it doesn't tell of (network file systems). A file is removed when what it
 * caused is committed; one that can't be taken now waits, longer each time.
 */
#include "config.h"

#include "box.h"

#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { AT_ONCE = 8, PUT_OFF = 20, LOOK_MS = 10000, WAIT_MS = 60000, MAX_WAIT_MS = 3600000 };

struct waiting {			/* a file that could not be taken */
	struct waiting *next;
	char *name;
	int64_t until, wait;		/* gp_now_ms */
	bool seen;			/* in the last look */
};

struct gp_maildir_box {
	struct gp_boxes *boxes;
	const char *dir;
	int fd;				/* inotify, -1: not yet or not here */
	struct gp_watch *watch;
	char **names;			/* of the last look */
	size_t n, at, busy;
	int64_t next_look;
	struct waiting *waiting;
	int put_off;			/* in this look */
	bool look, planned, closed;
};

struct file {				/* a mail in work */
	struct gp_maildir_box *m;
	char *name;
};

static void plan(struct gp_maildir_box *m);

static struct waiting *
find_waiting(struct gp_maildir_box *m, const char *name)
{
	struct waiting *w;

	for (w = m->waiting; w != NULL && !gp_streq(w->name, name);)
		w = w->next;
	return w;
}

static void
count_waiting(struct gp_maildir_box *m)
{
	struct gp_door_state *d = &m->boxes->maildir_state;
	struct waiting *w;
	int64_t n = 0;

	for (w = m->waiting; w != NULL; w = w->next)
		n++;
	if (n != d->waiting) {
		d->waiting = n;
		m->boxes->changed = true;
	}
}

static void
wait_longer(struct gp_maildir_box *m, const char *name)
{
	struct waiting *w = find_waiting(m, name);

	if (w == NULL) {
		w = gp_new(m, struct waiting);
		w->name = gp_strdup(w, name);
		w->next = m->waiting;
		m->waiting = w;
	}
	w->wait = w->wait == 0 ? WAIT_MS : w->wait * 2 < MAX_WAIT_MS ? w->wait * 2 : MAX_WAIT_MS;
	w->until = gp_now_ms() + w->wait;
	w->seen = true;
	m->put_off++;
	count_waiting(m);
}

/* Forget those with that name, or with NULL those that the last look did not find. */
static void
forget_waiting(struct gp_maildir_box *m, const char *name)
{
	struct waiting **p = &m->waiting, *w;

	while ((w = *p) != NULL) {
		if (name != NULL ? gp_streq(w->name, name) : !w->seen) {
			*p = w->next;
			talloc_free(w);
		} else {
			p = &w->next;
		}
	}
	count_waiting(m);
}

/* It is committed or put aside: out with it. What can't be removed is known when it is met again. */
static void
remove_file(struct gp_maildir_box *m, const char *name)
{
	struct gp_err err;

	if (gp_inbox_remove(m->dir, name, &err) == GP_OK) {
		forget_waiting(m, name);
		return;
	}
	gp_log(GP_LOG_ERR, "event=maildir what=\"%s\"", err.msg);
	wait_longer(m, name);
}

static void
on_done(struct gp_parcel *p)
{
	struct file *f = p->arg;
	struct gp_maildir_box *m = f->m;

	m->busy--;
	gp_boxes_count(m->boxes, &m->boxes->maildir_state, p);
	if (p->verdict == GP_PARCEL_LATER)
		wait_longer(m, f->name);
	else
		remove_file(m, f->name);
	talloc_free(p);
	plan(m);
}

/* Too large to be read: nothing of it is looked at. */
static void
refuse_large(struct gp_maildir_box *m, struct gp_parcel *p, const char *name, const char *reason)
{
	struct gp_err err;

	p->reason = gp_asprintf(p, "552 5.3.4 %s", reason);
	p->verdict = GP_PARCEL_REFUSED;
	if (gp_refused_copy(m->boxes->core->conf->data, p->via, p->reason, m->dir, name, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=put-aside via=%s what=\"%s\"", p->via, err.msg);
		wait_longer(m, name);
		return;
	}
	gp_log(GP_LOG_WARN, "event=refused via=%s mail=%s reason=\"%s\"", p->via, name, p->reason);
	gp_boxes_count(m->boxes, &m->boxes->maildir_state, p);
	remove_file(m, name);
}

static void
take_file(struct gp_maildir_box *m, const char *name)
{
	struct gp_parcel *p = gp_new(m, struct gp_parcel);
	struct file *f = gp_new(p, struct file);
	struct gp_err err;
	enum gp_status st;

	p->via = "Maildir";
	st = gp_inbox_read(p, m->dir, name, (size_t)m->boxes->core->conf->max_size, &p->data, &p->n, &err);
	if (st == GP_OK) {
		*f = (struct file){m, gp_strdup(f, name)};
		p->what = f->name;
		p->done = on_done;
		p->arg = f;
		m->busy++;
		gp_boxes_take(m->boxes, p);
		return;
	}
	if (st == GP_E_TOOBIG) {
		refuse_large(m, p, name, err.msg);
	} else if (st != GP_E_NOTFOUND) {
		gp_log(GP_LOG_ERR, "event=later via=%s what=\"%s\"", p->via, err.msg);
		wait_longer(m, name);
	}
	talloc_free(p);
}

static void
on_change(int fd, void *arg)
{
	struct gp_maildir_box *m = arg;
	char buf[4096];

	while (read(fd, buf, sizeof(buf)) > 0)
		;
	m->look = true;
	plan(m);
}

static void
watch_folder(struct gp_maildir_box *m)
{
	char *path = gp_path_join(NULL, m->dir, "new");

	m->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (m->fd >= 0 && inotify_add_watch(m->fd, path, IN_MOVED_TO | IN_CREATE | IN_ONLYDIR) < 0) {
		close(m->fd);
		m->fd = -1;
	}
	if (m->fd >= 0)
		m->watch = gp_loop_fd(m->boxes->core->loop, m->fd, false, on_change, m);
	talloc_free(path);
}

static void
look(struct gp_maildir_box *m)
{
	struct waiting *w;
	struct gp_err err;
	enum gp_status st;

	m->look = false;
	m->put_off = 0;
	m->next_look = gp_now_ms() + LOOK_MS;
	st = gp_inbox_prepare(m->dir, &err);
	/* Watch first: what comes between is found by the look. */
	if (st == GP_OK && m->fd < 0)
		watch_folder(m);
	TALLOC_FREE(m->names);
	m->n = m->at = 0;
	if (st == GP_OK)
		st = gp_inbox_list(m, m->dir, &m->names, &m->n, &err);
	gp_boxes_trouble(m->boxes, &m->boxes->maildir_state, st == GP_OK ? "" : err.msg);
	for (w = m->waiting; w != NULL; w = w->next)
		w->seen = false;
}

/* Hand in what there is room for; when all of a look is through, look again if something came. */
static void
work(void *arg)
{
	struct gp_maildir_box *m = arg;

	m->planned = false;
	if (m->closed)
		return;
	if (m->at == m->n && m->busy == 0 && m->look)
		look(m);
	/* None can be taken now: the others needn't try before the next look. */
	if (m->put_off >= PUT_OFF)
		m->at = m->n;
	while (m->at < m->n && m->busy < AT_ONCE) {
		const char *name = m->names[m->at++];
		struct waiting *w = find_waiting(m, name);

		if (w != NULL)
			w->seen = true;
		if (w == NULL || gp_now_ms() >= w->until)
			take_file(m, name);
		if (m->at == m->n)
			forget_waiting(m, NULL);
	}
	if (m->n == 0 && m->waiting != NULL)
		forget_waiting(m, NULL);
	if (m->at == m->n && m->busy == 0 && m->look)
		plan(m);
}

static void
plan(struct gp_maildir_box *m)
{
	if (m->planned || m->closed)
		return;
	m->planned = true;
	gp_loop_later(m->boxes->core->loop, work, m);
}

void
gp_maildir_box_tick(struct gp_maildir_box *m)
{
	if (gp_now_ms() < m->next_look || m->busy > 0 || m->at < m->n)
		return;
	m->look = true;
	plan(m);
}

void
gp_maildir_box_close(struct gp_maildir_box *m)
{
	m->closed = true;
	TALLOC_FREE(m->watch);
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
}

void
gp_maildir_box_open(struct gp_boxes *b)
{
	struct gp_maildir_box *m = gp_new(b, struct gp_maildir_box);
	struct gp_err err;

	m->boxes = b;
	m->dir = b->core->conf->maildir;
	m->fd = -1;
	m->look = true;
	b->maildir = m;
	if (gp_door_read(b, b->core->site->store, "maildir", m->dir, &b->maildir_state, &err) != GP_OK)
		gp_log(GP_LOG_ERR, "event=box-state what=\"%s\"", err.msg);
	gp_log(GP_LOG_INFO, "event=listen maildir=%s", m->dir);
	plan(m);
}
