"""Searching as scripts do it: pages, counts, order, time, and what a server says when it cannot answer."""

import datetime
import unittest
from collections import Counter

from cbapi.errors import (
    ClientError,
    ObjectNotFoundError,
    QuerySyntaxError,
    ServerError,
    TimeoutError,
    UnauthorizedError,
)
from cbapi.response import Binary, CbResponseAPI, Process, Sensor

from server import ServerCase, parameters, simulator

SVCHOST = "process_name:svchost.exe"


def moment(text):
    """A time of the server, which trims zeros from fractions and then the fraction."""
    pattern = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.datetime.strptime(text, pattern)


def row(process):
    return process.get("unique_id")


class Searching(ServerCase):
    def test_pages_join_without_gap_or_double(self):
        truth = self.server.truth(q=SVCHOST)["unique_ids"]
        self.assertGreater(len(truth), 300)
        found = [row(process) for process in self.cb.select(Process).where(SVCHOST).sort("last_update desc")]
        self.assertEqual(Counter(found), Counter(truth))
        self.assertEqual(max(Counter(found).values()), 1)
        starts = [parameters(one)["start"] for one in self.server.requests("/process?")]
        self.assertEqual(starts, [str(at) for at in range(0, len(truth), 100)])

    def test_a_server_that_gives_few_rows_at_a_time_gives_them_all(self):
        few = simulator(self, "--max-rows", "7")
        query = few.connect().select(Process).where("process_name:explorer.exe").group_by("id")
        found = [process.id for process in query]
        self.assertEqual(Counter(found), Counter(few.truth(q="process_name:explorer.exe", **{"cb.group": "id"})["ids"]))
        starts = [parameters(one)["start"] for one in few.requests("/process?")]
        # The total counts segments, so it may ask once more and find nothing.
        self.assertEqual(starts, [str(at) for at in range(0, len(found), 7)] + [str(len(found))])

    def test_rows_are_of_segments_and_grouped_they_are_of_processes(self):
        rows = [(process.id, row(process)) for process in self.cb.select(Process).where(SVCHOST)]
        groups = [process.id for process in self.cb.select(Process).where(SVCHOST).group_by("id")]
        truth = self.server.truth(q=SVCHOST)
        self.assertEqual((len(rows), len(groups)), (truth["count"], truth["processes"]))
        self.assertEqual({guid for guid, _ in rows}, set(groups))
        self.assertEqual(parameters(self.server.requests("/process?")[-1])["cb.group"], "id")

    def test_counting_asks_for_no_rows_and_no_order(self):
        count = len(self.cb.select(Process).where("process_name:net.exe"))
        self.assertEqual(count, self.server.truth(q="process_name:net.exe")["count"])
        self.assertEqual(
            self.server.requests("/process?"),
            ["GET /api/v1/process?cb.urlver=1&facet=false&q=process_name%3Anet.exe&rows=0&start=0"],
        )

    def test_the_order_is_the_one_asked_for(self):
        for order in ("start asc", "start desc"):
            query = self.cb.select(Process).where("process_name:explorer.exe").sort(order)
            starts = [process.start for process in query]
            self.assertGreater(len(set(starts)), 10)
            self.assertEqual(starts, sorted(starts, reverse=order.endswith("desc")))

    def test_first_asks_for_one_row_and_a_slice_for_its_own(self):
        query = self.cb.select(Process).where(SVCHOST).sort("start asc")
        everything = [row(process) for process in query]
        self.server.forget_requests()
        self.assertEqual(row(self.cb.select(Process).where(SVCHOST).sort("start asc").first()), everything[0])
        self.assertEqual(parameters(self.server.requests("/process?")[-1])["rows"], "1")
        self.assertEqual([row(process) for process in query[120:125]], everything[120:125])
        asked = parameters(self.server.requests("/process?")[-1])
        self.assertEqual((asked["start"], asked["rows"]), ("120", "5"))

    def test_nothing_found_is_nothing_wrong(self):
        query = self.cb.select(Process).where("process_name:no-such-thing.exe")
        self.assertEqual((list(query), len(query), query.first()), ([], 0, None))

    def test_a_search_may_be_posted(self):
        query = {"q": [SVCHOST], "cb.urlver": ["1"], "cb.group": "id", "sort": "start asc", "rows": 40, "start": 20}
        posted = self.cb.post_object("/api/v1/process", query).json()
        asked = list(self.cb.select(Process).where(SVCHOST).group_by("id").sort("start asc")[20:60])
        self.assertEqual([one["id"] for one in posted["results"]], [process.id for process in asked])
        self.assertEqual(len(asked), 40)
        self.assertEqual(posted["start"], 20)
        self.assertEqual(posted["total_results"], len(self.cb.select(Process).where(SVCHOST).group_by("id")))

    def test_a_damaged_row_is_mended_from_its_guid(self):
        small = simulator(self, "--processes", "3000")
        rows = small.json("/api/v1/process", q="", rows=10_000)["results"]
        damaged = {one["id"] for one in rows if one["start"] == -1}
        self.assertGreater(len(damaged), 0)
        processes = [one for one in small.connect().select(Process).where("") if one.id in damaged]
        self.assertEqual({one.id for one in processes}, damaged)
        for process in processes:
            self.assertEqual(process.process_pid, int(process.id[9:18].replace("-", ""), 16))
            self.assertGreater(process.start, datetime.datetime(2000, 1, 1))


