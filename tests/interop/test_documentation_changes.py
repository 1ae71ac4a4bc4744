"""The rest of the documentation's page: what its code changes on a server, and what the client of today makes of it.

The page was written with an older client. Where the one of today fails on the page's own code, that failure is expected,
and what it was to do is done in the way that still works.
"""

import unittest

from cbapi.errors import InvalidObjectError
from cbapi.response import Alert, Feed, Process, Sensor, SensorGroup, ThreatReport, User, Watchlist

from server import ServerCase

NAME = "[WARN] Attempts to mount internal share"
QUERY = r"process_name:net.exe cmdline:\\test\blah"


class FeedsAndWatchlists(ServerCase):
    OPTIONS = ("--index-lag", "0")

    def test_a_query_becomes_a_watchlist_which_is_found_counted_and_switched_off(self):
        query = self.cb.select(Process).where("process_name:net.exe").and_(r"cmdline:\\test\blah").group_by("id")
        new_watchlist = query.create_watchlist(NAME)
        self.assertEqual([request.split()[0] for request in self.server.requests("/watchlist")][0], "POST")
        self.assertIsInstance(new_watchlist.id, int)
        self.server.forget_requests()

        my_watchlist = self.cb.select(Watchlist).where(f"name:{NAME}").one()
        self.assertEqual(my_watchlist.query, QUERY)
        self.assertEqual(my_watchlist.id, str(new_watchlist.id))
        self.assertEqual(self.server.requests(), ["GET /api/v1/watchlist"])
        # The client of today drops the stored query from the search, and counts every process.
        self.assertEqual(len(my_watchlist.search()), len(self.cb.select(Process).where("")))
        # What it was to count.
        self.assertEqual(len(self.cb.select(Process).where(my_watchlist.query)), 2)
        # It has tagged them, and says so.
        tagged = self.cb.select(Process).where(f"watchlist_{my_watchlist.id}:*").group_by("id")
        self.assertEqual({one.id for one in tagged}, {one.id for one in query})

        self.assertTrue(my_watchlist.enabled)
        self.server.forget_requests()
        my_watchlist.enabled = False
        my_watchlist.save()
        path = f"/api/v1/watchlist/{my_watchlist.id}"
        self.assertEqual(self.server.requests(), [f"PUT {path}", f"GET {path}"])
        self.assertEqual(self.server.statuses(), [200, 200])
        self.assertFalse(self.server.json(path)["enabled"])

    def test_reports_of_a_feed_are_ignored_by_a_word_of_their_titles(self):
        feed = self.cb.select(Feed).where("name:SOC").one()
        report_query = feed.reports.where("title:FUZZYWOMBAT")
        reports = {report.id for report in report_query}
        self.assertTrue(reports)
        self.server.forget_requests()
        report_query.set_ignored()
        self.assertEqual(self.server.requests(), ["POST /api/v1/threat_report"])
        for report in self.cb.select(ThreatReport).where(f"feed_id:{feed.id}"):
            self.assertEqual(bool(report.is_ignored), report.id in reports, report.id)

    def test_alerts_are_changed_in_bulk(self):
        def state(field):
            return {row[field] for row in self.server.json("/api/v2/alert", q=query, rows=1000)["results"]}

        query = "watchlist_name:PowerShell"
        alerts = self.cb.select(Alert).where(query)
        self.assertGreater(len(list(alerts)), 5)
        # The page names a helper that the client of today calls otherwise.
        self.assertFalse(hasattr(alerts, "assign_to"))
        self.server.forget_requests()
        alerts.assign("kim")
        self.assertEqual(state("assigned_to"), {"kim"})
        alerts.change_status("In Progress")
        self.assertEqual(state("status"), {"In Progress"})
        alerts.set_ignored()
        self.assertEqual(state("status"), {"False Positive"})
        sent = [request for request in self.server.requests() if request.startswith("POST")]
        self.assertEqual(sent, ["POST /api/v1/alerts"] * 3)


