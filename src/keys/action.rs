//! What the user can ask for, and where it applies.

use std::fmt;

use strum::{EnumIter, EnumMessage, EnumString, IntoEnumIterator, IntoStaticStr};

/// Something the user can ask for. The doc comment is the help text.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr, EnumMessage,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// Close what is on top; with nothing left to close, quit
    #[strum(message = "close")]
    Quit,
    /// Cancel what is awaited; twice within a second quits
    Cancel,
    /// Suspend the console and return to the shell
    Suspend,
    /// Draw the whole screen again
    Redraw,
    /// Show the keys that work here
    Help,
    /// Take one layer away: popup, entry, filter, marks, zoom
    Back,
    /// Go back to where you were, as you left it
    #[strum(message = "back in history")]
    GoBack,
    /// Go forward again
    #[strum(message = "forward")]
    GoForward,
    /// Hunt: search processes
    #[strum(message = "hunt")]
    ViewHunt,
    /// Process: relatives and facts of the one under the cursor
    #[strum(message = "process")]
    ViewProcess,
    /// Alerts: what watchlists and feeds have found
    #[strum(message = "alerts")]
    ViewAlerts,
    /// Binaries: search files
    #[strum(message = "binaries")]
    ViewBinaries,
    /// Show the last error in full, with what to do about it
    #[strum(message = "error")]
    ShowError,
    /// Focus the next pane
    #[strum(message = "pane")]
    NextPane,
    /// Focus the previous pane
    PreviousPane,
    /// Give the focused pane more of the screen, then less
    Zoom,
    /// Fetch again, past the cache
    Refresh,
    /// Show times in the next zone: UTC, the hosts', yours
    #[strum(message = "time zone")]
    TimeZone,

    /// Edit the query
    #[strum(message = "query")]
    EditQuery,
    /// Pick from the queries asked before
    History,
    /// Run the query
    #[strum(message = "run")]
    Submit,
    /// Begin a new line in the query
    Newline,
    /// Accept the completion that is offered
    Complete,
    /// Go to the next completion, line or later query
    NextCompletion,
    /// Go to the previous completion, line or earlier query
    PreviousCompletion,

    /// Move down
    Down,
    /// Move up
    Up,
    /// Move half a page down
    HalfPageDown,
    /// Move half a page up
    HalfPageUp,
    /// Move a page down
    PageDown,
    /// Move a page up
    PageUp,
    /// Go to the first row
    Top,
    /// Go to the last row
    Bottom,
    /// Show more of the beginning of the command lines
    #[strum(message = "left")]
    Left,
    /// Show more of the end of the command lines
    #[strum(message = "right")]
    Right,
    /// Open what is under the cursor
    Open,

    /// Show only rows with words, !words, column:words
    Filter,
    /// Keep the filter and go back to the rows
    #[strum(message = "keep")]
    KeepFilter,
    /// Mark the row and move down
    Mark,
    /// Mark what the cursor passes, until pressed again
    #[strum(message = "mark range")]
    MarkRange,
    /// Mark every row that is shown and loaded
    #[strum(message = "mark all")]
    MarkAll,
    /// Choose the columns
    Columns,
    /// Write the rows shown, or those marked, to a file
    Export,
    /// Show or hide the column
    #[strum(message = "show/hide")]
    Toggle,
    /// Move the column to the left
    #[strum(message = "move left")]
    MoveColumnUp,
    /// Move the column to the right
    #[strum(message = "move right")]
    MoveColumnDown,
    /// Make the column wider
    Wider,
    /// Make the column narrower
    Narrower,
    /// Show the columns of the beginning
    #[strum(message = "reset")]
    ResetColumns,
    /// Accept what was typed
    Accept,

    /// Let the server sort by the next order
    Sort,
    /// Show one row per segment, or one per process
    #[strum(message = "split segments")]
    SplitSegments,
    /// Go to the parent of the process
    #[strum(message = "parent")]
    GoParent,
    /// Go to the first ancestor that is known
    #[strum(message = "root")]
    GoRoot,

    /// Show the children of the process, or what the row offers
    #[strum(message = "unfold")]
    Unfold,
    /// Hide the children of the process, or go to its parent
    #[strum(message = "fold")]
    Fold,
    /// Show one level more of the whole tree
    #[strum(message = "deeper")]
    Deeper,
    /// Show one level less of the whole tree
    #[strum(message = "shallower")]
    Shallower,

    /// Copy the row, columns parted by tabs
    #[strum(message = "row")]
    YankRow,
    /// Copy the hash
    #[strum(message = "hash")]
    YankHash,
    /// Copy the command line
    #[strum(message = "command line")]
    YankCmdline,
    /// Copy the GUID of the process
    #[strum(message = "GUID")]
    YankGuid,
    /// Copy the name of the host
    #[strum(message = "host")]
    YankHost,
    /// Copy the record as the server sent it, as JSON
    #[strum(message = "JSON")]
    YankJson,
    /// Copy the row raw, not defanged
    #[strum(message = "raw row")]
    YankRaw,
}

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
    /// The popup in which columns are chosen.
    Columns,
    /// The query editor; takes text.
    Query,
    /// Whatever can be copied from.
    Copy,
    /// Whatever has a process under the cursor.
    Process,
    /// The list of processes found.
    Results,
    /// The parent chain.
    Lineage,
    /// The tree of a process.
    Tree,
    /// The panel about the host.
    Sensor,
    /// The list of alerts.
    Alerts,
    /// The panel about an alert.
    Alert,
    /// The list of binaries.
    Binaries,
    /// A popup to be read: help, an error in full.
    Overlay,
    /// The popup of queries asked before.
    History,
}

