//! The command lines of `feed` and `report`.

use clap::{Args, Subcommand};

use super::{ChangeArgs, IdArg, OutputArgs, QueryArgs, query};
use crate::output::Format;

/// What to do with feeds. One is named by its number or by its whole name.
#[derive(Clone, Debug, Subcommand)]
pub enum Feed {
    /// List feeds
    List {
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show one feed
    Show {
        /// Its number, or its whole name
        id: String,
        /// How the answer is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
    },
    /// Add the feed of an address, which the server reads at once
    Add {
        /// Where the server finds it: https://, http:// or file://
        #[arg(value_name = "URL")]
        address: String,
        /// On what grounds.
        #[command(flatten)]
        justification: ChangeArgs,
    },
    /// Let its reports be looked for
    Enable(IdArg),
    /// Let its reports be looked for no longer
    Disable(IdArg),
    /// Let the server read all of it again
    Sync(IdArg),
    /// Take it away, with its reports
    Delete(IdArg),
}

/// What to do with threat reports. One is named as its list does: the number of its feed, a colon, the feed's own id of it.
#[derive(Clone, Debug, Subcommand)]
pub enum Report {
    /// List threat reports
    List {
        /// The query, as "feed_name:corpintel title:loader" or "is_ignored:true"; - reads it from standard input [default: all reports]
        #[arg(allow_hyphen_values = true, value_parser = query)]
        query: Option<String>,
        /// Whether it is sent as it is.
        #[command(flatten)]
        query_args: QueryArgs,
        /// Print how many there are, and nothing else
        #[arg(long)]
        count: bool,
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Let reports raise no alerts
    Ignore(Reports),
    /// Let reports that were ignored raise alerts again
    Restore(Reports),
}

/// Threat reports, named one by one or found.
#[derive(Args, Clone, Debug)]
pub struct Reports {
    /// Their ids, as 12:CI-118; - reads them from standard input, one a line
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
}
