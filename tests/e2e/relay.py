# SPDX-License-Identifier: ISC
"""An SMTP relay for tests: relay.py PORT LOG [--all] [--tls FILE] [--auth USER:PASSWORD]. Each transaction
that it took becomes a JSON line in LOG (sender, recipients, Message-ID) and a file in LOG.d before it is
answered. What it does hangs on the recipient's name: reject550..., defer451..., bad554... (refused after
the data); everything else is taken, and with --all these too. --tls: STARTTLS with certificate and key
of FILE, and nothing without it; --auth: AUTH PLAIN is wanted before MAIL. --no-8bit, --no-utf8: these are
not announced (nor taken: then the log says raw); --dsn, --size N: announced; --bye N: 421 after N messages
of a session; --grey SECONDS: each recipient is put off with 450 for so long; --slow DOMAIN: 451 4.7.1 for
all of it, --many N: 452 from the Nth recipient on."""
import argparse
import asyncio
import base64
import json
import os
import re
import ssl
import time

options = argparse.ArgumentParser()
options.add_argument('port', type=int)
options.add_argument('log')
options.add_argument('--all', action='store_true')
options.add_argument('--tls')
options.add_argument('--auth')
options.add_argument('--no-8bit', action='store_true')
options.add_argument('--no-utf8', action='store_true')
options.add_argument('--dsn', action='store_true')
options.add_argument('--size', type=int)
options.add_argument('--bye', type=int)
options.add_argument('--grey', type=float)
options.add_argument('--slow')
options.add_argument('--many', type=int)
options = options.parse_args()
SEEN = {}


class Session:
    def __init__(self, log):
        self.log = log
        self.secure = self.known = False
        self.taken = 0
        self.reset()

    def reset(self):
        self.sender, self.rcpts, self.words = None, [], []

    async def data(self, reader):
        lines = []
        while True:
            line = await reader.readline()
            if not line:
                raise ConnectionError
            if line == b'.\r\n':
                return b''.join(lines)
            lines.append(line[1:] if line.startswith(b'.') else line)

    def take(self, message):
        found = re.search(rb'(?im)^message-id:\s*(\S+)', message)
        self.taken += 1
        entry = {'sender': self.sender, 'rcpts': self.rcpts, 'size': len(message),
                 'id': found.group(1).decode() if found else '', 'words': self.words, 'time': time.time(),
                 'raw': any(c > 127 for c in message), 'longest': max(map(len, message.split(b'\r\n')))}
        self.log.write(json.dumps(entry) + '\n')
        self.log.flush()
        name = re.sub(r'[^A-Za-z0-9@.-]', '_', f'{self.rcpts[0]}.{entry["id"]}')
        with open(f'{options.log}.d/{name}', 'wb') as f:
            f.write(message)

    def hello(self, say):
        say('250-relay.test\r\n250-PIPELINING')
        if not options.no_8bit:
            say('250-8BITMIME')
        if options.dsn:
            say('250-DSN')
        if options.size:
            say(f'250-SIZE {options.size}')
        if options.tls and not self.secure:
            say('250-STARTTLS')
        if options.auth:
            say('250-AUTH PLAIN')
        say('250 HELP' if options.no_utf8 else '250 SMTPUTF8')

    async def login(self, line, reader, writer, say):
        if len(line.split()) == 2:  # without an initial response
            say('334 ')
            await writer.drain()
            line = (await reader.readline()).decode().strip()
        user, password = options.auth.split(':', 1)
        want = base64.b64encode(f'\0{user}\0{password}'.encode()).decode()
        self.known = line.split()[-1] == want
        say('235 2.7.0 welcome' if self.known else '535 5.7.8 wrong password')

    def rcpt(self, rcpt, say):
        if rcpt.startswith('reject550') and not options.all:
            say('550 5.1.1 no such user')
        elif rcpt.startswith('defer451') and not options.all:
            say('451 4.2.0 try later')
        elif options.slow and rcpt.endswith('@' + options.slow):
            SEEN.setdefault(rcpt, []).append(time.time())
            say('451 4.7.1 too much of you')
        elif options.grey and time.time() - SEEN.setdefault(rcpt, time.time()) < options.grey:
            say('450 4.7.1 greylisted, come back')
        elif options.many and len(self.rcpts) >= options.many:
            say('452 4.5.3 too many recipients')
        else:
            self.rcpts.append(rcpt)
            say('250 2.1.5 ok')

    async def command(self, line, reader, writer, say):
        word = line[:4].upper()
        if word in ('EHLO', 'HELO'):
            self.hello(say)
        elif word == 'AUTH' and options.auth:
            await self.login(line, reader, writer, say)
        elif word == 'MAIL' and ((options.tls and not self.secure) or (options.auth and not self.known)):
            say('530 5.7.0 not like this')
        elif word == 'MAIL':
            self.sender = re.search(r'<(.*?)>', line).group(1)
            self.words = line.split('>', 1)[1].split()
            if options.bye and self.taken >= options.bye:
                say('421 4.7.0 enough for now')
                raise ConnectionError
            say('250 2.1.0 ok')
        elif word == 'RCPT':
            self.words += line.split('>', 1)[1].split()
            self.rcpt(re.search(r'<(.*?)>', line).group(1), say)
        elif word == 'DATA' and not self.rcpts:
            say('503 5.5.1 no recipients')
        elif word == 'DATA':
            say('354 go')
            message = await self.data(reader)
            if any(r.startswith('bad554') for r in self.rcpts) and not options.all:
                say('554 5.6.0 not this')
            else:
                self.take(message)
                say('250 2.0.0 taken')
            self.reset()
        elif word == 'QUIT':
            say('221 2.0.0 bye')
            raise ConnectionError
        else:
            self.reset()
            say('250 2.0.0 ok')


async def serve(reader, writer, log):
    session = Session(log)

    def say(text):
        writer.write(text.encode() + b'\r\n')

    say('220 relay.test ESMTP')
    try:
        while line := await reader.readline():
            line = line.decode('utf-8', 'replace').rstrip('\r\n')
            if line.upper() == 'STARTTLS' and options.tls:
                say('220 2.0.0 go')
                await writer.drain()
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(options.tls)
                await writer.start_tls(context)
                session.secure = True
                continue
            await session.command(line, reader, writer, say)
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main():
    os.makedirs(f'{options.log}.d', exist_ok=True)
    with open(options.log, 'a', encoding='utf-8') as log:
        server = await asyncio.start_server(lambda r, w: serve(r, w, log), '127.0.0.1', options.port,
                                            limit=1 << 26)
        await server.serve_forever()


asyncio.run(main())
