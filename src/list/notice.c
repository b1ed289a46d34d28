/* SPDX-License-Identifier: ISC */
/*
 * Mails of our own: a template and a JSON document, composed and queued. RFC 3834 says
 * whom not to answer and how an automatic mail is marked.
 */
#include "config.h"

#include "dates.h"

#include <string.h>

enum { DAY = 86400 };

/* Local parts that belong to machines: answering them makes loops. */
static bool
is_machine(const char *addr)
{
	static const char *const names[] = {"mailer-daemon", "postmaster", "listserv", "majordomo",
		"mailman", "sympa", "smartlist", "noreply", "no-reply", "donotreply", "do-not-reply"};
	static const char *const ends[] = {"-request", "-owner", "-bounces", "-return", "+bounce"};
	const char *at = strrchr(addr, '@');
	char local[GP_MAX_LOCAL_PART + 1];
	size_t n = at == NULL ? strlen(addr) : (size_t)(at - addr), i;

	if (n >= sizeof(local))
		return false;
	memcpy(local, addr, n);
	local[n] = '\0';
	gp_str_lower(local);
	for (i = 0; i < GP_COUNT(names); i++)
		if (strcmp(local, names[i]) == 0)
			return true;
	for (i = 0; i < GP_COUNT(ends); i++)
		if (gp_ends(local, ends[i]))
			return true;
	return gp_starts(local, "owner-");
}

bool
gp_notice_may_answer(const struct gp_inbound *in)
{
	const struct gp_mail *m = in->mail;

	if (m == NULL || in->envelope_from[0] == '\0' || m->from_addr[0] == '\0')
		return false;
	if ((m->flags & (GP_MAIL_AUTO | GP_MAIL_BULK | GP_MAIL_REPORT)) != 0 || m->list_ids_n > 0)
		return false;
	return !is_machine(m->from_addr) && !is_machine(in->envelope_from);
}

enum gp_status
gp_notice_count_answer(const void *ctx, struct gp_site *site, const char *address, bool *may,
    struct gp_err *err)
{
	const char *folded = gp_addr_fold(ctx, address);
	int64_t n = 0;
	enum gp_status st = gp_count_add(site->store, "answer", folded != NULL ? folded : "", gp_now(),
	    DAY, &n, err);

	*may = n <= site->conf->answers;
	return st;
}

/* What every template of a mail may use, beside its own data. */
static void
add_list_data(json_t *data, const void *ctx, const struct gp_site *site,
    const struct gp_list *list)
{
	const char *title = gp_list_title(list);

	gp_json_text(data, "list_address", list->address);
	gp_json_text(data, "list_name", list->name);
	gp_json_text(data, "list_title", title);
	gp_json_text(data, "list_description", list->set.description);
	gp_json_text(data, "owner_address", gp_route_address(ctx, site, list, "owner", NULL));
	gp_json_text(data, "help_address", gp_route_address(ctx, site, list, "help", NULL));
	gp_json_text(data, "request_address", gp_route_address(ctx, site, list, "request", NULL));
	gp_json_text(data, "subscribe_address", gp_route_address(ctx, site, list, "subscribe", NULL));
	gp_json_text(data, "unsubscribe_address",
	    gp_route_address(ctx, site, list, "unsubscribe", NULL));
	if (gp_list_has_archive(list))
		gp_json_text(data, "archive_url",
		    gp_asprintf(ctx, "%s/%s/", site->conf->url, list->name));
}

/* The composed message, cut into the header and the body that the queue wants. */
static void
split(struct gp_job *job, char *whole, size_t n)
{
	const char *end = gp_memmem(whole, n, "\r\n\r\n", 4);
	size_t head = end == NULL ? n : (size_t)(end - whole) + 2;

	job->header = whole;
	job->header_n = head;
	job->body = end == NULL ? whole + n : whole + head + 2;
	job->body_n = end == NULL ? 0 : n - head - 2;
}

