/* SPDX-License-Identifier: ISC */
/* Messages out of mbox files, Maildirs, single files and folders; compressed or not. */
#include "config.h"

#include "import.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PIECE = 256 << 10, HASHED = 4096 };

struct file {
	char *path;
	int64_t size;
};

struct source {
	struct file *files;
	size_t n, at;			/* at: behind the current file */
	int64_t total, done;		/* bytes of all files; of those before the current one */
	void *ctx;			/* of the current file, NULL: none open */
	struct gp_inflate *in;
	struct gp_mbox *mbox;		/* NULL: the file is one message */
	char *piece, *id;
	bool fed_end, finished;
	int64_t skip;			/* messages before this offset are passed over */
};

static void
add_file(struct source *s, const char *path, int64_t size)
{
	s->files = talloc_realloc(s, s->files, struct file, (unsigned)s->n + 1);
	if (s->files == NULL)
		gp_oom();
	s->files[s->n].path = gp_strdup(s, path);
	s->files[s->n++].size = size;
	s->total += size;
}

static void add_path(struct source *s, const char *path, int depth);

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Everything in a folder by name, but for hidden files and what is still being written. */
static void
add_folder(struct source *s, const char *path, int depth)
{
	void *ctx = gp_ctx(s);
	char **names = NULL;
	struct dirent *e;
	size_t n = 0, i;
	bool maildir = false;
	DIR *d = opendir(path);

	while (d != NULL && (e = readdir(d)) != NULL) {
		maildir = maildir || strcmp(e->d_name, "cur") == 0 || strcmp(e->d_name, "new") == 0;
		if (e->d_name[0] == '.')
			continue;
		names = talloc_realloc(ctx, names, char *, (unsigned)n + 1);
		if (names == NULL)
			gp_oom();
		names[n++] = gp_strdup(ctx, e->d_name);
	}
	if (d != NULL)
		closedir(d);
	if (n > 0)
		qsort(names, n, sizeof(names[0]), by_name);
	for (i = 0; i < n; i++) {
		if (maildir && strcmp(names[i], "cur") != 0 && strcmp(names[i], "new") != 0)
			continue;
		add_path(s, gp_path_join(ctx, path, names[i]), depth + 1);
	}
	talloc_free(ctx);
}

static void
add_path(struct source *s, const char *path, int depth)
{
	struct stat sb;

	/* What is named on the command line may be a link; inside folders links are left alone. */
	if ((depth == 0 ? stat(path, &sb) : lstat(path, &sb)) != 0)
		add_file(s, path, 0);	/* opening it will say what is wrong */
	else if (S_ISDIR(sb.st_mode) && depth < 32)
		add_folder(s, path, depth);
	else if (S_ISREG(sb.st_mode))
		add_file(s, path, sb.st_size);
}

struct source *
source_new(const void *ctx, char **paths, int n)
{
	struct source *s = gp_new(ctx, struct source);
	int i;

	s->piece = gp_array(s, char, PIECE);
	for (i = 0; i < n; i++)
		add_path(s, paths[i], 0);
	return s;
}

/* Its name, size and first bytes: another file under the same name is another source. */
static char *
file_id(const void *ctx, const struct file *f, const char *head, size_t n)
{
	struct gp_sha256 *h = gp_sha256_new(ctx);
	unsigned char sum[GP_SHA256_LEN];
	char *real = realpath(f->path, NULL);
	const char *name = real != NULL ? real : f->path;

	gp_sha256_add(h, name, strlen(name) + 1);
	gp_sha256_add(h, &f->size, sizeof(f->size));
	gp_sha256_add(h, head, n < HASHED ? n : HASHED);
	gp_sha256_end(h, sum);
	free(real);
	return gp_base32(ctx, sum, sizeof(sum));
}

static bool
is_mbox(const char *p, size_t n)
{
	return n >= 5 && (memcmp(p, "From ", 5) == 0);
}

static enum gp_status
open_next(struct source *s, struct source_message *out, struct gp_err *err)
{
	struct file *f = &s->files[s->at++];
	enum gp_status st;
	size_t got;

	s->ctx = gp_ctx(s);
	s->mbox = NULL;
	s->fed_end = s->finished = false;
	s->skip = 0;
	out->path = f->path;
	st = gp_inflate_open(s->ctx, f->path, &s->in, err);
	if (st == GP_OK)
		st = gp_inflate_read(s->in, s->piece, PIECE, &got, err);
	if (st == GP_OK && got == 0)
		st = gp_fail(err, GP_E_PARSE, "the file is empty");
	if (st != GP_OK) {
		TALLOC_FREE(s->ctx);
		return st == GP_E_NOTFOUND ? GP_E_IO : st;
	}
	s->id = file_id(s->ctx, f, s->piece, got);
	/* Everything goes through the splitter but a file that doesn't start like an mbox. */
	if (is_mbox(s->piece, got))
		s->mbox = gp_mbox_new(s->ctx);
	if (s->mbox != NULL)
		gp_mbox_feed(s->mbox, s->piece, got);
	out->n = got;
	return GP_OK;
}

