# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# contrib/opendkim at work: a real Postfix is the relay, the real OpenDKIM its filter, with the files that we ship
# and only ports and paths put in; what arrives is verified with another library. (Case X08.)
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 openssl
MAILBOXES='marta@example.net bob@example.net'
. "$E2E/postfix.sh"
[ -z "$PF_SKIP" ] || skip_all "$PF_SKIP"
. "$E2E/opendkim.sh"

# ---- keys, the filter, and a Postfix that uses it ----------------------------------------------------------
dkim_keys strict.example
opendkim_signer
site outbound.relay="smtp://127.0.0.1:$OUT" web.url=https://lists.example.org
bees
gp member add bees bob@example.net >/dev/null
gp member add bees ann@strict.example delivery=none >/dev/null
postfix_start
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
