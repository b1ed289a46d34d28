/* SPDX-License-Identifier: ISC */
/* Dates as people write them: "24 December", "24.12.", "2026-12-24", "2 weeks". */
#ifndef GP_LIST_WHEN_H
#define GP_LIST_WHEN_H

#include "words.h"

/* Whole days in a time zone, from the first second of one to the first behind the last. "DATE to
 * DATE", "until DATE" and "2 weeks" (both from now on), "DATE" (that day alone). A day without a
 * year is the next one. False: not understood, in the past, turned round, or over two years. */
bool gp_when_span(const struct gp_words *words, const char *text, int64_t now, const char *zone,
    int64_t *from, int64_t *to);
/* One day: its first second; *used: how many bytes of the text it took. */
bool gp_when_day(const struct gp_words *words, const char *text, int64_t now, const char *zone,
    int64_t *start, size_t *used);

#endif
