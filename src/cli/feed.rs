//! The command lines of `feed` and `report`.

use clap::{Args, Subcommand};

use super::{ChangeArgs, IdArg, OutputArgs, QueryArgs, query};
use crate::output::Format;

/// Commands for feeds. A feed is given by its ID or by its full name.
#[derive(Clone, Debug, Subcommand)]
pub enum Feed {
    /// List feeds
    List {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show one feed
    Show {
        /// ID or full name
        id: String,
        /// Output format
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
    },
    /// Add a feed by URL; the server fetches it immediately
    Add {
        /// Feed URL for the server: https://, http:// or file://
        #[arg(value_name = "URL")]
        address: String,
        /// Reason, prompts and preview.
        #[command(flatten)]
        justification: ChangeArgs,
    },
    /// Enable
    Enable(IdArg),
    /// Disable
    Disable(IdArg),
    /// Full resync
    Sync(IdArg),
    /// Delete it and all its reports
    Delete(IdArg),
}

/// Commands for threat reports. A report is given as listed: feed ID, colon, report ID.
#[derive(Clone, Debug, Subcommand)]
pub enum Report {
    /// List threat reports
    List {
        /// Query, e.g. "feed_name:corpintel title:loader" or "is_ignored:true", or - for stdin [default: all reports]
        #[arg(allow_hyphen_values = true, value_parser = query)]
        query: Option<String>,
        /// Whether it is sent as typed.
        #[command(flatten)]
        query_args: QueryArgs,
        /// Print the number of matches only
        #[arg(long)]
        count: bool,
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Ignore reports
    Ignore(Reports),
    /// Restore ignored reports
    Restore(Reports),
}

/// Threat reports by ID or by query.
#[derive(Args, Clone, Debug)]
pub struct Reports {
    /// IDs, e.g. 12:CI-118, or - for stdin (one per line)
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
}
