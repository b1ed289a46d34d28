# SPDX-License-Identifier: ISC
"""Playing a case: its lists are made, its steps are done one after the other, and what is expected is looked at
(want.py). Everything of a case bears its id: list t01@example.org, people at t01.example; so cases that share a
server don't meet."""
import email.utils
import http.client
import os
import re
import shlex
import subprocess
import time

import want
from case import lines, unescape
from lmtp import Lmtp
from sink import Answer
from world import GP, E2E, Failure, TROUBLE, free_port


class Play:
    def __init__(self, case, world):
        self.case, self.world = case, world
        self.name = case.id.lower()
        self.domain = f'{self.name}.example'
        self.list = f'{self.name}@example.org'
        self.lists = [self.name]
        self.folder = os.path.join(world.folder, case.id)
        os.makedirs(self.folder, exist_ok=True)
        self.log_at, self.dialogue_at = len(world.log()), len(world.sink.dialogue)
        self.copies_at, self.asked_at = len(world.sink.copies), os.path.getsize(world.asked_path)
        self.replies, self.sent, self.output, self.exit, self.page = [], b'', '', 0, (0, '')
        self.copy = None
        self.n = 0
        self.before = None
        world.sink.reset()

    # ---- words in braces

    def fill(self, text):
        """Words in braces, the inner ones first; {2,3} of a pattern is none."""
        for _ in range(4):
            text, n = re.subn(r'\{(\w+)(?: ([^{}]*(?:\{\d+(?:,\d*)?\}[^{}]*)*))?\}', self.word, text)
            if n == 0:
                break
        return text

    def word(self, found):
        name, rest = found.group(1), found.group(2)
        simple = {'list': self.list, 'name': self.name, 'd': self.domain, 'n': str(self.n), 'id': self.case.id,
                  'http': str(self.world.http), 'lmtp': str(self.world.lmtp), 'data': self.world.data}
        if name == 'hold':
            return str(max(h['id'] for h in want.holds(self)))
        if not rest:
            return simple.get(name, found.group(0))
        if name == 'repeat':
            times, what = rest.split(' ', 1)
            return ''.join(what.replace('#', str(i)) for i in range(1, int(times) + 1))
        if name == 'upper':
            return rest.upper()
        if name == 'flip':
            return re.sub(r'([a-z2-7])(.{5}(@|$))', lambda m: 'ab'[m.group(1) == 'a'] + m.group(2), rest, count=1)
        if name == 'fold':
            return rest[:len(rest) // 2] + '\\r\\n\\t' + rest[len(rest) // 2:]
        if name == 'sender':
            return self.copy_of(rest).sender
        if name == 'find':
            who, pattern = rest.split(' ', 1)
            return self.find(who, pattern)
        if name == 'date':
            return email.utils.formatdate(time.time() + int(rest) * 86400)
        return found.group(0)

    def find(self, who, pattern):
        for c in reversed(self.copies(who)):
            m = re.search(pattern, re.sub(r'\n[ \t]', ' ', want.shown(c.data).replace('\r\n', '\n')), re.M)
            if m:
                return m.group(m.lastindex or 0)
        raise Failure(f'no /{pattern}/ in the mail of {who}')

    def address(self, who):
        return who if '@' in who or who == '*' else f'{who}@{self.domain}'

    def copies(self, who, subject=''):
        who = self.address(who)
        return [c for c in self.world.sink.copies[self.copies_at:] if who in ('*', c.rcpt)
                and (self.domain in c.rcpt or '@' in who) and want.subject_is(c, subject)]

    def copy_of(self, who, subject=''):
        found = self.copies(who, subject)
        if not found:
            raise Failure(f'{who} has no mail' + (f' with the subject /{subject}/' if subject else ''))
        return found[-1]

    # ---- the world of the case

    def prepare(self):
        self.make(self.list, ' '.join(s.args for s in self.case.all('set')))

    def make(self, address, settings):
        """A list with the usual people: olga owns it, ann and bob read it."""
        w = self.world
        w.must(['list', 'create', address] + [unescape(x).decode() for x in shlex.split(self.fill(settings))])
        w.must(['member', 'import', address, 'role=owner'], f'olga@{self.domain}\n'.encode())
        w.must(['member', 'import', address], f'ann@{self.domain}\nbob@{self.domain}\n'.encode())

    def do_set(self, step):
        """Done by prepare."""

    def do_list(self, step):
        address, _, settings = self.fill(step.args).partition(' ')
        self.make(address, settings)
        self.lists.append(address.split('@')[0])

    def do_member(self, step):
        words = shlex.split(self.fill(step.args))
        self.world.must(['member', 'add', self.list] + words)

    def do_zone(self, step):
        with open(self.world.zone_path, 'a', encoding='utf-8') as f:
            for line in [step.args] + step.block:
                f.write(self.fill(line) + '\n')

    # ---- what happens

    def complete(self, message, rcpt):
        """The fields that a mail has anyhow, behind those that are there."""
        head, _, body = message.partition(b'\r\n\r\n') if not message.startswith(b'\r\n') else (b'', b'', message[2:])
        have = {line.split(b':')[0].strip().lower() for line in head.split(b'\r\n')}
        usual = [('From', f'Ann Doe <ann@{self.domain}>'), ('To', rcpt), ('Subject', f'Post {self.n}'),
                 ('Message-ID', f'<{self.name}.{self.n}@{self.domain}>'),
                 ('Date', email.utils.formatdate(self.world.now))]
        more = b''.join(f'{k}: {v}\r\n'.encode() for k, v in usual if k.lower().encode() not in have)
        return (head + b'\r\n' if head else b'') + more + b'\r\n' + body

    def do_send(self, step):
        """send: [bare] [utf8] [nowait] [from=ENVELOPE] [to=A,B] [times=N] [key=DOMAIN [canon=C] [fields=F]]"""
        words, self.replies = self.fill_once(step.args), []
        with Lmtp(self.world.lmtp) as lmtp:
            for _ in range(int(words.get('times', 1))):
                self.n += 1
                self.send_one(lmtp, self.fill_once(step.args), lines(step.block, self.fill))
        if 'nowait' not in words:
            self.world.settle()

    def fill_once(self, args):
        return dict((w.split('=', 1) + [''])[:2] for w in shlex.split(self.fill(args)))

    def send_one(self, lmtp, words, message):
        rcpts, sender = words.get('to', self.list).split(','), words.get('from', f'ann@{self.domain}')
        if 'bare' not in words:
            message = self.complete(message, rcpts[0])
        if 'key' in words:
            message = self.sign(message, words)
        self.sent = message
        self.replies = lmtp.send('' if sender == '<>' else sender, rcpts, message, 'utf8' in words)

    def sign(self, message, options):
        done = subprocess.run(['/usr/bin/python3', f'{E2E}/dkim.py', 'sign', options['key'], f'{self.folder}/key.pem',
                               options.get('canon', 'relaxed/relaxed'), options.get('fields', 'from:to:subject:date')],
                              input=message, capture_output=True, check=True)
        return done.stdout

    def do_key(self, step):
        """key: DOMAIN: a DKIM key for it, its public half in the DNS."""
        path = f'{self.folder}/key.pem'
        subprocess.run(['openssl', 'genrsa', '-out', path, '1024'], check=True, capture_output=True)
        public = subprocess.run(['openssl', 'rsa', '-in', path, '-pubout'], check=True, capture_output=True).stdout
        public = ''.join(line for line in public.decode().split('\n') if not line.startswith('--'))
        with open(self.world.zone_path, 'a', encoding='utf-8') as f:
            f.write(f'test._domainkey.{self.fill(step.args)} TXT v=DKIM1; k=rsa; p={public[:200]}|{public[200:]}\n')

    def do_talk(self, step):
        """The block as it stands, all in one write; the codes of all replies until the server hangs up."""
        with Lmtp(self.world.lmtp, False) as lmtp:
            self.replies = lmtp.talk(lines(step.block, self.fill))
        self.world.settle()

    def finished(self, done):
        self.exit = done.returncode
        self.output = (done.stdout + done.stderr).decode('utf-8', 'replace')
        self.stdout = done.stdout.decode('utf-8', 'replace')

    def do_pipe(self, step):
        self.sent = lines(step.block, self.fill).replace(b'\r\n', b'\n')
        self.finished(self.world.gp(['receive'] + shlex.split(self.fill(step.args)), self.sent))
        if self.world.server.poll() is None:
            self.world.settle()

    def do_gp(self, step):
        data = lines(step.block, self.fill).replace(b'\r\n', b'\n')
        words = [unescape(x).decode() for x in shlex.split(self.fill(step.args))]
        self.finished(self.world.gp(words, data))
        self.world.settle()

    def do_shell(self, step):
        """A command of the shell, in a folder of the case: `copy` and `sent` are the mails as files."""
        with open(f'{self.folder}/copy', 'wb') as f:
            f.write(self.copy.data if self.copy else b'')
        with open(f'{self.folder}/sent', 'wb') as f:
            f.write(self.sent)
        script = '\n'.join([step.args] + step.block)
        env = dict(os.environ, GP=GP, E2E=E2E, DATA=self.world.data, LIST=self.list, LMTP=str(self.world.lmtp),
                   SERVER=str(self.world.server.pid), CONF=f'{self.world.data}/guildpost.conf',
                   ID=self.name, PORT=str(free_port()))
        self.finished(subprocess.run(['bash', '-c', self.fill(script)], cwd=self.folder, env=env, timeout=240,
                                     capture_output=True, check=False))
        self.world.settle()

    def do_http(self, step):
        """http: METHOD PATH [times=N]; the block: fields, an empty line, what is sent."""
        words = self.fill(step.args).split()
        options = dict(w.split('=', 1) for w in words[2:])
        block = lines(step.block, self.fill)
        head, _, body = block.partition(b'\r\n\r\n')
        fields = dict(line.decode().split(': ', 1) for line in head.split(b'\r\n') if line)
        for _ in range(int(options.get('times', 1))):
            c = http.client.HTTPConnection('127.0.0.1', self.world.http, timeout=60)
            c.request(words[0], words[1], body=body.removesuffix(b'\r\n') or None, headers=fields)
            r = c.getresponse()
            text = r.read().decode('utf-8', 'replace')
            self.page = r.status, ''.join(f'{k}: {v}\n' for k, v in r.getheaders()) + '\n' + text
            c.close()
        self.world.settle()

    def do_answer(self, step):
        """answer: STAGE PATTERN REPLY: what the relay says at CONNECT, EHLO, MAIL, RCPT, DATA or DOT (after the data)
        about a path that matches; "*3" behind the stage: that many times; "drop" hangs up, "keep-drop" takes it first."""
        stage, pattern, reply = self.fill(step.args).split(' ', 2)
        stage, _, times = stage.partition('*')
        self.world.sink.answers.append(Answer(stage, pattern, reply, int(times or -1)))

    def do_relay(self, step):
        """relay: -FEATURE ...: what its EHLO doesn't offer; +FEATURE=VALUE: what it does."""
        for word in step.args.split():
            name = word[1:].split('=')[0]
            self.world.sink.features = [f for f in self.world.sink.features if f.split()[0] != name]
            if word.startswith('+'):
                self.world.sink.features.append(word[1:].replace('=', ' '))

    def do_retry(self, step):
        """What waits in the queue is due."""
        self.world.must(['queue', 'retry'])
        self.world.settle()

    def do_clock(self, step):
        """clock: +3d or -1d from now (m, h, d, y): the server is started anew with that time."""
        found = re.fullmatch(r'([+-]\d+)([mhdy])', step.args)
        unit = {'m': 60, 'h': 3600, 'd': 86400, 'y': 31536000}[found.group(2)]
        self.world.stop()
        self.world.now = (self.world.now or int(time.time())) + int(found.group(1)) * unit
        self.world.start()
        self.world.settle()

    def do_restart(self, step):
        """restart: [kill]"""
        self.world.stop(9 if step.args == 'kill' else 15)
        self.world.start()
        self.world.settle()

    def do_mark(self, step):
        """What the list is now is what "unchanged" compares with."""
        self.before = self.state()

    def state(self):
        w = self.world
        return [w.must(['member', 'ls', self.list, '--json']), w.must(['list', 'show', self.list]),
                w.must(['hold', 'ls', self.list]), w.must(['export', self.list])]

    def do_expect(self, step):
        for line in ([step.args] if step.args else []) + step.block:
            if line.strip():
                try:
                    want.check(self, line.strip())
                except Failure as e:
                    raise Failure(f'line {step.line}: {line.strip()}: {e}') from e

    # ---- from the first step to the last

    def log(self):
        return self.world.log()[self.log_at:]

    def run(self):
        self.prepare()
        for step in self.case.steps:
            if step.verb in ('what', 'open', 'covered', 'needs', 'config', 'own'):
                continue
            getattr(self, f'do_{step.verb}')(step)
        trouble = [line for line in self.log().split('\n') if TROUBLE.search(line)]
        if trouble and not any('log ~' in line for s in self.case.all('expect') for line in s.block):
            raise Failure(f'the log has trouble: {trouble[0][:300]}')
        if self.world.server.poll() is not None:
            raise Failure('the server is gone')
