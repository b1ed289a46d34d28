# SPDX-License-Identifier: ISC
"""gateway.py OUTBOX HOST:PORT ADDRESS LIST [HOW]

A list server behind a gateway that takes off every mark: each mail in OUTBOX/new for ADDRESS that it has
not seen goes to LIST once, with nothing left of its header but From, To, Subject and what says how to
read it. HOW `footer`: and with one more footer. Prints how many it sent.
"""
import email
import email.policy
import os
import smtplib
import sys

outbox, server, address, to = sys.argv[1:5]
footer = sys.argv[5:] == ['footer']
KEPT = ['From', 'To', 'Subject', 'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding']


def main():
    seen_path = f'{outbox}/../seen.gateway.{address}'
    seen = set(open(seen_path).read().split()) if os.path.exists(seen_path) else set()
    count = 0
    lmtp = smtplib.LMTP(*server.rsplit(':', 1), timeout=120)
    with open(seen_path, 'a') as log:
        for name in sorted(set(os.listdir(f'{outbox}/new')) - seen):
            log.write(name + '\n')
            with open(f'{outbox}/new/{name}', 'rb') as f:
                raw = f.read()
            mail = email.message_from_bytes(raw, policy=email.policy.default)
            # Notices are for those who look after its subscription, not for its members.
            if str(mail['Delivered-To']).lower() != address or not mail['List-Post']:
                continue
            for field in set(mail.keys()) - set(KEPT):
                del mail[field]
            text = mail.as_bytes(policy=email.policy.SMTP)
            if footer:
                text += b'\r\n' + b'_' * 30 + b'\r\nThe other list\r\n'
            try:
                lmtp.sendmail('bounces@gateway.example', [to], text)
            except smtplib.SMTPException:
                pass
            count += 1
    lmtp.quit()
    print(count)


main()
