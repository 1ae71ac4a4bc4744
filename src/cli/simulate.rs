//! The options of the simulator, alone or under the console.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

/// Options of `demo`.
#[derive(Args, Clone, Debug, Default)]
pub struct Demo {
    /// The same seed gives the same world [default: 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How many processes the world has, about [default: 20000]
    #[arg(long, value_name = "N")]
    pub processes: Option<u64>,
    /// Answer this many milliseconds late [default: 0]
    #[arg(long, value_name = "MS")]
    pub latency: Option<u64>,
}

/// Options of `simulate`.
#[derive(Args, Clone, Debug)]
pub struct Simulate {
    /// What `demo` takes too.
    #[command(flatten)]
    pub world: Demo,
    /// Where to listen; port 0 is any free one [default: 127.0.0.1:0]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Serve https, with a certificate made at start
    #[arg(long)]
    pub tls: bool,
    /// Write that certificate here
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub cert_out: Option<PathBuf>,
    /// How many sensors the world has [default: 40]
    #[arg(long, value_name = "N")]
    pub sensors: Option<u64>,
    /// How many alerts the world has besides those of its incident [default: 400]
    #[arg(long, value_name = "N")]
    pub alerts: Option<u64>,
    /// Accept this token [default: one that follows from the seed]
    #[arg(long, value_name = "T")]
    pub token: Option<String>,
    /// Sensors check in this often, in milliseconds [default: 3000]
    #[arg(long, value_name = "MS")]
    pub checkin: Option<u64>,
    /// Searches know of a changed alert or report so much later, in milliseconds [default: 1500]
    #[arg(long, value_name = "MS")]
    pub index_lag: Option<u64>,
    /// Send at most this many rows at a time [default: as many as asked for]
    #[arg(long, value_name = "N")]
    pub max_rows: Option<u64>,
    /// Leave out the strings that an attacker wrote: control characters, markup, formulas
    #[arg(long)]
    pub no_hostile: bool,
    /// Refuse what is sent with members that nobody can write, as a server from 7.7 on can be told to
    #[arg(long)]
    pub validate_payloads: bool,
    /// Say that the server has this version [default: 6.2.0.171114.1158]
    #[arg(long, value_name = "V")]
    pub server_version: Option<String>,
}
