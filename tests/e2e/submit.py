# SPDX-License-Identifier: ISC
"""submit.py HOST:PORT SENDER MAIL-PARAMETERS RCPT-PARAMETERS RCPT... < MESSAGE

One message by SMTP, as a mail program or another server gives it: SMTPUTF8, BODY and DSN parameters are passed as
they are written here. Line ends are made CRLF. Prints the last reply; exit code 1 when something was refused."""
import re
import smtplib
import sys


def main():
    where, sender, mail, rcpt, rcpts = *sys.argv[1:5], sys.argv[5:]
    host, port = where.rsplit(':', 1)
    data = re.sub(rb'\r?\n', b'\r\n', sys.stdin.buffer.read())
    smtp = smtplib.SMTP(host, int(port), timeout=60)
    smtp.command_encoding = 'utf-8'
    smtp.ehlo('mail.strict.example')
    said = [smtp.docmd('MAIL', 'FROM:<%s> %s' % (sender, mail))]
    said += [smtp.docmd('RCPT', 'TO:<%s> %s' % (to, rcpt)) for to in rcpts]
    if all(code == 250 for code, _ in said):
        said.append(smtp.data(data))
    for code, text in said:
        if code != 250 or said[-1][1] is text:
            print(code, text.decode('utf-8', 'replace').replace('\n', ' '))
    smtp.quit()
    return 0 if said[-1][0] == 250 else 1


sys.exit(main())
