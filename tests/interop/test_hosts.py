"""Sensors, their groups, and their isolation."""

import unittest

from cbapi.errors import ObjectNotFoundError, TimeoutError
from cbapi.response import Binary, Process, Sensor, SensorGroup

from server import ServerCase

PAGE = "rows=100&sort.col=computer_name&sort.dir=asc&start=0"
EXAMPLE = r"process_name:net.exe cmdline:\\test\blah"


class Joining(ServerCase):
    def test_from_a_process_to_its_sensor_its_group_and_back(self):
        process = self.cb.select(Process).where(EXAMPLE).group_by("id").first()
        sensor = process.sensor
        self.assertEqual((sensor.id, sensor.hostname), (3, "WIN-IA9NQ1GN8OI"))
        self.assertEqual((sensor.group.id, sensor.group.name), (1, "Default Group"))
        self.assertIn(3, [one.id for one in sensor.group.sensors])
        # One request for each object, however often it is looked at.
        self.assertEqual(len(self.server.requests("GET /api/v1/sensor/3")), 1)
        self.assertEqual(len(self.server.requests("GET /api/v3/group/1")), 1)
        self.assertEqual(self.server.requests("groupid"), [f"GET /api/v2/sensor?groupid=1&{PAGE}"])

    def test_from_a_process_to_its_binary(self):
        process = self.cb.select(Process).where(EXAMPLE).group_by("id").first()
        binary = process.binary
        self.assertEqual(binary.md5, "79B6D4C5283FC806387C55B8D7C8B762")
        self.assertEqual((binary.signed, binary.signing_data.result), (True, "Signed"))
        self.assertEqual(binary.signing_data.publisher, "Microsoft Corporation")
        self.assertEqual(binary.version_info.file_desc, "Net Command")
        self.assertIn(r"c:\windows\system32\net.exe", binary.observed_filenames)
        self.assertEqual(
            self.server.requests("/binary"), ["GET /api/v1/binary/79B6D4C5283FC806387C55B8D7C8B762/summary"]
        )

    def test_every_process_has_a_sensor_and_a_binary_that_agree_with_it(self):
        unsigned = 0
        for process in self.cb.select(Process).where("").group_by("id").sort("start desc")[:60]:
            self.assertEqual(process.sensor.hostname.lower(), process.hostname)
            self.assertEqual(process.sensor.group.name.lower(), process.get("group"))
            self.assertEqual(process.binary.md5, process.process_md5.upper())
            unsigned += not process.binary.signed
        rows = self.server.requests("/api/v1/sensor/") + self.server.requests("/binary/")
        self.assertEqual(len(rows), len(set(rows)))
        self.assertLess(unsigned, 60)

    def test_an_unsigned_binary_has_no_publisher(self):
        binary = self.cb.select(Binary).where("digsig_result:Unsigned").first()
        self.assertEqual((binary.signed, binary.signing_data.publisher or ""), (False, ""))


class Sensors(ServerCase):
    def test_a_sensor_is_found_by_a_part_of_its_name_case_and_all(self):
        for part, expected in [("WIN-IA9NQ1GN8OI", [3]), ("WIN-IA9", [3]), ("win-ia9", []), ("no-such-host", [])]:
            self.server.forget_requests()
            found = [sensor.id for sensor in self.cb.select(Sensor).where(f"hostname:{part}")]
            self.assertEqual(found, expected)
            self.assertEqual(self.server.requests(), [f"GET /api/v2/sensor?hostname={part}&{PAGE}"])

    def test_a_sensor_is_found_by_its_address_and_by_its_group(self):
        sensor = self.cb.select(Sensor, 3)
        address = sensor.network_interfaces[0].ipaddr
        self.assertIn(3, [one.id for one in self.cb.select(Sensor).where(f"ip:{address}")])
        of_group = {one.id for one in self.cb.select(Sensor).where("groupid:1")}
        self.assertEqual(of_group, {one["id"] for one in self.server.json("/api/v1/sensor") if one["group_id"] == 1})

    def test_the_list_has_every_sensor_once(self):
        found = [sensor.id for sensor in self.cb.select(Sensor)]
        self.assertEqual(sorted(found), list(range(1, 41)))
        self.assertEqual(self.server.requests(), [f"GET /api/v2/sensor?{PAGE}"])

    def test_times_have_a_zone_and_numbers_are_numbers(self):
        sensor = self.cb.select(Sensor, 3)
        self.assertIsNotNone(sensor.last_checkin_time.tzinfo)
        self.assertIsNotNone(sensor.registration_time.tzinfo)
        self.assertLess(sensor.registration_time, sensor.last_checkin_time)
        self.assertIsInstance(sensor.num_eventlog_bytes, str)
        self.assertGreaterEqual(int(sensor.num_eventlog_bytes), 0)

    def test_a_sensor_is_moved_to_another_group(self):
        sensor = self.cb.select(Sensor, 3)
        other = next(group for group in self.cb.select(SensorGroup) if group.name == "Servers")
        sensor.group = other
        sensor.save()
        self.assertEqual(self.server.json("/api/v1/sensor/3")["group_id"], other.id)
        self.assertEqual(self.cb.select(Sensor).where("hostname:WIN-IA9").first().group.name, "Servers")
        self.addCleanup(self.server.call, "/api/v1/sensor/3", "PUT", {"group_id": 1})


