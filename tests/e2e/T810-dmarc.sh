# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Authors' domains and their wishes (DMARC, DKIM): what is signed arrives as it was signed; what can't keep its
# signature goes in the list's name where the author's domain wants that; nobody waits for a slow DNS.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 openssl
PYTHON=/usr/bin/python3	# Debian's own, which has Debian's modules
$PYTHON -c 'import dkim' 2>/dev/null || skip_all "python3-dkim is not here"

# ---- a DNS, and a key that signs for all domains of the test -----------------------------------------------
DNS=$(free_port)
openssl genrsa -out key.pem 1024 2>/dev/null
public=$(openssl rsa -in key.pem -pubout -outform DER 2>/dev/null | base64 -w 0)
{
	echo '_dmarc.strict.example TXT v=DMARC1; p=reject'
	echo '_dmarc.lax.example TXT v=DMARC1; p=none'
	echo '_dmarc.pieces.example CNAME _dmarc.elsewhere.example'
	echo '_dmarc.elsewhere.example TXT v=DMARC1;| p=quar|antine'
	echo '_dmarc.broken.example FAIL'
	echo '_dmarc.silent.example SILENT'
	for d in strict.example lax.example; do
		echo "test._domainkey.$d TXT v=DKIM1; k=rsa; p=$public"
	done
} >zone
: >dns.log
python3 "$E2E/dns.py" "$DNS" zone dns.log &
site outbound.dns="127.0.0.1:$DNS"
bees 1
gp list create ants@example.org prefix='[ants]' >/dev/null
gp list create wasps@example.org dmarc=wrap prefix='[wasps #]' reply_to=list >/dev/null
for l in bees ants wasps; do
	for a in ann@strict.example lou@lax.example pat@pieces.example bo@broken.example si@silent.example; do
		gp member add $l $a delivery=none >/dev/null
	done
	[ $l = bees ] || gp member add $l m1@example.net >/dev/null
done
serve_start

