"""The official client's example scripts for administrators, run unmodified: groups, people, partitions, installers."""

import csv
import tarfile
import unittest
import zipfile

from cbapi.response import Sensor, SensorGroup

from scripts import ScriptCase

STORE = "/api/v1/storage/events"


class Server(ScriptCase):
    def test_server_info_prints_every_member(self):
        """server_info: the address, a line, and a row for each member of the answer."""
        ran = self.script("server_info")
        self.assertEqual(ran.lines[:2], [self.server.url, "-" * 80])
        told = dict(line.split(" : ", 1) for line in ran.lines[2:])
        told = {name.strip(): value for name, value in told.items()}
        self.assertEqual(told, {name: str(value) for name, value in self.server.json("/api/info").items()})

    def test_check_datasharing_names_the_groups_that_share(self):
        """check_datasharing: asks each group, and ends with 1 when there is one that sends files away."""
        ran = self.script("check_datasharing", code=1)
        self.assertEqual(ran.lines[1:], ["  id 1: Default Group"])
        groups = self.server.json("/api/group")
        self.assertEqual(len(self.server.requests("/datasharing")), len(groups))

    def test_an_installer_is_downloaded_for_each_system(self):
        """download_sensor_installer: archives that are whole and know their group; what is not there is said."""
        for kind, group in (("windows/exe", "Finance"), ("windows/msi", "4"), ("osx", "4")):
            ran = self.script("download_sensor_installer", "-f", "installer", "-t", kind, "-g", group)
            self.assertEqual(ran.lines[-1], "-> Download complete")
            settings = zipfile.ZipFile("installer").read("sensorsettings.ini").decode()
            self.assertIn("Name=Finance", settings)
        self.script("download_sensor_installer", "-f", "installer", "-t", "linux")
        with tarfile.open("installer", "r:gz") as tape:
            self.assertIn("GroupId=1", tape.extractfile("sensorsettings.ini").read().decode())
        ran = self.script("download_sensor_installer", "-f", "installer", "-t", "amiga")
        self.assertEqual(ran.lines[-1], "** Could not find an installer for amiga")


class Groups(ScriptCase):
    def test_groups_are_listed_added_and_deleted(self):
        """sensor_group_operations: what it adds is there under the number that it prints, until it deletes it."""
        before = {group["name"] for group in self.server.json("/api/group")}
        ran = self.script("sensor_group_operations", "list")
        self.assertEqual(ran.out.count("SensorGroup object, bound to"), len(before))
        ran = self.script("sensor_group_operations", "add", "-n", "Kiosks", "-b", "https://cb.corp.example:443")
        said = "Added sensor group. New sensor group ID is "
        self.assertTrue(ran.out.startswith(said), ran.out)
        number = int(ran.out[len(said):])
        [group] = self.server.json(f"/api/group/{number}")
        self.assertEqual((group["name"], group["site_id"]), ("Kiosks", 1))
        self.assertEqual(group["sensorbackend_server"], "https://cb.corp.example:443")
        ran = self.script("sensor_group_operations", "add", "-n", "Kiosks", "-b", "https://cb.corp.example:443")
        self.assertTrue(ran.out.startswith("Could not add sensor group: Received error code 409 from API"), ran.out)
        ran = self.script("sensor_group_operations", "delete", "-n", "Kiosks")
        self.assertEqual(ran.out, f"Deleted sensor group id {number} with name Kiosks\n")
        self.assertEqual({group["name"] for group in self.server.json("/api/group")}, before)
        ran = self.script("sensor_group_operations", "delete", "-i", str(number))
        self.assertTrue(ran.out.startswith(f"Could not find sensor group with ID of {number}: "), ran.out)

    def test_sensors_of_a_group_are_listed_wherever_they_were_moved_from(self):
        """sensor_group_operations list-sensors: the sensors that are in the group now."""
        number = self.server.ask("/api/group", "POST", {"name": "Quarantine", "site_id": 1})["id"]
        # The documentation's example: by host name, then the number of the group.
        sensor = self.cb.select(Sensor).where("hostname:FIN-WS-042").first()
        sensor.group_id = number
        sensor.save()
        ran = self.script("sensor_group_operations", "list-sensors", "-n", "Quarantine")
        self.assertEqual(ran.lines[0], f"Sensors in group Quarantine (id {number}):")
        self.assertEqual([line.split()[:2] for line in ran.lines[2:]], [["FIN-WS-042", "10.20.4.42"]])
        ran = self.script("sensor_group_operations", "list-sensors")
        names = {one["computer_name"] for one in self.server.json("/api/v1/sensor", groupid=1)}
        self.assertEqual({line.split()[0] for line in ran.lines[2:]}, names)
        group = self.cb.select(SensorGroup, number)
        group.delete()
        self.assertEqual(self.cb.select(Sensor, sensor.id, force_init=True).group_id, 1)

    def test_sensors_are_exported_as_a_table(self):
        """sensor_export: a row for each sensor, all of them or those that a filter finds."""
        ran = self.script("sensor_export", "-o", "all.csv")
        self.assertEqual(ran.lines[-1], "Export finished, exported 40 sensors to all.csv")
        with open("all.csv", encoding="utf8") as file:
            rows = list(csv.DictReader(file))
        records = {str(one["id"]): one for one in self.server.json("/api/v1/sensor")}
        self.assertEqual({row["id"] for row in rows}, set(records))
        for row in rows:
            self.assertEqual(row["hostname"], records[row["id"]]["computer_name"])
            self.assertEqual(row["group_id"], str(records[row["id"]]["group_id"]))
        self.script("sensor_export", "-o", "some.csv", "-q", "hostname:FIN-WS", "-f", "hostname,is_isolating")
        with open("some.csv", encoding="utf8") as file:
            some = list(csv.DictReader(file))
        self.assertTrue(some and all(row["hostname"].startswith("FIN-WS") for row in some))


