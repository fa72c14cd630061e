"""Runs a command at a terminal of its own and answers each question for a secret with a line of standard input.

The answer is typed when the terminal shows it no more, as people's fingers are slower than the command.
"""

import os
import pty
import sys
import termios
import time

QUESTION = b"leave empty to keep): "

answers = sys.stdin.buffer.read().splitlines()
child, terminal = pty.fork()
if child == 0:
    os.execve(sys.argv[1], sys.argv[1:], {})
shown, asked = b"", 0
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:  # the other side is closed
        break
    shown += read
    if shown.count(QUESTION) > asked:
        asked += 1
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)
        os.write(terminal, (answers.pop(0) if answers else b"") + b"\n")
sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
