/* SPDX-License-Identifier: ISC */
/*
 * The brake. When one provider turns many away at once for the same reason, or a posting comes back
 * from a tenth of all, it is our trouble or theirs, and no member's: what was counted is taken back, and
 * the owners are told once, with the provider's own words. (In 2014 one provider's new policy
 * took whole lists apart in a week.)
 */
#include "config.h"

#include "bounce.h"

enum { DAY = 86400, REFUSALS = 3 };	/* of one posting that the owners hear of */

static bool
is_of_sender(enum gp_bounce category)
{
	return category == GP_BOUNCE_POLICY || category == GP_BOUNCE_CONTENT;
}

/* Who wrote what came back, and what it was. */
static enum gp_status
add_post(const struct gp_failed *f, json_t *data)
{
	struct gp_message *m;
	struct gp_job *job;
	enum gp_status st = gp_job_find(f->ctx, f->site->store, f->job, false, &job, f->err);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_json_text(data, "subject", job->subject);
	if (job->message == 0)
		return GP_OK;
	st = gp_message_find_id(f->ctx, f->site->store, job->message, &m, f->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_json_text(data, "author_domain", gp_addr_domain(m->from_addr));
	return GP_OK;
}

static enum gp_status
tell(const struct gp_failed *f, int64_t job, const char *domain, int64_t n)
{
	json_t *data = gp_json_object(f->ctx);
	enum gp_status st = GP_OK;

	gp_json_int(data, "count", n);
	gp_json_bool(gp_json_new_object(data, "category_is"), gp_bounce_names[f->category], true);
	gp_json_text(data, "why", f->text);
	if (*domain != '\0')
		gp_json_text(data, "domain", domain);
	if (job != 0)
		st = add_post(f, data);
	gp_log(GP_LOG_WARN, "event=brake list=%s job=%lld domain=%s category=%s", f->list->address,
	    (long long)job, domain, gp_bounce_names[f->category]);
	if (st == GP_OK)
		st = gp_bounce_log(f, GP_VERB_BRAKE, gp_bounce_names[f->category]);
	return st == GP_OK ? gp_bounce_tell_owners(f, "bounce-brake", data) : st;
}

/* On for this list, too; its owners hear of it the first time. */
static enum gp_status
set(const struct gp_failed *f, int64_t job, const char *domain, int64_t n)
{
	enum gp_status st;
	bool is_new;

	st = gp_brake_set(f->site->store, f->list->id, job, domain, (int)f->category, gp_now(), &is_new,
	    f->err);
	return st == GP_OK && is_new ? tell(f, job, domain, n) : st;
}

enum gp_status
gp_brake_is_on(const struct gp_failed *f, const char *domain, bool *on)
{
	struct gp_store *s = f->site->store;
	enum gp_status st = GP_OK;
	int64_t n, of;

	*on = false;
	if (f->list->set.bounce_brake == 0 || is_of_sender(f->category))
		return GP_OK;
	if (f->job != 0)
		st = gp_brake_find(s, f->job, "", (int)f->category, 0, on, f->err);
	if (st != GP_OK || *on || *domain == '\0')
		return st;
	st = gp_brake_find(s, 0, domain, (int)f->category, gp_now() - DAY, on, f->err);
	if (st == GP_OK && *on)
		st = gp_bounced_count(s, 0, domain, (int)f->category, gp_now() - DAY, &n, &of, f->err);
	/* It stays on while they go on. */
	return st == GP_OK && *on ? set(f, 0, domain, n) : st;
}

/* Of one posting (domain "") or one provider (job 0). */
static enum gp_status
check(const struct gp_failed *f, int64_t job, const char *domain, bool *on)
{
	int64_t since = gp_now() - DAY, n, of, least = f->list->set.bounce_brake;
	enum gp_status st;

	if (job != 0 && is_of_sender(f->category) && least > REFUSALS)
		least = REFUSALS;
	st = gp_bounced_count(f->site->store, job, domain, (int)f->category, since, &n, &of, f->err);
	if (st != GP_OK || n < least)
		return st;
	if (!is_of_sender(f->category) && n * 10 <= of)
		return GP_OK;
	*on = true;
	st = gp_bounced_take_back(f->site->store, job, domain, (int)f->category, since, f->err);
	return st == GP_OK ? set(f, job, domain, n) : st;
}

enum gp_status
gp_brake_check(const struct gp_failed *f, const char *domain, bool *on)
{
	enum gp_status st = GP_OK;

	if (*on || f->list->set.bounce_brake == 0)
		return GP_OK;
	if (f->job != 0)
		st = check(f, f->job, "", on);
	return st == GP_OK && !*on && *domain != '\0' ? check(f, 0, domain, on) : st;
}
