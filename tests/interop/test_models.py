"""What else the official client has a model of: sites, teams, partitions, filters, investigations, histories, licenses."""

import unittest

from cbapi.errors import ClientError, ObjectNotFoundError
from cbapi.response import Sensor, SensorGroup
from cbapi.response.models import (
    IngressFilter, Investigation, Process, SensorBuilds, Site, StoragePartition, TaggedEvent, Team, ThrottleRule,
)

from server import ServerCase


class Places(ServerCase):
    def test_a_site_is_made_named_anew_and_removed(self):
        site = self.cb.create(Site)
        site.name = "Lisbon"
        site.save()
        again = self.cb.select(Site).where("name:Lisbon").one()
        self.assertEqual(again.id, site.id)
        again.name = "Porto"
        again.save()
        self.assertEqual(self.server.json(f"/api/site/{site.id}"), [{"id": site.id, "name": "Porto"}])
        again.delete()
        with self.assertRaises(ObjectNotFoundError):
            self.cb.select(Site, site.id, force_init=True)

    def test_a_site_has_its_limits_and_a_group_its_site(self):
        site = self.cb.select(SensorGroup, 4).site
        self.assertEqual((site.id, site.name), (1, "Default Site"))
        rules = list(site.throttle_rules)
        self.assertTrue(rules)
        self.assertEqual({rule.site.name for rule in self.cb.select(ThrottleRule)}, {"Default Site"})

    def test_a_group_is_changed_by_its_whole_record(self):
        group = self.cb.select(SensorGroup, 5)
        group.alert_criticality = 4
        group.banning_enabled = False
        group.save()
        record = self.server.json("/api/v3/group/5")[0]
        self.assertEqual((record["alert_criticality"], record["banning_enabled"]), (4, False))
        self.assertEqual(record["name"], "Human Resources")
        taken = self.cb.select(SensorGroup, 6)
        taken.name = "Finance"
        with self.assertRaises(ClientError) as caught:
            taken.save()
        self.assertEqual(caught.exception.error_code, 409)

    def test_a_team_is_given_groups(self):
        team = self.cb.create(Team)
        team.name = "Auditors"
        team.group_access = []
        team.add_viewer_access(4)
        team.save()
        made = self.cb.select(Team).where("name:Auditors").one()
        made.add_administrator_access(5)
        made.save()
        access = {one["group_name"]: one["access_category"] for one in self.server.json(f"/api/team/{made.id}")["group_access"]}
        self.assertEqual(access, {"Finance": "Viewer", "Human Resources": "Administrator"})
        made.delete()
        self.assertEqual(self.server.call(f"/api/team/{made.id}")[0], 404)


class Upkeep(ServerCase):
    def test_partitions_are_mounted_and_erased(self):
        self.cb.create_new_partition()
        parts = list(self.cb.select(StoragePartition))
        self.assertEqual([part.name for part in parts if part.status == "hot"], ["writer"])
        part = next(part for part in parts if part.status == "warm")
        self.assertFalse(part.info["isLegacy"])
        part.unmount()
        [now] = self.cb.select(StoragePartition).where(f"name:{part.name}")
        self.assertEqual(now.status, "cold")
        part.mount()
        part.delete()
        self.assertEqual(len(list(self.cb.select(StoragePartition))), len(parts) - 1)

    def test_the_license_is_asked_for_and_renewed(self):
        self.assertTrue(self.cb.license_request().startswith("-----BEGIN CB LICENSE REQUEST-----"))
        before = self.server.json("/api/v1/license")
        self.cb.update_license("-----BEGIN CB LICENSE-----\nc2ltdWxhdGVk\n-----END CB LICENSE-----\n")
        after = self.server.json("/api/license")
        self.assertGreater(after["license_end_date"], before["license_end_date"])
        with self.assertRaises(ClientError):
            self.cb.update_license("nonsense")

    def test_the_dashboard_and_the_builds_are_told(self):
        [node] = self.cb.dashboard_statistics()["storage"].values()
        self.assertGreaterEqual(set(node), {"EventStoreStats", "FileSystems", "ModuleStoreStats", "SqlStoreStats"})
        builds = self.cb.select(SensorBuilds).results
        versions = {sensor.build_version_string for sensor in self.cb.select(Sensor)}
        self.assertEqual(versions, {*builds.Windows, *builds.Linux, *builds.OSX})

    def test_a_sensor_tells_its_history_and_nothing_is_an_empty_one(self):
        silent, telling = 0, 0
        for sensor in self.cb.select(Sensor):
            queued = sensor.queued_stats
            silent += queued == []
            telling += bool(queued)
            for entry in queued:
                self.assertEqual(entry["sensor_id"], sensor.id)
                self.assertIsInstance(entry["num_eventlog_bytes"], str)
        self.assertTrue(silent and telling)
        sensor = self.cb.select(Sensor, 3)
        self.assertEqual(sensor.activity_stats[0]["computer_name"], sensor.computer_name)
        self.assertTrue(sensor.resource_status[0]["commit_charge"])

    def test_a_filter_is_made_changed_and_removed(self):
        new = self.cb.create(IngressFilter)
        new.id, new.name, new.description = "backup-jobs", "Backup jobs", "they write all night"
        new.path_filters = ["c:\\backup\\*"]
        new.save()
        [one] = [each for each in self.cb.select(IngressFilter) if each.id == "backup-jobs"]
        self.assertEqual((one.id, one.path_filters, one.enabled), ("backup-jobs", ["c:\\backup\\*"], True))
        one.enabled = False
        one.save()
        self.assertFalse(self.server.json("/api/v1/ingress_whitelist/backup-jobs")["enabled"])
        one.delete()
        left = [each["id"] for each in self.server.json("/api/v1/ingress_whitelist")]
        self.assertEqual(left, ["backup-agent", "build-farm", "inventory-2019"])
        old = self.cb.select(IngressFilter, "inventory-2019")
        self.assertEqual((old.enabled, old.name), (False, "Inventory tool (retired)"))

    def test_an_investigation_has_the_events_that_were_tagged_for_it(self):
        case = self.cb.select(Investigation).where("name:Default Investigation").one()
        self.assertEqual(list(case.events), [])
        process = self.cb.select(Process).where("process_name:svch0st.exe").first()
        made = self.server.ask("/api/tagged_event", "POST", {
            "investigation_id": case.id, "event_type": "procstart", "unique_id": process.id, "segment_id": process.segment,
            "event_data": {"description": "first stage"}, "start_date": "2021-03-04T10:15:30Z",
        })
        [tag] = self.cb.select(Investigation).where(f"id:{case.id}").one().events
        self.assertEqual((tag.id, tag.event_data["description"]), (made["id"], "first stage"))
        self.assertEqual(tag.process.process_name, "svch0st.exe")
        [tag] = self.cb.select(TaggedEvent).where(f"investigation_id:{case.id}")
        tag.delete()
        self.assertEqual(self.server.json(f"/api/tagged_event/{case.id}"), [])


class UpkeepOfToday(Upkeep):
    OPTIONS = ("--server-version", "7.8")


if __name__ == "__main__":
    unittest.main()
