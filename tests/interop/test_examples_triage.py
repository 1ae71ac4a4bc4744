"""The official client's example scripts for alerts, watchlists and feeds, run unmodified."""

import json
import unittest
from unittest import mock

from cbapi.response import Alert, Watchlist

from scripts import ScriptCase

OPTIONS = ("--processes", "2000", "--alerts", "40", "--checkin", "50", "--index-lag", "0")


class Alerts(ScriptCase):
    OPTIONS = OPTIONS

    def test_alerts_are_printed_with_what_they_are_about(self):
        """alert_search: a line for each alert, and a link where it is about a process."""
        # The script knows no alerts about hosts, and ends at one.
        query = "status:Unresolved -alert_type:watchlist.hit.ingress.host"
        ran = self.script("alert_search", "--query", query)
        alerts = list(self.cb.select(Alert).where(query))
        self.assertGreater(len(alerts), 20)
        lines = []
        for alert in alerts:
            is_binary = "binary" in alert.alert_type
            what = f"Binary {alert.md5}" if is_binary else f"Process {alert.process_name}"
            lines.append(f"Alert with score {alert.report_score}: {what} matched watchlist/report {alert.watchlist_name}")
            if not is_binary:
                link = f"-> visit {alert.process.webui_link} to view this process in the Carbon Black UI."
                lines.append(link)
        self.assertEqual(sorted(ran.lines), sorted(lines))

    def test_alerts_are_resolved_in_bulk(self):
        """alert_bulk_resolve: all that match and no other, in one request; then it waits for the index, here in no time."""
        query = "watchlist_name:PowerShell"
        both = f"-status:Resolved {query}"
        chosen = {alert.unique_id for alert in self.cb.select(Alert).where(both)}
        others = self.server.json("/api/v2/alert", q=f"-status:Resolved -{query}", rows=0)["total_results"]
        self.assertTrue(chosen and others)
        self.server.forget_requests()
        with mock.patch("time.sleep") as waits:
            ran = self.script("alert_bulk_resolve", "--query", query)
        self.assertEqual([call.args for call in waits.call_args_list], [(25,)])
        self.assertEqual(ran.lines[0], f"Resolving {len(chosen)} alerts...")
        self.assertEqual(ran.lines[-1], f"Complete. Resolved {len(chosen)} alerts.")
        self.assertEqual(self.changes(), ["POST /api/v1/alerts"])
        resolved = self.server.json("/api/v2/alert", q=f"status:Resolved {query}", rows=1000)["results"]
        self.assertLessEqual(chosen, {row["unique_id"] for row in resolved})
        left = self.server.json("/api/v2/alert", q=f"-status:Resolved -{query}", rows=0)["total_results"]
        self.assertEqual(left, others)
        ran = self.script("alert_bulk_resolve", "--query", query)
        self.assertEqual(ran.out, "Congratulations! You have no unresolved alerts!\n")

    def test_hosts_of_a_watchlist_are_isolated(self):
        """sensor_operations: every host with an alert of a watchlist is isolated, and the script waits until it is."""
        alerts = list(self.cb.select(Alert).where("watchlist_name:FUZZYWOMBAT*"))
        self.assertTrue(alerts)
        arguments = ("sensor_operations", "-w", "FUZZYWOMBAT*", "-o", "isolate")
        ran = self.script(*arguments, "-d", "yes")
        self.assertEqual(ran.out.count("DRYRUN: would have"), len(alerts))
        self.assertEqual(self.changes(), [])
        ran = self.script(*arguments)
        self.assertEqual(ran.lines[-1], "Sensor operations finished", ran.out)
        for sensor in {alert.sensor_id for alert in alerts}:
            record = self.server.json(f"/api/v1/sensor/{sensor}")
            self.assertTrue(record["network_isolation_enabled"] and record["is_isolating"])
        self.script("sensor_operations", "-w", "nobody's", "-o", "isolate")


