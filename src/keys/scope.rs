//! Where a key applies.

use std::fmt;

use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// Where a binding applies.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr,
)]
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
    /// The list of alerts.
    Alerts,
    /// The panel about an alert.
    Alert,
    /// The list of binaries.
    Binaries,
    /// Whatever shows a binary.
    Binary,
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
            Self::Entry => "Entry",
            Self::Download => "Download",
            Self::Columns => "Columns",
            Self::Query => "Query",
            Self::Copy => "Copy",
            Self::Pivot => "Pivots",
            Self::Around => "Around a time",
            Self::Process => "Process under the cursor",
            Self::Results => "Processes",
            Self::Lineage => "Parent chain",
            Self::Tree => "Tree",
            Self::Facts => "Facts",
            Self::Sensor => "Sensor",
            Self::Events => "Events",
            Self::Alerts => "Alerts",
            Self::Alert => "Alert",
            Self::Binaries => "Binaries",
            Self::Binary => "Binary",
            Self::Facets => "Facets",
            Self::Overlay => "Popup",
            Self::History => "Query history",
            Self::Saved => "Saved queries",
        }
    }

    /// The scopes asked, in this order, while this one has the focus.
    pub fn chain(self) -> &'static [Self] {
        match self {
            Self::Global => &[Self::Global],
            Self::List => &[Self::List, Self::Global],
            Self::Rows => &[Self::Rows, Self::List, Self::Global],
            Self::Filter => &[Self::Filter, Self::Global],
            Self::Entry => &[Self::Entry, Self::Global],
            Self::Download => &[Self::Download, Self::Global],
            Self::Columns => &[Self::Columns, Self::List, Self::Global],
            Self::Copy => &[Self::Copy, Self::Global],
            Self::Pivot => &[Self::Pivot, Self::Global],
            Self::Around => &[Self::Around, Self::Global],
            Self::Process => &[
                Self::Process,
                Self::Pivot,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Query => &[Self::Query, Self::Global],
            Self::Results => &[
                Self::Results,
                Self::Process,
                Self::Pivot,
                Self::Copy,
                Self::Rows,
                Self::List,
                Self::Global,
            ],
            Self::Facts => &[
                Self::Facts,
                Self::Process,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Tree => &[
                Self::Tree,
                Self::Process,
                Self::Pivot,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Lineage => &[
                Self::Lineage,
                Self::Process,
                Self::Pivot,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Sensor => &[Self::Sensor, Self::Copy, Self::List, Self::Global],
            Self::Events => &[
                Self::Events,
                Self::Pivot,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Alerts => &[
                Self::Alerts,
                Self::Pivot,
                Self::Copy,
                Self::Rows,
                Self::List,
                Self::Global,
            ],
            Self::Alert => &[
                Self::Alert,
                Self::Pivot,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Binary => &[
                Self::Binary,
                Self::Pivot,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Binaries => &[
                Self::Binaries,
                Self::Binary,
                Self::Pivot,
                Self::Copy,
                Self::Rows,
                Self::List,
                Self::Global,
            ],
            Self::Facets => &[Self::Facets, Self::Copy, Self::List, Self::Global],
            Self::Overlay => &[Self::Overlay, Self::List, Self::Global],
            Self::History => &[Self::History, Self::List, Self::Global],
            Self::Saved => &[Self::Saved, Self::List, Self::Global],
        }
    }

    /// Whether characters are typed here, so that none of them can be a key.
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            Self::Query | Self::Filter | Self::Entry | Self::Download
        )
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
