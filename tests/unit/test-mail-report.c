/* SPDX-License-Identifier: ISC */
/* Reports read: delivery status, complaints, receipts, notices in words; and much that is none. */
#include "config.h"

#include "guildpost/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define DAEMON "From: MAILER-DAEMON@mx.example.net\n"
#define REPORT(type) DAEMON "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n" \
	"Content-Type: multipart/report; report-type=" type "; boundary=b\n\n--b\n\nSorry.\n\n--b\n"
#define STATUS "Content-Type: message/delivery-status\n\n"
#define END "\n--b--\n"
#define NOTICE(subject) DAEMON "Subject: " subject "\n\n"

/* As text: the kind, then each recipient with kind, status and category. */
static char *
read_as_text(void *ctx, const char *bytes, size_t len)
{
	struct gp_buf *b = gp_buf_new(ctx, 1 << 20);
	struct gp_report r;
	struct gp_mail mail;
	struct gp_err err;
	size_t n, i;
	char *raw = gp_mail_canon(ctx, bytes, len, &n, NULL);

	if (gp_mail_parse(ctx, raw, n, &mail, &err) != GP_OK ||
	    gp_report_read(ctx, &mail, raw, n, &r, &err) != GP_OK)
		return gp_asprintf(ctx, "error %s", err.msg);
	gp_buf_puts(b, gp_report_names[r.kind]);
	if (r.feedback[0] != '\0')
		gp_buf_printf(b, " %s", r.feedback);
	for (i = 0; i < r.rcpts_n; i++)
		gp_buf_printf(b, " | %s %s %s %s", r.rcpts[i].address,
		    gp_report_names[r.rcpts[i].kind], r.rcpts[i].status,
		    gp_bounce_names[r.rcpts[i].category]);
	if (r.returned_msgid != NULL)
		gp_buf_printf(b, " <%s>", r.returned_msgid);
	return b->p;
}

