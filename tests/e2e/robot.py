# SPDX-License-Identifier: ISC
"""robot.py OUTBOX HOST:PORT ADDRESS KIND WHERE [HEADER...]

Somebody's mail program that answers everything by itself: each mail in OUTBOX/new for ADDRESS that
it has not seen gets one answer, which says nothing of use. Prints how many it answered.

KIND    bare: not a word that a machine wrote it; office: nor that, but the subject says so;
        polite: Auto-Submitted, as RFC 3834 wants it
WHERE   reply: to Reply-To, else From; from: to From; list: to the To of a post, or to From
"""
import email
import email.policy
import email.utils
import os
import smtplib
import sys

outbox, server, address, kind, where = sys.argv[1:6]
extra = sys.argv[6:]
SUBJECTS = {'bare': 'Re: %s', 'office': 'Out of office: %s', 'polite': 'Auto: %s'}


def target(mail):
    if where == 'list' and mail['List-Post']:
        to = mail['To']
    elif where == 'reply':
        to = mail['Reply-To'] or mail['From']
    else:
        to = mail['From']
    return email.utils.parseaddr(str(to))[1]


def answer(mail, to):
    lines = ['From: %s' % address, 'To: %s' % to, 'Message-ID: %s' % email.utils.make_msgid(domain='robot.example'),
             'Date: ' + email.utils.formatdate(), 'In-Reply-To: %s' % mail['Message-ID'],
             'Subject: ' + SUBJECTS[kind] % ' '.join(str(mail['Subject']).split())]
    if kind == 'polite':
        lines.append('Auto-Submitted: auto-replied')
    lines += extra + ['', 'I am in the mountains until the 30th, and read no mail.', '', 'A. Way']
    return '\r\n'.join(lines).encode()


def main():
    seen_path = f'{outbox}/../seen.{address}'
    seen = set(open(seen_path).read().split()) if os.path.exists(seen_path) else set()
    count = 0
    lmtp = smtplib.LMTP(*server.rsplit(':', 1), timeout=120)
    with open(seen_path, 'a') as log:
        for name in sorted(set(os.listdir(f'{outbox}/new')) - seen):
            log.write(name + '\n')
            with open(f'{outbox}/new/{name}', 'rb') as f:
                mail = email.message_from_binary_file(f, policy=email.policy.default)
            if str(mail['Delivered-To']).lower() != address:
                continue
            to = target(mail)
            # An answer to a person leaves our house.
            if not to.endswith('@example.org') or to == address:
                continue
            try:
                lmtp.sendmail(address, [to], answer(mail, to))
            except smtplib.SMTPException:
                pass
            count += 1
    lmtp.quit()
    print(count)


main()
