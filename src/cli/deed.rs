//! The options of everything that changes a server.

use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;

/// On what grounds a deed is done, and how far it goes.
#[derive(Args, Clone, Debug)]
pub struct Grounds {
    /// Why; it is kept in the action log
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The ticket it belongs to; it is kept in the action log
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// Do it without asking
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Show what would be done and exactly what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Options of `sensor isolate` and `sensor unisolate`.
#[derive(Args, Clone, Debug)]
pub struct Isolation {
    /// Sensor ids, or the whole names of hosts
    #[arg(required = true, value_name = "HOST")]
    pub hosts: Vec<String>,
    /// On what grounds.
    #[command(flatten)]
    pub grounds: Grounds,
    /// How long to wait until the sensor confirms it; none for as long as it takes
    #[arg(long, value_name = "TIME", default_value = "120s", value_parser = patience)]
    pub timeout: Patience,
    /// Do not wait until the sensor confirms it
    #[arg(long, conflicts_with = "timeout")]
    pub no_wait: bool,
}

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// So long.
    For(Duration),
    /// As long as it takes.
    Endless,
}

fn patience(text: &str) -> Result<Patience, &'static str> {
    const EXPECTED: &str = "write it as 120s, 5m or none";
    if text == "none" {
        return Ok(Patience::Endless);
    }
    let duration: SignedDuration = text.parse().map_err(|_| EXPECTED)?;
    let duration = duration.try_into().map_err(|_| EXPECTED)?;
    Ok(Patience::For(duration))
}
