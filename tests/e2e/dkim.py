# SPDX-License-Identifier: ISC
"""Sign and verify as other servers do. dkim.py sign DOMAIN KEY CANON FIELDS < MESSAGE > SIGNED: with LF or CRLF line
ends, CANON such as relaxed/simple, FIELDS parted by ':'. dkim.py verify ZONE < MESSAGE: exit code 0 when a
signature holds; keys are looked up in a zone file of dns.py."""
import sys

# This file has the name of the module that it needs.
sys.path.pop(0)
import dkim  # noqa: E402


def lookup(zone):
    def txt(name, timeout=5):
        del timeout
        name = name.decode().rstrip('.').lower()
        with open(zone, encoding='utf-8') as f:
            for line in f:
                words = line.strip().split(None, 2)
                if words[:2] == [name, 'TXT']:
                    return words[2].replace('|', '').encode()
        return None
    return txt


def canonical(data):
    return data.replace(b'\r\n', b'\n').replace(b'\n', b'\r\n')


def main():
    if sys.argv[1] == 'verify':
        message = canonical(sys.stdin.buffer.read())
        good = dkim.verify(message, dnsfunc=lookup(sys.argv[2]))
        sys.exit(0 if good else 1)
    domain, key, canon, fields = sys.argv[2:6]
    message = canonical(sys.stdin.buffer.read())
    with open(key, 'rb') as f:
        signature = dkim.sign(message, b'test', domain.encode(), f.read(),
            canonicalize=tuple(c.encode() for c in canon.split('/')),
            include_headers=[name.encode() for name in fields.split(':')])
    sys.stdout.buffer.write(signature + message)


main()
