/* SPDX-License-Identifier: ISC */
/* One line an event on stderr; systemd's priorities when it listens. */
#include "config.h"

#include "guildpost/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
	char process[16];
	enum gp_level level;
	bool journal;
} sink = {"guildpost", GP_LOG_INFO, false};

void
gp_log_init(const char *process, enum gp_level level)
{
	snprintf(sink.process, sizeof(sink.process), "%s", process);
	sink.level = level;
	sink.journal = getenv("JOURNAL_STREAM") != NULL;
}

void
gp_log_level(enum gp_level level)
{
	sink.level = level;
}

/* Control characters could forge lines or drive a terminal. */
static size_t
escape(char *out, size_t cap, const char *in)
{
	size_t n = 0;

	for (; *in != '\0' && n + 5 < cap; in++) {
		unsigned char c = (unsigned char)*in;

		if (c < 0x20 || c == 0x7f)
			n += (size_t)snprintf(out + n, cap - n, "\\x%02x", c);
		else
			out[n++] = (char)c;
	}
	return n;
}

void
gp_log(enum gp_level level, const char *fmt, ...)
{
	char text[2048], line[4096];
	size_t n = 0;
	va_list ap;

	if (level > sink.level)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (sink.journal)
		n = (size_t)snprintf(line, sizeof(line), "<%d>", (int)level);
	n += (size_t)snprintf(line + n, sizeof(line) - n, "%s: ", sink.process);
	n += escape(line + n, sizeof(line) - n - 1, text);
	line[n++] = '\n';
	/* One write, so that lines of several processes don't mix. */
	(void)!write(STDERR_FILENO, line, n);
}