impl Action {
    /// The name in configuration and documentation: `next-pane`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// One sentence about what it does.
    pub fn help(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// A word or two for the line of hints.
    pub fn label(self) -> &'static str {
        self.get_message().unwrap_or(self.name())
    }

    /// Every action, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
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
            Self::Columns => "Columns",
            Self::Query => "Query",
            Self::Copy => "Copy",
            Self::Process => "Process under the cursor",
            Self::Results => "Processes",
            Self::Lineage => "Parent chain",
            Self::Tree => "Tree",
            Self::Sensor => "Sensor",
            Self::Alerts => "Alerts",
            Self::Alert => "Alert",
            Self::Binaries => "Binaries",
            Self::Overlay => "Popup",
            Self::History => "Query history",
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
            Self::Columns => &[Self::Columns, Self::List, Self::Global],
            Self::Copy => &[Self::Copy, Self::Global],
            Self::Process => &[Self::Process, Self::Copy, Self::List, Self::Global],
            Self::Query => &[Self::Query, Self::Global],
            Self::Results => &[
                Self::Results,
                Self::Process,
                Self::Copy,
                Self::Rows,
                Self::List,
                Self::Global,
            ],
            Self::Tree => &[
                Self::Tree,
                Self::Process,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Lineage => &[
                Self::Lineage,
                Self::Process,
                Self::Copy,
                Self::List,
                Self::Global,
            ],
            Self::Sensor => &[Self::Sensor, Self::Copy, Self::List, Self::Global],
            Self::Alerts => &[
                Self::Alerts,
                Self::Copy,
                Self::Rows,
                Self::List,
                Self::Global,
            ],
            Self::Alert => &[Self::Alert, Self::Copy, Self::List, Self::Global],
            Self::Binaries => &[
                Self::Binaries,
                Self::Copy,
                Self::Rows,
                Self::List,
                Self::Global,
            ],
            Self::Overlay => &[Self::Overlay, Self::List, Self::Global],
            Self::History => &[Self::History, Self::List, Self::Global],
        }
    }

    /// Whether characters are typed here, so that none of them can be a key.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::Query | Self::Filter | Self::Entry)
    }

    /// Every scope, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
