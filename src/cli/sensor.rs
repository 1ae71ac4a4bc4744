//! The command line of `sensor`.

use clap::{Args, Subcommand};

use super::{ChangeArgs, OutputArgs, WaitArgs};
use crate::output::Format;

/// What to do with sensors.
#[derive(Clone, Debug, Subcommand)]
pub enum Sensor {
    /// List sensors
    List {
        /// Part of a host's name, or of an address; or conditions
        ///
        /// hostname:FIN ip:10.1. group:"Default Group" id:7 are looked for by the server. For status:offline,
        /// -version:6.2, os:linux, health:<90, isolation:yes, seen:>7d, dns: and notes: every sensor that the rest finds is
        /// looked at; - before one of these stands for all others.
        #[arg(allow_hyphen_values = true)]
        filter: Option<String>,
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
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
        justification: ChangeArgs,
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
    pub justification: ChangeArgs,
}

/// Options of `sensor isolate` and `sensor unisolate`.
#[derive(Args, Clone, Debug)]
pub struct Isolation {
    /// Sensor ids, or the whole names of hosts
    #[arg(required = true, value_name = "HOST")]
    pub hosts: Vec<String>,
    /// On what grounds.
    #[command(flatten)]
    pub justification: ChangeArgs,
    /// How long to wait.
    #[command(flatten)]
    pub wait: WaitArgs,
}