class Filtering(ServerCase):
    """The four filters by time, each against what the rows themselves say."""

    def check(self, name):
        field = name.split("_", 1)[1]
        now = datetime.datetime.now(datetime.timezone.utc)
        at = now.replace(tzinfo=None, microsecond=0) - datetime.timedelta(hours=30)
        query = self.cb.select(Process).where(SVCHOST)
        expected = {
            row(process)
            for process in query
            if (moment(process.get(field)) >= at if name.startswith("min") else moment(process.get(field)) <= at)
        }
        self.assertTrue(0 < len(expected) < len(query))
        self.server.forget_requests()
        found = [row(process) for process in getattr(query, name)(at)]
        self.assertEqual(Counter(found), Counter(expected))
        # A time and a text of the same time are one.
        asked = self.server.requests("/process?")
        self.assertTrue(asked)
        for request in asked:
            self.assertEqual(parameters(request)["cb." + name], at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        text = getattr(self.cb.select(Process).where(SVCHOST), name)(at.isoformat() + "Z")
        self.assertEqual(len(text), len(expected))

    def test_min_last_update(self):
        self.check("min_last_update")

    def test_max_last_update(self):
        self.check("max_last_update")

    def test_min_last_server_update(self):
        self.check("min_last_server_update")

    def test_max_last_server_update(self):
        self.check("max_last_server_update")

    def test_the_clocks_of_hosts_and_server_are_two(self):
        drifts = [
            abs(moment(process.get("last_server_update")) - moment(process.get("last_update")))
            for process in self.cb.select(Process).where(SVCHOST)
        ]
        self.assertGreater(max(drifts), datetime.timedelta(seconds=5))

    def test_filters_narrow_together(self):
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        since, until = now - datetime.timedelta(hours=40), now - datetime.timedelta(hours=20)
        found = list(self.cb.select(Process).where(SVCHOST).min_last_update(since).max_last_update(until))
        self.assertGreater(len(found), 0)
        for process in found:
            self.assertTrue(since.replace(microsecond=0) <= moment(process.get("last_update")) <= until)


class Refusals(ServerCase):
    def test_a_wrong_token_is_refused(self):
        with self.assertRaises(UnauthorizedError) as caught:
            CbResponseAPI(url=self.server.url, token="0" * 40, ssl_verify=False)
        self.assertIn(f"Invalid API token for server {self.server.url}.", str(caught.exception))
        self.assertEqual((self.server.requests(), self.server.statuses()), (["GET /api/info"], [401]))

    def test_a_query_that_cannot_be_read_is_a_syntax_error(self):
        for query in ("(process_name:net.exe", 'cmdline:"net use'):
            with self.assertRaises(QuerySyntaxError) as caught:
                len(self.cb.select(Process).where(query))
            self.assertIn("query_malformed_syntax", str(caught.exception))
        self.assertEqual(self.server.statuses(), [400, 400])

    def test_what_is_not_known_is_not_found(self):
        for kind, key, path in [
            (Process, "00000003-0000-ffff-01d2-000000000001", "/api/v1/process/00000003-0000-ffff-01d2-000000000001/0"),
            (Binary, "F" * 32, f"/api/v1/binary/{'F' * 32}/summary"),
            (Sensor, 999_999, "/api/v1/sensor/999999"),
        ]:
            self.server.forget_requests()
            with self.assertRaises(ObjectNotFoundError) as caught:
                self.cb.select(kind, key, force_init=True)
            self.assertIn("The requested URL was not found on the server", str(caught.exception))
            self.assertEqual(self.server.statuses(), [404])
            self.assertIn(path, self.server.requests()[0])

    def test_each_status_is_the_error_that_scripts_expect(self):
        for mode, kind, words in [
            ("401", UnauthorizedError, "The server could not verify that you are authorized"),
            ("403", ClientError, "Received error code 403"),
            ("404", ObjectNotFoundError, "Received 404 (Object Not Found)"),
            ("429", ClientError, "Received error code 429"),
            ("500", ServerError, "Unhandled exception. Check logs for details."),
            ("502", ServerError, "502 Bad Gateway"),
            ("503", ServerError, "Received error code 503"),
            ("504", ServerError, "504 Gateway Time-out"),
        ]:
            self.server.forget_requests()
            self.server.fault(mode=mode, match="^/api/v1/process", times=1)
            with self.assertRaises(kind) as caught:
                len(self.cb.select(Process).where(SVCHOST))
            self.assertIn(words, str(caught.exception))
            # The client does not try again.
            self.assertEqual(self.server.statuses(), [int(mode)])
            self.assertGreater(len(self.cb.select(Process).where(SVCHOST)), 0)

    def test_a_user_without_the_right_to_see_partitions_can_connect(self):
        self.server.fault(mode="403", match="/storage/")
        self.assertGreater(len(self.server.connect().select(Process).where(SVCHOST)), 0)
        self.assertEqual(self.server.statuses(), [200, 403, 200])

    def test_a_server_that_hangs_is_given_up(self):
        impatient = self.server.connect(timeout=0.3)
        self.server.fault(mode="hang", match="^/api/v1/process", times=1)
        with self.assertRaises(TimeoutError):
            len(impatient.select(Process).where(SVCHOST))
        self.assertGreater(len(impatient.select(Process).where(SVCHOST)), 0)


if __name__ == "__main__":
    unittest.main()
