# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Old mail: the kinds of mbox, Maildir, folders, compressed files, damage; twice adds nothing;
# export gives it back; and a whole real list, killed in the middle.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 gzip
site
bees 0

# added DUPLICATES... of the last import, from its JSON.
imported() { python3 -c "import json, sys; d = json.load(open('$out')); print(d['added'], d['duplicates'], d['held'], d['skipped'])"; }
keys() { gp export "$1" --format json | python3 -c '
import json, sys
for m in sorted(json.load(sys.stdin), key=lambda m: m["key"]): print(m["key"], m["parent"])'; }

# ---- small files of our own ------------------------------------------------------------------
mkdir -p md/cur md/new md/tmp eml/deep
mail a@x.example "From a Maildir" <<<"one" >md/cur/1:2,S
mail a@x.example "New in a Maildir" <<<"two" >md/new/2
mail a@x.example "Being written" <<<"three" >md/tmp/3
mail a@x.example "A single file" <<<"four" >eml/a.eml
mail a@x.example "Deeper" <<<"five" >eml/deep/b.eml
{
	echo "From a@x.example Mon Nov  2 10:00:00 2026"
	MSGID=o1@x.example mail a@x.example "mboxo" <<<$'Dear all,\n>From here on\nbye'
	echo
	echo "From a@x.example Mon Nov  2 10:01:00 2026"
	MSGID=o2@x.example mail a@x.example "the next" <<<"six"
	echo
} >o.mbox
{
	body=$'a line\nFrom the start of a line\nend\n'
	echo "From a@x.example Mon Nov  2 10:02:00 2026"
	MSGID=c1@x.example mail a@x.example "mboxcl2" "Content-Length: ${#body}" <<<"${body%$'\n'}"
	echo
	echo "From a@x.example Mon Nov  2 10:03:00 2026"
	MSGID=c2@x.example mail a@x.example "behind it" "Content-Length: 4" <<<"end"
	echo
} >cl2.mbox
gzip -k o.mbox
: >empty.mbox
exits "a Maildir" 0 gp import bees --json md
is "cur and new are read, tmp is not" "$(imported)" "2 0 0 0"
exits "a folder of single files" 0 gp import bees --json eml
is "also those in folders" "$(imported)" "2 0 0 0"
exits "an mboxo file" 0 gp import bees --json o.mbox
is "two messages" "$(imported)" "2 0 0 0"
exits "the same, compressed" 0 gp import bees --json o.mbox.gz
is "adds nothing" "$(imported)" "0 2 0 0"
exits "an mboxcl2 file" 0 gp import bees --json cl2.mbox
is "its length is believed" "$(imported)" "2 0 0 0"
exits "an empty file" 0 gp import bees --json empty.mbox
is "holds nothing, and is named" "$(imported)" "0 0 0 1"
ok "with the reason" grep -q 'the file is empty' "$out"
head -c 100 o.mbox.gz >cut.gz
exits "a damaged file does not stop the others" 0 gp import bees --json cut.gz eml/a.eml no-such-file
ok "and is named with its place" grep -q cut.gz "$out"
ok "so is one that is not there" grep -q no-such-file "$out"
is "eight messages are there" "$(count messages)" 8

# ---- out and in again -----------------------------------------------------------------------------
gp import bees "$GP_SRCDIR/contrib/demo/bees.mbox" >/dev/null
gp export bees >all.mbox
gp list create again@example.org >/dev/null
exits "an export is imported" 0 gp import again --json all.mbox
is "to the same number" "$(gp export again | grep -c '^From ')" "$(grep -c '^From ' all.mbox)"
keys bees >k1
keys again >k2
ok "with the same keys and parents" cmp k1 k2
gp export again >all2.mbox
python3 "$GP_SRCDIR/contrib/old-paths" hyperkitty /archives/list/bees@example.org <all.mbox >hk.paths
is "old addresses: two for each message" "$(wc -l <hk.paths)" "$((2 * $(grep -c '^From ' all.mbox)))"
exits "they are taken" 0 gp import bees --paths hk.paths
has "and all known" "$out" " 0 are of messages that are not here"
mkdir -p pm/2016-May
echo '<A HREF="mailto:bees%40example.org?Subject=Re%3A%20x&In-Reply-To=%3Cnot-here%40x.example%3E" TITLE="x">' >pm/2016-May/000001.html
python3 "$GP_SRCDIR/contrib/old-paths" pipermail /pipermail/bees pm >pm.paths
is "those of Pipermail" "$(cat pm.paths)" "/pipermail/bees/2016-May/000001.html <not-here@x.example>"
exits "of a message that isn't here" 0 gp import bees --paths pm.paths
has "are counted" "$out" " 1 are of messages that are not here"
echo 'no path' >wrong.paths
exits "what is no path" 65 gp import bees --paths wrong.paths
ok "and the same bytes" cmp all.mbox all2.mbox
exits "as a Maildir" 0 gp export bees --format maildir out
is "one file a message" "$(find out/cur -type f | wc -l)" "$(grep -c '^From ' all.mbox)"
ok "which Python can read too" python3 -c "
import mailbox; a = {m['Message-ID'].strip() for m in mailbox.Maildir('out')}; b = {m['Message-ID'].strip() for m in mailbox.mbox('all.mbox')}
assert a == b and len(a) > 40"

# ---- a real list ------------------------------------------------------------------------------------
corpus=$GP_SRCDIR/../shared/corpora/linux-man.mbox.zst
if [ ! -f "$corpus" ]; then
	skip "a real list" "the corpus is not here"
	finish
fi
if sanitized; then
	skip "a real list" "it is for the plain build"
	finish
fi
need zstd
distinct=$(zstd -dc "$corpus" | python3 -c '
import re, sys
# Message-IDs as the headers have them, folded or not.
ids, head = set(), False
for line in sys.stdin.buffer:
    if line.startswith(b"From "): head, want = True, False
    elif line in (b"\n", b"\r\n"): head = False
    elif head:
        m = re.match(rb"(?i)message-id:\s*(\S*)", line)
        if m: want = True; got = m.group(1)
        elif want and line[:1] in b" \t": got = line.strip()
        else: want = False; continue
        if want and got: ids.add(got); want = False
print(len(ids))')
gp list create man@example.org >/dev/null
"$GP" -c "$D/guildpost.conf" import man "$corpus" >/dev/null 2>&1 &
pid=$!
some() { [ "$(gp list ls --json | python3 -c 'import json, sys; print([l["messages"] for l in json.load(sys.stdin) if l["address"] == "man@example.org"][0])')" -gt 2000 ]; }
ok "the import is on its way" wait_for 60 some
kill -9 $pid
wait $pid 2>/dev/null
exits "killed, it goes on" 0 gp import man --json "$corpus"
ok "where it was" python3 -c "
import json; d = json.load(open('$out'))
assert any(n['what'] == 'resumed' for n in d['notes']), d['notes']
assert d['added'] < 16000, d['added']"
total=$(gp list ls --json | python3 -c 'import json, sys; print([l["messages"] for l in json.load(sys.stdin) if l["address"] == "man@example.org"][0])')
ok "every distinct Message-ID of $distinct is there once ($total)" test "$total" -ge "$distinct" -a "$total" -ge 17879
is "export has as many" "$(gp export man | grep -c '^From ')" "$total"
exits "once more" 0 gp import man --json "$corpus"
ok "adds nothing" test "$(imported | cut -d' ' -f1)" = 0
exits "the database is sound" 0 gp check
finish
