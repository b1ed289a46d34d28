# SPDX-License-Identifier: ISC
"""LMTP as a client speaks it: one message with a reply for each recipient, or a session as raw bytes."""
import re
import socket


class Lmtp:
    def __init__(self, port, hello=True):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=120)
        self.file = self.socket.makefile('rb')
        if hello:
            self.reply()
            self.ask('LHLO client.example')

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.file.close()
        self.socket.close()

    def reply(self):
        """The last line of a reply, of however many lines."""
        while line := self.file.readline():
            text = line.decode('utf-8', 'replace').rstrip('\r\n')
            if not re.match(r'\d{3}-', text):
                return text
        return '000 hung up'

    def ask(self, line):
        self.socket.sendall(line.encode() + b'\r\n')
        return self.reply()

    def send(self, sender, rcpts, message, utf8=False):
        got = self.ask(f'MAIL FROM:<{sender}>' + (' SMTPUTF8 BODY=8BITMIME' if utf8 else ''))
        replies = [self.ask(f'RCPT TO:<{r}>') if got.startswith('2') else got for r in rcpts]
        taken = [i for i, r in enumerate(replies) if r.startswith('2')]
        if taken:
            go = self.ask('DATA')
            if go.startswith('354'):
                end = b'.\r\n' if message.endswith(b'\r\n') else b'\r\n.\r\n'
                self.socket.sendall(re.sub(rb'(?m)^\.', b'..', message) + end)
            for i in taken:
                replies[i] = self.reply() if go.startswith('354') else go
        elif got.startswith('2'):
            self.ask('RSET')
        return replies

    def talk(self, data):
        self.socket.sendall(data)
        self.socket.shutdown(socket.SHUT_WR)
        replies = []
        while (line := self.reply()) != '000 hung up':
            replies.append(line)
        return replies
