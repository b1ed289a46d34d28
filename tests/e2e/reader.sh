# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The readers' end: a second Postfix in $T/reader with a queue and a port of its own, behind it Dovecot's LMTP,
# which nobody special runs and which puts mail into the same Maildirs $T/mail/ADDRESS. The first Postfix gives
# everything to the second that isn't for the list; what comes back goes the other way. Needs postfix.sh. Those of
# $MAILBOXES who are at old.example get theirs from Postfix itself (which takes SMTPUTF8), the others from Dovecot,
# which must know them. Nobody else is known: at old.example that is said at once, elsewhere by Dovecot.
#
# Each mail has a session of its own with Dovecot: Postfix looks for SMTPUTF8 only where a session begins, and would
# otherwise give Dovecot what it can't take.
#
# After site: readers_start; before it, users with a rule: dovecot_user ADDRESS FIELD=VALUE.
READER=$T/reader DOVECOT=$T/dovecot
: "${RSMTP:=$(free_port)}"
DOVECOT_PID=
: "${DOMAINS:=example.net}"	# Dovecot's
command -v dovecot >/dev/null && [ -x /usr/lib/dovecot/lmtp ] || skip_all "Dovecot's LMTP is not here"
command -v setpriv >/dev/null || skip_all "setpriv is not here"
FRONT=() READER_MASTER= SIEVE=	# lines of main.cf for the first, of master.cf for the second
mkdir -p "$DOVECOT"
: >"$DOVECOT/users"
[ ! -e /usr/lib/dovecot/modules/lib90_sieve_plugin.so ] || SIEVE=sieve

dovecot_user() { # ADDRESS [FIELD=VALUE]...
	local who=$1
	shift
	echo "$who::$(id -u nobody):$(id -g nobody)::$T/mail/$who::$*" >>"$DOVECOT/users"
}
dovecot_config() {
	mkdir -p "$DOVECOT/run" "$DOVECOT/state" "$DOVECOT/sieve"
	chown -R nobody "$DOVECOT"
	cat >"$DOVECOT/conf" <<-END
		base_dir = $DOVECOT/run
		state_dir = $DOVECOT/state
		log_path = $DOVECOT/log
		protocols = lmtp
		ssl = no
		default_internal_user = nobody
		default_internal_group = $(id -gn nobody)
		default_login_user = nobody
		default_vsz_limit = 0
		hostname = imap.example.net
		postmaster_address = postmaster@example.net
		sendmail_path =
		submission_host = 127.0.0.1:$RSMTP
		mail_location = maildir:~/:INDEX=MEMORY
		first_valid_gid = 0
		lda_mailbox_autocreate = yes
		mail_plugins = quota
		passdb {
		  driver = static
		  args = nopassword=y
		}
		userdb {
		  driver = passwd-file
		  args = username_format=%u $DOVECOT/users
		}
		plugin {
		  quota = maildir:mailbox
		  quota_exceeded_message = Quota exceeded (mailbox for user is full)
		  sieve = file:$DOVECOT/sieve/%u;active=$DOVECOT/sieve/%u.sieve
		  sieve_vacation_min_period = 0
		}
		protocol lmtp {
		  mail_plugins = quota $SIEVE
		}
		service anvil {
		  chroot =
		}
		service stats {
		  chroot =
		}
		service lmtp {
		  unix_listener lmtp {
		    mode = 0666
		  }
		}
	END
}
reader_config() {
	local who
	mkdir -p "$READER/queue" "$READER/data"
	chown postfix "$READER/data"
	: >"$READER/log"
	echo "example.org smtp:[127.0.0.1]:$SMTP" >"$READER/transport"
	echo "old.example virtual:" >>"$READER/transport"
	for who in $MAILBOXES; do
		echo "$who $who/" >>"$READER/boxes"
		[ "${who##*@}" = old.example ] || grep -q "^$who:" "$DOVECOT/users" || dovecot_user "$who"
	done
	for who in $DOMAINS; do echo "@$who dovecot"; done >>"$READER/boxes"
	cat >"$READER/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = $READER/queue
		data_directory = $READER/data
		daemon_directory = $(postconf -dh daemon_directory)
		maillog_file = $READER/log
		maillog_file_prefixes = $READER
		myhostname = mx.example.net
		mydestination =
		local_recipient_maps =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		disable_dns_lookups = yes
		smtputf8_enable = yes
		recipient_delimiter =
		transport_maps = texthash:$READER/transport
		virtual_mailbox_domains = old.example, ${DOMAINS// /, }
		virtual_transport = lmtp:unix:$DOVECOT/run/lmtp
		virtual_mailbox_base = $T/mail
		virtual_mailbox_maps = texthash:$READER/boxes
		virtual_uid_maps = static:$(id -u nobody)
		virtual_gid_maps = static:$(id -g nobody)
		virtual_minimum_uid = 1
		lmtp_connection_cache_on_demand = no
		smtpd_recipient_restrictions = permit_mynetworks, reject
		smtpd_client_connection_count_limit = 0
		$(printf '%s\n' "$@")
	END
	POSTFIX=$READER SMTP=$RSMTP PF_MASTER=$READER_MASTER postfix_master
}
dovecot_is() { [ -S "$DOVECOT/run/lmtp" ]; }
readers_start() { # [MAIN.CF LINE OF THE SECOND...]
	PF_LOCAL='' postfix_start "relayhost = [127.0.0.1]:$RSMTP" "${FRONT[@]}"
	dovecot_config
	reader_config "$@"
	setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups \
		dovecot -F -c "$DOVECOT/conf" </dev/null >"$DOVECOT/start" 2>&1 &
	DOVECOT_PID=$!
	at_end reader_stop
	wait_for 15 dovecot_is || { diag "Dovecot does not answer" "$(tail "$DOVECOT/start" "$DOVECOT/log")"; exit 99; }
	postfix -c "$READER" start </dev/null >"$READER/start" 2>&1 ||
		{ diag "the second Postfix did not start" "$(tail "$READER/start" "$READER/log")"; exit 99; }
	SMTP=$RSMTP wait_for 10 postfix_answers ||
		{ diag "the second Postfix does not answer" "$(tail "$READER/log")"; exit 99; }
}
reader_stop() {
	postfix -c "$READER" stop </dev/null >/dev/null 2>&1
	[ -z "$DOVECOT_PID" ] || kill "$DOVECOT_PID" 2>/dev/null
	[ -z "$DOVECOT_PID" ] || wait "$DOVECOT_PID" 2>/dev/null
	DOVECOT_PID=
}
# Nothing is left in either queue.
postfix_quiet() { [ -z "$(find "$POSTFIX"/queue/{maildrop,incoming,active,deferred} \
	"$READER"/queue/{maildrop,incoming,active,deferred} -type f 2>/dev/null)" ]; }
