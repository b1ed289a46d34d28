# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Relays that lack something, or have enough of us: what they get, and when.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3
RELAY=$(free_port)
relay() { # OPTION...
	rm -rf relay.log relay.log.d
	python3 "$E2E/relay.py" "$RELAY" relay.log "$@" 2>relay.err &
	RELAY_PID=$!
	wait_for 10 listening "$RELAY"
}
relay_end() {
	kill "$RELAY_PID"
	wait "$RELAY_PID" 2>/dev/null
}
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
drained() { [ "$(count jobs)" = 0 ]; }
waiting() { [ "$(count deliveries_deferred)" = "$1" ]; }
log_says() { # WHAT PYTHON: of e, the transactions that it took
	exits "$1" 0 python3 -c "
import email, glob, json
from email.header import decode_header, make_header
e = [json.loads(l) for l in open('relay.log')]
m = [email.message_from_bytes(open(f, 'rb').read()) for f in sorted(glob.glob('relay.log.d/*'))]
$2"
}
site outbound.relay="smtp://127.0.0.1:$RELAY" outbound.connections=2
bees 4
gp list set bees personal=yes >/dev/null

# ---- no 8BITMIME, no SMTPUTF8 ----------------------------------------------------------------
relay --no-8bit --no-utf8 --dsn
serve_start
mail 'Jürg <marta@example.org>' 'Grüße' 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8' \
	'Content-Transfer-Encoding: 8bit' <<<'Die Bienen grüßen alle, die sie kennen.' |
	lmtp marta@example.org bees@example.org >reply
has "a post with 8-bit bytes is taken" reply "^250 "
ok "and goes out to a relay that takes none" wait_for 60 drained
log_says "without one of them, and means the same" "
assert len(e) == 5 and not any(x['raw'] for x in e), e
for x in m:
    assert str(make_header(decode_header(x['Subject']))) == 'Grüße', x['Subject']
    assert 'Jürg' in str(make_header(decode_header(x['From']))), x['From']
    assert x['Content-Transfer-Encoding'] == 'quoted-printable'
    assert 'grüßen alle' in x.get_payload(decode=True).decode()"
log_says "failures alone are to be told (RFC 3461)" "
assert all('RET=HDRS' in x['words'] and 'NOTIFY=FAILURE' in x['words'] for x in e), e
assert all('ORCPT=rfc822;' + x['rcpts'][0] in x['words'] for x in e), e
assert all(w != 'BODY=8BITMIME' for x in e for w in x['words'])"
mail marta@example.org 'a long line' < <(head -c 5000 /dev/zero | tr '\0' x; echo) |
	lmtp marta@example.org bees@example.org >/dev/null
ok "a line of 5000 characters goes out" wait_for 60 drained
log_says "in shorter ones, and reads the same" "
assert max(x['longest'] for x in e) <= 998
assert sum(x.get_payload(decode=True).startswith(b'x' * 5000) for x in m) == 5"
gp member add bees 'jörg@example.net' >/dev/null
gp member add bees 'kai@bücher.example' >/dev/null
mail marta@example.org 'to all' <<<hello | lmtp marta@example.org bees@example.org >/dev/null
ok "a member whose address can't be sent holds up nobody" wait_for 60 drained
log_says "a domain goes as A-labels" "
assert sum('kai@xn--bcher-kva.example' in x['rcpts'] for x in e) == 1
assert not any('jörg' in r for x in e for r in x['rcpts'])"
job=$(gp queue ls --all | awk '/to all/ {print $1; exit}')
gp queue show "$job" >shown
has "queue show says why" shown "j.*rg@example.net .*553 5.6.7 "
gp member remove bees 'jörg@example.net' >/dev/null
gp member remove bees 'kai@bücher.example' >/dev/null
relay_end

# ---- 421 after each second message --------------------------------------------------------------
relay --bye 2
for i in 1 2 3; do mail marta@example.org "post $i" <<<hello | lmtp marta@example.org bees@example.org >/dev/null; done
ok "a relay that hangs up after two messages gets all" wait_for 60 drained
log_says "each once" "
assert len(e) == 15, len(e)
assert len({(x['rcpts'][0], x['id']) for x in e}) == 15"
relay_end
serve_stop

# ---- a domain that has enough of us -----------------------------------------------------------------
for i in 1 2 3 4 5 6 7 8; do echo "s$i@slow.example"; done | gp member import bees >/dev/null
relay --slow slow.example
serve_start
mail marta@example.org 'slowly' <<<hello | lmtp marta@example.org bees@example.org >/dev/null
ok "all of a domain wait when it wants a pause" wait_for 30 waiting 8
job=$(gp queue ls | awk '/slowly/ {print $1; exit}')
gp queue show "$job" >shown
has "queue show says what it said to one" shown "@slow.example .* 451 4.7.1 too much of you"
has "and that others weren't tried" shown "slow.example pauses; it said: 451 4.7.1 too much of you"
gp queue ls >shown
has "queue ls says why the job waits" shown "8 wait until .* and later: 451 4.7.1 "
log_says "the others got it" "assert len(e) == 5, len(e)"
relay_end
relay
gp queue retry "$job" >/dev/null
ok "queue retry ends the pause" wait_for 30 drained
log_says "and they get it" "assert len(e) == 8, len(e)"
serve_stop
relay_end

# ---- lists take turns, as fast as may be --------------------------------------------------------------
site outbound.relay="smtp://127.0.0.1:$RELAY" outbound.connections=2 outbound.rate=1200
for ((i = 1; i <= 295; i++)); do echo "b$i@example.com"; done | gp member import bees >/dev/null
for i in 1 2 3 4 5 6 7 8; do gp member remove bees "s$i@slow.example" >/dev/null; done
gp list create wasps@example.org title='The wasps' >/dev/null
gp member add wasps marta@example.org role=owner >/dev/null
gp member add wasps m1@example.net >/dev/null
relay
serve_start
mail marta@example.org 'to many' <<<hello | lmtp marta@example.org bees@example.org >/dev/null
mail marta@example.org 'to few' <<<hello | sed 's/bees@/wasps@/' | lmtp marta@example.org wasps@example.org >/dev/null
ok "a large list and a small one" wait_for 60 drained
log_says "the small one needn't wait for the large one" "
at = [i for i, x in enumerate(e) if x['sender'].startswith('wasps')]
assert len(e) == 302 and len(at) == 2, (len(e), at)
assert max(at) < 270, at"
log_says "and no more go in a minute than may" "
assert e[-1]['time'] - e[0]['time'] > 4, e[-1]['time'] - e[0]['time']"
exits "TERM" 0 serve_stop
finish
