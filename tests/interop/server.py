"""`lampblack simulate --tls` as a server for the official client."""

import json
import os
import ssl
import subprocess
import unittest
import urllib.request

import urllib3
from cbapi.response import CbResponseAPI

urllib3.disable_warnings()


class Simulator:
    """The simulator as a process of its own; it ends with the test case."""

    def __init__(self, *options):
        command = [os.environ["LAMPBLACK"], "simulate", "--tls", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self._line("url: ")
        self.token = self._line("token: ")
        self._context = ssl._create_unverified_context()

    def _line(self, label):
        line = self.process.stdout.readline().strip()
        assert line.startswith(label), f"{line!r} does not begin with {label!r}"
        return line[len(label):]

    def connect(self, **options):
        """A client as scripts make it; the certificate is self-signed, as a real server's."""
        return CbResponseAPI(url=self.url, token=self.token, ssl_verify=False, **options)

    def call(self, path, method="GET", body=None):
        """Asks the simulator itself, past the client."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, context=self._context) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def forget_requests(self):
        self.call("/_sim/log", method="DELETE")

    def requests(self, prefix="/api/"):
        """What was asked since requests were last forgotten, as `GET /path?query`."""
        seen = self.call("/_sim/log")
        return [f"{one['method']} {one['target']}" for one in seen if one["target"].startswith(prefix)]

    def truth(self, query):
        """How many documents match, by the simulator's own account."""
        return self.call("/_sim/truth?" + urllib.parse.urlencode({"q": query}))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class ServerCase(unittest.TestCase):
    """One simulator for all tests of a class."""

    OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Simulator(*cls.OPTIONS)
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        # A fresh client has a fresh cache.
        self.cb = self.server.connect()
        self.server.forget_requests()
