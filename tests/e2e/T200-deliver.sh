# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# From one post to a hundred mailboxes through an SMTP relay: each recipient once, with a sender of
# its own, the author's bytes untouched; what the relay refuses, defers, or isn't there to take.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 openssl
RELAY=$(free_port)
relay() { # OPTION...
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
site outbound.relay="smtp://127.0.0.1:$RELAY" web.url=https://lists.example.org
bees 99
relay
serve_start

# ---- a hundred mailboxes ------------------------------------------------------------------
cat >post.eml <<'END'
DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; h=from:subject:to;
	bh=AAAA; b=BBBB
From: Marta  Keller <marta@example.org>
To: bees@example.org
Subject:  Two  blanks   and =?utf-8?Q?=C3=A9?=
Message-ID: <hundred@example.org>
Date: Mon, 2 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

.a line that starts with a dot
Grüße aus dem Tal  
	tab and trailing blanks   
-- 
Marta
END
lmtp marta@example.org bees@example.org <post.eml >reply
has "a post is taken" reply "^250 "
ok "the queue is worked off" wait_for 60 drained
exits "each of a hundred got it once, from a sender of its own" 0 python3 -c "
import json
e = [json.loads(l) for l in open('relay.log')]
rcpts = [r for x in e for r in x['rcpts']]
assert sorted(rcpts) == sorted(['marta@example.org'] + [f'm{i}@example.net' for i in range(1, 100)]), len(rcpts)
senders = {x['sender'] for x in e}
assert len(senders) == 100 and all(s.startswith('bees+bounce-') and s.endswith('@example.org') for s in senders)
assert all(len(s.split('@')[0]) <= 64 for s in senders)"
shows() { curl -fsS "http://127.0.0.1:$HTTP/bees/" | grep -q 'Two blanks'; }
if command -v curl >/dev/null; then
	ok "the archive shows it" wait_for 5 shows
else
	skip "the archive shows it" "curl is not here"
fi

# ---- what arrives -----------------------------------------------------------------------------
exits "the author's bytes arrive as they were" 0 python3 -c "
import glob
sent = open('post.eml', 'rb').read().replace(b'\n', b'\r\n')
head, body = sent.split(b'\r\n\r\n', 1)
got = open(sorted(glob.glob('relay.log.d/*'))[0], 'rb').read()
ghead, gbody = got.split(b'\r\n\r\n', 1)
assert gbody == body, gbody
assert head in ghead, ghead
fields = [l.split(b':')[0].lower() for l in ghead.split(b'\r\n') if l[:1] not in b' \t']
for f in (b'list-id', b'list-post', b'list-help', b'list-owner', b'list-unsubscribe', b'list-unsubscribe-post',
    b'list-subscribe', b'list-archive', b'archived-at', b'precedence', b'received'):
    assert fields.count(f) == 1, f
assert b'List-Unsubscribe-Post: List-Unsubscribe=One-Click' in ghead
assert all(len(l) <= 998 for l in ghead.split(b'\r\n'))"
exits "the unsubscribe link is each recipient's own" 0 python3 -c "
import glob, re
links = [re.search(rb'https://lists.example.org/u/\w+', open(f, 'rb').read()).group(0) for f in glob.glob('relay.log.d/*')]
assert len(links) == len(set(links)) == 100"

# ---- refused and deferred ---------------------------------------------------------------------------
for a in reject550 defer451 bad554; do gp member add bees "$a@example.net" >/dev/null; done
mail marta@example.org "second" <<<"hello" | lmtp marta@example.org bees@example.org >/dev/null
ok "one delivery waits" wait_for 60 waiting 1
job=$(gp queue ls | awk '{print $1; exit}')
exits "queue show says which and why" 0 gp queue show "$job"
has "the one that waits" "$out" "defer451@example.net .*451 4.2.0 try later"
has "the one that was refused" "$out" "reject550@example.net .*550 5.1.1 no such user"
has "the one refused after its data" "$out" "bad554@example.net .*554 5.6.0 not this"
is "two have failed" "$(count deliveries_failed)" 2
relay_end
relay --all
gp queue retry >/dev/null
ok "what waited is delivered when the relay takes it" wait_for 60 drained
is "to the one that waited, once" "$(grep -c defer451 relay.log)" 1

# ---- the relay is away --------------------------------------------------------------------------------
relay_end
mail marta@example.org "third" <<<"hello" | lmtp marta@example.org bees@example.org >reply
has "mail is taken while the relay is away" reply "^250 "
ok "the log says that it is away" wait_for 20 grep -q event=relay-down "$LOG"
serve_stop
relay --all
serve_start
ok "everything is delivered when it is back" wait_for 60 drained
is "to each once" "$(grep -c '"rcpts"' relay.log)" "$((100 + 100 + 1 + 103))"
is "nobody was blamed for it" "$(count deliveries_failed)" 2
serve_stop
relay_end

# ---- TLS and a password ----------------------------------------------------------------------------------
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-keyout key.pem -out cert.pem 2>/dev/null
cat cert.pem key.pem >both.pem
echo "secret word" >password
chmod 600 password
relay --all --tls both.pem --auth "lists:secret word"
safe() { site outbound.relay="smtp://localhost:$RELAY" outbound.tls=always web.url=https://lists.example.org "$@"; }
safe
gp check >checked
has "a certificate that nobody vouches for is refused" checked "wrong +relay .*"
safe outbound.ca="$T/cert.pem" outbound.user=lists outbound.password_file="$T/wrong"
echo nonsense >wrong
chmod 600 wrong
gp check >checked
has "so is a wrong password" checked "wrong +relay .*"
safe outbound.ca="$T/cert.pem" outbound.user=lists outbound.password_file="$T/password"
gp check >checked
has "with both right the relay is found well" checked "ok +relay "
serve_start
before=$(wc -l <relay.log)
mail marta@example.org "fourth" <<<"hello" | lmtp marta@example.org bees@example.org >reply
ok "and mail goes out by TLS" wait_for 60 drained
is "to everyone" "$(($(wc -l <relay.log) - before))" 103
exits "TERM" 0 serve_stop
finish
