//! The command line of `binary`.

use std::path::PathBuf;

use clap::{Args, Subcommand, value_parser};

use super::{OutputArgs, QueryArgs, query};
use crate::model::{Link, Md5};
use crate::output::Format;

/// What to do with binaries.
#[derive(Clone, Debug, Subcommand)]
pub enum Binary {
    /// Search binaries
    Search(BinarySearch),
    /// Show one binary, or its first bytes
    Show(BinaryShow),
    /// Download one file, and prove that it is the one that was asked for
    Download(BinaryDownload),
}

/// Options of `binary search`.
#[derive(Args, Clone, Debug)]
pub struct BinarySearch {
    /// The query, as in the server's own console; - reads it from standard input
    #[arg(allow_hyphen_values = true, value_parser = query)]
    pub query: String,
    /// Whether it is sent as it is.
    #[command(flatten)]
    pub query_args: QueryArgs,
    /// How much, and how.
    #[command(flatten)]
    pub output: OutputArgs,
    /// The order, as "host_count asc"
    #[arg(long, value_name = "FIELD ORDER")]
    pub sort: Option<String>,
    /// Print how many there are, and nothing else
    #[arg(long)]
    pub count: bool,
}

/// Options of `binary show`.
#[derive(Args, Clone, Copy, Debug)]
pub struct BinaryShow {
    /// Its hash
    #[arg(value_name = "MD5", value_parser = md5)]
    pub md5: Md5,
    /// Print its first bytes instead; no more of it is downloaded than they need
    #[arg(long, value_name = "N", conflicts_with = "format", value_parser = value_parser!(u32).range(1..=1 << 20))]
    pub head: Option<u32>,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Options of `binary download`.
#[derive(Args, Clone, Debug)]
pub struct BinaryDownload {
    /// Its hash
    #[arg(value_name = "MD5", value_parser = md5)]
    pub md5: Md5,
    /// A new file, or a directory [default: MD5.zip here]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Keep the bare file instead of the server's archive
    #[arg(long, conflicts_with = "protect")]
    pub extract: bool,
    /// Keep the file in a zip archive with the password "infected"
    #[arg(long)]
    pub protect: bool,
    /// Keep even what does not hash to its name, as NAME.unverified
    #[arg(long)]
    pub keep_unverified: bool,
}

fn md5(text: &str) -> Result<Md5, &'static str> {
    Link::md5(text).ok_or("an MD5 has 32 hex digits")
}