class OldSensors(ServerCase):
    """The list without pages, of servers before 5.2: the client of today asks for the other all the same."""

    OPTIONS = ("--server-version", "5.1.1")

    def test_a_list_that_is_not_there_is_not_found(self):
        with self.assertRaises(ObjectNotFoundError):
            list(self.cb.select(Sensor))
        self.assertEqual(self.server.statuses(), [404])
        self.assertEqual(self.cb.select(Sensor, 3).hostname, "WIN-IA9NQ1GN8OI")

    def test_nobody_at_all_is_an_answer_without_content(self):
        self.assertEqual(self.server.call("/api/v1/sensor?hostname=no-such-host"), (204, ""))
        # What the client makes of that.
        self.assertIsNone(self.cb.get_object("/api/v1/sensor?hostname=no-such-host"))


class Isolation(ServerCase):
    OPTIONS = ("--checkin", "300")

    def state(self, sensor):
        record = self.server.json(f"/api/v1/sensor/{sensor}")
        return record["network_isolation_enabled"], record["is_isolating"]

    def test_isolate_returns_when_the_sensor_has_confirmed(self):
        sensor = self.cb.select(Sensor).where("hostname:WIN-IA9NQ1GN8OI").first()
        sensor.refresh()
        self.assertEqual(self.state(3), (False, False))
        self.server.forget_requests()
        self.assertTrue(sensor.isolate(timeout=20))
        self.assertTrue(sensor.is_isolating)
        self.assertEqual(self.state(3), (True, True))
        asked = self.server.requests()
        # What is asked is not yet done: it reads until it is.
        self.assertEqual(asked[0], "PUT /api/v1/sensor/3")
        self.assertGreaterEqual(asked.count("GET /api/v1/sensor/3"), 2)
        self.assertEqual(len(asked), 1 + asked.count("GET /api/v1/sensor/3"))
        self.assertEqual(self.server.statuses()[0], 204)
        self.assertTrue(sensor.unisolate(timeout=20))
        self.assertEqual(self.state(3), (False, False))

    def test_a_sensor_that_never_confirms_is_isolating_by_wish_alone(self):
        self.server.fault(mode="never-confirm", match="/sensor/7")
        sensor = self.cb.select(Sensor, 7)
        with self.assertRaises(TimeoutError) as caught:
            sensor.isolate(timeout=0.5)
        self.assertIn("timed out waiting for isolation to become active", str(caught.exception))
        self.assertEqual(self.state(7), (True, False))

    def test_a_sensor_that_is_offline_is_not_isolated_before_it_is_back(self):
        offline = next(one for one in self.cb.select(Sensor) if one.status == "Offline" and not one.is_isolating)
        with self.assertRaises(TimeoutError):
            offline.isolate(timeout=0.5)
        self.assertEqual(self.state(offline.id), (True, False))


class IsolationOfToday(Isolation):
    """From 7.1 on a server takes seven fields of a sensor and refuses a record with any other."""

    OPTIONS = ("--checkin", "300", "--server-version", "7.8")

    def test_a_whole_record_is_refused(self):
        record = self.server.json("/api/v1/sensor/3")
        self.assertEqual(self.server.call("/api/v1/sensor/3", "PUT", record)[0], 400)


if __name__ == "__main__":
    unittest.main()
