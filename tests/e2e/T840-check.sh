# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The doctor's look into the DNS: what a domain that sends mail must have there, each right, missing
# and wrong; a DNS that doesn't answer; and what an author's domain asks of lists.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3
DNS=$(free_port)
RELAY=$(free_port)
: >dns.log
: >zone
python3 "$E2E/dns.py" "$DNS" zone dns.log &
python3 "$E2E/relay.py" "$RELAY" relay.log &
settings=(server.admin=ada@example.net outbound.dns="127.0.0.1:$DNS" outbound.relay="smtp://127.0.0.1:$RELAY"
	outbound.helo=out.example.org web.url=https://lists.example.org)
site "${settings[@]}"
bees
key=$(printf 'A%.0s' {1..196})
long="$key|$key"

# A domain that has everything; lines that match /$1/ are left out, and what is in "$2" is there.
zone() {
	{
		cat <<-END
			example.org MX 10 mx1.example.org
			example.org MX 20 mx2.example.org
			example.org TXT v=spf1 mx -all
			example.org TXT some-site-verification=1234
			mx1.example.org A 192.0.2.1
			mail._domainkey.example.org TXT v=DKIM1; k=rsa; |p=$long
			_dmarc.example.org TXT v=DMARC1; p=none; rua=mailto:ada@example.net
			out.example.org A 192.0.2.7
			out.example.org AAAA 2001:db8::7
			7.2.0.192.in-addr.arpa PTR out.example.org
			7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR out.example.org
		END
	} | grep -Ev -e "${1:-^nothing}" >zone.new
	printf '%s\n' "${2-}" >>zone.new
	mv zone.new zone
}
# row NAME CHECK RESULT PATTERN [LEAVE OUT [ADD]]: a row of the doctor's, for such a zone.
row() {
	zone "${5-}" "${6-}"
	gp check >rows 2>&1
	has "$1" rows "^$3 +$2 +.*$4"
}

# ---- all is well -----------------------------------------------------------------------------------
zone
exits "a domain that has everything" 0 gp check
cp "$out" rows
hasnt "is called neither wrong nor unknown" rows '^(wrong|unknown)'
has "MX" rows '^ok +MX +example\.org: mx1\.example\.org$'
has "SPF" rows '^ok +SPF +example\.org: v=spf1 mx -all$'
has "DKIM, under a usual selector" rows '^ok +DKIM +mail\._domainkey\.example\.org$'
has "DMARC" rows '^ok +DMARC +example\.org: p=none, by the record of example\.org$'
has "the name of its address" rows '^ok +PTR +192\.0\.2\.7 is called out\.example\.org$'
has "of either kind" rows '^ok +PTR +2001:db8::7 is called out\.example\.org$'
has "ARC is somebody else's work" rows '^note +ARC +.*rspamd'
exits "as JSON" 0 gp check --json
ok "every row has a result, a check and a text" python3 -c '
import json, sys
rows = json.load(open(sys.argv[1]))
checks = [r["check"] for r in rows if r["result"] and r["say"]]
sys.exit(len(checks) != len(rows) or not {"MX", "SPF", "DKIM", "DMARC", "PTR", "ARC"} <= set(checks))' "$out"
: >dns.log
gp check >/dev/null
is "nothing is asked twice" "$(sort dns.log | uniq -d)" ""

# ---- what is missing or wrong ------------------------------------------------------------------------
row "no MX, but an address" MX warn 'goes to 192\.0\.2\.1 itself: add an MX' ' MX ' 'example.org A 192.0.2.1'
row "neither" MX warn 'neither an MX record nor an address' ' MX '
row "an MX without an address" MX wrong 'mx2\.example\.org has no address: give it' '^mx1'
row "the second will do" MX ok 'mx2\.example\.org' '^mx1' 'mx2.example.org AAAA 2001:db8::2'
row "no mail is wanted" MX wrong 'takes no mail' ' MX ' 'example.org MX 0 .'
row "no SPF" SPF warn 'add TXT "v=spf1 mx -all"' 'spf1'
row "two of them" SPF wrong 'has 2 records' '' 'example.org TXT v=spf1 ip4:192.0.2.7 -all'
row "something like it" SPF warn 'add TXT' 'spf1' 'example.org TXT v=spf10 mx -all'
row "everybody may" SPF wrong 'lets everybody send' 'spf1' 'example.org TXT v=spf1 mx +all'
row "everybody may, said shortly" SPF wrong 'lets everybody send' 'spf1' 'example.org TXT v=spf1 mx ALL'
row "no end" SPF warn "doesn't say what others are" 'spf1' 'example.org TXT v=spf1 mx a:small.example.org'
row "neutral" SPF warn "doesn't say" 'spf1' 'example.org TXT v=spf1 mx ?all'
row "a soft end" SPF ok 'all$' 'spf1' 'example.org TXT v=spf1 mx ~all'
row "elsewhere" SPF ok 'redirect=' 'spf1' 'example.org TXT v=spf1 redirect=_spf.example.net'
row "no key" DKIM warn 'no key at the usual places.*contrib/opendkim.*dkim_selector' _domainkey
row "something that is no key" DKIM warn 'no key' _domainkey 'mail._domainkey.example.org TXT v=spf1 p=x'
row "a key taken back, under a name that was guessed" DKIM warn 'no key' _domainkey 's1._domainkey.example.org TXT v=DKIM1; p='
row "a short key" DKIM warn 's1\._domainkey\.example\.org is a short key' _domainkey \
	"s1._domainkey.example.org TXT p=$key"
row "a key of another kind is short" DKIM ok 's2\._domainkey' _domainkey "s2._domainkey.example.org TXT k=ed25519; p=${key:0:44}"
row "no DMARC" DMARC warn 'TXT "v=DMARC1; p=none" at _dmarc\.example\.org' _dmarc
row "two of them" DMARC warn 'or more than one' '' '_dmarc.example.org TXT v=DMARC1; p=reject'
row "a strict one without a key" DMARC warn 'p=reject, but no DKIM key' '_dmarc|_domainkey' \
	'_dmarc.example.org TXT v=DMARC1; p=reject'
row "a strict one with a key" DMARC ok 'p=quarantine, by the record of example\.org, testing' _dmarc \
	'_dmarc.example.org TXT v=DMARC1; p=quarantine; t=y'
row "that of the domain above" DMARC ok 'by the record of org$' _dmarc '_dmarc.org TXT v=DMARC1; p=none'
row "no name for the address" PTR warn '192\.0\.2\.7 has no name.* PTR to out\.example\.org' in-addr
row "a name that leads elsewhere" PTR warn 'called host7\.example\.net, which is not at 192\.0\.2\.7' in-addr \
	'7.2.0.192.in-addr.arpa PTR host7.example.net'
row "a name that leads back, though not the one we say" PTR ok 'called host7\.example\.net' in-addr "$(
	printf '7.2.0.192.in-addr.arpa PTR host7.example.net\nhost7.example.net A 192.0.2.7')"
