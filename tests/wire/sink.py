# SPDX-License-Identifier: ISC
"""The relay that cases talk to: takes mail by SMTP into memory, keeps the dialogue, and answers as a case wants."""
import os
import re
import socketserver
import ssl
import subprocess
import threading

FEATURES = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'DSN', 'SIZE 67108864']


class Copy:
    """One recipient's copy of a transaction."""
    def __init__(self, sender, rcpt, data):
        self.sender, self.rcpt, self.data = sender, rcpt, data


class Answer:
    def __init__(self, stage, pattern, reply, times):
        self.stage, self.pattern, self.reply, self.times = stage, pattern, reply, times


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.sender, self.rcpts, self.taken = None, [], 0
        try:
            if self.reply('CONNECT', '', '220 relay.test ESMTP'):
                while line := self.rfile.readline():
                    self.command(line.decode('utf-8', 'surrogateescape').rstrip('\r\n'), line)
        except (OSError, EOFError):
            pass

    def say(self, text):
        self.server.note('S', text)
        self.wfile.write(text.encode() + b'\r\n')

    def reply(self, stage, about, usual):
        """Say what the case wants said here, or the usual; True: it was the usual."""
        answer = self.server.answer(stage, about)
        text = answer.reply if answer else usual
        if text == 'drop':
            self.server.note('S', '(hangs up)')
            raise EOFError
        self.say(text)
        if text.startswith('421'):
            raise EOFError
        return answer is None

    def command(self, line, raw):
        self.server.note('C', line if raw.endswith(b'\r\n') else line + ' (BARE LF)')
        word = line[:4].upper()
        if word == 'EHLO':
            names = self.server.features
            if self.server.answer('EHLO', '', False):
                self.reply('EHLO', '', '')
            else:
                self.say('250-relay.test')
                for name in names:
                    self.say(f'250-{name}')
                self.say('250 HELP')
        elif word == 'MAIL':
            self.sender, self.rcpts = self.path(line), []
            self.reply('MAIL', self.sender, '250 2.1.0 ok')
        elif word == 'RCPT':
            if self.reply('RCPT', self.path(line), '250 2.1.5 ok'):
                self.rcpts.append(self.path(line))
        elif word == 'DATA':
            self.data()
        elif word == 'STAR' and 'STARTTLS' in self.server.features:
            self.say('220 2.0.0 go')
            self.request = self.server.context().wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile('rb'), self.request.makefile('wb', 0)
        elif word == 'QUIT':
            self.say('221 2.0.0 bye')
            raise EOFError
        else:
            self.say('250 2.0.0 ok')

    def data(self):
        if not self.rcpts:
            self.say('503 5.5.1 no recipients')
            return
        if not self.reply('DATA', self.rcpts[0], '354 go'):
            return
        data = []
        while (line := self.rfile.readline()) != b'.\r\n':
            if not line:
                raise EOFError
            data.append(line[1:] if line.startswith(b'.') else line)
        data = b''.join(data)
        answer = self.server.answer('DOT', self.rcpts[0])
        if answer is None or answer.reply == 'keep-drop':
            for rcpt in self.rcpts:
                self.server.copies.append(Copy(self.sender, rcpt, data))
        if answer is not None and answer.reply.endswith('drop'):
            self.server.note('S', '(hangs up)')
            raise EOFError
        self.say(answer.reply if answer else '250 2.0.0 taken')
        if answer and answer.reply.startswith('421'):
            raise EOFError

    @staticmethod
    def path(line):
        found = re.search(r'<(.*)>', line)
        return found.group(1) if found else ''


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Session)
        self.port = self.server_address[1]
        self.lock = threading.Lock()
        self.dialogue, self.copies = [], []
        self.reset()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self):
        self.answers, self.features = [], list(FEATURES)

    def make_certificates(self, folder):
        """Two for this address: good.pem, which clients are told to trust, and bad.pem."""
        self.certificates = folder
        for name in ('good', 'bad'):
            path = os.path.join(folder, name + '.pem')
            subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj',
                            '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', path + '.key',
                            '-out', path], check=True, capture_output=True)

    def is_trusted(self):
        return 'STARTTLS' not in self.features or 'TRUSTED' in self.features

    def context(self):
        path = os.path.join(self.certificates, ('good' if self.is_trusted() else 'bad') + '.pem')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path, path + '.key')
        return context

    def note(self, who, text):
        with self.lock:
            self.dialogue.append(f'{who}: {text}')

    def answer(self, stage, about, use=True):
        with self.lock:
            for a in self.answers:
                if a.stage == stage and a.times != 0 and re.search(a.pattern, about):
                    a.times -= 1 if use else 0
                    return a
        return None

    def handle_error(self, request, client_address):
        pass