class People(ScriptCase):
    def user(self, *arguments):
        return self.script("user_operations", *arguments)

    def test_users_are_listed_added_once_and_deleted(self):
        """user_operations: a user in a team, refused the second time; the password is told to nobody."""
        add = ("add", "-u", "lee", "-f", "Lee", "-l", "Ng", "-e", "lee@corp.example", "-t", "Analysts")
        self.assertEqual(self.user(*add, "-p", "s3cret-pass").out, "Added user lee.\n")
        found = self.server.json("/api/user/lee")
        self.assertIsInstance(found.pop("id"), int)
        self.assertEqual(
            found,
            {"username": "lee", "first_name": "Lee", "last_name": "Ng", "email": "lee@corp.example",
             "global_admin": False, "teams": [{"id": 1, "name": "Analysts"}]},
        )
        ran = self.user("list")
        self.assertIn(f"{'lee':16s} {'Lee Ng':30s} {'lee@corp.example':30s} {'Analysts':40s}", ran.lines)
        self.assertEqual(len(ran.lines), 2 + len(self.server.json("/api/users")))
        ran = self.user(*add, "-p", "other")
        self.assertTrue(ran.out.startswith("Could not add user: Received error code 409 from API"), ran.out)
        self.assertEqual(self.user("delete", "-u", "lee").out, "Deleted user lee\n")
        self.assertEqual(self.server.call("/api/user/lee")[0], 404)
        ran = self.user("delete", "-u", "lee")
        self.assertTrue(ran.out.startswith("Could not delete user lee: Received 404 (Object Not Found)"), ran.out)

    def test_teams_are_listed_and_added(self):
        """user_operations: a team with rights on two groups, which its list tells."""
        self.assertEqual(self.user("add-team", "-N", "Auditors", "-V", "Finance", "-A", "Servers").out, "Added team Auditors.\n")
        lines = self.user("list-teams").lines
        at = lines.index(next(line for line in lines if line.startswith("Team Auditors (id ")))
        self.assertEqual(
            lines[at + 1:], ['  Administrator on Sensor Group "Servers"', '  Viewer on Sensor Group "Finance"']
        )


class Partitions(ScriptCase):
    """The event store; the script wants 6.1 at least."""

    def statuses(self):
        return {name: part["status"] for name, part in self.server.json(f"{STORE}/partition").items()}

    def test_partitions_are_listed_made_laid_aside_taken_back_and_deleted(self):
        """partition_operations: each verb does what it says, and the list says so."""
        before = self.statuses()
        ran = self.script("partition_operations", "list")
        for name, status in before.items():
            self.assertIn(f'{status.upper()} Storage Partition "{name}":', ran.lines)
        self.script("partition_operations", "create")
        [name] = set(self.statuses()) - set(before)
        for verb, status in (("unmount", "cold"), ("mount", "warm"), ("delete", None)):
            self.server.forget_requests()
            ran = self.script("partition_operations", verb, "-N", name)
            self.assertEqual(self.statuses().get(name), status, ran.out)
            self.assertEqual(len(self.changes()), 1)
        self.assertEqual(self.statuses(), before)


class OldPartitions(ScriptCase):
    OPTIONS = ("--server-version", "6.0.0")

    def test_an_older_server_is_refused_by_the_script(self):
        """partition_operations: a server before 6.1 is an error of usage."""
        self.script("partition_operations", "create", code=2)
        self.assertEqual(self.changes(), [])


if __name__ == "__main__":
    unittest.main()
