"""Live Response through the official client, and its example scripts for it, beside lampblack."""

import hashlib
import io
import json
import unittest
import zipfile
from pathlib import Path

from cbapi.errors import ApiError, ObjectNotFoundError
from cbapi.live_response_api import GetFileJob, LiveResponseError
from cbapi.response import Process, Sensor

from scripts import ScriptCase
from server import ServerCase

SESSION = "/api/v1/cblr/session"
PAYLOAD = r"c:\users\mlopez\appdata\roaming\svc\svch0st.exe"
SERVICE = r"HKLM\SYSTEM\CurrentControlSet\services\WinUpdSvc"
QUICK = ("--checkin", "0")


class LiveCase(ServerCase):
    OPTIONS = QUICK

    def live_session(self, sensor=7):
        """A session that ends with a test."""
        session = self.cb.select(Sensor, sensor).lr_session()
        self.addCleanup(session.close)
        return session


class LiveSessions(LiveCase):
    def test_a_live_session_is_opened_joined_and_closed(self):
        with self.cb.select(Sensor, 7).lr_session() as session:
            self.assertEqual(session.session_data["drives"], ["C:\\"])
            self.assertEqual(len(session.session_data["supported_commands"]), 15)
            again = self.cb.select(Sensor, 7).lr_session()
            self.assertEqual(again.session_id, session.session_id)
            self.assertEqual(len(self.server.requests(f"POST {SESSION}")), 1)
        [record] = [one for one in self.server.json(SESSION) if one["id"] == session.session_id]
        self.assertEqual(record["status"], "close")
        # What is sent to a session that is closed is answered as the client expects it: it opens another.
        self.assertIn(4, [process["pid"] for process in session.list_processes()])
        self.assertNotEqual(session.session_id, record["id"])
        session.close()

    def test_a_lost_live_session_is_opened_again_by_the_client(self):
        session = self.live_session()
        for mode in ("session-lost", "sensor-gone"):
            before = session.session_id
            self.server.fault(mode=mode, match="/command$", times=1)
            self.assertTrue(session.list_processes())
            self.assertNotEqual(session.session_id, before)

    def test_a_live_session_of_a_busy_sensor_is_not_created_twice(self):
        self.live_session()
        with self.assertRaises(ObjectNotFoundError):
            self.cb.live_response._create_session(7)

    def test_the_archive_of_a_live_session_has_its_commands_and_files(self):
        session = self.live_session()
        content = session.get_file(PAYLOAD)
        archive = zipfile.ZipFile(io.BytesIO(session.get_session_archive().read()))
        record = json.loads(archive.read("session.json"))
        self.assertEqual([run["name"] for run in record["commands"]], ["get file"])
        self.assertEqual(archive.read("files/1"), content)


