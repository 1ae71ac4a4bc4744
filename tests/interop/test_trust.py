"""Whom to trust, and where the token is: one credential file, read by the official client and by lampblack alike."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from cbapi.errors import ConnectionError, CredentialError, UnauthorizedError
from cbapi.response import CbResponseAPI, Process

from server import ServerCase, home, simulator

QUERY = r"process_name:net.exe cmdline:\\test\blah"
UNVERIFIED = "warning: the server certificate is not verified\n"
IDS = ["00000003-0000-043c-01d2-3c5e7fd343f0", "00000003-0000-0460-01d2-2efd3af51190"]


class Trusting(ServerCase):
    """A server with a certificate of its own making, which is known as a file."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="lampblack-interop-")
        cls.addClassCleanup(directory.cleanup)
        cls.certificate = str(Path(directory.name) / "server.pem")
        cls.OPTIONS = ("--cert-out", cls.certificate)
        super().setUpClass()

    def assert_both_are_answered(self, place, *arguments, profile=None, warning=""):
        self.server.forget_requests()
        client = place.connect(profile)
        found = [process.id for process in client.select(Process).where(QUERY).group_by("id")]
        self.assertEqual(found, IDS)
        self.assertEqual(self.server.statuses(), [200, 200, 200])
        self.server.forget_requests()
        status, out, notes = place.lampblack("search", QUERY, "--format", "csv", *arguments)
        self.assertEqual((status, notes), (0, warning))
        self.assertEqual([line.rsplit(",", 1)[1] for line in out.splitlines()], ["id", *IDS])
        # The version is asked first: what may be sent depends on it.
        self.assertEqual(self.server.statuses(), [200, 200])

    def assert_both_refuse(self, place, words, said, server=None):
        server = server or self.server
        server.forget_requests()
        with self.assertRaises(ConnectionError) as caught:
            place.connect()
        self.assertIn(words, str(caught.exception))
        status, out, notes = place.lampblack("search", QUERY)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("error: ", notes)
        self.assertIn("hint: ", notes)
        self.assertIn(said, notes)
        self.assertEqual(server.requests(), [], "the token was sent to a server that is not trusted")

    def keys(self, **more):
        return {"url": self.server.url, "token": self.server.token, **more}

    def test_a_certificate_that_is_known_is_trusted(self):
        place = home(self)
        place.profile("default", **self.keys(ssl_cert_file=self.certificate))
        self.assert_both_are_answered(place)

    def test_a_certificate_that_is_not_known_is_not_trusted(self):
        place = home(self)
        place.profile("default", **self.keys())
        self.assert_both_refuse(place, "CERTIFICATE_VERIFY_FAILED", "certificate")

    def test_the_certificate_of_another_server_is_not_trusted(self):
        other = simulator(self)
        place = home(self)
        place.profile("default", url=other.url, token=other.token, ssl_cert_file=self.certificate)
        self.assert_both_refuse(place, "CERTIFICATE_VERIFY_FAILED", "certificate", other)

    def test_any_certificate_is_trusted_where_verification_is_off(self):
        for word in ("False", "no", "0", "OFF"):
            place = home(self)
            place.profile("default", **self.keys(ssl_verify=word))
            self.assert_both_are_answered(place, warning=UNVERIFIED)

    def test_a_name_that_the_certificate_has_not_is_refused_unless_names_do_not_matter(self):
        certificate = self.certificate + ".elsewhere"
        elsewhere = simulator(self, "--listen", "127.0.0.2:0", "--cert-out", certificate)
        keys = {"url": elsewhere.url, "token": elsewhere.token, "ssl_cert_file": certificate}
        strict, lenient = home(self), home(self)
        strict.profile("default", **keys)
        self.assert_both_refuse(strict, "127.0.0.2", "it is for localhost", elsewhere)
        lenient.profile("default", ssl_verify_hostname="False", **keys)
        self.assertEqual(len(lenient.connect().select(Process).where(QUERY)), 2)
        status, out, notes = lenient.lampblack("search", QUERY, "--count")
        self.assertEqual((status, out), (0, "2\n"))
        self.assertNotIn("warning", notes)

    def test_a_section_is_a_profile(self):
        place = home(self)
        place.profile("default", url="https://127.0.0.1:1", token="0" * 40)
        place.profile("lab", **self.keys(ssl_cert_file=self.certificate))
        self.assert_both_are_answered(place, "--profile", "lab", profile="lab")
        with self.assertRaises(CredentialError) as caught:
            place.connect("nobody")
        self.assertIn("nobody", str(caught.exception))
        status, out, notes = place.lampblack("search", QUERY, "--profile", "nobody")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("nobody", notes)

    def test_the_file_may_be_written_as_the_clients_parser_allows(self):
        place = home(self)
        place.write(
            f"# how analysts have it\n[DEFAULT]\nssl_verify: no\n\n[default]\nURL = {self.server.url}/\n"
            f"; not the old one\nToken:{self.server.token}\n"
        )
        self.assert_both_are_answered(place, warning=UNVERIFIED)

    def test_the_file_nearest_to_the_work_wins(self):
        place = home(self)
        place.profile("default", **self.keys(token="0" * 40, ssl_cert_file=self.certificate))
        case = place.path / "case"
        (case / ".carbonblack").mkdir(parents=True)
        nearest = case / ".carbonblack" / "credentials.response"
        nearest.write_text(f"[default]\ntoken={self.server.token}\n")
        nearest.chmod(0o600)
        with self.assertRaises(UnauthorizedError):
            place.connect()
        self.assertEqual(place.lampblack("search", QUERY, "--count")[0], 1)
        place.work = case
        self.assert_both_are_answered(place)

    def test_a_wrong_token_is_refused_to_both(self):
        place = home(self)
        place.profile("default", **self.keys(token="0" * 40, ssl_cert_file=self.certificate))
        with self.assertRaises(UnauthorizedError):
            place.connect()
        status, out, notes = place.lampblack("search", QUERY)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("error: the server does not accept the token", notes)
        self.assertNotIn("0" * 40, notes)
        self.assertEqual(self.server.statuses(), [401, 401])

    def test_the_variables_of_the_client_are_read_by_both(self):
        variables = {"CBAPI_URL": self.server.url, "CBAPI_TOKEN": self.server.token, "CBAPI_SSL_VERIFY": "False"}
        place = home(self)
        with mock.patch.dict(os.environ, variables):
            self.assertEqual(len(CbResponseAPI().select(Process).where(QUERY)), 2)
        status, out, notes = place.lampblack("search", QUERY, "--count", **variables)
        self.assertEqual((status, out), (0, "2\n"))
        self.assertIn(UNVERIFIED, notes)
        status, out, notes = place.lampblack("search", QUERY, "--count", **{**variables, "CBAPI_SSL_VERIFY": "True"})
        self.assertEqual((status, out), (1, ""))
        self.assertIn("certificate", notes)

    def test_the_doctor_says_what_it_has_read(self):
        place = home(self)
        place.profile("default", **self.keys(ssl_cert_file=self.certificate))
        status, out, notes = place.lampblack("doctor")
        self.assertEqual((status, notes), (0, ""))
        self.assertIn(str(place.path / ".carbonblack" / "credentials.response"), out)
        self.assertIn("certificate verified", out)
        self.assertNotIn(self.server.token, out)


if __name__ == "__main__":
    unittest.main()
