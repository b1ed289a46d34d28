/* SPDX-License-Identifier: ISC */
/* Chance, hashes and tokens. The only file that includes nettle. */
#include "config.h"

#include "guildpost/base.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/random.h>

static struct {
	bool seeded;
	uint64_t seed, counter;
} fake;

struct gp_sha256 {
	struct sha256_ctx h;
};

void
gp_random_seed(uint64_t seed)
{
	fake.seeded = true;
	fake.seed = seed;
	fake.counter = 0;
}

/* Testing only: hashes of a counter, the same for the same seed. */
static void
random_fake(unsigned char *out, size_t n)
{
	unsigned char block[GP_SHA256_LEN];
	uint64_t in[2];
	size_t take;

	while (n > 0) {
		in[0] = fake.seed;
		in[1] = fake.counter++;
		gp_sha256(in, sizeof(in), block);
		take = n < sizeof(block) ? n : sizeof(block);
		memcpy(out, block, take);
		out += take;
		n -= take;
	}
}

void
gp_random(void *out, size_t n)
{
	unsigned char *p = out;
	ssize_t got;

	if (fake.seeded) {
		random_fake(out, n);
		return;
	}
	while (n > 0) {
		got = getrandom(p, n > 256 ? 256 : n, 0);
		if (got <= 0)
			continue; /* only EINTR is possible once the pool is up */
		p += got;
		n -= (size_t)got;
	}
}

void
gp_sha256(const void *p, size_t n, unsigned char out[GP_SHA256_LEN])
{
	struct sha256_ctx h;

	sha256_init(&h);
	sha256_update(&h, n, p);
	sha256_digest(&h, GP_SHA256_LEN, out);
}

struct gp_sha256 *
gp_sha256_new(const void *ctx)
{
	struct gp_sha256 *h = gp_new(ctx, struct gp_sha256);

	sha256_init(&h->h);
	return h;
}

void
gp_sha256_add(struct gp_sha256 *h, const void *p, size_t n)
{
	sha256_update(&h->h, n, p);
}

void
gp_sha256_end(struct gp_sha256 *h, unsigned char out[GP_SHA256_LEN])
{
	sha256_digest(&h->h, GP_SHA256_LEN, out);
}

void
gp_hmac(const void *key, size_t keylen, const void *p, size_t n, unsigned char out[GP_SHA256_LEN])
{
	struct hmac_sha256_ctx h;

	hmac_sha256_set_key(&h, keylen, key);
	hmac_sha256_update(&h, n, p);
	hmac_sha256_digest(&h, GP_SHA256_LEN, out);
}

bool
gp_ct_equal(const void *a, const void *b, size_t n)
{
	return memeql_sec(a, b, n) != 0;
}

static const char base32_digits[] = "abcdefghijklmnopqrstuvwxyz234567";

char *
gp_base32(const void *ctx, const void *p, size_t n)
{
	const unsigned char *in = p;
	char *out = gp_array(ctx, char, n * 8 / 5 + 2);
	size_t used = 0, i;
	unsigned bits = 0, acc = 0;

	for (i = 0; i < n; i++) {
		acc = (acc << 8 | in[i]) & 0xffff;
		for (bits += 8; bits >= 5; bits -= 5)
			out[used++] = base32_digits[acc >> (bits - 5) & 31];
	}
	if (bits > 0)
		out[used++] = base32_digits[acc << (5 - bits) & 31];
	return out;
}

bool
gp_base32_parse(const char *s, size_t n, unsigned char *out, size_t max, size_t *len)
{
	unsigned bits = 0, acc = 0;
	size_t used = 0, i;

	for (i = 0; i < n; i++) {
		const char *d = memchr(base32_digits, gp_ascii_lower((unsigned char)s[i]), 32);

		if (d == NULL)
			return false;
		acc = (acc << 5 | (unsigned)(d - base32_digits)) & 0xffff;
		bits += 5;
		if (bits >= 8) {
			if (used == max)
				return false;
			out[used++] = (unsigned char)(acc >> (bits - 8));
			bits -= 8;
		}
	}
	*len = used;
	return true;
}

char *
gp_base64(const void *ctx, const void *p, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = p;
	char *out = gp_array(ctx, char, (n + 2) / 3 * 4 + 1), *o = out;
	size_t i;

	for (i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)in[i] << 16;

		if (i + 1 < n)
			v |= (uint32_t)in[i + 1] << 8;
		if (i + 2 < n)
			v |= in[i + 2];
		*o++ = digits[v >> 18];
		*o++ = digits[v >> 12 & 63];
		*o++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
		*o++ = i + 2 < n ? digits[v & 63] : '=';
	}
	return out;
}

char *
gp_token_new(const void *ctx)
{
	unsigned char bytes[GP_TOKEN_BYTES];

	gp_random(bytes, sizeof(bytes));
	return gp_base32(ctx, bytes, sizeof(bytes));
}
