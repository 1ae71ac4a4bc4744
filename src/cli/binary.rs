//! The command line of `binary`.

use std::path::PathBuf;

use clap::{Args, Subcommand, value_parser};

use super::{OutputArgs, QueryArgs, query};
use crate::model::{Link, Md5};
use crate::output::Format;

/// Commands for binaries.
#[derive(Clone, Debug, Subcommand)]
pub enum Binary {
    /// Search binaries
    Search(BinarySearch),
    /// Show one binary, or its first bytes
    Show(BinaryShow),
    /// Download and verify
    Download(BinaryDownload),
}

/// Options of `binary search`.
#[derive(Args, Clone, Debug)]
pub struct BinarySearch {
    /// Query as in the web console, or - for stdin
    #[arg(allow_hyphen_values = true, value_parser = query)]
    pub query: String,
    /// Whether it is sent as typed.
    #[command(flatten)]
    pub query_args: QueryArgs,
    /// Row limit and output format.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Sort order, e.g. "host_count asc"
    #[arg(long, value_name = "FIELD ORDER")]
    pub sort: Option<String>,
    /// Print the number of matches only
    #[arg(long)]
    pub count: bool,
}

/// Options of `binary show`.
#[derive(Args, Clone, Copy, Debug)]
pub struct BinaryShow {
    /// MD5
    #[arg(value_name = "MD5", value_parser = md5)]
    pub md5: Md5,
    /// Print the first bytes instead
    #[arg(long, value_name = "N", conflicts_with = "format", value_parser = value_parser!(u32).range(1..=1 << 20))]
    pub head: Option<u32>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Options of `binary download`.
#[derive(Args, Clone, Debug)]
pub struct BinaryDownload {
    /// MD5
    #[arg(value_name = "MD5", value_parser = md5)]
    pub md5: Md5,
    /// New file or directory [default: MD5.zip here]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Save the unpacked file instead of the server's archive
    #[arg(long, conflicts_with = "protect")]
    pub extract: bool,
    /// Save the file in a zip archive with the password "infected"
    #[arg(long)]
    pub protect: bool,
    /// Keep unverified files, as NAME.unverified
    #[arg(long)]
    pub keep_unverified: bool,
}

fn md5(text: &str) -> Result<Md5, &'static str> {
    Link::md5(text).ok_or("an MD5 has 32 hex digits")
}
