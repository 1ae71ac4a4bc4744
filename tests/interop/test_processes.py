"""The process and join examples of the official client's documentation."""

import datetime
import unittest
from urllib.parse import parse_qs, urlsplit

from cbapi.errors import ObjectNotFoundError, UnauthorizedError
from cbapi.response import Binary, CbResponseAPI, Process, Sensor, SensorGroup

from server import ServerCase

EXAMPLE = r"process_name:net.exe cmdline:\\test\blah"
ANCESTORS = [
    "cmd.exe", "explorer.exe", "userinit.exe", "winlogon.exe", "smss.exe", "smss.exe", "ntoskrnl.exe", "ntoskrnl.exe",
]


def parameters(request):
    """The query parameters of a request that the simulator saw."""
    return parse_qs(urlsplit(request.split(" ", 1)[1]).query, keep_blank_values=True)


class Connecting(ServerCase):
    def test_the_client_asks_for_the_version_and_the_partitions_and_is_content(self):
        self.server.connect()
        self.assertEqual(self.server.requests(), ["GET /api/info", "GET /api/v1/storage/events/partition"])
        self.assertGreaterEqual(str(self.cb.cb_server_version), "6")

    def test_a_wrong_token_is_refused(self):
        with self.assertRaisesRegex(UnauthorizedError, "Invalid API token"):
            CbResponseAPI(url=self.server.url, token="0" * 40, ssl_verify=False)


class Searching(ServerCase):
    def test_a_query_is_refined_and_grouped_by_process(self):
        query = self.cb.select(Process).where("process_name:net.exe").and_(r"cmdline:\\test\blah").group_by("id")
        found = sorted((str(process.start), process.cmdline, process.username, process.hostname.upper()) for process in query)
        self.assertEqual(
            found,
            [
                ("2016-11-11 20:59:25.667000", r"net  use z: \\test\blah", r"WIN-IA9NQ1GN8OI\bit9rad", "WIN-IA9NQ1GN8OI"),
                ("2016-11-11 20:59:31.631000", r"net  use y: \\test\blah", r"WIN-IA9NQ1GN8OI\bit9rad", "WIN-IA9NQ1GN8OI"),
            ],
        )
        self.assertEqual({process.process_md5 for process in query}, {"79b6d4c5283fc806387c55b8d7c8b762"})
        asked = parameters(self.server.requests("/api/v1/process?")[-1])
        self.assertEqual((asked["q"], asked["cb.group"]), ([EXAMPLE], ["id"]))

    def test_pages_join_without_gap_or_double(self):
        truth = self.server.truth("process_name:svchost.exe")["count"]
        self.assertGreater(truth, 100)
        found = [process.get("unique_id") for process in self.cb.select(Process).where("process_name:svchost.exe")]
        self.assertEqual((len(found), len(set(found))), (truth, truth))

    def test_count_asks_for_no_rows(self):
        count = len(self.cb.select(Process).where("process_name:net.exe"))
        self.assertEqual(count, self.server.truth("process_name:net.exe")["count"])
        self.assertEqual(parameters(self.server.requests("/api/v1/process?")[-1])["rows"], ["0"])

    def test_without_grouping_a_process_has_a_row_for_each_segment(self):
        rows = [process.id for process in self.cb.select(Process).where("netconn_count:[1 TO *]").sort("start asc")[:400]]
        grouped = [
            process.id
            for process in self.cb.select(Process).where("netconn_count:[1 TO *]").group_by("id").sort("start asc")[:100]
        ]
        self.assertEqual(len(grouped), len(set(grouped)))
        self.assertLess(len(set(rows)), len(rows))

    def test_a_broken_query_is_an_error_of_the_client(self):
        from cbapi.errors import ApiError

        with self.assertRaises(ApiError):
            len(self.cb.select(Process).where("(process_name:net.exe"))