static const struct {
	const char *name, *mail, *want;
} cases[] = {
	/* ---- delivery status ---- */
	{"plain", REPORT("delivery-status") STATUS "Reporting-MTA: dns; mx.example.net\n\n"
	    "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n"
	    "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n" END,
	    "bounce | ann@example.org bounce 5.1.1 address"},
	{"delayed", REPORT("delivery-status") STATUS "Reporting-MTA: dns; x\n\n"
	    "Final-Recipient: rfc822; ann@example.org\nAction: delayed\nStatus: 4.4.1\n" END,
	    "delay | ann@example.org delay 4.4.1 infra"},
	{"delivered", REPORT("delivery-status") STATUS "Reporting-MTA: dns; x\n\n"
	    "Final-Recipient: rfc822; ann@example.org\nAction: delivered\nStatus: 2.1.5\n" END,
	    "delivered | ann@example.org delivered 2.0.0 address"},
	{"relayed", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: relayed (to host without DSN)\nStatus: 2.0.0\n" END,
	    "delivered | a@b.org delivered 2.0.0 address"},
	{"expanded", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: EXPANDED\nStatus: 2.0.0\n" END,
	    "delivered | a@b.org delivered 2.0.0 address"},
	{"failed for good after 4.4.7", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 4.4.7\n" END,
	    "bounce | a@b.org bounce 4.4.7 infra"},
	{"Action: error of OpenSMTPD", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: error\nStatus: 5.0.0\n" END,
	    "bounce | a@b.org bounce 5.0.0 address"},
	{"no Action, class 5", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nStatus: 5.2.2\n" END, "bounce | a@b.org bounce 5.2.2 full"},
	{"no Action, class 4", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nStatus: 4.2.2\n" END, "delay | a@b.org delay 4.2.2 full"},
	{"no Action, no Status", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\n" END, "bounce | a@b.org bounce  address"},
	{"comment behind Action", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed (unable)\nStatus: 5.1.1 (bad)\n" END,
	    "bounce | a@b.org bounce 5.1.1 address"},
	{"no block of the message", REPORT("delivery-status") STATUS
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n" END,
	    "bounce | a@b.org bounce 5.1.1 address"},
	{"blocks that run together", REPORT("delivery-status") STATUS "X: y\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n"
	    "Final-Recipient: rfc822; c@b.org\nAction: delayed\nStatus: 4.1.1\n" END,
	    "bounce | a@b.org bounce 5.1.1 address | c@b.org delay 4.1.1 infra"},
	{"three recipients", REPORT("delivery-status") STATUS "X: y\n\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n\n\n"
	    "Final-Recipient: rfc822; c@b.org\nAction: failed\nStatus: 5.2.2\n\n"
	    "Final-Recipient: rfc822; d@b.org\nAction: failed\nStatus: 5.7.26\n" END,
	    "bounce | a@b.org bounce 5.1.1 address | c@b.org bounce 5.2.2 full | "
	    "d@b.org bounce 5.7.26 policy"},
	{"one twice", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n\n"
	    "Final-Recipient: rfc822; A@B.org\nAction: delayed\nStatus: 4.1.1\n" END,
	    "bounce | a@b.org bounce 5.1.1 address"},
	{"the original recipient counts", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; inner@b.org\nOriginal-Recipient: rfc822;ann@example.org\n"
	    "Action: failed\nStatus: 5.1.1\n" END, "bounce | ann@example.org bounce 5.1.1 address"},
	{"original with +40", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Original-Recipient: rfc822;ann+2Bx+40example.org\nFinal-Recipient: rfc822; i@b.org\n"
	    "Action: failed\nStatus: 5.1.1\n" END, "bounce | ann+x@example.org bounce 5.1.1 address"},
	{"original that is none", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Original-Recipient: rfc822;undisclosed\nFinal-Recipient: rfc822; i@b.org\n"
	    "Action: failed\nStatus: 5.1.1\n" END, "bounce | i@b.org bounce 5.1.1 address"},
	{"angle brackets, no type", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: <a@b.org>\nAction: failed\nStatus: 5.1.1\n" END,
	    "bounce | a@b.org bounce 5.1.1 address"},
	{"folded and odd case", REPORT("delivery-status") STATUS "X: y\n\n"
	    "FINAL-RECIPIENT:\n RFC822;\n <a@b.org>\naction:\tFailed\nstatus:5.1.1\n" END,
	    "bounce | a@b.org bounce 5.1.1 address"},
	{"the other side's status beats 5.0.0", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.0.0\n"
	    "Diagnostic-Code: smtp; 550-5.7.26 Unauthenticated email is not accepted due to\n"
	    " 550 5.7.26 domain's DMARC policy\n" END, "bounce | a@b.org bounce 5.7.26 policy"},
	{"RFC 6533", DAEMON "Subject: x\nContent-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/global-delivery-status\n\nX: y\n\n"
	    "Final-Recipient: utf-8; j\\x{FC}rgen@example.org\nAction: failed\nStatus: 5.1.1\n" END,
	    "bounce | j\xc3\xbcrgen@example.org bounce 5.1.1 address"},
	{"RFC 6533, wrong number", DAEMON "Subject: x\nContent-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/global-delivery-status\n\nX: y\n\n"
	    "Final-Recipient: utf-8; j\\x{D800}rgen@example.org\nAction: failed\nStatus: 5.1.1\n" END,
	    "bounce"},
	{"base64", DAEMON "Subject: x\nContent-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
	    "WDogeQoKRmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGFAYi5vcmcKQWN0aW9uOiBmYWlsZWQKU3Rh\n"
	    "dHVzOiA1LjEuMQo=\n" END, "bounce | a@b.org bounce 5.1.1 address"},
	{"quoted-printable", DAEMON "Subject: x\nContent-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n"
	    "X: y\n\nFinal-Reci=\npient: rfc822;=20a=40b.org\nAction: failed\nStatus: 5.1.1\n" END,
	    "bounce | a@b.org bounce 5.1.1 address"},
	{"our mail came back", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n\n--b\n"
	    "Content-Type: text/rfc822-headers\n\nMessage-ID: <one@example.org>\nSubject: x\n" END,
	    "bounce | a@b.org bounce 5.1.1 address <one@example.org>"},
	{"whole mail came back", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n\n--b\n"
	    "Content-Type: message/rfc822\n\nMessage-ID: <two@example.org>\nSubject: x\n\ntext\n" END,
	    "bounce | a@b.org bounce 5.1.1 address <two@example.org>"},
	{"a report in a report", DAEMON "Subject: Undeliverable\nContent-Type: multipart/mixed; "
	    "boundary=o\n\n--o\nContent-Type: message/rfc822\n\n" DAEMON "Subject: x\n"
	    "Content-Type: multipart/report; boundary=b\n\n--b\n" STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n" END "\n--o--\n",
	    "bounce | a@b.org bounce 5.1.1 address"},
	{"no Message-ID, no From", "Content-Type: multipart/report; boundary=b\n\n--b\n" STATUS
	    "X: y\n\nFinal-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n" END,
	    "bounce | a@b.org bounce 5.1.1 address"},
	{"never closed", REPORT("delivery-status") STATUS "X: y\n\n"
	    "Final-Recipient: rfc822; a@b.org\nAction: failed\nSta",
	    "bounce | a@b.org bounce  address"},

	/* ---- complaints and receipts ---- */
	{"abuse", "From: fbl@isp.example\nSubject: FW: x\nContent-Type: multipart/report; "
	    "report-type=feedback-report; boundary=b\n\n--b\n\nabuse\n\n--b\n"
	    "Content-Type: message/feedback-report\n\nFeedback-Type: Abuse\nVersion: 1\n"
	    "User-Agent: x/1\nOriginal-Rcpt-To: <ann@example.org>\n\n--b\n"
	    "Content-Type: message/rfc822\n\nMessage-ID: <three@example.org>\nSubject: x\n\nhi\n" END,
	    "complaint abuse | ann@example.org complaint  address <three@example.org>"},
	{"redacted", "From: fbl@isp.example\nContent-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: "
	    "redacted\n" END, "complaint abuse"},
	{"not spam", "From: fbl@isp.example\nContent-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/feedback-report\n\nFeedback-Type: not-spam\n" END,
	    "complaint not-spam"},
	{"feedback without a type", "From: fbl@isp.example\nContent-Type: multipart/report; boundary=b\n"
	    "\n--b\nContent-Type: message/feedback-report\n\nVersion: 1\n" END, "auto"},
	{"receipt", "From: ann@example.org\nSubject: Read: x\nContent-Type: multipart/report; "
	    "report-type=disposition-notification; boundary=b\n\n--b\n\nread\n\n--b\n"
	    "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@b.org\n"
	    "Disposition: manual-action/MDN-sent-manually; displayed\n" END, "mdn"},
	{"deleted unread", "From: ann@example.org\nSubject: x\nContent-Type: multipart/report; "
	    "boundary=b\n\n--b\n\nYour message was deleted without being read.\n\n--b\n"
	    "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@b.org\n"
	    "Disposition: manual-action/MDN-sent-manually; deleted\n" END, "mdn"},
	{"over quota, as Dovecot says it", "From: Postmaster <postmaster@b.org>\nSubject: Rejected: x\n"
	    "Auto-Submitted: auto-replied (rejected)\nContent-Type: multipart/report; "
	    "report-type=disposition-notification; boundary=b\n\n--b\n\nYour message to <ann@b.org> was "
	    "automatically rejected:\nQuota exceeded (mailbox for user is full)\n\n--b\n"
	    "Content-Type: message/disposition-notification\n\nReporting-UA: b; Dovecot\n"
	    "Final-Recipient: rfc822; ann@b.org\nOriginal-Message-ID: <x@y.org>\n"
	    "Disposition: automatic-action/MDN-sent-automatically; deleted\n" END,
	    "bounce | ann@b.org bounce  full"},

	/* ---- words ---- */
	{"qmail", NOTICE("failure notice") "Hi. This is the qmail-send program at x.\n"
	    "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
	    "This is a permanent error; I've given up.\n\n<ann@example.org>:\n"
	    "Sorry, no mailbox here by that name. (#5.1.1)\n\n"
	    "--- Below this line is a copy of the message.\n\nReturn-Path: <x@y.org>\n"
	    "Message-ID: <four@example.org>\n\nbob@example.org is fine\n",
	    "bounce | ann@example.org bounce 5.1.1 address <four@example.org>"},
	{"Exim", DAEMON "X-Failed-Recipients: ann@example.org\nAuto-Submitted: auto-replied\nSubject: Mail "
	    "delivery failed: returning message to sender\n\nA message that you sent could not be "
	    "delivered to one or more of its\nrecipients. This is a permanent error.\n\n"
	    "  ann@example.org\n    host mx.example.org [192.0.2.1]: 552 5.2.2 over quota\n\n"
	    "------ This is a copy of the message ------\n\nReturn-path: <l@example.org>\n",
	    "bounce | ann@example.org bounce 5.2.2 full"},
	{"Exim names two, text one", DAEMON "X-Failed-Recipients: a@b.org,\n c@b.org\nSubject: Mail "
	    "failure\n\ncould not be delivered\n\n  a@b.org\n    550 spam rejected by policy\n",
	    "bounce | a@b.org bounce  policy | c@b.org bounce  policy"},
	{"Postfix", NOTICE("Undelivered Mail Returned to Sender") "I'm sorry to have to inform you that "
	    "your message could not\nbe delivered to one or more recipients.\n\n"
	    "For further assistance, please send mail to <postmaster@x.org>\n\n"
	    "<ann@example.org>: host mx.example.org[192.0.2.1] said: 550 5.1.1\n    User unknown\n",
	    "bounce | ann@example.org bounce 5.1.1 address"},
	{"still trying", NOTICE("Warning: message delayed 24 hours") "This message was created "
	    "automatically.\nA message that you sent has not yet been delivered to:\n\n"
	    "  ann@example.org\n\nNo action is required: delivery attempts will continue.\n",
	    "delay | ann@example.org delay  infra"},
	{"was delayed, given up now", NOTICE("Delivery failed") "Your message was delayed for a week. "
	    "It could not be delivered\nand we have given up:\n\nann@example.org\n",
	    "bounce | ann@example.org bounce  address"},
	{"German", NOTICE("Unzustellbar: x") "Ihre Nachricht konnte nicht zugestellt werden:\n\n"
	    "ann@example.org\nPostfach ist voll\n", "bounce | ann@example.org bounce  full"},
	{"French", NOTICE("Re: x : non remis") "Le message n'a pas pu \xc3\xaatre remis \xc3\xa0\n"
	    "ann@example.org\n\nutilisateur inconnu\n", "bounce | ann@example.org bounce  address"},
	{"a name alone", "From: MAILER-DAEMON@aol.example\nSubject: Mail Delivery Problem\n\nYour mail could "
	    "not be delivered to:\n\tscreenname\n", "bounce | screenname@aol.example bounce  address"},
	{"addresses of helpers", NOTICE("Delivery failure") "Unable to deliver your message.\n"
	    "Contact helpdesk@example.net or\npostmaster@example.net.\n", "bounce"},
	{"CR only", "From: MAILER-DAEMON@x.org\rSubject: failure notice\r\rcould not be delivered\r\r"
	    "<ann@example.org>:\ruser unknown\r", "bounce | ann@example.org bounce  address"},
	{"no blank line", "From: MAILER-DAEMON@x.org\nSubject: failure notice\n"
	    "<ann@example.org>:\n could not be delivered\n", "none"},
	{"a multipart without parts", DAEMON "Subject: Returned mail\nContent-Type: multipart/mixed; "
	    "boundary=zz\n\nThe mail could not be delivered:\n<ann@example.org>: No such user\n",
	    "bounce | ann@example.org bounce  address"},

	/* ---- no reports ---- */
	{"a person", "From: ann@example.org\nSubject: hello\n\nMy mail could not be delivered to\n"
	    "bob@example.org\n", "none"},
	{"a person answers to a notice", "From: ann@example.org\nSubject: Re: Undelivered Mail\n\nIt says "
	    "could not be delivered:\n<bob@example.org>: User unknown\n", "none"},
	{"a person sends a status part", "From: ann@example.org\nSubject: look\nContent-Type: "
	    "multipart/mixed; boundary=b\n\n--b\n" STATUS "X: y\n\nFinal-Recipient: rfc822; a@b.org\n"
	    "Action: failed\nStatus: 5.1.1\n" END, "none"},
	{"vacation", "From: ann@example.org\nSubject: Out of office: x\nAuto-Submitted: auto-replied\n\n"
	    "I am away. Mail to bob@example.org could not be delivered lately.\n", "auto"},
	{"vacation without a mark", "From: ann@example.org\nSubject: Automatische Antwort: x\n\nIch bin "
	    "nicht da.\n", "auto"},
	{"vacation of a postmaster", "From: postmaster@example.org\nSubject: Re: x\nAuto-Submitted: "
	    "auto-replied\n\nI read mail on Mondays.\n", "auto"},
	{"a robot", "From: ci@example.org\nSubject: build 7\nAuto-Submitted: auto-generated\n\nAll green.\n",
	    "auto"},
	{"empty", "\n", "none"},
	{"nothing at all", "", "none"},
	{"only a daemon's name", NOTICE("x") "\n", "none"},
	{"an address cut by someone", NOTICE("failure notice") "could not be delivered:\n\n"
	    "ann...@example.org\n", "bounce"},
	{"markup instead of an address", REPORT("delivery-status") STATUS "X: y\n\nFinal-Recipient: rfc822; "
	    "<script>@\nAction: failed\n" END, "bounce"},
};

static void
test_cases(void **state)
{
	size_t i, bad = 0;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		char *got = read_as_text(ctx, cases[i].mail, strlen(cases[i].mail));

		if (strcmp(got, cases[i].want) != 0) {
			print_error("%s: got '%s', want '%s'\n", cases[i].name, got, cases[i].want);
			bad++;
		}
		talloc_free(ctx);
	}
	assert_int_equal(bad, 0);
}

static const struct {
	const char *reply, *status;
	int code;
	enum gp_bounce want;
} replies[] = {
	{"550 5.1.1 <a@b.org>: Recipient address rejected: User unknown", "5.1.1", 550, GP_BOUNCE_ADDRESS},
	{"550 No such user", "", 550, GP_BOUNCE_ADDRESS},
	{"550 5.1.2 bad host", "5.1.2", 550, GP_BOUNCE_ADDRESS},
	{"550 5.1.10 RESOLVER.ADR.RecipientNotFound", "5.1.10", 550, GP_BOUNCE_ADDRESS},
	{"552 5.2.2 full", "5.2.2", 552, GP_BOUNCE_FULL}, {"552 sorry", "", 552, GP_BOUNCE_FULL},
	{"552 5.3.4 Message size exceeds fixed limit", "5.3.4", 552, GP_BOUNCE_CONTENT},
	{"552 message too large", "", 552, GP_BOUNCE_CONTENT},
	{"550 5.2.0 rejected due to DMARC", "5.2.0", 550, GP_BOUNCE_POLICY},
	{"550 5.7.26 Unauthenticated", "5.7.26", 550, GP_BOUNCE_POLICY},
	{"550 5.7.509 Access denied", "5.7.509", 550, GP_BOUNCE_POLICY},
	{"550 5.7.1 Unknown user", "5.7.1", 550, GP_BOUNCE_ADDRESS},
	{"554 5.7.1 Client host blocked using zen.spamhaus.org", "5.7.1", 554, GP_BOUNCE_POLICY},
	{"554 spam", "", 554, GP_BOUNCE_POLICY}, {"550 5.6.1 8BITMIME", "5.6.1", 550, GP_BOUNCE_CONTENT},
	{"550 5.4.1 Recipient address rejected: Access denied.", "5.4.1", 550, GP_BOUNCE_ADDRESS},
	{"550 5.4.4 Unable to route", "5.4.4", 550, GP_BOUNCE_INFRA},
	{"550 5.4.4 Host not found", "5.4.4", 550, GP_BOUNCE_ADDRESS},
	{"451 4.7.1 Greylisted, temporarily", "4.7.1", 451, GP_BOUNCE_INFRA},
	{"450 4.1.1 User unknown, later", "4.1.1", 450, GP_BOUNCE_INFRA},
	{"connection refused", "", 0, GP_BOUNCE_INFRA}, {"", "", 0, GP_BOUNCE_ADDRESS},
	{"550 see 192.0.2.5 and 5.1.1.9", "", 550, GP_BOUNCE_ADDRESS},
	{"550 since 5.1.2013", "", 550, GP_BOUNCE_ADDRESS},
	{"554 5.1.1@example.org", "", 554, GP_BOUNCE_ADDRESS},
	{"550 \xff\xfe", "", 550, GP_BOUNCE_ADDRESS}, {"999 9.9.9", "", 0, GP_BOUNCE_ADDRESS},
};

static void
test_replies(void **state)
{
	char status[12];
	size_t i;
	int code;

	(void)state;
	for (i = 0; i < GP_COUNT(replies); i++) {
		enum gp_bounce got = gp_bounce_judge_reply(replies[i].reply, status, &code);

		if (got != replies[i].want || code != replies[i].code ||
		    strcmp(status, replies[i].status) != 0)
			fail_msg("%s: %s %d '%s'", replies[i].reply, gp_bounce_names[got], code, status);
	}
}

/* Every prefix of a report is read, none breaks anything. */
static void
test_truncated(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i += 3) {
		for (n = 0; n < strlen(cases[i].mail); n += 7) {
			void *ctx = gp_ctx(NULL);

			assert_non_null(read_as_text(ctx, cases[i].mail, n));
			talloc_free(ctx);
		}
	}
}

/* 5 MB of original behind it, or of the report itself: as quick as a small one, nearly. */
static void
test_large(void **state)
{
	static const char *const fill[] = {"bla bla ann@example.org bla\n", "\n", "@@@@@@@@\n",
		"Final-Recipient: rfc822; a@b.org\n", "x@y.z <>,:; ", "a.b.c.", "\\x{41}", "550 5.1.1 "};
	size_t i, was;

	(void)state;
	for (i = 0; i < GP_COUNT(fill); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_buf *b = gp_buf_new(ctx, 8 << 20);
		int64_t start = gp_now_ms();

		gp_buf_puts(b, REPORT("delivery-status") STATUS "X: y\n\nFinal-Recipient: rfc822; a@b.org\n"
		    "Action: failed\nStatus: 5.1.1\n\n");
		while (b->len < 5 << 20)
			gp_buf_puts(b, fill[i]);
		assert_non_null(read_as_text(ctx, b->p, b->len));
		gp_buf_cut(b, 0);
		gp_buf_puts(b, NOTICE("failure notice") "could not be delivered\n\n");
		while (b->len < 5 << 20)
			gp_buf_puts(b, fill[i]);
		assert_non_null(read_as_text(ctx, b->p, b->len));
		was = talloc_total_size(ctx);
		talloc_free(ctx);
		assert_true(was < (size_t)100 << 20);
		assert_true(gp_now_ms() - start < 20000);
	}
}

static void
test_many_recipients(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_buf *b = gp_buf_new(ctx, 8 << 20);
	char *got;
	size_t i, n = 0;

	(void)state;
	gp_buf_puts(b, REPORT("delivery-status") STATUS "X: y\n\n");
	for (i = 0; i < 5000; i++)
		gp_buf_printf(b, "Final-Recipient: rfc822; a%zu@b.org\nAction: failed\n\n", i);
	got = read_as_text(ctx, b->p, b->len);
	for (i = 0; got[i] != '\0'; i++)
		n += got[i] == '|';
	assert_int_equal(n, 200);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases), cmocka_unit_test(test_replies),
		cmocka_unit_test(test_truncated), cmocka_unit_test(test_large),
		cmocka_unit_test(test_many_recipients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
