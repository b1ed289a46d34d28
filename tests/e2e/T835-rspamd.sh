# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# contrib/rspamd at work: a real Postfix is the relay, the real rspamd its filter, with the files that we ship and only
# ports and paths put in; signature and seal of what arrives are verified with another library. (Case X08.)
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 openssl rspamd rspamadm
MAILBOXES='marta@example.net bob@example.net'
. "$E2E/postfix.sh"
[ -z "$PF_SKIP" ] || skip_all "$PF_SKIP"
PYTHON=/usr/bin/python3	# Debian's own, which has Debian's modules
$PYTHON -c 'import dkim' 2>/dev/null || skip_all "python3-dkim is not here"
id _rspamd >/dev/null 2>&1 && [ -f /etc/rspamd/rspamd.conf ] || skip_all "rspamd is not as Debian has it"

# ---- a key, a DNS, the filter, and a Postfix that uses it -------------------------------------------------------
OUT=$(free_port) MILTER=$(free_port) DNS=$(free_port)
HOME_OF=$T/rspamd
mkdir -p "$HOME_OF"/{local.d,override.d,db,run,log,keys}
for f in "$GP_SRCDIR"/contrib/rspamd/local.d/*; do
	sed "s#/var/lib/rspamd/dkim#$HOME_OF/keys#; s#127.0.0.1:11332#127.0.0.1:$MILTER#" "$f" >"$HOME_OF/local.d/${f##*/}"
done
rspamadm dkim_keygen -b 2048 -d example.org -s dkim -k "$HOME_OF/keys/example.org.dkim.key" >dkim.txt
openssl genrsa -out author.pem 2048 2>/dev/null
pieces() { openssl rsa -in "$1" -pubout -outform DER 2>/dev/null | base64 -w 200 | paste -sd '|'; }
cat >zone <<-END
	dkim._domainkey.example.org TXT v=DKIM1; k=rsa; |p=$(pieces "$HOME_OF/keys/example.org.dkim.key")
	test._domainkey.strict.example TXT v=DKIM1; k=rsa; |p=$(pieces author.pem)
END
is "the record that rspamadm prints is of that key" "$(tr -cd 'A-Za-z0-9+/=' <dkim.txt | grep -c "$(pieces \
	"$HOME_OF/keys/example.org.dkim.key" | tail -c 60)")" 1
python3 "$E2E/dns.py" "$DNS" zone dns.log &
# Nothing but the filter, and no DNS of the world.
echo 'enabled = false;' | tee "$HOME_OF"/override.d/{worker-normal,worker-controller,worker-fuzzy}.inc \
	"$HOME_OF"/override.d/{fuzzy_check,phishing}.conf >/dev/null
echo "dns { nameserver = [\"127.0.0.1:$DNS\"]; timeout = 1s; }" >"$HOME_OF/override.d/options.inc"
chmod 711 "$T"
chown -R _rspamd "$HOME_OF"
variables=()
for v in LOCAL_CONFDIR= DBDIR=/db RUNDIR=/run LOGDIR=/log; do variables+=(--var "${v%%=*}=$HOME_OF${v#*=}"); done
rspamd -f -u _rspamd -g _rspamd -c /etc/rspamd/rspamd.conf "${variables[@]}" </dev/null >rspamd.out 2>&1 &
FILTER=$!
at_end 'kill $FILTER 2>/dev/null'
PF_MASTER=$(sed "s#127.0.0.1:8891#127.0.0.1:$MILTER#; s#127.0.0.1:10026#127.0.0.1:$OUT#; s# inet n - y # inet n - n #" \
	"$GP_SRCDIR/contrib/opendkim/master.cf")
site outbound.relay="smtp://127.0.0.1:$OUT" web.url=https://lists.example.org
bees
gp member add bees bob@example.net >/dev/null
gp member add bees ann@strict.example delivery=none >/dev/null
postfix_start
answers() { exec 3<>"/dev/tcp/127.0.0.1/$MILTER"; } 2>/dev/null
wait_for 40 answers || { diag "rspamd does not answer" "$(tail -n 20 rspamd.out "$HOME_OF/log/rspamd.log")"; exit 99; }
serve_start

holds() { $PYTHON "$E2E/dkim.py" verify zone "$1" <"$mail"; }
fields() { $PYTHON "$E2E/dkim.py" tag h example.org <"$mail" | tr ':A-Z' '\na-z'; }

# ---- an author who signs -------------------------------------------------------------------------------------------
echo "  The swarm hangs in the tree.  Two blanks. " | mail 'Ann <ann@strict.example>' both |
	$PYTHON "$E2E/dkim.py" sign strict.example author.pem relaxed/simple from:to:subject:date:message-id >signed
lmtp ann@strict.example bees@example.org <signed >reply
gets "a signed post arrives" bob@example.net both ||
	{ diag "$(tail "$POSTFIX/log" "$HOME_OF/log/rspamd.log")"; exit 1; }
ok "its author's signature holds" holds strict.example
ok "and the list's beside it, though From is the author's" holds example.org
fields >covered
for f in list-unsubscribe list-unsubscribe-post list-id from to subject; do
	has "ours covers $f" covered "^$f\$"
done
ok "the seal holds, too" $PYTHON "$E2E/dkim.py" seal zone <"$mail"
has "it is the list's" <(tr -d '\r\n\t ' <"$mail") 'ARC-Seal:i=1;.*d=example\.org'
has "and says that the author's signature held" <(tr -d '\r\n\t' <"$mail") 'ARC-Authentication-Results:.*dkim=pass[^;]*strict\.example'
is "From is the author's" "$(field From)" 'Ann <ann@strict.example>'
ok "nothing else was put in" test -z "$(grep -iE '^(X-Spam|X-Rspamd|Authentication-Results)' "$mail")"
sed 's/^Subject: both/Subject: mine/' "$mail" >forged
ok "another subject breaks the seal" eval "! $PYTHON '$E2E/dkim.py' seal zone <forged"

# ---- and one who doesn't ---------------------------------------------------------------------------------------------
gp member add bees lou@lax.example delivery=none >/dev/null
gp list set bees footer='The bees' prefix='[bees]' >/dev/null
mail lou@lax.example unsigned <<<'No signature.' >message
lmtp lou@lax.example bees@example.org <message >reply
gets "a post that the list changed arrives" bob@example.net unsigned
ok "signed by us" holds example.org
ok "and sealed" $PYTHON "$E2E/dkim.py" seal zone <"$mail"
serve_stop
postfix_stop
finish
