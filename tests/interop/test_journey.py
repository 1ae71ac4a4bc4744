"""An analyst's shift in the console; the official client, asked afterwards, sees exactly what was done."""

import re
from urllib.parse import parse_qs

from cbapi.response import Alert, Process, Sensor, SensorGroup, ThreatReport, Watchlist

from console import Console
from server import ServerCase

OPEN = ("Unresolved", "In Progress")
# What a sheet shows once nothing speaks against it.
READY = re.compile(r"\[ cancel \] +(press . again to confirm|Tab to|│)")


class QueueToZero(ServerCase):
    def setUp(self):
        super().setUp()
        self.console = Console(self.home(), "--user", "ana")
        self.addCleanup(self.console.stop)
        self.console.until("No search yet")

    # What a client sees of all that a shift may change; a new one each time, which remembers nothing.

    def alerts(self):
        """The status and the owner of every alert, and what raised it."""
        alerts = {one.unique_id: one for one in self.server.connect().select(Alert).where("")}
        states = {name: (one.status, one._info.get("assigned_to")) for name, one in alerts.items()}
        return states, {name: one.watchlist_name for name, one in alerts.items()}

    def rest(self):
        cb = self.server.connect()
        return {
            "watchlists": {one.id: (one.name, one.search_query, one.enabled) for one in cb.select(Watchlist)},
            "ignored": {(one.feed_id, one.id) for one in cb.select(ThreatReport).where("") if one.is_ignored},
            "groups": {one.name for one in cb.select(SensorGroup)},
            "hosts": {one.hostname: one.group.name for one in cb.select(Sensor)},
        }

    # What an analyst does.

    def confirm(self):
        """Goes on from the reason of a sheet to its verb, and does it."""
        self.console.press("tab tab")
        self.do()
        self.console.until("CONFIRMED")

    def do(self):
        self.console.until(READY)
        self.console.press("enter")

    def count(self):
        """Types how many things a sheet is about, and goes on to its verb."""
        screen = self.console.until("[ cancel ]", "(number of")
        n = re.search(r"type (\d+) \(number of", screen).group(1)
        self.console.write(n)
        self.console.press("tab")
        self.do()
        return int(n)

    def silence_the_noisiest_report(self):
        # A digit right behind an escape is alt and that digit.
        self.console.press("esc")
        self.console.until("? help")
        self.console.press("3 ,")
        self.console.until("groups, by report")
        self.console.press("G M")
        self.console.until("IGNORE REPORT", "open alerts", "Based on 3 API requests")
        self.console.write("an inventory tool")
        self.console.press("tab tab space tab")
        # The report is one of them.
        n = self.count() - 1
        self.console.until(f"ignore report and false positive, {n + 1} in all: {n + 1} CONFIRMED", "17 groups")
        return n

    def close_what_is_no_part_of_the_incident(self):
        self.console.press("g g * space space f")
        n = self.count()
        self.console.until(f"CONFIRMED; {n} of {n} alerts changed", "2 groups")
        return n

    def follow_the_incident_to_its_process(self):
        self.console.press("g g /")
        self.console.write("beacon")
        self.console.press("enter enter")
        self.console.until("Alert details", "FUZZYWOMBAT beacon")
        self.console.press("enter")
        self.console.until("Tree  svch0st.exe")

    def watch_what_it_runs(self):
        self.console.press("x h")
        self.console.until("Processes  ")
        self.console.press("W")
        self.console.until("New process watchlist")
        self.console.write("FUZZYWOMBAT payload")
        self.console.press("tab tab tab space enter")
        self.console.until("CREATE WATCHLIST")
        self.confirm()

    def move_its_host(self):
        self.console.press("9 n")
        self.console.until("New sensor group")
        self.console.write("Quarantine")
        self.console.press("tab enter")
        self.console.until("CREATE")
        self.confirm()
        self.console.press("[ [")
        self.console.until("Tree  svch0st.exe")
        self.console.press("S m")
        self.console.until("Move FIN-WS-042", "to group", "Quarantine")
        self.console.press("G enter")
        self.console.until("MOVE", "group Finance: move to group Quarantine")
        self.confirm()

    def resolve_the_incident(self):
        self.console.press("3")
        self.console.until("Alert details")
        self.console.press("3")
        self.console.until("groups, by report", "/beacon")
        # A key right behind an escape is alt and that key.
        self.console.press("esc")
        self.console.until("FUZZYWOMBAT service")
        self.console.press("* d")
        self.console.until("RESOLVE 5 alerts", "press d again to confirm")
        self.console.press("d")
        self.console.until("resolve 5 alerts: CONFIRMED; 5 of 5 alerts changed", "No alerts match")

    def test_the_queue_is_worked_to_zero(self):
        before, raised_by = self.alerts()
        rest = self.rest()
        was_open = {name for name, (status, _) in before.items() if status in OPEN}
        incident = {name for name in was_open if "FUZZYWOMBAT" in raised_by[name]}

        n_silenced = self.silence_the_noisiest_report()
        n_noise = self.close_what_is_no_part_of_the_incident()
        self.follow_the_incident_to_its_process()
        self.watch_what_it_runs()
        self.move_its_host()
        self.resolve_the_incident()

        self.assertEqual(n_silenced + n_noise + 5, len(was_open))
        after, _ = self.alerts()
        for name, (status, owner) in before.items():
            if name in was_open:
                status = "Resolved" if name in incident else "False Positive"
            self.assertEqual(after[name], (status, owner), raised_by[name])
        payload = self.payload().md5sum.lower()
        now = self.rest()
        (number,) = now["watchlists"].keys() - rest["watchlists"].keys()
        name, query, is_enabled = now["watchlists"][number]
        self.assertEqual((name, parse_qs(query)["q"], is_enabled), ("FUZZYWOMBAT payload", [f"process_md5:{payload}"], True))
        (action,) = self.server.json(f"/api/v1/watchlist/{number}/action")
        self.assertEqual(action["action_type"], 3)
        tagged = self.server.connect().select(Process).where(f"watchlist_{number}:*").group_by("id")
        self.assertEqual([one.process_name for one in tagged], ["svch0st.exe"])
        # Nothing else has changed.
        rest["watchlists"][number] = now["watchlists"][number]
        rest["ignored"].add((2, "vt-4471"))
        rest["groups"].add("Quarantine")
        rest["hosts"]["FIN-WS-042"] = "Quarantine"
        self.assertEqual(now, rest)
