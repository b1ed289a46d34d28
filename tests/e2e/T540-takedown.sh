# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A message is taken down: by its author, by mail; by a moderator; by the one who runs the server. Then
# nothing of it is found, anywhere: every page, feed and file, the search, a digest, an export, the file
# of the database; importing it again does not bring it back; the thread stays whole.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 curl zstd
site inbound.authserv=mx.example.org
bees 2
gp member set bees m2@example.net delivery=daily >/dev/null
serve_start
url=http://127.0.0.1:$HTTP
mail() { # FROM ID SUBJECT REPLY-TO TEXT
	printf '%s\n' "Authentication-Results: mx.example.org; dmarc=pass header.from=${1#*@}" "From: $1" \
		"To: ${6:-bees@example.org}" "Subject: $3" "Message-ID: <$2>" "Date: $(date -R)" \
		${4:+"In-Reply-To: <$4>"} '' "$5" >"$2.eml"
	lmtp "$1" "${6:-bees@example.org}" <"$2.eml" >/dev/null
}
mail m1@example.net 1@x.example 'Hives in winter' '' 'Do they need feed?'
mail m2@example.net 2@x.example 'Re: Hives in winter' 1@x.example 'qwertzword asdfgword, and never mind.'
mail m1@example.net 3@x.example 'Re: Hives in winter' 2@x.example 'Thanks.'
key() { python3 -c 'import base64, hashlib, sys; print(base64.b32encode(hashlib.sha256(sys.argv[1].encode()).digest()).decode().lower()[:12])' "$1"; }
two=$(key 2@x.example) one=$(key 1@x.example)
pages() { for p in / /bees/ "/bees/t/$one" "/bees/t/$one.mbox" "/bees/t/$one.atom" "/bees/t/$one.json" "/bees/m/$two" \
	"/bees/m/$two.eml" /bees/feed.atom /bees/threads.atom '/bees/search?q=asdfgword' '/bees/search.json?q=asdfgword' \
	/bees/people/ "/bees/$(date -u +%Y/%m/)" "/bees/$(date -u +%Y-%m).mbox.gz" "/mid/2@x.example"; do
	curl -sSL "$url$p" | { case $p in *.gz) zcat ;; *) cat ;; esac } 2>/dev/null; done; }
wait_for 10 curl -sS "$url/bees/m/$two"
ok "it is there" test "$(pages | grep -c 'asdfgword')" -gt 5
gp search bees asdfgword >found
has "the search finds it" found "$two"
mail m1@example.net a@x.example "$two" '' '' bees+takedown@example.org
gp search bees asdfgword >found
has "somebody else can't take it down" found "$two"
told() { cat "$D"/outbox/new/* | tr -d '\r' | tr '\n' ' ' | grep -q "$1"; }
ok "and is told so" wait_for 10 told 'only a moderator'
mail m2@example.net b@x.example "$url/bees/m/$two" '' '' bees+takedown@example.org
is "its author can" "$(gp search bees asdfgword | wc -l)" 0
is "a link to it says what became of it" "$(curl -sS -o gone -w '%{http_code}' "$url/bees/m/$two")" 410
has "in words" gone 'was removed'
is "nothing of it is on any page" "$(pages | grep -c 'qwertzword')" 0
curl -sSL "$url/bees/t/$one" >thread
has "the thread says that something is gone" thread 'A message was removed here'
has "and what answered it is there" thread Thanks
gp digest bees --period daily --to m2@example.net --print text >digest 2>&1
hasnt "nor is it in a digest to come" digest 'asdfgword|qwertzword'
gp export bees >export.mbox
hasnt "nor in an export" export.mbox 'asdfgword|qwertzword'
gp import bees 2@x.example.eml >/dev/null 2>&1
is "importing does not bring it back" "$(gp search bees asdfgword | wc -l)" 0
mail marta@example.org c@x.example "$(key 3@x.example)" '' '' bees+takedown@example.org
is "a moderator can take down any" "$(curl -sS -o /dev/null -w '%{http_code}' "$url/bees/m/$(key 3@x.example)")" 410
mail marta@example.org d@x.example log '' 'log' bees+request@example.org
ok "who and when is kept" wait_for 10 told 'message taken down'
exits "so can the command line" 0 gp thread remove bees "$one"
exits "once" 67 gp thread remove bees "$one"
is "and the server shows it" "$(curl -sS -o /dev/null -w '%{http_code}' "$url/bees/m/$one")" 410
serve_stop >/dev/null
gp check >/dev/null 2>&1
python3 - "$D/guildpost.db" >words <<'END'
import sys
for name in ('', '-wal'):
    try: data = open(sys.argv[1] + name, 'rb').read()
    except OSError: continue
    for w in (b'asdfgword', b'qwertzword'):
        if w in data: print(name, w.decode())
END
ok "no byte of it is left in the file" test ! -s words || diag "$(cat words)"
finish
