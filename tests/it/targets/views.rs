//! Every view with a cursor, and how one gets there.

use lampblack::worker::List;

/// A view to be walked.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of a view, beside its name")]
pub(crate) struct View {
    /// What it is called in a failure.
    pub(crate) name: &'static str,
    /// The keys that lead there from the start.
    pub(crate) come: &'static str,
    /// What is typed then, where a query is.
    pub(crate) query: &'static str,
    /// The keys that follow on the query, parted by `;` where the rows must have come.
    pub(crate) then: &'static str,
    /// The keys to the first row that is about something.
    pub(crate) first: &'static str,
    /// Whether the cursor is in a tree: then its relatives are always good, too.
    pub(crate) is_tree: bool,
    /// The lists whose rows the cursor is in: their answers are always good.
    pub(crate) rows: &'static [List],
    /// Whether its rows are counts: their answers are always good.
    pub(crate) is_counted: bool,
    /// The keys from the row under the cursor to what is looked at, and those that lead back.
    pub(crate) visit: &'static str,
    pub(crate) back: &'static str,
    /// The list of what is looked at, where it is one of rows: its answers are as good as the others about it.
    pub(crate) opens: Option<List>,
    /// Whether the cursor is among what is known only when all is known: then all is, before the row is left.
    pub(crate) is_settled: bool,
    /// Whether the record of the row names every possible target.
    pub(crate) is_named: bool,
    /// Whether only a few keys are pressed, because the panes are those of another view.
    pub(crate) is_brief: bool,
    /// How many panes the tab key goes through, the first one among them.
    pub(crate) panes: usize,
}

const PLAIN: View = View {
    name: "",
    come: "",
    query: "",
    then: "",
    first: "g g",
    is_tree: false,
    rows: &[],
    is_counted: false,
    visit: "",
    back: "",
    opens: None,
    is_settled: false,
    is_named: true,
    is_brief: false,
    panes: 1,
};

/// What lies beside the first list, and what is looked at from a row.
const OPENED: View = View { visit: "enter", back: "[", is_named: false, is_brief: true, ..PLAIN };

pub(crate) const VIEWS: &[View] = &[
    View { name: "hunt", query: "process_name:cmd.exe", rows: &[List::Processes], panes: 3, ..PLAIN },
    View {
        name: "process opened from the hunt",
        query: "process_name:cmd.exe",
        rows: &[List::Processes],
        visit: "enter",
        back: "[",
        panes: 3,
        ..PLAIN
    },
    View {
        name: "tree",
        query: "process_name:services.exe",
        then: "enter",
        is_tree: true,
        rows: &[List::Processes],
        panes: 3,
        ..PLAIN
    },
    View {
        name: "facets",
        query: "process_name:cmd.exe OR process_name:net.exe",
        then: "F",
        rows: &[List::Processes],
        is_counted: true,
        is_named: false,
        ..PLAIN
    },
    View { name: "alerts", come: "esc 3", rows: &[List::Alerts], panes: 2, ..PLAIN },
    View {
        name: "process opened from an alert",
        come: "esc 3",
        rows: &[List::Alerts],
        visit: "enter",
        back: "[",
        panes: 3,
        ..PLAIN
    },
    View { name: "alert groups", come: "esc 3 ,", rows: &[List::Alerts, List::AlertGroups], panes: 2, ..PLAIN },
    View { name: "ingress filters", come: "esc g x", rows: &[List::IngressFilters], ..PLAIN },
    View { name: "sensors", come: "esc 4", rows: &[List::Sensors], panes: 2, ..PLAIN },
    View { name: "binaries", come: "esc 5", query: "*", rows: &[List::Binaries], panes: 2, ..PLAIN },
    View { name: "watchlists", come: "esc 6", rows: &[List::Watchlists], panes: 2, ..PLAIN },
    View { name: "feeds", come: "esc 7", rows: &[List::Feeds], panes: 3, ..PLAIN },
    View {
        name: "reports",
        come: "esc 7",
        rows: &[List::Feeds, List::Reports],
        visit: "tab",
        back: "backtab",
        panes: 2,
        ..PLAIN
    },
    View { name: "bans", come: "esc 8", rows: &[List::Bans], ..PLAIN },
    View { name: "admin", come: "esc 9", rows: &[List::SensorGroups], ..PLAIN },
    View { name: "isolated", come: "esc g i", rows: &[List::IsolatedSensors], ..PLAIN },
    View { name: "users", come: "esc 9", then: "tab", rows: &[List::Users], ..PLAIN },
    View { name: "teams", come: "esc 9", then: "tab tab tab", rows: &[List::Teams], ..PLAIN },
    View { name: "sites", come: "esc 9", then: "tab tab tab tab", rows: &[List::Sites], ..PLAIN },
    View { name: "activity", come: "esc @", ..PLAIN },
];

