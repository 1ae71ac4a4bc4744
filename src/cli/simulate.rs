//! The options of the simulator, alone or under the console.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

/// Options of `demo`.
#[derive(Args, Clone, Debug, Default)]
pub struct Demo {
    /// Seed: the same seed gives the same data [default: 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Approximate number of processes [default: 20000]
    #[arg(long, value_name = "N")]
    pub processes: Option<u64>,
    /// Delay of each response in milliseconds [default: 0]
    #[arg(long, value_name = "MS")]
    pub latency: Option<u64>,
}

/// Options of `simulate`.
#[derive(Args, Clone, Debug)]
pub struct Simulate {
    /// Options shared with `demo`.
    #[command(flatten)]
    pub world: Demo,
    /// Listen address; port 0 picks a free one [default: 127.0.0.1:0]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Serve HTTPS with a certificate created at start
    #[arg(long)]
    pub tls: bool,
    /// Write that certificate to this file
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub cert_out: Option<PathBuf>,
    /// Number of sensors [default: 40]
    #[arg(long, value_name = "N")]
    pub sensors: Option<u64>,
    /// Number of alerts besides those of the incident [default: 400]
    #[arg(long, value_name = "N")]
    pub alerts: Option<u64>,
    /// Accepted API token [default: derived from the seed]
    #[arg(long, value_name = "T")]
    pub token: Option<String>,
    /// Sensor check-in interval in milliseconds [default: 3000]
    #[arg(long, value_name = "MS")]
    pub checkin: Option<u64>,
    /// Delay until searches return a changed alert or report, in milliseconds [default: 1500]
    #[arg(long, value_name = "MS")]
    pub index_lag: Option<u64>,
    /// Maximum rows per response [default: as requested]
    #[arg(long, value_name = "N")]
    pub max_rows: Option<u64>,
    /// Omit hostile strings: control characters, markup, formulas
    #[arg(long)]
    pub no_hostile: bool,
    /// Refuse requests with read-only members, as servers from 7.7 on can
    #[arg(long)]
    pub validate_payloads: bool,
    /// Reported server version [default: 6.2.0.171114.1158]
    #[arg(long, value_name = "V")]
    pub server_version: Option<String>,
}