row "no address" PTR warn 'out\.example\.org, which mail leaves from, has no address' '^out'
row "an address of the house" PTR note '10\.1\.2\.3, an address of your own network' '^out' 'out.example.org A 10.1.2.3'
row "what is wrong" SPF wrong . spf1 'example.org TXT v=spf1 all'
exits "makes the exit code 1" 1 gp check
zone ' MX |spf1|_dmarc|_domainkey'
exits "what is only missing doesn't" 0 gp check

# ---- lists of other domains; selectors by name ----------------------------------------------------------
gp list create ants@lists.example.com >/dev/null
zone '' 'lists.example.com TXT v=spf1 +all'
gp check >rows
has "a list's own domain is looked at" rows '^wrong +SPF +lists\.example\.com'
has "beside the site's" rows '^ok +SPF +example\.org'
site "${settings[@]}" outbound.dkim_selector=x2026
zone '' "x2026._domainkey.example.org TXT v=DKIM1; p="
gp check >rows
has "no key under the selector that was named" rows '^wrong +DKIM +there is no key at x2026\._domainkey\.lists\.example\.com'
has "one that was taken back" rows '^wrong +DKIM +the key at x2026\._domainkey\.example\.org was taken back'
zone '' "x2026._domainkey.example.org TXT p=$long"
gp check >rows
has "a good one" rows '^ok +DKIM +x2026\._domainkey\.example\.org'
site "${settings[@]}" outbound.relay=smtp://192.0.2.7:25
zone
is "a relay elsewhere: its name counts" "$(gp check | grep -c '^ok *PTR *192.0.2.7')" 1

# ---- a DNS that fails -------------------------------------------------------------------------------------
site "${settings[@]}"
for d in example.org mail._domainkey.example.org default._domainkey.example.org _dmarc.example.org out.example.org; do
	echo "$d FAIL"
done >zone
gp check >rows
for check in MX SPF DKIM DMARC PTR; do
	has "a DNS that fails: $check could not be asked" rows "^unknown +$check .*could not be asked"
done
site "${settings[@]}" outbound.dns=127.0.0.1:9
start=$SECONDS
exits "no DNS at all is nothing wrong" 0 gp check
is "each is unknown" "$(grep -c '^unknown .*could not be asked' "$out")" 9
ok "and nothing hangs" test $((SECONDS - start)) -lt 60
site "${settings[@]}" outbound.dns=off
exits "a DNS that is switched off" 0 gp check
has "is said to be so" "$out" '^note +DNS +not looked at'
hasnt "and nothing of it guessed" "$out" '(MX|SPF|DKIM|DMARC|PTR) '
exits "nor is an author's domain asked" 78 gp check --dmarc strict.example
has "which is said" "$err" 'dns is off'

# ---- what authors' domains want ------------------------------------------------------------------------------
site "${settings[@]}"
cat >zone <<-END
	_dmarc.strict.example TXT v=DMARC1; p=reject; sp=quarantine; t=y
	_dmarc.lax.example TXT v=DMARC1; p=none
	a.bare.example A 192.0.2.9
	_dmarc.broken.example FAIL
END
dmarc() { # NAME DOMAIN POLICY RECORD TESTING [CODE]
	exits "$1" "${6:-0}" gp check --json --dmarc "$2"
	is "is seen so" "$(python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
print(r["policy"], r["record"], r["testing"])' "$out")" "$3 $4 $5"
}
dmarc "a strict domain" strict.example reject strict.example True
dmarc "an author's address" ann@Strict.Example reject strict.example True
dmarc "a domain below" mail.strict.example quarantine strict.example True
dmarc "a lax one" lax.example none lax.example False
dmarc "one without a record" a.bare.example none None False
dmarc "one that can't be asked" broken.example unknown None False 75
exits "people read it as lines" 0 gp check --dmarc strict.example
has "with what it means" "$out" "^means: .*in the list's name"
exits "no domain" 65 gp check --dmarc 'a..b'
has "is named" "$err" 'a\.\.b is no domain'
exits "the option wants one" 64 gp check --dmarc
finish
