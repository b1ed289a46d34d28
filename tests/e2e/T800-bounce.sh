# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Mail that comes back, with the shipped program: the life of a dead address from the first bounce to removal, a
# provider that turns thirty away at once, a complaint and the way back, a bounce sent to the list itself.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep
NOW=$(date -u -d "2026-11-23 12:00" +%s)
DAY=86400
at() { # DAYS: the clock stands there from now on; the server runs
	[ -z "$SERVER" ] || serve_stop
	site server.testing=yes server.test_now="$(date -u -d "@$((NOW + $1 * DAY))" +%FT%TZ)"
	serve_start
}
site
bees 2
for i in {1..30}; do echo "p$i@big.example"; done | gp member import bees >/dev/null
at 0

delivered() { # ADDRESS PATTERN-OF-SUBJECT: files, the newest last
	grep -lF "Delivered-To: $1" "$D"/outbox/new/* 2>/dev/null | xargs -r grep -lEi "^Subject: .*$2" /dev/null |
		xargs -r ls -tr
}
arrived() { [ -n "$(delivered "$@")" ]; }
got() { wait_for 15 arrived "$@"; }
envelope_of() { sed -n 's/^Return-Path: *<\(.*\)>.*/\1/p' "$1" | head -n 1; }
answer_to() { sed -n 's/^Reply-To: *//p' "$1" | head -n 1 | tr -d '<>\r'; }
field() { gp member show bees "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$2"; }
dsn() { # ADDRESS STATUS WORDS [HEADER-OF-OUR-MAIL]
	printf '%s\n' 'From: MAILER-DAEMON@mx.example.net' 'To: bees@example.org' \
		'Subject: Undelivered Mail Returned to Sender' "Message-ID: <$RANDOM$RANDOM@mx.example.net>" \
		'MIME-Version: 1.0' 'Content-Type: multipart/report; report-type=delivery-status; boundary=b' '' \
		--b '' 'It could not be delivered.' '' --b 'Content-Type: message/delivery-status' '' \
		'Reporting-MTA: dns; mx.example.net' '' "Final-Recipient: rfc822; $1" 'Action: failed' \
		"Status: $2" "Diagnostic-Code: smtp; $3" '' --b 'Content-Type: text/rfc822-headers' '' \
		"${4:-Subject: x}" '' --b--
}
bounce() { # FILE ADDRESS STATUS WORDS: the mail in that file comes back
	dsn "$2" "$3" "$4" | lmtp '' "$(envelope_of "$1")"
}
post() { # SUBJECT
	echo "about $1" | MSGID=$1@test.example mail marta@example.org "$1" | lmtp marta@example.org bees@example.org
}
ours() { # ADDRESS SUBJECT
	got "$@" && delivered "$@" | tail -n 1
}

# ---- from the first bounce to removal ------------------------------------------------------------------------
for i in 0 1 2 3 4; do
	[ "$i" = 0 ] || at "$i"
	post "day$i" >/dev/null
	bounce "$(ours m1@example.net "day$i")" m1@example.net 5.1.1 '550 5.1.1 nobody of that name' >reply
	[ "$i" != 0 ] || has "a bounce is taken" reply "^250 "
	[ "$i" != 3 ] || is "four days give four points" "$(field m1@example.net bounce_score)" 4.00
done
is "on the fifth day the member is asked" "$(field m1@example.net bounce)" probing
probe=$(ours m1@example.net 'still get our mail')
has "the probe says why" "$probe" 'nobody of that name'
bounce "$probe" m1@example.net 5.1.1 '550 5.1.1 nobody of that name' >reply
is "the probe came back" "$(field m1@example.net bounce)" suspended
is "status counts it" "$(count members_suspended)" 1
ok "a first notice goes out" got m1@example.net 'mail is stopped'
post unseen >/dev/null
ok "others get the next post" got m2@example.net unseen
ok "the member doesn't" test -z "$(delivered m1@example.net unseen)"
gp member ls bees >ls
has "member ls shows it" ls 'm1@example.net .*suspended'
at 11
ok "a second notice a week later" wait_for 15 test "$(delivered m1@example.net 'mail is stopped' | wc -l)" -ge 1
notices() { [ "$(delivered m1@example.net 'mail is stopped' | wc -l)" = "$1" ]; }
ok "two notices by now" wait_for 15 notices 2
at 18
ok "three by then" wait_for 15 notices 3
at 25
removed() { ! gp member show bees m1@example.net; }
ok "then the membership ends" wait_for 15 removed
ok "the owner is told" got marta@example.org 'm1@example.net is no longer'
gp list log bees >acts 2>/dev/null || python3 -c '
import sqlite3, sys
for r in sqlite3.connect(sys.argv[1]).execute("SELECT verb, what FROM act"): print(*r)' "$D/guildpost.db" >acts
has "the log tells of the suspension" acts "suspend m1@example.net|suspend.*m1@example.net"
has "and of the removal" acts "remove m1@example.net|remove.*m1@example.net"

# ---- a provider turns thirty away ------------------------------------------------------------------------------
post storm >/dev/null
ok "a post to all" got p30@big.example storm
for i in {1..30}; do
	dsn "p$i@big.example" 5.1.1 '550 5.1.1 our directory is being rebuilt' >"dsn.$i"
	gp receive --from '<>' "$(envelope_of "$(delivered "p$i@big.example" storm)")" <"dsn.$i" >/dev/null
done
exits "nobody at that provider is counted" 0 python3 -c '
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute("SELECT count(*) FROM bounced").fetchone()[0] == 30
assert db.execute("SELECT coalesce(sum(score), 0) FROM bounce").fetchone()[0] == 0' "$D/guildpost.db"
ok "the owner hears of it" got marta@example.org 'Mail comes back'
is "once" "$(delivered marta@example.org 'Mail comes back' | wc -l)" 1
has "in the provider's own words" "$(delivered marta@example.org 'Mail comes back')" 'directory is being'

# ---- a complaint, and the way back -------------------------------------------------------------------------------
copy=$(delivered m2@example.net storm)
{
	printf '%s\n' 'From: fbl@isp.example' 'Subject: complaint' 'MIME-Version: 1.0' \
		'Content-Type: multipart/report; report-type=feedback-report; boundary=b' '' --b '' spam '' --b \
		'Content-Type: message/feedback-report' '' 'Feedback-Type: abuse' 'Version: 1' 'User-Agent: x/1' '' --b \
		'Content-Type: message/rfc822' ''
	sed '/^Return-Path:/d; /^Delivered-To:/d' "$copy"
	printf '%s\n' '' --b--
} >fbl.eml
gp explain --from fbl@isp.example bees@example.org <fbl.eml >explained
has "explain knows a complaint" explained 'a complaint \(abuse\)'
lmtp fbl@isp.example bees+owner@example.org <fbl.eml >reply
has "a complaint is taken" reply "^250 "
is "mail to the complainer stops" "$(field m2@example.net bounce)" complained
kind=$(ours m2@example.net 'have stopped your mail')
post meanwhile >/dev/null
ok "the others read on" got p1@big.example meanwhile
ok "the complainer gets nothing" test -z "$(delivered m2@example.net meanwhile)"
echo 'sorry, a slip' | mail m2@example.net "Re: stopped" | lmtp m2@example.net "$(answer_to "$kind")" >/dev/null
ok "one answer brings it back, with what was missed" got m2@example.net '.'
is "and all is well" "$(field m2@example.net bounce)" ok
told() { grep -l 'One message came' $(delivered m2@example.net .); }
ok "it says that one message was missed" wait_for 15 told
post after >/dev/null
ok "mail comes again" got m2@example.net after

# ---- a bounce at the list's own address --------------------------------------------------------------------------
dsn p2@big.example 5.2.2 '552 5.2.2 mailbox full' 'Message-ID: <after@test.example>' >to-list.eml
gp explain --from '<>' bees@example.org <to-list.eml >explained
has "explain says bounce" explained '^decision +bounce|decision.*bounce'
before=$(count messages)
lmtp '' bees@example.org <to-list.eml >reply
has "it is taken" reply "^250 "
is "it counts half" "$(field p2@big.example bounce_score)" 0.50
is "it is not posted" "$(count messages)" "$before"
gp member set bees p2@big.example bounce=ok
is "the operator can forget it" "$(field p2@big.example bounce_score)" 0.00
exits "nothing else can be set" 65 gp member set bees p2@big.example bounce=suspended
dsn stranger@big.example 5.1.1 '550 no' >forged.eml
lmtp '' bees@example.org <forged.eml >reply
has "one that proves nothing is taken, too" reply "^250 "
gp hold ls bees --state discarded >held 2>/dev/null || gp hold ls bees >held
is "and is never posted" "$(count messages)" "$before"
finish
