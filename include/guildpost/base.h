/* SPDX-License-Identifier: ISC */
/*
 * base: the ground floor. Errors, memory, strings, logs, configuration, time,
 * chance, JSON, the event loop and the frames that our processes exchange.
 * Knows nothing of mail, SQL or lists.
 *
 * Memory is talloc throughout: a function that takes a context `ctx` hands its
 * result to that context, and the caller frees by freeing the context (one for
 * each unit of work: a message, a request, a digest). When memory runs out the
 * process ends (gp_oom): inputs are capped long before that, so it is real
 * exhaustion and what was not committed was not accepted. `receive` exits 75
 * then, so that the mail server tries again.
 *
 * The headers of talloc and jansson are vocabulary here: every room may use
 * talloc contexts and json_t values. Every other library has one room.
 */
#ifndef GUILDPOST_BASE_H
#define GUILDPOST_BASE_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <talloc.h>

#define GP_MUST_CHECK __attribute__((warn_unused_result))
#define GP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define GP_NORETURN __attribute__((noreturn))
#define GP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#include "guildpost/base/memory.h"
#include "guildpost/base/text.h"
#include "guildpost/base/time.h"
#include "guildpost/base/conf.h"
#include "guildpost/base/file.h"
#include "guildpost/base/loop.h"

#endif
