# SPDX-License-Identifier: ISC
"""many.py MBOX TIMES: the same mails again and again on standard output, each time with other Message-IDs (and
with them In-Reply-To and References), so that an archive of any size has threads like those of a real one."""
import re
import sys

FIELD = re.compile(rb"^(Message-ID|In-Reply-To|References):(.*(?:\n[ \t].*)*)", re.I | re.M)
ID = re.compile(rb"<([^>@]*)@")

data = open(sys.argv[1], "rb").read()
sys.stdout.buffer.write(data)
for i in range(1, int(sys.argv[2])):
    sys.stdout.buffer.write(FIELD.sub(lambda m: m[1] + b":" + ID.sub(b"<c%d.\\1@" % i, m[2]), data))
