//! The command line: clap types and nothing else.

#![expect(clippy::doc_markdown, reason = "these doc comments are help texts, which are not Markdown")]

mod admin;
mod alert;
mod binary;
mod change;
mod feed;
mod live_response;
mod sensor;
mod simulate;
#[cfg(test)]
mod tests;
mod watchlist;

use std::{ffi::OsString, path::PathBuf};

use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use admin::{Group, IngressFilter, NewUser, User};
pub use alert::{Alert, Alerts};
pub use binary::{Binary, BinaryDownload, BinarySearch, BinaryShow};
pub use change::{Ban, ChangeArgs, HashArgs, Log, WaitArgs, WaitLimit};
pub use feed::{Feed, Report, Reports};
pub use live_response::{
    ChangePath, CloseSession, Collect, CreateKey, DeleteKey, DumpMemory, ExecuteProgram, GetFile, HostArgs, HostList,
    KillProcess, ListDirectory, LiveArgs, LiveResponse, PutFile, QueryRegistry, RegistryCommand, SetValue, ValueType,
};
pub use sensor::{Hosts, Isolation, Sensor};
pub use simulate::{Demo, Simulate};
pub use watchlist::{Action, Effect, IdArg, NewWatchlist, Watchlist};

use crate::output::Format;

/// A terminal incident console for Carbon Black EDR (CB Response)
///
/// Without a command, the console opens on the default profile. Address and token come from one source: --profile or
/// LAMPBLACK_PROFILE; LAMPBLACK_URL with LAMPBLACK_TOKEN; CBAPI_URL with CBAPI_TOKEN; or the profile "default" of
/// config.toml or of the official client's credential files. The token is never an option.
#[derive(Clone, Debug, Parser)]
#[command(name = "lampblack", version, propagate_version = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage or query, 3 nothing matched or not found,
4 sent but not confirmed in time, 5 refused by a guard.")]
pub struct Cli {
    /// Options of all commands.
    #[command(flatten)]
    pub global: Global,
    /// Open the console with this query, or a web console link to a search
    #[arg(long = "query", value_name = "QUERY", allow_hyphen_values = true, value_parser = query)]
    pub start_query: Option<String>,
    /// Open the console without the columns and queries of earlier sessions; the saved columns stay as they are
    #[arg(long)]
    pub clean: bool,
    /// The command; without one, the console.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of all commands.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Profile of the configuration [env: LAMPBLACK_PROFILE]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub profile: Option<String>,
    /// Configuration file [env: LAMPBLACK_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Server URL; the token is in LAMPBLACK_TOKEN
    #[arg(long, global = true, value_name = "URL", help_heading = "Global options")]
    pub url: Option<String>,
    /// CB user the token belongs to
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub user: Option<String>,
    /// Refuse all changes to the server
    #[arg(long, global = true, help_heading = "Global options")]
    pub read_only: bool,
    /// When to use colors
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    pub color: ColorChoice,
    /// More logging; twice for everything
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
}

/// When colors are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Open the console on the embedded simulator
    Demo(Demo),
    /// Run the simulator only
    Simulate(Simulate),
    /// Search processes
    Search(Search),
    /// Count field values
    Facets(Facets),
    /// Show parents and children of processes
    Tree(Tree),
    /// Show the events of processes as one timeline
    Events(Events),
    /// List and show sensors, isolate and unisolate hosts
    #[command(subcommand)]
    Sensor(Sensor),
    /// Live Response: processes, files and registry of hosts
    #[command(subcommand, name = "lr")]
    LiveResponse(LiveResponse),
    /// List banned hashes, ban and unban hashes
    #[command(subcommand)]
    Ban(Ban),
    /// Show and verify the action log
    #[command(subcommand)]
    Log(Log),
    /// List, triage, assign and ignore alerts
    #[command(subcommand)]
    Alert(Alert),
    /// List, show, create and change watchlists and their actions
    #[command(subcommand)]
    Watchlist(Watchlist),
    /// List, show, add and change feeds
    #[command(subcommand)]
    Feed(Feed),
    /// List, ignore and restore threat reports of feeds
    #[command(subcommand)]
    Report(Report),
    /// List and create sensor groups
    #[command(subcommand)]
    Group(Group),
    /// List, enable and disable ingress filters, which keep events from being stored
    #[command(subcommand)]
    IngressFilter(IngressFilter),
    /// List and create users of the server
    #[command(subcommand)]
    User(User),
    /// Search, show and download binaries
    #[command(subcommand)]
    Binary(Binary),
    /// Check the configuration, the server and the token
    Doctor,
    /// Print the configured keys
    Keys(Keys),
    /// Print a shell completion script
    Completions {
        /// Shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// Row limit and output format.
#[derive(Args, Clone, Debug)]
pub struct OutputArgs {
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Row limit (0 = all)
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u64,
    /// Columns, or members of JSON, by the server's names; also a path in the record, such as alert.0.name
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub fields: Vec<String>,
}

/// Output format of a command with limits of its own.
#[derive(Args, Clone, Debug)]
pub struct FormatArgs {
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Columns, or members of JSON, by the server's names; also a path in the record, such as watchlists.0.name
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub fields: Vec<String>,
}

/// Whether a query with errors is refused.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct QueryArgs {
    /// Send the query as typed, even with errors or if it is a list of indicators
    #[arg(long)]
    pub as_typed: bool,
}

