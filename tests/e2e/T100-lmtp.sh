# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# LMTP as mail servers, clumsy clients and smugglers speak it.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep
site inbound.max_size=200k
bees
serve_start

crlf() { sed 's/$/\r/'; }
# Bytes to the server all at once; its replies until it hangs up.
raw() {
	exec 3<>"/dev/tcp/127.0.0.1/$LMTP"
	cat >&3
	timeout 60 cat <&3
	exec 3>&-
}
envelope() { printf '%s\r\n' "LHLO client.example" "MAIL FROM:<${1:-marta@example.org}>" "RCPT TO:<bees@example.org>" DATA; }
codes() { grep -Eo '^[0-9]{3} ' | tr -d '\n'; }
archived() { is "$1" "$(count messages)" "$2"; }
# The body of the archived message with that Message-ID, as it was delivered.
is_out() { grep -lq "^Message-ID: <$1>" "$D"/outbox/new/*; }
body_of() {
	wait_for 10 is_out "$1" || return 1
	grep -l "^Message-ID: <$1>" "$D"/outbox/new/* | head -n 1 | xargs sed '1,/^$/d'
}

# ---- one message, several recipients ------------------------------------------------------------
mail marta@example.org one <<<'One.' >one.eml
MSGID=lmtp1@test.example mail marta@example.org first <<<'A first post.' >m.eml
lmtp marta@example.org bees@example.org nobody@example.org bees+help@example.org bees@example.net <m.eml >replies
is "a reply for each recipient" "$(cut -c1-9 replies | tr '\n' ' ')" "250 2.0.0 550 5.1.1 250 2.0.0 550 5.1.1 "
archived "one message" 1
has "the log has a line for the message" "$LOG" 'event=mail list=bees@example.org to=post from=<marta@example.org> msgid=<lmtp1@test.example> .*decision=accept'
if command -v swaks >/dev/null; then
	swaks --protocol LMTP --server 127.0.0.1 --port "$LMTP" --from marta@example.org --to bees@example.org \
		--header 'Subject: swaks' --body 'From swaks' >swaks.log 2>&1
	is "swaks is content" $? 0
	for word in PIPELINING 8BITMIME SMTPUTF8 'SIZE 204800' ENHANCEDSTATUSCODES; do
		has "LHLO offers $word" swaks.log "250[- ]$word"
	done
else
	skip "swaks" "swaks is not here"
	python3 "$E2E/lmtp.py" "127.0.0.1:$LMTP" marta@example.org bees@example.org <one.eml >/dev/null
fi
archived "two messages" 2
WHERE="unix:$D/guildpost.sock" lmtp marta@example.org bees@example.org >replies <<<"$(mail marta@example.org unix <<<Unix.)"
has "the Unix socket takes one too" replies '^250 '
archived "three messages" 3

# ---- the order of commands -----------------------------------------------------------------------
talk() { # NAME CODES COMMAND...: a session of commands, QUIT behind them
	local name=$1 want=$2
	shift 2
	printf '%s\r\n' "$@" QUIT | raw >replies
	is "$name" "$(codes <replies)" "$want"
}
talk "LHLO" "220 250 221 " "LHLO client.example"
talk "HELO and EHLO are SMTP" "220 500 500 221 " "HELO x" "EHLO x"
talk "MAIL wants LHLO" "220 503 221 " "MAIL FROM:<>"
talk "RCPT wants MAIL" "220 250 503 221 " "LHLO x" "RCPT TO:<bees@example.org>"
talk "DATA wants a recipient" "220 250 250 550 503 221 " "LHLO x" "MAIL FROM:<>" "RCPT TO:<no@example.org>" DATA
talk "MAIL once" "220 250 250 503 221 " "LHLO x" "MAIL FROM:<>" "MAIL FROM:<>"
talk "RSET forgets" "220 250 250 250 250 503 221 " "LHLO x" "MAIL FROM:<>" "RCPT TO:<bees@example.org>" RSET "RCPT TO:<bees@example.org>"
talk "NOOP, VRFY, HELP" "220 250 252 214 221 " NOOP "VRFY marta" HELP
talk "case and blanks" "220 250 250 250 221 " "lhlo x" "mail from:<marta@example.org> size=100" "rcpt to:<BEES@Example.ORG>"
talk "unknown commands" "220 500 500 221 " "STARTTLS" "XYZZY"
talk "broken paths and parameters" "220 250 501 501 501 555 221 " "LHLO x" "MAIL FROM:<a@b" "MAIL FROM" "MAIL TO:<a@b.example>" "MAIL FROM:<a@b.example> NOSUCH=1 SIZE=x"
talk "SIZE over the limit is refused at once" "220 250 552 221 " "LHLO x" "MAIL FROM:<marta@example.org> SIZE=204801"
talk "SIZE at the limit is not" "220 250 250 221 " "LHLO x" "MAIL FROM:<marta@example.org> SIZE=204800"
talk "a line too long" "220 500 250 221 " "NOOP $(printf '%05000d' 0)" NOOP
talk "SMTPUTF8 addresses" "220 250 250 550 221 " "LHLO x" "MAIL FROM:<mårta@example.org> SMTPUTF8" "RCPT TO:<bëes@example.org>"
mapfile -t many < <(for ((i = 0; i < 25; i++)); do echo "XYZZY $i"; done)
talk "many errors end the session" "220 $(printf '500 %.0s' $(seq 20))421 " "${many[@]}"
printf 'LHLO x\r\nMAIL FROM:<\0>\r\nNOOP\0\r\n\0\xff\xfe\r\nQUIT\r\n' | raw >replies
has "NUL and stray bytes are answered" replies '^221 '
archived "still three messages" 3

# ---- data ----------------------------------------------------------------------------------------
{
	envelope
	MSGID=dots@test.example mail marta@example.org dots <<'END' | crlf
..one dot at the start
...two
 . not at the start
..
.. alone, with a blank
END
	printf '.\r\nQUIT\r\n'
} | raw >replies
is "dots are unstuffed: taken" "$(codes <replies)" "220 250 250 250 354 250 221 "
is "dots are unstuffed" "$(body_of dots@test.example | tr -d '\r')" "$(printf '%s\n' '.one dot at the start' '..two' ' . not at the start' . '. alone, with a blank')"
{
	envelope
	mail marta@example.org 'pipelined 1' <<<One. | crlf
	printf '.\r\n'
	envelope | tail -n +2
	mail marta@example.org 'pipelined 2' <<<Two. | crlf
	printf '.\r\nQUIT\r\n'
} | raw >replies
is "two messages in one packet" "$(codes <replies)" "220 250 250 250 354 250 250 250 354 250 221 "
archived "six messages" 6

# Whatever stands in for CRLF.CRLF, what follows is data: one message, never a second envelope.
k=6
while read -r name ending; do
	{
		envelope
		mail marta@example.org "smuggled $name" <<<"Before." | crlf
		# shellcheck disable=SC2059
		printf "more$ending"
		printf '%s\r\n' "MAIL FROM:<admin@example.org>" "RCPT TO:<bees@example.org>" DATA "From: admin@example.org" "" Smuggled
		printf '.\r\nQUIT\r\n'
	} | raw >replies
	is "smuggling by $name: one message" "$(codes <replies)" "220 250 250 250 354 250 221 "
	k=$((k + 1))
	archived "smuggling by $name: one more in the archive" $k
done <<'END'
LF.LF \n.\n
LF.CRLF \n.\r\n
CRLF.LF \r\n.\n
CR.CR \r.\r
CRLF.CR \r\n.\r
CR.CRLF \r.\r\n
CR-CRLF.CR-CRLF \r\r\n.\r\r\n
NUL \r\n\0.\r\n
dot-blank \r\n. \r\n
END
{
	envelope
	MSGID=bare@test.example mail marta@example.org "bare line feeds" <<<"Bare."
	printf '\r\n.\r\nQUIT\r\n'
} | raw >replies
is "bare line feeds only" "$(codes <replies)" "220 250 250 250 354 250 221 "

printf '%b\n' 'Gr\xc3\xbc\xc3\x9fe, \xff\xfe latin \xe9 and a NUL-free tail' >bytes
{
	envelope | sed 's/^MAIL.*>/& BODY=8BITMIME/'
	MSGID=eight@test.example mail marta@example.org 'eight bits' 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8' \
		'Content-Transfer-Encoding: 8bit' <bytes | crlf
	printf '.\r\nQUIT\r\n'
} | raw >replies
is "8-bit text is taken" "$(codes <replies)" "220 250 250 250 354 250 221 "
ok "8-bit text goes out as it came" cmp <(body_of eight@test.example | tr -d '\r') bytes
{
	printf '%s\r\n' "LHLO x" "MAIL FROM:<mårta@example.org> SMTPUTF8 BODY=8BITMIME" "RCPT TO:<bees@example.org>" DATA
	mail 'Mårta <mårta@example.org>' 'Bïënen' <<<'Grüße' | crlf
	printf '.\r\nQUIT\r\n'
} | raw >replies
is "SMTPUTF8: a stranger's, held" "$(codes <replies)" "220 250 250 250 354 250 221 "
is "with its address and subject" "$(gp hold ls bees --json | python3 -c 'import json, sys; h = json.load(sys.stdin)[-1]; print(h["from"], h["subject"])')" "mårta@example.org Bïënen"

before=$(count messages)
{
	envelope
	mail marta@example.org 'too big' < <(head -c 160000 /dev/zero | base64) | crlf
	printf '.\r\n'
	envelope | tail -n +2
	mail marta@example.org 'after it' <<<'Small.' | crlf
	printf '.\r\nQUIT\r\n'
} | raw >replies
is "too big: 552, and the session goes on" "$(codes <replies)" "220 250 250 250 354 552 250 250 354 250 221 "
archived "only the small one is there" $((before + 1))
{
	envelope
	printf 'From: marta@example.org\r\nSubject: cut off\r\n\r\nNever ended'
} >cut
(exec 3<>"/dev/tcp/127.0.0.1/$LMTP" && cat cut >&3)
{
	envelope
	MSGID=slow@test.example mail marta@example.org slow <<<'Byte by byte.' | crlf
	printf '.\r\nQUIT\r\n'
} >slow
exec 3<>"/dev/tcp/127.0.0.1/$LMTP"
python3 -c '
import sys, time
for b in open("slow", "rb").read():
    sys.stdout.buffer.write(bytes([b]))
    sys.stdout.flush()' >&3
timeout 60 cat <&3 >replies
exec 3>&-
is "byte by byte" "$(codes <replies)" "220 250 250 250 354 250 221 "
archived "what was cut off is not in the archive" $((before + 2))

# ---- once more ------------------------------------------------------------------------------------
lmtp marta@example.org bees@example.org <m.eml >replies
has "a repeated message is taken" replies '^250 2\.0\.0 '
archived "and dropped" $((before + 2))
has "and logged" "$LOG" 'msgid=<lmtp1@test.example> .*decision=duplicate'
sed 's/first post/second post/' m.eml | lmtp marta@example.org bees@example.org >replies
has "another message with its id is held" replies '^250 2\.0\.0 held'
gp hold approve bees "$(gp hold ls bees --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[-1]["id"])')" >/dev/null
archived "and kept beside the first when it is approved" $((before + 3))
sed 's/first post/second post/' m.eml | lmtp marta@example.org bees@example.org >replies
archived "that one is known now, too" $((before + 3))

# ---- load -------------------------------------------------------------------------------------------
source=$(command -v smtp-source || ls /usr/sbin/smtp-source 2>/dev/null)
if [ -n "$source" ]; then
	gp list set bees repeats=yes >/dev/null # they all say the same
	before=$(count messages)
	ok "200 messages over 10 sessions" "$source" -L -s 10 -m 200 -l 2000 -f marta@example.org -t bees@example.org "127.0.0.1:$LMTP"
	archived "all of them are there" $((before + 200))
	gp export bees >all.mbox
	is "each once" "$(grep -i '^message-id:' all.mbox | sort | uniq -d | grep -vc 'lmtp1@')" 0
else
	skip "200 messages over 10 sessions" "smtp-source is not here"
fi

# ---- limits of sessions --------------------------------------------------------------------------------
serve_stop
is "the server ends well" $? 0
site inbound.max_size=200k inbound.timeout=1s inbound.max_sessions=3
serve_start
exec 3<>"/dev/tcp/127.0.0.1/$LMTP"
timeout 60 cat <&3 >replies
exec 3>&-
is "silence: 421" "$(codes <replies)" "220 421 "
has "silence: says so" replies '^421 4\.4\.2 '
exec 3<>"/dev/tcp/127.0.0.1/$LMTP"
head -c 100 cut >&3
timeout 60 cat <&3 >replies
exec 3>&-
has "silence in the middle: 421" replies '^421 '
serve_stop
site inbound.max_size=200k inbound.max_sessions=3
serve_start
exec 3<>"/dev/tcp/127.0.0.1/$LMTP" 4<>"/dev/tcp/127.0.0.1/$LMTP" 5<>"/dev/tcp/127.0.0.1/$LMTP"
for fd in 3 4 5; do read -r -t 60 line <&$fd; done
is "three sessions" "${line:0:3}" 220
raw </dev/null >replies
is "a fourth is one too many" "$(codes <replies)" "421 "
exec 3>&-
wait_for 10 lmtp marta@example.org bees@example.org <one.eml
exits "one leaves, one may come" 0 lmtp marta@example.org bees@example.org <one.eml
printf 'LHLO x\r\n' >&4
serve_stop
is "ending: 0" $? 0
timeout 60 cat <&4 >replies
has "ending: 421 to those who wait" replies '^421 4\.3\.2 '
exec 4>&- 5>&-
hasnt "no errors in the log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
finish
