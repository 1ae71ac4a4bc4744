//! Every view with a cursor, and how one gets there.

use lampblack::worker::List;

/// A view to be walked.
pub(crate) struct View {
    /// What it is called in a failure.
    pub(crate) name: &'static str,
    /// The keys that lead there from the start.
    pub(crate) come: &'static str,
    /// What is typed then, where a query is.
    pub(crate) query: &'static str,
    /// The keys that follow on the query.
    pub(crate) then: &'static str,
    /// Whether the cursor is in a tree: then its relatives are always good, too.
    pub(crate) is_tree: bool,
    /// The lists whose rows the cursor is in: their answers are always good.
    pub(crate) rows: &'static [List],
    /// The keys from the row under the cursor to what is looked at, and those that lead back.
    pub(crate) visit: &'static str,
    pub(crate) back: &'static str,
    /// How many panes the tab key goes through, the first one among them.
    pub(crate) panes: usize,
}

const PLAIN: View = View {
    name: "",
    come: "",
    query: "",
    then: "",
    is_tree: false,
    rows: &[],
    visit: "",
    back: "",
    panes: 1,
};

pub(crate) const VIEWS: &[View] = &[
    View {
        name: "hunt",
        query: "process_name:cmd.exe",
        rows: &[List::Processes],
        panes: 3,
        ..PLAIN
    },
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
        name: "alerts",
        come: "esc 3",
        rows: &[List::Alerts],
        panes: 2,
        ..PLAIN
    },
    View {
        name: "process opened from an alert",
        come: "esc 3",
        rows: &[List::Alerts],
        visit: "enter",
        back: "[",
        panes: 3,
        ..PLAIN
    },
    View {
        name: "alert groups",
        come: "esc 3 ,",
        rows: &[List::Alerts, List::Bundles],
        panes: 2,
        ..PLAIN
    },
    View {
        name: "sensors",
        come: "esc 4",
        rows: &[List::Sensors],
        panes: 2,
        ..PLAIN
    },
    View {
        name: "binaries",
        come: "esc 5 i",
        query: "*",
        rows: &[List::Binaries],
        panes: 2,
        ..PLAIN
    },
    View {
        name: "watchlists",
        come: "esc 6",
        rows: &[List::Watchlists],
        panes: 2,
        ..PLAIN
    },
    View {
        name: "feeds",
        come: "esc 7",
        rows: &[List::Feeds],
        panes: 3,
        ..PLAIN
    },
    View {
        name: "reports",
        come: "esc 7",
        rows: &[List::Feeds, List::Reports],
        visit: "tab",
        back: "backtab",
        panes: 2,
        ..PLAIN
    },
    View {
        name: "bans",
        come: "esc 8",
        rows: &[List::Bans],
        ..PLAIN
    },
    View {
        name: "admin",
        come: "esc 9",
        rows: &[List::Groups],
        ..PLAIN
    },
    View {
        name: "isolated",
        come: "esc g i",
        rows: &[List::Isolated],
        ..PLAIN
    },
];
