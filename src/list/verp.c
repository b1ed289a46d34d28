/* SPDX-License-Identifier: ISC */
/*
 * Keyed MACs for what must live as long as a membership: VERP envelope senders (one
 * for each delivery), one-click unsubscribing, and being logged in to the archive. A token is base32 of a few numbers
 * and ten bytes of HMAC over them and the purpose: nobody can read or forge it, case
 * doesn't matter, and list+bounce-TOKEN stays within the 64 octets of a local part
 * (RFC 5321 section 4.5.3.1.1).
 */
#include "config.h"

#include "guildpost/list.h"

#include <string.h>

enum { MAC_BYTES = 10, NUMBERS_MAX = 30 };

static void
mac(const struct gp_site *site, const char *purpose, const char *p, size_t n,
    unsigned char out[GP_SHA256_LEN])
{
	char text[64];
	size_t len = strlen(purpose) + 1;

	memcpy(text, purpose, len);
	memcpy(text + len, p, n);
	gp_hmac(site->secret, sizeof(site->secret), text, len + n, out);
}

static char *
make(const void *ctx, const struct gp_site *site, const char *purpose, const int64_t *v, size_t n)
{
	unsigned char sum[GP_SHA256_LEN];
	struct gp_buf b;
	char *token;
	size_t i;

	gp_buf_init(&b, ctx, NUMBERS_MAX + MAC_BYTES);
	for (i = 0; i < n; i++)
		gp_pack_u(&b, (uint64_t)v[i]);
	mac(site, purpose, b.p, b.len, sum);
	gp_buf_add(&b, sum, MAC_BYTES);
	token = gp_base32(ctx, b.p, b.len);
	talloc_free(b.p);
	return token;
}

static bool
read_back(const struct gp_site *site, const char *purpose, const char *token, int64_t *v, size_t n)
{
	unsigned char bytes[NUMBERS_MAX + MAC_BYTES], sum[GP_SHA256_LEN];
	struct gp_unpack u;
	size_t len, i;

	if (!gp_base32_parse(token, strlen(token), bytes, sizeof(bytes), &len) || len <= MAC_BYTES)
		return false;
	len -= MAC_BYTES;
	mac(site, purpose, (char *)bytes, len, sum);
	if (!gp_ct_equal(sum, bytes + len, MAC_BYTES))
		return false;
	u = (struct gp_unpack){(char *)bytes, len, false};
	for (i = 0; i < n; i++)
		v[i] = (int64_t)gp_unpack_u(&u);
	return !u.bad && u.n == 0;
}

char *
gp_verp_token(const void *ctx, const struct gp_site *site, int64_t job, int64_t member)
{
	return make(ctx, site, "verp", (int64_t[]){job, member}, 2);
}

bool
gp_verp_parse(const struct gp_site *site, const char *token, int64_t *job, int64_t *member)
{
	int64_t v[2];

	if (!read_back(site, "verp", token, v, 2))
		return false;
	*job = v[0];
	*member = v[1];
	return true;
}

char *
gp_one_click_token(const void *ctx, const struct gp_site *site, int64_t member)
{
	return make(ctx, site, "one-click", &member, 1);
}

char *
gp_session_token(const void *ctx, const struct gp_site *site, int64_t person, int64_t session,
    int64_t expires)
{
	return make(ctx, site, "session", (int64_t[]){person, session, expires}, 3);
}

bool
gp_session_parse(const struct gp_site *site, const char *token, int64_t *person, int64_t *session,
    int64_t *expires)
{
	int64_t v[3];

	if (!read_back(site, "session", token, v, 3))
		return false;
	*person = v[0];
	*session = v[1];
	*expires = v[2];
	return true;
}

bool
gp_one_click_parse(const struct gp_site *site, const char *token, int64_t *member)
{
	return read_back(site, "one-click", token, member, 1);
}
