/* SPDX-License-Identifier: ISC */
/*
 * An erased person in the mail of others: addressed, quoted, encoded, enclosed. Nothing of the
 * address or the name is left in any column or blob, and a rebuild finds it as it stands.
 */
#include "store.h"
#include "../../src/store/private.h"

#include "guildpost/render.h"

#define ADDRESS "ann@example.net"
#define NAME "Ann M\xc3\xbcller"

static const char own[] =
    "From: =?utf-8?q?Ann_M=C3=BCller?= <Ann@Example.net>\r\nTo: bees@example.org\r\n"
    "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nSubject: Swarms\r\nMessage-ID: <1@x.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "Honey is sweet.\r\n\r\n-- \r\n" NAME "\r\nann at example.net\r\n";

/* As Gmail wraps it; and an In-Reply-To of the last century. */
static const char bobs[] =
    "Received: from mx.example.org by bees.example.org for <ann@example.net>;\r\n"
    " Mon, 23 Nov 2026 11:00:00 +0000\r\nFrom: Bob <bob@example.org>\r\n"
    "To: =?utf-8?q?Ann_M=C3=BCller?= <ann@example.net>,\r\n Bees <bees@example.org>\r\n"
    "Cc: ANN@EXAMPLE.NET\r\nX-Original-To: ann@example.net\r\nX-Keep: yes\r\n"
    "Date: Mon, 23 Nov 2026 11:00:00 +0000\r\nSubject: Re: Swarms\r\nMessage-ID: <2@x.example>\r\n"
    "In-Reply-To: Message of Monday from Ann <ann@example.net> <1@x.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "On Mon, 23 Nov 2026 at 10:00, Ann\r\nM\xc3\xbcller <ann@example.net> wrote:\r\n"
    "> Honey is sweet.\r\n>\r\n> -- \r\n> " NAME "\r\n> ann at example.net\r\n\r\nIt is.\r\n";

/* Latin-1 in quoted-printable, the address across a soft line end. */
static const char carols[] =
    "From: carol@example.org\r\nTo: \"=?iso-8859-1?Q?Ann_M=FCller?=\" <ann@example.net>\r\n"
    "Reply-To: bees@example.org, ann@example.net\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
    "Subject: =?utf-8?q?What_ann=40example=2Enet_said?=\r\nMessage-ID: <3@x.example>\r\n"
    "References: <1@x.example> <ann@example.net>\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    "Am Montag schrieb Ann M=FCller <ann=40exa=\r\nmple.net>:\r\n> Honey is sweet.\r\n\r\n"
    "Gr=FC=DFe =3D greetings\r\n";

/* Base64 in UTF-8, HTML, a patch, a picture, a mail enclosed. */
static const char daves[] =
    "From: Dave <dave@example.org>\r\nTo: bees@example.org\r\n"
    "Date: Mon, 23 Nov 2026 13:00:00 +0000\r\nSubject: Re: Swarms\r\nMessage-ID: <4@x.example>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"
    "--c\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    /* "Ann Müller <ann@example.net> wrote:\n> wax burns\n\nSo it does.\n" */
    "QW5uIE3DvGxsZXIgPGFubkBleGFtcGxlLm5ldD4gd3JvdGU6Cj4gd2F4IGJ1cm5zCgpTbyBpdCBk\r\nb2VzLgo=\r\n"
    "--c\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<p>" NAME " &lt;<a href=\"mailto:ann%40example.net\">ann&#64;example.net</a>&gt; wrote:</p>"
    "<blockquote>wax burns</blockquote><p>So it does.</p>\r\n--c--\r\n"
    "--b\r\nContent-Type: text/x-patch; name=\"ann@example.net, 2.patch\"\r\n"
    "Content-Disposition: attachment; filename=\"ann@example.net, 2.patch\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n"
    /* "Signed-off-by: Ann Müller <ann@example.net>\n" */
    "U2lnbmVkLW9mZi1ieTogQW5uIE3DvGxsZXIgPGFubkBleGFtcGxlLm5ldD4K\r\n"
    "--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "iVBORwAAAAA=\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\n"
    "From: " NAME " <ann@example.net>\r\nTo: carol@example.org\r\nSubject: private\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nWrite to ann=40example.net =3D me\r\n"
    "--b--\r\n";

/* No address but that of the list: by name only, and through a list that writes its own From. */
static const char eves[] =
    "From: Eve <eve@example.org>\r\nTo: bees@example.org\r\n"
    "Date: Mon, 23 Nov 2026 14:00:00 +0000\r\nSubject: Re: Swarms\r\nMessage-ID: <5@x.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n" NAME " wrote:\r\n> Honey is sweet.\r\nYes.\r\n";
