/* SPDX-License-Identifier: ISC */
/*
 * "#decide" and "circle:" begin something where the list lets them. Whoever wrote one hears what happens now and
 * how the others answer, or that only moderators begin one: the subject alone looks the same both ways. On a list that
 * has neither they are words like others.
 */
#include "config.h"

#include "guildpost/list.h"

#include <string.h>

bool
gp_kind_may_begin(const struct gp_list *list, const char *kind, bool moderator)
{
	int feature = strcmp(kind, "decide") == 0 ? list->set.decisions : list->set.circles;

	return feature == GP_FEATURE_ON || (feature == GP_FEATURE_MODERATORS && moderator);
}

static enum gp_status
tell(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail,
    const struct gp_member *author, const char *kind, json_t *data, struct gp_err *err)
{
	struct gp_notice n = {.template_name = "begun", .data = data, .to_name = author->name,
	    .to_addr = author->address, .member = author->id, .in_reply_to = mail->msgid, .answer = true,
	    .language = author->language[0] != '\0' ? author->language : NULL};
	char *title = gp_subject_title(ctx, mail->subject, list->set.tag);

	/* Nobody reads what answers a program. */
	if ((mail->flags & (GP_MAIL_AUTO | GP_MAIL_BULK)) != 0)
		return GP_OK;
	gp_json_text(data, "title", title);
	gp_json_text(data, "plain_title", gp_kind_title(ctx, site, list, title));
	gp_json_bool(gp_json_new_object(data, "begun_is"), kind, true);
	return gp_notice_send(ctx, site, list, &n, NULL, err);
}

enum gp_status
gp_kind_begun(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail,
    const struct gp_member *author, const char *circle, int64_t ends, struct gp_err *err)
{
	json_t *data = gp_json_object(ctx);

	gp_json_bool(data, "is_counted", true);
	gp_json_text(data, "to_date", gp_time_format(ctx, ends, list->set.timezone, "%Y-%m-%d"));
	gp_json_text(data, "name", circle != NULL ? circle : "");
	gp_json_int(data, "count", list->set.circle_quorum);
	return tell(ctx, site, list, mail, author, circle != NULL ? "circle" : "decide", data, err);
}

enum gp_status
gp_kind_not_begun(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *mail,
    const struct gp_member *author, struct gp_err *err)
{
	const char *kind = gp_kind_said(ctx, site, list, mail);

	if (kind == NULL || (strcmp(kind, "decide") != 0 && strcmp(kind, "circle") != 0))
		return GP_OK;
	return tell(ctx, site, list, mail, author, kind, gp_json_object(ctx), err);
}
