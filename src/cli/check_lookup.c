/* SPDX-License-Identifier: ISC */
/*
 * The DNS for somebody who waits: questions are asked side by side on an event loop of their own,
 * each only once, and their answers kept. Nothing hangs: when the time for all is over, what is
 * open or asked later counts as not answered.
 */
#include "config.h"

#include "check.h"

struct question {
	struct question *next;
	enum gp_dns_type type;
	char *name;
	bool done;
	struct gp_dns_reply reply;
};

struct gp_lookup {
	struct gp_loop *loop;
	struct gp_dns *dns;		/* NULL: the time is over */
	struct question *asked;
};

static void
on_reply(void *arg, const struct gp_dns_reply *reply)
{
	struct question *q = arg;
	const char **v = gp_array(q, const char *, reply->n + 1);
	size_t i;

	for (i = 0; i < reply->n; i++)
		v[i] = gp_strdup(q, reply->v[i]);
	q->reply = *reply;
	q->reply.v = v;
	q->done = true;
}

static void
on_late(void *arg)
{
	struct gp_lookup *l = arg;

	TALLOC_FREE(l->dns);	/* which answers everything */
}

/* The resolver first, as it still answers questions when it goes. */
static int
lookup_free(struct gp_lookup *l)
{
	TALLOC_FREE(l->dns);
	return 0;
}

enum gp_status
gp_lookup_new(const void *ctx, const struct gp_config *conf, struct gp_lookup **out,
    struct gp_err *err)
{
	struct gp_lookup *l = gp_new(ctx, struct gp_lookup);
	enum gp_status st;

	l->loop = gp_loop_new(l);
	st = gp_dns_new(l, l->loop, conf->dns, &l->dns, err);
	if (st != GP_OK) {
		talloc_free(l);
		return st;
	}
	talloc_set_destructor(l, lookup_free);
	gp_loop_timer(l->loop, GP_LOOKUP_SECONDS * 1000, false, on_late, l);
	*out = l;
	return GP_OK;
}

static struct question *
ask(struct gp_lookup *l, enum gp_dns_type type, const char *name)
{
	struct question *q;

	for (q = l->asked; q != NULL; q = q->next)
		if (q->type == type && gp_strieq(q->name, name))
			return q;
	q = gp_new(l, struct question);
	*q = (struct question){.next = l->asked, .type = type, .name = gp_strdup(q, name),
	    .reply = {.status = GP_DNS_FAILED}};
	l->asked = q;
	if (l->dns != NULL)
		gp_dns_ask(l->dns, type, q->name, on_reply, q);
	return q;
}

void
gp_lookup_ahead(struct gp_lookup *l, enum gp_dns_type type, const char *name)
{
	(void)ask(l, type, name);
}

const struct gp_dns_reply *
gp_lookup(struct gp_lookup *l, enum gp_dns_type type, const char *name)
{
	struct question *q = ask(l, type, name);

	while (!q->done && l->dns != NULL)
		gp_loop_once(l->loop, -1);
	return &q->reply;
}
