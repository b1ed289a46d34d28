/* SPDX-License-Identifier: ISC */
/* What the files share that write once a month. */
#ifndef GP_LIST_MONTH_H
#define GP_LIST_MONTH_H

#include "guildpost/list.h"

struct month {
	int64_t from, to;
	char *name;	/* "2026-11", which mails write in words */
};

/* By the clock of the list. */
void gp_month_of(const void *ctx, const struct gp_list *list, int year, int month, struct month *m);
/* The month before now; false: the hour of its letters has not come so far. */
bool gp_month_before(const void *ctx, const struct gp_list *list, int64_t now, struct month *m);
typedef enum gp_status gp_month_fn(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct month *m, struct gp_err *err);
/* Write of the month before, once for each `what` and month, marked in the same transaction; not of one in which the
 * list was not there. */
enum gp_status gp_month_once(const void *ctx, struct gp_site *site, struct gp_list *list, const char *what,
    int64_t now, gp_month_fn *write, struct gp_err *err) GP_MUST_CHECK;
/* To those who look after the list, each by themselves. */
enum gp_status gp_month_to_moderators(const void *ctx, struct gp_site *site, struct gp_list *list,
    const char *template_name, json_t *data, struct gp_err *err) GP_MUST_CHECK;

#endif
