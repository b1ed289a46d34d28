/* SPDX-License-Identifier: ISC */
/* A bar with rate and time left on a terminal; elsewhere a plain line every few seconds. */
#include "config.h"

#include "guildpost/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { BAR = 24, TERMINAL_MS = 100, PLAIN_MS = 5000 };

struct gp_progress {
	const char *what, *unit;
	int64_t total, done, count, since, shown;
	bool terminal, drawn;
};

struct gp_progress *
gp_progress_new(const void *ctx, const char *what, const char *unit, int64_t total)
{
	struct gp_progress *p = gp_new(ctx, struct gp_progress);

	p->what = what;
	p->unit = unit;
	p->total = total;
	p->since = p->shown = gp_now_ms();
	p->terminal = isatty(STDERR_FILENO) == 1;
	return p;
}

static void
draw(struct gp_progress *p)
{
	int64_t ms = gp_now_ms() - p->since, rate = ms > 0 ? p->count * 1000 / ms : 0, left;
	int filled, i;

	fprintf(stderr, "%s%s ", p->terminal ? "\r" : "", p->what);
	if (p->total > 0) {
		filled = (int)(p->done * BAR / p->total);
		if (p->terminal) {
			fputc('[', stderr);
			for (i = 0; i < BAR; i++)
				fputc(i < filled ? '#' : '.', stderr);
			fputs("] ", stderr);
		}
		fprintf(stderr, "%3d%% ", (int)(p->done * 100 / p->total));
	}
	fprintf(stderr, "%" PRId64 " %s, %" PRId64 "/s", p->count, p->unit, rate);
	if (p->total > 0 && p->done > 0 && p->done < p->total) {
		left = ms * (p->total - p->done) / p->done / 1000;
		fprintf(stderr, ", %" PRId64 ":%02" PRId64 " left", left / 60, left % 60);
	}
	fputs(p->terminal ? "   " : "\n", stderr);
	p->drawn = true;
}

void
gp_progress_at(struct gp_progress *p, int64_t done, int64_t count)
{
	int64_t now = gp_now_ms();

	p->done = done;
	p->count = count;
	if (now - p->shown < (p->terminal ? TERMINAL_MS : PLAIN_MS))
		return;
	p->shown = now;
	draw(p);
}

void
gp_progress_end(struct gp_progress *p)
{
	if (!p->terminal || !p->drawn)
		return;
	p->done = p->total;
	draw(p);
	fputc('\n', stderr);
}
