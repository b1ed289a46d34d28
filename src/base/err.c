/* SPDX-License-Identifier: ISC */
/* Status values, their sentences and what the outside world is told of them. */
#include "config.h"

#include "guildpost/base.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const struct {
	const char *text;
	int exit_code;
	bool temporary;
} statuses[GP_STATUS_COUNT] = {
	[GP_OK] = {"all is well", EX_OK, false},
	[GP_E_IO] = {"reading or writing failed", EX_TEMPFAIL, true},
	[GP_E_FULL] = {"no space is left on the device", EX_TEMPFAIL, true},
	[GP_E_DB] = {"the database failed", EX_TEMPFAIL, true},
	[GP_E_BUSY] = {"someone else is at work on this", EX_TEMPFAIL, true},
	[GP_E_NET] = {"the network or the other side failed", EX_TEMPFAIL, true},
	[GP_E_PARSE] = {"this can't be understood", EX_DATAERR, false},
	[GP_E_TOOBIG] = {"this is over a limit", EX_DATAERR, false},
	[GP_E_NOTFOUND] = {"there is no such thing", EX_NOUSER, false},
	[GP_E_EXISTS] = {"this is there already", EX_CANTCREAT, false},
	[GP_E_DENIED] = {"this is not allowed", EX_NOPERM, false},
	[GP_E_CONFIG] = {"the configuration is wrong", EX_CONFIG, true},
	[GP_E_USAGE] = {"the command line is wrong", EX_USAGE, false},
	[GP_E_BUG] = {"guildpost made a mistake", EX_SOFTWARE, true},
};

enum gp_status
gp_fail(struct gp_err *err, enum gp_status code, const char *fmt, ...)
{
	va_list ap;

	if (err != NULL) {
		char text[sizeof(err->msg)];

		/* The arguments may point into err->msg itself. */
		va_start(ap, fmt);
		vsnprintf(text, sizeof(text), fmt, ap);
		va_end(ap);
		memcpy(err->msg, text, sizeof(text));
		err->code = code;
	}
	return code;
}

enum gp_status
gp_fail_errno(struct gp_err *err, enum gp_status code, const char *fmt, ...)
{
	int saved = errno;
	char text[400];
	va_list ap;

	if (saved == ENOSPC || saved == EDQUOT)
		code = GP_E_FULL;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return gp_fail(err, code, "%s: %s", text, strerror(saved));
}

enum gp_status
gp_err_prefix(struct gp_err *err, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (err == NULL)
		return GP_E_BUG;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return gp_fail(err, err->code, "%s: %.300s", text, err->msg);
}

const char *
gp_status_text(enum gp_status code)
{
	if ((unsigned)code >= GP_STATUS_COUNT)
		return "an unknown error";
	return statuses[code].text;
}

int
gp_status_exit(enum gp_status code)
{
	if ((unsigned)code >= GP_STATUS_COUNT)
		return EX_SOFTWARE;
	return statuses[code].exit_code;
}

bool
gp_status_is_temporary(enum gp_status code)
{
	return (unsigned)code >= GP_STATUS_COUNT || statuses[code].temporary;
}

void
gp_oom(void)
{
	static const char text[] = "guildpost: out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(EX_TEMPFAIL);
}

void
gp_bug_at(const char *file, int line, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gp_log(GP_LOG_ERR, "event=bug at=%s:%d what=\"%s\"", file, line, text);
	abort();
}
