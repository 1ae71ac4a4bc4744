"""The documentation's walk to the kernel, with the versions of the official client that there were since."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

from server import ServerCase
from test_documentation import ANCESTORS

OLDER = Path(sys.prefix) / "older"
HERE = Path(__file__).parent


class Older(ServerCase):
    def test_the_second_walk_asks_for_nothing_whatever_the_version(self):
        versions = sorted(place for place in OLDER.iterdir() if place.name.startswith("cbapi=="))
        self.assertGreater(len(versions), 3)
        for place in versions:
            with self.subTest(place.name):
                environment = {
                    **os.environ, "PYTHONPATH": f"{place}:{OLDER / 'attrdict==2.0.1'}",
                    "SERVER_URL": self.server.url, "SERVER_TOKEN": self.server.token,
                }
                ran = subprocess.run(
                    [sys.executable, HERE / "walk.py"], env=environment, capture_output=True, text=True, timeout=120,
                )
                self.assertEqual(ran.returncode, 0, ran.stderr)
                walks = [line.split("|") for line in ran.stdout.splitlines()]
                # Some of them take the empty process for one more ancestor.
                self.assertEqual([walk.split()[:8] for walk, _ in walks], [ANCESTORS[:8]] * 2)
                self.assertEqual(walks[1][1], "", "the second walk asked for something")


class OlderWithTheFirst(Older):
    OPTIONS = ("--server-version", "5.2.0.161004.1206")


class OlderWithTheNewest(Older):
    OPTIONS = ("--server-version", "7.8")


if __name__ == "__main__":
    unittest.main()
