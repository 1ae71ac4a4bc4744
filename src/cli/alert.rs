//! The command line of `alert`.

use clap::{Args, Subcommand};

use super::{ChangeArgs, OutputArgs, QueryArgs, WaitArgs, query};

/// What to do with alerts.
#[derive(Clone, Debug, Subcommand)]
pub enum Alert {
    /// List alerts, the most severe first
    List {
        /// The query, as "status:resolved username:mlopez"; - reads it from standard input [default: the open alerts, Unresolved and In Progress]
        #[arg(allow_hyphen_values = true, value_parser = query)]
        query: Option<String>,
        /// Whether it is sent as it is.
        #[command(flatten)]
        query_args: QueryArgs,
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Say how far somebody has looked at alerts
    Status {
        /// unresolved, in-progress, resolved, false-positive, or the server's own words
        status: String,
        /// Which ones, and on what grounds.
        #[command(flatten)]
        alerts: Alerts,
    },
    /// Give alerts to a user, who is at them from then on
    Assign {
        /// The name the user logs in with
        #[arg(value_name = "USER")]
        owner: String,
        /// Which ones, and on what grounds.
        #[command(flatten)]
        alerts: Alerts,
    },
    /// Call alerts false positives, and let their reports raise no more of them
    Ignore(Alerts),
}

/// Alerts, named one by one or found.
#[derive(Args, Clone, Debug)]
pub struct Alerts {
    /// Their ids; - reads them from standard input, one a line
    #[arg(value_name = "ID", required_unless_present = "matching")]
    pub ids: Vec<String>,
    /// All that this query finds, instead; the preview names them one by one
    #[arg(
        long = "query",
        value_name = "QUERY",
        conflicts_with = "ids",
        allow_hyphen_values = true,
        value_parser = query
    )]
    pub matching: Option<String>,
    /// Whether the query is sent as it is.
    #[command(flatten)]
    pub query_args: QueryArgs,
    /// On what grounds.
    #[command(flatten)]
    pub justification: ChangeArgs,
    /// How long to wait.
    #[command(flatten)]
    pub wait: WaitArgs,
}
