# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# guildpost receive: mail servers act on its exit code. 0 is committed; 65, 67, 77 are the
# message's own fault, with a text for the bounce; everything else is 75, try again.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep
site inbound.max_size=100k
bees
post() { mail marta@example.org "${1:-post}" <<<'Hello.'; }
post one >one.eml
mail stranger@example.net held <<<'Hello.' >stranger.eml
{ printf 'From: marta@example.org\nSubject: big\n\n'; head -c 90000 /dev/zero | base64; } >big.eml
{ printf 'List-Id: <bees.example.org>\n'; post loop; } >loop.eml

# Each with the server and without it.
cases() {
	local how=$1 before
	before=$(count messages)
	post "fresh $how" >fresh.eml
	exits "$how: a member's post" 0 gp receive bees@example.org <fresh.eml
	is "$how: nothing on standard output" "$(cat "$out")" ""
	is "$how: is in the archive" "$(count messages)" $((before + 1))
	exits "$how: once more" 0 gp receive bees@example.org <fresh.eml
	is "$how: once more: still once in the archive" "$(count messages)" $((before + 1))
	exits "$how: a stranger's is held" 0 gp receive bees@example.org <stranger.eml
	exits "$how: no such list" 67 gp receive wasps@example.org <one.eml
	has "$how: no such list: text for the bounce" "$out" '^5\.1\.1 .*wasps@example\.org'
	exits "$how: no such domain" 67 gp receive bees@example.com <one.eml
	exits "$how: too big" 65 gp receive bees@example.org <big.eml
	has "$how: too big: text for the bounce" "$out" '^5\.3\.4 '
	exits "$how: a loop is refused" 77 gp receive bees@example.org <loop.eml
	has "$how: a loop: text for the bounce" "$out" '^5\.4\.6 '
	gp list set bees closed=yes
	post "closed $how" >closed.eml
	exits "$how: a closed list" 77 gp receive bees@example.org <closed.eml
	has "$how: a closed list: text for the bounce" "$out" '^5\.[27]\.1 '
	gp list set bees closed=no
	exits "$how: several recipients, one wrong" 67 gp receive bees@example.org wasps@example.org < <(post "several $how")
	exits "$how: empty input is taken" 0 gp receive bees@example.org </dev/null
	exits "$how: no mail at all is taken" 0 gp receive bees@example.org < <(head -c 5000 /dev/urandom)
	post "crlf $how" | sed 's/$/\r/' >crlf.eml
	exits "$how: CRLF" 0 gp receive bees@example.org <crlf.eml
	{ echo "From marta@example.org Mon Nov  2 10:00:00 2026"; post "from line $how"; } >fromline.eml
	exits "$how: a From_ line on top" 0 gp receive bees@example.org <fromline.eml
	exits "$how: with --from" 0 gp receive --from marta@example.org bees@example.org < <(post "with from $how")
	is "$how: what was taken is in the archive" "$(count messages)" $((before + 5))
	exits "$how: a null sender is taken and discarded" 0 gp receive --from '<>' bees@example.org < <(post "null $how")
	is "$how: and not archived" "$(count messages)" $((before + 5))
	exits "$how: \$SENDER counts" 0 env SENDER= "$GP" -c "$D/guildpost.conf" receive bees@example.org < <(post "null env $how")
	is "$how: a null one, too" "$(count messages)" $((before + 5))
	exits "$how: help by pipe" 0 gp receive bees+help@example.org <one.eml
	exits "$how: a word in another list's style" 0 gp receive bees-help@example.org <one.eml
	exits "$how: an unknown word" 67 gp receive bees+dance@example.org <one.eml
}
cases "no server"
serve_start
cases "a server"
has "the server did it" "$LOG" 'core: event=mail .*via=(LMTP|pipe) '
serve_stop
is "the server ends well" $? 0
hasnt "no errors in its log" "$LOG" 'event=(mail-failed|commit-failed|lost|kill)|Sanitizer|runtime error'
{ printf 'Return-Path: <>\n'; post returned; } >returned.eml
before=$(count messages)
exits "a Return-Path on top is the sender" 0 gp receive bees@example.org <returned.eml
is "a null one is discarded" "$(count messages)" "$before"

# ---- everything else is 75: Postfix bounces on what it doesn't know ------------------------------
later() { # NAME PATTERN COMMAND...
	local name=$1 what=$2
	shift 2
	exits "$name: try again later" 75 "$@"
	is "$name: nothing for a bounce" "$(cat "$out")" ""
	has "$name: says what is wrong" "$err" "$what"
}
later "no config" 'none\.conf' "$GP" -c none.conf receive bees@example.org <one.eml
printf '[server]\ndomian = x\n' >bad.conf
later "a broken config" 'bad\.conf:2' "$GP" -c bad.conf receive bees@example.org <one.eml
later "no recipient" 'recipient' gp receive <one.eml
later "an unknown option" 'no option' gp receive --form x bees@example.org <one.eml
mkdir empty && cp "$D/guildpost.conf" empty/
later "no database" 'guildpost\.db' "$GP" -c empty/guildpost.conf receive bees@example.org <one.eml
mkdir junk && cp "$D/guildpost.conf" junk/ && head -c 100000 /dev/urandom >junk/guildpost.db
later "a damaged database" 'database' "$GP" -c junk/guildpost.conf receive bees@example.org <one.eml
later "closed standard input" 'receive' sh -c "exec '$GP' -c '$D/guildpost.conf' receive bees@example.org <&-"

before=$(count messages)
post locked >locked.eml
python3 - "$D/guildpost.db" <<'END' &
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open("locked", "w").close()
time.sleep(60)
END
holder=$!
wait_for 10 test -e locked
later "a locked database" 'database|busy|lock' gp receive bees@example.org <locked.eml
kill "$holder"
wait "$holder" 2>/dev/null
exits "the lock is gone: taken" 0 gp receive bees@example.org <locked.eml
is "once" "$(count messages)" $((before + 1))

if [ "$(id -u)" != 0 ]; then
	chmod -R a-w "$D"
	later "a read-only folder" 'database|denied|read' gp receive bees@example.org <one.eml
	chmod -R u+w "$D"
elif id nobody >/dev/null 2>&1 && command -v setpriv >/dev/null; then
	chmod a+rx "$T"
	chmod -R a+rX,go-w "$D"
	later "a folder of someone else" 'database|denied|read' setpriv --reuid nobody --clear-groups \
		env LSAN_OPTIONS=detect_leaks=0 "$GP" -c "$D/guildpost.conf" receive bees@example.org <one.eml
else
	skip "a read-only folder" "root can write anywhere"
fi

# A server that was killed leaves its socket behind: the message is taken without it.
serve_start
serve_kill
before=$(count messages)
exits "a dead server's socket" 0 gp receive bees@example.org < <(post "after the kill")
is "is passed over" "$(count messages)" $((before + 1))
# Killed in the middle: all or nothing, and once more is once.
for i in 1 2 3 4 5 6; do
	post "killed $i" >killed.eml
	timeout -s KILL "0.0$i" "$GP" -c "$D/guildpost.conf" receive bees@example.org <killed.eml
	exits "killed after 0.0$i s: given again" 0 gp receive bees@example.org <killed.eml
done 2>/dev/null
is "each is there once" "$(gp search bees '"killed"' --json | grep -c '"key"')" 6
exits "the database is sound" 0 "$GP" -c "$D/guildpost.conf" check --full
finish
