# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The whole way of a post between servers that others wrote: its author's signature, Postfix with OpenDKIM in front
# of guildpost and behind it, the readers' Postfix with an OpenDKIM that verifies, Dovecot's LMTP, mutt. And what must
# get through untouched: 8-bit text, long fields, SMTPUTF8, what an author wants to hear of delivery (DSN).
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 openssl mutt
MAILBOXES='marta@example.net bob@example.net eve@example.net dora@example.net ann@strict.example jörg@old.example'
DOMAINS='example.net strict.example'
. "$E2E/postfix.sh"
[ -z "$PF_SKIP" ] || skip_all "$PF_SKIP"
. "$E2E/opendkim.sh"
. "$E2E/reader.sh"
ann=ann@strict.example bob=bob@example.net joerg=jörg@old.example
readers="marta@example.net $bob eve@example.net dora@example.net"

# ---- a DNS, two OpenDKIM, two Postfix, Dovecot, guildpost --------------------------------------------------------
DNS=$(free_port)
echo '_dmarc.strict.example TXT v=DMARC1; p=reject' >zone
dkim_keys strict.example
python3 "$E2E/dns.py" "$DNS" zone dns.log &
opendkim_signer
opendkim_verifier
site outbound.relay="smtp://127.0.0.1:$OUT" outbound.dns="127.0.0.1:$DNS" inbound.authserv=mx.example.org \
	web.url=https://lists.example.org server.admin=marta@example.net
gp list create bees@example.org title='The bees of the valley' >/dev/null
for who in $readers $joerg; do gp member add bees "$who" >/dev/null; done
gp member add bees $ann delivery=none >/dev/null
gp member set bees marta@example.net role=owner >/dev/null
FRONT=("smtpd_milters = inet:127.0.0.1:$VERIFIER")
readers_start "smtpd_milters = inet:127.0.0.1:$VERIFIER"
serve_start

sign() { $PYTHON "$E2E/dkim.py" sign strict.example author.pem relaxed/simple from:from:to:subject:date:message-id; }
submit() { # [MAIL-PARAMETERS [RCPT-PARAMETERS]] < MESSAGE
	python3 "$E2E/submit.py" "127.0.0.1:$SMTP" $ann "${1-}" "${2-}" bees@example.org >reply ||
		diag "Postfix said: $(cat reply)"
}
body_of() { tr -d '\r' <"$1" | sed '1,/^$/d'; }
# What the readers' server wrote on top; of our own signature, not of one that came with the mail.
results() { python3 - "$mail" <<-END
	import email, sys
	mail = email.message_from_binary_file(open(sys.argv[1], 'rb'))
	print(*[' '.join(str(v).split()) for v in mail.get_all('Authentication-Results', [])], sep='\n')
	END
}
# mutt shows the mail with this pattern, at the place of this reader, in $T/shown; after other keys, if any.
mutt_shows() { # ADDRESS PATTERN [KEYS]
	local home=$T/home/$1
	rm -f shown
	[ -d "$home" ] || mutt_rc "$1" Reader
	HOME=$home EMAIL='' TERM=xterm python3 "$E2E/terminal.py" 60 mutt -F "$home/muttrc" -n -R -f "$T/mail/$1" \
		-e 'set sort=threads pipe_decode=yes; unignore list-id in-reply-to; lists bees@example.org' \
		-e "push '<search>$2<enter>${3-}<pipe-message>cat >$T/shown<enter><exit>'" </dev/null >"$home/log" 2>&1
	[ -s shown ] || { diag "mutt:" "$(tail -c 2000 "$home/log" | cat -v)"; : >shown; return 1; }
}

# ---- a signed post ------------------------------------------------------------------------------------------------
{
	printf 'Grüße aus dem Tal.  Two blanks at the end.  \n\n.\n..two dots\nFrom the hill, and a tab\tor\ttwo.\n'
	python3 -c 'print("ä" * 450)'
	printf 'The end, and empty lines:\n\n\n'
} >body
long=$(for i in {1..30}; do printf ' <older-%s.%s@mail.strict.example>\n' "$i" "$RANDOM"; done)
MSGID=swarm@strict.example mail "Ann Zuercher <$ann>" '=?utf-8?q?Der_Schwarm_h=C3=A4ngt?= and hangs' 'MIME-Version: 1.0' \
	'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: 8bit' "References:$long" \
	"X-Long: $(python3 -c 'print("x" * 960)')" <body | sign >signed
submit BODY=8BITMIME <signed
gets "a signed post arrives" $bob 'Der_Schwarm' ||
	{ diag "$(tail "$POSTFIX/log" "$READER/log" "$DOVECOT/log" filter.log)"; exit 1; }
bobs=$mail
ok "its author's signature holds" holds strict.example
ok "and the list's beside it" holds example.org
results >said
has "the readers' server says the first of these, too" said '^mx\.example\.net;.*dkim=pass .*header\.d=strict\.example'
has "and the second" said '^mx\.example\.net;.*dkim=pass .*header\.d=example\.org'
hasnt "what our own server saw is for us alone" said '^mx\.example\.org;'
has "though it saw the same" <(gp export bees | tr -d '\r' | sed -n '/^Authentication-Results: mx\.example\.org/,/^[^\t]/p') \
	'dkim=pass .*header\.d=strict\.example'
