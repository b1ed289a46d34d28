/* SPDX-License-Identifier: ISC */
/*
 * Questions to the DNS: the only file that includes c-ares. The library tells which sockets it
 * watches; they and its time-outs hang on the event loop.
 */
#include "config.h"

#include "guildpost/base/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { TRY_MS = 3000, TRIES = 2, TICK_MS = 250, SOCKETS = 16 };

struct gp_dns {
	struct gp_loop *loop;
	ares_channel channel;
	struct {
		int fd;
		struct gp_watch *read, *write;
	} socks[SOCKETS];
	struct gp_watch *tick;		/* while something is asked */
	size_t asked;
	bool ending;
};

struct question {
	struct gp_dns *dns;
	enum gp_dns_type type;
	gp_dns_fn *fn;
	void *arg;
	/* The answer, told when the library is out of its own work. */
	struct gp_dns_reply reply;
	char *v[GP_DNS_RECORDS];
};

static const int wire_types[] = {
	[GP_DNS_TXT] = ns_t_txt, [GP_DNS_MX] = ns_t_mx, [GP_DNS_A] = ns_t_a,
	[GP_DNS_AAAA] = ns_t_aaaa, [GP_DNS_PTR] = ns_t_ptr,
};

/* ---- sockets of the library on our loop ------------------------------------------------ */

static void
on_readable(int fd, void *arg)
{
	struct gp_dns *dns = arg;

	ares_process_fd(dns->channel, fd, ARES_SOCKET_BAD);
}

static void
on_writable(int fd, void *arg)
{
	struct gp_dns *dns = arg;

	ares_process_fd(dns->channel, ARES_SOCKET_BAD, fd);
}

static void
watch(struct gp_dns *dns, struct gp_watch **w, int fd, bool write, bool wanted)
{
	if (!wanted)
		TALLOC_FREE(*w);
	else if (*w == NULL)
		*w = talloc_steal(dns, gp_loop_fd(dns->loop, fd, write,
		    write ? on_writable : on_readable, dns));
}

/* What the library wants to know of a socket; neither: it is closed. */
static void
on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct gp_dns *dns = arg;
	size_t i, place = SOCKETS;

	for (i = 0; i < SOCKETS; i++) {
		bool used = dns->socks[i].read != NULL || dns->socks[i].write != NULL;

		if (used && dns->socks[i].fd == fd) {
			place = i;
			break;
		}
		if (!used && place == SOCKETS)
			place = i;
	}
	/* One more than we can watch: its question ends by its time-out. */
	if (place == SOCKETS)
		return;
	dns->socks[place].fd = fd;
	watch(dns, &dns->socks[place].read, fd, false, readable);
	watch(dns, &dns->socks[place].write, fd, true, writable);
}

