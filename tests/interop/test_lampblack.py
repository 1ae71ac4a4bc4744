"""lampblack beside the official client: asked the same of the same server, both say the same."""

import csv
import datetime
import io
import json
import unittest

from cbapi.response import Process, Sensor

from server import ServerCase, parameters

QUERY = r"process_name:net.exe cmdline:\\test\blah"
UNKNOWN = "(unknown)"
# Characters of a command line that lampblack keeps of any.
LONG = 1_000_000

# There is a command line of a megabyte.
csv.field_size_limit(1 << 24)


def seconds(time):
    """A time as a table of lampblack has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Both(ServerCase):
    """The verification of certificates is a matter of its own: here it is off."""

    def setUp(self):
        super().setUp()
        self.place = self.home()

    def lampblack(self, *arguments):
        status, out, notes = self.place.lampblack(*arguments)
        self.assertEqual(status, 0, notes)
        return out

    def lines(self, *arguments):
        return [json.loads(line) for line in self.lampblack(*arguments, "--format", "jsonl").splitlines()]

    def cells(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.lampblack(*arguments, "--format", "csv"))))


class Searching(Both):
    def test_the_documentations_example(self):
        query = self.cb.select(Process).where("process_name:net.exe").and_(r"cmdline:\\test\blah").group_by("id")
        printed = [(one.id, seconds(one.start), one.username, one.cmdline, one.process_md5) for one in query]
        self.assertEqual(len(printed), 2)
        cells = self.cells("search", QUERY)
        self.assertEqual([(one["id"], one["start"], one["user"], one["cmdline"], one["md5"]) for one in cells], printed)

    def test_all_processes_of_a_name_in_their_order(self):
        for query in (
            "process_name:svchost.exe", "process_name:cmd.exe username:system", "netconn_count:[1 TO 5] os_type:osx"
        ):
            found = [one.id for one in self.cb.select(Process).where(query).group_by("id")]
            self.assertGreater(len(found), 5, query)
            self.assertEqual([one["id"] for one in self.lines("search", query, "--limit", "0")], found)

    def test_rows_are_the_servers_own(self):
        found = [one._info for one in self.cb.select(Process).where("process_name:svchost.exe")]
        rows = self.lines("search", "process_name:svchost.exe", "--segments", "--limit", "0")
        self.assertGreater(len(rows), 300)
        for row in [*found, *rows]:
            # The client throws it away.
            row.pop("parent_md5", None)
        self.assertEqual(rows, found)

    def test_hostile_and_damaged_rows_are_read_alike(self):
        query = list(self.cb.select(Process).where("process_name:probe.exe").group_by("id"))
        self.assertGreater(len([one for one in query if not one.cmdline.isprintable()]), 3)
        self.assertEqual(len([one for one in query if one._info["start"] == -1]), 1)
        rows = self.lines("search", "process_name:probe.exe")
        self.assertEqual(
            [(one["id"], one["cmdline"][:LONG], one["username"]) for one in rows],
            [(one.id, one._info["cmdline"][:LONG], one.username) for one in query],
        )
        # lampblack cuts what is longer than a mebibyte, and says so.
        is_cut = [one["cmdline"].endswith("bytes omitted)") for one in rows]
        self.assertEqual(is_cut, [len(one._info["cmdline"]) > LONG for one in query])
        # What is missing is read out of the GUID.
        self.assertEqual(
            [(one["start"], one["pid"]) for one in self.cells("search", "process_name:probe.exe")],
            [(seconds(one.start), str(one.process_pid)) for one in query],
        )

    def test_counts(self):
        for query in ("", QUERY, "process_name:no-such-thing.exe", "username:system -process_name:svchost.exe"):
            count = len(self.cb.select(Process).where(query))
            self.assertEqual(self.lampblack("search", query, "--count"), f"{count}\n")

    def test_the_four_time_filters(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        at = now - datetime.timedelta(hours=30)
        everything = len(list(self.cb.select(Process).where("process_name:cmd.exe").group_by("id")))
        for name in ("min_last_update", "max_last_update", "min_last_server_update", "max_last_server_update"):
            query = getattr(self.cb.select(Process).where("process_name:cmd.exe").group_by("id"), name)(at)
            found = {one.id for one in query}
            self.assertTrue(0 < len(found) < everything, name)
            asked = parameters(self.server.requests("/process?")[-1])
            self.server.forget_requests()
            option = "--" + name.replace("_", "-")
            rows = self.lines("search", "process_name:cmd.exe", "--limit", "0", option, seconds(at))
            self.assertEqual({one["id"] for one in rows}, found)
            own = parameters(self.server.requests("/process?")[-1])
            self.assertEqual(own["cb." + name], asked["cb." + name])

    def test_a_query_goes_to_the_server_as_it_is_typed(self):
        self.lampblack("search", QUERY)
        own = parameters(self.server.requests()[-1])
        self.server.forget_requests()
        list(self.cb.select(Process).where(QUERY).group_by("id"))
        asked = parameters(self.server.requests("/process?")[-1])
        for name in ("q", "cb.urlver", "cb.group", "facet", "rows", "start"):
            self.assertEqual(own[name], asked[name], name)


class Counting(Both):
    # What the documentation's example prints for each value.
    @staticmethod
    def histogram(facets):
        for entry in facets:
            bar = "\u25A0" * (int(entry["percent"]) // 2)
            yield "%15s: %5s%% %s" % (entry["name"][:15], entry["ratio"], bar)

    def test_the_documentations_histogram(self):
        query = self.cb.select(Process).where("hostname:WIN-IA9NQ1GN8OI").and_("username:bit9rad")
        facets = query.facets("process_name", "username")
        asked = self.server.requests("/process?")[-1]
        self.server.forget_requests()
        text = "hostname:WIN-IA9NQ1GN8OI username:bit9rad"
        out = self.lampblack("facets", text, "--field", "process_name", "--field", "username")
        expected = ["process_name", *self.histogram(facets["process_name"])]
        expected += ["", "username", *self.histogram(facets["username"])]
        self.assertEqual(out.splitlines(), expected)
        self.assertEqual(self.server.requests(), [asked])

    def test_a_histogram_of_one_field_is_the_documentations_alone(self):
        for field in ("process_name", "hostname", "username", "process_md5"):
            facets = self.cb.select(Process).where("os_type:windows").facets(field)[field]
            self.assertGreater(len(facets), 5)
            out = self.lampblack("facets", "os_type:windows", "--field", field, "--limit", "0")
            printed = out.splitlines()
            self.assertEqual(len(printed), len(facets))
            for entry, expected, line in zip(facets, self.histogram(facets), printed):
                # What moves the cursor is made visible here, and wide letters take two of the columns.
                if entry["name"].isascii() and entry["name"].isprintable():
                    self.assertEqual(line, expected)

    def test_values_are_the_servers_own(self):
        facets = self.cb.select(Process).where("").facets("process_name", "hour_of_day")
        rows = self.lines("facets", "", "--field", "process_name", "--field", "hour_of_day", "--limit", "0")
        expected = [dict(one, field=field) for field in ("process_name", "hour_of_day") for one in facets[field]]
        self.assertEqual(rows, expected)


class Walking(Both):
    def ancestors(self, process):
        """As `walk_parents` calls them: those that never were are for the client one more, as pid 2^32-1 or less."""
        walked = []

        def note(parent, depth):
            walked.append((depth + 1, parent.id, parent.username, parent.cmdline))

        process.walk_parents(note)
        return [one for one in walked if one[3] != UNKNOWN]

    def own(self, guid):
        rows = self.lines("tree", guid, "--children", "0")
        chain = [one for one in rows if one["relation"] == "ancestor" and one.get("cmdline") != UNKNOWN]
        return [(one["depth"], one["id"], one["username"], one["cmdline"]) for one in reversed(chain)]

    def test_the_documentations_example(self):
        for process in self.cb.select(Process).where(QUERY).group_by("id"):
            walked = []
            process.walk_parents(lambda parent, depth: walked.append(parent))
            self.assertEqual(len(walked), 8)
            cells = self.cells("tree", process.id)
            printed = [(one.id, seconds(one.start), one.username, one.cmdline) for one in [*reversed(walked), process]]
            self.assertEqual([(one["id"], one["start"], one["user"], one["cmdline"]) for one in cells], printed)

    def test_a_chain_that_is_known_costs_nothing(self):
        first, second = (process.id for process in self.cb.select(Process).where(QUERY).group_by("id"))
        costs = []
        for guids in ([first], [first, second]):
            self.server.forget_requests()
            self.lampblack("tree", *guids, "--children", "0")
            costs.append(len(self.server.requests("/api/v1/process/")))
        # The second process itself is asked about, and none of its ancestors.
        self.assertEqual(costs[1], costs[0] + 1)

    def test_any_process_has_the_same_ancestors(self):
        lengths = set()
        for process in self.cb.select(Process).where("").group_by("id").sort("start desc")[:2000][::40]:
            walked = self.ancestors(process)
            lengths.add(len(walked))
            self.assertEqual(self.own(process.id), walked, process.id)
        self.assertGreater(len(lengths), 2)

    def test_children(self):
        parents = 0
        for process in self.cb.select(Process).where("process_name:explorer.exe").group_by("id")[:8]:
            process.refresh()
            children = [child.proc_data["id"] for child in process.children]
            parents += bool(children)
            rows = self.lines("tree", process.id, "--children", "15")
            self.assertEqual([one["id"] for one in rows if one["relation"] == "child"], children)
        self.assertGreater(parents, 3)


class Hosts(Both):
    def test_all_sensors(self):
        found = {one.id: (one.hostname, one.status, one.group_id, one.is_isolating) for one in self.cb.select(Sensor)}
        rows = self.lines("sensor", "list", "--limit", "0")
        own = {one["id"]: (one["computer_name"], one["status"], one["group_id"], one["is_isolating"]) for one in rows}
        self.assertEqual((own, len(rows)), (found, len(found)))

    def test_one_sensor_by_its_name(self):
        sensor = self.cb.select(Sensor).where("hostname:WIN-IA9NQ1GN8OI").one()
        (row,) = self.lines("sensor", "show", "win-ia9nq1gn8oi")
        self.assertEqual(row["id"], sensor.id)
        shown = self.lampblack("sensor", "show", "win-ia9nq1gn8oi")
        for fact in (sensor.hostname, sensor.group.name, sensor.os, sensor.network_interfaces[0].ipaddr, sensor.status):
            self.assertIn(fact, shown)


if __name__ == "__main__":
    unittest.main()
