# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# contrib/opendkim at work: a real Postfix is the relay, the real OpenDKIM its filter, with the files that we ship
# and only ports and paths put in; what arrives is verified with another library. (Case X08.)
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 openssl
MAILBOXES='marta@example.net bob@example.net'
. "$E2E/postfix.sh"
[ -z "$PF_SKIP" ] || skip_all "$PF_SKIP"
PYTHON=/usr/bin/python3	# Debian's own, which has Debian's modules
$PYTHON -c 'import dkim' 2>/dev/null || skip_all "python3-dkim is not here"
opendkim=$(PATH=$PATH:/usr/sbin command -v opendkim) || skip_all "opendkim is not here"
id opendkim >/dev/null 2>&1 || skip_all "there is no user opendkim"

# ---- keys, the filter, and a Postfix that uses it ----------------------------------------------------------
OUT=$(free_port) MILTER=$(free_port)
contrib=$GP_SRCDIR/contrib/opendkim
ship() { # FILE: one of ours, with this test's domain, paths and ports
	sed "s#/etc/opendkim-lists#$T/dkim#; s#/run/opendkim#$T/dkim#; s#:8891@#:$MILTER@#; s#127.0.0.1:8891#127.0.0.1:$MILTER#
		s#lists\.example\.org#example.org#; s#127.0.0.1:10026#127.0.0.1:$OUT#; s# inet n - y # inet n - n #" "$contrib/$1"
}
mkdir dkim
for k in dkim/mail.private author.pem; do openssl genrsa -out $k 2048 2>/dev/null; done
public() { openssl rsa -in "$1" -pubout -outform DER 2>/dev/null | base64 -w 0; }
for f in opendkim.conf signing.table key.table; do ship $f >dkim/$f; done
# Below /tmp, where everybody may write, no key is safe enough for OpenDKIM.
echo 'RequireSafeKeys no' >>dkim/opendkim.conf
chmod 600 dkim/mail.private
chown -R opendkim dkim
cat >zone <<-END
	mail._domainkey.example.org TXT v=DKIM1; k=rsa; p=$(public dkim/mail.private)
	test._domainkey.strict.example TXT v=DKIM1; k=rsa; p=$(public author.pem)
END
# T must let others pass before the filter has given up its rights.
chmod 711 "$T"
"$opendkim" -x dkim/opendkim.conf -f </dev/null >filter.log 2>&1 &
FILTER=$!
PF_MASTER=$(ship master.cf)
site outbound.relay="smtp://127.0.0.1:$OUT" web.url=https://lists.example.org
bees
gp member add bees bob@example.net >/dev/null
gp member add bees ann@strict.example delivery=none >/dev/null
postfix_start
trap 'kill $FILTER; postfix_stop; serve_kill; [ -n "${KEEP-}" ] || rm -rf "$T"' EXIT
answers() { exec 3<>"/dev/tcp/127.0.0.1/$MILTER"; } 2>/dev/null
wait_for 15 answers || { diag "OpenDKIM does not answer" "$(cat filter.log)"; exit 99; }
serve_start

send() { # FROM SUBJECT [SIGN]
	echo "  The swarm hangs in the tree.  Two blanks. " | mail "$1" "$2" \
		'Authentication-Results: mx.example.org; dkim=pass header.d=strict.example' >message
	cp message signed
	[ $# -lt 3 ] || $PYTHON "$E2E/dkim.py" sign "${1##*@}" author.pem relaxed/relaxed from:from:to:subject:date:message-id \
		<message >signed
	lmtp "$1" bees@example.org <signed >reply
}
signed_fields() { $PYTHON "$E2E/dkim.py" tag h example.org <"$mail" | tr ':A-Z' '\na-z'; }
holds() { $PYTHON "$E2E/dkim.py" verify zone "$1" <"$mail"; }

# ---- an author who signs ---------------------------------------------------------------------------------------
send ann@strict.example both sign
gets "a signed post arrives" bob@example.net both || { diag "$(tail "$POSTFIX/log" filter.log)"; exit 1; }
ok "its author's signature holds" holds strict.example
ok "and ours beside it" holds example.org
signed_fields >fields
for f in list-unsubscribe list-unsubscribe-post list-id list-post from to subject date; do
	has "ours covers $f" fields "^$f\$"
done
is "From is covered against a second one" "$(grep -c '^from$' fields)" 2
is "a List- field is not" "$(grep '^list-' fields | sort | uniq -d)" ''
is "what the receiving server said goes on" "$(field Authentication-Results)" 'mx.example.org; dkim=pass header.d=strict.example'
is "From is the author's" "$(field From)" ann@strict.example
# The fields are there to be covered, and the signature fails with another.
has "List-Unsubscribe-Post is there" <(field List-Unsubscribe-Post) '^List-Unsubscribe=One-Click$'
cp "$mail" forged
sed -i 's/^List-Unsubscribe-Post: .*/List-Unsubscribe-Post: List-Unsubscribe=Two-Clicks/' forged
mail=forged
ok "another List-Unsubscribe-Post breaks ours" test "$(holds example.org && echo holds)" = ''
ok "not the author's" holds strict.example

# ---- others ----------------------------------------------------------------------------------------------------
gp member add bees lou@lax.example delivery=none >/dev/null
send lou@lax.example unsigned
gets "an unsigned post arrives" bob@example.net unsigned
ok "signed by us" holds example.org
gp list set bees prefix='[bees]' dmarc=always >/dev/null
send lou@lax.example 'with a prefix: Grüße'
gets "a post that the list changed" bob@example.net '(with|utf-8)'
has "goes in its name" <(field From) 'bees@example\.org'
ok "signed after the change" holds example.org
lmtp bob@example.net bees+help@example.org <<-END >reply
	From: bob@example.net
	To: bees+help@example.org
	Subject: help
	Message-ID: <help@test.example>
	Date: Mon, 2 Nov 2026 10:00:00 +0000

END
gets "an answer of the list itself" bob@example.net '.'
ok "is signed too" holds example.org
serve_stop
finish
