"""What a process did: the official client reads every kind of event, over all segments, on every release."""

import json
from collections import Counter

from cbapi.response import Process
from cbapi.response import models

from server import ServerCase

PAYLOAD = "process_name:svch0st.exe"
DUMP = "crossproc_name:lsass.exe"
SHELL = "process_name:powershell.exe cmdline:-enc hostname:fin-ws-042"
WORKER = "process_name:bldworker.exe"
KINDS = {
    "modload": models.CbModLoadEvent,
    "filemod": models.CbFileModEvent,
    "regmod": models.CbRegModEvent,
    "netconn": models.CbNetConnEvent,
    "crossproc": models.CbCrossProcEvent,
}


class EventCase(ServerCase):
    def process(self, query):
        return self.cb.select(Process).where(query).group_by("id").first()


class Timeline(EventCase):
    def segments(self, process):
        return self.server.json(f"/api/v1/process/{process.id}/segment")["process"]["segments"]

    def test_all_events_of_a_process_with_twenty_segments(self):
        process = self.process(WORKER)
        segments = self.segments(process)
        self.assertEqual((len(segments), len(process.get_segments())), (20, 20))
        self.server.forget_requests()
        events = process.all_events
        asked = self.server.requests("/event")
        self.assertEqual(len(asked), 20)
        self.assertTrue(all("/api/v4/process/" in one for one in asked))
        self.assertEqual(set(self.server.statuses()), {200})
        said = Counter()
        for segment in segments:
            said.update(segment["event_counts"])
        found = {kind: sum(type(event) is parsed for event in events) for kind, parsed in KINDS.items()}
        self.assertEqual(found, {kind: said[kind] for kind in KINDS})
        self.assertEqual(sum(found.values()), 2_000)

    def test_lampblack_tells_the_same_timeline(self):
        process = self.process(WORKER)
        theirs = sorted(
            (event.timestamp.isoformat(timespec="milliseconds"), event.path)
            for event in process.all_events if type(event) is models.CbFileModEvent
        )
        code, out, notes = self.home().lampblack("events", process.id, "--limit", "0", "--format", "jsonl")
        self.assertEqual((code, notes), (0, "warning: the server certificate is not verified\n"))
        ours = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(ours), 2_000)
        files = [event for event in ours if event["kind"] == "filemod"]
        stamp = lambda event: event["timestamp"].replace(" ", "T")
        self.assertEqual(
            sorted((padded(stamp(event)), event["path"]) for event in files), theirs
        )

    def test_everything_at_once(self):
        process = self.process(PAYLOAD)
        self.server.forget_requests()
        self.assertEqual(len(list(process.all_netconns())), 2796)
        self.assertEqual(len(list(process.all_filemods())), 3)
        self.assertEqual(len(list(process.all_regmods())), 1)
        self.assertEqual(len(list(process.all_modloads())), 3)
        self.assertEqual(len(list(process.all_crossprocs())), 1)
        self.assertEqual(len(self.server.requests("/0/event")), 1)


def padded(stamp):
    """A time to the millisecond, whatever zeros were trimmed."""
    whole, _, fraction = stamp.partition(".")
    return f"{whole}.{fraction:0<3}"