is "every byte of the body is there" "$(body_of "$mail" | cmp - body 2>&1)" ''
is "From is the author's" "$(field From)" "Ann Zuercher <$ann>"
is "the long fields as they were" "$(tr -d '\r' <"$mail" | sed -n '/^References:/,/^[^R ]/p;/^X-Long/p' | md5sum)" \
	"$(tr -d '\r' <signed | sed -n '/^References:/,/^[^R ]/p;/^X-Long/p' | md5sum)"
has "the last stop was Dovecot" "$mail" 'Delivered-To: bob@example\.net'
has "by LMTP" <(tr -d '\n' <"$mail") 'by imap\.example\.net[^;]*with LMTP'
has "it is the list's to hear of it" "$mail" '^Return-Path: <bees\+bounce-[a-z2-7]+@example\.org>'
still
for who in $readers; do
	is "one for ${who%%@*}" "$(grep -lr '^Message-ID: <swarm@strict' "$T/mail/$who" | wc -l)" 1
done
is "and for Jörg, whose address isn't ASCII" "$(grep -lr '^Message-ID: <swarm@strict' "$T/mail/$joerg" | wc -l)" 1
is "none for Ann" "$(grep -slr '^Message-ID: <swarm@strict' "$T/mail/$ann" | wc -l)" 0

# ---- in mutt ------------------------------------------------------------------------------------------------------
MSGID=answer@example.net mail "Bob <$bob>" 'Re: =?utf-8?q?Der_Schwarm_h=C3=A4ngt?= and hangs' \
	'In-Reply-To: <swarm@strict.example>' 'References: <swarm@strict.example>' <<<'Where?' |
	python3 "$E2E/submit.py" "127.0.0.1:$RSMTP" $bob '' '' bees@example.org >reply
gets "Bob answers through the other server" marta@example.net 'Re: '
ok "his answer, unsigned, is signed by the list" holds example.org
ok "Marta finds the post in mutt" mutt_shows marta@example.net '~i swarm@strict.example'
has "with its subject" shown '^Subject: Der Schwarm hängt and hangs'
has "from Ann" shown '^From: Ann Zuercher <ann@strict\.example>'
has "of the list" shown '^List-Id: The bees of the valley <bees\.example\.org>'
has "its text" shown '^Grüße aus dem Tal'
ok "she finds the answer" mutt_shows marta@example.net '~i answer@example.net'
has "which is Bob's" shown '^From: Bob <bob@example\.net>'
ok "one key goes from there to what it answers" mutt_shows marta@example.net '~i answer@example.net' '<parent-message>'
has "which is Ann's" shown '^From: Ann Zuercher'

# ---- SMTPUTF8 -------------------------------------------------------------------------------------------------------
printf '%s\n' "From: Ännchen <$ann>" 'To: bees@example.org' 'Subject: Honig für alle' 'Message-ID: <honig@strict.example>' \
	'Date: Mon, 2 Nov 2026 10:00:00 +0000' 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8' \
	'Content-Transfer-Encoding: 8bit' '' 'Süß.' >raw
submit 'BODY=8BITMIME SMTPUTF8' <raw
gets "a post whose header is UTF-8 arrives where that can be" $joerg 'Honig'
is "as it is" "$(grep -a '^Subject:' "$mail" | tr -d '\r')" 'Subject: Honig für alle'
is "with its author's name" "$(field From)" "Ännchen via bees <bees@example.org>"
still
sent_back() { [ "$(grep -c 'dsn=5.6.7.*SMTPUTF8 is required' "$READER/log")" = 4 ]; }
ok "Dovecot can't take it: that is sent back" wait_for 20 sent_back
still
has "guildpost knows why" "$LOG" 'event=bounce .*category=content given=0'
is "and counts it against nobody" "$(grep -c 'event=bounce .*given=[1-9]' "$LOG")" 0
gets "the owner hears of it" marta@example.net 'Mail comes back'
has "in Postfix's words" said 'SMTPUTF8 is required'

# ---- what an author wants to hear of delivery -----------------------------------------------------------------------
MSGID=heard@strict.example mail $ann 'Tell me' <<<'Did it arrive?' | sign >signed
submit 'RET=HDRS ENVID=ann-17' 'NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;bees@example.org' <signed
gets "an author who asked hears that the list has it" $ann 'Successful|Delivery'
has "of that envelope" "$mail" '^Original-Envelope-Id: ann-17'
has "for the list's address" "$mail" '^Final-Recipient: rfc822; *bees@example\.org'
gets "Bob has it, too" $bob 'Tell me'
still
is "Ann hears nothing of the single readers" "$(mail_of $ann . | wc -l)" 0
has "each of them has an envelope of our own" "$READER/log" 'from=<bees\+bounce-'
hasnt "and hers doesn't go on" <(grep -rh . "$T/mail/$bob") 'ann-17'

# ---- the end ----------------------------------------------------------------------------------------------------------
is "nothing waits" "$(find "$POSTFIX"/queue/deferred "$READER"/queue/deferred -type f | wc -l)" 0
hasnt "no Postfix complains" <(cat "$POSTFIX/log" "$READER/log") 'status=deferred|fatal:|panic:|warning: milter'
hasnt "no errors in guildpost's log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
hasnt "nor in Dovecot's" "$DOVECOT/log" '(Error|Fatal|Panic):'
serve_stop
is "the server ends well" $? 0
reader_stop
postfix_stop
opendkim_stop
finish