static const char munged[] =
    "From: \"=?utf-8?q?Ann_M=C3=BCller?= via Bees\" <bees@example.org>\r\n"
    "Reply-To: " NAME " <ann@example.net>\r\nTo: bees@example.org\r\n"
    "Date: Mon, 23 Nov 2026 15:00:00 +0000\r\nSubject: Wax\r\nMessage-ID: <6@x.example>\r\n\r\n"
    "Wax burns.\r\n";

/* Others, who must not change by a byte. */
static const char others[] =
    "From: Jo Ann <joann@example.net>\r\nTo: ann@example.net.org, big.ann@example.net\r\n"
    "Date: Mon, 23 Nov 2026 16:00:00 +0000\r\nSubject: Re: Swarms\r\nMessage-ID: <7@x.example>\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    "I think that " NAME " knows =\r\nmore. ann@example.netx =3D x\r\n";

static int64_t
put(struct fixture *f, struct gp_list *list, const char *raw)
{
	struct gp_archived a = {0};
	struct gp_mail m;

	OK(gp_derive(f, raw, strlen(raw), &m, err));
	OK(gp_archive_add(f, f->s, list, &m, raw, strlen(raw), NOW, &a, err));
	return a.id;
}

static void
erase(struct fixture *f, int64_t want)
{
	struct gp_person *p = NULL;
	int64_t messages = -1;

	OK(gp_person_find(f, f->s, ADDRESS, &p, err));
	OK(gp_store_begin(f->s, err));
	OK(gp_person_erase(f->s, p->id, &messages, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(messages, want);
	gp_store_close(f->s);
	OK(gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
}

/* ---- everything that is in the file ------------------------------------------------------- */

/* None of it is there, in letters of any size. */
static void
expect_none(const char *where, const char *p, size_t n)
{
	static const char *const words[] = {ADDRESS, "ann=", "ann%40", "ann&#64;", "ann at ",
	    "ller", "llern", "ann@"};
	char *small = gp_memdup(NULL, p, n);
	const char *hit;
	size_t i;

	for (i = 0; i < n; i++)
		small[i] = (char)gp_ascii_lower(small[i]);
	for (i = 0; i < GP_COUNT(words); i++)
		if ((hit = gp_memmem(small, n, words[i], strlen(words[i]))) != NULL)
			fail_msg("%s holds %s: %.40s ... %.60s", where, words[i],
			    hit - small > 40 ? hit - 40 : small, hit);
	talloc_free(small);
}

static void
look_at_rows(struct fixture *f, const char *table)
{
	char *sql = gp_asprintf(f, "SELECT * FROM \"%s\"", table), *plain;
	sqlite3_stmt *st;
	size_t n;
	int i;

	assert_int_equal(sqlite3_prepare_v2(f->s->db, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		for (i = 0; i < sqlite3_column_count(st); i++) {
			const char *p = sqlite3_column_blob(st, i);
			size_t len = (size_t)sqlite3_column_bytes(st, i);

			sql = gp_asprintf(f, "%s.%s", table, sqlite3_column_name(st, i));
			expect_none(sql, p != NULL ? p : "", len);
			if (len > 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0) {
				OK(gp_zip_unpack(f, f->s, p, len, &plain, &n, err));
				expect_none(sql, plain, n);
			}
		}
	sqlite3_finalize(st);
}

static void
look_at_everything(struct fixture *f)
{
	sqlite3_stmt *st;
	int64_t terms;

	assert_int_equal(sqlite3_prepare_v2(f->s->db, "SELECT name FROM sqlite_schema WHERE "
	    "type = 'table' AND name <> 'search'", -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		look_at_rows(f, (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	OK(gp_sql_script(f->s, "CREATE VIRTUAL TABLE temp.w USING fts5vocab(main, search, row)", err));
	OK(gp_sql_int(f->s, &terms, "SELECT count(*) FROM temp.w WHERE term LIKE 'ann%' OR "
	    "term LIKE '%ller'", GP_NOARGS, err));
	assert_int_equal(terms, 0);
	OK(gp_sql_script(f->s, "DROP TABLE temp.w", err));
	OK(gp_sql_script(f->s, "INSERT INTO search(search, rank) VALUES('integrity-check', 0)", err));
}

/* ---- the same as a rebuild gives ---------------------------------------------------------- */

static struct gp_buf *
packed(struct fixture *f, struct gp_mail *m)
{
	struct gp_buf *b = gp_buf_new(f, GP_MAX_FRAME);

	if (gp_starts(m->from_addr, "erased@"))
		gp_archive_nameless(m);
	gp_derive_words(f, m);
	m->files = gp_mail_file_names(f, m);
	gp_mail_pack(b, m);
	return b;
}

static int64_t
entry_of(struct fixture *f, int64_t id)
{
	int64_t n;

	OK(gp_sql_int(f->s, &n, "SELECT entry FROM node WHERE id = ?1", GP_ARGS(GP_INT(id)), err));
	return n;
}

/* What is stored is what a parser makes of the bytes now; so nothing changes in a rebuild. */
static char *
expect_rebuilt(struct fixture *f, int64_t id)
{
	struct gp_mail m, again;
	struct gp_buf *a, *b;
	struct gp_message *before, *after;
	char *raw, *raw2, *bytes;
	size_t n, n2, i;
	int64_t entry = entry_of(f, id);

	OK(gp_message_mail(f, f->s, id, &m, &raw, &n, err));
	OK(gp_message_find_id(f, f->s, id, &before, err));
	OK(gp_derive(f, raw, n, &again, err));
	a = packed(f, &m);
	b = packed(f, &again);
	assert_string_equal(m.text, again.text);
	assert_string_equal(m.own, again.own);
	assert_string_equal(before->snippet, again.snippet);
	assert_int_equal(before->size, n);
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->p, b->p, a->len);
	for (i = 0; i < m.parts_n; i++) {
		OK(gp_cte_decode(f, m.parts[i].cte, raw + m.parts[i].body, m.parts[i].len, 1 << 20,
		    &bytes, &n2, err));
		expect_none("a part", bytes, n2);
	}
	OK(gp_store_begin(f->s, err));
	OK(gp_archive_rederive(f->s, id, &again, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_message_raw(f, f->s, id, &raw2, &n2, err));
	assert_int_equal(n, n2);
	assert_memory_equal(raw, raw2, n);
	OK(gp_message_find_id(f, f->s, id, &after, err));
	assert_string_equal(before->from_name, after->from_name);
	assert_string_equal(before->subject, after->subject);
	assert_int_equal(entry_of(f, id), entry);
	return raw;
}

static struct gp_list *
begin(struct fixture *f)
{
	struct gp_list *list = NULL;
	int64_t id;

	OK(gp_store_begin(f->s, err));
	OK(gp_list_create(f, f->s, "bees@example.org", &list, err));
	OK(gp_member_add(f->s, list->id, ADDRESS, NAME, 0, 0, NOW, &id, err));
	return list;
}

static void
expect_has(const char *raw, const char *want)
{
	if (strstr(raw, want) == NULL)
		fail_msg("no %s in: %s", want, raw);
}

static void
test_mail(void **state)
{
	static const char *const all[] = {own, bobs, carols, daves, eves, munged};
	struct fixture *f = *state;
	struct gp_list *list = begin(f);
	int64_t id[GP_COUNT(all)];
	char *raw[GP_COUNT(all)];
	struct gp_hits hits = {0};
	size_t i;

	for (i = 0; i < GP_COUNT(all); i++)
		id[i] = put(f, list, all[i]);
	OK(gp_store_commit(f->s, err));
	erase(f, 1);
	look_at_everything(f);
	for (i = 0; i < GP_COUNT(all); i++)
		raw[i] = expect_rebuilt(f, id[i]);
	look_at_everything(f);

	expect_has(raw[0], "Honey is sweet.\r\n\r\n-- \r\nsomeone who left\r\nerased@invalid\r\n");
	expect_has(raw[1], "\r\nTo: Bees <bees@example.org>\r\n");
	expect_has(raw[1], "\r\nX-Keep: yes\r\n");
	expect_has(raw[1], "\r\nIn-Reply-To: <1@x.example>\r\n");
	expect_has(raw[1], "10:00, someone who left\r\n <erased@invalid> wrote:\r\n> Honey");
	expect_has(raw[1], "\r\n> someone who left\r\n> erased@invalid\r\n\r\nIt is.\r\n");
	assert_null(strstr(raw[1], "Cc:"));
	assert_null(strstr(raw[1], "X-Original-To:"));
	assert_null(strstr(raw[2], "\r\nTo:"));
	expect_has(raw[2], "\r\nReply-To: bees@example.org\r\n");
	expect_has(raw[2], "\r\nSubject: What erased@invalid said\r\n");
	expect_has(raw[2], "\r\nReferences: <1@x.example>\r\n");
	expect_has(raw[2], "Am Montag schrieb someone who left <erased@invalid>:\r\n> Honey");
	expect_has(raw[2], "Gr=FC=DFe =3D greetings\r\n");
	expect_has(raw[3], "filename=\"erased@invalid, 2.patch\"");
	expect_has(raw[3], "iVBORwAAAAA=\r\n--b\r\n");
	expect_has(raw[3], "From: \"someone who left\" <erased@invalid>\r\nTo: carol@example.org\r\n");
	expect_has(raw[3], "Write to erased@invalid =3D me\r\n--b--\r\n");
	expect_has(raw[4], "\r\n\r\nsomeone who left wrote:\r\n> Honey is sweet.\r\nYes.\r\n");
	expect_has(raw[5], "someone who left via Bees");
	OK(gp_search_run(f, f->s, &(struct gp_search){.query = "sweet", .limit = 10, .now = NOW}, &hits,
	    err));
	assert_int_equal(hits.n, 4);
}

/* ---- who is not meant --------------------------------------------------------------------- */

static void
test_others(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = begin(f);
	int64_t id = put(f, list, others);
	char *raw;
	size_t n;

	OK(gp_store_commit(f->s, err));
	erase(f, 0);
	OK(gp_message_raw(f, f->s, id, &raw, &n, err));
	assert_string_equal(raw, others);
	assert_int_equal(entry_of(f, id), 0);
}

/* ---- outside of the archive --------------------------------------------------------------- */

static void
add_texts(struct fixture *f, struct gp_list *list, int64_t hold)
{
	struct gp_vote vote = {.who = gp_strdup(f, "bob@example.org"),
	    .reason = gp_strdup(f, "ask ann@example.net"), .time = NOW};
	int64_t n, no;

	OK(gp_hold_vote(f->s, hold, &vote, &n, &no, err));
	OK(gp_text_put(f->s, list->id, "welcome", "en", "Write to Ann@Example.net.", "", NOW, &n, err));
	OK(gp_list_set(f->s, list, "description", "bees of ann@example.net", err));
	OK(gp_act_add(f->s, &(struct gp_act_record){.list = list->id, .who = "command line",
	    .verb = "set", .what = "name", .detail = "from " NAME " <ann@example.net> on"}, err));
}

static void
test_records(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = begin(f), *again;
	struct gp_hold h = {.list = list->id, .from_addr = gp_strdup(f, "bob@example.org"),
	    .subject = gp_strdup(f, "to ann@example.net"), .msgid = gp_strdup(f, "2@x.example"),
	    .snippet = gp_strdup(f, "On Monday ann@example.net wrote"), .created = NOW,
	    .expires = NOW + 99}, *held;
	struct gp_job job = {.list = list->id, .kind = GP_JOB_POST, .created = NOW, .expires = NOW + 9,
	    .header = gp_strdup(f, "From: " NAME " <ann@example.net>\r\nSubject: x\r\n"),
	    .body = gp_strdup(f, "Of ann@example.net.\r\n")}, *queued;
	struct gp_buf wire;
	struct gp_mail m;
	struct gp_str bytes;
	char *raw;
	size_t n;

	gp_buf_init(&wire, f, GP_MAX_FRAME);
	OK(gp_derive(f, bobs, strlen(bobs), &m, err));
	gp_mail_pack(&wire, &m);
	OK(gp_hold_add(f->s, &h, bobs, strlen(bobs), (struct gp_str){wire.p, wire.len}, err));
	add_texts(f, list, h.id);
	job.header_n = strlen(job.header);
	job.body_n = strlen(job.body);
	OK(gp_job_add(f->s, &job, err));
	OK(gp_job_add_address(f->s, job.id, "bob@example.org", 0, err));
	OK(gp_store_commit(f->s, err));
	erase(f, 0);
	look_at_everything(f);

	/* It can still be read and sent, and is known when it comes again as it is now. */
	OK(gp_hold_raw(f, f->s, h.id, &raw, &n, &bytes, err));
	OK(gp_mail_unpack(f, bytes, raw, n, &m, err));
	assert_string_equal(m.to.v[0].addr, "bees@example.org");
	OK(gp_hold_find(f, f->s, h.id, &held, err));
	assert_int_equal(held->state, GP_HOLD_WAITING);
	assert_int_equal(held->size, n);
	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_EXISTS, gp_hold_add(f->s, &h, raw, n, bytes, err));
	gp_store_rollback(f->s);
	OK(gp_job_find(f, f->s, job.id, true, &queued, err));
	assert_int_equal(queued->header_n, strlen(queued->header));
	assert_string_equal(queued->header,
	    "From: \"someone who left\" <erased@invalid>\r\nSubject: x\r\n");
	assert_int_equal(queued->body_n, strlen("Of erased@invalid.\r\n"));
	assert_memory_equal(queued->body, "Of erased@invalid.\r\n", queued->body_n);
	OK(gp_list_find_id(f, f->s, list->id, &again, err));
	assert_string_equal(again->set.description, "bees of erased@invalid");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_mail),
		STORE_TEST(test_others),
		STORE_TEST(test_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