class LiveCommands(LiveCase):
    def test_live_processes_are_those_of_the_search(self):
        processes = self.live_session().list_processes()
        [payload] = [process for process in processes if process["path"] == PAYLOAD]
        found = self.cb.select(Process, payload["proc_guid"])
        self.assertEqual((found.process_pid, found.cmdline), (payload["pid"], payload["command_line"]))
        guids = {process["proc_guid"] for process in processes}
        self.assertGreater(sum(process["parent_guid"] in guids for process in processes), len(processes) // 3)

    def test_live_directories_are_listed_and_walked(self):
        session = self.live_session()
        names = [entry["filename"] for entry in session.list_directory("c:\\users\\mlopez\\appdata\\roaming\\svc\\")]
        self.assertEqual(names, [".", "..", "cfg.dat", "svch0st.exe"])
        places = {top.lower(): (directories, files) for top, directories, files in session.walk(r"c:\users")}
        self.assertIn("svch0st.exe", places[r"c:\users\mlopez\appdata\roaming\svc"][1])
        self.assertIn("mlopez", places[r"c:\users"][0])
        with self.assertRaises(LiveResponseError) as caught:
            session.list_directory("c:\\none\\")
        self.assertIn("Win32 error code 0x80070003", str(caught.exception))

    def test_live_files_are_fetched_put_and_deleted(self):
        session = self.live_session()
        content = session.get_file(PAYLOAD)
        self.assertEqual(hashlib.md5(content).hexdigest(), self.payload().md5.lower())
        self.assertEqual(session.get_raw_file(PAYLOAD).read(), content)
        session.create_directory(r"c:\windows\temp\interop")
        session.put_file(io.BytesIO(b"hello"), r"c:\windows\temp\interop\a.txt")
        self.assertEqual(session.get_file(r"c:\windows\temp\interop\a.txt"), b"hello")
        # lampblack sees what the other client has left.
        code, out, notes = self.home().lampblack("lr", "ls", "7", r"c:\windows\temp\interop", "--format", "jsonl")
        self.assertEqual((code, [json.loads(line)["filename"] for line in out.splitlines()]), (0, ["a.txt"]), notes)
        session.delete_file(r"c:\windows\temp\interop\a.txt")
        with self.assertRaises(LiveResponseError):
            session.get_file(r"c:\windows\temp\interop\a.txt")

    def test_a_live_process_is_created_for_its_output_and_killed(self):
        session = self.live_session()
        self.assertIn(b"Windows IP Configuration", session.create_process("ipconfig /all"))
        self.assertIn(b"hello", session.create_process('cmd.exe /c "echo hello"'))
        session.create_process(r"c:\windows\system32\findstr.exe x", wait_for_output=False, wait_for_completion=False)
        [started] = [one for one in session.list_processes() if one["command_line"].endswith("findstr.exe x")]
        self.assertTrue(session.kill_process(started["pid"]))
        self.assertNotIn(started["pid"], [one["pid"] for one in session.list_processes()])
        with self.assertRaises(LiveResponseError) as caught:
            session.kill_process(started["pid"])
        self.assertIn("Win32 error code 0x80070057", str(caught.exception))

    def test_the_live_registry_is_read_and_written(self):
        session = self.live_session(14)
        both = session.list_registry_keys_and_values(r"HKLM\SYSTEM\CurrentControlSet\services")
        self.assertIn("ACPI", both["sub_keys"])
        values = {value["value_name"]: value["value_data"] for value in session.list_registry_keys(SERVICE)}
        self.assertEqual(values["ImagePath"], r"c:\windows\temp\winupdsvc.exe")
        start = session.get_registry_value(rf"{SERVICE}\Start")
        self.assertEqual(start, {"value_name": "Start", "value_type": "REG_DWORD", "value_data": 2})
        session.set_registry_value(rf"{SERVICE}\Start", 4)
        self.assertEqual(session.get_registry_value(rf"{SERVICE}\Start")["value_data"], 4)
        session.create_registry_key(rf"{SERVICE}\Interop")
        session.set_registry_value(rf"{SERVICE}\Interop\list", ["a", "b"])
        self.assertEqual(session.get_registry_value(rf"{SERVICE}\Interop\list")["value_type"], "REG_MULTI_SZ")
        session.delete_registry_value(rf"{SERVICE}\Interop\list")
        session.delete_registry_key(rf"{SERVICE}\Interop")
        with self.assertRaises(LiveResponseError):
            session.list_registry_keys(rf"{SERVICE}\Interop")

    def test_live_memory_is_dumped(self):
        session = self.live_session()
        place = self.home().path / "memory.zip"
        dump = session.start_memdump(remote_filename=r"c:\windows\temp\memory.dmp", compress=True)
        dump.wait()
        content = session.get_file(dump.remote_filename)
        self.assertEqual(zipfile.ZipFile(io.BytesIO(content)).namelist(), ["memory.dmp"])
        dump.delete()
        session.memdump(str(place))
        self.assertTrue(place.read_bytes().startswith(b"PAGEDU64"))

    def test_a_live_command_of_another_system_is_not_sent(self):
        session = self.live_session(10)
        with self.assertRaises(ApiError) as caught:
            session.list_registry_keys("HKLM")
        self.assertEqual(str(caught.exception), "Command reg enum key not supported by this sensor")
        self.assertIn("/etc/hosts", {f"/etc/{one['filename']}" for one in session.list_directory("/etc/")})

    def test_live_jobs_run_on_several_hosts(self):
        online = [sensor.id for sensor in self.cb.select(Sensor) if sensor.status == "Online" and sensor.os_type == 1]
        job = GetFileJob(r"c:\windows\system32\drivers\etc\hosts")
        futures = [self.cb.live_response.submit_job(job.run, sensor) for sensor in online[:4]]
        for future in futures:
            self.assertIn(b"localhost", future.result(timeout=60))


class LiveChanges(LiveCase):
    """What lampblack does on a host, the official client sees, and the other way round."""

    BECAUSE = ("--reason", "incident", "--yes")

    def lampblack(self, *arguments, status=0):
        ran, out, notes = self.place.lampblack(*arguments)
        self.assertEqual(ran, status, notes)
        return out

    def setUp(self):
        super().setUp()
        self.place = self.home()

    def change(self, *arguments, status=0):
        return self.lampblack("lr", *arguments, *self.BECAUSE, status=status)

    def test_a_live_process_that_lampblack_ends_is_gone_for_the_client(self):
        session = self.live_session()
        [payload] = [process for process in session.list_processes() if process["path"] == PAYLOAD]
        self.assertFalse(self.cb.select(Process, payload["proc_guid"]).terminated)
        self.server.forget_requests()
        out = self.change("kill", "FIN-WS-042", str(payload["pid"]))
        self.assertIn("kill: confirmed; the process has ended (verified on the host)", out)
        self.assertNotIn(payload["pid"], [process["pid"] for process in session.list_processes()])
        query = f"process_id:{payload['proc_guid']} terminated:true"
        self.assertEqual(len({process.id for process in self.cb.select(Process).where(query)}), 1)
        # The session was joined, and is still that of the client.
        self.assertNotIn(f"POST {SESSION}", self.server.requests())
        self.assertEqual([one["id"] for one in self.server.json(SESSION, active_only="true")], [session.session_id])

    def test_live_files_and_values_are_those_of_both(self):
        session = self.live_session(14)
        local = self.place.path / "notes.txt"
        local.write_bytes(b"from lampblack")
        self.change("mkdir", "14", r"c:\windows\temp\both")
        self.change("put", "14", str(local), "c:\\windows\\temp\\both\\")
        self.assertEqual(session.get_file(r"c:\windows\temp\both\notes.txt"), b"from lampblack")
        session.put_file(io.BytesIO(b"from the client"), r"c:\windows\temp\both\client.txt")
        self.lampblack("lr", "get", "14", r"c:\windows\temp\both\client.txt", "-o", str(self.place.path / "client.txt"))
        self.assertEqual((self.place.path / "client.txt").read_bytes(), b"from the client")
        self.change("rm", "14", r"c:\windows\temp\both\client.txt")
        with self.assertRaises(LiveResponseError):
            session.get_file(r"c:\windows\temp\both\client.txt")
        self.change("reg", "create", "14", rf"{SERVICE}\Both")
        self.change("reg", "set", "14", rf"{SERVICE}\Both", "number", "7", "--type", "dword")
        value = session.get_registry_value(rf"{SERVICE}\Both\number")
        self.assertEqual((value["value_type"], value["value_data"]), ("REG_DWORD", 7))
        session.set_registry_value(rf"{SERVICE}\Both\number", 8)
        self.assertIn("8 (0x8)", self.lampblack("lr", "reg", "query", "14", rf"{SERVICE}\Both"))
        self.change("reg", "delete", "14", rf"{SERVICE}\Both", "number")
        self.change("reg", "delete", "14", rf"{SERVICE}\Both")
        with self.assertRaises(LiveResponseError):
            session.list_registry_keys(rf"{SERVICE}\Both")

    def test_a_live_program_prints_for_lampblack_what_it_prints_for_the_client(self):
        session = self.live_session()
        printed = session.create_process("ipconfig /all").decode()
        out = self.lampblack("lr", "exec", "7", *self.BECAUSE, "--", "ipconfig", "/all")
        self.assertEqual(out.splitlines(), printed.splitlines())
        left = {entry["filename"] for entry in session.list_directory("c:\\windows\\temp\\")}
        self.assertFalse({name for name in left if name.startswith("lampblack")})

    def test_a_live_session_that_lampblack_closes_is_closed_for_the_client(self):
        session = self.live_session()
        out = self.change("close", "7")
        self.assertIn("close session: confirmed", out)
        record = next(one for one in self.server.json(SESSION) if one["id"] == session.session_id)
        self.assertEqual(record["status"], "close")


class LiveScripts(ScriptCase):
    OPTIONS = QUICK

    def test_download_from_lr_fetches_a_live_file(self):
        """download_from_lr: the first host of the name that is online, and the file under its own name."""
        ran = self.script("download_from_lr", "-H", "FIN-WS-042", "-p", PAYLOAD)
        self.assertEqual(ran.lines, [f"Successfully wrote {PAYLOAD} to local file svch0st.exe."])
        content = Path("svch0st.exe").read_bytes()
        self.assertEqual(hashlib.md5(content).hexdigest(), self.payload().md5.lower())
        ran = self.script("download_from_lr", "-H", "HR-WS-011", "-p", PAYLOAD)
        self.assertIn("No sensors for hostname HR-WS-011 are online, exiting", ran.out)

    def test_cblr_cli_is_a_live_shell(self):
        """cblr_cli: attaches by number or name; lists, fetches, makes and deletes; and keeps its directory to itself."""
        typed = [
            "connect 7", "ps", "cd c:\\users\\mlopez\\appdata\\roaming\\svc", "pwd", "dir", "get svch0st.exe local.exe",
            "mkdir c:\\windows\\temp\\shell", "exec -w c:\\windows\\system32\\ipconfig.exe /all",
            "del c:\\windows\\temp\\none.txt", "archive session.zip", "detach", "ps", "quit",
        ]
        ran = self.script("cblr_cli", answers=typed)
        self.assertIn("Available Drives: C:\\", ran.out)
        self.assertIn("svch0st.exe", ran.out)
        self.assertIn("roaming\\svc", ran.out)
        self.assertIn("Windows IP Configuration", ran.out)
        self.assertIn("Error: Win32 error code 0x80070002", ran.out)
        self.assertIn("You must attach to a session", ran.out)
        content = Path("local.exe").read_bytes()
        self.assertEqual(hashlib.md5(content).hexdigest(), self.payload().md5.lower())
        self.assertTrue(zipfile.is_zipfile("session.zip"))
        self.assertEqual([one for one in self.server.json(SESSION) if one["status"] in ("active", "pending")], [])

    def test_defects_of_the_live_shell_are_its_own(self):
        """cblr_cli: `cat` writes bytes to a text stream, and `exec` stops at a program that is not in its directory."""
        ran = self.script("cblr_cli", answers=["connect 7", f"cat {PAYLOAD}", "exec ipconfig", "quit"])
        self.assertIn("Error: string argument expected, got 'bytes'", ran.out)
        self.assertIn("Error: Win32 error code 0x80070002", ran.out)


if __name__ == "__main__":
    unittest.main()
