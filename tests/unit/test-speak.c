/* SPDX-License-Identifier: ISC */
/* What a list itself says: in text and in HTML, and known as a parser would know it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

static void
same_parts(const struct gp_mail *kept, const struct gp_mail *read)
{
	size_t i;

	assert_int_equal(kept->parts_n, read->parts_n);
	for (i = 0; i < kept->parts_n; i++) {
		const struct gp_part *a = &kept->parts[i], *b = &read->parts[i];

		assert_string_equal(a->type, b->type);
		assert_int_equal(a->index, b->index);
		assert_int_equal(a->parent, b->parent);
		assert_int_equal(a->depth, b->depth);
		assert_int_equal(a->cte, b->cte);
		assert_int_equal(a->flags, b->flags);
		assert_int_equal(a->head, b->head);
		assert_int_equal(a->body, b->body);
		assert_int_equal(a->len, b->len);
		assert_int_equal(a->size, b->size);
	}
}

static void
test_said(void **state)
{
	struct place *p = *state;
	struct gp_notice n = {.template_name = "decided", .data = gp_json_object(p->ctx)};
	struct gp_outcome out;
	struct gp_mail kept, read;
	struct gp_err err;
	size_t len;
	char *raw;

	post(p, ANN, "q", NULL, "Shall we *buy* an extractor? M\xc3\xbcller asks #decide", "Say yes or no.\n");
	n.in_reply_to = "q@x.example";
	gp_json_text(n.data, "title", "Shall we *buy* an extractor? M\xc3\xbcller asks");
	gp_json_text(n.data, "plain_title", "Shall we *buy* an extractor? M\xc3\xbcller asks");
	gp_json_text(n.data, "outcome", "agreed");
	gp_json_bool(n.data, "to_all", true);
	json_object_set_new(n.data, "outcome_is", json_pack("{s:b}", "agreed", 1));
	gp_json_int(n.data, "yes_count", 2);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_says(p->ctx, p->site, p->bees, &n, &out, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	must(gp_message_mail(p->ctx, p->site->store, out.message, &kept, &raw, &len, &err), &err);
	must(gp_mail_parse(p->ctx, raw, len, &read, &err), &err);
	same_parts(&kept, &read);
	assert_int_equal(kept.parts_n, 3);
	assert_string_equal(kept.subject, read.subject);
	assert_string_equal(kept.from_addr, read.from_addr);
	assert_int_equal(kept.from.n, 1);
	assert_int_equal(kept.to.n, 1);
	assert_string_equal(kept.from.v[0].name, read.from.v[0].name);
	assert_string_equal(kept.to.v[0].addr, read.to.v[0].addr);
	assert_string_equal(kept.text, read.text);
	HAS(kept.text, "\n*Agreed.*\n");
	/* On pages, as the Markdown that it was; a star that somebody wrote is a star. */
	HAS(kept.html, "<strong>Agreed.</strong>");
	HAS(kept.html, "*buy*");
	assert_null(strstr(kept.html, "<!doctype"));
	HAS(read.html, "<!doctype html>");
	assert_true((kept.flags & GP_MAIL_AUTO) != 0 && (read.flags & GP_MAIL_AUTO) != 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
