# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Mail that is signed or encrypted, by gpg, openssl and mutt, through lists that change whatever they can: prefix, footer,
# no files, no HTML, links in place of files, a mail around it. Behind them the same tools verify and decrypt.
# (Cases C10 to C16.)
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 openssl gpg gpgconf
ann=ann@example.net bob=bob@example.net

# ---- keys, lists ---------------------------------------------------------------------------------------------------
export GNUPGHOME=$T/gpg
mkdir -m 700 gpg
at_end 'gpgconf --kill all 2>/dev/null'
for who in $ann $bob; do
	gpg -q --batch --passphrase '' --quick-gen-key "<$who>" future-default default never 2>>gpg.log
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$who/emailAddress=$who" -keyout "$who.key" -out "$who.pem" 2>/dev/null
done
gpg -q --list-secret-keys $ann >/dev/null 2>&1 || skip_all "gpg makes no keys here: $(tail -n 2 gpg.log)"
DNS=$(free_port)
echo '_dmarc.example.net TXT v=DMARC1; p=reject' >zone
python3 "$E2E/dns.py" "$DNS" zone dns.log &
site outbound.dns="127.0.0.1:$DNS"
lists='foot bare link wrap'
gp list create foot@example.org prefix='[foot #]' footer='The list, and more of it' dmarc=always reply_to=list >/dev/null
gp list create bare@example.org prefix='[bare]' footer='The list' types='text/plain text/html' attachments=drop blocked=drop html=text \
	pixels=drop >/dev/null
gp list create link@example.org prefix='[link]' footer='The list' attachments=link html=text >/dev/null
gp list create wrap@example.org prefix='[wrap]' dmarc=wrap >/dev/null
for l in $lists; do
	gp member add $l $bob >/dev/null
	gp member add $l $ann delivery=none >/dev/null
done
serve_start

# ---- mail, each in a file of its own ---------------------------------------------------------------------------------
mkdir mails
head_of() { # NAME: the header of a mail, but for what describes its body
	printf '%s\n' "From: Ann <$ann>" "To: foot@example.org" "Subject: $1" "Message-ID: <$1@example.net>" \
		'Date: Mon, 2 Nov 2026 10:00:00 +0000'
}
new() { # NAME < MIME header and body
	{ head_of "$1"; cat; } >"mails/$1"
}
detached() { gpg -q --batch --armor --detach-sign -u $ann -o - "$1"; }
pgp_signed() { # < PART: a multipart/signed of it
	sed 's/\r*$/\r/' >part
	# The line end in front of the boundary isn't signed.
	head -c -2 part >part.signed
	detached part.signed >part.asc
	python3 "$E2E/signed.py" mime part.signed part.asc application/pgp-signature pgp-sha512
}
html='<html><body><p>Hello <b>Bob</b><img src="http://track.example/x.gif" width="1" height="1"></p></body></html>'
rich() { # what each list would like to change
	printf '%s\n' 'Content-Type: multipart/mixed; boundary=inner' 'X-Odd:  kept   as it is' '' 'A preamble.  ' --inner \
		'Content-Type: multipart/alternative; boundary=alt' '' \
		--alt 'Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes' \
		'Content-Transfer-Encoding: quoted-printable' '' 'Gr=C3=BC=C3=9Fe, =20' '-- =20' 'Ann=20' '=46rom the hill' '' \
		--alt 'Content-Type: text/html' '' "$html" '--alt--  ' '' \
		--inner 'Content-Type: application/octet-stream; name="run.exe"' 'Content-Transfer-Encoding: base64' '' TVqQAAM= \
		'' --inner 'Content-Type: message/rfc822' '' "From: $bob" 'Subject: within' '' Within. '' --inner-- 'An epilogue.'
}
plain() { printf '%s\n' 'Content-Type: text/plain; charset=utf-8' '' 'Hello Bob,  ' '' '- one' 'From here' '-- ' 'Ann' '' ''; }
said='Hello Bob,'

