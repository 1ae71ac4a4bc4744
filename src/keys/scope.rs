//! Scopes of key bindings.

use std::fmt;

use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// The panes, popups and groups of panes in which a binding applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Scope {
    /// Everywhere.
    Global,
    /// Panes with rows, and panes that scroll.
    List,
    /// Panes with rows that can be filtered, marked and exported.
    Rows,
    /// Filter entry; takes text.
    Filter,
    /// One-line prompt; takes text.
    Entry,
    /// Download form; takes text.
    Download,
    /// Command palette; takes text.
    Commands,
    /// Confirmation of a change; takes text.
    Sheet,
    /// Column picker.
    Columns,
    /// Query editor; takes text.
    Query,
    /// Panes from which values can be copied.
    Copy,
    /// Panes from which observables can be searched.
    Pivot,
    /// Picker of a time range around an event.
    Around,
    /// Panes with a process under the cursor.
    Process,
    /// List of processes.
    Results,
    /// Parent chain.
    Lineage,
    /// Process tree.
    Tree,
    /// Details of a process.
    Facts,
    /// Details of the sensor in the hunt view.
    Sensor,
    /// Events of a process.
    Events,
    /// Panes with alerts whose status can be set.
    Triage,
    /// Panes with watchlists or feeds, which can be enabled, disabled and deleted.
    Switched,
    /// List of alerts.
    Alerts,
    /// Details of an alert.
    Alert,
    /// List of binaries.
    Binaries,
    /// Panes with a binary.
    Binary,
    /// List of banned hashes.
    Bans,
    /// Picker of a sensor group.
    Groups,
    /// List of isolated sensors.
    Isolated,
    /// List of changes in the audit log.
    Acts,
    /// List of requests.
    Calls,
    /// List of sensors.
    Sensors,
    /// Details of the selected host.
    Host,
    /// List of watchlists.
    Watchlists,
    /// Details of a watchlist.
    Watchlist,
    /// List of feeds.
    Feeds,
    /// List of threat reports.
    Reports,
    /// Details of a threat report.
    Report,
    /// List of sensor groups.
    SensorGroups,
    /// List of users.
    Users,
    /// List of teams.
    Teams,
    /// List of sites.
    Sites,
    /// Details of the server.
    Server,
    /// Value counts of a search.
    Facets,
    /// Read-only popups: help, an error in full.
    Overlay,
    /// Query history.
    History,
    /// Saved queries.
    Saved,
}

impl Scope {
    /// Returns the name in the configuration: `results`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns the name shown to users.
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
            Self::Switched => "Watchlists, feeds, ingress filters",
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

    /// Returns the scopes in which a key is looked up, in order, while this one has the focus.
    pub fn lookup_chain(self) -> &'static [Self] {
        // Keeps every row on one line.
        use Scope as S;
        match self {
            S::Global => &[S::Global],
            S::List => &[S::List, S::Global],
            S::Rows => &[S::Rows, S::Copy, S::List, S::Global],
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
            S::Switched => &[S::Switched, S::Copy, S::Rows, S::List, S::Global],
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

    /// Returns whether characters are typed as text here, so that they cannot be keys.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::Query | Self::Filter | Self::Entry | Self::Download | Self::Sheet | Self::Commands)
    }

    /// Returns every scope, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