class Filtering(ServerCase):
    """Each of the four time filters, against what the documents say."""

    def check(self, method, field, is_within):
        at = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - datetime.timedelta(hours=24)
        query = getattr(self.cb.select(Process).where("process_name:svchost.exe"), method)(at)
        rows = list(query)
        everything = len(self.cb.select(Process).where("process_name:svchost.exe"))
        self.assertGreater(len(rows), 0)
        self.assertLess(len(rows), everything)
        name = "cb." + method
        seen = [parameters(request) for request in self.server.requests("/api/v1/process?")]
        self.assertIn([at.strftime("%Y-%m-%dT%H:%M:%SZ")], [one.get(name) for one in seen])
        for row in rows:
            value = row.get(field).rstrip("Z").split(".")[0]
            told = datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S")
            self.assertTrue(is_within(told, at.replace(microsecond=0)), (told, at))

    def test_min_last_update(self):
        self.check("min_last_update", "last_update", lambda told, at: told >= at)

    def test_max_last_update(self):
        self.check("max_last_update", "last_update", lambda told, at: told <= at)

    def test_min_last_server_update(self):
        self.check("min_last_server_update", "last_server_update", lambda told, at: told >= at)

    def test_max_last_server_update(self):
        self.check("max_last_server_update", "last_server_update", lambda told, at: told <= at)


class Walking(ServerCase):
    def walk(self, process):
        names = []
        process.walk_parents(lambda parent, depth: names.append((depth, parent.process_name)))
        return names

    def test_the_chain_of_the_example_ends_at_the_kernel_and_is_asked_for_once(self):
        first, second = self.cb.select(Process).where(EXAMPLE).group_by("id")
        self.server.forget_requests()
        self.assertEqual(self.walk(first), list(enumerate(ANCESTORS)))
        cost = len(self.server.requests("/api/v1/process/"))
        self.assertGreater(cost, 0)
        self.server.forget_requests()
        self.assertEqual(self.walk(second), list(enumerate(ANCESTORS)))
        # The client's cache holds every ancestor; only the second process itself may be new to it.
        self.assertLessEqual(len(self.server.requests("/api/v1/process/")), 1)

    def test_a_depth_limits_the_walk(self):
        process = self.cb.select(Process).where(EXAMPLE).group_by("id")[0]
        names = []
        process.walk_parents(lambda parent, depth: names.append(parent.process_name), max_depth=1)
        self.assertEqual(names, ANCESTORS[:2])

    def test_an_unknown_process_is_not_found(self):
        with self.assertRaises(ObjectNotFoundError):
            self.cb.select(Process, "00000003-0000-ffff-01d2-000000000001", force_init=True)


class Joining(ServerCase):
    def test_from_a_process_to_its_sensor_and_its_group(self):
        process = self.cb.select(Process).where(EXAMPLE).group_by("id")[0]
        sensor = process.sensor
        self.assertEqual((sensor.id, sensor.computer_name), (3, "WIN-IA9NQ1GN8OI"))
        self.assertIn(sensor.is_isolating, (True, False))
        self.assertEqual(sensor.group.name, self.cb.select(SensorGroup, sensor.group_id).name)
        # Each object costs one request, however often it is looked at.
        self.assertEqual(len(self.server.requests("/api/v1/sensor/3")), 1)

    def test_from_a_process_to_its_binary(self):
        process = self.cb.select(Process).where(EXAMPLE).group_by("id")[0]
        binary = process.binary
        self.assertEqual(binary.md5sum, "79B6D4C5283FC806387C55B8D7C8B762")
        self.assertEqual(binary.signing_data.result, "Signed")
        self.assertIn("Microsoft", binary.signing_data.publisher)
        self.assertEqual(len(self.server.requests("/api/v1/binary/")), 1)

    def test_a_hash_that_is_not_known_is_not_found(self):
        with self.assertRaises(ObjectNotFoundError):
            self.cb.select(Binary, "F" * 32, force_init=True)

    def test_a_sensor_is_found_by_its_name(self):
        found = [sensor.id for sensor in self.cb.select(Sensor).where("hostname:WIN-IA9NQ1GN8OI")]
        self.assertEqual(found, [3])


if __name__ == "__main__":
    unittest.main()
