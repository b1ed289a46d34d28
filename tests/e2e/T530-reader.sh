# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# An archive for members: a stranger is asked for an address, a member gets a link by mail that works
# once, reads, is put out of the list and reads no more; what was kept for one is not sent to another.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 curl
site
bees 2
gp list set bees archive=members >/dev/null
gp import bees "$GP_SRCDIR/contrib/demo/bees.mbox" >/dev/null || exit 99
serve_start
url=http://127.0.0.1:$HTTP
get() { curl -sS -o body -w '%{http_code}\n' "$@" 2>&1; }

wait_for 10 curl -sS "$url/"
is "a stranger is not let in" "$(get "$url/bees/")" 403
has "the page says how to get in" body 'action="/bees/log-in"'
hasnt "and shows nothing of the list" body 'oxalic|varroa|Bee-keepers|swarm'
is "nor on the front page" "$(get "$url/")" 200
hasnt "there is no word of it" body bees
is "asking, as a member" "$(get -d 'address=m1@example.net&to=/bees/2026/' "$url/bees/log-in")" 200
cp body asked
is "asking, as nobody" "$(get -d 'address=eve@example.net&to=/bees/2026/' "$url/bees/log-in")" 200
ok "both are told the same" cmp -s asked body
link_came() { grep -rqs '^To: .*m1@example.net' "$D"/outbox/new; }
ok "a mail comes" wait_for 10 link_came
is "it alone" "$(find "$D"/outbox/new -type f | wc -l)" 1
link=$(cat "$D"/outbox/new/* | grep -oE 'http://127[^ )>]*/u/[a-z2-7]+' | head -n 1)
is "a look at the link" "$(get -c jar "$link")" 200
ok "changes nothing" test ! -s jar -o "$(grep -c gp_reader jar)" = 0
is "the button lets in" "$(get -c jar -d confirm=1 "$link")" 303
has "by a cookie that scripts can't read" jar 'HttpOnly.*gp_reader'
is "and leads on" "$(curl -sS -o body -w '%{redirect_url}' -d confirm=1 "$link"; cat body | grep -c 'had its time')" 1
is "the list" "$(get -b jar "$url/bees/")" 200
has "is there" body 'Bee|bees'
is "a page of it" "$(curl -sS -b jar -D head -o /dev/null -w '%{http_code}' "$url/bees/feed.atom")" 200
has "is for nobody's cache" head '^[Cc]ache-[Cc]ontrol: private'
is "but not for strangers, now as before" "$(get "$url/bees/"; get "$url/bees/feed.atom")" $'403\n403'
gp member remove bees m1@example.net >/dev/null
is "who is off the list is out" "$(get -b jar "$url/bees/")" 403
is "nor does the log say who asked" "$(grep -c 'm1@example.net' "$LOG")" "$(grep -c 'one-click address' "$LOG")"
serve_stop >/dev/null
finish