copy() { grep -l "^Subject: .*$1\$" "$D"/outbox/new/* 2>/dev/null | head -n 1; }
arrived() { [ -n "$(copy "$1")" ]; }
header() { python3 -c '
import email.policy, sys
m = email.message_from_file(open(sys.argv[1], newline=""), policy=email.policy.default)
v = m.get_all(sys.argv[2]) or []
print("|".join(v))' "$(copy "$1")" "$2"; }
send() { # LIST FROM SUBJECT [SIGN-CANON FIELDS]
	echo "The swarm of $3 hangs in the tree.  Two blanks. " |
		mail "$2" "$3" 'X-Odd:   spaced   out' | sed "s/^To: .*/To: $1@example.org,\n  Somebody Else   <else@example.net>/" >message
	if [ $# -gt 3 ]; then
		$PYTHON "$E2E/dkim.py" sign "${2##*@}" key.pem "$4" "$5" <message >signed
	else
		cp message signed
	fi
	lmtp "$(tr -d '<>' <<<"${2##* }")" "$1@example.org" <signed >reply
}
post() { send "$@" && wait_for 15 arrived "$3"; }
verifies() { # SUBJECT: without what the Maildir relay puts on top
	$PYTHON "$E2E/dkim.py" verify zone <"$(copy "$1")"
}

# ---- signed mail ----------------------------------------------------------------------------------------------
fields=from:to:subject:date:message-id:x-odd
for canon in relaxed/relaxed simple/simple relaxed/simple simple/relaxed; do
	ok "a signed post arrives: $canon" post bees ann@strict.example "signed-$canon" $canon $fields
	ok "its signature holds: $canon" verifies "signed-$canon"
	is "From is the author's: $canon" "$(header "signed-$canon" From)" ann@strict.example
done
ok "From is signed twice against additions" post bees ann@strict.example oversigned relaxed/relaxed from:from:to:subject:subject
ok "and the signature holds" verifies oversigned
hasnt "nobody was asked for a signed post" dns.log strict
ok "a signature that covers what we add" post bees ann@strict.example covers relaxed/relaxed from:subject:list-id:list-unsubscribe
is "can't hold: From is ours" "$(header covers From)" 'ann via bees <bees@example.org>'
is "and the author in reach" "$(header covers Reply-To)" ann@strict.example

# ---- unsigned mail, and lists that change it -------------------------------------------------------------------
ok "an unsigned post of a strict domain" post bees 'Ann Doe <ann@strict.example>' unsigned
is "goes in the list's name" "$(header unsigned From)" 'Ann Doe via bees <bees@example.org>'
is "with the author in Reply-To" "$(header unsigned Reply-To)" 'Ann Doe <ann@strict.example>'
is "and where tools find him" "$(header unsigned X-Original-From)" 'Ann Doe <ann@strict.example>'
ok "a post of a lax domain" post bees lou@lax.example easy
is "keeps its From" "$(header easy From)" lou@lax.example
ok "a record in pieces behind an alias" post bees pat@pieces.example pieces
is "is read" "$(header pieces From)" 'pat via bees <bees@example.org>'
ok "a list with a prefix" post ants ann@strict.example prefixed relaxed/relaxed $fields
is "writes it" "$(header prefixed Subject)" '[ants] prefixed'
is "and From anew, as the signature is broken" "$(header prefixed From)" 'ann via ants <ants@example.org>'
is "which goes" "$(header prefixed DKIM-Signature)" ''
ok "a lax domain there" post ants lou@lax.example lax-prefixed
is "keeps its From, too" "$(header lax-prefixed From)" lou@lax.example
send ants ann@strict.example 'Re: [ants] again' relaxed/relaxed $fields
ok "a reply that has the prefix" wait_for 15 arrived 'Re: .ants. again'
ok "is not touched: its signature holds" verifies 'Re: .ants. again'
gp export bees >all.mbox
has "the archive has the author's own From" all.mbox '^From: Ann Doe <ann@strict.example>'

# ---- a footer ------------------------------------------------------------------------------------------------------
gp list create flies@example.org footer="$(printf 'The flies, {{list}} %%s $(id)\nflies+help@example.org')" >/dev/null
for a in ann@strict.example lou@lax.example; do gp member add flies $a delivery=none >/dev/null; done
gp member add flies m1@example.net >/dev/null
ok "a list with a footer" post flies lou@lax.example footed
tail -n 3 "$(copy footed)" | tr -d '\r' >foot
is "has it under its posts, word by word" "$(tail -n 2 foot)" "$(printf 'The flies, {{list}} %%s $(id)\nflies+help@example.org')"
ok "a signed post gets it too" post flies ann@strict.example footed-signed relaxed/relaxed $fields
is "and From anew" "$(header footed-signed From)" 'ann via flies <flies@example.org>'
hasnt "the archive has the author's text" <(gp export flies) 'flies.help'

# ---- wrapped -----------------------------------------------------------------------------------------------------
ok "a list that wraps" post wasps ann@strict.example within relaxed/relaxed $fields
is "has From of its own" "$(header within From)" 'ann via wasps <wasps@example.org>'
is "numbers it" "$(header within Subject)" '[wasps 1] within'
is "wants replies for itself" "$(header within Reply-To)" wasps@example.org
is "and has the author in Cc" "$(header within Cc)" ann@strict.example
is "in a mail of its own" "$(header within Content-Type)" message/rfc822
python3 -c '
import email, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"))
sys.stdout.buffer.write(m.get_payload(0).as_bytes())' "$(copy within)" >inner
ok "what is within is signed and holds" $PYTHON "$E2E/dkim.py" verify zone <inner

# ---- a DNS that fails ----------------------------------------------------------------------------------------------
waits() { gp queue ls --json | grep -q "\"subject\": *\"$1\""; }
send bees bo@broken.example broken-dns
send bees si@silent.example silent-dns
ok "others go on meanwhile" post bees lou@lax.example meanwhile
ok "mail of a domain that can't be asked waits" wait_for 20 grep -q 'event=dmarc domain=broken.example policy=unknown' "$LOG"
ok "in the queue" wait_for 10 waits broken-dns
ok "not at the readers" test -z "$(copy broken-dns)"
serve_stop
site outbound.dns="127.0.0.1:$DNS" server.testing=yes server.test_now="$(date -u -d '+20 minutes' +%FT%TZ)"
serve_start
ok "20 minutes later it goes" wait_for 30 arrived broken-dns
is "in the list's name" "$(header broken-dns From)" 'bo via bees <bees@example.org>'
ok "so does that of a DNS without any answer" wait_for 60 arrived silent-dns
serve_stop
finish
