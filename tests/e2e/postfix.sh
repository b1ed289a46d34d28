# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A Postfix of the test's own, in front of guildpost and behind it: its configuration, queue and
# data lie in $T/postfix, its port is one of 127.0.0.1. It gives mail for example.org to guildpost
# by LMTP; everybody in $MAILBOXES has a Maildir in $T/mail. A Postfix of the machine is not touched.
# And mutt for those who have a mailbox.
#
# After site: postfix_start; in the end (or by the trap): postfix_stop.
: "${SMTP:=$(free_port)}"
POSTFIX=$T/postfix
PF_SKIP=
if [ "$(id -u)" != 0 ]; then
	PF_SKIP="Postfix needs root"
elif ! command -v postfix >/dev/null; then
	PF_SKIP="postfix is not here"
elif ! id postfix >/dev/null 2>&1 || ! id nobody >/dev/null 2>&1; then
	PF_SKIP="there is no user postfix or nobody"
fi

postfix_config() {
	local sbin
	sbin=$(postconf -dh daemon_directory)
	mkdir -p "$POSTFIX" "$POSTFIX/queue" "$POSTFIX/data" "$T/mail"
	chmod 711 "$T"
	chown nobody "$T/mail"
	chown postfix "$POSTFIX/data"
	: >"$POSTFIX/log"
	cat >"$POSTFIX/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = $POSTFIX/queue
		data_directory = $POSTFIX/data
		daemon_directory = $sbin
		maillog_file = $POSTFIX/log
		maillog_file_prefixes = $POSTFIX
		myhostname = mx.example.org
		mydestination =
		local_recipient_maps =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		disable_dns_lookups = yes
		smtputf8_enable = yes
		recipient_delimiter =
		relay_domains = example.org
		transport_maps = texthash:$POSTFIX/transport
		virtual_mailbox_domains = ${PF_LOCAL-example.net, example.com}
		virtual_mailbox_maps = texthash:$POSTFIX/boxes
		virtual_mailbox_base = $T/mail
		virtual_uid_maps = static:$(id -u nobody)
		virtual_gid_maps = static:$(id -g nobody)
		virtual_minimum_uid = 1
		smtpd_recipient_restrictions = permit_mynetworks, reject
		smtpd_client_connection_count_limit = 0
		lmtp_destination_recipient_limit = 50
		$(printf '%s\n' "$@")
	END
	echo "example.org lmtp:[127.0.0.1]:$LMTP" >"$POSTFIX/transport"
	for who in $MAILBOXES; do
		echo "$who $who/"
	done >"$POSTFIX/boxes"
	postfix_master
}
postfix_master() { # in $POSTFIX, at the port $SMTP
	cat >"$POSTFIX/master.cf" <<-END
		127.0.0.1:$SMTP inet n - n - - smtpd
		pickup unix n - n 60 1 pickup
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		verify unix - - n - 1 verify
		flush unix n - n 1000? 0 flush
		proxymap unix - - n - - proxymap
		smtp unix - - n - - smtp
		relay unix - - n - - smtp
		showq unix n - n - - showq
		error unix - - n - - error
		retry unix - - n - - error
		discard unix - - n - - discard
		virtual unix - n n - - virtual
		lmtp unix - - n - - lmtp
		anvil unix - - n - 1 anvil
		scache unix - - n - 1 scache
		postlog unix-dgram n - n - 1 postlogd
		$PF_MASTER
	END
}
PF_MASTER=${PF_MASTER-}

postfix_start() { # [MAIN.CF LINE...]
	postfix_config "$@"
	at_end postfix_stop
	postfix -c "$POSTFIX" start </dev/null >"$POSTFIX/start" 2>&1 ||
		{ diag "Postfix did not start" "$(tail "$POSTFIX/start" "$POSTFIX/log")"; exit 99; }
	wait_for 10 postfix_answers || { diag "Postfix does not answer" "$(tail "$POSTFIX/log")"; exit 99; }
}
postfix_answers() { python3 -c 'import smtplib, sys; smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=5).quit()' "$SMTP"; }
postfix_stop() { postfix -c "$POSTFIX" stop </dev/null >/dev/null 2>&1; }
postfix_quiet() { [ -z "$(find "$POSTFIX"/queue/{maildrop,incoming,active,deferred} -type f 2>/dev/null)" ]; }
# Everything that is on its way has arrived.
still() { wait_for "${1:-20}" all_quiet; }
all_quiet() { [ "$(gp queue ls | wc -l)" = 0 ] && postfix_quiet && [ "$(gp queue ls | wc -l)" = 0 ] && postfix_quiet; }

