//! What the user can ask for.

use std::fmt;

use strum::{EnumIter, EnumMessage, EnumString, IntoEnumIterator, IntoStaticStr};

/// Something the user can ask for. The doc comment is the help text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// Quit
    #[strum(message = "quit")]
    Quit,
    /// Cancel the request; twice within a second quits
    Cancel,
    /// Suspend the console and return to the shell
    Suspend,
    /// Redraw the screen
    Redraw,
    /// Command palette
    #[strum(message = "commands")]
    Commands,
    /// Show the keys of this pane
    Help,
    /// Back: close the popup, clear filter, marks, zoom
    Back,
    /// Back in history
    #[strum(message = "back in history")]
    GoBack,
    /// Forward in history
    #[strum(message = "forward")]
    GoForward,
    /// Hunt: search processes
    #[strum(message = "hunt")]
    ViewHunt,
    /// Process: tree, events and details
    #[strum(message = "process")]
    ViewProcess,
    /// Alerts of watchlists and feeds
    #[strum(message = "alerts")]
    ViewAlerts,
    /// Binaries: search files
    #[strum(message = "binaries")]
    ViewBinaries,
    /// Facets: value counts; again: back to the search
    #[strum(message = "facets")]
    ViewFacets,
    /// Banned hashes
    #[strum(message = "bans")]
    ViewBans,
    /// Sensors: all hosts, online or offline
    #[strum(message = "sensors")]
    ViewSensors,
    /// Watchlists and their actions
    #[strum(message = "watchlists")]
    ViewWatchlists,
    /// Feeds: threat intelligence and its reports
    #[strum(message = "feeds")]
    ViewFeeds,
    /// Admin: sensor groups, users, teams, sites, the server
    #[strum(message = "admin")]
    ViewAdmin,
    /// Isolated hosts: since when, by whom and why
    #[strum(message = "isolated")]
    ViewIsolated,
    /// Partitions of the event store: from when, mounted or not
    #[strum(message = "partitions")]
    ViewPartitions,
    /// Ingress filters: events that are not stored
    #[strum(message = "ingress filters")]
    ViewIngressFilters,
    /// Activity: actions and requests
    #[strum(message = "activity")]
    ViewActivity,
    /// Isolate host (preview first)
    Isolate,
    /// Unisolate host (preview first)
    #[strum(message = "unisolate")]
    Release,
    /// Assign to me, In Progress
    #[strum(message = "assign to me")]
    Take,
    /// Mark resolved
    Resolve,
    /// Mark false positive
    #[strum(message = "false positive")]
    FalsePositive,
    /// Reopen
    Reopen,
    /// Assign to a user
    Assign,
    /// Mark false positive and ignore report
    #[strum(message = "ignore")]
    IgnoreAlerts,
    /// Ignore report: it will no longer raise alerts
    #[strum(message = "ignore report")]
    IgnoreReport,
    /// Restore report: it will raise alerts again
    #[strum(message = "restore report")]
    RestoreReport,
    /// Create watchlist from the query (preview first)
    #[strum(message = "watch")]
    SaveWatchlist,
    /// Create a new one
    New,
    /// Edit
    Edit,
    /// Enable (preview first)
    Enable,
    /// Disable (preview first)
    Disable,
    /// Delete (preview first)
    #[strum(message = "delete")]
    Remove,
    /// Resync feed (preview first)
    #[strum(message = "sync")]
    Synchronize,
    /// Add action: alert, email or syslog
    #[strum(message = "add action")]
    AddAction,
    /// Remove action
    #[strum(message = "remove action")]
    RemoveAction,
    /// Ban hash (preview first)
    Ban,
    /// Unban hash (preview first); it stays listed
    #[strum(message = "unban")]
    Lift,
    /// Ban hashes that you type or paste
    #[strum(message = "add hashes")]
    AddBans,
    /// Move host to another sensor group (preview first)
    #[strum(message = "move")]
    MoveSensor,
    /// Flush sensor queue: send all events now (preview first)
    #[strum(message = "flush")]
    FlushSensor,
    /// Restart the sensor service (preview first)
    #[strum(message = "restart")]
    RestartSensor,
    /// Uninstall the sensor for good (preview first)
    #[strum(message = "uninstall")]
    UninstallSensor,
    /// Edit host notes (preview first)
    #[strum(message = "notes")]
    AnnotateSensor,
    /// Undo the last action (in Activity: the selected one)
    Undo,
    /// Show the last error or notice in full
    #[strum(message = "error")]
    ShowError,
    /// Focus the next pane
    #[strum(message = "pane")]
    NextPane,
    /// Focus the previous pane
    PreviousPane,
    /// Zoom the pane, then restore it
    Zoom,
    /// Refresh (bypass the cache)
    Refresh,
    /// Next time zone: UTC, hosts, local
    #[strum(message = "time zone")]
    TimeZone,

    /// Edit the query
    #[strum(message = "query")]
    EditQuery,
    /// Query history
    History,
    /// Saved queries
    #[strum(message = "saved")]
    SavedQueries,
    /// Save the query under a name
    Save,
    /// Delete the selected entry (press twice)
    Delete,
    /// Time range and clock
    #[strum(message = "time range")]
    Period,
    /// Run the query
    #[strum(message = "run")]
    Submit,
    /// Insert a line break
    Newline,
    /// Complete the name or value
    Complete,
    /// List values of the field
    #[strum(message = "values")]
    OfferValues,
    /// Apply the suggested fix
    Fix,
    /// Explain the query
    #[strum(message = "explain query")]
    Explain,
    /// Next completion, line or history entry
    NextCompletion,
    /// Previous completion, line or history entry
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
    /// Scroll the command lines left
    Left,
    /// Scroll the command lines right
    Right,
    /// Open the selected item
    Open,

    /// Filter the loaded rows: words, !words, column:words
    Filter,
    /// Apply the filter and return to the rows
    #[strum(message = "keep")]
    KeepFilter,
    /// Mark the row and move down
    Mark,
    /// Mark a range; again ends it
    #[strum(message = "mark range")]
    MarkRange,
    /// Mark all rows shown
    #[strum(message = "mark all")]
    MarkAll,
    /// Choose the columns
    Columns,
    /// Export the rows shown, or those marked
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
    /// Reset the columns to default
    #[strum(message = "reset")]
    ResetColumns,
    /// Confirm
    #[strum(message = "confirm")]
    Accept,

    /// Toggle file events
    #[strum(message = "file")]
    ShowFilemods,
    /// Toggle registry events
    #[strum(message = "registry")]
    ShowRegmods,
    /// Toggle network connections
    #[strum(message = "network")]
    ShowNetconns,
    /// Toggle module loads
    #[strum(message = "module")]
    ShowModloads,
    /// Toggle child processes
    #[strum(message = "child")]
    ShowChildprocs,
    /// Toggle cross-process events
    #[strum(message = "crossproc")]
    ShowCrossprocs,
    /// Toggle block events
    #[strum(message = "blocked")]
    ShowBlocks,
    /// Toggle fileless scripts
    #[strum(message = "script")]
    ShowScripts,
    /// Toggle tampering and EMET events
    #[strum(message = "tamper")]
    ShowTampering,
    /// Toggle unknown kinds
    #[strum(message = "other")]
    ShowOthers,
    /// Show all kinds of events
    #[strum(message = "all events")]
    ShowAllKinds,
    /// Mark a time range; again shows only that range
    #[strum(message = "time range")]
    Narrow,
    /// Jump one bar back in time
    Earlier,
    /// Jump one bar forward in time
    Later,
    /// Search processes with the same hash
    #[strum(message = "same hash")]
    SameHash,
    /// Search processes with the same name
    #[strum(message = "same name")]
    SameName,
    /// Search processes on the same host
    #[strum(message = "same host")]
    SameHost,
    /// Search processes of the same user
    #[strum(message = "same user")]
    SameUser,
    /// Search processes with the same parent name
    #[strum(message = "same parent")]
    SameParent,
    /// Search processes with the same command line
    #[strum(message = "same command line")]
    SameCmdline,
    /// Search processes that connected to the same IP
    #[strum(message = "same IP")]
    SameAddress,
    /// Search processes that connected to the same domain
    #[strum(message = "same domain")]
    SameDomain,
    /// Search processes with the same file
    #[strum(message = "same file")]
    SameFile,
    /// Search processes that changed the same registry key
    #[strum(message = "same key")]
    SameKey,
    /// Search alerts of this host
    #[strum(message = "alerts of the host")]
    AlertsOfHost,
    /// Other process starts on this host around this time
    Around,
    /// Widen the time window
    Widen,
    /// Narrow the time window
    #[strum(message = "narrow")]
    Tighten,

    /// Include value (toggle) and move down
    Include,
    /// Exclude value (toggle) and move down
    Exclude,
    /// Apply the selection to the query
    Apply,
    /// Next field
    #[strum(message = "next field")]
    NextField,
    /// Previous field
    #[strum(message = "previous field")]
    PreviousField,
    /// Rarest values first (toggle)
    Rarest,
    /// Compare with another host, user or time range
    Compare,

    /// Next sort order
    Sort,
    /// Group alerts by report, host, hash, user, or not at all
    #[strum(message = "group")]
    GroupBy,
    /// Toggle live updates
    #[strum(message = "live")]
    Live,
    /// Toggle one row per segment or per process
    #[strum(message = "by segment")]
    SplitSegments,
    /// Go to the parent process
    #[strum(message = "parent")]
    GoParent,
    /// Go to the first known ancestor
    #[strum(message = "root")]
    GoRoot,
    /// Go to the binary
    #[strum(message = "binary")]
    GoBinary,
    /// Go to the host in Sensors
    #[strum(message = "host")]
    GoHost,
    /// Go to the watchlist that raised or tagged it
    #[strum(message = "watchlist")]
    GoWatchlist,
    /// Go to the threat report that raised it
    #[strum(message = "report")]
    GoReport,
    /// Count matches now on the server
    #[strum(message = "count now")]
    CountHits,
    /// Download the file, or those marked
    Download,
    /// Next format: zip, protected zip, unpacked file
    #[strum(message = "format")]
    NextForm,
    /// Show the first bytes of the file
    #[strum(message = "bytes")]
    ShowBytes,

    /// Expand: children of the process, or what the row offers
    #[strum(message = "expand")]
    Unfold,
    /// Collapse, or go to the parent
    #[strum(message = "collapse")]
    Fold,
    /// Expand the whole tree by one level
    #[strum(message = "expand level")]
    Deeper,
    /// Collapse the whole tree by one level
    #[strum(message = "collapse level")]
    Shallower,

    /// Copy row (tab-separated, defanged)
    #[strum(message = "copy row")]
    YankRow,
    /// Copy the hash
    #[strum(message = "copy hash")]
    YankHash,
    /// Copy the command line
    #[strum(message = "copy command line")]
    YankCmdline,
    /// Copy the process GUID
    #[strum(message = "copy GUID")]
    YankGuid,
    /// Copy the host name
    #[strum(message = "copy host")]
    YankHost,
    /// Copy JSON (as the server sent it)
    #[strum(message = "copy JSON")]
    YankJson,
    /// Show the whole command line, with what it hides decoded
    #[strum(message = "command line")]
    ShowCommandLine,
    /// Show the full record as JSON
    #[strum(message = "record")]
    ShowRecord,
    /// Copy the values and their counts
    #[strum(message = "copy histogram")]
    YankHistogram,
    /// Copy the request as a curl command (without token)
    #[strum(message = "copy curl")]
    YankCurl,
    /// Copy row (raw, not defanged)
    #[strum(message = "copy row (not defanged)")]
    YankRaw,
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

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
