# SPDX-License-Identifier: ISC
"""Posts under load: load.py PORT SESSIONS PREFIX ACKED. Each session posts by LMTP until the server is
gone; the Message-ID of every post that got 250 becomes a line of ACKED."""
import socket
import sys
import threading

port, sessions, prefix, acked = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
lock = threading.Lock()


def one(number, out):
    with socket.create_connection(('127.0.0.1', port), timeout=60) as s:
        f = s.makefile('rwb')

        def ask(text, want):
            f.write(text.encode())
            f.flush()
            while True:
                line = f.readline()
                if not line:
                    raise ConnectionError
                if line[3:4] != b'-':
                    break
            if not line.startswith(want):
                raise ConnectionError
        f.readline()
        ask('LHLO load.test\r\n', b'250')
        for i in range(100000):
            mid = f'{prefix}.{number}.{i}@load.test'
            ask('MAIL FROM:<marta@example.org>\r\n', b'250')
            ask('RCPT TO:<bees@example.org>\r\n', b'250')
            ask('DATA\r\n', b'354')
            ask(f'From: marta@example.org\r\nTo: bees@example.org\r\nSubject: load {mid}\r\n'
                f'Message-ID: <{mid}>\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\n'
                f'post {i} of session {number}\r\n.\r\n', b'250')
            with lock:
                out.write(mid + '\n')
                out.flush()


def run(number, out):
    try:
        one(number, out)
    except OSError:
        pass


with open(acked, 'a', encoding='ascii') as out:
    threads = [threading.Thread(target=run, args=(k, out)) for k in range(sessions)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
