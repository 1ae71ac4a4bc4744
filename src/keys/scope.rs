//! Where a key applies.

use std::fmt;

use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// Where a binding applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Scope {
    /// Whatever has the focus.
    Global,
    /// Whatever shows rows or scrolls.
    List,
    /// Whatever has rows that can be filtered, marked and exported.
    Rows,
    /// The line in which a filter is typed; takes text.
    Filter,
    /// A popup with one line to type; takes text.
    Entry,
    /// The popup in which a download is ordered; takes text.
    Download,
    /// The popup in which something is picked by its name; takes text.
    Commands,
    /// The sheet on which a deed is looked at and confirmed; takes text.
    Sheet,
    /// The popup in which columns are chosen.
    Columns,
    /// The query editor; takes text.
    Query,
    /// Whatever can be copied from.
    Copy,
    /// Whatever leads to other questions.
    Pivot,
    /// The popup in which a stretch of time is chosen.
    Around,
    /// Whatever has a process under the cursor.
    Process,
    /// The list of processes found.
    Results,
    /// The parent chain.
    Lineage,
    /// The tree of a process.
    Tree,
    /// The facts of a process.
    Facts,
    /// The panel about the host.
    Sensor,
    /// What a process did.
    Events,
    /// Whatever has alerts that somebody must look at.
    Triage,
    /// Whatever can be switched on, switched off and deleted.
    Switched,
    /// The list of alerts.
    Alerts,
    /// The panel about an alert.
    Alert,
    /// The list of binaries.
    Binaries,
    /// Whatever shows a binary.
    Binary,
    /// The list of banned hashes.
    Bans,
    /// The popup in which a sensor group is picked.
    Groups,
    /// The list of isolated hosts.
    Isolated,
    /// The list of what was changed.
    Acts,
    /// The list of requests.
    Calls,
    /// The list of all sensors.
    Sensors,
    /// The panel about the host under the cursor.
    Host,
    /// The list of watchlists.
    Watchlists,
    /// The panel about a watchlist.
    Watchlist,
    /// The list of feeds.
    Feeds,
    /// The list of threat reports.
    Reports,
    /// The panel about a threat report.
    Report,
    /// The list of sensor groups.
    SensorGroups,
    /// The list of users.
    Users,
    /// The list of teams.
    Teams,
    /// The list of sites.
    Sites,
    /// The panel about the server.
    Server,
    /// The counted values of a result.
    Facets,
    /// A popup to be read: help, an error in full.
    Overlay,
    /// The popup of queries asked before.
    History,
    /// The popup of queries kept under a name.
    Saved,
}

