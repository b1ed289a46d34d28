/* SPDX-License-Identifier: ISC */
/* Dates as people write them: "24 December", "24.12.", "2026-12-24", "2 weeks". */
#ifndef GP_LIST_WHEN_H
#define GP_LIST_WHEN_H

#include "words.h"

/*
 * Whole days in a time zone, from the first second of one to the first behind the last: "DATE to DATE",
 * "24 to 26 December", "DATE" (that day alone); "until DATE" and "2 weeks" begin now. Without a year it
 * is the next such day, or a span that has begun already. False: not understood, could be read in two
 * ways (3/4/2026), over, turned round, longer than two years or, where no year is said, 300 days.
 */
bool gp_when_span(const struct gp_words *words, const char *text, int64_t now, const char *zone,
    int64_t *from, int64_t *to);
/* One day: its first second; *used: how many bytes of the text it took. */
bool gp_when_day(const struct gp_words *words, const char *text, int64_t now, const char *zone,
    int64_t *first, size_t *used);

#endif
