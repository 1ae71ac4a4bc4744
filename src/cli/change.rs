//! The options of everything that changes a server, and the command lines of `ban` and `log`.

use std::time::Duration;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

use super::OutputArgs;
use crate::output::Format;

/// On what grounds a deed is done, and how far it goes.
#[derive(Args, Clone, Debug)]
pub struct ChangeArgs {
    /// Why; it is kept in the action log
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The ticket it belongs to; it is kept in the action log
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// Skip the prompt; a warning needs --override-warnings too
    #[arg(long)]
    pub yes: bool,
    /// With --yes: go on in spite of the warnings of the preview
    #[arg(long)]
    pub override_warnings: bool,
    /// Show what would be done and exactly what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// How long to wait until it is proven that a deed was done.
#[derive(Args, Clone, Copy, Debug)]
pub struct WaitArgs {
    /// How long to wait until it is confirmed; none for as long as it takes
    #[arg(long, value_name = "TIME", default_value = "120s", value_parser = wait_limit)]
    pub timeout: WaitLimit,
    /// Do not wait until it is confirmed
    #[arg(long, conflicts_with = "timeout")]
    pub no_wait: bool,
}

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitLimit {
    /// Not at all.
    None,
    /// So long.
    For(Duration),
    /// As long as it takes.
    Unlimited,
}

impl WaitArgs {
    /// How long to wait.
    pub fn wait_limit(&self) -> WaitLimit {
        if self.no_wait { WaitLimit::None } else { self.timeout }
    }
}

fn wait_limit(text: &str) -> Result<WaitLimit, &'static str> {
    const EXPECTED: &str = "write it as 120s, 5m or none";
    if text == "none" {
        return Ok(WaitLimit::Unlimited);
    }
    let duration: SignedDuration = text.parse().map_err(|_| EXPECTED)?;
    let duration = duration.try_into().map_err(|_| EXPECTED)?;
    Ok(WaitLimit::For(duration))
}

/// What to do with bans.
#[derive(Clone, Debug, Subcommand)]
pub enum Ban {
    /// List bans, those in force and those that were lifted
    List {
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Ban hashes: sensors stop what has them
    Add(HashArgs),
    /// Lift bans; they stay listed, with their notes
    Remove(HashArgs),
}

/// Hashes to be banned, or not to be any longer.
#[derive(Args, Clone, Debug)]
pub struct HashArgs {
    /// MD5 hashes; - reads a list of them from standard input, and leaves out what is none
    #[arg(required = true, value_name = "MD5")]
    pub hashes: Vec<String>,
    /// Send nothing if there is anything but MD5 hashes on standard input
    #[arg(long)]
    pub strict: bool,
    /// On what grounds.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// What to do with the action log.
#[derive(Clone, Debug, Subcommand)]
pub enum Log {
    /// Show what was done, the oldest first
    Show {
        /// Show the newest N only
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// How the answer is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
        /// Show what was done in `lampblack demo`, which has a log of its own
        #[arg(long)]
        demo: bool,
    },
    /// Check that no line was changed, moved, added or taken away
    Verify {
        /// Check the log of `lampblack demo`
        #[arg(long)]
        demo: bool,
    },
}