rich | pgp_signed | new pgp-rich
plain | pgp_signed | new pgp-plain
{
	printf '%s\n' 'MIME-Version: 1.0' 'Content-Type: multipart/mixed; boundary=outer' '' --outer
	rich | pgp_signed
	printf '%s\n' '' --outer 'Content-Type: text/plain' '' 'The footer of another list' '' --outer--
} | new pgp-within
plain | sed '1,2d' | gpg -q --batch --clear-sign -u $ann >clear
{ printf '%s\n' 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8' ''; cat clear; } | new inline
{ printf '%s\n' 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: base64' ''
	base64 clear; } | new inline-base64
{
	printf '%s\n' 'MIME-Version: 1.0' 'Content-Type: multipart/mixed; boundary=outer' '' --outer 'Content-Type: text/plain' ''
	cat clear
	printf '%s\n' '' --outer 'Content-Type: application/octet-stream; name=run.exe' 'Content-Transfer-Encoding: base64' '' \
		TVqQAAM= '' --outer--
} | new inline-mixed
{
	printf '%s\n' 'MIME-Version: 1.0' 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=outer' \
		'' --outer 'Content-Type: application/pgp-encrypted' '' 'Version: 1' '' --outer \
		'Content-Type: application/octet-stream; name="encrypted.asc"' ''
	rich | gpg -q --batch --armor --trust-model always -es -u $ann -r $bob
	printf '%s\n' '' --outer--
} | new pgp-encrypted
{ printf '%s\n' ''; plain | gpg -q --batch --armor --trust-model always -es -u $ann -r $bob; } | new inline-encrypted
cms() { openssl cms "$@" 2>>cms.log; }
rich | cms -sign -signer $ann.pem -inkey $ann.key | new smime-rich
plain | openssl smime -sign -signer $ann.pem -inkey $ann.key | new smime-plain
rich | cms -sign -nodetach -signer $ann.pem -inkey $ann.key | new smime-opaque
rich | cms -encrypt -aes256 $bob.pem | new smime-encrypted
rich | cms -sign -signer $ann.pem -inkey $ann.key | cms -encrypt -aes256 $bob.pem |
	cms -sign -signer $ann.pem -inkey $ann.key | new smime-triple
{ echo 'MIME-Version: 1.0'; rich; } | new unsigned

# mutt writes some of its own, as people do.
mutt_writes() { # NAME KEYS: with an exe beside the text
	mkdir -p home
	printf '%s\n' 'Hello Bob,  ' '' '- one' 'From here' '-- ' 'Ann' >home/text
	printf 'MZ\220\0' >home/run.exe
	printf '#!/bin/sh\ncat >%s/home/sent\n' "$T" >home/sendmail
	chmod +x home/sendmail
	rm -f home/sent
	cat >home/muttrc <<-END
		set from="$ann" realname=Ann hostname=example.net sendmail="$T/home/sendmail" copy=no sendmail_wait=0 delete=no
		set crypt_use_gpgme=no pgp_default_key="$ann" pgp_sign_as="$ann" quit=yes wait_key=no autoedit=yes abort_nosubject=no
		set pgp_use_gpg_agent=yes tmpdir="$T/home" folder="$T/home" abort_unmodified=no beep=no postponed="$T/home/post" record=
		set pgp_sign_command="gpg --batch --quiet --output - --armor --detach-sign --textmode -u $ann %f"
		set pgp_encrypt_sign_command="gpg --batch --quiet --textmode --trust-model always --output - --armor -es -u $ann -r $bob -- %f"
		set pgp_list_pubring_command="gpg --no-verbose --batch --quiet --with-colons --with-fingerprint --list-keys %r"
		set pgp_good_sign="" pgp_check_gpg_decrypt_status_fd=no crypt_confirmhook=no crypt_replyencrypt=no pgp_auto_decode=no
		crypt-hook .* $bob
		set editor="sh -c 'cp $T/home/text \$1; touch -d \"1 minute ago\" \$1' -" $2
	END
	: >home/in
	HOME=$T/home EMAIL='' TERM=xterm python3 "$E2E/terminal.py" 30 mutt -F "$T/home/muttrc" -n -f "$T/home/in" \
		-e "push '<mail>foot@example.org<enter>$1<enter><attach-file>$T/home/run.exe<enter><send-message><exit>'" \
		</dev/null >mutt.log 2>&1
	[ -s home/sent ] || { diag "mutt:" "$(tail -c 2000 mutt.log | cat -v)"; return 1; }
	sed "s/^Message-I[Dd]: .*/Message-ID: <$1@example.net>/" home/sent >"mails/$1"
}
if command -v mutt >/dev/null; then
	ok "mutt signs" mutt_writes mutt-signed crypt_autosign=yes
	has "with PGP/MIME, and the program in it" mails/mutt-signed "run.exe"
	ok "mutt encrypts" mutt_writes mutt-encrypted 'crypt_autosign=yes crypt_autoencrypt=yes'
	has "with PGP/MIME, too" mails/mutt-encrypted 'multipart/encrypted'
else
	skip "mutt signs and encrypts" "mutt is not here"
fi

# ---- through the lists -------------------------------------------------------------------------------------------------
kinds=$(ls mails)
for kind in $kinds; do
	# shellcheck disable=SC2086
	lmtp $ann ${lists// /@example.org }@example.org <"mails/$kind" >>replies
done
is "every mail is taken" "$(grep -c '^250 ' replies)" "$(wc -l <replies)"
# What carries a program is held, and can't be taken out of what is signed; a moderator lets it go.
gp hold ls bare >held
ok "what can't be taken out is held" grep -q ' pgp-rich ' held
for l in $lists; do
	gp hold ls "$l" | while read -r id _; do gp hold approve "$l" "$id" >/dev/null; done
done
quiet() { [ "$(gp queue ls | wc -l)" = 0 ]; }
wait_for 30 quiet
# Bob's copies in copies/NAME.LIST, without what the relay puts on top; of what the list wrapped, what is within.
mkdir copies
python3 - "$D/outbox/new" <<-'END'
	import os, re, sys
	def split(data):
	    return re.split(rb'\r?\n\r?\n', data, maxsplit=1)
	for name in os.listdir(sys.argv[1]):
	    with open(os.path.join(sys.argv[1], name), 'rb') as f:
	        header, body = split(f.read())
	    list_name = re.search(rb'(?im)^List-Id:[^<]*<([a-z]+)', header)
	    if list_name is None or not re.search(rb'(?m)^Delivered-To: bob@', header):
	        continue
	    if re.search(rb'(?im)^Content-Type: message/rfc822', header):
	        header, body = split(body)
	    msgid = re.search(rb'(?im)^Message-ID: *<([a-z0-9-]+)@example.net>', header)
	    if msgid:
	        with open('copies/%s.%s' % (msgid[1].decode(), list_name[1].decode()), 'ab') as f:
	            f.write(header + b'\n\n' + body)
END
arrived() { cp "copies/$1.$2" copy; } # NAME LIST
body_of() { tr -d '\r' <"$1" | sed '1,/^$/d'; }

# ---- verified ----------------------------------------------------------------------------------------------------------------
good() { gpg --batch --verify "$@" 2>gpg.said && grep -q 'Good signature from "<*ann@example.net' gpg.said; }
split() { python3 "$E2E/signed.py" split copy part.got sig.got; }
text_of() { python3 "$E2E/box.py" text copy >text.got; }
opens() { gpg -q --batch -o plain.got --yes -d "$1" 2>gpg.said && grep -q 'Good signature' gpg.said; }
verify() {
	case $1 in
	pgp-rich | pgp-plain | pgp-within | mutt-signed) split && good sig.got part.got ;;
	inline | inline-base64) text_of && good text.got ;;
	inline-mixed) text_of && good text.got ;;
	pgp-encrypted | mutt-encrypted) opens copy && grep -q 'run.exe' plain.got ;;
	inline-encrypted) body_of copy >text.got; opens text.got && grep -q "$said" plain.got ;;
	smime-rich | smime-plain | smime-opaque)
		openssl cms -verify -in copy -CAfile $ann.pem -out plain.got 2>gpg.said && grep -qE "run.exe|$said" plain.got ;;
	smime-encrypted)
		openssl cms -decrypt -in copy -recip $bob.pem -inkey $bob.key -out plain.got 2>gpg.said && grep -q run.exe plain.got ;;
	smime-triple)
		openssl cms -verify -in copy -CAfile $ann.pem -out one 2>gpg.said &&
			openssl cms -decrypt -in one -recip $bob.pem -inkey $bob.key -out two 2>>gpg.said &&
			openssl cms -verify -in two -CAfile $ann.pem -out plain.got 2>>gpg.said && grep -q run.exe plain.got ;;
	*) false ;;
	esac
}
for kind in $kinds; do
	[ "$kind" != unsigned ] || continue
	for l in $lists; do
		ok "$kind through $l holds" eval "arrived $kind $l && verify $kind" ||
			diag "$(tail -n 3 gpg.said; tail -n 5 copy)"
		case $kind in inline*) continue ;; esac
		[ "$kind" = pgp-within ] || is "its body is as it was" "$(body_of copy | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' | md5sum)" \
			"$(body_of "mails/$kind" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' | md5sum)"
	done
done

# ---- and yet these lists change mail --------------------------------------------------------------------------------------------
for l in foot bare link; do
	arrived pgp-plain $l
	has "$l puts its prefix in front" copy "^Subject: \[$l"
	arrived unsigned $l
	has "and its footer under what nobody signed" copy '^The list'
done
arrived unsigned bare
hasnt "bare takes the program out of that" copy 'run\.exe"|TVqQAAM'
arrived unsigned wrap
is "wrap wraps: around each of these is a mail" "$(grep -l '^List-Id: .*<wrap' "$D"/outbox/new/* | xargs grep -l '^Delivered-To: bob' |
	xargs grep -l '^Content-Type: message/rfc822$' | wc -l)" "$(wc -w <<<"$kinds")"
# A byte that isn't the author's would be seen.
arrived pgp-rich foot
sed -i 's/Hello/Hallo/' copy
ok "gpg sees a changed letter" eval '! verify pgp-rich'
arrived smime-rich foot
sed -i 's/Hello/Hallo/' copy
ok "so does openssl" eval '! verify smime-rich'
hasnt "no errors in the log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
serve_stop
finish
