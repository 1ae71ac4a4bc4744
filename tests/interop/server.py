"""`lampblack simulate --tls` as a server, and two clients of it: the official one, and lampblack."""

import contextlib
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from unittest import mock

from cbapi.response import Binary, CbResponseAPI

PROGRAM = os.environ["LAMPBLACK"]


class Simulator:
    """The simulator as a process of its own."""

    def __init__(self, *options):
        self.process = subprocess.Popen([PROGRAM, "simulate", "--tls", *options], stdout=subprocess.PIPE, text=True)
        self.url = self._line("url: ")
        self.token = self._line("token: ")
        self._context = ssl._create_unverified_context()

    def _line(self, label):
        line = self.process.stdout.readline().rstrip("\n")
        assert line.startswith(label), f"{line!r} does not begin with {label!r}"
        return line[len(label):]

    def connect(self, **options):
        """A client as scripts make it, trusting whatever certificate it is shown."""
        return CbResponseAPI(url=self.url, token=self.token, ssl_verify=False, **options)

    def call(self, path, method="GET", body=None):
        """Asks past the client: status and text."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Auth-Token": self.token, "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, context=self._context, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def json(self, path, **parameters):
        """The JSON at a path, asked for past the client."""
        if parameters:
            path += "?" + urllib.parse.urlencode(parameters)
        status, text = self.call(path)
        assert status == 200, (path, status, text)
        return json.loads(text)

    def ask(self, path, method, body):
        """The JSON that a change is answered with, past the client."""
        status, text = self.call(path, method, body)
        assert status == 200, (path, status, text)
        return json.loads(text)

    def forget_requests(self):
        self.call("/_sim/log", "DELETE")

    def requests(self, part=""):
        """What was asked since requests were last forgotten, as `GET /path?query`, where that contains `part`."""
        seen = [f"{one['method']} {one['target']}" for one in self.json("/_sim/log")]
        return [one for one in seen if part in one]

    def statuses(self):
        """The statuses of the requests since they were last forgotten."""
        return [one["status"] for one in self.json("/_sim/log")]

    def truth(self, **parameters):
        """The whole result of a process search, by the simulator's own account."""
        return self.json("/_sim/truth", **parameters)

    def fault(self, **fault):
        status, text = self.call("/_sim/faults", "POST", fault)
        assert status == 200, text

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.process.stdout.close()


def simulator(case, *options):
    """A simulator that ends with a test."""
    server = Simulator(*options)
    case.addCleanup(server.stop)
    return server


class Home:
    """A home directory with a credential file, as the official client's documentation has analysts make it."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="lampblack-interop-"))
        # Where whoever lives here stands.
        self.work = self.path
        self._file = self.path / ".carbonblack" / "credentials.response"
        self._file.parent.mkdir()
        self._file.touch(mode=0o600)

    def write(self, text):
        """Adds to the credential file."""
        with self._file.open("a") as file:
            file.write(text)

    def profile(self, name, **keys):
        self.write(f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items()))

    def connect(self, profile=None, **options):
        """The official client, knowing nothing but what is in this home."""
        with mock.patch.dict(os.environ, HOME=str(self.path)), contextlib.ExitStack() as stack:
            stack.callback(os.chdir, os.getcwd())
            os.chdir(self.work)
            return CbResponseAPI(profile=profile, **options)

    def lampblack(self, *arguments, **environment):
        """lampblack, knowing nothing but what is in this home: exit code, output, notes."""
        environment = {"HOME": str(self.path), "LC_ALL": "C.UTF-8", **environment}
        ran = subprocess.run(
            [PROGRAM, *arguments], env=environment, cwd=self.work, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=120,
        )
        return ran.returncode, ran.stdout, ran.stderr

    def remove(self):
        shutil.rmtree(self.path)


def home(case):
    """A home that ends with a test."""
    place = Home()
    case.addCleanup(place.remove)
    return place


class ServerCase(unittest.TestCase):
    """One simulator for all tests of a class; each has a client, and thus a cache, of its own."""

    OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Simulator(*cls.OPTIONS)
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.server.call("/_sim/faults", "DELETE")
        self.cb = self.server.connect()
        self.server.forget_requests()

    def payload(self):
        """The incident's first stage."""
        found = self.cb.select(Binary).where("observed_filename:svch0st.exe")
        self.assertEqual(len(found), 1)
        return found[0]

    def home(self):
        """A home whose default profile is this server."""
        place = home(self)
        place.profile("default", url=self.server.url, token=self.server.token, ssl_verify="False")
        return place


def parameters(request):
    """The query parameters of a request that the simulator saw, each once."""
    query = urllib.parse.urlsplit(request.split(" ", 1)[1]).query
    return dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
