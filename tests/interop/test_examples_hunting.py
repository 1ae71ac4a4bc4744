"""The official client's example scripts for hunting, run unmodified: processes, their events, children and users."""

import collections
import csv
import unittest

from cbapi.response import Process

from scripts import ScriptCase

# Few processes: what is asked of each is the same for many.
FEW = ("--processes", "2000")


class Events(ScriptCase):
    OPTIONS = FEW

    def test_what_a_shell_wrote_is_listed_with_what_is_known_of_it(self):
        """cmd_exe_filemods: a row for each program that a shell wrote, and the binary is asked for where it has a hash."""
        rows = [line.split(",") for line in self.script("cmd_exe_filemods").lines]
        self.assertTrue(rows)
        self.assertEqual({row[4] for row in rows}, {r"c:\programdata\7z.exe"})
        self.assertEqual({(row[1], row[2], row[3]) for row in rows}, {("srv-file-01", "SYSTEM", r"c:\windows\system32\cmd.exe")})
        [written] = [row for row in rows if row[5] == "LastWrote"]
        self.assertEqual(self.server.requests("/binary/"), [f"GET /api/v1/binary/{written[6].upper()}/summary"])

    def test_sticks_are_enumerated(self):
        """enumerate_usb_devices: what stands after `usbstor#disk&` in each key, and nothing that it warns of."""
        lines = self.script("enumerate_usb_devices").lines
        self.assertTrue(lines)
        for line in lines:
            self.assertRegex(line, r"^ven_\w+&prod_\w+&rev_[\d.]+#[0-9a-f]+&0(#\{53f563[0-9a-f]{2}-b6bf-11d0-94f2-00a0c91efb8b\})+$")
        recent = self.script("enumerate_usb_devices", "--start=-2h").lines
        self.assertLess(len(recent), len(lines))
        self.assertIn("start%3A-2h", "".join(self.server.requests("deviceclasses")))

    def test_events_are_exported_as_a_table_for_each_process(self):
        """event_export: every event of every segment, for a process, a query, and a link of the console."""
        query = "process_name:svch0st.exe"
        processes = list(self.cb.select(Process).where(query).group_by("id"))
        ran = self.script("event_export", "--query", query)
        self.assertEqual(len(ran.lines), len(processes))
        self.assertGreater(len(processes), 0)
        for process in processes:
            rows = self.exported(process)
            self.assertIn(f"{len(rows)} events out of {len(rows)} total events exported", ran.out)
            self.assertEqual([row["Timestamp"] for row in rows], [str(event.timestamp) for event in process.all_events])
        process = processes[0]
        whole = self.exported(process)
        self.assertIn("outbound netconn", {row["Event"].lower() for row in whole})
        for target in (process.id, f"{self.server.url}/#/analyze/{process.id}/0"):
            self.script("event_export", "--processid", target)
            # Of children the client makes as many events as it has heard of from whatever it asked before.
            self.assertEqual(self.without_children(self.exported(process)), self.without_children(whole))

    def without_children(self, rows):
        return [row for row in rows if row["Event"] != "childproc"]

    def exported(self, process):
        with open(f"{process.id}.csv", encoding="utf8", newline="") as file:
            return list(csv.DictReader(file))

    def test_who_connects_too_often_is_named_with_the_rate(self):
        """process_netconn_rate: rows above a rate, each with as many connections as the server says, over its life."""
        rows = [line.split("|") for line in self.script("process_netconn_rate", "-g", "20", "-r", "0.0001").lines]
        expected = [
            f"{process.netconn_count / ((process.last_update - process.start).total_seconds() or 1e-6):.4f}"
            for process in self.cb.select(Process).where("netconn_count:[20 TO *]").sort("last_update desc")
        ]
        self.assertTrue(rows)
        self.assertEqual([row[3] for row in rows], [rate for rate in expected if float(rate) > 0.0001])
        self.assertEqual(self.script("process_netconn_rate", "-g", "20", "-r", "1000000000").lines, [])


class Families(ScriptCase):
    OPTIONS = FEW

    def test_rare_children_are_listed_with_their_own(self):
        """tf: what a parent starts in few cases, with the number of descendants, or their command lines."""
        [row] = self.script("tf", "-t", "winword.exe", "-p", "20").lines
        start, rest = row.split(",parent_name:", 1)
        parent, name, count, ratio = start.split(",")
        self.assertEqual((parent, name, count), ("winword.exe", "powershell.exe", "1"))
        found = self.cb.select(Process).where("parent_name:winword.exe")
        [term] = [one for one in found.facets("process_name")["process_name"] if one["name"] == name]
        self.assertEqual(ratio, term["ratio"])
        self.assertIn(",fin-ws-042,CORP\\mlopez,", rest)
        children = []
        found.and_("process_name:powershell.exe").first().walk_children(lambda child, depth: children.append(child))
        self.assertEqual(rest.rsplit(",", 1)[1], str(len(children)))
        with open("parents", "w") as file:
            file.write("winword.exe\nsvch0st.exe\n")
        rows = self.script("tf", "-f", "parents", "-p", "50", "--cmdline").lines
        self.assertEqual([row.split(",")[:2] for row in rows], [["winword.exe", "powershell.exe"], ["svch0st.exe", "rundll32.exe"]])
        self.assertTrue(rows[0].endswith(",".join(child.cmdline for child in children)))

    def test_children_are_walked_to_the_last_generation(self):
        """walk_children: the documentation's own family, each generation two blanks further to the right."""
        ran = self.script("walk_children", "-p", "00000003-0000-0c34-01d2-2ec94f09cae6")
        self.assertTrue(ran.lines[0].startswith("Process C:\\Windows\\Explorer.EXE on "), ran.out)
        self.assertEqual(
            [line.rstrip() for line in ran.lines[3:6]],
            [
                '  2016-10-25 20:20:29.790000 -- <unknown>: "C:\\Windows\\system32\\cmd.exe"',
                "    2016-11-11 20:59:25.667000 -- 2016-11-11 20:59:25.714000: net  use z: \\\\test\\blah",
                "    2016-11-11 20:59:31.631000 -- 2016-11-11 20:59:31.662000: net  use y: \\\\test\\blah",
            ],
        )
        ran = self.script("walk_children", "-q", "process_name:svch0st.exe", "-c", "3")
        links = [line for line in ran.lines if line.startswith("Cb Response console link: ")]
        self.assertEqual(len(links), len(list(self.cb.select(Process).where("process_name:svch0st.exe").group_by("id"))))
        self.assertIn("nltest  /domain_trusts", ran.out)
        self.script("walk_children", code=2)

    def test_users_and_the_hosts_they_are_logged_in_on(self):
        """user_hostname_pairs: for each host who had a desktop there, and how often."""
        counts = collections.defaultdict(collections.Counter)
        for process in self.cb.select(Process).where("process_name:explorer.exe"):
            counts[process.hostname][process.username.lower()] += 1
        expected = []
        for host, users in counts.items():
            expected.append(f"For host {host}:")
            expected += ["  %-20s: logged in %d times" % user for user in users.most_common()]
        self.assertEqual(self.script("user_hostname_pairs").lines, expected)
        self.assertGreater(len(counts), 3)


if __name__ == "__main__":
    unittest.main()
