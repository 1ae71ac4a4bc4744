//! The command line of `sensor`.

use std::time::Duration;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

use super::{Grounds, Reading};
use crate::output::Format;

/// What to do with sensors.
#[derive(Clone, Debug, Subcommand)]
pub enum Sensor {
    /// List sensors
    List {
        /// Part of a host's name, or of an address
        filter: Option<String>,
        /// How much, and how.
        #[command(flatten)]
        reading: Reading,
    },
    /// Show one sensor
    Show {
        /// Its id, or the whole name of its host
        host: String,
        /// How the answer is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
    },
    /// Cut hosts off from everything but the server, and wait for the proof
    Isolate(Isolation),
    /// Let isolated hosts back into the network, and wait for the proof
    Unisolate(Isolation),
    /// Put sensors into another group
    Move {
        /// Sensor ids, or the whole names of hosts
        #[arg(required = true, value_name = "HOST")]
        hosts: Vec<String>,
        /// The name of the group, or its id
        #[arg(long, value_name = "NAME")]
        group: String,
        /// On what grounds.
        #[command(flatten)]
        grounds: Grounds,
    },
    /// Let sensors send all that they hold back, without throttling
    Flush(Hosts),
    /// Restart the service of sensors
    Restart(Hosts),
}

/// Options of what is done to sensors and needs no waiting.
#[derive(Args, Clone, Debug)]
pub struct Hosts {
    /// Sensor ids, or the whole names of hosts
    #[arg(required = true, value_name = "HOST")]
    pub hosts: Vec<String>,
    /// On what grounds.
    #[command(flatten)]
    pub grounds: Grounds,
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
    /// Not at all.
    None,
    /// So long.
    For(Duration),
    /// As long as it takes.
    Endless,
}

impl Isolation {
    /// How long to wait.
    pub fn patience(&self) -> Patience {
        if self.no_wait {
            Patience::None
        } else {
            self.timeout
        }
    }
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