class Kinds(EventCase):
    """Each kind's attributes, as the client names them."""

    def test_the_payload_is_written_and_calls_home(self):
        shell, payload = self.process(SHELL), self.payload().md5.lower()
        written = [event for event in shell.filemods if event.md5 == payload]
        self.assertEqual(
            [(event.type, event.filetype, event.path, event.tamper_event) for event in written],
            [("LastWrote", "PE", r"c:\users\mlopez\appdata\roaming\svc\svch0st.exe", False)],
        )
        connection = next(shell.netconns)
        self.assertEqual(
            (connection.domain, connection.remote_ip, connection.remote_port, connection.proto, connection.direction),
            ("update-cdn.example", "203.0.113.77", 80, "IPPROTO_TCP", "Outbound"),
        )

    def test_a_library_is_signed_without_another_request(self):
        process = self.process("process_name:outlook.exe hostname:fin-ws-042")
        first = next(process.modloads)
        self.assertEqual((first.path, first.md5), (process.path, process.process_md5))
        self.server.forget_requests()
        self.assertEqual(first.binary_data["digsig_result"], "Signed")
        self.assertEqual(self.server.requests(), [])

    def test_a_key_is_written_and_the_sensor_tampered_with(self):
        process = self.process(PAYLOAD)
        keys = list(process.all_regmods())
        self.assertEqual([(key.type, key.path.rsplit("\\", 1)[1]) for key in keys], [("FirstWrote", "svchost")])
        tampered = [file for file in process.all_filemods() if file.tamper_event]
        self.assertEqual([(file.type, file.path) for file in tampered],
                         [("Deleted", r"c:\windows\carbonblack\store\events.log")])

    def test_lsass_is_opened_from_one_side_and_seen_from_the_other(self):
        dump = self.process(DUMP)
        opened, thread = dump.crossprocs
        self.assertEqual((opened.type, opened.target_path, opened.is_target),
                         ("ProcessOpen", r"c:\windows\system32\lsass.exe", False))
        self.assertTrue(opened.has_permissions(["PROCESS_VM_READ", "PROCESS_QUERY_INFORMATION"]))
        self.assertFalse(opened.has_permission("PROCESS_VM_WRITE"))
        self.assertEqual((thread.type, thread.privilege_code), ("ThreadOpen", 0x1400))
        lsass = opened.target_proc
        self.assertEqual(lsass.process_name, "lsass.exe")
        seen = [event for event in lsass.all_crossprocs() if event.is_target]
        self.assertEqual([event.type for event in seen], ["ProcessOpen", "ThreadOpen"])
        self.assertEqual(seen[0].source_proc.id, dump.id)
        remote = next(self.process(PAYLOAD).all_crossprocs())
        self.assertEqual((remote.type, remote.privilege_code), ("RemoteThread", 0))

    def test_a_child_starts_and_ends(self):
        process = self.process("process_name:cmd.exe hostname:win-ia9nq1gn8oi")
        self.assertEqual([child.terminated for child in process.childprocs], [False, True, False, True])
        first = next(process.childprocs)
        self.assertEqual((first.process.process_name, first.process.parent.id), ("net.exe", process.id))

    def test_a_hidden_child_is_known_from_its_parent_alone(self):
        for process in self.cb.select(Process).where("process_name:cmd.exe").group_by("id"):
            hidden = [child for child in process.childprocs if child.is_suppressed]
            if hidden:
                break
        self.server.forget_requests()
        self.assertTrue(hidden[0].proc_data["cmdline"].endswith("conhost.exe 0x4"))
        self.assertEqual(hidden[0].process.cmdline, hidden[0].proc_data["cmdline"])
        self.assertEqual(self.server.requests("/process/"), [])

    def test_a_ban_stops_an_attempt(self):
        (blocked,) = self.process("blocked_status:a-ProcessTerminated").processblocks
        self.assertEqual((blocked.result, blocked.path), ("a-ProcessTerminated", r"c:\users\public\m64.exe"))
        self.assertTrue(blocked.cmdline.endswith("exit"))


class Old(Kinds):
    """The same of a server whose events are spelled otherwise."""

    OPTIONS = ("--server-version", "5.2.0")

    def test_all_events_by_a_search_for_segments(self):
        process = self.process(PAYLOAD)
        self.server.forget_requests()
        self.assertEqual(len([event for event in process.all_events if type(event) is models.CbNetConnEvent]), 2796)
        self.assertEqual(len(self.server.requests("/api/v3/process/")), 1)


class Older(Kinds):
    OPTIONS = ("--server-version", "5.1.0")

    # Up to v2 the record does not say that the sensor hid the child.
    test_a_hidden_child_is_known_from_its_parent_alone = None


class Oldest(Kinds):
    OPTIONS = ("--server-version", "5.0.0")

    test_a_hidden_child_is_known_from_its_parent_alone = None
    # v1 has no record of it.
    test_a_ban_stops_an_attempt = None


class Seven(Kinds):
    OPTIONS = ("--server-version", "7.8.0")