static void
on_tick(void *arg)
{
	struct gp_dns *dns = arg;

	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/* ---- answers ------------------------------------------------------------------------------ */

static void
keep(struct question *q, char *text)
{
	if (q->reply.n < GP_DNS_RECORDS)
		q->v[q->reply.n++] = text;
}

/* RFC 7208 section 3.3: the strings of one record are joined without blanks. */
static void
keep_txt(struct question *q, const unsigned char *p, int n)
{
	struct ares_txt_ext *all = NULL, *t;
	struct gp_buf b;

	if (ares_parse_txt_reply_ext(p, n, &all) != ARES_SUCCESS)
		return;
	gp_buf_init(&b, q, 64 << 10);
	for (t = all; t != NULL; t = t->next) {
		if (t->record_start && t != all) {
			keep(q, gp_utf8_line(q, b.p, b.len, b.len));
			gp_buf_reset(&b);
		}
		gp_buf_add(&b, t->txt, t->length);
	}
	if (all != NULL)
		keep(q, gp_utf8_line(q, b.p, b.len, b.len));
	ares_free_data(all);
}

static void
keep_mx(struct question *q, const unsigned char *p, int n)
{
	struct ares_mx_reply *all = NULL, *m;

	if (ares_parse_mx_reply(p, n, &all) != ARES_SUCCESS)
		return;
	for (m = all; m != NULL; m = m->next)
		keep(q, gp_asprintf(q, "%d %s", m->priority, m->host));
	ares_free_data(all);
}

static void
keep_addresses(struct question *q, const unsigned char *p, int n)
{
	struct hostent *host = NULL;
	char text[INET6_ADDRSTRLEN];
	int rc = q->type == GP_DNS_A ? ares_parse_a_reply(p, n, &host, NULL, NULL) :
	    ares_parse_aaaa_reply(p, n, &host, NULL, NULL);
	char **a;

	if (rc != ARES_SUCCESS)
		return;
	for (a = host->h_addr_list; *a != NULL; a++)
		if (inet_ntop(host->h_addrtype, *a, text, sizeof(text)) != NULL)
			keep(q, gp_strdup(q, text));
	ares_free_hostent(host);
}

static void
keep_names(struct question *q, const unsigned char *p, int n)
{
	struct hostent *host = NULL;
	char **a;

	if (ares_parse_ptr_reply(p, n, NULL, 0, AF_INET, &host) != ARES_SUCCESS)
		return;
	for (a = host->h_aliases; *a != NULL; a++)
		keep(q, gp_strdup(q, *a));
	if (q->reply.n == 0 && host->h_name != NULL)
		keep(q, gp_strdup(q, host->h_name));
	ares_free_hostent(host);
}

/* The shortest time to live among the answers (RFC 1035 section 4.1); the library doesn't tell it. */
static int64_t
ttl_of(const unsigned char *p, int n)
{
	const unsigned char *at = p + NS_HFIXEDSZ;
	int questions, answers;
	int64_t ttl = -1;

	if (n < NS_HFIXEDSZ)
		return 0;
	questions = p[4] << 8 | p[5];
	answers = p[6] << 8 | p[7];
	while (questions + answers > 0) {
		const int fixed = questions > 0 ? NS_QFIXEDSZ : NS_RRFIXEDSZ;
		char *name;
		long len;
		int64_t t;

		if (ares_expand_name(at, p, n, &name, &len) != ARES_SUCCESS)
			break;
		ares_free_string(name);
		at += len;
		if (p + n - at < fixed)
			break;
		if (questions > 0) {
			questions--;
			at += fixed;
			continue;
		}
		answers--;
		t = (int64_t)at[4] << 24 | at[5] << 16 | at[6] << 8 | at[7];
		if (ttl < 0 || t < ttl)
			ttl = t;
		len = at[8] << 8 | at[9];
		at += fixed;
		if (p + n - at < len)
			break;
		at += len;
	}
	return ttl > 0 ? ttl : 0;
}

/* Out of the library: now whoever asked may ask the next thing or free what he likes. */
static void
tell(void *arg)
{
	struct question *q = arg;

	q->fn(q->arg, &q->reply);
	talloc_free(q);
}

static void
on_answer(void *arg, int status, int timeouts, unsigned char *p, int n)
{
	struct question *q = arg;
	struct gp_dns *dns = q->dns;

	(void)timeouts;
	q->reply.v = (const char *const *)q->v;
	if (status == ARES_ENOTFOUND) {
		q->reply.status = GP_DNS_NO_DOMAIN;
	} else if (status != ARES_SUCCESS && status != ARES_ENODATA) {
		q->reply.status = GP_DNS_FAILED;
	} else if (status == ARES_SUCCESS) {
		if (q->type == GP_DNS_TXT)
			keep_txt(q, p, n);
		else if (q->type == GP_DNS_MX)
			keep_mx(q, p, n);
		else if (q->type == GP_DNS_PTR)
			keep_names(q, p, n);
		else
			keep_addresses(q, p, n);
		q->reply.ttl = ttl_of(p, n);
	}
	if (--dns->asked == 0)
		TALLOC_FREE(dns->tick);
	if (dns->ending)
		tell(q);
	else
		gp_loop_later(dns->loop, tell, q);
}

/* ---- both ends ----------------------------------------------------------------------------- */

static int
dns_free(struct gp_dns *dns)
{
	dns->ending = true;
	if (dns->channel != NULL)
		ares_destroy(dns->channel);
	return 0;
}

enum gp_status
gp_dns_new(const void *ctx, struct gp_loop *loop, const char *servers, struct gp_dns **out,
    struct gp_err *err)
{
	struct ares_options options = {.timeout = TRY_MS, .tries = TRIES, .sock_state_cb = on_socket};
	struct gp_dns *dns;
	int rc = ares_library_init(ARES_LIB_INIT_ALL);

	if (rc != ARES_SUCCESS)
		return gp_fail(err, GP_E_NET, "the DNS library can't start: %s", ares_strerror(rc));
	dns = gp_new(ctx, struct gp_dns);
	dns->loop = loop;
	options.sock_state_cb_data = dns;
	rc = ares_init_options(&dns->channel, &options,
	    ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
	if (rc != ARES_SUCCESS)
		dns->channel = NULL;
	else if (*servers != '\0')
		rc = ares_set_servers_ports_csv(dns->channel, servers);
	talloc_set_destructor(dns, dns_free);
	if (rc != ARES_SUCCESS) {
		talloc_free(dns);
		return gp_fail(err, GP_E_CONFIG, "DNS servers \"%s\": %s", servers, ares_strerror(rc));
	}
	*out = dns;
	return GP_OK;
}

/* The name under which the DNS keeps what an address is called. */
static char *
reverse_name(const void *ctx, const char *address)
{
	unsigned char b[16];
	struct gp_buf name;
	int i;

	gp_buf_init(&name, ctx, 128);
	if (inet_pton(AF_INET, address, b) == 1) {
		gp_buf_printf(&name, "%d.%d.%d.%d.in-addr.arpa", b[3], b[2], b[1], b[0]);
	} else if (inet_pton(AF_INET6, address, b) == 1) {
		for (i = 15; i >= 0; i--)
			gp_buf_printf(&name, "%x.%x.", b[i] & 15, b[i] >> 4);
		gp_buf_puts(&name, "ip6.arpa");
	} else {
		gp_buf_puts(&name, address);
	}
	return name.p;
}

void
gp_dns_ask(struct gp_dns *dns, enum gp_dns_type type, const char *name, gp_dns_fn *fn, void *arg)
{
	struct question *q = gp_new(dns->loop, struct question);

	*q = (struct question){.dns = dns, .type = type, .fn = fn, .arg = arg};
	if (dns->asked++ == 0)
		dns->tick = talloc_steal(dns, gp_loop_timer(dns->loop, TICK_MS, true, on_tick, dns));
	ares_query(dns->channel, type == GP_DNS_PTR ? reverse_name(q, name) : name, ns_c_in,
	    wire_types[type], on_answer, q);
}
