# SPDX-License-Identifier: ISC
"""The world of the cases: a data folder with the shipped program running in it, a relay that it sends to (sink.py), a
DNS that it asks (tests/e2e/dns.py). One of these serves most cases; some have one of their own."""
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time

from sink import Sink

HERE = os.path.dirname(os.path.abspath(__file__))
E2E = os.path.join(os.path.dirname(HERE), 'e2e')
GP = os.path.join(os.environ.get('GP_BUILDDIR', '.'), 'guildpost')
PATIENCE = 60  # seconds that anything may take on a slow machine with sanitizers
TROUBLE = re.compile(r'event=(mail-failed|commit-failed|parser-lost|lost|kill|bug|act-failed|outbound-lost|web-lost)'
                     r'|Sanitizer|runtime error')


class Failure(Exception):
    """What a case expects is not so."""


def until(what, test, patience=PATIENCE):
    """Wait for something to come true."""
    end = time.monotonic() + patience
    while not (got := test()):
        if time.monotonic() > end:
            raise Failure(f'waited in vain: {what}')
        time.sleep(0.02)
    return got


def free_port():
    """Outside of those that the kernel hands out."""
    while True:
        port = random.randrange(10240, 32000)
        with socket.socket() as s, socket.socket(type=socket.SOCK_DGRAM) as u:
            try:
                s.bind(('127.0.0.1', port))
                u.bind(('127.0.0.1', port))
            except OSError:
                continue
        return port


class World:
    def __init__(self, folder, config=()):
        self.folder, self.data = folder, os.path.join(folder, 'data')
        os.makedirs(folder)
        self.log_path = os.path.join(folder, 'log')
        self.zone_path, self.asked_path = os.path.join(folder, 'zone'), os.path.join(folder, 'asked')
        for path in (self.log_path, self.zone_path, self.asked_path):
            with open(path, 'w', encoding='utf-8'):
                pass
        self.sink = Sink()
        self.lmtp, self.http, self.dns_port = free_port(), free_port(), free_port()
        self.dns = subprocess.Popen([sys.executable, os.path.join(E2E, 'dns.py'), str(self.dns_port),
                                     self.zone_path, self.asked_path],
                                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.server, self.config, self.now = None, dict(config), None
        if 'outbound.ca' in self.config:
            self.sink.make_certificates(folder)
        self.gp(['init', self.data, '--domain', 'example.org'], config=False)
        self.start()

    # ---- the server

    def write_config(self):
        options = {'server.domain': 'example.org', 'inbound.listen': f'127.0.0.1:{self.lmtp}',
                   'outbound.relay': f'smtp://127.0.0.1:{self.sink.port}', 'outbound.dns': f'127.0.0.1:{self.dns_port}',
                   'web.listen': f'127.0.0.1:{self.http}', 'web.url': 'https://lists.example.org',
                   'inbound.authserv': 'mx.example.org'}
        options.update(self.config)
        if self.now is not None:
            options.update({'server.testing': 'yes', 'server.test_now':
                            time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(self.now))})
        with open(os.path.join(self.data, 'guildpost.conf'), 'w', encoding='utf-8') as f:
            for section in ('server', 'inbound', 'outbound', 'web'):
                f.write(f'[{section}]\n')
                f.writelines(f'{k.split(".", 1)[1]} = {v}\n' for k, v in options.items()
                             if k.startswith(section + '.') and v != '')

    def start(self):
        self.write_config()
        before = self.log().count('event=ready')
        with open(self.log_path, 'ab') as log:
            self.server = subprocess.Popen([GP, '-c', os.path.join(self.data, 'guildpost.conf'), 'serve'],
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        until('the server to start', lambda: self.log().count('event=ready') > before)

    def stop(self, how=signal.SIGTERM):
        if how == signal.SIGTERM:
            self.server.terminate()
            try:
                self.server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                how = signal.SIGKILL
        if how == signal.SIGKILL:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
        return self.server.returncode

    def end(self):
        self.stop()
        self.dns.terminate()
        self.dns.wait()
        self.sink.shutdown()
        self.sink.server_close()

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as f:
            return f.read()

    # ---- the command line

    def gp(self, args, data=b'', config=True):
        where = ['-c', os.path.join(self.data, 'guildpost.conf')] if config else []
        return subprocess.run([GP] + where + list(args), input=data, capture_output=True, timeout=PATIENCE * 2,
                              check=False)

    def must(self, args, data=b''):
        done = self.gp(args, data)
        if done.returncode:
            raise Failure(f'guildpost {" ".join(args)}: {done.stderr.decode("utf-8", "replace").strip()}')
        return done.stdout.decode('utf-8', 'replace')

    def json(self, *args):
        done = self.gp(args + ('--json',))
        return json.loads(done.stdout) if done.stdout.strip() else []

    # ---- what lies in its database

    def sql(self, query):
        db = sqlite3.connect(f'file:{self.data}/guildpost.db?mode=ro', uri=True, timeout=PATIENCE)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def quiet(self):
        now = self.now if self.now is not None else time.time()
        fresh, = self.sql('SELECT count(*) FROM rcpt')[0]
        due, = self.sql(f'SELECT count(*) FROM retry WHERE next <= {int(now)}')[0]
        return fresh == 0 and due == 0

    def settle(self):
        if self.sink.is_trusted():
            until('the queue to be worked off', self.quiet)
