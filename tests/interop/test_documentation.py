"""The sessions that the official client's documentation prints, repeated: the same code, the same output.

They were recorded with a server 5.2. The client of today asks for a summary where that of then asked for events, two
generations in one answer, so it asks for every other ancestor; 6.x gives names of hosts in lower case. What is expected
differs from what is printed there in nothing else.
"""

import datetime
import unittest

from cbapi.response import Process

from server import ServerCase

SEARCH = (
    "GET /api/v1/process?cb.urlver=1&facet=false&q=process_name%3Anet.exe+cmdline%3A%5C%5Ctest%5Cblah"
    "&rows=100&sort=last_update+desc&start=0"
)

# Blanks at the end of a line are not in the documentation's text.
CHAINS = r"""
2016-11-11 20:59:31.631000: WIN-IA9NQ1GN8OI\bit9rad ran net  use y: \\test\blah
2016-10-25 20:20:29.790000: WIN-IA9NQ1GN8OI\bit9rad ran "C:\Windows\system32\cmd.exe"
 2016-10-25 14:08:49.651000: WIN-IA9NQ1GN8OI\bit9rad ran C:\Windows\Explorer.EXE
  2016-10-25 14:08:49.370000: WIN-IA9NQ1GN8OI\bit9rad ran C:\Windows\system32\userinit.exe
   2016-10-25 14:08:26.382000: SYSTEM ran winlogon.exe
    2016-10-25 14:08:26.242000: SYSTEM ran \SystemRoot\System32\smss.exe 00000001 00000030
     2016-10-25 14:08:23.590000: SYSTEM ran \SystemRoot\System32\smss.exe
      2016-10-25 14:08:23.559000: SYSTEM ran c:\windows\system32\ntoskrnl.exe
       2016-10-25 14:08:23.374000:  ran c:\windows\system32\ntoskrnl.exe
2016-11-11 20:59:25.667000: WIN-IA9NQ1GN8OI\bit9rad ran net  use z: \\test\blah
2016-10-25 20:20:29.790000: WIN-IA9NQ1GN8OI\bit9rad ran "C:\Windows\system32\cmd.exe"
 2016-10-25 14:08:49.651000: WIN-IA9NQ1GN8OI\bit9rad ran C:\Windows\Explorer.EXE
  2016-10-25 14:08:49.370000: WIN-IA9NQ1GN8OI\bit9rad ran C:\Windows\system32\userinit.exe
   2016-10-25 14:08:26.382000: SYSTEM ran winlogon.exe
    2016-10-25 14:08:26.242000: SYSTEM ran \SystemRoot\System32\smss.exe 00000001 00000030
     2016-10-25 14:08:23.590000: SYSTEM ran \SystemRoot\System32\smss.exe
      2016-10-25 14:08:23.559000: SYSTEM ran c:\windows\system32\ntoskrnl.exe
       2016-10-25 14:08:23.374000:  ran c:\windows\system32\ntoskrnl.exe
""".strip("\n").split("\n")

# The last is what pid 0 names as its parent, which no server ever saw.
ANCESTORS = [
    "00000003-0000-036c-01d2-2efd3af51186",
    "00000003-0000-0c34-01d2-2ec94f09cae6",
    "00000003-0000-0618-01d2-2ec94edef208",
    "00000003-0000-02ec-01d2-2ec9412b4b70",
    "00000003-0000-02b0-01d2-2ec94115df7a",
    "00000003-0000-0218-01d2-2ec93f813429",
    "00000003-0000-0004-01d2-2ec93f7c7181",
    "00000003-0000-0000-01d2-2ec93f6051ee",
    "00000003-0000-0004-01d2-2ec93f6051ee",
]

JOINED = r"""
On host WIN-IA9NQ1GN8OI (part of sensor group Default Group):
- At 2016-11-11 20:59:31.631000, process net  use y: \\test\blah was executed by WIN-IA9NQ1GN8OI\bit9rad
- That binary (79b6d4c5283fc806387c55b8d7c8b762) was signed by Microsoft Corporation 1569 days before it was executed.
On host WIN-IA9NQ1GN8OI (part of sensor group Default Group):
- At 2016-10-25 20:20:29.790000, process "C:\Windows\system32\cmd.exe"  was executed by WIN-IA9NQ1GN8OI\bit9rad
- That binary (bf93a2f9901e9b3dfca8a7982f4a9868) was signed by Microsoft Corporation 1552 days before it was executed.
""".strip("\n").split("\n")

HISTOGRAM = """
     chrome.exe:  23.4% ■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■
thumbnailextrac:  15.4% ■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■
   adobearm.exe:   8.6% ■■■■■■■■■■■■■■■■■■
   taskhost.exe:   6.0% ■■■■■■■■■■■■
    conhost.exe:   4.7% ■■■■■■■■■
       ping.exe:   4.0% ■■■■■■■■
     wermgr.exe:   3.5% ■■■■■■■
""".strip("\n").split("\n")


def example(cb):
    return cb.select(Process).where("process_name:net.exe").and_(r"cmdline:\\test\blah")


def summary(guid, segment):
    return f"GET /api/v1/process/{guid}/{segment}?children=15"


