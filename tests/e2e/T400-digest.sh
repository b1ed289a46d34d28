# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Digests of the shipped program, with a clock that stands where the test puts it.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3
at() { site server.testing=yes server.test_now="$1"; }
digests() { grep -rlE "^Subject: .*\[bees\].*: [0-9]+ message" "$D/outbox/new" 2>/dev/null | wc -l; }
enough() { [ "$(digests)" -ge "$1" ]; }
settled() { [ "$(gp queue ls | wc -l)" = 0 ]; }
# The server turns its clock once a second, and the digests once a minute of that clock: at once when
# it starts. What is due is in the queue when the queue has been empty for two looks.
turn() {
	at "$1"
	serve_start
	sleep 2.5
	wait_for 20 settled
	serve_stop
}

at 2026-11-02T12:00:00Z
bees 0
gp member add bees each@example.net >/dev/null
gp member add bees daily@example.net delivery=daily >/dev/null
gp member add bees weekly@example.net delivery=weekly >/dev/null
gp member add bees none@example.net delivery=none >/dev/null
turn 2026-11-02T12:00:00Z
is "nothing is new: no digest" "$(digests)" 0

MSGID=d1@x.example mail marta@example.org "Wax moths" <<<"Who has seen wax moths?" | gp receive bees@example.org
MSGID=d2@x.example mail marta@example.org "Re: Wax moths" "In-Reply-To: <d1@x.example>" <<<"I have." | gp receive bees@example.org
turn 2026-11-03T06:59:00Z
is "before the hour: none" "$(digests)" 0
turn 2026-11-03T07:01:00Z
is "at the hour: the daily one" "$(digests)" 1
f=$(grep -rlE "^Delivered-To: daily@example.net" "$D/outbox/new")
ok "to the member who chose it" test -n "$f"
has "it says what is inside" "$f" "^Subject: .*2 messages"
has "it is a multipart/alternative" "$f" "multipart/alternative"
has "unsubscribing is one step away" "$f" "^List-Unsubscribe: "
hasnt "a reply button never answers a digest" "$f" "^List-Post:"
ok "each part can be read" python3 -c "
import email, email.policy, sys
m = email.message_from_binary_file(open('$f', 'rb'), policy=email.policy.default)
assert not m.defects, m.defects
parts = [p for p in m.walk() if not p.is_multipart()]
assert [p.get_content_type() for p in parts] == ['text/plain', 'text/html'], parts
for p in parts: assert 'wax moths' in p.get_content().lower()"
turn 2026-11-03T07:30:00Z
is "a restart sends nothing again" "$(digests)" 1
turn 2026-11-04T07:30:00Z
is "nothing new the next day: none" "$(digests)" 1
turn 2026-11-09T07:30:00Z
is "the week is over: the weekly one" "$(digests)" 2
ok "to the other member" grep -rlqE "^Delivered-To: weekly@example.net" "$D/outbox/new"
turn 2026-11-08T07:30:00Z
is "the clock goes back: nothing again" "$(digests)" 2

at 2026-11-09T12:00:00Z
exits "how things stand" 0 gp status
has "with the time of the next digest" "$out" "^digest_next: 2026-11-10T07:00:00Z"
exits "digests that are due are made without a server, too" 0 gp digest --due
exits "for one reader" 0 gp digest bees --for daily@example.net --since 2026-11-01
has "it has what is new" "$out" "I have"
address=$(sed -n 's/.*\(bees+reply-[a-z2-7]*@example.org\).*/\1/p' "$out" | head -n 1)
threads=$(gp thread ls bees --json | grep -c '"key"')
printf '%s\n' 'From: daily@example.net' "To: $address" 'Subject: Re: [bees] what a program made of it' \
	'Message-ID: <item@example.net>' '' 'An answer to this one.' >answer.eml
exits "an answer to one message of it, whatever the subject" 0 gp receive "$address" <answer.eml
is "is no thread of its own" "$(gp thread ls bees --json | grep -c '"key"')" "$threads"
is "but in the archive" "$(gp search bees '"answer to this one"' --json | grep -c '"key"')" 1
exits "by the reader's address alone" 0 gp digest daily@example.net --form titles --since 2026-11-01
exits "for someone who is not there" 67 gp digest bees --for nobody@example.net

# ---- looking at one ---------------------------------------------------------------------------------
at 2026-11-01T12:00:00Z
printf '%s\n' 'From: daily@example.net' 'To: bees+introduce@example.org' 'Subject: Two hives in Ulm' \
	'Message-ID: <intro@example.net>' '' >intro.eml
exits "somebody says a line about themselves" 0 gp receive bees+introduce@example.org <intro.eml
at 2026-11-03T12:00:00Z
exits "a look at the last week" 0 gp digest bees --period weekly --print text
has "shows the thread" "$out" "Wax moths"
has "and who is new" "$out" "daily.*: Two hives in Ulm"
exits "as HTML" 0 gp digest bees --period weekly --print html
has "a whole document" "$out" "<!doctype html>"
exits "as MIME" 0 gp digest bees --period weekly --print mime
has "with its header" "$out" "^Auto-Submitted: auto-generated"
exits "of a day without posts" 1 gp digest bees --at 2026-10-01T00:00Z
has "says that there is none" "$err" "no digest"
exits "of a time that is none" 64 gp digest bees --at yesterday
exits "of a period that is none" 64 gp digest bees --period hourly
before=$(digests)
exits "to an address of its own" 0 gp digest bees --period weekly --to curious@example.net
turn 2026-11-03T12:01:00Z
is "it is sent" "$(digests)" $((before + 1))
finish
