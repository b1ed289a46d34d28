# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# kill -9 at random points under load. Afterwards: every post that got 250 is in the archive, once;
# every delivery is made; no recipient got a post twice, but for the one transaction of each
# connection that was in flight at a kill.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3
rounds=8 connections=3
sanitized && rounds=3
RELAY=$(free_port)
python3 "$E2E/relay.py" "$RELAY" relay.log &
site outbound.relay="smtp://127.0.0.1:$RELAY" outbound.connections=$connections
bees 5
: >acked
for ((r = 1; r <= rounds; r++)); do
	serve_start
	python3 "$E2E/load.py" "$LMTP" 10 "r$r.$$" acked &
	load=$!
	# A random moment of the load, by the number of posts that were answered.
	want=$(($(wc -l <acked) + RANDOM % 300 + 5))
	enough() { [ "$(wc -l <acked)" -ge "$want" ]; }
	wait_for 60 enough
	serve_kill
	wait "$load"
done
ok "posts were answered in $rounds rounds" test "$(wc -l <acked)" -gt $((rounds * 5))
serve_start
drained() { [ "$(count jobs)" = 0 ]; }
ok "the queue is worked off" wait_for 120 drained
exits "TERM" 0 serve_stop
gp export bees --format json >archive.json
exits "every post that got 250 is in the archive, once" 0 python3 -c "
import collections, json
acked = open('acked').read().split()
archive = collections.Counter(m['message_id'] for m in json.load(open('archive.json')))
assert len(acked) == len(set(acked))
lost = [a for a in acked if archive[a] == 0]
twice = [a for a, n in archive.items() if n > 1]
print(len(acked), 'answered,', len(archive), 'archived,', lost[:5], twice[:5])
assert not lost and not twice"
diag "$(cat "$out")"
exits "every delivery is made, and repeated only where one was in flight" 0 python3 -c "
import collections, json
archive = {m['message_id'] for m in json.load(open('archive.json'))}
made = collections.Counter()
for line in open('relay.log'):
    e = json.loads(line)
    for r in e['rcpts']: made[e['id'].strip('<>'), r] += 1
people = ['marta@example.org'] + [f'm{i}@example.net' for i in range(1, 6)]
# Authors get their own posts too.
missing = [(a, p) for a in archive for p in people if made[a, p] == 0]
repeats = sum(n - 1 for n in made.values())
print(len(made), 'deliveries,', repeats, 'repeated,', len(missing), 'missing')
assert not missing, missing[:5]
assert repeats <= $rounds * $connections"
diag "$(cat "$out")"
exits "the database is sound" 0 gp check --full
finish
