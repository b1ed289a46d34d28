# SPDX-License-Identifier: ISC
"""terminal.py SECONDS COMMAND...

Run a command on a terminal of its own, where nobody types. Prints what it shows there; ends with its
exit code, or 124 when it takes longer.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

end = time.monotonic() + float(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 120, 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
while (left := end - time.monotonic()) > 0:
    if not select.select([terminal], [], [], left)[0]:
        continue
    try:
        shown = os.read(terminal, 65536)
    except OSError:
        shown = b''
    if not shown:
        break
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
else:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    sys.exit(124)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
