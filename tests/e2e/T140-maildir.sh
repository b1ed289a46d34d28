# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Mail that comes in by a Maildir: taken once, whatever is killed when; what can't be taken is put aside.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep sqlite3
site inbound.maildir=inbox inbound.max_size=100k
bees 2
BOX=$D/inbox
REFUSED=$D/refused/new
mkdir -p "$BOX"/{tmp,new,cur}

drop() { # [NAME] < MAIL: as a mail server does it
	local name=${1:-$(date +%s.M%N)P$BASHPID.test}
	cat >"$BOX/tmp/$name" && mv "$BOX/tmp/$name" "$BOX/new/$name"
}
post() { # SUBJECT [TOP-FIELD]...
	local subject=$1
	shift
	{ [ $# = 0 ] || printf '%s\n' "$@"; mail marta@example.org "$subject" <<<"The words of $subject."; }
}
has_n() { [ "$(count messages)" = "$1" ]; }
empty() { [ -z "$(ls "$BOX/new")" ]; }
refused_n() { [ "$(find "$REFUSED" -type f 2>/dev/null | wc -l)" = "$1" ]; }
delivered() { [ "$(count jobs)" = 0 ]; }
outbox_n() { [ "$(find "$D/outbox/new" -type f | wc -l)" = "$1" ]; }

# ---- at the start, and while it runs ------------------------------------------------------------------
post 'waiting at the start' | drop
serve_start
ok "a mail that waits is taken at the start" wait_for 20 has_n 1
ok "and goes out of the box" wait_for 10 empty
post 'while it runs' 'Return-Path: <marta@example.org>' 'Delivered-To: bees@example.org' \
	'Received: by mx.example.org; Mon, 2 Nov 2026 10:00:00 +0000' | drop
ok "one that comes later is taken as it comes" wait_for 9 has_n 2
ok "all of it is delivered" wait_for 20 delivered
ok "to each once" wait_for 20 outbox_n 6
told() { gp status | grep -q '^maildir_taken: 2$'; }
ok "status tells of it" wait_for 10 told
has "the log as well" "$LOG" 'event=mail .* via=Maildir decision=accept'

# ---- whom it is for -----------------------------------------------------------------------------------
post 'for the owners' 'Delivered-To: bees+owner@example.org' | drop
owners() { grep -rl 'for the owners' "$D/outbox/new"; }
ok "what a server wrote on top counts more than To" wait_for 20 owners
ok "and it went out of the box" wait_for 10 empty
is "and it is no post" "$(count messages)" 2
{ printf 'Received: by mx.example.org; Mon, 2 Nov 2026 10:00:00 +0000\nDelivered-To: bees+owner@example.org\n'
	post 'forged below'; } | drop
ok "a Delivered-To further down is a stranger's: To counts" wait_for 20 has_n 3
{ printf 'Return-Path: <>\n'; post 'null sender'; } | drop
ok "a null sender" wait_for 20 empty
is "is no post" "$(count messages)" 3

# ---- what can't be taken --------------------------------------------------------------------------------
printf 'From: x@example.net\nTo: wasps@example.org\nSubject: nobody\n\nx\n' | drop
ok "mail for none of our addresses is put aside" wait_for 20 refused_n 1
has "with the reason on top" "$(grep -l 'Subject: nobody' "$REFUSED"/*)" '^X-Guildpost-Refused: Maildir: it names no address of ours'
head -c 3000 /dev/urandom | drop
ok "so is what is no mail at all" wait_for 20 refused_n 2
drop </dev/null
ok "or empty" wait_for 20 refused_n 3
{ post 'too large'; head -c 150000 /dev/zero | base64; } | drop
ok "or too large" wait_for 20 refused_n 4
has "whole" "$(grep -l 'Subject: too large' "$REFUSED"/*)" '^AAAAAAAAAAAAAAAAAA'
gp list set bees closed=yes >/dev/null
post 'to a closed list' | drop
ok "or refused by its list" wait_for 20 refused_n 5
gp list set bees closed=no >/dev/null
{ for ((i = 0; i < 3000; i++)); do echo "Delivered-To: x$i@example.net"; done; post 'many fields'; } | drop
ok "or has a header beyond the limits" wait_for 20 refused_n 6
ok "all of it is out of the box" wait_for 10 empty
says() { gp status >status; grep -Eq "$1" status; }
ok "status counts it" wait_for 10 says '^maildir_refused: 6$'
gp check >checked
has "check says where it is" checked 'refused mail .*6 mails'
ok "nothing of it became a post" has_n 3

# ---- what is no file, or can't be read -----------------------------------------------------------------------
mkdir "$BOX/new/1.folder"
mkfifo "$BOX/new/2.fifo"
ln -s /etc/passwd "$BOX/new/3.link"
post dot | drop .4.hidden
post 'after all those' | drop
ok "a folder, a FIFO, a link: none stops the next mail" wait_for 20 has_n 4
ok "they are told of as waiting" wait_for 20 says '^maildir_waiting: 3$'
rm -r "$BOX/new/1.folder" "$BOX/new/2.fifo" "$BOX/new/3.link"
ok "a name with a dot in front is nobody's" test -e "$BOX/new/.4.hidden"
rm "$BOX/new/.4.hidden"

# ---- 4xx: later ----------------------------------------------------------------------------------------------
python3 - "$D/guildpost.db" <<'END' &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
db.execute("BEGIN IMMEDIATE")
open("locked", "w").close()
while not os.path.exists("unlock"): time.sleep(0.1)
END
holder=$!
wait_for 10 test -e locked
post 'while it is locked' | drop 1790000001.locked
later() { grep -q 'event=later via=Maildir mail=1790000001.locked' "$LOG"; }
ok "what can't be committed now waits" wait_for 60 later
ok "in its place" test -e "$BOX/new/1790000001.locked"
: >unlock
wait "$holder"
kill -HUP "$SERVER"
ok "HUP looks again: it is taken" wait_for 40 has_n 5

# ---- killed --------------------------------------------------------------------------------------------------
wait_for 20 empty
exits "TERM ends it well" 0 serve_stop
post 'killed before' | drop 1790000002.before
# Core stops at the very moment when the commit is made and the file is still there: what it would have
# removed comes back.
serve_start
wait_for 20 has_n 6
wait_for 10 empty
serve_kill
for f in post command; do
	if [ "$f" = post ]; then post 'killed between' >between; else
		printf 'From: marta@example.org\nTo: bees+help@example.org\nSubject: x\n\n\n' >between
	fi
	serve_start
	drop 1790000003.$f <between
	wait_for 20 empty
	serve_kill
	mails=$(grep -c 'decision=' "$LOG")
	drop 1790000003.$f <between
	serve_start
	ok "killed between commit and removal: the $f goes out of the box" wait_for 20 empty
	is "and nothing is done twice" "$(grep -c 'decision=' "$LOG")" "$mails"
	serve_kill
done
is "every post is there once" "$(count messages)" 7

# kill -9 at random moments with a box full of mail: all of it once.
for ((i = 1; i <= 60; i++)); do
	MSGID="load.$i@test.example" mail marta@example.org "load $i" <<<"words $i" | drop
done
for ((r = 1; r <= 4; r++)); do
	want=$((7 + r * 12 + RANDOM % 6))
	serve_start
	enough() { [ "$(sqlite3 "$D/guildpost.db" 'SELECT count(*) FROM node WHERE state = 1')" -ge "$want" ] || empty; }
	wait_for 40 enough
	serve_kill
done
serve_start
ok "after four kills the box is empty" wait_for 60 empty
is "and all are there" "$(count messages)" 67
is "each once" "$(gp export bees --format json | python3 -c '
import collections, json, sys
print(sum(n > 1 for n in collections.Counter(m["message_id"] for m in json.load(sys.stdin)).values()))')" 0
ok "and delivered" wait_for 60 delivered
exits "TERM ends it well" 0 serve_stop
hasnt "no errors of ours" "$LOG" 'Sanitizer|runtime error|event=lost'
exits "the database is sound" 0 "$GP" -c "$D/guildpost.conf" check --full

# ---- wrong configurations --------------------------------------------------------------------------------------
site inbound.maildir=outbox
exits "the folder that the relay delivers into is refused" 78 gp status
site inbound.maildir=inbox
chmod 000 "$BOX" 2>/dev/null
if [ "$(id -u)" != 0 ]; then
	gp check >checked
	has "a Maildir that can't be read" checked 'wrong.*maildir'
fi
chmod 700 "$BOX"
rm -rf "$BOX"
: >"$BOX"
gp check >checked
has "a Maildir that is a file" checked 'wrong.*maildir'
serve_start
by_lmtp() { post 'by another door' | lmtp marta@example.org bees@example.org | grep -q '^250'; }
ok "does not keep the server from starting" by_lmtp
ok "and status tells of it" wait_for 20 says '^maildir_trouble: since .*inbox'
finish
