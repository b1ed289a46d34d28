# SPDX-License-Identifier: ISC
"""What a year needs of the world: a clock that the server follows, LMTP into it, and an SMTP server that takes all
that comes out."""
import collections
import email
import email.policy
import os
import socket
import socketserver
import threading
import time
from datetime import datetime, timezone


def iso(t):
    return datetime.fromtimestamp(t, timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


class Clock:
    """server.test_now = file:PATH. It never goes back."""

    def __init__(self, path):
        self.path, self.now = path, None

    def turn(self, t):
        if self.now is not None and t <= self.now:
            return
        self.now = t
        with open(self.path + '.new', 'w', encoding='ascii') as f:
            f.write(iso(t))
        os.rename(self.path + '.new', self.path)

    def wait(self, patience=60):
        """Until the server says that all which was due by now is done."""
        want, end = iso(self.now), time.monotonic() + patience
        while time.monotonic() < end:
            try:
                with open(self.path + '.done', encoding='ascii') as f:
                    if f.read() == want:
                        return
            except FileNotFoundError:
                pass
            time.sleep(0.002)
        raise SystemExit(f'the server did not follow the clock to {want}')


class Lmtp:
    """One session for all. give() returns the server's answer to each recipient."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=120)
        self.file = self.socket.makefile('rwb')
        self.answer()
        self.say('LHLO year.test')

    def answer(self):
        while True:
            line = self.file.readline()
            if not line:
                raise ConnectionError('the server ended the session')
            if line[3:4] != b'-':
                return line.decode('utf-8', 'replace').strip()

    def say(self, line):
        self.file.write(line.encode() + b'\r\n')
        self.file.flush()
        return self.answer()

    def give(self, sender, rcpt, message):
        self.say(f'MAIL FROM:<{sender}>')
        said = self.say(f'RCPT TO:<{rcpt}>')
        if not said.startswith('250'):
            self.say('RSET')
            return said
        self.say('DATA')
        text = message.replace('\n', '\r\n').encode()
        self.file.write(b'\r\n'.join(b'.' + x if x.startswith(b'.') else x for x in text.split(b'\r\n')))
        return self.say('\r\n.')


class Mail:
    """One that came out. Taken apart when somebody looks."""

    def __init__(self, sender, rcpt, raw):
        self.sender, self.rcpt, self.raw = sender, rcpt, raw
        self.head = raw[:raw.find(b'\r\n\r\n')]
        self.parsed = None

    def field(self, name):
        if self.parsed is None:
            self.parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        return str(self.parsed[name] or '')

    def text(self):
        self.field('subject')
        part = self.parsed.get_body(('plain', 'html'))
        return part.get_content() if part is not None else ''


class Sink:
    """Takes all. Posts are counted, what the server itself wrote is put into letters[]."""

    def __init__(self, port):
        self.lock = threading.Lock()
        self.posts = collections.Counter()      # (Message-ID, address): how often
        self.subjects = {}                      # of a post: the Message-ID of the first that bears it
        self.letters = collections.deque()
        self.mails = self.bytes = 0
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self):
                sink.session(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True
            request_queue_size = 64
        server = Server(('127.0.0.1', port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def session(self, i, o):
        def say(text):
            o.write(text + b'\r\n')
        say(b'220 sink.test ESMTP')
        sender = rcpts = None
        for line in i:
            word = line[:4].upper()
            if word == b'EHLO':
                say(b'250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8')
            elif word == b'MAIL':
                sender, rcpts = line[line.index(b'<') + 1:line.index(b'>')].decode(), []
                say(b'250 ok')
            elif word == b'RCPT':
                rcpts.append(line[line.index(b'<') + 1:line.index(b'>')].decode())
                say(b'250 ok')
            elif word == b'DATA':
                say(b'354 go on')
                self.take(sender, rcpts, self.data(i))
                say(b'250 taken')
            elif word == b'QUIT':
                say(b'221 bye')
                return
            else:
                say(b'250 ok')

    @staticmethod
    def data(i):
        lines = []
        for line in i:
            if line == b'.\r\n':
                break
            lines.append(line[1:] if line.startswith(b'.') else line)
        return b''.join(lines)

    def take(self, sender, rcpts, raw):
        for rcpt in rcpts:
            mail = Mail(sender, rcpt, raw)
            head = mail.head.lower()
            with self.lock:
                self.mails += 1
                self.bytes += len(raw)
                if b'\r\nauto-submitted: auto' in head:
                    self.letters.append(mail)
                else:
                    msgid = self.part(mail.head, head, b'message-id:').strip('<>')
                    self.posts[msgid, rcpt] += 1
                    self.subjects.setdefault(self.part(mail.head, head, b'subject:'), msgid)

    @staticmethod
    def part(raw, lower, name):
        at = lower.index(b'\r\n' + name) + len(name) + 2
        return raw[at:at + 600].split(b'\r\n')[0].decode('utf-8', 'replace').strip()