/// Every way from a row to something else, and back and forth again.
pub(crate) const WAYS: &[View] = &[
    View {
        name: "back and forth again",
        query: "process_name:cmd.exe",
        rows: &[List::Processes],
        visit: "enter [ ]",
        panes: 3,
        ..OPENED
    },
    View {
        name: "relative opened from the tree",
        query: "process_name:services.exe",
        then: "enter",
        // The first line says why the chain ends.
        first: "g g j",
        rows: &[List::Processes],
        is_settled: true,
        panes: 3,
        ..OPENED
    },
    View {
        name: "ancestor opened from the chain",
        query: "process_name:winupdsvc.exe",
        then: "tab",
        first: "g g j",
        rows: &[List::Processes],
        is_settled: true,
        panes: 3,
        ..OPENED
    },
    View {
        name: "child opened from its event",
        query: "process_name:services.exe",
        then: "enter tab e c",
        rows: &[List::Processes],
        is_settled: true,
        panes: 3,
        ..OPENED
    },
    View {
        name: "alerts of a group",
        come: "esc 3 ,",
        rows: &[List::AlertGroups],
        opens: Some(List::Alerts),
        panes: 2,
        ..OPENED
    },
    View {
        name: "hits of a watchlist",
        come: "esc 6",
        rows: &[List::Watchlists],
        opens: Some(List::Processes),
        panes: 3,
        ..OPENED
    },
    View {
        name: "process opened from a hit of a watchlist",
        come: "esc 6",
        then: "enter",
        rows: &[List::Watchlists, List::Processes],
        panes: 3,
        ..OPENED
    },
    View {
        name: "reports of a feed",
        come: "esc 7",
        rows: &[List::Feeds],
        opens: Some(List::Reports),
        panes: 2,
        ..OPENED
    },
    View {
        name: "alerts of a report",
        come: "esc 7",
        then: "/ s o c enter tab",
        rows: &[List::Feeds, List::Reports],
        opens: Some(List::Alerts),
        panes: 2,
        ..OPENED
    },
    View {
        name: "processes of a sensor",
        come: "esc 4",
        rows: &[List::Sensors],
        opens: Some(List::Processes),
        panes: 3,
        ..OPENED
    },
    View {
        name: "processes of a binary",
        come: "esc 5",
        query: "*",
        rows: &[List::Binaries],
        opens: Some(List::Processes),
        panes: 3,
        ..OPENED
    },
    View {
        name: "process opened from those of a binary",
        come: "esc 5",
        query: "original_filename:cmd.exe",
        then: "enter",
        rows: &[List::Binaries, List::Processes],
        panes: 3,
        ..OPENED
    },
    View {
        name: "process opened from an alert of a report",
        come: "esc 7",
        then: "/ s o c enter tab ; enter",
        rows: &[List::Feeds, List::Reports, List::Alerts],
        panes: 3,
        ..OPENED
    },
    View {
        name: "binary of a ban",
        come: "esc 8",
        rows: &[List::Bans],
        opens: Some(List::Binaries),
        panes: 2,
        ..OPENED
    },
    View {
        name: "processes of an isolated host",
        come: "esc g i",
        rows: &[List::IsolatedSensors],
        opens: Some(List::Processes),
        panes: 3,
        ..OPENED
    },
    View {
        name: "hosts of a group",
        come: "esc 9",
        rows: &[List::SensorGroups],
        opens: Some(List::Sensors),
        panes: 2,
        ..OPENED
    },
    View {
        name: "what an action changed",
        come: "esc @",
        opens: Some(List::Binaries),
        panes: 2,
        visit: "x h",
        ..OPENED
    },
    View {
        name: "pivot to the processes of the host",
        query: "process_name:cmd.exe",
        rows: &[List::Processes],
        opens: Some(List::Processes),
        visit: "x n",
        panes: 3,
        ..OPENED
    },
    View {
        name: "pivot to the host",
        query: "process_name:cmd.exe",
        rows: &[List::Processes],
        opens: Some(List::Sensors),
        visit: "g h",
        panes: 2,
        ..OPENED
    },
    View {
        name: "pivot to the binary",
        query: "process_name:svchost.exe OR process_name:cmd.exe",
        rows: &[List::Processes],
        opens: Some(List::Binaries),
        visit: "g b",
        panes: 2,
        ..OPENED
    },
    View {
        name: "pivot to the alerts of the host",
        query: "process_name:cmd.exe",
        rows: &[List::Processes],
        opens: Some(List::Alerts),
        visit: "g a",
        panes: 2,
        ..OPENED
    },
    View {
        name: "pivot from an event to the processes with its hash",
        query: "process_name:svch0st.exe",
        then: "enter tab e m",
        rows: &[List::Processes],
        opens: Some(List::Processes),
        is_settled: true,
        visit: "x h",
        panes: 3,
        ..OPENED
    },
    View {
        name: "pivot from an alert to its report",
        come: "esc 3 i ctrl-u",
        query: "status:Unresolved alert_type:watchlist.hit.ingress.process",
        rows: &[List::Alerts, List::Feeds],
        opens: Some(List::Reports),
        visit: "g f",
        panes: 2,
        ..OPENED
    },
    View {
        name: "pivot from an alert to its watchlist",
        come: "esc 3 i ctrl-u",
        query: "status:Unresolved alert_type:watchlist.hit.query.process",
        rows: &[List::Alerts, List::Watchlists],
        visit: "g w",
        panes: 2,
        ..OPENED
    },
];
