# SPDX-License-Identifier: ISC
"""What a mail program sees of a mail that lies in a file.

box.py field NAME FILE       a field of its header, decoded, on one line; nothing when there is none
box.py text FILE...          its text: the first text/plain part that belongs to the mail itself
box.py token WORD FILE       TOKEN of its Reply-To NAME+WORD-TOKEN@..., or of a link .../u/TOKEN
box.py strange FILE...       whatever a header of ours must not have: fields that we don't write,
                             fields twice, lines that are no field, 8-bit bytes, control characters
box.py enclosed FILE         the message that is enclosed in it, as it is there
"""
import email
import email.policy
import os
import re
import sys

OURS = set('''return-path delivered-to from to subject date message-id mime-version content-type
    content-transfer-encoding in-reply-to references reply-to auto-submitted precedence list-id
    list-help list-subscribe list-unsubscribe list-unsubscribe-post list-owner list-archive
    x-auto-response-suppress received'''.split())


def load(path):
    with open(path, 'rb') as f:
        return email.message_from_binary_file(f, policy=email.policy.default)


def text(mail):
    part = mail.get_body(('plain',)) if mail.get_content_maintype() != 'message' else None
    return part.get_content().replace('\r\n', '\n') if part else ''


def token(word, path):
    mail = load(path)
    found = re.search(r'\+%s-([a-z2-7]+)@' % word, str(mail['Reply-To'] or '')) or \
        re.search(r'/u/([a-z2-7]+)', text(mail) + str(mail['List-Unsubscribe'] or ''))
    return found.group(1) if found else ''


def strange(path):
    with open(path, 'rb') as f:
        header = re.split(rb'\r?\n\r?\n', f.read(), maxsplit=1)[0]
    seen = set()
    for line in re.split(rb'\r?\n', header):
        field = re.match(rb'([!-9;-~]+):', line)
        if re.search(rb'[\x00-\x08\x0b-\x1f\x7f-\xff]', line):
            print(path, 'has bytes that no header may have:', line)
        if re.match(rb'[ \t]+\S', line):
            continue
        if not field:
            print(path, 'has a line that is no field:', line)
            continue
        name = field.group(1).decode().lower()
        if name not in OURS:
            print(path, 'has a field that is not ours:', line)
        if name in seen and name != 'received':
            print(path, 'has it twice:', line)
        seen.add(name)
    mail = load(path)
    for name in ('from', 'to'):
        if mail[name] is None or len(mail[name].addresses) != 1:
            print(path, 'is not from one to one:', name, mail[name])
        elif mail[name].defects:
            print(path, 'has a broken', name, mail[name].defects)
    if mail.defects:
        print(path, 'is broken:', mail.defects)


def main():
    what, args = sys.argv[1], sys.argv[2:]
    sys.stdout.reconfigure(errors='replace')
    if what == 'field':
        value = load(args[1])[args[0]]
        if value is not None:
            print(re.sub(r'\s+', ' ', str(value)))
    elif what == 'text':
        for path in args:
            print(text(load(path)))
    elif what == 'token':
        print(token(*args))
    elif what == 'strange':
        for path in args:
            strange(path)
    elif what == 'enclosed':
        for part in load(args[0]).walk():
            if part.get_content_type() == 'message/rfc822':
                sys.stdout.buffer.write(part.get_payload(0).as_bytes())
                return


try:
    main()
    sys.stdout.flush()
except BrokenPipeError:  # whoever reads has seen enough
    os._exit(0)