/// Options of `search`.
#[derive(Args, Clone, Debug)]
pub struct Search {
    /// Query as in the web console, or a web console link to a search, or - for stdin
    #[arg(allow_hyphen_values = true, value_parser = query)]
    pub query: String,
    /// Whether it is sent as typed.
    #[command(flatten)]
    pub query_args: QueryArgs,
    /// Row limit and output format.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Sort order, e.g. "start asc" or "last_update desc"
    #[arg(long, value_name = "FIELD ORDER")]
    pub sort: Option<String>,
    /// One row per value of this field; the default, id, gives one row per process
    #[arg(long, value_name = "FIELD", default_value = "id")]
    pub group_by: String,
    /// One row per segment, without grouping
    #[arg(long, conflicts_with = "group_by")]
    pub segments: bool,
    /// Time range.
    #[command(flatten)]
    pub bounds: Bounds,
    /// Add related records to each process: its sensor, sensor group, binary
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    pub join: Vec<Join>,
    /// Print the number of matches only
    #[arg(long, conflicts_with = "join")]
    pub count: bool,
}

/// Time range of the last event of a process.
#[derive(Args, Clone, Debug, Default)]
pub struct Bounds {
    /// Last event at or after this time (host clock): 2026-11-23, 2026-11-23T08:00 (UTC unless a zone is given), yesterday, or -1h30m before now
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub min_last_update: Option<String>,
    /// Last event at or before this time (host clock); a date alone includes the whole day
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub max_last_update: Option<String>,
    /// Last event at or after this time (server clock)
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub min_last_server_update: Option<String>,
    /// Last event at or before this time (server clock)
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub max_last_server_update: Option<String>,
}

/// Options of `facets`.
#[derive(Args, Clone, Debug)]
pub struct Facets {
    /// Query as for search, or - for stdin
    #[arg(allow_hyphen_values = true, value_parser = query)]
    pub query: String,
    /// Whether it is sent as typed.
    #[command(flatten)]
    pub query_args: QueryArgs,
    /// Field to count; can be repeated [default: process_name, parent_name, username, hostname]
    #[arg(long, value_name = "FIELD")]
    pub field: Vec<String>,
    /// Output format and fields.
    #[command(flatten)]
    pub output: FormatArgs,
    /// Value limit per field (0 = all the server lists)
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u64,
    /// Time range.
    #[command(flatten)]
    pub bounds: Bounds,
}

/// Options of `tree`.
#[derive(Args, Clone, Debug)]
pub struct Tree {
    /// Process GUIDs, with or without a segment, or web console links to processes, or - for stdin (one per line)
    #[arg(required = true, value_name = "PROCESS")]
    pub processes: Vec<String>,
    /// Output format and fields.
    #[command(flatten)]
    pub output: FormatArgs,
    /// Child limit per process [default: all]
    #[arg(long, value_name = "N")]
    pub children: Option<u64>,
    /// Ancestor limit per process [default: all]
    #[arg(long, value_name = "N")]
    pub depth: Option<usize>,
    /// Generations of descendants: 1 for the children, 0 for none
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub descend: usize,
    /// Add related records to each process: its sensor, sensor group, binary
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    pub join: Vec<Join>,
}

/// Related records of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Join {
    /// The sensor that recorded it
    Sensor,
    /// The group of that sensor
    Group,
    /// Its executable, with its signature
    Binary,
}

/// Options of `events`.
#[derive(Args, Clone, Debug)]
pub struct Events {
    /// Process GUIDs, with or without a segment, or web console links to processes, or - for stdin (one per line)
    #[arg(required = true, value_name = "PROCESS")]
    pub processes: Vec<String>,
    /// Row limit and output format.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Options of `keys`.
#[derive(Args, Clone, Copy, Debug)]
pub struct Keys {
    /// Print Markdown
    #[arg(long)]
    pub markdown: bool,
}

impl Cli {
    /// Reads the command line, the name of the program first.
    pub fn read_args(arguments: &[OsString]) -> Result<Self, clap::Error> {
        Self::try_parse_from(arguments).map_err(|error| {
            if !matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::ValueValidation) {
                return error;
            }
            // A query may begin with `-`, so an option with a slip in it was taken for one. Without that, clap names it.
            let has_option = arguments.iter().any(|argument| argument.to_string_lossy().starts_with("--"));
            let named = has_option.then(|| without_dash_queries(Self::command()).try_get_matches_from(arguments).err());
            named.flatten().unwrap_or(error)
        })
    }
}

/// The same command line, but that no query begins with `-`.
fn without_dash_queries(command: clap::Command) -> clap::Command {
    let named = |argument: clap::Arg| {
        if argument.get_id() == "query" { argument.allow_hyphen_values(false) } else { argument }
    };
    command.mut_args(named).mut_subcommands(without_dash_queries)
}

/// A query may begin with `-`, as in `-username:SYSTEM`; what begins with two is an option that is not there.
fn query(text: &str) -> Result<String, &'static str> {
    if text.starts_with("--") {
        return Err("there is no such option");
    }
    Ok(text.to_owned())
}
