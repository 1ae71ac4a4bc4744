//! What the user can ask for.

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
    /// Do something by its name
    #[strum(message = "do")]
    Commands,
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
    /// Facets: count the values of the result; again: the hunt
    #[strum(message = "facets")]
    ViewFacets,
    /// Bans: hashes that are stopped
    #[strum(message = "bans")]
    ViewBans,
    /// Sensors: every host, online or not
    #[strum(message = "sensors")]
    ViewSensors,
    /// Watchlists: stored searches, and what they set off
    #[strum(message = "watchlists")]
    ViewWatchlists,
    /// Feeds: threat intelligence and its reports
    #[strum(message = "feeds")]
    ViewFeeds,
    /// Admin: sensor groups, users, teams, sites, the server
    #[strum(message = "admin")]
    ViewAdmin,
    /// Isolated: hosts cut off, since when, by whom and why
    #[strum(message = "isolated")]
    ViewIsolated,
    /// Activity: what was changed, and every request
    #[strum(message = "activity")]
    ViewActivity,
    /// Cut the host off, after a look at what that does
    Isolate,
    /// Let the host back into the network, after a look
    Release,
    /// Take the alerts: they are yours and in progress
    Take,
    /// Call the alerts resolved
    Resolve,
    /// Call the alerts false positives
    #[strum(message = "false positive")]
    FalsePositive,
    /// Open the alerts again
    Reopen,
    /// Give the alerts to somebody
    Assign,
    /// Call the alerts false positives, and ignore their reports
    #[strum(message = "ignore")]
    IgnoreAlerts,
    /// Ignore the threat report: it raises no alerts any more
    #[strum(message = "ignore report")]
    IgnoreReport,
    /// Let the threat report raise alerts again
    #[strum(message = "restore report")]
    RestoreReport,
    /// Make a watchlist of the query, after a look
    #[strum(message = "watch")]
    SaveWatchlist,
    /// Make a new one
    New,
    /// Change what it says
    Edit,
    /// Enable it, after a look
    Enable,
    /// Disable it, after a look
    Disable,
    /// Delete it, after a look
    #[strum(message = "delete")]
    Remove,
    /// Have the server read all of the feed again
    #[strum(message = "sync")]
    Synchronize,
    /// Let it set something off: an alert, an e-mail, syslog
    #[strum(message = "add action")]
    AddAction,
    /// Let it set something off no longer
    #[strum(message = "remove action")]
    RemoveAction,
    /// Ban the hash: sensors stop what has it; after a look
    Ban,
    /// Lift the ban, after a look; it stays listed
    #[strum(message = "unban")]
    Lift,
    /// Ban hashes that are typed or pasted
    #[strum(message = "add hashes")]
    AddBans,
    /// Put the host into another sensor group, after a look
    #[strum(message = "move")]
    MoveSensor,
    /// Let the sensor send all it holds back, after a look
    #[strum(message = "flush")]
    FlushSensor,
    /// Restart the sensor's service, after a look
    #[strum(message = "restart")]
    RestartSensor,
    /// Write the notes of the host, after a look
    #[strum(message = "notes")]
    AnnotateSensor,
    /// Take back the last deed, or that under the cursor
    Undo,
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
    /// Pick from the queries kept under a name, or keep one
    #[strum(message = "saved")]
    SavedQueries,
    /// Keep what is in the editor under a name
    Save,
    /// Delete what is under the cursor; asked twice
    Delete,
    /// Set when the last event was, and whose clock tells
    #[strum(message = "when")]
    Period,
    /// Run the query
    #[strum(message = "run")]
    Submit,
    /// Begin a new line in the query
    Newline,
    /// Accept the completion that is offered
    Complete,
    /// Offer the values of the field that is typed
    #[strum(message = "values")]
    OfferValues,
    /// Mend what is said to be wrong with the query
    Fix,
    /// Explain how the server will read the query
    Explain,
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
    Left,
    /// Show more of the end of the command lines
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

    /// Show filemods, alone or with others; again hides
    #[strum(message = "file")]
    ShowFilemods,
    /// Show regmods, alone or with others; again hides
    #[strum(message = "registry")]
    ShowRegmods,
    /// Show netconns, alone or with others; again hides
    #[strum(message = "network")]
    ShowNetconns,
    /// Show modloads, alone or with others; again hides
    #[strum(message = "module")]
    ShowModloads,
    /// Show childprocs, alone or with others; again hides
    #[strum(message = "child")]
    ShowChildprocs,
    /// Show crossprocs, alone or with others; again hides
    #[strum(message = "crossproc")]
    ShowCrossprocs,
    /// Show what was blocked, alone or with others; again hides
    #[strum(message = "blocked")]
    ShowBlocks,
    /// Show fileless scripts, alone or with others; again hides
    #[strum(message = "script")]
    ShowScripts,
    /// Show tampering and EMET, alone or with others; again hides
    #[strum(message = "tamper")]
    ShowTampering,
    /// Show unknown kinds, alone or with others; again hides
    #[strum(message = "other")]
    ShowOthers,
    /// Show every kind of event
    #[strum(message = "all")]
    ShowAllKinds,
    /// Begin a stretch of time; again ends it and shows only that
    Narrow,
    /// Go one part of the strip back in time
    Earlier,
    /// Go one part of the strip forward in time
    Later,
    /// Search processes of the same hash
    #[strum(message = "same hash")]
    SameHash,
    /// Search processes of the same name
    #[strum(message = "same name")]
    SameName,
    /// Search processes on the same host
    #[strum(message = "same host")]
    SameHost,
    /// Search processes of the same user
    #[strum(message = "same user")]
    SameUser,
    /// Search processes with a parent of the same name
    #[strum(message = "same parent")]
    SameParent,
    /// Search processes with the same command line
    #[strum(message = "same command line")]
    SameCmdline,
    /// Search processes that spoke with the same address
    #[strum(message = "same address")]
    SameAddress,
    /// Search processes that spoke with the same domain
    #[strum(message = "same domain")]
    SameDomain,
    /// Search processes with the same file
    #[strum(message = "same file")]
    SameFile,
    /// Search processes that changed the same registry key
    #[strum(message = "same key")]
    SameKey,
    /// Search the alerts of this host
    #[strum(message = "alerts of the host")]
    AlertsOfHost,
    /// Search what else started on this host around this time
    Around,
    /// Look further to either side
    Widen,
    /// Look less far to either side
    Tighten,

    /// Include the value and move down, or take its mark back
    Include,
    /// Exclude the value and move down, or take its mark back
    Exclude,
    /// Ask again with what is marked, or with this value
    Apply,
    /// Show the values of the next field
    #[strum(message = "next field")]
    NextField,
    /// Show the values of the previous field
    #[strum(message = "previous field")]
    PreviousField,
    /// Show the rarest values first, then the most common again
    Rarest,
    /// Compare with another host, user or time
    Compare,

    /// Let the server sort by the next order
    Sort,
    /// Group alerts by report, host, hash, user; then not at all
    #[strum(message = "group")]
    GroupBy,
    /// Be told of new alerts while they are shown, or no more
    #[strum(message = "live")]
    Live,
    /// Show one row per segment, or one per process
    #[strum(message = "split segments")]
    SplitSegments,
    /// Go to the parent of the process
    #[strum(message = "parent")]
    GoParent,
    /// Go to the first ancestor that is known
    #[strum(message = "root")]
    GoRoot,
    /// Go to the binary
    #[strum(message = "binary")]
    GoBinary,
    /// Go to the host, among the sensors
    #[strum(message = "host")]
    GoHost,
    /// Go to the watchlist that raised or tagged it
    #[strum(message = "watchlist")]
    GoWatchlist,
    /// Go to the threat report that raised it
    #[strum(message = "report")]
    GoReport,
    /// Count on the server what it finds now
    #[strum(message = "count now")]
    CountHits,
    /// Download the file, or those marked
    Download,
    /// Keep it in the next form: zip, protected zip, bare file
    #[strum(message = "form")]
    NextForm,
    /// Show the first bytes of the file
    #[strum(message = "bytes")]
    ShowBytes,

    /// Show the children of the process, or what the row offers
    Unfold,
    /// Hide the children of the process, or go to its parent
    Fold,
    /// Show one level more of the whole tree
    Deeper,
    /// Show one level less of the whole tree
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
    /// Show the whole record, as the server sent it
    #[strum(message = "record")]
    ShowRecord,
    /// Copy the values that are shown, with their counts
    #[strum(message = "histogram")]
    YankHistogram,
    /// Copy the request as a curl command, without the token
    #[strum(message = "curl")]
    YankCurl,
    /// Copy the row raw, not defanged
    #[strum(message = "raw row")]
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