static void
close_file(struct source *s)
{
	s->done += s->files[s->at - 1].size;
	TALLOC_FREE(s->ctx);
}

/* The rest of a file that is one message; `have` bytes of it are in s->piece. */
static enum gp_status
read_single(struct source *s, size_t have, struct source_message *out, struct gp_err *err)
{
	struct gp_buf b;
	enum gp_status st = GP_OK;
	size_t got = have;
	unsigned changes;

	gp_buf_init(&b, s->ctx, GP_MAX_MESSAGE);
	while (st == GP_OK && got > 0 && !b.over) {
		gp_buf_add(&b, s->piece, got);
		st = gp_inflate_read(s->in, s->piece, PIECE, &got, err);
	}
	s->finished = true;
	if (st == GP_OK && b.over)
		st = gp_fail(err, GP_E_TOOBIG, "the message is too large");
	out->offset = 0;
	out->next = (int64_t)b.len;
	if (st == GP_OK)
		out->raw = gp_mail_canon(s, b.p, b.len, &out->n, &changes);
	return st;
}

/* The date at the end of "From someone Thu Nov 23 ...". */
static int64_t
from_time(const char *line)
{
	const char *p = strchr(line, ' ');
	int64_t t;
	bool known;
	int zone;

	while (p != NULL && (p = strchr(p + 1, ' ')) != NULL)
		if (gp_date_parse(p + 1, strlen(p + 1), &t, &zone, &known))
			return t;
	return 0;
}

static enum gp_status
next_of_mbox(struct source *s, struct source_message *out, struct gp_err *err)
{
	struct gp_mbox_msg m;
	enum gp_status st;
	unsigned changes;
	size_t got;

	for (;;) {
		st = gp_mbox_next(s->mbox, &m, err);
		if (st == GP_E_NOTFOUND && s->fed_end) {
			s->finished = true;
			return GP_E_NOTFOUND;
		}
		if (st == GP_E_NOTFOUND) {
			st = gp_inflate_read(s->in, s->piece, PIECE, &got, err);
			if (st != GP_OK) {
				s->finished = true;
				return st;
			}
			s->fed_end = got == 0;
			gp_mbox_feed(s->mbox, s->piece, got);
			continue;
		}
		out->offset = m.offset;
		/* Where to go on: one byte behind its start passes it over. */
		out->next = m.offset + 1;
		if (m.offset < s->skip)
			continue;
		if (st == GP_OK) {
			out->raw = gp_mail_canon(s, m.raw, m.n, &out->n, &changes);
			out->from_time = from_time(m.from_line);
		}
		return st;
	}
}

enum gp_status
source_next(struct source *s, struct source_message *out, struct gp_err *err)
{
	enum gp_status st;
	size_t have;

	memset(out, 0, sizeof(*out));
	if (s->ctx == NULL) {
		if (s->at == s->n)
			return GP_E_NOTFOUND;
		st = open_next(s, out, err);
		if (st != GP_OK)
			return st;
		/* The caller may want to skip before the first message: an empty one says "new file". */
		have = out->n;
		out->n = 0;
		out->id = s->id;
		out->single = s->mbox == NULL;
		if (s->mbox == NULL)
			return read_single(s, have, out, err);
		return GP_OK;
	}
	out->path = s->files[s->at - 1].path;
	out->id = s->id;
	out->single = s->mbox == NULL;
	if (!s->finished && s->mbox != NULL) {
		st = next_of_mbox(s, out, err);
		if (st != GP_E_NOTFOUND)
			return st;
	}
	out->last = true;
	out->id = gp_strdup(s, s->id);
	close_file(s);
	return GP_OK;
}

void
source_skip_to(struct source *s, int64_t offset)
{
	s->skip = offset;
}

void
source_progress(const struct source *s, int64_t *done, int64_t *total)
{
	*done = s->done + (s->ctx != NULL ? gp_inflate_at(s->in) : 0);
	*total = s->total;
}