impl Scope {
    /// The name in configuration: `results`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::List => "Lists",
            Self::Rows => "Rows",
            Self::Filter => "Filter",
            Self::Entry => "Text entry",
            Self::Download => "Download",
            Self::Commands => "Command palette",
            Self::Sheet => "Confirmation",
            Self::Columns => "Columns",
            Self::Query => "Query",
            Self::Copy => "Copy",
            Self::Pivot => "Pivots",
            Self::Around => "Around a time",
            Self::Process => "Selected process",
            Self::Results => "Processes",
            Self::Lineage => "Parent chain",
            Self::Tree => "Tree",
            Self::Facts => "Facts",
            Self::Sensor => "Sensor",
            Self::Events => "Events",
            Self::Triage => "Triage",
            Self::Switched => "Watchlists and feeds",
            Self::Alerts => "Alerts",
            Self::Alert => "Alert",
            Self::Binaries => "Binaries",
            Self::Binary => "Binary",
            Self::Bans => "Bans",
            Self::Groups => "Pick a sensor group",
            Self::Isolated => "Isolated",
            Self::Acts => "Activity",
            Self::Calls => "Requests",
            Self::Sensors => "Sensors",
            Self::Host => "Host",
            Self::Watchlists => "Watchlists",
            Self::Watchlist => "Watchlist",
            Self::Feeds => "Feeds",
            Self::Reports => "Threat reports",
            Self::Report => "Threat report",
            Self::SensorGroups => "Sensor groups",
            Self::Users => "Users",
            Self::Teams => "Teams",
            Self::Sites => "Sites",
            Self::Server => "Server",
            Self::Facets => "Facets",
            Self::Overlay => "Popup",
            Self::History => "Query history",
            Self::Saved => "Saved queries",
        }
    }

    /// The scopes asked, in this order, while this one has the focus.
    pub fn lookup_chain(self) -> &'static [Self] {
        // Short enough that a row is a line.
        use Scope as S;
        match self {
            S::Global => &[S::Global],
            S::List => &[S::List, S::Global],
            S::Rows => &[S::Rows, S::List, S::Global],
            S::Filter => &[S::Filter, S::Global],
            S::Entry => &[S::Entry, S::Global],
            S::Download => &[S::Download, S::Global],
            S::Commands => &[S::Commands, S::Global],
            S::Sheet => &[S::Sheet, S::Global],
            S::Columns => &[S::Columns, S::List, S::Global],
            S::Copy => &[S::Copy, S::Global],
            S::Pivot => &[S::Pivot, S::Global],
            S::Around => &[S::Around, S::Global],
            S::Process => &[S::Process, S::Pivot, S::Copy, S::List, S::Global],
            S::Query => &[S::Query, S::Global],
            S::Results => &[S::Results, S::Process, S::Pivot, S::Copy, S::Rows, S::List, S::Global],
            S::Facts => &[S::Facts, S::Process, S::Copy, S::List, S::Global],
            S::Tree => &[S::Tree, S::Process, S::Pivot, S::Copy, S::List, S::Global],
            S::Lineage => &[S::Lineage, S::Process, S::Pivot, S::Copy, S::List, S::Global],
            S::Sensor => &[S::Sensor, S::Copy, S::List, S::Global],
            S::Events => &[S::Events, S::Pivot, S::Copy, S::List, S::Global],
            S::Triage => &[S::Triage, S::Global],
            S::Switched => &[S::Switched, S::Global],
            S::Alerts => &[S::Alerts, S::Triage, S::Pivot, S::Copy, S::Rows, S::List, S::Global],
            S::Alert => &[S::Alert, S::Triage, S::Pivot, S::Copy, S::List, S::Global],
            S::Binary => &[S::Binary, S::Pivot, S::Copy, S::List, S::Global],
            S::Binaries => &[S::Binaries, S::Binary, S::Pivot, S::Copy, S::Rows, S::List, S::Global],
            S::Bans => &[S::Bans, S::Pivot, S::Copy, S::Rows, S::List, S::Global],
            S::Groups => &[S::Groups, S::List, S::Global],
            S::Isolated => &[S::Isolated, S::Pivot, S::Copy, S::Rows, S::List, S::Global],
            S::Acts => &[S::Acts, S::Pivot, S::Copy, S::Rows, S::List, S::Global],
            S::Calls => &[S::Calls, S::Copy, S::Rows, S::List, S::Global],
            S::Sensors => &[S::Sensors, S::Pivot, S::Copy, S::Rows, S::List, S::Global],
            S::Host => &[S::Host, S::Pivot, S::Copy, S::List, S::Global],
            S::Watchlists => &[S::Watchlists, S::Switched, S::Copy, S::Rows, S::List, S::Global],
            S::Feeds => &[S::Feeds, S::Switched, S::Copy, S::Rows, S::List, S::Global],
            S::Reports => &[S::Reports, S::Copy, S::Rows, S::List, S::Global],
            S::SensorGroups => &[S::SensorGroups, S::Copy, S::Rows, S::List, S::Global],
            S::Users => &[S::Users, S::Copy, S::Rows, S::List, S::Global],
            S::Teams => &[S::Teams, S::Copy, S::Rows, S::List, S::Global],
            S::Sites => &[S::Sites, S::Copy, S::Rows, S::List, S::Global],
            S::Watchlist => &[S::Watchlist, S::Switched, S::Copy, S::List, S::Global],
            S::Report => &[S::Report, S::Copy, S::List, S::Global],
            S::Server => &[S::Server, S::Copy, S::List, S::Global],
            S::Facets => &[S::Facets, S::Copy, S::List, S::Global],
            S::Overlay => &[S::Overlay, S::List, S::Global],
            S::History => &[S::History, S::List, S::Global],
            S::Saved => &[S::Saved, S::List, S::Global],
        }
    }

    /// Whether characters are typed here, so that none of them can be a key.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::Query | Self::Filter | Self::Entry | Self::Download | Self::Sheet | Self::Commands)
    }

    /// Every scope, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
