//! The command line of `alert`.

use clap::{Args, Subcommand};

use super::{ChangeArgs, OutputArgs, QueryArgs, WaitArgs, query};

/// Commands for alerts.
#[derive(Clone, Debug, Subcommand)]
pub enum Alert {
    /// List alerts, highest severity first
    List {
        /// Query, e.g. "status:resolved username:mlopez", or - for stdin [default: open alerts, Unresolved and In Progress]
        #[arg(allow_hyphen_values = true, value_parser = query)]
        query: Option<String>,
        /// Whether it is sent as typed.
        #[command(flatten)]
        query_args: QueryArgs,
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Set alert status
    Status {
        /// unresolved, in-progress, resolved, false-positive, or a status as the server writes it
        status: String,
        /// The alerts, the reason and the preview.
        #[command(flatten)]
        alerts: Alerts,
    },
    /// Assign alerts to a user and set them In Progress
    Assign {
        /// Username
        #[arg(value_name = "USER")]
        owner: String,
        /// The alerts, the reason and the preview.
        #[command(flatten)]
        alerts: Alerts,
    },
    /// Mark false positive and ignore the report
    Ignore(Alerts),
}

/// Alerts by ID or by query.
#[derive(Args, Clone, Debug)]
pub struct Alerts {
    /// IDs, or - for stdin (one per line)
    #[arg(value_name = "ID", required_unless_present = "matching")]
    pub ids: Vec<String>,
    /// All matches of this query instead; the preview lists each one
    #[arg(
        long = "query",
        value_name = "QUERY",
        conflicts_with = "ids",
        allow_hyphen_values = true,
        value_parser = query
    )]
    pub matching: Option<String>,
    /// Whether the query is sent as typed.
    #[command(flatten)]
    pub query_args: QueryArgs,
    /// Reason, prompts and preview.
    #[command(flatten)]
    pub justification: ChangeArgs,
    /// Wait limit.
    #[command(flatten)]
    pub wait: WaitArgs,
}
