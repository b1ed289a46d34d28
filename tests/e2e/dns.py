# SPDX-License-Identifier: ISC
"""A DNS server for tests: dns.py PORT ZONE LOG. Each line of the file ZONE is "NAME TYPE VALUE" (TXT, A, MX,
PTR, CNAME; MX: "10 host"; a TXT value may have several pieces parted by a '|'; "NAME FAIL" is answered with SERVFAIL,
"NAME SILENT" not at all); it is read anew for each question. Names that are not there, and have nothing
below them, don't exist. Each question is a line in LOG."""
import ipaddress
import socket
import struct
import sys

TYPES = {'A': 1, 'CNAME': 5, 'PTR': 12, 'MX': 15, 'TXT': 16, 'AAAA': 28}
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
TTL = 300


def read_zone(path):
    zone = {}
    with open(path, encoding='utf-8') as f:
        for line in f:
            words = line.strip().split(None, 2)
            if len(words) > 1:
                zone.setdefault(words[0].lower(), []).append((words[1], words[2] if len(words) > 2 else ''))
    return zone


def wire_name(name):
    labels = [label.encode() for label in name.rstrip('.').split('.')] if name.strip('.') else []
    return b''.join(bytes([len(label)]) + label for label in labels) + b'\0'


def wire_data(kind, value):
    if kind == 'TXT':
        return b''.join(bytes([len(piece)]) + piece for piece in (p.encode() for p in value.split('|')))
    if kind == 'MX':
        rank, host = value.split()
        return struct.pack('!H', int(rank)) + wire_name(host)
    if kind in ('A', 'AAAA'):
        return ipaddress.ip_address(value).packed
    return wire_name(value)


def read_question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode('ascii', 'replace'))
        at += 1 + packet[at]
    kind, = struct.unpack('!H', packet[at + 1:at + 3])
    return '.'.join(labels).lower(), kind, packet[12:at + 5]


def answers_for(zone, name, kind):
    """Status and (name, type, data) of each answer; None: no answer at all."""
    found = zone.get(name, [])
    words = [k for k, _ in found]
    if 'SILENT' in words:
        return None
    if 'FAIL' in words:
        return SERVFAIL, []
    alias = [value for k, value in found if k == 'CNAME']
    if alias and kind != TYPES['CNAME']:
        code, more = answers_for(zone, alias[0].lower().rstrip('.'), kind)
        return code, [(name, 'CNAME', alias[0])] + more
    if not found and not any(other.endswith('.' + name) for other in zone):
        return NXDOMAIN, []
    return NOERROR, [(name, k, value) for k, value in found if TYPES.get(k) == kind]


def main():
    port, path, log = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(('127.0.0.1', port))
    while True:
        packet, peer = sock.recvfrom(4096)
        name, kind, question = read_question(packet)
        with open(log, 'a', encoding='utf-8') as f:
            f.write('%s %d\n' % (name, kind))
        reply = answers_for(read_zone(path), name, kind)
        if reply is None:
            continue
        code, records = reply
        out = packet[:2] + struct.pack('!HHHHH', 0x8180 | code, 1, len(records), 0, 0) + question
        for owner, k, value in records:
            data = wire_data(k, value)
            out += wire_name(owner) + struct.pack('!HHIH', TYPES[k], 1, TTL, len(data)) + data
        sock.sendto(out, peer)


main()
