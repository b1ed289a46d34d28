/* SPDX-License-Identifier: ISC */
/* Names for addresses out of titles. */
#include "config.h"

#include "guildpost/base.h"

#include <string.h>

/* A letter without its marks: U+00C0 to U+017F. */
static int
bare_letter(uint32_t cp)
{
	static const char letters[] = "aaaaaaaceeeeiiiidnooooo-ouuuuyts" "aaaaaaaceeeeiiiidnooooo-ouuuuyty"
	    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnn"
	    "oooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

	if (cp < 0x80)
		return gp_ascii_lower((int)cp);
	return cp >= 0xc0 && cp - 0xc0 < sizeof(letters) - 1 ? letters[cp - 0xc0] : '-';
}

char *
gp_slug(const void *ctx, const char *title, size_t max)
{
	struct gp_buf b;
	const char *p, *end = title + strlen(title);
	size_t word = 0, n;
	uint32_t cp;

	gp_buf_init(&b, ctx, max + 1);
	for (p = title; p < end && b.len < max; p += n) {
		int c;

		n = gp_utf8_next(p, (size_t)(end - p), &cp);
		c = n == 0 ? '-' : bare_letter(cp);
		n += n == 0;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			gp_buf_putc(&b, c);
		else if (b.len > 0 && b.p[b.len - 1] != '-') {
			word = b.len;
			gp_buf_putc(&b, '-');
		}
	}
	if (*p != '\0' && word > max / 2)
		gp_buf_cut(&b, word);	/* no half words */
	while (b.len > 0 && b.p[b.len - 1] == '-')
		gp_buf_cut(&b, b.len - 1);
	return b.p;
}
