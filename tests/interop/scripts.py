"""The official client's example scripts, run as they are in its source distribution."""

import contextlib
import io
import os
import runpy
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from server import ServerCase

EXAMPLES = Path(sys.prefix) / "examples" / "response"


@dataclass
class Ran:
    """What a script did: its exit code, what it printed, and the traceback it ended with."""

    code: int
    out: str
    trouble: str

    @property
    def lines(self):
        return self.out.splitlines()


class ScriptCase(ServerCase):
    """Scripts are called as a shell would call them, and stand in a directory of their own."""

    def setUp(self):
        super().setUp()
        self.place = self.home().path
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.place)

    def script(self, name, *arguments, answers=(), code=0):
        """Runs an example, and expects it to end with a code; `answers` are typed by whoever sits before it."""
        path = str(EXAMPLES / f"{name}.py")
        connection = ["--cburl", self.server.url, "--apitoken", self.server.token, "--no-ssl-verify"]
        out, typed, trouble, ended = io.StringIO(), io.StringIO("".join(f"{one}\n" for one in answers)), "", 0
        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch.object(sys, "argv", [path, *connection, *arguments]))
            stack.enter_context(mock.patch.object(sys, "stdin", typed))
            stack.enter_context(contextlib.redirect_stdout(out))
            stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
            try:
                runpy.run_path(path, run_name="__main__")
            except SystemExit as end:
                ended = end.code or 0
            except Exception:
                ended, trouble = 1, traceback.format_exc()
        ran = Ran(ended, out.getvalue(), trouble)
        self.assertEqual(ran.code, code, f"{ran.out}\n{ran.trouble}")
        return ran

    def changes(self):
        """What was asked since requests were last forgotten, but for what only reads."""
        return [request for request in self.server.requests() if not request.startswith("GET ")]
