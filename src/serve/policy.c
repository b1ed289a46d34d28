/* SPDX-License-Identifier: ISC */
/*
 * The DMARC policies of authors' domains, asked of the DNS and remembered for a while. Mail that
 * needs one waits in the queue, all other mail goes on.
 */
#include "config.h"

#include "guildpost/serve.h"

#include <string.h>

enum { SHORTEST = 300, LONGEST = 86400, NOTHING_THERE = 3600, AFTER_FAILURE = 60 };

struct slot {
	char *domain;		/* or NULL */
	enum gp_policy policy;
	int64_t until;
};

struct walk {
	struct walk *next;
	struct gp_policies *all;
	char *domain;
	struct gp_dmarc *dmarc;
	int64_t ttl;		/* of the shortest-lived answer */
};

struct gp_policies {
	struct gp_core *core;
	struct gp_dns *dns;	/* NULL: nobody is asked */
	struct walk *walks;
	struct slot slots[GP_POLICIES];
};

/* One place for each name: what hashes to the same takes it over. */
static struct slot *
slot_of(struct gp_policies *p, const char *domain)
{
	uint32_t hash = 2166136261u;

	for (; *domain != '\0'; domain++)
		hash = (hash ^ (uint32_t)gp_ascii_lower((unsigned char)*domain)) * 16777619u;
	return &p->slots[hash % GP_POLICIES];
}

static void
remember(struct gp_policies *p, const char *domain, enum gp_policy policy, int64_t ttl)
{
	struct slot *slot = slot_of(p, domain);

	if (ttl < SHORTEST)
		ttl = SHORTEST;
	if (ttl > LONGEST)
		ttl = LONGEST;
	TALLOC_FREE(slot->domain);
	slot->domain = gp_strdup(p, domain);
	slot->policy = policy;
	slot->until = gp_now_ms() / 1000 + (policy == GP_POLICY_UNKNOWN ? AFTER_FAILURE : ttl);
}

static void ask(struct walk *w);

static void
end_walk(struct walk *w)
{
	struct gp_policies *p = w->all;
	struct walk **at;

	remember(p, w->domain, w->dmarc->policy, w->ttl);
	gp_log(w->dmarc->policy == GP_POLICY_UNKNOWN ? GP_LOG_WARN : GP_LOG_INFO,
	    "event=dmarc domain=%s policy=%s record=%s", w->domain,
	    gp_policy_names[w->dmarc->policy], w->dmarc->found != NULL ? w->dmarc->found : "none");
	for (at = &p->walks; *at != w;)
		at = &(*at)->next;
	*at = w->next;
	talloc_free(w);
	gp_feeder_poke(p->core->feeder);
}

static void
on_reply(void *arg, const struct gp_dns_reply *reply)
{
	struct walk *w = arg;
	int64_t ttl = reply->n > 0 ? reply->ttl : NOTHING_THERE;

	if (ttl < w->ttl)
		w->ttl = ttl;
	gp_dmarc_answer(w->dmarc, reply->status, reply->v, reply->n);
	if (w->dmarc->query != NULL)
		ask(w);
	else
		end_walk(w);
}

static void
ask(struct walk *w)
{
	gp_dns_ask(w->all->dns, GP_DNS_TXT, w->dmarc->query, on_reply, w);
}

bool
gp_policies_get(struct gp_policies *p, const char *domain, enum gp_policy *out)
{
	struct slot *slot = slot_of(p, domain);
	struct walk *w;

	*out = GP_POLICY_NONE;
	if (p->dns == NULL)
		return true;
	if (gp_strieq(slot->domain, domain) && gp_now_ms() / 1000 < slot->until) {
		*out = slot->policy;
		return true;
	}
	for (w = p->walks; w != NULL; w = w->next)
		if (gp_strieq(w->domain, domain))
			return false;
	w = gp_new(p, struct walk);
	w->all = p;
	w->ttl = LONGEST;
	w->domain = gp_strdup(w, domain);
	/* What is no domain has nobody who could ask for anything. */
	if (gp_dmarc_begin(w, domain, &w->dmarc, NULL) != GP_OK) {
		talloc_free(w);
		return true;
	}
	w->next = p->walks;
	p->walks = w;
	ask(w);
	return false;
}

enum gp_status
gp_policies_new(struct gp_core *core, struct gp_policies **out, struct gp_err *err)
{
	struct gp_policies *p = gp_new(core, struct gp_policies);
	const struct gp_config *conf = core->conf;

	p->core = core;
	*out = p;
	/* In a Maildir nobody checks a policy, unless the config says whom to ask. */
	if (gp_streq(conf->dns, "off") ||
	    (*conf->dns == '\0' && gp_starts(conf->relay, "maildir:")))
		return GP_OK;
	return gp_dns_new(p, core->loop, conf->dns, &p->dns, err);
}
