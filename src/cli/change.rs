//! The options of everything that changes a server, and the command lines of `ban` and `log`.

use std::time::Duration;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

use super::{FormatArgs, OutputArgs};

/// Reason, prompts and preview of a change.
#[derive(Args, Clone, Debug)]
pub struct ChangeArgs {
    /// Reason (logged)
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Ticket (logged)
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// Skip the prompt; warnings also need --override-warnings
    #[arg(long)]
    pub yes: bool,
    /// With --yes: continue despite warnings in the preview
    #[arg(long)]
    pub override_warnings: bool,
    /// Preview only: show the change and the exact request, send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// How long to wait for confirmation.
#[derive(Args, Clone, Copy, Debug)]
pub struct WaitArgs {
    /// Wait this long for confirmation; none waits without limit
    #[arg(long, value_name = "TIME", default_value = "120s", value_parser = wait_limit)]
    pub timeout: WaitLimit,
    /// Do not wait for confirmation
    #[arg(long, conflicts_with = "timeout")]
    pub no_wait: bool,
}

/// Wait limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitLimit {
    /// Not at all.
    None,
    /// This long.
    For(Duration),
    /// Without limit.
    Unlimited,
}

impl WaitArgs {
    /// Wait limit.
    pub fn wait_limit(&self) -> WaitLimit {
        if self.no_wait { WaitLimit::None } else { self.timeout }
    }
}

pub(super) fn wait_limit(text: &str) -> Result<WaitLimit, &'static str> {
    const EXPECTED: &str = "write it as 120s, 5m or none";
    if text == "none" {
        return Ok(WaitLimit::Unlimited);
    }
    let duration: SignedDuration = text.parse().map_err(|_| EXPECTED)?;
    let duration = duration.try_into().map_err(|_| EXPECTED)?;
    Ok(WaitLimit::For(duration))
}

/// Commands for bans.
#[derive(Clone, Debug, Subcommand)]
pub enum Ban {
    /// List bans, active and removed
    List {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Ban hashes
    Add(HashArgs),
    /// Remove bans (history is kept)
    Remove(HashArgs),
}

/// Hashes to ban or unban.
#[derive(Args, Clone, Debug)]
pub struct HashArgs {
    /// MD5 hashes, or - for a list on stdin (other text is skipped)
    #[arg(required = true, value_name = "MD5")]
    pub hashes: Vec<String>,
    /// Send nothing if stdin contains anything but MD5 hashes
    #[arg(long)]
    pub strict: bool,
    /// Reason, prompts and preview.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// Commands for the action log.
#[derive(Clone, Debug, Subcommand)]
pub enum Log {
    /// Show actions, oldest first
    Show {
        /// Only the newest N
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// Output format and fields.
        #[command(flatten)]
        output: FormatArgs,
        /// Show the separate log of `lampblack demo`
        #[arg(long)]
        demo: bool,
    },
    /// Verify audit log integrity
    Verify {
        /// Verify the log of `lampblack demo`
        #[arg(long)]
        demo: bool,
    },
}