class Today(ServerCase):
    """A server of today."""

    segment = 0
    host = "win-ia9nq1gn8oi"
    connecting = ["GET /api/info", "GET /api/v1/storage/events/partition"]

    def test_connecting(self):
        self.server.connect()
        self.assertEqual(self.server.requests(), self.connecting)
        self.assertEqual(self.server.statuses(), [200] * len(self.connecting))

    def test_processes_and_the_parents_that_led_to_them(self):
        lines, asked = [], []

        def print_details(proc, depth):
            lines.append("%s%s: %s ran %s" % (" " * depth, proc.start, proc.username, proc.cmdline))

        for proc in example(self.cb):
            print_details(proc, 0)
            proc.walk_parents(print_details)
            asked.append(self.server.requests())
            self.server.forget_requests()
        self.assertEqual([line.rstrip() for line in lines], CHAINS)
        self.assertEqual(
            asked[0],
            [SEARCH, *(summary(ANCESTORS[at], self.segment) for at in (0, 2, 4, 6))]
            + [summary(ANCESTORS[8], self.segment)],
        )
        self.assertEqual(asked[1], [], "the second walk asked for something")

    def test_each_ancestor_has_the_guid_that_is_printed(self):
        proc = example(self.cb)[0]
        walked = []
        proc.walk_parents(lambda parent, depth: walked.append((depth, parent.id)))
        self.assertEqual(walked, list(enumerate(ANCESTORS[:8])))

    def test_joining_everything_together(self):
        lines = []

        def print_details(proc, depth):
            lines.append("On host {0} (part of sensor group {1}):".format(proc.hostname, proc.sensor.group.name))
            lines.append("- At {0}, process {1} was executed by {2}".format(proc.start, proc.cmdline, proc.username))
            if proc.binary.signed:
                utc_timestamp = proc.start.replace(tzinfo=datetime.timezone.utc)
                days_since_signed = (utc_timestamp - proc.binary.signing_data.sign_time).days
                lines.append("- That binary ({0}) was signed by {1} {2} days before it was executed.".format(
                    proc.process_md5, proc.binary.signing_data.publisher, days_since_signed))

        for proc in example(self.cb):
            print_details(proc, 0)
            proc.walk_parents(print_details)
        expected = [line.replace("host WIN-IA9NQ1GN8OI", f"host {self.host}") for line in JOINED]
        self.assertEqual(lines[: len(expected)], expected)
        # Two processes and eight ancestors of each, all of them signed.
        self.assertEqual(len(lines), 2 * 9 * 3)
        asked = self.server.requests()
        self.assertEqual(
            asked[:6],
            [
                SEARCH,
                "GET /api/v1/sensor/3",
                "GET /api/v3/group/1",
                "GET /api/v1/binary/79B6D4C5283FC806387C55B8D7C8B762/summary",
                summary(ANCESTORS[0], self.segment),
                "GET /api/v1/binary/BF93A2F9901E9B3DFCA8A7982F4A9868/summary",
            ],
        )
        # net, cmd, explorer, userinit, winlogon, smss, ntoskrnl: each file once, and the rest of what is joined too.
        self.assertEqual(len(self.server.requests("/binary/")), 7)
        self.assertEqual(len(self.server.requests("/sensor/")), 1)
        self.assertEqual(len(self.server.requests("/group/")), 1)

    def test_facets(self):
        lines = []

        def print_facet_histogram(facets):
            for entry in facets:
                bar = "\u25A0" * (int(entry["percent"]) // 2)
                lines.append("%15s: %5s%% %s" % (entry["name"][:15], entry["ratio"], bar))

        facet_query = self.cb.select(Process).where("hostname:WIN-IA9NQ1GN8OI").and_("username:bit9rad")
        print_facet_histogram(facet_query.facets("process_name", "username")["process_name"])
        self.assertEqual(lines[: len(HISTOGRAM)], HISTOGRAM)
        self.assertEqual(
            self.server.requests(),
            ["GET /api/v1/process?cb.urlver=1&facet=true&facet.field=process_name&facet.field=username"
             "&q=hostname%3AWIN-IA9NQ1GN8OI+username%3Abit9rad&rows=0&start=0"],
        )


class Newest(Today):
    """The newest server."""

    OPTIONS = ("--server-version", "7.8")


class AsRecorded(Today):
    """A server like the one that the documentation was written with."""

    OPTIONS = ("--server-version", "5.2.0.161004.1206")
    segment = 1
    host = "WIN-IA9NQ1GN8OI"
    connecting = ["GET /api/info"]


class Segments(ServerCase):
    """The documentation's example of segments, and of grouping."""

    def test_a_process_has_a_row_for_each_segment_unless_rows_are_grouped(self):
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        query = self.cb.select(Process).where("process_name:svchost.exe").min_last_update(yesterday)
        rows = [(proc.id, proc.segment) for proc in query]
        grouped = [(proc.id, proc.segment) for proc in query.group_by("id")]
        self.assertEqual(len(set(rows)), len(rows))
        self.assertEqual({guid for guid, _ in rows}, {guid for guid, _ in grouped})
        self.assertEqual(len({guid for guid, _ in grouped}), len(grouped))
        self.assertLess(len(grouped), len(rows))
        # Of each process the row that comes first in the order of the search.
        first = {}
        for guid, segment in rows:
            first.setdefault(guid, segment)
        self.assertEqual(dict(grouped), first)
        since = yesterday.strftime("%Y-%m-%dT%H%%3A%M%%3A%SZ")
        rest = f"cb.min_last_update={since}&cb.urlver=1&facet=false&q=process_name%3Asvchost.exe"
        page = "rows=100&sort=last_update+desc&start=0"
        asked = self.server.requests("start=0")
        self.assertIn(f"GET /api/v1/process?{rest}&{page}", asked)
        self.assertIn(f"GET /api/v1/process?cb.group=id&{rest}&{page}", asked)


if __name__ == "__main__":
    unittest.main()