# ---- mailboxes ------------------------------------------------------------------------------------

# mail_of ADDRESS PATTERN: files of unread mail with a subject like this, the newest last.
mail_of() {
	find "$T/mail/$1/new" -type f -printf '%T@ %p\n' 2>/dev/null | sort -n | cut -d' ' -f2- |
		xargs -r grep -lEi "^Subject: .*$2" /dev/null
}
has_mail() { [ -n "$(mail_of "$@")" ]; }
# gets NAME ADDRESS PATTERN: such a mail arrives; $mail is the newest, and has been read now.
gets() {
	mail=
	ok "$1" wait_for 20 has_mail "$2" "$3" || { diag "$2 has:" "$(grep -h '^Subject:' -r "$T/mail/$2" | tail -n 8)"; return 1; }
	mail=$(mail_of "$2" "$3" | tail -n 1)
	local seen
	seen=$T/mail/$2/cur/${mail##*/}:2,S
	mv "$mail" "$seen"
	mail=$seen
	python3 "$E2E/box.py" text "$mail" >said
}
nothing_for() { # NAME ADDRESS PATTERN: after all is quiet there is none
	still
	is "$1" "$(mail_of "$2" "$3" | wc -l)" 0
}
read_all() { # ADDRESS...
	still
	local who
	for who in "$@"; do rm -f "$T/mail/$who"/new/*; done
}
field() { python3 "$E2E/box.py" field "$1" "$mail"; }

# ---- mutt ------------------------------------------------------------------------------------------

mutt_rc() { # ADDRESS NAME
	local home=$T/home/$1
	mkdir -p "$home"
	# An editor that writes above what is quoted; a script may put another in its place.
	echo "cat '$home/text' \"\$1\" >'$home/edited' && cp '$home/edited' \"\$1\"" >"$home/edit"
	# Of a file that seems newer than its own note of it, a second having begun, mutt asks what to do.
	echo "sh '$home/edit' \"\$1\" && touch -d '1 minute ago' \"\$1\"" >"$home/editor"
	cat >"$home/muttrc" <<-END
		set from="$1" realname="$2" use_from=yes use_envelope_from=yes hostname=desk.example.net
		set smtp_url="smtp://127.0.0.1:$SMTP" ssl_starttls=no ssl_force_tls=no
		set folder="$home" spoolfile="$home/in" mbox_type=Maildir copy=no move=no postponed="$home/post"
		set crypt_use_gpgme=no header_cache= tmpdir="$home" sig_dashes=yes
		set autoedit=yes fast_reply=yes include=yes reply_to=yes abort_nosubject=no abort_unmodified=no
		set quit=yes wait_key=no mark_old=no delete=no beep=no auto_tag=no
		set editor="sh $home/editor %s"
	END
}
# mutt_send ADDRESS TO SUBJECT [FILE ATTACHED] < TEXT
mutt_send() {
	local home=$T/home/$1 to=$2 subject=$3
	cat >"$home/text"
	HOME=$home EMAIL='' timeout 60 mutt -F "$home/muttrc" -n -s "$subject" -i "$home/text" \
		${4:+-a "$4"} -- "$to" </dev/null >"$home/log" 2>&1 || { diag "mutt:" "$(cat "$home/log")"; return 1; }
}
# mutt_reply ADDRESS FILE [KEY] < TEXT: open the mail, press r (or another key), write above what is
# quoted, send.
mutt_reply() {
	local home=$T/home/$1 file=$2 key=${3:-reply}
	rm -rf "$home/in"
	mkdir -p "$home/in/cur" "$home/in/new" "$home/in/tmp"
	cp "$file" "$home/in/cur/1.reading:2,S"
	cat >"$home/text"
	HOME=$home EMAIL='' TERM=xterm python3 "$E2E/terminal.py" 60 mutt -F "$home/muttrc" -n -f "$home/in" \
		-e "push <$key><send-message><quit>" </dev/null >"$home/log" 2>&1 ||
		{ diag "mutt:" "$(tail -c 3000 "$home/log" | cat -v)"; return 1; }
}
