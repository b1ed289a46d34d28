# SPDX-License-Identifier: ISC
"""lmtp.py HOST:PORT|unix:PATH SENDER RCPT... < MESSAGE

One message by LMTP. Prints the last reply to each recipient, one a line: that to RCPT if it was
refused there, else that to the data. Line ends are made CRLF (use a raw session for others).
"""
import re
import smtplib
import sys


def main():
    where, sender, rcpts = sys.argv[1], sys.argv[2], sys.argv[3:]
    data = re.sub(rb"\r?\n", b"\r\n", sys.stdin.buffer.read())
    if where.startswith("unix:"):
        lmtp = smtplib.LMTP(where[5:])
    else:
        host, port = where.rsplit(":", 1)
        lmtp = smtplib.LMTP(host, int(port), timeout=120)
    lmtp.ehlo("client.example")
    code, text = lmtp.docmd("MAIL", "FROM:<%s>" % sender)
    replies = []
    taken = []
    for i, rcpt in enumerate(rcpts):
        if code // 100 == 2:
            code_rcpt, text_rcpt = lmtp.docmd("RCPT", "TO:<%s>" % rcpt)
        else:
            code_rcpt, text_rcpt = code, text
        replies.append((code_rcpt, text_rcpt))
        if code_rcpt // 100 == 2:
            taken.append(i)
    if taken:
        reply = lmtp.docmd("DATA")
        if reply[0] == 354:
            lmtp.send(re.sub(rb"(?m)^\.", b"..", data))
            lmtp.send(b".\r\n" if data.endswith(b"\r\n") or not data else b"\r\n.\r\n")
        for i in taken:
            replies[i] = lmtp.getreply() if reply[0] == 354 else reply
    for code, text in replies:
        print(code, text.decode("utf-8", "replace").replace("\n", " "))
    lmtp.quit()


main()
