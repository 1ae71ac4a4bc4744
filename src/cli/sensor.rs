//! The command line of `sensor`.

use clap::{Args, Subcommand};

use super::{Grounds, Reading, Waiting};
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
    /// How long to wait.
    #[command(flatten)]
    pub waiting: Waiting,
}
