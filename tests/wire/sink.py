# SPDX-License-Identifier: ISC
"""The relay that cases talk to: takes mail by SMTP into memory, keeps the dialogue, and answers as a case wants."""
import re
import socketserver
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
