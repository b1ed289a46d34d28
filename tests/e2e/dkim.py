# SPDX-License-Identifier: ISC
"""Sign and verify as other servers do. dkim.py sign DOMAIN KEY CANON FIELDS < MESSAGE > SIGNED: with LF or CRLF line
ends, CANON such as relaxed/simple, FIELDS parted by ':'. dkim.py verify ZONE [DOMAIN] < MESSAGE: exit code 0 when the
signature on top holds, or that of DOMAIN; keys are looked up in a zone file of dns.py. dkim.py tag NAME DOMAIN <
MESSAGE: what stands in that tag of its signature, without blanks. dkim.py seal ZONE < MESSAGE: exit code 0 when the
chain of ARC seals (RFC 8617) holds."""
import email
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


def signatures(message):
    """The tags of each, from the top."""
    found = email.message_from_bytes(message).get_all('DKIM-Signature') or []
    return [dict(tag.strip().split('=', 1) for tag in ''.join(v.split()).rstrip(';').split(';')) for v in found]


def verify(message, zone, domain=None):
    domains = [tags['d'] for tags in signatures(message)]
    if domain is not None and domain not in domains:
        return False
    which = domains.index(domain) if domain is not None else 0
    return dkim.DKIM(message).verify(idx=which, dnsfunc=lookup(zone))


def main():
    if sys.argv[1] == 'verify':
        sys.exit(0 if verify(canonical(sys.stdin.buffer.read()), *sys.argv[2:]) else 1)
    if sys.argv[1] == 'seal':
        state = dkim.arc_verify(canonical(sys.stdin.buffer.read()), dnsfunc=lookup(sys.argv[2]))[0]
        sys.exit(0 if state == dkim.CV_Pass else 1)
    if sys.argv[1] == 'tag':
        for tags in signatures(sys.stdin.buffer.read()):
            if tags['d'] == sys.argv[3]:
                print(tags[sys.argv[2]])
        return
    domain, key, canon, fields = sys.argv[2:6]
    message = canonical(sys.stdin.buffer.read())
    with open(key, 'rb') as f:
        signature = dkim.sign(message, b'test', domain.encode(), f.read(),
            canonicalize=tuple(c.encode() for c in canon.split('/')),
            include_headers=[name.encode() for name in fields.split(':')])
    sys.stdout.buffer.write(signature + message)


main()