class Administration(ServerCase):
    def test_a_user_is_created(self):
        user = self.cb.create(User)
        user.username = "jgarman"
        user.password = "cbisawesome"
        user.first_name = "Jason"
        user.last_name = "Garman"
        user.email = "jgarman@carbonblack.com"
        user.teams = []
        user.global_admin = False
        user.save()
        self.assertEqual(self.server.requests(), ["POST /api/user", "GET /api/user/jgarman"])
        self.assertEqual(self.server.statuses(), [200, 200])
        found = self.server.json("/api/user/jgarman")
        self.assertIsInstance(found.pop("id"), int)
        self.assertEqual(
            found,
            {"username": "jgarman", "first_name": "Jason", "last_name": "Garman", "teams": [],
             "email": "jgarman@carbonblack.com", "global_admin": False},
        )
        # As the page has it in its log, without the name.
        body = {
            "email": "jdoe@carbonblack.com", "first_name": "Jane", "global_admin": False, "id": None,
            "last_name": "Doe", "password": "cbisawesome", "teams": [], "username": None,
        }
        self.assertEqual(self.server.ask("/api/user", "POST", body), {"result": "success"})
        user.add_team("Analysts")
        user.save()
        self.assertEqual(self.server.json("/api/user/jgarman")["teams"], [{"id": 1, "name": "Analysts"}])
        user.delete()
        self.assertEqual(self.server.call("/api/user/jgarman")[0], 404)

    def test_a_sensor_is_moved_to_a_new_group(self):
        group = self.cb.create(SensorGroup)
        group.name = "Critical Endpoints"
        with self.assertRaises(AttributeError):
            group.site = 1
        group.site_id = 1
        with self.assertRaises(InvalidObjectError) as caught:
            group.save()
        self.assertIn("Missing fields: [sensorbackend_server]", str(caught.exception))
        group.sensorbackend_server = "https://cb.corp.example:443"
        group.save()
        self.assertEqual(self.server.requests(), ["POST /api/v3/group"])
        # The page's own body, to the page's own address: a server needs no more.
        second = self.server.ask("/api/group", "POST", {"id": None, "name": "Others", "site_id": 1})
        self.assertEqual(second, {"id": group.id + 1})

        sensor = self.cb.select(Sensor).where("hostname:WIN-IA9NQ1GN8OI").first()
        self.server.forget_requests()
        sensor.group = group
        sensor.save()
        # Before it changes a record from a list, the client reads it whole.
        path = "/api/v1/sensor/3"
        self.assertEqual(self.server.requests(), [f"GET {path}", f"PUT {path}", f"GET {path}"])
        self.assertEqual(self.server.statuses(), [200, 204, 200])
        self.assertEqual(sensor.group_id, group.id)
        self.assertEqual([one.id for one in group.sensors], [3])
        self.assertEqual(self.server.json(f"/api/group/{group.id}")[0]["number_of_hosts"], 1)


class Isolation(ServerCase):
    OPTIONS = ("--checkin", "300")

    def test_the_sensor_is_isolated_and_given_back(self):
        sensor = self.cb.select(Sensor).where("hostname:HOSTNAME").first()
        self.assertEqual((sensor.id, sensor.boot_id, sensor.build_version_string), (4, "0", "005.002.000.61003"))
        self.server.forget_requests()
        self.assertTrue(sensor.isolate(timeout=60))
        path = "/api/v1/sensor/4"
        asked = self.server.requests()
        self.assertEqual(asked[:3], [f"GET {path}", f"PUT {path}", f"GET {path}"])
        self.assertEqual(self.server.statuses()[:3], [200, 204, 200])
        self.assertEqual(set(asked[3:]) - {f"GET {path}"}, set())
        self.assertTrue(self.server.json(path)["is_isolating"])
        self.assertTrue(sensor.unisolate(timeout=60))
        self.assertFalse(self.server.json(path)["is_isolating"])


class IsolationOfToday(Isolation):
    OPTIONS = ("--checkin", "300", "--server-version", "7.8")


class AdministrationOfToday(Administration):
    OPTIONS = ("--server-version", "7.8")


if __name__ == "__main__":
    unittest.main()
