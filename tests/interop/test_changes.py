"""Changes: the documentation's examples of bans and isolation, and what lampblack and the client see of each other's."""

import datetime
import json

from cbapi.errors import ClientError
from cbapi.response import BannedHash, Sensor, SensorGroup

from server import ServerCase

LIST = "/api/v1/banning/blacklist"


class Banning(ServerCase):
    def banned(self, md5):
        """Whether a hash is banned, and why, past the client."""
        ban = self.server.json(f"{LIST}/{md5.lower()}")
        return ban["enabled"], ban["text"]

    def test_a_binary_is_banned_lifted_and_banned_again(self):
        binary = self.payload()
        self.assertFalse(binary.banned)
        self.server.forget_requests()

        ban = self.cb.create(BannedHash)
        ban.md5hash = binary.md5
        ban.text = "Banned from API"
        ban.enabled = True
        ban.save()
        # The hash keeps the upper case of the binary's record, in the address too.
        self.assertEqual(self.server.requests(), [f"POST {LIST}", f"GET {LIST}/{binary.md5}"])
        self.assertEqual(self.server.statuses(), [200, 200])
        self.assertEqual(self.banned(binary.md5), (True, "Banned from API"))
        self.assertEqual(self.cb.select(BannedHash, binary.md5.lower()).binary.md5, binary.md5)
        self.assertEqual((ban.username, ban.block_count), ("admin", 0))

        again = self.cb.create(BannedHash)
        again.md5hash, again.text, again.enabled = binary.md5, "twice", True
        with self.assertRaises(ClientError) as caught:
            again.save()
        self.assertEqual(caught.exception.error_code, 409)
        self.assertEqual(self.banned(binary.md5), (True, "Banned from API"))

        self.server.forget_requests()
        ban.enabled = False
        ban.save()
        # Lifting takes the note away; the client writes it back.
        asked = [request.split()[0] for request in self.server.requests(LIST)]
        self.assertEqual(asked[:2], ["DELETE", "PUT"])
        self.assertEqual(self.banned(binary.md5), (False, "Banned from API"))

        ban.enabled = True
        ban.save()
        self.assertEqual(self.banned(binary.md5), (True, "Banned from API"))

    def test_bans_are_listed_whole_and_filtered_by_the_client(self):
        everything = list(self.cb.select(BannedHash))
        self.assertIn(f"GET {LIST}?count=10000", self.server.requests())
        first = everything[0]
        self.assertTrue(first.enabled)
        self.assertEqual(first.block_count, 1)
        [found] = self.cb.select(BannedHash).where(f"md5hash:{first.md5hash}")
        self.assertEqual(found.text, first.text)

    def test_lampblack_lists_what_the_client_has_banned(self):
        ban = self.cb.create(BannedHash)
        ban.md5hash, ban.text, ban.enabled = "9e107d9d372bb6826bd81d3542a419d6", "by a script", True
        ban.save()
        status, out, notes = self.home().lampblack("ban", "list", "--format", "jsonl", "--limit", "0")
        self.assertEqual(status, 0, notes)
        listed = {row["md5hash"]: row["text"] for row in map(json.loads, out.splitlines())}
        self.assertEqual(listed["9e107d9d372bb6826bd81d3542a419d6"], "by a script")


class IsolatedByLampblack(ServerCase):
    """What one of them does to a host, the other sees."""

    OPTIONS = ("--checkin", "100")

    def test_the_client_sees_what_lampblack_isolates_and_the_other_way_round(self):
        place = self.home()
        status, out, notes = place.lampblack("sensor", "isolate", "WIN-IA9NQ1GN8OI", "--reason", "interop", "--yes")
        self.assertEqual(status, 0, notes)
        sensor = self.cb.select(Sensor, 3)
        self.assertTrue(sensor.is_isolating and sensor.network_isolation_enabled)
        self.assertTrue(sensor.unisolate(timeout=20))
        status, out, notes = place.lampblack("sensor", "unisolate", "3", "--reason", "interop", "--yes")
        self.assertEqual((status, out), (0, "WIN-IA9NQ1GN8OI is not isolated; nothing was sent\n"))


class IsolatedOnAServerOfToday(IsolatedByLampblack):
    OPTIONS = ("--checkin", "100", "--server-version", "7.5.0")


class ChangedByLampblack(ServerCase):
    """Bans, groups, flushes: what one of them changes, the other reads."""

    def test_what_lampblack_bans_and_lifts_the_client_sees_with_its_note(self):
        place, binary = self.home(), self.payload()
        ban = ("ban", "add", binary.md5, "--reason", "dropper", "--ticket", "INC-7", "--yes")
        status, out, notes = place.lampblack(*ban)
        self.assertEqual(status, 0, notes)
        seen = self.cb.select(BannedHash, binary.md5.lower())
        self.assertEqual((seen.enabled, seen.text), (True, "dropper (INC-7)"))
        self.assertTrue(self.payload().banned)
        status, out, notes = place.lampblack("ban", "remove", binary.md5, "--reason", "tested", "--yes")
        self.assertEqual(status, 0, notes)
        seen.refresh()
        self.assertEqual((seen.enabled, seen.text), (False, "dropper (INC-7)"))
        # And the other way round: what the client puts in force again is an answer, and nothing is sent.
        seen.enabled = True
        seen.save()
        self.server.forget_requests()
        status, out, notes = place.lampblack(*ban)
        self.assertEqual(status, 0, notes)
        self.assertIn("is already banned by admin", out)
        self.assertFalse([request for request in self.server.requests() if not request.startswith("GET")])

    def test_a_sensor_is_moved_by_one_and_back_by_the_other(self):
        place = self.home()
        # The documentation's example: by host name, then the number of the group.
        sensor = self.cb.select(Sensor).where("hostname:WIN-IA9NQ1GN8OI").first()
        before = sensor.group_id
        other = next(group for group in self.cb.select(SensorGroup) if group.id != before)
        sensor.group_id = other.id
        sensor.save()
        status, out, notes = place.lampblack("sensor", "move", "3", "--group", other.name, "--yes")
        self.assertEqual((status, out), (0, "WIN-IA9NQ1GN8OI is already in that group; nothing was sent\n"), notes)
        status, out, notes = place.lampblack("sensor", "move", "3", "--group", str(before), "--yes")
        self.assertEqual(status, 0, notes)
        self.assertEqual(self.cb.select(Sensor, 3, force_init=True).group_id, before)

    def test_a_flush_and_a_restart_stand_in_the_record_that_the_client_reads(self):
        place = self.home()
        for verb in ("flush", "restart"):
            status, out, notes = place.lampblack("sensor", verb, "3", "--yes")
            self.assertEqual(status, 0, notes)
        sensor = self.cb.select(Sensor, 3, force_init=True)
        self.assertTrue(sensor.restart_queued)
        # The client reads it as a moment, a year ahead; on the wire it is what a mail would say.
        self.assertGreater(sensor.event_log_flush_time, datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=360))
        self.assertTrue(self.server.json("/api/v1/sensor/3")["event_log_flush_time"].endswith("GMT"))


class ChangedOnAServerOfToday(ChangedByLampblack):
    OPTIONS = ("--server-version", "7.5.0")