/* What the owners wrote in place of ours. GP_E_NOTFOUND: nothing, or nothing that can be used. */
static enum gp_status
own_text(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_notice *n, const char *language, struct gp_mail_text *text,
    struct gp_err *err)
{
	struct gp_list_text *own;
	enum gp_status st;
	struct gp_err why;

	st = gp_text_find(ctx, site->store, list->id, n->template_name, language, &own, err);
	if (st != GP_OK)
		return st;
	st = gp_mail_template_own(ctx, site->templates, gp_asprintf(ctx, "mail/%s/%s.md", language,
	    n->template_name), own->body, strlen(own->body), n->data, text, &why);
	if (st == GP_OK)
		return GP_OK;
	/* It was good when it was put there; our names have changed since. */
	gp_log(GP_LOG_WARN, "event=text-unusable list=%s text=%s what=\"%s\"", list->address,
	    n->template_name, why.msg);
	return GP_E_NOTFOUND;
}

/* The owners' text in the reader's language, theirs in the list's, ours. */
static enum gp_status
write_text(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_notice *n, struct gp_mail_text *text, struct gp_err *err)
{
	const char *language = n->language != NULL ? n->language : list->set.language;
	enum gp_status st = own_text(ctx, site, list, n, language, text, err);

	if (st == GP_E_NOTFOUND && !gp_streq(language, list->set.language))
		st = own_text(ctx, site, list, n, list->set.language, text, err);
	if (st == GP_E_NOTFOUND)
		st = gp_mail_template(ctx, site->templates,
		    gp_asprintf(ctx, "mail/%s.md", n->template_name), language, n->data, text, err);
	return st;
}

enum gp_status
gp_notice_text(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_notice *n, struct gp_mail_text *text, struct gp_err *err)
{
	struct gp_notice words = *n;
	enum gp_status st;

	add_list_data(n->data, ctx, site, list);
	st = gp_dates_in_words(ctx, site->templates, n->language != NULL ? n->language : list->set.language, n->data,
	    &words.data, err);
	return st == GP_OK ? write_text(ctx, site, list, &words, text, err) : st;
}

enum gp_status
gp_notice_send(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_notice *n, int64_t *job_id, struct gp_err *err)
{
	struct gp_compose c;
	struct gp_mail_text text;
	struct gp_job job;
	enum gp_status st;
	size_t len;
	char *whole;

	st = gp_notice_text(ctx, site, list, n, &text, err);
	if (st != GP_OK)
		return st;
	memset(&c, 0, sizeof(c));
	c.from_name = gp_list_title(list);
	c.from_addr = gp_route_address(ctx, site, list, "owner", NULL);
	c.reply_to = n->reply_to;
	c.to_name = n->to_name;
	c.to_addr = n->to_addr;
	c.subject = text.subject;
	c.text = text.text;
	c.html = text.html;
	c.in_reply_to = n->in_reply_to;
	c.domain = list->domain;
	c.date = gp_now();
	c.auto_submitted = n->answer ? "auto-replied" : "auto-generated";
	c.extra = gp_cook_notice_fields(ctx, site, list);
	c.msgid = n->msgid;
	c.enclosures = n->enclosures;
	c.enclosures_n = n->enclosures_n;
	whole = gp_mail_compose(ctx, &c, &len);
	memset(&job, 0, sizeof(job));
	job.list = list->id;
	job.kind = GP_JOB_NOTICE;
	job.subject = text.subject;
	job.created = gp_now();
	job.expires = job.created + site->conf->expire;
	job.flags = (n->answer ? GP_JOB_NULL_SENDER : 0) | (n->secret ? GP_JOB_SECRET : 0);
	if (n->secret)
		job.subject = NULL;
	split(&job, whole, len);
	st = gp_job_add(site->store, &job, err);
	if (st == GP_OK)
		st = gp_job_add_address(site->store, job.id, n->to_addr, n->member, err);
	if (job_id != NULL)
		*job_id = job.id;
	return st;
}
