"""The console in a terminal of its own: keys in, screen out."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte

from server import PROGRAM

WIDTH, HEIGHT = 120, 36
KEYS = {"esc": b"\x1b", "enter": b"\r", "tab": b"\t", "space": b" ", "down": b"\x1b[B"}


class Console:
    """lampblack with a screen, knowing nothing but what is in a home."""

    def __init__(self, place, *arguments):
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)
        self._child, self._terminal = pty.fork()
        if self._child == 0:
            os.chdir(place.work)
            os.execve(PROGRAM, [PROGRAM, *arguments], {"HOME": str(place.path), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"})
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))

    def lines(self):
        return [line.rstrip() for line in self._screen.display]

    def text(self):
        return "\n".join(self.lines())

    def press(self, keys):
        """Presses keys, named or single, with blanks between them."""
        for key in keys.split():
            self.write(KEYS.get(key) or key.encode())

    def write(self, text):
        """Types a text; one key at a time, so that an escape is one."""
        os.write(self._terminal, text if isinstance(text, bytes) else text.encode())
        self._read(0.05)

    def shows(self, wanted):
        """Whether the screen shows a text, or what a pattern describes."""
        return wanted in self.text() if isinstance(wanted, str) else wanted.search(self.text()) is not None

    def until(self, *wanted, seconds=60):
        """Waits until the screen shows all of this; answers the screen."""
        end = time.monotonic() + seconds
        while not all(map(self.shows, wanted)):
            left = end - time.monotonic()
            assert left > 0, f"{wanted} never came:\n{self.text()}"
            self._read(left)
        return self.text()

    def _read(self, seconds):
        """Reads what the program draws, waiting this long for it at most."""
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        if ready:
            self._stream.feed(os.read(self._terminal, 1 << 16))

    def stop(self):
        os.kill(self._child, signal.SIGTERM)
        os.waitpid(self._child, 0)
        os.close(self._terminal)
