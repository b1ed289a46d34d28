# SPDX-License-Identifier: ISC
"""Mail made to hurt: hostile.py FOLDER writes a file for each kind."""
import os
import sys

A = b'From: a@b.example\n'
M = A + b'MIME-Version: 1.0\n'
MIXED = M + b'Content-Type: multipart/mixed; boundary='
TEXT = M + b'Content-Type: text/plain'
HTML = M + b'Content-Type: text/html\n\n'


def write(name, data, crlf=True):
    with open(os.path.join(sys.argv[1], name + '.eml'), 'wb') as f:
        f.write(data.replace(b'\n', b'\r\n') if crlf else data)


def deep(d):
    """Nesting of all kinds, d deep."""
    write(f'multiparts-{d}', M + b''.join(
        b'Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n' % (i, i) for i in range(d)) + b'\nx\n')
    write(f'messages-{d}', M + b'Content-Type: message/rfc822\n\n' * d + b'Subject: in\n\nx\n')
    write(f'comments-{d}', b'From: ' + b'(' * d + b')' * d + b' a@b.example\n\nx\n')
    write(f'groups-{d}', A + b'To: ' + b'g:' * d + b';' * d + b'\n\nx\n')
    write(f'quotes-{d}', A + b'\n' + b'>' * d + b' x\n')
    write(f'divs-{d}', HTML + b'<div><blockquote><b>' * d)
    write(f'tables-{d}', HTML + b'<table>' * d + b'<a><b>' * d)


def many(n):
    """n of everything."""
    write(f'parts-{n}', MIXED + b'B\n\n' + b'--B\n\nx\n' * n + b'--B--\n')
    write(f'fields-{n}', A + b''.join(b'X-%d: y\n' % i for i in range(n)) + b'\nx\n')
    write(f'parameters-{n}', TEXT + b''.join(b'; p%d=v' % i for i in range(n)) + b'\n\nx\n')
    write(f'addresses-{n}', A + b'To: ' + b',\n '.join(b'u%d@b.example' % i for i in range(n)) + b'\n\nx\n')
    write(f'references-{n}', A + b'References: ' + b'\n '.join(b'<%d@b.example>' % i for i in range(n)) + b'\n\nx\n')
    write(f'words-{n}', A + b'Subject: ' + b'=?utf-8?q?=41?=\n ' * n + b'x\n\nx\n')
    write(f'attributes-{n}', HTML + b'<p ' + b'a=b ' * n + b'>')
    write(f'links-{n}', A + b'\n' + b'http://a.example/' * n + b'\n')
    write(f'lines-{n}', A + b'\n' * n)
    write(f'soft-breaks-{n}', TEXT + b'\nContent-Transfer-Encoding: quoted-printable\n\n' + b'=\n' * n)
    write(f'padding-{n}', TEXT + b'\nContent-Transfer-Encoding: base64\n\n' + b'=' * n)
    write(f'almost-boundaries-{n}', MIXED + b'a' * 70 + b'\n\n' + (b'--' + b'a' * 69 + b'\n') * n)
    write(f'utf7-{n}', TEXT + b'; charset=utf-7\n\n' + b'+AAA' * n)
    write(f'quoted-name-{n}', b'From: ' + b'"' * n + b' <a@b.example>\n\nx\n')
    write(f'message-id-{n}', A + b'Message-ID: <' + b'x' * n + b'@y.example>\n\nx\n')


for depth in (100, 5000, 20000):
    deep(depth)
for number in (1000, 100000):
    many(number)

SINGLE = {
    # What once crashed or puzzled MIME libraries.
    'boundary-quote': MIXED + b'"\\""\n\nhello\n',
    'boundary-never': MIXED + b'B\n\nx',
    'boundary-none': M + b'Content-Type: multipart/mixed\n\n--X\n\nx\n--X--\n',
    'boundary-empty': MIXED + b'""\n\n--\n\nx\n----\n',
    'boundary-ends-first': MIXED + b'B\n\n--B--\n',
    'boundary-at-the-end': MIXED + b'B\n\n--B',
    'boundary-same': MIXED + b'B\n\n--B\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B--\n--B--\n',
    'boundary-slash': MIXED + b'a/b\n\n--a/b\n\nx\n--a/b--\n',
    'type-empty': M + b'Content-Type:\n\nx\n',
    'type-half': M + b'Content-Type: text\n\nx\n',
    'type-slash': M + b'Content-Type: /;;;=;=\n\nx\n',
    'type-twice': TEXT + b'\nContent-Type: text/html\n\nx\n',
    'charset-unknown': TEXT + b'; charset=no-such\n\n\xff\xfe\n',
    'encoding-unknown': TEXT + b'\nContent-Transfer-Encoding: hexbin\n\nx\n',
    'encoding-of-multipart': MIXED + b'B\nContent-Transfer-Encoding: base64\n\n--B\n\nx\n--B--\n',
    'file-name': M + b"Content-Type: application/pdf; name*0*=utf-8''%2e%2e%2f; name*1=\"../../etc/passwd\"\n\nx\n",
    'nul': b'From: a@b.example\nSubject: x\0y\n\nx\0y\n',
    'eight-bit': b'From: J\xc3\xb6rg <j@b.example>\nTo: \xe4\xf6 <x@y.example>\nSubject: \xfc\xff\n\nx\n',
    'no-from': b'Subject: x\n\nx\n',
    'from-twice': A + b'From: c@d.example\n\nx\n',
    'from-empty': b'From: <>\nSubject: x\n\nx\n',
    'from-group': b'From: undisclosed-recipients:;\n\nx\n',
    'from-broken': b'From: Foo Bar <foo@bar@baz.example>\n\nx\n',
    'subject-injects': A + b'Subject: =?utf-8?q?a=0D=0ABcc=3A_e=40f=0D=0A?=\n\nx\n',
    'ids-broken': A + b'Message-ID: <[abc]@x.example>\nReferences: <a b@c> <noat> <<<<>>>> <d@[127.0.0.1]>\n\nx\n',
    'header-broken': A + b'this is no field\nSubject: behind it\n\nx\n',
    'header-only': A + b'Subject: no body\n',
    'header-blank-line': A + b' \n\t\n\nx\n',
    'date-broken': A + b'Date: Tue Foo 32 2025 25:61:61 +9999\n\nx\n',
    'date-far': A + b'Date: Mon, 1 Jan 99999 00:00:00 +0000\n\nx\n',
    'report': M + b'Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n\nfailed\n'
              b'--B\nContent-Type: message/delivery-status\n\nAction: failed\n\n--B--\n',
    'partial': M + b'Content-Type: message/partial; id=x; number=1\n\nx\n',
    'nothing': b'',
    'blank': b'\n',
    'long-line': A + b'\n' + b'a' * 5000000 + b'\n',
    'long-field': b'Subject: ' + b'a' * 3000000 + b'\n' + A + b'\nx\n',
    'brackets': A + b'\n' + b'<' * 300000 + b'\n' + b'[' * 300000 + b'\n',
    'yenc': A + b'\n=ybegin line=128 size=9 name=x\nxxxxxxxxx\n=yend size=9\n' + b'begin 644 x\n' * 10000,
}
for name, data in SINGLE.items():
    write(name, data)
write('line-ends', A + b'Subject: x\rBcc: e@f.example\r\n\nx\r\r\ny\n\r\n.\n', crlf=False)
write('zeros', b'\0' * 100000, crlf=False)
write('binary', bytes(range(256)) * 2000, crlf=False)
write('random', bytes((i * i * 31 + i // 7) % 256 for i in range(200000)), crlf=False)
