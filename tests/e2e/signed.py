# SPDX-License-Identifier: ISC
"""Signed mail (RFC 1847, RFC 3156), byte by byte, as a verifier sees it.

signed.py mime PART SIGNATURE TYPE MICALG   a multipart/signed of both, from its Content-Type on
signed.py split MAIL PART SIGNATURE         the first multipart/signed in a mail, at whatever depth: what is signed,
                                            with CRLF, and the signature; exit code 1 when there is none"""
import base64
import re
import sys


def load(path):
    with open(path, 'rb') as f:
        return re.sub(rb'\r?\n', b'\r\n', f.read())


def save(path, data):
    with open(path, 'wb') as f:
        f.write(data)


def mime(part, signature, kind, micalg):
    mark = b'=-=signed=-='
    lines = [b'MIME-Version: 1.0', b'Content-Type: multipart/signed; micalg=%s; protocol="%s";' % (micalg, kind),
             b'\tboundary="%s"' % mark, b'', b'--' + mark, load(part), b'--' + mark,
             b'Content-Type: %s; name="signature.asc"' % kind, b'', load(signature), b'--%s--' % mark, b'']
    sys.stdout.buffer.write(b'\r\n'.join(lines))


def split(mail, part, signature):
    data = load(mail)
    start = re.search(rb'(?im)^Content-Type:\s*multipart/signed\b(?:[^\r]|\r\n[ \t])*', data)
    if start is None:
        return 1
    mark = re.search(rb'(?i)boundary=(?:"([^"]+)"|([^\s;]+))', start.group())
    line = b'\r\n--' + (mark.group(1) or mark.group(2))
    pieces = data[start.end():].split(line)
    save(part, pieces[1].split(b'\r\n', 1)[1])
    header, body = pieces[2].split(b'\r\n\r\n', 1)
    save(signature, base64.b64decode(body) if re.search(rb'(?im)^Content-Transfer-Encoding:\s*base64', header) else body)
    return 0


WHAT = {'mime': mime, 'split': split}
sys.exit(WHAT[sys.argv[1]](*[a if i < 2 or sys.argv[1] == 'split' else a.encode() for i, a in enumerate(sys.argv[2:])]))
