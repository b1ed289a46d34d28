# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# OpenDKIM in front of and behind a test's Postfix: one that signs for the list's domain with the files of
# contrib/opendkim, only ports and paths put in, and one that verifies what others signed. Needs postfix.sh.
#
# dkim_keys AUTHORS-DOMAIN: $T/zone has the keys, author.pem signs for the author. opendkim_signer: answers at
# $SIGNER, PF_MASTER is Postfix's way out at $OUT. opendkim_verifier: answers at $VERIFIER, asks the DNS at $DNS.
PYTHON=/usr/bin/python3	# Debian's own, which has Debian's modules
$PYTHON -c 'import dkim' 2>/dev/null || skip_all "python3-dkim is not here"
opendkim=$(PATH=$PATH:/usr/sbin command -v opendkim) || skip_all "opendkim is not here"
id opendkim >/dev/null 2>&1 || skip_all "there is no user opendkim"
OUT=$(free_port) SIGNER=$(free_port) VERIFIER=$(free_port)
FILTERS=

ship() { # FILE: one of ours, with this test's domain, paths and ports
	sed "s#/etc/opendkim-lists#$T/dkim#; s#/run/opendkim#$T/dkim#; s#:8891@#:$SIGNER@#; s#127.0.0.1:8891#127.0.0.1:$SIGNER#
		s#lists\.example\.org#example.org#; s#127.0.0.1:10026#127.0.0.1:$OUT#; s# inet n - y # inet n - n #" \
		"$GP_SRCDIR/contrib/opendkim/$1"
}
public() { openssl rsa -in "$1" -pubout -outform DER 2>/dev/null | base64 -w 200 | paste -sd "|"; } # in pieces that DNS can carry
dkim_keys() {
	mkdir -p dkim
	for k in dkim/mail.private author.pem; do openssl genrsa -out $k 2048 2>/dev/null; done
	cat >>zone <<-END
		mail._domainkey.example.org TXT v=DKIM1; k=rsa; |p=$(public dkim/mail.private)
		test._domainkey.$1 TXT v=DKIM1; k=rsa; |p=$(public author.pem)
	END
}
opendkim_run() { # CONFIGURATION PORT
	# T must let others pass before the filter has given up its rights.
	chmod 711 "$T"
	"$opendkim" -x "$1" -f </dev/null >>filter.log 2>&1 &
	[ -n "$FILTERS" ] || at_end opendkim_stop
	FILTERS="$FILTERS $!"
	wait_for 15 opendkim_answers "$2" || { diag "OpenDKIM does not answer" "$(cat filter.log)"; exit 99; }
}
opendkim_answers() { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null
opendkim_signer() {
	for f in opendkim.conf signing.table key.table; do ship $f >dkim/$f; done
	# Below /tmp, where everybody may write, no key is safe enough for OpenDKIM.
	echo 'RequireSafeKeys no' >>dkim/opendkim.conf
	chmod 600 dkim/mail.private
	chown -R opendkim dkim
	opendkim_run dkim/opendkim.conf "$SIGNER"
	PF_MASTER=$(ship master.cf)
}
opendkim_verifier() {
	cat >verify.conf <<-END
		Mode v
		Socket inet:$VERIFIER@127.0.0.1
		UserID opendkim
		Syslog no
		AlwaysAddARHeader yes
		Nameservers 127.0.0.1@$DNS
	END
	opendkim_run verify.conf "$VERIFIER"
}
opendkim_stop() {
	# shellcheck disable=SC2086
	[ -z "$FILTERS" ] || kill $FILTERS 2>/dev/null
	FILTERS=
}
holds() { # DOMAIN [FILE]: its signature on $mail verifies, with another library than OpenDKIM
	$PYTHON "$E2E/dkim.py" verify zone "$1" <"${2-$mail}"
}