class Watchlists(ScriptCase):
    OPTIONS = OPTIONS

    def named(self, name):
        return [one for one in self.server.json("/api/v1/watchlist") if one["name"] == name]

    def test_watchlists_are_listed_and_deleted(self):
        """watchlist_operations: the list has all; one that is deleted by name or number is gone."""
        ran = self.script("watchlist_operations", "list")
        self.assertEqual(ran.out.count("Watchlist object, bound to"), len(self.server.json("/api/v1/watchlist")))
        made = [self.server.ask("/api/v1/watchlist", "POST", self.watchlist(name))["id"] for name in ("one", "two")]
        ran = self.script("watchlist_operations", "delete", "-N", "one")
        self.assertEqual(ran.out, f"Deleted watchlist id {made[0]} with name one\n")
        ran = self.script("watchlist_operations", "delete", "-i", str(made[1]))
        self.assertEqual(ran.out, f"Deleted watchlist id {made[1]} with name two\n")
        self.assertEqual(self.named("one") + self.named("two"), [])
        ran = self.script("watchlist_operations", "delete", "-N", "two")
        self.assertEqual(ran.out, "Could not find watchlist with name two: No watchlists match\n")

    def watchlist(self, name):
        return {"name": name, "index_type": "events", "search_query": "cb.urlver=1&q=process_name%3Anet.exe"}

    def test_a_watchlist_is_added_although_the_script_cannot_say_so(self):
        """watchlist_operations add: the answer's number is no text, on which the script stumbles after the deed."""
        add = ("watchlist_operations", "add", "-N", "net", "-q", "process_name:net.exe", "-t", "events")
        ran = self.script(*add, code=1)
        self.assertIn("ValueError: Unknown format code 's' for object of type 'int'", ran.trouble)
        [made] = self.named("net")
        self.assertIn("process_name", made["search_query"])
        watchlist = self.cb.select(Watchlist, made["id"])
        self.assertEqual(watchlist.query, "process_name:net.exe")
        ran = self.script("watchlist_operations", "list-actions", "-N", "net")
        self.assertEqual(ran.out, "Actions in Watchlist net:\n")

    def test_watchlists_go_out_as_a_file_and_come_back_from_it(self):
        """watchlist_exporter and watchlist_importer: what one writes, the other makes watchlists of."""
        [shell] = self.named("PowerShell")
        self.script("watchlist_exporter", "-f", "all.json", "-a", "Kim", "-d", "for a friend")
        with open("all.json") as file:
            export = json.load(file)
        self.assertEqual((export["Author"], export["ExportDescription"]), ("Kim", "for a friend"))
        known = {one["name"]: one["search_query"] for one in self.server.json("/api/v1/watchlist")}
        self.assertEqual({one["Name"]: one["URL"] for one in export["Watchlists"]}, known)
        self.script("watchlist_exporter", "-f", "one.json", "-w", "PowerShell", "-m", answers=["x", "y"])
        with open("one.json") as file:
            [one] = json.load(file)["Watchlists"]
        self.assertEqual(one["Name"], "PowerShell")

        self.server.call(f"/api/v1/watchlist/{shell['id']}", "DELETE")
        ran = self.script("watchlist_importer", "-f", "one.json")
        self.assertEqual(ran.lines[0], "Importing Fill in description from Fill in author...")
        self.assertEqual(ran.lines[-1], "-> Done importing! <-")
        [made] = self.named("PowerShell")
        # The client forgets the name of what it has just made.
        self.assertEqual(ran.lines[1], f"-> Watchlist None added [id={made['id']}]")
        watchlist = self.cb.select(Watchlist, made["id"])
        self.assertEqual((watchlist.query, watchlist.index_type), (one["SearchString"], one["Type"]))
        self.assertEqual(self.script("watchlist_importer", "-f", "one.json", "-m", answers=["n"]).lines[1:], ["Import watchlist PowerShell? y/n: -> Done importing! <-"])


class Feeds(ScriptCase):
    OPTIONS = OPTIONS

    def feed(self, name):
        [feed] = [one for one in self.server.json("/api/v1/feed") if one["name"] == name]
        return feed

    def test_feeds_are_listed_switched_off_and_on(self):
        """feed_operations: the list has all; one is switched off and on by its name, and is told to be so already."""
        ran = self.script("feed_operations", "list")
        feeds = self.server.json("/api/v1/feed")
        names = [line.split(": ", 1)[1] for line in ran.lines if line.startswith("display_name")]
        self.assertEqual(names, [feed["display_name"] for feed in feeds])
        soc = self.feed("soc")
        for verb, doing, enabled in (("disable", "Disabl", False), ("enable", "Enabl", True)):
            ran = self.script("feed_operations", verb, "-f", "soc")
            self.assertEqual(ran.out, f"{doing}ing feed named soc with id {soc['id']}\n")
            self.assertEqual(self.feed("soc")["enabled"], enabled)
            ran = self.script("feed_operations", verb, "-f", "soc")
            self.assertEqual(ran.out, f"Feed named soc with id {soc['id']} already {doing}ed, continuing\n")
        ran = self.script("feed_operations", "list-actions", "-f", "soc")
        self.assertEqual(ran.lines[0], "Actions in Feed soc:")
        self.assertEqual(len(ran.lines) - 1, len(self.server.json(f"/api/v1/feed/{soc['id']}/action")))

    def test_a_feed_that_cannot_be_fetched_is_not_added(self):
        """feed_operations add: the server has no way out to the address, which the script explains."""
        ran = self.script("feed_operations", "add", "-u", "https://nowhere.example/feed.json", "-e")
        self.assertEqual(ran.lines[0], "Could not add feed:")
        self.assertIn("Received error code 500 from server", ran.lines[1])
        ran = self.script("feed_operations", "add", "-u", self.feed("soc")["feed_url"])
        self.assertTrue(ran.out.startswith("Warning: Feeds already configured for this url"), ran.out)

    def test_a_feed_is_deleted(self):
        """feed_operations delete: gone from the list, and unknown the second time."""
        victim = self.server.json("/api/v1/feed")[-1]
        ran = self.script("feed_operations", "delete", "-i", str(victim["id"]))
        self.assertEqual(ran.out, f"Deleted feed id {victim['id']} with name {victim['name']}\n")
        self.assertEqual(self.server.call(f"/api/v1/feed/{victim['id']}")[0], 404)
        ran = self.script("feed_operations", "delete", "-i", str(victim["id"]))
        self.assertTrue(ran.out.startswith("Could not find feed with ID of "), ran.out)


if __name__ == "__main__":
    unittest.main()
