/* SPDX-License-Identifier: ISC */
/*
 * A clock that follows a file, for tests which live through a year in a minute: whoever writes a time
 * into PATH is told by the same words in PATH.done that all which was due by then has been done.
 */
#include "config.h"

#include "guildpost/base.h"

#include <stdio.h>
#include <string.h>

static struct {
	char path[1024];
	char words[64];		/* as they were read */
} follow;

static enum gp_status
look(bool *turned, struct gp_err *err)
{
	void *ctx = gp_ctx(NULL);
	enum gp_status st;
	char *text;
	size_t n;
	int64_t t;

	*turned = false;
	st = gp_file_read(ctx, follow.path, sizeof(follow.words) - 1, &text, &n, err);
	if (st == GP_OK)
		text[strcspn(text, "\n")] = '\0';
	if (st == GP_OK && !gp_streq(text, follow.words)) {
		*turned = gp_time_parse(text, &t);
		if (*turned) {
			gp_clock_set(t, true);
			memcpy(follow.words, text, strlen(text) + 1);
		} else {
			st = gp_fail(err, GP_E_CONFIG, "%s: %s: no time", follow.path, text);
		}
	}
	talloc_free(ctx);
	return st;
}

enum gp_status
gp_clock_follow(const char *path, struct gp_err *err)
{
	enum gp_status st;
	bool turned;

	if (strlen(path) >= sizeof(follow.path))
		return gp_fail(err, GP_E_CONFIG, "%s: too long", path);
	memcpy(follow.path, path, strlen(path) + 1);
	follow.words[0] = '\0';
	st = look(&turned, err);
	return st == GP_OK && !turned ? gp_fail(err, GP_E_CONFIG, "%s: no time", path) : st;
}

bool
gp_clock_follows(void)
{
	return follow.path[0] != '\0';
}

bool
gp_clock_turned(void)
{
	struct gp_err err;
	bool turned;

	/* A file that is being written anew is complete at the next look. */
	return look(&turned, &err) == GP_OK && turned;
}

enum gp_status
gp_clock_done(struct gp_err *err)
{
	char path[sizeof(follow.path) + 8];

	snprintf(path, sizeof(path), "%s.done", follow.path);
	return gp_file_write(path, follow.words, strlen(follow.words), 0644, err);
}
