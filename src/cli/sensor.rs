//! The command line of `sensor`.

use clap::{Args, Subcommand};

use super::{ChangeArgs, OutputArgs, WaitArgs};
use crate::output::Format;

/// Commands for sensors.
#[derive(Clone, Debug, Subcommand)]
pub enum Sensor {
    /// List sensors
    List {
        /// Part of a host name or IP address, or conditions
        ///
        /// The server searches hostname:FIN ip:10.1. group:"Default Group" id:7. The other conditions, status:offline,
        /// -version:6.2, os:linux, health:<90, isolation:yes, seen:>7d, dns: and notes:, are checked on every sensor that the
        /// server returns; - before one of these negates it.
        #[arg(allow_hyphen_values = true)]
        filter: Option<String>,
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show one sensor
    Show {
        /// Sensor ID or full host name
        host: String,
        /// Output format
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
    },
    /// Isolate hosts and wait for confirmation
    Isolate(Isolation),
    /// Unisolate hosts and wait for confirmation
    Unisolate(Isolation),
    /// Move sensors to another group
    Move {
        /// Group name or ID
        #[arg(long, value_name = "NAME")]
        group: String,
        /// Hosts, reason, prompts and preview.
        #[command(flatten)]
        args: Hosts,
    },
    /// Flush sensor queues (without throttling)
    Flush(Hosts),
    /// Restart the sensor service
    Restart(Hosts),
    /// Uninstall the sensor (cannot be undone)
    Uninstall(Hosts),
}

/// Options of every change of sensors.
#[derive(Args, Clone, Debug)]
pub struct Hosts {
    /// Sensor IDs or full host names
    #[arg(required = true, value_name = "HOST")]
    pub hosts: Vec<String>,
    /// Reason, prompts and preview.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// Options of `sensor isolate` and `sensor unisolate`.
#[derive(Args, Clone, Debug)]
pub struct Isolation {
    /// Hosts, reason, prompts and preview.
    #[command(flatten)]
    pub args: Hosts,
    /// Wait limit.
    #[command(flatten)]
    pub wait: WaitArgs,
}
