/* SPDX-License-Identifier: ISC */
/* Dates in the words of the reader's language. */
#ifndef GP_LIST_DATES_H
#define GP_LIST_DATES_H

#include "guildpost/list.h"

/*
 * A copy of the data of a mail, on ctx: fields that are called `date`, `expires` or SOMETHING_date and hold a date in
 * numbers ("2026-12-06", "2026-12-06 14:30") have it in words of that language ("6. Dezember 2026, 14:30").
 */
enum gp_status gp_dates_in_words(const void *ctx, struct gp_templates *templates, const char *language,
    const json_t *data, json_t **out, struct gp_err *err) GP_MUST_CHECK;

#endif
